// tests/rpc/server/host.h: a server of the desk service on a thread of its own.
//
// Lifetime:  host_start .. host_stop, within a test.
// Threads:   handlers run on the host's thread: they use TERN_ASSERT, never cmocka's asserts.
#ifndef TESTS_RPC_SERVER_HOST_H
#define TESTS_RPC_SERVER_HOST_H

#include <pthread.h>
#include <stdatomic.h>

#include "tests/rpc/server/desk.tern.h"
#include "tests/support/leak.h"
#include "tests/support/wait_for.h"

typedef struct host host;
struct host {
    tern_server  *server;
    tern_poller  *poller;
    tern_channel *channel;  // to it
    pthread_t     thread;
};

// `address` may be NULL: a TCP port of the kernel's choice.
void host_start(host *h, const char *address, const tern_server_opts *opts,
                const desk_desk_handlers *handlers, const tern_service_opts *service_opts);
void host_stop(host *h);

// Plans are made once and kept for good: no test is to blame for them.
int host_warm_up(void **state);

#endif
