// tern/wait_group.h: to wait until a number of things are done. Knows nothing of what they are.
//
// Lifetime:  embedded; TERN_WAIT_GROUP_INIT or all zeroes. Nothing to release.
// Threads:   any: fibers of all pollers and plain threads.
// Invariant: add comes before the thing is begun, done after it; wait returns when as many are done as
//            were added.
//
//   tern_wait_group_add(&g, 1);
//   tern_fiber_spawn(poller, work, &g, NULL, NULL);    // calls tern_wait_group_done(&g) at its end
//   if ((err = tern_wait_group_wait(&g, TERN_NEVER)) < 0) ...
#ifndef TERN_WAIT_GROUP_H
#define TERN_WAIT_GROUP_H

#include <stdint.h>

#include <tern/base.h>
#include <tern/waiters.h>
#include <tern/timer.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_wait_group tern_wait_group;
struct tern_wait_group {
    tern_waiters waiters_;
    uint32_t     n_left_;
};

#define TERN_WAIT_GROUP_INIT                                                                       \
    {                                                                                              \
        { 0, 0, 0 }, 0                                                                             \
    }

TERN_API void tern_wait_group_add(tern_wait_group *g, uint32_t n);
TERN_API void tern_wait_group_done(tern_wait_group *g);
// 0, -ETIMEDOUT, -ECANCELED, or -EDEADLK (it would wait in a callback of a poller).
TERN_API TERN_NODISCARD int tern_wait_group_wait(tern_wait_group *g, uint64_t deadline_ns);

#ifdef __cplusplus
}
#endif

#endif
