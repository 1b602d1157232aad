#include "rpc/server/fiber_handler_internal.h"

#include <stdio.h>
#include <string.h>

#include <tern/offload.h>

#include "rpc/codec/codec_internal.h"
#include "rpc/server/answer_internal.h"
#include "rpc/server/ctx_life_internal.h"
#include "rpc/server/interceptor_internal.h"

typedef tern_code unary_fn(tern_ctx *ctx, const void *req, void *reply);
typedef tern_code out_fn(tern_ctx *ctx, const void *req, tern_stub_handle *out);
typedef tern_code in_fn(tern_ctx *ctx, tern_stub_handle *in, void *reply);
typedef tern_code io_fn(tern_ctx *ctx, tern_stub_handle *io);

// ---- calling it ----------------------------------------------------------

static tern_code call_sync(tern_ctx *ctx)
{
    const terni_method *m = ctx->method;

    switch (m->def->kind) {
    case TERN_UNARY:
        return ((unary_fn *)m->sync)(ctx, ctx->request, ctx->reply);
    case TERN_SERVER_STREAM:
        return ((out_fn *)m->sync)(ctx, ctx->request, &ctx->handle);
    case TERN_CLIENT_STREAM:
        return ((in_fn *)m->sync)(ctx, &ctx->handle, ctx->reply);
    case TERN_BIDI_STREAM:
        return ((io_fn *)m->sync)(ctx, &ctx->handle);
    }
    TERN_UNREACHABLE();
}

static int call_offloaded(void *arg) { return (int)call_sync(arg); }

static tern_code call_on_thread(tern_ctx *ctx)
{
    int code;

    terni_ctx_set_state(ctx, TERNI_CTX_OFFLOADED);
    ctx->arena.pool = NULL;  // it is the poller's
    code = tern_offload(call_offloaded, ctx);
    ctx->arena.pool = tern_poller_pool(ctx->caller->home->poller);
    terni_ctx_set_state(ctx, TERNI_CTX_RUNNING);
    if (code < 0)
        return tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "no thread for the handler: %s",
                         strerror(-code));
    if (terni_ctx_is_cancelled(ctx))
        ctx->code = ctx->as_parent.why;
    return (tern_code)code;
}

static bool is_offloading(const tern_ctx *ctx)
{
    return ctx->method->def->flags & TERN_METHOD_OFFLOAD;
}

static tern_code call_handler(tern_ctx *ctx)
{
    tern_code code = terni_interceptor_is_wanted(ctx) ? terni_interceptor_begin(ctx) : TERN_OK;

    if (code != TERN_OK)
        return code;
    return TERN_UNLIKELY(is_offloading(ctx)) ? call_on_thread(ctx) : call_sync(ctx);
}

static void call_and_answer(tern_ctx *ctx)
{
    tern_code code = call_handler(ctx);

    if (!terni_ctx_is_cancelled(ctx))
        terni_ctx_set_code(ctx, code);
    terni_answer(ctx, ctx->method->has_reply ? ctx->reply : NULL);
}

// ---- where it runs -------------------------------------------------------

static void run_on_fiber(void *arg)
{
    tern_ctx *ctx = arg;

    TERN_DEBUG_ASSERT(!ctx->fiber);
    ctx->fiber = tern_fiber_current();
    call_and_answer(ctx);
    ctx->fiber = NULL;
    terni_answer_conclude(ctx);
}

static __thread tern_ctx *inline_ctx;  // whose handler runs without a fiber

static void run_inline(tern_ctx *ctx)
{
    TERN_DEBUG_ASSERT(!inline_ctx);
    inline_ctx = ctx;
    call_and_answer(ctx);
    inline_ctx = NULL;
    terni_answer_conclude(ctx);
}

tern_ctx *terni_fiber_handler_current(void)
{
    return tern_fiber_current() ? tern_fiber_arg(run_on_fiber) : inline_ctx;
}

// Perhaps in a signal handler: nothing is kept, and no memory taken.
__attribute__((cold)) void terni_fiber_handler_describe(const void *arg, char *text, size_t size)
{
    const tern_ctx *ctx = arg;
    char            peer[TERN_MAX_ADDRESS] = "a peer that has gone";
    uint64_t        deadline_ns = ctx->as_parent.deadline_ns;
    int             n;

    if (!terni_session_peer_address(&ctx->caller->session, peer) && ctx->caller->address)
        snprintf(peer, sizeof peer, "%s", ctx->caller->address);
    n = snprintf(text, size, "%s of %s", ctx->method->def->path, peer);
    if (deadline_ns == TERN_NEVER || n < 0 || (size_t)n >= size)
        return;
    snprintf(text + n, size - (size_t)n, ", %.3f s left",
             (double)(int64_t)(deadline_ns - tern_poller_now_ns(ctx->caller->home->poller)) /
                 (double)TERN_NS_PER_S);
}

void terni_fiber_handler_name_fibers(void)
{
    tern_fiber_set_describe(run_on_fiber, terni_fiber_handler_describe);
}

void terni_fiber_handler_start(tern_ctx *ctx)
{
    TERN_DEBUG_ASSERT(ctx->state == TERNI_CTX_RUNNING && ctx->method->sync);
    if (ctx->method->has_reply &&
        !(ctx->reply = terni_codec_new(ctx->method->reply_plan, &ctx->arena)))
        terni_answer_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory");
    else if ((ctx->method->def->flags & (TERN_METHOD_INLINE | TERN_METHOD_OFFLOAD)) ==
             TERN_METHOD_INLINE)
        run_inline(ctx);
    else if (tern_fiber_run(ctx->caller->home->poller, run_on_fiber, ctx) < 0)
        terni_answer_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for a fiber");
}

void terni_fiber_handler_wake(tern_ctx *ctx, terni_ctx_wait what)
{
    if (ctx->waits_for != what)
        return;
    TERN_DEBUG_ASSERT(ctx->fiber);
    ctx->waits_for = TERNI_WAITS_NOT;
    tern_fiber_ready(ctx->fiber);
}
