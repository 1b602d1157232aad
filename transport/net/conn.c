#include "transport/net/conn_internal.h"

#include <errno.h>

#include <tern/mem.h>

#include "transport/net/conn_core_internal.h"
#include "transport/net/conn_deadline_internal.h"
#include "transport/net/conn_filter_internal.h"
#include "transport/net/conn_filtering_internal.h"
#include "transport/net/conn_input_internal.h"
#include "transport/net/conn_state_internal.h"
#include "transport/poller/operator_internal.h"
#include "transport/base/socket_internal.h"
#include "transport/base/sys_internal.h"

// ---- reading -------------------------------------------------------------

void tern_conn_pause(tern_conn *c)
{
    c->is_paused = true;
    terni_conn_update_reading(c);
}

void tern_conn_resume(tern_conn *c)
{
    c->is_paused = false;
    terni_conn_update_reading(c);
}

void tern_conn_redeliver(tern_conn *c)
{
    tern_conn_resume(c);
    if (c->in.len)
        terni_conn_input_tell(c);
}

// ---- writing -------------------------------------------------------------

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

    TERN_DEBUG_ASSERT(terni_conn_is_valid(c));
    c->offered = n < max ? c->out.len : terni_sys_iov_bytes(iov, n);
    return TERN_UNLIKELY(c->is_ending_out) ? cut_iovec(iov, n, c->promised) : n;
}

static void consume_output(tern_conn *c, size_t n)
{
    TERN_DEBUG_ASSERT(n <= tern_conn_unsent(c));
    tern_linkbuf_consume(&c->out, n);
    if (TERN_UNLIKELY(c->is_ending_out) && (c->promised -= n) == 0)
        tern_linkbuf_clear(&c->out);
    c->offered = c->out.len ? c->offered - n : 0;
    if (c->out.len == 0)
        return;
    if (!terni_operator_is_sending(&c->op))
        tern_linkbuf_compact(
            &c->out);  // a short rest must not keep a long block from the next read
}

static void output_ack(tern_operator *op, size_t n)
{
    tern_conn *c = terni_conn_of(op);

    consume_output(c, n);
    c->taken_bytes += n;
    c->active_ns = tern_poller_now_ns(c->poller);
    c->progress_ns = c->out.len ? c->active_ns : TERN_NEVER;
    if (c->is_choked && c->out.len <= c->low_water)
        terni_conn_unchoke(c);
    if (c->out.len == 0 && c->state != TERNI_CONN_CLOSED)
        terni_conn_on_output_empty(c);
    if (c->style)
        c->style->on_output(c);
    TERN_DEBUG_ASSERT(terni_conn_is_valid(c));
}

tern_linkbuf *tern_conn_input(tern_conn *c) { return &c->in; }

tern_linkbuf *tern_conn_output(tern_conn *c) { return &c->out; }

void tern_conn_send_now(tern_conn *c)
{
    tern_conn_send(c);
    if (c->out.len)
        tern_operator_flush_now(&c->op);
}

// After the end, or through a filter.
static void send_on_detour(tern_conn *c)
{
    if (c->has_ended_out || c->state == TERNI_CONN_CLOSED)
        tern_linkbuf_clear(&c->out);
    if (c->is_ending_out || c->state == TERNI_CONN_CLOSED)
        return;  // behind promised bytes it stays until those are out, see cut_iovec
    terni_conn_start_output(c);
    if (tern_conn_unsent(c) > c->high_water && !c->is_choked)
        terni_conn_choke(c);
}

void tern_conn_send(tern_conn *c)
{
    if (TERN_UNLIKELY(c->has_detour || c->state == TERNI_CONN_CLOSED)) {
        send_on_detour(c);
        return;
    }
    terni_conn_start_output(c);
    if (TERN_UNLIKELY(c->out.len > c->high_water && !c->is_choked))
        terni_conn_choke(c);
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

bool tern_conn_is_choked(const tern_conn *c) { return c->is_choked; }

// ---- birth ---------------------------------------------------------------

static void on_timer(tern_timer *t)
{
    tern_conn *c = TERN_CONTAINER_OF(t, tern_conn, timer);

    if (terni_conn_deadline_next(c) > tern_poller_now_ns(c->poller))
        terni_conn_deadline_arm(c);  // bytes have moved since
    else
        terni_conn_break(c, -ETIMEDOUT);
}

static const tern_operator_ops conn_ops = {
    .inputs = terni_conn_inputs,
    .input_ack = terni_conn_input_ack,
    .input_adopt = terni_conn_input_adopt,
    .outputs = outputs,
    .output_ack = output_ack,
    .output_blocked = terni_conn_on_output_blocked,
    .hangup = terni_conn_on_hangup,
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

static int attach(tern_conn *c, int fd, const tern_operator_ops *ops, const tern_conn_opts *opts)
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
    return tern_operator_attach(&c->op, c->poller, fd, ops, flags);
}

void terni_conn_refuse(int fd, const tern_conn_opts *opts)
{
    terni_socket_close(fd);
    if (opts->filter)
        opts->filter->ops->free(opts->filter);
}

static int start(tern_conn *c, int fd, const tern_conn_opts *opts)
{
    const tern_operator_ops *ops = &conn_ops;
    int                      err;

    if (opts->filter && (err = terni_conn_filter_start(c, opts->filter, &ops)) < 0)
        return err;
    if ((err = attach(c, fd, ops, opts)) < 0) {
        terni_conn_filtering_free(c->filtering);
        return err;
    }
    if (c->filtering)
        terni_conn_filtering_owe_turn(c->filtering);
    return 0;
}

int terni_conn_start(tern_conn *c, tern_poller *poller, int fd, const tern_conn_events *events,
                     void *arg, const tern_conn_opts *opts)
{
    int err;

    c->events = events;
    c->arg = arg;
    c->poller = poller;
    tern_linkbuf_init(&c->in, tern_poller_pool(poller));
    tern_linkbuf_init(&c->out, tern_poller_pool(poller));
    tern_timer_init(&c->timer, on_timer);
    apply_opts(c, opts);
    if ((err = start(c, fd, opts)) < 0)
        terni_socket_close(fd);
    else
        terni_conn_deadline_arm(c);
    return err;
}

int terni_conn_read_opts(tern_conn_opts *ret_opts, const tern_conn_opts *given, size_t given_size)
{
    int err = tern_opts_read(ret_opts, sizeof *ret_opts, given, given_size);

    if (err < 0)
        *ret_opts = *given;  // more than is known, so all that is known
    return err;
}

// The events stay where they are: they are looked at for what is not known here alone.
static int check_events(const tern_conn_events *events, size_t size)
{
    tern_conn_events known;

    return tern_opts_read(&known, sizeof known, events, size);
}

int tern_conn_new_sized(tern_poller *poller, int fd, const tern_conn_events *events, void *arg,
                        const tern_conn_opts *given, tern_conn **ret_conn, uint64_t sizes)
{
    tern_conn     *c = NULL;
    tern_conn_opts opts;
    int            err = terni_conn_read_opts(&opts, given, tern_size_at(sizes, 0));

    if (err == 0)
        err = check_events(events, tern_size_at(sizes, 1));
    if (err == 0 && !(c = tern_mem_zalloc(sizeof *c)))
        err = -ENOMEM;
    if (err < 0) {
        terni_conn_refuse(fd, &opts);
        return err;
    }
    if ((err = terni_conn_start(c, poller, fd, events, arg, &opts)) < 0) {
        tern_mem_free(c);
        return err;
    }
    *ret_conn = c;
    return 0;
}
