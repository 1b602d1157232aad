// tern/block.h: reference-counted pieces of memory, and the pool that keeps them warm. Knows
// nothing of queues or sockets.
//
// Lifetime:  a block lives until its last reference is dropped; a pool until tern_pool_free, by
//            when its blocks must be back.
// Threads:   a pool and its blocks belong to one thread (its poller's). The exception are blocks
//            without a pool (tern_block_new_shared, tern_block_wrap with no pool): their count is
//            atomic and their last reference may be dropped anywhere.
// Invariant: used <= cap; bytes below `used` never change owner, bytes above it belong to whoever
//            extends `used` first. So many views may share a block and one of them may still grow.
//
//   tern_block *b = tern_block_new(pool, 4096);
//   memcpy(b->base + b->used, bytes, n); b->used += n;
//   b = tern_block_unref(b);
#ifndef TERN_BLOCK_H
#define TERN_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

// Size classes of pooled memory. A larger request is rounded up to the next quarter of a power of
// two (80, 96, 112, 128, 160, ... KiB) and is kept in the pool as well, up to TERN_POOL_HUGE_KEPT
// bytes of such blocks together; one above that size is rounded up to a page and never kept.
enum {
    TERN_BLOCK_SMALL = 512,
    TERN_BLOCK_MEDIUM = 4096,
    TERN_BLOCK_LARGE = 64 * 1024,  // what one read takes at most
    TERN_POOL_HUGE_KEPT = 16 * 1024 * 1024,
};

typedef struct tern_block tern_block;
typedef struct tern_pool  tern_pool;

// Runs when the last reference to foreign memory is dropped. Once; on the thread that drops it. May
// drop other references; must not touch the queue that is dropping this one, nor free the pool.
typedef void tern_block_release_fn(void *data, size_t len, void *arg);

struct tern_block {
    uint8_t               *base;  // aligned to 64 bytes, but for foreign memory
    size_t                 used;
    size_t                 cap;
    uint32_t               refs;
    uint8_t                size_class;  // the pool's business
    uint8_t                lead;        // bytes of the allocation before this header
    tern_pool             *pool;        // NULL: the count is atomic
    tern_block_release_fn *release;     // foreign memory only
    void                  *release_arg;
    tern_block            *next;  // free list of the pool
};

typedef struct tern_pool_stats tern_pool_stats;
struct tern_pool_stats {
    uint64_t n_hits;      // blocks served from the pool
    uint64_t n_misses;    // blocks that needed the allocator
    size_t   held_bytes;  // free and kept: blocks, segments of queues, headers of foreign memory
    size_t   live_bytes;  // handed out, of the same three
};

TERN_API TERN_NODISCARD tern_pool *tern_pool_new(void);  // NULL when there is no memory
TERN_API void                      tern_pool_free(tern_pool *pool);

// What the pool has of the allocator, in blocks free or handed out. Any thread.
TERN_API size_t tern_pool_bytes(const tern_pool *pool);

// Who has to know how large a pool grows. Embedded, and not moved.
typedef struct tern_pool_watch tern_pool_watch;
struct tern_pool_watch {
    // Each time the pool has `step` bytes more than it had at least since the last time. In the midst of an allocation:
    // to take note, and leave the pool alone.
    void (*grown)(tern_pool_watch *watch);
    size_t            step;
    size_t            mark_;  // the bytes that are worth telling
    tern_pool_watch  *next_;
    tern_pool_watch **link_;  // what points at this one; NULL: it watches nothing
};

TERN_API void tern_pool_watch_start(tern_pool *pool, tern_pool_watch *watch);
TERN_API void tern_pool_watch_stop(tern_pool_watch *watch);  // idempotent

// Gives back to the allocator half of what was not needed since the last trim, all of it when the
// half rounds to 0. Returns the bytes still held, so that a caller can stop its trim timer at 0.
TERN_API size_t          tern_pool_trim(tern_pool *pool);
TERN_API tern_pool_stats tern_pool_get_stats(const tern_pool *pool);

// A block of at least `cap` bytes with one reference, or NULL. Not zeroed.
TERN_API TERN_NODISCARD tern_block *tern_block_new(tern_pool *pool, size_t cap);
// The same outside any pool: may cross threads.
TERN_API TERN_NODISCARD tern_block *tern_block_new_shared(size_t cap);
// A full block over foreign memory, which the library never writes to. `pool` and `release` may be
// NULL. On failure `release` is not run.
TERN_API TERN_NODISCARD tern_block *tern_block_wrap(tern_pool *pool, void *data, size_t len,
                                                    tern_block_release_fn *release, void *arg);

static inline tern_block *tern_block_ref(tern_block *b);
static inline tern_block *tern_block_unref(tern_block *b);  // returns NULL, accepts NULL
static inline size_t      tern_block_room(const tern_block *b) { return b->cap - b->used; }
// What of its memory falls to each of those who hold it. Foreign memory is somebody else's.
TERN_API size_t tern_block_share(const tern_block *b);

// ---- inline bodies -------------------------------------------------------

// The last reference is gone; of a pooled block it is still counted, so that a second release of
// the same reference is caught here.
TERN_API void tern_block_recycle(tern_block *b);

static inline tern_block *tern_block_ref(tern_block *b)
{
    TERN_DEBUG_ASSERT(__atomic_load_n(&b->refs, __ATOMIC_RELAXED) > 0);
    if (b->pool)
        b->refs++;
    else
        __atomic_fetch_add(&b->refs, 1, __ATOMIC_RELAXED);
    return b;
}

static inline tern_block *tern_block_unref(tern_block *b)
{
    if (!b)
        return NULL;
    if (b->pool && b->refs > 1)
        b->refs--;
    else if (b->pool || __atomic_sub_fetch(&b->refs, 1, __ATOMIC_ACQ_REL) == 0)
        tern_block_recycle(b);
    return NULL;
}

#ifdef __cplusplus
}
#endif

#endif
