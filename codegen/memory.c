#include "codegen/memory.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// One run, one process: what the generator allocates lives until it exits, and LeakSanitizer, which asks
// here, need not complain.
int __lsan_is_turned_off(void);
int __lsan_is_turned_off(void) { return 1; }

static void *checked(void *ptr)
{
    if (!ptr) {
        fputs("protoc-gen-tern: out of memory\n", stderr);
        exit(1);
    }
    return ptr;
}

void *gen_alloc(size_t n, size_t size) { return checked(calloc(n ? n : 1, size)); }

void *gen_realloc(void *ptr, size_t n, size_t size)
{
    return checked(n > SIZE_MAX / size ? NULL : realloc(ptr, n * size));
}

void *gen_grow(void *array, size_t count, size_t size)
{
    // The capacity is the next power of two: a full array is one whose count is a power of two.
    if (count == 0 || (count & (count - 1)) == 0)
        array = gen_realloc(array, count ? 2 * count : 1, size);
    memset((char *)array + count * size, 0, size);
    return array;
}

char *gen_strndup(const char *s, size_t len)
{
    char *copy = gen_alloc(len + 1, 1);

    memcpy(copy, s, len);
    return copy;
}

char *gen_format(const char *fmt, ...)
{
    va_list args, again;
    int     len;
    char   *s;

    va_start(args, fmt);
    va_copy(again, args);
    len = vsnprintf(NULL, 0, fmt, args);
    s = gen_alloc(len < 0 ? 1 : (size_t)len + 1, 1);
    if (len > 0)
        vsnprintf(s, (size_t)len + 1, fmt, again);
    va_end(again);
    va_end(args);
    return s;
}
