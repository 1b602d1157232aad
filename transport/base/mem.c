#include <tern/mem.h>

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "transport/base/mem_internal.h"

static tern_mem theirs;  // the program's; without functions: libc's

void tern_mem_set_sized(const tern_mem *mem, uint64_t sizes)
{
    int err = tern_opts_read(&theirs, sizeof theirs, mem, tern_size_at(sizes, 0));

    TERN_ASSERT(err == 0);  // a function of a newer libtern, which would never be called
    TERN_ASSERT(!mem || (theirs.alloc && theirs.realloc && theirs.free));
}

void *tern_mem_alloc(size_t size)
{
    return theirs.alloc ? theirs.alloc(size, theirs.arg) : malloc(size);
}

void *tern_mem_zalloc(size_t size)
{
    void *p = tern_mem_alloc(size);

    return p ? memset(p, 0, size) : NULL;
}

void *tern_mem_realloc(void *ptr, size_t size)
{
    return theirs.realloc ? theirs.realloc(ptr, size, theirs.arg) : realloc(ptr, size);
}

char *tern_mem_strdup(const char *s)
{
    size_t size = strlen(s) + 1;
    char  *copy = tern_mem_alloc(size);

    return copy ? memcpy(copy, s, size) : NULL;
}

void tern_mem_free(void *ptr)
{
    if (theirs.free)
        theirs.free(ptr, theirs.arg);
    else
        free(ptr);
}

void terni_mem_return_pages(void)
{
#ifdef __GLIBC__
    if (!theirs.alloc)
        (void)malloc_trim(0);  // whether it found anything
#endif
}
