// rpc/wire/h2/growth_internal.h: windows that grow with the way: on one that is long, a window is used up long
// before its bytes are acknowledged, and the peer stands still. How much is under way is what comes between a
// PING and its answer; where that is most of a window, all streams get one twice as wide. Knows no clock, and
// nothing of what is received.
//
// Invariant: e->stream_window is what the peer has been told, and the streams' credit goes with it. It grows, and never
//            wider than the connection's, which bounds what all streams hold together. When a call wants a window of its
//            own the others grow no more, since what is told is told of all; a narrower one than all have makes that
//            shrink, once, and each stream is told its own from then on (narrow_internal.h).
#ifndef RPC_WIRE_H2_GROWTH_INTERNAL_H
#define RPC_WIRE_H2_GROWTH_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

void terni_h2_begin_sounding(terni_engine *e);
// False: this PING was somebody else's.
bool terni_h2_take_sounding(terni_engine *e, uint64_t opaque);

// `n` bytes of content have come on `s`, and are counted off its window. Who sends little is not sounded.
static inline void terni_h2_sound(terni_engine *e, const terni_stream *s, size_t n)
{
    if (TERN_UNLIKELY(e->is_sounding))
        e->n_sounded += n;
    else if (TERN_UNLIKELY(h2_of(s)->credit.left < (int64_t)e->stream_window / 2) &&
             e->stream_window < e->limits->connection_window && !e->has_own_window)
        terni_h2_begin_sounding(e);
}

#endif
