// rpc/call/wait_many_internal.h: one wait for several things that end on several pollers. Knows nothing of calls: its
// owner tells it of each end, under a lock of the owner's.
//
// Lifetime:  on the waiter's stack, from terni_wait_many_init to terni_wait_many_done, by when the owner has
//            made sure that nobody tells it any more.
// Threads:   the waiter's, but for terni_wait_many_tell: anybody's.
// Invariant: it is woken at most once, when `n_awaited` have ended.
#ifndef RPC_CALL_WAIT_MANY_INTERNAL_H
#define RPC_CALL_WAIT_MANY_INTERNAL_H

#include <stdatomic.h>

#include <tern/fiber.h>
#include <tern/poller.h>
#include <tern/task.h>
#include <tern/ticket.h>

// A poller that one of those things ends on: a part of the thing. Each is on the list once, by the first that
// ends there.
typedef struct terni_wait_many_loop terni_wait_many_loop;
struct terni_wait_many_loop {
    terni_wait_many_loop *next;
    tern_poller          *poller;
};

typedef struct terni_wait_many terni_wait_many;
struct terni_wait_many {
    atomic_uint n_awaited;
    atomic_bool is_called;

    // ---- a fiber ----
    tern_fiber  *fiber;  // NULL: a plain thread
    tern_poller *home;
    tern_task    task;
    bool         is_woken, is_parked;

    // ---- a plain thread ----
    unsigned              n_loops;
    terni_wait_many_loop *loops;   // that it drives in turn
    tern_ticket           ticket;  // if there is one loop
};

// False in a poller's callback, where nobody can wait.
bool terni_wait_many_may_wait(void);

void terni_wait_many_init(terni_wait_many *g, unsigned n_awaited);
void terni_wait_many_done(terni_wait_many *g);
// Something that is awaited will end on this one; `loop` is a part of it. A private one is driven by those who
// wait for it only: a fiber has to stand in for a thread then, and blocks its own.
void terni_wait_many_add_loop(terni_wait_many *g, terni_wait_many_loop *loop, tern_poller *poller,
                              bool is_private);
// One has ended, on this thread's poller.
void terni_wait_many_tell(terni_wait_many *g);
// 0 when enough have ended, or -ECANCELED: not yet, to be gone on with.
TERN_NODISCARD int terni_wait_many_wait(terni_wait_many *g);

#endif
