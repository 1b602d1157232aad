// transport/fiber/core_internal.h: what a fiber is made of, and what lodges with a poller so that fibers can run
// there, for the files of this folder.
//
// Lifetime:  terni_fibers is made with the first fiber, and leaves with the poller. A tern_fiber lies at
//            the top of its own stack, and between two runs waits there, switched away, in the stack
//            pool: starting the next run is one switch, and no memory is touched but the hot one.
// Threads:   the poller's, but for `posted`.
// Invariant: at most one fiber of a poller is running; only its loop or another of its fibers switches
//            to it. Fibers that are ready wait in one queue, and one task of the poller runs them in
//            turns; within a turn a fiber that waits switches to the next one directly. So fibers need
//            nothing of a poller but its task queue, its wheel and its clock.
#ifndef TRANSPORT_FIBER_CORE_INTERNAL_H
#define TRANSPORT_FIBER_CORE_INTERNAL_H

#include <stdatomic.h>

#include <tern/fiber.h>
#include <tern/task.h>

#include "transport/fiber/context_internal.h"
#include "transport/fiber/stack_internal.h"
#include "transport/poller/poller_internal.h"

enum {
    TERNI_FIBER_BUDGET = 256
};  // switches in a turn, before the poller looks at its events again

//           spawn           yield
//   IDLE ----------> READY <-------.
//    |  ^              |           |
//    |   `--- DONE     `------> RUNNING ----> PARKED
//    |          ^                |  ^  ^        |  tern_fiber_ready, cancel, deadline
//    | run       `---------------'  |   `---- WOKEN
//     `-----------------------------'
typedef enum terni_fiber_state {
    TERNI_FIBER_IDLE,  // in the pool
    TERNI_FIBER_READY,
    TERNI_FIBER_RUNNING,
    TERNI_FIBER_PARKED,
    TERNI_FIBER_WOKEN,  // ready, and its park has a result
    TERNI_FIBER_DONE,   // until it is joined, or a late post has come
} terni_fiber_state;

// What a fiber has been told and has not heard yet.
enum {
    TERNI_FIBER_GOT_READY = 1 << 0,
    TERNI_FIBER_GOT_CANCEL = 1 << 1,
    TERNI_FIBER_GOT_DEADLINE = 1 << 2,
};

// What the end of a run must look after.
enum {
    TERNI_FIBER_JOINABLE = 1 << 0,
    TERNI_FIBER_HOLDS = 1 << 1,  // keeps the poller from being idle
    TERNI_FIBER_TIMED = 1 << 2,  // the timer may be filed
    TERNI_FIBER_SLOTS = 1 << 3,  // has fiber-local values
};

typedef struct terni_fibers terni_fibers;

struct tern_fiber {
    // What each switch touches: one cache line.
    terni_context context;
    terni_fibers *home;
    tern_fiber   *next;  // in the queue of those that are ready
    uint8_t       state;
    uint8_t       got;
    uint8_t       flags;
    bool          has_deadline;  // of the present park; otherwise what the timer says is old
    bool          was_cancelled;
    uint8_t       n_shields;       // tern_fiber_shield calls that stand
    bool          is_cancel_kept;  // for the first wait without one
    const char   *what;            // it waits for
    uint64_t      since_ns;        // of that wait

    // What a run touches: the second.
    tern_fiber_fn *fn;
    void          *arg;
    const char    *name;
    terni_stack   *stack;
    tern_fiber    *joiner;
    atomic_uint    posted;  // bits of `got`; not 0 while `post` is under way
    uint32_t       set_slots;
    tern_task      post;

    tern_timer timer;
    void      *slots[TERN_MAX_FIBER_KEYS];
};

struct terni_fibers {
    terni_context    loop;       // where a turn, or tern_fiber_run, was started from
    tern_fiber      *running;    // NULL while the loop runs
    unsigned         budget;     // switches left in this turn; 0 outside of one
    bool             is_queued;  // the turn is on the poller's queue, or on
    tern_fiber      *ready_head, **ready_tail;
    const uint64_t  *now_ns;
    tern_poller     *poller;
    terni_stack_pool stacks;
    tern_task        turn;
    terni_lodger     lodger;
};

// Of a poller; NULL before its first fiber.
static inline terni_fibers *terni_fibers_of(const tern_poller *p)
{
    terni_lodger *l = terni_poller_lodger(p);

    return l ? TERN_CONTAINER_OF(l, terni_fibers, lodger) : NULL;
}

#endif
