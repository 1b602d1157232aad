// rpc/wire/h2/narrow_internal.h: a client's call whose window is another one than what its connection announces. HTTP/2
// has one window for all streams, which each can only be given more than: so for the first call that wants less, all are
// told the least there is, and from then on each is given the rest of its own as it opens. Knows nothing of what is
// received.
//
// Invariant: what the peer may send on a stream is what it would have been without this, at each moment; but for streams
//            that want it otherwise.
#ifndef RPC_WIRE_H2_NARROW_INTERNAL_H
#define RPC_WIRE_H2_NARROW_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

// A stream is about to be opened that wants this. False: the engine has failed.
TERN_NODISCARD bool terni_h2_prepare_window(terni_engine *e, unsigned window);
// It is open; 0: it wants what is usual.
void terni_h2_give_window(terni_engine *e, terni_stream *s, unsigned window);

// All have been told the least: each stream must be given its own.
static inline bool terni_h2_is_narrow(const terni_engine *e)
{
    return e->stream_window < e->limits->stream_window;
}

#endif
