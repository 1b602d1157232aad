// tests/rpc/support/host.h: a server for a test, wherever the test wants it: on a thread, on threads of the
// server's own, on a poller that the test drives, or in a process; started, stopped and started again at the
// same address. Knows nothing of services: the test registers its own. Nor of clients.
//
// Lifetime:  host_start, then host_end; between them host_stop and host_start, or host_kill and host_start.
// Threads:   the test's. Handlers run on others: they use TERN_ASSERT, never cmocka's asserts.
// Invariant: the address is the host's from the first start to the end, also while nobody listens there.
//
//   host h = { .scheme = HOST_UNIX, .add_services = add_desk, .arg = &the_desk };
//   host_start(&h);
//   ... host_connect(h.address, NULL) ...
//   host_end(&h);
#ifndef TESTS_RPC_SUPPORT_HOST_H
#define TESTS_RPC_SUPPORT_HOST_H

#include <pthread.h>
#include <stdbool.h>

#include <tern/address.h>
#include <tern/channel.h>
#include <tern/poller.h>
#include <tern/server.h>

#include "tests/support/process.h"

// How a client says where the server is; HOST_INPROC is not for processes, and HOST_FILTERED is tls://, with xor_source.h. Where TERN_TEST_FILTERED is
// set every host is filtered.
typedef enum host_scheme {
    HOST_TCP,
    HOST_UNIX,
    HOST_INPROC,
    HOST_FILTERED,
    HOST_N_SCHEMES
} host_scheme;

typedef enum host_place {
    HOST_ON_THREAD,    // one poller, and a thread of the host's that drives it
    HOST_OWN_THREADS,  // opts.n_pollers, on the server's own threads
    HOST_HERE,         // `poller`, the test's, which drives it
    HOST_IN_PROCESS,   // a child of the test's, which has a single thread when it starts it
} host_place;

typedef void host_services_fn(tern_server *srv, void *arg);

typedef struct host host;
struct host {
    // Said before the first start; zero is the default.
    host_scheme       scheme;
    host_place        place;
    tern_server_opts  opts;
    host_services_fn *add_services;
    void             *arg;
    tern_poller      *poller;                     // HOST_HERE, HOST_ON_THREAD: that which is driven
    char              address[TERN_MAX_ADDRESS];  // "": one of its own; for clients
    char              socket[TERN_MAX_ADDRESS];   // where that is, as calls are told of their peer

    tern_server *server;  // NULL while it is down, and in a process
    pthread_t    thread;
    process      process;
    int          reserved_fd;  // keeps a TCP port between a stop and the next start; 0: none
};

// Servers of this test are called over HTTP/2: its environment has TERN_TEST_WIRE=grpc. Native otherwise.
bool host_speaks_grpc(void);

// With TERN_TEST_COMPRESSED hosts and channels compress all messages that are not empty.
// It listens when this returns.
void host_start(host *h);
// HOST_HERE: false where the server cannot start, which leaves the host as it was before.
bool host_try_start(host *h);
// Gracefully; fails if the server does not end well, and in a process also if something is left over.
void host_stop(host *h);
// host_stop, unless it is down, and the address is given back.
void host_end(host *h);

bool host_are_filtered(void);  // all of them
// What stands between: xor_source, or TLS where TERN_TEST_FILTERED is `tls`.
const tern_filter_source *host_filters(void);

// tern_connect, with filters for a host that has them.
tern_channel *host_connect(const char *addresses, const tern_channel_opts *opts);

// In a process: without a word. It may be started again.
void host_kill(host *h);
// In a process: it stays, and does nothing any more. host_kill is all that may follow.
void host_freeze(host *h);

// HOST_HERE: runs `fn` on a fiber of the poller, and drives that until it has returned.
void host_run_fiber(host *h, void (*fn)(void *arg), void *arg);

#endif
