// tern/timer.h: deadlines on a hierarchical wheel. Knows nothing of pollers or clocks: it is told
// what time it is.
//
// Lifetime:  both are embedded, and neither may be moved. A timer must be cancelled before its memory goes.
// Threads:   none. A wheel belongs to one poller.
// Invariant: never early; late by at most one tick (about a millisecond) plus the caller's own delay;
//            timers of different ticks run in the order of their deadlines. tern_wheel_is_valid()
//            checks the structure.
//
// Lazy re-arming: setting an armed timer to a later time only stores the time. The wheel finds out
// when the old one is due and files the timer again, so that moving a deadline on every read costs
// one store.
//
//   tern_timer_init(&t, on_due);
//   tern_timer_set(&wheel, &t, now_ns + 5 * TERN_NS_PER_S);
//   tern_timer_cancel(&wheel, &t);
#ifndef TERN_TIMER_H
#define TERN_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

#define TERN_NS_PER_MS UINT64_C(1000000)
#define TERN_NS_PER_S  UINT64_C(1000000000)
#define TERN_NEVER     UINT64_MAX

typedef struct tern_timer tern_timer;
typedef struct tern_wheel tern_wheel;

// Runs on the wheel's thread, from tern_wheel_advance. Once per setting. May set, cancel or free any
// timer, this one included; may not call tern_wheel_advance.
typedef void tern_timer_fn(tern_timer *t);

struct tern_timer {
    tern_timer    *next;
    tern_timer   **link;  // what points at this timer; NULL while it is not filed
    tern_timer_fn *on_due;
    uint64_t       deadline_ns;  // when to run
    uint64_t filed_tick;  // when the wheel will look at it: never later than the deadline's tick
};

enum {
    TERN_WHEEL_TICK_SHIFT = 20,  // a tick is 2^20 ns, about a millisecond
    TERN_WHEEL_BITS = 6,
    TERN_WHEEL_SLOTS = 1 << TERN_WHEEL_BITS,
    TERN_WHEEL_LEVELS = 5,  // 2^30 ticks, 13 days; later deadlines are filed again from there
};

struct tern_wheel {
    uint64_t    now_tick;
    uint64_t    n_filed;
    uint64_t    occupied[TERN_WHEEL_LEVELS];  // a bit per slot that holds a timer
    tern_timer *slots[TERN_WHEEL_LEVELS][TERN_WHEEL_SLOTS];
    tern_timer *due;      // in the order in which they will run, up to due_end
    tern_timer  due_end;  // never runs; its link is where the next due timer is appended
};

TERN_API void tern_wheel_init(tern_wheel *w, uint64_t now_ns);

// Runs what is due at `now_ns`, at most `budget` timers; what is left runs in the next advance, before
// anything else. A timer set by a callback to a time already due waits for the next advance as well.
// Returns how many ran. A clock that stands still or goes back is harmless.
TERN_API unsigned tern_wheel_advance(tern_wheel *w, uint64_t now_ns, unsigned budget);

// When to call tern_wheel_advance next: no later than the tick of the first deadline, perhaps earlier
// (a lazy timer, or a slot of a coarse level). Not after now if something is due. TERN_NEVER if
// nothing is filed.
TERN_API uint64_t tern_wheel_next_ns(const tern_wheel *w);

TERN_API bool tern_wheel_is_valid(const tern_wheel *w);  // walks every timer: for tests

TERN_API void tern_timer_init(tern_timer *t, tern_timer_fn *on_due);
// Set again before it ran, a timer runs once, at the last time given. TERN_NEVER cancels.
TERN_API void      tern_timer_set(tern_wheel *w, tern_timer *t, uint64_t deadline_ns);
TERN_API void      tern_timer_cancel(tern_wheel *w, tern_timer *t);  // harmless if not set
static inline bool tern_timer_is_set(const tern_timer *t) { return t->link != NULL; }

#ifdef __cplusplus
}
#endif

#endif
