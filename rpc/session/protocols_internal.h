// rpc/session/protocols_internal.h: all that a server speaks on its port.
//
// Lifetime:  static tables.
// Threads:   any: read-only.
#ifndef RPC_SESSION_PROTOCOLS_INTERNAL_H
#define RPC_SESSION_PROTOCOLS_INTERNAL_H

#include "rpc/session/session_internal.h"

extern const terni_protocol *const terni_protocols[];
// The same for TLS, to choose from: in this order, separated by commas.
const char *terni_protocols_alpn(void);

// Raises the limits to what every wire needs: once, before a session has them.
void terni_protocols_raise_limits(terni_wire_limits *limits);

#endif
