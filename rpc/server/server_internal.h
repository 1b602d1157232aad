// rpc/server/server_internal.h: the inside of a server: what it offers, where it listens, a worker for each
// poller.
//
// Lifetime:  <tern/server.h> says.
// Threads:   what is not atomic or under the lock is set before the workers run.
#ifndef RPC_SERVER_SERVER_INTERNAL_H
#define RPC_SERVER_SERVER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <sys/types.h>

#include <tern/group.h>
#include <tern/listener.h>
#include <tern/server.h>

#include "rpc/server/health_internal.h"
#include "rpc/server/watchdog_internal.h"
#include "rpc/server/worker_internal.h"

enum { TERNI_MAX_LISTENERS = 16 };

typedef enum terni_server_state {
    TERNI_SERVER_NEW,
    TERNI_SERVER_RUNNING,
    TERNI_SERVER_STOPPED,
} terni_server_state;

// Where it listens.
typedef struct terni_port terni_port;
struct terni_port {
    tern_server   *server;
    tern_listener *listener;
    bool           is_tls;
};

// What a server has only if the program asks for it, so that others do not link it. A part of what it is.
typedef struct terni_server_addition terni_server_addition;
struct terni_server_addition {
    terni_server_addition *next;
    // Before the server runs, with all its services. 0 or -ENOMEM.
    int (*start)(terni_server_addition *a, const terni_registry *r);
    void (*free)(terni_server_addition *a);  // when no handler runs any more
    // On the first poller: the server runs, and begins to stop. NULL: it does not matter.
    void (*run)(terni_server_addition *a);
    void (*stop)(terni_server_addition *a);
};

struct tern_server {
    tern_server_opts opts;
    char            *addresses;
    tern_status      status;  // the first thing that went wrong
    terni_policy     policy;
    terni_account    account;
    terni_port       ports[TERNI_MAX_LISTENERS];
    unsigned         n_ports;
    char             address[TERN_MAX_ADDRESS];
    terni_worker    *workers;
    unsigned         n_workers;
    pid_t            process;      // that they were made in
    tern_group      *group;        // threads of our own, but for the first poller's
    tern_poller     *main_poller;  // ours; NULL when the pollers are the program's
    pthread_t        main_thread;  // that drives it, unless tern_serve does
    bool             has_main_thread;
    terni_health     health;

    terni_server_addition *additions;
    terni_watchdog        *watchdog;  // NULL: there is none

    pthread_mutex_t    lock;
    pthread_cond_t     has_stopped;
    unsigned           n_running;  // workers
    terni_server_state state;
    tern_task          run_task, stop_task;  // on the first worker
    atomic_bool        is_stopping;          // or cannot be stopped yet
};

// Listens, on pollers of its own or the program's, of which the first is still to be driven. False: its status says why.
TERN_NODISCARD bool terni_server_begin(tern_server *srv, tern_poller *const *pollers,
                                       size_t n_pollers);
// The main poller is driven no more.
void terni_server_settle(tern_server *srv);

// Before the start. Takes the addition, on success; NULL is one that there was no memory for. False: the server is
// dead, or now fails to start.
TERN_NODISCARD bool terni_server_add(tern_server *srv, terni_server_addition *addition);

#endif
