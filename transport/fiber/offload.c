#include <tern/offload.h>

#include <errno.h>

#include <tern/fiber.h>
#include <tern/poller.h>

#include "transport/fiber/fiber_local_internal.h"
#include "transport/poller/thread_pool_internal.h"

typedef struct offloaded offloaded;
struct offloaded {
    terni_job          job;
    tern_offload_fn   *fn;
    void              *arg;
    int                result;
    bool               is_done;
    tern_fiber        *fiber;
    terni_fiber_locals locals;
};

static void work(terni_job *job)
{
    offloaded *o = TERN_CONTAINER_OF(job, offloaded, job);

    terni_fiber_local_lend(&o->locals);
    o->result = o->fn(o->arg);
    terni_fiber_local_lend(NULL);
}

static void on_done(tern_task *task)
{
    offloaded *o = TERN_CONTAINER_OF(task, offloaded, job.done);

    TERN_ASSERT(!o->is_done && o->fiber);
    o->is_done = true;
    tern_fiber_ready(o->fiber);
}

int tern_offload(tern_offload_fn *fn, void *arg)
{
    tern_poller *poller = tern_poller_current();
    offloaded    o = { .fn = fn, .arg = arg, .fiber = tern_fiber_current() };
    bool         was_cancelled = false;
    int          err;

    if (!poller)
        return fn(arg);
    if (!o.fiber)
        return -EDEADLK;
    o.job.work = work;
    o.job.poller = poller;
    o.job.done.run = on_done;
    terni_fiber_local_inherit(&o.locals);
    if ((err = terni_thread_pool_submit(&o.job)) < 0) {
        terni_fiber_local_drop(&o.locals);
        return err;
    }
    while (!o.is_done)  // the other thread has our stack: no cancel ends this
        was_cancelled |= tern_fiber_park("an offloaded function", TERN_NEVER) < 0;
    terni_fiber_local_drop(&o.locals);
    if (was_cancelled)
        tern_fiber_cancel(o.fiber);
    return o.result;
}
