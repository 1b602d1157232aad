#include <tern/mem.h>

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#include "transport/base/mem_internal.h"

static const tern_mem libc_mem = { malloc, realloc, free };
static tern_mem       current = { malloc, realloc, free };

void tern_mem_set(const tern_mem *mem) { current = mem ? *mem : libc_mem; }

void *tern_mem_alloc(size_t size) { return current.alloc(size); }

void *tern_mem_zalloc(size_t size)
{
    void *p = current.alloc(size);

    return p ? memset(p, 0, size) : NULL;
}

void *tern_mem_realloc(void *ptr, size_t size) { return current.realloc(ptr, size); }

char *tern_mem_strdup(const char *s)
{
    size_t size = strlen(s) + 1;
    char  *copy = current.alloc(size);

    return copy ? memcpy(copy, s, size) : NULL;
}

void tern_mem_free(void *ptr) { current.free(ptr); }

void terni_mem_return_pages(void)
{
#ifdef __GLIBC__
    if (current.alloc == libc_mem.alloc)
        (void)malloc_trim(0);  // whether it found anything
#endif
}
