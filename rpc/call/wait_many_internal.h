// rpc/call/wait_many_internal.h: one wait for several things that end on several pollers. Knows nothing of calls: its
// owner tells it of each end, under a lock of the owner's.
//
// Lifetime:  on the waiter's stack, from terni_gather_init to terni_gather_done, by when the owner has
//            made sure that nobody tells it any more.
// Threads:   the waiter's, but for terni_gather_tell: anybody's.
// Invariant: it is woken at most once, when `n_awaited` have ended.
#ifndef RPC_CALL_WAIT_MANY_INTERNAL_H
#define RPC_CALL_WAIT_MANY_INTERNAL_H

#include <stdatomic.h>

#include <tern/fiber.h>
#include <tern/poller.h>
#include <tern/task.h>
#include <tern/ticket.h>

enum { TERNI_MAX_GATHERED_LOOPS = 16 };  // that a plain thread drives in turn

typedef struct terni_gather terni_gather;
struct terni_gather {
    atomic_uint n_awaited;
    atomic_bool is_called;

    // ---- a fiber ----
    tern_fiber  *fiber;  // NULL: a plain thread
    tern_poller *home;
    tern_task    task;
    bool         is_woken, is_parked;

    // ---- a plain thread ----
    unsigned     n_loops;
    tern_poller *loops[TERNI_MAX_GATHERED_LOOPS];
    tern_ticket  ticket;  // if there is one loop
};

// False in a poller's callback, where nobody can wait.
bool terni_gather_may_wait(void);

void terni_gather_init(terni_gather *g, unsigned n_awaited);
void terni_gather_done(terni_gather *g);
// Something that is awaited will end on this one. A private one is driven by those who wait for it only: a
// fiber has to stand in for a thread then, and blocks its own.
void terni_gather_add_loop(terni_gather *g, tern_poller *poller, bool is_private);
// One has ended, on this thread's poller.
void terni_gather_tell(terni_gather *g);
// 0 when enough have ended, or -ECANCELED: not yet, to be gone on with.
TERN_NODISCARD int terni_gather_wait(terni_gather *g);

#endif
