// How much a server takes on at once.
#include "tests/support/leak.h"

#include <pthread.h>

#include <tern/base.h>

#include "rpc/base/quota_internal.h"

static void test_quota_gives_what_it_has_and_no_more(void **state)
{
    terni_quota q = { .max = 10 };

    (void)state;
    assert_true(terni_quota_take(&q, 4));
    assert_true(terni_quota_take(&q, 6));
    assert_false(terni_quota_take(&q, 1));
    terni_quota_give(&q, 4);
    assert_false(terni_quota_take(&q, 5));
    assert_true(terni_quota_take(&q, 4));
}

static void test_refused_request_takes_nothing(void **state)
{
    terni_quota q = { .max = 10 };

    (void)state;
    assert_false(terni_quota_take(&q, 11));
    assert_int_equal(q.used, 0);
    assert_true(terni_quota_take(&q, 10));
    assert_false(terni_quota_take(&q, 1));
    assert_int_equal(q.used, 10);
}

static void test_nothing_may_be_taken_of_a_full_one(void **state)
{
    terni_quota q = { .max = 1 };

    (void)state;
    assert_true(terni_quota_take(&q, 1));
    assert_true(terni_quota_take(&q, 0));
    terni_quota_give(&q, 0);
    assert_int_equal(q.used, 1);
}

static void test_without_a_limit_nothing_is_counted(void **state)
{
    terni_quota q = { .max = 0 };

    (void)state;
    assert_true(terni_quota_take(&q, UINT64_MAX));
    assert_true(terni_quota_take(&q, UINT64_MAX));
    assert_int_equal(q.used, 0);
    terni_quota_give(&q, UINT64_MAX);
    assert_int_equal(q.used, 0);
}

// ---- from several threads ------------------------------------------------

enum { N_THREADS = 4, N_ROUNDS = 20000 };

typedef struct crowd crowd;
struct crowd {
    terni_quota quota;
    atomic_uint n_inside;
};

static void *take_and_give(void *arg)
{
    crowd *c = arg;

    for (int i = 0; i < N_ROUNDS; i++) {
        if (!terni_quota_take(&c->quota, 1))
            continue;
        TERN_ASSERT(atomic_fetch_add(&c->n_inside, 1) < c->quota.max);
        atomic_fetch_sub(&c->n_inside, 1);
        terni_quota_give(&c->quota, 1);
    }
    return NULL;
}

static void test_threads_together_never_have_more(void **state)
{
    crowd     c = { .quota.max = 2 };
    pthread_t threads[N_THREADS];

    (void)state;
    for (int i = 0; i < N_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, take_and_give, &c), 0);
    for (int i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(c.quota.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_quota_gives_what_it_has_and_no_more),
        TERN_TEST(test_refused_request_takes_nothing),
        TERN_TEST(test_nothing_may_be_taken_of_a_full_one),
        TERN_TEST(test_without_a_limit_nothing_is_counted),
        TERN_TEST(test_threads_together_never_have_more),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
