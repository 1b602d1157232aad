#include "transport/net/conn_state_internal.h"

#include <errno.h>

#include <tern/mem.h>

#include "transport/base/socket_internal.h"
#include "transport/base/sys_internal.h"
#include "transport/net/conn_core_internal.h"
#include "transport/net/conn_deadline_internal.h"
#include "transport/net/conn_filtering_internal.h"
#include "transport/poller/operator_internal.h"

enum { SENDS_TO_COMPACT = 16 };

static void set_state(tern_conn *c, terni_conn_state next)
{
#define FROM(state) (1U << TERNI_CONN_##state)
    static const uint8_t legal[] = {
        [TERNI_CONN_OPEN] = 0,
        [TERNI_CONN_FLUSHING] = FROM(OPEN),
        [TERNI_CONN_LINGERING] = FROM(FLUSHING),
        [TERNI_CONN_CLOSED] = FROM(OPEN) | FROM(FLUSHING) | FROM(LINGERING),
    };
#undef FROM

    TERN_ASSERT(legal[next] & 1U << c->state);
    c->state = (uint8_t)next;
}

// ---- while it lasts ------------------------------------------------------

void terni_conn_update_reading(tern_conn *c)
{
    bool is_wanted = terni_conn_wants_input(c);

    if (c->state == TERNI_CONN_CLOSED)
        return;
    if (TERN_UNLIKELY(c->filtering))
        is_wanted = terni_conn_filtering_update_reading(c->filtering, is_wanted);
    tern_operator_want_read(&c->op, is_wanted);
}

// Each piece of output may be a few bytes of a receive block that is spliced through, and hold all of
// it; the high-water mark counts the bytes only. So that a peer that does not read cannot make us hold a
// block for each byte, output that the socket has refused is copied together now and then, and when it
// will stay for a while. (Where there is a filter, the kernel reads none of it.)
static void compact_output(tern_conn *c)
{
    c->n_sends_waiting = 0;
    if (c->filtering || !terni_operator_is_sending(&c->op))
        tern_linkbuf_compact(&c->out);
}

void terni_conn_choke(tern_conn *c)
{
    TERN_DEBUG_ASSERT(!c->is_choked && tern_conn_unsent(c) > c->high_water);
    c->is_choked = true;
    compact_output(c);
    terni_conn_update_reading(c);
    if (c->events->choked && c->state == TERNI_CONN_OPEN)
        c->events->choked(c, c->arg);
}

void terni_conn_unchoke(tern_conn *c)
{
    c->is_choked = false;
    terni_conn_update_reading(c);
    if (c->events->drained && c->state == TERNI_CONN_OPEN)
        c->events->drained(c, c->arg);
}

void terni_conn_start_output(tern_conn *c)
{
    if (c->offered && ++c->n_sends_waiting >= SENDS_TO_COMPACT)
        compact_output(c);
    tern_operator_flush_later(&c->op);
    // A filter may have reasons of its own not to take it; otherwise the socket tells.
    if (c->filtering && c->out.len)
        terni_conn_deadline_await_progress(c);
}

void terni_conn_on_output_blocked(tern_operator *op)
{
    terni_conn_deadline_await_progress(terni_conn_of(op));
}

// ---- the end -------------------------------------------------------------

void terni_conn_free(tern_conn *c)
{
    TERN_ASSERT(c->state == TERNI_CONN_CLOSED);
    terni_conn_filtering_free(c->filtering);
    tern_linkbuf_done(&c->in);
    tern_linkbuf_done(&c->out);
    tern_mem_free(c);
}

static void run_closed(tern_task *task)
{
    tern_conn *c = TERN_CONTAINER_OF(task, tern_conn, close_task);

    if (c->filtering && c->filtering->is_turn_owed) {  // its task is still in a queue
        tern_poller_recycle(c->poller, task);
        return;
    }
    if (c->style) {
        c->style->on_closed(c);
        return;
    }
    if (c->events->closed)
        c->events->closed(c, c->close_err, c->arg);
    terni_conn_free(c);
}

void terni_conn_finish(tern_conn *c, int err)
{
    if (c->state == TERNI_CONN_CLOSED)
        return;
    set_state(c, TERNI_CONN_CLOSED);
    if (!c->close_err)  // else the filter has failed
        c->close_err = err;
    tern_timer_cancel(tern_poller_wheel(c->poller), &c->timer);
    tern_operator_detach(&c->op);
    terni_socket_close(c->op.fd);
    c->op.fd = -1;
    c->close_task.run = run_closed;
    tern_poller_recycle(c->poller, &c->close_task);
    if (c->style)
        c->style->on_finish(c);
}

// All that was written is delivered, and its owner has closed it or both halves have ended: only a filter's goodbye
// is on its way, or the peer's FIN. A peer that resets now has what it wanted.
static bool is_as_good_as_over(const tern_conn *c)
{
    if (c->state == TERNI_CONN_LINGERING)
        return true;
    return c->filtering && c->is_ending_out && tern_conn_unsent(c) == 0 &&
           (c->has_ended_in || c->state == TERNI_CONN_FLUSHING);
}

void terni_conn_break(tern_conn *c, int err)
{
    terni_conn_finish(c, is_as_good_as_over(c) ? 0 : err);
}

void terni_conn_on_hangup(tern_operator *op, int err)
{
    TERN_DEBUG_ASSERT(!tern_operator_is_attached(op));
    terni_conn_break(terni_conn_of(op), err);
}

// ---- the way there -------------------------------------------------------

// Nothing more comes through the socket.
static bool has_socket_ended(const tern_conn *c)
{
    return c->has_ended_in || (c->filtering && c->filtering->has_fin);
}

static void begin_lingering(tern_conn *c)
{
    TERN_ASSERT(c->has_ended_out && !c->has_ended_in);
    if (has_socket_ended(c)) {
        terni_conn_finish(c, 0);
        return;
    }
    set_state(c, TERNI_CONN_LINGERING);
    c->idle_timeout_ms = c->write_timeout_ms = 0;
    c->write_deadline_ns = TERN_NEVER;
    c->read_deadline_ns = tern_poller_now_ns(c->poller) + TERN_CONN_LINGER_MS * TERN_NS_PER_MS;
    terni_conn_deadline_arm(c);
    tern_operator_want_read(&c->op, true);  // to see the peer's FIN
}

void terni_conn_on_output_empty(tern_conn *c)
{
    if (!c->is_ending_out || c->has_ended_out)
        return;
    TERN_DEBUG_ASSERT(c->promised == 0 && tern_linkbuf_is_empty(&c->out));
    c->has_ended_out = true;
    if (!tern_poller_is_inherited(c->poller))
        (void)terni_sys_table.shutdown(c->op.fd, SHUT_WR);  // fails only where hangup is on its way
    if (c->has_ended_in)
        terni_conn_finish(c, 0);
    else if (c->state == TERNI_CONN_FLUSHING)
        begin_lingering(c);
}

void tern_conn_end(tern_conn *c)
{
    if (c->state == TERNI_CONN_CLOSED || c->is_ending_out)
        return;
    c->is_ending_out = c->has_detour = true;
    c->promised = c->out.len;
    if (tern_linkbuf_is_empty(&c->out) && !c->filtering)
        terni_conn_on_output_empty(c);
    else
        terni_conn_start_output(c);
}

void terni_conn_close(tern_conn *c)
{
    if (c->state != TERNI_CONN_OPEN)
        return;
    set_state(c, TERNI_CONN_FLUSHING);
    tern_linkbuf_clear(&c->in);
    c->expected = 0;
    c->read_deadline_ns = TERN_NEVER;  // nothing is waited for any more but the end of output
    if (!c->write_timeout_ms)
        c->write_timeout_ms = TERN_CONN_STALL_MS;
    if (c->has_ended_out && !c->has_ended_in)
        begin_lingering(c);
    else
        tern_conn_end(c);
    if (c->state == TERNI_CONN_FLUSHING) {
        terni_conn_update_reading(c);
        terni_conn_deadline_await_progress(c);
        if (c->filtering)  // may have waited with its goodbye
            tern_operator_flush_later(&c->op);
    }
}

// What it had to say about it still goes to the peer, and nothing else.
void terni_conn_fail(tern_conn *c, int err)
{
    if (c->state == TERNI_CONN_CLOSED || c->filtering->has_failed)
        return;
    c->filtering->has_failed = true;
    c->filtering->is_blocked = false;
    c->close_err = err;
    tern_linkbuf_clear(&c->out);
    c->promised = c->offered = 0;
    terni_conn_close(c);
    if (c->style)
        c->style->on_finish(c);
}

void terni_conn_abort(tern_conn *c) { terni_conn_finish(c, -ECANCELED); }

void tern_conn_close(tern_conn *c)
{
    if (c->style)
        c->style->give_up(c, terni_conn_close);
    else
        terni_conn_close(c);
}

void tern_conn_abort(tern_conn *c)
{
    if (c->style)
        c->style->give_up(c, terni_conn_abort);
    else
        terni_conn_abort(c);
}

// ---- the invariant -------------------------------------------------------

bool terni_conn_is_valid(const tern_conn *c)
{
    bool is_closed = c->state == TERNI_CONN_CLOSED;

    return is_closed == (c->op.fd < 0) && (!is_closed || !tern_operator_is_attached(&c->op)) &&
           (!c->has_ended_out || c->is_ending_out) && c->promised <= c->out.len &&
           (c->is_ending_out || c->promised == 0) && (is_closed || c->offered <= c->out.len) &&
           (c->state == TERNI_CONN_OPEN || c->expected == 0) && c->read_size >= TERN_BLOCK_LARGE;
}
