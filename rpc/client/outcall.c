// A client's call, from its start to its end.
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rpc/client/observers_internal.h"
#include "rpc/call/parent_internal.h"
#include "rpc/server/server_internal.h"

enum { MAX_IN_ARENA = TERN_BLOCK_SMALL };  // of a request; a longer one has a block of its size

void terni_outcall_abort(terni_outcall *call, tern_code code, const char *why)
{
    // To the server whatever else goes wrong here is that nobody waits any more.
    if (call->on)
        terni_link_cancel(call, code == TERN_DEADLINE_EXCEEDED ? code : TERN_CANCELLED, why);
    else
        terni_outcall_unlink(call);
    terni_outcall_finish(call, code, why, strlen(why));
}

// A call that never got a connection says why.
static void expire(terni_outcall *call)
{
    const terni_shard *shard = call->shard;
    char               text[sizeof shard->why + 64];

    if (call->on)
        snprintf(text, sizeof text, "the deadline has passed");
    else if (shard->current)
        snprintf(text, sizeof text, "the deadline has passed before a connection had room");
    else
        snprintf(text, sizeof text, "the deadline has passed without a connection%s%s",
                 shard->why[0] ? ": " : "", shard->why);
    terni_outcall_abort(call, TERN_DEADLINE_EXCEEDED, text);
}

static void on_deadline(tern_timer *t)
{
    terni_outcall *call = TERN_CONTAINER_OF(t, terni_outcall, timer);

    if (call->is_backing_off)
        terni_outcall_retry_now(call);
    else
        expire(call);
}

static bool has_one_reply(const tern_method *method)
{
    return method->kind == TERN_UNARY || method->kind == TERN_CLIENT_STREAM;
}

uint64_t terni_outcall_deadline_after(const terni_outcall *call, int64_t ms)
{
    uint64_t now = tern_poller_now_ns(call->shard->poller);

    if (ms < 0 || (uint64_t)ms > (TERN_NEVER - now) / TERN_NS_PER_MS - 1)
        return TERN_NEVER;
    return now + (uint64_t)ms * TERN_NS_PER_MS;
}

static uint64_t deadline_of(const terni_outcall *call, const tern_call_opts *opts)
{
    int64_t ms =
        opts && opts->timeout_ms ? opts->timeout_ms : call->shard->channel->opts.timeout_ms;

    if (ms == 0)
        ms = has_one_reply(call->method) ? TERNI_OUTCALL_TIMEOUT_MS : TERN_NO_TIMEOUT;
    return terni_outcall_deadline_after(call, ms);
}

void terni_outcall_copy_meta(terni_outcall *call, terni_meta *to, const tern_metadata *from)
{
    size_t key_len = strlen(from->key);

    *to = (terni_meta){
        .key = terni_arena_strndup(&call->arena, from->key, key_len),
        .key_len = (uint32_t)key_len,
        .value = (uint8_t *)terni_arena_strndup(&call->arena, from->value, from->len),
        .value_len = (uint32_t)from->len,
    };
}

static int copy_metadata(terni_outcall *call, const tern_call_opts *opts)
{
    if (!opts || !opts->n_metadata)
        return 0;
    call->metas = terni_arena_alloc(&call->arena, opts->n_metadata * sizeof *call->metas);
    for (size_t i = 0; i < opts->n_metadata && call->metas; i++)
        terni_outcall_copy_meta(call, &call->metas[i], &opts->metadata[i]);
    call->n_metas = (uint32_t)opts->n_metadata;
    return terni_arena_error(&call->arena);
}

// Deadline and cancellation of the call that this one is made for. A fiber of the same poller that parks
// is cancelled itself, so its call needs no scope.
static terni_parent inherit(terni_outcall *call, const tern_call_opts *opts, terni_style style)
{
    terni_parent parent = { .deadline_ns = TERN_NEVER };

    if (!atomic_load_explicit(&terni_scopes_exist, memory_order_acquire) || call->is_detached)
        return parent;
    parent = terni_parent_find(opts ? opts->parent : NULL);
    if (parent.deadline_ns < call->deadline_ns)
        call->deadline_ns = parent.deadline_ns;
    if (!parent.ctx)
        return parent;
    parent.scope =
        style != TERNI_PARKS || parent.ctx->is_cancelled ? terni_ctx_scope(parent.ctx) : NULL;
    return parent;
}

static int add_what_is_wanted(terni_outcall *call, const tern_call_opts *opts, terni_style style)
{
    terni_parent parent = inherit(call, opts, style);
    int          err;

    if (!call->request_plan || !call->reply_plan)
        return -ENOMEM;
    if (TERN_LIKELY(!parent.scope && !terni_observers_are_wanted(opts) &&
                    !call->shard->channel->interceptors))
        return copy_metadata(call, opts);
    if ((err = terni_observers_add(call, opts, parent.scope)) < 0 ||
        (err = copy_metadata(call, opts)) < 0)
        return err;
    return terni_outgoing_begin(call->observers, parent.deadline_ns);
}

int terni_outcall_init(terni_outcall *call, terni_shard *shard, const tern_method *method,
                       const tern_call_opts *opts, terni_style style)
{
    int err;

    memset(call, 0, offsetof(terni_outcall, room));
    call->shard = shard;
    call->method = method;
    call->request_plan = terni_plan_get(method->request);
    call->reply_plan = terni_plan_get(method->reply);
    terni_arena_init_with(&call->arena, NULL, TERN_MAX_ARENA_BYTES, call->room, sizeof call->room);
    tern_timer_init(&call->timer, on_deadline);
    call->deadline_ns = deadline_of(call, opts);
    call->is_last = method->kind == TERN_UNARY || method->kind == TERN_SERVER_STREAM;
    call->waits_for_ready = opts && opts->wait_for_ready;
    call->is_detached = opts && opts->detached;
    if (TERN_UNLIKELY((err = add_what_is_wanted(call, opts, style)) < 0))
        terni_observers_refuse(opts, terni_outcall_no_memory());
    return err;
}

tern_code terni_outcall_cancel_code(const terni_outcall *call)
{
    const tern_ctx *ctx = terni_ctx_current();
    tern_code       code = ctx ? tern_ctx_check(ctx) : TERN_OK;

    if (code == TERN_OK)
        return TERN_CANCELLED;  // somebody cancelled this very fiber
    return call->is_detached ? TERN_OK : code;
}

tern_status terni_outcall_no_memory(void)
{
    return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for the call");
}

// Room for a request of at most `size` bytes until the call has ended; NULL without memory. A long one
// has a block of its size: the poller's pool has few sizes, and many calls may wait.
static uint8_t *room_for_request(terni_outcall *call, size_t size)
{
    if (size <= MAX_IN_ARENA)
        return terni_arena_alloc(&call->arena, size);
    if (!(call->body_block = tern_block_new_shared(size)))
        return NULL;
    call->body_block->used = size;
    return call->body_block->base;
}

static int write_measured(terni_outcall *call, const void *request)
{
    terni_encoding encoding;
    uint8_t       *room;
    int            err = terni_codec_measure(&encoding, call->request_plan, request, NULL);

    if (err < 0)
        return err;
    call->body_len = encoding.size;
    if (!(room = room_for_request(call, encoding.size))) {
        terni_encoding_done(&encoding);
        return -ENOMEM;
    }
    terni_codec_write_flat(&encoding, room);
    call->body = room;
    return 0;
}

int terni_outcall_encode(terni_outcall *call, const void *request)
{
    size_t   bound = terni_codec_bound(call->request_plan, request);
    uint8_t *room;

    call->has_body = true;
    if (TERN_UNLIKELY(call->observers))
        terni_outgoing_sent(call->observers, request);
    if (bound == 0)
        return write_measured(call, request);
    if (!(room = room_for_request(call, bound)))
        return -ENOMEM;
    call->body = room;
    call->body_len = (size_t)(terni_codec_write_bounded(call->request_plan, request, room) - room);
    return 0;
}

static const char *failure_of_start(int err)
{
    return err == -EMSGSIZE ? "the request cannot be encoded: it is too large or nested too deeply"
                            : "out of memory for the call";
}

void terni_outcall_start(terni_outcall *call, int err)
{
    tern_code code;

    if (err < 0)
        terni_outcall_finish(call, TERN_RESOURCE_EXHAUSTED, failure_of_start(err),
                             strlen(failure_of_start(err)));
    else if (TERN_UNLIKELY(call->status.code != TERN_OK))  // an interceptor has refused it
        terni_outcall_finish(call, call->status.code, NULL, 0);
    else if (TERN_UNLIKELY(call->observers) &&
             (code = terni_observers_start(call->observers)) != TERN_OK)
        terni_outcall_finish(call, code, terni_cancel_reason(code),
                             strlen(terni_cancel_reason(code)));
    else
        terni_outcall_begin(call);
}

void terni_outcall_done(terni_outcall *call)
{
    if (TERN_UNLIKELY(call->observers))
        terni_observers_done(call->observers);
    terni_arena_done(&call->arena);
}

void terni_outcall_unlink(terni_outcall *call)
{
    terni_shard *shard = call->shard;

    if (!call->link)
        return;
    *call->link = call->next;
    if (call->next)
        call->next->link = call->link;
    else if (shard->waiting_tail == &call->next)
        shard->waiting_tail = call->link;
    call->link = NULL;
    call->on = NULL;
}

void terni_outcall_wait(terni_outcall *call)
{
    terni_shard *shard = call->shard;

    call->on = NULL;
    call->next = NULL;
    call->link = shard->waiting_tail;
    *shard->waiting_tail = call;
    shard->waiting_tail = &call->next;
}

void terni_outcall_fail(terni_outcall *call, tern_code code, const char *text)
{
    if (call->status.code != TERN_OK)
        return;
    call->status = tern_status_make(code, "%s", text);
    if (call->observers)
        terni_observers_keep_message(call->observers, text, strlen(text));
}

void terni_outcall_close(terni_outcall *call, const terni_close *close)
{
    if (call->status.code == TERN_OK && close->code != TERN_OK) {
        call->status = tern_status_make((tern_code)close->code, "%.*s", (int)close->message_len,
                                        close->message ? close->message : "");
        if (call->observers)
            terni_observers_keep_message(call->observers, close->message, close->message_len);
    }
    if (TERN_UNLIKELY(call->observers))
        terni_observers_close(call->observers, close);
    tern_timer_cancel(tern_poller_wheel(call->shard->poller), &call->timer);
    call->body_block = tern_block_unref(call->body_block);
    call->is_done = true;
    call->done(call);  // last: the call may be gone now
}

void terni_outcall_finish(terni_outcall *call, tern_code code, const char *message, size_t len)
{
    const terni_close close = {
        .code = code, .message = message, .message_len = (uint32_t)len, .is_reset = true
    };

    terni_outcall_close(call, &close);
}
