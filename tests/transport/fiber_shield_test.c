// Clean-up that no cancel ends.
#include "tests/transport/fiber_fixture.h"

#include <errno.h>

#include "tests/support/death.h"
#include "tests/support/fake_clock.h"

// A fiber that parks behind so many shields, takes them down one by one with a park behind each, and says
// what the parks returned.
typedef struct shielded shielded;
struct shielded {
    tern_fiber *target;  // to join instead; NULL: a park
    uint64_t    deadline_ns;
    int         n_shields;
    bool        is_cancelled_before;
    int         inside[3], outside;  // 1: it has not returned
};

static int wait_inside(const shielded *x)
{
    return x->target ? tern_fiber_join(x->target) : tern_fiber_park("clean-up", x->deadline_ns);
}

static void clean_up(void *arg)
{
    shielded *x = arg;

    if (x->is_cancelled_before)
        tern_fiber_cancel(tern_fiber_current());
    for (int i = 0; i < x->n_shields; i++)
        tern_fiber_shield();
    for (int i = 0; i < x->n_shields; i++) {
        x->inside[i] = wait_inside(x);
        tern_fiber_unshield();
    }
    x->outside = tern_fiber_park("whatever comes next", TERN_NEVER);
}

static shielded behind(int n_shields)
{
    return (shielded){
        .n_shields = n_shields, .deadline_ns = TERN_NEVER, .inside = { 1, 1, 1 }, .outside = 1
    };
}

static void cancel_twice(tern_fiber *f)
{
    for (int i = 0; i < 2; i++) {
        tern_fiber_cancel(f);
        step();
    }
}

// It waits behind its shield, and hears of the cancel when it is out of that.
static void check_kept(const shielded *x, tern_fiber *f)
{
    assert_int_equal(x->inside[0], 1);
    tern_fiber_ready(f);
    step();
    assert_int_equal(x->inside[0], 0);
    assert_int_equal(x->outside, -ECANCELED);
    tern_fiber_detach(f);
}

static void test_cancel_waits_for_the_end_of_a_shield(void **state)
{
    shielded    x = behind(1);
    tern_fiber *f = spawn(clean_up, &x);

    (void)state;
    step();
    cancel_twice(f);
    check_kept(&x, f);
}

static void test_cancel_before_a_shield_is_kept_for_behind_it(void **state)
{
    shielded    x = behind(1);
    tern_fiber *f = spawn(clean_up, &x);

    (void)state;
    x.is_cancelled_before = true;
    step();
    check_kept(&x, f);
}

static void test_shields_nest(void **state)
{
    shielded    x = behind(3);
    tern_fiber *f = spawn(clean_up, &x);

    (void)state;
    step();
    for (int i = 0; i < 3; i++) {
        tern_fiber_cancel(f);
        step();
        assert_int_equal(x.inside[i], 1);
        tern_fiber_ready(f);
        step();
        assert_int_equal(x.inside[i], 0);
    }
    assert_int_equal(x.outside, -ECANCELED);
    tern_fiber_detach(f);
}

static void test_deadline_holds_behind_a_shield(void **state)
{
    shielded    x = behind(1);
    tern_fiber *f = spawn(clean_up, &x);

    (void)state;
    x.deadline_ns = fake_clock_now_ns() + 5 * MS;
    step();
    tern_fiber_cancel(f);
    step_after(10);
    assert_int_equal(x.inside[0], -ETIMEDOUT);
    assert_int_equal(x.outside, -ECANCELED);
    tern_fiber_detach(f);
}

static void test_shielded_join_is_not_cancelled(void **state)
{
    parking     p = { .result = 1 };
    shielded    x = behind(1);
    tern_fiber *f = spawn(clean_up, &x);

    (void)state;
    x.target = spawn(park_once, &p);
    step();
    cancel_twice(f);
    assert_int_equal(x.inside[0], 1);
    tern_fiber_ready(x.target);
    step();
    assert_int_equal(p.result, 0);
    assert_int_equal(x.inside[0], 0);
    assert_int_equal(x.outside, -ECANCELED);
    tern_fiber_detach(f);
}

static void test_without_a_cancel_nothing_is_left(void **state)
{
    shielded    x = behind(1);
    tern_fiber *f = spawn(clean_up, &x);

    (void)state;
    step();
    tern_fiber_ready(f);
    step();
    assert_int_equal(x.outside, 1);
    tern_fiber_ready(f);
    step();
    assert_int_equal(x.outside, 0);
    tern_fiber_detach(f);
}

static void end_behind_a_shield(void *unused)
{
    (void)unused;
    tern_fiber_shield();
    tern_fiber_cancel(tern_fiber_current());
}

// Its stack and its struct serve the next fiber.
static void test_shield_ends_with_its_fiber(void **state)
{
    parking     p = { .result = 1 };
    tern_fiber *f;

    (void)state;
    assert_int_equal(tern_fiber_run(poller, end_behind_a_shield, NULL), 0);
    f = spawn(park_once, &p);
    step();
    assert_int_equal(p.result, 1);
    tern_fiber_cancel(f);
    step();
    assert_int_equal(p.result, -ECANCELED);
    tern_fiber_detach(f);
}

static void test_shield_outside_of_fibers_is_nothing(void **state)
{
    (void)state;
    tern_fiber_shield();
    tern_fiber_unshield();
    tern_fiber_unshield();
}

static void unshield(void *unused)
{
    (void)unused;
    tern_fiber_unshield();
}

static void unshield_on_a_fiber(void *unused)
{
    assert_int_equal(tern_fiber_run(poller, unshield, unused), 0);
}

static void test_unshield_without_a_shield_ends_the_program(void **state)
{
    (void)state;
    assert_true(dies(unshield_on_a_fiber, NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIBER_TEST(test_cancel_waits_for_the_end_of_a_shield),
        FIBER_TEST(test_cancel_before_a_shield_is_kept_for_behind_it),
        FIBER_TEST(test_shields_nest),
        FIBER_TEST(test_deadline_holds_behind_a_shield),
        FIBER_TEST(test_shielded_join_is_not_cancelled),
        FIBER_TEST(test_without_a_cancel_nothing_is_left),
        FIBER_TEST(test_shield_ends_with_its_fiber),
        FIBER_TEST(test_shield_outside_of_fibers_is_nothing),
        FIBER_TEST(test_unshield_without_a_shield_ends_the_program),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
