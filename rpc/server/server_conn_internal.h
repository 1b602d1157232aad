// rpc/server/server_conn_internal.h: a connection of a client: the engine's events, brought to calls; hello,
// goodbye and the end. Knows nothing of the server but its policy.
//
// Lifetime:  of its own, from terni_server_conn_start until the connection is gone and the last handler of its
//            calls has returned; then `gone` is told, and the memory goes.
// Threads:   its poller's.
#ifndef RPC_SERVER_SERVER_CONN_INTERNAL_H
#define RPC_SERVER_SERVER_CONN_INTERNAL_H

#include "rpc/server/ctx_life_internal.h"
#include "rpc/server/stay_internal.h"

typedef struct terni_server_conn terni_server_conn;
struct terni_server_conn {
    terni_caller       caller;
    terni_server_conn *next, **link;       // of its owner's
    terni_stay        *stay;               // NULL: for as long as its client wants
    uint64_t           waiting, in_hands;  // see terni_server_conn_weigh
};

// Sets what of a home is this module's.
void terni_server_conn_prepare(terni_home *home);
// Takes `fd`, which is counted as a connection. NULL without memory, or the filter that `is_tls` asks for: it is
// closed, and the log says why.
terni_server_conn *terni_server_conn_start(const terni_home *home, int fd, bool is_tls,
                                           terni_server_conn **list);
void terni_server_conn_go(terni_server_conn *c);  // tells the client that no more calls are taken
// Ends its calls of methods that want that. It may be gone then.
void terni_server_conn_drain(terni_server_conn *c);
// That it takes none from here on: those which it has not seen were not processed.
void terni_server_conn_say_last(terni_server_conn *c);
// What it makes us hold, but for long messages on their way: `waiting` for room or a reader, one way or the other, and
// `in_hands` of handlers.
void terni_server_conn_weigh(terni_server_conn *c);
// All calls in progress end with RESOURCE_EXHAUSTED, and let go of what they hold. Returns how many.
uint64_t terni_server_conn_refuse_calls(terni_server_conn *c, const char *why);
void     terni_server_conn_abort(terni_server_conn *c);

#endif
