#include "rpc/server/async_handler_internal.h"

#include <string.h>

#include "rpc/server/answer_internal.h"
#include "rpc/server/ctx_life_internal.h"
#include "rpc/server/interceptor_internal.h"
#include "rpc/server/request_internal.h"

enum { MAX_READY_CALLS = 64 };  // of one stream before the others have their turn

typedef void async_unary_fn(tern_stub_handle *call, const void *req);

// ---- what the registration holds -----------------------------------------

static const tern_stub_in_slot *in_slot(const tern_ctx *ctx) { return ctx->method->async; }

static const tern_stub_io_slot *io_slot(const tern_ctx *ctx) { return ctx->method->async; }

static const tern_stub_out_slot *out_slot(const tern_ctx *ctx) { return ctx->method->async; }

static size_t state_size(const tern_ctx *ctx)
{
    switch (ctx->method->def->kind) {
    case TERN_SERVER_STREAM:
        return out_slot(ctx)->state_size;
    case TERN_CLIENT_STREAM:
        return in_slot(ctx)->state_size;
    case TERN_BIDI_STREAM:
        return io_slot(ctx)->state_size;
    case TERN_UNARY:
        break;
    }
    return 0;
}

// ---- the end -------------------------------------------------------------

static void tell_end(tern_ctx *ctx)
{
    void (*end)(void *handle, tern_status st) = NULL;

    switch (ctx->method->def->kind) {
    case TERN_SERVER_STREAM:
        end = out_slot(ctx)->end;
        break;
    case TERN_CLIENT_STREAM:
        end = in_slot(ctx)->end;
        break;
    case TERN_BIDI_STREAM:
        end = io_slot(ctx)->end;
        break;
    case TERN_UNARY:
        break;
    }
    if (end)
        end(&ctx->handle, terni_ctx_status(ctx));
}

// The handler has replied or finished, and is not on the stack.
void terni_async_handler_finish(tern_ctx *ctx)
{
    TERN_ASSERT(!ctx->is_in_handler);
    tell_end(ctx);
    terni_answer_conclude(ctx);
}

// ---- room to send --------------------------------------------------------

typedef void ready_fn(void *handle);

static ready_fn *ready_of(const tern_ctx *ctx)
{
    if (ctx->method->def->kind == TERN_SERVER_STREAM)
        return out_slot(ctx)->ready;
    return ctx->method->def->kind == TERN_BIDI_STREAM ? io_slot(ctx)->ready : NULL;
}

bool terni_async_handler_has_room(const tern_ctx *ctx)
{
    return !(ctx->stream.flags & TERNI_STREAM_BLOCKED) &&
           terni_session_has_room(&ctx->caller->session);
}

// It has neither answered nor been given up.
static bool is_listening(const tern_ctx *ctx)
{
    return !terni_ctx_is_cancelled(ctx) && !terni_ctx_is_answered(ctx);
}

static void run_ready(tern_task *task)
{
    tern_ctx *ctx = TERN_CONTAINER_OF(task, tern_ctx, ready_task);
    ready_fn *ready = ready_of(ctx);

    TERN_ASSERT(ctx->is_ready_queued && ready);
    ctx->is_ready_queued = false;
    if (ctx->state == TERNI_CTX_RELEASED) {
        terni_ctx_release(ctx);  // and may be another call's already
        return;
    }
    if (ctx->state == TERNI_CTX_DONE)
        return;
    for (int i = 0; i < MAX_READY_CALLS && is_listening(ctx); i++) {
        if (!terni_async_handler_has_room(ctx)) {
            ctx->waits_for = TERNI_WAITS_OUT;
            break;
        }
        ctx->has_pushed = false;
        ctx->is_in_handler = true;
        ready(&ctx->handle);
        ctx->is_in_handler = false;
        if (!ctx->has_pushed)
            break;
    }
    if (terni_ctx_is_answered(ctx))
        terni_async_handler_finish(ctx);
    else if (ctx->has_pushed && ctx->waits_for != TERNI_WAITS_OUT && !terni_ctx_is_cancelled(ctx))
        terni_async_handler_queue_ready(ctx);
}

void terni_async_handler_queue_ready(tern_ctx *ctx)
{
    if (ctx->is_ready_queued || !ready_of(ctx))
        return;
    ctx->is_ready_queued = true;
    ctx->ready_task.run = run_ready;
    tern_poller_defer(ctx->caller->home->poller, &ctx->ready_task);
}

// ---- messages ------------------------------------------------------------

void terni_async_handler_tell_messages(tern_ctx *ctx)
{
    const void *msg;

    TERN_ASSERT(!ctx->is_in_handler);
    ctx->is_in_handler = true;
    while (!terni_ctx_is_answered(ctx) && !terni_inbox_is_empty(&ctx->inbox) &&
           (msg = terni_request_next(ctx)))
        (ctx->method->def->kind == TERN_BIDI_STREAM ? io_slot(ctx)->message
                                                    : in_slot(ctx)->message)(&ctx->handle, msg);
    ctx->is_in_handler = false;
    if (ctx->code != TERN_OK && is_listening(ctx))  // a message that could not be decoded
        terni_answer(ctx, NULL);
    if (terni_ctx_is_answered(ctx))
        terni_async_handler_finish(ctx);
}

void terni_async_handler_fail(tern_ctx *ctx, tern_code code, const char *why)
{
    TERN_ASSERT(!ctx->is_in_handler && is_listening(ctx));
    terni_ctx_set_failure(ctx, code, why);
    terni_answer(ctx, NULL);
    terni_async_handler_finish(ctx);
}

void terni_async_handler_tell_end_in(tern_ctx *ctx)
{
    void (*finished)(void *) = ctx->method->def->kind == TERN_BIDI_STREAM ? io_slot(ctx)->finished
                                                                          : in_slot(ctx)->finished;

    if (!finished)
        return;
    ctx->is_in_handler = true;
    finished(&ctx->handle);
    ctx->is_in_handler = false;
    if (terni_ctx_is_answered(ctx))
        terni_async_handler_finish(ctx);
}

// ---- the beginning -------------------------------------------------------

// False: an interceptor has ended the call.
static bool begin_async(tern_ctx *ctx)
{
    tern_code code = terni_interceptor_is_wanted(ctx) ? terni_interceptor_begin(ctx) : TERN_OK;

    if (code == TERN_OK)
        return true;
    terni_ctx_set_code(ctx, code);
    terni_answer_give_up(ctx);
    return false;
}

static void start_unary(tern_ctx *ctx)
{
    async_unary_fn *unary;

    memcpy(&unary, ctx->method->async, sizeof unary);
    ctx->is_in_handler = true;
    unary(&ctx->handle, ctx->request);
    ctx->is_in_handler = false;
    if (terni_ctx_is_answered(ctx))
        terni_async_handler_finish(ctx);
}

static void start_stream(tern_ctx *ctx)
{
    size_t size = state_size(ctx);

    ctx->handle.req = ctx->request;
    if (size && !(ctx->handle.state = terni_arena_zalloc(&ctx->arena, size)))
        terni_answer_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory");
    else
        terni_async_handler_queue_ready(ctx);
}

void terni_async_handler_start(tern_ctx *ctx)
{
    TERN_DEBUG_ASSERT(ctx->state == TERNI_CTX_RUNNING && ctx->method->async);
    if (!begin_async(ctx))
        return;
    if (ctx->method->def->kind == TERN_UNARY)
        start_unary(ctx);
    else
        start_stream(ctx);
}
