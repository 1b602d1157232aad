// rpc/wire/h2/content_internal.h: what DATA frames carry: messages, each behind five bytes that say how long it
// is. A message may begin and end anywhere in a frame, and a frame may come in pieces.
#ifndef RPC_WIRE_H2_CONTENT_INTERNAL_H
#define RPC_WIRE_H2_CONTENT_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

// The next `n` bytes of e->current's content, in `block`; its memory may be gone afterwards, and then
// e->current is NULL. `s` NULL: of a stream that is over.
void terni_h2_take_content(terni_engine *e, terni_stream *s, const uint8_t *data, size_t n,
                           tern_block *block);
// `n` bytes that count like content and are none.
void terni_h2_take_overhead(terni_engine *e, terni_stream *s, size_t n);
// What its content-length says comes, and no more. False: no memory, and the stream has ended.
bool terni_h2_expect_content(terni_engine *e, terni_stream *s, uint64_t len);
// The peer's half is done.
void terni_h2_take_end(terni_engine *e, terni_stream *s);

#endif
