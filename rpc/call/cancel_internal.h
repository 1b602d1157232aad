// rpc/call/cancel_internal.h: a tern_cancel from the side of what it ends: each call that one was given to
// watches it. Knows nothing of calls.
//
// Lifetime:  a tern_cancel goes with its handle and the last watch. A watch goes with its owner, or with the
//            task that firing has posted, whichever is later; so firing may race with the owner's end.
// Threads:   a cancel is anybody's, under its lock. A watch belongs to its owner's poller, which is where
//            the fired cancel is carried by a task; nothing runs under the lock.
// Invariant: a watch on the list has an owner that has not ended. Firing takes it off and posts it, once.
//
//   call->watch = terni_watch_new(cancel, poller, on_fired, call);
//   if ((code = terni_watch_start(call->watch)) != TERN_OK)
//       ... it was fired before ...
//   terni_watch_end(call->watch);
#ifndef RPC_CALL_CANCEL_INTERNAL_H
#define RPC_CALL_CANCEL_INTERNAL_H

#include <tern/call.h>
#include <tern/poller.h>
#include <tern/task.h>

// For those who act on behalf of a call that has a deadline. Never NULL.
tern_cancel *terni_cancel_new_until(uint64_t deadline_ns);
uint64_t     terni_cancel_deadline_ns(const tern_cancel *c);
tern_cancel *terni_cancel_ref(tern_cancel *c);
void         terni_cancel_unref(tern_cancel *c);
// What watches it ends with `code`, which is not TERN_OK. The first code stays.
void terni_cancel_fire_with(tern_cancel *c, tern_code code);

// Runs on the watch's poller, once, unless terni_watch_end came first; it may end the watch.
typedef void terni_watch_fn(void *owner, tern_code code);

typedef struct terni_watch terni_watch;
struct terni_watch {
    tern_task       task;
    tern_cancel    *cancel;  // a reference
    tern_poller    *poller;
    terni_watch_fn *fire;
    void           *owner;  // NULL: it has ended, and only the task is left
    terni_watch    *next, **link;
    bool            is_posted;
};

// NULL: no memory.
terni_watch *terni_watch_new(tern_cancel *c, tern_poller *poller, terni_watch_fn *fire,
                             void *owner);
// From here on the cancel is carried to the owner. What it was fired with already, or TERN_OK.
TERN_NODISCARD tern_code terni_watch_start(terni_watch *w);
// What its cancel was fired with, or TERN_OK; it may not have been carried to the owner yet.
TERN_NODISCARD tern_code terni_watch_fired(terni_watch *w);
// The owner is over (or was never started). Accepts NULL.
void terni_watch_end(terni_watch *w);

// For a status.
const char *terni_cancel_reason(tern_code code);

#endif
