#include <tern/cond.h>

#include "transport/fiber/waiters_internal.h"

int tern_cond_wait(tern_cond *c, tern_mutex *m, uint64_t deadline_ns)
{
    terni_sleeper me;
    int           err = terni_waiters_check();

    TERN_DEBUG_ASSERT(__atomic_load_n(&m->state_, __ATOMIC_RELAXED) != 0);  // else: not locked
    if (err < 0)
        return err;
    terni_waiters_lock(&c->waiters_);
    tern_mutex_unlock(m);  // a signal from here on finds us, or waits for the list
    err = terni_waiters_wait(&c->waiters_, &me, "a condition", deadline_ns);
    tern_mutex_lock(m);
    return err;
}

void tern_cond_signal(tern_cond *c)
{
    terni_sleeper *s;

    terni_waiters_lock(&c->waiters_);
    if ((s = terni_waiters_take(&c->waiters_)))
        terni_waiters_wake(s, 0);
    terni_waiters_unlock(&c->waiters_);
}

void tern_cond_broadcast(tern_cond *c)
{
    terni_waiters_lock(&c->waiters_);
    for (terni_sleeper *s; (s = terni_waiters_take(&c->waiters_));)
        terni_waiters_wake(s, 0);
    terni_waiters_unlock(&c->waiters_);
}
