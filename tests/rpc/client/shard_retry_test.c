// Calls that are tried again: since the server proves not to have touched them, or by the channel's policy. And
// the end of a shard.
#include "tests/rpc/client/shard_stage.h"

#include "tests/support/leak.h"

#include <string.h>

static const terni_close not_processed = {
    .code = TERN_UNAVAILABLE, .message = "refused", .message_len = 7, .is_not_processed = true
};

static const terni_close unavailable = { .code = TERN_UNAVAILABLE,
                                         .message = "busy",
                                         .message_len = 4 };

// On its only connection, with nothing in the journal.
static void open_call(caller *c, stage *s, const tern_call_opts *opts)
{
    caller_start(c, s, 'x', opts);
    if (c->call.state == TERNI_OUTCALL_WAITING)
        node_open(0, 10);
    assert_int_equal(c->call.state, TERNI_OUTCALL_OPEN);
    (void)journal_take();
}

// ---- not processed -------------------------------------------------------

static void test_call_that_was_not_processed_goes_again_so_many_times(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    open_call(&x, &s, NULL);
    for (int i = 0; i < TERNI_MAX_TRANSPARENT_RETRIES; i++) {
        node_close(&x, &not_processed);
        assert_string_equal(journal_take(), "open(x,0) ");
    }
    node_close(&x, &not_processed);
    assert_string_equal(journal_take(), "done(x,14,refused) ");
    assert_int_equal(x.call.n_attempts, 1 + TERNI_MAX_TRANSPARENT_RETRIES);
    caller_done(&x);
    stage_end(&s);
}

static void test_answered_call_does_not_go_again(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    open_call(&x, &s, NULL);
    x.call.is_answered = true;
    node_close(&x, &not_processed);
    assert_string_equal(journal_take(), "done(x,14,refused) ");
    caller_done(&x);
    stage_end(&s);
}

static void test_lost_calls_go_on_the_next_connection(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a,unix:@b", TERN_ROUND_ROBIN);
    open_call(&x, &s, NULL);
    node_lose(0, false);
    assert_string_equal(journal_take(), "connect(0) ");
    node_open(1, 10);
    assert_string_equal(journal_take(), "open(x,1) ");
    node_answer(&x, TERN_OK);
    caller_done(&x);
    stage_end(&s);
}

static void test_lost_call_that_may_have_been_processed_ends(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    open_call(&x, &s, NULL);
    node_lose(0, true);
    assert_string_equal(journal_take(), "done(x,14,lost) ");
    caller_done(&x);
    stage_end(&s);
}

static void test_success_without_a_reply_is_none(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    open_call(&x, &s, NULL);
    node_close(&x, &(terni_close){ .code = TERN_OK });
    assert_string_equal(journal_take(), "done(x,13,the reply has no message) ");
    caller_done(&x);
    stage_end(&s);
}

// ---- by the policy -------------------------------------------------------

static void begin_with_policy(stage *s)
{
    stage_begin_with(s, "unix:@a", TERN_PICK_FIRST, 1,
                     &(tern_retry){ .max_attempts = 3, .initial_backoff_ms = 100 });
}

static void test_failed_call_backs_off_and_goes_again(void **state)
{
    stage  s;
    caller x;

    (void)state;
    begin_with_policy(&s);
    open_call(&x, &s, NULL);
    node_close(&x, &unavailable);
    assert_string_equal(journal_take(), "");
    assert_int_equal(x.call.state, TERNI_OUTCALL_BACKING_OFF);
    stage_pass(&s, 70);
    assert_string_equal(journal_take(), "");
    stage_pass(&s, 60);
    assert_string_equal(journal_take(), "open(x,0) ");
    node_answer(&x, TERN_OK);
    caller_done(&x);
    stage_end(&s);
}

static void test_last_attempt_is_how_the_call_ends(void **state)
{
    stage  s;
    caller x;

    (void)state;
    begin_with_policy(&s);
    open_call(&x, &s, NULL);
    node_close(&x, &unavailable);
    stage_pass(&s, 130);
    node_close(&x, &unavailable);
    stage_pass(&s, 250);
    (void)journal_take();
    node_close(&x, &unavailable);
    assert_string_equal(journal_take(), "done(x,14,busy) ");
    assert_int_equal(x.call.n_attempts, 3);
    caller_done(&x);
    stage_end(&s);
}

static void test_call_that_found_nobody_is_tried_again_too(void **state)
{
    stage  s;
    caller x;

    (void)state;
    begin_with_policy(&s);
    caller_start(&x, &s, 'x', NULL);
    (void)journal_take();
    node_fail(0, "nobody there");
    assert_int_equal(x.call.state, TERNI_OUTCALL_BACKING_OFF);
    terni_connector_connect(&node_get(0)->c);
    node_open(0, 10);
    (void)journal_take();
    stage_pass(&s, 130);
    assert_string_equal(journal_take(), "open(x,0) ");
    node_answer(&x, TERN_OK);
    caller_done(&x);
    stage_end(&s);
}

// The failure says more than a deadline would, and says it at once.
static void test_backoff_beyond_the_deadline_is_none(void **state)
{
    stage  s;
    caller x;

    (void)state;
    begin_with_policy(&s);
    open_call(&x, &s, &(tern_call_opts){ .timeout_ms = 60 });
    node_close(&x, &unavailable);
    assert_string_equal(journal_take(), "done(x,14,busy) ");
    caller_done(&x);
    stage_end(&s);
}

static void test_deadline_holds_for_all_attempts_together(void **state)
{
    stage  s;
    caller x;

    (void)state;
    begin_with_policy(&s);
    open_call(&x, &s, &(tern_call_opts){ .timeout_ms = 500 });
    node_close(&x, &unavailable);
    stage_pass(&s, 130);
    assert_string_equal(journal_take(), "open(x,0) ");
    stage_pass(&s, 372);
    assert_string_equal(journal_take(), "cancel(x,4) done(x,4,the deadline has passed) ");
    caller_done(&x);
    stage_end(&s);
}

static void test_call_that_backs_off_may_be_given_up(void **state)
{
    stage  s;
    caller x;

    (void)state;
    begin_with_policy(&s);
    open_call(&x, &s, NULL);
    node_close(&x, &unavailable);
    terni_outcall_abort(&x.call, TERN_CANCELLED, "enough");
    assert_string_equal(journal_take(), "done(x,1,enough) ");
    assert_null(s.shard.backing_off);
    caller_done(&x);
    stage_pass(&s, 1000);
    stage_end(&s);
}

static void test_server_says_when(void **state)
{
    const terni_meta  pushback = { "grpc-retry-pushback-ms", (const uint8_t *)"7", 22, 1 };
    const terni_close close = { .code = TERN_UNAVAILABLE, .metadata = { &pushback, 1 } };
    stage             s;
    caller            x;

    (void)state;
    begin_with_policy(&s);
    open_call(&x, &s, NULL);
    node_close(&x, &close);
    stage_pass(&s, 10);
    assert_string_equal(journal_take(), "open(x,0) ");
    node_answer(&x, TERN_OK);
    caller_done(&x);
    stage_end(&s);
}

// ---- closing -------------------------------------------------------------

static void test_closed_shard_ends_calls_wherever_they_are(void **state)
{
    caller open, waiting, backing_off;
    stage  s;

    (void)state;
    begin_with_policy(&s);
    caller_start(&backing_off, &s, 'b', NULL);
    node_open(0, 1);
    node_close(&backing_off, &unavailable);
    caller_start(&open, &s, 'o', NULL);
    caller_start(&waiting, &s, 'w', NULL);
    (void)journal_take();
    terni_shard_close(&s.shard, "freed");
    terni_shard_close(&s.shard, "twice");
    assert_string_equal(journal_take(), "done(w,1,freed) done(b,1,freed) close(0) ");
    assert_false(s.shard.is_gone);
    node_end(0);
    assert_string_equal(journal_take(), "done(o,1,freed) ");
    assert_true(s.shard.is_gone);
    caller_done(&open);
    caller_done(&waiting);
    caller_done(&backing_off);
    stage_end(&s);
}

static void test_call_on_a_closed_shard_ends_at_once(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    terni_connector_connect(&node_get(0)->c);
    terni_shard_close(&s.shard, "freed");
    (void)journal_take();
    caller_start(&x, &s, 'x', NULL);
    assert_string_equal(journal_take(), "done(x,1,freed) ");
    caller_done(&x);
    stage_end(&s);
}

// What the server said before it heard of the end holds.
static void test_answer_of_a_closing_connection_counts(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    open_call(&x, &s, NULL);
    terni_shard_close(&s.shard, "freed");
    (void)journal_take();
    node_answer(&x, TERN_OK);
    assert_string_equal(journal_take(), "done(x,0,) ");
    caller_done(&x);
    stage_end(&s);
}

static void test_lost_call_of_a_closed_shard_does_not_go_again(void **state)
{
    stage  s;
    caller x;

    (void)state;
    begin_with_policy(&s);
    open_call(&x, &s, NULL);
    terni_shard_close(&s.shard, "freed");
    (void)journal_take();
    node_lose(0, false);
    assert_string_equal(journal_take(), "done(x,1,freed) ");
    caller_done(&x);
    stage_end(&s);
}

static stage *the_stage;
static caller follower;

static void start_another(caller *c)
{
    (void)c;
    caller_start(&follower, the_stage, 'f', NULL);
}

static void test_call_begun_by_one_that_ends_with_the_shard_ends_too(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(the_stage = &s, "unix:@a", TERN_PICK_FIRST);
    caller_start_then(&x, &s, 'x', NULL, start_another);
    (void)journal_take();
    terni_shard_close(&s.shard, "freed");
    assert_string_equal(journal_take(), "done(x,1,freed) done(f,1,freed) close(0) ");
    caller_done(&x);
    caller_done(&follower);
    stage_end(&s);
}

static void test_freed_poller_closes_the_shard(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    open_call(&x, &s, NULL);
    (void)tern_poller_ref(s.poller);
    tern_poller_free(s.poller);
    assert_string_equal(journal_take(), "close(0) ");
    node_end(0);
    assert_string_equal(journal_take(), "done(x,1,the poller was freed) ");
    assert_true(s.shard.is_gone);
    caller_done(&x);
    tern_poller_unref(s.poller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_call_that_was_not_processed_goes_again_so_many_times),
        TERN_TEST(test_answered_call_does_not_go_again),
        TERN_TEST(test_lost_calls_go_on_the_next_connection),
        TERN_TEST(test_lost_call_that_may_have_been_processed_ends),
        TERN_TEST(test_success_without_a_reply_is_none),
        TERN_TEST(test_failed_call_backs_off_and_goes_again),
        TERN_TEST(test_last_attempt_is_how_the_call_ends),
        TERN_TEST(test_call_that_found_nobody_is_tried_again_too),
        TERN_TEST(test_backoff_beyond_the_deadline_is_none),
        TERN_TEST(test_deadline_holds_for_all_attempts_together),
        TERN_TEST(test_call_that_backs_off_may_be_given_up),
        TERN_TEST(test_server_says_when),
        TERN_TEST(test_closed_shard_ends_calls_wherever_they_are),
        TERN_TEST(test_call_on_a_closed_shard_ends_at_once),
        TERN_TEST(test_answer_of_a_closing_connection_counts),
        TERN_TEST(test_lost_call_of_a_closed_shard_does_not_go_again),
        TERN_TEST(test_call_begun_by_one_that_ends_with_the_shard_ends_too),
        TERN_TEST(test_freed_poller_closes_the_shard),
    };

    return cmocka_run_group_tests(tests, letters_warm_up, NULL);
}
