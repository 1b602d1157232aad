// transport/fiber/stack_internal.h: stacks for fibers, by the hundred thousand, and the pool that keeps them
// warm. Knows nothing of what runs on them.
//
// Lifetime:  a pool is embedded (terni_stack_pool_init / _done); its stacks live until done, which
//            unmaps all of them.
// Threads:   none. A pool belongs to one poller.
// Invariant: a stack is in use, warm (free, its pages and its tenant kept) or cold (free, no pages). A
//            region is unmapped when its last stack goes cold.
//
//   terni_stack *s = terni_stack_take(&pool);
//   if (!s && (err = terni_stack_make(&pool, TERNI_STACK_SIZE, &s)) < 0) return err;
//   ... s->low, s->size ...
//   terni_stack_give(&pool, s);
//
// Stacks are carved from regions of 16 MiB. One mapping per stack would meet vm.max_map_count at
// 32,754 stacks; regions lie side by side and the kernel merges them. The guard at the low end is a
// marker in the page table (MADV_GUARD_INSTALL, Linux 6.13), which costs no mapping. Older kernels get
// mprotect, two mappings per stack, and an error at the limit.
//
// What is used of a stack is its top, and tops that lie a power of two apart share a few sets of the
// caches. So tops are lowered by up to seven colours of 256 bytes. Measured, ns per switch among N
// fibers, without / with: 32: 7.2 / 4.7, 512: 17.7 / 7.6, 2,048: 51 / 14.
//
// Measured, 100,000 stacks with one page touched (Linux 6.18, Xeon): 4.0 KiB resident and 0.5 KiB of
// page tables each; mapping 2 ms in all, a guard 0.7 us; giving the pages back 1.5 us. MAP_NORESERVE
// changes none of that; it keeps the address space out of the commit limit.
#ifndef TRANSPORT_FIBER_STACK_INTERNAL_H
#define TRANSPORT_FIBER_STACK_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include <tern/base.h>

#include "transport/fiber/context_internal.h"

enum {
    // Address space per stack, guard included. Frames under a sanitizer are several times larger.
    TERNI_STACK_SIZE = 256 * 1024 * (TERNI_CONTEXT_ASAN || TERNI_CONTEXT_TSAN ? 4 : 1),
// More than a page: a function with a buffer may skip one. Costs address space only. Pages have up
// to 64 KiB, but on x86.
#if defined(__x86_64__)
    TERNI_STACK_GUARD = 16 * 1024,
#else
    TERNI_STACK_GUARD = 64 * 1024,
#endif
    // How far the tops of neighbours are apart in a page, and how many differ.
    TERNI_STACK_COLORS = 8,
    TERNI_STACK_COLOR_SIZE = 256,
    TERNI_STACKS_PER_REGION = 64,
    // Free stacks that keep their pages; above it a stack given back goes cold at once.
    TERNI_MAX_WARM_STACKS = 1024,
};

// A stack may be asked to be this large at most.
#define TERNI_MAX_STACK_SIZE ((size_t)1 << 30)

typedef struct terni_stack        terni_stack;
typedef struct terni_stack_region terni_stack_region;
typedef struct terni_stack_pool   terni_stack_pool;

struct terni_stack {
    terni_stack        *next;    // of the warm or the cold list
    void               *tenant;  // whatever its user left there; lives while the stack is not cold
    uint8_t            *low;     // lowest usable byte; the guard ends here
    size_t              size;    // usable bytes, the colour taken off
    terni_stack_region *region;
    bool                is_guarded;
};

struct terni_stack_region {
    TAILQ_ENTRY(terni_stack_region) link;
    uint8_t     *base;
    size_t       slot_size;  // a stack and its guard
    unsigned     n_stacks;
    unsigned     n_cold;
    terni_stack *cold;
    terni_stack  stacks[];
};

// Runs before a stack with a tenant goes cold.
typedef void terni_stack_evict_fn(terni_stack *s);

struct terni_stack_pool {
    terni_stack *warm;  // the last one given back comes first: its cache lines are hot
    size_t       n_warm;
    size_t       n_unneeded;  // the smallest n_warm since the last trim
    size_t       n_used;
    TAILQ_HEAD(, terni_stack_region) regions;  // those with cold stacks first
    terni_stack_evict_fn *evict;
    bool                  has_no_guard_marks;  // the kernel refused one: mprotect from then on
};

void terni_stack_pool_init(terni_stack_pool *pool, terni_stack_evict_fn *evict);
void terni_stack_pool_done(terni_stack_pool *pool);

// Makes half of the warm stacks cold that nobody needed since the last call. Returns how many are
// still warm, so that a caller can stop its timer at 0.
size_t terni_stack_pool_trim(terni_stack_pool *pool);

// A warm stack of the default size, or NULL.
static inline terni_stack *terni_stack_take(terni_stack_pool *pool);

// A cold stack of `size` bytes of address space or more, its tenant NULL. 0, -EINVAL above
// TERNI_MAX_STACK_SIZE, or -ENOMEM, with one line in the log if it was the map limit.
TERN_NODISCARD int terni_stack_make(terni_stack_pool *pool, size_t size, terni_stack **ret_stack);

// The running stack must not be given back by itself: it may go cold at once.
static inline void terni_stack_give(terni_stack_pool *pool, terni_stack *s);

// The stack to which `addr` belongs, or in whose guard it lies; NULL if none of this pool. Walks all
// regions.
terni_stack *terni_stack_pool_find(const terni_stack_pool *pool, const void *addr);

// Async-signal-safe.
static inline bool terni_stack_is_guard(const terni_stack *s, const void *addr)
{
    return (uintptr_t)s->low - (uintptr_t)addr - 1 < TERNI_STACK_GUARD;
}

// Calls `visit` for each stack that has a tenant.
typedef void terni_stack_visit_fn(terni_stack *s, void *arg);
void terni_stack_pool_visit(const terni_stack_pool *pool, terni_stack_visit_fn *visit, void *arg);

// ---- inline bodies -------------------------------------------------------

void terni_stack_chill(terni_stack_pool *pool, terni_stack *s);  // to cold

static inline terni_stack *terni_stack_take(terni_stack_pool *pool)
{
    terni_stack *s = pool->warm;

    if (!s)
        return NULL;
    TERN_DEBUG_ASSERT(pool->n_unneeded <= pool->n_warm && pool->n_warm > 0);
    pool->warm = s->next;
    if (--pool->n_warm < pool->n_unneeded)
        pool->n_unneeded = pool->n_warm;
    pool->n_used++;
    return s;
}

static inline void terni_stack_give(terni_stack_pool *pool, terni_stack *s)
{
    TERN_DEBUG_ASSERT(pool->n_used > 0 && s->is_guarded);
    pool->n_used--;
    if (pool->n_warm >= TERNI_MAX_WARM_STACKS || s->region->n_stacks == 1) {
        terni_stack_chill(pool, s);
        return;
    }
    s->next = pool->warm;
    pool->warm = s;
    pool->n_warm++;
}

#endif
