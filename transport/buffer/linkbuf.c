#include <tern/linkbuf.h>

#include <errno.h>
#include <limits.h>
#include <string.h>

#include "transport/buffer/pool_internal.h"

// A queue is copied into a smaller block when it pins this many times as much.
enum { COMPACT_FACTOR = 4 };

static size_t min_size(size_t a, size_t b) { return a < b ? a : b; }

static size_t len_of(const tern_segment *s) { return (size_t)(s->end - s->pos); }

// ---- segments ------------------------------------------------------------

// Takes the caller's reference to `block`, also on failure.
static tern_segment *give_segment(tern_pool *pool, tern_block *block, uint8_t *pos, size_t n)
{
    tern_segment *s = terni_pool_take_segment(pool);

    TERN_DEBUG_ASSERT(pos >= block->base && pos + n <= block->base + block->cap);
    if (TERN_UNLIKELY(!s)) {
        tern_block_unref(block);
        return NULL;
    }
    *s = (tern_segment){ .block = block, .pos = pos, .end = pos + n };
    return s;
}

static tern_segment *new_view(tern_pool *pool, tern_block *block, uint8_t *pos, size_t n)
{
    return give_segment(pool, tern_block_ref(block), pos, n);
}

static void free_segment(tern_pool *pool, tern_segment *s)
{
    tern_block *block = s->block;

    terni_pool_shelve_segment(pool, s);
    tern_block_unref(block);  // last: it may run a release callback
}

static void free_chain(tern_pool *pool, tern_segment *s)
{
    while (s) {
        tern_segment *next = s->next;

        free_segment(pool, s);
        s = next;
    }
}

// Reserved and not committed; see tern_linkbuf_reserve.
static tern_segment **spare_of(tern_linkbuf *b) { return b->tail ? &b->tail->next : &b->head; }

static void drop_spare(tern_linkbuf *b)
{
    tern_segment **slot = spare_of(b);
    tern_segment  *spare = *slot;

    if (TERN_LIKELY(!spare))
        return;
    TERN_DEBUG_ASSERT(len_of(spare) == 0 && !spare->next);
    *slot = NULL;
    free_segment(b->pool, spare);
}

static bool is_followed_by(const tern_segment *s, const tern_block *block, const uint8_t *pos)
{
    return s && s->block == block && s->end == pos;
}

// Appends a chain of `n` bytes. There must be no spare.
static void link_chain(tern_linkbuf *b, tern_segment *first, tern_segment *last, size_t n)
{
    TERN_DEBUG_ASSERT(n > 0 && !*spare_of(b));
    *spare_of(b) = first;
    b->tail = last;
    b->len += n;
}

// The same where the first may be the neighbour of our last: then they become one segment.
static void join_chain(tern_linkbuf *b, tern_segment *first, tern_segment *last, size_t n)
{
    tern_segment *t = b->tail;

    if (!is_followed_by(t, first->block, first->pos)) {
        link_chain(b, first, last, n);
        return;
    }
    TERN_DEBUG_ASSERT(!t->next);
    t->end = first->end;
    t->next = first->next;
    if (first != last)
        b->tail = last;
    b->len += n;
    free_segment(b->pool, first);  // not the last reference: t has one
}

// ---- life ----------------------------------------------------------------

void tern_linkbuf_init(tern_linkbuf *b, tern_pool *pool) { *b = (tern_linkbuf){ .pool = pool }; }

void tern_linkbuf_clear(tern_linkbuf *b)
{
    tern_segment *all = b->head;

    b->head = b->tail = NULL;
    b->len = 0;
    free_chain(b->pool, all);
}

void tern_linkbuf_done(tern_linkbuf *b)
{
    TERN_DEBUG_ASSERT(tern_linkbuf_is_valid(b));
    tern_linkbuf_clear(b);
#ifndef NDEBUG
    memset(b, 0xdd, sizeof *b);
#endif
}

// ---- writing -------------------------------------------------------------

static tern_block *new_block(tern_pool *pool, size_t cap)
{
    return pool ? tern_block_new(pool, cap) : tern_block_new_shared(cap);
}

// A short queue gets a block that holds a few small frames, a long one such that it stays short in
// segments.
static size_t growth(const tern_linkbuf *b, size_t n)
{
    size_t usual = b->len < TERN_BLOCK_MEDIUM ? TERN_BLOCK_MEDIUM : TERN_BLOCK_LARGE;

    return n > usual ? n : usual;
}

static tern_segment *add_spare(tern_linkbuf *b, size_t n)
{
    tern_block   *block = new_block(b->pool, growth(b, n));
    tern_segment *spare = block ? give_segment(b->pool, block, block->base, 0) : NULL;

    return *spare_of(b) = spare;
}

uint8_t *tern_linkbuf_reserve_slow(tern_linkbuf *b, size_t n)
{
    tern_segment *spare = *spare_of(b);

    if (spare && tern_segment_room(spare) < n) {
        drop_spare(b);
        return tern_linkbuf_reserve(b, n);
    }
    if (!spare)
        spare = add_spare(b, n);
    TERN_DEBUG_ASSERT(!spare || tern_segment_room(spare) >= n);
    return spare ? spare->end : NULL;
}

void tern_linkbuf_commit_slow(tern_linkbuf *b, size_t n)
{
    tern_segment *spare = *spare_of(b);

    if (n == 0) {
        drop_spare(b);
        return;
    }
    TERN_ASSERT(spare && n <= tern_segment_room(spare));
    spare->end += n;
    spare->block->used += n;
    b->tail = spare;
    b->len += n;
}

int tern_linkbuf_append(tern_linkbuf *b, const void *data, size_t n)
{
    const uint8_t *bytes = data;
    size_t         fits;

    drop_spare(b);
    fits = b->tail ? min_size(n, tern_segment_room(b->tail)) : 0;
    if (fits < n && !add_spare(b, n - fits))
        return -ENOMEM;
    if (fits > 0) {
        memcpy(b->tail->end, bytes, fits);
        b->tail->end += fits;
        b->tail->block->used += fits;
        b->len += fits;
    }
    if (fits < n) {
        memcpy((*spare_of(b))->end, bytes + fits, n - fits);
        tern_linkbuf_commit_slow(b, n - fits);
    }
    return 0;
}

int tern_linkbuf_append_ref(tern_linkbuf *b, const void *data, size_t n,
                            tern_block_release_fn *release, void *arg)
{
    void         *bytes = (void *)(uintptr_t)data;  // nobody writes to foreign memory
    tern_block   *block = tern_block_wrap(b->pool, bytes, n, release, arg);
    tern_segment *s;

    if (!block) {
        if (release)
            release(bytes, n, arg);
        return -ENOMEM;
    }
    if (n == 0) {
        tern_block_unref(block);
        return 0;
    }
    if (!(s = give_segment(b->pool, block, block->base, n)))
        return -ENOMEM;
    drop_spare(b);
    link_chain(b, s, s, n);
    return 0;
}

int tern_linkbuf_append_view(tern_linkbuf *b, tern_block *block, uint8_t *pos, size_t n)
{
    tern_segment *s;

    TERN_DEBUG_ASSERT(pos >= block->base && pos + n <= block->base + block->used);
    drop_spare(b);
    if (is_followed_by(b->tail, block, pos)) {
        b->tail->end += n;
        b->len += n;
        return 0;
    }
    if (n == 0)
        return 0;
    if (!(s = new_view(b->pool, block, pos, n)))
        return -ENOMEM;
    link_chain(b, s, s, n);
    return 0;
}

void tern_linkbuf_splice(tern_linkbuf *b, tern_linkbuf *src)
{
    tern_segment *first, *last;
    size_t        n = src->len;

    TERN_ASSERT(b != src && b->pool == src->pool);
    drop_spare(b);
    drop_spare(src);
    if (n == 0)
        return;
    first = src->head;
    last = src->tail;
    src->head = src->tail = NULL;
    src->len = 0;
    join_chain(b, first, last, n);
}

// The bytes of its block in front of `s` that nobody views.
static size_t front_room(const tern_segment *s)
{
    const tern_block *block = s->block;

    if (block->size_class == TERNI_CLASS_FOREIGN ||
        __atomic_load_n(&block->refs, __ATOMIC_ACQUIRE) != 1)
        return 0;
    return (size_t)(s->pos - block->base);
}

// At the end of its block, so that the next header in front fits as well.
static int prepend_segment(tern_linkbuf *b, const void *data, size_t n)
{
    tern_block   *block = new_block(b->pool, n > TERN_BLOCK_SMALL ? n : TERN_BLOCK_SMALL);
    tern_segment *s;

    if (!block || !(s = give_segment(b->pool, block, block->base + block->cap - n, n)))
        return -ENOMEM;
    TERN_DEBUG_ASSERT(block->cap >= n);
    block->used = block->cap;
    memcpy(s->pos, data, n);
    s->next = b->head;
    b->head = s;
    b->len += n;
    return 0;
}

int tern_linkbuf_prepend(tern_linkbuf *b, const void *data, size_t n)
{
    drop_spare(b);
    if (n == 0)
        return 0;
    if (!b->head)
        return tern_linkbuf_append(b, data, n);
    if (front_room(b->head) < n)
        return prepend_segment(b, data, n);
    b->head->pos -= n;
    memcpy(b->head->pos, data, n);
    b->len += n;
    return 0;
}

// ---- reading -------------------------------------------------------------

// Drops the next `n` bytes behind the segment `prev`, from the head on where it is NULL.
static void drop_after(tern_linkbuf *b, tern_segment *prev, size_t n)
{
    tern_segment **slot = prev ? &prev->next : &b->head;
    tern_segment  *first = *slot, *last = NULL, *s = first;

    for (; s && n >= len_of(s); last = s, s = s->next)
        n -= len_of(s);
    if (s)
        s->pos += n;
    else
        b->tail = prev;
    TERN_DEBUG_ASSERT(s || n == 0);
    *slot = s;
    if (!last)
        return;
    last->next = NULL;
    free_chain(b->pool, first);
}

void tern_linkbuf_consume_slow(tern_linkbuf *b, size_t n)
{
    TERN_ASSERT(n <= b->len);
    if (n == b->len) {
        tern_linkbuf_clear(b);
        return;
    }
    drop_spare(b);
    b->len -= n;
    drop_after(b, NULL, n);
}

static void copy_from(const tern_segment *s, size_t off, uint8_t *dst, size_t n)
{
    for (; n > 0; s = s->next) {
        size_t here = len_of(s);

        TERN_DEBUG_ASSERT(here > 0);
        if (off >= here) {
            off -= here;
            continue;
        }
        here = min_size(here - off, n);
        memcpy(dst, s->pos + off, here);
        off = 0;
        dst += here;
        n -= here;
    }
}

bool tern_linkbuf_copy_out(const tern_linkbuf *b, size_t off, void *dst, size_t n)
{
    if (off > b->len || n > b->len - off)
        return false;
    copy_from(b->head, off, dst, n);
    return true;
}

// Moves the bytes of `s` into a block that has room for `n`, and gives it the old one back.
static tern_block *rehouse(tern_pool *pool, tern_segment *s, size_t n)
{
    tern_block *block = new_block(pool, n), *old = s->block;
    size_t      len = len_of(s);

    TERN_DEBUG_ASSERT(len <= n);
    if (!block)
        return NULL;
    memcpy(block->base, s->pos, len);
    block->used = len;
    *s = (tern_segment){ s->next, block, block->base, block->base + len };
    return old;
}

// Gathers in the block of the first segment where that can grow: a frame that arrives in two reads
// then costs a copy of its second half.
const uint8_t *tern_linkbuf_peek_slow(tern_linkbuf *b, size_t n)
{
    static const uint8_t nothing;
    tern_segment        *head = b->head;
    tern_block          *old = NULL;
    size_t               missing;

    if (n > b->len)
        return NULL;
    if (n == 0)
        return &nothing;
    drop_spare(b);
    missing = n - len_of(head);
    if (tern_segment_room(head) < missing && !(old = rehouse(b->pool, head, n)))
        return NULL;
    TERN_DEBUG_ASSERT(tern_segment_room(head) >= missing);
    copy_from(head->next, 0, head->end, missing);
    head->end += missing;
    head->block->used += missing;
    drop_after(b, head, missing);
    tern_block_unref(old);
    return head->pos;
}

// A part of the first segment.
static int move_front(tern_linkbuf *b, size_t n, tern_linkbuf *dst)
{
    tern_segment *s = b->head;
    int           err = tern_linkbuf_append_view(dst, s->block, s->pos, n);

    if (TERN_LIKELY(err == 0)) {
        s->pos += n;
        b->len -= n;
    }
    return err;
}

// The whole segments before `cut`, of which `last` is the last, and the first `left` bytes of `cut`.
static int move_segments(tern_linkbuf *b, tern_segment *last, size_t left, size_t n,
                         tern_linkbuf *dst)
{
    tern_segment *first = b->head, *cut = last->next, *view = NULL;

    TERN_DEBUG_ASSERT(n < b->len && left < len_of(cut));
    if (left > 0 && !(view = new_view(b->pool, cut->block, cut->pos, left)))
        return -ENOMEM;
    cut->pos += left;
    b->head = cut;
    last->next = view;
    drop_spare(dst);
    join_chain(dst, first, view ? view : last, n);
    b->len -= n;
    return 0;
}

// Whole segments and a part of the next one; n < len.
static int move_over_segments(tern_linkbuf *b, size_t n, tern_linkbuf *dst)
{
    tern_segment *last = NULL, *cut = b->head;
    size_t        left = n;

    for (; left >= len_of(cut); last = cut, cut = cut->next)
        left -= len_of(cut);
    return move_segments(b, last, left, n, dst);
}

// The segments belong to their queue's pool and cannot follow.
static int move_between_pools(tern_linkbuf *b, size_t n, tern_linkbuf *dst)
{
    int err = tern_linkbuf_slice(b, 0, n, dst);

    if (err == 0)
        tern_linkbuf_consume(b, n);
    return err;
}

int tern_linkbuf_move(tern_linkbuf *b, size_t n, tern_linkbuf *dst)
{
    TERN_ASSERT(b != dst && n <= b->len);
    if (TERN_UNLIKELY(b->pool != dst->pool))
        return move_between_pools(b, n, dst);
    if (n == b->len) {
        tern_linkbuf_splice(dst, b);
        return 0;
    }
    return n < len_of(b->head) ? move_front(b, n, dst) : move_over_segments(b, n, dst);
}

int tern_linkbuf_slice(const tern_linkbuf *b, size_t off, size_t n, tern_linkbuf *dst)
{
    tern_linkbuf  views;
    tern_segment *s = b->head;
    int           err;

    TERN_ASSERT(b != dst);
    if (off > b->len || n > b->len - off)
        return -EINVAL;
    tern_linkbuf_init(&views, dst->pool);
    for (; n > 0; s = s->next) {
        size_t here = len_of(s);

        if (off >= here) {
            off -= here;
            continue;
        }
        here = min_size(here - off, n);
        if ((err = tern_linkbuf_append_view(&views, s->block, s->pos + off, here)) < 0) {
            tern_linkbuf_done(&views);
            return err;
        }
        off = 0;
        n -= here;
    }
    tern_linkbuf_splice(dst, &views);
    return 0;
}

ssize_t tern_linkbuf_find(const tern_linkbuf *b, size_t from, uint8_t byte)
{
    size_t before = 0;  // bytes in front of `s`

    for (const tern_segment *s = b->head; before < b->len; s = s->next) {
        size_t         len = len_of(s);
        const uint8_t *hit;

        if (from < before + len) {
            size_t skip = from > before ? from - before : 0;

            if ((hit = memchr(s->pos + skip, byte, len - skip)))
                return (ssize_t)(before + (size_t)(hit - s->pos));
        }
        before += len;
    }
    return -1;
}

// ---- the kernel's side ---------------------------------------------------

int tern_linkbuf_iovec(const tern_linkbuf *b, struct iovec *iov, int max)
{
    size_t left = min_size(b->len, SSIZE_MAX);
    int    n = 0;

    for (const tern_segment *s = b->head; left > 0 && n < max; s = s->next) {
        size_t len = min_size(len_of(s), left);

        TERN_DEBUG_ASSERT(len > 0);
        iov[n++] = (struct iovec){ .iov_base = s->pos, .iov_len = len };
        left -= len;
    }
    return n;
}

// Of a block that comes up twice with another one in between, twice: rare, and only a hint.
static size_t pinned_bytes(const tern_linkbuf *b)
{
    const tern_block *seen = NULL;
    size_t            n = 0;

    for (const tern_segment *s = b->head; s; s = s->next) {
        if (s->block != seen)
            n += s->block->cap;
        seen = s->block;
    }
    return n;
}

size_t tern_linkbuf_memory(const tern_linkbuf *b)
{
    size_t n = 0;

    for (const tern_segment *s = b->head; s; s = s->next)
        n += tern_block_share(s->block);
    return n;
}

void tern_linkbuf_compact(tern_linkbuf *b)
{
    size_t        len = b->len;
    tern_block   *block;
    tern_segment *s;

    drop_spare(b);
    if (len == 0 || pinned_bytes(b) / COMPACT_FACTOR < terni_pool_fit(len).bytes)
        return;
    if (!(block = new_block(b->pool, len)) || !(s = give_segment(b->pool, block, block->base, len)))
        return;
    copy_from(b->head, 0, block->base, len);
    block->used = len;
    tern_linkbuf_clear(b);
    link_chain(b, s, s, len);
    TERN_DEBUG_ASSERT(tern_linkbuf_is_valid(b));
}

// ---- the invariant -------------------------------------------------------

static bool is_segment_valid(const tern_segment *s)
{
    const tern_block *block = s->block;

    return block && __atomic_load_n(&block->refs, __ATOMIC_RELAXED) > 0 &&
           block->used <= block->cap && s->pos >= block->base && s->pos <= s->end &&
           s->end <= block->base + block->used;
}

static bool is_spare_valid(const tern_segment *spare)
{
    return is_segment_valid(spare) && !spare->next && len_of(spare) == 0 &&
           tern_segment_room(spare) > 0;
}

bool tern_linkbuf_is_valid(const tern_linkbuf *b)
{
    const tern_segment *last = NULL, *s = b->head;
    size_t              left = b->len;

    for (; s && left > 0; last = s, s = s->next) {
        if (!is_segment_valid(s) || len_of(s) == 0 || len_of(s) > left)
            return false;
        left -= len_of(s);
    }
    return left == 0 && last == b->tail && (!s || is_spare_valid(s));
}
