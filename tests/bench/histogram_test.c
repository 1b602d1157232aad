#include "tests/support/test.h"

#include "bench/histogram.h"

static struct histogram h;

static int empty(void **state)
{
    (void)state;
    h = (struct histogram){ 0 };
    return 0;
}

static void test_percentile_of_nothing_is_zero(void **state)
{
    (void)state;
    assert_true(histogram_percentile(&h, 50) <= 0);
}

static void test_small_values_are_exact(void **state)
{
    (void)state;
    for (uint64_t v = 1; v <= 100; v++)
        histogram_record(&h, v);

    assert_int_equal(histogram_percentile(&h, 50), 50);
    assert_int_equal(histogram_percentile(&h, 99), 99);
    assert_int_equal(histogram_percentile(&h, 100), 100);
}

static void test_every_magnitude_is_within_a_percent(void **state)
{
    (void)state;
    for (uint64_t v = 1; v < 1ULL << HISTOGRAM_MAX_BITS; v = v * 9 / 8 + 1) {
        double error;

        h = (struct histogram){ 0 };
        histogram_record(&h, v);
        error = histogram_percentile(&h, 50) / (double)v - 1;
        assert_true(error < 0.008 && error > -0.008);
    }
}

static void test_percentiles_split_two_groups(void **state)
{
    (void)state;
    for (int i = 0; i < 990; i++)
        histogram_record(&h, 1000);
    for (int i = 0; i < 10; i++)
        histogram_record(&h, 1000000);

    assert_in_range(histogram_percentile(&h, 99), 992, 1008);
    assert_in_range(histogram_percentile(&h, 99.9), 992000, 1008000);
    assert_int_equal(h.max, 1000000);
    assert_int_equal(h.n_values, 1000);
}

static void test_too_large_values_count_as_the_largest(void **state)
{
    (void)state;
    histogram_record(&h, UINT64_MAX);

    assert_true(histogram_percentile(&h, 50) > 0.99 * (double)(1ULL << HISTOGRAM_MAX_BITS));
    assert_true(h.max == UINT64_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_percentile_of_nothing_is_zero, empty),
        cmocka_unit_test_setup(test_small_values_are_exact, empty),
        cmocka_unit_test_setup(test_every_magnitude_is_within_a_percent, empty),
        cmocka_unit_test_setup(test_percentiles_split_two_groups, empty),
        cmocka_unit_test_setup(test_too_large_values_count_as_the_largest, empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
