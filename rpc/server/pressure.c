#include "rpc/base/seldom_internal.h"

#include "rpc/server/pressure_internal.h"

#include <tern/log.h>

#include "rpc/base/deadline_internal.h"

enum {
    EIGHTHS_SLOW = 6,  // of what the account allows: below, all is well
    EIGHTHS_REFUSE = 7,
    STEPS = 64,  // of growth, each of which is worth a look
    MIN_STEP = 256 * 1024,
    LOOK_AGAIN_MS = 20,
    LOOK_LATER_MS = 100,  // where there is no need yet
    STALLED_MS = 1000,
    // For who was slowed to bring to its end what it has begun.
    REFUSE_AFTER_MS = 1000,
    END_AFTER_MS = 2000,
};

static const char why_refused[] =
    "max_memory_bytes are used up, and this connection holds most of them";

// ---- the account ---------------------------------------------------------

void terni_account_init(terni_account *a, terni_quota *announced)
{
    a->max = announced->max;
    a->announced = announced;
    pthread_mutex_init(&a->lock, NULL);
}

void terni_account_done(terni_account *a) { pthread_mutex_destroy(&a->lock); }

static uint64_t read_figure(const _Atomic uint64_t *figure)
{
    return atomic_load_explicit(figure, memory_order_relaxed);
}

static void set_figure(_Atomic uint64_t *figure, uint64_t n)
{
    atomic_store_explicit(figure, n, memory_order_relaxed);
}

static void count(_Atomic uint64_t *figure, uint64_t n)
{
    atomic_fetch_add_explicit(figure, n, memory_order_relaxed);
}

static uint64_t held_beside_announced(const terni_account *a)
{
    uint64_t n = 0;

    for (const terni_pressure *p = a->members; p; p = p->next)
        n += read_figure(&p->held);
    return n;
}

// What is announced will come.
uint64_t terni_account_held(const terni_account *a)
{
    return held_beside_announced(a) + read_figure(&a->announced->used);
}

uint64_t terni_account_pooled(terni_account *a)
{
    uint64_t n = 0;

    pthread_mutex_lock(&a->lock);
    for (const terni_pressure *p = a->members; p; p = p->next)
        n += p->has_closed ? 0 : tern_pool_bytes(tern_poller_pool(p->poller));
    pthread_mutex_unlock(&a->lock);
    return n;
}

static uint64_t eighths(const terni_account *a, uint64_t n) { return a->max / 8 * n; }

// ---- asking for a look ---------------------------------------------------

static void ask(terni_pressure *p)
{
    pthread_mutex_lock(&p->account->lock);
    if (!p->is_asked && !p->has_closed) {
        p->is_asked = true;
        tern_poller_post(p->poller, &p->task);
    }
    pthread_mutex_unlock(&p->account->lock);
}

static void ask_all(terni_account *a)
{
    for (terni_pressure *p = a->members; p; p = p->next)
        ask(p);
}

static void on_grown(tern_pool_watch *watch)
{
    terni_pressure *p = TERN_CONTAINER_OF(watch, terni_pressure, watch);

    if (terni_account_pooled(p->account) >= p->account->max / 2)
        ask_all(p->account);
}

// ---- who holds what ------------------------------------------------------

// What is announced and does not come holds room that others would use.
static uint64_t stalled(const terni_pressure *p, const terni_server_conn *c)
{
    uint64_t now = tern_poller_now_ns(p->poller), patience = STALLED_MS * TERN_NS_PER_MS;

    return terni_session_stalled(&c->caller.session, now > patience ? now - patience : 0);
}

// What handlers have in their hands comes to its end by itself: nobody is to blame for that before all is full.
static uint64_t weight(const terni_pressure *p, const terni_server_conn *c)
{
    return c->waiting + stalled(p, c) + (p->is_full ? c->in_hands : 0);
}

static void measure(terni_pressure *p)
{
    uint64_t sum = 0;

    for (terni_server_conn *c = *p->conns; c; c = c->next) {
        terni_server_conn_weigh(c);
        sum += c->waiting + c->in_hands;
    }
    set_figure(&p->held, sum);
    p->is_full = terni_account_held(p->account) >= p->account->max;
}

// NULL: nobody. Of one that is gone some handlers may not have returned yet: nothing more can be done about it.
static terni_server_conn *find_heaviest(terni_pressure *p)
{
    terni_server_conn *heaviest = NULL;
    uint64_t           most = 0;

    for (terni_server_conn *c = *p->conns; c; c = c->next) {
        uint64_t w = terni_session_is_gone(&c->caller.session) ? 0 : weight(p, c);

        heaviest = w > most ? c : heaviest;
        most = w > most ? w : most;
    }
    set_figure(&p->heaviest, most);
    return heaviest;
}

static void forget_figures(terni_pressure *p)
{
    set_figure(&p->held, 0);
    set_figure(&p->heaviest, 0);
}

static bool is_heaviest_of_all(const terni_pressure *p)
{
    uint64_t ours = read_figure(&p->heaviest);

    for (const terni_pressure *other = p->account->members; other; other = other->next)
        if (read_figure(&other->heaviest) > ours)
            return false;
    return ours > 0;
}

// ---- what is done about it -----------------------------------------------

static void relieve(terni_pressure *p)
{
    p->since_ns = 0;
    if (!p->has_slowed)
        return;
    p->has_slowed = false;
    for (terni_server_conn *c = *p->conns, *next; c; c = next) {
        next = c->next;
        terni_session_unslow(&c->caller.session);
    }
}

// When all who hold more than that are slowed, what comes from the rest does not fill the half.
static uint64_t share(const terni_pressure *p)
{
    uint64_t n_conns = atomic_load_explicit(&p->n_conns->used, memory_order_relaxed);

    return p->account->max / 2 / (n_conns ? n_conns : 1);
}

static void slow(terni_pressure *p)
{
    uint64_t enough = share(p);

    for (terni_server_conn *c = *p->conns; c; c = c->next)
        if (weight(p, c) > enough && terni_session_slow(&c->caller.session)) {
            p->has_slowed = true;
            count(&p->account->n_slowed, 1);
        }
}

static uint64_t refuse_calls_of(terni_pressure *p, terni_server_conn *c)
{
    char     peer[TERN_MAX_ADDRESS] = "an unknown peer";
    uint64_t n;

    (void)terni_session_peer_address(&c->caller.session, peer);
    n = terni_server_conn_refuse_calls(c, why_refused);
    if (n)
        tern_log(TERN_LOG_WARNING, "%llu calls of %s are refused: %s", (unsigned long long)n, peer,
                 why_refused);
    count(&p->account->n_refused, n);
    return n;
}

// First with a word of farewell, which it may not read.
static void end(terni_pressure *p, terni_server_conn *c)
{
    p->since_ns = tern_poller_now_ns(p->poller);
    if (terni_session_is_ending(&c->caller.session)) {
        terni_session_abort(&c->caller.session);
        return;
    }
    count(&p->account->n_ended, 1);
    terni_session_end_by(&c->caller.session, why_refused);
}

static void press(terni_pressure *p, terni_server_conn *heaviest, uint64_t held)
{
    uint64_t now = tern_poller_now_ns(p->poller), waited_ns;

    if (!heaviest || weight(p, heaviest) <= share(p))
        return;  // it is honest ones' long messages, and they bring their own limit
    if (!p->since_ns)
        p->since_ns = now;
    waited_ns = now - p->since_ns;
    slow(p);
    if (!is_heaviest_of_all(p))
        return;
    if (held < eighths(p->account, EIGHTHS_REFUSE) && waited_ns <= REFUSE_AFTER_MS * TERN_NS_PER_MS)
        return;
    if (refuse_calls_of(p, heaviest) == 0 || waited_ns > END_AFTER_MS * TERN_NS_PER_MS)
        end(p, heaviest);
}

static bool is_full_enough(terni_account *a)
{
    return terni_account_pooled(a) >= a->max / 2 || read_figure(&a->announced->used) >= a->max / 2;
}

static void look_after(terni_pressure *p, int64_t ms)
{
    tern_timer_set(tern_poller_wheel(p->poller), &p->timer,
                   terni_deadline_after(tern_poller_now_ns(p->poller), ms));
}

// True: it is too much.
static bool look(terni_pressure *p)
{
    uint64_t held;
    bool     is_too_much;

    if (!is_full_enough(p->account)) {
        forget_figures(p);
        relieve(p);
        return false;
    }
    measure(p);
    held = terni_account_held(p->account);
    is_too_much = held >= eighths(p->account, EIGHTHS_SLOW);
    if (is_too_much)
        press(p, find_heaviest(p), held);
    else
        relieve(p);
    look_after(p, p->since_ns ? LOOK_AGAIN_MS : LOOK_LATER_MS);
    return is_too_much;
}

// Others have not looked for long, perhaps: theirs may be the heaviest.
static void on_timer(tern_timer *timer)
{
    terni_pressure *p = TERN_CONTAINER_OF(timer, terni_pressure, timer);

    if (look(p))
        ask_all(p->account);
}

static void run_look(tern_task *task)
{
    terni_pressure *p = TERN_CONTAINER_OF(task, terni_pressure, task);
    bool            has_closed;

    pthread_mutex_lock(&p->account->lock);
    p->is_asked = false;
    has_closed = p->has_closed;
    pthread_mutex_unlock(&p->account->lock);
    if (has_closed)
        p->rested(p->owner);
    else
        (void)look(p);
}

// ---- long messages -------------------------------------------------------

// One connection has at most half of what others leave, but for one message: so there is always some for the next.
static bool is_within_share(const terni_account *a, uint64_t own, uint64_t bytes)
{
    uint64_t used = read_figure(&a->announced->used);
    uint64_t of_others = used > own ? used - own : 0;

    return own == 0 || (a->max > of_others && own + bytes <= (a->max - of_others) / 2);
}

bool terni_pressure_announce(terni_pressure *p, uint64_t own, uint64_t bytes)
{
    terni_account *a = p->account;
    bool           has_room = held_beside_announced(a) < eighths(a, EIGHTHS_SLOW) &&
                    is_within_share(a, own, bytes) && terni_quota_take(a->announced, bytes);

    if (!has_room || read_figure(&a->announced->used) >= a->max / 2)
        ask_all(a);
    return has_room;
}

// ---- life ----------------------------------------------------------------

void terni_pressure_init(terni_pressure *p)
{
    p->task.run = run_look;
    tern_timer_init(&p->timer, on_timer);
    p->next = p->account->members;
    p->account->members = p;
}

// The poller is freed with all that is on it.
static void on_leave(tern_guest *guest)
{
    tern_pool_watch_stop(&TERN_CONTAINER_OF(guest, terni_pressure, guest)->watch);
}

void terni_pressure_watch(terni_pressure *p)
{
    uint64_t step = p->account->max / STEPS;

    if (p->watch.link_ || p->has_closed)
        return;
    p->guest.leave = on_leave;
    if (tern_poller_join(p->poller, &p->guest) < 0)
        return;
    p->watch.grown = on_grown;
    p->watch.step = step > MIN_STEP ? step : MIN_STEP;
    tern_pool_watch_start(tern_poller_pool(p->poller), &p->watch);
}

void terni_pressure_close(terni_pressure *p)
{
    bool is_asked;

    tern_pool_watch_stop(&p->watch);
    tern_poller_part(&p->guest);
    tern_timer_cancel(tern_poller_wheel(p->poller), &p->timer);
    forget_figures(p);
    pthread_mutex_lock(&p->account->lock);
    p->has_closed = true;
    is_asked = p->is_asked;
    pthread_mutex_unlock(&p->account->lock);
    if (!is_asked)
        p->rested(p->owner);
}
