// rpc/server/drain_internal.h: which of the calls on one poller want to hear that the server begins to stop. Knows
// nothing of how it stops.
//
// Lifetime:  embedded in the worker; terni_drain_init. What is asked for lies in the memory of the call that asks, and
//            is forgotten with it.
// Threads:   its poller's; has_begun is anybody's to read.
// Cost:      nothing for calls that do not ask.
#ifndef RPC_SERVER_DRAIN_INTERNAL_H
#define RPC_SERVER_DRAIN_INTERNAL_H

#include "rpc/server/ctx_internal.h"

typedef struct terni_drain_watch terni_drain_watch;
struct terni_drain_watch {
    terni_drain_watch *next, **link;  // NULL: it was told
    tern_ctx          *ctx;
    tern_ctx_fn       *fn;
    void              *arg;
};

struct terni_drain {
    tern_poller       *poller;
    terni_drain_watch *watches;
    tern_task          late_task;  // for those who ask when it has begun
    bool               is_late_queued;
    atomic_bool        has_begun;
};

void terni_drain_init(terni_drain *d, tern_poller *poller);
// Tells all that have asked, each once.
void terni_drain_begin(terni_drain *d);

#endif
