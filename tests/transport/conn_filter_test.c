// A filter between the connection and its socket: the handshake, what goes before and behind it, the goodbye.
// That connections keep all their promises with one is what the other tests of connections see to; how it
// fails is in conn_filter_failure_test.c.
#include "tests/transport/backends.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>

#include <tern/conn_filter.h>
#include <tern/conn_io.h>
#include <tern/fiber.h>

#include "tests/support/xor_filter.h"
#include "tests/transport/far.h"
#include "tests/transport/net.h"
#include "tests/transport/probe.h"

// ---- before it is established --------------------------------------------

static void test_filter_speaks_first_though_nothing_was_written(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };
        far   f;

        far_open(&s, &f, kind, NULL, NULL);
        far_hear(&s, &f, XOR_HELLO);
        assert_int_equal(tern_conn_unsent(s.pr.conn), 0);
        assert_int_equal(tern_conn_get_stats(s.pr.conn).offered_bytes, 0);
        assert_false(tern_conn_get_filter(s.pr.conn)->is_established);
        far_close(&s, &f);
    }
}

static void test_output_waits_for_the_handshake_and_is_unsent(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };
        far   f;

        far_open(&s, &f, kind, NULL, NULL);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "early", 5), 0);
        far_hear(&s, &f, XOR_HELLO);
        net_settle(s.p);
        assert_int_equal(tern_conn_unsent(s.pr.conn), 5);
        assert_int_equal(tern_conn_get_stats(s.pr.conn).offered_bytes, 0);
        assert_int_equal(tern_conn_position(s.pr.conn), 5);
        far_greet(&s, &f);
        far_expect_text(&s, &f, "early");
        NET_UNTIL(s.p, tern_conn_unsent(s.pr.conn) == 0);
        assert_int_equal(tern_conn_get_stats(s.pr.conn).written_bytes, 5);
        far_close(&s, &f);
    }
}

static void test_input_behind_the_handshake_is_told_when_it_is_over(void **state)
{
    scene s = { 0 };
    far   f;

    (void)state;
    far_open(&s, &f, NET_TCP, &(xor_filter_opts){ .waits = true }, NULL);
    far_hear(&s, &f, XOR_HELLO);
    far_say_greeting(&f);
    far_say(&f, XOR_TEXT, "data", 4);
    net_settle(s.p);
    assert_string_equal(s.pr.log, "");
    xor_filter_go_on(xor_filter_of(s.pr.conn));
    NET_UNTIL(s.p, s.pr.n_bytes == 4);
    assert_string_equal(s.pr.text, "data");
    assert_int_equal(tern_conn_get_stats(s.pr.conn).read_bytes, 4);
    far_close(&s, &f);
}

static void test_paused_and_choked_connections_shake_hands(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };
        far   f;

        far_open(&s, &f, kind, NULL, &(tern_conn_opts){ .high_water = 1 });
        tern_conn_pause(s.pr.conn);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "early", 5), 0);
        assert_true(tern_conn_is_choked(s.pr.conn));
        far_greet(&s, &f);
        far_say(&f, XOR_TEXT, "data", 4);
        far_expect_text(&s, &f, "early");
        NET_UNTIL(s.p, !tern_conn_is_choked(s.pr.conn));
        net_settle(s.p);
        assert_string_equal(s.pr.log, "cD");
        tern_conn_resume(s.pr.conn);
        NET_UNTIL(s.p, s.pr.n_bytes == 4);
        far_close(&s, &f);
    }
}

// ---- a handshake that is finished elsewhere ------------------------------

typedef struct errand errand;
struct errand {
    tern_task         task;
    tern_poller      *p;
    tern_conn_filter *filter;  // NULL once it is gone
    bool              is_over;
};

static void go_on(tern_task *task)
{
    errand *e = TERN_CONTAINER_OF(task, errand, task);

    e->is_over = true;
    if (e->filter)
        tern_conn_filter_wake(e->filter);
}

static void *run_errand(void *arg)
{
    errand *e = arg;

    tern_poller_post(e->p, &e->task);
    return NULL;
}

static void test_handshake_goes_on_when_another_thread_has_done_its_part(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene     s = { 0 };
        far       f;
        errand    e = { .task.run = go_on };
        pthread_t thread;

        far_open(&s, &f, kind, &(xor_filter_opts){ .waits = true }, NULL);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "early", 5), 0);
        far_greet(&s, &f);
        e.p = s.p;
        e.filter = tern_conn_get_filter(s.pr.conn);
        NET_UNTIL(s.p, e.filter->is_waiting);
        net_settle(s.p);
        assert_int_equal(tern_conn_unsent(s.pr.conn), 5);
        assert_int_equal(pthread_create(&thread, NULL, run_errand, &e), 0);
        far_expect_text(&s, &f, "early");
        pthread_join(thread, NULL);
        far_close(&s, &f);
    }
}

static void test_connection_that_goes_while_its_filter_waits(void **state)
{
    void (*const ends[])(tern_conn *) = { tern_conn_abort, tern_conn_close };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(ends); i++) {
        scene s = { 0 };
        far   f;

        far_open(&s, &f, NET_TCP, &(xor_filter_opts){ .waits = true }, NULL);
        far_greet(&s, &f);
        NET_UNTIL(s.p, tern_conn_get_filter(s.pr.conn)->is_waiting);
        ends[i](s.pr.conn);
        tern_conn_filter_wake(tern_conn_get_filter(s.pr.conn));
        far_hang_up(&f);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_int_equal(s.pr.err, i == 0 ? -ECANCELED : 0);
        far_close(&s, &f);
    }
}

static void test_nothing_is_read_while_a_filter_waits(void **state)
{
    static const char bytes[64 * 1024];
    scene             s = { 0 };
    far               f;
    uint64_t          n_read;

    (void)state;
    far_open(&s, &f, NET_UNIX, &(xor_filter_opts){ .waits = true }, NULL);
    far_greet(&s, &f);
    NET_UNTIL(s.p, tern_conn_get_filter(s.pr.conn)->is_waiting);
    net_settle(s.p);
    n_read = tern_poller_get_stats(s.p).read_bytes;
    assert_int_equal(write(f.fd, bytes, sizeof bytes), sizeof bytes);
    net_settle(s.p);
    assert_int_equal(tern_poller_get_stats(s.p).read_bytes, n_read);
    far_close(&s, &f);
}

static void test_read_deadline_bounds_the_handshake(void **state)
{
    scene s = { 0 };
    far   f;

    (void)state;
    net_clock_start();
    far_open(&s, &f, NET_TCP, NULL, NULL);
    tern_conn_set_read_deadline(s.pr.conn, tern_poller_now_ns(s.p) + 500 * TERN_NS_PER_MS);
    far_hear(&s, &f, XOR_HELLO);
    net_clock_advance(502 * TERN_NS_PER_MS);
    net_settle(s.p);
    assert_int_equal(s.pr.n_closed, 1);
    assert_int_equal(s.pr.err, -ETIMEDOUT);
    far_close(&s, &f);
}

static void test_write_timeout_counts_output_that_waits_for_the_handshake(void **state)
{
    scene s = { 0 };
    far   f;

    (void)state;
    net_clock_start();
    far_open(&s, &f, NET_TCP, NULL, &(tern_conn_opts){ .write_timeout_ms = 500 });
    net_settle(s.p);
    net_clock_advance(1000 * TERN_NS_PER_MS);
    net_settle(s.p);
    assert_int_equal(s.pr.n_closed, 0);
    assert_int_equal(tern_conn_send_copy(s.pr.conn, "early", 5), 0);
    net_clock_advance(502 * TERN_NS_PER_MS);
    net_settle(s.p);
    assert_int_equal(s.pr.n_closed, 1);
    assert_int_equal(s.pr.err, -ETIMEDOUT);
    far_close(&s, &f);
}

// ---- pieces --------------------------------------------------------------

static void test_record_that_is_not_whole_is_no_input(void **state)
{
    scene   s = { 0 };
    far     f;
    uint8_t record[XOR_HEADER + 4];
    size_t  len;

    (void)state;
    far_open(&s, &f, NET_TCP, NULL, NULL);
    far_greet(&s, &f);
    len = xor_codec_put(&f.codec, XOR_TEXT, "data", 4, record);
    for (size_t i = 0; i < len; i++) {
        assert_int_equal(s.pr.n_data, 0);
        assert_int_equal(tern_conn_get_stats(s.pr.conn).read_bytes, 0);
        assert_int_equal(write(f.fd, record + i, 1), 1);
        net_settle(s.p);
    }
    assert_int_equal(s.pr.n_data, 1);
    assert_string_equal(s.pr.text, "data");
    far_close(&s, &f);
}

static void echo(probe *pr, tern_linkbuf *in)
{
    tern_linkbuf_splice(tern_conn_output(pr->conn), in);
    tern_conn_send(pr->conn);
}

// The filter gives and takes a few bytes in a turn, and asks for the next one by itself.
static void test_torn_pieces_arrive_whole_both_ways(void **state)
{
    enum { N = 100 * 1000 };

    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene  s = { .pr.on_data = echo };
        far    f;
        size_t n_said = 0, n_heard = 0;

        far_open(&s, &f, kind, &(xor_filter_opts){ .is_torn = true }, NULL);
        far_greet(&s, &f);
        for (int i = 0; n_heard < N && i < 1000 * 1000; i++) {
            n_said += far_say_pattern(&f, n_said, N - n_said < 1000 ? N - n_said : 1000);
            net_step(s.p, 0);
            n_heard += far_hear_pattern(&f, n_heard);
        }
        assert_int_equal(n_heard, N);
        assert_true(s.pr.n_data > N / 10000);
        assert_int_equal(tern_conn_get_stats(s.pr.conn).read_bytes, N);
        NET_UNTIL(s.p, tern_conn_get_stats(s.pr.conn).written_bytes == N);
        far_close(&s, &f);
    }
}

static void pause_it(probe *pr, tern_linkbuf *in)
{
    (void)in;
    tern_conn_pause(pr->conn);
}

static void test_pause_holds_back_what_the_filter_has_already(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_data = pause_it };
        far   f;

        far_open(&s, &f, kind, &(xor_filter_opts){ .is_torn = true }, NULL);
        far_greet(&s, &f);
        far_say(&f, XOR_TEXT, "some bytes", 10);
        far_say(&f, XOR_TEXT, "and more", 8);
        far_say(&f, XOR_BYE, NULL, 0);
        for (int i = 0; s.pr.n_end == 0 && i < 1000; i++) {
            int n_data = s.pr.n_data;

            net_settle(s.p);
            assert_in_range(s.pr.n_data, n_data, n_data + 1);
            tern_conn_resume(s.pr.conn);
            if (s.pr.n_bytes < 18)
                assert_int_equal(s.pr.n_end, 0);
        }
        assert_string_equal(s.pr.text, "some bytesand more");
        assert_string_equal(s.pr.log, "de");
        far_close(&s, &f);
    }
}

// ---- what it has found out -----------------------------------------------

static void test_identity_is_known_once_the_filter_is_established(void **state)
{
    const tern_identity peer = { .size = sizeof peer, .subject = "CN=ada" };
    scene               s = { 0 };
    far                 f;

    (void)state;
    far_open(&s, &f, NET_TCP, &(xor_filter_opts){ .identity = &peer, .alpn = "x/1" }, NULL);
    far_hear(&s, &f, XOR_HELLO);
    assert_null(tern_conn_identity(s.pr.conn));
    assert_null(tern_conn_get_filter(s.pr.conn)->alpn);
    far_greet(&s, &f);
    NET_UNTIL(s.p, tern_conn_identity(s.pr.conn));
    assert_ptr_equal(tern_conn_identity(s.pr.conn), &peer);
    assert_string_equal(tern_conn_get_filter(s.pr.conn)->alpn, "x/1");
    far_close(&s, &f);
}

// ---- the goodbye ---------------------------------------------------------

static void test_end_of_our_half_is_a_goodbye_and_a_fin(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };
        far   f;

        far_open(&s, &f, kind, NULL, NULL);
        far_greet(&s, &f);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "last", 4), 0);
        tern_conn_end(s.pr.conn);
        far_expect_text(&s, &f, "last");
        far_hear(&s, &f, XOR_BYE);
        far_expect_fin(&s, &f);
        far_say(&f, XOR_TEXT, "still", 5);
        NET_UNTIL(s.p, s.pr.n_bytes == 5);
        far_say(&f, XOR_BYE, NULL, 0);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dex");
        assert_int_equal(s.pr.err, 0);
        far_close(&s, &f);
    }
}

static void test_goodbye_of_the_peer_is_the_end_without_a_fin(void **state)
{
    scene s = { 0 };
    far   f;

    (void)state;
    far_open(&s, &f, NET_TCP, NULL, NULL);
    far_greet(&s, &f);
    far_say(&f, XOR_TEXT, "data", 4);
    far_say(&f, XOR_BYE, NULL, 0);
    NET_UNTIL(s.p, s.pr.n_end);
    assert_string_equal(s.pr.text, "data");
    assert_int_equal(tern_conn_send_copy(s.pr.conn, "late", 4), 0);
    far_expect_text(&s, &f, "late");
    tern_conn_close(s.pr.conn);
    far_hear(&s, &f, XOR_BYE);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_int_equal(s.pr.err, 0);
    far_close(&s, &f);
}

static void test_bytes_behind_the_goodbye_are_nobodys(void **state)
{
    scene s = { 0 };
    far   f;

    (void)state;
    far_open(&s, &f, NET_TCP, NULL, NULL);
    far_greet(&s, &f);
    far_say(&f, XOR_BYE, NULL, 0);
    far_say(&f, XOR_TEXT, "more", 4);
    NET_UNTIL(s.p, s.pr.n_end);
    far_say(&f, XOR_TEXT, "and more", 8);
    net_settle(s.p);
    assert_int_equal(s.pr.n_bytes, 0);
    assert_string_equal(s.pr.log, "e");
    far_close(&s, &f);
}

static void test_end_before_the_handshake_waits_for_it(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };
        far   f;

        far_open(&s, &f, kind, NULL, NULL);
        tern_conn_end(s.pr.conn);
        far_greet(&s, &f);
        far_hear(&s, &f, XOR_BYE);
        far_expect_fin(&s, &f);
        far_say(&f, XOR_TEXT, "data", 4);
        far_say(&f, XOR_BYE, NULL, 0);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_string_equal(s.pr.log, "dex");
        assert_int_equal(s.pr.err, 0);
        far_close(&s, &f);
    }
}

static void test_end_then_close_before_the_handshake_waits_for_nothing(void **state)
{
    scene s = { 0 };
    far   f;

    (void)state;
    far_open(&s, &f, NET_TCP, NULL, NULL);
    tern_conn_end(s.pr.conn);
    far_hear(&s, &f, XOR_HELLO);
    tern_conn_close(s.pr.conn);
    far_expect_fin(&s, &f);
    far_hang_up(&f);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_int_equal(s.pr.err, 0);
    far_close(&s, &f);
}

static void test_close_before_the_handshake_says_nothing(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };
        far   f;

        far_open(&s, &f, kind, NULL, NULL);
        far_hear(&s, &f, XOR_HELLO);
        tern_conn_close(s.pr.conn);
        far_expect_fin(&s, &f);
        far_hang_up(&f);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_int_equal(s.pr.err, 0);
        far_close(&s, &f);
    }
}

static void test_close_delivers_what_waits_for_the_handshake(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };
        far   f;

        far_open(&s, &f, kind, NULL, NULL);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "early", 5), 0);
        tern_conn_close(s.pr.conn);
        far_greet(&s, &f);
        far_expect_text(&s, &f, "early");
        far_hear(&s, &f, XOR_BYE);
        far_expect_fin(&s, &f);
        far_hang_up(&f);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_int_equal(s.pr.err, 0);
        assert_string_equal(s.pr.log, "x");
        far_close(&s, &f);
    }
}

// ---- blocking style ------------------------------------------------------

typedef struct talker talker;
struct talker {
    tern_conn *c;
    ssize_t    n, n2;
    int        err;
    char       buf[16];
    bool       is_over;
};

static void ask(void *arg)
{
    talker *t = arg;

    t->err = tern_conn_write(t->c, "ask", 3);
    if (t->err == 0)
        t->err = tern_conn_flush(t->c);
    t->n = tern_conn_read(t->c, t->buf, sizeof t->buf);
    t->n2 = tern_conn_read(t->c, t->buf + t->n, 1);
    t->is_over = true;
}

static void test_blocking_calls_wait_for_the_handshake(void **state)
{
    scene  s = { 0 };
    far    f;
    talker t = { 0 };

    (void)state;
    far_open_io(&s, &f, NULL, &t.c);
    assert_int_equal(tern_fiber_spawn(s.p, ask, &t, NULL, NULL), 0);
    far_greet(&s, &f);
    far_expect_text(&s, &f, "ask");
    far_say(&f, XOR_TEXT, "answer", 6);
    NET_UNTIL(s.p, t.n == 6);
    far_say(&f, XOR_BYE, NULL, 0);
    NET_UNTIL(s.p, t.is_over);
    assert_int_equal(t.err, 0);
    assert_memory_equal(t.buf, "answer", 6);
    assert_int_equal(t.n2, 0);
    tern_conn_abort(t.c);
    far_close_io(&s, &f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_filter_speaks_first_though_nothing_was_written),
        NET_TEST(test_output_waits_for_the_handshake_and_is_unsent),
        NET_TEST(test_input_behind_the_handshake_is_told_when_it_is_over),
        NET_TEST(test_paused_and_choked_connections_shake_hands),
        NET_TEST(test_handshake_goes_on_when_another_thread_has_done_its_part),
        NET_TEST(test_connection_that_goes_while_its_filter_waits),
        NET_TEST(test_nothing_is_read_while_a_filter_waits),
        NET_TEST(test_read_deadline_bounds_the_handshake),
        NET_TEST(test_write_timeout_counts_output_that_waits_for_the_handshake),
        NET_TEST(test_record_that_is_not_whole_is_no_input),
        NET_TEST(test_torn_pieces_arrive_whole_both_ways),
        NET_TEST(test_identity_is_known_once_the_filter_is_established),
        NET_TEST(test_pause_holds_back_what_the_filter_has_already),
        NET_TEST(test_end_of_our_half_is_a_goodbye_and_a_fin),
        NET_TEST(test_goodbye_of_the_peer_is_the_end_without_a_fin),
        NET_TEST(test_bytes_behind_the_goodbye_are_nobodys),
        NET_TEST(test_end_before_the_handshake_waits_for_it),
        NET_TEST(test_end_then_close_before_the_handshake_waits_for_nothing),
        NET_TEST(test_close_before_the_handshake_says_nothing),
        NET_TEST(test_close_delivers_what_waits_for_the_handshake),
        NET_TEST(test_blocking_calls_wait_for_the_handshake),
    };

    return backends_run(tests, TERN_COUNT_OF(tests));
}
