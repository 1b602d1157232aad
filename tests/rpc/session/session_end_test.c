// One connection speaking one wire, which is a fake one: how it ends.
#include "tests/rpc/session/stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
// ---- the end -------------------------------------------------------------

static void test_peer_that_ends_is_told_before_closed(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    peer_hang_up(&o);
    assert_string_equal(journal_take(), "ended destroy closed ");
    assert_int_equal(o.err, 0);
    owner_end(&o);
}

static void test_bytes_before_the_end_are_fed(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    assert_int_equal(write(o.peer, "one\n", 4), 4);
    peer_hang_up(&o);
    assert_string_equal(journal_take(), "<one> fed ended destroy closed ");
    owner_end(&o);
}

static void test_hooks_may_be_missing(void **state)
{
    terni_session_hooks hooks = closed_alone;
    owner               o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    hooks.protocols = o.session.hooks->protocols;
    o.session.hooks = &hooks;
    peer_say(&o, "fakeone\n");
    peer_hang_up(&o);
    assert_string_equal(journal_take(), "create <one> destroy closed ");
    owner_end(&o);
}

static void test_close_sends_what_was_written(void **state)
{
    owner o;

    (void)state;
    owner_start_client(&o);
    fake_wire_write(o.session.engine, "last words");
    terni_session_close(&o.session);
    terni_session_close(&o.session);  // twice is once
    assert_string_equal(peer_hear(&o), "last words");
    peer_hang_up(&o);
    assert_string_equal(journal_take(), "destroy closed ");
    assert_int_equal(o.err, 0);
    owner_end(&o);
}

static void close_and_write(terni_engine *e, const char *line)
{
    (void)line;
    terni_session_close(e->opts.owner);
    fake_wire_write(e, ".");
}

static void test_close_while_feeding_comes_when_all_is_taken(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    the_wire.on_line = close_and_write;
    peer_say(&o, "x\ny\n");
    assert_string_equal(journal_take(), "<x> <y> fed ");
    assert_string_equal(peer_hear(&o), "..");
    peer_say(&o, "z\n");
    peer_hang_up(&o);
    assert_string_equal(journal_take(), "destroy closed ");
    owner_end(&o);
}

static void abort_it(terni_engine *e, const char *line)
{
    (void)line;
    terni_session_abort(e->opts.owner);
    assert_non_null(the_wire.engine);  // not from inside
}

static void test_abort_while_feeding_comes_later(void **state)
{
    owner o;

    (void)state;
    owner_start_server(&o);
    the_wire.on_line = abort_it;
    peer_say(&o, "x\ny\n");
    assert_string_equal(journal_take(), "<x> <y> fed destroy closed ");
    assert_int_equal(o.err, -ECANCELED);
    owner_end(&o);
}

static void test_close_before_the_wire_is_known(void **state)
{
    owner o;

    (void)state;
    assert_int_equal(owner_start(&o, TERNI_SERVER), 0);
    terni_session_close(&o.session);
    peer_hang_up(&o);
    assert_string_equal(journal_take(), "closed ");
    assert_int_equal(o.err, 0);
    owner_end(&o);
}

static void test_after_the_end_nothing_is_legal_but_harmless(void **state)
{
    terni_stream stream = { .id = 1 };
    char         text[TERN_MAX_ADDRESS] = "as it was";
    owner        o;

    (void)state;
    owner_start_client(&o);
    terni_session_abort(&o.session);
    owner_step(&o);
    (void)journal_take();
    assert_true(terni_session_is_gone(&o.session));
    assert_false(terni_session_is_open(&o.session));
    assert_false(terni_session_has_room(&o.session));
    terni_session_close(&o.session);
    terni_session_abort(&o.session);
    terni_session_cancel(&o.session, &stream, 1, "enough");
    terni_session_expect_by(&o.session, STAGE_START);
    assert_false(terni_session_peer_address(&o.session, text));
    assert_string_equal(text, "as it was");
    assert_int_equal(terni_session_peer_cred(&o.session, NULL), -ENOTCONN);
    assert_string_equal(journal_take(), "");
    owner_end(&o);
}

// ---- failure -------------------------------------------------------------

static void fail_with(terni_engine *e, const char *line)
{
    fake_wire_write(e, "the reason");
    fake_wire_raise_failed(e, line);
}

static void test_failed_engine_tells_the_peer_and_closes(void **state)
{
    owner o;

    (void)state;
    stage_be_quiet();
    owner_start_server(&o);
    the_wire.on_line = fail_with;
    peer_say(&o, "bad\n");
    assert_string_equal(peer_hear(&o), "the reason");
    peer_say(&o, "more\n");  // dropped
    peer_hang_up(&o);
    assert_string_equal(journal_take(), "<bad> fed destroy closed ");
    assert_int_equal(o.err, -EPROTO);
    assert_string_equal(o.why, "bad");
    owner_end(&o);
    stage_be_loud();
}

static void test_first_reason_stays(void **state)
{
    owner o;

    (void)state;
    stage_be_quiet();
    owner_start_server(&o);
    the_wire.on_line = fail_with;
    peer_say(&o, "first\nsecond\n");
    peer_hang_up(&o);
    assert_string_equal(o.why, "first");
    owner_end(&o);
    stage_be_loud();
}

// Outside of an event of the connection, by whoever asks something of the engine.
static void test_failure_is_sent_by_whoever_meets_it(void **state)
{
    owner o;

    (void)state;
    stage_be_quiet();
    owner_start_client(&o);
    fake_wire_write(o.session.engine, "the reason");
    fake_wire_raise_failed(o.session.engine, "no memory");
    terni_session_ping(&o.session, 1);
    assert_string_equal(peer_hear(&o), "the reason");
    peer_hang_up(&o);
    assert_int_equal(o.err, -EPROTO);
    assert_string_equal(o.why, "no memory");
    owner_end(&o);
    stage_be_loud();
}

// ---- keepalive -----------------------------------------------------------

static void open_call(owner *o, terni_stream *stream)
{
    terni_open open = { .path = "/a.B/C", .path_len = 6 };

    assert_int_equal(terni_session_open(&o->session, stream, &open, NULL, true), 0);
    owner_step(o);
    (void)journal_take();
}

static void test_silent_peer_is_asked_and_then_given_up(void **state)
{
    terni_stream stream = { .id = 0 };
    owner        o;

    (void)state;
    stage_be_quiet();
    owner_start_client(&o);
    terni_session_keep_alive(&o.session, 1000, 500);
    open_call(&o, &stream);
    owner_pass(&o, 1010);
    assert_memory_equal(journal_take(), "ping(", 5);
    owner_pass(&o, 510);
    assert_string_equal(journal_take(), "destroy closed ");
    assert_int_equal(o.err, -EPROTO);
    assert_string_equal(o.why, "no sign of life for 1.52 s");
    owner_end(&o);
    stage_be_loud();
}

static void test_any_byte_is_a_sign_of_life(void **state)
{
    terni_stream stream = { .id = 0 };
    owner        o;

    (void)state;
    owner_start_client(&o);
    terni_session_keep_alive(&o.session, 1000, 500);
    open_call(&o, &stream);
    owner_pass(&o, 1010);
    fake_clock_advance(100 * TERN_NS_PER_MS);
    peer_say(&o, "x");
    owner_pass(&o, 600);
    assert_false(o.is_closed);
    owner_end(&o);
}

static void test_without_calls_nobody_is_asked(void **state)
{
    owner o;

    (void)state;
    owner_start_client(&o);
    terni_session_keep_alive(&o.session, 1000, 500);
    owner_pass(&o, 5000);
    owner_pass(&o, 5000);
    assert_string_equal(journal_take(), "");
    owner_end(&o);
}

static void test_keepalive_of_nothing_is_none(void **state)
{
    owner o;

    (void)state;
    owner_start_client(&o);
    terni_session_keep_alive(&o.session, 0, 500);
    terni_session_keep_alive(&o.session, -1, 500);
    assert_null(o.session.keepalive);
    owner_end(&o);
}

// ---- memory --------------------------------------------------------------

static void live_a_life(void *arg)
{
    terni_stream stream = { .id = 0 };
    terni_open   open = { .path = "/a.B/C", .path_len = 6 };
    owner        o;

    (void)arg;
    if (owner_start(&o, TERNI_SERVER) == 0) {
        terni_session_keep_alive(&o.session, 1000, 500);
        peer_say(&o, "fakeone\n");
        if (terni_session_is_open(&o.session))
            assert_int_equal(terni_session_open(&o.session, &stream, &open, NULL, true), 0);
        peer_say(&o, "two\n");
        terni_session_close(&o.session);
        peer_hang_up(&o);
        assert_true(o.is_closed);
    }
    if (o.session.conn)
        terni_session_abort(&o.session);
    if (o.peer >= 0)
        close(o.peer);
    if (o.poller)
        tern_poller_free(o.poller);
}

static void test_any_failing_allocation_closes_or_is_done_without(void **state)
{
    (void)state;
    stage_be_quiet();
    assert_true(for_each_failed_allocation(live_a_life, NULL) > 4);
    stage_be_loud();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_peer_that_ends_is_told_before_closed),
        TERN_TEST(test_bytes_before_the_end_are_fed),
        TERN_TEST(test_hooks_may_be_missing),
        TERN_TEST(test_close_sends_what_was_written),
        TERN_TEST(test_close_while_feeding_comes_when_all_is_taken),
        TERN_TEST(test_abort_while_feeding_comes_later),
        TERN_TEST(test_close_before_the_wire_is_known),
        TERN_TEST(test_after_the_end_nothing_is_legal_but_harmless),
        TERN_TEST(test_failed_engine_tells_the_peer_and_closes),
        TERN_TEST(test_first_reason_stays),
        TERN_TEST(test_failure_is_sent_by_whoever_meets_it),
        TERN_TEST(test_silent_peer_is_asked_and_then_given_up),
        TERN_TEST(test_any_byte_is_a_sign_of_life),
        TERN_TEST(test_without_calls_nobody_is_asked),
        TERN_TEST(test_keepalive_of_nothing_is_none),
        TERN_TEST(test_any_failing_allocation_closes_or_is_done_without),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
