// Bytes, the end of bytes, and the end of a connection, in the order that is promised.
#include "tests/transport/backends.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/net.h"
#include "tests/transport/probe.h"
#include "transport/sys_internal.h"

// One connection on its own poller and the plain socket at its other end.
typedef struct scene scene;
struct scene {
    tern_poller *p;
    probe        pr;
    int          peer;
};

static void open_scene_with(scene *s, net_kind kind, const tern_conn_opts *opts)
{
    int ours;

    s->p = net_poller(backend_under_test);
    net_pair(kind, &ours, &s->peer);
    probe_start(&s->pr, s->p, ours, opts);
}

static void open_scene(scene *s, net_kind kind) { open_scene_with(s, kind, NULL); }

static void close_scene(scene *s)
{
    if (s->peer >= 0)
        close(s->peer);
    if (s->pr.conn)
        tern_conn_abort(s->pr.conn);
    tern_poller_free(s->p);
    assert_int_equal(s->pr.n_closed, 1);
}

static void hang_up_peer(scene *s)
{
    close(s->peer);
    s->peer = -1;
}

#define FOR_EACH_KIND(kind) for (net_kind kind = NET_TCP; kind < NET_N_KINDS; kind++)

static void echo(probe *pr, tern_linkbuf *in)
{
    tern_linkbuf_splice(tern_conn_output(pr->conn), in);
    tern_conn_send(pr->conn);
}

static void close_it(probe *pr) { tern_conn_close(pr->conn); }

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

static void abort_it(probe *pr) { tern_conn_abort(pr->conn); }

// What the peer has got, and that it is the pattern.
static size_t receive_pattern(int fd, size_t from)
{
    char    buf[4096];
    ssize_t n;
    size_t  at = from;

    while ((n = net_read(fd, buf, sizeof buf)) > 0) {
        for (ssize_t i = 0; i < n; i++)
            assert_int_equal(buf[i], probe_pattern(at + (size_t)i));
        at += (size_t)n;
    }
    return at - from;
}

// ---- bytes ---------------------------------------------------------------

static void test_echo_returns_what_was_sent(void **state)
{
    char buf[16] = "";

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_data = echo };

        open_scene(&s, kind);
        net_write(s.peer, "hello", 5);
        NET_UNTIL(s.p, net_read(s.peer, buf, sizeof buf) == 5);
        assert_string_equal(buf, "hello");
        assert_int_equal(tern_conn_get_stats(s.pr.conn).read_bytes, 5);
        assert_int_equal(tern_conn_get_stats(s.pr.conn).written_bytes, 5);
        close_scene(&s);
    }
}

static void test_one_byte_at_a_time_both_ways(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        open_scene(&s, kind);
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
        close_scene(&s);
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

        open_scene(&s, kind);
        n_released = 0;
        for (size_t i = 0; i < N; i++)
            assert_int_equal(tern_linkbuf_append_ref(tern_conn_output(s.pr.conn), &bytes[i], 1,
                                                     count_release, NULL),
                             0);
        tern_conn_send(s.pr.conn);
        for (got = 0; got < N;) {
            assert_int_equal(tern_poller_step(s.p, 5), 0);
            got += receive_pattern(s.peer, got);
        }
        assert_int_equal(n_released, N);
        close_scene(&s);
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
        int    ours;

        s.p = net_poller(backend_under_test);
        net_small_pair(kind, &ours, &s.peer);
        probe_start(&s.pr, s.p, ours, &(tern_conn_opts){ .never_pause = true });
        probe_send_pattern(&s.pr, 0, N);
        for (int i = 0; got < N && i < 100000; i++) {
            assert_int_equal(tern_poller_step(s.p, 1), 0);
            got += receive_pattern(s.peer, got);
        }
        assert_int_equal(got, N);
        close_scene(&s);
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

        open_scene(&s, kind);
        for (int i = 0; i < 1000; i++) {
            net_write(s.peer, piece, sizeof piece);
            assert_int_equal(tern_poller_step(s.p, 0), 0);
        }
        net_settle(s.p);
        assert_int_equal(s.pr.n_data, 2);
        close_scene(&s);
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

        open_scene(&s, kind);
        net_write(s.peer, "half", 4);
        NET_UNTIL(s.p, s.pr.n_data == 1);
        net_write(s.peer, "more", 4);
        hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dex");
        assert_string_equal(s.pr.text, "halfmore");
        close_scene(&s);
    }
}

static void test_input_that_is_left_is_told_again_with_more(void **state)
{
    scene s = { .pr.takes_nothing = true };

    (void)state;
    open_scene(&s, NET_TCP);
    net_write(s.peer, "ab", 2);
    NET_UNTIL(s.p, s.pr.n_data == 1);
    net_write(s.peer, "cd", 2);
    s.pr.takes_nothing = false;
    NET_UNTIL(s.p, s.pr.n_data == 2);
    assert_string_equal(s.pr.text, "abcd");
    close_scene(&s);
}

static void test_idle_connection_holds_no_block(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_data = echo };

        open_scene(&s, kind);
        net_write(s.peer, "hello", 5);
        NET_UNTIL(s.p, tern_conn_get_stats(s.pr.conn).written_bytes == 5);
        net_settle(s.p);
        assert_int_equal(tern_pool_get_stats(tern_poller_pool(s.p)).live_bytes, 0);
        close_scene(&s);
    }
}

// ---- the peer's end ------------------------------------------------------

static void test_peer_that_sends_and_closes_gives_data_then_end_then_closed(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_end = close_it };

        open_scene(&s, kind);
        net_write(s.peer, "bye", 3);
        hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dex");
        assert_string_equal(s.pr.text, "bye");
        assert_int_equal(s.pr.err, 0);
        close_scene(&s);
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

        open_scene(&s, kind);
        while ((n = send(s.peer, bytes, N - sent, MSG_DONTWAIT)) > 0)
            sent += (size_t)n;
        hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dx");
        assert_int_equal(s.pr.n_bytes, sent);
        assert_int_equal(s.pr.err, 0);
        close_scene(&s);
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

        open_scene(&s, kind);
        net_write(s.peer, "question", 8);
        shutdown(s.peer, SHUT_WR);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dex");
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 6);
        assert_string_equal(buf, "answer");
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 0);
        close_scene(&s);
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

        open_scene(&s, kind);
        shutdown(s.peer, SHUT_WR);
        NET_UNTIL(s.p, s.pr.n_end);
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 0);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "late", 4), 0);
        NET_UNTIL(s.p, net_read(s.peer, buf, sizeof buf) == 4);
        close_scene(&s);
    }
}

static void test_our_half_close_leaves_reading_open(void **state)
{
    char buf[16];

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        open_scene(&s, kind);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "last", 4), 0);
        tern_conn_end(s.pr.conn);
        tern_conn_end(s.pr.conn);  // idempotent
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "no", 2), -EPIPE);
        net_settle(s.p);
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 4);
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 0);
        net_write(s.peer, "still", 5);
        NET_UNTIL(s.p, s.pr.n_bytes == 5);
        hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);  // both halves have ended
        assert_string_equal(s.pr.log, "dex");
        assert_int_equal(s.pr.err, 0);
        close_scene(&s);
    }
}

static void test_reset_after_data_gives_data_then_closed(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, NET_TCP);
    net_write(s.peer, "data", 4);
    NET_UNTIL(s.p, s.pr.n_bytes == 4);
    net_reset(s.peer);
    s.peer = -1;
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_string_equal(s.pr.log, "dx");
    assert_int_equal(s.pr.err, -ECONNRESET);
    close_scene(&s);
}

// ---- our end -------------------------------------------------------------

static void test_close_delivers_what_was_written(void **state)
{
    enum { N = 500 * 1000 };  // more than the socket takes at once

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene  s = { 0 };
        size_t got = 0;

        open_scene(&s, kind);
        probe_send_pattern(&s.pr, 0, N);
        tern_conn_close(s.pr.conn);
        tern_conn_close(s.pr.conn);
        for (int i = 0; got < N && i < 100000; i++) {
            assert_int_equal(tern_poller_step(s.p, 1), 0);
            got += receive_pattern(s.peer, got);
        }
        assert_int_equal(got, N);
        assert_int_equal(s.pr.n_closed, 0);  // lingers for the peer's FIN
        hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_int_equal(s.pr.err, 0);
        assert_string_equal(s.pr.log, "x");
        close_scene(&s);
    }
}

static void test_close_tells_no_more_data_and_no_end(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        open_scene(&s, kind);
        net_write(s.peer, "too late", 8);
        tern_conn_close(s.pr.conn);
        shutdown(s.peer, SHUT_WR);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "x");
        assert_int_equal(s.pr.err, 0);
        close_scene(&s);
    }
}

static void test_close_waits_for_the_peer_a_second_at_most(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        net_clock_start();
        open_scene(&s, kind);
        tern_conn_close(s.pr.conn);
        net_settle(s.p);
        net_clock_advance(TERN_CONN_LINGER_MS * TERN_NS_PER_MS - 1);
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 0);
        net_clock_advance(2 * TERN_NS_PER_MS);
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 1);
        assert_int_equal(s.pr.err, 0);
        close_scene(&s);
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

        open_scene(&s, kind);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "never", 5), 0);
        tern_conn_abort(s.pr.conn);
        tern_conn_abort(s.pr.conn);
        tern_conn_close(s.pr.conn);
        assert_int_equal(s.pr.n_closed, 0);  // not from inside
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 1);
        assert_int_equal(s.pr.err, -ECANCELED);
        assert_int_equal(net_read(s.peer, buf, sizeof buf), 0);
        close_scene(&s);
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

        open_scene(&s, kind);
        tern_conn_abort(s.pr.conn);
        use_everything(&s.pr);  // closed, and not told yet
        net_settle(s.p);
        assert_int_equal(s.pr.n_closed, 1);
        close_scene(&s);
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

            open_scene(&s, kind);
            net_write(s.peer, "data", 4);
            hang_up_peer(&s);
            NET_UNTIL(s.p, s.pr.n_closed);
            assert_string_equal(s.pr.log, "dx");
            assert_int_equal(s.pr.err, i == 0 ? 0 : -ECANCELED);
            close_scene(&s);
        }
    }
}

static void test_abort_inside_end(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_end = abort_it };

        open_scene(&s, kind);
        hang_up_peer(&s);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "ex");
        close_scene(&s);
    }
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
    s.p = net_poller(backend_under_test);
    s.peer = fds[1];
    probe_start(&s.pr, s.p, fds[0], NULL);
    assert_true(fcntl(fds[0], F_GETFL) & O_NONBLOCK);
    assert_true(fcntl(fds[0], F_GETFD) & FD_CLOEXEC);
    close_scene(&s);
}

static void test_facts_of_a_connection(void **state)
{
    tern_sockaddr mine, theirs;
    struct ucred  cred;

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        open_scene(&s, kind);
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
        close_scene(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_echo_returns_what_was_sent),
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
        NET_TEST(test_close_delivers_what_was_written),
        NET_TEST(test_close_tells_no_more_data_and_no_end),
        NET_TEST(test_close_waits_for_the_peer_a_second_at_most),
        NET_TEST(test_abort_drops_what_was_written),
        NET_TEST(test_every_function_is_harmless_after_the_end),
        NET_TEST(test_close_and_abort_inside_data),
        NET_TEST(test_abort_inside_end),
        NET_TEST(test_new_takes_the_descriptor_also_when_it_fails),
        NET_TEST(test_adopted_descriptor_becomes_nonblocking_and_cloexec),
        NET_TEST(test_facts_of_a_connection),
    };

    return backends_run(tests, TERN_COUNT_OF(tests));
}
