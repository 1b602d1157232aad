// tern/linkbuf.h: the LinkBuffer, a queue of bytes made of linked views into reference-counted
// blocks. Bytes move between queues without being copied. Knows nothing of sockets or frames.
//
// Lifetime:  embedded; tern_linkbuf_init / tern_linkbuf_done. An empty one owns no block.
// Threads:   none. One owner at a time, the owner of its pool.
// Invariant: len is the sum of the segments; no segment is empty; only the last one can grow, and
//            only while its end is its block's end of use (and, if other threads may view the
//            block, nobody else does). tern_linkbuf_is_valid() checks it.
// Failure:   what needs memory returns -ENOMEM with the queue unchanged.
//
//   tern_linkbuf q;
//   tern_linkbuf_init(&q, pool);
//   uint8_t *p = tern_linkbuf_reserve(&q, 100);         // contiguous, not yet part of the queue
//   tern_linkbuf_commit(&q, encode(p, 100));            // now it is
//   const uint8_t *head = tern_linkbuf_peek(&q, 12);    // contiguous view of the first 12 bytes
//   tern_linkbuf_move(&q, frame_len, &frame);           // the frame leaves without a copy
#ifndef TERN_LINKBUF_H
#define TERN_LINKBUF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <tern/base.h>
#include <tern/block.h>

#ifdef __cplusplus
extern "C" {
#endif

// A view of [pos, end) of a block, holding one reference to it.
typedef struct tern_segment tern_segment;
struct tern_segment {
    tern_segment *next;
    tern_block   *block;
    uint8_t      *pos;
    uint8_t      *end;
};

typedef struct tern_linkbuf tern_linkbuf;
struct tern_linkbuf {
    tern_segment *head, *tail;
    size_t        len;
    tern_pool    *pool;
};

// `pool` may be NULL: all that the queue allocates then comes from tern_block_new_shared and the
// allocator, so that it may be filled in one thread and drained in another.
TERN_API void tern_linkbuf_init(tern_linkbuf *b, tern_pool *pool);
TERN_API void tern_linkbuf_done(tern_linkbuf *b);
TERN_API void tern_linkbuf_clear(tern_linkbuf *b);

static inline size_t tern_linkbuf_len(const tern_linkbuf *b) { return b->len; }
static inline bool   tern_linkbuf_is_empty(const tern_linkbuf *b) { return b->len == 0; }

// ---- writing -------------------------------------------------------------

// Contiguous room for `n` bytes behind the last one, or NULL. Valid until the next call that
// changes this queue or writes to another one that views the same block (a slice's source). The room
// is not part of the queue before tern_linkbuf_commit(<= n); committing 0 gives it back.
static inline TERN_NODISCARD uint8_t *tern_linkbuf_reserve(tern_linkbuf *b, size_t n);
static inline void                    tern_linkbuf_commit(tern_linkbuf *b, size_t n);

// Copies.
TERN_API TERN_NODISCARD int tern_linkbuf_append(tern_linkbuf *b, const void *data, size_t n);

// Links foreign memory. `release` runs once when the last view of it is gone, also on failure.
TERN_API TERN_NODISCARD int tern_linkbuf_append_ref(tern_linkbuf *b, const void *data, size_t n,
                                                    tern_block_release_fn *release, void *arg);

// Links [pos, pos + n) of `block` and takes a reference of its own. Extends the last segment where
// the bytes follow it in the same block, so that a run of neighbours costs one iovec.
TERN_API TERN_NODISCARD int tern_linkbuf_append_view(tern_linkbuf *b, tern_block *block,
                                                     uint8_t *pos, size_t n);

// Moves all of `src` behind `b` in O(1). `src` is empty afterwards. Both must share a pool.
// What lies in `b` stays where it is.
TERN_API void tern_linkbuf_splice(tern_linkbuf *b, tern_linkbuf *src);

// Writes `n` bytes in front of the first one: into the free bytes before it where this queue alone
// owns them, into a segment of their own otherwise.
TERN_API TERN_NODISCARD int tern_linkbuf_prepend(tern_linkbuf *b, const void *data, size_t n);

// ---- reading -------------------------------------------------------------

// The first `n` bytes as one piece, or NULL if there are fewer (or no memory). Copies only when they
// cross blocks. Valid until they are consumed, or peeked at once more with a larger `n`.
static inline const uint8_t *tern_linkbuf_peek(tern_linkbuf *b, size_t n);

// Copies [off, off + n) out without consuming. False if there are fewer bytes.
TERN_API bool tern_linkbuf_copy_out(const tern_linkbuf *b, size_t off, void *dst, size_t n);

// Drops the first `n` bytes; n <= len.
static inline void tern_linkbuf_consume(tern_linkbuf *b, size_t n);

// Moves the first `n` bytes behind `dst`; n <= len. Shares memory where a block is cut in two.
// `b` may be freed before `dst`. All or nothing. Between two pools the views are made anew, but the
// blocks stay their pool's.
TERN_API TERN_NODISCARD int tern_linkbuf_move(tern_linkbuf *b, size_t n, tern_linkbuf *dst);

// Like tern_linkbuf_move for [off, off + n), but nothing is consumed: a second view. -EINVAL when
// there are fewer bytes.
TERN_API TERN_NODISCARD int tern_linkbuf_slice(const tern_linkbuf *b, size_t off, size_t n,
                                               tern_linkbuf *dst);

// Offset of the first `byte` at or behind `from`, or -1.
TERN_API ssize_t tern_linkbuf_find(const tern_linkbuf *b, size_t from, uint8_t byte);

// ---- the kernel's side ---------------------------------------------------

// Fills `iov` with the first bytes; returns how many entries. Never more than SSIZE_MAX bytes.
TERN_API int tern_linkbuf_iovec(const tern_linkbuf *b, struct iovec *iov, int max);

// Replaces what is queued by a copy in a block of fitting size when the blocks that it pins are much
// larger than that (four times). Changes nothing when there is no memory. What a connection does with
// a left-over before it goes to sleep.
TERN_API void tern_linkbuf_compact(tern_linkbuf *b);

// Of the blocks that it pins, its share.
TERN_API size_t tern_linkbuf_memory(const tern_linkbuf *b);

TERN_API bool tern_linkbuf_is_valid(const tern_linkbuf *b);

// ---- inline bodies -------------------------------------------------------

TERN_API uint8_t       *tern_linkbuf_reserve_slow(tern_linkbuf *b, size_t n);
TERN_API void           tern_linkbuf_commit_slow(tern_linkbuf *b, size_t n);
TERN_API const uint8_t *tern_linkbuf_peek_slow(tern_linkbuf *b, size_t n);
TERN_API void           tern_linkbuf_consume_slow(tern_linkbuf *b, size_t n);

// How much `s` can grow. A block without a pool may have a view in another thread, which may grow too.
static inline size_t tern_segment_room(const tern_segment *s)
{
    const tern_block *block = s->block;

    if (s->end != block->base + block->used)
        return 0;
    if (!block->pool && __atomic_load_n(&block->refs, __ATOMIC_ACQUIRE) != 1)
        return 0;
    return tern_block_room(block);
}

// After a slow reserve the room is an empty segment behind the tail (the head where there is no
// tail), the spare; commit_slow links it. While there is one, the room is always there.
static inline uint8_t *tern_linkbuf_reserve(tern_linkbuf *b, size_t n)
{
    tern_segment *t = b->tail;

    if (TERN_LIKELY(t && !t->next && n <= tern_segment_room(t)))
        return t->end;
    return tern_linkbuf_reserve_slow(b, n);
}

static inline void tern_linkbuf_commit(tern_linkbuf *b, size_t n)
{
    tern_segment *t = b->tail;

    if (TERN_UNLIKELY(!t || t->next)) {
        tern_linkbuf_commit_slow(b, n);
        return;
    }
    TERN_DEBUG_ASSERT(n <= tern_segment_room(t));
    t->end += n;
    t->block->used += n;
    b->len += n;
}

static inline const uint8_t *tern_linkbuf_peek(tern_linkbuf *b, size_t n)
{
    if (TERN_LIKELY(b->head && (size_t)(b->head->end - b->head->pos) >= n))
        return b->head->pos;
    return tern_linkbuf_peek_slow(b, n);
}

static inline void tern_linkbuf_consume(tern_linkbuf *b, size_t n)
{
    if (TERN_LIKELY(b->head && (size_t)(b->head->end - b->head->pos) > n)) {
        TERN_DEBUG_ASSERT(n < b->len);
        b->head->pos += n;
        b->len -= n;
        return;
    }
    tern_linkbuf_consume_slow(b, n);
}

#ifdef __cplusplus
}
#endif

#endif
