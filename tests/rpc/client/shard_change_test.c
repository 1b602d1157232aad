// Other addresses while calls are made.
#include "tests/rpc/client/shard_stage.h"

#include "tests/support/leak.h"

#include <pthread.h>

#include <tern/log.h>

static void open_both(stage *s, caller *c)
{
    caller_start(&c[0], s, 'a', NULL);
    node_open(0, 10);
    node_open(1, 10);
    caller_start(&c[1], s, 'b', NULL);
    (void)journal_take();
}

static void end_both(stage *s, caller *c)
{
    for (int i = 0; i < 2; i++) {
        if (!terni_outcall_is_done(&c[i].call))
            node_answer(&c[i], TERN_OK);
        caller_done(&c[i]);
    }
    stage_end(s);
}

static void test_connections_that_are_wanted_still_stay(void **state)
{
    caller c[2];
    stage  s;

    (void)state;
    stage_begin(&s, "unix:@a,unix:@b", TERN_ROUND_ROBIN);
    open_both(&s, c);
    stage_change(&s, "unix:@b,unix:@c,unix:@a");
    assert_string_equal(journal_take(), "adopt(1) adopt(0) ");
    assert_int_equal(node_count(), 3);
    assert_int_equal(s.shard.balancer.n, 2);
    assert_int_equal(s.shard.n_connectors, 3);
    end_both(&s, c);
}

static void test_connection_that_is_not_wanted_ends_its_calls_in_peace(void **state)
{
    caller c[2];
    stage  s;

    (void)state;
    stage_begin(&s, "unix:@a,unix:@b", TERN_ROUND_ROBIN);
    open_both(&s, c);
    assert_ptr_equal(c[0].call.on, &node_get(0)->link);
    stage_change(&s, "unix:@b");
    assert_string_equal(journal_take(), "adopt(1) retire(0) ");
    assert_int_equal(s.shard.n_connectors, 1);
    assert_int_equal(s.shard.balancer.n, 1);
    assert_int_equal(c[0].call.state, TERNI_OUTCALL_OPEN);
    node_answer(&c[0], TERN_OK);
    assert_string_equal(journal_take(), "done(a,0,) ");
    node_end(0);
    end_both(&s, c);
}

static void test_those_that_wait_go_to_the_new_addresses(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', NULL);
    (void)journal_take();
    stage_change(&s, "unix:@b");
    assert_string_equal(journal_take(), "retire(0) connect(1) ");
    node_open(1, 10);
    assert_string_equal(journal_take(), "open(x,1) ");
    node_end(0);
    node_answer(&x, TERN_OK);
    caller_done(&x);
    stage_end(&s);
}

static void test_next_call_goes_to_the_new_addresses(void **state)
{
    stage  s;
    caller x, y;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', NULL);
    node_open(0, 10);
    stage_change(&s, "unix:@b");
    (void)journal_take();
    caller_start(&y, &s, 'y', NULL);
    assert_string_equal(journal_take(), "connect(1) ");
    node_open(1, 10);
    node_answer(&x, TERN_OK);
    node_end(0);
    node_answer(&y, TERN_OK);
    caller_done(&x);
    caller_done(&y);
    stage_end(&s);
}

// Two places that could not be reached leave, and the one that stays has failed as well.
static void test_those_that_wait_fail_if_what_is_left_has_failed(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a,unix:@b", TERN_ROUND_ROBIN);
    caller_start(&x, &s, 'x', NULL);
    node_open(0, 0);
    node_fail(1, "not b");
    (void)journal_take();
    stage_change(&s, "unix:@a");
    assert_string_equal(journal_take(), "adopt(0) retire(1) ");
    node_lose(0, true);
    node_fail(0, "not a");
    assert_string_equal(journal_take(), "connect(0) done(x,14,not a) ");
    caller_done(&x);
    stage_end(&s);
}

static void test_last_of_several_changes_holds(void **state)
{
    tern_status st;
    stage       s;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    terni_shard_give_endpoints(&s.shard, terni_endpoints_new("unix:@b", false, &st));
    terni_shard_give_endpoints(&s.shard, terni_endpoints_new("unix:@c", false, &st));
    stage_change(&s, "unix:@d,unix:@e");
    assert_int_equal(node_count(), 2);
    assert_int_equal(node_get(1)->c.wish.n_tries, 2);
    stage_pass(&s, 0);
    assert_int_equal(node_count(), 2);
    stage_end(&s);
}

static void test_change_that_comes_as_the_shard_closes_changes_nothing(void **state)
{
    tern_status st;
    stage       s;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    terni_shard_give_endpoints(&s.shard, terni_endpoints_new("unix:@b", false, &st));
    terni_shard_close(&s.shard, "freed");
    assert_false(s.shard.is_gone);  // a task names it
    stage_pass(&s, 0);
    assert_true(s.shard.is_gone);
    assert_int_equal(node_count(), 1);
    stage_end(&s);
}

static void *change_often(void *shard)
{
    for (int i = 0; i < 500; i++) {
        tern_status st;

        terni_shard_give_endpoints(shard, terni_endpoints_new("unix:@b", false, &st));
    }
    return NULL;
}

static void test_any_thread_may_give_others(void **state)
{
    pthread_t thread;
    stage     s;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    assert_int_equal(pthread_create(&thread, NULL, change_often, &s.shard), 0);
    pthread_join(thread, NULL);
    stage_pass(&s, 0);
    assert_int_equal(s.shard.n_connectors, 1);
    assert_string_equal(node_get(node_count() - 1)->c.endpoints->items[0].target.address.host,
                        "@b");
    stage_end(&s);
}

// ---- memory --------------------------------------------------------------

static void no_log(tern_log_level level, const char *line, void *arg)
{
    (void)level;
    (void)line;
    (void)arg;
}

// True if the nth allocation of the change was made to fail. What there was goes on then.
static bool change_without_memory(unsigned nth)
{
    tern_status      st;
    terni_endpoints *others = terni_endpoints_new("unix:@b,unix:@c", false, &st);
    bool             has_failed;
    stage            s;
    caller           x, y;

    stage_begin(&s, "unix:@a", TERN_ROUND_ROBIN);
    caller_start(&x, &s, 'x', NULL);
    node_open(0, 10);
    fail_malloc_at(nth, 1);
    terni_shard_give_endpoints(&s.shard, others);
    stage_pass(&s, 0);
    has_failed = fail_malloc_has_failed();
    fail_malloc_at(0, 0);
    assert_int_equal(s.shard.balancer.n, has_failed);
    node_answer(&x, TERN_OK);
    caller_done(&x);
    if (has_failed) {
        caller_start(&y, &s, 'y', NULL);
        node_answer(&y, TERN_OK);
        caller_done(&y);
    }
    stage_end(&s);
    return has_failed;
}

static void test_change_without_memory_leaves_what_there_was(void **state)
{
    unsigned nth = 1;

    (void)state;
    tern_log_set(no_log, NULL, TERN_LOG_ERROR);
    while (change_without_memory(nth))
        nth++;
    assert_true(nth > 3);  // each connector, and room for its link
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_connections_that_are_wanted_still_stay),
        TERN_TEST(test_connection_that_is_not_wanted_ends_its_calls_in_peace),
        TERN_TEST(test_those_that_wait_go_to_the_new_addresses),
        TERN_TEST(test_next_call_goes_to_the_new_addresses),
        TERN_TEST(test_those_that_wait_fail_if_what_is_left_has_failed),
        TERN_TEST(test_last_of_several_changes_holds),
        TERN_TEST(test_change_that_comes_as_the_shard_closes_changes_nothing),
        TERN_TEST(test_any_thread_may_give_others),
        TERN_TEST(test_change_without_memory_leaves_what_there_was),
    };

    return cmocka_run_group_tests(tests, letters_warm_up, NULL);
}
