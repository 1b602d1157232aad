#include "rpc/call/waiter_internal.h"

#include <errno.h>

static void run_wake(tern_task *task)
{
    terni_waiter *w = TERN_CONTAINER_OF(task, terni_waiter, task);

    TERN_ASSERT(!w->is_done && tern_poller_current() == w->home);
    w->is_done = true;
    tern_fiber_ready(w->fiber);
}

void terni_waiter_init(terni_waiter *w, tern_poller *poller, bool is_private)
{
    w->poller = poller;
    w->home = tern_poller_current();
    w->fiber = is_private ? NULL : tern_fiber_current();
    w->is_private = is_private;
    w->is_done = false;
    w->task.run = run_wake;
    if (!w->fiber)
        tern_ticket_init(&w->ticket);
}

void terni_waiter_done(terni_waiter *w)
{
    if (!w->fiber)
        tern_ticket_done(&w->ticket);
}

void terni_waiter_wake(terni_waiter *w)
{
    if (!w->fiber)
        tern_ticket_call(&w->ticket, w->poller);
    else
        tern_poller_post(w->home, &w->task);
}

int terni_waiter_wait(terni_waiter *w, const char *what)
{
    int err = 0;

    if (!w->fiber) {
        tern_ticket_wait(&w->ticket, w->poller);
        return 0;
    }
    while (!w->is_done && (err = tern_fiber_park(what, TERN_NEVER)) == 0)
        ;  // readied by something that came too late for an earlier wait
    return w->is_done ? 0 : err;
}

bool terni_waiter_wait_anyway(terni_waiter *w, const char *what)
{
    bool was_cancelled = false;

    while (terni_waiter_wait(w, what) < 0)
        was_cancelled = true;
    return was_cancelled;
}
