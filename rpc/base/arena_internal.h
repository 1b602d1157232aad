// rpc/base/arena_internal.h: a call's memory. Allocation is a bump of a pointer, and everything goes at
// once when the call ends. Knows nothing of calls or messages.
//
// Lifetime:  embedded; terni_arena_init / terni_arena_done. An unused one owns nothing.
// Threads:   none. One owner at a time, the owner of its pool. An arena without a pool may move
//            from thread to thread, its chunks are blocks with an atomic count.
// Invariant: pos <= end, both in the newest chunk (or in the first piece, or NULL); held_bytes is
//            the sum of the chunks, at most max_bytes and the rounding of the last one.
// Failure:   sticky. Once an allocation has failed, for the cap or for want of memory, all that
//            follow fail too, so that a caller may check once at the end: terni_arena_error().
//
//   terni_arena a;
//   terni_arena_init(&a, pool, TERN_MAX_ARENA_BYTES);
//   char *s = terni_arena_strndup(&a, bytes, n);
//   terni_arena_mark m = terni_arena_get_mark(&a);
//   ... what is allocated from here on is for a moment ...
//   terni_arena_release(&a, m);
//   terni_arena_done(&a);
//
// What outlives a release must not be allocated between mark and release: a call that hands out
// both kinds in any order keeps an arena for each.
#ifndef RPC_BASE_ARENA_INTERNAL_H
#define RPC_BASE_ARENA_INTERNAL_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/block.h>

enum {
    TERN_MAX_ARENA_BYTES = 64 << 20,  // default cap of one call
    TERNI_ARENA_ALIGN = 8,
    // Chunks double up to the maximum; a larger request gets one of its own.
    TERNI_ARENA_FIRST_CHUNK = TERN_BLOCK_SMALL,
    TERNI_ARENA_MAX_CHUNK = TERN_BLOCK_LARGE,
};

// What happens to something that the arena holds, when it lets go of it. Once, on its thread.
typedef void terni_arena_release_fn(void *arg);

typedef struct terni_arena_chunk terni_arena_chunk;
typedef struct terni_arena_held  terni_arena_held;

typedef struct terni_arena terni_arena;
struct terni_arena {
    uint8_t           *pos, *end;
    terni_arena_chunk *chunks;  // newest first
    terni_arena_held  *held;    // newest first
    tern_block        *pinned;  // the block that was held last, without a node
    tern_pool         *pool;
    size_t             held_bytes;
    size_t             max_bytes;
    uint8_t           *first, *first_end;  // the owner's own piece, used before any chunk
    int                error;
};

typedef struct terni_arena_mark terni_arena_mark;
struct terni_arena_mark {
    terni_arena_chunk *chunk;
    uint8_t           *pos;
};

// `pool` may be NULL. `max_bytes` bounds what is taken from it.
void terni_arena_init(terni_arena *a, tern_pool *pool, size_t max_bytes);
// The same with `len` bytes of the owner's that are used first; aligned, and valid until done.
void terni_arena_init_with(terni_arena *a, tern_pool *pool, size_t max_bytes, void *first,
                           size_t len);
static inline void terni_arena_done(terni_arena *a);
// As new: everything is released, a failure forgotten.
static inline void terni_arena_reset(terni_arena *a);

// Aligned to 8 bytes, not zeroed; NULL on failure. n == 0 gives a pointer that is not NULL.
static inline void *terni_arena_alloc(terni_arena *a, size_t n);
void               *terni_arena_zalloc(terni_arena *a, size_t n);
// Copies; ends with a NUL. `s` may be NULL if there is nothing to copy.
char *terni_arena_strndup(terni_arena *a, const char *s, size_t n);
char *terni_arena_vprintf(terni_arena *a, const char *fmt, va_list args) TERN_PRINTF(2, 0);

// Makes sure that the next `n` bytes come from one chunk. 0, or the arena's error.
TERN_NODISCARD int terni_arena_reserve(terni_arena *a, size_t n);

// Holds a reference of its own to `block` until the end. Held twice in a row costs nothing.
TERN_NODISCARD int terni_arena_hold_block(terni_arena *a, tern_block *block);
// The block on hold that all of [data, data + len) lies in, or NULL.
tern_block *terni_arena_find_block(const terni_arena *a, const void *data, size_t len);
// Runs `release` at the end, newest first; at once if the arena cannot take it.
TERN_NODISCARD int terni_arena_hold(terni_arena *a, terni_arena_release_fn *release, void *arg);

// 0, -ENOMEM, or -EDQUOT when the cap was the reason.
static inline int terni_arena_error(const terni_arena *a) { return a->error; }

static inline terni_arena_mark terni_arena_get_mark(const terni_arena *a);
// Gives back what was allocated since `mark` (poisoned under ASan). What was put on hold since then
// stays held, and must therefore not have been.
void terni_arena_release(terni_arena *a, terni_arena_mark mark);

// Its share of all that it has and holds, beside the owner's own piece.
size_t terni_arena_memory(const terni_arena *a);

bool terni_arena_is_valid(const terni_arena *a);

// ---- inline bodies -------------------------------------------------------

#if defined(__SANITIZE_ADDRESS__)  // gcc
#define TERNI_ARENA_POISONS 1
#elif defined(__has_feature)  // clang
#if __has_feature(address_sanitizer)
#define TERNI_ARENA_POISONS 1
#endif
#endif

#ifdef TERNI_ARENA_POISONS
#include <sanitizer/asan_interface.h>
#endif

static inline void terni_arena_poison(void *start, size_t n)
{
#ifdef TERNI_ARENA_POISONS
    __asan_poison_memory_region(start, n);
#else
    (void)start;
    (void)n;
#endif
}

static inline void terni_arena_unpoison(void *start, size_t n)
{
#ifdef TERNI_ARENA_POISONS
    __asan_unpoison_memory_region(start, n);
#else
    (void)start;
    (void)n;
#endif
}

void *terni_arena_alloc_slow(terni_arena *a, size_t n);

static inline size_t terni_arena_round(size_t n)
{
    return (n + (TERNI_ARENA_ALIGN - 1)) & ~(size_t)(TERNI_ARENA_ALIGN - 1);
}

static inline void *terni_arena_alloc(terni_arena *a, size_t n)
{
    uint8_t *p = a->pos;

    // The room is a multiple of the alignment, so n fits if and only if its rounding does.
    if (TERN_UNLIKELY(n > (size_t)(a->end - p) || !p))
        return terni_arena_alloc_slow(a, n);
    a->pos = p + terni_arena_round(n);
    terni_arena_unpoison(p, n);
    return p;
}

void terni_arena_reset_slow(terni_arena *a);

static inline void terni_arena_reset(terni_arena *a)
{
    if (TERN_UNLIKELY(a->chunks || a->held))
        terni_arena_reset_slow(a);
    a->pinned = tern_block_unref(a->pinned);
    a->error = 0;
    a->pos = a->first;
    a->end = a->first_end;
    TERN_DEBUG_ASSERT(terni_arena_is_valid(a));
    terni_arena_poison(a->first, (size_t)(a->first_end - a->first));
}

void terni_arena_done_slow(terni_arena *a);

static inline void terni_arena_done(terni_arena *a)
{
    if (TERN_UNLIKELY(a->chunks || a->held)) {
        terni_arena_done_slow(a);
        return;
    }
    a->pinned = tern_block_unref(a->pinned);
    terni_arena_unpoison(a->first, (size_t)(a->first_end - a->first));
    a->pos = a->end = NULL;
}

static inline terni_arena_mark terni_arena_get_mark(const terni_arena *a)
{
    return (terni_arena_mark){ a->chunks, a->pos };
}

#endif
