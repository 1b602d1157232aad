#include "rpc/base/arena_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rpc/base/zero_internal.h"

// At the front of every chunk, in its own memory.
struct terni_arena_chunk {
    terni_arena_chunk *older;
    tern_block        *block;
};

struct terni_arena_held {
    terni_arena_held       *older;
    terni_arena_release_fn *release;
    void                   *arg;
};

_Static_assert(sizeof(terni_arena_chunk) % TERNI_ARENA_ALIGN == 0, "chunk memory stays aligned");

static uint8_t *chunk_memory(terni_arena_chunk *c) { return (uint8_t *)(c + 1); }

static uint8_t *chunk_end(const terni_arena_chunk *c)
{
    return c->block->base + (c->block->cap & ~(size_t)(TERNI_ARENA_ALIGN - 1));
}

static void use_room(terni_arena *a, uint8_t *pos, uint8_t *end)
{
    TERN_DEBUG_ASSERT(pos <= end && (size_t)(end - pos) % TERNI_ARENA_ALIGN == 0);
    a->pos = pos;
    a->end = end;
    terni_arena_poison(pos, (size_t)(end - pos));
}

void terni_arena_init(terni_arena *a, tern_pool *pool, size_t max_bytes)
{
    terni_zero(a, sizeof *a);
    a->pool = pool;
    a->max_bytes = max_bytes;
}

void terni_arena_init_with(terni_arena *a, tern_pool *pool, size_t max_bytes, void *first,
                           size_t len)
{
    TERN_ASSERT((uintptr_t)first % TERNI_ARENA_ALIGN == 0);
    terni_arena_init(a, pool, max_bytes);
    a->first = first;
    a->first_end = a->first + (len & ~(size_t)(TERNI_ARENA_ALIGN - 1));
    use_room(a, a->first, a->first_end);
}

// Before the chunks go: the nodes lie in them.
static void let_go(terni_arena *a)
{
    terni_arena_held *h = a->held;

    a->held = NULL;
    for (; h; h = h->older)
        h->release(h->arg);
    a->pinned = tern_block_unref(a->pinned);
}

// Drops the chunks that are newer than `oldest_kept`.
static void drop_chunks(terni_arena *a, const terni_arena_chunk *oldest_kept)
{
    while (a->chunks != oldest_kept) {
        tern_block *block = a->chunks->block;

        TERN_DEBUG_ASSERT(block->cap <= a->held_bytes);
        a->chunks = a->chunks->older;
        a->held_bytes -= block->cap;
        terni_arena_unpoison(block->base, block->cap);
        tern_block_unref(block);
    }
}

void terni_arena_done_slow(terni_arena *a)
{
    TERN_DEBUG_ASSERT(terni_arena_is_valid(a));
    let_go(a);
    drop_chunks(a, NULL);
    terni_arena_unpoison(a->first, (size_t)(a->first_end - a->first));
    a->pos = a->end = NULL;
}

void terni_arena_reset_slow(terni_arena *a)
{
    let_go(a);
    drop_chunks(a, NULL);
}

static void *fail(terni_arena *a, int err)
{
    TERN_ASSERT(err < 0);
    if (!a->error)
        a->error = err;
    a->pos = a->end = NULL;  // so that the inline path fails as well
    return NULL;
}

static size_t cap_left(const terni_arena *a)
{
    return a->max_bytes > a->held_bytes ? a->max_bytes - a->held_bytes : 0;
}

// The pool's own sizes first, then as much as is held already, so that the chunks stay few.
static size_t next_chunk_size(const terni_arena *a, size_t need)
{
    size_t size = TERNI_ARENA_FIRST_CHUNK;
    size_t left = cap_left(a);

    if (a->held_bytes > 0 || a->first)
        size = TERN_BLOCK_MEDIUM;
    while (size < a->held_bytes && size < TERNI_ARENA_MAX_CHUNK)
        size *= 2;
    if (size > left)
        size = left;
    return size < need ? need : size;
}

static tern_block *new_block(terni_arena *a, size_t size)
{
    return a->pool ? tern_block_new(a->pool, size) : tern_block_new_shared(size);
}

// The new chunk becomes the one that is allocated from, whatever the last one had left.
static int add_chunk(terni_arena *a, size_t n)
{
    size_t             need = sizeof(terni_arena_chunk) + terni_arena_round(n);
    terni_arena_chunk *c;
    tern_block        *block;

    if (a->error)
        return a->error;
    if (n > a->max_bytes || need > cap_left(a)) {
        fail(a, -EDQUOT);
        return a->error;
    }
    if (!(block = new_block(a, next_chunk_size(a, need)))) {
        fail(a, -ENOMEM);
        return a->error;
    }
    c = (terni_arena_chunk *)(void *)block->base;
    *c = (terni_arena_chunk){ .older = a->chunks, .block = block };
    a->chunks = c;
    a->held_bytes += block->cap;
    use_room(a, chunk_memory(c), chunk_end(c));
    TERN_DEBUG_ASSERT(n <= (size_t)(a->end - a->pos) && terni_arena_is_valid(a));
    return 0;
}

void *terni_arena_alloc_slow(terni_arena *a, size_t n)
{
    return add_chunk(a, n ? n : 1) < 0 ? NULL : terni_arena_alloc(a, n);
}

void *terni_arena_zalloc(terni_arena *a, size_t n)
{
    void *p = terni_arena_alloc(a, n);

    return p ? memset(p, 0, n) : NULL;
}

char *terni_arena_strndup(terni_arena *a, const char *s, size_t n)
{
    char *copy = terni_arena_alloc(a, n + 1);

    if (!copy)
        return NULL;
    if (n)  // `s` may be NULL without
        memcpy(copy, s, n);
    copy[n] = '\0';
    return copy;
}

// Prints into the room that is there, and once more where that was too little.
char *terni_arena_vprintf(terni_arena *a, const char *fmt, va_list args)
{
    size_t  room = (size_t)(a->end - a->pos);
    char   *text;
    va_list again;
    int     len;

    va_copy(again, args);
    terni_arena_unpoison(a->pos, room);
    len = vsnprintf((char *)a->pos, room, fmt, again);
    va_end(again);
    terni_arena_poison(a->pos, room);
    if (len < 0)
        return fail(a, -EINVAL);
    text = terni_arena_alloc(a, (size_t)len + 1);
    if (text && (size_t)len >= room)
        vsnprintf(text, (size_t)len + 1, fmt, args);
    return text;
}

int terni_arena_reserve(terni_arena *a, size_t n)
{
    return n <= (size_t)(a->end - a->pos) ? a->error : add_chunk(a, n);
}

static void unref_block(void *block) { tern_block_unref(block); }

static void put_on_list(terni_arena *a, terni_arena_held *h, terni_arena_release_fn *release,
                        void *arg)
{
    TERN_ASSERT(release);
    *h = (terni_arena_held){ .older = a->held, .release = release, .arg = arg };
    a->held = h;
}

// The newest block waits in `pinned`, the one before it needs a node. When there is no memory for
// that, the older one stays where it is: earlier messages point into it.
int terni_arena_hold_block(terni_arena *a, tern_block *block)
{
    terni_arena_held *h;

    if (a->pinned == block)
        return 0;
    if (a->pinned) {
        if (!(h = terni_arena_alloc(a, sizeof *h)))
            return a->error;
        put_on_list(a, h, unref_block, a->pinned);
    }
    a->pinned = tern_block_ref(block);
    return 0;
}

static bool contains(const tern_block *b, const uint8_t *data, size_t len)
{
    return b && data >= b->base && len <= b->used && (size_t)(data - b->base) <= b->used - len;
}

tern_block *terni_arena_find_block(const terni_arena *a, const void *data, size_t len)
{
    if (contains(a->pinned, data, len))
        return a->pinned;
    for (const terni_arena_held *h = a->held; h; h = h->older)
        if (h->release == unref_block && contains(h->arg, data, len))
            return h->arg;
    return NULL;
}

size_t terni_arena_memory(const terni_arena *a)
{
    size_t n = a->held_bytes + (a->pinned ? tern_block_share(a->pinned) : 0);

    for (const terni_arena_held *h = a->held; h; h = h->older)
        n += h->release == unref_block ? tern_block_share(h->arg) : 0;
    return n;
}

int terni_arena_hold(terni_arena *a, terni_arena_release_fn *release, void *arg)
{
    terni_arena_held *h = terni_arena_alloc(a, sizeof *h);

    if (!h) {
        release(arg);
        return a->error;
    }
    put_on_list(a, h, release, arg);
    return 0;
}

void terni_arena_release(terni_arena *a, terni_arena_mark mark)
{
    if (a->error)
        return;  // nothing is handed out any more; all goes at the end
    drop_chunks(a, mark.chunk);
    if (mark.chunk)
        use_room(a, mark.pos, chunk_end(mark.chunk));
    else
        use_room(a, mark.pos ? mark.pos : a->first, a->first_end);
    TERN_DEBUG_ASSERT(terni_arena_is_valid(a));
}

// The room is what is left of the newest chunk, or of the first piece; none after a failure.
static bool is_room_valid(const terni_arena *a)
{
    const uint8_t *start = a->chunks ? chunk_memory(a->chunks) : a->first;
    const uint8_t *end = a->chunks ? chunk_end(a->chunks) : a->first_end;

    if (!a->pos)
        return !a->end;
    return a->pos >= start && a->pos <= a->end && a->end == end;
}

bool terni_arena_is_valid(const terni_arena *a)
{
    size_t sum = 0;

    for (const terni_arena_chunk *c = a->chunks; c; c = c->older)
        sum += c->block->cap;
    return sum == a->held_bytes && is_room_valid(a);
}
