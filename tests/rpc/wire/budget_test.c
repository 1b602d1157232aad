// How much a peer may bother us.
#include "tests/support/leak.h"

#include "rpc/wire/budget_internal.h"

enum { AT_ONCE = 10, PER_S = 100 };

static bool spend_n(terni_budget *b, int n, uint64_t now_ns)
{
    bool may = true;

    while (n-- > 0)
        may = terni_budget_spend(b, AT_ONCE, PER_S, now_ns);
    return may;
}

static void test_so_many_at_once_and_no_more(void **state)
{
    terni_budget b = { 0 };

    (void)state;
    assert_true(spend_n(&b, AT_ONCE, 0));
    assert_false(spend_n(&b, 1, 0));
}

static void test_time_forgives_at_the_rate(void **state)
{
    terni_budget b = { 0 };
    uint64_t     now_ns = 7 * TERN_NS_PER_S;

    (void)state;
    assert_true(spend_n(&b, AT_ONCE, now_ns));
    now_ns += TERN_NS_PER_S / 16;
    assert_true(spend_n(&b, 6, now_ns));
    assert_false(spend_n(&b, 1, now_ns));
}

static void test_short_times_add_up(void **state)
{
    terni_budget b = { 0 };
    uint64_t     now_ns = 7 * TERN_NS_PER_S;

    (void)state;
    assert_true(spend_n(&b, AT_ONCE, now_ns));
    for (int i = 1; i <= 16; i++)
        assert_int_equal(spend_n(&b, 1, now_ns += TERN_NS_PER_MS), i == 16);  // the first tick
}

static void test_patience_does_not_pile_up(void **state)
{
    terni_budget b = { 0 };
    uint64_t     now_ns = 3600 * TERN_NS_PER_S;

    (void)state;
    assert_true(spend_n(&b, AT_ONCE, now_ns));
    assert_false(spend_n(&b, 1, now_ns));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_so_many_at_once_and_no_more),
        TERN_TEST(test_time_forgives_at_the_rate),
        TERN_TEST(test_short_times_add_up),
        TERN_TEST(test_patience_does_not_pile_up),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
