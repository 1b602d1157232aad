#include "rpc/session/keepalive_internal.h"

static void arm(terni_keepalive *k, uint64_t due_ns)
{
    tern_timer_set(tern_poller_wheel(k->poller), &k->timer, due_ns);
}

static void ask(terni_keepalive *k, uint64_t now)
{
    k->asked_ns = now;
    arm(k, now + k->patience_ns);
    k->hooks->ping(k->owner, now);
}

// A round takes in what has come before it runs timers, so silence here is the peer's, also when nobody
// has driven this poller for a while.
static void on_due(tern_timer *t)
{
    terni_keepalive *k = TERN_CONTAINER_OF(t, terni_keepalive, timer);
    uint64_t         now = tern_poller_now_ns(k->poller);
    uint64_t         heard = k->hooks->heard_ns(k->owner);

    TERN_ASSERT(heard <= now && k->asked_ns <= now);
    if (!k->hooks->has_calls(k->owner)) {
        k->asked_ns = 0;
        arm(k, now + k->interval_ns);
    } else if (k->asked_ns && heard <= k->asked_ns && now >= k->asked_ns + k->patience_ns) {
        k->hooks->dead(k->owner, now - heard);
    } else if (k->asked_ns && heard <= k->asked_ns) {
        arm(k, k->asked_ns + k->patience_ns);
    } else if (now >= heard + k->interval_ns) {
        ask(k, now);
    } else {
        k->asked_ns = 0;
        arm(k, heard + k->interval_ns);
    }
}

void terni_keepalive_start(terni_keepalive *k, uint64_t interval_ms, uint64_t patience_ms)
{
    TERN_ASSERT(k->poller && k->hooks && interval_ms > 0);
    k->interval_ns = interval_ms * TERN_NS_PER_MS;
    k->patience_ns = patience_ms * TERN_NS_PER_MS;
    k->asked_ns = 0;
    tern_timer_init(&k->timer, on_due);
    arm(k, k->hooks->heard_ns(k->owner) + k->interval_ns);
}

void terni_keepalive_stop(terni_keepalive *k)
{
    tern_timer_cancel(tern_poller_wheel(k->poller), &k->timer);
}
