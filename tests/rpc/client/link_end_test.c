// A client's connection that leaves, is lost, or never was, and what becomes of its calls.
#include "tests/rpc/client/link_stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/log.h>

// ---- leaving -------------------------------------------------------------

static void go_away(stage *s) { the_wire.engine->opts.events->goaway(&s->link->session, 0, "", 0); }

static void test_link_that_leaves_keeps_its_calls_and_takes_no_more(void **state)
{
    terni_outcall call, late;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start(&call, &s, NULL);
    (void)journal_take();
    go_away(&s);
    go_away(&s);
    assert_string_equal(journal_take(), "leaving ");
    caller_start(&late, &s, NULL);
    assert_string_equal(journal_take(), "refused(-107) ");
    wire_close(&call, TERN_OK);
    stage_step(&s);
    assert_string_equal(journal_take(), "ended(0) done(0,) room ");
    stage_hang_up(&s);  // it was closed, and so does the peer
    assert_string_equal(journal_take(),
                        "destroy lost(the connection was lost: the server closed it) gone ");
    terni_outcall_finish(&late, TERN_UNAVAILABLE, "");
    caller_done(&call);
    caller_done(&late);
    stage_end(&s);
}

static void test_retired_link_without_calls_is_closed(void **state)
{
    char  byte;
    stage s;

    (void)state;
    stage_begin(&s);
    terni_link_retire(s.link);
    terni_link_retire(s.link);
    assert_string_equal(journal_take(), "leaving ");
    stage_step(&s);
    assert_int_equal(recv(s.peer, &byte, 1, MSG_DONTWAIT), 0);
    stage_hang_up(&s);
    assert_null(s.link);
    stage_end(&s);
}

static void test_last_call_that_is_given_up_closes_a_retired_link(void **state)
{
    terni_outcall call;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start(&call, &s, NULL);
    terni_link_retire(s.link);
    terni_outcall_abort(&call, TERN_CANCELLED, "");
    stage_hang_up(&s);
    assert_null(s.link);
    caller_done(&call);
    stage_end(&s);
}

// ---- the end -------------------------------------------------------------

static void test_server_that_ends_its_half_leaves(void **state)
{
    stage s;

    (void)state;
    stage_begin(&s);
    stage_hang_up(&s);
    assert_string_equal(journal_take(),
                        "leaving destroy lost(the connection was lost: the server closed it) "
                        "gone ");
    stage_end(&s);
}

static void test_server_that_never_settled_is_lost_and_not_left(void **state)
{
    stage s;

    (void)state;
    stage_begin_unsettled(&s);
    shutdown(s.peer, SHUT_WR);
    stage_step(&s);
    assert_string_equal(journal_take(),
                        "destroy lost(the connection was lost: the server closed it) gone ");
    stage_end(&s);
}

static void test_server_that_says_nothing_is_lost_in_time(void **state)
{
    stage s;

    (void)state;
    stage_begin_unsettled(&s);
    stage_pass(&s, TERNI_HANDSHAKE_MS - 10);
    assert_string_equal(journal_take(), "");
    stage_pass(&s, 20);
    assert_string_equal(journal_take(),
                        "destroy lost(the connection was lost: Connection timed out) gone ");
    stage_end(&s);
}

static void test_settled_server_may_be_silent(void **state)
{
    stage s;

    (void)state;
    stage_begin(&s);
    stage_pass(&s, 100 * TERNI_HANDSHAKE_MS);
    assert_string_equal(journal_take(), "");
    stage_end(&s);
}

// What never left us was not processed, though the server takes calls.
static void test_call_that_never_left_was_not_processed(void **state)
{
    terni_outcall sent, unsent;
    stage         s;

    (void)state;
    stage_begin(&s);
    caller_start(&sent, &s, NULL);
    stage_step(&s);
    caller_start(&unsent, &s, NULL);
    (void)journal_take();
    terni_link_abort(s.link);
    stage_step(&s);
    assert_string_equal(journal_take(),
                        "destroy lost(the connection was lost: Operation canceled) "
                        "ended(14,reset,not processed) done(14,the connection was lost: Operation "
                        "canceled) ended(14,reset) done(14,the connection was lost: Operation "
                        "canceled) gone ");
    caller_done(&sent);
    caller_done(&unsent);
    stage_end(&s);
}

static void no_log(tern_log_level level, const char *line, void *arg)
{
    (void)level;
    (void)line;
    (void)arg;
}

static void test_failed_engine_says_why(void **state)
{
    stage s;

    (void)state;
    tern_log_set(no_log, NULL, TERN_LOG_ERROR);
    stage_begin(&s);
    fake_wire_raise_failed(the_wire.engine, "nonsense came");
    terni_session_ping(&s.link->session, 1);
    stage_hang_up(&s);
    assert_string_equal(journal_take(),
                        "ping(1) destroy lost(the connection was lost: nonsense came) gone ");
    stage_end(&s);
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
}

// A call that its carrier takes back as it ends is on no link.
static void test_lost_calls_may_wait_for_another_attempt(void **state)
{
    terni_outcall call;
    stage         s;

    (void)state;
    stage_begin(&s);
    s.keeps_calls = true;
    caller_start(&call, &s, NULL);
    terni_link_abort(s.link);
    stage_step(&s);
    assert_null(s.link);
    assert_int_equal(call.state, TERNI_OUTCALL_IDLE);
    assert_null(call.on);
    terni_outcall_finish(&call, TERN_UNAVAILABLE, "");
    caller_done(&call);
    stage_end(&s);
}

// ---- memory --------------------------------------------------------------

static void open_and_close(void *arg)
{
    stage    *s = arg;
    tern_code code;

    fake_wire_reset();
    code = stage_open(s);
    assert_true(code == TERN_OK || (code == TERN_UNAVAILABLE && fail_malloc_has_failed()));
    if (code == TERN_OK) {
        terni_link_abort(s->link);
        stage_step(s);
    }
    close(s->peer);
    s->peer = -1;
    assert_null(s->link);
}

static void test_link_without_memory_takes_the_descriptor_all_the_same(void **state)
{
    stage s;

    (void)state;
    stage_begin(&s);
    terni_link_abort(s.link);
    stage_step(&s);
    close(s.peer);
    assert_true(for_each_failed_allocation(open_and_close, &s) >= 3);
    stage_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_link_that_leaves_keeps_its_calls_and_takes_no_more),
        TERN_TEST(test_retired_link_without_calls_is_closed),
        TERN_TEST(test_last_call_that_is_given_up_closes_a_retired_link),
        TERN_TEST(test_server_that_ends_its_half_leaves),
        TERN_TEST(test_server_that_never_settled_is_lost_and_not_left),
        TERN_TEST(test_server_that_says_nothing_is_lost_in_time),
        TERN_TEST(test_settled_server_may_be_silent),
        TERN_TEST(test_call_that_never_left_was_not_processed),
        TERN_TEST(test_failed_engine_says_why),
        TERN_TEST(test_lost_calls_may_wait_for_another_attempt),
        TERN_TEST(test_link_without_memory_takes_the_descriptor_all_the_same),
    };

    return cmocka_run_group_tests(tests, letters_warm_up, NULL);
}
