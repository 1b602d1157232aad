// tests/rpc/client/shard_stage.h: a shard alone. Its connectors and their links are the test's: nodes, numbered
// as they are made, which connect, have room, answer and go as the test says. Callers have names. What is asked
// of nodes, and how callers end, is written into the journal. The clock stands.
//
// Lifetime:  stage_begin .. stage_end, which closes the shard.
// Threads:   one.
//
//   stage_begin(&s, "unix:@a,unix:@b", TERN_ROUND_ROBIN);
//   caller_start(&c, &s, 'x', NULL);                          // "connect(0) connect(1) "
//   node_open(1, 10);                                         // "open(x,1) "
//   node_answer(&c, TERN_OK);                                 // "done(x,0,) "
//   stage_end(&s);
#ifndef TESTS_RPC_CLIENT_SHARD_STAGE_H
#define TESTS_RPC_CLIENT_SHARD_STAGE_H

#include "rpc/client/shard_internal.h"
#include "tests/rpc/fakes/journal.h"
#include "tests/rpc/fakes/letters.h"
#include "tests/support/fake_clock.h"

#define STAGE_START (1000 * TERN_NS_PER_S)

typedef struct stage stage;
struct stage {
    terni_client_policy policy;
    terni_shard         shard;
    tern_poller        *poller;
    unsigned            n_gone;
};

void stage_begin(stage *s, const char *addresses, tern_balance balance);
// With so many connections to each place, and a policy for retries.
void stage_begin_with(stage *s, const char *addresses, tern_balance balance, unsigned n_connections,
                      const tern_retry *retry);
void stage_end(stage *s);
void stage_pass(stage *s, uint64_t ms);
// Other addresses, by the poller's task.
void stage_change(stage *s, const char *addresses);

// ---- nodes ---------------------------------------------------------------

typedef struct node node;
struct node {
    terni_connector c;
    terni_link      link;
    unsigned        number, room;
    int             open_err;  // of its link
};

node    *node_get(unsigned number);
unsigned node_count(void);  // that were ever made

void node_open(unsigned number, unsigned room);
void node_widen(unsigned number, unsigned more_room);
void node_fail(unsigned number, const char *why);
void node_leave(unsigned number);  // takes no more calls
void node_find(unsigned number, unsigned n_found);
// Its connection is lost, and the calls on it with it.
void node_lose(unsigned number, bool is_processed);
// It was closed or retired, and now nothing of it is left.
void node_end(unsigned number);

// ---- callers -------------------------------------------------------------

typedef struct caller caller;
typedef void          caller_done_fn(caller *c);

struct caller {
    terni_outcall   call;
    char            name;
    caller_done_fn *then;  // behind `done`
};

void caller_start(caller *c, stage *s, char name, const tern_call_opts *opts);
void caller_start_then(caller *c, stage *s, char name, const tern_call_opts *opts,
                       caller_done_fn *then);
// Its server ends the call.
void node_answer(caller *c, uint32_t code);
void node_close(caller *c, const terni_close *close);
void caller_done(caller *c);

#endif
