// rpc/call/cancel_internal.h: a tern_cancel from the calls' side: each call that one was given to watches it.
//
// Lifetime:  a tern_cancel goes with its handle and the last watch. A watch goes with its call, or with the
//            task that firing has posted, whichever is later; so firing may race with the call's end.
// Threads:   a cancel is anybody's, under its lock. A watch belongs to its call's poller, which is where
//            the fired cancel is carried by a task; nothing runs under the lock.
// Invariant: a watch on the list has a call that has not ended. Firing takes it off and posts it, once.
#ifndef RPC_CALL_CANCEL_INTERNAL_H
#define RPC_CALL_CANCEL_INTERNAL_H

#include <tern/call.h>
#include <tern/task.h>

typedef struct terni_outcall terni_outcall;  // channel_internal.h

// For those who act on behalf of a call that has a deadline. Never NULL.
tern_cancel *terni_cancel_new_until(uint64_t deadline_ns);
uint64_t     terni_cancel_deadline_ns(const tern_cancel *c);
tern_cancel *terni_cancel_ref(tern_cancel *c);
void         terni_cancel_unref(tern_cancel *c);
// The calls end with `code`, which is not TERN_OK. The first code stays.
void terni_cancel_fire_with(tern_cancel *c, tern_code code);

typedef struct terni_watch terni_watch;
struct terni_watch {
    tern_task      task;
    tern_cancel   *cancel;  // a reference
    terni_outcall *call;    // NULL: it has ended, and only the task is left
    terni_watch   *next, **link;
    bool           is_posted;
};

// NULL: no memory.
terni_watch *terni_watch_new(tern_cancel *c, terni_outcall *call);
// From here on the cancel ends the call. What it was fired with already, or TERN_OK.
TERN_NODISCARD tern_code terni_watch_start(terni_watch *w);
// The call is over (or was never started). Accepts NULL.
void terni_watch_end(terni_watch *w);

// For a status.
const char *terni_cancel_reason(tern_code code);

#endif
