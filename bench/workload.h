// bench/workload.h: what the load generator is asked to do, from the command line.
#ifndef BENCH_WORKLOAD_H
#define BENCH_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct workload {
    const char *address, *wire;
    size_t      n_conns, depth, payload_len;
    size_t      n_idle;   // connections that make one call each and then rest
    uint64_t    n_calls;  // ends the measured time when so many have; 0: measured_s does
    double      rate;     // calls per second; 0: closed loop, a reply starts the next call
    double      warmup_s, measured_s;
    pid_t       server_pid;  // 0: nobody's CPU time and memory are read
    bool        is_checked;
};

// Exits with a sentence when the arguments make no workload.
struct workload workload_parse(int argc, char **argv);

#ifdef __cplusplus
}
#endif

#endif
