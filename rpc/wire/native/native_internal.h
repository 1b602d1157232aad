// rpc/wire/native/native_internal.h: Tern's own wire; docs/wire.md is its specification. All that a
// session needs of it; the headers beside this one are the engine's own.
#ifndef RPC_WIRE_NATIVE_NATIVE_INTERNAL_H
#define RPC_WIRE_NATIVE_NATIVE_INTERNAL_H

#include "rpc/wire/wire_internal.h"

extern const terni_wire terni_wire_native;

#endif
