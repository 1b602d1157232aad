// tests/soak/kinds.h: what a worker of the soak does with a channel: one call of each kind, and what must come of it. Knows
// nothing of faults: any of them may end otherwise.
//
// Threads:   any, and fibers.
#ifndef TESTS_SOAK_KINDS_H
#define TESTS_SOAK_KINDS_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/channel.h>

// How one ended.
typedef struct outcome outcome;
struct outcome {
    tern_status st;
    tern_code   wanted;    // without a fault
    bool        is_wrong;  // it has other contents than were sent, order included
};

typedef struct caller caller;
struct caller {
    tern_channel *ch;
    int64_t       timeout_ms;
    uint32_t      random;
};

typedef outcome kind_fn(caller *c);

typedef struct kind kind;
struct kind {
    const char *name;
    kind_fn    *run;
};

extern const kind     kinds[];
extern const unsigned n_kinds;

uint32_t kinds_random(caller *c, uint32_t below);

// Of the calls with a callback, how many were begun and how many callbacks have run.
uint64_t kinds_n_begun(void);
uint64_t kinds_n_called_back(void);

#endif
