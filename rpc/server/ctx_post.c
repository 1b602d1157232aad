// What reaches a call from any thread: functions that are posted to it, and the wake of an async handler.
#include <stdatomic.h>
#include <time.h>

#include <tern/mem.h>

#include "rpc/server/async_handler_internal.h"
#include "rpc/server/ctx_life_internal.h"

// ---- from any thread -----------------------------------------------------

// The call stays until what was posted has run, though it may have ended by then.
static void land(tern_ctx *ctx)
{
    unsigned before = atomic_fetch_sub_explicit(&ctx->n_posted, 1, memory_order_acq_rel);

    TERN_ASSERT(before > 0 && ctx->state != TERNI_CTX_FREE);
    if (before == 1 && ctx->state == TERNI_CTX_RELEASED)
        terni_ctx_release(ctx);
}

static void run_posted(tern_task *task)
{
    terni_post *p = TERN_CONTAINER_OF(task, terni_post, task);
    terni_post  copy = *p;

    if (p == &copy.ctx->slot)
        atomic_store_explicit(&copy.ctx->is_slot_taken, false, memory_order_release);
    else
        tern_mem_free(p);
    copy.fn(copy.ctx, copy.arg);
    land(copy.ctx);
}

// An answer that could not come back would be a call that never ends: without memory the sender waits for
// some, or for the slot.
static terni_post *take_post(tern_ctx *ctx)
{
    static const struct timespec a_while = { .tv_nsec = TERN_NS_PER_MS };
    terni_post                  *p;

    for (;;) {
        if (!atomic_exchange_explicit(&ctx->is_slot_taken, true, memory_order_acquire))
            return &ctx->slot;
        if ((p = tern_mem_alloc(sizeof *p)))
            return p;
        nanosleep(&a_while, NULL);
    }
}

void tern_ctx_post(tern_ctx *ctx, tern_ctx_fn *fn, void *arg)
{
    terni_post *p;

    atomic_fetch_add_explicit(&ctx->n_posted, 1, memory_order_relaxed);
    p = take_post(ctx);
    *p = (terni_post){ .task.run = run_posted, .ctx = ctx, .fn = fn, .arg = arg };
    tern_poller_post(ctx->caller->home->poller, &p->task);
}

static void run_wake(tern_task *task)
{
    tern_ctx *ctx = TERN_CONTAINER_OF(task, tern_ctx, wake_task);

    // Before the handler looks.
    atomic_store_explicit(&ctx->is_wake_posted, false, memory_order_release);
    if (!terni_ctx_is_cancelled(ctx) && !terni_ctx_is_answered(ctx))
        terni_async_handler_queue_ready(ctx);
    land(ctx);
}

void tern_stub_wake(void *handle)
{
    tern_ctx *ctx = ((tern_stub_handle *)handle)->ctx;

    if (atomic_exchange_explicit(&ctx->is_wake_posted, true, memory_order_acq_rel))
        return;  // it will come
    atomic_fetch_add_explicit(&ctx->n_posted, 1, memory_order_relaxed);
    ctx->wake_task.run = run_wake;
    tern_poller_post(ctx->caller->home->poller, &ctx->wake_task);
}
