// tests/rpc/calls/fixture.h: a server of the probe service on a thread of its own, and ways to run a client. The
// clock runs, and leaps when a test says so.
//
// Lifetime:  TERN_TEST_CALLS around a test, fixture_warm_up around the group.
// Threads:   run_on_fiber and run_on_thread return when `fn` has. A fiber or thread must not use cmocka's
//            asserts (they jump): it uses TERN_ASSERT, or leaves its results where `arg` points.
#ifndef TESTS_RPC_CALLS_FIXTURE_H
#define TESTS_RPC_CALLS_FIXTURE_H

#include <stdatomic.h>

#include "tests/rpc/calls/probe.tern.h"
#include "tests/rpc/support/host.h"
#include "tests/support/fake_clock.h"
#include "tests/support/leak.h"
#include "tests/support/wait_for.h"

#define TERN_TEST_CALLS(fn) TERN_TEST_IN(fn, fixture_setup, fixture_teardown)

typedef struct fixture fixture;
struct fixture {
    host        host;
    atomic_uint n_hanging;    // handlers that wait for their caller to give up
    atomic_uint hang_ms;      // that pass, at once, when one begins to
    atomic_uint n_cancelled;  // and have seen it
    atomic_uint n_echoes;     // calls of Echo that were begun
    atomic_uint last_code;    // that they saw
    tern_code (*relay)(tern_ctx *ctx, const test_ask *req, test_answer *reply);
};

extern fixture the_server;

// The probe service alone, for other hosts.
void fixture_add_probe(tern_server *srv, void *arg);

int fixture_warm_up(void **state);
int fixture_setup(void **state);
int fixture_teardown(void **state);

// For handlers of a test's own: counts one that hangs, and lets hang_ms pass.
void begin_to_hang(void);

tern_channel *connect_to_server(tern_poller *poller);

// A fiber on a poller of its own, or this thread: the same code in both styles. On a fiber the channel must
// go before `fn` returns.
void run_on_fiber(void (*fn)(void *arg), void *arg);
void run_on_thread(void (*fn)(void *arg), void *arg);

#endif
