// transport/fiber/waiters_internal.h: one who waits, a fiber or a plain thread, and the list it waits on. Knows
// nothing of what is waited for.
//
// Lifetime:  a sleeper lies on the waiter's stack. A list is embedded in a mutex, a queue, ...
// Threads:   any. The list's lock also guards what its owner keeps beside it; it is held for a few
//            instructions and never over a wait.
// Invariant: whoever takes a sleeper off its list wakes it, with the lock held; a waiter that gives up
//            takes itself off. So a sleeper is woken at most once, and a wake-up is never lost: when a
//            wake-up and a deadline or a cancel coincide, the wake-up wins.
//
//   terni_waiters_lock(&m->waiters);
//   ... look; nothing there: ...
//   err = terni_waiters_wait(&m->waiters, &me, "a mutex", TERN_NEVER);   // unlocks
#ifndef TRANSPORT_FIBER_WAITERS_INTERNAL_H
#define TRANSPORT_FIBER_WAITERS_INTERNAL_H

#include <semaphore.h>

#include <tern/fiber.h>
#include <tern/waiters.h>

struct terni_sleeper {
    terni_sleeper *next, *prev;
    tern_fiber    *fiber;  // NULL: a thread, on `sem`
    sem_t          sem;
    void          *item;    // the list owner's
    int            result;  // what the waker says
    bool           is_listed;
};

void terni_waiters_lock(tern_waiters *list);
void terni_waiters_unlock(tern_waiters *list);

// -EDEADLK in a callback of a poller, where nobody can wait; otherwise 0.
TERN_NODISCARD int terni_waiters_check(void);

// Called locked; returns unlocked. 0 (or what the waker put in `result`), -ETIMEDOUT or -ECANCELED.
TERN_NODISCARD int terni_waiters_wait(tern_waiters *list, terni_sleeper *me, const char *what,
                                      uint64_t deadline_ns);
// The same, and no cancel ends it: the next wait hears of it.
TERN_NODISCARD int terni_waiters_wait_anyway(tern_waiters *list, terni_sleeper *me,
                                             const char *what);

// Called locked. The first waiter, off the list and not yet woken; NULL: nobody.
terni_sleeper *terni_waiters_take(tern_waiters *list);
void           terni_waiters_wake(terni_sleeper *s, int result);  // called locked

#endif
