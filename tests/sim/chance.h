// tests/sim/chance.h: what is left to chance in a run, and all of it is a function of the run's seed. Every kind of
// decision has a sequence of its own, so that one decision more or less changes none of the others. Knows nothing of what is
// decided.
//
// Lifetime:  chance_start begins a run, and ends the one before it.
// Threads:   one.
// Invariant: 0, or false, is what a kind machine would do. What is not 0 is noted, in order; a run that keeps only
//            some of its notes decides 0 for all others. So a failing run is made smaller.
//
//   chance_start(seed, NULL);
//   if (chance_happens(CHANCE_RESET)) ...
//   size = sizes[chance_pick(CHANCE_SIZE, 5)];
#ifndef TESTS_SIM_CHANCE_H
#define TESTS_SIM_CHANCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef enum chance_kind {
    // Of the world: what is done, in what order.
    CHANCE_SHAPE,  // of the run: how many pollers, how large the windows are
    CHANCE_DEED,   // what the program does next
    CHANCE_WHEN,   // and when
    CHANCE_CALL,   // what a call is like
    CHANCE_SIZE,   // of a message
    CHANCE_SERVE,  // what a handler does
    CHANCE_TURN,   // whose poller goes on
    // Of the machine, where nothing is lost.
    CHANCE_LATENCY,
    CHANCE_SHORT_READ,
    CHANCE_SHORT_WRITE,
    CHANCE_READ_AGAIN,  // EAGAIN, though there is something; the edge follows
    CHANCE_WRITE_AGAIN,
    CHANCE_INTERRUPT,
    CHANCE_LATE_EVENT,
    CHANCE_EVENT_ORDER,
    CHANCE_SPURIOUS,  // an event with nothing new
    CHANCE_FREEZE,    // of a process
    // That hurt.
    CHANCE_RESET,
    CHANCE_CUT,     // at a byte
    CHANCE_REFUSE,  // a connection that is asked for
    CHANCE_ABORT,   // one that waits to be accepted
    CHANCE_READ_FAILS,
    CHANCE_WRITE_FAILS,
    CHANCE_NO_DESCRIPTOR,
    CHANCE_NO_WATCH,  // epoll_ctl
    CHANCE_NO_MEMORY,
    CHANCE_N_KINDS,
} chance_kind;

typedef struct chance_note chance_note;
struct chance_note {
    chance_kind kind;
    uint32_t    index;  // in the sequence of its kind
};

// The notes that a run keeps. NULL in place of one: all.
typedef struct chance_notes chance_notes;
struct chance_notes {
    chance_note *at;
    size_t       n;
};

// What may be turned off for a while, or for a run.
typedef enum chance_mercy { CHANCE_ANYTHING, CHANCE_NO_HARM, CHANCE_NOTHING } chance_mercy;

void chance_start(uint64_t seed, const chance_notes *keep);
// From now on. At CHANCE_NOTHING the machine has no whims any more; the world's decisions go on.
void chance_show(chance_mercy mercy);
bool chance_may_harm(void);  // ever, in this run

bool     chance_happens(chance_kind kind);
uint32_t chance_pick(chance_kind kind, uint32_t n);  // one of 0 .. n - 1
// Of a hundred, one that is rarely large: 0 to n - 1 again.
uint32_t chance_pick_low(chance_kind kind, uint32_t n);

// Of the last run, also of a child process that was forked after some chance_start.
const chance_notes *chance_noted(void);
const char         *chance_name(chance_kind kind);
chance_kind         chance_by_name(const char *name, size_t len);  // CHANCE_N_KINDS: there is none

uint64_t chance_mix(uint64_t a, uint64_t b);

#endif
