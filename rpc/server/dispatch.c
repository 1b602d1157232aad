#include "rpc/server/dispatch_internal.h"

#include <string.h>

#include "rpc/server/answer_internal.h"
#include "rpc/server/async_handler_internal.h"
#include "rpc/server/ctx_life_internal.h"
#include "rpc/server/fiber_handler_internal.h"
#include "rpc/server/request_internal.h"

static bool reads_stream(const tern_ctx *ctx) { return ctx->method && ctx->method->reads_stream; }

static bool is_started(const tern_ctx *ctx) { return ctx->state != TERNI_CTX_OPEN; }

// ---- starting ------------------------------------------------------------

static void start(tern_ctx *ctx)
{
    TERN_DEBUG_ASSERT(ctx->state == TERNI_CTX_OPEN);
    if (!ctx->method || !(ctx->method->sync || ctx->method->async)) {
        terni_answer_failure(ctx, TERN_UNIMPLEMENTED, "the server does not implement this method");
        return;
    }
    if (ctx->code != TERN_OK) {  // no memory for its metadata, or beyond a limit
        terni_answer_give_up(ctx);
        return;
    }
    terni_ctx_set_state(ctx, TERNI_CTX_RUNNING);
    if (ctx->method->sync)
        terni_fiber_handler_start(ctx);
    else
        terni_async_handler_start(ctx);
}

void terni_dispatch_began(tern_ctx *ctx)
{
    if (!ctx->method || reads_stream(ctx))
        start(ctx);
}

// ---- what comes in -------------------------------------------------------

static void take_request(tern_ctx *ctx, const terni_piece *piece)
{
    terni_session *s = &ctx->caller->session;  // the call may go

    if (ctx->request)
        terni_answer_failure(ctx, TERN_INTERNAL, "the request has more than one message");
    else if (ctx->code == TERN_OK && terni_request_take(ctx, piece) < 0)
        terni_answer_give_up(ctx);
    terni_session_consumed(s, NULL, piece->len);
}

// Behind a message that was lost, and behind the answer, nobody hears anything.
static bool is_deaf(const tern_ctx *ctx)
{
    return terni_ctx_is_cancelled(ctx) || terni_ctx_is_answered(ctx);
}

static void lose_message(tern_ctx *ctx, int err)
{
    if (!ctx->method->async)
        terni_dispatch_cancel(ctx, TERN_RESOURCE_EXHAUSTED);
    else
        terni_async_handler_fail(ctx, TERN_RESOURCE_EXHAUSTED, terni_inbox_why(err));
}

static void take_message(tern_ctx *ctx, const terni_piece *piece)
{
    int err;

    if (TERN_UNLIKELY(is_deaf(ctx)))
        terni_session_consumed(&ctx->caller->session, &ctx->stream, piece->len);
    else if ((err = terni_inbox_push(&ctx->inbox, &ctx->caller->session, piece)) < 0)
        lose_message(ctx, err);
    else if (!ctx->method->async)
        terni_fiber_handler_wake(ctx, TERNI_WAITS_IN);
    else if (is_started(ctx))
        terni_async_handler_tell_messages(ctx);  // at once
}

// For a method that nobody serves: it is answered, and read no further.
static void refuse_message(tern_ctx *ctx, const terni_piece *piece)
{
    terni_session *s = &ctx->caller->session;  // the call may go

    if (!is_started(ctx))
        start(ctx);
    terni_session_consumed(s, NULL, piece->len);
}

void terni_dispatch_message(tern_ctx *ctx, const terni_piece *piece)
{
    TERN_DEBUG_ASSERT(!ctx->has_ended_in);
    if (!ctx->method)
        refuse_message(ctx, piece);
    else if (!ctx->method->reads_stream)
        take_request(ctx, piece);
    else
        take_message(ctx, piece);
}

void terni_dispatch_end_in(tern_ctx *ctx)
{
    TERN_DEBUG_ASSERT(!ctx->has_ended_in);
    ctx->has_ended_in = true;
    if (ctx->method && !reads_stream(ctx) && !ctx->request && ctx->code == TERN_OK)
        terni_answer_failure(ctx, TERN_INTERNAL, "the request has no message");
    else if (!is_started(ctx))
        start(ctx);
    else if (!ctx->method->async)
        terni_fiber_handler_wake(ctx, TERNI_WAITS_IN);
    else if (!is_deaf(ctx))
        terni_async_handler_tell_end_in(ctx);
}

// ---- what goes out -------------------------------------------------------

// What waited inside the engine is out: a message, or the answer.
void terni_dispatch_writable(tern_ctx *ctx)
{
    if (ctx->is_on_wire) {
        terni_answer_go_on(ctx);
    } else if (!ctx->method->async) {
        terni_fiber_handler_wake(ctx, TERNI_WAITS_OUT);
    } else if (ctx->waits_for == TERNI_WAITS_OUT) {
        ctx->waits_for = TERNI_WAITS_NOT;
        terni_async_handler_queue_ready(ctx);
    }
}

// ---- given up ------------------------------------------------------------

// A stream's async handler holds nothing but its state: it is told the end, and that is all. A unary one
// still owes its answer.
static bool is_over_for_handler(const tern_ctx *ctx)
{
    if (!ctx->method->async || ctx->state >= TERNI_CTX_DONE)
        return false;
    return terni_ctx_is_answered(ctx) || ctx->method->def->kind != TERN_UNARY;
}

static void run_cancelled(tern_task *task)
{
    tern_ctx *ctx = TERN_CONTAINER_OF(task, tern_ctx, cancel_task);

    TERN_ASSERT(ctx->is_cancel_queued && terni_ctx_is_cancelled(ctx));
    ctx->is_cancel_queued = false;
    if (ctx->state == TERNI_CTX_RELEASED) {
        terni_ctx_release(ctx);
        return;
    }
    if (ctx->on_cancel)
        ctx->on_cancel(ctx, ctx->on_cancel_arg);
    ctx->on_cancel = NULL;
    if (is_over_for_handler(ctx))
        terni_async_handler_finish(ctx);
}

static void queue_cancelled(tern_ctx *ctx)
{
    if (ctx->is_cancel_queued || (!ctx->on_cancel && !ctx->method->async))
        return;
    ctx->is_cancel_queued = true;
    ctx->cancel_task.run = run_cancelled;
    tern_poller_defer(ctx->caller->home->poller, &ctx->cancel_task);
}

void tern_ctx_on_cancel(tern_ctx *ctx, tern_ctx_fn *fn, void *arg)
{
    ctx->on_cancel = fn;
    ctx->on_cancel_arg = arg;
    if (terni_ctx_is_cancelled(ctx))
        queue_cancelled(ctx);
}

// The caller, while the handler may go on.
static void tell_wire(tern_ctx *ctx, tern_code code, const char *why)
{
    const terni_close close = { .code = code,
                                .message = why,
                                .message_len = (uint32_t)strlen(why) };
    terni_session    *s = &ctx->caller->session;

    if (!ctx->stream.id)
        return;
    if (ctx->stream.flags & TERNI_STREAM_BLOCKED)
        terni_session_cancel(s, &ctx->stream, code, why);
    else
        (void)!terni_session_finish(s, &ctx->stream, &close, NULL);  // it is over here in any case
}

// The handler is done, and its answer waits for room that the peer does not make.
static void drop_answer(tern_ctx *ctx, tern_code code, const char *why)
{
    terni_session_cancel(&ctx->caller->session, &ctx->stream, code, why);
    ctx->is_on_wire = false;
    terni_ctx_release(ctx);
}

// `why`: for the wire, which does not know yet; NULL: it does. False: the call was over before.
static bool cancel(tern_ctx *ctx, tern_code code, const char *why)
{
    if (ctx->state == TERNI_CTX_DONE && why) {
        drop_answer(ctx, code, why);
        return true;
    }
    if (terni_ctx_is_cancelled(ctx) || ctx->state >= TERNI_CTX_DONE)
        return false;
    terni_parent_cancel(&ctx->as_parent, code);
    if (ctx->state != TERNI_CTX_OFFLOADED)
        ctx->code = code;
    if (why)
        tell_wire(ctx, code, why);
    if (!is_started(ctx)) {
        terni_ctx_release(ctx);
        return true;
    }
    if (ctx->fiber)
        tern_fiber_cancel(ctx->fiber);
    queue_cancelled(ctx);
    return true;
}

// It ends for a reason that is found here, and not because the peer, or the connection, is gone.
static bool is_our_decision(tern_code why)
{
    return why == TERN_DEADLINE_EXCEEDED || why == TERN_UNAVAILABLE;
}

void terni_dispatch_cancel(tern_ctx *ctx, tern_code code)
{
    (void)cancel(ctx, code, is_our_decision(code) ? terni_ctx_why(code) : NULL);
}

bool terni_dispatch_refuse(tern_ctx *ctx, const char *why)
{
    if (!terni_ctx_is_cancelled(ctx) && ctx->state < TERNI_CTX_DONE)
        terni_inbox_drop(&ctx->inbox);
    return cancel(ctx, TERN_RESOURCE_EXHAUSTED, why);
}

void terni_dispatch_closed(tern_ctx *ctx, tern_code code)
{
    ctx->is_on_wire = false;
    if (ctx->state == TERNI_CTX_DONE)
        terni_ctx_release(ctx);  // its answer was still waiting
    else
        (void)cancel(ctx, code == TERN_OK ? TERN_CANCELLED : code, NULL);
}
