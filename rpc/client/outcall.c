#include "rpc/client/outcall_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/base/deadline_internal.h"
#include "rpc/call/parent_internal.h"

enum { MAX_IN_ARENA = TERN_BLOCK_SMALL };  // of a request; a longer one has a block of its size

// ---- state ---------------------------------------------------------------

#define TO(state) (1U << TERNI_OUTCALL_##state)

static const uint8_t next_states[TERNI_N_OUTCALL_STATES] = {
    [TERNI_OUTCALL_IDLE] = TO(WAITING) | TO(OPEN) | TO(BACKING_OFF) | TO(DONE),
    [TERNI_OUTCALL_WAITING] = TO(IDLE),
    [TERNI_OUTCALL_OPEN] = TO(IDLE),
    [TERNI_OUTCALL_BACKING_OFF] = TO(IDLE),
    [TERNI_OUTCALL_DONE] = 0,
};

void terni_outcall_set_state(terni_outcall *call, terni_outcall_state next)
{
    TERN_ASSERT(next_states[call->state] & 1U << next);
    TERN_DEBUG_ASSERT((next == TERNI_OUTCALL_OPEN) == (call->on != NULL));
    TERN_DEBUG_ASSERT((next == TERNI_OUTCALL_IDLE || next == TERNI_OUTCALL_DONE) == !call->link);
    call->state = (uint8_t)next;
}

// ---- given up ------------------------------------------------------------

void terni_outcall_abort(terni_outcall *call, tern_code code, const char *why)
{
    TERN_ASSERT(code != TERN_OK && !terni_outcall_is_done(call));
    // To the server whatever else goes wrong here is that nobody waits any more.
    call->is_aborted = true;
    call->carrier->ops->drop(call, code == TERN_DEADLINE_EXCEEDED ? code : TERN_CANCELLED, why);
    terni_outcall_finish(call, code, why);
}

static void on_deadline(tern_timer *t)
{
    terni_outcall *call = TERN_CONTAINER_OF(t, terni_outcall, timer);
    char           text[224] = "the deadline has passed";

    if (call->state == TERNI_OUTCALL_BACKING_OFF) {
        call->carrier->ops->begin(call);
        return;
    }
    if (call->state != TERNI_OUTCALL_OPEN)
        call->carrier->ops->describe_wait(call, text, sizeof text);
    terni_outcall_abort(call, TERN_DEADLINE_EXCEEDED, text);
}

static void on_cancelled(void *call, tern_code code)
{
    terni_outcall_abort(call, code, terni_cancel_reason(code));
}

tern_code terni_outcall_cancel_code(const terni_outcall *call)
{
    const terni_parent *parent = terni_parent_current();
    tern_code           code = parent ? terni_parent_check(parent) : TERN_OK;

    if (code == TERN_OK)
        return TERN_CANCELLED;  // somebody cancelled this very fiber
    return call->is_detached ? TERN_OK : code;
}

// ---- making it -----------------------------------------------------------

tern_status terni_outcall_no_memory(void)
{
    return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for the call");
}

static bool has_one_reply(const tern_method *method)
{
    return method->kind == TERN_UNARY || method->kind == TERN_CLIENT_STREAM;
}

static uint64_t deadline_of(terni_outcall *call, const tern_call_opts *opts)
{
    int64_t ms = opts && opts->timeout_ms ? opts->timeout_ms : call->carrier->timeout_ms;

    if (ms == 0)
        ms = has_one_reply(call->head.method) ? TERNI_OUTCALL_TIMEOUT_MS : TERN_NO_TIMEOUT;
    call->since_ns = tern_poller_now_ns(call->carrier->poller);
    return terni_deadline_after(call->since_ns, ms);
}

// Deadline and cancellation of the call that this one is made for. A fiber of the same poller that parks
// is cancelled itself, so its call needs no scope.
static terni_heritage inherit(terni_outcall *call, const tern_call_opts *opts, terni_style style)
{
    terni_heritage h = { .deadline_ns = TERN_NEVER };

    if (call->is_detached)
        return h;
    h = terni_parent_find(opts ? opts->parent : NULL);
    if (h.deadline_ns < call->head.deadline_ns)
        call->head.deadline_ns = h.deadline_ns;
    if (h.parent)
        h.scope = style != TERNI_PARKS || terni_parent_is_cancelled(h.parent)
                      ? terni_parent_scope(h.parent)
                      : NULL;
    return h;
}

static bool copy_metadata(terni_outcall *call, const tern_call_opts *opts)
{
    return TERN_LIKELY(!opts || !opts->n_metadata) ||
           terni_call_head_add(&call->head, opts->metadata, opts->n_metadata);
}

static int add_observers(terni_outcall *call, const tern_call_opts *opts, const terni_heritage *h)
{
    const terni_carrier *carrier = call->carrier;
    const terni_observed what = { .head = &call->head,
                                  .poller = carrier->poller,
                                  .fire = on_cancelled,
                                  .call = call,
                                  .scope = h->scope };
    terni_outgoing      *o;
    tern_code            code;

    if (!(call->observers = terni_observers_new(&what, opts)) || !copy_metadata(call, opts))
        return -ENOMEM;
    o = &call->observers->outgoing;
    o->interceptors = carrier->interceptors;
    o->n_interceptors = (uint32_t)carrier->n_interceptors;
    code = terni_outgoing_begin(o, tern_poller_now_ns(carrier->poller), h->deadline_ns);
    if (code != TERN_OK)
        terni_outcall_fail(call, code, o->refusal);
    return terni_arena_error(&call->head.arena);
}

// The call's choice, or else its channel's.
static void set_packing(terni_outcall *call, const tern_call_opts *opts)
{
    const terni_packing    *of_channel = &call->carrier->packing;
    tern_compression_choice choice = { of_channel->with, of_channel->which };
    tern_pool              *pool = tern_poller_pool(call->carrier->poller);
    const char             *why;

    if (opts && opts->compression.with)
        choice = opts->compression;
    if ((why = terni_call_packing_set(&call->packing, pool, &choice, of_channel->from_bytes)))
        terni_outcall_fail(call, TERN_INVALID_ARGUMENT, why);
}

static int add_what_is_wanted(terni_outcall *call, const tern_call_opts *opts, terni_style style)
{
    terni_heritage h = inherit(call, opts, style);
    int            err = 0;

    if (!call->request_plan || !call->reply_plan)
        return -ENOMEM;
    if (TERN_UNLIKELY(h.scope || terni_observers_are_wanted(opts) || call->carrier->interceptors))
        err = add_observers(call, opts, &h);
    else if (!copy_metadata(call, opts))
        err = -ENOMEM;
    if (TERN_UNLIKELY(call->head.fault != NULL))
        terni_outcall_fail(call, TERN_INVALID_ARGUMENT, call->head.fault);
    if (TERN_UNLIKELY(call->carrier->packing.with || (opts && opts->compression.with)))
        set_packing(call, opts);
    return err;
}

int terni_outcall_init(terni_outcall *call, terni_carrier *carrier, const tern_method *method,
                       const tern_call_opts *opts, terni_style style)
{
    int err;

    memset(call, 0, offsetof(terni_outcall, room));
    call->carrier = carrier;
    call->head.method = method;
    call->request_plan = terni_plan_get(method->request);
    call->reply_plan = terni_plan_get(method->reply);
    terni_arena_init_with(&call->head.arena, NULL, TERN_MAX_ARENA_BYTES, call->room,
                          sizeof call->room);
    tern_timer_init(&call->timer, on_deadline);
    call->head.deadline_ns = deadline_of(call, opts);
    call->is_last = method->kind == TERN_UNARY || method->kind == TERN_SERVER_STREAM;
    call->waits_for_ready = opts && opts->wait_for_ready;
    call->is_detached = opts && opts->detached;
    if (TERN_UNLIKELY((err = add_what_is_wanted(call, opts, style)) < 0))
        terni_observers_refuse(opts, terni_outcall_no_memory());
    return err;
}

// A call that failed before it was started has not been closed.
void terni_outcall_done(terni_outcall *call)
{
    terni_observers *x = call->observers;
    bool             is_ended = call->status.code != TERN_OK || (x && x->is_closed);

    TERN_DEBUG_ASSERT(call->state == TERNI_OUTCALL_IDLE || call->state == TERNI_OUTCALL_DONE);
    TERN_DEBUG_ASSERT(!call->body_block && !tern_timer_is_set(&call->timer));
    if (TERN_UNLIKELY(x))
        terni_observers_done(x, is_ended ? call->status : terni_outcall_no_memory());
    terni_arena_done(&call->head.arena);
}

// ---- its request ---------------------------------------------------------

// Room for a request of at most `size` bytes until the call has ended; NULL without memory. A long one
// has a block of its size: the poller's pool has few sizes, and many calls may wait.
static uint8_t *room_for_request(terni_outcall *call, size_t size)
{
    if (size <= MAX_IN_ARENA)
        return terni_arena_alloc(&call->head.arena, size);
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
    if (TERN_UNLIKELY(call->observers) && call->status.code == TERN_OK)
        terni_outgoing_sent(&call->observers->outgoing, request);
    if (bound == 0)
        return write_measured(call, request);
    if (!(room = room_for_request(call, bound)))
        return -ENOMEM;
    call->body = room;
    call->body_len = (size_t)(terni_codec_write_bounded(call->request_plan, request, room) - room);
    TERN_DEBUG_ASSERT(call->body_len <= bound);
    return 0;
}

// ---- start and end -------------------------------------------------------

static const char *failure_of_start(int err)
{
    return err == -EMSGSIZE ? "the request cannot be encoded: it is too large or nested too deeply"
                            : "out of memory for the call";
}

void terni_outcall_start(terni_outcall *call, int err)
{
    tern_code code;

    TERN_DEBUG_ASSERT(call->state == TERNI_OUTCALL_IDLE && call->done);
    if (err < 0)
        terni_outcall_finish(call, TERN_RESOURCE_EXHAUSTED, failure_of_start(err));
    else if (TERN_UNLIKELY(call->status.code !=
                           TERN_OK))  // refused, by an interceptor or the rules
        terni_outcall_finish(call, call->status.code, "");
    else if (TERN_UNLIKELY(call->observers) &&
             (code = terni_observers_start(call->observers)) != TERN_OK)
        terni_outcall_finish(call, code, terni_cancel_reason(code));
    else
        call->carrier->ops->begin(call);
}

#define NO_CHARACTER "\xef\xbf\xbd"  // U+FFFD

// A wire carries zeroes within a text, a C string does not. Given; NULL without memory.
static char *replace_nuls(const char *text, size_t *len)
{
    const size_t n = sizeof NO_CHARACTER - 1;
    char        *clean = tern_mem_alloc(*len * n), *p = clean;

    if (!clean)
        return NULL;
    for (size_t i = 0; i < *len; i++) {
        if (text[i])
            *p++ = text[i];
        else
            p = (char *)memcpy(p, NO_CHARACTER, n) + n;
    }
    *len = (size_t)(p - clean);
    return clean;
}

static void set_status(terni_outcall *call, tern_code code, const char *text, size_t len)
{
    char *clean = len && memchr(text, '\0', len) ? replace_nuls(text, &len) : NULL;

    text = clean ? clean : text ? text : "";
    call->status = tern_status_make(code, "%.*s", (int)len, text);
    if (call->observers)
        terni_observers_keep_message(call->observers, text, len);
    tern_mem_free(clean);
}

void terni_outcall_fail(terni_outcall *call, tern_code code, const char *text)
{
    if (call->status.code == TERN_OK)
        set_status(call, code, text, strlen(text));
}

void terni_outcall_close(terni_outcall *call, const terni_close *close)
{
    TERN_DEBUG_ASSERT(call->state == TERNI_OUTCALL_IDLE && !call->on && !call->link);
    if (call->status.code == TERN_OK && close->code != TERN_OK)
        set_status(call, (tern_code)close->code, close->message, close->message_len);
    if (TERN_UNLIKELY(call->observers))
        terni_observers_close(call->observers, &call->status, close, call->n_attempts);
    tern_timer_cancel(tern_poller_wheel(call->carrier->poller), &call->timer);
    call->body_block = tern_block_unref(call->body_block);
    if (TERN_UNLIKELY(call->packing.request != NULL))
        terni_call_packing_done(&call->packing);
    terni_outcall_set_state(call, TERNI_OUTCALL_DONE);
    call->done(call);  // last: the call may be gone now
}

void terni_outcall_finish(terni_outcall *call, tern_code code, const char *message)
{
    const terni_close close = {
        .code = code, .message = message, .message_len = (uint32_t)strlen(message), .is_reset = true
    };

    terni_outcall_close(call, &close);
}

// ---- for carriers --------------------------------------------------------

bool terni_outcall_is_repeatable(const terni_outcall *call)
{
    return !call->is_answered && !call->reply && !call->status.code &&
           (call->is_last || !call->has_sent);
}

bool terni_outcall_lacks_reply(const terni_outcall *call)
{
    bool wants_reply = !call->events || !call->events->message;

    return wants_reply && !call->reply && !call->status.code;
}
