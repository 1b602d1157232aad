// tests/sim/runner.h: runs in child processes, since a run that fails ends its process; and makes a run that fails smaller.
// Knows nothing of what a run is made of.
//
// Lifetime:  runner_start once, before any child.
// Threads:   one.
#ifndef TESTS_SIM_RUNNER_H
#define TESTS_SIM_RUNNER_H

#include <stdbool.h>
#include <stdint.h>

#include "tests/sim/chance.h"
#include "tests/sim/world.h"

typedef struct runner_outcome runner_outcome;
struct runner_outcome {
    bool     has_failed;
    uint64_t seed;  // of the run that failed; it is the last one
    uint64_t n_runs;
    char     last_words[512];  // what the process said at its end
};

// Of all runs of one call, by the child that made them.
typedef struct runner_totals runner_totals;
struct runner_totals {
    uint64_t n_runs, n_calls, n_ok, n_system_calls, n_rounds;
    double   simulated_s;
};

void runner_start(const world_opts *opts);
// The seeds from `first` on: until `n` have run, or until `until_ns` (0: no limit) has come, or until one fails.
runner_outcome runner_run(uint64_t first, uint64_t n, uint64_t until_ns);
runner_totals  runner_get_totals(void);

// The run that failed again, with fewer and fewer of its decisions, as long as it fails in the same words. What is left of
// them is in `ret_kept`, the caller's to free.
void runner_shrink(const runner_outcome *failed, chance_notes *ret_kept);
// For people: every step of it is told on stderr. `keep` as for chance_start.
void runner_replay(uint64_t seed, const chance_notes *keep);

uint64_t runner_real_ns(void);

#endif
