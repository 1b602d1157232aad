// What a handler may ask of its call, and say.
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include <tern/mem.h>

#include "rpc/server/server_internal.h"

static char no_string[1];

// ---- memory --------------------------------------------------------------

char *tern_printf(tern_ctx *ctx, const char *fmt, ...)
{
    va_list args;
    char   *text;

    va_start(args, fmt);
    text = terni_arena_vprintf(&ctx->arena, fmt, args);
    va_end(args);
    return text ? text : no_string;
}

char *tern_tmpf(tern_ctx *ctx, const char *fmt, ...)
{
    va_list args;
    char   *text;

    if (!ctx->has_tmp)
        terni_arena_init(&ctx->tmp,
                         ctx->is_offloaded ? NULL : tern_poller_pool(ctx->conn->worker->poller),
                         TERN_MAX_ARENA_BYTES);
    ctx->has_tmp = true;
    va_start(args, fmt);
    text = terni_arena_vprintf(&ctx->tmp, fmt, args);
    va_end(args);
    if (!text)  // the failure outlives the next reset
        terni_ctx_set_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for the call");
    return text ? text : no_string;
}

void *tern_ctx_alloc(tern_ctx *ctx, size_t n, size_t size)
{
    size_t bytes;

    return __builtin_mul_overflow(n, size, &bytes) ? NULL : terni_arena_zalloc(&ctx->arena, bytes);
}

static void free_message(void *message) { terni_codec_free(message); }

// Without memory it goes at once, and so does all hope of a reply.
void tern_ctx_own(tern_ctx *ctx, void *message)
{
    if (message)
        (void)!terni_arena_hold(&ctx->arena, free_message, message);
}

// ---- failure -------------------------------------------------------------

void terni_ctx_set_failure(tern_ctx *ctx, tern_code code, const char *message)
{
    ctx->code = code;
    ctx->message = terni_arena_strndup(&ctx->arena, message, strlen(message));
}

void terni_ctx_set_code(tern_ctx *ctx, tern_code code)
{
    if ((unsigned)code > TERN_UNAUTHENTICATED) {
        terni_ctx_set_failure(ctx, TERN_UNKNOWN, "the handler returned a number that is no code");
        return;
    }
    if (ctx->code != code)
        ctx->message = NULL;
    ctx->code = code;
}

tern_status terni_ctx_status(const tern_ctx *ctx)
{
    if (!ctx->is_cancelled)
        return tern_status_make(ctx->code, "%s", ctx->message ? ctx->message : "");
    return tern_status_make(ctx->why, ctx->why == TERN_DEADLINE_EXCEEDED ? "the deadline has passed"
                                                                         : "the caller has gone");
}

tern_code tern_fail(tern_ctx *ctx, tern_code code, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    ctx->message = terni_arena_vprintf(&ctx->arena, fmt, args);
    va_end(args);
    ctx->code = code;
    return code;
}

void tern_fail_details(tern_ctx *ctx, const void *details, size_t len)
{
    if (!(ctx->details = terni_arena_alloc(&ctx->arena, len)))
        return;  // sticky
    memcpy(ctx->details, details, len);
    ctx->details_len = len;
}

// ---- the caller ----------------------------------------------------------

void *tern_ctx_user_data(const tern_ctx *ctx) { return ctx->method->user_data; }

const char *tern_ctx_peer(const tern_ctx *ctx) { return terni_server_conn_address(ctx->conn); }

const char *tern_ctx_method(const tern_ctx *ctx) { return ctx->method->def->path; }

int tern_ctx_credentials(const tern_ctx *ctx, tern_credentials *ret)
{
    struct ucred cred;
    int          err = terni_session_peer_cred(&ctx->conn->session, &cred);

    if (err == 0)
        *ret = (tern_credentials){ cred.pid, cred.uid, cred.gid };
    return err;
}

struct terni_value {
    const void  *key;
    void        *value;
    terni_value *next;
};

static terni_value *find_value(const tern_ctx *ctx, const void *key)
{
    terni_value *v = ctx->values;

    while (v && v->key != key)
        v = v->next;
    return v;
}

void tern_ctx_set_value(tern_ctx *ctx, const void *key, void *value)
{
    terni_value *v = find_value(ctx, key);

    if (!v) {
        if (!(v = terni_arena_alloc(&ctx->arena, sizeof *v)))
            return;  // sticky
        *v = (terni_value){ .key = key, .next = ctx->values };
        ctx->values = v;
    }
    v->value = value;
}

void *tern_ctx_value(const tern_ctx *ctx, const void *key)
{
    const terni_value *v = find_value(ctx, key);

    return v ? v->value : NULL;
}

const tern_metadata *tern_ctx_metadata(const tern_ctx *ctx, const char *key)
{
    for (uint32_t i = ctx->n_metadata; i-- > 0;)
        if (strcmp(ctx->metadata[i].key, key) == 0)
            return &ctx->metadata[i];
    return NULL;
}

static void add_metadata(tern_ctx *ctx, tern_metadata **list, uint32_t *n, const tern_metadata *m)
{
    tern_metadata *longer = terni_arena_alloc(&ctx->arena, (*n + 1) * sizeof *longer);
    char          *value;

    if (!longer)
        return;  // sticky
    if (*n)
        memcpy(longer, *list, *n * sizeof *longer);
    value = terni_arena_strndup(&ctx->arena, m->value, m->len);
    longer[*n] =
        (tern_metadata){ terni_arena_strndup(&ctx->arena, m->key, strlen(m->key)), value, m->len };
    if (!longer[*n].key || !value)
        return;
    *list = longer;
    ++*n;
}

void tern_ctx_add_initial(tern_ctx *ctx, const tern_metadata *m)
{
    if (ctx->has_sent_initial)
        terni_ctx_set_failure(ctx, TERN_FAILED_PRECONDITION,
                              "initial metadata were added after the first message");
    else
        add_metadata(ctx, &ctx->initial, &ctx->n_initial, m);
}

void tern_ctx_add_trailing(tern_ctx *ctx, const tern_metadata *m)
{
    add_metadata(ctx, &ctx->trailing, &ctx->n_trailing, m);
}

// ---- the end before the end ----------------------------------------------

tern_code tern_ctx_check(const tern_ctx *ctx)
{
    return __atomic_load_n(&ctx->is_cancelled, __ATOMIC_ACQUIRE) ? ctx->why : TERN_OK;
}

// Another thread must not read the poller's clock.
static uint64_t now_ns(const tern_ctx *ctx)
{
    struct timespec t;

    if (!ctx->is_offloaded)
        return tern_poller_now_ns(ctx->conn->worker->poller);
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * TERN_NS_PER_S + (uint64_t)t.tv_nsec;
}

int64_t tern_ctx_time_left_ms(const tern_ctx *ctx)
{
    uint64_t now = now_ns(ctx);

    if (ctx->deadline_ns == TERN_NEVER)
        return INT64_MAX;
    return ctx->deadline_ns > now ? (int64_t)((ctx->deadline_ns - now) / TERN_NS_PER_MS) : 0;
}

void tern_ctx_on_cancel(tern_ctx *ctx, tern_ctx_fn *fn, void *arg)
{
    ctx->on_cancel = fn;
    ctx->on_cancel_arg = arg;
    if (ctx->is_cancelled && !ctx->is_cancel_queued)
        terni_dispatch_on_cancel(ctx);
}

// ---- from any thread -----------------------------------------------------

// The call stays until what was posted has run, though it may have ended by then.
static void land(tern_ctx *ctx)
{
    bool is_last = __atomic_sub_fetch(&ctx->n_posted, 1, __ATOMIC_ACQ_REL) == 0;

    if (is_last && ctx->is_released)
        terni_ctx_release(ctx);
}

static void run_posted(tern_task *task)
{
    terni_post *p = TERN_CONTAINER_OF(task, terni_post, task);
    terni_post  copy = *p;

    if (p == &copy.ctx->slot)
        __atomic_store_n(&copy.ctx->is_slot_taken, false, __ATOMIC_RELEASE);
    else
        tern_mem_free(p);
    copy.fn(copy.ctx, copy.arg);
    land(copy.ctx);
}

// An answer that could not come back would be a call that never ends: without memory the sender waits for
// some, or for the slot.
static terni_post *take_post(tern_ctx *ctx)
{
    static const struct timespec a_while = { .tv_nsec = TERN_NS_PER_MS };
    terni_post                  *p;

    for (;;) {
        if (!__atomic_exchange_n(&ctx->is_slot_taken, true, __ATOMIC_ACQUIRE))
            return &ctx->slot;
        if ((p = tern_mem_alloc(sizeof *p)))
            return p;
        nanosleep(&a_while, NULL);
    }
}

void tern_ctx_post(tern_ctx *ctx, tern_ctx_fn *fn, void *arg)
{
    terni_post *p;

    __atomic_add_fetch(&ctx->n_posted, 1, __ATOMIC_RELAXED);
    p = take_post(ctx);
    *p = (terni_post){ .task.run = run_posted, .ctx = ctx, .fn = fn, .arg = arg };
    tern_poller_post(ctx->conn->worker->poller, &p->task);
}

// ---- sync handlers: streams ----------------------------------------------

static tern_ctx *ctx_of(void *handle) { return ((tern_stub_handle *)handle)->ctx; }

static tern_code failure_of_send(tern_ctx *ctx, int err)
{
    if (err == -EMSGSIZE)
        return tern_fail(ctx, TERN_RESOURCE_EXHAUSTED,
                         "the message is larger than the caller's max_message");
    return tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory for the message");
}

// Waits until the peer has taken the message before. A handler that runs inline cannot wait.
static void wait_for_room(tern_ctx *ctx)
{
    while (!ctx->is_cancelled && ctx->stream.flags & TERNI_STREAM_BLOCKED) {
        ctx->is_waiting_out = true;
        if (tern_fiber_park("room to send on a stream", TERN_NEVER) < 0)
            break;
    }
    ctx->is_waiting_out = false;
}

tern_code tern_stub_out_send(void *out, const void *msg)
{
    tern_ctx *ctx = ctx_of(out);
    int       err;

    wait_for_room(ctx);
    if (ctx->is_cancelled)
        return ctx->code;
    if (ctx->stream.flags & TERNI_STREAM_BLOCKED)
        return TERN_CANCELLED;  // somebody cancelled this fiber
    if (terni_arena_error(&ctx->arena) || ctx->code != TERN_OK)
        return ctx->code ? ctx->code : TERN_RESOURCE_EXHAUSTED;
    if ((err = terni_ctx_send(ctx, msg)) < 0)
        return failure_of_send(ctx, err);
    wait_for_room(ctx);
    return ctx->is_cancelled ? ctx->code : TERN_OK;
}

const void *tern_stub_in_next(void *in)
{
    tern_ctx *ctx = ctx_of(in);

    while (terni_inbox_is_empty(&ctx->inbox) && !ctx->has_ended_in && !ctx->is_cancelled) {
        ctx->is_waiting_in = true;
        if (tern_fiber_park("the next message of a stream", TERN_NEVER) < 0)
            break;
    }
    ctx->is_waiting_in = false;
    return ctx->is_cancelled ? NULL : terni_dispatch_take_item(ctx);
}

// ---- async handlers ------------------------------------------------------

// The answer is encoded here, so a reply may be a literal of the caller's. The call itself goes when
// none of its callbacks is on the stack or on its way.
static void settle(tern_ctx *ctx, const void *reply)
{
    if (ctx->is_answered)
        return;
    terni_ctx_answer(ctx, reply);
    ctx->is_answered = true;
    if (!ctx->is_in_handler && !ctx->is_ready_queued && !ctx->is_cancel_queued)
        terni_dispatch_finish_async(ctx);
}

void tern_stub_reply(void *call, const void *reply) { settle(ctx_of(call), reply); }

void tern_stub_fail(void *call, tern_code code)
{
    tern_ctx *ctx = ctx_of(call);

    if (!ctx->is_cancelled)
        terni_ctx_set_code(ctx, code);
    settle(ctx, NULL);
}

void tern_stub_out_push(void *out, const void *msg)
{
    tern_ctx *ctx = ctx_of(out);
    int       err;

    ctx->has_pushed = true;
    if (ctx->is_cancelled || ctx->is_answered)
        return;
    if (ctx->stream.flags & TERNI_STREAM_BLOCKED) {
        terni_ctx_set_failure(ctx, TERN_FAILED_PRECONDITION,
                              "push without room: push once per `ready`");
        settle(ctx, NULL);
    } else if ((err = terni_ctx_send(ctx, msg)) < 0) {
        (void)failure_of_send(ctx, err);
        settle(ctx, NULL);
    }
}

void tern_stub_out_finish(void *out, tern_code code) { tern_stub_fail(out, code); }

static void run_wake(tern_task *task)
{
    tern_ctx *ctx = TERN_CONTAINER_OF(task, tern_ctx, wake_task);

    __atomic_store_n(&ctx->is_wake_posted, false, __ATOMIC_RELEASE);  // before the handler looks
    if (!ctx->is_cancelled && !ctx->is_answered)
        terni_dispatch_queue_ready(ctx);
    land(ctx);
}

void tern_stub_wake(void *handle)
{
    tern_ctx *ctx = ctx_of(handle);

    if (__atomic_exchange_n(&ctx->is_wake_posted, true, __ATOMIC_ACQ_REL))
        return;  // it will come
    __atomic_add_fetch(&ctx->n_posted, 1, __ATOMIC_RELAXED);
    ctx->wake_task.run = run_wake;
    tern_poller_post(ctx->conn->worker->poller, &ctx->wake_task);
}
