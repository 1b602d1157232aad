// A filter at work: the operator of a connection that has one, and the turns in which it is called.
#include "transport/net/conn_filter_internal.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/uio.h>

#include <tern/mem.h>

#include "transport/net/conn_deadline_internal.h"
#include "transport/net/conn_filtering_internal.h"
#include "transport/net/conn_input_internal.h"
#include "transport/net/conn_state_internal.h"

enum {
    MIN_ROOM = 256,
    MIN_TAIL_ROOM = 4 * 1024,  // a tail with less is not worth a read of its own
    MAX_WHY = 256,
};

// ---- for filters ---------------------------------------------------------

// Not much more in a turn than a read brings, so that input which grows on the way cannot keep us here.
static bool has_given_enough(const tern_conn *c)
{
    return c->filtering->n_given >= 2 * c->read_size;
}

uint8_t *tern_conn_filter_room(tern_conn_filter *filter, size_t *ret_len)
{
    tern_conn            *c = filter->conn;
    terni_conn_filtering *f = c->filtering;
    uint8_t              *room;

    TERN_ASSERT(f->is_busy);
    if (!terni_conn_wants_input(c) || has_given_enough(c)) {
        f->is_blocked = true;
        return NULL;
    }
    // A block for what can come of the input that is there: the owner may keep it for a few bytes.
    room = terni_conn_input_room(c, c->in.len + f->in.len + MIN_ROOM, ret_len);
    f->has_room = room != NULL;
    f->lacks_memory = !room;
    return room;
}

void tern_conn_filter_commit(tern_conn_filter *filter, size_t n)
{
    terni_conn_filtering *f = filter->conn->filtering;

    TERN_ASSERT(f->has_room);
    f->has_room = false;
    tern_linkbuf_commit(&f->conn->in, n);
    f->n_given += n;
}

void tern_conn_filter_wake(tern_conn_filter *filter)
{
    tern_conn *c = filter->conn;

    filter->is_waiting = false;
    if (c->state != TERNI_CONN_CLOSED)
        terni_conn_filtering_owe_turn(c->filtering);
}

int tern_conn_filter_fail(tern_conn_filter *filter, int err, const char *fmt, ...)
{
    terni_conn_filtering *f = filter->conn->filtering;
    char                  why[MAX_WHY];
    va_list               args;

    if (f->why)
        return err;
    va_start(args, fmt);
    vsnprintf(why, sizeof why, fmt, args);
    va_end(args);
    f->why = tern_mem_strdup(why);  // without memory there are no words
    return err;
}

// ---- input ---------------------------------------------------------------

// An end of the socket alone. Where the owner has closed there is nobody whose input was cut off, and what was
// written before may go.
static int complain_of_cut(terni_conn_filtering *f)
{
    const tern_conn_filter *filter = f->filter;

    if (!filter->is_established)
        return tern_conn_filter_fail(f->filter, -ECONNABORTED,
                                     "the peer went away in the midst of the %s handshake",
                                     filter->ops->name);
    if (f->conn->state != TERNI_CONN_OPEN)
        return 0;
    return tern_conn_filter_fail(f->filter, -ECONNABORTED,
                                 "the peer went away without %s's goodbye: some of its last bytes "
                                 "may be missing",
                                 filter->ops->name);
}

static int complain(terni_conn_filtering *f)
{
    const tern_conn_filter *filter = f->filter;

    if (f->lacks_memory)
        return -ENOMEM;
    if (f->is_blocked || f->is_turn_owed || filter->is_waiting || filter->has_ended)
        return 0;
    if (f->in.len > TERN_CONN_FILTER_MAX_INPUT)
        return tern_conn_filter_fail(f->filter, -EMSGSIZE,
                                     "the peer sent a piece of %s of more than %d bytes",
                                     filter->ops->name, TERN_CONN_FILTER_MAX_INPUT);
    return f->has_fin ? complain_of_cut(f) : 0;
}

static int receive(tern_conn *c)
{
    terni_conn_filtering *f = c->filtering;
    size_t                len = f->out.len;
    int                   err;

    f->is_blocked = f->lacks_memory = false;
    f->is_busy = true;
    err = f->filter->ops->receive(f->filter, &f->in, f->has_fin, &f->out);
    f->is_busy = false;
    if (f->has_room)
        tern_conn_filter_commit(f->filter, 0);
    if (f->out.len > len)
        terni_conn_tally_add(&f->answers, f->out.len - len, terni_conn_filtering_end(f));
    c->read_bytes += f->n_given;
    return err < 0 ? err : complain(f);
}

// 0, or what the filter says against it.
static int take_input(tern_conn *c)
{
    terni_conn_filtering *f = c->filtering;

    if (f->filter->is_waiting || c->state == TERNI_CONN_CLOSED)
        return 0;
    if (!f->filter->has_ended && !f->has_failed && !f->output_err &&
        c->state != TERNI_CONN_LINGERING)
        return receive(c);
    f->is_blocked = false;
    tern_linkbuf_clear(&f->in);
    return 0;
}

static void tell_end(tern_conn *c)
{
    terni_conn_filtering *f = c->filtering;

    if (c->state == TERNI_CONN_CLOSED || f->has_failed)
        return;
    if (f->filter->has_ended && !c->has_ended_in && terni_conn_wants_input(c))
        terni_conn_input_end(c);
}

// ---- output --------------------------------------------------------------

static bool may_give(const tern_conn *c)
{
    const terni_conn_filtering *f = c->filtering;

    return !f->is_busy && !f->has_failed && !f->output_err && f->filter->is_established &&
           !f->filter->is_waiting;
}

// Returns how much was taken.
static size_t give_piece(tern_conn *c)
{
    terni_conn_filtering *f = c->filtering;
    size_t                len = c->out.len, taken;
    size_t                n = terni_conn_untaken(c);

    n = n < TERN_CONN_FILTER_MAX_PIECE ? n : TERN_CONN_FILTER_MAX_PIECE;
    f->is_busy = true;
    f->output_err = f->filter->ops->send(f->filter, &c->out, n, &f->out);
    f->is_busy = false;
    taken = len - c->out.len;
    TERN_ASSERT(taken <= n);
    c->taken_bytes += taken;
    if (c->is_ending_out)
        c->promised -= taken;
    terni_conn_tally_add(&f->text, taken, terni_conn_filtering_end(f));
    return taken;
}

// A handshake that is under way needs our half for as long as the owner reads. Where nobody does it is not
// waited for: before it is over there is no one to say goodbye to.
static bool may_say_it_later(const tern_conn *c)
{
    const terni_conn_filtering *f = c->filtering;

    if (f->has_failed)
        return false;
    return f->filter->is_established ? !may_give(c) : c->state == TERNI_CONN_OPEN;
}

static void say_goodbye(tern_conn *c)
{
    terni_conn_filtering *f = c->filtering;

    if (f->has_said_goodbye || may_say_it_later(c))
        return;
    f->has_said_goodbye = true;
    if (!may_give(c))
        return;
    f->is_busy = true;
    f->output_err = f->filter->ops->end(f->filter, &f->out);
    f->is_busy = false;
}

static void fill_output(tern_conn *c)
{
    terni_conn_filtering *f = c->filtering;

    while (terni_conn_untaken(c) > 0 && f->out.len < TERN_CONN_FILTER_ENOUGH && may_give(c))
        if (give_piece(c) == 0)
            break;
    if (c->is_ending_out && c->promised == 0) {
        tern_linkbuf_clear(&c->out);
        say_goodbye(c);
    }
    c->offered = c->out.len;
}

// All that is to go before our FIN has gone.
static bool is_output_over(const tern_conn *c)
{
    const terni_conn_filtering *f = c->filtering;

    return c->is_ending_out && !c->has_ended_out && c->promised == 0 && f->has_said_goodbye &&
           f->out.len == 0 && c->state != TERNI_CONN_CLOSED;
}

static void end_output(tern_conn *c)
{
    tern_linkbuf_clear(&c->out);  // written too late
    c->offered = 0;
    terni_conn_on_output_empty(c);
}

// ---- turns ---------------------------------------------------------------

static void take_turn(tern_conn *c)
{
    terni_conn_filtering *f = c->filtering;
    int                   err;

    TERN_ASSERT(!f->is_busy);
    f->n_given = 0;
    err = take_input(c);
    if (f->n_given)
        terni_conn_input_tell(c);
    if (err == 0)
        err = f->output_err;
    if (err < 0)
        terni_conn_fail(c, err);
    tell_end(c);
    if (is_output_over(c))
        end_output(c);
    if (f->has_fin && c->state == TERNI_CONN_LINGERING)
        terni_conn_finish(c, 0);
    if (c->state == TERNI_CONN_CLOSED)
        return;
    terni_conn_update_reading(c);
    tern_linkbuf_compact(&f->in);
    tern_operator_flush_later(&c->op);
}

static void run_turn(tern_task *task)
{
    terni_conn_filtering *f = TERN_CONTAINER_OF(task, terni_conn_filtering, turn_task);

    f->is_turn_owed = false;
    if (f->conn->state != TERNI_CONN_CLOSED)
        take_turn(f->conn);
}

// ---- the operator --------------------------------------------------------

static int inputs(tern_operator *op, struct iovec *iov, int max)
{
    tern_conn    *c = terni_conn_of(op);
    tern_linkbuf *in = &c->filtering->in;
    size_t        room = in->tail ? tern_segment_room(in->tail) : 0;

    (void)max;
    iov->iov_len = room >= MIN_TAIL_ROOM ? room : c->read_size;
    iov->iov_base = tern_linkbuf_reserve(in, iov->iov_len);
    return iov->iov_base ? 1 : 0;
}

static void note_heard(tern_conn *c) { c->active_ns = c->heard_ns = tern_poller_now_ns(c->poller); }

static void input_ack(tern_operator *op, ssize_t n)
{
    tern_conn            *c = terni_conn_of(op);
    terni_conn_filtering *f = c->filtering;

    tern_linkbuf_commit(&f->in, n > 0 ? (size_t)n : 0);
    if (n < 0)
        return;
    note_heard(c);
    f->has_fin = f->has_fin || n == 0;
    take_turn(c);
    terni_conn_input_learn(c, (size_t)n);
}

static void input_adopt(tern_operator *op, tern_block *block, uint8_t *pos, size_t n)
{
    tern_conn *c = terni_conn_of(op);

    note_heard(c);
    if (tern_linkbuf_append_view(&c->filtering->in, block, pos, n) < 0) {
        terni_conn_finish(c, -ENOMEM);
        return;
    }
    take_turn(c);
}

static int outputs(tern_operator *op, struct iovec *iov, int max)
{
    tern_conn            *c = terni_conn_of(op);
    terni_conn_filtering *f = c->filtering;

    if (c->has_ended_out) {
        tern_linkbuf_clear(&f->out);  // what it answers behind our FIN
        return 0;
    }
    fill_output(c);
    if (f->output_err || is_output_over(c))
        terni_conn_filtering_owe_turn(f);  // nothing can be told from here
    return tern_linkbuf_iovec(&f->out, iov, max);
}

static void note_sent(tern_conn *c, size_t n)
{
    terni_conn_filtering *f = c->filtering;

    tern_linkbuf_consume(&f->out, n);
    f->sent_bytes += n;
    terni_conn_tally_advance(&f->text, f->sent_bytes, terni_conn_filtering_end(f));
    terni_conn_tally_advance(&f->answers, f->sent_bytes, terni_conn_filtering_end(f));
    c->active_ns = tern_poller_now_ns(c->poller);
    c->progress_ns = f->out.len || terni_conn_untaken(c) ? c->active_ns : TERN_NEVER;
}

static void output_ack(tern_operator *op, size_t n)
{
    tern_conn *c = terni_conn_of(op);

    note_sent(c, n);
    if (c->out.len)
        tern_linkbuf_compact(&c->out);  // see consume_output in conn.c
    if (c->is_choked && tern_conn_unsent(c) <= c->low_water)
        terni_conn_unchoke(c);
    if (is_output_over(c))
        end_output(c);
    terni_conn_update_reading(c);
    if (c->style)
        c->style->on_output(c);
    TERN_DEBUG_ASSERT(terni_conn_is_valid(c));
}

static const tern_operator_ops ops = {
    .inputs = inputs,
    .input_ack = input_ack,
    .input_adopt = input_adopt,
    .outputs = outputs,
    .output_ack = output_ack,
    .output_blocked = terni_conn_on_output_blocked,
    .hangup = terni_conn_on_hangup,
};

int terni_conn_filter_start(tern_conn *c, tern_conn_filter *filter,
                            const tern_operator_ops **ret_ops)
{
    int err = terni_conn_filtering_new(c, filter, run_turn, &c->filtering);

    if (err < 0)
        return err;
    c->has_detour = true;
    *ret_ops = &ops;
    return 0;
}
