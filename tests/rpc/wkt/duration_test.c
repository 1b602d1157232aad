#include <tern/duration.h>

#include <errno.h>

#include "tests/support/leak.h"

typedef struct span span;
struct span {
    int64_t         seconds;
    int32_t         nanos;
    struct timespec ts;
    int64_t         ms;
};

static const span spans[] = {
    { 0, 0, { 0, 0 }, 0 },
    { 1, 500000000, { 1, 500000000 }, 1500 },
    { -1, -500000000, { -2, 500000000 }, -1500 },
    { 0, -1000000, { -1, 999000000 }, -1 },
    { -1, 0, { -1, 0 }, -1000 },
    { 0, 1000000, { 0, 1000000 }, 1 },
    { TERN_MAX_DURATION_S, 999000000, { TERN_MAX_DURATION_S, 999000000 }, 315576000000999 },
    { -TERN_MAX_DURATION_S, -999000000, { -TERN_MAX_DURATION_S - 1, 1000000 }, -315576000000999 },
};

static void check_set(const google_protobuf_duration *d, const span *s)
{
    assert_ptr_equal(d->base.descriptor, &google_protobuf_duration_descriptor);
    assert_true(d->seconds == s->seconds && d->nanos == s->nanos);
}

static void test_spans_come_back_as_they_went(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(spans); i++) {
        const span              *s = &spans[i];
        google_protobuf_duration d;
        struct timespec          ts;
        int64_t                  ms;

        assert_int_equal(tern_duration_from_timespec(s->ts, &d), 0);
        check_set(&d, s);
        assert_int_equal(tern_duration_from_ms(s->ms, &d), 0);
        check_set(&d, s);
        assert_int_equal(tern_duration_to_timespec(&d, &ts), 0);
        assert_true(ts.tv_sec == s->ts.tv_sec && ts.tv_nsec == s->ts.tv_nsec);
        assert_int_equal(tern_duration_to_ms(&d, &ms), 0);
        assert_true(ms == s->ms);
    }
}

static void check_ms(int64_t seconds, int32_t nanos, int64_t want)
{
    int64_t ms;

    assert_int_equal(
        tern_duration_to_ms(GOOGLE_PROTOBUF_DURATION(.seconds = seconds, .nanos = nanos), &ms), 0);
    assert_true(ms == want);
}

static void test_part_of_a_millisecond_counts_as_one(void **state)
{
    (void)state;
    check_ms(0, 1, 1);
    check_ms(0, 999999, 1);
    check_ms(0, 1000001, 2);
    check_ms(0, -1, -1);
    check_ms(-1, -999999999, -2000);
    check_ms(1, 999999999, 2000);
}

static void check_message(int64_t seconds, int32_t nanos, int want)
{
    const google_protobuf_duration *d =
        GOOGLE_PROTOBUF_DURATION(.seconds = seconds, .nanos = nanos);
    struct timespec ts = { 5, 6 };
    int64_t         ms = 5;

    assert_int_equal(tern_duration_to_timespec(d, &ts), want);
    assert_int_equal(tern_duration_to_ms(d, &ms), want);
    assert_true(ts.tv_sec == 5 && ts.tv_nsec == 6 && ms == 5);
}

static void test_message_that_is_no_span_is_refused(void **state)
{
    struct timespec ts;

    (void)state;
    assert_int_equal(tern_duration_to_timespec(NULL, &ts), -EINVAL);
    check_message(0, 1000000000, -EINVAL);
    check_message(0, -1000000000, -EINVAL);
    check_message(0, INT32_MIN, -EINVAL);
    check_message(1, -1, -EINVAL);
    check_message(-1, 1, -EINVAL);
    check_message(TERN_MAX_DURATION_S + 1, 0, -ERANGE);
    check_message(-TERN_MAX_DURATION_S - 1, 0, -ERANGE);
    check_message(INT64_MIN, 0, -ERANGE);
    check_message(INT64_MAX, 0, -ERANGE);
}

static void check_timespec(time_t seconds, long nanoseconds, int want)
{
    google_protobuf_duration d = { .seconds = 5 };

    assert_int_equal(tern_duration_from_timespec((struct timespec){ seconds, nanoseconds }, &d),
                     want);
    assert_true(d.seconds == 5 && !d.base.descriptor);
}

static void test_what_is_no_duration_is_refused(void **state)
{
    google_protobuf_duration d;

    (void)state;
    check_timespec(0, -1, -EINVAL);
    check_timespec(0, 1000000000, -EINVAL);
    check_timespec(TERN_MAX_DURATION_S + 1, 0, -ERANGE);
    check_timespec(-TERN_MAX_DURATION_S - 1, 0, -ERANGE);
    check_timespec(INT64_MIN, 1, -ERANGE);
    assert_int_equal(tern_duration_from_ms(INT64_MAX, &d), -ERANGE);
    assert_int_equal(tern_duration_from_ms(INT64_MIN, &d), -ERANGE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_spans_come_back_as_they_went),
        TERN_TEST(test_part_of_a_millisecond_counts_as_one),
        TERN_TEST(test_message_that_is_no_span_is_refused),
        TERN_TEST(test_what_is_no_duration_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
