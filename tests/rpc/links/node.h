// tests/rpc/links/node.h: a server for the tests of a client's connections: on a thread of its own, and it
// says who it is. Knows nothing of clients.
//
// Lifetime:  node_start / node_stop; then it may be started again, at the same address.
// Threads:   all functions belong to one thread at a time; counters may be read by any.
#ifndef TESTS_RPC_LINKS_NODE_H
#define TESTS_RPC_LINKS_NODE_H

#include <pthread.h>
#include <stdatomic.h>

#include <tern/address.h>
#include <tern/poller.h>

#include "tests/rpc/links/node.tern.h"

typedef struct node node;
struct node {
    uint32_t         number;
    char             address[TERN_MAX_ADDRESS];  // with the port that was chosen
    tern_server_opts opts;
    tern_server     *server;
    tern_poller     *poller;
    pthread_t        thread;
    atomic_uint      n_calls, n_failures;
    atomic_uint      n_interrupted;  // calls that were cancelled while they slept
};

// Listens before it returns. "" chooses a free port; after the first time the address stays.
void node_start(node *n);
void node_stop(node *n);  // gracefully

// For cmocka_run_group_tests: what is made once for a process, and is no leak of the first test.
int node_warm_up(void **state);

#endif
