#include "rpc/base/seldom_internal.h"

#include "rpc/server/stay_internal.h"

#include "rpc/base/deadline_internal.h"
#include "rpc/base/jitter_internal.h"

enum { GOODBYE_MS = 500 };  // for a client to answer the first GOAWAY's PING

static void arm(terni_stay *stay, uint64_t due_ns)
{
    if (due_ns != TERN_NEVER)
        tern_timer_set(tern_poller_wheel(stay->poller), &stay->timer, due_ns);
}

static uint64_t idle_due(const terni_stay *stay, uint64_t now)
{
    uint64_t from = stay->hooks->has_calls(stay->owner) ? now : stay->hooks->heard_ns(stay->owner);

    return stay->idle_ms > 0 ? terni_deadline_after(from, stay->idle_ms) : TERN_NEVER;
}

static void leave(terni_stay *stay, uint64_t now, const char *why)
{
    stay->stage = TERNI_LEAVES;
    arm(stay, terni_deadline_after(now, GOODBYE_MS));
    stay->hooks->leave(stay->owner, why);
}

// What it was told may have closed it by now, so that is said last.
static void on_due(tern_timer *t)
{
    terni_stay *stay = TERN_CONTAINER_OF(t, terni_stay, timer);
    uint64_t    now = tern_poller_now_ns(stay->poller), idle;

    switch (stay->stage) {
    case TERNI_STAYS:
        idle = idle_due(stay, now);
        if (now >= stay->leaves_ns)
            leave(stay, now, "the connection has reached max_age_ms");
        else if (now >= idle)
            leave(stay, now, "the connection was idle for idle_timeout_ms");
        else
            arm(stay, idle < stay->leaves_ns ? idle : stay->leaves_ns);
        return;
    case TERNI_LEAVES:
        stay->stage = TERNI_LEFT;
        if (stay->grace_ms > 0)
            arm(stay, terni_deadline_after(now, stay->grace_ms));
        stay->hooks->say_last(stay->owner);
        return;
    case TERNI_LEFT:
        stay->hooks->end(stay->owner);
        return;
    }
    TERN_UNREACHABLE();
}

void terni_stay_start(terni_stay *stay)
{
    uint64_t now = tern_poller_now_ns(stay->poller), seed = now + (uintptr_t)stay, idle;

    TERN_ASSERT(stay->hooks && stay->poller);
    stay->stage = TERNI_STAYS;
    stay->leaves_ns = TERN_NEVER;
    if (stay->age_ms > 0)  // those that came together do not leave together
        stay->leaves_ns =
            terni_deadline_after(now, (int64_t)terni_jitter((uint64_t)stay->age_ms, seed));
    tern_timer_init(&stay->timer, on_due);
    idle = idle_due(stay, now);
    arm(stay, idle < stay->leaves_ns ? idle : stay->leaves_ns);
}

void terni_stay_stop(terni_stay *stay)
{
    tern_timer_cancel(tern_poller_wheel(stay->poller), &stay->timer);
}
