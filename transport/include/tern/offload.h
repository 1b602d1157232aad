// tern/offload.h: runs code that blocks (disk, foreign libraries) or computes for long on a worker
// thread, while the fiber that asks parks and its poller goes on. Knows nothing of what it runs.
//
// Threads:   from a fiber: a worker thread, of at most eight for the process, started when needed and gone
//            after five idle seconds. From a plain thread: runs right there.
// Invariant: `fn` runs exactly once if 0 or more is promised; what it has begun it ends: a cancel of
//            the fiber is told by its next wait.
//
//   static int parse(void *arg) { ... }
//   int n = tern_offload(parse, &file);
#ifndef TERN_OFFLOAD_H
#define TERN_OFFLOAD_H

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

// Runs on a thread that drives no poller: no fibers, no timers, no connections in there.
typedef int tern_offload_fn(void *arg);

// What `fn` returned; -EDEADLK in a callback of a poller; -EAGAIN when no thread could be started.
TERN_API TERN_NODISCARD int tern_offload(tern_offload_fn *fn, void *arg);

#ifdef __cplusplus
}
#endif

#endif
