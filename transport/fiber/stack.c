#include "transport/fiber/stack_internal.h"

#include <errno.h>
#include <sys/mman.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "transport/base/sys_internal.h"

#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102  // Linux 6.13
#endif

// ---- regions -------------------------------------------------------------

static void *map(size_t size)
{
    const int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK;
    void     *base = terni_sys_table.mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);

    if (base == MAP_FAILED)
        return NULL;
    // Where huge pages are on for everybody, the first touch would make 2 MiB resident.
    (void)terni_sys_table.madvise(base, size, MADV_NOHUGEPAGE);  // EINVAL: no THP here
    return base;
}

static void put_stack(terni_stack_region *r, unsigned i)
{
    uint8_t     *low = r->base + i * r->slot_size + TERNI_STACK_GUARD;
    size_t       color = i % TERNI_STACK_COLORS * TERNI_STACK_COLOR_SIZE;
    size_t       size = r->slot_size - TERNI_STACK_GUARD - color;
    terni_stack *s = &r->stacks[i];

    TERN_DEBUG_ASSERT(size >= TERNI_MIN_CONTEXT_SIZE && size < r->slot_size);
    *s = (terni_stack){ .next = r->cold, .low = low, .size = size, .region = r };
    r->cold = s;
    r->n_cold++;
}

static terni_stack_region *add_region(terni_stack_pool *pool, size_t slot_size, unsigned n_stacks)
{
    terni_stack_region *r = tern_mem_alloc(sizeof *r + n_stacks * sizeof r->stacks[0]);

    if (!r)
        return NULL;
    *r = (terni_stack_region){ .slot_size = slot_size, .n_stacks = n_stacks };
    r->base = map(slot_size * n_stacks);
    if (!r->base) {
        tern_mem_free(r);
        return NULL;
    }
    for (unsigned i = n_stacks; i-- > 0;)
        put_stack(r, i);
    TAILQ_INSERT_HEAD(&pool->regions, r, link);
    return r;
}

static void drop_region(terni_stack_pool *pool, terni_stack_region *r)
{
    TAILQ_REMOVE(&pool->regions, r, link);
    (void)terni_sys_table.munmap(r->base, r->slot_size * r->n_stacks);  // ours, so it works
    tern_mem_free(r);
}

static terni_stack_region *region_with_cold_stack(terni_stack_pool *pool)
{
    terni_stack_region *r = TAILQ_FIRST(&pool->regions);

    return r && r->n_cold > 0 ? r : add_region(pool, TERNI_STACK_SIZE, TERNI_STACKS_PER_REGION);
}

// ---- guards --------------------------------------------------------------

static int log_map_limit(size_t n_used)
{
    tern_log(TERN_LOG_ERROR,
             "no memory mapping left for the guard of fiber stack %zu: raise vm.max_map_count (two "
             "per stack) or run Linux 6.13 or later",
             n_used + 1);
    return -ENOMEM;
}

// Marks survive the stack's pages going cold, so a slot is guarded once.
static int guard(terni_stack_pool *pool, terni_stack *s)
{
    uint8_t *start = s->low - TERNI_STACK_GUARD;

    if (s->is_guarded)
        return 0;
    if (!pool->has_no_guard_marks) {
        if (terni_sys_table.madvise(start, TERNI_STACK_GUARD, MADV_GUARD_INSTALL) == 0) {
            s->is_guarded = true;
            return 0;
        }
        pool->has_no_guard_marks = errno == EINVAL;  // an older kernel, or locked memory
    }
    if (terni_sys_table.mprotect(start, TERNI_STACK_GUARD, PROT_NONE) < 0)
        return log_map_limit(pool->n_used);
    s->is_guarded = true;
    return 0;
}

// ---- stacks --------------------------------------------------------------

static void move_region(terni_stack_pool *pool, terni_stack_region *r, bool is_first)
{
    TAILQ_REMOVE(&pool->regions, r, link);
    if (is_first)
        TAILQ_INSERT_HEAD(&pool->regions, r, link);
    else
        TAILQ_INSERT_TAIL(&pool->regions, r, link);
}

static void push_cold(terni_stack_pool *pool, terni_stack *s)
{
    terni_stack_region *r = s->region;

    TERN_ASSERT(!s->tenant && r->n_cold < r->n_stacks);
    s->next = r->cold;
    r->cold = s;
    if (++r->n_cold == r->n_stacks)
        drop_region(pool, r);
    else if (r->n_cold == 1)
        move_region(pool, r, /* is_first= */ true);
}

static terni_stack *pop_cold(terni_stack_pool *pool, terni_stack_region *r)
{
    terni_stack *s = r->cold;

    TERN_ASSERT(s && r->n_cold > 0);
    r->cold = s->next;
    if (--r->n_cold == 0)
        move_region(pool, r, /* is_first= */ false);
    return s;
}

int terni_stack_make(terni_stack_pool *pool, size_t size, terni_stack **ret_stack)
{
    terni_stack_region *r;
    terni_stack        *s;
    int                 err;

    if (size > TERNI_MAX_STACK_SIZE)
        return -EINVAL;
    if (size <= TERNI_STACK_SIZE)
        r = region_with_cold_stack(pool);
    else
        r = add_region(pool, (size + TERNI_STACK_GUARD - 1) & ~(size_t)(TERNI_STACK_GUARD - 1), 1);
    if (!r)
        return -ENOMEM;

    s = pop_cold(pool, r);
    if ((err = guard(pool, s)) < 0) {
        push_cold(pool, s);
        return err;
    }
    pool->n_used++;
    *ret_stack = s;
    return 0;
}

void terni_stack_chill(terni_stack_pool *pool, terni_stack *s)
{
    if (s->tenant)
        pool->evict(s);
    s->tenant = NULL;
    if (s->region->n_cold + 1 < s->region->n_stacks)  // otherwise the region goes, and its pages
        (void)terni_sys_table.madvise(s->low, s->size, MADV_DONTNEED);
    push_cold(pool, s);
}

// ---- the pool ------------------------------------------------------------

void terni_stack_pool_init(terni_stack_pool *pool, terni_stack_evict_fn *evict)
{
    *pool = (terni_stack_pool){ .evict = evict };
    TAILQ_INIT(&pool->regions);
}

static void evict_tenant(terni_stack *s, void *pool) { ((terni_stack_pool *)pool)->evict(s); }

void terni_stack_pool_done(terni_stack_pool *pool)
{
    terni_stack_region *r;

    terni_stack_pool_visit(pool, evict_tenant, pool);
    while ((r = TAILQ_FIRST(&pool->regions)))
        drop_region(pool, r);
    terni_stack_pool_init(pool, pool->evict);
}

size_t terni_stack_pool_trim(terni_stack_pool *pool)
{
    size_t        n_cold = (pool->n_unneeded + 1) / 2;
    terni_stack **link = &pool->warm;
    terni_stack  *s;

    TERN_ASSERT(pool->n_unneeded <= pool->n_warm);
    for (size_t i = pool->n_warm - n_cold; i > 0; i--)
        link = &(*link)->next;
    s = *link;
    *link = NULL;
    pool->n_warm -= n_cold;
    pool->n_unneeded = pool->n_warm;
    while (s) {
        terni_stack *next = s->next;

        terni_stack_chill(pool, s);
        s = next;
    }
    return pool->n_warm;
}

terni_stack *terni_stack_pool_find(const terni_stack_pool *pool, const void *addr)
{
    terni_stack_region *r;

    TAILQ_FOREACH(r, &pool->regions, link)
    {
        size_t offset = (uintptr_t)addr - (uintptr_t)r->base;  // wraps for lower addresses

        if (offset < r->slot_size * r->n_stacks)
            return &r->stacks[offset / r->slot_size];
    }
    return NULL;
}

void terni_stack_pool_visit(const terni_stack_pool *pool, terni_stack_visit_fn *visit, void *arg)
{
    terni_stack_region *r;

    TAILQ_FOREACH(r, &pool->regions, link)
    for (unsigned i = 0; i < r->n_stacks; i++)
        if (r->stacks[i].tenant)
            visit(&r->stacks[i], arg);
}
