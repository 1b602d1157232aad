#include "rpc/server/server_conn_internal.h"

#include <unistd.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "rpc/base/list_internal.h"
#include "rpc/server/dispatch_internal.h"
#include "rpc/session/protocols_internal.h"

// The PING between the two GOAWAYs. Keepalive's carry the time.
#define GOODBYE_PING UINT64_C(0x676f6f6462796521)

static terni_server_conn *conn_of(void *session)
{
    return TERN_CONTAINER_OF((terni_session *)session, terni_server_conn, caller.session);
}

// Of the engine's events: a call that is one of this very connection's.
static tern_ctx *ctx_of(void *owner, terni_stream *s)
{
    tern_ctx *ctx = TERN_CONTAINER_OF(s, tern_ctx, stream);

    (void)owner;
    TERN_DEBUG_ASSERT(ctx->state != TERNI_CTX_FREE && ctx->caller == &conn_of(owner)->caller);
    return ctx;
}

// ---- the engine's events: calls ------------------------------------------

static void *on_lookup(void *owner, const char *path, size_t len)
{
    return (void *)(uintptr_t)terni_registry_find(&conn_of(owner)->caller.home->policy->registry,
                                                  path, len);
}

static terni_stream *on_opened(void *owner, const terni_open *open)
{
    tern_ctx *ctx = terni_ctx_open(&conn_of(owner)->caller, open);

    return ctx ? &ctx->stream : NULL;
}

static void on_began(void *owner, terni_stream *s)
{
    tern_ctx           *ctx = ctx_of(owner, s);
    const terni_policy *policy = ctx->caller->home->policy;

    if (TERN_UNLIKELY(policy->window))
        terni_session_set_window(
            owner, s, ctx->method && ctx->method->window ? ctx->method->window : policy->window);
    terni_dispatch_began(ctx);
}

static void on_message(void *owner, terni_stream *s, const terni_piece *piece)
{
    terni_dispatch_message(ctx_of(owner, s), piece);
}

static void on_ended(void *owner, terni_stream *s) { terni_dispatch_end_in(ctx_of(owner, s)); }

static void on_stream_closed(void *owner, terni_stream *s, const terni_close *close)
{
    terni_dispatch_closed(ctx_of(owner, s), (tern_code)close->code);
}

static void on_writable(void *owner, terni_stream *s) { terni_dispatch_writable(ctx_of(owner, s)); }

// ---- the engine's events: the connection ---------------------------------

static void on_pong(void *owner, uint64_t opaque)
{
    if (opaque == GOODBYE_PING)
        terni_server_conn_say_last(conn_of(owner));
}

static bool on_announced(void *owner, size_t bytes)
{
    const terni_home *home = conn_of(owner)->caller.home;

    return home->announce(home->owner, terni_session_announced(owner), bytes);
}

static void on_taken(void *owner, size_t bytes)
{
    terni_quota_give(&conn_of(owner)->caller.home->policy->memory, bytes);
}

static bool has_calls(void *conn) { return ((const terni_server_conn *)conn)->caller.calls; }

static uint64_t heard_ns(void *conn)
{
    return terni_session_heard_ns(&((const terni_server_conn *)conn)->caller.session);
}

static void leave(void *conn, const char *why);

static void say_last(void *conn) { terni_server_conn_say_last(conn); }

static void end(void *conn) { terni_server_conn_abort(conn); }

static const terni_stay_hooks stay_hooks = { has_calls, heard_ns, leave, say_last, end };

static void begin_stay(terni_server_conn *c, const terni_policy *policy)
{
    if (!(c->stay = tern_mem_alloc(sizeof *c->stay))) {
        terni_session_log(&c->caller.session, "may stay for ever", "out of memory");
        return;
    }
    *c->stay = (terni_stay){ .hooks = &stay_hooks,
                             .owner = c,
                             .poller = c->caller.home->poller,
                             .idle_ms = policy->idle_timeout_ms,
                             .age_ms = policy->max_age_ms,
                             .grace_ms = policy->max_age_grace_ms };
    terni_stay_start(c->stay);
}

static void on_settled(void *owner)
{
    terni_server_conn  *c = conn_of(owner);
    const terni_policy *policy = c->caller.home->policy;

    terni_session_settled(owner);
    if (policy->idle_timeout_ms > 0 || policy->max_age_ms > 0)
        begin_stay(c, policy);
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
    .settled = on_settled,
    .now_ns = terni_session_now_ns,
    .failed = terni_session_failed,
};

// ---- the end -------------------------------------------------------------

static void free_conn(terni_server_conn *c)
{
    const terni_home *home = c->caller.home;

    TERN_ASSERT(!c->caller.calls && !c->caller.is_held);
    TERNI_LIST_REMOVE(c);
    terni_quota_give(&home->policy->connections, 1);
    tern_mem_free(c->caller.address);
    tern_mem_free(c->caller.accepted);
    tern_mem_free(c->caller.identity);
    tern_mem_free(c->stay);
    tern_mem_free(c);
    home->gone(home->owner);
}

// One that is going is closed when its last call is; one whose connection is gone stays until its last
// handler has returned.
static void check_gone(terni_server_conn *c)
{
    if (c->caller.is_held || c->caller.calls)
        return;
    if (terni_session_is_gone(&c->caller.session))
        free_conn(c);
    else if (c->caller.is_going)
        terni_session_close(&c->caller.session);
}

static void on_emptied(terni_caller *caller)
{
    check_gone(TERN_CONTAINER_OF(caller, terni_server_conn, caller));
}

typedef void end_call_fn(tern_ctx *ctx, void *arg);

// Of which some may go meanwhile.
static void end_calls(terni_server_conn *c, end_call_fn *end_call, void *arg)
{
    c->caller.is_held = true;
    for (tern_ctx *ctx = c->caller.calls, *next; ctx; ctx = next) {
        next = ctx->next;
        end_call(ctx, arg);
    }
    c->caller.is_held = false;
    check_gone(c);
}

static void cancel_call(tern_ctx *ctx, void *unused)
{
    (void)unused;
    terni_dispatch_closed(ctx, TERN_CANCELLED);
}

static void on_session_closed(terni_session *s, int err, const char *why)
{
    terni_server_conn *c = conn_of(s);

    (void)err;
    (void)why;
    if (c->stay)
        terni_stay_stop(c->stay);
    c->caller.is_ending = true;
    end_calls(c, cancel_call, NULL);
}

typedef struct refusal refusal;
struct refusal {
    const char *why;
    uint64_t    n;
};

static void refuse_call(tern_ctx *ctx, void *arg)
{
    refusal *r = arg;

    r->n += terni_dispatch_refuse(ctx, r->why);
}

uint64_t terni_server_conn_refuse_calls(terni_server_conn *c, const char *why)
{
    refusal r = { .why = why };

    end_calls(c, refuse_call, &r);
    return r.n;
}

void terni_server_conn_weigh(terni_server_conn *c)
{
    c->waiting = terni_session_memory(&c->caller.session);
    c->in_hands = sizeof *c;
    for (const tern_ctx *ctx = c->caller.calls; ctx; ctx = ctx->next) {
        c->waiting += terni_inbox_memory(&ctx->inbox);
        c->in_hands += terni_ctx_memory(ctx);
    }
}

// ---- the session's events ------------------------------------------------

static void on_recognised(terni_session *s)
{
    terni_server_conn *c = conn_of(s);

    if (c->caller.is_leaving)
        terni_server_conn_go(c);
}

static void on_deadline(tern_timer *t)
{
    terni_dispatch_cancel(TERN_CONTAINER_OF(t, tern_ctx, deadline_timer), TERN_DEADLINE_EXCEEDED);
}

// Only a call that lasts makes it matter whether its client is alive: connections that are idle, or whose calls
// are quick, are spared the memory and the timer.
static void keep_alive(terni_caller *caller)
{
    const terni_policy *policy = caller->home->policy;

    terni_session_keep_alive(&caller->session, policy->keepalive_ms, policy->keepalive_timeout_ms);
}

// Most calls are answered before this has a turn, and cost no timer. Newer calls come first, so those
// behind one that is timed are timed.
static void time_new_calls(terni_session *s)
{
    terni_caller *caller = &conn_of(s)->caller;
    tern_wheel   *wheel = tern_poller_wheel(caller->home->poller);

    if (caller->calls && !caller->calls->is_timed)
        keep_alive(caller);
    for (tern_ctx *ctx = caller->calls; ctx && !ctx->is_timed; ctx = ctx->next) {
        ctx->is_timed = true;
        ctx->since_ns = tern_poller_now_ns(caller->home->poller);
        tern_timer_init(&ctx->deadline_timer, on_deadline);
        tern_timer_set(wheel, &ctx->deadline_timer, ctx->as_parent.deadline_ns);
    }
}

// Async handlers that waited for room in the connection, not in their stream.
static void tell_starved(terni_session *s)
{
    for (tern_ctx *ctx = conn_of(s)->caller.calls; ctx; ctx = ctx->next)
        if (ctx->waits_for == TERNI_WAITS_OUT && ctx->method->async &&
            !(ctx->stream.flags & TERNI_STREAM_BLOCKED))
            terni_dispatch_writable(ctx);
}

static const terni_session_hooks conn_hooks = {
    .protocols = terni_protocols,
    .recognised = on_recognised,
    .fed = time_new_calls,
    .drained = tell_starved,
    .closed = on_session_closed,
};

// ---- goodbye -------------------------------------------------------------

static void leave(void *conn, const char *why)
{
    terni_server_conn *c = conn;
    terni_session     *s = &c->caller.session;
    char               peer[TERN_MAX_ADDRESS] = "an unknown peer";

    if (c->caller.is_leaving)
        return;
    c->caller.is_leaving = true;
    (void)terni_session_peer_address(s, peer);
    tern_log(TERN_LOG_DEBUG, "the connection of %s is to end: %s", peer, why);
    terni_session_goaway(s, false, why);
    terni_session_ping(s, GOODBYE_PING);
}

void terni_server_conn_go(terni_server_conn *c)
{
    terni_session *s = &c->caller.session;

    c->caller.is_leaving = true;
    if (!terni_session_is_open(s)) {
        // It is told when it has said what it speaks, which it may do for a little while.
        terni_session_expect_by(s, tern_poller_now_ns(c->caller.home->poller) + TERN_NS_PER_S);
        return;
    }
    terni_session_goaway(s, false, "the server is stopping");
    terni_session_ping(s, GOODBYE_PING);
}

// What only waits for its last words to be out is not waiting for news.
static void drain_call(tern_ctx *ctx, void *unused)
{
    (void)unused;
    if (ctx->state < TERNI_CTX_DONE && ctx->method &&
        ctx->method->flags & TERN_METHOD_ENDS_WHEN_DRAINING)
        terni_dispatch_cancel(ctx, TERN_UNAVAILABLE);
}

void terni_server_conn_drain(terni_server_conn *c) { end_calls(c, drain_call, NULL); }

void terni_server_conn_say_last(terni_server_conn *c)
{
    if (!c->caller.is_leaving || c->caller.is_going || !terni_session_is_open(&c->caller.session))
        return;
    c->caller.is_going = c->caller.is_ending = true;
    terni_session_goaway(&c->caller.session, true, "the server takes no more calls here");
    check_gone(c);
}

void terni_server_conn_abort(terni_server_conn *c) { terni_session_abort(&c->caller.session); }

// ---- the beginning -------------------------------------------------------

static terni_server_conn *refuse(terni_policy *policy, const char *why)
{
    tern_log(TERN_LOG_WARNING, "a connection is refused: %s", why);
    terni_quota_give(&policy->connections, 1);
    return NULL;
}

void terni_server_conn_prepare(terni_home *home) { home->emptied = on_emptied; }

// Takes `fd`.
static tern_status start(terni_server_conn *c, const terni_home *home, int fd, bool is_tls)
{
    tern_conn_filter *filter = NULL;
    tern_status       st = { .code = TERN_OK };

    if (is_tls)
        st = terni_filter_source_ask(&home->policy->filters, /* host= */ NULL,
                                     terni_protocols_alpn(), &filter);
    if (st.code) {
        close(fd);
        return st;
    }
    c->caller.home = home;
    c->caller.session = (terni_session){ .events = &conn_events,
                                         .hooks = &conn_hooks,
                                         .limits = &home->policy->limits };
    if (terni_session_start(&c->caller.session, home->poller, fd, filter, TERNI_SERVER) < 0)
        return tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory");
    return st;
}

terni_server_conn *terni_server_conn_start(const terni_home *home, int fd, bool is_tls,
                                           terni_server_conn **list)
{
    terni_policy      *policy = home->policy;
    terni_server_conn *c = tern_mem_zalloc(sizeof *c);
    tern_status        st;

    if (!c) {
        close(fd);
        return refuse(policy, "out of memory");
    }
    st = start(c, home, fd, is_tls);
    if (st.code) {
        tern_mem_free(c);
        return refuse(policy, st.msg);
    }
    TERNI_LIST_PUSH(list, c);
    return c;
}
