#include <tern/mutex.h>

#include "transport/fiber/waiters_internal.h"

enum { FREE, LOCKED, WAITED_FOR };

static bool change(tern_mutex *m, int from, int to)
{
    return __atomic_compare_exchange_n(&m->state_, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

bool tern_mutex_try_lock(tern_mutex *m) { return change(m, FREE, LOCKED); }

// Locked list. True if the mutex became free meanwhile and is ours; otherwise its owner knows of us.
static bool announce(tern_mutex *m)
{
    for (;;) {
        if (change(m, FREE, LOCKED))
            return true;
        if (change(m, LOCKED, WAITED_FOR) ||
            __atomic_load_n(&m->state_, __ATOMIC_RELAXED) == WAITED_FOR)
            return false;
    }
}

static void lock_slowly(tern_mutex *m)
{
    terni_sleeper me;
    int           err;

    TERN_ASSERT(terni_waiters_check() == 0);  // else: in a callback, where nobody can wait
    terni_waiters_lock(&m->waiters_);
    if (announce(m)) {
        terni_waiters_unlock(&m->waiters_);
        return;
    }
    err = terni_waiters_wait_anyway(&m->waiters_, &me, "a mutex");
    TERN_ASSERT(err == 0);  // nothing ends this wait but the lock
}

int tern_mutex_lock(tern_mutex *m)
{
    if (TERN_UNLIKELY(!change(m, FREE, LOCKED)))
        lock_slowly(m);
    return 0;
}

void tern_mutex_unlock(tern_mutex *m)
{
    terni_sleeper *next;

    if (TERN_LIKELY(change(m, LOCKED, FREE)))
        return;
    terni_waiters_lock(&m->waiters_);
    TERN_ASSERT(__atomic_load_n(&m->state_, __ATOMIC_RELAXED) ==
                WAITED_FOR);  // else: unlocked twice
    if (!(next = terni_waiters_take(&m->waiters_)))
        __atomic_store_n(&m->state_, FREE, __ATOMIC_RELEASE);  // those who waited have given up
    else
        terni_waiters_wake(next, 0);  // it is the owner now
    terni_waiters_unlock(&m->waiters_);
}
