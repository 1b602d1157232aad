#include "rpc/session/keepalive_internal.h"

#include <stdio.h>

#include "rpc/session/session_internal.h"

static void arm(terni_keepalive *k, uint64_t due_ns)
{
    tern_timer_set(tern_poller_wheel(tern_conn_poller(k->session->conn)), &k->timer, due_ns);
}

static void ask(terni_keepalive *k, uint64_t now)
{
    terni_session *s = k->session;

    k->asked_ns = now;
    s->wire->ping(s->engine, now);
    terni_session_send(s);
    arm(k, now + k->patience_ns);
}

// A round takes in what has come before it runs timers, so silence here is the peer's, also when nobody
// has driven this poller for a while.
static void on_due(tern_timer *t)
{
    terni_keepalive *k = TERN_CONTAINER_OF(t, terni_keepalive, timer);
    terni_session   *s = k->session;
    uint64_t         now = tern_poller_now_ns(tern_conn_poller(s->conn));
    uint64_t         heard = tern_conn_heard_ns(s->conn);

    if (!s->engine || s->wire->n_streams(s->engine) == 0) {
        k->asked_ns = 0;
        arm(k, now + k->interval_ns);
    } else if (k->asked_ns && heard <= k->asked_ns && now >= k->asked_ns + k->patience_ns) {
        terni_session_give_up(s, now - heard);
    } else if (k->asked_ns && heard <= k->asked_ns) {
        arm(k, k->asked_ns + k->patience_ns);
    } else if (now >= heard + k->interval_ns) {
        ask(k, now);
    } else {
        k->asked_ns = 0;
        arm(k, heard + k->interval_ns);
    }
}

void terni_keepalive_start(terni_keepalive *k, terni_session *s, uint64_t interval_ms,
                           uint64_t patience_ms)
{
    k->session = s;
    k->interval_ns = interval_ms * TERN_NS_PER_MS;
    k->patience_ns = patience_ms * TERN_NS_PER_MS;
    k->asked_ns = 0;
    tern_timer_init(&k->timer, on_due);
    arm(k, tern_conn_heard_ns(s->conn) + k->interval_ns);
}

void terni_keepalive_stop(terni_keepalive *k)
{
    tern_timer_cancel(tern_poller_wheel(tern_conn_poller(k->session->conn)), &k->timer);
}
