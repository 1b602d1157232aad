#include <tern/block.h>

#include <tern/mem.h>

#include "transport/pool_internal.h"

static uintptr_t align_up(uintptr_t n, uintptr_t align) { return (n + align - 1) & ~(align - 1); }

// The allocator aligns to 16 at best: the header, and the bytes behind it, start at the next line.
tern_block *terni_block_make(size_t bytes)
{
    const size_t header = align_up(sizeof(tern_block), TERNI_BLOCK_ALIGN);
    uint8_t     *start = tern_mem_alloc(TERNI_BLOCK_ALIGN - 1 + header + bytes);
    uint8_t     *line;
    tern_block  *b;

    if (!start)
        return NULL;
    line = start + (align_up((uintptr_t)start, TERNI_BLOCK_ALIGN) - (uintptr_t)start);
    b = (tern_block *)(void *)line;
    *b = (tern_block){
        .base = line + header, .cap = bytes, .refs = 1, .lead = (uint8_t)(line - start)
    };
    return b;
}

void terni_block_destroy(tern_block *b) { tern_mem_free((uint8_t *)b - b->lead); }

tern_block *tern_block_new_shared(size_t cap)
{
    tern_block *b = cap < TERNI_MAX_CAP ? terni_block_make(cap) : NULL;

    if (b)
        b->size_class = TERNI_CLASS_UNKEPT;
    return b;
}

tern_block *tern_block_new(tern_pool *pool, size_t cap)
{
    return TERN_LIKELY(cap < TERNI_MAX_CAP) ? terni_pool_take(pool, terni_pool_fit(cap)) : NULL;
}

static tern_block *new_header(tern_pool *pool)
{
    return pool ? terni_pool_take(pool, (terni_size){ TERNI_CLASS_FOREIGN, 0 })
                : terni_block_make(0);
}

tern_block *tern_block_wrap(tern_pool *pool, void *data, size_t len, tern_block_release_fn *release,
                            void *arg)
{
    tern_block *b = new_header(pool);

    if (!b)
        return NULL;
    b->base = data;
    b->used = b->cap = len;
    b->size_class = TERNI_CLASS_FOREIGN;
    b->release = release;
    b->release_arg = arg;
    return b;
}

// Leaves the bare header.
static void release_foreign(tern_block *b)
{
    if (b->release)
        b->release(b->base, b->cap, b->release_arg);
    b->base = NULL;
    b->used = b->cap = 0;
}

void tern_block_recycle(tern_block *b)
{
    TERN_ASSERT(b->refs == (b->pool ? 1 : 0));  // else: released more often than referenced
    b->refs = 0;
    if (TERN_UNLIKELY(b->size_class == TERNI_CLASS_FOREIGN))
        release_foreign(b);
    if (b->pool)
        terni_pool_shelve(b->pool, b);
    else
        terni_block_destroy(b);
}
