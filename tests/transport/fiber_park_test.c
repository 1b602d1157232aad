#include "tests/transport/fiber_fixture.h"

#include <errno.h>
#include <string.h>

#include "tests/support/fake_clock.h"
#include "transport/fiber/core_internal.h"
#include "transport/base/sys_internal.h"

// ---- park and ready ------------------------------------------------------

static void test_ready_wakes_a_parked_fiber_once(void **state)
{
    parking     p = { .result = 1 };
    tern_fiber *f = spawn(park_twice, &p);

    (void)state;
    step();
    tern_fiber_ready(f);
    tern_fiber_ready(f);  // one wake-up, and nothing left for the second park
    step();
    assert_int_equal(p.result, 0);
    assert_int_equal(p.n_returns, 1);
    step_after(1001);
    assert_int_equal(p.second_result, -ETIMEDOUT);
    tern_fiber_detach(f);
}

static void ready_oneself_then_park(void *arg)
{
    tern_fiber_ready(tern_fiber_current());
    park_twice(arg);
}

static void test_ready_before_park_is_kept(void **state)
{
    parking p = { .result = 1 };

    (void)state;
    assert_int_equal(tern_fiber_run(poller, ready_oneself_then_park, &p), 0);
    assert_int_equal(p.result, 0);
    assert_int_equal(p.n_returns, 1);
    step_after(1001);
    assert_int_equal(p.n_returns, 2);
}

static void test_park_outside_of_fibers_is_refused(void **state)
{
    (void)state;
    assert_int_equal(tern_fiber_park("nothing", TERN_NEVER), -EDEADLK);
    tern_fiber_yield();
}

static void test_a_deadline_that_has_passed_does_not_park(void **state)
{
    parking p = { .deadline_ns = fake_clock_now_ns() };

    (void)state;
    assert_int_equal(tern_fiber_run(poller, park_once, &p), 0);
    assert_int_equal(p.result, -ETIMEDOUT);
}

static void test_an_old_deadline_does_not_hit_a_later_park(void **state)
{
    parking     p = { .deadline_ns = fake_clock_now_ns() + 5 * MS, .second_result = 1 };
    tern_fiber *f = spawn(park_twice, &p);

    (void)state;
    step();
    tern_fiber_ready(f);
    step();
    assert_int_equal(p.result, 0);
    step_after(10);
    step_after(500);
    assert_int_equal(p.n_returns, 1);
    step_after(500);
    assert_int_equal(p.second_result, -ETIMEDOUT);
    tern_fiber_detach(f);
}

// What comes together in one round: `got` in bits of fiber_internal.h, and what both parks return.
static void test_what_comes_together_has_one_winner(void **state)
{
    enum { R = TERNI_FIBER_GOT_READY, C = TERNI_FIBER_GOT_CANCEL, D = TERNI_FIBER_GOT_DEADLINE };
    static const struct {
        int got, first, second;
    } cases[] = {
        { R, 0, -ETIMEDOUT },
        { C, -ECANCELED, -ETIMEDOUT },
        { D, -ETIMEDOUT, -ETIMEDOUT },
        { R | D, 0, -ETIMEDOUT },
        { C | D, -ECANCELED, -ETIMEDOUT },
        { R | C, 0, -ECANCELED },
        { R | C | D, 0, -ECANCELED },
    };

    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        parking     p = { .deadline_ns = fake_clock_now_ns() + 5 * MS };
        tern_fiber *f = spawn(park_twice, &p);

        step();
        if (cases[i].got & D) {
            fake_clock_advance(10 * MS);
            tern_wheel_advance(tern_poller_wheel(poller), fake_clock_now_ns(), 100);
        }
        if (cases[i].got & C)
            tern_fiber_cancel(f);
        if (cases[i].got & R)
            tern_fiber_ready(f);
        step();
        step_after(2000);
        assert_int_equal(p.n_returns, 2);
        assert_int_equal(p.result, cases[i].first);
        assert_int_equal(p.second_result, cases[i].second);
        tern_fiber_detach(f);
    }
}

// ---- sleep and cancel ----------------------------------------------------

static void test_sleep_lasts_until_the_deadline(void **state)
{
    (void)state;
    spawn_detached(sleep_then_note, "slept");
    step();
    step_after(4);
    assert_string_equal(steps, "");
    step_after(3);
    assert_string_equal(steps, "slept");
}

static void sleep_and_park(void *arg)
{
    parking *p = arg;

    p->second_result = tern_fiber_sleep(5 * MS);
    p->n_returns++;
    p->result = tern_fiber_park("what came during the sleep", TERN_NEVER);
    p->n_returns++;
}

static void test_ready_does_not_end_a_sleep_and_is_kept(void **state)
{
    parking     p = { .result = 1 };
    tern_fiber *f = spawn(sleep_and_park, &p);

    (void)state;
    step();
    tern_fiber_ready(f);
    step();
    assert_int_equal(p.n_returns, 0);
    step_after(10);
    assert_int_equal(p.n_returns, 2);
    assert_int_equal(p.result, 0);
    tern_fiber_detach(f);
}

static void test_cancel_ends_a_sleep(void **state)
{
    parking     p = { .second_result = 1 };
    tern_fiber *f = spawn(sleep_and_park, &p);

    (void)state;
    step();
    tern_fiber_cancel(f);
    step();
    assert_int_equal(p.second_result, -ECANCELED);
    assert_int_equal(p.n_returns, 1);  // one cancel, one wait
    tern_fiber_ready(f);
    step();
    tern_fiber_detach(f);
}

static void test_cancel_before_the_first_wait_is_kept(void **state)
{
    parking     p = { .result = 1 };
    tern_fiber *f = spawn(park_once, &p);

    (void)state;
    tern_fiber_cancel(f);
    step();
    assert_int_equal(p.result, -ECANCELED);
    tern_fiber_detach(f);
}

static void note_whether_cancelled(void *unused)
{
    (void)unused;
    note(tern_fiber_is_cancelled() ? "yes" : "no");
}

static void test_a_reused_fiber_is_not_cancelled(void **state)
{
    tern_fiber *f = spawn(note_whether_cancelled, NULL);

    (void)state;
    tern_fiber_cancel(f);
    step();
    tern_fiber_detach(f);
    spawn_detached(note_whether_cancelled, NULL);
    step();
    assert_string_equal(steps, "yesno");
}

static void test_sleep_outside_of_fibers_sleeps(void **state)
{
    uint64_t start = terni_sys_kernel.now_ns();

    (void)state;
    assert_int_equal(tern_fiber_sleep(2 * MS), 0);
    assert_true(terni_sys_kernel.now_ns() - start >= 2 * MS);
}

static int  sleep_result;
static void sleep_in_callback(tern_task *unused)
{
    (void)unused;
    sleep_result = tern_fiber_sleep(MS);
}

static void test_sleep_in_a_callback_is_refused(void **state)
{
    tern_task task = { .run = sleep_in_callback };

    (void)state;
    tern_poller_defer(poller, &task);
    step();
    assert_int_equal(sleep_result, -EDEADLK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIBER_TEST(test_ready_wakes_a_parked_fiber_once),
        FIBER_TEST(test_ready_before_park_is_kept),
        FIBER_TEST(test_park_outside_of_fibers_is_refused),
        FIBER_TEST(test_a_deadline_that_has_passed_does_not_park),
        FIBER_TEST(test_an_old_deadline_does_not_hit_a_later_park),
        FIBER_TEST(test_what_comes_together_has_one_winner),
        FIBER_TEST(test_sleep_lasts_until_the_deadline),
        FIBER_TEST(test_ready_does_not_end_a_sleep_and_is_kept),
        FIBER_TEST(test_cancel_ends_a_sleep),
        FIBER_TEST(test_cancel_before_the_first_wait_is_kept),
        FIBER_TEST(test_a_reused_fiber_is_not_cancelled),
        FIBER_TEST(test_sleep_outside_of_fibers_sleeps),
        FIBER_TEST(test_sleep_in_a_callback_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
