// rpc/wire/h2/open_internal.h: how a client begins a call. What it does and returns is said at terni_wire.
#ifndef RPC_WIRE_H2_OPEN_INTERNAL_H
#define RPC_WIRE_H2_OPEN_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

int terni_h2_open(terni_engine *e, terni_stream *s, const terni_open *open, const terni_body *body,
                  bool is_last);

#endif
