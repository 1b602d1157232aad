// transport/buffer/pool_internal.h: the inside of a tern_pool: shelves of free blocks and of free segments.
// Knows nothing of what lies in them.
//
// Lifetime:  the pool's.
// Threads:   the pool's one thread.
// Invariant: n_idle <= n_free <= n_owned on every shelf; a block on a shelf has no references.
#ifndef TRANSPORT_BUFFER_POOL_INTERNAL_H
#define TRANSPORT_BUFFER_POOL_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/block.h>
#include <tern/linkbuf.h>
#include <tern/mem.h>

#include "transport/base/asan_internal.h"

enum {
    TERNI_PAGE = 4096,

    // Blocks above TERN_BLOCK_LARGE: four sizes per doubling, up to TERN_POOL_HUGE_KEPT.
    TERNI_HUGE_SHIFT = 16,  // log2(TERN_BLOCK_LARGE)
    TERNI_HUGE_DOUBLINGS = 8,

    TERNI_CLASS_FOREIGN = 0,  // a header only
    TERNI_CLASS_SMALL,
    TERNI_CLASS_MEDIUM,
    TERNI_CLASS_LARGE,
    TERNI_CLASS_HUGE,
    TERNI_N_CLASSES = TERNI_CLASS_HUGE + 4 * TERNI_HUGE_DOUBLINGS,
    TERNI_CLASS_UNKEPT = 255,  // of a size of its own
};

_Static_assert(TERN_BLOCK_LARGE == 1 << TERNI_HUGE_SHIFT, "the first huge class follows the last");
_Static_assert(TERN_POOL_HUGE_KEPT == 1 << (TERNI_HUGE_SHIFT + TERNI_HUGE_DOUBLINGS), "the last");

// Counts one kind of thing that is kept for its next use.
typedef struct terni_shelf terni_shelf;
struct terni_shelf {
    size_t item_bytes;
    size_t n_free;   // on the shelf
    size_t n_idle;   // the least n_free since the last trim: what nobody needed
    size_t n_owned;  // on the shelf or handed out
};

typedef struct terni_block_shelf terni_block_shelf;
struct terni_block_shelf {
    tern_block *top;
    terni_shelf count;
};

struct tern_pool {
    tern_segment     *segments;
    terni_shelf       segment_count;
    uint64_t          n_hits, n_misses;
    size_t            unkept_bytes;     // handed out, of sizes that are never kept
    size_t            huge_free_bytes;  // on the shelves from TERNI_CLASS_HUGE on
    size_t            dropped_bytes;  // given back to the allocator, perhaps not yet to the kernel
    _Atomic size_t    bytes;          // of all blocks; others only read
    tern_pool_watch  *watches;
    terni_block_shelf blocks[TERNI_N_CLASSES];
};

// What a request gets. Cap: at most TERNI_MAX_CAP.
typedef struct terni_size terni_size;
struct terni_size {
    unsigned size_class;
    size_t   bytes;
};
#define TERNI_MAX_CAP ((size_t)PTRDIFF_MAX - 4 * TERNI_PAGE)

static inline terni_size terni_pool_fit(size_t cap);

// A block of one of the classes below TERNI_CLASS_HUGE, with one reference and nothing in use, or
// NULL; and back, without references. Headers for foreign memory come without memory and go so.
static inline tern_block *terni_pool_take(tern_pool *pool, unsigned size_class);
static inline void        terni_pool_shelve(tern_pool *pool, tern_block *b);

// The same for what is larger; NULL as well above TERNI_MAX_CAP.
TERN_NODISCARD tern_block *terni_pool_take_huge(tern_pool *pool, size_t cap);
void                       terni_pool_shelve_huge(tern_pool *pool, tern_block *b);

// Uninitialized, or NULL. `pool` may be NULL.
static inline tern_segment *terni_pool_take_segment(tern_pool *pool);
static inline void          terni_pool_shelve_segment(tern_pool *pool, tern_segment *s);

// ---- inline bodies -------------------------------------------------------

// Of the counts; walks no shelf.
bool terni_pool_is_valid(const tern_pool *pool);

// The slow halves of the functions below.
terni_size    terni_pool_fit_huge(size_t cap);
tern_block   *terni_pool_take_new(tern_pool *pool, unsigned size_class);
tern_segment *terni_pool_make_segment(tern_pool *pool);

static inline terni_size terni_pool_fit(size_t cap)
{
    if (cap <= TERN_BLOCK_SMALL)
        return (terni_size){ TERNI_CLASS_SMALL, TERN_BLOCK_SMALL };
    if (cap <= TERN_BLOCK_MEDIUM)
        return (terni_size){ TERNI_CLASS_MEDIUM, TERN_BLOCK_MEDIUM };
    if (cap <= TERN_BLOCK_LARGE)
        return (terni_size){ TERNI_CLASS_LARGE, TERN_BLOCK_LARGE };
    return terni_pool_fit_huge(cap);
}

static inline void terni_pool_count_taken(terni_shelf *shelf)
{
    TERN_DEBUG_ASSERT(shelf->n_idle <= shelf->n_free && shelf->n_free > 0);
    if (--shelf->n_free < shelf->n_idle)
        shelf->n_idle = shelf->n_free;
}

// The shelf must not be empty.
static inline tern_block *terni_pool_pop(tern_pool *pool, unsigned size_class)
{
    terni_block_shelf *shelf = &pool->blocks[size_class];
    tern_block        *b = shelf->top;

    TERN_DEBUG_ASSERT(b->refs == 0 && b->pool == pool && b->size_class == size_class);
    shelf->top = b->next;
    terni_pool_count_taken(&shelf->count);
    terni_asan_unpoison(b->base, b->cap);
    b->refs = 1;
    b->used = 0;
    return b;
}

static inline tern_block *terni_pool_take(tern_pool *pool, unsigned size_class)
{
    if (TERN_UNLIKELY(!pool->blocks[size_class].top))
        return terni_pool_take_new(pool, size_class);
    pool->n_hits++;
    return terni_pool_pop(pool, size_class);
}

static inline void terni_pool_shelve(tern_pool *pool, tern_block *b)
{
    terni_block_shelf *shelf = &pool->blocks[b->size_class];

    TERN_DEBUG_ASSERT(b->refs == 0 && b->pool == pool && b->size_class < TERNI_N_CLASSES);
    TERN_DEBUG_ASSERT(shelf->count.n_free < shelf->count.n_owned);
    terni_asan_poison(b->base, b->cap);
    b->next = shelf->top;
    shelf->top = b;
    shelf->count.n_free++;
}

// What of a segment may be poisoned while it is on the shelf: all behind `next`.
enum { TERNI_SEGMENT_HIDDEN = sizeof(tern_segment) - offsetof(tern_segment, block) };

static inline tern_segment *terni_pool_take_segment(tern_pool *pool)
{
    tern_segment *s;

    if (!pool)
        return tern_mem_alloc(sizeof *s);
    if (TERN_UNLIKELY(!(s = pool->segments)))
        return terni_pool_make_segment(pool);
    pool->segments = s->next;
    terni_pool_count_taken(&pool->segment_count);
    terni_asan_unpoison(&s->block, TERNI_SEGMENT_HIDDEN);
    return s;
}

static inline void terni_pool_shelve_segment(tern_pool *pool, tern_segment *s)
{
    if (!pool) {
        tern_mem_free(s);
        return;
    }
    TERN_DEBUG_ASSERT(pool->segment_count.n_free < pool->segment_count.n_owned);
    s->next = pool->segments;
    pool->segments = s;
    pool->segment_count.n_free++;
    terni_asan_poison(&s->block, TERNI_SEGMENT_HIDDEN);
}

#endif
