// tests/sim/world.h: one run: a server and a client on the simulated machine, a program that makes calls, cancels them, stops
// and starts, and the one thread that runs whoever's turn it is. When the program is over the machine heals, and everything has
// to be well again; then all of it is taken down, in some legal order, and nothing may be left.
#ifndef TESTS_SIM_WORLD_H
#define TESTS_SIM_WORLD_H

#include <stdbool.h>
#include <stdint.h>

typedef enum world_wire { WORLD_ANY, WORLD_NATIVE, WORLD_GRPC } world_wire;

typedef struct world_opts world_opts;
struct world_opts {
    world_wire wire;
    int        is_filtered;  // below 0: as it comes
    int        n_pollers;    // of the server; 0: as it comes
    bool       is_warm_up;   // for world.c
};

// For the process: what is made once.
void world_warm_up(void);
// Ends the process where the run shows a fault (sim_fail, or an assert). chance_start comes before.
void world_run(const world_opts *opts);

// Of the last run.
typedef struct world_account world_account;
struct world_account {
    uint64_t digest, n_calls, n_ok, n_system_calls, n_rounds;
    double   simulated_s;
};
world_account world_get_account(void);

#endif
