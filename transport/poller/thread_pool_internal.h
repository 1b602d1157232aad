// transport/poller/thread_pool_internal.h: threads for code that blocks (name resolution, disk, foreign libraries).
// Knows nothing of what it runs.
//
// Lifetime:  a job is its owner's and must stay until `done` has run. Threads are started when there is
//            work and leave when there has been none for a while: a program that never needs one
//            has none.
// Threads:   terni_thread_pool_submit from anywhere; `work` runs on a thread of the pool, `done` on the job's poller.
// Invariant: `done` runs exactly once for each job that was accepted; `work` did before it, unless the
//            poller was freed first.
#ifndef TRANSPORT_POLLER_THREAD_POOL_INTERNAL_H
#define TRANSPORT_POLLER_THREAD_POOL_INTERNAL_H

#include <tern/poller.h>
#include <tern/task.h>

enum {
    TERNI_MAX_POOL_THREADS = 8,
    TERNI_THREAD_POOL_IDLE_S = 5,
};

typedef struct terni_job terni_job;
struct terni_job {
    terni_job *next;
    void (*work)(terni_job *job);
    tern_poller *poller;
    tern_task    done;  // its `run` is the caller's
};

// 0, or -EAGAIN when no thread could be started.
TERN_NODISCARD int terni_thread_pool_submit(terni_job *job);

#endif
