#include "rpc/server/ctx_life_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/base/list_internal.h"
#include "rpc/base/meta_internal.h"
#include "rpc/base/zero_internal.h"
#include "rpc/server/ctx_packing_internal.h"

#define MAX_TIMEOUT_US (TERN_NEVER / 4000)  // beyond these 146 years there is no deadline

#define TO(state) (1U << TERNI_CTX_##state)

const uint8_t terni_ctx_next_states[TERNI_N_CTX_STATES] = {
    [TERNI_CTX_FREE] = TO(OPEN),
    [TERNI_CTX_OPEN] = TO(RUNNING) | TO(ANSWERED) | TO(RELEASED),
    [TERNI_CTX_RUNNING] = TO(OFFLOADED) | TO(ANSWERED) | TO(DONE),
    [TERNI_CTX_OFFLOADED] = TO(RUNNING),
    [TERNI_CTX_ANSWERED] = TO(DONE),
    [TERNI_CTX_DONE] = TO(RELEASED),
    [TERNI_CTX_RELEASED] = TO(RELEASED) | TO(FREE),
};

// ---- the pool ------------------------------------------------------------

static tern_ctx *new_ctx(terni_ctx_pool *of, tern_poller *poller)
{
    tern_ctx  *ctx = tern_mem_alloc(sizeof *ctx);
    tern_pool *pool = tern_poller_pool(poller);

    if (!ctx)
        return NULL;
    ctx->state = TERNI_CTX_FREE;
    terni_arena_init_with(&ctx->arena, pool, TERN_MAX_ARENA_BYTES, ctx->first, sizeof ctx->first);
    terni_inbox_init(&ctx->inbox, &ctx->stream);
    of->n_made++;
    return ctx;
}

static void free_ctx(terni_ctx_pool *of, tern_ctx *ctx)
{
    TERN_ASSERT(ctx->state == TERNI_CTX_FREE && of->n_made > 0);
    of->n_made--;
    terni_arena_done(&ctx->arena);
    tern_mem_free(ctx);
}

static tern_ctx *take(terni_ctx_pool *pool, tern_poller *poller)
{
    tern_ctx *ctx = pool->free;

    if (TERN_UNLIKELY(!ctx))
        return new_ctx(pool, poller);
    TERN_DEBUG_ASSERT(pool->n_free > 0);
    pool->free = ctx->next;
    pool->n_free--;
    return ctx;
}

static void give_back(terni_ctx_pool *pool, tern_ctx *ctx)
{
    if (pool->n_free >= TERNI_MAX_FREE_CALLS) {
        free_ctx(pool, ctx);
        return;
    }
    ctx->next = pool->free;
    pool->free = ctx;
    pool->n_free++;
}

void terni_ctx_pool_done(terni_ctx_pool *pool)
{
    for (tern_ctx *ctx; (ctx = pool->free);) {
        pool->free = ctx->next;
        pool->n_free--;
        free_ctx(pool, ctx);
    }
    TERN_ASSERT(pool->n_free == 0);
}

// ---- birth ---------------------------------------------------------------

static uint64_t deadline_of(const terni_caller *caller, uint64_t timeout_us)
{
    int64_t  max_ms = caller->home->policy->max_timeout_ms;
    uint64_t limit_us = max_ms > 0 ? (uint64_t)max_ms * 1000 : UINT64_MAX;

    if (timeout_us == 0 || timeout_us > limit_us)
        timeout_us = limit_us;
    return timeout_us > MAX_TIMEOUT_US
               ? TERN_NEVER
               : tern_poller_now_ns(caller->home->poller) + timeout_us * 1000;
}

static terni_quota *quota_of_method(const tern_ctx *ctx)
{
    return ctx->method ? ctx->method->calls : NULL;
}

static uint32_t n_in_progress(const terni_ctx_pool *pool)
{
    TERN_DEBUG_ASSERT(pool->n_free <= pool->n_made);
    return pool->n_made - pool->n_free;
}

// A call beyond a limit is answered where its handler would be started.
static void admit(tern_ctx *ctx)
{
    terni_quota *of_server = &ctx->caller->home->policy->calls, *of_method = quota_of_method(ctx);

    if (!of_server->max && n_in_progress(ctx->caller->home->pool) > TERNI_MAX_CALLS) {
        (void)!tern_fail(ctx, TERN_RESOURCE_EXHAUSTED,
                         "the server has max_calls (%d) calls in progress on this poller",
                         TERNI_MAX_CALLS);
    } else if (!terni_quota_take(of_server, 1)) {
        (void)!tern_fail(ctx, TERN_RESOURCE_EXHAUSTED,
                         "the server has max_calls (%u) calls in progress",
                         (unsigned)of_server->max);
    } else if (of_method && !terni_quota_take(of_method, 1)) {
        terni_quota_give(of_server, 1);
        (void)!tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "%s has its max_calls (%u) in progress",
                         ctx->method->def->path, (unsigned)of_method->max);
    } else {
        ctx->is_counted = true;
    }
}

static void discharge(tern_ctx *ctx)
{
    if (quota_of_method(ctx))
        terni_quota_give(quota_of_method(ctx), 1);
    terni_quota_give(&ctx->caller->home->policy->calls, 1);
}

// Nobody looks while there are free ones.
static bool is_crowded(const terni_ctx_pool *pool)
{
    return TERN_UNLIKELY(!pool->free) && n_in_progress(pool) > TERNI_MAX_CALLS;
}

static bool has_limit(const tern_ctx *ctx)
{
    const terni_home *home = ctx->caller->home;

    return home->policy->calls.max || quota_of_method(ctx) || is_crowded(home->pool);
}

enum { ENTRY_BYTES = 32 };  // of memory beside its text, as the wire counts it for one set

static uint32_t size_of_list(const terni_meta_list *list)
{
    uint32_t bytes = 0;

    for (uint32_t i = 0; i < list->n; i++)
        bytes += list->entries[i].key_len + list->entries[i].value_len + ENTRY_BYTES;
    return bytes;
}

static uint32_t size_of_metadata(const tern_ctx *ctx)
{
    uint32_t bytes = 0;

    for (uint32_t i = 0; i < ctx->n_metadata; i++)
        bytes += (uint32_t)(strlen(ctx->metadata[i].key) + ctx->metadata[i].len + ENTRY_BYTES);
    return bytes;
}

// They stay as long as the call, however long its deadline.
static void take_metadata(tern_ctx *ctx, const terni_meta_list *list)
{
    terni_caller *caller = ctx->caller;
    uint64_t      max = caller->home->policy->max_metadata_bytes;

    if (max && caller->metadata_bytes + size_of_list(list) > max) {
        (void)!tern_fail(ctx, TERN_RESOURCE_EXHAUSTED,
                         "the calls of this connection have max_metadata_bytes (%llu) of metadata",
                         (unsigned long long)max);
        return;
    }
    if (!(ctx->metadata = terni_meta_keep(&ctx->arena, list, &ctx->n_metadata)))
        terni_ctx_set_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory");
    caller->metadata_bytes += size_of_metadata(ctx);
}

tern_ctx *terni_ctx_open(terni_caller *caller, const terni_open *open)
{
    tern_ctx *ctx = take(caller->home->pool, caller->home->poller);

    if (!ctx)
        return NULL;
    TERN_DEBUG_ASSERT(ctx->state == TERNI_CTX_FREE && terni_inbox_is_empty(&ctx->inbox));
    terni_zero(&ctx->handle, offsetof(tern_ctx, arena) - offsetof(tern_ctx, handle));
    ctx->state = TERNI_CTX_OPEN;
    ctx->handle.ctx = ctx;
    ctx->method = open->method;
    ctx->caller = caller;
    TERNI_LIST_PUSH(&caller->calls, ctx);
    ctx->as_parent.deadline_ns = deadline_of(caller, open->timeout_us);
    ctx->packing.wanted = (uint8_t)caller->home->policy->packing.with;
    if (TERN_UNLIKELY(has_limit(ctx)))
        admit(ctx);
    if (open->metadata.n)
        take_metadata(ctx, &open->metadata);
    if (TERN_UNLIKELY(terni_ctx_packing_is_told(open)))
        terni_ctx_packing_note(ctx, open);
    return ctx;
}

uint64_t terni_ctx_memory(const tern_ctx *ctx)
{
    uint64_t n = sizeof *ctx + terni_arena_memory(&ctx->arena);

    if (ctx->has_item_arena)
        n += terni_arena_memory(&ctx->item_arena);
    return ctx->has_tmp ? n + terni_arena_memory(&ctx->tmp) : n;
}

// ---- death ---------------------------------------------------------------

static bool is_named(tern_ctx *ctx)
{
    return ctx->is_ready_queued || ctx->is_cancel_queued ||
           atomic_load_explicit(&ctx->n_posted, memory_order_acquire);
}

static void drop_memory(tern_ctx *ctx)
{
    terni_inbox_done(&ctx->inbox);
    if (ctx->has_item_arena)
        terni_arena_done(&ctx->item_arena);
    if (ctx->has_tmp)
        terni_arena_done(&ctx->tmp);
    if (TERN_UNLIKELY(ctx->as_parent.scope))
        terni_parent_done(&ctx->as_parent);
    terni_arena_reset(&ctx->arena);
}

void terni_ctx_release(tern_ctx *ctx)
{
    terni_caller *caller = ctx->caller;

    TERN_DEBUG_ASSERT(!ctx->is_on_wire && !ctx->is_in_handler && !ctx->fiber);
    terni_ctx_set_state(ctx, TERNI_CTX_RELEASED);
    if (is_named(ctx))
        return;  // what is on its way will come here again
    TERNI_LIST_REMOVE(ctx);
    if (TERN_UNLIKELY(ctx->is_counted))
        discharge(ctx);
    if (ctx->is_timed)
        tern_timer_cancel(tern_poller_wheel(caller->home->poller), &ctx->deadline_timer);
    if (TERN_UNLIKELY(ctx->n_metadata))
        caller->metadata_bytes -= size_of_metadata(ctx);
    drop_memory(ctx);
    terni_ctx_set_state(ctx, TERNI_CTX_FREE);
    give_back(caller->home->pool, ctx);
    if (TERN_UNLIKELY(caller->is_ending) && !caller->calls)
        caller->home->emptied(caller);
}
