// tern/mutex.h: a lock for what handlers on several pollers share. A fiber that waits for it parks, a plain
// thread sleeps. Knows nothing of what it guards.
//
// Lifetime:  embedded; TERN_MUTEX_INIT or all zeroes. Nothing to release.
// Threads:   any: fibers of all pollers and plain threads may share one.
// Invariant: an unlock hands over to the one that has waited longest. Free, lock and unlock are one atomic
//            operation each.
//
//   static tern_mutex lock = TERN_MUTEX_INIT;
//   tern_mutex_lock(&lock);
//   ...
//   tern_mutex_unlock(&lock);
#ifndef TERN_MUTEX_H
#define TERN_MUTEX_H

#include <stdbool.h>

#include <tern/base.h>
#include <tern/waiters.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_mutex tern_mutex;
struct tern_mutex {
    int          state_;  // 0 free, 1 locked, 2 locked and waited for
    tern_waiters waiters_;
};

#define TERN_MUTEX_INIT                                                                            \
    {                                                                                              \
        0, { 0, 0, 0 }                                                                             \
    }

// Always 0, and no need to look: it is yours. No cancel ends the wait, so that clean-up can rely on it; who is
// cancelled hears of it in the next wait. Not in a callback of a poller, which must not wait: there the program ends
// if the mutex is not free (tern_mutex_try_lock is for those).
TERN_API int                 tern_mutex_lock(tern_mutex *m);
TERN_API TERN_NODISCARD bool tern_mutex_try_lock(tern_mutex *m);
TERN_API void                tern_mutex_unlock(tern_mutex *m);

#ifdef __cplusplus
}
#endif

#endif
