#include "transport/base/seldom_internal.h"

#include "transport/poller/thread_pool_internal.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <time.h>

#include "transport/poller/poller_internal.h"

// A job under way; on its thread's stack, since the job itself may be gone once it was posted.
typedef struct running running;
struct running {
    const tern_poller *poller;
    running           *next;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t  has_job, has_finished;
    terni_job      *head, **tail;
    running        *running;
    unsigned        n_threads, n_idle, n_jobs;
} pool = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .has_job = PTHREAD_COND_INITIALIZER,
    .has_finished = PTHREAD_COND_INITIALIZER,
    .tail = &pool.head,
};

// The job that `*link` points at leaves the queue.
static terni_job *take(terni_job **link)
{
    terni_job *job = *link;

    TERN_ASSERT(pool.n_jobs > 0);
    if (!(*link = job->next))
        pool.tail = link;
    pool.n_jobs--;
    return job;
}

// The next job, or NULL when there was none for so long that this thread may go. Called locked.
static terni_job *next_job(void)
{
    struct timespec until;

    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += TERNI_THREAD_POOL_IDLE_S;
    pool.n_idle++;
    while (!pool.head && pthread_cond_timedwait(&pool.has_job, &pool.lock, &until) != ETIMEDOUT)
        ;
    TERN_ASSERT(pool.n_idle > 0 && pool.n_idle <= pool.n_threads);
    pool.n_idle--;
    return pool.head ? take(&pool.head) : NULL;
}

// Called locked, and returns so.
static void run_job(terni_job *job)
{
    running   self = { job->poller, pool.running };
    running **link = &pool.running;

    pool.running = &self;
    pthread_mutex_unlock(&pool.lock);
    job->work(job);
    tern_poller_post(job->poller, &job->done);
    pthread_mutex_lock(&pool.lock);
    while (*link != &self)
        link = &(*link)->next;
    *link = self.next;
    pthread_cond_broadcast(&pool.has_finished);
}

static void *run_jobs(void *arg)
{
    terni_job *job;

    pthread_mutex_lock(&pool.lock);
    while ((job = next_job()))
        run_job(job);
    TERN_ASSERT(pool.n_threads > 0);
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
    err = pthread_create(&thread, &attr, run_jobs, NULL);
    pthread_attr_destroy(&attr);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return -err;
}

static int ensure_thread(void)
{
    int err;

    if (pool.n_idle > pool.n_jobs || pool.n_threads == TERNI_MAX_POOL_THREADS)
        return 0;
    if ((err = start_thread()) == 0)
        pool.n_threads++;
    return pool.n_threads ? 0 : err;  // with any thread at all the job will be done, only later
}

static bool is_busy_with(const tern_poller *poller)
{
    for (const running *r = pool.running; r; r = r->next)
        if (r->poller == poller)
            return true;
    return false;
}

// Jobs that nobody has begun are posted undone, those under way are waited for.
static void drain(tern_poller *poller)
{
    pthread_mutex_lock(&pool.lock);
    for (terni_job **link = &pool.head; *link;) {
        if ((*link)->poller == poller)
            tern_poller_post(poller, &take(link)->done);
        else
            link = &(*link)->next;
    }
    while (is_busy_with(poller))
        pthread_cond_wait(&pool.has_finished, &pool.lock);
    pthread_mutex_unlock(&pool.lock);
}

int terni_thread_pool_submit(terni_job *job)
{
    int err;

    TERN_ASSERT(job->work && job->poller && job->done.run);
    pthread_mutex_lock(&pool.lock);
    if ((err = ensure_thread()) == 0) {
        terni_poller_set_drain(job->poller, drain);
        job->next = NULL;
        *pool.tail = job;
        pool.tail = &job->next;
        pool.n_jobs++;
        pthread_cond_signal(&pool.has_job);
    }
    pthread_mutex_unlock(&pool.lock);
    return err;
}
