#include "transport/worker_internal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

static struct {
    pthread_mutex_t lock;
    pthread_cond_t  has_job;
    terni_job      *head, *tail;
    unsigned        n_threads, n_idle, n_jobs;
} pool = { PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, NULL, NULL, 0, 0, 0 };

// The next job, or NULL when there was none for so long that this thread may go. Called locked.
static terni_job *next_job(void)
{
    struct timespec until;
    terni_job      *job;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += TERNI_WORKER_IDLE_S;
    pool.n_idle++;
    while (!pool.head && pthread_cond_timedwait(&pool.has_job, &pool.lock, &until) != ETIMEDOUT)
        ;
    pool.n_idle--;
    if ((job = pool.head)) {
        pool.head = job->next;
        pool.n_jobs--;
    }
    return job;
}

static void *run_worker(void *arg)
{
    terni_job *job;

    pthread_mutex_lock(&pool.lock);
    while ((job = next_job())) {
        pthread_mutex_unlock(&pool.lock);
        job->work(job);
        tern_poller_post(job->poller, &job->done);
        pthread_mutex_lock(&pool.lock);
    }
    pool.n_threads--;
    pthread_mutex_unlock(&pool.lock);
    return arg;
}

// Signals are for the program's own threads.
static int start_thread(void)
{
    pthread_attr_t attr;
    pthread_t      thread;
    sigset_t       all, before;
    int            err;

    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    err = pthread_create(&thread, &attr, run_worker, NULL);
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -err;
}

static int ensure_thread(void)
{
    int err;

    if (pool.n_idle > pool.n_jobs || pool.n_threads == TERNI_MAX_WORKERS)
        return 0;
    if ((err = start_thread()) == 0)
        pool.n_threads++;
    return pool.n_threads ? 0 : err;  // with any thread at all the job will be done, only later
}

int terni_worker_submit(terni_job *job)
{
    int err;

    pthread_mutex_lock(&pool.lock);
    if ((err = ensure_thread()) == 0) {
        job->next = NULL;
        if (pool.head)
            pool.tail->next = job;
        else
            pool.head = job;
        pool.tail = job;
        pool.n_jobs++;
        pthread_cond_signal(&pool.has_job);
    }
    pthread_mutex_unlock(&pool.lock);
    return err;
}
