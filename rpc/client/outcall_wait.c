#include "rpc/client/outcall_wait_internal.h"

// ---- on the call's poller ------------------------------------------------

void terni_outcall_park(terni_outcall *call, terni_parking *p, const char *what)
{
    bool was_cancelled = false;

    while (!p->is_done) {
        tern_code code;
        int       err;

        p->is_parked = true;
        err = tern_fiber_park(what, TERN_NEVER);
        p->is_parked = false;
        if (err == 0 || p->is_done)
            continue;
        if ((code = terni_outcall_cancel_code(call)) == TERN_OK || terni_outcall_is_done(call))
            was_cancelled = true;
        else
            terni_outcall_abort(call, code, terni_cancel_reason(code));
    }
    if (TERN_UNLIKELY(was_cancelled))
        tern_fiber_cancel(p->fiber);
}

// ---- from elsewhere ------------------------------------------------------

typedef struct order order;
struct order {
    tern_task      task;
    terni_waiter   waiter;
    terni_outcall *call;
    tern_code      code;
};

static void run_abort(tern_task *task)
{
    order *o = TERN_CONTAINER_OF(task, order, task);

    if (!terni_outcall_is_done(o->call))
        terni_outcall_abort(o->call, o->code, terni_cancel_reason(o->code));
    terni_waiter_wake(&o->waiter);
}

bool terni_outcall_abort_from_elsewhere(terni_outcall *call, tern_poller *poller, bool is_private,
                                        tern_code code)
{
    order o = { .task.run = run_abort, .call = call, .code = code };
    bool  was_cancelled;

    terni_waiter_init(&o.waiter, poller, is_private);
    tern_poller_post(poller, &o.task);
    was_cancelled = terni_waiter_wait_anyway(&o.waiter, "a call to end");
    terni_waiter_done(&o.waiter);
    return was_cancelled;
}

void terni_outcall_wait(terni_outcall *call, terni_waiter *w, const char *what)
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
