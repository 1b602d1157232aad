// Our own end of a connection: close delivers, abort drops, and afterwards nothing does harm.
#include "tests/transport/backends.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/net.h"
#include "tests/transport/probe.h"
#include "transport/base/sys_internal.h"

static void close_on_data(probe *pr, tern_linkbuf *in)
{
    (void)in;
    tern_conn_close(pr->conn);
}

static void abort_on_data(probe *pr, tern_linkbuf *in)
{
    (void)in;
    tern_conn_abort(pr->conn);
}

static void expect_after_close(probe *pr, tern_linkbuf *in)
{
    close_on_data(pr, in);
    tern_conn_expect(pr->conn, 1000 * 1000);
}

static void abort_it(probe *pr) { tern_conn_abort(pr->conn); }

static void test_close_delivers_what_was_written(void **state)
{
    enum { N = 500 * 1000 };  // more than the socket takes at once

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene  s = { 0 };
        size_t got = 0;

        scene_open(&s, backend_under_test, kind, NULL);
        probe_send_pattern(&s.pr, 0, N);
        tern_conn_close(s.pr.conn);
        tern_conn_close(s.pr.conn);
        for (int i = 0; got < N && i < 100000; i++) {
            net_step(s.p, 1);
            got += probe_receive_pattern(s.peer, got);
        }
        assert_int_equal(got, N);
        assert_int_equal(s.pr.n_closed, 0);  // lingers for the peer's FIN
        scene_hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_int_equal(s.pr.err, 0);
        assert_string_equal(s.pr.log, "x");
        scene_close(&s);
    }
}

static void test_close_tells_no_more_data_and_no_end(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        scene_open(&s, backend_under_test, kind, NULL);
        net_write(s.peer, "too late", 8);
        tern_conn_close(s.pr.conn);
        net_shutdown(s.peer);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "x");
        assert_int_equal(s.pr.err, 0);
        scene_close(&s);
    }
}

static void test_close_waits_for_the_peer_a_second_at_most(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        net_clock_start();
        scene_open(&s, backend_under_test, kind, NULL);
        tern_conn_close(s.pr.conn);
        net_settle(s.p);
        net_clock_advance(TERN_CONN_LINGER_MS * TERN_NS_PER_MS - 1);
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 0);
        net_clock_advance(2 * TERN_NS_PER_MS);
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 1);
        assert_int_equal(s.pr.err, 0);
        scene_close(&s);
        terni_sys_table = terni_sys_kernel;
    }
}

static void test_abort_drops_what_was_written(void **state)
{
    char buf[16];

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        scene_open(&s, backend_under_test, kind, NULL);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "never", 5), 0);
        tern_conn_abort(s.pr.conn);
        tern_conn_abort(s.pr.conn);
        tern_conn_close(s.pr.conn);
        assert_int_equal(s.pr.n_closed, 0);  // not from inside
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 1);
        assert_int_equal(s.pr.err, -ECANCELED);
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 0);
        scene_close(&s);
    }
}

static void use_everything(probe *pr)
{
    tern_sockaddr sa;
    struct ucred  cred;

    assert_int_equal(tern_linkbuf_append(tern_conn_output(pr->conn), "x", 1), 0);
    tern_conn_send(pr->conn);
    assert_int_equal(tern_conn_send_copy(pr->conn, "x", 1), -EPIPE);
    tern_conn_end(pr->conn);
    tern_conn_pause(pr->conn);
    tern_conn_resume(pr->conn);
    tern_conn_expect(pr->conn, 10);
    tern_conn_set_read_deadline(pr->conn, 1);
    tern_conn_set_write_deadline(pr->conn, 1);
    tern_conn_set_idle_timeout(pr->conn, 1);
    assert_true(tern_conn_peer_address(pr->conn, &sa) < 0);
    assert_true(tern_conn_peer_cred(pr->conn, &cred) < 0);
    tern_conn_close(pr->conn);
    tern_conn_abort(pr->conn);
}

// It took netpoll four years to make every method safe on a closed connection.
static void test_every_function_is_harmless_after_the_end(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_closed = use_everything };

        scene_open(&s, backend_under_test, kind, NULL);
        tern_conn_abort(s.pr.conn);
        use_everything(&s.pr);  // closed, and not told yet
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 1);
        scene_close(&s);
    }
}

static void test_close_and_abort_inside_data(void **state)
{
    void (*const hooks[])(probe *, tern_linkbuf *) = { close_on_data, abort_on_data };

    (void)state;
    FOR_EACH_KIND(kind)
    {
        for (size_t i = 0; i < TERN_COUNT_OF(hooks); i++) {
            scene s = { .pr.on_data = hooks[i] };

            scene_open(&s, backend_under_test, kind, NULL);
            net_write(s.peer, "data", 4);
            scene_hang_up_peer(&s);
            NET_UNTIL(s.p, s.pr.n_closed);
            assert_string_equal(s.pr.log, "dx");
            assert_int_equal(s.pr.err, i == 0 ? 0 : -ECANCELED);
            scene_close(&s);
        }
    }
}

// It broke the connection's invariant, which debug builds assert when the next bytes come.
static void test_bug_message_announced_after_a_close(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_data = expect_after_close };

        scene_open(&s, backend_under_test, kind, NULL);
        net_write(s.peer, "one", 3);
        NET_UNTIL(s.p, s.pr.n_data == 1);
        net_settle(s.p);
        net_write(s.peer, "two", 3);
        net_settle(s.p);
        scene_hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dx");
        scene_close(&s);
    }
}

static void test_abort_inside_end(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_end = abort_it };

        scene_open(&s, backend_under_test, kind, NULL);
        scene_hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "ex");
        scene_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_close_delivers_what_was_written),
        NET_TEST(test_close_tells_no_more_data_and_no_end),
        NET_TEST(test_close_waits_for_the_peer_a_second_at_most),
        NET_TEST(test_abort_drops_what_was_written),
        NET_TEST(test_every_function_is_harmless_after_the_end),
        NET_TEST(test_close_and_abort_inside_data),
        NET_TEST(test_bug_message_announced_after_a_close),
        NET_TEST(test_abort_inside_end),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
