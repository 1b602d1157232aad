// A channel's retry policy: the account it keeps, and what becomes of calls.
#include "tests/rpc/links/node.h"

#include <string.h>

#include "rpc/client/channel_internal.h"
#include "rpc/client/retry_policy_internal.h"

// ---- the policy alone ----------------------------------------------------

static terni_retry_policy policy(const tern_retry *p)
{
    terni_retry_policy r;
    const char        *why = NULL;

    assert_int_equal(terni_retry_policy_init(&r, p, &why), 0);
    return r;
}

static void test_zero_is_a_policy_with_defaults(void **state)
{
    terni_retry_policy r = policy(&(tern_retry){ 0 });

    (void)state;
    assert_int_equal(r.max_attempts, 3);
    assert_true(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));
    assert_false(terni_retry_policy_allows(&r, TERN_INTERNAL));
    assert_false(terni_retry_policy_allows(&r, TERN_OK));
}

static void test_backoff_grows_to_its_limit(void **state)
{
    terni_retry_policy r =
        policy(&(tern_retry){ .initial_backoff_ms = 100, .max_backoff_ms = 1000, .multiplier = 3 });
    const uint64_t expected[] = { 100, 300, 900, 1000, 1000 };

    (void)state;
    for (uint32_t n = 1; n <= 5; n++)
        for (uint64_t seed = 1; seed < 1000; seed += 7)
            assert_in_range(terni_retry_policy_backoff_ms(&r, n, seed), expected[n - 1] * 8 / 10,
                            expected[n - 1] * 12 / 10);
}

static void test_throttle_stops_at_half_and_recovers_by_other_ends(void **state)
{
    terni_retry_policy r = policy(&(tern_retry){ .throttle_tokens = 10, .throttle_ratio = 0.5 });

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_true(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));
    for (int i = 0; i < 10; i++)
        assert_false(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));  // down to 0, not below
    for (int i = 0; i < 13; i++)
        (void)terni_retry_policy_allows(&r, TERN_OK);
    assert_true(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));  // 6.5 - 1
    assert_false(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));
    for (int i = 0; i < 100; i++)
        (void)terni_retry_policy_allows(&r, TERN_OK);
    assert_int_equal(atomic_load(&r.tokens), 10000);
}

static void test_senseless_policy_is_refused_in_a_sentence(void **state)
{
    static const tern_code  ok = TERN_OK;
    static const tern_retry rows[] = {
        { .max_attempts = 11 },      { .initial_backoff_ms = -1 }, { .multiplier = 0.5 },
        { .throttle_tokens = 1001 }, { .throttle_ratio = -1 },     { .codes = &ok, .n_codes = 1 },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        tern_channel *ch = tern_connect("unix:@x", &(tern_channel_opts){ .retry = &rows[i] });
        links_answer *a = NULL;
        tern_status   st = links_node_ask(ch, LINKS_QUESTION(), NULL, &a);

        assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
        assert_non_null(strstr(st.msg, "retry"));
        tern_channel_free(ch);
    }
}

// ---- calls ---------------------------------------------------------------

static node          server;
static tern_channel *channel;

static const tern_retry quick = { .max_attempts = 4, .initial_backoff_ms = 10 };

static void begin(const tern_retry *retry)
{
    tern_retry copy = *retry;

    server = (node){ .number = 5 };
    node_start(&server);
    channel = host_connect(server.host.address, &(tern_channel_opts){ .retry = &copy });
    memset(&copy, 0xee, sizeof copy);
}

static void finish(void)
{
    tern_channel_free(channel);
    node_end(&server);
}

static tern_status ask(const links_question *q, const tern_call_opts *opts)
{
    links_answer *a = NULL;
    tern_status   st = links_node_ask(channel, q, opts, &a);

    if (st.code == TERN_OK)
        assert_int_equal(a->node, 5);
    links_answer_free(a);
    return st;
}

static unsigned n_seen(void) { return atomic_load(&server.n_calls); }

static void test_call_that_fails_twice_succeeds_with_the_third_attempt(void **state)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    tern_status st;

    (void)state;
    begin(&quick);
    st = ask(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 2),
             &(tern_call_opts){ .info = &info });
    assert_int_equal(st.code, TERN_OK);
    assert_int_equal(n_seen(), 3);
    assert_int_equal(info.n_attempts, 3);
    assert_int_equal(atomic_load(&server.n_previous), host_speaks_grpc() ? 2 : 0);
    finish();
}

static void test_last_failure_is_told_when_the_attempts_are_used_up(void **state)
{
    tern_status st;

    (void)state;
    begin(&quick);
    st = ask(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 99), NULL);
    assert_int_equal(st.code, TERN_UNAVAILABLE);
    assert_string_equal(st.msg, "as asked");
    assert_int_equal(n_seen(), 4);
    finish();
}

static void test_codes_that_are_not_listed_are_final(void **state)
{
    static const tern_code codes[] = { TERN_ABORTED, TERN_UNAVAILABLE };
    tern_retry             r = quick;

    (void)state;
    r.codes = codes;
    r.n_codes = 2;
    begin(&r);
    assert_int_equal(ask(LINKS_QUESTION(.fail_code = TERN_INTERNAL, .fail_times = 1), NULL).code,
                     TERN_INTERNAL);
    assert_int_equal(n_seen(), 1);
    assert_int_equal(ask(LINKS_QUESTION(.fail_code = TERN_ABORTED, .fail_times = 2), NULL).code,
                     TERN_OK);
    finish();
}

static void test_without_a_policy_a_failure_is_final(void **state)
{
    (void)state;
    begin(&quick);
    tern_channel_free(channel);
    channel = host_connect(server.host.address, NULL);
    assert_int_equal(ask(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 1), NULL).code,
                     TERN_UNAVAILABLE);
    assert_int_equal(n_seen(), 1);
    finish();
}

static void test_throttle_ends_retries_when_most_calls_fail(void **state)
{
    tern_retry r = quick;

    (void)state;
    r.throttle_tokens = 4;
    begin(&r);
    (void)ask(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 99), NULL);
    assert_int_equal(n_seen(), 2);  // 4 - 1 is above half, 3 - 1 is not
    (void)ask(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 99), NULL);
    assert_int_equal(n_seen(), 3);
    finish();
}

// ---- time ----------------------------------------------------------------

// Server and client share a poller and a clock, and time passes when both are idle.
static void begin_here(const tern_retry *retry)
{
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    server = (node){
        .number = 5,
        .host = { .place = HOST_HERE, .scheme = HOST_UNIX, .poller = tern_poller_new(NULL) }
    };
    node_start(&server);
    channel = host_connect(server.host.address, &(tern_channel_opts){ .retry = retry });
}

typedef struct timed_call timed_call;
struct timed_call {
    const links_question *question;
    int64_t               timeout_ms;
    bool                  is_last;  // the channel goes, too: its connections are the poller's
    tern_code             code;
    uint64_t              took_ms;
};

static void make_timed_call(void *arg)
{
    timed_call    *c = arg;
    uint64_t       before_ns = fake_clock_now_ns();
    tern_call_opts opts = { .timeout_ms = c->timeout_ms };
    links_answer  *a = NULL;

    c->code = links_node_ask(channel, c->question, &opts, &a).code;
    c->took_ms = (fake_clock_now_ns() - before_ns) / TERN_NS_PER_MS;
    links_answer_free(a);
    if (c->is_last)
        tern_channel_free(channel);
}

static timed_call run_timed_call(const links_question *q, int64_t timeout_ms, bool is_last)
{
    timed_call c = { .question = q, .timeout_ms = timeout_ms, .is_last = is_last };

    host_run_fiber(&server.host, make_timed_call, &c);
    return c;
}

static timed_call ask_here(const links_question *q, int64_t timeout_ms)
{
    return run_timed_call(q, timeout_ms, false);
}

static void finish_here(void)
{
    assert_int_equal(run_timed_call(LINKS_QUESTION(), 0, true).code, TERN_OK);
    node_end(&server);
    tern_poller_free(server.host.poller);
}

static void test_server_may_push_back(void **state)
{
    timed_call c;

    (void)state;
    begin_here(&quick);
    c = ask_here(
        LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 1, .pushback = "15000"), 0);
    assert_int_equal(c.code, TERN_OK);
    assert_in_range(c.took_ms, 15000, 15005);
    atomic_store(&server.n_failures, 0);
    c = ask_here(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 1, .pushback = "-1"),
                 0);
    assert_int_equal(c.code, TERN_UNAVAILABLE);
    assert_in_range(c.took_ms, 0, 1);
    finish_here();
}

static void test_deadline_before_the_next_attempt_lets_the_failure_through(void **state)
{
    tern_retry r = { .initial_backoff_ms = 5000 };
    timed_call c;

    (void)state;
    begin_here(&r);
    c = ask_here(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 1), 2000);
    assert_int_equal(c.code, TERN_UNAVAILABLE);
    assert_in_range(c.took_ms, 0, 1);
    assert_int_equal(n_seen(), 1);
    finish_here();
}

static void test_deadline_still_ends_a_call_that_was_tried_again(void **state)
{
    timed_call c;

    (void)state;
    begin_here(&quick);
    c = ask_here(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 1), 300);
    assert_int_equal(c.code, TERN_OK);
    atomic_store(&server.n_failures, 0);
    c = ask_here(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 1, .sleep_ms = 200),
                 300);
    assert_int_equal(c.code, TERN_DEADLINE_EXCEEDED);
    assert_in_range(c.took_ms, 300, 305);
    assert_int_equal(n_seen(), 4);
    finish_here();
}

static void test_failure_to_connect_is_tried_again(void **state)
{
    tern_retry r = { .max_attempts = 10, .initial_backoff_ms = 200, .multiplier = 1 };

    (void)state;
    begin_here(&r);
    node_stop(&server);
    assert_int_equal(ask_here(LINKS_QUESTION(), 700).code, TERN_UNAVAILABLE);
    node_start(&server);
    assert_int_equal(ask_here(LINKS_QUESTION(), 0).code, TERN_OK);
    finish_here();
}

// ---- streams -------------------------------------------------------------

static tern_code watch(const links_question *q, unsigned *ret_n)
{
    TERN_AUTO(links_node_watch_stream) *w = links_node_watch(channel, q, NULL);

    for (*ret_n = 0; links_node_watch_next(w); ++*ret_n)
        ;
    return links_node_watch_status(w).code;
}

static void test_stream_is_tried_again_until_it_has_answered(void **state)
{
    unsigned n;

    (void)state;
    begin(&quick);
    assert_int_equal(watch(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 2), &n),
                     TERN_OK);
    assert_int_equal(n_seen(), 3);
    atomic_store(&server.n_failures, 0);
    assert_int_equal(
        watch(LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 1, .count = 2), &n),
        TERN_UNAVAILABLE);
    assert_int_equal(n, 2);
    assert_int_equal(n_seen(), 4);
    finish();
}

static void test_stream_with_a_sent_message_is_not_tried_again(void **state)
{
    links_answer              *a = NULL;
    links_node_collect_stream *s;

    (void)state;
    begin(&quick);
    s = links_node_collect(channel, NULL);
    assert_int_equal(
        links_node_collect_send(s, LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 1)),
        TERN_OK);
    assert_int_equal(links_node_collect_finish(s, &a).code, TERN_UNAVAILABLE);
    assert_int_equal(n_seen(), 1);
    links_node_collect_stream_free(s);
    finish();
}

// ---- the end while backing off -------------------------------------------

static void on_answer(tern_status st, const links_answer *a, void *arg)
{
    (void)a;
    *(tern_status *)arg = st;
}

static bool is_backing_off(void *arg)
{
    (void)arg;
    return channel->shards && channel->shards->backing_off;
}

static void test_channel_freed_while_a_call_backs_off_ends_it(void **state)
{
    tern_retry   r = { .initial_backoff_ms = 60000, .max_backoff_ms = 60000 };
    tern_poller *poller = tern_poller_new(NULL);
    tern_status  st = { .code = TERN_UNKNOWN };

    (void)state;
    begin(&r);
    tern_channel_free(channel);
    channel =
        host_connect(server.host.address, &(tern_channel_opts){ .poller = poller, .retry = &r });
    links_node_ask_async(channel, LINKS_QUESTION(.fail_code = TERN_UNAVAILABLE, .fail_times = 9),
                         &(tern_call_opts){ .timeout_ms = TERN_NO_TIMEOUT }, on_answer, &st);
    wait_driving(poller, is_backing_off, NULL, "a call that backs off");
    tern_channel_free(channel);
    channel = NULL;
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    assert_int_equal(st.code, TERN_CANCELLED);
    finish();
    tern_poller_free(poller);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_zero_is_a_policy_with_defaults),
        TERN_TEST(test_backoff_grows_to_its_limit),
        TERN_TEST(test_throttle_stops_at_half_and_recovers_by_other_ends),
        TERN_TEST(test_senseless_policy_is_refused_in_a_sentence),
        TERN_TEST(test_call_that_fails_twice_succeeds_with_the_third_attempt),
        TERN_TEST(test_last_failure_is_told_when_the_attempts_are_used_up),
        TERN_TEST(test_codes_that_are_not_listed_are_final),
        TERN_TEST(test_without_a_policy_a_failure_is_final),
        TERN_TEST(test_throttle_ends_retries_when_most_calls_fail),
        TERN_TEST(test_server_may_push_back),
        TERN_TEST(test_deadline_before_the_next_attempt_lets_the_failure_through),
        TERN_TEST(test_deadline_still_ends_a_call_that_was_tried_again),
        TERN_TEST(test_failure_to_connect_is_tried_again),
        TERN_TEST(test_stream_is_tried_again_until_it_has_answered),
        TERN_TEST(test_stream_with_a_sent_message_is_not_tried_again),
        TERN_TEST(test_channel_freed_while_a_call_backs_off_ends_it),
    };

    return cmocka_run_group_tests(tests, node_warm_up, NULL);
}
