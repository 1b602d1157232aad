#include "rpc/base/seldom_internal.h"

#include "rpc/session/patience_internal.h"

#include "rpc/base/deadline_internal.h"

enum { LOOK_AGAIN_MS = 100 };

static uint64_t after(uint64_t from_ns, int64_t ms) { return terni_deadline_after(from_ns, ms); }

// 0 or less is no limit here: policies have put in what 0 stands for.
static int64_t time_or_never(int64_t ms) { return ms > 0 ? ms : -1; }

static uint64_t frame_due(const terni_patience *p)
{
    const terni_wire_limits *l = p->limits;

    if (!p->since_ns)
        return TERN_NEVER;
    return after(p->since_ns,
                 time_or_never(p->is_long ? l->message_timeout_ms : l->header_timeout_ms));
}

static uint64_t message_due(const terni_patience *p)
{
    uint64_t stalled_ns = p->hooks->stalled_ns(p->owner);

    if (stalled_ns == TERN_NEVER || p->is_held_back)
        return TERN_NEVER;
    if (stalled_ns < p->resumed_ns)
        stalled_ns = p->resumed_ns;
    return after(stalled_ns, time_or_never(p->limits->message_timeout_ms));
}

static void arm(terni_patience *p, uint64_t due_ns)
{
    if (due_ns != TERN_NEVER)
        tern_timer_set(tern_poller_wheel(p->poller), &p->timer, due_ns);
}

// A round takes in what has come before it runs timers, but not all of it: a peer of which something came in
// this very round is not late, but we may be, where nobody has driven this poller for a while.
static void on_due(tern_timer *t)
{
    terni_patience *p = TERN_CONTAINER_OF(t, terni_patience, timer);
    uint64_t        now = tern_poller_now_ns(p->poller);
    uint64_t        frame = frame_due(p), message = message_due(p);
    uint64_t        due = frame < message ? frame : message;

    if (due > now)
        arm(p, due);
    else if (p->hooks->heard_ns(p->owner) >= now)
        arm(p, after(now, LOOK_AGAIN_MS));
    else if (frame > now)
        p->hooks->overdue(p->owner, "a message did not go on for message_timeout_ms");
    else if (p->is_long)
        p->hooks->overdue(p->owner, "a long frame was not whole within message_timeout_ms");
    else
        p->hooks->overdue(p->owner, "a frame or its headers were not whole within "
                                    "header_timeout_ms");
}

void terni_patience_start(terni_patience *p)
{
    TERN_ASSERT(p->poller && p->hooks && p->limits);
    p->since_ns = 0;
    p->is_long = p->is_held_back = false;
    p->resumed_ns = 0;
    tern_timer_init(&p->timer, on_due);
}

// A timer that is set stays: when it is due it looks what there is by then.
void terni_patience_note(terni_patience *p, const terni_patience_look *look)
{
    if (p->is_held_back && !look->is_held_back)
        p->resumed_ns = tern_poller_now_ns(p->poller);
    p->is_held_back = look->is_held_back;
    if (!look->is_in_frame || look->is_held_back)
        p->since_ns = 0;
    else if (!p->since_ns || look->has_moved)
        p->since_ns = tern_poller_now_ns(p->poller);
    p->is_long = look->need > TERNI_LONG_FRAME;
    if (!tern_timer_is_set(&p->timer) && (p->since_ns || look->is_in_message)) {
        uint64_t frame = frame_due(p), message = message_due(p);

        arm(p, frame < message ? frame : message);
    }
}

void terni_patience_stop(terni_patience *p)
{
    tern_timer_cancel(tern_poller_wheel(p->poller), &p->timer);
}
