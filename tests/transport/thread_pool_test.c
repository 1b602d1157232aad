// Work that blocks, on threads of its own: done once, reported to the right poller, also when that goes.
#include "tests/transport/backends.h"

#include <semaphore.h>
#include <stdatomic.h>

#include "tests/transport/net.h"
#include "transport/poller/thread_pool_internal.h"

enum { N_JOBS = 100 };

typedef struct chore chore;
struct chore {
    terni_job  job;
    atomic_int n_worked;
    int        n_done;
};

static sem_t may_work;

static void work(terni_job *job) { TERN_CONTAINER_OF(job, chore, job)->n_worked++; }

static void work_when_allowed(terni_job *job)
{
    sem_wait(&may_work);
    work(job);
}

static void on_done(tern_task *task) { TERN_CONTAINER_OF(task, chore, job.done)->n_done++; }

static chore make_chore(tern_poller *p, void (*fn)(terni_job *))
{
    return (chore){ .job = { .work = fn, .poller = p, .done.run = on_done } };
}

static int count_done(const chore *chores)
{
    int n = 0;

    for (int i = 0; i < N_JOBS; i++)
        n += chores[i].n_done;
    return n;
}

static void test_every_job_is_done_once_on_its_poller(void **state)
{
    static chore chores[N_JOBS];
    tern_poller *p = net_poller(backend_under_test);

    (void)state;
    for (int i = 0; i < N_JOBS; i++) {
        chores[i] = make_chore(p, work);
        assert_int_equal(terni_thread_pool_submit(&chores[i].job), 0);
    }
    NET_UNTIL(p, count_done(chores) == N_JOBS);
    net_settle(p);
    for (int i = 0; i < N_JOBS; i++) {
        assert_int_equal(chores[i].n_worked, 1);
        assert_int_equal(chores[i].n_done, 1);
    }
    tern_poller_free(p);
}

static void test_drain_waits_for_what_is_under_way(void **state)
{
    static chore chores[N_JOBS];
    tern_poller *p = net_poller(backend_under_test);

    (void)state;
    sem_init(&may_work, 0, 0);
    for (int i = 0; i < N_JOBS; i++) {
        chores[i] = make_chore(p, work_when_allowed);
        assert_int_equal(terni_thread_pool_submit(&chores[i].job), 0);
    }
    for (int i = 0; i < N_JOBS; i++)
        sem_post(&may_work);
    tern_poller_free(p);
    assert_int_equal(count_done(chores), N_JOBS);
}

static void test_drain_skips_what_nobody_has_begun(void **state)
{
    static chore chores[N_JOBS], others[TERNI_MAX_POOL_THREADS];
    tern_poller *p = net_poller(backend_under_test), *other = net_poller(backend_under_test);

    (void)state;
    sem_init(&may_work, 0, 0);
    for (int i = 0; i < TERNI_MAX_POOL_THREADS; i++) {  // every thread is busy with another's
        others[i] = make_chore(other, work_when_allowed);
        assert_int_equal(terni_thread_pool_submit(&others[i].job), 0);
    }
    for (int i = 0; i < N_JOBS; i++) {
        chores[i] = make_chore(p, work);
        assert_int_equal(terni_thread_pool_submit(&chores[i].job), 0);
    }
    tern_poller_free(p);
    assert_int_equal(count_done(chores), N_JOBS);
    for (int i = 0; i < N_JOBS; i++)
        assert_int_equal(chores[i].n_worked, 0);

    for (int i = 0; i < TERNI_MAX_POOL_THREADS; i++)
        sem_post(&may_work);
    for (int i = 0; i < TERNI_MAX_POOL_THREADS; i++)
        NET_UNTIL(other, others[i].n_done == 1);
    tern_poller_free(other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_every_job_is_done_once_on_its_poller),
        NET_TEST(test_drain_waits_for_what_is_under_way),
        NET_TEST(test_drain_skips_what_nobody_has_begun),
    };

    return backends_run(tests, TERN_COUNT_OF(tests));
}
