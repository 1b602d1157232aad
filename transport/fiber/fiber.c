#include <tern/fiber.h>

#include <errno.h>
#include <string.h>

#include <tern/log.h>
#include <tern/mem.h>
#include <tern/poller.h>

#include "transport/fiber/core_internal.h"
#include "transport/fiber/current_internal.h"
#include "transport/fiber/fiber_kind_internal.h"
#include "transport/fiber/fiber_local_internal.h"
#include "transport/fiber/stack_overflow_internal.h"

// What a switch back to the loop says.
enum { WAITS, ENDED };

void *tern_fiber_arg(tern_fiber_fn *fn)
{
    tern_fiber *f = tern_fiber_current();

    return f && f->fn == fn ? f->arg : NULL;
}

static void set_state(tern_fiber *f, terni_fiber_state next)
{
#define FROM(state) (1U << TERNI_FIBER_##state)
    static const uint8_t legal[] = {
        [TERNI_FIBER_IDLE] = FROM(DONE),
        [TERNI_FIBER_READY] = FROM(IDLE) | FROM(RUNNING),
        [TERNI_FIBER_RUNNING] = FROM(IDLE) | FROM(READY) | FROM(WOKEN),
        [TERNI_FIBER_PARKED] = FROM(RUNNING),
        [TERNI_FIBER_WOKEN] = FROM(PARKED),
        [TERNI_FIBER_DONE] = FROM(RUNNING),
    };
#undef FROM

    TERN_DEBUG_ASSERT(legal[next] & 1U << f->state);
    (void)legal;
    f->state = (uint8_t)next;
}

// ---- the queue of those that are ready -----------------------------------

static inline void append(terni_fibers *home, tern_fiber *f)
{
    TERN_DEBUG_ASSERT(f->state == TERNI_FIBER_READY || f->state == TERNI_FIBER_WOKEN);
    TERN_DEBUG_ASSERT(f->home == home && !*home->ready_tail);
    f->next = NULL;
    *home->ready_tail = f;
    home->ready_tail = &f->next;
}

static void push_ready(terni_fibers *home, tern_fiber *f)
{
    append(home, f);
    if (!home->is_queued) {
        home->is_queued = true;
        tern_poller_defer(home->poller, &home->turn);
    }
}

static inline tern_fiber *pop_ready(terni_fibers *home)
{
    tern_fiber *f = home->ready_head;

    if (f && !(home->ready_head = f->next))
        home->ready_tail = &home->ready_head;
    return f;
}

// ---- results of a park ---------------------------------------------------

static void wake(tern_fiber *f)
{
    set_state(f, TERNI_FIBER_WOKEN);
    push_ready(f->home, f);
}

// Ready wins and leaves a cancel for the next wait; a deadline is of this wait only.
static int take_result(tern_fiber *f)
{
    uint8_t got = f->got;

    TERN_DEBUG_ASSERT(got != 0);
    if (TERN_LIKELY(got & TERNI_FIBER_GOT_READY)) {
        f->got = got & TERNI_FIBER_GOT_CANCEL;
        return 0;
    }
    f->got = 0;
    return got & TERNI_FIBER_GOT_CANCEL ? -ECANCELED : -ETIMEDOUT;
}

static void tell(tern_fiber *f, uint8_t what)
{
    TERN_DEBUG_ASSERT(f->state != TERNI_FIBER_IDLE);  // else: it has ended, and nobody holds it
    f->got |= what;
    if (f->state == TERNI_FIBER_PARKED)
        wake(f);
}

void tern_fiber_ready(tern_fiber *f) { tell(f, TERNI_FIBER_GOT_READY); }

void tern_fiber_cancel(tern_fiber *f)
{
    f->was_cancelled = true;
    if (f->n_shields)
        f->is_cancel_kept = true;
    else
        tell(f, TERNI_FIBER_GOT_CANCEL);
}

void tern_fiber_shield(void)
{
    tern_fiber *f = tern_fiber_current();

    if (!f)
        return;
    TERN_ASSERT(f->n_shields < UINT8_MAX);
    f->n_shields++;
    if (f->got & TERNI_FIBER_GOT_CANCEL) {
        f->got &= (uint8_t)~TERNI_FIBER_GOT_CANCEL;
        f->is_cancel_kept = true;
    }
}

void tern_fiber_unshield(void)
{
    tern_fiber *f = tern_fiber_current();

    if (!f)
        return;
    TERN_ASSERT(f->n_shields > 0);  // else: there was no tern_fiber_shield
    if (--f->n_shields == 0 && f->is_cancel_kept) {
        f->is_cancel_kept = false;
        f->got |= TERNI_FIBER_GOT_CANCEL;
    }
}

bool tern_fiber_is_cancelled(void)
{
    tern_fiber *f = tern_fiber_current();

    return f && f->was_cancelled;
}

static void on_deadline(tern_timer *t)
{
    tern_fiber *f = TERN_CONTAINER_OF(t, tern_fiber, timer);

    if (f->state == TERNI_FIBER_PARKED && f->has_deadline)
        tell(f, TERNI_FIBER_GOT_DEADLINE);
}

// ---- switching -----------------------------------------------------------

// The fiber runs from here on; returns what its switch is to return.
static int begin(terni_fibers *home, tern_fiber *f)
{
    int result = f->state == TERNI_FIBER_WOKEN ? take_result(f) : 0;

    set_state(f, TERNI_FIBER_RUNNING);
    home->running = f;
    return result;
}

// From a fiber to whoever is next. The switch comes last, so that the compiler makes it a jump: a second
// return would cost as much as the switch (the processor predicts it wrong).
static inline __attribute__((always_inline)) int give_way(terni_fibers *home, tern_fiber *f)
{
    tern_fiber *next = home->budget ? pop_ready(home) : NULL;
    int         result;

    TERN_DEBUG_ASSERT(home->running == f);
    if (!next)
        return terni_context_switch(&f->context, &home->loop, WAITS);
    home->budget--;
    result = begin(home, next);
    return next == f ? result : terni_context_switch(&f->context, &next->context, result);
}

static inline int park(terni_fibers *home, tern_fiber *f, const char *what)
{
    TERN_DEBUG_ASSERT(f->got == 0 && f->flags & TERNI_FIBER_HOLDS);
    f->what = what;
    f->since_ns = *home->now_ns;
    set_state(f, TERNI_FIBER_PARKED);
    return give_way(home, f);
}

// The timer stays filed after the park: moving it to a later deadline is one store.
static void set_deadline(tern_fiber *f, uint64_t deadline_ns)
{
    f->has_deadline = deadline_ns != TERN_NEVER;
    if (!f->has_deadline)
        return;
    f->flags |= TERNI_FIBER_TIMED;
    tern_timer_set(tern_poller_wheel(f->home->poller), &f->timer, deadline_ns);
}

static __attribute__((noinline)) int park_with_care(terni_fibers *home, tern_fiber *f,
                                                    const char *what, uint64_t deadline_ns)
{
    if (f->got)
        return take_result(f);
    if (deadline_ns <= *home->now_ns)
        return -ETIMEDOUT;
    if (!(f->flags & TERNI_FIBER_HOLDS)) {
        f->flags |= TERNI_FIBER_HOLDS;
        tern_poller_hold(home->poller);
    }
    set_deadline(f, deadline_ns);
    return park(home, f, what);
}

// Calls keep registers busy, so what needs one is apart.
int tern_fiber_park(const char *what, uint64_t deadline_ns)
{
    terni_fibers *home = terni_current_fibers;
    tern_fiber   *f = home ? home->running : NULL;

    if (TERN_UNLIKELY(!f))
        return -EDEADLK;
    if (f->got || deadline_ns != TERN_NEVER || f->has_deadline || !(f->flags & TERNI_FIBER_HOLDS))
        return park_with_care(home, f, what, deadline_ns);
    return park(home, f, what);
}

// Nobody else is ready, or the turn is over.
static __attribute__((noinline)) void yield_to_loop(terni_fibers *home, tern_fiber *f)
{
    set_state(f, TERNI_FIBER_READY);
    push_ready(home, f);
    (void)give_way(home, f);
}

void tern_fiber_yield(void)
{
    terni_fibers *home = terni_current_fibers;
    tern_fiber   *f = home ? home->running : NULL;

    if (TERN_UNLIKELY(!f))
        return;
    if (!home->budget || !home->ready_head) {
        yield_to_loop(home, f);
        return;
    }
    set_state(f, TERNI_FIBER_READY);
    append(home, f);
    (void)give_way(home, f);
}

// ---- the end of a run ----------------------------------------------------

// The handle is given up, the run is over, and no post is under way: the fiber may serve again.
static void release_if_over(tern_fiber *f)
{
    if (f->state != TERNI_FIBER_DONE || f->flags & TERNI_FIBER_JOINABLE ||
        atomic_load_explicit(&f->posted, memory_order_acquire))
        return;
    TERN_DEBUG_ASSERT(!f->joiner && !(f->flags & TERNI_FIBER_TIMED));
    set_state(f, TERNI_FIBER_IDLE);
    terni_stack_give(&f->home->stacks, f->stack);
}

static void tidy(tern_fiber *f)
{
    if (f->flags & TERNI_FIBER_TIMED)
        tern_timer_cancel(tern_poller_wheel(f->home->poller), &f->timer);
    if (f->flags & TERNI_FIBER_HOLDS)
        tern_poller_unhold(f->home->poller);
    f->flags &= TERNI_FIBER_JOINABLE;
    if (f->joiner)
        tern_fiber_ready(f->joiner);
}

// In the loop, since the stack may be unmapped here.
static void finish(tern_fiber *f)
{
    TERN_DEBUG_ASSERT(f->state == TERNI_FIBER_RUNNING && f == f->home->running);
    if (f->flags)
        tidy(f);
    set_state(f, TERNI_FIBER_DONE);
    release_if_over(f);
}

// ---- turns ---------------------------------------------------------------

// From the loop into a fiber, until one gives way to the loop. Loops of different pollers may be nested:
// a fiber of one may drive another.
static inline __attribute__((always_inline)) void enter(terni_fibers *home, tern_fiber *f)
{
    terni_fibers *outer = terni_current_fibers;
    int           result;

    TERN_ASSERT(!home->running);
    terni_current_fibers = home;
    result = begin(home, f);
    if (terni_context_enter(&home->loop, &f->context, result) == ENDED)
        finish(home->running);
    home->running = NULL;
    terni_current_fibers = outer;
}

static void run_turn(tern_task *task)
{
    terni_fibers *home = TERN_CONTAINER_OF(task, terni_fibers, turn);
    tern_fiber   *f;

    TERN_DEBUG_ASSERT(home->is_queued);
    for (home->budget = TERNI_FIBER_BUDGET; home->budget && (f = pop_ready(home));) {
        home->budget--;
        enter(home, f);
    }
    home->budget = 0;
    if (home->ready_head)
        tern_poller_defer(home->poller, task);
    else
        home->is_queued = false;
}

// ---- lodging with the poller ---------------------------------------------

static terni_fibers *home_of(terni_lodger *l) { return TERN_CONTAINER_OF(l, terni_fibers, lodger); }

static bool is_alive(const tern_fiber *f)
{
    return f->state != TERNI_FIBER_IDLE && f->state != TERNI_FIBER_DONE;
}

static void count_alive(terni_stack *s, void *n) { *(size_t *)n += is_alive(s->tenant); }

static void cancel_alive(terni_stack *s, void *unused)
{
    (void)unused;
    if (is_alive(s->tenant))
        tern_fiber_cancel(s->tenant);
}

static bool is_trimmable(const terni_lodger *l)
{
    return TERN_CONTAINER_OF(l, const terni_fibers, lodger)->stacks.n_warm > 0;
}

static size_t trim(terni_lodger *l) { return terni_stack_pool_trim(&home_of(l)->stacks); }

static size_t stop(terni_lodger *l)
{
    terni_fibers *home = home_of(l);
    size_t        n = 0;

    terni_stack_pool_visit(&home->stacks, count_alive, &n);
    terni_stack_pool_visit(&home->stacks, cancel_alive, NULL);
    return n;
}

// Unmaps every stack. What a fiber was holding that did not end is lost.
static void leave(terni_lodger *l)
{
    terni_fibers *home = home_of(l);
    size_t        n = 0;

    TERN_ASSERT(!home->running);
    terni_stack_pool_visit(&home->stacks, count_alive, &n);
    if (n > 0)
        tern_log(TERN_LOG_WARNING, "%zu fibers had not ended when their poller was freed", n);
    terni_stack_pool_done(&home->stacks);
    tern_mem_free(home);
}

static void evict(terni_stack *s) { terni_context_done(&((tern_fiber *)s->tenant)->context); }

static __attribute__((noinline)) terni_fibers *make_home(tern_poller *p)
{
    terni_fibers *home = tern_mem_zalloc(sizeof *home);

    if (!home)
        return NULL;
    home->poller = p;
    home->now_ns = terni_poller_clock(p);
    home->turn.run = run_turn;
    home->ready_tail = &home->ready_head;
    home->lodger =
        (terni_lodger){ .is_trimmable = is_trimmable, .trim = trim, .stop = stop, .leave = leave };
    terni_stack_pool_init(&home->stacks, evict);
    terni_poller_take_in(p, &home->lodger);
    return home;
}

// NULL: no memory for the first fiber.
static inline terni_fibers *need_home(tern_poller *p)
{
    terni_fibers *home = terni_fibers_of(p);

    return TERN_LIKELY(home) ? home : make_home(p);
}

// ---- making fibers -------------------------------------------------------

// A fiber serves run after run. It leaves its stack empty, so its frames are nobody's in between.
TERNI_NO_ASAN static void serve(void *fiber)
{
    tern_fiber *f = fiber;

    for (;;) {
        f->fn(f->arg);
        if (f->flags & TERNI_FIBER_SLOTS)
            terni_fiber_local_end(f);
        (void)terni_context_leave(&f->context, &f->home->loop, ENDED);
    }
}

static void on_post(tern_task *task)
{
    tern_fiber *f = TERN_CONTAINER_OF(task, tern_fiber, post);
    unsigned    got = atomic_exchange(&f->posted, 0);

    if (f->state == TERNI_FIBER_DONE) {
        release_if_over(f);
        return;
    }
    if (got & TERNI_FIBER_GOT_READY)
        tern_fiber_ready(f);
    if (got & TERNI_FIBER_GOT_CANCEL)
        tern_fiber_cancel(f);
}

static tern_fiber *put_fiber(terni_fibers *home, terni_stack *s)
{
    uintptr_t   top = ((uintptr_t)s->low + s->size - sizeof(tern_fiber)) & ~(uintptr_t)63;
    tern_fiber *f = (tern_fiber *)top;

    memset(f, 0, sizeof *f);
    TERN_ASSERT(!s->tenant && top > (uintptr_t)s->low);
    f->home = home;
    f->stack = s;
    f->post.run = on_post;
    tern_timer_init(&f->timer, on_deadline);
    terni_context_init(&f->context, s->low, top - (uintptr_t)s->low, serve, f);
    s->tenant = f;
    return f;
}

static int make_fiber(terni_fibers *home, size_t stack_size, tern_fiber **ret_fiber)
{
    terni_stack *s;
    int          err;

    if ((err = terni_stack_overflow_enter_thread()) < 0 ||
        (err = terni_stack_make(&home->stacks, stack_size, &s)) < 0)
        return err;
    *ret_fiber = put_fiber(home, s);
    return 0;
}

// A fiber from the pool, its members as a run must find them.
static int take_fiber(terni_fibers *home, size_t stack_size, tern_fiber **ret_fiber)
{
    terni_stack *s = stack_size <= TERNI_STACK_SIZE ? terni_stack_take(&home->stacks) : NULL;
    tern_fiber  *f;

    if (TERN_UNLIKELY(!s))
        return make_fiber(home, stack_size, ret_fiber);
    f = s->tenant;
    TERN_DEBUG_ASSERT(f->state == TERNI_FIBER_IDLE && f->home == home && f->stack == s);
    f->got = 0;
    f->has_deadline = f->was_cancelled = f->is_cancel_kept = false;
    f->n_shields = 0;
    f->name = NULL;
    f->joiner = NULL;
    *ret_fiber = f;
    return 0;
}

int tern_fiber_spawn_sized(tern_poller *p, tern_fiber_fn *fn, void *arg,
                           const tern_fiber_opts *given, tern_fiber **ret_fiber, uint64_t sizes)
{
    terni_fibers   *home = need_home(p);
    tern_fiber     *f;
    tern_fiber_opts opts;
    int             err;

    if (!home)
        return -ENOMEM;
    if ((err = tern_opts_read(&opts, sizeof opts, given, tern_size_at(sizes, 0))) < 0 ||
        (err = take_fiber(home, opts.stack_size, &f)) < 0)
        return err;
    f->fn = fn;
    f->arg = arg;
    f->name = opts.name;
    f->flags = ret_fiber ? TERNI_FIBER_JOINABLE : 0;
    f->since_ns = *home->now_ns;
    if (TERN_UNLIKELY(atomic_load_explicit(&terni_fiber_local_inherited, memory_order_acquire)))
        terni_fiber_local_begin(f);
    set_state(f, TERNI_FIBER_READY);
    push_ready(home, f);
    if (ret_fiber)
        *ret_fiber = f;
    return 0;
}

int tern_fiber_run(tern_poller *p, tern_fiber_fn *fn, void *arg)
{
    terni_fibers *home = need_home(p);
    tern_fiber   *f;
    int           err;

    if (TERN_UNLIKELY(!home))
        return -ENOMEM;
    if (TERN_UNLIKELY(home->running))
        return tern_fiber_spawn(p, fn, arg, NULL, NULL);
    if ((err = take_fiber(home, 0, &f)) < 0)
        return err;
    f->fn = fn;
    f->arg = arg;
    enter(home, f);
    return 0;
}

// ---- from elsewhere ------------------------------------------------------

void tern_fiber_detach(tern_fiber *f)
{
    TERN_ASSERT(f->flags & TERNI_FIBER_JOINABLE);  // else: detached twice, or there was no handle
    f->flags &= (uint8_t)~TERNI_FIBER_JOINABLE;
    release_if_over(f);
}

static void post(tern_fiber *f, unsigned got)
{
    if (atomic_fetch_or(&f->posted, got) == 0)
        tern_poller_post(f->home->poller, &f->post);
}

void tern_fiber_ready_from_anywhere(tern_fiber *f) { post(f, TERNI_FIBER_GOT_READY); }
void tern_fiber_cancel_from_anywhere(tern_fiber *f) { post(f, TERNI_FIBER_GOT_CANCEL); }

void tern_fiber_set_name(const char *name)
{
    tern_fiber *f = tern_fiber_current();

    if (f)
        f->name = name;
}

// ---- overflow ------------------------------------------------------------

// In a signal handler.
static bool find_overflow(const void *addr, terni_stack_overflow *ret_overflow)
{
    static char label[TERNI_FIBER_LABEL];  // the process dies of it
    tern_fiber *f = tern_fiber_current();

    if (!f || !terni_stack_is_guard(f->stack, addr))
        return false;
    *ret_overflow = (terni_stack_overflow){ .fiber_name = terni_fiber_kind_label(f, label),
                                            .stack_low = f->stack->low,
                                            .stack_size = f->stack->size };
    return true;
}

int tern_fiber_catch_overflow(bool on)
{
    if (on)
        return terni_stack_overflow_enable(find_overflow);
    terni_stack_overflow_disable();
    return 0;
}
