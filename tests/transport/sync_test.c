// Mutex, condition, queue, wait group and offload between fibers of two pollers and plain threads.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdatomic.h>
#include <pthread.h>

#include <tern/cond.h>
#include <tern/fiber.h>
#include <tern/group.h>
#include <tern/mutex.h>
#include <tern/offload.h>
#include <tern/queue.h>
#include <tern/wait_group.h>

#include "tests/support/death.h"
#include "tests/support/wait_for.h"

enum { N_WORKERS = 8, N_TURNS = 2000 };

typedef struct scene scene;
struct scene {
    tern_group     *group;
    tern_mutex      lock;
    tern_cond       cond;
    tern_queue      queue;
    tern_wait_group left;
    long            counter, sum;
    int             turn;
    atomic_int      n_bad;
};

static scene s;

static int open_scene(void **state)
{
    (void)state;
    s = (scene){ 0 };
    assert_int_equal(tern_group_new(&(tern_group_opts){ .n_pollers = 2 }, &s.group), 0);
    assert_int_equal(tern_queue_init(&s.queue, 3), 0);
    return 0;
}

static int close_scene(void **state)
{
    (void)state;
    tern_group_free(s.group);
    tern_queue_done(&s.queue);
    return 0;
}

// ---- fibers and threads that do the same ---------------------------------

typedef struct job job;
struct job {
    tern_task      task;
    tern_fiber_fn *fn;
};

static void spawn_here(tern_task *task)
{
    job *j = TERN_CONTAINER_OF(task, job, task);

    s.n_bad += tern_fiber_spawn(tern_poller_current(), j->fn, NULL, NULL, NULL) != 0;
}

static void *run_on_thread(void *arg)
{
    ((job *)arg)->fn(NULL);
    return NULL;
}

// N_WORKERS of `fn`: on fibers of both pollers and on two threads; returns when all are done.
static void run_everywhere(tern_fiber_fn *fn)
{
    job       jobs[N_WORKERS];
    pthread_t threads[2];

    tern_wait_group_add(&s.left, N_WORKERS);
    for (int i = 0; i < N_WORKERS; i++) {
        jobs[i] = (job){ .task.run = spawn_here, .fn = fn };
        if (i < 2)
            assert_int_equal(pthread_create(&threads[i], NULL, run_on_thread, &jobs[i]), 0);
        else
            tern_poller_post(tern_group_get(s.group, (unsigned)i % 2), &jobs[i].task);
    }
    assert_int_equal(tern_wait_group_wait(&s.left, TERN_NEVER), 0);
    pthread_join(threads[0], NULL);
    pthread_join(threads[1], NULL);
    assert_int_equal(s.n_bad, 0);
}

static void count(void *arg)
{
    (void)arg;
    for (int i = 0; i < N_TURNS; i++) {
        tern_mutex_lock(&s.lock);
        s.counter++;
        if (i % 16 == 0)
            tern_fiber_yield();  // with the lock held
        tern_mutex_unlock(&s.lock);
    }
    tern_wait_group_done(&s.left);
}

static void test_mutex_lets_one_at_a_time_in(void **state)
{
    (void)state;
    run_everywhere(count);
    assert_int_equal(s.counter, (long)N_WORKERS * N_TURNS);
    assert_true(tern_mutex_try_lock(&s.lock));
    assert_false(tern_mutex_try_lock(&s.lock));
    tern_mutex_unlock(&s.lock);
}

static void take_turns(void *arg)
{
    int me;

    (void)arg;
    tern_mutex_lock(&s.lock);
    me = (int)s.counter++;
    for (int i = 0; i < 50; i++) {
        while (s.turn % N_WORKERS != me)
            s.n_bad += tern_cond_wait(&s.cond, &s.lock, TERN_NEVER) != 0;
        s.turn++;
        tern_cond_broadcast(&s.cond);
    }
    tern_mutex_unlock(&s.lock);
    tern_wait_group_done(&s.left);
}

static void test_condition_hands_turns_round(void **state)
{
    (void)state;
    run_everywhere(take_turns);
    assert_int_equal(s.turn, 50 * N_WORKERS);
}

static void push_or_pop(void *arg)
{
    long  me, sum = 0;
    void *item = NULL;

    (void)arg;
    tern_mutex_lock(&s.lock);
    me = s.counter++;
    tern_mutex_unlock(&s.lock);
    for (long i = 1; i <= N_TURNS; i++) {
        if (me % 2) {
            s.n_bad += tern_queue_push(&s.queue, (void *)i, TERN_NEVER) != 0;
        } else {
            s.n_bad += tern_queue_pop(&s.queue, TERN_NEVER, &item) != 0;
            sum += (long)item;
        }
    }
    tern_mutex_lock(&s.lock);
    s.sum += sum;
    tern_mutex_unlock(&s.lock);
    tern_wait_group_done(&s.left);
}

static void test_queue_loses_nothing(void **state)
{
    (void)state;
    run_everywhere(push_or_pop);
    assert_int_equal(s.sum, (long)N_WORKERS / 2 * N_TURNS * (N_TURNS + 1) / 2);
}

// ---- one thread ----------------------------------------------------------

static void test_queue_keeps_order_and_ends(void **state)
{
    void *item;

    (void)state;
    for (long i = 1; i <= 3; i++)
        assert_int_equal(tern_queue_push(&s.queue, (void *)i, TERN_NEVER), 0);
    assert_int_equal(tern_queue_push(&s.queue, NULL, 0), -ETIMEDOUT);
    tern_queue_close(&s.queue);
    assert_int_equal(tern_queue_push(&s.queue, NULL, TERN_NEVER), -EPIPE);
    for (long i = 1; i <= 3; i++) {
        assert_int_equal(tern_queue_pop(&s.queue, TERN_NEVER, &item), 0);
        assert_int_equal((long)item, i);
    }
    assert_int_equal(tern_queue_pop(&s.queue, TERN_NEVER, &item), -EPIPE);
}

static void test_waits_end_at_their_deadline(void **state)
{
    void *item;

    (void)state;
    assert_int_equal(tern_queue_pop(&s.queue, 1, &item), -ETIMEDOUT);
    tern_mutex_lock(&s.lock);
    assert_int_equal(tern_cond_wait(&s.cond, &s.lock, 1), -ETIMEDOUT);
    assert_false(tern_mutex_try_lock(&s.lock));  // held again
    tern_mutex_unlock(&s.lock);
    tern_wait_group_add(&s.left, 1);
    assert_int_equal(tern_wait_group_wait(&s.left, 1), -ETIMEDOUT);
    tern_wait_group_done(&s.left);
    assert_int_equal(tern_wait_group_wait(&s.left, 1), 0);
}

// ---- fibers of one poller ------------------------------------------------

static int cancel_results[4];  // 1: it never returned

static void wait_for_all_in_vain(void *arg)
{
    void *item;

    (void)arg;
    cancel_results[0] = tern_queue_pop(&s.queue, TERN_NEVER, &item);
    cancel_results[1] = tern_wait_group_wait(&s.left, TERN_NEVER);
}

static void test_cancel_ends_a_wait(void **state)
{
    tern_poller *p = tern_poller_new(NULL);
    tern_fiber  *f;

    (void)state;
    tern_wait_group_add(&s.left, 1);
    assert_int_equal(tern_fiber_spawn(p, wait_for_all_in_vain, NULL, NULL, &f), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tern_poller_step(p, 0), 0);
        tern_fiber_cancel_from_anywhere(f);
        assert_int_equal(tern_poller_step(p, 0), 0);
    }
    assert_int_equal(tern_fiber_join(f), 0);
    for (int i = 0; i < 2; i++)
        assert_int_equal(cancel_results[i], -ECANCELED);
    assert_int_equal(tern_queue_push(&s.queue, NULL, 0), 0);  // nobody was left half in
    tern_queue_close(&s.queue);
    assert_int_equal(tern_queue_pop(&s.queue, 0, &(void *){ NULL }), 0);
    tern_wait_group_done(&s.left);
    tern_poller_free(p);
}

static void lock_and_pop(void *arg)
{
    void *item;

    (void)arg;
    cancel_results[0] = tern_mutex_lock(&s.lock);
    s.counter++;
    tern_mutex_unlock(&s.lock);
    cancel_results[1] = tern_queue_pop(&s.queue, TERN_NEVER, &item);
}

// Clean-up that takes a lock takes it, however often its fiber is cancelled; and the cancel is not lost.
static void test_cancel_does_not_end_a_wait_for_a_mutex(void **state)
{
    tern_poller *p = tern_poller_new(NULL);
    tern_fiber  *f;

    (void)state;
    cancel_results[0] = cancel_results[1] = 1;
    tern_mutex_lock(&s.lock);
    assert_int_equal(tern_fiber_spawn(p, lock_and_pop, NULL, NULL, &f), 0);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(tern_poller_step(p, 0), 0);
        tern_fiber_cancel_from_anywhere(f);
        assert_int_equal(tern_poller_step(p, 0), 0);
    }
    assert_int_equal(s.counter, 0);
    tern_mutex_unlock(&s.lock);
    assert_int_equal(tern_fiber_join(f), 0);
    assert_int_equal(s.counter, 1);
    assert_int_equal(cancel_results[0], 0);
    assert_int_equal(cancel_results[1], -ECANCELED);
    tern_poller_free(p);
}

// The wake-up comes when the cancel has come already, and before the fiber runs: the item is the fiber's.
static void test_cancel_that_a_wake_up_overtakes_is_kept(void **state)
{
    tern_poller *p = tern_poller_new(NULL);
    tern_fiber  *f;

    (void)state;
    cancel_results[0] = cancel_results[1] = 1;
    tern_wait_group_add(&s.left, 1);
    assert_int_equal(tern_fiber_spawn(p, wait_for_all_in_vain, NULL, NULL, &f), 0);
    assert_int_equal(tern_poller_step(p, 0), 0);
    tern_fiber_cancel(f);
    assert_int_equal(tern_queue_push(&s.queue, NULL, 0), 0);
    assert_int_equal(tern_fiber_join(f), 0);
    assert_int_equal(cancel_results[0], 0);
    assert_int_equal(cancel_results[1], -ECANCELED);
    tern_wait_group_done(&s.left);
    tern_poller_free(p);
}

static int callback_results[3];

static void wait_in_a_callback(tern_task *task)
{
    void *item;

    (void)task;
    callback_results[0] = tern_queue_pop(&s.queue, TERN_NEVER, &item);
    callback_results[1] = tern_wait_group_wait(&s.left, TERN_NEVER);
    callback_results[2] = tern_offload(NULL, NULL);
}

static void run_in_a_callback(tern_task *task)
{
    tern_poller *p = tern_poller_new(NULL);

    tern_poller_post(p, task);
    assert_int_equal(tern_poller_step(p, 0), 0);
    tern_poller_free(p);
}

static void test_callbacks_do_not_wait(void **state)
{
    tern_task task = { .run = wait_in_a_callback };

    (void)state;
    tern_wait_group_add(&s.left, 1);
    run_in_a_callback(&task);
    for (int i = 0; i < 3; i++)
        assert_int_equal(callback_results[i], -EDEADLK);
    tern_wait_group_done(&s.left);
}

static void lock_in_a_callback(tern_task *task)
{
    (void)task;
    tern_mutex_lock(&s.lock);
    tern_mutex_unlock(&s.lock);
}

static void lock_there(void *task) { run_in_a_callback(task); }

static void test_lock_in_a_callback_ends_the_program_unless_it_is_free(void **state)
{
    tern_task task = { .run = lock_in_a_callback };

    (void)state;
    assert_false(dies(lock_there, &task));
    tern_mutex_lock(&s.lock);
    assert_true(dies(lock_there, &task));
    tern_mutex_unlock(&s.lock);
}

// ---- offload -------------------------------------------------------------

typedef struct errand errand;
struct errand {
    tern_poller *home;  // of the fiber; NULL: a thread's
    pthread_t    there;
    tern_task    task;
    atomic_bool  has_gone_on;
};

static void go_on(tern_task *task)
{
    atomic_store(&TERN_CONTAINER_OF(task, errand, task)->has_gone_on, true);
}

static bool has_gone_on(void *arg) { return atomic_load(&((errand *)arg)->has_gone_on); }

// The poller of the fiber goes on meanwhile, so the fiber has parked.
static int tell_thread(void *arg)
{
    errand *e = arg;

    e->there = pthread_self();
    if (e->home) {
        tern_poller_post(e->home, &e->task);
        wait_for(has_gone_on, e, "the poller to go on");
    }
    return 42;
}

static void offload_once(void *arg)
{
    errand e = { .home = tern_poller_current(), .task.run = go_on };

    (void)arg;
    s.n_bad += tern_offload(tell_thread, &e) != 42;
    s.n_bad += !e.home != !!pthread_equal(e.there, pthread_self());
    tern_wait_group_done(&s.left);
}

static void test_offload_runs_elsewhere_for_fibers_and_here_for_threads(void **state)
{
    (void)state;
    run_everywhere(offload_once);
}

#define SYNC_TEST(fn) TERN_TEST_IN(fn, open_scene, close_scene)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SYNC_TEST(test_mutex_lets_one_at_a_time_in),
        SYNC_TEST(test_condition_hands_turns_round),
        SYNC_TEST(test_queue_loses_nothing),
        SYNC_TEST(test_queue_keeps_order_and_ends),
        SYNC_TEST(test_waits_end_at_their_deadline),
        SYNC_TEST(test_cancel_ends_a_wait),
        SYNC_TEST(test_cancel_does_not_end_a_wait_for_a_mutex),
        SYNC_TEST(test_cancel_that_a_wake_up_overtakes_is_kept),
        SYNC_TEST(test_callbacks_do_not_wait),
        SYNC_TEST(test_lock_in_a_callback_ends_the_program_unless_it_is_free),
        SYNC_TEST(test_offload_runs_elsewhere_for_fibers_and_here_for_threads),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
