// tests/sim/caller.h: makes a planned call in the style that is planned: on a fiber, with callbacks, or begun and waited
// for. Tells the ledger what becomes of it.
//
// Threads:   one. caller_make from outside of any poller's round.
#ifndef TESTS_SIM_CALLER_H
#define TESTS_SIM_CALLER_H

#include <stdbool.h>

#include <tern/channel.h>
#include <tern/poller.h>

#include "tests/sim/ledger.h"

void caller_start(void);
// On `poller`, over `ch`, both borrowed until the call has begun: caller_n_coming tells how many have not.
// `is_abroad`: the channel's calls run on another poller than that.
void caller_make(call *c, tern_poller *poller, tern_channel *ch, bool is_abroad);
// Fires all that can be cancelled abroad; true when no call is there any more.
bool     caller_is_home(void);
unsigned caller_n_coming(const tern_channel *ch);
// Fires its cancel, if it has one that is not fired.
void caller_cancel(call *c);
// After the last one: frees what calls were cancelled with.
void caller_end(void);

#endif
