// rpc/server/server_internal.h: the inside of a server: one worker for each poller, a terni_server_conn for each
// connection, a tern_ctx for each call.
//
// Threads:   a worker, its conns and their calls belong to the worker's poller. Server fields that are
//            not atomic are set before the workers run.
#ifndef RPC_SERVER_SERVER_INTERNAL_H
#define RPC_SERVER_SERVER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include <tern/group.h>
#include <tern/listener.h>
#include <tern/server.h>

#include "rpc/base/quota_internal.h"
#include "rpc/server/ctx_internal.h"
#include "rpc/server/health_internal.h"
#include "rpc/server/registry_internal.h"
#include "rpc/session/session_internal.h"

enum {
    TERNI_MAX_FREE_CALLS = 2048,  // calls that a worker keeps for the next ones
    TERNI_MAX_LISTENERS = 16,
    TERNI_MAX_MEMORY = 1024 * 1024 * 1024,  // of long messages that are on their way
    TERNI_DEFAULT_GRACE_MS = 10 * 1000,
    TERNI_GOODBYE_MS = 500,  // for a client to answer the first GOAWAY's PING
};

typedef struct terni_worker terni_worker;

// A connection of a client.
struct terni_server_conn {
    terni_session      session;
    terni_worker      *worker;
    terni_server_conn *next, **link;  // of the worker's conns
    tern_ctx          *calls;
    bool               is_going;  // a final GOAWAY is out
    bool               is_held;   // its calls are being gone through
    char              *address;   // NULL until somebody asks
};

struct terni_worker {
    tern_server       *server;
    tern_poller       *poller;
    terni_server_conn *conns;
    tern_ctx          *free_calls;
    uint32_t           n_free_calls, n_calls;
    tern_timer         grace_timer, goodbye_timer;
    tern_task          stop_task;
    bool               is_stopping, is_stopped;
};

typedef enum terni_server_state {
    TERNI_SERVER_NEW,
    TERNI_SERVER_RUNNING,
    TERNI_SERVER_STOPPED,
} terni_server_state;

struct tern_server {
    tern_server_opts   opts;
    char              *addresses;
    tern_status        status;  // the first thing that went wrong
    terni_registry     registry;
    terni_wire_limits  limits;
    tern_listener     *listeners[TERNI_MAX_LISTENERS];
    unsigned           n_listeners;
    char               address[TERN_MAX_ADDRESS];
    terni_worker      *workers;
    unsigned           n_workers;
    tern_group        *group;        // threads of our own, but for the first poller's
    tern_poller       *main_poller;  // ours; NULL when the pollers are the program's
    pthread_t          main_thread;  // that drives it, unless tern_serve does
    bool               has_main_thread;
    tern_interceptor  *interceptors;
    terni_quota        calls, connections, memory;
    terni_health       health;
    pthread_mutex_t    lock;
    pthread_cond_t     has_stopped;
    unsigned           n_running;  // workers
    terni_server_state state;
    tern_task          stop_task;  // on the first worker
    atomic_bool        is_stopping;
};

// ---- server_conn.c: connections and the life of calls ----
void terni_server_conn_start(terni_worker *w, int fd);
void terni_server_conn_go(terni_server_conn *p);  // tells the client that no more calls are taken
// That it takes none from here on: those which it has not seen were not processed.
void terni_server_conn_say_last(terni_server_conn *p);
void terni_server_conn_abort(terni_server_conn *p);
// "" if nobody has asked before the connection was gone.
const char *terni_server_conn_address(terni_server_conn *p);
// Nobody waits for the answer any more: tells the handler.
void terni_ctx_cancel(tern_ctx *ctx, tern_code why);
void terni_ctx_release(tern_ctx *ctx);
void terni_ctx_free(tern_ctx *ctx);  // one of the list of free ones

// ---- answer.c: what a handler says ----
int terni_ctx_send_initial(tern_ctx *ctx);
// 0, or -errno; then the call is to end.
int terni_ctx_send(tern_ctx *ctx, const void *msg);
// Puts the answer on the wire: ctx->code and ctx->message, and `reply` if there is one. Encoded before
// this returns; dropped if nobody waits for it.
void terni_ctx_answer(tern_ctx *ctx, const void *reply);
// The handler is done with the call, which was answered: it goes when the answer is out.
void terni_ctx_conclude(tern_ctx *ctx);

// ---- thread_pool.c ----
// The last call or connection of a stopping worker may be gone.
void terni_worker_check_stopped(terni_worker *w);

// ---- ctx.c ----
// The message is copied.
void terni_ctx_set_failure(tern_ctx *ctx, tern_code code, const char *message);
// What a handler returned: the message of tern_fail stays if it was for this code.
void terni_ctx_set_code(tern_ctx *ctx, tern_code code);

// How the call ends, as far as it is known.
tern_status terni_ctx_status(const tern_ctx *ctx);

// ---- interceptor.c ----
// To be asked before any of the others, which are not free.
static inline bool terni_is_intercepted(const tern_ctx *ctx)
{
    return TERN_UNLIKELY(ctx->conn->worker->server->opts.n_interceptors > 0);
}
tern_code terni_interceptor_begin(tern_ctx *ctx);
void      terni_interceptor_received(tern_ctx *ctx, const void *msg);
void      terni_interceptor_sent(tern_ctx *ctx, const void *msg);
// Those that have begun: once, whoever comes first.
void terni_interceptor_end(tern_ctx *ctx);

// ---- dispatch.c: how a handler is started and told of things ----
// The call on whose behalf this fiber (or inline handler) runs, or NULL.
tern_ctx   *terni_ctx_current(void);
void        terni_dispatch_on_began(tern_ctx *ctx);
void        terni_dispatch_on_message(tern_ctx *ctx, const terni_piece *piece);
void        terni_dispatch_on_end(tern_ctx *ctx);
void        terni_dispatch_on_writable(tern_ctx *ctx);
void        terni_dispatch_on_cancel(tern_ctx *ctx);
const void *terni_dispatch_take_item(tern_ctx *ctx);
void        terni_dispatch_queue_ready(tern_ctx *ctx);
void        terni_dispatch_finish_async(tern_ctx *ctx);

#endif
