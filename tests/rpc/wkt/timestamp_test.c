#include <tern/timestamp.h>

#include <errno.h>

#include "tests/support/leak.h"

// What is a time on both sides.
static const struct timespec times[] = {
    { 0, 0 },
    { 1, 1 },
    { -1, 999999999 },
    { -2, 500000000 },
    { TERN_MIN_TIMESTAMP_S, 0 },
    { TERN_MAX_TIMESTAMP_S, 999999999 },
};

static void test_times_come_back_as_they_went(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(times); i++) {
        google_protobuf_timestamp t;
        struct timespec           back;

        assert_int_equal(tern_timestamp_from_timespec(times[i], &t), 0);
        assert_ptr_equal(t.base.descriptor, &google_protobuf_timestamp_descriptor);
        assert_true(t.seconds == times[i].tv_sec && t.nanos == times[i].tv_nsec);
        assert_int_equal(tern_timestamp_to_timespec(&t, &back), 0);
        assert_true(back.tv_sec == times[i].tv_sec && back.tv_nsec == times[i].tv_nsec);
    }
}

static void check_message(int64_t seconds, int32_t nanos, int want)
{
    const google_protobuf_timestamp *t =
        GOOGLE_PROTOBUF_TIMESTAMP(.seconds = seconds, .nanos = nanos);
    struct timespec ts = { 5, 6 };

    assert_int_equal(tern_timestamp_to_timespec(t, &ts), want);
    assert_true(ts.tv_sec == 5 && ts.tv_nsec == 6);
}

static void test_message_that_is_no_time_is_refused(void **state)
{
    struct timespec ts;

    (void)state;
    assert_int_equal(tern_timestamp_to_timespec(NULL, &ts), -EINVAL);
    check_message(0, -1, -EINVAL);
    check_message(0, 1000000000, -EINVAL);
    check_message(0, INT32_MIN, -EINVAL);
    check_message(TERN_MIN_TIMESTAMP_S - 1, 999999999, -ERANGE);
    check_message(TERN_MAX_TIMESTAMP_S + 1, 0, -ERANGE);
    check_message(INT64_MIN, 0, -ERANGE);
    check_message(INT64_MAX, 0, -ERANGE);
}

static void check_timespec(time_t seconds, long nanoseconds, int want)
{
    google_protobuf_timestamp t = { .seconds = 5 };

    assert_int_equal(tern_timestamp_from_timespec((struct timespec){ seconds, nanoseconds }, &t),
                     want);
    assert_true(t.seconds == 5 && !t.base.descriptor);
}

static void test_timespec_that_is_no_timestamp_is_refused(void **state)
{
    (void)state;
    check_timespec(0, -1, -EINVAL);
    check_timespec(0, 1000000000, -EINVAL);
    check_timespec(TERN_MIN_TIMESTAMP_S - 1, 0, -ERANGE);
    check_timespec(TERN_MAX_TIMESTAMP_S + 1, 0, -ERANGE);
}

static void test_now_is_between_two_looks_at_the_clock(void **state)
{
    struct timespec           before, after;
    google_protobuf_timestamp now;

    (void)state;
    clock_gettime(CLOCK_REALTIME, &before);
    tern_timestamp_set_now(&now);
    clock_gettime(CLOCK_REALTIME, &after);
    assert_true(now.seconds >= before.tv_sec && now.seconds <= after.tv_sec);
    assert_true(now.nanos >= 0 && now.nanos < 1000000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_times_come_back_as_they_went),
        TERN_TEST(test_message_that_is_no_time_is_refused),
        TERN_TEST(test_timespec_that_is_no_timestamp_is_refused),
        TERN_TEST(test_now_is_between_two_looks_at_the_clock),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
