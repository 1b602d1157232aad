// rpc/wire/h2/ends_internal.h: how a stream ends before, or without, what it should end with.
#ifndef RPC_WIRE_H2_ENDS_INTERNAL_H
#define RPC_WIRE_H2_ENDS_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

// We give up a call: the peer is told, and so is the core.
void terni_h2_end_by_status(terni_engine *e, terni_stream *s, uint32_t code, const char *why);
// The peer has broken a rule on this stream.
void terni_h2_end_by_fault(terni_engine *e, terni_stream *s, h2_error error, const char *why);
// Client: the server has ended the call so.
void terni_h2_end_by_peer(terni_engine *e, terni_stream *s, const terni_close *close);
// Client: and here without a word of gRPC's.
void terni_h2_end_without_status(terni_engine *e, terni_stream *s);

// What a RST_STREAM says, in words and as a status.
size_t   terni_h2_say_reset(char *text, size_t size, h2_error error);
uint32_t terni_h2_code_of_reset(h2_error error);

#endif
