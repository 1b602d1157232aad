// tern/cond.h: to wait, with a tern_mutex held, until somebody says that something has changed. Knows
// nothing of what.
//
// Lifetime:  embedded; TERN_COND_INIT or all zeroes. Nothing to release.
// Threads:   any, as tern_mutex.
// Invariant: a signal wakes one of those who waited before it; nobody is woken without one.
//
//   while (!queue->n)
//       if ((err = tern_cond_wait(&cond, &lock, deadline_ns)) < 0) break;   // the lock is held again
#ifndef TERN_COND_H
#define TERN_COND_H

#include <stdint.h>

#include <tern/base.h>
#include <tern/mutex.h>
#include <tern/timer.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_cond tern_cond;
struct tern_cond {
    tern_waiters waiters_;
};

#define TERN_COND_INIT                                                                             \
    {                                                                                              \
        {                                                                                          \
            0, 0, 0                                                                                \
        }                                                                                          \
    }

// Lets go of `m`, waits, and holds it again when it returns, whatever it returns: 0, -ETIMEDOUT (monotonic
// clock; TERN_NEVER), -ECANCELED; -EDEADLK at once in a callback of a poller.
TERN_API TERN_NODISCARD int tern_cond_wait(tern_cond *c, tern_mutex *m, uint64_t deadline_ns);
TERN_API void               tern_cond_signal(tern_cond *c);
TERN_API void               tern_cond_broadcast(tern_cond *c);

#ifdef __cplusplus
}
#endif

#endif
