// What a server does now and then, without a thread of its own.
#include "rpc/base/seldom_internal.h"

#include <tern/fiber.h>
#include <tern/log.h>
#include <tern/mem.h>

#include "rpc/base/deadline_internal.h"
#include "rpc/server/server_internal.h"

typedef struct every every;
struct every {
    terni_server_addition addition;
    tern_server          *server;
    tern_timer            timer;
    uint64_t              next_ns;
    int64_t               every_ms;
    tern_server_fn       *fn;
    void                 *arg;
    bool                  is_running;  // a turn
    atomic_uint           refs;        // the server's, and that turn's
};

static every *every_of(terni_server_addition *a) { return TERN_CONTAINER_OF(a, every, addition); }

static tern_poller *poller_of(const every *e) { return e->server->workers[0].poller; }

static int start(terni_server_addition *a, const terni_registry *r)
{
    (void)a;
    (void)r;
    return 0;
}

// The turns keep their distance from the first one, however late each of them was.
static void set_next(every *e)
{
    uint64_t now = tern_poller_now_ns(poller_of(e));

    do
        e->next_ns = terni_deadline_after(e->next_ns, e->every_ms);
    while (e->next_ns <= now);
    tern_timer_set(tern_poller_wheel(poller_of(e)), &e->timer, e->next_ns);
}

static void unref(every *e)
{
    if (atomic_fetch_sub_explicit(&e->refs, 1, memory_order_acq_rel) == 1)
        tern_mem_free(e);
}

static void take_turn(void *arg)
{
    every *e = arg;

    e->fn(e->server, e->arg);
    e->is_running = false;
    unref(e);
}

static void on_due(tern_timer *t)
{
    every *e = TERN_CONTAINER_OF(t, every, timer);

    set_next(e);
    if (e->is_running)
        return;
    e->is_running = true;
    atomic_fetch_add_explicit(&e->refs, 1, memory_order_relaxed);
    if (tern_fiber_spawn(poller_of(e), take_turn, e,
                         &(tern_fiber_opts){ .name = "tern_server_every" }, NULL) == 0)
        return;
    e->is_running = false;
    unref(e);
    tern_log(TERN_LOG_WARNING, "a turn of tern_server_every is left out: out of memory");
}

static void run(terni_server_addition *a)
{
    every *e = every_of(a);

    if (atomic_load(&e->server->is_stopping))
        return;
    e->next_ns = tern_poller_now_ns(poller_of(e));
    set_next(e);
}

static void stop(terni_server_addition *a)
{
    tern_timer_cancel(tern_poller_wheel(poller_of(every_of(a))), &every_of(a)->timer);
}

static void free_every(terni_server_addition *a) { unref(every_of(a)); }

void tern_server_every(tern_server *srv, int64_t every_ms, tern_server_fn *fn, void *arg)
{
    every *e = tern_mem_alloc(sizeof *e);

    if (e) {
        *e = (every){ .addition = { .start = start, .free = free_every, .run = run, .stop = stop },
                      .server = srv,
                      .every_ms = every_ms > 0 ? every_ms : 1,
                      .fn = fn,
                      .arg = arg };
        atomic_init(&e->refs, 1);
        tern_timer_init(&e->timer, on_due);
    }
    if (!terni_server_add(srv, e ? &e->addition : NULL))
        tern_mem_free(e);
}
