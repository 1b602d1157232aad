#include <tern/conn.h>

#include <errno.h>

#include <tern/mem.h>

#include "transport/net/conn_internal.h"
#include "transport/poller/operator_internal.h"
#include "transport/base/socket_internal.h"
#include "transport/base/sys_internal.h"

enum { SENDS_TO_COMPACT = 16 };

static const tern_operator_ops conn_ops;

// ---- closing -------------------------------------------------------------

void terni_conn_free(tern_conn *c)
{
    tern_linkbuf_done(&c->in);
    tern_linkbuf_done(&c->out);
    tern_mem_free(c);
}

static void run_closed(tern_task *task)
{
    tern_conn *c = TERN_CONTAINER_OF(task, tern_conn, close_task);

    if (c->is_blocking) {
        terni_conn_io_on_closed(c);
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
    c->state = TERNI_CONN_CLOSED;
    c->close_err = err;
    tern_timer_cancel(tern_poller_wheel(c->poller), &c->timer);
    tern_operator_detach(&c->op);
    terni_socket_close(c->op.fd);
    c->op.fd = -1;
    c->close_task.run = run_closed;
    tern_poller_recycle(c->poller, &c->close_task);
    if (c->is_blocking)
        terni_conn_io_on_finish(c);
}

static uint64_t after_ms(uint64_t from_ns, uint64_t ms) { return from_ns + ms * TERN_NS_PER_MS; }

static uint64_t earlier(uint64_t a, uint64_t b) { return a < b ? a : b; }

static uint64_t next_deadline(const tern_conn *c)
{
    uint64_t due = earlier(c->read_deadline_ns, c->write_deadline_ns);

    if (c->idle_timeout_ms)
        due = earlier(due, after_ms(c->active_ns, c->idle_timeout_ms));
    if (c->write_timeout_ms && c->progress_ns != TERN_NEVER)
        due = earlier(due, after_ms(c->progress_ns, c->write_timeout_ms));
    return due;
}

static void arm_timer(tern_conn *c)
{
    uint64_t due = next_deadline(c);

    if (due != TERN_NEVER || tern_timer_is_set(&c->timer))
        tern_timer_set(tern_poller_wheel(c->poller), &c->timer, due);
}

// Output waits: from now on, if it did not before.
static void await_progress(tern_conn *c)
{
    if (c->progress_ns == TERN_NEVER)
        c->progress_ns = tern_poller_now_ns(c->poller);
    arm_timer(c);
}

// Each piece of output may be a few bytes of a receive block that is spliced through, and hold all of
// it; the high-water mark counts the bytes only. So that a peer that does not read cannot make us hold a
// block for each byte, output that the socket has refused is copied together now and then.
static void compact_output(tern_conn *c)
{
    if (!c->is_offered || ++c->n_sends_waiting < SENDS_TO_COMPACT)
        return;
    c->n_sends_waiting = 0;
    if (!terni_operator_is_sending(&c->op))
        tern_linkbuf_compact(&c->out);
}

static void start_output(tern_conn *c)
{
    compact_output(c);
    tern_operator_flush_later(&c->op);
    if (c->write_timeout_ms && c->out.len && c->progress_ns == TERN_NEVER)
        await_progress(c);
}

static void on_timer(tern_timer *t)
{
    tern_conn *c = TERN_CONTAINER_OF(t, tern_conn, timer);

    if (next_deadline(c) > tern_poller_now_ns(c->poller))
        arm_timer(c);  // bytes have moved since
    else
        terni_conn_finish(c, c->state == TERNI_CONN_LINGERING ? 0 : -ETIMEDOUT);
}

static void begin_lingering(tern_conn *c)
{
    c->state = TERNI_CONN_LINGERING;
    c->idle_timeout_ms = c->write_timeout_ms = 0;
    c->write_deadline_ns = TERN_NEVER;
    c->read_deadline_ns = after_ms(tern_poller_now_ns(c->poller), TERN_CONN_LINGER_MS);
    arm_timer(c);
    tern_operator_want_read(&c->op, true);  // to see the peer's FIN
}

// Everything that was written has been delivered to the kernel.
static void on_output_empty(tern_conn *c)
{
    if (!c->is_ending_out || c->has_ended_out)
        return;
    c->has_ended_out = true;
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
    c->is_ending_out = true;
    c->promised = c->out.len;
    if (tern_linkbuf_is_empty(&c->out))
        on_output_empty(c);
    else
        start_output(c);
}

static void update_reading(tern_conn *c);

void terni_conn_close(tern_conn *c)
{
    if (c->state != TERNI_CONN_OPEN)
        return;
    c->state = TERNI_CONN_FLUSHING;
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
        update_reading(c);
        await_progress(c);
    }
}

void terni_conn_abort(tern_conn *c) { terni_conn_finish(c, -ECANCELED); }

void tern_conn_close(tern_conn *c)
{
    if (c->is_blocking)
        terni_conn_io_give_up(c, terni_conn_close);
    else
        terni_conn_close(c);
}

void tern_conn_abort(tern_conn *c)
{
    if (c->is_blocking)
        terni_conn_io_give_up(c, terni_conn_abort);
    else
        terni_conn_abort(c);
}

static void on_hangup(tern_operator *op, int err)
{
    tern_conn *c = terni_conn_of(op);

    // A peer that resets while we linger has what it wanted.
    terni_conn_finish(c, c->state == TERNI_CONN_LINGERING ? 0 : err);
}

// ---- reading -------------------------------------------------------------

static void update_reading(tern_conn *c)
{
    bool is_discarding = c->state != TERNI_CONN_OPEN;
    bool is_choked = c->is_choked && !c->never_pause;

    if (c->state != TERNI_CONN_CLOSED)
        tern_operator_want_read(&c->op, is_discarding || (!c->is_paused && !is_choked));
}

void tern_conn_pause(tern_conn *c)
{
    c->is_paused = true;
    update_reading(c);
}

void tern_conn_resume(tern_conn *c)
{
    c->is_paused = false;
    update_reading(c);
}

// ---- writing -------------------------------------------------------------

static void choke(tern_conn *c)
{
    c->is_choked = true;
    update_reading(c);
    if (c->events->choked && c->state == TERNI_CONN_OPEN)
        c->events->choked(c, c->arg);
}

static void unchoke(tern_conn *c)
{
    c->is_choked = false;
    update_reading(c);
    if (c->events->drained && c->state == TERNI_CONN_OPEN)
        c->events->drained(c, c->arg);
}

// Cuts what was written after the end was promised: `len` bytes remain. Returns how many entries.
static int cut_iovec(struct iovec *iov, int n, size_t len)
{
    int i = 0;

    for (; i < n && len > 0; i++) {
        iov[i].iov_len = iov[i].iov_len < len ? iov[i].iov_len : len;
        len -= iov[i].iov_len;
    }
    return i;
}

static int outputs(tern_operator *op, struct iovec *iov, int max)
{
    tern_conn *c = terni_conn_of(op);
    int        n = tern_linkbuf_iovec(&c->out, iov, max);

    c->is_offered = n > 0;
    return TERN_UNLIKELY(c->is_ending_out) ? cut_iovec(iov, n, c->promised) : n;
}

static void consume_output(tern_conn *c, size_t n)
{
    tern_linkbuf_consume(&c->out, n);
    if (TERN_UNLIKELY(c->is_ending_out) && (c->promised -= n) == 0)
        tern_linkbuf_clear(&c->out);
    if (c->out.len == 0)
        c->is_offered = false;
    else if (!terni_operator_is_sending(&c->op))
        tern_linkbuf_compact(
            &c->out);  // a short rest must not keep a long block from the next read
}

static void output_ack(tern_operator *op, size_t n)
{
    tern_conn *c = terni_conn_of(op);

    consume_output(c, n);
    c->written_bytes += n;
    c->active_ns = tern_poller_now_ns(c->poller);
    c->progress_ns = c->out.len ? c->active_ns : TERN_NEVER;
    if (c->is_choked && c->out.len <= c->low_water)
        unchoke(c);
    if (c->out.len == 0 && c->state != TERNI_CONN_CLOSED)
        on_output_empty(c);
    if (c->is_blocking)
        terni_conn_io_on_output(c);
}

tern_linkbuf *tern_conn_output(tern_conn *c) { return &c->out; }

void tern_conn_send_now(tern_conn *c)
{
    tern_conn_send(c);
    if (c->out.len)
        tern_operator_flush_now(&c->op);
}

void tern_conn_send(tern_conn *c)
{
    if (TERN_UNLIKELY(c->is_ending_out || c->state == TERNI_CONN_CLOSED)) {
        // Behind promised bytes it stays until those are out, see cut_iovec.
        if (c->has_ended_out || c->state == TERNI_CONN_CLOSED)
            tern_linkbuf_clear(&c->out);
        return;
    }
    start_output(c);
    if (TERN_UNLIKELY(c->out.len > c->high_water && !c->is_choked))
        choke(c);
}

int tern_conn_send_copy(tern_conn *c, const void *data, size_t n)
{
    int err;

    if (c->is_ending_out || c->state != TERNI_CONN_OPEN)
        return -EPIPE;
    if ((err = tern_linkbuf_append(&c->out, data, n)) == 0)
        tern_conn_send(c);
    return err;
}

size_t tern_conn_unsent(const tern_conn *c) { return c->is_ending_out ? c->promised : c->out.len; }

bool tern_conn_is_choked(const tern_conn *c) { return c->is_choked; }

// ---- deadlines -----------------------------------------------------------

void tern_conn_set_read_deadline(tern_conn *c, uint64_t deadline_ns)
{
    if (c->is_blocking) {
        terni_conn_io_set_deadlines(c, &deadline_ns, NULL);
        return;
    }
    if (c->state != TERNI_CONN_OPEN)
        return;
    c->read_deadline_ns = deadline_ns;
    arm_timer(c);
}

void tern_conn_set_write_deadline(tern_conn *c, uint64_t deadline_ns)
{
    if (c->is_blocking) {
        terni_conn_io_set_deadlines(c, NULL, &deadline_ns);
        return;
    }
    if (c->state != TERNI_CONN_OPEN && c->state != TERNI_CONN_FLUSHING)
        return;
    c->write_deadline_ns = deadline_ns;
    arm_timer(c);
}

void tern_conn_set_idle_timeout(tern_conn *c, uint32_t timeout_ms)
{
    if (c->state != TERNI_CONN_OPEN)
        return;
    c->idle_timeout_ms = timeout_ms;
    c->active_ns = tern_poller_now_ns(c->poller);
    arm_timer(c);
}

// ---- birth ---------------------------------------------------------------

static const tern_operator_ops conn_ops = {
    .inputs = terni_conn_inputs,
    .input_ack = terni_conn_input_ack,
    .input_adopt = terni_conn_input_adopt,
    .outputs = outputs,
    .output_ack = output_ack,
    .hangup = on_hangup,
};

static void apply_opts(tern_conn *c, const tern_conn_opts *opts)
{
    c->high_water = opts->high_water ? opts->high_water : TERN_CONN_HIGH_WATER;
    c->low_water = opts->low_water ? opts->low_water : c->high_water / 4;
    c->idle_timeout_ms = opts->idle_timeout_ms;
    c->write_timeout_ms = opts->write_timeout_ms;
    c->never_pause = opts->never_pause;
    c->read_size = TERN_BLOCK_LARGE;
    c->read_deadline_ns = c->write_deadline_ns = c->progress_ns = TERN_NEVER;
    c->active_ns = c->heard_ns = tern_poller_now_ns(c->poller);
}

static int attach(tern_conn *c, int fd, const tern_conn_opts *opts)
{
    int      family = terni_socket_family(fd), err;
    unsigned flags = TERN_OP_READ;

    if (family < 0)
        return family;
    if ((err = terni_socket_set_nonblocking(fd)) < 0)
        return err;
    if (terni_socket_is_tcp(family)) {
        terni_socket_set_tcp_options(fd, !opts->no_keepalive, opts->user_timeout_ms);
        flags |= TERN_OP_SHORT_READS;
    } else {
        flags |= TERN_OP_LAZY_OUT;
    }
    return tern_operator_attach(&c->op, c->poller, fd, &conn_ops, flags);
}

int terni_conn_start(tern_conn *c, tern_poller *poller, int fd, const tern_conn_events *events,
                     void *arg, const tern_conn_opts *opts)
{
    static const tern_conn_opts defaults;
    int                         err;

    c->events = events;
    c->arg = arg;
    c->poller = poller;
    tern_linkbuf_init(&c->in, tern_poller_pool(poller));
    tern_linkbuf_init(&c->out, tern_poller_pool(poller));
    tern_timer_init(&c->timer, on_timer);
    apply_opts(c, opts ? opts : &defaults);
    if ((err = attach(c, fd, opts ? opts : &defaults)) < 0)
        terni_socket_close(fd);
    else
        arm_timer(c);
    return err;
}

int tern_conn_new(tern_poller *poller, int fd, const tern_conn_events *events, void *arg,
                  const tern_conn_opts *opts, tern_conn **ret_conn)
{
    tern_conn *c = tern_mem_zalloc(sizeof *c);
    int        err;

    if (!c) {
        terni_socket_close(fd);
        return -ENOMEM;
    }
    if ((err = terni_conn_start(c, poller, fd, events, arg, opts)) < 0) {
        tern_mem_free(c);
        return err;
    }
    *ret_conn = c;
    return 0;
}
