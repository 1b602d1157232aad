// bench/schedule.h: when the calls of an open loop are due: at fixed times, whether or not the server keeps up,
// and on which connection. A latency that counts from there has a stall paid by all the calls it delayed.
// Knows nothing of connections, nor of how one waits.
//
// Lifetime:  a value.
// Invariant: the n-th call is due n / rate after the first, to the nanosecond: no error adds up.
//
//   schedule_start(&s, rate, n_conns, now());
//   schedule_run(&s, now(), start_call, load);     // at each wake-up
//   ... wait for an event, or for schedule_wait(&s, UINT64_MAX, now()) ...
#ifndef BENCH_SCHEDULE_H
#define BENCH_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

struct schedule {
    double   rate;  // calls per second
    uint64_t first_due_ns, n_started;
    size_t   n_conns, next_conn;
    bool     is_full;  // a call is due, and no connection has room for it
};

// A closed loop has a `rate` of 0, and asks nothing of what follows.
void     schedule_start(struct schedule *s, double rate, size_t n_conns, uint64_t now_ns);
uint64_t schedule_due_ns(const struct schedule *s);  // of the next call

// Starts a call that was due at `due_ns` on connection `nth`. False if that has no room.
typedef bool schedule_start_fn(void *arg, size_t nth, uint64_t due_ns);

// Starts what is due by `now_ns`, round the connections, until none has room.
void schedule_run(struct schedule *s, uint64_t now_ns, schedule_start_fn *start, void *arg);

// How long to wait for an event: until the next call is due, unless all connections are full, but not beyond
// `until_ns`.
struct timespec schedule_wait(const struct schedule *s, uint64_t until_ns, uint64_t now_ns);

#endif
