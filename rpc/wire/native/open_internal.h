// rpc/wire/native/open_internal.h: the client's first frame of a call. What the function does and
// returns is said at terni_wire.
#ifndef RPC_WIRE_NATIVE_OPEN_INTERNAL_H
#define RPC_WIRE_NATIVE_OPEN_INTERNAL_H

#include "rpc/wire/native/engine_internal.h"

int terni_native_open(terni_engine *e, terni_stream *s, const terni_open *open,
                      const terni_body *body, bool is_last);

#endif
