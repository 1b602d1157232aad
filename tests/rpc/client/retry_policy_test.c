// Whether a call that failed may be tried again, and when. No calls, no clock.
#include "tests/support/leak.h"

#include <errno.h>
#include <math.h>
#include <pthread.h>
#include <string.h>

#include "rpc/client/retry_policy_internal.h"

static const terni_meta_list nothing;

static terni_retry_policy make(const tern_retry *from)
{
    terni_retry_policy r;
    const char        *why;

    assert_int_equal(terni_retry_policy_init(&r, from, &why), 0);
    return r;
}

// An attempt that could be repeated and has failed.
static terni_failed_attempt failed(tern_code code, uint32_t n_retries)
{
    return (terni_failed_attempt){
        .code = code, .trailing = &nothing, .is_repeatable = true, .n_retries = n_retries
    };
}

static bool decide(terni_retry_policy *r, terni_failed_attempt f)
{
    uint64_t delay_ms;

    return terni_retry_policy_decide(r, &f, &delay_ms);
}

// ---- what was asked for --------------------------------------------------

static void test_without_a_policy_there_are_no_attempts(void **state)
{
    terni_retry_policy r = make(NULL);

    (void)state;
    assert_int_equal(r.max_attempts, 0);
}

static void test_zero_is_the_default(void **state)
{
    terni_retry_policy r = make(&(tern_retry){ 0 });

    (void)state;
    assert_int_equal(r.max_attempts, 3);
    assert_int_equal(r.codes, 1U << TERN_UNAVAILABLE);
    assert_in_range(terni_retry_policy_backoff_ms(&r, 1, 7), 80, 120);
    assert_in_range(terni_retry_policy_backoff_ms(&r, 2, 7), 160, 240);
    assert_in_range(terni_retry_policy_backoff_ms(&r, 9, 7), 4000, 6000);
    assert_int_equal(r.tokens, 100 * 1000);
    assert_int_equal(r.refund, 100);
}

static void test_each_bad_value_is_refused_with_a_sentence(void **state)
{
    static const tern_code  none[] = { TERN_OK }, unknown[] = { (tern_code)17 };
    static const tern_retry bad[] = {
        { .max_attempts = 11 },
        { .initial_backoff_ms = -1 },
        { .max_backoff_ms = -1 },
        { .multiplier = 0.5 },
        { .multiplier = -2 },
        { .multiplier = 1001 },
        { .multiplier = NAN },
        { .throttle_tokens = 1001 },
        { .throttle_ratio = -1 },
        { .throttle_ratio = 1001 },
        { .throttle_ratio = NAN },
        { .codes = none, .n_codes = 1 },
        { .codes = unknown, .n_codes = 1 },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(bad); i++) {
        terni_retry_policy r;
        const char        *why = NULL;

        assert_int_equal(terni_retry_policy_init(&r, &bad[i], &why), -EINVAL);
        assert_non_null(why);
        assert_int_equal(r.max_attempts, 0);
    }
}

// ---- when ----------------------------------------------------------------

static void test_backoff_grows_to_its_maximum(void **state)
{
    terni_retry_policy    r = make(&(tern_retry){
           .max_attempts = 10, .initial_backoff_ms = 10, .max_backoff_ms = 100, .multiplier = 3 });
    static const uint64_t means[] = { 10, 30, 90, 100, 100 };

    (void)state;
    for (uint32_t n = 1; n <= TERN_COUNT_OF(means); n++)
        for (uint64_t seed = 0; seed < 50; seed++)
            assert_in_range(terni_retry_policy_backoff_ms(&r, n, seed), means[n - 1] * 4 / 5,
                            means[n - 1] * 6 / 5);
}

static void test_first_backoff_may_be_above_the_maximum(void **state)
{
    terni_retry_policy r = make(&(tern_retry){ .initial_backoff_ms = 1000, .max_backoff_ms = 10 });

    (void)state;
    assert_in_range(terni_retry_policy_backoff_ms(&r, 1, 1), 8, 12);
}

// ---- whether -------------------------------------------------------------

static void test_codes_of_the_policy_alone_are_tried_again(void **state)
{
    static const tern_code codes[] = { TERN_ABORTED, TERN_UNAUTHENTICATED };

    (void)state;
    for (unsigned code = TERN_OK; code <= TERN_UNAUTHENTICATED; code++) {
        terni_retry_policy r = make(&(tern_retry){ .codes = codes, .n_codes = 2 });

        assert_int_equal(decide(&r, failed((tern_code)code, 0)),
                         code == TERN_ABORTED || code == TERN_UNAUTHENTICATED);
    }
}

static void test_attempts_are_counted_with_the_first(void **state)
{
    terni_retry_policy r = make(&(tern_retry){ .max_attempts = 3 });

    (void)state;
    assert_true(decide(&r, failed(TERN_UNAVAILABLE, 0)));
    assert_true(decide(&r, failed(TERN_UNAVAILABLE, 1)));
    assert_false(decide(&r, failed(TERN_UNAVAILABLE, 2)));
    r = make(&(tern_retry){ .max_attempts = 1 });
    assert_false(decide(&r, failed(TERN_UNAVAILABLE, 0)));
}

static void test_what_cannot_be_repeated_is_not(void **state)
{
    terni_retry_policy   r = make(&(tern_retry){ 0 });
    terni_failed_attempt f = failed(TERN_UNAVAILABLE, 0);

    (void)state;
    f.is_repeatable = false;
    assert_false(decide(&r, f));
}

// ---- what the server wishes ----------------------------------------------

// -1: no other attempt.
static int64_t delay_after(const char *pushback, size_t len)
{
    terni_retry_policy r = make(&(tern_retry){ .initial_backoff_ms = 1000 });
    const terni_meta   entries[] = {
          { "other", (const uint8_t *)"5", 5, 1 },
          { "grpc-retry-pushback-ms", (const uint8_t *)pushback, 22, (uint32_t)len },
    };
    const terni_meta_list trailing = { entries, 2 };
    terni_failed_attempt  f = failed(TERN_UNAVAILABLE, 0);
    uint64_t              delay_ms;

    f.trailing = &trailing;
    return terni_retry_policy_decide(&r, &f, &delay_ms) ? (int64_t)delay_ms : -1;
}

static void test_server_may_say_when(void **state)
{
    (void)state;
    assert_int_equal(delay_after("0", 1), 0);
    assert_int_equal(delay_after("250", 3), 250);
    assert_int_equal(delay_after("999999999", 9), 999999999);
    assert_int_equal(delay_after("250 and more", 3), 250);
}

static void test_server_may_say_never(void **state)
{
    (void)state;
    assert_int_equal(delay_after("-1", 2), -1);
    assert_int_equal(delay_after("", 0), -1);
    assert_int_equal(delay_after("1000000000", 10), -1);
    assert_int_equal(delay_after("1x", 2), -1);
    assert_int_equal(delay_after(" 1", 2), -1);
    assert_int_equal(delay_after("1\0", 2), -1);
}

static void test_key_that_only_begins_so_says_nothing(void **state)
{
    terni_retry_policy    r = make(&(tern_retry){ .initial_backoff_ms = 1000 });
    const terni_meta      entry = { "grpc-retry-pushback-ms-x", (const uint8_t *)"5", 24, 1 };
    const terni_meta_list trailing = { &entry, 1 };
    terni_failed_attempt  f = failed(TERN_UNAVAILABLE, 0);
    uint64_t              delay_ms;

    (void)state;
    f.trailing = &trailing;
    assert_true(terni_retry_policy_decide(&r, &f, &delay_ms));
    assert_in_range(delay_ms, 800, 1200);
}

// ---- tokens --------------------------------------------------------------

static void test_failures_cost_tokens_until_half_are_gone(void **state)
{
    terni_retry_policy r = make(&(tern_retry){ .throttle_tokens = 10, .throttle_ratio = 0.5 });

    (void)state;
    for (int i = 0; i < 4; i++)
        assert_true(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));
    assert_false(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));  // five are left: half
    assert_false(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));
    for (int i = 0; i < 4; i++)
        assert_false(terni_retry_policy_allows(&r, TERN_OK));  // earns half a token
    assert_false(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));
    for (int i = 0; i < 4; i++)
        assert_false(terni_retry_policy_allows(&r, TERN_NOT_FOUND));
    assert_true(terni_retry_policy_allows(&r, TERN_UNAVAILABLE));
}

static void test_tokens_stay_within_their_bounds(void **state)
{
    terni_retry_policy r = make(&(tern_retry){ .throttle_tokens = 2, .throttle_ratio = 1000 });

    (void)state;
    assert_false(terni_retry_policy_allows(&r, TERN_OK));
    assert_int_equal(r.tokens, 2000);
    for (int i = 0; i < 5; i++)
        (void)terni_retry_policy_allows(&r, TERN_UNAVAILABLE);
    assert_int_equal(r.tokens, 0);
    assert_false(terni_retry_policy_allows(&r, TERN_OK));
    assert_int_equal(r.tokens, 2000);
}

// A call that may not be repeated costs its token all the same: the server is not well.
static void test_every_failure_is_accounted_for(void **state)
{
    terni_retry_policy   r = make(&(tern_retry){ .throttle_tokens = 10 });
    terni_failed_attempt f = failed(TERN_UNAVAILABLE, 0);

    (void)state;
    f.is_repeatable = false;
    assert_false(decide(&r, f));
    assert_int_equal(r.tokens, 9000);
}

static void *fail_and_earn(void *r)
{
    for (int i = 0; i < 10000; i++) {
        (void)terni_retry_policy_allows(r, TERN_UNAVAILABLE);
        (void)terni_retry_policy_allows(r, TERN_OK);
    }
    return NULL;
}

static void test_threads_share_the_account(void **state)
{
    terni_retry_policy r = make(&(tern_retry){ .throttle_tokens = 1000, .throttle_ratio = 1 });
    pthread_t          threads[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, fail_and_earn, &r), 0);
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_in_range(r.tokens, 1000 * 1000 - 3000, 1000 * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_without_a_policy_there_are_no_attempts),
        TERN_TEST(test_zero_is_the_default),
        TERN_TEST(test_each_bad_value_is_refused_with_a_sentence),
        TERN_TEST(test_backoff_grows_to_its_maximum),
        TERN_TEST(test_first_backoff_may_be_above_the_maximum),
        TERN_TEST(test_codes_of_the_policy_alone_are_tried_again),
        TERN_TEST(test_attempts_are_counted_with_the_first),
        TERN_TEST(test_what_cannot_be_repeated_is_not),
        TERN_TEST(test_server_may_say_when),
        TERN_TEST(test_server_may_say_never),
        TERN_TEST(test_key_that_only_begins_so_says_nothing),
        TERN_TEST(test_failures_cost_tokens_until_half_are_gone),
        TERN_TEST(test_tokens_stay_within_their_bounds),
        TERN_TEST(test_every_failure_is_accounted_for),
        TERN_TEST(test_threads_share_the_account),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
