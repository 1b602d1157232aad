// A wheel of five levels, filed by digits. Write a tick in base 64: a timer lies at the level of the
// highest digit in which its tick differs from now_tick, in the slot of that digit. So:
//   - level 0 holds the rest of the current 64 ticks, level 1 the rest of the current 64^2, and so on:
//     whatever a lower level holds comes before whatever a higher one does, and the next slot to
//     look at is the lowest bit of the lowest level that is not empty;
//   - time may jump to that slot at once; nothing in between needs a visit;
//   - when the digit of a slot comes, its timers differ from now in lower digits only: they are due,
//     or are filed again further down. A timer moves at most four times.
// Only the last level is a ring: it holds what lies 1 to 63 slots ahead, across the end of the
// 2^30 ticks. What lies beyond is kept in the furthest slot and filed again from there.
#include <tern/timer.h>

#include <string.h>

enum {
    LAST_LEVEL = TERN_WHEEL_LEVELS - 1,
    LAST_SHIFT = LAST_LEVEL * TERN_WHEEL_BITS,
    SLOT_MASK = TERN_WHEEL_SLOTS - 1,
};

#define NO_TICK UINT64_MAX

// The first tick that is not before `deadline_ns`.
static uint64_t tick_of(uint64_t deadline_ns)
{
    uint64_t partial = deadline_ns & ((UINT64_C(1) << TERN_WHEEL_TICK_SHIFT) - 1);

    return (deadline_ns >> TERN_WHEEL_TICK_SHIFT) + (partial != 0);
}

// ---- filing --------------------------------------------------------------

static void link_at(tern_timer **link, tern_timer *t)
{
    tern_timer *next = *link;

    *link = t;
    t->link = link;
    t->next = next;
    if (next)
        next->link = &t->next;
}

static void file_at(tern_wheel *w, tern_timer *t, unsigned level, uint64_t tick)
{
    unsigned shift = level * TERN_WHEEL_BITS;
    uint64_t digits = tick >> shift;

    TERN_DEBUG_ASSERT(level < TERN_WHEEL_LEVELS && tick >= w->now_tick);
    t->filed_tick = digits << shift;
    w->occupied[level] |= UINT64_C(1) << (digits & SLOT_MASK);
    link_at(&w->slots[level][digits & SLOT_MASK], t);
}

// In another block of 2^30 ticks than now.
static void file_far(tern_wheel *w, tern_timer *t, uint64_t tick)
{
    uint64_t furthest = ((w->now_tick >> LAST_SHIFT) + SLOT_MASK) << LAST_SHIFT;

    file_at(w, t, LAST_LEVEL, tick < furthest ? tick : furthest);
}

// `tick` is not before now_tick.
static void file(tern_wheel *w, tern_timer *t, uint64_t tick)
{
    uint64_t differing = (tick ^ w->now_tick) | 1;
    unsigned level = (63U - (unsigned)__builtin_clzll(differing)) / TERN_WHEEL_BITS;

    if (TERN_LIKELY(level < TERN_WHEEL_LEVELS))
        file_at(w, t, level, tick);
    else
        file_far(w, t, tick);
}

// If `link` is the head of a slot, that slot is now empty.
static void clear_slot_of(tern_wheel *w, tern_timer **link)
{
    uintptr_t index = ((uintptr_t)link - (uintptr_t)w->slots) / sizeof *link;

    if (index < TERN_WHEEL_LEVELS * TERN_WHEEL_SLOTS)
        w->occupied[index / TERN_WHEEL_SLOTS] &= ~(UINT64_C(1) << index % TERN_WHEEL_SLOTS);
}

static void unfile(tern_wheel *w, tern_timer *t)
{
    TERN_DEBUG_ASSERT(*t->link == t);  // else: the timer was moved, or freed while it was set
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
    else
        clear_slot_of(w, t->link);
    t->link = NULL;
}

void tern_timer_init(tern_timer *t, tern_timer_fn *on_due)
{
    *t = (tern_timer){ .on_due = on_due, .deadline_ns = TERN_NEVER };
}

void tern_timer_set(tern_wheel *w, tern_timer *t, uint64_t deadline_ns)
{
    uint64_t tick = tick_of(deadline_ns);

    TERN_DEBUG_ASSERT(t->on_due);
    if (TERN_UNLIKELY(deadline_ns == TERN_NEVER)) {
        tern_timer_cancel(w, t);
        return;
    }
    if (tick < w->now_tick)
        tick = w->now_tick;
    t->deadline_ns = deadline_ns;
    if (t->link) {
        if (tick >= t->filed_tick)
            return;  // lazy: the wheel will look at it in time
        unfile(w, t);
        w->n_filed--;
    }
    w->n_filed++;
    file(w, t, tick);
}

void tern_timer_cancel(tern_wheel *w, tern_timer *t)
{
    if (!t->link)
        return;
    TERN_DEBUG_ASSERT(w->n_filed > 0);
    unfile(w, t);
    w->n_filed--;
}

// ---- time ----------------------------------------------------------------

void tern_wheel_init(tern_wheel *w, uint64_t now_ns)
{
    memset(w, 0, sizeof *w);
    w->now_tick = now_ns >> TERN_WHEEL_TICK_SHIFT;
    link_at(&w->due, &w->due_end);
}

typedef struct position position;
struct position {
    unsigned level, slot;
    uint64_t tick;  // when to look there
};

static position last_level_position(const tern_wheel *w)
{
    uint64_t now_slot = w->now_tick >> LAST_SHIFT;
    unsigned turn = (unsigned)now_slot & SLOT_MASK;
    uint64_t bits = w->occupied[LAST_LEVEL];
    uint64_t ahead = turn ? bits >> turn | bits << (TERN_WHEEL_SLOTS - turn) : bits;
    uint64_t slot = now_slot + (unsigned)__builtin_ctzll(ahead);

    return (position){ LAST_LEVEL, (unsigned)slot & SLOT_MASK, slot << LAST_SHIFT };
}

static position next_position(const tern_wheel *w)
{
    for (unsigned level = 0; level < LAST_LEVEL; level++) {
        unsigned shift = level * TERN_WHEEL_BITS;
        uint64_t block = w->now_tick >> (shift + TERN_WHEEL_BITS) << (shift + TERN_WHEEL_BITS);
        unsigned slot;

        if (!w->occupied[level])
            continue;
        slot = (unsigned)__builtin_ctzll(w->occupied[level]);
        return (position){ level, slot, block | (uint64_t)slot << shift };
    }
    return w->occupied[LAST_LEVEL] ? last_level_position(w) : (position){ .tick = NO_TICK };
}

static bool is_any_due(const tern_wheel *w) { return w->due != &w->due_end; }

// Its slot's time has come: the timer is due, or was filed coarsely, or was set to a later time.
static void look_at(tern_wheel *w, tern_timer *t)
{
    uint64_t tick = tick_of(t->deadline_ns);

    if (tick > w->now_tick) {
        file(w, t, tick);
        return;
    }
    t->next = &w->due_end;
    t->link = w->due_end.link;
    *t->link = t;
    w->due_end.link = &t->next;
}

static void empty_slot(tern_wheel *w, position at)
{
    tern_timer *t = w->slots[at.level][at.slot];

    w->slots[at.level][at.slot] = NULL;
    w->occupied[at.level] &= ~(UINT64_C(1) << at.slot);
    while (t) {
        tern_timer *next = t->next;

        look_at(w, t);
        t = next;
    }
}

// Moves time to `tick`, from one occupied slot to the next, and gathers what is due on the way.
static void gather_due(tern_wheel *w, uint64_t tick)
{
    position at;

    while ((at = next_position(w)).tick <= tick) {
        TERN_DEBUG_ASSERT(at.tick >= w->now_tick && w->slots[at.level][at.slot]);
        w->now_tick = at.tick;
        empty_slot(w, at);
    }
    if (w->now_tick < tick)
        w->now_tick = tick;
}

unsigned tern_wheel_advance(tern_wheel *w, uint64_t now_ns, unsigned budget)
{
    unsigned n_run = 0;

    // All that is due is gathered before the first callback runs: what the callbacks set is not in
    // that list, so that a timer which sets itself again cannot keep us here.
    gather_due(w, now_ns >> TERN_WHEEL_TICK_SHIFT);
    while (n_run < budget && is_any_due(w)) {
        tern_timer *t = w->due;
        uint64_t    tick = tick_of(t->deadline_ns);

        unfile(w, t);
        if (tick > w->now_tick) {  // set to a later time while it waited here
            file(w, t, tick);
            continue;
        }
        TERN_DEBUG_ASSERT(w->n_filed > 0 && t->deadline_ns != TERN_NEVER);
        w->n_filed--;
        n_run++;
        t->on_due(t);
    }
    return n_run;
}

uint64_t tern_wheel_next_ns(const tern_wheel *w)
{
    uint64_t tick = is_any_due(w) ? w->now_tick : next_position(w).tick;

    return tick == NO_TICK ? TERN_NEVER : tick << TERN_WHEEL_TICK_SHIFT;
}

// ---- self-check ----------------------------------------------------------

// Counts the timers from *link to `end`; false if one of them is out of place.
static bool is_list_valid(tern_timer *const *link, const tern_timer *end, uint64_t filed_tick,
                          uint64_t *n_filed)
{
    for (const tern_timer *t = *link; t != end; link = &t->next, t = t->next) {
        if (t->link != link || t->filed_tick > filed_tick || t->deadline_ns == TERN_NEVER)
            return false;
        (*n_filed)++;
    }
    return !end || end->link == link;
}

static bool is_slot_valid(const tern_wheel *w, unsigned level, unsigned slot, uint64_t *n_filed)
{
    unsigned shift = level * TERN_WHEEL_BITS;
    uint64_t now_digits = w->now_tick >> shift;
    uint64_t digits = now_digits - (now_digits & SLOT_MASK) + slot;

    if (!w->slots[level][slot] != !(w->occupied[level] >> slot & 1))
        return false;
    if (!w->slots[level][slot])
        return true;
    if (digits < now_digits && level == LAST_LEVEL)
        digits += TERN_WHEEL_SLOTS;
    if (level == 0 ? digits < now_digits : digits <= now_digits)
        return false;
    return is_list_valid(&w->slots[level][slot], NULL, digits << shift, n_filed);
}

bool tern_wheel_is_valid(const tern_wheel *w)
{
    uint64_t n_filed = 0;

    for (unsigned level = 0; level < TERN_WHEEL_LEVELS; level++) {
        for (unsigned slot = 0; slot < TERN_WHEEL_SLOTS; slot++) {
            if (!is_slot_valid(w, level, slot, &n_filed))
                return false;
        }
    }
    return is_list_valid(&w->due, &w->due_end, w->now_tick, &n_filed) && n_filed == w->n_filed;
}
