#include "transport/net/conn_deadline_internal.h"

#include "transport/net/conn_core_internal.h"

static uint64_t after_ms(uint64_t from_ns, uint64_t ms) { return from_ns + ms * TERN_NS_PER_MS; }

static uint64_t earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

uint64_t terni_conn_deadline_next(const tern_conn *c)
{
    uint64_t due = earlier(c->read_deadline_ns, c->write_deadline_ns);

    if (c->idle_timeout_ms)
        due = earlier(due, after_ms(c->active_ns, c->idle_timeout_ms));
    if (c->write_timeout_ms && c->progress_ns != TERN_NEVER)
        due = earlier(due, after_ms(c->progress_ns, c->write_timeout_ms));
    return due;
}

void terni_conn_deadline_arm(tern_conn *c)
{
    uint64_t due = terni_conn_deadline_next(c);

    TERN_DEBUG_ASSERT(c->state != TERNI_CONN_CLOSED);
    if (due != TERN_NEVER || tern_timer_is_set(&c->timer))
        tern_timer_set(tern_poller_wheel(c->poller), &c->timer, due);
}

void terni_conn_deadline_await_progress(tern_conn *c)
{
    if (!c->write_timeout_ms)
        return;
    if (c->progress_ns == TERN_NEVER)
        c->progress_ns = tern_poller_now_ns(c->poller);
    // A timer that is early enough looks again when it is due.
    if (!tern_timer_is_set(&c->timer) || c->timer.deadline_ns > terni_conn_deadline_next(c))
        terni_conn_deadline_arm(c);
}

// ---- the owner's ---------------------------------------------------------

void tern_conn_set_read_deadline(tern_conn *c, uint64_t deadline_ns)
{
    if (c->style) {
        c->style->set_deadlines(c, &deadline_ns, NULL);
        return;
    }
    if (c->state != TERNI_CONN_OPEN)
        return;
    c->read_deadline_ns = deadline_ns;
    terni_conn_deadline_arm(c);
}

void tern_conn_set_write_deadline(tern_conn *c, uint64_t deadline_ns)
{
    if (c->style) {
        c->style->set_deadlines(c, NULL, &deadline_ns);
        return;
    }
    if (c->state != TERNI_CONN_OPEN && c->state != TERNI_CONN_FLUSHING)
        return;
    c->write_deadline_ns = deadline_ns;
    terni_conn_deadline_arm(c);
}

void tern_conn_set_idle_timeout(tern_conn *c, uint32_t timeout_ms)
{
    if (c->state != TERNI_CONN_OPEN)
        return;
    c->idle_timeout_ms = timeout_ms;
    c->active_ns = tern_poller_now_ns(c->poller);
    terni_conn_deadline_arm(c);
}
