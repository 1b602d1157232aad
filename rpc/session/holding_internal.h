// rpc/session/holding_internal.h: the bytes of one connection's messages that somebody above still holds, and
// the credit that the peer is owed for them. Each byte is given back once, by whoever lets go of it, also when
// its call is long over; after the connection has gone that costs nothing.
//
// Lifetime:  counted; made with the first message that is held, by its session, which lets go of it when its
//            connection is gone.
// Threads:   the session's poller's; whose it is once the session is gone.
// Invariant: `bytes` is the sum of all that was added and not given back. Together with what the engine holds
//            itself it is what the engine has delivered and not been credited for.
#ifndef RPC_SESSION_HOLDING_INTERNAL_H
#define RPC_SESSION_HOLDING_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "rpc/wire/stream_internal.h"

// `len` bytes of `stream`, which may be closed by now, are done with.
typedef void terni_holding_fn(void *owner, terni_stream *stream, size_t len);

typedef struct terni_holding terni_holding;
struct terni_holding {
    terni_holding_fn *consumed;
    void             *owner;  // NULL: the connection has gone
    uint32_t          refs;
    uint64_t          bytes;
};

// With one reference; NULL without memory.
terni_holding *terni_holding_new(terni_holding_fn *consumed, void *owner);
terni_holding *terni_holding_ref(terni_holding *h);
void           terni_holding_unref(terni_holding *h);  // accepts NULL

void terni_holding_add(terni_holding *h, size_t len);
void terni_holding_give_back(terni_holding *h, terni_stream *stream, size_t len);

#endif
