// tests/rpc/matrix/players.h: the kinds service in both styles of servers, and what a client does with it
// in all three of its styles.
//
//   host srv;
//   players_start(&srv, &(players_setup){ .scheme = HOST_UNIX, .is_async = true });
//   players_play(srv.address, PLAY_ON_FIBER);
//   host_end(&srv);
//
// Threads: what does not run on the test's own thread uses TERN_ASSERT.
#ifndef TESTS_RPC_MATRIX_PLAYERS_H
#define TESTS_RPC_MATRIX_PLAYERS_H

#include <stdatomic.h>

#include "tests/rpc/matrix/kinds.tern.h"
#include "tests/rpc/support/host.h"
#include "tests/support/fake_clock.h"
#include "tests/support/leak.h"
#include "tests/support/wait_for.h"

typedef struct players_setup players_setup;
struct players_setup {
    host_place  place;
    unsigned    n_pollers;  // HOST_OWN_THREADS
    host_scheme scheme;
    bool        is_async;  // handlers with callbacks, else on fibers
};

// What the handlers have done, since the last start. Those of a child count here too.
typedef struct players_counts players_counts;
struct players_counts {
    atomic_uint n_hanging, n_released;  // handlers
    atomic_uint n_sent_down;            // messages, by handlers of Down
};
extern players_counts *the_counts;

int  players_warm_up(void **state);
void players_start(host *h, const players_setup *setup);
// All of that but the start.
void players_set(host *h, const players_setup *setup);

typedef enum players_style { PLAY_ON_THREAD, PLAY_ON_FIBER, PLAY_ASYNC, N_STYLES } players_style;

// All kinds, with streams of 0, 1 and 100 messages, some of them empty.
void players_play(const char *address, players_style style);

// Runs `fn` on this thread, or on a fiber of a poller of its own. The channel must go before it returns.
void players_run(players_style style, void (*fn)(void *arg), void *arg);

#endif
