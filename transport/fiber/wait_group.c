#include <tern/wait_group.h>

#include "transport/fiber/waiters_internal.h"

void tern_wait_group_add(tern_wait_group *g, uint32_t n)
{
    terni_waiters_lock(&g->waiters_);
    TERN_ASSERT(n <= UINT32_MAX - g->n_left_);
    g->n_left_ += n;
    terni_waiters_unlock(&g->waiters_);
}

void tern_wait_group_done(tern_wait_group *g)
{
    terni_waiters_lock(&g->waiters_);
    TERN_ASSERT(g->n_left_ > 0);
    if (--g->n_left_ == 0)
        for (terni_sleeper *s; (s = terni_waiters_take(&g->waiters_));)
            terni_waiters_wake(s, 0);
    terni_waiters_unlock(&g->waiters_);
}

int tern_wait_group_wait(tern_wait_group *g, uint64_t deadline_ns)
{
    terni_sleeper me;
    int           err = 0;

    terni_waiters_lock(&g->waiters_);
    if (g->n_left_ && (err = terni_waiters_check()) == 0)
        return terni_waiters_wait(&g->waiters_, &me, "a wait group", deadline_ns);
    terni_waiters_unlock(&g->waiters_);
    return err;
}
