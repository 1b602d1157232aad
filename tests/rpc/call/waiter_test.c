// One who waits for something that is done on a poller that is not their own.
#include "tests/support/leak.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "rpc/call/waiter_internal.h"

// What is done there: a task that wakes the waiter.
typedef struct errand errand;
struct errand {
    tern_task    task;
    terni_waiter waiter;
    bool         was_done;
};

static void do_errand(tern_task *task)
{
    errand *e = TERN_CONTAINER_OF(task, errand, task);

    e->was_done = true;
    terni_waiter_wake(&e->waiter);
}

static void give(errand *e, tern_poller *p, bool is_private)
{
    *e = (errand){ .task.run = do_errand };
    terni_waiter_init(&e->waiter, p, is_private);
    tern_poller_post(p, &e->task);
}

// ---- a plain thread ------------------------------------------------------

static void test_thread_drives_a_poller_that_nobody_drives(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    errand e;

    (void)state;
    give(&e, p, true);
    assert_int_equal(terni_waiter_wait(&e.waiter, "an errand"), 0);
    assert_true(e.was_done);
    terni_waiter_done(&e.waiter);
}

static void *drive(void *p)
{
    TERN_ASSERT(tern_poller_run(p) == 0);
    return NULL;
}

static void test_thread_waits_for_who_drives_the_poller(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    pthread_t driver;

    (void)state;
    assert_int_equal(pthread_create(&driver, NULL, drive, p), 0);
    for (int i = 0; i < 1000; i++) {
        errand e;

        give(&e, p, false);
        assert_int_equal(terni_waiter_wait(&e.waiter, "an errand"), 0);
        assert_true(e.was_done);
        terni_waiter_done(&e.waiter);
    }
    tern_poller_stop(p);
    pthread_join(driver, NULL);
}

enum { N_THREADS = 4 };

static void *do_some(void *p)
{
    for (int i = 0; i < 250; i++) {
        errand e;

        give(&e, p, true);
        TERN_ASSERT(terni_waiter_wait(&e.waiter, "an errand") == 0 && e.was_done);
        terni_waiter_done(&e.waiter);
    }
    return NULL;
}

static void test_threads_drive_it_for_each_other(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    pthread_t threads[N_THREADS];

    (void)state;
    for (int i = 0; i < N_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, do_some, p), 0);
    for (int i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
}

// ---- a fiber of another poller -------------------------------------------

// The fiber's poller is driven by the test, the other one as the test says.
typedef struct pair pair;
struct pair {
    tern_poller *home, *there;
    tern_fiber  *fiber;
    errand       errand;
    int          err;
    unsigned     n_cancels;
    bool         has_returned, was_cancelled, is_private;
};

static void wait_there(void *arg)
{
    pair *x = arg;

    give(&x->errand, x->there, x->is_private);
    while ((x->err = terni_waiter_wait(&x->errand.waiter, "an errand")) < 0)
        x->n_cancels++;
    terni_waiter_done(&x->errand.waiter);
    x->has_returned = true;
}

static void wait_there_anyway(void *arg)
{
    pair *x = arg;

    give(&x->errand, x->there, x->is_private);
    x->was_cancelled = terni_waiter_wait_anyway(&x->errand.waiter, "an errand");
    terni_waiter_done(&x->errand.waiter);
    x->has_returned = true;
}

static void begin(pair *x, tern_fiber_fn *fn)
{
    x->home = tern_poller_new(NULL);
    x->there = tern_poller_new(NULL);
    assert_int_equal(tern_fiber_spawn(x->home, fn, x, NULL, &x->fiber), 0);
}

static void end(pair *x)
{
    assert_true(x->has_returned);
    assert_int_equal(tern_fiber_join(x->fiber), 0);
    tern_poller_free(x->home);
    tern_poller_free(x->there);
}

static void step(tern_poller *p) { assert_int_equal(tern_poller_step(p, 0), 0); }

static void test_fiber_parks_until_the_other_poller_is_done(void **state)
{
    pair x = { .err = 1 };

    (void)state;
    begin(&x, wait_there);
    step(x.home);
    step(x.home);
    assert_false(x.has_returned);
    step(x.there);
    assert_true(x.errand.was_done);
    assert_false(x.has_returned);  // a task of its own poller tells it
    step(x.home);
    assert_int_equal(x.err, 0);
    end(&x);
}

static void test_cancelled_wait_is_gone_on_with(void **state)
{
    pair x = { .err = 1 };

    (void)state;
    begin(&x, wait_there);
    step(x.home);
    tern_fiber_cancel(x.fiber);
    step(x.home);
    assert_int_equal(x.n_cancels, 1);
    assert_false(x.has_returned);
    step(x.there);
    step(x.home);
    end(&x);
}

static void test_wait_anyway_remembers_the_cancel(void **state)
{
    (void)state;
    for (int is_cancelled = 0; is_cancelled < 2; is_cancelled++) {
        pair x = { .err = 1 };

        begin(&x, wait_there_anyway);
        step(x.home);
        if (is_cancelled)
            tern_fiber_cancel(x.fiber);
        step(x.home);
        step(x.there);
        step(x.home);
        assert_int_equal(x.was_cancelled, is_cancelled);
        end(&x);
    }
}

// Something that came too late for an earlier wait of the fiber.
static void test_stray_ready_does_not_end_the_wait(void **state)
{
    pair x = { .err = 1 };

    (void)state;
    begin(&x, wait_there);
    step(x.home);
    tern_fiber_ready(x.fiber);
    step(x.home);
    assert_false(x.has_returned);
    step(x.there);
    step(x.home);
    end(&x);
}

// A private poller is driven by those who wait for it only.
static void test_fiber_stands_in_for_a_thread_on_a_private_poller(void **state)
{
    pair x = { .err = 1, .is_private = true };

    (void)state;
    begin(&x, wait_there);
    step(x.home);
    assert_true(x.errand.was_done);
    assert_true(x.has_returned);
    end(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_thread_drives_a_poller_that_nobody_drives),
        TERN_TEST(test_thread_waits_for_who_drives_the_poller),
        TERN_TEST(test_threads_drive_it_for_each_other),
        TERN_TEST(test_fiber_parks_until_the_other_poller_is_done),
        TERN_TEST(test_cancelled_wait_is_gone_on_with),
        TERN_TEST(test_wait_anyway_remembers_the_cancel),
        TERN_TEST(test_stray_ready_does_not_end_the_wait),
        TERN_TEST(test_fiber_stands_in_for_a_thread_on_a_private_poller),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
