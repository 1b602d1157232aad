// A client's unary calls in all styles: on a fiber, on a plain thread, with a callback.
#include <errno.h>
#include <string.h>

#include "rpc/client/async_failure_internal.h"
#include "rpc/client/call_opts_internal.h"
#include "rpc/client/channel_internal.h"
#include "rpc/client/outcall_wait_internal.h"

// Encodes, and sends or waits. On the shard's poller, or by who drives it.
static void start(terni_outcall *call, const void *request)
{
    terni_outcall_start(call, terni_outcall_encode(call, request));
}

// The sync caller's part of a call: it lives on the caller's stack.
typedef struct sync_call sync_call;
struct sync_call {
    terni_outcall call;
    const void   *request;
};

static tern_status take_result(sync_call *s, void *ret_reply)
{
    terni_outcall *call = &s->call;

    TERN_DEBUG_ASSERT(terni_outcall_is_done(call) && (call->reply || call->status.code));
    if (call->status.code == TERN_OK)
        memcpy(ret_reply, &call->reply, sizeof call->reply);
    else
        terni_codec_free(call->reply);
    terni_outcall_done(call);
    return call->status;
}

// ---- on a fiber ----------------------------------------------------------

typedef struct near_call near_call;
struct near_call {
    sync_call     sync;
    terni_parking parking;
};

static void wake_fiber(terni_outcall *call)
{
    terni_parking_wake(&TERN_CONTAINER_OF(call, near_call, sync.call)->parking);
}

static tern_status call_on_fiber(terni_shard *shard, const tern_method *method, const void *request,
                                 const tern_call_opts *opts, void *ret_reply)
{
    near_call      n;
    terni_outcall *call = &n.sync.call;

    if (terni_outcall_init(call, &shard->carrier, method, opts, TERNI_PARKS) < 0) {
        terni_outcall_done(call);
        return terni_outcall_no_memory();
    }
    call->done = wake_fiber;
    terni_parking_init(&n.parking);
    start(call, request);
    terni_outcall_park(call, &n.parking, "a reply");
    return take_result(&n.sync, ret_reply);
}

// ---- on a plain thread, or a fiber of another poller ----------------------

typedef struct far_call far_call;
struct far_call {
    sync_call    sync;
    terni_waiter waiter;
};

static void wake_waiter(terni_outcall *call)
{
    terni_waiter_wake(&TERN_CONTAINER_OF(call, far_call, sync.call)->waiter);
}

static void run_start(tern_task *task)
{
    sync_call *s = TERN_CONTAINER_OF(task, sync_call, call.start_task);

    start(&s->call, s->request);
}

static tern_status call_from_afar(terni_shard *shard, const tern_method *method,
                                  const void *request, const tern_call_opts *opts, void *ret_reply)
{
    far_call       f;
    terni_outcall *call = &f.sync.call;

    if (terni_outcall_init(call, &shard->carrier, method, opts, TERNI_DOES_NOT_PARK) < 0) {
        terni_outcall_done(call);
        return terni_outcall_no_memory();
    }
    f.sync.request = request;
    call->done = wake_waiter;
    call->start_task.run = run_start;
    terni_waiter_init(&f.waiter, terni_shard_poller(shard), shard->is_private);
    tern_poller_post(terni_shard_poller(shard), &call->start_task);
    terni_outcall_wait(call, &f.waiter, "a reply");
    terni_waiter_done(&f.waiter);
    return take_result(&f.sync, ret_reply);
}

tern_status tern_stub_unary_sized(tern_channel *ch, const tern_method *method, const void *req,
                                  const tern_call_opts *opts, void *ret_reply, uint64_t sizes)
{
    tern_call_opts own;
    tern_status    st;
    terni_shard   *shard;

    if (!terni_call_opts_read(&opts, sizes, &own, &st) ||
        !(shard = terni_channel_choose_shard(ch, &st))) {
        terni_observers_refuse(opts, st);
        return st;
    }
    return tern_fiber_current() && terni_shard_poller(shard) == tern_poller_current()
               ? call_on_fiber(shard, method, req, opts, ret_reply)
               : call_from_afar(shard, method, req, opts, ret_reply);
}

// ---- with a callback -----------------------------------------------------

typedef struct async_call async_call;
struct async_call {
    terni_outcall      call;
    tern_stub_done_fn *done;
    void              *arg;
    int                encode_err;
};

static void run_callback(terni_outcall *call)
{
    async_call *a = TERN_CONTAINER_OF(call, async_call, call);

    tern_poller_unhold(call->carrier->poller);
    a->done(call->status, call->status.code == TERN_OK ? call->reply : NULL, a->arg);
    terni_outcall_done(call);
    terni_shard_give_spare(terni_shard_of(call), a);
}

static void run_async_start(tern_task *task)
{
    async_call    *a = TERN_CONTAINER_OF(task, async_call, call.start_task);
    terni_outcall *call = &a->call;

    tern_poller_hold(call->carrier->poller);
    terni_outcall_start(call, a->encode_err);
}

static async_call *make_async(terni_shard *shard, const tern_method *method, const void *req,
                              const tern_call_opts *opts)
{
    async_call *a = terni_shard_take_spare(shard, sizeof *a);

    if (!a)
        return NULL;
    a->encode_err =
        terni_outcall_init(&a->call, &shard->carrier, method, opts, TERNI_DOES_NOT_PARK);
    if (a->encode_err == 0)
        a->encode_err = terni_outcall_encode(&a->call, req);
    return a;
}

void tern_stub_unary_async_sized(tern_channel *ch, const tern_method *method, const void *req,
                                 const tern_call_opts *opts, tern_stub_done_fn *done, void *arg,
                                 uint64_t sizes)
{
    tern_call_opts own;
    tern_status    st;
    bool           is_read = terni_call_opts_read(&opts, sizes, &own, &st);
    terni_shard   *shard = is_read ? terni_channel_async_shard(ch, &st) : NULL;
    async_call    *a = shard ? make_async(shard, method, req, opts) : NULL;

    if (!a) {
        terni_async_failure_tell(
            ch, opts,
            &(terni_async_failure){
                .done = done, .arg = arg, .st = shard ? terni_outcall_no_memory() : st });
        return;
    }
    a->call.done = run_callback;
    a->call.lends_reply = true;
    a->done = done;
    a->arg = arg;
    a->call.start_task.run = run_async_start;
    if (terni_shard_poller(shard) == tern_poller_current())
        tern_poller_defer(terni_shard_poller(shard), &a->call.start_task);
    else
        tern_poller_post(terni_shard_poller(shard), &a->call.start_task);
}
