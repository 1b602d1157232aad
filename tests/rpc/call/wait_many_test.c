// One wait for several things that end on several pollers.
#include "tests/support/leak.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>

#include "rpc/call/wait_many_internal.h"

// A thing that ends on its poller; its owner tells of it under a lock, as the contract wants it.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

typedef struct thing thing;
struct thing {
    tern_task            task;
    terni_wait_many_loop loop;
    terni_wait_many     *waits;  // NULL: nobody
    bool                 has_ended;
};

static void end_it(tern_task *task)
{
    thing *t = TERN_CONTAINER_OF(task, thing, task);

    pthread_mutex_lock(&lock);
    t->has_ended = true;
    if (t->waits)
        terni_wait_many_tell(t->waits);
    pthread_mutex_unlock(&lock);
}

static void begin(thing *t, tern_poller *p, terni_wait_many *g, bool is_private)
{
    *t = (thing){ .task.run = end_it, .waits = g };
    terni_wait_many_add_loop(g, &t->loop, p, is_private);
    tern_poller_post(p, &t->task);
}

// Before terni_wait_many_done: nobody tells it any more.
static void detach(thing *t)
{
    pthread_mutex_lock(&lock);
    t->waits = NULL;
    pthread_mutex_unlock(&lock);
}

// ---- a plain thread ------------------------------------------------------

enum { N_THINGS = 3 };

static void test_thread_waits_for_all_on_one_poller(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    terni_wait_many g;
    thing           things[N_THINGS];

    (void)state;
    terni_wait_many_init(&g, N_THINGS);
    for (int i = 0; i < N_THINGS; i++)
        begin(&things[i], p, &g, true);
    assert_int_equal(g.n_loops, 1);
    assert_int_equal(terni_wait_many_wait(&g), 0);
    for (int i = 0; i < N_THINGS; i++)
        assert_true(things[i].has_ended);
    terni_wait_many_done(&g);
}

static void test_thread_drives_several_pollers_in_turn(void **state)
{
    tern_poller    *pollers[N_THINGS];
    terni_wait_many g;
    thing           things[N_THINGS];

    (void)state;
    terni_wait_many_init(&g, N_THINGS);
    for (int i = 0; i < N_THINGS; i++)
        begin(&things[i], pollers[i] = tern_poller_new(NULL), &g, true);
    assert_int_equal(g.n_loops, N_THINGS);
    assert_int_equal(terni_wait_many_wait(&g), 0);
    terni_wait_many_done(&g);
    for (int i = 0; i < N_THINGS; i++) {
        assert_true(things[i].has_ended);
        tern_poller_free(pollers[i]);
    }
}

// Those behind the sixteenth were driven by nobody, and so were waited for for good.
static void test_bug_more_pollers_than_sixteen_were_forgotten(void **state)
{
    enum { N = 40 };
    tern_poller    *pollers[N];
    terni_wait_many g;
    thing           things[N];

    (void)state;
    terni_wait_many_init(&g, N);
    for (int i = 0; i < N; i++)
        begin(&things[i], pollers[i] = tern_poller_new(NULL), &g, true);
    assert_int_equal(terni_wait_many_wait(&g), 0);
    terni_wait_many_done(&g);
    for (int i = 0; i < N; i++) {
        assert_true(things[i].has_ended);
        tern_poller_free(pollers[i]);
    }
}

// The second poller has nothing to do, and is no reason to wait.
static void test_thread_waits_for_the_first_of_several(void **state)
{
    TERN_AUTO(tern_poller) *busy = tern_poller_new(NULL);
    TERN_AUTO(tern_poller) *idle = tern_poller_new(NULL);
    terni_wait_many g;
    thing           t, never = { .waits = &g };

    (void)state;
    terni_wait_many_init(&g, 1);
    terni_wait_many_add_loop(&g, &never.loop, idle, true);
    begin(&t, busy, &g, true);
    assert_int_equal(terni_wait_many_wait(&g), 0);
    detach(&never);
    terni_wait_many_done(&g);
    assert_true(t.has_ended);
    assert_false(never.has_ended);
}

static void test_what_has_ended_before_counts(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    terni_wait_many g;
    thing           t;

    (void)state;
    terni_wait_many_init(&g, 2);
    terni_wait_many_tell(&g);
    begin(&t, p, &g, true);
    assert_int_equal(terni_wait_many_wait(&g), 0);
    terni_wait_many_done(&g);
}

static void *drive(void *p)
{
    TERN_ASSERT(tern_poller_run(p) == 0);
    return NULL;
}

static void test_thread_sleeps_while_others_drive(void **state)
{
    tern_poller *pollers[2];
    pthread_t    drivers[2];

    (void)state;
    for (int i = 0; i < 2; i++) {
        pollers[i] = tern_poller_new(NULL);
        assert_int_equal(pthread_create(&drivers[i], NULL, drive, pollers[i]), 0);
    }
    for (int round = 0; round < 300; round++) {
        terni_wait_many g;
        thing           things[4];

        terni_wait_many_init(&g, 4);
        for (int i = 0; i < 4; i++)
            begin(&things[i], pollers[round % 3 ? i % 2 : 0], &g, false);
        assert_int_equal(terni_wait_many_wait(&g), 0);
        for (int i = 0; i < 4; i++)
            detach(&things[i]);
        terni_wait_many_done(&g);
    }
    for (int i = 0; i < 2; i++) {
        tern_poller_stop(pollers[i]);
        pthread_join(drivers[i], NULL);
        tern_poller_free(pollers[i]);
    }
}

// ---- a fiber -------------------------------------------------------------

typedef struct waiting waiting;
struct waiting {
    tern_poller *home, *there;
    tern_fiber  *fiber;
    thing        near, far;
    unsigned     n_cancels;
    bool         gives_up, has_returned, may_wait;
};

static void wait_on_fiber(void *arg)
{
    waiting        *w = arg;
    terni_wait_many g;

    w->may_wait = terni_wait_many_may_wait();
    terni_wait_many_init(&g, 2);
    begin(&w->near, w->home, &g, false);
    begin(&w->far, w->there, &g, false);
    while (terni_wait_many_wait(&g) < 0 && !w->gives_up)
        w->n_cancels++;
    detach(&w->near);
    detach(&w->far);
    terni_wait_many_done(&g);
    w->has_returned = true;
}

static void start(waiting *w)
{
    w->home = tern_poller_new(NULL);
    w->there = tern_poller_new(NULL);
    assert_int_equal(tern_fiber_spawn(w->home, wait_on_fiber, w, NULL, &w->fiber), 0);
    assert_int_equal(tern_poller_step(w->home, 0), 0);
    assert_int_equal(tern_poller_step(w->home, 0), 0);
}

static void finish(waiting *w)
{
    assert_true(w->has_returned);
    assert_int_equal(tern_fiber_join(w->fiber), 0);
    tern_poller_free(w->home);
    tern_poller_free(w->there);
}

static void test_fiber_parks_for_things_here_and_elsewhere(void **state)
{
    waiting w = { .n_cancels = 0 };

    (void)state;
    start(&w);
    assert_true(w.may_wait && w.near.has_ended);
    assert_false(w.has_returned);
    assert_int_equal(tern_poller_step(w.there, 0), 0);
    assert_false(w.has_returned);
    assert_int_equal(tern_poller_step(w.home, 0), 0);
    assert_int_equal(tern_poller_step(w.home, 0), 0);
    finish(&w);
}

static void test_cancelled_fiber_may_go_on_waiting(void **state)
{
    waiting w = { .n_cancels = 0 };

    (void)state;
    start(&w);
    tern_fiber_cancel(w.fiber);
    assert_int_equal(tern_poller_step(w.home, 0), 0);
    assert_int_equal(w.n_cancels, 1);
    assert_int_equal(tern_poller_step(w.there, 0), 0);
    assert_int_equal(tern_poller_step(w.home, 0), 0);
    assert_int_equal(tern_poller_step(w.home, 0), 0);
    finish(&w);
}

static void test_fiber_that_gives_up_is_not_touched_later(void **state)
{
    waiting w = { .gives_up = true };

    (void)state;
    start(&w);
    tern_fiber_cancel(w.fiber);
    assert_int_equal(tern_poller_step(w.home, 0), 0);
    assert_true(w.has_returned);
    assert_int_equal(tern_poller_step(w.there, 0), 0);
    assert_true(w.far.has_ended);
    finish(&w);
}

// The last one ends, and its wake is on the way while the fiber is cancelled and leaves.
static void test_wake_that_is_on_its_way_is_awaited(void **state)
{
    waiting w = { .gives_up = true };

    (void)state;
    start(&w);
    assert_int_equal(tern_poller_step(w.there, 0), 0);
    tern_fiber_cancel(w.fiber);
    assert_int_equal(tern_poller_step(w.home, 0), 0);
    assert_int_equal(tern_poller_step(w.home, 0), 0);
    finish(&w);
}

// A fiber that waits for a private poller stands in for a thread, and blocks its own.
static void wait_for_private(void *arg)
{
    waiting        *w = arg;
    terni_wait_many g;

    terni_wait_many_init(&g, 1);
    begin(&w->far, w->there, &g, true);
    TERN_ASSERT(!g.fiber && terni_wait_many_wait(&g) == 0);
    terni_wait_many_done(&g);
    w->has_returned = true;
}

static void test_fiber_drives_a_private_poller(void **state)
{
    waiting w = { .home = tern_poller_new(NULL), .there = tern_poller_new(NULL) };

    (void)state;
    assert_int_equal(tern_fiber_spawn(w.home, wait_for_private, &w, NULL, &w.fiber), 0);
    assert_int_equal(tern_poller_step(w.home, 0), 0);
    finish(&w);
}

// ---- who may wait --------------------------------------------------------

static bool callback_may_wait;

static void ask(tern_task *task)
{
    (void)task;
    callback_may_wait = terni_wait_many_may_wait();
}

static void test_nobody_can_wait_in_a_callback(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    tern_task task = { .run = ask };

    (void)state;
    assert_true(terni_wait_many_may_wait());
    callback_may_wait = true;
    tern_poller_post(p, &task);
    assert_int_equal(tern_poller_step(p, 0), 0);
    assert_false(callback_may_wait);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_thread_waits_for_all_on_one_poller),
        TERN_TEST(test_thread_drives_several_pollers_in_turn),
        TERN_TEST(test_bug_more_pollers_than_sixteen_were_forgotten),
        TERN_TEST(test_thread_waits_for_the_first_of_several),
        TERN_TEST(test_what_has_ended_before_counts),
        TERN_TEST(test_thread_sleeps_while_others_drive),
        TERN_TEST(test_fiber_parks_for_things_here_and_elsewhere),
        TERN_TEST(test_cancelled_fiber_may_go_on_waiting),
        TERN_TEST(test_fiber_that_gives_up_is_not_touched_later),
        TERN_TEST(test_wake_that_is_on_its_way_is_awaited),
        TERN_TEST(test_fiber_drives_a_private_poller),
        TERN_TEST(test_nobody_can_wait_in_a_callback),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
