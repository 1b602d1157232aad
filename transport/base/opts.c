#include <tern/opts.h>

#include <errno.h>
#include <string.h>

int tern_opts_read(void *ret_opts, size_t size, const void *given, size_t given_size)
{
    const unsigned char *bytes = given;
    size_t               n_common = given_size < size ? given_size : size;

    if (!given)
        n_common = given_size = 0;
    for (size_t i = n_common; i < given_size; i++)
        if (bytes[i])
            return -E2BIG;
    if (n_common)
        memcpy(ret_opts, given, n_common);
    memset((unsigned char *)ret_opts + n_common, 0, size - n_common);
    return 0;
}
