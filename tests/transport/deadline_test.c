// Deadlines of a connection: never early, never forgotten, and none that meant something else.
#include "tests/transport/backends.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/net.h"
#include "tests/transport/probe.h"

#define TICK (UINT64_C(1) << TERN_WHEEL_TICK_SHIFT)
#define MS   TERN_NS_PER_MS

// The clock stands from here on.
static void open_scene(scene *s, const tern_conn_opts *opts)
{
    net_clock_start();
    scene_open_small(s, backend_under_test, NET_TCP, opts);
    net_settle(s->p);
}

// Written to until the socket is full and something waits. A unix socket: what it takes it takes at once, while
// TCP moves bytes on, which is progress, whenever a busy machine comes to it.
static void open_full_scene(scene *s, const tern_conn_opts *opts)
{
    net_clock_start();
    scene_open_small(s, backend_under_test, NET_UNIX, opts);
    probe_send_pattern(&s->pr, 0, 256 * 1024);
    net_settle(s->p);
    assert_true(tern_conn_unsent(s->pr.conn) > 0);
}

static void pass(scene *s, uint64_t ns)
{
    net_clock_advance(ns);
    net_settle(s->p);
}

static void expect_timeout_in(scene *s, uint64_t ns)
{
    pass(s, ns - 1);
    assert_int_equal(s->pr.n_closed, 0);  // never early
    pass(s, TICK + 1);
    assert_int_equal(s->pr.n_closed, 1);  // late by a tick at most
    assert_int_equal(s->pr.err, -ETIMEDOUT);
}

static uint64_t now(const scene *s) { return tern_poller_now_ns(s->p); }

// ---- each alone ----------------------------------------------------------

static void test_idle_timeout_counts_from_the_last_byte_either_way(void **state)
{
    scene  s = { 0 };
    size_t n = 0;

    (void)state;
    open_scene(&s, &(tern_conn_opts){ .idle_timeout_ms = 1000 });
    pass(&s, 900 * MS);
    net_write(s.peer, "x", 1);
    net_settle(s.p);
    pass(&s, 900 * MS);
    assert_int_equal(tern_conn_send_copy(s.pr.conn, "y", 1), 0);
    net_settle(s.p);
    pass(&s, 900 * MS);
    assert_int_equal(s.pr.n_closed, 0);
    expect_timeout_in(&s, 100 * MS);
    assert_int_equal(net_drain(s.peer, &n), 1);
    scene_close(&s);
}

static void test_read_deadline_closes_a_silent_connection(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, NULL);
    tern_conn_set_read_deadline(s.pr.conn, now(&s) + 500 * MS);
    expect_timeout_in(&s, 500 * MS);
    scene_close(&s);
}

static void test_deadline_that_is_taken_back_never_comes(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, NULL);
    tern_conn_set_read_deadline(s.pr.conn, now(&s) + 500 * MS);
    tern_conn_set_write_deadline(s.pr.conn, now(&s) + 600 * MS);
    tern_conn_set_idle_timeout(s.pr.conn, 700);
    tern_conn_set_read_deadline(s.pr.conn, TERN_NEVER);
    tern_conn_set_write_deadline(s.pr.conn, TERN_NEVER);
    tern_conn_set_idle_timeout(s.pr.conn, 0);
    pass(&s, 1000 * 1000 * MS);
    assert_int_equal(s.pr.n_closed, 0);
    scene_close(&s);
}

static void test_deadline_may_be_moved_both_ways(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, NULL);
    tern_conn_set_read_deadline(s.pr.conn, now(&s) + 100 * MS);
    tern_conn_set_read_deadline(s.pr.conn, now(&s) + 5000 * MS);
    pass(&s, 1000 * MS);
    assert_int_equal(s.pr.n_closed, 0);
    tern_conn_set_read_deadline(s.pr.conn, now(&s) + 50 * MS);
    expect_timeout_in(&s, 50 * MS);
    scene_close(&s);
}

static void test_deadline_in_the_past_closes_within_a_tick(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, NULL);
    tern_conn_set_write_deadline(s.pr.conn, now(&s) - 1);
    assert_int_equal(s.pr.n_closed, 0);  // not from inside
    pass(&s, TICK);
    assert_int_equal(s.pr.n_closed, 1);
    assert_int_equal(s.pr.err, -ETIMEDOUT);
    scene_close(&s);
}

static void test_write_timeout_comes_when_the_peer_takes_nothing(void **state)
{
    scene s = { 0 };

    (void)state;
    open_full_scene(&s, &(tern_conn_opts){ .write_timeout_ms = 1000 });
    expect_timeout_in(&s, 1000 * MS);
    scene_close(&s);
}

static void test_write_timeout_starts_anew_when_the_peer_takes_something(void **state)
{
    scene  s = { 0 };
    size_t n = 0;

    (void)state;
    open_full_scene(&s, &(tern_conn_opts){ .write_timeout_ms = 1000 });
    pass(&s, 900 * MS);
    assert_int_equal(net_drain(s.peer, &n), 0);
    net_settle(s.p);
    pass(&s, 900 * MS);
    assert_int_equal(s.pr.n_closed, 0);
    expect_timeout_in(&s, 100 * MS);
    scene_close(&s);
}

static void test_write_timeout_ends_with_the_output(void **state)
{
    scene  s = { 0 };
    size_t n = 0;

    (void)state;
    open_full_scene(&s, &(tern_conn_opts){ .write_timeout_ms = 1000 });
    while (tern_conn_unsent(s.pr.conn) > 0) {
        assert_int_equal(net_drain(s.peer, &n), 0);
        net_settle(s.p);
    }
    pass(&s, 100 * 1000 * MS);
    assert_int_equal(s.pr.n_closed, 0);
    scene_close(&s);
}

static void test_sending_nothing_starts_no_write_timeout(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, &(tern_conn_opts){ .write_timeout_ms = 1000 });
    tern_conn_send(s.pr.conn);
    pass(&s, 5000 * MS);
    assert_int_equal(s.pr.n_closed, 0);
    scene_close(&s);
}

// ---- together ------------------------------------------------------------

// The timer was set for the idle timeout already, and the write timeout was not filed before it.
static void test_bug_write_timeout_shorter_than_idle_timeout_came_late(void **state)
{
    scene s = { 0 };

    (void)state;
    open_full_scene(&s, &(tern_conn_opts){ .idle_timeout_ms = 60000, .write_timeout_ms = 1000 });
    expect_timeout_in(&s, 1000 * MS);
    scene_close(&s);
}

static void reply_with_a_deadline(probe *pr, tern_linkbuf *in)
{
    uint64_t deadline_ns = tern_poller_now_ns(tern_conn_poller(pr->conn)) + 60000 * MS;

    (void)in;
    assert_int_equal(tern_conn_send_copy(pr->conn, "reply", 5), 0);
    tern_conn_set_read_deadline(pr->conn, deadline_ns);
}

// After a quiet time the write timeout was counted from the last output, an hour ago.
static void test_bug_reply_after_a_quiet_time_was_a_write_timeout(void **state)
{
    scene s = { .pr.on_data = reply_with_a_deadline };
    char  buf[16];

    (void)state;
    open_scene(&s, &(tern_conn_opts){ .write_timeout_ms = 1000 });
    tern_conn_set_read_deadline(s.pr.conn, now(&s) + 7200 * 1000 * MS);
    pass(&s, 3600 * 1000 * MS);
    net_write(s.peer, "request", 7);
    net_settle(s.p);
    assert_int_equal(s.pr.n_closed, 0);
    assert_int_equal(net_read(s.peer, buf, sizeof buf), 5);
    scene_close(&s);
}

static void test_bug_read_deadline_cut_off_a_graceful_close(void **state)
{
    scene  s = { 0 };
    size_t n = 0;

    (void)state;
    open_full_scene(&s, NULL);
    tern_conn_set_read_deadline(s.pr.conn, now(&s) + 500 * MS);
    tern_conn_close(s.pr.conn);
    pass(&s, 1000 * MS);
    assert_int_equal(s.pr.n_closed, 0);
    net_shutdown(s.peer);
    while (net_drain(s.peer, &n) == 0)
        net_settle(s.p);
    assert_int_equal(n, 256 * 1024);
    net_settle(s.p);
    assert_int_equal(s.pr.err, 0);
    scene_close(&s);
}

// The setters wrote over the lingering connection's own deadline, and it stayed for ever.
static void test_bug_deadline_set_after_close_kept_the_connection(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, NULL);
    tern_conn_close(s.pr.conn);
    net_settle(s.p);
    tern_conn_set_read_deadline(s.pr.conn, TERN_NEVER);
    tern_conn_set_write_deadline(s.pr.conn, TERN_NEVER);
    tern_conn_set_idle_timeout(s.pr.conn, 0);
    pass(&s, (TERN_CONN_LINGER_MS + 2) * MS);
    assert_int_equal(s.pr.n_closed, 1);
    assert_int_equal(s.pr.err, 0);
    scene_close(&s);
}

static void test_write_deadline_bounds_a_graceful_close(void **state)
{
    scene s = { 0 };

    (void)state;
    open_full_scene(&s, NULL);
    tern_conn_close(s.pr.conn);
    tern_conn_set_write_deadline(s.pr.conn, now(&s) + 500 * MS);
    expect_timeout_in(&s, 500 * MS);
    scene_close(&s);
}

// Otherwise a peer that never reads would keep what the owner has given up.
static void test_bug_close_to_a_peer_that_never_reads_never_ended(void **state)
{
    scene s = { 0 };

    (void)state;
    open_full_scene(&s, NULL);
    tern_conn_close(s.pr.conn);
    expect_timeout_in(&s, TERN_CONN_STALL_MS * MS);
    scene_close(&s);
}

static void test_reads_cost_no_timer_work(void **state)
{
    scene    s = { 0 };
    uint64_t n_rounds;

    (void)state;
    open_scene(&s, &(tern_conn_opts){ .idle_timeout_ms = 60000 });
    n_rounds = tern_poller_get_stats(s.p).n_rounds;
    // A byte each second: the timer looks once a minute, the descriptor once a byte.
    for (int i = 0; i < 120; i++) {
        net_clock_advance(1000 * MS);
        net_write(s.peer, "x", 1);
        do
            net_step(s.p, 100);
        while (s.pr.n_bytes <= (size_t)i);
    }
    assert_int_equal(s.pr.n_bytes, 120);
    assert_in_range(tern_poller_get_stats(s.p).n_rounds - n_rounds, 120, 130);
    scene_close(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_idle_timeout_counts_from_the_last_byte_either_way),
        NET_TEST(test_read_deadline_closes_a_silent_connection),
        NET_TEST(test_deadline_that_is_taken_back_never_comes),
        NET_TEST(test_deadline_may_be_moved_both_ways),
        NET_TEST(test_deadline_in_the_past_closes_within_a_tick),
        NET_TEST(test_write_timeout_comes_when_the_peer_takes_nothing),
        NET_TEST(test_write_timeout_starts_anew_when_the_peer_takes_something),
        NET_TEST(test_write_timeout_ends_with_the_output),
        NET_TEST(test_sending_nothing_starts_no_write_timeout),
        NET_TEST(test_bug_write_timeout_shorter_than_idle_timeout_came_late),
        NET_TEST(test_bug_reply_after_a_quiet_time_was_a_write_timeout),
        NET_TEST(test_bug_read_deadline_cut_off_a_graceful_close),
        NET_TEST(test_bug_deadline_set_after_close_kept_the_connection),
        NET_TEST(test_write_deadline_bounds_a_graceful_close),
        NET_TEST(test_bug_close_to_a_peer_that_never_reads_never_ended),
        NET_TEST(test_reads_cost_no_timer_work),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
