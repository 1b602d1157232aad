#include "tests/support/test.h"

#include <string.h>

#include "bench/schedule.h"

enum { N_CONNS = 3, MAX_CALLS = 64 };

// Connections with so much room each, and the calls that were started, in order.
static struct {
    unsigned room[N_CONNS];
    size_t   nth[MAX_CALLS];
    uint64_t due_ns[MAX_CALLS];
    size_t   n;
} calls;

static struct schedule s;

static bool start(void *arg, size_t nth, uint64_t due_ns)
{
    assert_ptr_equal(arg, &calls);
    assert_true(nth < N_CONNS && calls.n < MAX_CALLS);
    if (calls.room[nth] == 0)
        return false;
    calls.room[nth]--;
    calls.nth[calls.n] = nth;
    calls.due_ns[calls.n++] = due_ns;
    return true;
}

static void run(uint64_t now_ns) { schedule_run(&s, now_ns, start, &calls); }

static int open_connections(void **state)
{
    (void)state;
    memset(&calls, 0, sizeof calls);
    for (size_t i = 0; i < N_CONNS; i++)
        calls.room[i] = MAX_CALLS;
    return 0;
}

static void test_calls_are_due_at_fixed_times(void **state)
{
    (void)state;
    schedule_start(&s, 1000, N_CONNS, 5000000);
    run(4999999);
    assert_int_equal(calls.n, 0);
    run(5000000);
    assert_int_equal(calls.n, 1);
    run(5999999);
    assert_int_equal(calls.n, 1);
    run(9000000);  // late: what was due meanwhile starts now, and is due when it was
    assert_int_equal(calls.n, 5);
    for (size_t i = 0; i < calls.n; i++)
        assert_int_equal(calls.due_ns[i], 5000000 + i * 1000000);
}

static void test_no_error_adds_up(void **state)
{
    (void)state;
    schedule_start(&s, 3, N_CONNS, 100);
    s.n_started = 3U * 3600 * 24;
    assert_int_equal(schedule_due_ns(&s), 100 + 24 * 3600 * 1000000000ULL);
    s.n_started++;
    assert_int_equal(schedule_due_ns(&s), 100 + 24 * 3600 * 1000000000ULL + 333333333);
}

static void test_calls_go_round_and_pass_over_who_is_full(void **state)
{
    static const size_t expected[] = { 0, 1, 2, 0, 2, 0, 2 };

    (void)state;
    calls.room[1] = 1;
    schedule_start(&s, 1000, N_CONNS, 0);
    run(6000000);
    assert_int_equal(calls.n, 7);
    assert_memory_equal(calls.nth, expected, sizeof expected);
    assert_false(s.is_full);
}

static void test_call_without_room_is_late_and_not_lost(void **state)
{
    (void)state;
    memset(calls.room, 0, sizeof calls.room);
    calls.room[2] = 1;
    schedule_start(&s, 1000, N_CONNS, 0);
    run(2000000);
    assert_true(s.is_full);
    assert_int_equal(calls.n, 1);
    calls.room[0] = 2;
    run(2500000);
    assert_false(s.is_full);
    assert_int_equal(calls.n, 3);
    assert_int_equal(calls.due_ns[1], 1000000);
    assert_int_equal(calls.due_ns[2], 2000000);
}

static void check_wait(uint64_t until_ns, uint64_t now_ns, uint64_t expected_ns)
{
    struct timespec t = schedule_wait(&s, until_ns, now_ns);

    assert_in_range(t.tv_nsec, 0, 999999999);
    assert_int_equal((uint64_t)t.tv_sec * 1000000000U + (uint64_t)t.tv_nsec, expected_ns);
}

static void test_wait_ends_when_the_next_call_is_due(void **state)
{
    (void)state;
    schedule_start(&s, 0.1, N_CONNS, 0);
    run(0);
    check_wait(UINT64_MAX, 0, 10000000000U);
    check_wait(UINT64_MAX, 7500000001U, 2499999999U);
    check_wait(3000000000U, 0, 3000000000U);
    check_wait(UINT64_MAX, 10000000000U, 0);
    check_wait(UINT64_MAX, 99000000000U, 0);
}

static void test_wait_of_the_full_is_not_for_the_next_call(void **state)
{
    (void)state;
    memset(calls.room, 0, sizeof calls.room);
    schedule_start(&s, 1000, N_CONNS, 0);
    run(0);
    check_wait(5000000000U, 0, 5000000000U);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_calls_are_due_at_fixed_times, open_connections),
        cmocka_unit_test_setup(test_no_error_adds_up, open_connections),
        cmocka_unit_test_setup(test_calls_go_round_and_pass_over_who_is_full, open_connections),
        cmocka_unit_test_setup(test_call_without_room_is_late_and_not_lost, open_connections),
        cmocka_unit_test_setup(test_wait_ends_when_the_next_call_is_due, open_connections),
        cmocka_unit_test_setup(test_wait_of_the_full_is_not_for_the_next_call, open_connections),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
