// The matrix: what happens to a connection x what it is doing x who closes it. Each cell must end in
// one `closed`, after everything else, with nothing left over and a reason from its row.
#include "tests/transport/backends.h"

#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/dialer.h>

#include "tests/transport/net.h"
#include "tests/transport/probe.h"
#include "transport/base/sys_internal.h"

typedef enum happening {
    PEER_FIN,
    PEER_RST,
    HALF_CLOSE,
    LOCAL_CLOSE,
    LOCAL_ABORT,
    TIMEOUT
} happening;
typedef enum doing { IDLE, MID_READ, MID_WRITE, IN_HANDLER } doing;
typedef enum closer { FROM_HANDLER, FROM_THREAD, FROM_LOOP } closer;

#define N_HAPPENINGS (TIMEOUT + 1)
#define N_DOINGS     (IN_HANDLER + 1)
#define N_CLOSERS    (FROM_LOOP + 1)

// Reasons that `closed` may give, as a set.
enum {
    BY_CLOSE = 1 << 0,
    BY_RESET = 1 << 1,  // -ECONNRESET, -EPIPE
    BY_ABORT = 1 << 2,
    BY_TIMEOUT = 1 << 3,
};

static const struct {
    const char *name;
    int         reasons;   // that may be given
    bool        delivers;  // the peer gets all that was written, then the end
} rows[N_HAPPENINGS] = {
    // A peer that goes with our bytes unread, or while we send, is a reset on its way.
    [PEER_FIN] = { "peer FIN", BY_CLOSE | BY_RESET, false },
    // Who closes first is told 0; who hears of the reset first, that.
    [PEER_RST] = { "peer RST", BY_CLOSE | BY_RESET, false },
    [HALF_CLOSE] = { "half close", BY_CLOSE, true },
    [LOCAL_CLOSE] = { "local close", BY_CLOSE, true },
    [LOCAL_ABORT] = { "local abort", BY_ABORT, false },
    // The deadline and the close fall into one round: either may win.
    [TIMEOUT] = { "timeout", BY_CLOSE | BY_TIMEOUT, false },
};

static const char *const doing_names[N_DOINGS] = { "idle", "mid-read", "mid-write", "in handler" };
static const char *const closer_names[N_CLOSERS] = { "handler", "thread", "loop" };

enum { TIMEOUT_MS = 1000, WRITTEN = 300 * 1000, ANNOUNCED = 1000 * 1000 };

typedef struct cell cell;
struct cell {
    net_kind  kind;
    happening what;
    doing     while_doing;
    closer    by;

    tern_poller *p;
    probe        pr;
    int          peer;
    size_t       n_written, n_got;
    tern_task    close_task;
    bool         is_closing, has_happened, is_task_done;
};

static cell *cell_of(probe *pr) { return TERN_CONTAINER_OF(pr, cell, pr); }

static void describe(const cell *c)
{
    print_error("%s, %s, %s, close from %s: \"%s\", %d\n", net_kind_names[c->kind],
                rows[c->what].name, doing_names[c->while_doing], closer_names[c->by], c->pr.log,
                c->pr.err);
}

#define CELL_ASSERT(c, cond)                                                                       \
    do {                                                                                           \
        if (!(cond)) {                                                                             \
            describe(c);                                                                           \
            fail_msg("%s", #cond);                                                                 \
        }                                                                                          \
    } while (0)

// ---- closing -------------------------------------------------------------

static void close_now(cell *c)
{
    if (!c->pr.conn)
        return;
    if (c->what == LOCAL_ABORT)
        tern_conn_abort(c->pr.conn);
    else
        tern_conn_close(c->pr.conn);
}

static void run_close(tern_task *task)
{
    cell *c = TERN_CONTAINER_OF(task, cell, close_task);

    c->is_task_done = true;
    close_now(c);
}

static void *post_close(void *arg)
{
    cell *c = arg;

    tern_poller_post(c->p, &c->close_task);
    return NULL;
}

static void close_from_thread(cell *c)
{
    pthread_t thread;

    assert_int_equal(pthread_create(&thread, NULL, post_close, c), 0);
    pthread_join(thread, NULL);
}

// The handler closes from whatever it is told next, see on_event.
static void start_closing(cell *c)
{
    c->is_closing = true;
    c->close_task.run = run_close;
    if (c->by == FROM_THREAD)
        close_from_thread(c);
    else if (c->by == FROM_LOOP && c->while_doing == IN_HANDLER)
        tern_poller_defer(c->p, &c->close_task);
    else if (c->by == FROM_LOOP || c->while_doing == IN_HANDLER)
        close_now(c);
    else if (c->what == LOCAL_CLOSE || c->what == LOCAL_ABORT)
        net_write(c->peer, "!", 1);  // so that there is something to handle
}

// ---- what happens --------------------------------------------------------

static void make_it_happen(cell *c)
{
    c->has_happened = true;
    switch (c->what) {
    case PEER_FIN:
        net_close(c->peer);
        c->peer = -1;
        return;
    case PEER_RST:
        net_reset(c->peer);
        c->peer = -1;
        return;
    case HALF_CLOSE:
        net_shutdown(c->peer);
        return;
    case TIMEOUT:
        net_clock_advance((TIMEOUT_MS + 2) * TERN_NS_PER_MS);
        return;
    case LOCAL_CLOSE:
    case LOCAL_ABORT:
        return;
    }
}

static void happen_and_close(cell *c)
{
    make_it_happen(c);
    start_closing(c);
}

static void on_event(cell *c)
{
    if (c->while_doing == IN_HANDLER && !c->has_happened)
        happen_and_close(c);
    else if (c->is_closing && c->by == FROM_HANDLER)
        close_now(c);
}

static void on_data(probe *pr, tern_linkbuf *in)
{
    cell *c = cell_of(pr);

    if (c->while_doing == MID_READ && !c->has_happened && tern_linkbuf_len(in) < ANNOUNCED)
        tern_conn_expect(pr->conn, ANNOUNCED);
    on_event(c);
}

static void on_end(probe *pr)
{
    on_event(cell_of(pr));
    if (!cell_of(pr)->is_closing)
        tern_conn_close(pr->conn);
}

// Too late: all of them must be harmless.
static void on_closed(probe *pr)
{
    tern_conn_close(pr->conn);
    tern_conn_abort(pr->conn);
}

// ---- a cell --------------------------------------------------------------

static void open_cell(cell *c)
{
    int ours;

    net_clock_start();
    c->p = net_poller(backend_under_test);
    net_small_pair(c->kind, &ours, &c->peer);
    c->pr = (probe){ .on_data = on_data, .on_end = on_end, .on_closed = on_closed };
    c->pr.takes_nothing = c->while_doing == MID_READ;
    probe_start(&c->pr, c->p, ours, NULL);
    if (c->what == TIMEOUT)
        tern_conn_set_read_deadline(c->pr.conn,
                                    tern_poller_now_ns(c->p) + TIMEOUT_MS * TERN_NS_PER_MS);
    net_settle(c->p);
}

static void get_into_it(cell *c)
{
    switch (c->while_doing) {
    case IDLE:
        return;
    case MID_READ:
        net_write(c->peer, "the first bytes of more", 23);
        net_settle(c->p);
        assert_int_equal(c->pr.n_data, 1);
        return;
    case MID_WRITE:
        c->n_written = WRITTEN;
        probe_send_pattern(&c->pr, 0, WRITTEN);
        net_settle(c->p);
        assert_true(tern_conn_unsent(c->pr.conn) > 0);
        return;
    case IN_HANDLER:
        c->n_written = 5;
        probe_send_pattern(&c->pr, 0, 5);
        net_write(c->peer, "go", 2);
        return;
    }
}

// The peer reads; when it has all, it goes as well.
static void run_to_the_end(cell *c)
{
    bool has_ended = false;

    for (int i = 0; i < 5000 && !c->pr.n_closed; i++) {
        net_step(c->p, 1);
        has_ended = has_ended || (c->peer >= 0 && net_drain(c->peer, &c->n_got) != 0);
        if (has_ended && c->peer >= 0 && c->what != HALF_CLOSE)
            net_shutdown(c->peer);
        // A handler that is told nothing, as in the midst of a write, would not know that it should close.
        if (i == 100 && c->pr.conn && c->by == FROM_HANDLER)
            close_now(c);
    }
    net_settle(c->p);
    if (c->peer >= 0)
        (void)net_drain(c->peer, &c->n_got);
}

static int reason_of(int err)
{
    switch (err) {
    case 0:
        return BY_CLOSE;
    case -ECONNRESET:
    case -EPIPE:
    case -ECONNABORTED:  // a filter has missed the goodbye
        return BY_RESET;
    case -ECANCELED:
        return BY_ABORT;
    case -ETIMEDOUT:
        return BY_TIMEOUT;
    default:
        return 0;
    }
}

static void check_cell(cell *c)
{
    CELL_ASSERT(c, c->pr.n_closed == 1);
    CELL_ASSERT(c, c->pr.log[strlen(c->pr.log) - 1] == 'x');
    CELL_ASSERT(c, reason_of(c->pr.err) & rows[c->what].reasons);
    if (rows[c->what].delivers)
        CELL_ASSERT(c, c->n_got == c->n_written);
    CELL_ASSERT(c, c->by != FROM_THREAD || c->is_task_done);
    CELL_ASSERT(c, tern_poller_n_operators(c->p) == 0);
    CELL_ASSERT(c, tern_pool_get_stats(tern_poller_pool(c->p)).live_bytes == 0);
}

static void run_cell(cell *c)
{
    open_cell(c);
    get_into_it(c);
    if (c->while_doing != IN_HANDLER)
        happen_and_close(c);
    run_to_the_end(c);
    check_cell(c);
    if (c->peer >= 0)
        net_close(c->peer);
    tern_poller_free(c->p);
    terni_sys_table = terni_sys_kernel;
}

static void test_every_cell_ends_once_and_leaves_nothing(void **state)
{
    int n_cells = 0;

    (void)state;
    for (net_kind kind = NET_TCP; kind < NET_N_KINDS; kind++)
        for (happening what = 0; what < N_HAPPENINGS; what++)
            for (doing while_doing = 0; while_doing < N_DOINGS; while_doing++)
                for (closer by = 0; by < N_CLOSERS; by++, n_cells++)
                    run_cell(&(cell){
                        .kind = kind, .what = what, .while_doing = while_doing, .by = by });
    assert_int_equal(n_cells, 2 * 6 * 4 * 3);
}

// Without anyone closing, each happening has exactly one outcome.
static void test_each_happening_alone_has_one_outcome(void **state)
{
    static const struct {
        happening   what;
        const char *log;
        int         err;
    } alone[] = {
        { PEER_FIN, "ex", 0 },
        { PEER_RST, "x", -ECONNRESET },
        { HALF_CLOSE, "ex", 0 },
        { TIMEOUT, "x", -ETIMEDOUT },
    };

    (void)state;
    for (net_kind kind = NET_TCP; kind < NET_N_KINDS; kind++) {
        for (size_t i = 0; i < TERN_COUNT_OF(alone); i++) {
            cell c = { .kind = kind, .what = alone[i].what };

            if (kind == NET_UNIX && c.what == PEER_RST)
                continue;  // a unix socket with nothing unread only ends
            open_cell(&c);
            make_it_happen(&c);
            run_to_the_end(&c);
            CELL_ASSERT(&c, strcmp(c.pr.log, alone[i].log) == 0);
            CELL_ASSERT(&c, c.pr.err == alone[i].err);
            if (c.peer >= 0)
                net_close(c.peer);
            tern_poller_free(c.p);
            terni_sys_table = terni_sys_kernel;
        }
    }
}

// ---- in connect ----------------------------------------------------------

typedef struct call call;
struct call {
    tern_poller *p;
    tern_dialer *d;
    int          n_answers, fd;
    tern_task    cancel_task;
};

static void on_dialed(int fd, void *arg)
{
    call *c = arg;

    c->n_answers++;
    c->fd = fd;
}

static void run_cancel(tern_task *task)
{
    call *c = TERN_CONTAINER_OF(task, call, cancel_task);

    if (c->n_answers == 0)
        tern_dialer_cancel(c->d);
}

static void *post_cancel(void *arg)
{
    call *c = arg;

    tern_poller_post(c->p, &c->cancel_task);
    return NULL;
}

static void cancel_by(call *c, closer by)
{
    pthread_t thread;

    c->cancel_task.run = run_cancel;
    if (by == FROM_LOOP) {
        tern_dialer_cancel(c->d);
    } else if (by == FROM_HANDLER) {
        tern_poller_defer(c->p, &c->cancel_task);
    } else {
        assert_int_equal(pthread_create(&thread, NULL, post_cancel, c), 0);
        pthread_join(thread, NULL);
    }
}

// The kernel has connected; the loop does not know yet when the peer goes, or the caller.
static void run_call(happening what, closer by)
{
    call         c = { .p = net_poller(backend_under_test) };
    tern_address to = { .kind = TERN_ADDRESS_TCP, .host = "127.0.0.1" };
    int          listener = net_listen(8, &to.port), peer;

    assert_int_equal(tern_dial(c.p, &to, TERN_NEVER, on_dialed, &c, &c.d), 0);
    peer = accept(listener, NULL, NULL);
    if (what == PEER_FIN)
        close(peer);
    else if (what == PEER_RST)
        net_reset(peer);
    else if (what == HALF_CLOSE)
        shutdown(peer, SHUT_WR);
    if (what == LOCAL_CLOSE)
        cancel_by(&c, by);
    NET_UNTIL(c.p, c.n_answers);
    net_settle(c.p);

    assert_int_equal(c.n_answers, 1);
    if (what == PEER_RST)
        assert_int_equal(c.fd, -ECONNRESET);
    else if (what == LOCAL_CLOSE && by == FROM_LOOP)
        assert_int_equal(c.fd, -ECANCELED);
    else
        assert_true(c.fd >= 0 || c.fd == -ECANCELED);
    if (c.fd >= 0)
        close(c.fd);
    if (what == HALF_CLOSE || what == LOCAL_CLOSE)
        close(peer);
    close(listener);
    tern_poller_free(c.p);
}

static void test_everything_that_happens_in_connect_gives_one_answer(void **state)
{
    (void)state;
    for (happening what = 0; what <= LOCAL_CLOSE; what++)
        for (closer by = 0; by < N_CLOSERS; by++)
            run_call(what, by);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_every_cell_ends_once_and_leaves_nothing),
        NET_TEST(test_each_happening_alone_has_one_outcome),
        NET_TEST(test_everything_that_happens_in_connect_gives_one_answer),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
