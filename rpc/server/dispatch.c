// How handlers are started and told of things. A sync handler has a fiber and is told by readying it; an
// async one has callbacks, and is never called from inside its own calls.
#include <errno.h>
#include <string.h>

#include <tern/mem.h>
#include <tern/offload.h>

#include "rpc/call/cancel_internal.h"
#include "rpc/server/server_internal.h"

enum {
    MAX_READY_CALLS = 64,  // of one stream before the others have their turn
};

typedef tern_code unary_fn(tern_ctx *ctx, const void *req, void *reply);
typedef tern_code out_fn(tern_ctx *ctx, const void *req, tern_stub_handle *out);
typedef tern_code in_fn(tern_ctx *ctx, tern_stub_handle *in, void *reply);
typedef tern_code io_fn(tern_ctx *ctx, tern_stub_handle *io);
typedef void      async_unary_fn(tern_stub_handle *call, const void *req);

static bool reads_stream(const tern_ctx *ctx) { return ctx->method && ctx->method->reads_stream; }

static terni_session *session_of(const tern_ctx *ctx) { return &ctx->conn->session; }

// Ends a call whose handler does not run, with what ctx->code says.
static void give_up(tern_ctx *ctx)
{
    terni_ctx_answer(ctx, NULL);
    terni_ctx_conclude(ctx);
}

static void answer(tern_ctx *ctx, tern_code code, const char *message)
{
    terni_ctx_set_failure(ctx, code, message);
    give_up(ctx);
}

// ---- sync handlers -------------------------------------------------------

static bool is_offloading(const tern_ctx *ctx)
{
    return ctx->method->def->flags & TERN_METHOD_OFFLOAD;
}

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

    ctx->is_offloaded = true;
    ctx->arena.pool = NULL;  // it is the poller's
    code = tern_offload(call_offloaded, ctx);
    ctx->arena.pool = tern_poller_pool(ctx->conn->worker->poller);
    ctx->is_offloaded = false;
    if (code < 0)
        return tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "no thread for the handler: %s",
                         strerror(-code));
    if (ctx->is_cancelled)
        ctx->code = ctx->why;
    return (tern_code)code;
}

static tern_code call_handler(tern_ctx *ctx)
{
    tern_code code = terni_is_intercepted(ctx) ? terni_interceptor_begin(ctx) : TERN_OK;

    if (code != TERN_OK)
        return code;
    return TERN_UNLIKELY(is_offloading(ctx)) ? call_on_thread(ctx) : call_sync(ctx);
}

static void call_and_answer(tern_ctx *ctx)
{
    tern_code code = call_handler(ctx);

    if (!ctx->is_cancelled)
        terni_ctx_set_code(ctx, code);
    terni_ctx_answer(ctx, ctx->method->has_reply ? ctx->reply : NULL);
}

static void run_on_fiber(void *arg)
{
    tern_ctx *ctx = arg;

    ctx->fiber = tern_fiber_current();
    call_and_answer(ctx);
    ctx->fiber = NULL;
    terni_ctx_conclude(ctx);
}

static __thread tern_ctx *inline_ctx;  // whose handler runs without a fiber

static void run_inline(tern_ctx *ctx)
{
    inline_ctx = ctx;
    call_and_answer(ctx);
    inline_ctx = NULL;
    terni_ctx_conclude(ctx);
}

tern_ctx *terni_ctx_current(void)
{
    return tern_fiber_current() ? tern_fiber_arg(run_on_fiber) : inline_ctx;
}

static void start_sync(tern_ctx *ctx)
{
    if (ctx->method->has_reply &&
        !(ctx->reply = terni_codec_new(ctx->method->reply_plan, &ctx->arena)))
        answer(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory");
    else if ((ctx->method->def->flags & (TERN_METHOD_INLINE | TERN_METHOD_OFFLOAD)) ==
             TERN_METHOD_INLINE)
        run_inline(ctx);
    else if (tern_fiber_run(ctx->conn->worker->poller, run_on_fiber, ctx) < 0)
        answer(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for a fiber");
}

// Wakes the handler if it waits in one of our own functions.
static void wake(tern_ctx *ctx, bool *is_waiting)
{
    if (!*is_waiting)
        return;
    *is_waiting = false;
    tern_fiber_ready(ctx->fiber);
}

// ---- async handlers ------------------------------------------------------

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

typedef void ready_fn(void *handle);

static ready_fn *ready_of(const tern_ctx *ctx)
{
    if (ctx->method->def->kind == TERN_SERVER_STREAM)
        return out_slot(ctx)->ready;
    return ctx->method->def->kind == TERN_BIDI_STREAM ? io_slot(ctx)->ready : NULL;
}

static bool has_room(const tern_ctx *ctx)
{
    return !(ctx->stream.flags & TERNI_STREAM_BLOCKED) && terni_session_has_room(session_of(ctx));
}

static void run_ready(tern_task *task)
{
    tern_ctx *ctx = TERN_CONTAINER_OF(task, tern_ctx, ready_task);
    ready_fn *ready = ready_of(ctx);

    ctx->is_ready_queued = false;
    if (ctx->is_released) {
        terni_ctx_release(ctx);
        return;
    }
    for (int i = 0; i < MAX_READY_CALLS && !ctx->is_cancelled && !ctx->is_answered; i++) {
        if (!has_room(ctx)) {
            ctx->is_waiting_out = true;
            break;
        }
        ctx->has_pushed = false;
        ctx->is_in_handler = true;
        ready(&ctx->handle);
        ctx->is_in_handler = false;
        if (!ctx->has_pushed)
            break;
    }
    if (ctx->is_answered)
        terni_dispatch_finish_async(ctx);
    else if (ctx->has_pushed && !ctx->is_waiting_out && !ctx->is_cancelled)
        terni_dispatch_queue_ready(ctx);
}

void terni_dispatch_queue_ready(tern_ctx *ctx)
{
    if (ctx->is_ready_queued || !ready_of(ctx))
        return;
    ctx->is_ready_queued = true;
    ctx->ready_task.run = run_ready;
    tern_poller_defer(ctx->conn->worker->poller, &ctx->ready_task);
}

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
void terni_dispatch_finish_async(tern_ctx *ctx)
{
    tell_end(ctx);
    terni_ctx_conclude(ctx);
}

// False: an interceptor has ended the call.
static bool begin_async(tern_ctx *ctx)
{
    tern_code code = terni_is_intercepted(ctx) ? terni_interceptor_begin(ctx) : TERN_OK;

    if (code == TERN_OK)
        return true;
    terni_ctx_set_code(ctx, code);
    give_up(ctx);
    return false;
}

static void start_async(tern_ctx *ctx)
{
    async_unary_fn *unary;

    if (ctx->method->def->kind == TERN_UNARY) {
        memcpy(&unary, ctx->method->async, sizeof unary);
        ctx->is_in_handler = true;
        unary(&ctx->handle, ctx->request);
        ctx->is_in_handler = false;
        if (ctx->is_answered)
            terni_dispatch_finish_async(ctx);
        return;
    }
    ctx->handle.req = ctx->request;
    if (state_size(ctx) &&
        !(ctx->handle.state = terni_arena_zalloc(&ctx->arena, state_size(ctx)))) {
        answer(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory");
        return;
    }
    terni_dispatch_queue_ready(ctx);
}

// ---- dispatch ------------------------------------------------------------

static void dispatch(tern_ctx *ctx)
{
    ctx->is_dispatched = true;
    if (!ctx->method || !(ctx->method->sync || ctx->method->async))
        answer(ctx, TERN_UNIMPLEMENTED, "the server does not implement this method");
    else if (ctx->code != TERN_OK)  // no memory for its metadata
        give_up(ctx);
    else if (ctx->method->sync)
        start_sync(ctx);
    else if (begin_async(ctx))
        start_async(ctx);
}

void terni_dispatch_on_began(tern_ctx *ctx)
{
    if (!ctx->method || reads_stream(ctx))
        dispatch(ctx);
}

// ---- messages ------------------------------------------------------------

static void blame_message(tern_ctx *ctx, int err, const terni_codec_error *error)
{
    char text[256];

    if (err == -EBADMSG) {
        terni_codec_error_print(error, text, sizeof text);
        terni_ctx_set_failure(ctx, TERN_INTERNAL, text);
    } else {
        terni_ctx_set_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for the request");
    }
}

static int decode(tern_ctx *ctx, const terni_piece *piece, terni_arena *arena, void **ret_msg)
{
    const terni_codec_input  in = { piece->data, piece->len, piece->block };
    struct ProtobufCMessage *msg;
    terni_codec_error        error;
    int err = terni_codec_decode_piece(ctx->method->request_plan, &in, arena, TERNI_DECODE_DEFAULT,
                                       &msg, &error);

    if (TERN_LIKELY(err == 0))
        *ret_msg = msg;
    else
        blame_message(ctx, err, &error);
    return err;
}

static void take_request(tern_ctx *ctx, const terni_piece *piece)
{
    terni_session *session = session_of(ctx);  // the call may go

    if (ctx->request)
        answer(ctx, TERN_INTERNAL, "the request has more than one message");
    else if (ctx->code == TERN_OK && decode(ctx, piece, &ctx->arena, &ctx->request) < 0)
        give_up(ctx);
    terni_session_consumed(session, NULL, piece->len);
}

// False without memory: the call is cancelled, and may be gone.
static bool put_in_inbox(tern_ctx *ctx, const terni_piece *piece)
{
    if (terni_inbox_push(&ctx->inbox, piece) < 0) {
        terni_ctx_cancel(ctx, TERN_RESOURCE_EXHAUSTED);
        return false;
    }
    wake(ctx, &ctx->is_waiting_in);
    return true;
}

static terni_arena *item_arena(tern_ctx *ctx)
{
    if (ctx->has_item_arena)
        terni_arena_reset(&ctx->item_arena);
    else
        terni_arena_init(&ctx->item_arena, tern_poller_pool(ctx->conn->worker->poller),
                         TERN_MAX_ARENA_BYTES);
    ctx->has_item_arena = true;
    return &ctx->item_arena;
}

// The next message of the inbox, decoded; NULL when it is empty or broken.
const void *terni_dispatch_take_item(tern_ctx *ctx)
{
    const terni_piece *piece = terni_inbox_peek(&ctx->inbox);
    void              *msg = NULL;

    if (!piece)
        return NULL;
    if (decode(ctx, piece, item_arena(ctx), &msg) < 0)
        msg = NULL;
    else if (TERN_UNLIKELY(ctx->n_begun))
        terni_interceptor_received(ctx, msg);
    terni_session_consumed(session_of(ctx), &ctx->stream, piece->len);
    terni_inbox_pop(&ctx->inbox);
    return msg;
}

static void tell_messages(tern_ctx *ctx)
{
    const void *msg;

    ctx->is_in_handler = true;
    while (!ctx->is_answered && !terni_inbox_is_empty(&ctx->inbox) &&
           (msg = terni_dispatch_take_item(ctx)))
        (ctx->method->def->kind == TERN_BIDI_STREAM ? io_slot(ctx)->message
                                                    : in_slot(ctx)->message)(&ctx->handle, msg);
    ctx->is_in_handler = false;
    if (ctx->is_answered)
        terni_dispatch_finish_async(ctx);
    else if (ctx->code != TERN_OK && !ctx->is_cancelled) {  // a message that could not be decoded
        terni_ctx_answer(ctx, NULL);
        ctx->is_answered = true;
        terni_dispatch_finish_async(ctx);
    }
}

void terni_dispatch_on_message(tern_ctx *ctx, const terni_piece *piece)
{
    if (!ctx->method) {
        dispatch(ctx);
    } else if (!ctx->method->reads_stream) {
        take_request(ctx, piece);
    } else if (put_in_inbox(ctx, piece) && ctx->method->async && ctx->is_dispatched) {
        tell_messages(ctx);  // at once
    }
}

static void tell_finished(tern_ctx *ctx)
{
    void (*finished)(void *) = ctx->method->def->kind == TERN_BIDI_STREAM ? io_slot(ctx)->finished
                                                                          : in_slot(ctx)->finished;

    if (!finished)
        return;
    ctx->is_in_handler = true;
    finished(&ctx->handle);
    ctx->is_in_handler = false;
    if (ctx->is_answered)
        terni_dispatch_finish_async(ctx);
}

void terni_dispatch_on_end(tern_ctx *ctx)
{
    ctx->has_ended_in = true;
    if (!ctx->method) {
        dispatch(ctx);
    } else if (!reads_stream(ctx)) {
        if (ctx->request || ctx->code != TERN_OK)
            dispatch(ctx);
        else
            answer(ctx, TERN_INTERNAL, "the request has no message");
    } else if (!ctx->is_dispatched) {
        dispatch(ctx);
    } else if (ctx->method->async) {
        tell_finished(ctx);
    } else {
        wake(ctx, &ctx->is_waiting_in);
    }
}

void terni_dispatch_on_writable(tern_ctx *ctx)
{
    if (!ctx->method->async) {
        wake(ctx, &ctx->is_waiting_out);
    } else if (ctx->is_waiting_out) {
        ctx->is_waiting_out = false;
        terni_dispatch_queue_ready(ctx);
    }
}

static void run_cancelled(tern_task *task)
{
    tern_ctx *ctx = TERN_CONTAINER_OF(task, tern_ctx, cancel_task);

    ctx->is_cancel_queued = false;
    if (ctx->is_released) {
        terni_ctx_release(ctx);
        return;
    }
    if (ctx->on_cancel)
        ctx->on_cancel(ctx, ctx->on_cancel_arg);
    ctx->on_cancel = NULL;
    // A stream's async handler holds nothing but its state: it is told the end, and that is all.
    if (ctx->method->async && ctx->method->def->kind != TERN_UNARY && !ctx->is_answered)
        terni_dispatch_finish_async(ctx);
    else if (ctx->is_answered && !ctx->is_done)
        terni_dispatch_finish_async(ctx);
}

void terni_dispatch_on_cancel(tern_ctx *ctx)
{
    if (ctx->scope)
        terni_cancel_fire_with(ctx->scope, ctx->why);
    if (ctx->fiber)
        tern_fiber_cancel(ctx->fiber);
    if (!ctx->on_cancel && !ctx->method->async)
        return;
    ctx->is_cancel_queued = true;
    ctx->cancel_task.run = run_cancelled;
    tern_poller_defer(ctx->conn->worker->poller, &ctx->cancel_task);
}
