// tests/rpc/session/stage.h: a session on one end of a socket pair, with an owner that writes down what it
// hears, into the journal. Its clock stands. The other end is the test's.
//
// Lifetime:  owner_start .. owner_end, in a TERN_TEST.
// Threads:   one.
//
//   owner o;
//   owner_start_server(&o);                                  // it has said that it speaks the fake wire
//   peer_say(&o, "one\n");
//   assert_string_equal(journal_take(), "<one> fed ");
//   owner_end(&o);
#ifndef TESTS_RPC_SESSION_STAGE_H
#define TESTS_RPC_SESSION_STAGE_H

#include "rpc/session/session_internal.h"
#include "tests/rpc/fakes/journal.h"
#include "tests/rpc/fakes/wire.h"
#include "tests/support/fake_clock.h"

#define STAGE_START (1000 * TERN_NS_PER_S)

typedef struct owner owner;
struct owner {
    terni_session session;
    tern_poller  *poller;
    int           peer;  // our end of its connection; -1: closed
    int           err;   // of `closed`
    char          why[64];
    bool          is_closed;
};

// 0 or -errno. A server knows two protocols: "fake", and "rude", which is refused with "go away\n".
int  owner_start(owner *o, terni_role role);
int  owner_start_with(owner *o, terni_role role, const fake_wire *how);
void owner_end(owner *o);
void owner_start_server(owner *o);
void owner_start_client(owner *o);

// All that is to be done now.
void owner_step(owner *o);
// The same when so much more time has passed.
void owner_pass(owner *o, uint64_t ms);

// What the peer does.
void        peer_say(owner *o, const char *text);
const char *peer_hear(owner *o);  // what has come at its end since
void        peer_hang_up(owner *o);

// The fake wire's failures are not for people.
void stage_be_quiet(void);
void stage_be_loud(void);

extern const terni_session_hooks closed_alone;  // of an owner that wants nothing else

#endif
