#include "rpc/base/seldom_internal.h"

#include "rpc/call/wait_many_internal.h"

#include <poll.h>

enum {
    TICK_MS = 5,      // for what no descriptor tells: timers, and ends on loops that others drive
    MAX_POLLED = 16,  // loops whose descriptors are slept on; of more the others wait for a tick
};

bool terni_wait_many_may_wait(void) { return tern_fiber_current() || !tern_poller_current(); }

static void wake_fiber(terni_wait_many *g)
{
    TERN_ASSERT(!g->is_woken && tern_poller_current() == g->home);
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
    TERN_ASSERT(n_awaited > 0 && terni_wait_many_may_wait());
    atomic_init(&g->n_awaited, n_awaited);
    atomic_init(&g->is_called, false);
    g->fiber = tern_fiber_current();
    g->home = tern_poller_current();
    g->task.run = run_wake;
    g->is_woken = g->is_parked = false;
    g->n_loops = 0;
    g->loops = NULL;
    tern_ticket_init(&g->ticket);
}

void terni_wait_many_add_loop(terni_wait_many *g, terni_wait_many_loop *loop, tern_poller *poller,
                              bool is_private)
{
    if (is_private)
        g->fiber = NULL;
    for (const terni_wait_many_loop *l = g->loops; l; l = l->next)
        if (l->poller == poller)
            return;
    *loop = (terni_wait_many_loop){ .next = g->loops, .poller = poller };
    g->loops = loop;
    g->n_loops++;
}

void terni_wait_many_tell(terni_wait_many *g)
{
    if (atomic_fetch_sub(&g->n_awaited, 1) != 1)
        return;
    atomic_store(&g->is_called, true);
    if (!g->fiber) {
        if (g->n_loops == 1)
            tern_ticket_call(&g->ticket, g->loops->poller);
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
    struct pollfd fds[MAX_POLLED];
    nfds_t        n = 0;

    for (const terni_wait_many_loop *l = g->loops; l; l = l->next) {
        tern_poller_help(l->poller);
        if (n < MAX_POLLED)
            fds[n++] = (struct pollfd){ .fd = tern_poller_fd(l->poller), .events = POLLIN };
    }
    if (!atomic_load(&g->is_called))
        (void)poll(fds, n, TICK_MS);
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
        tern_ticket_wait(&g->ticket, g->loops->poller);
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
