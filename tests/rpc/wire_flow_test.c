// Windows and long messages: what waits, what is granted, what is given back.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire_core.h"

static const terni_wire *wire;

typedef struct pair pair;
struct pair {
    wire_core c, s;
};

static const terni_open call_ab = { .path = "/a/b", .path_len = 4 };

static int make_pair(void **state)
{
    pair *p = calloc(1, sizeof *p);

    assert_true(wire_core_init(&p->c, wire, TERNI_CLIENT, NULL));
    assert_true(wire_core_init(&p->s, wire, TERNI_SERVER, NULL));
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

// Bytes of a message's that count with it: HTTP/2's windows know nothing of gRPC's prefixes.
static size_t overhead(void) { return wire == &terni_wire_h2 ? 5 : 0; }

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
    wire_probe c = wire_core_probe(&p->c, NULL), s = wire_core_probe(&p->s, NULL);

    assert_int_equal(c.send_window, s.left);
    assert_int_equal(s.send_window, c.left);
    assert_int_equal(s.reserved, 0);
    assert_int_equal(s.held, wire_core_held(&p->s));
    assert_int_equal(c.held, wire_core_held(&p->c));
}

static void test_stream_window_exhausted_blocks_and_credit_frees(void **state)
{
    pair      *p = *state;
    wire_call *call = wire_core_call(&p->c, "/a/b", NULL, false), *theirs;
    unsigned   n;

    p->s.is_lazy = true;
    wire_core_run(&p->c, &p->s);
    theirs = wire_core_find(&p->s, 1);
    n = fill(call, 1000);
    assert_int_equal(n, 256 * 1024 / (1000 + overhead()));
    wire_core_run(&p->c, &p->s);
    // The last one went in part, was announced, and was granted what it lacked.
    assert_int_equal(theirs->n_messages, n + 1);
    assert_false(is_blocked(call));
    assert_int_equal(fill(call, 1000), 0);
    wire_core_run(&p->c, &p->s);
    assert_true(is_blocked(call));  // nothing of it could go, not even its size
    wire_core_consume(theirs);
    wire_core_run(&p->c, &p->s);
    assert_false(is_blocked(call));
    assert_int_equal(theirs->n_messages, n + 2);
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
    terni_body body = wire_core_count(200 * 1000);
    unsigned   n = 0;
    wire_call *call;

    p->s.is_lazy = p->s.is_quiet = true;
    do
        call = wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    while (wire_core_carry(&p->c, &p->s), !is_blocked(call) && ++n < 100);
    assert_int_equal(n, (16 << 20) / (200 * 1000));
    // An announcement is always let through, and granted.
    wire_core_run(&p->c, &p->s);
    assert_false(is_blocked(call));
    assert_int_equal(p->s.n_bytes, (n + 1) * 200 * 1000);
    for (wire_call *theirs = p->s.calls; theirs; theirs = theirs->next)
        wire_core_consume(theirs);
    wire_core_run(&p->c, &p->s);
    assert_windows_agree(p);
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
    wire_probe mine;

    for (int i = 0; i < 20; i++) {
        assert_int_equal(wire_core_send(call, &large, false), 0);
        wire_core_run(&p->c, &p->s);
        assert_int_equal(wire_core_send(call, &small, false), 0);
        wire_core_run(&p->c, &p->s);
    }
    assert_false(p->s.has_failed);
    assert_windows_agree(p);
    mine = wire_core_probe(&p->c, call);
    assert_in_range(mine.stream_send_window, 100 * 1024, 256 * 1024);
    assert_in_range(mine.send_window, 8 << 20, 16 << 20);
    assert_int_equal(mine.stream_send_window,
                     wire_core_probe(&p->s, wire_core_find(&p->s, 1)).stream_left);
}

// Half a message lies here while others use up the rest of the connection's window, less than half of which is
// given back at a time: so nothing would ever come again.
static void test_bug_long_message_stood_still_behind_short_ones(void **state)
{
    pair      *p = *state;
    terni_body large = wire_core_count(14 << 20), small = wire_core_count(10000);
    unsigned   n = 0;

    p->s.is_quiet = p->c.is_quiet = true;
    wire_core_call_with(&p->c, &call_ab, &large, true, NULL);
    while (wire_core_probe(&p->s, NULL).held < 9 << 20) {
        wire_core_carry(&p->c, &p->s);
        wire_core_carry(&p->s, &p->c);
    }
    while (n < 1000 && wire_core_probe(&p->c, NULL).send_window > 20000) {
        for (; p->c.out.len < TERNI_WIRE_ENOUGH && wire_core_probe(&p->c, NULL).send_window > 20000;
             n++)
            assert_non_null(wire_core_call_with(&p->c, &call_ab, &small, true, NULL));
        wire_core_carry(&p->c, &p->s);
        wire_core_carry(&p->s, &p->c);
    }
    wire_core_run(&p->c, &p->s);
    assert_int_equal(wire_core_find(&p->s, 1)->n_bytes, 14 << 20);
    assert_windows_agree(p);
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
    uint64_t   one, other;

    wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    wire_core_call_with(&p->c, &call_ab, &body, true, NULL);
    for (int i = 0; i < 12 || wire_core_probe(&p->s, NULL).held < 8 << 20; i++) {
        wire_core_carry(&p->c, &p->s);
        wire_core_carry(&p->s, &p->c);
    }
    one = wire_core_probe(&p->s, wire_core_find(&p->s, 1)).n_arrived;
    other = wire_core_probe(&p->s, wire_core_find(&p->s, 2)).n_arrived;
    assert_in_range(one, 4 << 20, 8 << 20);
    assert_in_range(other, one - (1 << 20), one + (1 << 20));
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
    assert_int_equal(wire_core_probe(&p->c, NULL).n_waiting, N);
    assert_false(wire_core_probe(&p->c, NULL).is_any_awake);
    wire_core_consume(wire_core_find(&p->s, calls[7]->number));
    wire_core_run(&p->c, &p->s);
    assert_false(is_blocked(calls[7]));
    assert_int_equal(wire_core_probe(&p->c, NULL).n_waiting, N - 1);
    for (int i = 0; i < N; i++)
        wire_core_consume(wire_core_find(&p->s, calls[i]->number));
    wire_core_run(&p->c, &p->s);
    assert_int_equal(wire_core_probe(&p->c, NULL).n_waiting, 0);
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

// ---- windows of single calls ---------------------------------------------

static wire_call *open_with_window(pair *p, unsigned window)
{
    terni_open open = call_ab;
    wire_call *call;

    open.window = (uint8_t)window;
    call = wire_core_call_with(&p->c, &open, NULL, false, NULL);
    assert_non_null(call);
    return call;
}

// What the server has for the call that the client made `nth`.
static wire_call *answering(pair *p, uint32_t nth)
{
    wire_call *call = wire_core_find(&p->s, nth);

    assert_non_null(call);
    return call;
}

// The same, carried over to a client that reads nothing, until nothing more goes.
static size_t fill_all(pair *p, wire_call *call, size_t size)
{
    size_t n = 0;

    while (!is_blocked(call)) {
        n += fill(call, size) + 1;
        wire_core_run(&p->c, &p->s);
    }
    return n - 1;
}

// Of a client that reads nothing: the server may send just so much, and both sides know it.
static void assert_window_is(pair *p, uint32_t nth, size_t bytes)
{
    wire_call *theirs = answering(p, nth), *ours = wire_core_find(&p->c, nth);
    size_t     n;

    assert_int_equal(wire_core_probe(&p->s, theirs).stream_send_window, bytes);
    assert_int_equal(wire_core_probe(&p->c, ours).stream_left, bytes);
    // One more goes in part, and where that tells its size is granted what it lacks.
    n = fill_all(p, theirs, 100);
    assert_in_range(n, bytes / (100 + overhead()), bytes / (100 + overhead()) + 1);
    wire_core_consume(ours);
    wire_core_run(&p->c, &p->s);
    assert_false(is_blocked(theirs));
}

static void test_call_has_the_window_that_it_wants(void **state)
{
    static const unsigned windows[] = { 0, 12, 0, 20, 16, 18, 12 };
    pair                 *p = *state;

    p->c.is_lazy = true;
    for (size_t i = 0; i < TERN_COUNT_OF(windows); i++) {
        open_with_window(p, windows[i]);
        wire_core_run(&p->c, &p->s);
    }
    for (uint32_t i = 0; i < TERN_COUNT_OF(windows); i++)
        assert_window_is(p, i + 1, windows[i] ? (size_t)1 << windows[i] : 256 * 1024);
    assert_windows_agree(p);
}

// Nothing that was under way when the others' were taken back is lost, nor counted twice.
static void test_narrow_call_leaves_the_others_as_they_were(void **state)
{
    pair      *p = *state;
    wire_call *first, *theirs;

    p->c.is_lazy = true;
    first = open_with_window(p, 0);
    wire_core_run(&p->c, &p->s);
    theirs = answering(p, 1);
    fill(theirs, 1000);
    wire_core_carry(&p->s, &p->c);
    open_with_window(p, 12);
    wire_core_run(&p->c, &p->s);
    wire_core_consume(first);
    wire_core_run(&p->c, &p->s);
    assert_false(is_blocked(theirs));
    wire_core_consume(first);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(wire_core_probe(&p->s, theirs).stream_send_window,
                     wire_core_probe(&p->c, first).stream_left);
    assert_window_is(p, 2, 4096);
    assert_windows_agree(p);
}

static void test_long_message_comes_through_a_narrow_window(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count(1000 * 1000);
    wire_call *call = open_with_window(p, 12);

    wire_core_run(&p->c, &p->s);
    for (int i = 1; i <= 3; i++) {
        assert_true(wire_core_send(answering(p, 1), &body, false) >= 0);
        wire_core_run(&p->c, &p->s);
        assert_int_equal(call->n_messages, i);
    }
    p->c.is_lazy = true;
    assert_window_is(p, 1, 4096);
    assert_windows_agree(p);
}

static void test_reply_comes_through_a_connection_that_was_narrowed(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count(100 * 1000);
    wire_call *call;

    open_with_window(p, 12);
    wire_core_run(&p->c, &p->s);
    call = wire_core_call(&p->c, "/a/b", "ask", true);
    wire_core_run(&p->c, &p->s);
    assert_true(wire_core_finish(answering(p, 2), 0, &body) >= 0);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(call->n_messages, 1);
    assert_true(call->is_over);
    assert_windows_agree(p);
}

static void widen_when_it_began(wire_core *core, wire_call *call)
{
    core->wire->set_window(core->engine, &call->stream, call->number % 2 ? 18 : 12);
}

// A method that wants less than others makes all of a server begin with little.
static void test_server_gives_each_call_its_window(void **state)
{
    terni_wire_limits few = wire_core_limits;
    pair              p;

    (void)state;
    few.stream_window = 64 * 1024;
    assert_true(wire_core_init(&p.c, wire, TERNI_CLIENT, NULL));
    assert_true(wire_core_init(&p.s, wire, TERNI_SERVER, &few));
    p.s.on_began = widen_when_it_began;
    p.s.is_lazy = true;
    for (uint32_t i = 1; i <= 2; i++) {
        wire_call *call = wire_core_call(&p.c, "/a/b", NULL, false);

        wire_core_run(&p.c, &p.s);
        assert_int_equal(wire_core_probe(&p.c, call).stream_send_window,
                         i == 1 ? 256 * 1024 : 64 * 1024);
        fill(call, 100);
        wire_core_run(&p.c, &p.s);
        wire_core_consume(answering(&p, i));
        wire_core_run(&p.c, &p.s);
        assert_false(is_blocked(call));
        assert_windows_agree(&p);
    }
    wire_core_done(&p.c);
    wire_core_done(&p.s);
}

#define PAIR_TEST(fn) TERN_TEST_IN(fn, make_pair, drop_pair)

int main(void)
{
    wire = wire_core_chosen();

    const struct CMUnitTest tests[] = {
        PAIR_TEST(test_stream_window_exhausted_blocks_and_credit_frees),
        PAIR_TEST(test_credit_comes_in_half_window_steps),
        PAIR_TEST(test_connection_window_holds_unary_bodies_as_well),
        PAIR_TEST(test_long_messages_travel_both_ways),
        PAIR_TEST(test_windows_do_not_grow_with_long_messages),
        PAIR_TEST(test_bug_long_message_stood_still_behind_short_ones),
        PAIR_TEST(test_short_calls_overtake_a_long_message),
        PAIR_TEST(test_two_long_messages_take_turns),
        PAIR_TEST(test_output_is_not_filled_beyond_enough),
        PAIR_TEST(test_cancel_of_one_that_waits_lets_the_others_go_on),
        PAIR_TEST(test_bug_streams_without_window_were_walked_by_every_pump),
        PAIR_TEST(test_bounded_messages_charge_what_they_are),
        PAIR_TEST(test_bounded_messages_that_may_not_fit_are_to_be_measured),
        PAIR_TEST(test_call_has_the_window_that_it_wants),
        PAIR_TEST(test_narrow_call_leaves_the_others_as_they_were),
        PAIR_TEST(test_long_message_comes_through_a_narrow_window),
        PAIR_TEST(test_reply_comes_through_a_connection_that_was_narrowed),
        TERN_TEST(test_server_gives_each_call_its_window),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
