// A filter that fails at every step, peers that go or lie at every byte, and what neither can make us hold.
#include "tests/transport/backends.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/conn_filter.h>
#include <tern/conn_io.h>
#include <tern/fiber.h>

#include "tests/support/xor_filter.h"
#include "tests/transport/far.h"
#include "tests/transport/net.h"
#include "tests/transport/probe.h"

// By a filter, and not known to have gone: twice what is on its way, see conn_tally_internal.h.
enum { MAX_TAKEN = 2 * (TERN_CONN_FILTER_ENOUGH + TERN_CONN_FILTER_MAX_PIECE) };

static char why[256];  // what the last connection ended for

static void note_why(probe *pr)
{
    const char *words = tern_conn_why(pr->conn);

    snprintf(why, sizeof why, "%s", words ? words : "");
}

// ---- the filter fails ----------------------------------------------------

// Does its part of the conversation, and says more than anybody reads, until the alert comes.
static void converse(scene *s, far *f, xor_step step)
{
    if (step > XOR_AT_BEGIN)
        far_hear(s, f, XOR_HELLO);
    if (step > XOR_AT_BEGIN)
        far_say_greeting(f);
    if (step > XOR_AT_HELLO)
        far_hear(s, f, XOR_ACK);
    if (step >= XOR_AT_ACK)
        (void)far_say_pattern(f, 0, XOR_MAX_PAYLOAD);
    net_settle(s->p);
    if (step == XOR_AT_END)
        tern_conn_end(s->pr.conn);
}

static void fail_at(xor_step step, bool has_output)
{
    scene s = { .pr.on_closed = note_why };
    far   f;

    far_open(&s, &f, NET_TCP, &(xor_filter_opts){ .fails = step, .fails_after = 4 }, NULL);
    if (has_output)
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "early", 5), 0);
    converse(&s, &f, step);
    if (step == XOR_AT_OUTPUT)
        (void)!tern_conn_send_copy(s.pr.conn, "as if", 5);  // it may have failed by now
    far_skip_text(&s, &f);
    far_hear(&s, &f, XOR_ALERT);
    net_settle(s.p);
    assert_int_equal(s.pr.n_closed, 0);  // lingers, so that no reset eats the alert
    assert_int_equal(tern_conn_unsent(s.pr.conn), 0);
    assert_int_equal(tern_conn_send_copy(s.pr.conn, "late", 4), -EPIPE);
    far_expect_fin(&s, &f);
    far_hang_up(&f);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_int_equal(s.pr.err, -EPROTO);
    assert_string_equal(why, "failed as told");
    assert_int_equal(s.pr.n_end, 0);
    far_close(&s, &f);
}

static void test_filter_that_fails_at_each_step_has_its_last_word(void **state)
{
    (void)state;
    for (xor_step step = XOR_AT_BEGIN; step < XOR_N_STEPS; step++) {
        fail_at(step, false);
        fail_at(step, true);
    }
}

// Input comes in the round in which the output failed: xor_filter asserts that nobody asks it what that means.
static void test_filter_that_failed_is_not_called_again(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { .pr.on_closed = note_why };
        far   f;

        far_open(&s, &f, kind, &(xor_filter_opts){ .fails = XOR_AT_OUTPUT }, NULL);
        far_greet(&s, &f);
        (void)far_say_pattern(&f, 0, 100);
        assert_int_equal(tern_conn_send_copy(s.pr.conn, "ask", 3), 0);
        tern_conn_send_now(s.pr.conn);
        far_hear(&s, &f, XOR_ALERT);
        far_hang_up(&f);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_int_equal(s.pr.err, -EPROTO);
        far_close(&s, &f);
    }
}

static void test_input_before_a_failure_is_told(void **state)
{
    scene s = { .pr.on_closed = note_why };
    far   f;

    (void)state;
    far_open(&s, &f, NET_TCP, &(xor_filter_opts){ .fails = XOR_AT_INPUT, .fails_after = 4 }, NULL);
    far_greet(&s, &f);
    far_say(&f, XOR_TEXT, "d", 1);
    far_say(&f, XOR_TEXT, "ata", 3);
    far_say(&f, XOR_TEXT, "too much", 8);
    far_hear(&s, &f, XOR_ALERT);
    far_hang_up(&f);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_string_equal(s.pr.log, "dx");
    assert_memory_equal(s.pr.text, "data", 4);
    assert_int_equal(s.pr.err, -EPROTO);
    far_close(&s, &f);
}

static void test_failure_after_close_is_told_and_after_the_linger_not(void **state)
{
    scene s = { 0 }, t = { 0 };
    far   f, g;

    (void)state;
    far_open(&s, &f, NET_TCP, &(xor_filter_opts){ .fails = XOR_AT_END }, NULL);
    far_greet(&s, &f);
    tern_conn_close(s.pr.conn);
    far_hear(&s, &f, XOR_ALERT);
    far_hang_up(&f);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_int_equal(s.pr.err, -EPROTO);
    far_close(&s, &f);

    far_open(&t, &g, NET_TCP, &(xor_filter_opts){ .fails = XOR_AT_INPUT }, NULL);
    far_greet(&t, &g);
    tern_conn_close(t.pr.conn);
    far_hear(&t, &g, XOR_BYE);
    far_expect_fin(&t, &g);
    far_say(&g, XOR_TEXT, "nobody reads it", 15);
    far_hang_up(&g);
    NET_UNTIL(t.p, t.pr.n_closed);
    assert_int_equal(t.pr.err, 0);
    far_close(&t, &g);
}

static void test_abort_while_a_failure_lingers_tells_the_failure_at_once(void **state)
{
    scene s = { .pr.on_closed = note_why };
    far   f;

    (void)state;
    far_open(&s, &f, NET_TCP, &(xor_filter_opts){ .fails = XOR_AT_BEGIN }, NULL);
    far_hear(&s, &f, XOR_ALERT);
    tern_conn_abort(s.pr.conn);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_int_equal(s.pr.err, -EPROTO);
    assert_string_equal(why, "failed as told");
    far_close(&s, &f);
}

static void test_peer_that_stays_keeps_a_failure_for_a_second_only(void **state)
{
    scene s = { 0 };
    far   f;

    (void)state;
    net_clock_start();
    far_open(&s, &f, NET_TCP, &(xor_filter_opts){ .fails = XOR_AT_BEGIN }, NULL);
    far_hear(&s, &f, XOR_ALERT);
    net_settle(s.p);
    net_clock_advance((TERN_CONN_LINGER_MS + 2) * TERN_NS_PER_MS);
    net_settle(s.p);
    assert_int_equal(s.pr.n_closed, 1);
    assert_int_equal(s.pr.err, -EPROTO);
    far_close(&s, &f);
}

static void test_poller_freed_at_each_step(void **state)
{
    (void)state;
    for (xor_step step = XOR_AT_BEGIN; step < XOR_N_STEPS; step++) {
        scene s = { 0 };
        far   f;

        far_open(&s, &f, NET_TCP, &(xor_filter_opts){ .fails = step, .fails_after = 4 }, NULL);
        if (step > XOR_AT_BEGIN)
            converse(&s, &f, step);
        if (s.pr.conn)
            tern_conn_filter_wake(tern_conn_get_filter(s.pr.conn));  // a turn is owed
        far_close(&s, &f);
    }
}

// ---- blocking style ------------------------------------------------------

typedef struct talker talker;
struct talker {
    tern_conn *c;
    ssize_t    n;
    int        err;
    char       buf[16];
    bool       is_over;
};

static void read_then_flush(void *arg)
{
    talker *t = arg;

    t->n = tern_conn_read(t->c, t->buf, sizeof t->buf);
    t->err = tern_conn_write(t->c, "late", 4);
    if (t->err == 0)
        t->err = tern_conn_flush(t->c);
    t->is_over = true;
}

static void test_waiters_learn_of_a_failure_at_once(void **state)
{
    scene  s = { 0 };
    far    f;
    talker t = { 0 };

    (void)state;
    far_open_io(&s, &f, &(xor_filter_opts){ .fails = XOR_AT_INPUT }, &t.c);
    assert_int_equal(tern_fiber_spawn(s.p, read_then_flush, &t, NULL, NULL), 0);
    far_greet(&s, &f);
    far_say(&f, XOR_TEXT, "data", 4);
    NET_UNTIL(s.p, t.is_over);
    assert_int_equal(t.n, -EPROTO);
    assert_int_equal(t.err, -EPROTO);
    assert_string_equal(tern_conn_why(t.c), "failed as told");
    tern_conn_close(t.c);
    far_close_io(&s, &f);
}

static void flush_early(void *arg)
{
    talker *t = arg;

    t->err = tern_conn_write(t->c, "early", 5);
    if (t->err == 0)
        t->err = tern_conn_flush(t->c);
    t->is_over = true;
}

static void test_flush_does_not_succeed_because_output_was_dropped(void **state)
{
    scene  s = { 0 };
    far    f;
    talker t = { 0 };

    (void)state;
    far_open_io(&s, &f, &(xor_filter_opts){ .fails = XOR_AT_ACK }, &t.c);
    assert_int_equal(tern_fiber_spawn(s.p, flush_early, &t, NULL, NULL), 0);
    far_greet(&s, &f);
    NET_UNTIL(s.p, t.is_over);
    assert_int_equal(t.err, -EPROTO);
    tern_conn_abort(t.c);
    far_close_io(&s, &f);
}

static void test_truncation_is_not_the_end_of_a_read(void **state)
{
    scene  s = { 0 };
    far    f;
    talker t = { 0 };

    (void)state;
    far_open_io(&s, &f, NULL, &t.c);
    assert_int_equal(tern_fiber_spawn(s.p, read_then_flush, &t, NULL, NULL), 0);
    far_greet(&s, &f);
    far_hang_up(&f);
    NET_UNTIL(s.p, t.is_over);
    assert_int_equal(t.n, -ECONNABORTED);
    tern_conn_abort(t.c);
    far_close_io(&s, &f);
}

// ---- the peer goes, or lies, at every byte -------------------------------

typedef struct script script;
struct script {
    uint8_t bytes[256];
    size_t  len, n_greeting;
};

static void add(script *sc, far *f, xor_kind kind, const char *text)
{
    sc->len += xor_codec_put(&f->codec, kind, text, strlen(text), sc->bytes + sc->len);
}

// All that a peer has to say, whose greeting answers theirs.
static void write_script(script *sc, far *f)
{
    sc->len = xor_codec_put_hello(&f->codec, sc->bytes);
    sc->len += xor_codec_put_ack(&f->codec, sc->bytes + sc->len);
    sc->n_greeting = sc->len;
    add(sc, f, XOR_TEXT, "data");
    add(sc, f, XOR_PING, "ping");
    add(sc, f, XOR_TEXT, "more");
    add(sc, f, XOR_BYE, "");
}

static void close_it(probe *pr) { tern_conn_close(pr->conn); }

// How many bytes there are in all.
static size_t say_and_go(net_kind kind, size_t n)
{
    scene  s = { .pr.on_closed = note_why, .pr.on_end = close_it };
    far    f;
    script sc;

    far_open(&s, &f, kind, NULL, NULL);
    far_hear(&s, &f, XOR_HELLO);
    write_script(&sc, &f);
    assert_int_equal(send(f.fd, sc.bytes, n, MSG_NOSIGNAL), n);
    (void)shutdown(f.fd, SHUT_WR);
    NET_UNTIL(s.p, (far_take_in(&f), s.pr.n_closed));
    if (n == sc.len) {
        assert_int_equal(s.pr.err, 0);
        assert_string_equal(s.pr.log, "dex");
    } else {
        assert_int_equal(s.pr.err, -ECONNABORTED);
        assert_int_equal(s.pr.n_end, 0);
        assert_non_null(strstr(why, n < sc.n_greeting ? "handshake" : "goodbye"));
    }
    assert_memory_equal(s.pr.text, "datamore", s.pr.n_bytes);
    far_close(&s, &f);
    return sc.len;
}

static void test_peer_that_goes_at_each_byte_is_told_from_one_that_ends(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        for (size_t n = 0, len = 1; n <= len; n++)
            len = say_and_go(kind, n);
    }
}

// There is nobody whose input was cut off: what was written before the close still goes.
static void test_fin_alone_behind_a_close_does_not_drop_output(void **state)
{
    (void)state;
    FOR_EACH_KIND(kind)
    {
        scene s = { 0 };
        far   f;

        far_open_small(&s, &f, kind, NULL, NULL);
        far_greet(&s, &f);
        probe_send_pattern(&s.pr, 0, 1024 * 1024);
        tern_conn_close(s.pr.conn);
        (void)shutdown(f.fd, SHUT_WR);
        net_settle(s.p);
        far_skip_text(&s, &f);
        far_hear(&s, &f, XOR_BYE);  // behind all of it
        far_expect_fin(&s, &f);
        NET_UNTIL(s.p, s.pr.n_closed);
        assert_int_equal(s.pr.err, 0);
        far_close(&s, &f);
    }
}

static size_t say_and_reset(size_t n)
{
    scene  s = { 0 };
    far    f;
    script sc;

    far_open(&s, &f, NET_TCP, NULL, NULL);
    far_hear(&s, &f, XOR_HELLO);
    write_script(&sc, &f);
    assert_int_equal(send(f.fd, sc.bytes, n, MSG_NOSIGNAL), n);
    net_settle(s.p);
    net_reset(f.fd);
    f.fd = -1;
    if (n == sc.len && s.pr.conn)
        tern_conn_close(s.pr.conn);  // whoever has said all may go as it likes
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_true(s.pr.err == -ECONNRESET || (n == sc.len && s.pr.err == 0));
    far_close(&s, &f);
    return sc.len;
}

static void test_reset_at_each_byte(void **state)
{
    (void)state;
    for (size_t n = 0, len = 1; n <= len; n++)
        len = say_and_reset(n);
}

static size_t say_with_a_lie(size_t at)
{
    scene  s = { .pr.on_end = close_it };
    far    f;
    script sc;

    far_open(&s, &f, NET_TCP, NULL, NULL);
    far_hear(&s, &f, XOR_HELLO);
    write_script(&sc, &f);
    sc.bytes[at] ^= 0x41;
    assert_int_equal(send(f.fd, sc.bytes, sc.len, MSG_NOSIGNAL), sc.len);
    (void)shutdown(f.fd, SHUT_WR);
    NET_UNTIL(s.p, (far_take_in(&f), s.pr.n_closed));
    assert_in_range(s.pr.n_bytes, 0, 8);
    far_close(&s, &f);
    return sc.len;
}

static void test_wrong_byte_anywhere_ends_it_once(void **state)
{
    (void)state;
    for (size_t at = 0, len = 1; at < len; at++)
        len = say_with_a_lie(at);
}

// ---- what a peer can make us hold ----------------------------------------

static size_t live_bytes(const scene *s)
{
    return tern_pool_get_stats(tern_poller_pool(s->p)).live_bytes;
}

static ssize_t push(int fd, const void *bytes, size_t n)
{
    return send(fd, bytes, n, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void test_piece_that_never_ends_is_given_up(void **state)
{
    static const uint8_t endless[XOR_HEADER + 64 * 1024] = { XOR_TEXT, 0x7f, 0xff, 0xff };
    scene                s = { .pr.on_closed = note_why };
    far                  f;

    (void)state;
    far_open(&s, &f, NET_UNIX, &(xor_filter_opts){ .is_credulous = true }, NULL);
    far_greet(&s, &f);
    for (int i = 0; i < 10000 && s.pr.conn; i++) {
        (void)push(f.fd, endless, i ? sizeof endless : XOR_HEADER);
        net_step(s.p, 0);
        (void)far_take_in(&f);
        assert_in_range(live_bytes(&s), 0, 4 * TERN_CONN_FILTER_MAX_INPUT);
        if (tern_conn_send_copy(s.pr.conn, "", 0) == -EPIPE)
            break;  // it lingers
    }
    far_hang_up(&f);
    NET_UNTIL(s.p, s.pr.n_closed);
    assert_int_equal(s.pr.err, -EMSGSIZE);
    assert_non_null(strstr(why, "262144"));
    far_close(&s, &f);
}

static void test_answers_that_nobody_takes_stop_the_reading(void **state)
{
    static uint8_t ping[XOR_MAX_RECORD], payload[1000];
    scene          s = { 0 };
    far            f;
    size_t         n_pinged = 0, n_ponged = 0, len, at = 0;
    uint64_t       n_read;

    (void)state;
    far_open_small(&s, &f, NET_UNIX, NULL, &(tern_conn_opts){ .never_pause = true });
    far_greet(&s, &f);
    len = xor_codec_put(&f.codec, XOR_PING, payload, sizeof payload, ping);
    for (int i = 0; i < 1000; i++) {
        for (ssize_t n; (n = push(f.fd, ping + at, len - at)) > 0;) {
            at = (at + (size_t)n) % len;
            n_pinged += at == 0;
        }
        net_step(s.p, 0);
        assert_in_range(live_bytes(&s), 0, 4 * TERN_CONN_FILTER_MAX_ANSWERS);
    }
    n_read = tern_poller_get_stats(s.p).read_bytes;
    net_settle(s.p);
    assert_int_equal(tern_poller_get_stats(s.p).read_bytes, n_read);
    for (int i = 0; i < 100000 && n_ponged < n_pinged; i++) {
        n_ponged += far_hear_all(&f, XOR_PONG);
        net_step(s.p, 0);
    }
    assert_int_equal(n_ponged, n_pinged);
    far_close(&s, &f);
}

static void test_output_is_taken_no_faster_than_the_peer_reads(void **state)
{
    enum { N = 2 * 1024 * 1024 };
    scene  s = { 0 };
    far    f;
    size_t n_heard = 0;

    (void)state;
    far_open_small(&s, &f, NET_TCP, NULL, NULL);
    far_greet(&s, &f);
    probe_send_pattern(&s.pr, 0, N);
    for (int i = 0; i < 1000 * 1000 && n_heard < N; i++) {
        tern_conn_stats stats = tern_conn_get_stats(s.pr.conn);

        assert_in_range(stats.offered_bytes, n_heard, stats.written_bytes + MAX_TAKEN);
        assert_in_range(stats.written_bytes, 0, stats.offered_bytes);
        assert_int_equal(tern_conn_unsent(s.pr.conn), N - stats.written_bytes);
        n_heard += far_hear_pattern(&f, n_heard);
        net_step(s.p, 0);
    }
    NET_UNTIL(s.p, tern_conn_unsent(s.pr.conn) == 0);
    far_close(&s, &f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_filter_that_fails_at_each_step_has_its_last_word),
        NET_TEST(test_filter_that_failed_is_not_called_again),
        NET_TEST(test_input_before_a_failure_is_told),
        NET_TEST(test_failure_after_close_is_told_and_after_the_linger_not),
        NET_TEST(test_abort_while_a_failure_lingers_tells_the_failure_at_once),
        NET_TEST(test_peer_that_stays_keeps_a_failure_for_a_second_only),
        NET_TEST(test_poller_freed_at_each_step),
        NET_TEST(test_waiters_learn_of_a_failure_at_once),
        NET_TEST(test_flush_does_not_succeed_because_output_was_dropped),
        NET_TEST(test_truncation_is_not_the_end_of_a_read),
        NET_TEST(test_peer_that_goes_at_each_byte_is_told_from_one_that_ends),
        NET_TEST(test_fin_alone_behind_a_close_does_not_drop_output),
        NET_TEST(test_reset_at_each_byte),
        NET_TEST(test_wrong_byte_anywhere_ends_it_once),
        NET_TEST(test_piece_that_never_ends_is_given_up),
        NET_TEST(test_answers_that_nobody_takes_stop_the_reading),
        NET_TEST(test_output_is_taken_no_faster_than_the_peer_reads),
    };

    return backends_run(tests, TERN_COUNT_OF(tests));
}
