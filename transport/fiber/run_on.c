#include "transport/fiber/run_on_internal.h"

#include <errno.h>

#include <tern/ticket.h>

#include "transport/fiber/core_internal.h"

typedef struct order order;
struct order {
    tern_task      task;
    tern_ticket    ticket;
    tern_poller   *poller;
    tern_fiber_fn *fn;
    void          *arg;
    int            err;
};

bool terni_run_on_is_home(tern_poller *p)
{
    tern_fiber *f = tern_fiber_current();

    return f && f->home->poller == p;
}

static void carry_out(void *arg)
{
    order *o = arg;

    o->fn(o->arg);
    tern_ticket_call(&o->ticket, o->poller);
}

static void start_fiber(tern_task *task)
{
    order *o = TERN_CONTAINER_OF(task, order, task);
    int    err = tern_fiber_run(o->poller, carry_out, o);

    if (err < 0) {
        o->err = err;
        tern_ticket_call(&o->ticket, o->poller);
    }
}

static void carry_out_at_once(tern_task *task) { carry_out(TERN_CONTAINER_OF(task, order, task)); }

static int post_and_wait(tern_poller *p, order *o)
{
    TERN_ASSERT(o->fn && !tern_poller_current());
    o->poller = p;
    tern_ticket_init(&o->ticket);
    tern_poller_post(p, &o->task);
    tern_ticket_wait(&o->ticket, p);
    tern_ticket_done(&o->ticket);
    return o->err;
}

int terni_run_on(tern_poller *p, tern_fiber_fn *fn, void *arg)
{
    order o = { .task.run = start_fiber, .fn = fn, .arg = arg };

    return tern_poller_current() ? -EDEADLK : post_and_wait(p, &o);
}

int terni_run_on_briefly(tern_poller *p, tern_fiber_fn *fn, void *arg)
{
    order o = { .task.run = carry_out_at_once, .fn = fn, .arg = arg };

    if (!tern_poller_current())
        return post_and_wait(p, &o);
    if (tern_poller_current() != p)
        return -EDEADLK;
    fn(arg);
    return 0;
}
