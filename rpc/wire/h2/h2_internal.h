// rpc/wire/h2/h2_internal.h: gRPC over HTTP/2 (RFC 9113, RFC 7541).
#ifndef RPC_WIRE_H2_H2_INTERNAL_H
#define RPC_WIRE_H2_H2_INTERNAL_H

#include "rpc/wire/wire_internal.h"

extern const terni_wire terni_wire_h2;

#endif
