// rpc/server/watchdog_internal.h: says in the log which handler keeps a poller from going on. A thread looks at what round
// each poller is in; where that is the same for too long, the poller's thread is sent a signal, and writes down in the
// handler of it which call it is at, and its stack.
//
// Lifetime:  terni_watchdog_start / terni_watchdog_free, when the pollers have run their tasks, or are gone.
// Threads:   terni_watchdog_stop from any.
// Invariant: no poller is looked at once terni_watchdog_stop has returned.
#ifndef RPC_SERVER_WATCHDOG_INTERNAL_H
#define RPC_SERVER_WATCHDOG_INTERNAL_H

#include "rpc/server/worker_internal.h"

typedef struct terni_watchdog terni_watchdog;

// NULL without memory or a thread; the log says so.
terni_watchdog *terni_watchdog_start(terni_worker *workers, unsigned n, uint64_t limit_ms);
// Idempotent. Accepts NULL, as the next one.
void terni_watchdog_stop(terni_watchdog *w);
void terni_watchdog_free(terni_watchdog *w);

#endif
