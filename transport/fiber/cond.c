#include <tern/cond.h>

#include "transport/fiber/mutex_internal.h"
#include "transport/fiber/waiters_internal.h"

int tern_cond_wait(tern_cond *c, tern_mutex *m, uint64_t deadline_ns)
{
    terni_parker me;
    int          err = terni_parker_check();

    if (err < 0)
        return err;
    terni_parkers_lock(&c->waiters_);
    tern_mutex_unlock(m);  // a signal from here on finds us, or waits for the list
    err = terni_parker_wait(&c->waiters_, &me, "a condition", deadline_ns);
    terni_mutex_lock_anyway(m);
    return err;
}

void tern_cond_signal(tern_cond *c)
{
    terni_parker *p;

    terni_parkers_lock(&c->waiters_);
    if ((p = terni_parkers_take(&c->waiters_)))
        terni_parker_wake(p, 0);
    terni_parkers_unlock(&c->waiters_);
}

void tern_cond_broadcast(tern_cond *c)
{
    terni_parkers_lock(&c->waiters_);
    for (terni_parker *p; (p = terni_parkers_take(&c->waiters_));)
        terni_parker_wake(p, 0);
    terni_parkers_unlock(&c->waiters_);
}
