// Calls that wait for a connection, and what becomes of them when there is none.
#include "tests/rpc/client/shard_stage.h"

#include "tests/support/leak.h"

#include <errno.h>

// ---- waiting for a connection --------------------------------------------

static void test_nothing_is_connected_before_the_first_call(void **state)
{
    stage s;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    assert_int_equal(node_count(), 1);
    assert_string_equal(journal_take(), "");
    stage_end(&s);
}

static void test_call_waits_for_the_connection_and_goes_on_it(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', NULL);
    assert_string_equal(journal_take(), "connect(0) ");
    assert_int_equal(x.call.state, TERNI_OUTCALL_WAITING);
    node_open(0, 10);
    assert_string_equal(journal_take(), "open(x,0) ");
    node_answer(&x, TERN_OK);
    assert_string_equal(journal_take(), "done(x,0,) ");
    caller_done(&x);
    stage_end(&s);
}

static void test_call_on_an_open_connection_goes_at_once(void **state)
{
    stage  s;
    caller x, y;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', NULL);
    node_open(0, 10);
    (void)journal_take();
    caller_start(&y, &s, 'y', NULL);
    assert_string_equal(journal_take(), "open(y,0) ");
    node_answer(&x, TERN_OK);
    node_answer(&y, TERN_OK);
    caller_done(&x);
    caller_done(&y);
    stage_end(&s);
}

static void test_those_that_wait_go_in_order_as_there_is_room(void **state)
{
    caller c[5];
    stage  s;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    for (int i = 0; i < 5; i++)
        caller_start(&c[i], &s, (char)('a' + i), NULL);
    (void)journal_take();
    node_open(0, 1);
    assert_string_equal(journal_take(), "open(a,0) ");
    node_widen(0, 2);
    assert_string_equal(journal_take(), "open(b,0) open(c,0) ");
    node_answer(&c[1], TERN_OK);
    assert_string_equal(journal_take(), "done(b,0,) open(d,0) ");
    terni_outcall_abort(&c[0].call, TERN_CANCELLED, "enough");
    assert_string_equal(journal_take(), "cancel(a,1) open(e,0) done(a,1,enough) ");
    for (int i = 2; i < 5; i++)
        node_answer(&c[i], TERN_OK);
    for (int i = 0; i < 5; i++)
        caller_done(&c[i]);
    stage_end(&s);
}

// The newest does not overtake those that wait already.
static void test_call_that_comes_while_others_wait_waits_behind_them(void **state)
{
    stage  s;
    caller a, b, c;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&a, &s, 'a', NULL);
    node_open(0, 1);
    caller_start(&b, &s, 'b', NULL);
    caller_start(&c, &s, 'c', NULL);
    (void)journal_take();
    node_answer(&a, TERN_OK);
    assert_string_equal(journal_take(), "done(a,0,) open(b,0) ");
    node_answer(&b, TERN_OK);
    node_answer(&c, TERN_OK);
    caller_done(&a);
    caller_done(&b);
    caller_done(&c);
    stage_end(&s);
}

static void test_any_that_waits_may_be_given_up(void **state)
{
    (void)state;
    for (int gone = 0; gone < 3; gone++) {
        caller c[3];
        stage  s;

        stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
        for (int i = 0; i < 3; i++)
            caller_start(&c[i], &s, (char)('a' + i), NULL);
        terni_outcall_abort(&c[gone].call, TERN_CANCELLED, "");
        (void)journal_take();
        node_open(0, 10);
        assert_string_equal(journal_take(), gone == 0   ? "open(b,0) open(c,0) "
                                            : gone == 1 ? "open(a,0) open(c,0) "
                                                        : "open(a,0) open(b,0) ");
        for (int i = 0; i < 3; i++) {
            if (i != gone)
                node_answer(&c[i], TERN_OK);
            caller_done(&c[i]);
        }
        stage_end(&s);
    }
}

// The last of those that wait goes, and another comes: the queue's end is where it was.
static void test_queue_goes_on_when_its_last_has_left(void **state)
{
    stage  s;
    caller a, b, c;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&a, &s, 'a', NULL);
    caller_start(&b, &s, 'b', NULL);
    terni_outcall_abort(&b.call, TERN_CANCELLED, "");
    caller_start(&c, &s, 'c', NULL);
    (void)journal_take();
    node_open(0, 10);
    assert_string_equal(journal_take(), "open(a,0) open(c,0) ");
    node_answer(&a, TERN_OK);
    node_answer(&c, TERN_OK);
    caller_done(&a);
    caller_done(&b);
    caller_done(&c);
    stage_end(&s);
}

// ---- more than one connection --------------------------------------------

static void test_calls_go_round_and_skip_what_is_full(void **state)
{
    caller c[6];
    stage  s;

    (void)state;
    stage_begin(&s, "unix:@a,unix:@b", TERN_ROUND_ROBIN);
    caller_start(&c[0], &s, 'a', NULL);
    assert_string_equal(journal_take(), "connect(1) connect(0) ");
    node_open(0, 2);
    node_open(1, 3);
    (void)journal_take();
    for (int i = 1; i < 6; i++)
        caller_start(&c[i], &s, (char)('a' + i), NULL);
    assert_string_equal(journal_take(), "open(b,1) open(c,0) open(d,1) open(e,1) ");
    node_answer(&c[0], TERN_OK);
    assert_string_equal(journal_take(), "done(a,0,) open(f,0) ");
    for (int i = 1; i < 6; i++)
        node_answer(&c[i], TERN_OK);
    for (int i = 0; i < 6; i++)
        caller_done(&c[i]);
    stage_end(&s);
}

static void test_each_place_has_so_many_connections(void **state)
{
    stage s;

    (void)state;
    stage_begin_with(&s, "unix:@a,unix:@b", TERN_ROUND_ROBIN, 3, NULL);
    assert_int_equal(node_count(), 6);
    assert_int_equal(s.shard.n_in[TERNI_CONNECTOR_IDLE], 6);
    stage_end(&s);
}

// Its numbers are used up: the link is left, and another made for the call.
static void test_link_that_takes_no_call_any_more_is_left(void **state)
{
    stage  s;
    caller x, y;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', NULL);
    node_open(0, 10);
    node_get(0)->open_err = -ENOTCONN;
    (void)journal_take();
    caller_start(&y, &s, 'y', NULL);
    assert_string_equal(journal_take(), "leave(0) connect(0) ");
    node_get(0)->open_err = 0;
    node_open(0, 10);
    assert_string_equal(journal_take(), "open(y,0) ");
    node_answer(&x, TERN_OK);
    node_answer(&y, TERN_OK);
    caller_done(&x);
    caller_done(&y);
    stage_end(&s);
}

static void test_call_that_no_link_can_carry_ends_with_the_reason(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', NULL);
    node_get(0)->open_err = -7;
    (void)journal_take();
    node_open(0, 10);
    assert_string_equal(journal_take(), "done(x,8,refused for -7) ");
    caller_done(&x);
    stage_end(&s);
}

static void test_lost_connection_is_made_again_for_those_that_wait(void **state)
{
    stage  s;
    caller x, y;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', NULL);
    node_open(0, 1);
    caller_start(&y, &s, 'y', NULL);
    (void)journal_take();
    node_lose(0, true);
    assert_string_equal(journal_take(), "connect(0) done(x,14,lost) ");
    node_open(0, 1);
    assert_string_equal(journal_take(), "open(y,0) ");
    node_answer(&y, TERN_OK);
    caller_done(&x);
    caller_done(&y);
    stage_end(&s);
}

// ---- nobody is there -----------------------------------------------------

static void test_single_place_that_fails_fails_its_calls(void **state)
{
    stage  s;
    caller x, y;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', NULL);
    caller_start(&y, &s, 'y', NULL);
    (void)journal_take();
    node_fail(0, "nobody there");
    assert_string_equal(journal_take(), "done(x,14,nobody there) done(y,14,nobody there) ");
    caller_done(&x);
    caller_done(&y);
    stage_end(&s);
}

static void test_call_that_comes_while_all_back_off_fails_at_once(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', NULL);
    node_fail(0, "nobody there");
    caller_done(&x);
    (void)journal_take();
    caller_start(&x, &s, 'x', NULL);
    assert_string_equal(journal_take(), "done(x,14,nobody there) ");
    caller_done(&x);
    stage_end(&s);
}

// While one was being tried another may have come back.
static void test_all_have_another_try_before_calls_fail(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a,unix:@b", TERN_ROUND_ROBIN);
    caller_start(&x, &s, 'x', NULL);
    (void)journal_take();
    node_fail(0, "not a");
    assert_string_equal(journal_take(), "");
    node_fail(1, "not b");
    assert_string_equal(journal_take(), "connect(1) connect(0) ");
    node_fail(1, "not b");
    assert_string_equal(journal_take(), "");
    node_fail(0, "not a either");
    assert_string_equal(journal_take(), "done(x,14,not a either) ");
    caller_done(&x);
    stage_end(&s);
}

static void test_success_gives_all_another_try_again(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "unix:@a,unix:@b", TERN_ROUND_ROBIN);
    caller_start(&x, &s, 'x', NULL);
    for (int i = 0; i < 2; i++) {
        node_fail(0, "no");
        node_fail(1, "no");
    }
    caller_done(&x);
    terni_connector_connect(&node_get(0)->c);
    node_open(0, 1);
    assert_string_equal(s.shard.why, "");
    node_lose(0, true);
    (void)journal_take();
    caller_start(&x, &s, 'x', NULL);
    node_fail(0, "no");
    assert_string_equal(journal_take(), "connect(0) connect(1) connect(0) ");
    node_fail(0, "no");
    node_fail(1, "no");
    caller_done(&x);
    stage_end(&s);
}

static void test_call_that_waits_for_ready_outlasts_all_failures(void **state)
{
    stage  s;
    caller x, y;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', &(tern_call_opts){ .wait_for_ready = true });
    caller_start(&y, &s, 'y', NULL);
    (void)journal_take();
    for (int i = 0; i < 5; i++) {
        node_fail(0, "no");
        terni_connector_connect(&node_get(0)->c);  // as after its backoff
    }
    assert_int_equal(x.call.state, TERNI_OUTCALL_WAITING);
    caller_done(&y);
    (void)journal_take();
    node_open(0, 1);
    assert_string_equal(journal_take(), "open(x,0) ");
    node_answer(&x, TERN_OK);
    caller_done(&x);
    stage_end(&s);
}

static void test_deadline_says_what_it_waited_for(void **state)
{
    const tern_call_opts opts = { .timeout_ms = 500, .wait_for_ready = true };
    stage                s;
    caller               x, y;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start(&x, &s, 'x', &opts);
    node_fail(0, "nobody there");
    (void)journal_take();
    stage_pass(&s, 502);
    assert_string_equal(journal_take(), "done(x,4,the deadline has passed without a connection: "
                                        "nobody there) ");
    caller_done(&x);
    terni_connector_connect(&node_get(0)->c);
    node_open(0, 0);
    caller_start(&y, &s, 'y', &opts);
    (void)journal_take();
    stage_pass(&s, 502);
    assert_string_equal(journal_take(),
                        "done(y,4,the deadline has passed before a connection had room) ");
    caller_done(&y);
    stage_end(&s);
}

// ---- what callers do as they end -----------------------------------------

static stage *the_stage;
static caller followers[2];

static void start_another(caller *c)
{
    caller_start(&followers[c->name - 'a'], the_stage, (char)(c->name - 'a' + 'x'), NULL);
}

static void test_caller_that_fails_may_begin_again(void **state)
{
    stage  s;
    caller a, b;

    (void)state;
    stage_begin(the_stage = &s, "unix:@a", TERN_PICK_FIRST);
    caller_start_then(&a, &s, 'a', NULL, start_another);
    caller_start_then(&b, &s, 'b', NULL, start_another);
    (void)journal_take();
    node_fail(0, "no");
    assert_string_equal(journal_take(), "done(a,14,no) done(x,14,no) done(b,14,no) done(y,14,no) ");
    caller_done(&a);
    caller_done(&b);
    caller_done(&followers[0]);
    caller_done(&followers[1]);
    stage_end(&s);
}

static caller *victim;

static void abort_victim(caller *c)
{
    (void)c;
    if (!terni_outcall_is_done(&victim->call))
        terni_outcall_abort(&victim->call, TERN_CANCELLED, "with the other");
}

static void test_caller_that_fails_may_end_others_that_fail(void **state)
{
    stage  s;
    caller a, b, c;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_PICK_FIRST);
    caller_start_then(&a, &s, 'a', NULL, abort_victim);
    caller_start(&b, &s, 'b', NULL);
    caller_start(&c, &s, 'c', NULL);
    victim = &c;
    (void)journal_take();
    node_fail(0, "no");
    assert_string_equal(journal_take(), "done(a,14,no) done(c,1,with the other) done(b,14,no) ");
    caller_done(&a);
    caller_done(&b);
    caller_done(&c);
    stage_end(&s);
}

// ---- names ---------------------------------------------------------------

static void test_what_one_finds_concerns_all_of_the_name(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "tcp://name:1,unix:@b", TERN_ROUND_ROBIN);
    assert_int_equal(s.shard.n_in[TERNI_CONNECTOR_ABSENT], TERN_MAX_RESOLVED - 1);
    caller_start(&x, &s, 'x', NULL);
    assert_string_equal(journal_take(), "connect(16) connect(0) ");
    node_find(0, 3);
    assert_int_equal(s.shard.n_in[TERNI_CONNECTOR_ABSENT], TERN_MAX_RESOLVED - 3);
    assert_string_equal(journal_take(), "connect(2) connect(1) ");
    node_open(1, 1);
    node_answer(&x, TERN_OK);
    caller_done(&x);
    stage_end(&s);
}

// The first address of a name refused, and the others, of which it had told, were connected by nobody: the call
// waited for the first one's backoff, or for its own deadline.
static void test_bug_other_addresses_of_a_name_were_not_tried(void **state)
{
    stage  s;
    caller x;

    (void)state;
    stage_begin(&s, "tcp://name:1", TERN_ROUND_ROBIN);
    caller_start(&x, &s, 'x', NULL);
    (void)journal_take();
    node_find(0, 3);
    node_fail(0, "refused");
    assert_string_equal(journal_take(), "connect(2) connect(1) ");
    node_open(2, 1);
    assert_string_equal(journal_take(), "open(x,2) ");
    node_answer(&x, TERN_OK);
    caller_done(&x);
    stage_end(&s);
}

// ---- memory --------------------------------------------------------------

static void make_shard(void *arg)
{
    stage           *s = arg;
    tern_status      st;
    terni_shard      shard = { .next = NULL };
    terni_endpoints *e = terni_endpoints_new("unix:@a,unix:@b", false, &st);
    int              err;

    if (!e)
        return;
    err = terni_shard_init(&shard, &(terni_shard_opts){ .poller = s->poller,
                                                        .policy = &s->policy,
                                                        .endpoints = e,
                                                        .gone = s->shard.gone,
                                                        .owner = s });
    assert_int_equal(err, fail_malloc_has_failed() ? -ENOMEM : 0);
    if (err == 0)
        terni_shard_close(&shard, "the end");
    assert_true(shard.is_gone);
    terni_endpoints_unref(e);
}

static void test_shard_without_memory_is_gone_at_once(void **state)
{
    stage s;

    (void)state;
    stage_begin(&s, "unix:@a", TERN_ROUND_ROBIN);
    assert_true(for_each_failed_allocation(make_shard, &s) >= 5);
    s.n_gone = 0;
    stage_end(&s);
}

static void *taken;

static void take_one(tern_task *task)
{
    (void)task;
    taken = terni_shard_take_spare(&the_stage->shard, 100);
}

static void test_spare_memory_serves_again_on_the_pollers_thread(void **state)
{
    tern_task task = { .run = take_one };
    stage     s;
    void     *a, *elsewhere;

    (void)state;
    stage_begin(the_stage = &s, "unix:@a", TERN_PICK_FIRST);
    a = terni_shard_take_spare(&s.shard, 100);
    terni_shard_give_spare(&s.shard, a);
    elsewhere = terni_shard_take_spare(&s.shard, 100);
    assert_ptr_not_equal(elsewhere, a);
    tern_poller_post(s.poller, &task);
    stage_pass(&s, 0);
    assert_ptr_equal(taken, a);
    terni_shard_give_spare(&s.shard, a);
    terni_shard_give_spare(&s.shard, elsewhere);
    stage_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_nothing_is_connected_before_the_first_call),
        TERN_TEST(test_call_waits_for_the_connection_and_goes_on_it),
        TERN_TEST(test_call_on_an_open_connection_goes_at_once),
        TERN_TEST(test_those_that_wait_go_in_order_as_there_is_room),
        TERN_TEST(test_call_that_comes_while_others_wait_waits_behind_them),
        TERN_TEST(test_any_that_waits_may_be_given_up),
        TERN_TEST(test_queue_goes_on_when_its_last_has_left),
        TERN_TEST(test_calls_go_round_and_skip_what_is_full),
        TERN_TEST(test_each_place_has_so_many_connections),
        TERN_TEST(test_link_that_takes_no_call_any_more_is_left),
        TERN_TEST(test_call_that_no_link_can_carry_ends_with_the_reason),
        TERN_TEST(test_lost_connection_is_made_again_for_those_that_wait),
        TERN_TEST(test_single_place_that_fails_fails_its_calls),
        TERN_TEST(test_call_that_comes_while_all_back_off_fails_at_once),
        TERN_TEST(test_all_have_another_try_before_calls_fail),
        TERN_TEST(test_success_gives_all_another_try_again),
        TERN_TEST(test_call_that_waits_for_ready_outlasts_all_failures),
        TERN_TEST(test_deadline_says_what_it_waited_for),
        TERN_TEST(test_caller_that_fails_may_begin_again),
        TERN_TEST(test_caller_that_fails_may_end_others_that_fail),
        TERN_TEST(test_what_one_finds_concerns_all_of_the_name),
        TERN_TEST(test_bug_other_addresses_of_a_name_were_not_tried),
        TERN_TEST(test_shard_without_memory_is_gone_at_once),
        TERN_TEST(test_spare_memory_serves_again_on_the_pollers_thread),
    };

    return cmocka_run_group_tests(tests, letters_warm_up, NULL);
}
