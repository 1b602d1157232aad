// tests/rpc/client/connector_stage.h: a connector alone. What it stands on is the test's: diallers that end, and
// links that settle and are lost when the test says so; and so is its owner, who writes into the journal what
// it hears. The clock stands.
//
// Lifetime:  owner_begin .. owner_end.
// Threads:   one.
//
//   owner_begin(&o, "unix:@a,unix:@b");
//   terni_connector_connect(o.c);
//   dialer_answer(-ECONNREFUSED);
//   assert_string_equal(journal_take(), "IDLE>DIALING dial(@a) dial(@b) ");
//   owner_end(&o);
#ifndef TESTS_RPC_CLIENT_CONNECTOR_STAGE_H
#define TESTS_RPC_CLIENT_CONNECTOR_STAGE_H

#include "rpc/client/connector_internal.h"
#include "tests/rpc/fakes/journal.h"

// ---- the owner -----------------------------------------------------------

typedef struct owner owner;
struct owner {
    tern_poller     *poller;
    terni_endpoints *endpoints;
    terni_connector *c;  // NULL: gone
    bool             is_wanted;
};

// With one connection to the first that can be reached.
void owner_begin(owner *o, const char *addresses);
void owner_begin_with(owner *o, const char *addresses, const terni_wish *wish);
void owner_end(owner *o);
void owner_make(owner *o, const terni_wish *wish);  // the connector alone
void owner_pass(owner *o, uint64_t ms);

// Nothing of these in the journal: connected, and its settings have not come; open.
terni_link *owner_reach(owner *o);
terni_link *owner_open(owner *o);
void        owner_fail_once(owner *o);

terni_endpoints *parse_endpoints(const char *addresses);

// ---- the one dialler at a time -------------------------------------------

struct tern_dialer {
    tern_dial_fn *on_dialed;  // NULL: told, or not there
    void         *arg;
    unsigned     *n_found;
};

enum { A_SOCKET = 1000 };  // a number that nobody looks behind

extern tern_dialer dialer;
extern int         dial_err;  // of the next ones

// It has been dialled, or not.
void dialer_answer(int fd);
void dialer_answer_found(int fd, unsigned n_found);

// ---- links ---------------------------------------------------------------

extern terni_link *last_link;
extern int         link_err;  // of the next ones

void link_settle(terni_link *link);
void link_lose(terni_link *link, const char *why);

#endif
