#include "rpc/base/seldom_internal.h"

#include "rpc/server/drain_internal.h"

#include "rpc/base/list_internal.h"

// What one does may end others' calls, which are forgotten then.
static void tell_all(terni_drain *d)
{
    for (terni_drain_watch *w; (w = d->watches);) {
        TERNI_LIST_REMOVE(w);
        if (!terni_ctx_is_answered(w->ctx))
            w->fn(w->ctx, w->arg);
    }
}

static void run_late(tern_task *task)
{
    terni_drain *d = TERN_CONTAINER_OF(task, terni_drain, late_task);

    TERN_ASSERT(d->is_late_queued);
    d->is_late_queued = false;
    tell_all(d);
}

void terni_drain_init(terni_drain *d, tern_poller *poller)
{
    *d = (terni_drain){ .poller = poller, .late_task.run = run_late };
}

void terni_drain_begin(terni_drain *d)
{
    TERN_ASSERT(!atomic_load(&d->has_begun));
    atomic_store_explicit(&d->has_begun, true, memory_order_release);
    tell_all(d);
}

// ---- for handlers --------------------------------------------------------

bool tern_ctx_is_draining(const tern_ctx *ctx)
{
    return atomic_load_explicit(&ctx->caller->home->drain->has_begun, memory_order_acquire);
}

static void forget(void *watch)
{
    terni_drain_watch *w = watch;

    if (w->link)
        TERNI_LIST_REMOVE(w);
}

static void tell_late(terni_drain *d)
{
    if (d->is_late_queued)
        return;
    d->is_late_queued = true;
    tern_poller_defer(d->poller, &d->late_task);
}

void tern_ctx_on_draining(tern_ctx *ctx, tern_ctx_fn *fn, void *arg)
{
    terni_drain       *d = ctx->caller->home->drain;
    terni_drain_watch *w = terni_arena_alloc(&ctx->arena, sizeof *w);

    if (!w)
        return;  // sticky
    *w = (terni_drain_watch){ .ctx = ctx, .fn = fn, .arg = arg };
    TERNI_LIST_PUSH(&d->watches, w);
    if (terni_arena_hold(&ctx->arena, forget, w) == 0 && tern_ctx_is_draining(ctx))
        tell_late(d);
}
