// tests/rpc/server/desk.h: a server of the desk service on a thread of its own, and a channel to it. A test
// brings the handlers.
//
// Lifetime:  desk_start .. desk_stop, within a test.
// Threads:   handlers run on the host's thread: they use TERN_ASSERT, never cmocka's asserts.
#ifndef TESTS_RPC_SERVER_DESK_H
#define TESTS_RPC_SERVER_DESK_H

#include <stdatomic.h>

#include "tests/rpc/server/desk.tern.h"
#include "tests/rpc/support/host.h"
#include "tests/support/fake_clock.h"
#include "tests/support/leak.h"
#include "tests/support/wait_for.h"

typedef struct desk desk;
struct desk {
    host                      host;
    tern_channel             *channel;
    const desk_desk_handlers *handlers;
    const tern_service_opts  *service_opts;
};

// Options may be NULL; what is given is borrowed until the stop.
void desk_start(desk *d, host_scheme scheme, const tern_server_opts *opts,
                const desk_desk_handlers *handlers, const tern_service_opts *service_opts);
void desk_stop(desk *d);

// Plans are made once and kept for good: no test is to blame for them.
int desk_warm_up(void **state);

#endif
