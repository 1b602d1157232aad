// tests/sim/desk.h: the service of the simulation, in both styles of handlers. Each call is served as the ledger plans.
//
// Lifetime:  as the server it is registered on.
#ifndef TESTS_SIM_DESK_H
#define TESTS_SIM_DESK_H

#include <tern/server.h>

// Of each kind of call: in callbacks where the bit is set, else on fibers.
void desk_register(tern_server *srv, unsigned async_kinds);

// Handlers that have begun and not returned.
unsigned desk_n_running(void);
void     desk_start(void);

#endif
