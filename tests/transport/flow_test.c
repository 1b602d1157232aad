// A slow side: bounded output, paused reading, and what is written when nothing can be written.
#include "tests/transport/backends.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/conn_filter.h>

#include "tests/transport/net.h"
#include "tests/transport/probe.h"
#include "transport/base/sys_internal.h"

enum { HIGH_WATER = 64 * 1024, READ_MAX = 4 * TERN_BLOCK_LARGE };

static void echo(probe *pr, tern_linkbuf *in)
{
    tern_linkbuf_splice(tern_conn_output(pr->conn), in);
    tern_conn_send(pr->conn);
}

// Sends as much as the socket takes, without waiting.
static size_t push(int fd)
{
    static const char bytes[64 * 1024];
    size_t            n_sent = 0;
    ssize_t           n;

    while ((n = net_send(fd, bytes, sizeof bytes)) > 0)
        n_sent += (size_t)n;
    return n_sent;
}

// After another push. TCP moves bytes on when the kernel comes to it, so it takes as many as it takes.
static bool is_choked_by(scene *s)
{
    push(s->peer);
    assert_in_range(tern_conn_unsent(s->pr.conn), 0, HIGH_WATER + READ_MAX);
    return tern_conn_is_choked(s->pr.conn);
}

// ---- water marks ---------------------------------------------------------

static void test_peer_that_never_reads_is_bounded(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_data = echo };

        scene_open_small(&s, backend_under_test, kind,
                         &(tern_conn_opts){ .high_water = HIGH_WATER });
        NET_UNTIL(s.p, is_choked_by(&s));
        for (int i = 0; i < 1000; i++) {
            push(s.peer);
            net_step(s.p, 0);
            assert_in_range(tern_conn_unsent(s.pr.conn), 0, HIGH_WATER + READ_MAX);
        }
        assert_true(tern_conn_is_choked(s.pr.conn));
        NET_UNTIL(s.p, push(s.peer) == 0);  // nobody reads on our side either
        // What is queued, rounded up to the blocks that it lies in.
        assert_in_range(tern_pool_get_stats(tern_poller_pool(s.p)).live_bytes, 0,
                        2 * (HIGH_WATER + READ_MAX));
        scene_close(&s);
    }
}

static void test_choked_connection_goes_on_when_the_peer_reads(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene  s = { .pr.on_data = echo };
        size_t n_sent = 0, n_got = 0;

        scene_open_small(&s, backend_under_test, kind,
                         &(tern_conn_opts){ .high_water = HIGH_WATER });
        NET_UNTIL(s.p, (n_sent += push(s.peer), tern_conn_is_choked(s.pr.conn)));
        assert_string_equal(s.pr.log, "dc");
        for (int i = 0; n_got < n_sent && i < 100000; i++) {
            assert_int_equal(net_drain(s.peer, &n_got), 0);
            net_step(s.p, 1);
        }
        assert_int_equal(n_got, n_sent);
        assert_false(tern_conn_is_choked(s.pr.conn));
        scene_close(&s);
    }
}

static void test_marks_are_told_once_each_way(void **state)
{
    scene  s = { 0 };
    size_t n_got = 0;

    (void)state;
    scene_open_small(&s, backend_under_test, NET_TCP,
                     &(tern_conn_opts){ .high_water = HIGH_WATER, .low_water = 1000 });
    probe_send_pattern(&s.pr, 0, HIGH_WATER);
    assert_string_equal(s.pr.log, "");
    probe_send_pattern(&s.pr, HIGH_WATER, 1);
    assert_string_equal(s.pr.log, "c");  // from inside of send
    probe_send_pattern(&s.pr, HIGH_WATER + 1, 1000);
    while (tern_conn_unsent(s.pr.conn) > 1000) {
        assert_string_equal(s.pr.log, "c");
        assert_int_equal(net_drain(s.peer, &n_got), 0);
        net_step(s.p, 1);
    }
    assert_string_equal(s.pr.log, "cD");
    scene_close(&s);
}

static void write_more(probe *pr)
{
    if (pr->n_data++ < 20)
        probe_send_pattern(pr, 0, HIGH_WATER + 1);
}

static void test_drained_may_write_again(void **state)
{
    FOR_EACH_KIND(kind)
    {
        scene  s = { .pr.on_drained = write_more };
        size_t n_got = 0;

        (void)state;
        scene_open_small(&s, backend_under_test, kind,
                         &(tern_conn_opts){ .high_water = HIGH_WATER, .never_pause = true });
        probe_send_pattern(&s.pr, 0, HIGH_WATER + 1);
        for (int i = 0; n_got < 21 * (HIGH_WATER + 1) && i < 100000; i++) {
            assert_int_equal(net_drain(s.peer, &n_got), 0);
            net_step(s.p, 1);
        }
        assert_int_equal(n_got, 21 * (HIGH_WATER + 1));
        scene_close(&s);
    }
}

static void abort_it(probe *pr) { tern_conn_abort(pr->conn); }
static void close_it(probe *pr) { tern_conn_close(pr->conn); }

static void test_abort_inside_choked_and_close_inside_drained(void **state)
{
    scene  s = { .pr.on_choked = abort_it }, t = { .pr.on_drained = close_it };
    size_t n_got = 0;

    (void)state;
    scene_open_small(&s, backend_under_test, NET_TCP, &(tern_conn_opts){ .high_water = 1 });
    assert_int_equal(tern_conn_send_copy(s.pr.conn, "xx", 2), 0);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_string_equal(s.pr.log, "cx");
    scene_close(&s);

    scene_open_small(&t, backend_under_test, NET_TCP, &(tern_conn_opts){ .high_water = 1 });
    assert_int_equal(tern_conn_send_copy(t.pr.conn, "xx", 2), 0);
    net_settle(t.p);
    assert_int_equal(net_drain(t.peer, &n_got), 1);
    net_shutdown(t.peer);
    NET_UNTIL(t.p, t.pr.n_closed);
    assert_string_equal(t.pr.log, "cDx");
    assert_int_equal(t.pr.err, 0);
    scene_close(&t);
}

static void test_never_pause_reads_on(void **state)
{
    scene s = { 0 };

    (void)state;
    scene_open_small(&s, backend_under_test, NET_UNIX,
                     &(tern_conn_opts){ .high_water = 1, .never_pause = true });
    probe_send_pattern(&s.pr, 0, 512 * 1024);
    net_settle(s.p);
    assert_true(tern_conn_is_choked(s.pr.conn));
    net_write(s.peer, "data", 4);
    NET_UNTIL(s.p, s.pr.n_bytes == 4);
    scene_close(&s);
}

// ---- pausing -------------------------------------------------------------

static void test_pause_holds_back_data_and_end(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_end = close_it };

        scene_open_small(&s, backend_under_test, kind, NULL);
        tern_conn_pause(s.pr.conn);
        net_write(s.peer, "data", 4);
        net_shutdown(s.peer);
        net_settle(s.p);
        assert_string_equal(s.pr.log, "");
        tern_conn_resume(s.pr.conn);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dex");
        assert_string_equal(s.pr.text, "data");
        scene_close(&s);
    }
}

static void test_pause_and_resume_cost_no_system_call(void **state)
{
    scene             s = { 0 };
    tern_poller_stats before, after;

    (void)state;
    if (backend_under_test != TERN_BACKEND_EPOLL)
        skip();  // promised of epoll only: the kernel reads ahead of us elsewhere
    scene_open_small(&s, backend_under_test, NET_TCP, NULL);
    net_settle(s.p);
    before = tern_poller_get_stats(s.p);
    for (int i = 0; i < 100; i++) {
        tern_conn_pause(s.pr.conn);
        tern_conn_resume(s.pr.conn);
    }
    after = tern_poller_get_stats(s.p);
    assert_int_equal(after.n_ctls, before.n_ctls);
    assert_int_equal(after.n_reads, before.n_reads);
    scene_close(&s);
}

static void pause_it(probe *pr, tern_linkbuf *in)
{
    (void)in;
    tern_conn_pause(pr->conn);
}

// One piece for each resume, though all of it lies in the socket: nothing is lost by the edge.
static void test_pause_inside_data_keeps_what_was_not_read(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene  s = { .pr.on_data = pause_it };
        size_t n_sent;

        scene_open_small(&s, backend_under_test, kind, NULL);
        n_sent = push(s.peer);
        for (int i = 0; i < 1000 && s.pr.n_bytes < n_sent; i++) {
            int n_before = s.pr.n_data;

            tern_conn_resume(s.pr.conn);
            net_settle(s.p);
            assert_in_range(s.pr.n_data, n_before, n_before + 1);
        }
        assert_int_equal(s.pr.n_bytes, n_sent);
        scene_close(&s);
    }
}

static void test_reset_is_told_while_paused(void **state)
{
    scene s = { 0 };

    (void)state;
    scene_open_small(&s, backend_under_test, NET_TCP, NULL);
    tern_conn_pause(s.pr.conn);
    net_settle(s.p);
    net_reset(s.peer);
    s.peer = -1;
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_string_equal(s.pr.log, "x");
    assert_int_equal(s.pr.err, -ECONNRESET);
    scene_close(&s);
}

// ---- writing that fails --------------------------------------------------

static void reset_peer_and_reply(probe *pr, tern_linkbuf *in)
{
    scene *s = TERN_CONTAINER_OF(pr, scene, pr);

    (void)in;
    net_reset(s->peer);
    s->peer = -1;
    assert_int_equal(tern_conn_send_copy(pr->conn, "reply", 5), 0);
}

// sendmsg took the error off the socket; the read after it saw 0, which is how a FIN looks.
static void test_bug_reset_met_by_a_write_was_told_as_the_end(void **state)
{
    scene s = { .pr.on_data = reset_peer_and_reply };

    (void)state;
    scene_open_small(&s, backend_under_test, NET_TCP, NULL);
    net_write(s.peer, "half a message", 14);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_string_equal(s.pr.log, "dx");
    assert_int_equal(s.pr.err, -ECONNRESET);
    scene_close(&s);
}

static int n_write_failures;

static ssize_t failing_sendmsg(int fd, const struct msghdr *msg, int flags)
{
    (void)fd, (void)msg, (void)flags;
    n_write_failures++;
    errno = ENOBUFS;
    return -1;
}

// Data that was waiting was read, and then nothing asked for the error any more.
static void test_bug_failed_write_beside_waiting_data_was_forgotten(void **state)
{
    scene s = { 0 };

    (void)state;
    if (backend_under_test != TERN_BACKEND_EPOLL)
        skip();  // writes with no sendmsg to replace; see uring_test
    scene_open_small(&s, backend_under_test, NET_TCP, NULL);
    net_settle(s.p);
    n_write_failures = 0;
    terni_sys_table.sendmsg = failing_sendmsg;
    assert_int_equal(tern_conn_send_copy(s.pr.conn, "x", 1), 0);
    net_step(s.p, 0);
    net_write(s.peer, "data", 4);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_string_equal(s.pr.log, "dx");
    assert_int_equal(s.pr.err, -ENOBUFS);
    assert_int_equal(n_write_failures, 1);
    scene_close(&s);
}

static void reply_at_once(probe *pr, tern_linkbuf *in)
{
    (void)in;
    assert_int_equal(tern_linkbuf_append(tern_conn_output(pr->conn), "x", 1), 0);
    tern_conn_send_now(pr->conn);
}

// It had been given its turn at the end of the round before that.
static void test_bug_write_that_failed_at_once_was_tried_again(void **state)
{
    scene s = { .pr.on_data = reply_at_once };

    (void)state;
    if (backend_under_test != TERN_BACKEND_EPOLL)
        skip();  // as above
    scene_open_small(&s, backend_under_test, NET_TCP, NULL);
    net_settle(s.p);
    n_write_failures = 0;
    terni_sys_table.sendmsg = failing_sendmsg;
    net_write(s.peer, "data", 4);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_int_equal(s.pr.err, -ENOBUFS);
    assert_int_equal(n_write_failures, 1);
    scene_close(&s);
}

// The peer said its last words and closed; our write met that before we had read them.
static void test_last_words_are_read_after_a_write_failed(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };

        scene_open_small(&s, backend_under_test, kind, NULL);
        tern_conn_pause(s.pr.conn);
        net_settle(s.p);
        net_write(s.peer, "last words", 10);
        net_close(s.peer);
        s.peer = -1;
        tern_conn_resume(s.pr.conn);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "x", 1), 0);
        NET_UNTIL(s.p, s.pr.n_closed || s.pr.n_end);
        assert_string_equal(s.pr.text, "last words");
        assert_int_equal(s.pr.n_end, 1);
        scene_close(&s);
    }
}

// ---- what may have left --------------------------------------------------

// By a filter, and not known to have gone.
enum { MAX_TAKEN = 2 * (TERN_CONN_FILTER_ENOUGH + TERN_CONN_FILTER_MAX_PIECE) };

static tern_conn_stats stats_at_the_end;

static void note_stats(probe *pr) { stats_at_the_end = tern_conn_get_stats(pr->conn); }

// What follows a full socket's worth has not left, whatever becomes of the rest. With io_uring the kernel may
// have sent of what it was given more than it has told.
static void test_what_was_never_offered_has_not_left(void **state)
{
    enum { N = 512 * 1024 };

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene           s = { .pr.on_closed = note_stats };
        size_t          n_got = 0;
        tern_conn_stats stats;

        scene_open_small(&s, backend_under_test, kind, NULL);
        probe_send_pattern(&s.pr, 0, N);
        net_settle(s.p);
        assert_int_equal(tern_conn_position(s.pr.conn), N);
        stats = tern_conn_get_stats(s.pr.conn);
        assert_in_range(stats.written_bytes, 1, N - 1);
        if (net_has_filter)  // which takes so much ahead of the socket
            assert_in_range(stats.offered_bytes, stats.written_bytes + 1,
                            stats.written_bytes + MAX_TAKEN);
        else if (backend_under_test == TERN_BACKEND_EPOLL)
            assert_int_equal(stats.offered_bytes, stats.written_bytes);
        else
            assert_int_equal(stats.offered_bytes, N);
        probe_send_pattern(&s.pr, N, N);
        assert_int_equal(tern_conn_position(s.pr.conn), 2 * N);
        tern_conn_abort(s.pr.conn);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_memory_equal(&stats_at_the_end, &stats, sizeof stats);
        (void)net_drain(s.peer, &n_got);
        assert_in_range(n_got, 1, stats.offered_bytes);
        scene_close(&s);
    }
}

static void test_all_that_was_sent_has_left(void **state)
{
    scene           s = { 0 };
    size_t          n_got = 0;
    tern_conn_stats stats;

    (void)state;
    scene_open(&s, backend_under_test, NET_TCP, NULL);
    probe_send_pattern(&s.pr, 0, 10000);
    assert_int_equal(tern_conn_get_stats(s.pr.conn).offered_bytes, 0);
    NET_UNTIL(s.p, net_drain(s.peer, &n_got) == 0 && tern_conn_unsent(s.pr.conn) == 0);
    stats = tern_conn_get_stats(s.pr.conn);
    assert_int_equal(stats.written_bytes, 10000);
    assert_int_equal(stats.offered_bytes, 10000);
    scene_close(&s);
}

// ---- writing too late ----------------------------------------------------

static void test_bug_output_written_after_the_end_was_sent(void **state)
{
    void (*const ends[])(tern_conn *) = { tern_conn_end, tern_conn_close };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(ends); i++) {
        scene  s = { 0 };
        size_t n_got = 0;

        scene_open_small(&s, backend_under_test, NET_TCP, NULL);
        probe_send_pattern(&s.pr, 0, 200 * 1000);
        ends[i](s.pr.conn);
        assert_int_equal(tern_linkbuf_append(tern_conn_output(s.pr.conn), "too late", 8), 0);
        tern_conn_send(s.pr.conn);
        for (int n = 0; n < 100000 && net_drain(s.peer, &n_got) == 0; n++)
            net_step(s.p, 1);
        assert_int_equal(n_got, 200 * 1000);
        scene_close(&s);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_peer_that_never_reads_is_bounded),
        NET_TEST(test_choked_connection_goes_on_when_the_peer_reads),
        NET_TEST(test_marks_are_told_once_each_way),
        NET_TEST(test_drained_may_write_again),
        NET_TEST(test_abort_inside_choked_and_close_inside_drained),
        NET_TEST(test_never_pause_reads_on),
        NET_TEST(test_pause_holds_back_data_and_end),
        NET_TEST(test_pause_and_resume_cost_no_system_call),
        NET_TEST(test_pause_inside_data_keeps_what_was_not_read),
        NET_TEST(test_reset_is_told_while_paused),
        NET_TEST(test_bug_reset_met_by_a_write_was_told_as_the_end),
        NET_TEST(test_bug_failed_write_beside_waiting_data_was_forgotten),
        NET_TEST(test_bug_write_that_failed_at_once_was_tried_again),
        NET_TEST(test_last_words_are_read_after_a_write_failed),
        NET_TEST(test_what_was_never_offered_has_not_left),
        NET_TEST(test_all_that_was_sent_has_left),
        NET_TEST(test_bug_output_written_after_the_end_was_sent),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
