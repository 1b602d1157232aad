#include <tern/timer.h>

#include <string.h>

enum {
    SLOT_MASK = TERN_WHEEL_SLOTS - 1,
    DUE = TERN_WHEEL_LEVELS << TERN_WHEEL_BITS,  // filed_slot of the timers on wheel.due
};

// Farther deadlines are filed as if they were this far, and again when that has come.
#define MAX_DELTA ((UINT64_C(1) << (TERN_WHEEL_BITS * TERN_WHEEL_LEVELS)) - 1)
#define NO_TICK   UINT64_MAX

// Rounded up: a timer is never early.
static uint64_t tick_of_deadline(uint64_t ns)
{
    return (ns >> TERN_WHEEL_TICK_SHIFT) + ((ns & ((1U << TERN_WHEEL_TICK_SHIFT) - 1)) != 0);
}

static unsigned level_of(uint64_t delta)
{
    unsigned top_bit = 63U - (unsigned)__builtin_clzll(delta | 1);

    return top_bit / TERN_WHEEL_BITS;
}

static void push(tern_timer **head, tern_timer *t)
{
    t->next = *head;
    t->link = head;
    if (t->next)
        t->next->link = &t->next;
    *head = t;
}

static void unlink_timer(tern_timer *t)
{
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
    t->link = NULL;
}

static void file_on_level(tern_wheel *w, tern_timer *t, uint64_t delta)
{
    uint64_t tick = w->now_tick + delta;
    unsigned level = level_of(delta);
    unsigned slot = (unsigned)(tick >> (level * TERN_WHEEL_BITS)) & SLOT_MASK;

    t->filed_tick = (uint32_t)tick;
    t->filed_slot = level << TERN_WHEEL_BITS | slot;
    push(&w->slots[level][slot], t);
    w->occupied[level] |= UINT64_C(1) << slot;
}

static void file(tern_wheel *w, tern_timer *t)
{
    uint64_t tick = tick_of_deadline(t->deadline_ns);

    w->n_filed++;
    if (tick > w->now_tick) {
        file_on_level(w, t, tick - w->now_tick < MAX_DELTA ? tick - w->now_tick : MAX_DELTA);
        return;
    }
    t->filed_tick = (uint32_t)w->now_tick;
    t->filed_slot = DUE;
    push(&w->due, t);
}

static void unfile(tern_wheel *w, tern_timer *t)
{
    unsigned level = t->filed_slot >> TERN_WHEEL_BITS, slot = t->filed_slot & SLOT_MASK;

    unlink_timer(t);
    w->n_filed--;
    if (t->filed_slot != DUE && !w->slots[level][slot])
        w->occupied[level] &= ~(UINT64_C(1) << slot);
}

void tern_wheel_init(tern_wheel *w, uint64_t now_ns)
{
    memset(w, 0, sizeof *w);
    w->now_tick = now_ns >> TERN_WHEEL_TICK_SHIFT;
}

void tern_timer_init(tern_timer *t, tern_timer_fn *on_due)
{
    *t = (tern_timer){ .on_due = on_due, .deadline_ns = TERN_NEVER };
}

// True if the wheel will look at the timer early enough where it is filed now.
static bool is_filed_early_enough(const tern_wheel *w, const tern_timer *t, uint64_t deadline_ns)
{
    uint64_t tick = tick_of_deadline(deadline_ns);

    if (!t->link)
        return false;
    return tick >= w->now_tick + MAX_DELTA || (int32_t)((uint32_t)tick - t->filed_tick) >= 0;
}

void tern_timer_set(tern_wheel *w, tern_timer *t, uint64_t deadline_ns)
{
    if (deadline_ns == TERN_NEVER) {
        tern_timer_cancel(w, t);
        return;
    }
    if (is_filed_early_enough(w, t, deadline_ns)) {
        t->deadline_ns = deadline_ns;
        return;
    }
    if (t->link)
        unfile(w, t);
    t->deadline_ns = deadline_ns;
    file(w, t);
}

void tern_timer_cancel(tern_wheel *w, tern_timer *t)
{
    if (t->link)
        unfile(w, t);
    t->deadline_ns = TERN_NEVER;
}

// ---- time passes ---------------------------------------------------------

// The first tick after the present one at which a slot of `level` wants attention. The slot that time
// is in was emptied on entry, so what it holds is for its next turn.
static uint64_t next_tick_of_level(const tern_wheel *w, unsigned level)
{
    unsigned shift = level * TERN_WHEEL_BITS;
    uint64_t next = (w->now_tick >> shift) + 1;
    unsigned from = (unsigned)next & SLOT_MASK;
    uint64_t bits = w->occupied[level];

    if (!bits)
        return NO_TICK;
    bits = bits >> from | (from ? bits << (TERN_WHEEL_SLOTS - from) : 0);
    return (next + (unsigned)__builtin_ctzll(bits)) << shift;
}

static uint64_t next_tick(const tern_wheel *w)
{
    uint64_t next = NO_TICK;

    for (unsigned level = 0; level < TERN_WHEEL_LEVELS && w->n_filed; level++) {
        uint64_t tick = next_tick_of_level(w, level);

        next = tick < next ? tick : next;
    }
    return next;
}

uint64_t tern_wheel_next_ns(const tern_wheel *w)
{
    uint64_t tick = w->due ? w->now_tick : next_tick(w);

    return tick == NO_TICK ? TERN_NEVER : tick << TERN_WHEEL_TICK_SHIFT;
}

// Takes a whole list, so that what its timers file meanwhile stays apart.
static void take_list(tern_timer **from, tern_timer **ret_list)
{
    *ret_list = *from;
    if (*ret_list)
        (*ret_list)->link = ret_list;
    *from = NULL;
}

static void take_slot(tern_wheel *w, unsigned level, tern_timer **ret_list)
{
    unsigned slot = (unsigned)(w->now_tick >> (level * TERN_WHEEL_BITS)) & SLOT_MASK;

    take_list(&w->slots[level][slot], ret_list);
    w->occupied[level] &= ~(UINT64_C(1) << slot);
}

static void file_again(tern_wheel *w, tern_timer **list)
{
    for (tern_timer *t; (t = *list);) {
        unlink_timer(t);
        w->n_filed--;
        file(w, t);
    }
}

// Where time enters a slot of a coarse level, its timers are filed on finer ones.
static void cascade(tern_wheel *w)
{
    for (unsigned level = TERN_WHEEL_LEVELS - 1; level > 0; level--) {
        tern_timer *list;

        if (w->now_tick & ((UINT64_C(1) << (level * TERN_WHEEL_BITS)) - 1))
            continue;
        take_slot(w, level, &list);
        file_again(w, &list);
    }
}

// Runs a list of timers, those that were moved to a later time excepted. What exceeds the budget is
// left on wheel.due.
static unsigned run_list(tern_wheel *w, tern_timer **list, unsigned budget)
{
    unsigned n_run = 0;

    for (tern_timer *t; (t = *list) && n_run < budget;) {
        unlink_timer(t);
        w->n_filed--;
        if (tick_of_deadline(t->deadline_ns) > w->now_tick) {
            file(w, t);
            continue;
        }
        t->deadline_ns = TERN_NEVER;
        n_run++;
        t->on_due(t);
    }
    file_again(w, list);
    return n_run;
}

static unsigned run_present(tern_wheel *w, unsigned budget)
{
    tern_timer *due, *list;
    unsigned    n_run;

    take_list(&w->due, &due);
    take_slot(w, 0, &list);
    n_run = run_list(w, &due, budget);
    return n_run + run_list(w, &list, budget - n_run);
}

// Enters the tick `next`. What was set to a time already due meanwhile stays for the next advance.
static unsigned enter_tick(tern_wheel *w, uint64_t next, unsigned budget)
{
    tern_timer *for_next_advance;
    unsigned    n_run;

    take_list(&w->due, &for_next_advance);
    w->now_tick = next;
    cascade(w);
    n_run = run_present(w, budget);
    file_again(w, &for_next_advance);
    return n_run;
}

unsigned tern_wheel_advance(tern_wheel *w, uint64_t now_ns, unsigned budget)
{
    uint64_t target = now_ns >> TERN_WHEEL_TICK_SHIFT, next;
    unsigned n_run;

    if (target < w->now_tick)
        return 0;
    n_run = run_present(w, budget);
    while (n_run < budget && (next = next_tick(w)) <= target)
        n_run += enter_tick(w, next, budget - n_run);
    if (n_run < budget)
        w->now_tick = target;
    return n_run;
}
