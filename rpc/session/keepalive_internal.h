// rpc/session/keepalive_internal.h: finds out that the peer of a session is dead though its connection is not: after
// a while without a byte, while calls are open, it asks with a PING, and gives up if nothing at all
// comes within its patience. Knows nothing of calls.
//
// Lifetime:  the session's, which makes one where it is wanted. Stop it before the connection is gone.
// Threads:   the session's.
// Cost:      a timer, and nothing on the path of a call. Between calls the timer runs, but does not ask.
#ifndef RPC_SESSION_KEEPALIVE_INTERNAL_H
#define RPC_SESSION_KEEPALIVE_INTERNAL_H

#include <stdint.h>

#include <tern/timer.h>

struct terni_session;

typedef struct terni_keepalive terni_keepalive;
struct terni_keepalive {
    struct terni_session *session;
    tern_timer            timer;
    uint64_t              interval_ns, patience_ns;
    uint64_t              asked_ns;  // 0: no PING is out
};

void terni_keepalive_start(terni_keepalive *k, struct terni_session *s, uint64_t interval_ms,
                           uint64_t patience_ms);
void terni_keepalive_stop(terni_keepalive *k);

#endif
