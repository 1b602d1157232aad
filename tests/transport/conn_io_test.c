// Connections in blocking style, in fibers: bytes, ends, errors, bounds. Who wins when several things come
// together is in conn_io_winner_test.c, plain threads are in conn_io_thread_test.c.
#include "tests/transport/backends.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <tern/conn_io.h>
#include <tern/fiber.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/net.h"

typedef struct scene scene;
struct scene {
    tern_poller *p;
    tern_conn   *c;
    int          peer;
    bool         is_over;  // the fiber
    char         buf[64];
    ssize_t      n, n2;
};

static void open_scene(scene *s, net_kind kind, const tern_conn_opts *opts)
{
    int ours;

    *s = (scene){ .p = net_poller(backend_under_test), .n = -1000, .n2 = -1000 };
    net_small_pair(kind, &ours, &s->peer);
    assert_int_equal(net_conn_io_new(s->p, ours, opts, &s->c), 0);
    net_greet(s->p, s->c);
}

static void close_scene(scene *s)
{
    if (s->peer >= 0)
        net_close(s->peer);
    if (s->c)
        tern_conn_abort(s->c);
    tern_poller_free(s->p);
}

static void run(scene *s, tern_fiber_fn *fn)
{
    assert_int_equal(tern_fiber_spawn(s->p, fn, s, NULL, NULL), 0);
    net_settle(s->p);
}

// ---- reading -------------------------------------------------------------

static void read_twice(void *arg)
{
    scene *s = arg;

    s->n = tern_conn_read(s->c, s->buf, sizeof s->buf);
    s->n2 = tern_conn_read(s->c, s->buf + 32, 32);
    s->is_over = true;
}

static void test_read_returns_what_is_there_then_the_end(void **state)
{
    scene s;

    (void)state;
    open_scene(&s, NET_TCP, NULL);
    run(&s, read_twice);
    net_write(s.peer, "hello", 5);
    net_close(s.peer);
    s.peer = -1;
    NET_UNTIL(s.p, s.is_over);
    assert_int_equal(s.n, 5);
    assert_memory_equal(s.buf, "hello", 5);
    assert_int_equal(s.n2, 0);
    close_scene(&s);
}

static void test_read_after_reset_tells_it(void **state)
{
    scene s;

    (void)state;
    open_scene(&s, NET_TCP, NULL);
    run(&s, read_twice);
    net_reset(s.peer);
    s.peer = -1;
    NET_UNTIL(s.p, s.is_over);
    assert_int_equal(s.n, -ECONNRESET);
    assert_int_equal(s.n2, -ECONNRESET);
    close_scene(&s);
}

static void read_full_twice(void *arg)
{
    scene *s = arg;

    s->n = tern_conn_read_full(s->c, s->buf, 32);
    s->n2 = tern_conn_read_full(s->c, s->buf + 32, 32);
    s->is_over = true;
}

static void test_read_full_collects_pieces_and_tells_a_torn_rest(void **state)
{
    static const char text[] = "0123456789abcdefghijklmnopqrstuv-tail";
    scene             s;

    (void)state;
    for (int kind = 0; kind < NET_N_KINDS; kind++) {
        open_scene(&s, (net_kind)kind, NULL);
        run(&s, read_full_twice);
        for (size_t i = 0; i < 37; i++) {
            assert_int_equal(s.n, i <= 32 && s.n == -1000 ? -1000 : 32);
            net_write(s.peer, text + i, 1);
            net_settle(s.p);
        }
        net_close(s.peer);
        s.peer = -1;
        NET_UNTIL(s.p, s.is_over);
        assert_int_equal(s.n, 32);
        assert_int_equal(s.n2, 5);
        assert_memory_equal(s.buf, text, 37);
        close_scene(&s);
    }
}

static void fill_then_time_out(void *arg)
{
    scene *s = arg;

    tern_conn_set_read_deadline(s->c, tern_poller_now_ns(s->p) + 5 * TERN_NS_PER_MS);
    s->n = tern_conn_fill(s->c, 100 * 1024);
    s->n2 = tern_conn_read(s->c, s->buf, sizeof s->buf);
    s->is_over = true;
}

static void test_a_deadline_consumes_nothing(void **state)
{
    scene s;

    (void)state;
    net_clock_start();
    open_scene(&s, NET_TCP, NULL);
    run(&s, fill_then_time_out);
    net_write(s.peer, "abc", 3);
    net_settle(s.p);
    net_clock_advance(10 * TERN_NS_PER_MS);
    NET_UNTIL(s.p, s.is_over);
    assert_int_equal(s.n, -ETIMEDOUT);
    assert_int_equal(s.n2, 3);
    close_scene(&s);
}

static void fill_large(void *arg)
{
    scene *s = arg;

    s->n = tern_conn_fill(s->c, 1024 * 1024);
    s->is_over = true;
}

static void test_fill_beyond_the_input_bound_gets_it_all(void **state)
{
    static char kib[1024];
    scene       s;

    (void)state;
    open_scene(&s, NET_TCP, NULL);
    run(&s, fill_large);
    for (int n = 0; n < 1024;)
        if (net_send(s.peer, kib, sizeof kib) == (ssize_t)sizeof kib)
            n++;
        else
            net_settle(s.p);
    NET_UNTIL(s.p, s.is_over);
    assert_int_equal(s.n, 1024 * 1024);
    close_scene(&s);
}

static void test_input_is_bounded_while_nobody_reads(void **state)
{
    static char chunk[64 * 1024];
    scene       s;

    (void)state;
    open_scene(&s, NET_UNIX, NULL);
    for (int i = 0; i < 200; i++) {
        (void)net_send(s.peer, chunk, sizeof chunk);
        net_settle(s.p);
    }
    assert_true(tern_conn_input(s.c)->len >= TERN_CONN_MAX_INPUT);
    assert_true(tern_conn_input(s.c)->len <= TERN_CONN_MAX_INPUT + 4 * TERN_BLOCK_LARGE);
    tern_linkbuf_consume(tern_conn_input(s.c), tern_conn_input(s.c)->len);
    run(&s, fill_large);  // and goes on when somebody asks
    while (!s.is_over) {
        (void)net_send(s.peer, chunk, sizeof chunk);
        net_settle(s.p);
    }
    assert_true(s.n >= 1024 * 1024);
    close_scene(&s);
}

// ---- one waiter for each side --------------------------------------------

static void read_second(void *arg)
{
    scene *s = arg;

    s->n2 = tern_conn_read(s->c, s->buf, 1);
}

static void read_first(void *arg)
{
    scene *s = arg;

    s->n = tern_conn_read(s->c, s->buf, sizeof s->buf);
    s->is_over = true;
}

static void test_a_second_reader_is_refused(void **state)
{
    scene s;

    (void)state;
    open_scene(&s, NET_TCP, NULL);
    run(&s, read_first);
    run(&s, read_second);
    assert_int_equal(s.n2, -EBUSY);
    net_write(s.peer, "x", 1);
    NET_UNTIL(s.p, s.is_over);
    assert_int_equal(s.n, 1);
    close_scene(&s);
}

// ---- writing -------------------------------------------------------------

enum { LONG = 2 * 1024 * 1024 };

static char long_text[LONG];

static void write_and_flush(void *arg)
{
    scene *s = arg;

    s->n = tern_conn_write(s->c, long_text, LONG);
    s->n2 = tern_conn_flush(s->c);
    s->is_over = true;
}

static void test_write_and_flush_wait_for_a_slow_peer(void **state)
{
    size_t n_got = 0;
    scene  s;

    (void)state;
    for (int kind = 0; kind < NET_N_KINDS; kind++) {
        n_got = 0;
        open_scene(&s, (net_kind)kind, &(tern_conn_opts){ .high_water = 64 * 1024 });
        run(&s, write_and_flush);
        assert_int_equal(s.n, -1000);
        assert_true(tern_conn_unsent(s.c) <= 64 * 1024 + 1);
        while (!s.is_over) {
            net_drain(s.peer, &n_got);
            net_settle(s.p);
        }
        assert_int_equal(s.n, 0);
        assert_int_equal(s.n2, 0);
        assert_int_equal(tern_conn_unsent(s.c), 0);
        close_scene(&s);
    }
}

static void test_a_writer_learns_of_a_reset(void **state)
{
    scene s;

    (void)state;
    open_scene(&s, NET_TCP, &(tern_conn_opts){ .high_water = 64 * 1024 });
    run(&s, write_and_flush);
    net_reset(s.peer);
    s.peer = -1;
    NET_UNTIL(s.p, s.is_over);
    assert_true(s.n == -ECONNRESET || s.n == -EPIPE);
    assert_int_equal(s.n2, s.n);
    close_scene(&s);
}

static void end_then_read(void *arg)
{
    scene *s = arg;

    assert_int_equal(tern_conn_write(s->c, "bye", 3), 0);
    tern_conn_end(s->c);
    s->n2 = tern_conn_write(s->c, "x", 1);
    s->n = tern_conn_read(s->c, s->buf, sizeof s->buf);
    s->is_over = true;
}

static void test_after_our_end_reading_goes_on(void **state)
{
    char  got[8];
    scene s;

    (void)state;
    open_scene(&s, NET_TCP, NULL);
    run(&s, end_then_read);
    NET_UNTIL(s.p, net_read(s.peer, got, sizeof got) == 3);
    assert_int_equal(net_read(s.peer, got, sizeof got), 0);
    net_write(s.peer, "ok", 2);
    NET_UNTIL(s.p, s.is_over);
    assert_int_equal(s.n, 2);
    assert_int_equal(s.n2, -EPIPE);
    close_scene(&s);
}

// ---- accept and dial -----------------------------------------------------

typedef struct meeting meeting;
struct meeting {
    tern_poller   *p;
    tern_listener *l;
    int            accepted, dialed;
    int            accept_err, dial_err;
};

static void accept_one(void *arg)
{
    meeting *m = arg;

    m->accept_err = tern_listener_accept(m->l, TERN_NEVER, &m->accepted);
}

static void dial_one(void *arg)
{
    meeting     *m = arg;
    tern_address a;
    const char  *why;

    assert_int_equal(tern_address_parse(tern_listener_address(m->l), &why, &a), 0);
    m->dial_err = tern_dial_wait(m->p, &a, TERN_NEVER, &m->dialed);
}

static void open_meeting(meeting *m)
{
    *m = (meeting){ .accepted = -1, .dialed = -1, .accept_err = 1, .dial_err = 1 };
    m->p = net_poller(backend_under_test);
    assert_int_equal(tern_listener_new(m->p, "tcp://127.0.0.1:0", NULL, NULL, NULL, &m->l), 0);
}

static void test_accept_meets_dial(void **state)
{
    meeting m;

    (void)state;
    open_meeting(&m);
    assert_int_equal(tern_fiber_run(m.p, accept_one, &m), 0);
    assert_int_equal(tern_fiber_run(m.p, dial_one, &m), 0);
    NET_UNTIL(m.p, m.accept_err <= 0 && m.dial_err <= 0);
    assert_int_equal(m.accept_err, 0);
    assert_int_equal(m.dial_err, 0);
    net_write(m.accepted, "x", 1);
    close(m.accepted);
    close(m.dialed);
    tern_listener_close(m.l);
    tern_poller_free(m.p);
}

static void test_accept_ends_when_the_listener_closes(void **state)
{
    meeting m;

    (void)state;
    open_meeting(&m);
    assert_int_equal(tern_fiber_run(m.p, accept_one, &m), 0);
    tern_listener_close(m.l);
    net_settle(m.p);
    assert_int_equal(m.accept_err, -ECANCELED);
    tern_poller_free(m.p);
}

static void test_a_cancelled_dial_closes_its_socket(void **state)
{
    tern_fiber *f;
    meeting     m;

    (void)state;
    open_meeting(&m);
    assert_int_equal(tern_fiber_spawn(m.p, dial_one, &m, NULL, &f), 0);
    tern_fiber_cancel(f);
    net_settle(m.p);
    assert_int_equal(m.dial_err, -ECANCELED);
    tern_fiber_detach(f);
    tern_listener_close(m.l);
    tern_poller_free(m.p);
}

static void test_accept_times_out(void **state)
{
    meeting m;
    int     fd;

    (void)state;
    open_meeting(&m);
    assert_int_equal(tern_listener_accept(m.l, tern_poller_now_ns(m.p) + TERN_NS_PER_MS, &fd),
                     -ETIMEDOUT);
    tern_listener_close(m.l);
    tern_poller_free(m.p);
}

// ---- no memory -----------------------------------------------------------

static void exchange(void *arg)
{
    scene *s = arg;

    if (tern_conn_write(s->c, "ping", 4) < 0 || tern_conn_flush(s->c) < 0)
        return;
    s->n = tern_conn_read_full(s->c, s->buf, 4);
}

static void exchange_without_memory(void)
{
    scene s = { .peer = -1, .n = -1000 };
    char  got[8];
    int   ours;

    if (!(s.p = backends_new_poller()))
        return;
    net_pair(NET_TCP, &ours, &s.peer);
    if (net_conn_io_new(s.p, ours, NULL, &s.c) == 0) {
        net_write(s.peer, "pong", 4);
        if (tern_fiber_run(s.p, exchange, &s) == 0)
            net_settle(s.p);
        if (!failing_mem_has_failed())
            assert_true(s.n == 4 && net_read(s.peer, got, sizeof got) == 4);
        tern_conn_abort(s.c);
    }
    net_close(s.peer);
    tern_poller_free(s.p);
}

static void test_any_allocation_may_fail(void **state)
{
    int n_fds = net_n_open_fds(), i = -1;

    (void)state;
    do {
        failing_mem_fail_at(++i);
        exchange_without_memory();
        assert_int_equal(failing_mem_live(), 0);
        assert_int_equal(net_n_open_fds(), n_fds);
    } while (failing_mem_has_failed());
    assert_in_range(i, 4, 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_read_returns_what_is_there_then_the_end),
        NET_TEST(test_read_after_reset_tells_it),
        NET_TEST(test_read_full_collects_pieces_and_tells_a_torn_rest),
        NET_TEST(test_a_deadline_consumes_nothing),
        NET_TEST(test_fill_beyond_the_input_bound_gets_it_all),
        NET_TEST(test_input_is_bounded_while_nobody_reads),
        NET_TEST(test_a_second_reader_is_refused),
        NET_TEST(test_write_and_flush_wait_for_a_slow_peer),
        NET_TEST(test_a_writer_learns_of_a_reset),
        NET_TEST(test_after_our_end_reading_goes_on),
        NET_TEST(test_accept_meets_dial),
        NET_TEST(test_accept_ends_when_the_listener_closes),
        NET_TEST(test_a_cancelled_dial_closes_its_socket),
        NET_TEST(test_accept_times_out),
        NET_TEST(test_any_allocation_may_fail),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
