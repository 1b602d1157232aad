// What a streaming or async handler says and asks through its handle.
#include <errno.h>

#include "rpc/server/answer_internal.h"
#include "rpc/server/async_handler_internal.h"
#include "rpc/server/request_internal.h"

// ---- sync handlers: streams ----------------------------------------------

static tern_ctx *ctx_of(void *handle) { return ((tern_stub_handle *)handle)->ctx; }

// A stream that has lost a message is no stream.
static tern_code failure_of_send(tern_ctx *ctx, int err)
{
    terni_ctx_set_failure(ctx, TERN_RESOURCE_EXHAUSTED,
                          err == -EMSGSIZE ? "the message is larger than the caller's max_message"
                                           : "out of memory for the message");
    return ctx->code;
}

// Waits until the peer has taken the message before. A handler that runs inline cannot wait.
static void wait_for_room(tern_ctx *ctx)
{
    while (!terni_ctx_is_cancelled(ctx) && ctx->stream.flags & TERNI_STREAM_BLOCKED) {
        ctx->waits_for = TERNI_WAITS_OUT;
        if (tern_fiber_park("room to send on a stream", TERN_NEVER) < 0)
            break;
    }
    ctx->waits_for = TERNI_WAITS_NOT;
}

tern_code tern_stub_out_send(void *out, const void *msg)
{
    tern_ctx *ctx = ctx_of(out);
    int       err;

    wait_for_room(ctx);
    if (terni_ctx_is_cancelled(ctx))
        return ctx->code;
    if (ctx->stream.flags & TERNI_STREAM_BLOCKED)
        return TERN_CANCELLED;  // somebody cancelled this fiber
    if (terni_arena_error(&ctx->arena) || ctx->code != TERN_OK)
        return ctx->code ? ctx->code : TERN_RESOURCE_EXHAUSTED;
    if ((err = terni_answer_send(ctx, msg)) < 0)
        return failure_of_send(ctx, err);
    wait_for_room(ctx);
    return terni_ctx_is_cancelled(ctx) ? ctx->code : TERN_OK;
}

const void *tern_stub_in_next(void *in)
{
    tern_ctx *ctx = ctx_of(in);

    if (TERN_UNLIKELY(ctx->is_spoiled))
        return NULL;  // there is nothing behind a message that could not be read
    while (terni_inbox_is_empty(&ctx->inbox) && !ctx->has_ended_in &&
           !terni_ctx_is_cancelled(ctx)) {
        ctx->waits_for = TERNI_WAITS_IN;
        if (tern_fiber_park("the next message of a stream", TERN_NEVER) < 0)
            break;
    }
    ctx->waits_for = TERNI_WAITS_NOT;
    return terni_ctx_is_cancelled(ctx) ? NULL : terni_request_next(ctx);
}

// ---- async handlers ------------------------------------------------------

// The answer is encoded here, so a reply may be a literal of the caller's. The call itself goes when
// none of its callbacks is on the stack or on its way.
static void settle(tern_ctx *ctx, const void *reply)
{
    if (terni_ctx_is_answered(ctx))
        return;
    terni_answer(ctx, reply);
    if (!ctx->is_in_handler && !ctx->is_ready_queued && !ctx->is_cancel_queued)
        terni_async_handler_finish(ctx);
}

void tern_stub_reply(void *call, const void *reply) { settle(ctx_of(call), reply); }

void tern_stub_fail(void *call, tern_code code)
{
    tern_ctx *ctx = ctx_of(call);

    if (!terni_ctx_is_cancelled(ctx))
        terni_ctx_set_code(ctx, code);
    settle(ctx, NULL);
}

void tern_stub_out_push(void *out, const void *msg)
{
    tern_ctx *ctx = ctx_of(out);
    int       err;

    ctx->has_pushed = true;
    if (terni_ctx_is_cancelled(ctx) || terni_ctx_is_answered(ctx))
        return;
    if (ctx->stream.flags & TERNI_STREAM_BLOCKED) {
        terni_ctx_set_failure(ctx, TERN_FAILED_PRECONDITION,
                              "push without room: push once per `ready`");
        settle(ctx, NULL);
    } else if ((err = terni_answer_send(ctx, msg)) < 0) {
        (void)failure_of_send(ctx, err);
        settle(ctx, NULL);
    }
}

void tern_stub_out_finish(void *out, tern_code code) { tern_stub_fail(out, code); }
