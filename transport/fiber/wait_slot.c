#include "transport/fiber/wait_slot_internal.h"

#include "transport/fiber/core_internal.h"

int terni_wait_slot_park(terni_wait_slot *s, const char *what, uint64_t deadline_ns)
{
    tern_fiber *f = tern_fiber_current();
    uint8_t     kept = 0;
    int         err;

    TERN_ASSERT(f && !s->waiter);
    s->waiter = f;
    s->is_woken = false;
    // A ready that is not ours is for whatever the fiber waits for next.
    while ((err = tern_fiber_park(what, deadline_ns)) == 0 && !s->is_woken)
        kept = TERNI_FIBER_GOT_READY;
    TERN_DEBUG_ASSERT(s->waiter == f && f == tern_fiber_current());
    s->waiter = NULL;
    f->got |= kept;
    return err;
}

void terni_wait_slot_wake(terni_wait_slot *s)
{
    if (!s->waiter || s->is_woken)
        return;
    s->is_woken = true;
    tern_fiber_ready(s->waiter);
}
