// tests/rpc/client/outcall_stage.h: a client's call alone. Its carrier is the test's: it takes the call onto a
// list and writes into the journal what it is asked. The clock stands.
//
// Lifetime:  stage_begin .. stage_end.
// Threads:   one.
//
//   stage_begin(&s);
//   caller_start(&c, &s, TERN_UNARY, NULL);
//   terni_outcall_abort(&c.call, TERN_CANCELLED, "enough");
//   assert_string_equal(journal_take(), "begin drop(1,enough) done(1,enough) ");
//   caller_done(&c);
#ifndef TESTS_RPC_CLIENT_OUTCALL_STAGE_H
#define TESTS_RPC_CLIENT_OUTCALL_STAGE_H

#include "rpc/client/outcall_internal.h"
#include "tests/rpc/fakes/journal.h"
#include "tests/rpc/fakes/letters.h"
#include "tests/support/fake_clock.h"

#define STAGE_START (1000 * TERN_NS_PER_S)

typedef struct stage stage;
struct stage {
    terni_carrier  carrier;
    tern_poller   *poller;
    terni_outcall *calls;  // WAITING, or BACKING_OFF
};

void stage_begin(stage *s);
void stage_end(stage *s);
void stage_pass(stage *s, uint64_t ms);

typedef struct caller caller;
struct caller {
    terni_outcall call;
    unsigned      n_done;
};

// What the carrier does: WAITING and BACKING_OFF are on its list, OPEN on a link of nobody's.
void caller_move(caller *c, terni_outcall_state next);

// Made: 0 or -errno. Where `done` goes into the journal.
int caller_make(caller *c, stage *s, tern_method_kind kind, const tern_call_opts *opts);
// Made, encoded with a note and started.
void caller_start(caller *c, stage *s, tern_method_kind kind, const tern_call_opts *opts);
void caller_done(caller *c);  // what a style does behind `done`

#endif
