#include "rpc/base/seldom_internal.h"

#include "rpc/server/worker_internal.h"

#include "rpc/base/deadline_internal.h"

// ---- stopping ------------------------------------------------------------

static void check_stopped(void *worker)
{
    terni_worker *w = worker;

    if (!w->is_stopping || w->is_stopped || w->conns)
        return;
    w->is_stopped = true;
    tern_timer_cancel(tern_poller_wheel(w->poller), &w->grace_timer);
    tern_timer_cancel(tern_poller_wheel(w->poller), &w->goodbye_timer);
    terni_pressure_close(&w->pressure);
}

static void on_rested(void *worker)
{
    terni_worker *w = worker;

    w->stopped(w->owner);
}

// The grace is over: what still runs is cancelled, and the connections go.
static void on_grace_over(tern_timer *t)
{
    terni_worker *w = TERN_CONTAINER_OF(t, terni_worker, grace_timer);

    for (terni_server_conn *c = w->conns; c; c = c->next)
        terni_server_conn_abort(c);
}

// A client that answers no PING sleeps between two calls: it will read the last GOAWAY before it makes
// the next one, so there is nothing to wait for.
static void on_goodbye_over(tern_timer *t)
{
    terni_worker *w = TERN_CONTAINER_OF(t, terni_worker, goodbye_timer);

    for (terni_server_conn *c = w->conns, *next; c; c = next) {
        next = c->next;
        terni_server_conn_say_last(c);
    }
}

static void set_timer(terni_worker *w, tern_timer *t, int64_t after_ms)
{
    tern_timer_set(tern_poller_wheel(w->poller), t,
                   terni_deadline_after(tern_poller_now_ns(w->poller), after_ms));
}

static void run_stop(tern_task *task)
{
    terni_worker *w = TERN_CONTAINER_OF(task, terni_worker, stop_task);

    TERN_ASSERT(!w->is_stopping);
    w->is_stopping = true;
    set_timer(w, &w->grace_timer, w->grace_ms);
    set_timer(w, &w->goodbye_timer, TERNI_GOODBYE_MS);
    for (terni_server_conn *c = w->conns; c; c = c->next)
        terni_server_conn_go(c);
    terni_drain_begin(&w->drain);
    for (terni_server_conn *c = w->conns, *next; c; c = next) {
        next = c->next;
        terni_server_conn_drain(c);
    }
    check_stopped(w);
}

void terni_worker_stop(terni_worker *w) { tern_poller_post(w->poller, &w->stop_task); }

// ---- connections ---------------------------------------------------------

void terni_worker_adopt(terni_worker *w, int fd, bool is_tls)
{
    terni_server_conn *c = terni_server_conn_start(&w->home, fd, is_tls, &w->conns);

    terni_pressure_watch(&w->pressure);
    if (c && w->is_stopping)
        terni_server_conn_go(c);
}

static bool announce(void *worker, uint64_t own, uint64_t bytes)
{
    return terni_pressure_announce(&((terni_worker *)worker)->pressure, own, bytes);
}

// ---- life ----------------------------------------------------------------

void terni_worker_init(terni_worker *w)
{
    TERN_ASSERT(w->poller && w->policy && w->stopped && w->grace_ms != 0);
    terni_ctx_pool_init(&w->pool);
    terni_drain_init(&w->drain, w->poller);
    w->home = (terni_home){ .poller = w->poller,
                            .policy = w->policy,
                            .pool = &w->pool,
                            .drain = &w->drain,
                            .gone = check_stopped,
                            .announce = announce,
                            .owner = w };
    terni_server_conn_prepare(&w->home);
    w->pressure = (terni_pressure){ .account = w->account,
                                    .poller = w->poller,
                                    .conns = &w->conns,
                                    .n_conns = &w->policy->connections,
                                    .rested = on_rested,
                                    .owner = w };
    terni_pressure_init(&w->pressure);
    w->stop_task.run = run_stop;
    tern_timer_init(&w->grace_timer, on_grace_over);
    tern_timer_init(&w->goodbye_timer, on_goodbye_over);
}

void terni_worker_done(terni_worker *w)
{
    TERN_ASSERT(!w->conns);
    terni_ctx_pool_done(&w->pool);
}
