// tests/rpc/client/link_stage.h: a link alone. Its wire is a fake one over a socket pair; its owner, and the carrier
// of its calls, write into the journal what they hear. The clock stands.
//
// Lifetime:  stage_begin .. stage_end.
// Threads:   one.
//
//   stage_begin(&s);
//   caller_start(&call, &s, NULL);
//   wire_close(&call, TERN_OK);
//   assert_string_equal(journal_take(), "open(/test.Letters/Send,7,last) ended(0) done(0,) room ");
//   caller_done(&call);
//   stage_end(&s);
#ifndef TESTS_RPC_CLIENT_LINK_STAGE_H
#define TESTS_RPC_CLIENT_LINK_STAGE_H

#include "rpc/client/link_internal.h"
#include "tests/rpc/fakes/journal.h"
#include "tests/rpc/fakes/letters.h"
#include "tests/rpc/fakes/wire.h"

typedef struct stage stage;
struct stage {
    terni_carrier carrier;
    tern_poller  *poller;
    terni_link   *link;         // NULL: gone
    int           peer;         // -1: closed
    bool          keeps_calls;  // `ended` does not close them: they wait for another attempt
};

void      stage_begin(stage *s);
void      stage_begin_unsettled(stage *s);  // the server has said nothing yet
void      stage_end(stage *s);
tern_code stage_open(stage *s);  // another link, when that is gone
void      stage_step(stage *s);
void      stage_pass(stage *s, uint64_t ms);

// ---- what the server does ------------------------------------------------

void wire_reply(terni_outcall *call, const char *bytes, size_t len);
void wire_close(terni_outcall *call, uint32_t code);
void stage_hang_up(stage *s);

// ---- calls ---------------------------------------------------------------

void caller_make(terni_outcall *call, stage *s, tern_method_kind kind, const tern_call_opts *opts);
// Unary, with the request "hello".
void caller_start(terni_outcall *call, stage *s, const tern_call_opts *opts);
void caller_start_stream(terni_outcall *call, stage *s);
void caller_done(terni_outcall *call);

#endif
