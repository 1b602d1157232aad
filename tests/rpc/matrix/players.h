// tests/rpc/matrix/players.h: the kinds service in both styles of servers, and what a client does with it
// in all three of its styles.
//
//   players_server srv;
//   players_start(&srv, &(players_setup){ .n_pollers = 4, .is_async = true });
//   players_play(srv.address, PLAY_ON_FIBER);
//   players_stop(&srv);
//
// Threads: what does not run on the test's own thread uses TERN_ASSERT.
#ifndef TESTS_RPC_MATRIX_PLAYERS_H
#define TESTS_RPC_MATRIX_PLAYERS_H

#include <stdatomic.h>

#include "tests/rpc/matrix/kinds.tern.h"
#include "tests/support/leak.h"
#include "tests/support/wait_for.h"

typedef struct players_setup players_setup;
struct players_setup {
    unsigned n_pollers;
    bool     is_unix;
    bool     is_async;  // handlers with callbacks, else on fibers
};

typedef struct players_server players_server;
struct players_server {
    tern_server *server;
    char         address[128];
};

extern atomic_uint n_hanging, n_released;  // handlers
extern atomic_uint n_sent_down;            // messages, by handlers of Down

int  players_warm_up(void **state);
void players_start(players_server *s, const players_setup *setup);
void players_stop(players_server *s);

// Registers the handlers; for a server that is made otherwise.
void players_register(tern_server *srv, bool is_async);

typedef enum players_style { PLAY_ON_THREAD, PLAY_ON_FIBER, PLAY_ASYNC, N_STYLES } players_style;

// All kinds, with streams of 0, 1 and 100 messages, some of them empty.
void players_play(const char *address, players_style style);

// Runs `fn` on this thread, or on a fiber of a poller of its own. The channel must go before it returns.
void players_run(players_style style, void (*fn)(void *arg), void *arg);

#endif
