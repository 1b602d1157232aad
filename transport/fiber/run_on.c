#include "transport/fiber/run_on_internal.h"

#include <errno.h>

#include <tern/ticket.h>

#include "transport/fiber/core_internal.h"

typedef struct errand errand;
struct errand {
    tern_task      task;
    tern_ticket    ticket;
    tern_poller   *poller;
    tern_fiber_fn *fn;
    void          *arg;
    int            err;
};

bool terni_errand_is_home(tern_poller *p)
{
    tern_fiber *f = tern_fiber_current();

    return f && f->home->poller == p;
}

static void do_errand(void *arg)
{
    errand *e = arg;

    e->fn(e->arg);
    tern_ticket_call(&e->ticket, e->poller);
}

static void start_fiber(tern_task *task)
{
    errand *e = TERN_CONTAINER_OF(task, errand, task);
    int     err = tern_fiber_run(e->poller, do_errand, e);

    if (err < 0) {
        e->err = err;
        tern_ticket_call(&e->ticket, e->poller);
    }
}

static void do_at_once(tern_task *task) { do_errand(TERN_CONTAINER_OF(task, errand, task)); }

static int post_and_wait(tern_poller *p, errand *e)
{
    e->poller = p;
    tern_ticket_init(&e->ticket);
    tern_poller_post(p, &e->task);
    tern_ticket_wait(&e->ticket, p);
    tern_ticket_done(&e->ticket);
    return e->err;
}

int terni_errand_run(tern_poller *p, tern_fiber_fn *fn, void *arg)
{
    errand e = { .task.run = start_fiber, .fn = fn, .arg = arg };

    return tern_poller_current() ? -EDEADLK : post_and_wait(p, &e);
}

int terni_errand_run_briefly(tern_poller *p, tern_fiber_fn *fn, void *arg)
{
    errand e = { .task.run = do_at_once, .fn = fn, .arg = arg };

    if (!tern_poller_current())
        return post_and_wait(p, &e);
    if (tern_poller_current() != p)
        return -EDEADLK;
    fn(arg);
    return 0;
}
