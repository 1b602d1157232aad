// rpc/client/outcall_wait_internal.h: waiting for what a call brings about, and ending it, wherever one is: on a
// fiber of the call's poller, or elsewhere. A cancel of the fiber that waits ends the call, unless that is
// detached: then the fiber hears of it at its next wait.
//
// Lifetime:  the caller's, who waits.
// Threads:   the waiter's.
#ifndef RPC_CLIENT_OUTCALL_WAIT_INTERNAL_H
#define RPC_CLIENT_OUTCALL_WAIT_INTERNAL_H

#include "rpc/call/waiter_internal.h"
#include "rpc/client/outcall_internal.h"

// What a fiber of the call's poller waits for: it is readied with terni_parking_wake.
typedef struct terni_parking terni_parking;
struct terni_parking {
    tern_fiber *fiber;
    bool        is_done, is_parked;
};

static inline void terni_parking_init(terni_parking *p)
{
    *p = (terni_parking){ .fiber = tern_fiber_current() };
}

static inline void terni_parking_wake(terni_parking *p)
{
    TERN_DEBUG_ASSERT(!p->is_done && p->fiber);
    p->is_done = true;
    if (p->is_parked)
        tern_fiber_ready(p->fiber);
}

void terni_outcall_park(terni_outcall *call, terni_parking *p, const char *what);

// The same from elsewhere.
void terni_outcall_wait(terni_outcall *call, terni_waiter *w, const char *what);

// Ends a call on its poller, unless it has ended; it has when this returns. True: the fiber was cancelled
// meanwhile, and is to hear of it.
TERN_NODISCARD bool terni_outcall_abort_from_elsewhere(terni_outcall *call, tern_poller *poller,
                                                       bool is_private, tern_code code);

#endif
