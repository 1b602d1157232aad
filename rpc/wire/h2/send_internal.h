// rpc/wire/h2/send_internal.h: messages and answers out: at once where the peer's windows allow it, in parts and in
// turn otherwise. What the functions do and return is said at terni_wire.
#ifndef RPC_WIRE_H2_SEND_INTERNAL_H
#define RPC_WIRE_H2_SEND_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

int  terni_h2_message(terni_engine *e, terni_stream *s, const terni_body *body, bool is_last);
int  terni_h2_end(terni_engine *e, terni_stream *s);
void terni_h2_cancel(terni_engine *e, terni_stream *s, uint32_t code, const char *why);
int  terni_h2_headers(terni_engine *e, terni_stream *s, const terni_headers *headers);
int  terni_h2_finish(terni_engine *e, terni_stream *s, const terni_close *close,
                     const terni_body *body);
void terni_h2_pump(terni_engine *e);
// The peer lets `by` bytes more of `s` go. False: that is more than it may.
bool terni_h2_widen(terni_engine *e, terni_stream *s, int64_t by);

// ---- for open.c and answer.c ---------------------------------------------

enum { H2_MAX_STATUS = 64 * 1024 };  // bytes of a status, or of metadata, that we send

// gRPC's prefix says no longer ones.
int terni_h2_check_size(const terni_body *body);
// It may go now, whole, in one frame.
bool terni_h2_fits_now(const terni_engine *e, const terni_stream *s, const terni_body *body);
// One that does, with `flags`. 0, or -ENOMEM or -EAGAIN as terni_wire.message.
int terni_h2_send_whole(terni_engine *e, terni_stream *s, const terni_body *body, unsigned flags);
// The message waits for its turn in the queue; NULL without memory.
h2_sending *terni_h2_make_wait(terni_engine *e, terni_stream *s, const terni_body *body,
                               size_t status_len);

#endif
