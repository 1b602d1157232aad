// A client's call: its states, its request, its deadline, its end.
#include "tests/rpc/client/outcall_stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>

#include "tests/support/death.h"

// ---- states --------------------------------------------------------------

// As they are drawn in outcall_internal.h.
static const char *const arrows[TERNI_N_OUTCALL_STATES] = {
    //                            IDLE WAITING OPEN BACKING_OFF DONE
    [TERNI_OUTCALL_IDLE] = "-xxxx", [TERNI_OUTCALL_WAITING] = "x----",
    [TERNI_OUTCALL_OPEN] = "x----", [TERNI_OUTCALL_BACKING_OFF] = "x----",
    [TERNI_OUTCALL_DONE] = "-----",
};

typedef struct arrow arrow;
struct arrow {
    terni_outcall_state from, to;
};

// The call is where `to` wants it to be, so that nothing but the arrow is wrong.
static void take_arrow(void *arg)
{
    const arrow   *a = arg;
    terni_outcall *list, call = { .state = (uint8_t)a->from };

    call.on = a->to == TERNI_OUTCALL_OPEN ? (terni_link *)(void *)&call : NULL;
    call.link = a->to == TERNI_OUTCALL_IDLE || a->to == TERNI_OUTCALL_DONE ? NULL : &list;
    terni_outcall_set_state(&call, a->to);
    assert_int_equal(call.state, a->to);
}

static void test_arrows_that_are_drawn_are_all_that_there_are(void **state)
{
    (void)state;
    for (unsigned from = 0; from < TERNI_N_OUTCALL_STATES; from++) {
        for (unsigned to = 0; to < TERNI_N_OUTCALL_STATES; to++) {
            arrow a = { (terni_outcall_state)from, (terni_outcall_state)to };

            if (arrows[from][to] == 'x')
                take_arrow(&a);
            else if (!dies(take_arrow, &a))
                fail_msg("%u -> %u", from, to);
        }
    }
}

static void be_open_nowhere(void *arg)
{
    terni_outcall call = { .state = TERNI_OUTCALL_IDLE }, *list;

    (void)arg;
    call.link = &list;
    terni_outcall_set_state(&call, TERNI_OUTCALL_OPEN);
}

static void be_done_on_a_list(void *arg)
{
    terni_outcall call = { .state = TERNI_OUTCALL_IDLE }, *list;

    (void)arg;
    call.link = &list;
    terni_outcall_set_state(&call, TERNI_OUTCALL_DONE);
}

static void test_state_and_place_go_together(void **state)
{
    (void)state;
    assert_int_equal(dies(be_open_nowhere, NULL), library_has_debug_asserts());
    assert_int_equal(dies(be_done_on_a_list, NULL), library_has_debug_asserts());
}

// ---- a life --------------------------------------------------------------

static void test_call_is_the_carriers_until_it_is_closed(void **state)
{
    stage  s;
    caller c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, NULL);
    assert_string_equal(journal_take(), "begin ");
    caller_move(&c, TERNI_OUTCALL_OPEN);
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_close(&c.call, &(terni_close){ .code = TERN_OK });
    assert_string_equal(journal_take(), "done(0,) ");
    caller_done(&c);
    stage_end(&s);
}

static void test_status_is_the_servers(void **state)
{
    const terni_close close = { .code = 5, .message = "not here!", .message_len = 8 };
    stage             s;
    caller            c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, NULL);
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_close(&c.call, &close);
    assert_string_equal(journal_take(), "begin done(5,not here) ");
    caller_done(&c);
    stage_end(&s);
}

static void test_bug_status_was_cut_at_a_zero(void **state)
{
    const terni_close close = { .code = 5, .message = "not\0here\0", .message_len = 9 };
    stage             s;
    caller            c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, NULL);
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_close(&c.call, &close);
    assert_string_equal(journal_take(), "begin done(5,not\xef\xbf\xbd"
                                        "here\xef\xbf\xbd) ");
    caller_done(&c);
    stage_end(&s);
}

static void test_what_went_wrong_here_first_stays(void **state)
{
    const terni_close close = { .code = 5, .message = "not here", .message_len = 8 };
    stage             s;
    caller            c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, NULL);
    terni_outcall_fail(&c.call, TERN_INTERNAL, "first");
    terni_outcall_fail(&c.call, TERN_UNKNOWN, "second");
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_close(&c.call, &close);
    assert_string_equal(journal_take(), "begin done(13,first) ");
    caller_done(&c);
    stage_end(&s);
}

// Whatever the reason is here, to the server it is that nobody waits any more.
static void test_aborted_call_is_dropped_and_ends(void **state)
{
    static const struct {
        tern_code   code;
        const char *journal;
    } aborts[] = {
        { TERN_CANCELLED, "drop(1,why) done(1,why) " },
        { TERN_DEADLINE_EXCEEDED, "drop(4,why) done(4,why) " },
        { TERN_RESOURCE_EXHAUSTED, "drop(1,why) done(8,why) " },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(aborts); i++) {
        stage  s;
        caller c;

        stage_begin(&s);
        caller_start(&c, &s, TERN_UNARY, NULL);
        caller_move(&c, TERNI_OUTCALL_OPEN);
        (void)journal_take();
        terni_outcall_abort(&c.call, aborts[i].code, "why");
        assert_string_equal(journal_take(), aborts[i].journal);
        assert_true(c.call.is_aborted);
        caller_done(&c);
        stage_end(&s);
    }
}

static void test_call_that_could_not_be_made_ends_without_a_carrier(void **state)
{
    stage  s;
    caller c;

    (void)state;
    stage_begin(&s);
    assert_int_equal(caller_make(&c, &s, TERN_UNARY, NULL), 0);
    terni_outcall_start(&c.call, -ENOMEM);
    assert_string_equal(journal_take(), "done(8,out of memory for the call) ");
    caller_done(&c);
    assert_int_equal(caller_make(&c, &s, TERN_UNARY, NULL), 0);
    terni_outcall_start(&c.call, -EMSGSIZE);
    assert_string_equal(journal_take(), "done(8,the request cannot be encoded: it is too large or "
                                        "nested too deeply) ");
    caller_done(&c);
    stage_end(&s);
}

// ---- the request ---------------------------------------------------------

static void test_short_request_lies_in_the_call(void **state)
{
    Test__Note note = letters_note("hello");
    stage      s;
    caller     c;

    (void)state;
    stage_begin(&s);
    assert_int_equal(caller_make(&c, &s, TERN_UNARY, NULL), 0);
    assert_int_equal(terni_outcall_encode(&c.call, &note), 0);
    assert_int_equal(c.call.body_len, 7);
    assert_memory_equal(c.call.body, "\x0a\x05hello", 7);
    assert_true(c.call.body >= c.call.room && c.call.body < c.call.room + sizeof c.call.room);
    assert_null(c.call.body_block);
    terni_outcall_done(&c.call);
    stage_end(&s);
}

static void test_long_request_has_a_block_of_its_size(void **state)
{
    static char text[100 * 1024];
    Test__Note  note = letters_note(text);
    stage       s;
    caller      c;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    stage_begin(&s);
    assert_int_equal(caller_make(&c, &s, TERN_UNARY, NULL), 0);
    assert_int_equal(terni_outcall_encode(&c.call, &note), 0);
    assert_int_equal(c.call.body_len, sizeof text - 1 + 4);
    assert_ptr_equal(c.call.body, c.call.body_block->base);
    assert_true(c.call.body_block->used >= c.call.body_len);
    assert_true(c.call.body_block->cap < c.call.body_len + 64);
    terni_outcall_start(&c.call, 0);
    terni_outcall_abort(&c.call, TERN_CANCELLED, "enough");
    assert_null(c.call.body_block);  // it goes with the end, not with the handle
    caller_done(&c);
    stage_end(&s);
}

static void test_nested_request_is_measured(void **state)
{
    static const tern_method method = { .name = "Nest",
                                        .path = "/test.Letters/Nest",
                                        .request = &test__letter__descriptor,
                                        .reply = &test__note__descriptor };
    Test__Letter  inner = TEST__LETTER__INIT, endless = TEST__LETTER__INIT, outer = inner;
    stage         s;
    terni_outcall call;

    (void)state;
    outer.enclosed = &inner;
    endless.enclosed = &endless;
    stage_begin(&s);
    assert_int_equal(terni_outcall_init(&call, &s.carrier, &method, NULL, TERNI_PARKS), 0);
    assert_int_equal(terni_outcall_encode(&call, &outer), 0);
    assert_int_equal(call.body_len, 2);
    assert_memory_equal(call.body, "\x12\x00", 2);
    assert_int_equal(terni_outcall_encode(&call, &endless), -EMSGSIZE);
    terni_outcall_done(&call);
    stage_end(&s);
}

// ---- deadlines -----------------------------------------------------------

// In ms from now; -1: none.
static int64_t deadline_of(stage *s, tern_method_kind kind, int64_t timeout_ms)
{
    caller c;

    assert_int_equal(caller_make(&c, s, kind, &(tern_call_opts){ .timeout_ms = timeout_ms }), 0);
    terni_outcall_done(&c.call);
    return c.call.head.deadline_ns == TERN_NEVER
               ? -1
               : (int64_t)((c.call.head.deadline_ns - STAGE_START) / TERN_NS_PER_MS);
}

static void test_deadline_is_the_calls_the_channels_or_its_kinds(void **state)
{
    stage s;

    (void)state;
    stage_begin(&s);
    assert_int_equal(deadline_of(&s, TERN_UNARY, 0), TERNI_OUTCALL_TIMEOUT_MS);
    assert_int_equal(deadline_of(&s, TERN_CLIENT_STREAM, 0), TERNI_OUTCALL_TIMEOUT_MS);
    assert_int_equal(deadline_of(&s, TERN_SERVER_STREAM, 0), -1);
    assert_int_equal(deadline_of(&s, TERN_BIDI_STREAM, 0), -1);
    s.carrier.timeout_ms = 700;
    for (int kind = TERN_UNARY; kind <= TERN_BIDI_STREAM; kind++) {
        assert_int_equal(deadline_of(&s, (tern_method_kind)kind, 0), 700);
        assert_int_equal(deadline_of(&s, (tern_method_kind)kind, 200), 200);
        assert_int_equal(deadline_of(&s, (tern_method_kind)kind, TERN_NO_TIMEOUT), -1);
    }
    s.carrier.timeout_ms = TERN_NO_TIMEOUT;
    assert_int_equal(deadline_of(&s, TERN_UNARY, 0), -1);
    assert_int_equal(deadline_of(&s, TERN_UNARY, INT64_MAX), -1);
    stage_end(&s);
}

// The carrier sets the timer, which is the call's.
static void set_timer(stage *s, caller *c, uint64_t ms)
{
    tern_timer_set(tern_poller_wheel(s->poller), &c->call.timer,
                   fake_clock_now_ns() + ms * TERN_NS_PER_MS);
}

static void test_deadline_says_what_the_call_waited_for(void **state)
{
    stage  s;
    caller c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, NULL);
    set_timer(&s, &c, 100);
    stage_pass(&s, 102);
    assert_string_equal(journal_take(), "begin drop(4,waited in vain) done(4,waited in vain) ");
    caller_done(&c);
    caller_start(&c, &s, TERN_UNARY, NULL);
    caller_move(&c, TERNI_OUTCALL_OPEN);
    set_timer(&s, &c, 100);
    stage_pass(&s, 102);
    assert_string_equal(journal_take(),
                        "begin drop(4,the deadline has passed) done(4,the deadline has passed) ");
    caller_done(&c);
    stage_end(&s);
}

static void test_end_of_a_backoff_begins_another_attempt(void **state)
{
    stage  s;
    caller c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, NULL);
    caller_move(&c, TERNI_OUTCALL_BACKING_OFF);
    set_timer(&s, &c, 100);
    (void)journal_take();
    stage_pass(&s, 102);
    assert_string_equal(journal_take(), "begin ");
    terni_outcall_abort(&c.call, TERN_CANCELLED, "enough");
    caller_done(&c);
    stage_end(&s);
}

static void test_call_that_has_ended_has_no_timer(void **state)
{
    stage  s;
    caller c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, NULL);
    set_timer(&s, &c, 100);
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_finish(&c.call, TERN_OK, "");
    (void)journal_take();
    stage_pass(&s, 1000);
    assert_string_equal(journal_take(), "");
    caller_done(&c);
    stage_end(&s);
}

// ---- what a carrier asks -------------------------------------------------

static void test_call_may_be_repeated_until_something_came_of_it(void **state)
{
    terni_outcall call = { .is_last = true }, other;

    (void)state;
    assert_true(terni_outcall_is_repeatable(&call));
    call.has_sent = true;  // nothing but its request, which goes with the opening
    assert_true(terni_outcall_is_repeatable(&call));
    other = call;
    other.is_last = false;
    assert_false(terni_outcall_is_repeatable(&other));
    other = call;
    other.is_answered = true;
    assert_false(terni_outcall_is_repeatable(&other));
    other = call;
    other.reply = &other;
    assert_false(terni_outcall_is_repeatable(&other));
    other = call;
    other.status.code = TERN_INTERNAL;
    assert_false(terni_outcall_is_repeatable(&other));
}

static void on_message(terni_outcall *call, const terni_piece *piece)
{
    (void)call;
    (void)piece;
}

static void test_reply_is_lacking_where_one_belongs(void **state)
{
    static const terni_outcall_events reads = { .message = on_message },
                                      uploads = { .message = NULL };
    terni_outcall call = { .events = NULL };

    (void)state;
    assert_true(terni_outcall_lacks_reply(&call));
    call.events = &uploads;
    assert_true(terni_outcall_lacks_reply(&call));
    call.events = &reads;
    assert_false(terni_outcall_lacks_reply(&call));
    call.events = NULL;
    call.reply = &call;
    assert_false(terni_outcall_lacks_reply(&call));
    call.reply = NULL;
    call.status.code = TERN_INTERNAL;
    assert_false(terni_outcall_lacks_reply(&call));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_arrows_that_are_drawn_are_all_that_there_are),
        TERN_TEST(test_state_and_place_go_together),
        TERN_TEST(test_call_is_the_carriers_until_it_is_closed),
        TERN_TEST(test_status_is_the_servers),
        TERN_TEST(test_bug_status_was_cut_at_a_zero),
        TERN_TEST(test_what_went_wrong_here_first_stays),
        TERN_TEST(test_aborted_call_is_dropped_and_ends),
        TERN_TEST(test_call_that_could_not_be_made_ends_without_a_carrier),
        TERN_TEST(test_short_request_lies_in_the_call),
        TERN_TEST(test_long_request_has_a_block_of_its_size),
        TERN_TEST(test_nested_request_is_measured),
        TERN_TEST(test_deadline_is_the_calls_the_channels_or_its_kinds),
        TERN_TEST(test_deadline_says_what_the_call_waited_for),
        TERN_TEST(test_end_of_a_backoff_begins_another_attempt),
        TERN_TEST(test_call_that_has_ended_has_no_timer),
        TERN_TEST(test_call_may_be_repeated_until_something_came_of_it),
        TERN_TEST(test_reply_is_lacking_where_one_belongs),
    };

    return cmocka_run_group_tests(tests, letters_warm_up, NULL);
}
