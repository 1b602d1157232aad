// tests/rpc/packing/press.h: the press: a server that knows how messages came, and sends its own as it is told.
//
// Lifetime:  static.
// Threads:   any.
#ifndef TESTS_RPC_PACKING_PRESS_H
#define TESTS_RPC_PACKING_PRESS_H

#include "tests/rpc/packing/press.tern.h"
#include "tests/rpc/support/host.h"

// A host_services_fn. `arg` is not looked at.
void press_add(tern_server *srv, void *arg);

#endif
