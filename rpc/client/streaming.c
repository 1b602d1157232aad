// A client's streaming calls in the sync style. What a user asks of a stream (send, next, finish, ...) is
// an operation: tried on the stream's poller, and again at each event until it is done, while its caller
// parks, drives the private loop, or blocks. So the stream itself is touched by one thread only.

#include "rpc/client/streaming_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/client/call_opts_internal.h"
#include "rpc/client/outcall_wait_internal.h"
#include "rpc/wire/window_internal.h"

static terni_streaming dead_stream = {
    .is_over = true,
    .is_dead = true,
    .call.status = { TERN_RESOURCE_EXHAUSTED, "out of memory for the stream" },
};

// ---- operations ----------------------------------------------------------

typedef struct operation operation;
struct operation {
    tern_task        task;
    terni_streaming *stream;
    bool (*try)(operation *op);  // true: it is done
    terni_side    side;
    const void   *msg;  // to send, or that came
    tern_code     code;
    terni_parking parking;  // of a fiber of the same poller
    terni_waiter  waiter;   // of all others
};

static void complete(operation *op)
{
    if (op->parking.fiber)
        terni_parking_wake(&op->parking);
    else
        terni_waiter_wake(&op->waiter);
}

// One sends and one receives at a time.
static void make_pending(operation *op)
{
    TERN_ASSERT(!op->stream->pending[op->side]);
    op->stream->pending[op->side] = op;
}

static void try_first(operation *op)
{
    if (op->try(op))
        complete(op);
    else
        make_pending(op);
}

static void run_operation(tern_task *task) { try_first(TERN_CONTAINER_OF(task, operation, task)); }

static void try_again(terni_streaming *s, terni_side side)
{
    operation *op = s->pending[side];

    if (!op)
        return;
    s->pending[side] = NULL;  // what it does may end the stream, which comes here again
    if (op->try(op))
        complete(op);
    else
        make_pending(op);
}

static void perform_on_fiber(operation *op)
{
    terni_parking_init(&op->parking);
    try_first(op);
    terni_outcall_park(&op->stream->call, &op->parking, "a stream");
}

// In the child of a fork() there is what had come, and nobody who would bring more.
static void disown(terni_streaming *s)
{
    s->pending[TERNI_SENDING] = s->pending[TERNI_RECEIVING] = NULL;
    if (!s->is_over)
        s->call.status = tern_status_make(TERN_FAILED_PRECONDITION, "%s", terni_shard_inherited);
    s->is_over = true;
}

static void perform(operation *op)
{
    tern_poller *poller = op->stream->poller;

    if (TERN_UNLIKELY(tern_poller_is_inherited(poller))) {
        disown(op->stream);
        (void)op->try(op);
        return;
    }
    if (tern_poller_is_closed(poller)) {  // and so the call is over, and nobody else is there
        op->code = op->try(op) ? op->code : TERN_CANCELLED;
        return;
    }
    if (tern_poller_current() == poller) {
        if (tern_fiber_current())
            perform_on_fiber(op);
        else if (!op->try(op))  // in a callback, where nobody can wait
            op->code = TERN_FAILED_PRECONDITION;
        return;
    }
    op->task.run = run_operation;
    terni_waiter_init(&op->waiter, poller, op->stream->is_private);
    tern_poller_post(poller, &op->task);
    terni_outcall_wait(&op->stream->call, &op->waiter, "a stream");
    terni_waiter_done(&op->waiter);
}

// ---- the call's events ---------------------------------------------------

static terni_session *session_of(const terni_streaming *s)
{
    return s->call.on ? &s->call.on->session : NULL;
}

static void end_if_wanted(terni_streaming *s)
{
    terni_session *session = session_of(s);

    if (!s->wants_end || !session || s->is_over || s->call.is_last)
        return;
    terni_session_end(session, &s->call.stream);
}

static void on_opened(terni_outcall *call)
{
    terni_streaming *s = terni_streaming_of(call);

    end_if_wanted(s);
    try_again(s, TERNI_SENDING);
}

static void on_message(terni_outcall *call, const terni_piece *piece)
{
    terni_streaming *s = terni_streaming_of(call);
    int              err = terni_inbox_push(&s->inbox, &call->on->session, piece);

    if (err < 0)
        terni_streaming_cancel(s, TERN_RESOURCE_EXHAUSTED, terni_inbox_why(err));
    else
        try_again(s, TERNI_RECEIVING);
}

static void on_writable(terni_outcall *call) { try_again(terni_streaming_of(call), TERNI_SENDING); }

// Interceptors hear of the end when the reader may: behind the last message.
static void tell_end_if_read(terni_streaming *s)
{
    if (TERN_UNLIKELY(s->call.observers) && s->is_over && terni_inbox_is_empty(&s->inbox))
        terni_outgoing_end(&s->call.observers->outgoing, s->call.status);
}

static void on_done(terni_outcall *call)
{
    terni_streaming *s = terni_streaming_of(call);

    TERN_ASSERT(!s->is_over);
    s->is_over = true;
    if (s->call.is_aborted)  // who has given up reads nothing more
        terni_inbox_drop(&s->inbox);
    tell_end_if_read(s);
    try_again(s, TERNI_SENDING);
    try_again(s, TERNI_RECEIVING);
}

static const terni_outcall_events stream_events = { on_opened, on_message, on_writable };
static const terni_outcall_events upload_events = { on_opened, NULL, on_writable };

void terni_streaming_cancel(terni_streaming *s, tern_code code, const char *why)
{
    if (!s->is_over)
        terni_outcall_abort(&s->call, code, why);
}

// A message that came is lost to the reader: also a stream that the server has ended well has not ended well here.
static void lose_message(terni_streaming *s, tern_code code, const char *why)
{
    if (s->is_over)
        terni_outcall_fail(&s->call, code, why);
    else
        terni_outcall_abort(&s->call, code, why);
}

// A cancel reaches the call by a task, which has no turn while messages are read one after another.
static void hear_cancel(terni_streaming *s)
{
    tern_code code;

    if (TERN_LIKELY(!s->call.observers) || s->is_over)
        return;
    if ((code = terni_observers_fired(s->call.observers)) != TERN_OK)
        terni_outcall_abort(&s->call, code, terni_cancel_reason(code));
}

// ---- opening -------------------------------------------------------------

int terni_streaming_init(terni_streaming *s, terni_shard *shard, const tern_method *method,
                         const void *req, const tern_call_opts *opts)
{
    int err = terni_outcall_init(&s->call, &shard->carrier, method, opts, TERNI_DOES_NOT_PARK);

    s->channel = terni_channel_ref(shard->owner);
    s->poller = tern_poller_ref(terni_shard_poller(shard));
    s->is_private = shard->is_private;
    if (opts)
        s->call.window = terni_window_of(opts->window_bytes, TERNI_MIN_WINDOW);
    s->call.events = method->kind == TERN_CLIENT_STREAM ? &upload_events : &stream_events;
    s->call.done = on_done;
    terni_inbox_init(&s->inbox, &s->call.stream);
    terni_arena_init(&s->item_arena, tern_poller_pool(s->poller), TERN_MAX_ARENA_BYTES);
    return err == 0 && req ? terni_outcall_encode(&s->call, req) : err;
}

static bool try_begin(operation *op)
{
    terni_outcall_start(&op->stream->call, 0);
    return true;
}

static terni_streaming *refused_stream(const tern_call_opts *opts, tern_status st)
{
    terni_streaming *s = tern_mem_zalloc(sizeof *s);

    terni_observers_refuse(opts, s ? st : dead_stream.call.status);
    if (!s)
        return &dead_stream;
    s->is_over = true;
    s->call.status = st;
    return s;
}

void *tern_stub_open_sized(tern_channel *ch, const tern_method *method, const void *req,
                           const tern_call_opts *opts, uint64_t sizes)
{
    tern_call_opts   own;
    tern_status      st;
    terni_shard     *shard;
    terni_streaming *s;
    operation        op;

    if (!terni_call_opts_read(&opts, sizes, &own, &st) ||
        !(shard = terni_channel_choose_shard(ch, &st)))
        return refused_stream(opts, st);
    if (!(s = tern_mem_zalloc(sizeof *s))) {
        terni_observers_refuse(opts, dead_stream.call.status);
        return &dead_stream;
    }
    op = (operation){ .stream = s, .try = try_begin };
    if (terni_streaming_init(s, shard, method, req, opts) < 0) {
        s->call.status =
            tern_status_make(TERN_RESOURCE_EXHAUSTED, "the call cannot be started: its "
                                                      "request or metadata are too large");
        s->is_over = true;
        terni_outcall_set_state(&s->call, TERNI_OUTCALL_DONE);
        terni_observers_refuse(opts, s->call.status);
        return s;
    }
    if (s->call.observers)
        s->call.observers->waits_for_reader = true;
    perform(&op);
    return s;
}

// ---- sending -------------------------------------------------------------

int terni_streaming_send(terni_streaming *s, const void *msg)
{
    const terni_message message = { .plan = s->call.request_plan, .msg = msg };
    int                 err;

    TERN_DEBUG_ASSERT(!s->is_over && s->call.state == TERNI_OUTCALL_OPEN);
    s->call.has_sent = true;
    err = TERN_UNLIKELY(s->call.packing.with > TERN_COMPRESSION_NONE)
              ? terni_call_packing_send(&s->call.packing, session_of(s), &s->call.stream, &message)
              : TERNI_AS_IT_IS;
    if (TERN_LIKELY(err == TERNI_AS_IT_IS))
        err = terni_session_message(session_of(s), &s->call.stream, &message);
    if (err == 0 && TERN_UNLIKELY(s->call.observers))
        terni_outgoing_sent(&s->call.observers->outgoing, msg);
    return err;
}

// A stream that has lost a message is no stream: it ends, and says so at its end as well.
static const char *failure_of_send(int err)
{
    return err == -EMSGSIZE
               ? "a message is larger than the server's max_message, or nested too deeply"
               : "out of memory for a message";
}

static bool try_send(operation *op)
{
    terni_streaming *s = op->stream;
    int              err;

    hear_cancel(s);
    if (s->is_over || s->wants_end) {
        op->code = s->is_over ? s->call.status.code : TERN_FAILED_PRECONDITION;
        if (op->code == TERN_OK)
            op->code = TERN_CANCELLED;  // the server has answered already: it wants no more
        return true;
    }
    if (!s->call.on || s->call.stream.flags & TERNI_STREAM_BLOCKED)
        return false;
    if ((err = terni_streaming_send(s, op->msg)) < 0) {
        terni_streaming_cancel(s, TERN_RESOURCE_EXHAUSTED, failure_of_send(err));
        op->code = s->call.status.code;
    }
    return true;
}

tern_code tern_stub_send(void *stream, const void *msg)
{
    terni_streaming *s = stream;
    operation        op = { .stream = s, .try = try_send, .side = TERNI_SENDING, .msg = msg };

    if (!s->poller)
        return s->call.status.code;
    perform(&op);
    return op.code;
}

void tern_stub_compress(void *stream, tern_compress which)
{
    terni_streaming *s = stream;

    if (!s->is_dead)
        s->call.packing.which = (uint8_t)which;
}

static bool try_end(operation *op)
{
    op->stream->wants_end = true;
    end_if_wanted(op->stream);
    return true;
}

void tern_stub_close_send(void *stream)
{
    terni_streaming *s = stream;
    operation        op = { .stream = s, .try = try_end };

    if (s->poller)
        perform(&op);
}

// ---- receiving -----------------------------------------------------------

static inline __attribute__((always_inline)) const void *decode_plain(terni_streaming   *s,
                                                                      const terni_piece *piece)
{
    const terni_codec_input  in = { piece->data, piece->len, piece->block };
    struct ProtobufCMessage *msg;
    terni_codec_error        error;
    char                     text[200];
    int                      err;

    terni_arena_reset(&s->item_arena);
    err = terni_codec_decode_piece(s->call.reply_plan, &in, &s->item_arena, TERNI_DECODE_DEFAULT,
                                   &msg, &error);
    if (err == 0)
        return msg;
    terni_codec_error_print(&error, text, sizeof text);
    lose_message(s, err == -EBADMSG ? TERN_INTERNAL : TERN_RESOURCE_EXHAUSTED, text);
    return NULL;
}

static __attribute__((noinline)) const void *decode_packed(terni_streaming   *s,
                                                           const terni_piece *piece)
{
    terni_unpacked unpacked;
    tern_status    st =
        terni_call_packing_unpack(&s->call.packing, s->channel->policy.limits.max_message,
                                  tern_poller_pool(s->poller), piece, &unpacked);
    const void *msg;

    if (st.code != TERN_OK) {
        lose_message(s, st.code, st.msg);
        return NULL;
    }
    msg = decode_plain(s, &unpacked.piece);
    terni_unpacked_done(&unpacked);
    return msg;
}

const void *terni_streaming_decode(terni_streaming *s, const terni_piece *piece)
{
    const bool  is_compressed = piece->is_compressed;
    const void *msg =  // NULL: the stream has ended, and its pieces are gone
        TERN_UNLIKELY(is_compressed) ? decode_packed(s, piece) : decode_plain(s, piece);

    s->call.packing.is_compressed = is_compressed;
    if (TERN_UNLIKELY(s->call.observers) && msg)
        terni_observers_received(s->call.observers, msg, is_compressed);
    return msg;
}

static void drop_first(terni_streaming *s)
{
    terni_inbox_pop(&s->inbox);
    tell_end_if_read(s);
}

static void drop_all(terni_streaming *s)
{
    while (!terni_inbox_is_empty(&s->inbox))
        drop_first(s);
}

static bool try_next(operation *op)
{
    terni_streaming *s = op->stream;

    hear_cancel(s);
    if (terni_inbox_is_empty(&s->inbox))
        return s->is_over;
    if ((op->msg = terni_streaming_decode(s, terni_inbox_peek(&s->inbox))))
        drop_first(s);
    else
        drop_all(s);  // the stream ends before the message that cannot be decoded
    return true;
}

const void *tern_stub_next(void *stream)
{
    terni_streaming *s = stream;
    operation        op = { .stream = s, .try = try_next, .side = TERNI_RECEIVING };

    if (!s->poller)
        return NULL;
    perform(&op);
    return op.msg;
}

bool tern_stub_is_compressed(const void *stream)
{
    return ((const terni_streaming *)stream)->call.packing.is_compressed;
}

static bool try_drain(operation *op)
{
    drop_all(op->stream);
    return op->stream->is_over;
}

tern_status tern_stub_status(void *stream)
{
    terni_streaming *s = stream;
    operation        op = { .stream = s, .try = try_drain, .side = TERNI_RECEIVING };

    if (s->poller)
        perform(&op);
    return s->call.status;
}

tern_status tern_stub_finish(void *stream, void *ret_reply)
{
    terni_streaming *s = stream;
    tern_status      st;

    tern_stub_close_send(stream);
    st = tern_stub_status(stream);
    if (st.code != TERN_OK)
        return st;
    memcpy(ret_reply, &s->call.reply, sizeof s->call.reply);
    s->call.reply = NULL;
    return st;
}

// ---- the end -------------------------------------------------------------

static bool try_free(operation *op)
{
    terni_streaming *s = op->stream;

    terni_streaming_cancel(s, TERN_CANCELLED, "the stream was freed");
    terni_streaming_done(s);
    return true;
}

void terni_streaming_done(terni_streaming *s)
{
    TERN_ASSERT(s->is_over && !s->pending[TERNI_SENDING] && !s->pending[TERNI_RECEIVING]);
    terni_inbox_done(&s->inbox);
    terni_arena_done(&s->item_arena);
    terni_codec_free(s->call.reply);
    terni_outcall_done(&s->call);
    tern_poller_unref(s->poller);
    terni_channel_unref(s->channel);
}

void tern_stub_stream_free(void *stream)
{
    terni_streaming *s = stream;
    operation        op = { .stream = s, .try = try_free };

    if (!s || s->is_dead || (s->poller && tern_poller_is_inherited(s->poller)))
        return;
    if (s->poller)
        perform(&op);
    tern_mem_free(s);
}
