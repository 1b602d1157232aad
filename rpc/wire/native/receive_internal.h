// rpc/wire/native/receive_internal.h: one whole frame in, and the events that it means.
#ifndef RPC_WIRE_NATIVE_RECEIVE_INTERNAL_H
#define RPC_WIRE_NATIVE_RECEIVE_INTERNAL_H

#include "rpc/wire/native/engine_internal.h"

void terni_native_receive(terni_engine *e, const frame *f);

#endif
