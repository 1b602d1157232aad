#include <tern/block.h>

#include "transport/buffer/chunk_internal.h"
#include "transport/buffer/pool_internal.h"

tern_block *tern_block_new_shared(size_t cap)
{
    tern_block *b = cap <= TERNI_MAX_CAP ? terni_chunk_new(cap) : NULL;

    if (b)
        b->size_class = TERNI_CLASS_UNKEPT;
    return b;
}

tern_block *tern_block_new(tern_pool *pool, size_t cap)
{
    if (TERN_UNLIKELY(cap > TERN_BLOCK_LARGE))
        return terni_pool_take_huge(pool, cap);
    return terni_pool_take(pool, terni_pool_fit(cap).size_class);
}

tern_block *tern_block_wrap(tern_pool *pool, void *data, size_t len, tern_block_release_fn *release,
                            void *arg)
{
    tern_block *b = pool ? terni_pool_take(pool, TERNI_CLASS_FOREIGN) : terni_chunk_new(0);

    if (!b)
        return NULL;
    TERN_DEBUG_ASSERT(b->refs == 1 && b->used == 0);
    b->base = data;
    b->used = b->cap = len;
    b->size_class = TERNI_CLASS_FOREIGN;
    b->release = release;
    b->release_arg = arg;
    return b;
}

size_t tern_block_share(const tern_block *b)
{
    if (b->size_class == TERNI_CLASS_FOREIGN)
        return 0;
    return b->cap / __atomic_load_n(&b->refs, __ATOMIC_RELAXED);
}

// Leaves the bare header.
static void release_foreign(tern_block *b)
{
    if (b->release)
        b->release(b->base, b->cap, b->release_arg);
    TERN_ASSERT(b->refs == 0);  // else: the callback took one
    b->base = NULL;
    b->used = b->cap = 0;
}

// What is neither foreign nor huge nor without a pool.
static bool is_common(const tern_block *b)
{
    return b->size_class >= TERNI_CLASS_SMALL && b->size_class <= TERNI_CLASS_LARGE && b->pool;
}

static void recycle_uncommon(tern_block *b)
{
    if (b->size_class == TERNI_CLASS_FOREIGN)
        release_foreign(b);
    if (!b->pool)
        terni_chunk_free(b);
    else if (b->size_class == TERNI_CLASS_FOREIGN)
        terni_pool_shelve(b->pool, b);
    else
        terni_pool_shelve_huge(b->pool, b);
}

void tern_block_recycle(tern_block *b)
{
    TERN_ASSERT(!b->pool || b->refs == 1);  // else: released more often than referenced
    TERN_DEBUG_ASSERT(b->used <= b->cap);
    b->refs = 0;
    if (TERN_LIKELY(is_common(b)))
        terni_pool_shelve(b->pool, b);
    else
        recycle_uncommon(b);
}
