// rpc/server/server_conn_internal.h: a connection of a client: the engine's events, brought to calls; hello,
// goodbye and the end. Knows nothing of the server but its policy.
//
// Lifetime:  of its own, from terni_server_conn_start until the connection is gone and the last handler of its
//            calls has returned; then `gone` is told, and the memory goes.
// Threads:   its poller's.
#ifndef RPC_SERVER_SERVER_CONN_INTERNAL_H
#define RPC_SERVER_SERVER_CONN_INTERNAL_H

#include "rpc/server/ctx_life_internal.h"

typedef struct terni_server_conn terni_server_conn;
struct terni_server_conn {
    terni_caller       caller;
    terni_server_conn *next, **link;  // of its owner's
    bool               is_leaving;    // the client is told to make no more calls
    bool               is_going;      // a final GOAWAY is out
    bool               is_held;       // its calls are being gone through
    void (*gone)(void *owner);        // last: it is off the list, and its memory is gone
    void *owner;
};

// What a connection stands on.
typedef struct terni_server_conn_opts terni_server_conn_opts;
struct terni_server_conn_opts {
    tern_poller    *poller;
    terni_policy   *policy;
    terni_ctx_pool *pool;
    void (*gone)(void *owner);
    void *owner;
};

// Takes `fd`, which is counted as a connection. NULL without memory: it is closed, and the log says so.
terni_server_conn *terni_server_conn_start(const terni_server_conn_opts *opts, int fd,
                                           terni_server_conn **list);
void terni_server_conn_go(terni_server_conn *c);  // tells the client that no more calls are taken
// That it takes none from here on: those which it has not seen were not processed.
void terni_server_conn_say_last(terni_server_conn *c);
void terni_server_conn_abort(terni_server_conn *c);

#endif
