#include "rpc/base/seldom_internal.h"

#include "rpc/session/keepalive_internal.h"

#include "rpc/base/deadline_internal.h"

static void arm(terni_keepalive *k, uint64_t from_ns, int64_t ms)
{
    tern_timer_set(tern_poller_wheel(k->poller), &k->timer, terni_deadline_after(from_ns, ms));
}

static bool is_mortal(const terni_keepalive *k) { return k->patience_ms >= 0; }

static void ask(terni_keepalive *k, uint64_t now)
{
    k->asked_ns = now;
    arm(k, now, is_mortal(k) ? k->patience_ms : k->interval_ms);
    k->asked_bytes = k->hooks->written_bytes(k->owner);
    k->sent_bytes = k->hooks->sent_bytes(k->owner);
    k->hooks->ping(k->owner, now);
}

// Slowly it takes what we have for it, and the question is behind that.
static bool is_taking(terni_keepalive *k)
{
    uint64_t before = k->sent_bytes;

    k->sent_bytes = k->hooks->sent_bytes(k->owner);
    return before < k->sent_bytes && before < k->asked_bytes;
}

static void judge(terni_keepalive *k, uint64_t now, uint64_t heard)
{
    if (is_taking(k)) {
        k->asked_ns = now;
        arm(k, now, k->patience_ms);
    } else {
        k->hooks->dead(k->owner, now - heard);
    }
}

// A round takes in what has come before it runs timers, so silence here is the peer's, also when nobody
// has driven this poller for a while.
static void on_due(tern_timer *t)
{
    terni_keepalive *k = TERN_CONTAINER_OF(t, terni_keepalive, timer);
    uint64_t         now = tern_poller_now_ns(k->poller);
    uint64_t         heard = k->hooks->heard_ns(k->owner);
    bool             is_awaited = k->asked_ns && heard <= k->asked_ns && is_mortal(k);

    TERN_ASSERT(heard <= now && k->asked_ns <= now);
    if (!k->hooks->has_calls(k->owner)) {
        k->asked_ns = 0;
        arm(k, now, k->interval_ms);
    } else if (is_awaited && now >= terni_deadline_after(k->asked_ns, k->patience_ms)) {
        judge(k, now, heard);
    } else if (is_awaited) {
        arm(k, k->asked_ns, k->patience_ms);
    } else if (now >= terni_deadline_after(heard, k->interval_ms)) {
        ask(k, now);
    } else {
        k->asked_ns = 0;
        arm(k, heard, k->interval_ms);
    }
}

void terni_keepalive_start(terni_keepalive *k, int64_t interval_ms, int64_t patience_ms)
{
    TERN_ASSERT(k->poller && k->hooks && interval_ms > 0 && patience_ms != 0);
    k->interval_ms = interval_ms;
    k->patience_ms = patience_ms;
    k->asked_ns = 0;
    tern_timer_init(&k->timer, on_due);
    arm(k, k->hooks->heard_ns(k->owner), interval_ms);
}

void terni_keepalive_stop(terni_keepalive *k)
{
    tern_timer_cancel(tern_poller_wheel(k->poller), &k->timer);
}
