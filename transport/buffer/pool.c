#include "transport/buffer/pool_internal.h"

#include <tern/mem.h>

#include "transport/base/mem_internal.h"
#include "transport/buffer/chunk_internal.h"

// Trims collect this much before they ask libc to return free pages to the kernel, which walks over
// all that is free in the process. Without asking, glibc keeps them: a burst of 1 GiB left 1.4 GiB
// resident for ever, because the last few freed segments, in its bins for small chunks, hold the end
// of the heap; and after one freed block of 16 MiB it keeps the next 32 MiB by itself.
enum { RETURN_BYTES = 512 * 1024 };

// ---- size classes --------------------------------------------------------

// The class of quarter q (1 to 4) above 2^shift holds blocks of (4 + q) / 4 * 2^shift bytes.
static size_t huge_bytes(unsigned shift, unsigned quarter)
{
    return (size_t)(4 + quarter) << (shift - 2);
}

static terni_size fit_page(size_t cap)
{
    return (terni_size){ TERNI_CLASS_UNKEPT, (cap + TERNI_PAGE - 1) & ~(size_t)(TERNI_PAGE - 1) };
}

terni_size terni_pool_fit_huge(size_t cap)
{
    unsigned shift = 63 - (unsigned)__builtin_clzll(cap - 1);  // 2^shift < cap <= 2^(shift + 1)
    unsigned quarter = 1 + (unsigned)((cap - 1) >> (shift - 2) & 3);
    unsigned huge = (shift - TERNI_HUGE_SHIFT) * 4 + quarter - 1;

    TERN_DEBUG_ASSERT(cap > TERN_BLOCK_LARGE);
    if (cap > TERN_POOL_HUGE_KEPT)
        return fit_page(cap);
    TERN_DEBUG_ASSERT(TERNI_CLASS_HUGE + huge < TERNI_N_CLASSES &&
                      huge_bytes(shift, quarter) >= cap);
    return (terni_size){ TERNI_CLASS_HUGE + huge, huge_bytes(shift, quarter) };
}

// ---- how much there is ---------------------------------------------------

size_t tern_pool_bytes(const tern_pool *pool)
{
    return atomic_load_explicit(&pool->bytes, memory_order_relaxed);
}

static void set_bytes(tern_pool *pool, size_t bytes)
{
    atomic_store_explicit(&pool->bytes, bytes, memory_order_relaxed);
}

static void note_made(tern_pool *pool, size_t n)
{
    size_t bytes = tern_pool_bytes(pool) + n;

    set_bytes(pool, bytes);
    for (tern_pool_watch *w = pool->watches; w; w = w->next_)
        if (bytes >= w->mark_) {
            w->mark_ = bytes + w->step;
            w->grown(w);
        }
}

static void note_dropped(tern_pool *pool, size_t n)
{
    size_t bytes = tern_pool_bytes(pool);

    TERN_ASSERT(n <= bytes);
    set_bytes(pool, bytes -= n);
    for (tern_pool_watch *w = pool->watches; w; w = w->next_)
        if (bytes + w->step < w->mark_)
            w->mark_ = bytes + w->step;
}

void tern_pool_watch_start(tern_pool *pool, tern_pool_watch *w)
{
    TERN_ASSERT(w->grown && w->step && !w->link_);
    w->mark_ = tern_pool_bytes(pool) + w->step;
    w->link_ = &pool->watches;
    w->next_ = pool->watches;
    if (w->next_)
        w->next_->link_ = &w->next_;
    pool->watches = w;
}

void tern_pool_watch_stop(tern_pool_watch *w)
{
    if (!w->link_)
        return;
    *w->link_ = w->next_;
    if (w->next_)
        w->next_->link_ = w->link_;
    w->link_ = NULL;
}

// ---- life ----------------------------------------------------------------

tern_pool *tern_pool_new(void)
{
    tern_pool *pool = tern_mem_zalloc(sizeof *pool);

    if (!pool)
        return NULL;
    pool->segment_count.item_bytes = sizeof(tern_segment);
    pool->blocks[TERNI_CLASS_FOREIGN].count.item_bytes = sizeof(tern_block);
    pool->blocks[TERNI_CLASS_SMALL].count.item_bytes = TERN_BLOCK_SMALL;
    pool->blocks[TERNI_CLASS_MEDIUM].count.item_bytes = TERN_BLOCK_MEDIUM;
    pool->blocks[TERNI_CLASS_LARGE].count.item_bytes = TERN_BLOCK_LARGE;
    for (unsigned i = TERNI_CLASS_HUGE; i < TERNI_N_CLASSES; i++) {
        unsigned huge = i - TERNI_CLASS_HUGE;

        pool->blocks[i].count.item_bytes = huge_bytes(TERNI_HUGE_SHIFT + huge / 4, 1 + huge % 4);
    }
    return pool;
}

static void drop_blocks(tern_pool *pool, unsigned size_class, size_t n)
{
    terni_shelf *count = &pool->blocks[size_class].count;

    TERN_ASSERT(n <= count->n_free && count->n_free <= count->n_owned);
    pool->dropped_bytes += n * count->item_bytes;
    note_dropped(pool, n * count->item_bytes);
    if (size_class >= TERNI_CLASS_HUGE)
        pool->huge_free_bytes -= n * count->item_bytes;
    count->n_owned -= n;
    for (; n > 0; n--)
        terni_chunk_free(terni_pool_pop(pool, size_class));
}

static void drop_segments(tern_pool *pool, size_t n)
{
    TERN_ASSERT(n <= pool->segment_count.n_free);
    pool->dropped_bytes += n * sizeof(tern_segment);
    pool->segment_count.n_owned -= n;
    for (; n > 0; n--)
        tern_mem_free(terni_pool_take_segment(pool));
}

void tern_pool_free(tern_pool *pool)
{
    if (!pool)
        return;
    TERN_ASSERT(tern_pool_get_stats(pool).live_bytes == 0);  // else: blocks or segments in use
    for (unsigned i = 0; i < TERNI_N_CLASSES; i++)
        drop_blocks(pool, i, pool->blocks[i].count.n_free);
    drop_segments(pool, pool->segment_count.n_free);
    TERN_ASSERT(pool->huge_free_bytes == 0 && !pool->segments && !pool->watches);
    TERN_ASSERT(tern_pool_bytes(pool) == 0);
    tern_mem_free(pool);
}

// ---- taking and giving back ----------------------------------------------

static tern_block *make_block(tern_pool *pool, terni_size size)
{
    tern_block *b = terni_chunk_new(size.bytes);

    if (!b)
        return NULL;
    b->pool = pool;
    b->size_class = (uint8_t)size.size_class;
    if (size.size_class == TERNI_CLASS_UNKEPT)
        pool->unkept_bytes += size.bytes;
    else
        pool->blocks[size.size_class].count.n_owned++;
    pool->n_misses++;
    note_made(pool, size.size_class == TERNI_CLASS_FOREIGN ? sizeof(tern_block) : size.bytes);
    return b;
}

tern_block *terni_pool_take_new(tern_pool *pool, unsigned size_class)
{
    bool   is_header = size_class == TERNI_CLASS_FOREIGN;
    size_t bytes = is_header ? 0 : pool->blocks[size_class].count.item_bytes;

    TERN_ASSERT(!pool->blocks[size_class].top && pool->blocks[size_class].count.n_free == 0);
    return make_block(pool, (terni_size){ size_class, bytes });
}

tern_block *terni_pool_take_huge(tern_pool *pool, size_t cap)
{
    terni_size size;

    if (cap > TERNI_MAX_CAP)
        return NULL;
    size = terni_pool_fit_huge(cap);
    if (size.size_class == TERNI_CLASS_UNKEPT || !pool->blocks[size.size_class].top)
        return make_block(pool, size);
    TERN_ASSERT(pool->huge_free_bytes >= size.bytes);
    pool->huge_free_bytes -= size.bytes;
    return terni_pool_take(pool, size.size_class);
}

// The cap is on all huge blocks together: a few sizes in use fill it, and a trim or two empties it
// of those that went out of use.
void terni_pool_shelve_huge(tern_pool *pool, tern_block *b)
{
    TERN_DEBUG_ASSERT(b->size_class >= TERNI_CLASS_HUGE && terni_pool_is_valid(pool));
    if (pool->huge_free_bytes + b->cap <= TERN_POOL_HUGE_KEPT) {
        pool->huge_free_bytes += b->cap;
        terni_pool_shelve(pool, b);
        return;
    }
    if (b->size_class == TERNI_CLASS_UNKEPT)
        pool->unkept_bytes -= b->cap;
    else
        pool->blocks[b->size_class].count.n_owned--;
    pool->dropped_bytes += b->cap;
    note_dropped(pool, b->cap);
    terni_chunk_free(b);
}

tern_segment *terni_pool_make_segment(tern_pool *pool)
{
    tern_segment *s = tern_mem_alloc(sizeof *s);

    if (s)
        pool->segment_count.n_owned++;
    return s;
}

// ---- trimming and figures ------------------------------------------------

// Half of what lay idle since the last trim, rounded up from 0 to all of it; starts the next watch.
static size_t surplus(terni_shelf *shelf)
{
    size_t n = shelf->n_idle > 1 ? shelf->n_idle / 2 : shelf->n_idle;

    shelf->n_idle = shelf->n_free - n;
    return n;
}

size_t tern_pool_trim(tern_pool *pool)
{
    TERN_DEBUG_ASSERT(terni_pool_is_valid(pool));
    for (unsigned i = 0; i < TERNI_N_CLASSES; i++)
        drop_blocks(pool, i, surplus(&pool->blocks[i].count));
    drop_segments(pool, surplus(&pool->segment_count));
    if (pool->dropped_bytes >= RETURN_BYTES) {
        pool->dropped_bytes = 0;
        terni_mem_return_pages();
    }
    return tern_pool_get_stats(pool).held_bytes;
}

static void add_shelf(tern_pool_stats *stats, const terni_shelf *shelf)
{
    stats->held_bytes += shelf->n_free * shelf->item_bytes;
    stats->live_bytes += (shelf->n_owned - shelf->n_free) * shelf->item_bytes;
}

tern_pool_stats tern_pool_get_stats(const tern_pool *pool)
{
    tern_pool_stats stats = {
        .n_hits = pool->n_hits,
        .n_misses = pool->n_misses,
        .live_bytes = pool->unkept_bytes,
    };

    for (unsigned i = 0; i < TERNI_N_CLASSES; i++)
        add_shelf(&stats, &pool->blocks[i].count);
    add_shelf(&stats, &pool->segment_count);
    return stats;
}

// ---- the invariant -------------------------------------------------------

static bool is_shelf_valid(const terni_shelf *shelf)
{
    return shelf->n_idle <= shelf->n_free && shelf->n_free <= shelf->n_owned;
}

bool terni_pool_is_valid(const tern_pool *pool)
{
    size_t huge_bytes_free = 0;

    for (unsigned i = 0; i < TERNI_N_CLASSES; i++) {
        const terni_block_shelf *shelf = &pool->blocks[i];

        if (!is_shelf_valid(&shelf->count) || !shelf->top != !shelf->count.n_free)
            return false;
        if (i >= TERNI_CLASS_HUGE)
            huge_bytes_free += shelf->count.n_free * shelf->count.item_bytes;
    }
    return is_shelf_valid(&pool->segment_count) && huge_bytes_free == pool->huge_free_bytes &&
           huge_bytes_free <= TERN_POOL_HUGE_KEPT;
}
