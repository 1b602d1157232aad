// Bytes, the end of bytes, and the end of a connection, in the order that is promised.
#include "tests/transport/backends.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/net.h"
#include "tests/transport/probe.h"
#include "transport/base/sys_internal.h"

static void echo(probe *pr, tern_linkbuf *in)
{
    tern_linkbuf_splice(tern_conn_output(pr->conn), in);
    tern_conn_send(pr->conn);
}

static void close_it(probe *pr) { tern_conn_close(pr->conn); }

// ---- bytes ---------------------------------------------------------------

static void test_echo_returns_what_was_sent(void **state)
{
    char buf[16] = "";

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_data = echo };

        scene_open(&s, backend_under_test, kind, NULL);
        net_write(s.peer, "hello", 5);
        NET_UNTIL(s.p, net_read(s.peer, buf, sizeof buf) == 5);
        assert_string_equal(buf, "hello");
        assert_int_equal(tern_conn_get_stats(s.pr.conn).read_bytes, 5);
        NET_UNTIL(s.p, tern_conn_get_stats(s.pr.conn).written_bytes == 5);
        scene_close(&s);
    }
}

static bool was_out_at_once;

static void echo_at_once(probe *pr, tern_linkbuf *in)
{
    tern_linkbuf_splice(tern_conn_output(pr->conn), in);
    tern_conn_send_now(pr->conn);
    was_out_at_once = tern_conn_unsent(pr->conn) == 0;
}

// With io_uring it is on its way at once, and out when the kernel says so.
static void test_what_is_sent_now_does_not_wait_for_the_round(void **state)
{
    char buf[16] = "";

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_data = echo_at_once };

        scene_open(&s, backend_under_test, kind, NULL);
        net_write(s.peer, "hello", 5);
        NET_UNTIL(s.p, net_read(s.peer, buf, sizeof buf) == 5);
        assert_string_equal(buf, "hello");
        assert_true(was_out_at_once || backend_under_test != TERN_BACKEND_EPOLL);
        scene_close(&s);
    }
}

static void test_one_byte_at_a_time_both_ways(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        scene_open(&s, backend_under_test, kind, NULL);
        for (size_t i = 0; i < 100; i++) {
            char in = (char)('A' + i % 26), out;

            net_write(s.peer, &in, 1);
            probe_send_pattern(&s.pr, i, 1);
            NET_UNTIL(s.p, s.pr.n_bytes == i + 1 && tern_conn_unsent(s.pr.conn) == 0);
            assert_int_equal(s.pr.text[i], in);
            assert_int_equal(net_read(s.peer, &out, 1), 1);
            assert_int_equal(out, probe_pattern(i));
        }
        assert_int_equal(s.pr.n_data, 100);
        scene_close(&s);
    }
}

static int n_released;

static void count_release(void *data, size_t len, void *arg)
{
    (void)data, (void)len, (void)arg;
    n_released++;
}

static void test_more_segments_than_iov_max_arrive_in_order(void **state)
{
    enum { N = 3 * IOV_MAX + 7 };
    static char bytes[N];
    size_t      got = 0;

    (void)state;
    for (size_t i = 0; i < N; i++)
        bytes[i] = probe_pattern(i);
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        scene_open(&s, backend_under_test, kind, NULL);
        n_released = 0;
        for (size_t i = 0; i < N; i++)
            assert_int_equal(tern_linkbuf_append_ref(tern_conn_output(s.pr.conn), &bytes[i], 1,
                                                     count_release, NULL),
                             0);
        tern_conn_send(s.pr.conn);
        for (got = 0; got < N;) {
            net_step(s.p, 5);
            got += probe_receive_pattern(s.peer, got);
        }
        NET_UNTIL(s.p, n_released == N);
        scene_close(&s);
    }
}

// Through a full socket, in both directions at once, with kernel buffers of a few KiB.
static void test_a_mebibyte_through_small_buffers_is_intact(void **state)
{
    enum { N = 1 << 20 };

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene  s = { 0 };
        size_t got = 0;

        scene_open_small(&s, backend_under_test, kind, &(tern_conn_opts){ .never_pause = true });
        probe_send_pattern(&s.pr, 0, N);
        for (int i = 0; got < N && i < 100000; i++) {
            net_step(s.p, 1);
            got += probe_receive_pattern(s.peer, got);
        }
        assert_int_equal(got, N);
        scene_close(&s);
    }
}

static void announce(probe *pr, tern_linkbuf *in)
{
    if (tern_linkbuf_len(in) < 1000000) {
        tern_conn_expect(pr->conn, 1000000);
        return;
    }
    assert_int_equal(tern_linkbuf_len(in), 1000000);
    assert_ptr_equal(in->head, in->tail);  // one piece
    tern_linkbuf_consume(in, 1000000);
}

static void test_announced_message_comes_whole_and_in_one_block(void **state)
{
    static const char piece[1000];

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr = { .on_data = announce, .takes_nothing = true } };

        scene_open(&s, backend_under_test, kind, NULL);
        for (int i = 0; i < 1000; i++) {
            net_write(s.peer, piece, sizeof piece);
            net_step(s.p, 0);
        }
        net_settle(s.p);
        assert_int_equal(s.pr.n_data, 2);
        scene_close(&s);
    }
}

static void announce_once(probe *pr, tern_linkbuf *in)
{
    if (pr->n_data == 1)
        tern_conn_expect(pr->conn, 1000000);
    pr->takes_nothing = pr->n_data == 1;
    assert_int_equal(tern_linkbuf_len(in), pr->n_data == 1 ? 4 : 8);
}

static void test_announced_message_that_stays_torn_is_data_before_the_end(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr = { .on_data = announce_once, .on_end = close_it } };

        scene_open(&s, backend_under_test, kind, NULL);
        net_write(s.peer, "half", 4);
        NET_UNTIL(s.p, s.pr.n_data == 1);
        net_write(s.peer, "more", 4);
        scene_hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dex");
        assert_string_equal(s.pr.text, "halfmore");
        scene_close(&s);
    }
}

static void test_input_that_is_left_is_told_again_with_more(void **state)
{
    scene s = { .pr.takes_nothing = true };

    (void)state;
    scene_open(&s, backend_under_test, NET_TCP, NULL);
    net_write(s.peer, "ab", 2);
    NET_UNTIL(s.p, s.pr.n_data == 1);
    net_write(s.peer, "cd", 2);
    s.pr.takes_nothing = false;
    NET_UNTIL(s.p, s.pr.n_data == 2);
    assert_string_equal(s.pr.text, "abcd");
    scene_close(&s);
}

static void test_idle_connection_holds_no_block(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_data = echo };

        scene_open(&s, backend_under_test, kind, NULL);
        net_write(s.peer, "hello", 5);
        NET_UNTIL(s.p, tern_conn_get_stats(s.pr.conn).written_bytes == 5);
        net_settle(s.p);
        assert_int_equal(tern_pool_get_stats(tern_poller_pool(s.p)).live_bytes, 0);
        scene_close(&s);
    }
}

// ---- the peer's end ------------------------------------------------------

static void test_peer_that_sends_and_closes_gives_data_then_end_then_closed(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_end = close_it };

        scene_open(&s, backend_under_test, kind, NULL);
        net_write(s.peer, "bye", 3);
        scene_hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dex");
        assert_string_equal(s.pr.text, "bye");
        assert_int_equal(s.pr.err, 0);
        scene_close(&s);
    }
}

static void test_end_queued_behind_much_data_comes_last(void **state)
{
    enum { N = 300 * 1000 };  // several reads
    static char bytes[N];

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene   s = { .pr.has_no_end = true };
        ssize_t n;
        size_t  sent = 0;

        scene_open(&s, backend_under_test, kind, NULL);
        while ((n = net_send(s.peer, bytes, N - sent)) > 0)
            sent += (size_t)n;
        scene_hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dx");
        assert_int_equal(s.pr.n_bytes, sent);
        assert_int_equal(s.pr.err, 0);
        scene_close(&s);
    }
}

static void reply_and_close(probe *pr)
{
    assert_int_equal(tern_conn_send_copy(pr->conn, "answer", 6), 0);
    tern_conn_close(pr->conn);
}

// netpoll never answers a peer that has shut down its half (N10).
static void test_half_closed_peer_gets_its_answer(void **state)
{
    char buf[16] = "";

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_end = reply_and_close };

        scene_open(&s, backend_under_test, kind, NULL);
        net_write(s.peer, "question", 8);
        net_shutdown(s.peer);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dex");
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 6);
        assert_string_equal(buf, "answer");
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 0);
        scene_close(&s);
    }
}

// A second later, and with a handler that does nothing at the end.
static void test_half_closed_peer_is_kept_until_the_owner_closes(void **state)
{
    char buf[16];

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        scene_open(&s, backend_under_test, kind, NULL);
        net_shutdown(s.peer);
        NET_UNTIL(s.p, s.pr.n_end);
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 0);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "late", 4), 0);
        NET_UNTIL(s.p, net_read(s.peer, buf, sizeof buf) == 4);
        scene_close(&s);
    }
}

static void test_our_half_close_leaves_reading_open(void **state)
{
    char buf[16];

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        scene_open(&s, backend_under_test, kind, NULL);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "last", 4), 0);
        tern_conn_end(s.pr.conn);
        tern_conn_end(s.pr.conn);  // idempotent
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "no", 2), -EPIPE);
        net_settle(s.p);
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 4);
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 0);
        net_write(s.peer, "still", 5);
        NET_UNTIL(s.p, s.pr.n_bytes == 5);
        scene_hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);  // both halves have ended
        assert_string_equal(s.pr.log, "dex");
        assert_int_equal(s.pr.err, 0);
        scene_close(&s);
    }
}

static void test_reset_after_data_gives_data_then_closed(void **state)
{
    scene s = { 0 };

    (void)state;
    scene_open(&s, backend_under_test, NET_TCP, NULL);
    net_write(s.peer, "data", 4);
    NET_UNTIL(s.p, s.pr.n_bytes == 4);
    net_reset(s.peer);
    s.peer = -1;
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_string_equal(s.pr.log, "dx");
    assert_int_equal(s.pr.err, -ECONNRESET);
    scene_close(&s);
}

// ---- birth ---------------------------------------------------------------

static void test_new_takes_the_descriptor_also_when_it_fails(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    probe        pr = { 0 };
    int          pipe_fds[2];

    (void)state;
    assert_int_equal(pipe(pipe_fds), 0);
    assert_int_equal(probe_try(&pr, p, pipe_fds[0], NULL), -ENOTSOCK);
    assert_int_equal(fcntl(pipe_fds[0], F_GETFD), -1);
    assert_int_equal(probe_try(&pr, p, -1, NULL), -EBADF);
    close(pipe_fds[1]);
    tern_poller_free(p);
    assert_int_equal(pr.n_closed, 0);
}

static void test_adopted_descriptor_becomes_nonblocking_and_cloexec(void **state)
{
    scene s = { .peer = -1 };
    int   fds[2];

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    net_speak(fds[1]);
    s.p = net_poller(backend_under_test);
    s.peer = fds[1];
    probe_start(&s.pr, s.p, fds[0], NULL);
    assert_true(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);
    scene_close(&s);
}

static void test_facts_of_a_connection(void **state)
{
    tern_sockaddr mine, theirs;
    struct ucred  cred;

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        scene_open(&s, backend_under_test, kind, NULL);
        assert_int_equal(tern_conn_local_address(s.pr.conn, &mine), 0);
        assert_int_equal(tern_conn_peer_address(s.pr.conn, &theirs), 0);
        assert_ptr_equal(tern_conn_poller(s.pr.conn), s.p);
        assert_ptr_equal(tern_conn_arg(s.pr.conn), &s.pr);
        if (kind == NET_TCP) {
            assert_int_equal(theirs.addr.any.sa_family, AF_INET);
            assert_int_equal(tern_conn_peer_cred(s.pr.conn, &cred), -EOPNOTSUPP);
        } else {
            assert_int_equal(tern_conn_peer_cred(s.pr.conn, &cred), 0);
            assert_int_equal(cred.pid, getpid());
        }
        scene_close(&s);
    }
}

static int option_of(const scene *s, int level, int name)
{
    int       value = -1;
    socklen_t len = sizeof value;

    assert_int_equal(getsockopt(tern_conn_fd(s->pr.conn), level, name, &value, &len), 0);
    return value;
}

static void test_tcp_options_are_set(void **state)
{
    scene s = { 0 }, t = { 0 };

    (void)state;
    scene_open(&s, backend_under_test, NET_TCP, &(tern_conn_opts){ .user_timeout_ms = 1234 });
    assert_true(option_of(&s, IPPROTO_TCP, TCP_NODELAY));
    assert_true(option_of(&s, SOL_SOCKET, SO_KEEPALIVE));
    assert_int_equal(option_of(&s, IPPROTO_TCP, TCP_USER_TIMEOUT), 1234);
    scene_close(&s);

    scene_open(&t, backend_under_test, NET_TCP, &(tern_conn_opts){ .no_keepalive = true });
    assert_false(option_of(&t, SOL_SOCKET, SO_KEEPALIVE));
    scene_close(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_echo_returns_what_was_sent),
        NET_TEST(test_what_is_sent_now_does_not_wait_for_the_round),
        NET_TEST(test_one_byte_at_a_time_both_ways),
        NET_TEST(test_more_segments_than_iov_max_arrive_in_order),
        NET_TEST(test_a_mebibyte_through_small_buffers_is_intact),
        NET_TEST(test_announced_message_comes_whole_and_in_one_block),
        NET_TEST(test_announced_message_that_stays_torn_is_data_before_the_end),
        NET_TEST(test_input_that_is_left_is_told_again_with_more),
        NET_TEST(test_idle_connection_holds_no_block),
        NET_TEST(test_peer_that_sends_and_closes_gives_data_then_end_then_closed),
        NET_TEST(test_end_queued_behind_much_data_comes_last),
        NET_TEST(test_half_closed_peer_gets_its_answer),
        NET_TEST(test_half_closed_peer_is_kept_until_the_owner_closes),
        NET_TEST(test_our_half_close_leaves_reading_open),
        NET_TEST(test_reset_after_data_gives_data_then_closed),
        NET_TEST(test_new_takes_the_descriptor_also_when_it_fails),
        NET_TEST(test_adopted_descriptor_becomes_nonblocking_and_cloexec),
        NET_TEST(test_facts_of_a_connection),
        NET_TEST(test_tcp_options_are_set),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
