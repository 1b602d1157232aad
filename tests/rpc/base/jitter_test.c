// A time plus or minus a fifth.
#include "tests/support/leak.h"

#include "rpc/base/jitter_internal.h"

static void test_jitter_is_a_fifth_at_most(void **state)
{
    (void)state;
    for (uint64_t ms = 0; ms < 3000; ms += 7)
        for (uint64_t seed = 0; seed < 100; seed++)
            assert_in_range(terni_jitter(ms, seed * 1000003), ms * 4 / 5, ms * 6 / 5);
}

// Nanoseconds that lie close to each other, as when many have failed together.
static void test_neighbours_come_back_apart(void **state)
{
    enum { N = 1000 };
    unsigned n_in[10] = { 0 };

    (void)state;
    for (uint64_t i = 0; i < N; i++)
        n_in[(terni_jitter(1000, UINT64_C(1) << 50 | i * 64) - 800) * 10 / 401]++;
    for (int i = 0; i < 10; i++)
        assert_in_range(n_in[i], N / 20, N / 5);
}

static void test_seed_says_all(void **state)
{
    (void)state;
    assert_int_equal(terni_jitter(1000, 42), terni_jitter(1000, 42));
    assert_int_equal(terni_jitter(0, 42), 0);
    assert_int_equal(terni_jitter(1, 42), 0);  // nothing to take a fifth of
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_jitter_is_a_fifth_at_most),
        TERN_TEST(test_neighbours_come_back_apart),
        TERN_TEST(test_seed_says_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
