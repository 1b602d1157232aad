#include "tests/support/opts.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <tern/base.h>

enum { PAGE = 4096 };

void *opts_put_at_edge(const void *bytes, size_t size)
{
    char *pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    TERN_ASSERT(pages != MAP_FAILED && size <= PAGE);
    TERN_ASSERT(mprotect(pages + PAGE, PAGE, PROT_NONE) == 0);
    return memcpy(pages + PAGE - size, bytes, size);
}

void opts_free(void *at_edge)
{
    TERN_ASSERT(munmap((void *)((uintptr_t)at_edge / PAGE * PAGE), 2 * PAGE) == 0);
}
