// tests/rpc/links/node.h: a server for the tests of a client's connections: it says who it is. Knows nothing
// of clients.
//
// Lifetime:  node_start, then node_end; between them as a host's.
// Threads:   all functions belong to one thread at a time; counters may be read by any.
#ifndef TESTS_RPC_LINKS_NODE_H
#define TESTS_RPC_LINKS_NODE_H

#include <stdatomic.h>

#include <tern/wait_group.h>

#include "tests/rpc/links/node.tern.h"
#include "tests/rpc/support/host.h"
#include "tests/support/fake_clock.h"
#include "tests/support/leak.h"
#include "tests/support/wait_for.h"

typedef struct node node;
struct node {
    host            host;
    uint32_t        number;
    atomic_uint     n_calls, n_failures;
    atomic_uint     n_interrupted;  // calls that were cancelled while they slept, or were held
    atomic_uint     n_previous;     // attempts before the last one, as that has told
    tern_wait_group gate;
};

void node_start(node *n);
void node_stop(node *n);  // gracefully
void node_end(node *n);

// Calls that ask for it are held between these two.
void node_hold(node *n);
void node_let_go(node *n);

// For cmocka_run_group_tests: what is made once for a process, and is no leak of the first test.
int node_warm_up(void **state);

#endif
