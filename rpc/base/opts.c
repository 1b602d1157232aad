#include "rpc/base/opts_internal.h"

#include <errno.h>

#include <tern/mem.h>
#include <tern/version.h>

int terni_opts_read_array(void **ret_copy, size_t size, const void *given, size_t given_size,
                          size_t n)
{
    const char *from = given;
    char       *copy;
    int         err = 0;

    if (!given || !n) {
        *ret_copy = NULL;
        return 0;
    }
    if (n > SIZE_MAX / size || !(copy = tern_mem_alloc(n * size)))
        return -ENOMEM;
    for (size_t i = 0; i < n && err == 0; i++)
        err = tern_opts_read(copy + i * size, size, from + i * given_size, given_size);
    if (err < 0)
        tern_mem_free(copy);
    else
        *ret_copy = copy;
    return err;
}

tern_status terni_opts_refusal(int err, const char *type)
{
    TERN_ASSERT(err == -ENOMEM || err == -E2BIG);
    if (err == -ENOMEM)
        return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory");
    return tern_status_make(TERN_INVALID_ARGUMENT,
                            "%s sets a member that this libtern (%s) is too old for", type,
                            tern_version());
}
