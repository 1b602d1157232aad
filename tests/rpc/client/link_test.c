// A client's connection and the calls on it: how they begin and end, and what comes for them.
#include "tests/rpc/client/link_stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "tests/support/fake_clock.h"

// ---- opening -------------------------------------------------------------

static void test_call_is_opened_with_its_request(void **state)
{
    const tern_metadata who = { "user", "ada", 3 };
    terni_outcall       call;
    char                bytes[64];
    stage               s;

    (void)state;
    stage_begin(&s);
    caller_start(&call, &s, &(tern_call_opts){ .metadata = &who, .n_metadata = 1 });
    assert_string_equal(journal_take(), "open(/test.Letters/Send,user,7,last) ");
    assert_int_equal(call.state, TERNI_OUTCALL_OPEN);
    assert_ptr_equal(call.on, s.link);
    assert_ptr_equal(s.link->calls, &call);
    assert_int_equal(call.n_attempts, 1);
    stage_step(&s);
    assert_int_equal(recv(s.peer, bytes, sizeof bytes, MSG_DONTWAIT), 7);
    assert_memory_equal(bytes, "\x0a\x05hello", 7);
    wire_close(&call, TERN_OK);
    caller_done(&call);
    stage_end(&s);
}

static void test_long_request_is_linked_and_arrives_whole(void **state)
{
    static char   text[6000], bytes[7000];
    Test__Note    note = letters_note(text);
    terni_outcall call;
    stage         s;

    (void)state;
    memset(text, 'x', sizeof text - 1);
    stage_begin(&s);
    caller_make(&call, &s, TERN_UNARY, NULL);
    terni_outcall_start(&call, terni_outcall_encode(&call, &note));
    assert_string_equal(journal_take(), "open(/test.Letters/Send,6002,last) ");
    wire_close(&call, TERN_OK);
    caller_done(&call);  // the bytes stay until they have left
    stage_step(&s);
    assert_int_equal(recv(s.peer, bytes, sizeof bytes, MSG_DONTWAIT), 6002);
    assert_memory_equal(bytes + 3, text, sizeof text - 1);
    stage_end(&s);
}

static void test_stream_is_opened_without_an_end(void **state)
{
    terni_outcall call;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start_stream(&call, &s);
    assert_string_equal(journal_take(), "open(/test.Letters/Chat,) opened ");
    wire_close(&call, TERN_OK);
    caller_done(&call);
    stage_end(&s);
}

static uint64_t timeout_us_of(stage *s, int64_t timeout_ms, uint64_t passed_ns)
{
    terni_outcall call;
    Test__Note    note = letters_note("");

    caller_make(&call, s, TERN_UNARY, &(tern_call_opts){ .timeout_ms = timeout_ms });
    fake_clock_advance(passed_ns);
    stage_step(s);
    terni_outcall_start(&call, terni_outcall_encode(&call, &note));
    wire_close(&call, TERN_OK);
    caller_done(&call);
    return the_wire.timeout_us;
}

static void test_server_is_told_what_is_left_of_the_deadline(void **state)
{
    stage s;

    (void)state;
    stage_begin(&s);
    assert_int_equal(timeout_us_of(&s, TERN_NO_TIMEOUT, 0), 0);
    assert_int_equal(timeout_us_of(&s, 500, 0), 500 * 1000);
    assert_int_equal(timeout_us_of(&s, 500, 200 * TERN_NS_PER_MS), 300 * 1000);
    assert_int_equal(timeout_us_of(&s, 1, TERN_NS_PER_MS), 1);  // 0 would be none
    assert_int_equal(timeout_us_of(&s, 1, 50 * TERN_NS_PER_MS), 1);
    stage_end(&s);
}

static void test_refused_call_is_left_as_it_was(void **state)
{
    static const int errs[] = { -EAGAIN, -ENOTCONN, -ENOMEM, -EMSGSIZE, -E2BIG };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(errs); i++) {
        terni_outcall call;
        stage         s;

        stage_begin(&s);
        the_wire.open_err = errs[i];
        caller_start(&call, &s, NULL);
        assert_int_equal(call.state, TERNI_OUTCALL_IDLE);
        assert_null(call.on);
        assert_null(s.link->calls);
        assert_int_equal(call.n_attempts, 0);
        assert_int_equal(terni_link_open(s.link, &call), errs[i]);
        terni_outcall_finish(&call, TERN_UNAVAILABLE, "");
        caller_done(&call);
        stage_end(&s);
    }
}

static void test_call_that_no_link_can_carry_ends_with_the_reason(void **state)
{
    static const struct {
        int         err;
        const char *reason;
    } failures[] = {
        { -EMSGSIZE, "the request is larger than the server's max_message" },
        { -E2BIG, "the metadata are larger than a frame's head" },
        { -ENOMEM, "out of memory for the call" },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(failures); i++) {
        terni_outcall call;
        stage         s;

        stage_begin(&s);
        the_wire.open_err = failures[i].err;
        caller_start(&call, &s, NULL);
        terni_link_refuse(&call, failures[i].err);
        assert_int_equal(call.status.code, TERN_RESOURCE_EXHAUSTED);
        assert_string_equal(call.status.msg, failures[i].reason);
        caller_done(&call);
        stage_end(&s);
    }
}

// ---- replies -------------------------------------------------------------

static void test_reply_is_decoded_and_its_credit_given_back_at_once(void **state)
{
    terni_outcall call;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start(&call, &s, NULL);
    (void)journal_take();
    wire_reply(&call, "\x0a\x02hi", 4);
    assert_string_equal(journal_take(), "consumed(4) ");
    assert_string_equal(((const Test__Note *)call.reply)->text, "hi");
    wire_close(&call, TERN_OK);
    assert_string_equal(journal_take(), "ended(0) done(0,) room ");
    caller_done(&call);
    stage_end(&s);
}

static void test_lent_reply_lives_in_the_call(void **state)
{
    terni_outcall call;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start(&call, &s, NULL);
    call.lends_reply = true;
    wire_reply(&call, "\x0a\x02hi", 4);
    assert_true((uint8_t *)call.reply >= call.room &&
                (uint8_t *)call.reply < call.room + sizeof call.room);
    assert_string_equal(((const Test__Note *)call.reply)->text, "hi");
    wire_close(&call, TERN_OK);
    terni_outcall_done(&call);
    stage_end(&s);
}

static void test_second_reply_is_one_too_many(void **state)
{
    terni_outcall call;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start(&call, &s, NULL);
    wire_reply(&call, "", 0);
    wire_reply(&call, "", 0);
    (void)journal_take();
    wire_close(&call, TERN_OK);
    assert_string_equal(journal_take(),
                        "ended(0) done(13,the reply has more than one message) room ");
    caller_done(&call);
    stage_end(&s);
}

static void test_reply_that_cannot_be_read_is_the_servers_fault(void **state)
{
    terni_outcall call;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start(&call, &s, NULL);
    wire_reply(&call, "\x0a\x01\xff", 3);
    (void)journal_take();
    wire_close(&call, TERN_OK);
    assert_string_equal(journal_take(), "ended(0) done(13,the reply cannot be read: "
                                        "test.Note.text: not UTF-8) room ");
    caller_done(&call);
    stage_end(&s);
}

static void test_messages_of_a_stream_are_its_own_business(void **state)
{
    terni_outcall call;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start_stream(&call, &s);
    (void)journal_take();
    assert_false(call.is_answered);
    wire_reply(&call, "\xff", 1);
    assert_true(call.is_answered);
    assert_string_equal(journal_take(), "message(1) consumed(1) ");
    the_wire.engine->opts.events->writable(&s.link->session, &call.stream);
    assert_string_equal(journal_take(), "writable ");
    wire_close(&call, TERN_OK);
    caller_done(&call);
    stage_end(&s);
}

static void test_headers_are_an_answer_and_are_kept_for_info(void **state)
{
    TERN_AUTO(tern_call_info) info = { .message = NULL };
    const terni_meta    first = { "first", (const uint8_t *)"1", 5, 1 };
    const terni_headers headers = { .metadata = { &first, 1 } };
    terni_outcall       call;
    stage               s;

    (void)state;
    stage_begin(&s);
    caller_start(&call, &s, &(tern_call_opts){ .info = &info });
    assert_false(call.is_answered);
    the_wire.engine->opts.events->headers(&s.link->session, &call.stream, &headers);
    assert_true(call.is_answered);
    wire_close(&call, TERN_OK);
    assert_int_equal(info.n_initial, 1);
    assert_string_equal(info.initial[0].key, "first");
    assert_string_equal(info.peer, "unix:(unnamed)");
    caller_done(&call);
    stage_end(&s);
}

// ---- ends ----------------------------------------------------------------

static void test_given_up_call_is_cancelled_at_the_server_and_makes_room(void **state)
{
    terni_outcall call;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start(&call, &s, NULL);
    (void)journal_take();
    terni_outcall_abort(&call, TERN_CANCELLED, "enough");
    assert_string_equal(journal_take(), "cancel(1,enough) room done(1,enough) ");
    assert_int_equal(the_wire.engine->n_streams, 0);
    caller_done(&call);
    stage_end(&s);
}

static void test_calls_end_in_any_order(void **state)
{
    terni_outcall calls[3];
    stage         s;

    (void)state;
    stage_begin(&s);
    for (int i = 0; i < 3; i++)
        caller_start(&calls[i], &s, NULL);
    wire_close(&calls[1], TERN_NOT_FOUND);
    terni_outcall_abort(&calls[2], TERN_CANCELLED, "");
    assert_ptr_equal(s.link->calls, &calls[0]);
    wire_close(&calls[0], TERN_OK);
    assert_null(s.link->calls);
    for (int i = 0; i < 3; i++)
        caller_done(&calls[i]);
    stage_end(&s);
}

// ---- room in the connection ----------------------------------------------

static void fill_output(stage *s)
{
    static char chunk[64 * 1024];

    memset(chunk, 'x', sizeof chunk - 1);
    while (terni_session_has_room(&s->link->session)) {
        fake_wire_write(the_wire.engine, chunk);
        terni_session_ping(&s->link->session, 1);
        stage_step(s);
    }
    (void)journal_take();
}

static void test_goaway_may_say_that_keepalive_bothers(void **state)
{
    static const struct {
        const char *text;
        bool        is_bothersome;
    } rows[] = { { "too_many_pings", true }, { "too_many_pingz", false }, { "", false } };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        terni_outcall call;
        stage         s;

        stage_begin(&s);
        caller_start(&call, &s, NULL);
        the_wire.engine->opts.events->goaway(the_wire.engine->opts.owner, 11, rows[i].text,
                                             strlen(rows[i].text));
        assert_true(s.link->is_retired);
        assert_int_equal(s.link->is_bothersome, rows[i].is_bothersome);
        wire_close(&call, TERN_OK);
        caller_done(&call);
        stage_end(&s);
    }
}

static void test_starved_calls_are_told_once_when_there_is_room_again(void **state)
{
    static char   bytes[256 * 1024];
    terni_outcall starved, other;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start_stream(&starved, &s);
    caller_start_stream(&other, &s);
    fill_output(&s);
    starved.is_starved = true;
    for (int i = 0; i < 100; i++) {
        (void)!recv(s.peer, bytes, sizeof bytes, MSG_DONTWAIT);
        stage_step(&s);
    }
    assert_string_equal(journal_take(), "writable ");
    assert_false(starved.is_starved);
    wire_close(&starved, TERN_OK);
    wire_close(&other, TERN_OK);
    caller_done(&starved);
    caller_done(&other);
    stage_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_call_is_opened_with_its_request),
        TERN_TEST(test_long_request_is_linked_and_arrives_whole),
        TERN_TEST(test_stream_is_opened_without_an_end),
        TERN_TEST(test_server_is_told_what_is_left_of_the_deadline),
        TERN_TEST(test_refused_call_is_left_as_it_was),
        TERN_TEST(test_call_that_no_link_can_carry_ends_with_the_reason),
        TERN_TEST(test_reply_is_decoded_and_its_credit_given_back_at_once),
        TERN_TEST(test_lent_reply_lives_in_the_call),
        TERN_TEST(test_second_reply_is_one_too_many),
        TERN_TEST(test_reply_that_cannot_be_read_is_the_servers_fault),
        TERN_TEST(test_messages_of_a_stream_are_its_own_business),
        TERN_TEST(test_headers_are_an_answer_and_are_kept_for_info),
        TERN_TEST(test_given_up_call_is_cancelled_at_the_server_and_makes_room),
        TERN_TEST(test_calls_end_in_any_order),
        TERN_TEST(test_goaway_may_say_that_keepalive_bothers),
        TERN_TEST(test_starved_calls_are_told_once_when_there_is_room_again),
    };

    return cmocka_run_group_tests(tests, letters_warm_up, NULL);
}
