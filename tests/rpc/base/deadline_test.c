// Times of options on a poller's clock.
#include "tests/support/leak.h"

#include "rpc/base/deadline_internal.h"

#define NOW (1000 * TERN_NS_PER_S)

static void test_time_is_counted_from_now(void **state)
{
    (void)state;
    assert_int_equal(terni_deadline_after(NOW, 0), NOW);
    assert_int_equal(terni_deadline_after(NOW, 1), NOW + TERN_NS_PER_MS);
    assert_int_equal(terni_deadline_after(NOW, 2 * 3600 * 1000), NOW + 7200 * TERN_NS_PER_S);
}

static void test_time_below_zero_is_never(void **state)
{
    (void)state;
    assert_true(terni_deadline_after(NOW, -1) == TERN_NEVER);
    assert_true(terni_deadline_after(NOW, INT64_MIN) == TERN_NEVER);
}

// The last one that can be counted comes before never.
static void test_time_beyond_the_clock_is_never(void **state)
{
    const int64_t last_ms = (int64_t)((TERN_NEVER - NOW) / TERN_NS_PER_MS) - 1;

    (void)state;
    assert_true(terni_deadline_after(NOW, last_ms) < TERN_NEVER);
    assert_true(terni_deadline_after(NOW, last_ms) > NOW);
    assert_true(terni_deadline_after(NOW, last_ms + 1) == TERN_NEVER);
    assert_true(terni_deadline_after(NOW, INT64_MAX) == TERN_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_time_is_counted_from_now),
        TERN_TEST(test_time_below_zero_is_never),
        TERN_TEST(test_time_beyond_the_clock_is_never),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
