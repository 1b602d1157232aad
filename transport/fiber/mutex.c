#include "transport/fiber/mutex_internal.h"

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

static int lock_slowly(tern_mutex *m, bool is_cancellable)
{
    terni_sleeper me;

    terni_waiters_lock(&m->waiters_);
    if (announce(m)) {
        terni_waiters_unlock(&m->waiters_);
        return 0;
    }
    return is_cancellable ? terni_waiters_wait(&m->waiters_, &me, "a mutex", TERN_NEVER)
                          : terni_waiters_wait_anyway(&m->waiters_, &me, "a mutex");
}

int tern_mutex_lock(tern_mutex *m)
{
    int err;

    if (TERN_LIKELY(change(m, FREE, LOCKED)))
        return 0;
    if ((err = terni_waiters_check()) < 0)
        return err;
    return lock_slowly(m, true);
}

void terni_mutex_lock_anyway(tern_mutex *m)
{
    int err = change(m, FREE, LOCKED) ? 0 : lock_slowly(m, false);

    TERN_ASSERT(err == 0);  // nothing ends this wait but the lock
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
