// rpc/session/body_internal.h: a message as what the wire takes. First by a bound of its size, which costs
// next to nothing; measured where there is none, or where the engine has said -EAGAIN to it.
//
// Lifetime:  borrowed all along: the body names the message, which stays until the wire has taken it.
// Threads:   none.
#ifndef RPC_SESSION_BODY_INTERNAL_H
#define RPC_SESSION_BODY_INTERNAL_H

#include "rpc/codec/codec_internal.h"
#include "rpc/wire/wire_internal.h"

// A message to be sent, not encoded yet.
typedef struct terni_message terni_message;
struct terni_message {
    const terni_plan *plan;
    const void       *msg;
    terni_arena      *holder;  // of bytes that may be linked instead of copied; NULL: none
};

// False: this message must be measured.
bool terni_body_bound(terni_body *body, const terni_message *m);

// 0 or -errno as terni_codec_measure. `e` and `opts` must stay until the wire has the body.
TERN_NODISCARD int terni_body_measure(terni_body *body, terni_encoding *e, const terni_message *m,
                                      const terni_encode_opts *opts);

#endif
