// rpc/wire/h2/receive_internal.h: frames in, cut from the input, and what each kind does. Header blocks go on to
// heads.c.
#ifndef RPC_WIRE_H2_RECEIVE_INTERNAL_H
#define RPC_WIRE_H2_RECEIVE_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

// One frame from the front of `in`, or what has come of a DATA. False: there is none, or the engine has failed;
// *ret_need then says how long the next one is in all, if that is known and it is not whole.
bool terni_h2_receive_one(terni_engine *e, tern_linkbuf *in, size_t *ret_need);

#endif
