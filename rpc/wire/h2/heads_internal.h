// rpc/wire/h2/heads_internal.h: header blocks in: how a call begins, how it is answered, how it ends.
#ifndef RPC_WIRE_H2_HEADS_INTERNAL_H
#define RPC_WIRE_H2_HEADS_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

void terni_h2_take_headers(terni_engine *e, const h2_frame *f);
void terni_h2_take_continuation(terni_engine *e, const h2_frame *f);
void terni_h2_drop_partial(terni_engine *e);

#endif
