// rpc/wire/h2/blocks_out_internal.h: a header block of ours in its frames: one nearly always, and CONTINUATIONs
// behind it where it is longer than the peer takes at once.
//
//   if (!terni_h2_begin_block(e, bound, &out)) return false;
//   out.p = h2_put_...(out.p, ...);
//   if (!terni_h2_send_block(e, &out, stream, flags)) return false;
#ifndef RPC_WIRE_H2_BLOCKS_OUT_INTERNAL_H
#define RPC_WIRE_H2_BLOCKS_OUT_INTERNAL_H

#include "rpc/wire/h2/engine_internal.h"

typedef struct h2_out h2_out;
struct h2_out {
    uint8_t *p;         // where the next field goes
    uint8_t *start;     // of the block
    bool     is_aside;  // it may be longer than a frame
};

// Room for `bound` bytes. False: there is none, and the engine has failed.
bool terni_h2_begin_block(terni_engine *e, size_t bound, h2_out *ret_out);
// From `start` to `p`, in HEADERS with `flags`. False: the engine has failed.
bool terni_h2_send_block(terni_engine *e, h2_out *out, uint32_t stream, unsigned flags);
// Nothing of it is to be sent.
void terni_h2_drop_block(terni_engine *e, h2_out *out);

#endif
