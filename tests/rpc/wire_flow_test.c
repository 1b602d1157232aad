// Windows and long messages: what waits, what is granted, what is given back.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/wire/native/engine_internal.h"
#include "tests/rpc/wire_core.h"

#define wire (&terni_wire_native)

typedef struct pair pair;
struct pair {
    wire_core c, s;
};

static const terni_open call_ab = { .path = "/a/b", .path_len = 4 };

static int make_pair(void **state)
{
    pair *p = calloc(1, sizeof *p);

    assert_true(wire_core_init(&p->c, TERNI_CLIENT, NULL));
    assert_true(wire_core_init(&p->s, TERNI_SERVER, NULL));
    wire_core_run(&p->c, &p->s);
    *state = p;
    return 0;
}

static int drop_pair(void **state)
{
    pair *p = *state;

    wire_core_done(&p->c);
    wire_core_done(&p->s);
    free(p);
    return 0;
}

static bool is_blocked(const wire_call *call) { return call->stream.flags & TERNI_STREAM_BLOCKED; }

// Sends messages of `size` until one waits. Returns how many went.
static unsigned fill(wire_call *call, size_t size)
{
    terni_body body = wire_core_count(size);
    unsigned   n = 0;

    for (; !is_blocked(call); n++)
        assert_int_equal(wire_core_send(call, &body, false), 0);
    return n - 1;
}

// What the client thinks it may send is what the server thinks it may get.
static void assert_windows_agree(const pair *p)
{
    assert_int_equal(p->c.engine->send_window, p->s.engine->credit.all.left);
    assert_int_equal(p->s.engine->send_window, p->c.engine->credit.all.left);
    assert_int_equal(p->s.engine->credit.reserved, 0);
    assert_int_equal(p->s.engine->credit.all.held, wire_core_held(&p->s));
    assert_int_equal(p->c.engine->credit.all.held, wire_core_held(&p->c));
}

static void test_stream_window_exhausted_blocks_and_credit_frees(void **state)
{
    pair      *p = *state;
    wire_call *call = wire_core_call(&p->c, "/a/b", NULL, false), *theirs;

    p->s.is_lazy = true;
    wire_core_run(&p->c, &p->s);
    theirs = wire_core_find(&p->s, 1);
    assert_int_equal(fill(call, 1000), 262);  // 256 KiB
    wire_core_run(&p->c, &p->s);
    // The last one went in part, was announced, and was granted what it lacked.
    assert_int_equal(theirs->n_messages, 263);
    assert_false(is_blocked(call));
    assert_int_equal(fill(call, 1000), 0);
    wire_core_run(&p->c, &p->s);
    assert_true(is_blocked(call));  // nothing of it could go, not even its size
    wire_core_consume(theirs);
    wire_core_run(&p->c, &p->s);
    assert_false(is_blocked(call));
    assert_int_equal(theirs->n_messages, 264);
    assert_windows_agree(p);
}

static void test_credit_comes_in_half_window_steps(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count(1024);
    wire_call *call = wire_core_call(&p->c, "/a/b", NULL, false);
    unsigned   n_credits = 0;

    wire_core_run(&p->c, &p->s);
    for (int i = 0; i < 1024; i++) {
        assert_int_equal(wire_core_send(call, &body, false), 0);
        wire_core_carry(&p->c, &p->s);
        n_credits += p->s.out.len > 0;
        wire_core_run(&p->c, &p->s);
    }
    assert_int_equal(n_credits, 8);  // 1 MiB in steps of 128 KiB
    assert_windows_agree(p);
}

static void test_connection_window_holds_unary_bodies_as_well(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count(1000 * 1000);
    unsigned   n = 0;
    wire_call *call;

    p->s.is_lazy = p->s.is_quiet = true;
    do
        call = wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    while (wire_core_carry(&p->c, &p->s), !is_blocked(call) && ++n < 100);
    assert_int_equal(n, 16);  // 16 MiB
    // An announcement is always let through, and granted.
    wire_core_run(&p->c, &p->s);
    assert_false(is_blocked(call));
    assert_int_equal(p->s.n_bytes, 17 * 1000 * 1000);
    for (wire_call *theirs = p->s.calls; theirs; theirs = theirs->next)
        wire_core_consume(theirs);
    wire_core_run(&p->c, &p->s);
    assert_windows_agree(p);
}

static void test_overrun_of_a_window_is_closed(void **state)
{
    static uint8_t chunk[60000];
    wire_bytes     b;
    wire_core      s;

    (void)state;
    assert_true(wire_core_init(&s, TERNI_SERVER, NULL));
    s.is_lazy = s.is_quiet = true;
    wire_bytes_preface(&b);
    wire_bytes_frame(&b, KIND_OPEN, 0, 1, "\x0a\x04/a/b", 6, NULL, 0);
    wire_core_feed(&s, b.bytes, b.len, 0);
    for (int i = 0; i < 4; i++, assert_false(s.has_failed)) {
        b.len = 0;
        wire_bytes_frame(&b, KIND_DATA, FLAG_MESSAGE, 1, NULL, 0, chunk, sizeof chunk);
        wire_core_feed(&s, b.bytes, b.len, 0);
    }
    wire_core_feed(&s, b.bytes, b.len, 0);
    assert_true(s.has_failed);
    wire_core_done(&s);
}

static void test_overrun_of_the_connection_is_closed(void **state)
{
    static uint8_t chunk[60000];
    wire_bytes     b;
    wire_core      s;
    uint32_t       id = 1;

    (void)state;
    assert_true(wire_core_init(&s, TERNI_SERVER, NULL));
    s.is_lazy = s.is_quiet = true;
    wire_bytes_preface(&b);
    for (; !s.has_failed && id < 1000; id++, b.len = 0) {
        wire_bytes_frame(&b, KIND_OPEN, FLAG_MESSAGE | FLAG_END, id, "\x0a\x04/a/b", 6, chunk,
                         sizeof chunk);
        wire_core_feed(&s, b.bytes, b.len, 0);
    }
    assert_int_equal(id - 1, 16 * 1024 * 1024 / 60000 + 1);
    wire_core_done(&s);
}

// ---- long messages -------------------------------------------------------

static void check_count(wire_core *core, wire_call *call, const terni_piece *piece)
{
    (void)core;
    (void)call;
    for (size_t i = 0; i < piece->len; i += 997)
        assert_int_equal(piece->data[i], (uint8_t)i);
}

static void answer_count(wire_core *core, wire_call *call)
{
    terni_body body = wire_core_count((size_t)core->arg);

    assert_in_range(wire_core_finish(call, 0, &body), 0, 1);
}

static void test_long_messages_travel_both_ways(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count(20 << 20);

    p->s.on_message = p->c.on_message = check_count;
    p->s.on_ended = answer_count;
    p->s.arg = (void *)(size_t)(30 << 20);
    for (int i = 0; i < 4; i++)
        wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->s.n_bytes, 4 * (20 << 20));
    assert_int_equal(p->c.n_bytes, 4 * (30 << 20));
    assert_int_equal(p->c.n_open, 0);
    assert_windows_agree(p);
}

static void test_windows_do_not_grow_with_long_messages(void **state)
{
    pair      *p = *state;
    terni_body large = wire_core_count(3 << 20), small = wire_core_text("x");
    wire_call *call = wire_core_call(&p->c, "/a/b", NULL, false);

    for (int i = 0; i < 20; i++) {
        assert_int_equal(wire_core_send(call, &large, false), 0);
        wire_core_run(&p->c, &p->s);
        assert_int_equal(wire_core_send(call, &small, false), 0);
        wire_core_run(&p->c, &p->s);
    }
    assert_false(p->s.has_failed);
    assert_windows_agree(p);
    assert_in_range(terni_native_of(&call->stream)->send_window, 100 * 1024, 256 * 1024);
    assert_in_range(p->c.engine->send_window, 8 << 20, 16 << 20);
    assert_int_equal(terni_native_of(&call->stream)->send_window,
                     terni_native_of(&wire_core_find(&p->s, 1)->stream)->credit.left);
}

static void test_short_calls_overtake_a_long_message(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count(40 << 20);

    wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    wire_core_carry(&p->c, &p->s);
    wire_core_carry(&p->s, &p->c);
    wire_core_call(&p->c, "/a/b", "short", true);
    wire_core_carry(&p->c, &p->s);
    wire_core_carry(&p->c, &p->s);
    assert_non_null(strstr(p->s.log, "message 2 short"));
    assert_null(strstr(p->s.log, "message 1"));
    wire_core_run(&p->c, &p->s);
    assert_non_null(strstr(p->s.log, "message 1 of 41943040"));
}

static void test_two_long_messages_take_turns(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count(10 << 20);

    wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    for (int i = 0; i < 12; i++) {
        wire_core_carry(&p->c, &p->s);
        wire_core_carry(&p->s, &p->c);
    }
    for (uint32_t id = 1; id <= 2; id++) {
        const terni_arriving *a = terni_native_of(&wire_core_find(&p->s, id)->stream)->arriving;

        assert_non_null(a);
        assert_in_range(a->parts.len, 4 << 20, 8 << 20);
    }
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->s.n_bytes, 2 * (10 << 20));
}

static void test_output_is_not_filled_beyond_enough(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count(40 << 20);

    wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    wire_core_carry(&p->c, &p->s);
    wire_core_carry(&p->s, &p->c);  // the credit: all of it may go now
    wire->pump(p->c.engine);
    assert_in_range(p->c.out.len, TERNI_WIRE_ENOUGH / 2, TERNI_WIRE_ENOUGH + (1 << 20));
    wire_core_run(&p->c, &p->s);
}

static void test_bug_long_reply_with_a_large_status_charged_the_window_twice(void **state)
{
    static char       text[60000];
    pair             *p = *state;
    terni_wire_limits limits = wire_core_limits;
    terni_body        body = wire_core_count(65000);
    terni_close       close = { .code = 0, .details = (uint8_t *)text, .details_len = sizeof text };
    wire_call        *call;
    wire_core         c;

    limits.native.max_frame = 64 * 1024;
    assert_true(wire_core_init(&c, TERNI_CLIENT, &limits));
    wire_core_done(&p->s);
    assert_true(wire_core_init(&p->s, TERNI_SERVER, NULL));
    c.is_quiet = true;
    wire_core_call(&c, "/a/b", NULL, true);
    wire_core_run(&c, &p->s);
    call = wire_core_find(&p->s, 1);
    assert_int_equal(wire->finish(p->s.engine, &call->stream, &close, &body), 1);
    wire->pump(p->s.engine);
    wire_core_run(&c, &p->s);
    assert_int_equal(c.n_bytes, 65000);
    assert_int_equal(c.n_open, 0);
    assert_int_equal(p->s.engine->send_window, c.engine->credit.all.left);
    wire_core_done(&c);
}

static void test_message_over_the_peers_max_is_not_sent(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count((64 << 20) + 1);
    int        err;

    assert_null(wire_core_call_with(&p->c, &call_ab, &body, true, &err));
    assert_int_equal(err, -EMSGSIZE);
    assert_int_equal(p->c.out.len, 0);
}

static void test_cancel_of_one_that_waits_lets_the_others_go_on(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count(4 << 20);
    wire_call *calls[5];

    for (int i = 0; i < 5; i++)
        calls[i] = wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    wire_core_cancel(calls[2]);  // the middle, the first and the last of the queue
    wire_core_cancel(calls[0]);
    wire_core_cancel(calls[4]);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->s.n_bytes, 2 * (4 << 20));
    assert_windows_agree(p);
}

// A peer that shuts the windows of many streams must not make each of its frames cost a walk over them.
static void test_bug_streams_without_window_were_walked_by_every_pump(void **state)
{
    enum { N = 50 };
    pair      *p = *state;
    wire_call *calls[N];

    p->s.is_lazy = p->s.is_quiet = true;
    for (int i = 0; i < N; i++) {
        calls[i] = wire_core_call(&p->c, "/a/b", NULL, false);
        fill(calls[i], 10000);  // the last one is announced, and granted what it lacks
        wire_core_run(&p->c, &p->s);
        fill(calls[i], 10000);  // of this one nothing can go
        wire_core_run(&p->c, &p->s);
    }
    assert_int_equal(p->c.engine->queue.n, N);
    assert_null(p->c.engine->queue.turn);
    wire_core_consume(wire_core_find(&p->s, calls[7]->id));
    wire_core_run(&p->c, &p->s);
    assert_false(is_blocked(calls[7]));
    assert_int_equal(p->c.engine->queue.n, N - 1);
    for (int i = 0; i < N; i++)
        wire_core_consume(wire_core_find(&p->s, calls[i]->id));
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->c.engine->queue.n, 0);
    assert_windows_agree(p);
}

// ---- messages of unknown size --------------------------------------------

static void test_bounded_messages_charge_what_they_are(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_bounded("short", 1000);
    wire_call *call = wire_core_call(&p->c, "/a/b", NULL, false), *theirs;

    for (int i = 0; i < 10; i++)
        assert_int_equal(wire_core_send(call, &body, i == 9), 0);
    wire_core_run(&p->c, &p->s);
    theirs = wire_core_find(&p->s, 1);
    assert_int_equal(theirs->n_messages, 10);
    assert_int_equal(p->s.n_bytes, 10 * strlen("short"));
    assert_windows_agree(p);
    assert_int_equal(wire_core_finish(theirs, 0, &body), 0);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->c.n_bytes, strlen("short"));
    assert_windows_agree(p);
}

static void test_bounded_messages_that_may_not_fit_are_to_be_measured(void **state)
{
    pair      *p = *state;
    terni_body large = wire_core_bounded("short", 300 << 10),
               over = wire_core_bounded("x", 5 << 20);
    wire_call *call = wire_core_call(&p->c, "/a/b", NULL, false), *theirs;

    wire_core_run(&p->c, &p->s);
    theirs = wire_core_find(&p->s, 1);
    assert_int_equal(wire_core_send(call, &large, false), -EAGAIN);  // the stream's window
    assert_int_equal(wire_core_send(call, &over, false), -EAGAIN);   // max_message
    assert_int_equal(wire_core_finish(theirs, 0, &over), -EAGAIN);
    assert_int_equal(p->c.out.len + p->s.out.len, 0);
    assert_false(is_blocked(call));
    assert_windows_agree(p);
}

#define PAIR_TEST(fn) TERN_TEST_IN(fn, make_pair, drop_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIR_TEST(test_stream_window_exhausted_blocks_and_credit_frees),
        PAIR_TEST(test_credit_comes_in_half_window_steps),
        PAIR_TEST(test_connection_window_holds_unary_bodies_as_well),
        TERN_TEST(test_overrun_of_a_window_is_closed),
        TERN_TEST(test_overrun_of_the_connection_is_closed),
        PAIR_TEST(test_long_messages_travel_both_ways),
        PAIR_TEST(test_windows_do_not_grow_with_long_messages),
        PAIR_TEST(test_short_calls_overtake_a_long_message),
        PAIR_TEST(test_two_long_messages_take_turns),
        PAIR_TEST(test_output_is_not_filled_beyond_enough),
        PAIR_TEST(test_bug_long_reply_with_a_large_status_charged_the_window_twice),
        PAIR_TEST(test_message_over_the_peers_max_is_not_sent),
        PAIR_TEST(test_cancel_of_one_that_waits_lets_the_others_go_on),
        PAIR_TEST(test_bug_streams_without_window_were_walked_by_every_pump),
        PAIR_TEST(test_bounded_messages_charge_what_they_are),
        PAIR_TEST(test_bounded_messages_that_may_not_fit_are_to_be_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
