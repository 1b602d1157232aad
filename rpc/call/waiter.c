#include "rpc/call/waiter_internal.h"

#include <errno.h>

#include "rpc/call/cancel_internal.h"
#include "rpc/client/channel_internal.h"

static void run_wake(tern_task *task)
{
    terni_waiter *w = TERN_CONTAINER_OF(task, terni_waiter, task);

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

// ---- what others want done on a call's poller -----------------------------

typedef struct errand errand;
struct errand {
    tern_task      task;
    terni_waiter   waiter;
    terni_outcall *call;
    tern_code      code;
};

static void run_abort(tern_task *task)
{
    errand *e = TERN_CONTAINER_OF(task, errand, task);

    if (!e->call->is_done)
        terni_outcall_abort(e->call, e->code, terni_cancel_reason(e->code));
    terni_waiter_wake(&e->waiter);
}

bool terni_outcall_abort_from_elsewhere(terni_outcall *call, tern_poller *poller, bool is_private,
                                        tern_code code)
{
    errand e = { .task.run = run_abort, .call = call, .code = code };
    bool   was_cancelled;

    terni_waiter_init(&e.waiter, poller, is_private);
    tern_poller_post(poller, &e.task);
    was_cancelled = terni_waiter_wait_anyway(&e.waiter, "a call to end");
    terni_waiter_done(&e.waiter);
    return was_cancelled;
}

void terni_waiter_wait_for_call(terni_waiter *w, terni_outcall *call, const char *what)
{
    bool was_cancelled = false, is_asked = false;

    while (terni_waiter_wait(w, what) < 0) {
        tern_code code = terni_outcall_cancel_code(call);

        if (code == TERN_OK || is_asked) {
            was_cancelled = true;
            continue;
        }
        is_asked = true;
        was_cancelled |= terni_outcall_abort_from_elsewhere(call, w->poller, w->is_private, code);
    }
    if (was_cancelled)
        tern_fiber_cancel(w->fiber);  // the next wait hears of it
}
