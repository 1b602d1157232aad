#include <tern/conn_io.h>

#include <errno.h>

#include <tern/mem.h>

#include "transport/net/conn_core_internal.h"
#include "transport/net/conn_internal.h"
#include "transport/net/conn_state_internal.h"
#include "transport/fiber/run_on_internal.h"
#include "transport/fiber/wait_slot_internal.h"

enum { MIN_EXPECTED = 16 * 1024 };  // shorter input is not worth a block of its own

typedef struct side side;
struct side {
    terni_wait_slot slot;
    uint64_t        deadline_ns;  // looked at by who waits; no timer of its own that could be late
    size_t          goal;         // input: bytes that must have come; output: that may be left
};

typedef struct conn_io conn_io;
struct conn_io {
    tern_conn conn;  // first
    side      in, out;
    tern_task end_task;
    void (*end)(tern_conn *c);  // terni_conn_close or _abort
    bool is_given_up;           // by the owner: nobody calls any more
    bool is_over;               // the connection has been closed, and nothing of the round names it
};

static conn_io *io_of(tern_conn *c) { return TERN_CONTAINER_OF(c, conn_io, conn); }

// ---- the end -------------------------------------------------------------

static void free_if_over(conn_io *io)
{
    TERN_DEBUG_ASSERT(!io->is_over || io->conn.state == TERNI_CONN_CLOSED);
    if (io->is_over && io->is_given_up && !io->in.slot.waiter && !io->out.slot.waiter)
        terni_conn_free(&io->conn);
}

static void wake_both(conn_io *io)
{
    terni_wait_slot_wake(&io->in.slot);
    terni_wait_slot_wake(&io->out.slot);
}

static void on_finish(tern_conn *c) { wake_both(io_of(c)); }

static void on_closed(tern_conn *c)
{
    conn_io *io = io_of(c);

    TERN_ASSERT(!io->is_over);
    io->is_over = true;
    free_if_over(io);
}

static void give_up_now(conn_io *io)
{
    if (!io->is_given_up) {
        io->is_given_up = true;
        wake_both(io);
    }
    io->end(&io->conn);
    free_if_over(io);
}

static void give_up_at_home(void *io) { give_up_now(io); }

static void on_end_task(tern_task *task)
{
    give_up_now(TERN_CONTAINER_OF(task, conn_io, end_task));
}

static void give_up(tern_conn *c, void (*end)(tern_conn *c))
{
    tern_poller *p = c->poller;
    conn_io     *io = io_of(c);

    io->end = end;
    io->end_task.run = on_end_task;
    if (tern_poller_current() && tern_poller_current() != p)
        tern_poller_post(p, &io->end_task);
    else
        (void)!terni_run_on_briefly(p, give_up_at_home, io);  // cannot fail here
}

// ---- events of the connection --------------------------------------------

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    conn_io *io = io_of(c);
    size_t   goal = io->in.goal;

    (void)arg;
    if (in->len >= goal)
        terni_wait_slot_wake(&io->in.slot);
    if (in->len >= (goal > TERN_CONN_MAX_INPUT ? goal : TERN_CONN_MAX_INPUT))
        tern_conn_pause(c);
}

static void on_end(tern_conn *c, void *arg)
{
    (void)arg;
    terni_wait_slot_wake(&io_of(c)->in.slot);
}

static void on_output(tern_conn *c)
{
    conn_io *io = io_of(c);

    if (tern_conn_unsent(c) <= io->out.goal)
        terni_wait_slot_wake(&io->out.slot);
}

static const tern_conn_events io_events = { .data = on_data, .end = on_end };

// ---- requests ------------------------------------------------------------

// What a public function does, in a fiber of the connection's poller.
typedef ssize_t action(conn_io *io, void *buf, size_t n);

typedef struct request request;
struct request {
    conn_io *io;
    action  *act;
    void    *buf;
    size_t   n;
    ssize_t  result;
};

static void run_request(void *arg)
{
    request *r = arg;

    r->result = r->act(r->io, r->buf, r->n);
}

static ssize_t send_request(tern_conn *c, action *act, void *buf, size_t n)
{
    request r = { .io = io_of(c), .act = act, .buf = buf, .n = n };
    int     err = terni_run_on(c->poller, run_request, &r);

    return err < 0 ? err : r.result;
}

static inline ssize_t perform(tern_conn *c, action *act, void *buf, size_t n)
{
    if (TERN_LIKELY(terni_run_on_is_home(c->poller)))
        return act(io_of(c), buf, n);
    return send_request(c, act, buf, n);
}

// ---- reading -------------------------------------------------------------

// Whether anything can come yet: 0; 1 after the peer's end; or what ended the connection.
static int input_end(const conn_io *io)
{
    const tern_conn *c = &io->conn;

    if (c->has_ended_in)
        return 1;
    if (c->close_err)  // already, where a filter has failed
        return c->close_err;
    return c->state == TERNI_CONN_CLOSED ? -EPIPE : 0;
}

static int park_reader(conn_io *io, size_t n)
{
    tern_conn *c = &io->conn;
    int        err;

    if (io->in.slot.waiter)
        return -EBUSY;
    io->in.goal = n;
    tern_conn_expect(c, n >= MIN_EXPECTED ? n : 0);
    tern_linkbuf_compact(&c->in);
    tern_conn_resume(c);
    err = terni_wait_slot_park(&io->in.slot, "input", io->in.deadline_ns);
    tern_conn_expect(c, 0);
    io->in.goal = 0;
    return err;
}

// The loop of all readers: how many bytes are buffered (fewer than `n` at the end), or -errno.
static ssize_t fill(conn_io *io, void *unused, size_t n)
{
    tern_linkbuf *in = &io->conn.in;
    int           err;

    (void)unused;
    while (TERN_UNLIKELY(in->len < n)) {
        if ((err = input_end(io)) != 0)
            return err > 0 ? (ssize_t)in->len : err;
        err = park_reader(io, n);
        if (io->is_given_up) {
            free_if_over(io);
            return -ECANCELED;
        }
        if (err < 0)
            return err;
    }
    return (ssize_t)in->len;
}

static ssize_t take(conn_io *io, void *buf, size_t n)
{
    tern_linkbuf *in = &io->conn.in;

    n = n < in->len ? n : in->len;
    TERN_DEBUG_ASSERT(!io->is_given_up);
    (void)tern_linkbuf_copy_out(in, 0, buf, n);
    tern_linkbuf_consume(in, n);
    return (ssize_t)n;
}

static ssize_t read_some(conn_io *io, void *buf, size_t n)
{
    ssize_t n_buffered = fill(io, NULL, n > 0);

    return n_buffered < 0 ? n_buffered : take(io, buf, n);
}

static ssize_t read_full(conn_io *io, void *buf, size_t n)
{
    ssize_t n_buffered = fill(io, NULL, n);

    return n_buffered < 0 ? n_buffered : take(io, buf, n);
}

ssize_t tern_conn_fill(tern_conn *c, size_t n) { return perform(c, fill, NULL, n); }

ssize_t tern_conn_read(tern_conn *c, void *buf, size_t n) { return perform(c, read_some, buf, n); }

ssize_t tern_conn_read_full(tern_conn *c, void *buf, size_t n)
{
    return perform(c, read_full, buf, n);
}

// ---- writing -------------------------------------------------------------

// Waits until no more than `goal` bytes are unsent.
static int await_output(conn_io *io, size_t goal)
{
    tern_conn *c = &io->conn;
    int        err;

    for (;;) {
        if (c->close_err)
            return c->close_err;
        if (tern_conn_unsent(c) <= goal)  // as for all that ended in order
            return 0;
        if (io->out.slot.waiter)
            return -EBUSY;
        io->out.goal = goal;
        err = terni_wait_slot_park(&io->out.slot, "output", io->out.deadline_ns);
        if (io->is_given_up) {
            free_if_over(io);
            return -ECANCELED;
        }
        if (err < 0)
            return err;
    }
}

static int await_room(conn_io *io)
{
    tern_conn *c = &io->conn;
    int        err = await_output(io, c->is_choked ? c->low_water : c->high_water);

    return err == 0 && c->is_ending_out ? -EPIPE : err;
}

// What takes the output just beyond its high-water mark, so that the next piece waits.
static size_t piece(const tern_conn *c, size_t n)
{
    size_t n_unsent = tern_conn_unsent(c);
    size_t room = n_unsent < c->high_water ? c->high_water - n_unsent + 1 : 1;

    TERN_DEBUG_ASSERT(c->out.len <= c->high_water);  // else: await_room has not waited
    return n < room ? n : room;
}

static ssize_t write_all(conn_io *io, void *buf, size_t n)
{
    tern_conn     *c = &io->conn;
    const uint8_t *pos = buf;
    int            err;

    do {
        size_t len;

        if ((err = await_room(io)) < 0)
            return err;
        len = piece(c, n);
        if ((err = tern_conn_send_copy(c, pos, len)) < 0)
            return err;
        pos += len;
        n -= len;
    } while (n > 0);
    return 0;
}

static ssize_t flush(conn_io *io, void *unused, size_t zero)
{
    (void)unused;
    (void)zero;
    tern_conn_send(&io->conn);
    tern_operator_flush_now(&io->conn.op);
    return await_output(io, 0);
}

int tern_conn_write(tern_conn *c, const void *buf, size_t n)
{
    return (int)perform(c, write_all, (void *)(uintptr_t)buf, n);
}

int tern_conn_flush(tern_conn *c) { return (int)perform(c, flush, NULL, 0); }

// ---- deadlines -----------------------------------------------------------

typedef struct deadlines deadlines;
struct deadlines {
    conn_io        *io;
    const uint64_t *read_ns, *write_ns;  // NULL: as it is
};

static void store_deadlines(void *arg)
{
    deadlines *d = arg;

    if (d->read_ns) {
        d->io->in.deadline_ns = *d->read_ns;
        terni_wait_slot_wake(&d->io->in.slot);
    }
    if (d->write_ns) {
        d->io->out.deadline_ns = *d->write_ns;
        terni_wait_slot_wake(&d->io->out.slot);
    }
}

static void set_deadlines(tern_conn *c, const uint64_t *read_ns, const uint64_t *write_ns)
{
    deadlines d = { io_of(c), read_ns, write_ns };
    int       err = terni_run_on_briefly(c->poller, store_deadlines, &d);

    TERN_ASSERT(err == 0);  // called from another poller
}

// ---- birth ---------------------------------------------------------------

static const terni_conn_style io_style = { .on_output = on_output,
                                           .on_finish = on_finish,
                                           .on_closed = on_closed,
                                           .give_up = give_up,
                                           .set_deadlines = set_deadlines };

typedef struct opening opening;
struct opening {
    tern_poller          *poller;
    int                   fd;
    const tern_conn_opts *opts;
    tern_conn            *conn;
    int                   err;
};

static void open_conn(void *arg)
{
    opening *o = arg;
    conn_io *io = tern_mem_zalloc(sizeof *io);

    if (!io) {
        terni_conn_refuse(o->fd, o->opts);
        o->err = -ENOMEM;
        return;
    }
    o->err = terni_conn_start(&io->conn, o->poller, o->fd, &io_events, NULL, o->opts);
    if (o->err < 0) {
        tern_mem_free(io);
        return;
    }
    io->conn.style = &io_style;
    io->conn.never_pause = true;
    io->in.deadline_ns = io->out.deadline_ns = TERN_NEVER;
    o->conn = &io->conn;
}

int tern_conn_io_new_sized(tern_poller *poller, int fd, const tern_conn_opts *given,
                           tern_conn **ret_conn, uint64_t sizes)
{
    tern_conn_opts opts;
    opening        o = { .poller = poller, .fd = fd, .opts = &opts };
    int            err = terni_conn_read_opts(&opts, given, tern_size_at(sizes, 0));

    if (err < 0 || (err = terni_run_on_briefly(poller, open_conn, &o)) < 0) {
        terni_conn_refuse(fd, &opts);
        return err;
    }
    if (o.err == 0)
        *ret_conn = o.conn;
    return o.err;
}
