#include "tests/transport/failing_mem.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <tern/mem.h>

enum { FREED_BYTE = 0x5a };

// Atomic: the last reference to a block without a pool may be dropped in any thread.
static struct {
    atomic_size_t live, calls;
    int           countdown;  // -1: none will fail
    bool          has_failed;
} mem;

static bool fails_now(void)
{
    mem.calls++;
    if (mem.countdown < 0 || mem.countdown-- > 0)
        return false;
    mem.has_failed = true;
    return true;
}

static void *counted_alloc(size_t size, void *unused)
{
    void *p = fails_now() ? NULL : malloc(size);

    (void)unused;
    if (p)
        mem.live++;
    return p;
}

static void *counted_realloc(void *ptr, size_t size, void *unused)
{
    void *p = fails_now() ? NULL : realloc(ptr, size);

    (void)unused;
    if (p && !ptr)
        mem.live++;
    return p;
}

static void counted_free(void *ptr, void *unused)
{
    (void)unused;
    if (ptr) {
        mem.live--;
        memset(ptr, FREED_BYTE, malloc_usable_size(ptr));
        __asm__ volatile("" : : "r"(ptr) : "memory");  // or a compiler leaves it out
    }
    free(ptr);
}

void failing_mem_install(void)
{
    mem.live = 0;
    mem.calls = 0;
    failing_mem_fail_at(-1);
    tern_mem_set(&(tern_mem){ counted_alloc, counted_realloc, counted_free, NULL });
}

void failing_mem_remove(void) { tern_mem_set(NULL); }

void failing_mem_fail_at(int i)
{
    mem.countdown = i;
    mem.has_failed = false;
}

bool   failing_mem_has_failed(void) { return mem.has_failed; }
size_t failing_mem_live(void) { return mem.live; }
size_t failing_mem_calls(void) { return mem.calls; }
