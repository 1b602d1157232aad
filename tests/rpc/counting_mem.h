// tests/rpc/counting_mem.h: the library's memory, counted, and refused from the i-th request on.
// As set-up and tear-down of a test it fails the test that leaks.
#ifndef TESTS_RPC_COUNTING_MEM_H
#define TESTS_RPC_COUNTING_MEM_H

#include <stdlib.h>

#include <tern/mem.h>

static long counting_mem_n_live;
static long counting_mem_n_left = -1;  // requests until they fail; -1: never

static void *counting_mem_alloc(size_t size, void *unused)
{
    (void)unused;
    if (counting_mem_n_left == 0)
        return NULL;
    counting_mem_n_left -= counting_mem_n_left > 0;
    counting_mem_n_live++;
    return malloc(size);
}

static void *counting_mem_realloc(void *p, size_t size, void *unused)
{
    (void)unused;
    if (!p)
        return counting_mem_alloc(size, NULL);
    if (counting_mem_n_left == 0)
        return NULL;
    counting_mem_n_left -= counting_mem_n_left > 0;
    return realloc(p, size);
}

static void counting_mem_free(void *p, void *unused)
{
    (void)unused;
    counting_mem_n_live -= p != NULL;
    free(p);
}

static inline long counting_mem_live(void) { return counting_mem_n_live; }

// The i-th request from now on (from 0) and all after it fail; -1: none.
static inline void counting_mem_fail_at(long i) { counting_mem_n_left = i; }

static inline int counting_mem_set_up(void **state)
{
    (void)state;
    counting_mem_n_live = 0;
    counting_mem_n_left = -1;
    tern_mem_set(&(tern_mem){ counting_mem_alloc, counting_mem_realloc, counting_mem_free, NULL });
    return 0;
}

static inline int counting_mem_tear_down(void **state)
{
    (void)state;
    tern_mem_set(NULL);
    return counting_mem_n_live == 0 ? 0 : -1;
}

#endif
