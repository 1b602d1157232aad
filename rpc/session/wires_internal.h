// rpc/session/wires_internal.h: the wires there are. Knows nothing of who speaks which.
//
// Lifetime:  static tables.
// Threads:   any: read-only.
#ifndef RPC_SESSION_WIRES_INTERNAL_H
#define RPC_SESSION_WIRES_INTERNAL_H

#include <tern/without_grpc.h>

#include "rpc/wire/native/native_internal.h"

// HTTP/2. NULL in a program that was linked without.
static inline const terni_wire *terni_grpc_wire(void) { return tern_grpc_wire; }

#endif
