// rpc/server/worker_internal.h: what a server has on one poller: its connections there, and how they end.
//
// Lifetime:  in the server's array; terni_worker_init / terni_worker_done, when `stopped` was told or the poller
//            is gone.
// Threads:   the poller's, but for terni_worker_stop: any.
// Invariant: `stopped` runs once, after the last connection has gone.
#ifndef RPC_SERVER_WORKER_INTERNAL_H
#define RPC_SERVER_WORKER_INTERNAL_H

#include "rpc/server/drain_internal.h"
#include "rpc/server/pressure_internal.h"
#include "rpc/server/server_conn_internal.h"

enum { TERNI_GOODBYE_MS = 500 };  // for a client to answer the first GOAWAY's PING

typedef struct terni_worker terni_worker;
struct terni_worker {
    tern_poller       *poller;
    terni_policy      *policy;
    terni_account     *account;
    terni_ctx_pool     pool;
    terni_home         home;
    terni_pressure     pressure;
    terni_drain        drain;
    terni_server_conn *conns;
    tern_timer         grace_timer, goodbye_timer;
    tern_task          stop_task;
    int64_t            grace_ms;  // below 0: calls are waited for as long as they take
    bool               is_stopping, is_stopped;
    void (*stopped)(void *owner);
    void *owner;
};

// Set are: poller, policy, account, grace_ms, stopped, owner.
void terni_worker_init(terni_worker *w);
void terni_worker_done(terni_worker *w);
// Takes `fd`, which is counted as a connection.
void terni_worker_adopt(terni_worker *w, int fd, bool is_tls);
// Tells the clients, lets calls end within the grace, cancels the rest.
void terni_worker_stop(terni_worker *w);

#endif
