#include "transport/poller/poller_internal.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/eventfd.h>

#include <tern/log.h>
#include <tern/mem.h>

#include "transport/base/sys_internal.h"
#include "transport/poller/backend_internal.h"
#include "transport/poller/core_internal.h"
#include "transport/poller/events_internal.h"
#include "transport/poller/guests_internal.h"
#include "transport/poller/operator_internal.h"
#include "transport/poller/trim_internal.h"

enum {  // of a poller that is freed
    MAX_LAST_ROUNDS = 10000,
    MAX_LAST_STOPS = 16,
};

// initial-exec: one load instead of a call, in the shared library too; eight bytes of the static TLS
// reserve, so that dlopen still works.
static __thread tern_poller *current __attribute__((tls_model("initial-exec")));

// ---- tasks ---------------------------------------------------------------

static void queue_init(terni_task_queue *q)
{
    q->head = NULL;
    q->tail = &q->head;
}

static void queue_push(terni_task_queue *q, tern_task *task)
{
    TERN_DEBUG_ASSERT(task->run && !*q->tail);
    task->next = NULL;
    *q->tail = task;
    q->tail = &task->next;
}

static tern_task *queue_pop(terni_task_queue *q)
{
    tern_task *task = q->head;

    if (task && !(q->head = task->next))
        q->tail = &q->head;
    return task;
}

static void wake_if_sleeping(tern_poller *p)
{
    if (atomic_load(&p->sleeping) && atomic_exchange(&p->sleeping, false))
        terni_events_wake(p);
}

void tern_poller_post(tern_poller *p, tern_task *task)
{
    tern_task *newest = atomic_load_explicit(&p->posted, memory_order_relaxed);

    TERN_DEBUG_ASSERT(task->run && newest != task);  // else: it is posted already
    do
        task->next = newest;
    while (!atomic_compare_exchange_weak(&p->posted, &newest, task));
    wake_if_sleeping(p);
}

static void take_posted(tern_poller *p)
{
    tern_task *newest, *oldest = NULL;

    if (!atomic_load_explicit(&p->posted, memory_order_relaxed))
        return;
    newest = atomic_exchange(&p->posted, NULL);
    while (newest) {
        tern_task *next = newest->next;

        newest->next = oldest;
        oldest = newest;
        newest = next;
    }
    while (oldest) {
        tern_task *next = oldest->next;

        queue_push(&p->tasks, oldest);
        oldest = next;
    }
}

void tern_poller_defer(tern_poller *p, tern_task *task) { queue_push(&p->tasks, task); }

void tern_poller_recycle(tern_poller *p, tern_task *task) { queue_push(&p->recycled, task); }

static void run_queue(terni_task_queue *q, int budget)
{
    for (tern_task *task; budget-- > 0 && (task = queue_pop(q));)
        task->run(task);
}

// What they hand over meanwhile waits for the next round: a connection that is refused at once, and
// dialled again at once, must not keep the loop here.
static void run_recycled(tern_poller *p)
{
    tern_task *task = p->recycled.head;

    queue_init(&p->recycled);
    while (task) {
        tern_task *next = task->next;

        task->run(task);
        task = next;
    }
}

// ---- the round -----------------------------------------------------------

// Each operator that was ready when the round began gets one turn; what is left goes to the next.
static void dispatch_ready(tern_poller *p)
{
    for (uint32_t n = p->operators.turns[TERNI_TURN_READY].n; n > 0; n--) {
        tern_operator *op = terni_operator_table_take_turn(&p->operators, TERNI_TURN_READY);

        if (TERN_LIKELY(op))
            terni_operator_dispatch(op);
    }
}

static void flush_written(tern_poller *p)
{
    for (uint32_t n = p->operators.turns[TERNI_TURN_FLUSH].n; n > 0; n--) {
        tern_operator *op = terni_operator_table_take_turn(&p->operators, TERNI_TURN_FLUSH);

        if (TERN_LIKELY(op))
            terni_operator_write(op);
    }
}

static bool has_work(const tern_poller *p)
{
    return terni_operator_table_has_turns(&p->operators) || p->tasks.head || p->recycled.head;
}

static int wait_ms(tern_poller *p, int timeout_ms)
{
    uint64_t due, ms;

    if (has_work(p))
        return 0;
    terni_trim_arm(p);
    if (timeout_ms == 0)  // a foreign loop does the waiting
        return 0;
    due = tern_wheel_next_ns(&p->wheel);
    if (due == TERN_NEVER)
        return timeout_ms;
    if (due <= p->now_ns)
        return 0;
    ms = (due - p->now_ns + TERN_NS_PER_MS - 1) / TERN_NS_PER_MS;
    TERN_DEBUG_ASSERT(ms > 0);  // else: it spins
    return timeout_ms < 0 || ms < (uint64_t)timeout_ms ? (int)(ms < INT_MAX ? ms : INT_MAX)
                                                       : timeout_ms;
}

// A stop is for hosts: who drives for a ticket only must not spin until one comes.
static bool is_called(tern_poller *p)
{
    return atomic_load(p->driver.is_lent ? &p->driver.is_wanted : &p->stopping);
}

// Says that a post must wake this poller, unless there is something to do already. The order matters:
// announce first, look afterwards (a poster pushes first and looks at the announcement afterwards).
static bool announce_sleep(tern_poller *p)
{
    atomic_store(&p->sleeping, true);
    if (!atomic_load(&p->posted) && !is_called(p))
        return true;
    atomic_store(&p->sleeping, false);
    return false;
}

static int wait_events(tern_poller *p, int timeout_ms)
{
    int err;

    timeout_ms = wait_ms(p, timeout_ms);
    if (timeout_ms != 0 && !announce_sleep(p))
        timeout_ms = 0;
    err = p->backend->wait(p, timeout_ms);
    if (timeout_ms != 0)
        atomic_store_explicit(&p->sleeping, false, memory_order_relaxed);
    p->now_ns = terni_sys_table.now_ns();
    return err;
}

static int run_round(tern_poller *p, int timeout_ms)
{
    int err;

    TERN_DEBUG_ASSERT(current == p && p->is_running);
    if (terni_poller_is_inherited(p))  // a callback has forked, and this is the child
        return -ESTALE;
    TERNI_COUNT(p->stats.n_rounds,
                1);  // first: who sees the same number twice saw no sleep between
    if ((err = wait_events(p, timeout_ms)) < 0)
        return err;
    dispatch_ready(p);
    take_posted(p);
    tern_wheel_advance(&p->wheel, p->now_ns, TERNI_MAX_TIMERS_PER_ROUND);
    run_queue(&p->tasks, TERNI_MAX_TASKS_PER_ROUND);
    flush_written(p);
    terni_operator_table_recycle(&p->operators);
    run_recycled(p);
    return 0;
}

// ---- driving -------------------------------------------------------------

static tern_poller *sit_down(tern_poller *p)
{
    tern_poller *outer = current;

    TERN_ASSERT(!p->is_running);
    p->is_running = true;
    p->now_ns = terni_sys_table.now_ns();
    current = p;
    return outer;
}

// From now on a foreign loop may sleep on our descriptor: a post must make it readable.
static void stand_up(tern_poller *p, tern_poller *outer)
{
    TERN_ASSERT(p->is_running && current == p);
    p->is_running = false;
    current = outer;
    if (p->backend->leave)
        p->backend->leave(p);
    if (!announce_sleep(p))
        terni_events_wake(p);
    terni_driver_leave(&p->driver);
}

static void poke(void *poller) { wake_if_sleeping(poller); }

// A loop is never entered twice; other pollers may be driven from inside one (a private loop).
static int enter(tern_poller *p, tern_poller **ret_outer)
{
    int err = terni_poller_is_inherited(p) ? -ESTALE : terni_driver_take(&p->driver, poke, p);

    if (err == 0)
        *ret_outer = sit_down(p);
    return err;
}

void terni_poller_drive(tern_poller *p, const tern_ticket *t)
{
    tern_poller *outer = sit_down(p);

    // Waiting fails where the machine is short of something, for a while: the ticket is still ours.
    do {
        int err = run_round(p, -1);

        TERN_ASSERT(err != -ESTALE);  // the child of a callback that forked must not return from it
    } while (!atomic_load(&p->driver.is_wanted) && !terni_driver_is_done(&p->driver, t));
    stand_up(p, outer);
}

void tern_poller_help(tern_poller *p)
{
    tern_poller *outer;

    if (terni_poller_is_inherited(p) || !terni_driver_borrow(&p->driver))
        return;
    outer = sit_down(p);
    (void)run_round(p, 0);  // as above
    stand_up(p, outer);
}

int tern_poller_run(tern_poller *p)
{
    tern_poller *outer = NULL;
    int          err = enter(p, &outer);

    if (err < 0)
        return err;
    while (err == 0 && !atomic_load_explicit(&p->stopping, memory_order_relaxed))
        err = run_round(p, -1);
    atomic_store(&p->stopping, false);
    stand_up(p, outer);
    return err;
}

int tern_poller_run_until_idle(tern_poller *p)
{
    tern_poller *outer = NULL;
    int          err = enter(p, &outer);

    if (err < 0)
        return err;
    while (err == 0 && !atomic_load_explicit(&p->stopping, memory_order_relaxed) &&
           (p->n_holds || has_work(p) || atomic_load(&p->posted)))
        err = run_round(p, -1);
    atomic_store(&p->stopping, false);
    stand_up(p, outer);
    return err;
}

int tern_poller_step(tern_poller *p, int timeout_ms)
{
    tern_poller *outer = NULL;
    int          err = enter(p, &outer);

    if (err < 0)
        return err;
    err = run_round(p, timeout_ms);
    stand_up(p, outer);
    return err;
}

int tern_poller_fd(const tern_poller *p) { return p->backend->fd(p); }

uint64_t tern_poller_next_ns(const tern_poller *p)
{
    return has_work(p) ? 0 : tern_wheel_next_ns(&p->wheel);
}

void tern_poller_stop(tern_poller *p)
{
    atomic_store(&p->stopping, true);
    wake_if_sleeping(p);
}

void tern_poller_hold(tern_poller *p) { p->n_holds++; }

void tern_poller_unhold(tern_poller *p)
{
    TERN_ASSERT(p->n_holds > 0);
    p->n_holds--;
}

// ---- what belongs to a poller --------------------------------------------

uint64_t tern_poller_now_ns(const tern_poller *p)
{
    return current == p ? p->now_ns : terni_sys_table.now_ns();
}

tern_wheel  *tern_poller_wheel(tern_poller *p) { return &p->wheel; }
tern_pool   *tern_poller_pool(tern_poller *p) { return p->pool; }
tern_poller *tern_poller_current(void) { return current; }
const char  *tern_poller_backend_name(const tern_poller *p) { return p->backend->name; }

tern_poller_stats tern_poller_get_stats(const tern_poller *p)
{
    tern_poller_stats s;

    // Word by word, since the poller's thread may be counting.
    _Static_assert(offsetof(tern_poller_stats, n_operators) % sizeof(uint64_t) == 0, "counters");
    for (size_t i = 0; i < offsetof(tern_poller_stats, n_operators) / sizeof(uint64_t); i++)
        ((uint64_t *)&s)[i] = __atomic_load_n((const uint64_t *)&p->stats + i, __ATOMIC_RELAXED);
    s.n_operators = __atomic_load_n(&p->stats.n_operators, __ATOMIC_RELAXED);
    s.pool = current == p ? tern_pool_get_stats(p->pool) : (tern_pool_stats){ 0 };
    return s;
}

uint32_t tern_poller_n_operators(const tern_poller *p)
{
    return __atomic_load_n(&p->stats.n_operators, __ATOMIC_RELAXED);
}

uint64_t tern_poller_round(const tern_poller *p)
{
    return atomic_load(&p->sleeping) ? 0 : __atomic_load_n(&p->stats.n_rounds, __ATOMIC_RELAXED);
}

bool tern_poller_signal(tern_poller *p, int signo, uintptr_t *ret_thread)
{
    return terni_driver_signal(&p->driver, signo, ret_thread);
}

static int open_backend(tern_poller *p, tern_backend wanted)
{
    int err;

    if (wanted == TERN_BACKEND_URING) {
        p->backend = &terni_backend_uring;
        if ((err = p->backend->open(p)) == 0)
            return 0;
        tern_log(TERN_LOG_WARNING, "io_uring is not to be had here (%s), using epoll",
                 strerror(-err));
    }
    p->backend = &terni_backend_epoll;
    return p->backend->open(p);
}

static int open_poller(tern_poller *p, const tern_poller_opts *opts)
{
    p->now_ns = terni_sys_table.now_ns();
    queue_init(&p->tasks);
    queue_init(&p->recycled);
    atomic_init(&p->sleeping, true);  // see stand_up
    tern_wheel_init(&p->wheel, p->now_ns);
    terni_trim_init(p);
    if (!(p->pool = tern_pool_new()))
        return -ENOMEM;
    if ((p->wake_fd = terni_sys_table.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) < 0)
        return -errno;
    return open_backend(p, opts->backend);
}

tern_poller *tern_poller_new_sized(const tern_poller_opts *given, uint64_t sizes)
{
    tern_poller     *p;
    tern_poller_opts opts;
    int              err = tern_opts_read(&opts, sizeof opts, given, tern_size_at(sizes, 0));

    if (err < 0) {
        tern_log(TERN_LOG_ERROR, "cannot make a poller: tern_poller_opts of a newer libtern");
        return NULL;
    }
    if (!(p = tern_mem_alloc(sizeof *p))) {
        tern_log(TERN_LOG_ERROR, "cannot make a poller: out of memory");
        return NULL;
    }
    memset(p, 0, sizeof *p);
    terni_fork_watch();
    p->generation = terni_fork_generation;
    p->wake_fd = p->epoll_fd = -1;
    atomic_init(&p->refs, 1);
    terni_operator_table_init(&p->operators);
    terni_driver_init(&p->driver);
    if ((err = open_poller(p, &opts)) == 0)
        return p;
    tern_log(TERN_LOG_ERROR, "cannot make a poller: %s", strerror(-err));
    p->backend = NULL;
    tern_poller_free(p);
    return NULL;
}

terni_lodger *terni_poller_lodger(const tern_poller *p) { return p->lodger; }

void terni_poller_take_in(tern_poller *p, terni_lodger *lodger)
{
    TERN_ASSERT(!p->lodger);
    p->lodger = lodger;
}

const uint64_t *terni_poller_clock(const tern_poller *p) { return &p->now_ns; }

void terni_poller_set_drain(tern_poller *p, terni_poller_drain_fn *drain)
{
    atomic_store(&p->drain, drain);
}

static void drain(tern_poller *p)
{
    terni_poller_drain_fn *fn = atomic_load(&p->drain);

    if (fn)
        fn(p);
}

static void hang_up_all(tern_poller *p)
{
    for (uint32_t i = 0; i < p->operators.n; i++)
        if (p->operators.at[i].op)
            terni_operator_hangup(p->operators.at[i].op, -ECANCELED);
}

static bool has_left_overs(const tern_poller *p)
{
    return p->tasks.head || p->recycled.head || atomic_load(&p->posted);
}

// Task by task as in a round, until none is left. Those that hand themselves over for ever are dropped.
static void run_left_overs(tern_poller *p)
{
    for (int i = 0; i < MAX_LAST_ROUNDS && has_left_overs(p); i++) {
        take_posted(p);
        run_queue(&p->tasks, TERNI_MAX_TASKS_PER_ROUND);
        terni_operator_table_recycle(&p->operators);
        run_recycled(p);
    }
}

// A fiber may wait again after it was cancelled, for a goodbye to be sent, but not for ever.
static void send_lodger_away(tern_poller *p)
{
    if (!p->lodger)
        return;
    for (int i = 0; i < MAX_LAST_STOPS && p->lodger->stop(p->lodger); i++)
        run_left_overs(p);
    p->lodger->leave(p->lodger);
    p->lodger = NULL;
}

static void close_down(tern_poller *p)
{
    (void)tern_wheel_advance(&p->wheel, p->now_ns, UINT_MAX);
    run_left_overs(p);
    p->is_closing = true;
    terni_guests_leave(p);
    hang_up_all(p);
    drain(p);
    run_left_overs(p);
    send_lodger_away(p);
    TERN_ASSERT(p->stats.n_operators == 0 && !p->guests);  // nobody has come in meanwhile
    p->backend->close(p);
}

static void close_fd(int *fd)
{
    if (*fd >= 0)
        terni_sys_table.close(*fd);
    *fd = -1;
}

// The parent's connections live: its peers are told nothing, and its epoll set is not touched.
static void abandon(tern_poller *p)
{
    if (p->is_closing)
        return;
    p->is_closing = true;
    for (uint32_t i = 0; i < p->operators.n; i++)
        if (p->operators.at[i].op)
            close_fd(&p->operators.at[i].op->fd);
    close_fd(&p->epoll_fd);
    close_fd(&p->wake_fd);
    if (current == p)
        current = NULL;
}

void tern_poller_free(tern_poller *p)
{
    tern_poller *outer = NULL;
    int          err;

    if (!p)
        return;
    if (terni_poller_is_inherited(p)) {
        abandon(p);
        return;
    }
    err = enter(p, &outer);
    TERN_ASSERT(err == 0);  // else: somebody drives it
    if (p->backend)
        close_down(p);
    current = outer;
    terni_driver_leave(&p->driver);
    terni_driver_done(&p->driver);
    if (p->wake_fd >= 0)
        terni_sys_table.close(p->wake_fd);
    terni_operator_table_done(&p->operators);
    atomic_store_explicit(&p->is_closed, true, memory_order_release);
    tern_poller_unref(p);
}

// ---- held beyond its end -------------------------------------------------

tern_poller *tern_poller_ref(tern_poller *p)
{
    atomic_fetch_add_explicit(&p->refs, 1, memory_order_relaxed);
    return p;
}

void tern_poller_unref(tern_poller *p)
{
    if (!p || atomic_fetch_sub_explicit(&p->refs, 1, memory_order_acq_rel) != 1)
        return;
    TERN_ASSERT(atomic_load(&p->is_closed));
    tern_pool_free(p->uring_pool);
    tern_pool_free(p->pool);
    tern_mem_free(p);
}

bool tern_poller_is_inherited(const tern_poller *p) { return terni_poller_is_inherited(p); }

bool tern_poller_is_closed(const tern_poller *p)
{
    return atomic_load_explicit(&p->is_closed, memory_order_acquire);
}
