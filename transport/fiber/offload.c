#include <tern/offload.h>

#include <errno.h>

#include <tern/fiber.h>
#include <tern/poller.h>

#include "transport/fiber/fiber_local_internal.h"
#include "transport/poller/thread_pool_internal.h"

typedef struct errand_of_fiber errand_of_fiber;
struct errand_of_fiber {
    terni_job        job;
    tern_offload_fn *fn;
    void            *arg;
    int              result;
    bool             is_done;
    tern_fiber      *fiber;
    terni_locals     locals;
};

static void work(terni_job *job)
{
    errand_of_fiber *e = TERN_CONTAINER_OF(job, errand_of_fiber, job);

    terni_locals_lend(&e->locals);
    e->result = e->fn(e->arg);
    terni_locals_lend(NULL);
}

static void on_done(tern_task *task)
{
    errand_of_fiber *e = TERN_CONTAINER_OF(task, errand_of_fiber, job.done);

    e->is_done = true;
    tern_fiber_ready(e->fiber);
}

int tern_offload(tern_offload_fn *fn, void *arg)
{
    tern_poller    *poller = tern_poller_current();
    errand_of_fiber e = { .fn = fn, .arg = arg, .fiber = tern_fiber_current() };
    bool            was_cancelled = false;
    int             err;

    if (!poller)
        return fn(arg);
    if (!e.fiber)
        return -EDEADLK;
    e.job.work = work;
    e.job.poller = poller;
    e.job.done.run = on_done;
    terni_locals_inherit(&e.locals);
    if ((err = terni_thread_pool_submit(&e.job)) < 0) {
        terni_locals_drop(&e.locals);
        return err;
    }
    while (!e.is_done)  // the other thread has our stack: no cancel ends this
        was_cancelled |= tern_fiber_park("an offloaded function", TERN_NEVER) < 0;
    terni_locals_drop(&e.locals);
    if (was_cancelled)
        tern_fiber_cancel(e.fiber);
    return e.result;
}
