// bench/process.h: what another process has used: CPU time, by the kernel's nanosecond clock of all
// its threads (utime and stime in /proc count in ticks of 10 ms), and memory, by a walk of its page
// tables (the quick counters in statm may lag by many pages).
//
// Threads: any. `pid` 0 asks for nothing and is answered with zeroes.
#ifndef BENCH_PROCESS_H
#define BENCH_PROCESS_H

#include <stdint.h>
#include <sys/types.h>

struct process_memory {
    uint64_t rss_kib;        // all resident pages
    uint64_t anonymous_kib;  // of these heap, stacks and other pages that no file backs
};

#ifdef __cplusplus
extern "C" {
#endif

uint64_t process_cpu_ns(pid_t pid);

struct process_memory process_memory_of(pid_t pid);

#ifdef __cplusplus
}
#endif

#endif
