#include "rpc/call/wait_many_internal.h"

#include <poll.h>

// For what no descriptor tells: timers, and ends on loops that others drive.
enum { TICK_MS = 5 };

bool terni_wait_many_may_wait(void) { return tern_fiber_current() || !tern_poller_current(); }

static void wake_fiber(terni_wait_many *g)
{
    g->is_woken = true;
    if (g->is_parked)
        tern_fiber_ready(g->fiber);
}

static void run_wake(tern_task *task)
{
    wake_fiber(TERN_CONTAINER_OF(task, terni_wait_many, task));
}

void terni_wait_many_init(terni_wait_many *g, unsigned n_awaited)
{
    atomic_init(&g->n_awaited, n_awaited);
    atomic_init(&g->is_called, false);
    g->fiber = tern_fiber_current();
    g->home = tern_poller_current();
    g->task.run = run_wake;
    g->is_woken = g->is_parked = false;
    g->n_loops = 0;
    tern_ticket_init(&g->ticket);
}

void terni_wait_many_add_loop(terni_wait_many *g, tern_poller *poller, bool is_private)
{
    if (is_private)
        g->fiber = NULL;
    for (unsigned i = 0; i < g->n_loops; i++)
        if (g->loops[i] == poller)
            return;
    if (g->n_loops < TERNI_MAX_WAIT_MANY_LOOPS)
        g->loops[g->n_loops++] = poller;
}

void terni_wait_many_tell(terni_wait_many *g)
{
    if (atomic_fetch_sub(&g->n_awaited, 1) != 1)
        return;
    atomic_store(&g->is_called, true);
    if (!g->fiber) {
        if (g->n_loops == 1)
            tern_ticket_call(&g->ticket, g->loops[0]);
    } else if (tern_poller_current() == g->home) {
        wake_fiber(g);
    } else {
        tern_poller_post(g->home, &g->task);
    }
}

// ---- waiting -------------------------------------------------------------

// Each loop has a turn; then sleep until one of them has something to do.
static void drive_loops(terni_wait_many *g)
{
    struct pollfd fds[TERNI_MAX_WAIT_MANY_LOOPS];

    for (unsigned i = 0; i < g->n_loops; i++) {
        tern_poller_help(g->loops[i]);
        fds[i] = (struct pollfd){ .fd = tern_poller_fd(g->loops[i]), .events = POLLIN };
    }
    if (!atomic_load(&g->is_called))
        (void)poll(fds, g->n_loops, TICK_MS);
}

static int park(terni_wait_many *g)
{
    int err = 0;

    g->is_parked = true;
    while (!g->is_woken && (err = tern_fiber_park("several calls", TERN_NEVER)) == 0)
        ;
    g->is_parked = false;
    return g->is_woken ? 0 : err;
}

int terni_wait_many_wait(terni_wait_many *g)
{
    if (g->fiber)
        return park(g);
    if (g->n_loops == 1)
        tern_ticket_wait(&g->ticket, g->loops[0]);
    while (!atomic_load(&g->is_called))
        drive_loops(g);
    return 0;
}

// A wake that was posted has still to come.
static void await_task(terni_wait_many *g)
{
    bool was_cancelled = false;

    while (atomic_load(&g->is_called) && park(g) < 0)
        was_cancelled = true;
    if (was_cancelled)
        tern_fiber_cancel(g->fiber);
}

void terni_wait_many_done(terni_wait_many *g)
{
    if (g->fiber)
        await_task(g);
    tern_ticket_done(&g->ticket);
}
