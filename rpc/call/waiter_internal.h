// rpc/call/waiter_internal.h: one who waits for something that is done on a poller that is not their own: a
// plain thread, which drives that poller if nobody does, or a fiber of another poller. A fiber of the same
// poller needs none of this: it parks and is readied. A private loop is driven by those who wait for it
// only; so a fiber that was handed a plain thread's stream has to stand in for a thread, and blocks its own.
//
// Lifetime:  on the waiter's stack; terni_waiter_init / terni_waiter_done.
// Threads:   the waiter's, but for wake: the poller's. A fiber is told by a task on its own poller, so that
//            nothing of the waiter is touched by two threads.
// Invariant: woken once. A wait that a cancel of the fiber has ended must be gone on with.
#ifndef RPC_CALL_WAITER_INTERNAL_H
#define RPC_CALL_WAITER_INTERNAL_H

#include <tern/fiber.h>
#include <tern/poller.h>
#include <tern/status.h>
#include <tern/task.h>
#include <tern/ticket.h>

typedef struct terni_waiter terni_waiter;
struct terni_waiter {
    tern_poller *poller, *home;
    tern_fiber  *fiber;  // NULL: a plain thread
    tern_task    task;
    tern_ticket  ticket;
    bool         is_private, is_done;
};

void terni_waiter_init(terni_waiter *w, tern_poller *poller, bool is_private);
void terni_waiter_done(terni_waiter *w);
// The last that the poller does with it.
void terni_waiter_wake(terni_waiter *w);

// 0, or -ECANCELED: not yet.
TERN_NODISCARD int terni_waiter_wait(terni_waiter *w, const char *what);
// True: the fiber was cancelled meanwhile, and is to hear of it.
TERN_NODISCARD bool terni_waiter_wait_anyway(terni_waiter *w, const char *what);

#endif
