// A client's streaming calls with callbacks. All of them run on the call's poller, from the wire's events or
// from tasks, and the stream goes when `end` has returned.
#include <stdatomic.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/client/async_failure_internal.h"
#include "rpc/client/call_opts_internal.h"
#include "rpc/client/streaming_internal.h"

enum { MAX_SENDS_PER_TURN = 64 };  // then the others have theirs

// What the generated structs of events hold, by kind.
typedef struct server_stream_fns server_stream_fns;
struct server_stream_fns {
    void (*message)(const void *msg, void *arg);
    void (*end)(tern_status st, void *arg);
};

typedef struct client_stream_fns client_stream_fns;
struct client_stream_fns {
    void (*writable)(void *stream, void *arg);
    void (*end)(tern_status st, const void *reply, void *arg);
};

typedef struct bidi_fns bidi_fns;
struct bidi_fns {
    void (*message)(void *stream, const void *msg, void *arg);
    void (*writable)(void *stream, void *arg);
    void (*end)(tern_status st, void *arg);
};

typedef struct async_stream async_stream;
struct async_stream {
    terni_streaming base;  // first: the user's handle names it
    union {
        server_stream_fns server;
        client_stream_fns client;
        bidi_fns          bidi;
    } fns;
    void     *arg;
    int       start_err;
    tern_task start_task, turn_task, wake_task;
    bool      is_turn_queued;
    bool      has_ended;  // the user was told

    atomic_bool is_wake_posted;  // by any thread; those that come before the task runs are one
};

static async_stream *async_of(terni_outcall *call)
{
    return TERN_CONTAINER_OF(call, async_stream, base.call);
}

static tern_method_kind kind_of(const async_stream *a) { return a->base.call.head.method->kind; }

// ---- sending -------------------------------------------------------------

static void tell_writable(async_stream *a)
{
    if (kind_of(a) == TERN_CLIENT_STREAM && a->fns.client.writable)
        a->fns.client.writable(a, a->arg);
    else if (kind_of(a) == TERN_BIDI_STREAM && a->fns.bidi.writable)
        a->fns.bidi.writable(a, a->arg);
}

static bool has_room(const async_stream *a)
{
    const terni_outcall *call = &a->base.call;

    return !a->base.is_over && !a->base.wants_end && call->on &&
           !(call->stream.flags & TERNI_STREAM_BLOCKED) &&
           terni_session_has_room(&call->on->session);
}

static void queue_turn(async_stream *a);
static void end_now(async_stream *a);

static void run_turn(tern_task *task)
{
    async_stream *a = TERN_CONTAINER_OF(task, async_stream, turn_task);
    bool          has_moved = true;

    a->is_turn_queued = false;
    if (a->base.is_over) {
        end_now(a);
        return;
    }
    for (int i = 0; i < MAX_SENDS_PER_TURN && has_moved && has_room(a); i++) {
        bool had_sent = a->base.call.has_sent;

        a->base.call.has_sent = false;
        tell_writable(a);
        has_moved = a->base.call.has_sent;
        a->base.call.has_sent |= had_sent;
    }
    if (has_moved && has_room(a))
        queue_turn(a);
    else if (has_moved)
        a->base.call.is_starved =
            true;  // perhaps by the connection, which its stream does not tell
}

static void queue_turn(async_stream *a)
{
    if (a->is_turn_queued || kind_of(a) == TERN_SERVER_STREAM)
        return;
    a->is_turn_queued = true;
    a->turn_task.run = run_turn;
    tern_poller_defer(a->base.poller, &a->turn_task);
}

static void on_opened(terni_outcall *call) { queue_turn(async_of(call)); }

static void on_writable(terni_outcall *call) { queue_turn(async_of(call)); }

// ---- receiving -----------------------------------------------------------

static void tell_message(async_stream *a, const void *msg)
{
    if (kind_of(a) == TERN_SERVER_STREAM)
        a->fns.server.message(msg, a->arg);
    else if (a->fns.bidi.message)
        a->fns.bidi.message(a, msg, a->arg);
}

static void on_message(terni_outcall *call, const terni_piece *piece)
{
    async_stream  *a = async_of(call);
    terni_session *session = &call->on->session;  // which the call may leave meanwhile
    const void    *msg = terni_streaming_decode(&a->base, piece);

    if (msg)
        tell_message(a, msg);
    terni_session_consumed(session, &call->stream, piece->len);
}

static const terni_outcall_events events = { on_opened, on_message, on_writable };
static const terni_outcall_events upload_events = { on_opened, NULL, on_writable };

// ---- the end -------------------------------------------------------------

static void tell_end(async_stream *a)
{
    const terni_outcall *call = &a->base.call;

    switch (kind_of(a)) {
    case TERN_SERVER_STREAM:
        a->fns.server.end(call->status, a->arg);
        return;
    case TERN_CLIENT_STREAM:
        a->fns.client.end(call->status, call->status.code ? NULL : call->reply, a->arg);
        return;
    case TERN_BIDI_STREAM:
        a->fns.bidi.end(call->status, a->arg);
        return;
    case TERN_UNARY:
        TERN_UNREACHABLE();
    }
}

static void free_stream(async_stream *a)
{
    terni_streaming_done(&a->base);
    tern_mem_free(a);
}

static void end_now(async_stream *a)
{
    TERN_ASSERT(a->base.is_over && !a->has_ended);
    tern_poller_unhold(a->base.poller);
    tell_end(a);
    a->has_ended = true;
    if (!atomic_load(&a->is_wake_posted))
        free_stream(a);
}

static void run_wake(tern_task *task)
{
    async_stream *a = TERN_CONTAINER_OF(task, async_stream, wake_task);

    atomic_store(&a->is_wake_posted, false);
    if (a->has_ended)
        free_stream(a);  // which was left to us
    else
        queue_turn(a);
}

// From a task: the stream's own callback may be on the stack.
static void run_end(tern_task *task) { end_now(TERN_CONTAINER_OF(task, async_stream, turn_task)); }

static void on_done(terni_outcall *call)
{
    async_stream *a = async_of(call);

    TERN_ASSERT(!a->base.is_over);
    a->base.is_over = true;
    if (a->is_turn_queued)
        return;  // the turn ends it
    a->turn_task.run = run_end;
    a->is_turn_queued = true;
    tern_poller_defer(a->base.poller, &a->turn_task);
}

// ---- opening -------------------------------------------------------------

static void run_start(tern_task *task)
{
    async_stream *a = TERN_CONTAINER_OF(task, async_stream, start_task);

    tern_poller_hold(a->base.poller);
    terni_outcall_start(&a->base.call, a->start_err);
}

static void copy_fns(async_stream *a, const void *from)
{
    switch (kind_of(a)) {
    case TERN_SERVER_STREAM:
        memcpy(&a->fns.server, from, sizeof a->fns.server);
        return;
    case TERN_CLIENT_STREAM:
        memcpy(&a->fns.client, from, sizeof a->fns.client);
        return;
    case TERN_BIDI_STREAM:
        memcpy(&a->fns.bidi, from, sizeof a->fns.bidi);
        return;
    case TERN_UNARY:
        TERN_UNREACHABLE();
    }
}

static void refuse(tern_channel *ch, const tern_method *method, const tern_call_opts *opts,
                   const void *fns, terni_async_failure what)
{
    async_stream a = { .base.call.head.method = method };

    copy_fns(&a, fns);
    if (method->kind == TERN_CLIENT_STREAM)
        what.done = a.fns.client.end;
    else
        what.end = method->kind == TERN_BIDI_STREAM ? a.fns.bidi.end : a.fns.server.end;
    terni_async_failure_tell(ch, opts, &what);
}

void tern_stub_open_async_sized(tern_channel *ch, const tern_method *method, const void *req,
                                const tern_call_opts *opts, const void *fns, void *arg,
                                uint64_t sizes)
{
    tern_call_opts own;
    tern_status    st;
    bool           is_read = terni_call_opts_read(&opts, sizes, &own, &st);
    terni_shard   *shard = is_read ? terni_channel_async_shard(ch, &st) : NULL;
    async_stream  *a = shard ? tern_mem_zalloc(sizeof *a) : NULL;

    if (!a) {
        refuse(ch, method, opts, fns,
               (terni_async_failure){ .arg = arg, .st = shard ? terni_outcall_no_memory() : st });
        return;
    }
    a->start_err = terni_streaming_init(&a->base, shard, method, req, opts);
    a->base.call.events = method->kind == TERN_CLIENT_STREAM ? &upload_events : &events;
    a->base.call.done = on_done;
    a->arg = arg;
    copy_fns(a, fns);
    a->start_task.run = run_start;
    a->wake_task.run = run_wake;
    if (a->base.poller == tern_poller_current())
        tern_poller_defer(a->base.poller, &a->start_task);
    else
        tern_poller_post(a->base.poller, &a->start_task);
}

void tern_stub_stream_wake(void *stream)
{
    async_stream *a = stream;

    if (!atomic_exchange(&a->is_wake_posted, true))
        tern_poller_post(a->base.poller, &a->wake_task);
}
