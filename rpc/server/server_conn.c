// A client's connection, and the life of the calls on it.
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "rpc/call/cancel_internal.h"
#include "rpc/server/server_internal.h"
#include "rpc/base/zero_internal.h"

// The PING between the two GOAWAYs. Keepalive's carry the time.
#define GOODBYE_PING UINT64_C(0x676f6f6462796521)

#define MAX_TIMEOUT_US (TERN_NEVER / 4000)  // beyond these 146 years there is no deadline

static terni_server_conn *conn_of(void *owner)
{
    return TERN_CONTAINER_OF((terni_session *)owner, terni_server_conn, session);
}

static void end_if_over(terni_server_conn *c);

static inline void check_gone(terni_server_conn *c)
{
    if (!c->is_held && !c->calls)
        end_if_over(c);
}

static tern_ctx *ctx_of(terni_stream *s) { return TERN_CONTAINER_OF(s, tern_ctx, stream); }

// ---- calls: birth --------------------------------------------------------

static tern_ctx *new_ctx(terni_worker *w)
{
    tern_ctx  *ctx = tern_mem_alloc(sizeof *ctx);
    tern_pool *pool = tern_poller_pool(w->poller);

    if (!ctx)
        return NULL;
    terni_arena_init_with(&ctx->arena, pool, TERN_MAX_ARENA_BYTES, ctx->first, sizeof ctx->first);
    terni_inbox_init(&ctx->inbox, pool);
    return ctx;
}

void terni_ctx_free(tern_ctx *ctx)
{
    terni_arena_done(&ctx->arena);
    tern_mem_free(ctx);
}

static tern_ctx *take_ctx(terni_worker *w)
{
    tern_ctx *ctx = w->free_calls;

    if (TERN_UNLIKELY(!ctx))
        return new_ctx(w);
    w->free_calls = ctx->next;
    w->n_free_calls--;
    return ctx;
}

static void on_deadline(tern_timer *t)
{
    tern_ctx *ctx = TERN_CONTAINER_OF(t, tern_ctx, deadline_timer);

    terni_ctx_cancel(ctx, TERN_DEADLINE_EXCEEDED);
}

static void set_deadline(tern_ctx *ctx, uint64_t timeout_us)
{
    terni_worker *w = ctx->conn->worker;
    int64_t       max_ms = w->server->opts.max_timeout_ms;
    uint64_t      limit_us = max_ms > 0 ? (uint64_t)max_ms * 1000 : UINT64_MAX;

    if (timeout_us == 0 || timeout_us > limit_us)
        timeout_us = limit_us;
    ctx->deadline_ns = timeout_us > MAX_TIMEOUT_US
                           ? TERN_NEVER
                           : tern_poller_now_ns(w->poller) + timeout_us * 1000;
}

// Most calls are answered before this has a turn, and cost no timer. Newer calls come first, so those
// behind one that is timed are timed.
static void time_new_calls(terni_session *s)
{
    terni_server_conn *c = conn_of(s);
    tern_wheel        *wheel = tern_poller_wheel(c->worker->poller);

    for (tern_ctx *ctx = c->calls; ctx && !ctx->is_timed; ctx = ctx->next) {
        ctx->is_timed = true;
        tern_timer_init(&ctx->deadline_timer, on_deadline);
        tern_timer_set(wheel, &ctx->deadline_timer, ctx->deadline_ns);
    }
}

static bool copy_metadata(tern_ctx *ctx, const terni_meta_list *list)
{
    tern_metadata *copy;

    if (list->n == 0)
        return true;
    if (!(copy = terni_arena_alloc(&ctx->arena, list->n * sizeof *copy)))
        return false;
    for (uint32_t i = 0; i < list->n; i++) {
        const terni_meta *m = &list->entries[i];

        copy[i].key = terni_arena_strndup(&ctx->arena, m->key, m->key_len);
        copy[i].value = terni_arena_strndup(&ctx->arena, (const char *)m->value, m->value_len);
        copy[i].len = m->value_len;
        if (!copy[i].key || !copy[i].value)
            return false;
    }
    ctx->metadata = copy;
    ctx->n_metadata = list->n;
    return true;
}

static void link_call(terni_server_conn *c, tern_ctx *ctx)
{
    ctx->conn = c;
    ctx->next = c->calls;
    ctx->link = &c->calls;
    if (ctx->next)
        ctx->next->link = &ctx->next;
    c->calls = ctx;
    c->worker->n_calls++;
}

// A call beyond a limit is answered where its handler would be started.
static void admit(tern_ctx *ctx)
{
    tern_server *srv = ctx->conn->worker->server;
    terni_quota *of_method = ctx->method ? ctx->method->calls : NULL;

    if (!terni_quota_take(&srv->calls, 1)) {
        (void)!tern_fail(ctx, TERN_RESOURCE_EXHAUSTED,
                         "the server has max_calls (%u) calls in progress", srv->opts.max_calls);
    } else if (of_method && !terni_quota_take(of_method, 1)) {
        terni_quota_give(&srv->calls, 1);
        (void)!tern_fail(ctx, TERN_RESOURCE_EXHAUSTED, "%s has its max_calls (%u) in progress",
                         ctx->method->def->path, (unsigned)of_method->max);
    } else {
        ctx->is_counted = true;
    }
}

static void discharge(tern_ctx *ctx)
{
    if (ctx->method && ctx->method->calls)
        terni_quota_give(ctx->method->calls, 1);
    terni_quota_give(&ctx->conn->worker->server->calls, 1);
}

static bool has_limit(const tern_ctx *ctx)
{
    return ctx->conn->worker->server->calls.max || (ctx->method && ctx->method->calls);
}

static terni_stream *on_opened(void *owner, const terni_open *open)
{
    terni_server_conn *c = conn_of(owner);
    tern_ctx          *ctx = take_ctx(c->worker);

    if (!ctx)
        return NULL;
    terni_zero(&ctx->handle, offsetof(tern_ctx, arena) - offsetof(tern_ctx, handle));
    ctx->handle.ctx = ctx;
    ctx->method = open->method;
    link_call(c, ctx);
    set_deadline(ctx, open->timeout_us);
    if (TERN_UNLIKELY(has_limit(ctx)))
        admit(ctx);
    if (!copy_metadata(ctx, &open->metadata))
        terni_ctx_set_failure(ctx, TERN_RESOURCE_EXHAUSTED, "out of memory");
    return &ctx->stream;
}

// ---- calls: death --------------------------------------------------------

// The handler is done and the answer is on its way (or nobody wants it).
void terni_ctx_release(tern_ctx *ctx)
{
    terni_server_conn *c = ctx->conn;
    terni_worker      *w = c->worker;

    ctx->is_released = true;
    if (ctx->is_ready_queued || ctx->is_cancel_queued ||
        __atomic_load_n(&ctx->n_posted, __ATOMIC_ACQUIRE))
        return;  // what is on its way will come here again
    *ctx->link = ctx->next;
    if (ctx->next)
        ctx->next->link = ctx->link;
    if (TERN_UNLIKELY(ctx->is_counted))
        discharge(ctx);
    if (ctx->is_timed)
        tern_timer_cancel(tern_poller_wheel(w->poller), &ctx->deadline_timer);
    terni_inbox_done(&ctx->inbox);
    if (ctx->has_item_arena)
        terni_arena_done(&ctx->item_arena);
    if (ctx->has_tmp)
        terni_arena_done(&ctx->tmp);
    if (TERN_UNLIKELY(ctx->scope))
        terni_cancel_unref(ctx->scope);
    terni_arena_reset(&ctx->arena);
    w->n_calls--;
    if (w->n_free_calls < TERNI_MAX_FREE_CALLS) {
        ctx->next = w->free_calls;
        w->free_calls = ctx;
        w->n_free_calls++;
    } else {
        terni_ctx_free(ctx);
    }
    check_gone(c);
}

// ---- calls: given up -----------------------------------------------------

void terni_ctx_cancel(tern_ctx *ctx, tern_code why)
{
    static const char late[] = "the deadline has passed";
    const terni_close close = { .code = why, .message = late, .message_len = sizeof late - 1 };
    terni_session    *s = &ctx->conn->session;

    if (ctx->is_cancelled || ctx->is_done)
        return;
    ctx->why = why;
    __atomic_store_n(&ctx->is_cancelled, true, __ATOMIC_RELEASE);  // for an offloaded handler
    if (!ctx->is_offloaded)
        ctx->code = why;
    if (why == TERN_DEADLINE_EXCEEDED && ctx->stream.id) {
        if (ctx->stream.flags & TERNI_STREAM_BLOCKED)
            terni_session_cancel(s, &ctx->stream, why, late);
        else
            (void)!terni_session_finish(s, &ctx->stream, &close, NULL);  // it is over for us anyway
    }
    if (!ctx->is_dispatched)
        terni_ctx_release(ctx);
    else
        terni_dispatch_on_cancel(ctx);
}

// ---- the engine's events -------------------------------------------------

static void *on_lookup(void *owner, const char *path, size_t len)
{
    return (void *)(uintptr_t)terni_registry_find(&conn_of(owner)->worker->server->registry, path,
                                                  len);
}

static void on_began(void *owner, terni_stream *s)
{
    (void)owner;
    terni_dispatch_on_began(ctx_of(s));
}

static void on_message(void *owner, terni_stream *s, const terni_piece *piece)
{
    (void)owner;
    terni_dispatch_on_message(ctx_of(s), piece);
}

static void on_ended(void *owner, terni_stream *s)
{
    (void)owner;
    terni_dispatch_on_end(ctx_of(s));
}

static void on_stream_closed(void *owner, terni_stream *s, const terni_close *close)
{
    tern_ctx *ctx = ctx_of(s);

    (void)owner;
    ctx->is_on_wire = false;
    if (ctx->is_done)
        terni_ctx_release(ctx);  // the answer was still waiting
    else
        terni_ctx_cancel(ctx, close->code == TERN_OK ? TERN_CANCELLED : (tern_code)close->code);
}

static void on_writable(void *owner, terni_stream *s)
{
    tern_ctx *ctx = ctx_of(s);

    (void)owner;
    if (!ctx->is_on_wire) {
        terni_dispatch_on_writable(ctx);
        return;
    }
    ctx->is_on_wire = false;
    if (ctx->is_done)
        terni_ctx_release(ctx);
}

static void on_pong(void *owner, uint64_t opaque)
{
    terni_server_conn *c = conn_of(owner);

    if (opaque == GOODBYE_PING)
        terni_server_conn_say_last(c);
}

static bool on_announced(void *owner, size_t bytes)
{
    return terni_quota_take(&conn_of(owner)->worker->server->memory, bytes);
}

static void on_taken(void *owner, size_t bytes)
{
    terni_quota_give(&conn_of(owner)->worker->server->memory, bytes);
}

static const terni_wire_events conn_events = {
    .announced = on_announced,
    .taken = on_taken,
    .lookup = on_lookup,
    .opened = on_opened,
    .began = on_began,
    .message = on_message,
    .ended = on_ended,
    .closed = on_stream_closed,
    .writable = on_writable,
    .pong = on_pong,
    .failed = terni_session_failed,
};

// ---- the connection ------------------------------------------------------

static void free_conn(terni_server_conn *c)
{
    terni_worker *w = c->worker;

    *c->link = c->next;
    if (c->next)
        c->next->link = c->link;
    terni_quota_give(&w->server->connections, 1);
    tern_mem_free(c->address);
    tern_mem_free(c);
    terni_worker_check_stopped(w);
}

// One that is going is closed when its last call is; one whose connection is gone stays until its last
// handler has returned.
static void end_if_over(terni_server_conn *c)
{
    if (terni_session_is_gone(&c->session))
        free_conn(c);
    else if (c->is_going)
        terni_session_close(&c->session);
}

static void on_session_closed(terni_session *s, int err, const char *why)
{
    terni_server_conn *c = conn_of(s);

    (void)err;
    (void)why;
    c->is_held = true;
    for (tern_ctx *ctx = c->calls, *next; ctx; ctx = next) {
        next = ctx->next;
        if (ctx->is_done)
            terni_ctx_release(ctx);
        else
            terni_ctx_cancel(ctx, TERN_CANCELLED);
    }
    c->is_held = false;
    check_gone(c);
}

static void on_recognised(terni_session *s)
{
    terni_server_conn *c = conn_of(s);

    if (c->worker->is_stopping)
        terni_server_conn_go(c);
}

// Async handlers that waited for room in the connection, not in their stream.
static void tell_starved(terni_session *s)
{
    for (tern_ctx *ctx = conn_of(s)->calls; ctx; ctx = ctx->next)
        if (ctx->is_waiting_out && ctx->method->async &&
            !(ctx->stream.flags & TERNI_STREAM_BLOCKED))
            terni_dispatch_on_writable(ctx);
}

static const terni_session_hooks conn_hooks = {
    .recognised = on_recognised,
    .fed = time_new_calls,
    .drained = tell_starved,
    .closed = on_session_closed,
};

void terni_server_conn_go(terni_server_conn *c)
{
    terni_session *s = &c->session;

    if (!terni_session_is_open(
            s)) {  // it is told when it has said what it speaks, which it may do for a little while
        terni_session_expect_by(s, tern_poller_now_ns(c->worker->poller) + TERN_NS_PER_S);
        return;
    }
    terni_session_goaway(s, false, "the server is stopping");
    terni_session_ping(s, GOODBYE_PING);
}

void terni_server_conn_say_last(terni_server_conn *c)
{
    terni_session *s = &c->session;

    if (c->is_going || !terni_session_is_open(s))
        return;
    c->is_going = true;
    terni_session_goaway(s, true, "the server is stopping");
    check_gone(c);
}

void terni_server_conn_abort(terni_server_conn *c) { terni_session_abort(&c->session); }

void terni_server_conn_start(terni_worker *w, int fd)
{
    terni_server_conn *c = tern_mem_zalloc(sizeof *c);

    if (!c) {
        tern_log(TERN_LOG_WARNING, "a connection is refused: out of memory");
        terni_quota_give(&w->server->connections, 1);
        close(fd);
        return;
    }
    c->worker = w;
    c->session = (terni_session){ .events = &conn_events,
                                  .hooks = &conn_hooks,
                                  .limits = &w->server->limits,
                                  .protocols = terni_protocols };
    if (terni_session_start(&c->session, w->poller, fd, TERNI_SERVER) < 0) {
        tern_log(TERN_LOG_WARNING, "a connection is refused: out of memory");
        terni_quota_give(&w->server->connections, 1);
        tern_mem_free(c);
        return;
    }
    terni_session_keep_alive(&c->session, w->server->opts.keepalive_ms,
                             w->server->opts.keepalive_timeout_ms);
    c->next = w->conns;
    c->link = &w->conns;
    if (c->next)
        c->next->link = &c->next;
    w->conns = c;
}

const char *terni_server_conn_address(terni_server_conn *c)
{
    char text[TERN_MAX_ADDRESS];

    if (!c->address && terni_session_peer_address(&c->session, text))
        c->address = tern_mem_strdup(text);
    return c->address ? c->address : "";
}
