// rpc/session/body_internal.h: a message as what the wire takes. First by a bound of its size, which costs next
// to nothing; measured where there is none, or where the engine has said -EAGAIN to it.
//
//   err = terni_body_bound(&body, plan, msg) ? wire->message(engine, stream, &body, false) : -EAGAIN;
//   if (err == -EAGAIN && (err = terni_body_measure(&body, &encoding, plan, msg, NULL)) == 0 &&
//       (err = wire->message(engine, stream, &body, false)) < 0)
//       terni_encoding_done(&encoding);
#ifndef RPC_SESSION_BODY_INTERNAL_H
#define RPC_SESSION_BODY_INTERNAL_H

#include "rpc/codec/codec_internal.h"
#include "rpc/wire/wire_internal.h"

// False: this message must be measured.
bool terni_body_bound(terni_body *body, const terni_plan *plan, const void *msg);

// 0 or -errno as terni_codec_measure. `e` and `opts` must stay until the wire has the body.
TERN_NODISCARD int terni_body_measure(terni_body *body, terni_encoding *e, const terni_plan *plan,
                                      const void *msg, const terni_encode_opts *opts);

#endif
