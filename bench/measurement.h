// bench/measurement.h: what happened between two moments of a run: latencies, clocks, the server's
// memory; and the one line of JSON that every load generator here ends with. Knows no wire.
//
// Lifetime:  embedded; all zero is empty, there is nothing to free. A copy is a snapshot.
// Threads:   none. One owner at a time.
//
//   measurement_begin(&m, server_pid);
//   ... histogram_record(&m.latency, ns);          // once for each call that ended
//   measurement_end(&m, server_pid);
//   measurement_print(&m);
#ifndef BENCH_MEASUREMENT_H
#define BENCH_MEASUREMENT_H

#include <stdint.h>
#include <sys/types.h>

#include "bench/histogram.h"
#include "bench/process.h"

#ifdef __cplusplus
extern "C" {
#endif

struct measurement {
    struct histogram latency;   // ns; one value for each call
    uint64_t         n_reads;   // that brought replies; 0: not known
    uint64_t         n_errors;  // calls
    // From begin to end: what the clocks stood at. Afterwards: how far they went.
    uint64_t              wall_ns, server_cpu_ns, client_cpu_ns;
    struct process_memory server, client;
};

// Forgets what was measured before. `server` 0: nobody's clock and memory are read.
void measurement_begin(struct measurement *m, pid_t server);
void measurement_end(struct measurement *m, pid_t server);

void measurement_print(const struct measurement *m);

#ifdef __cplusplus
}
#endif

#endif
