// rpc/server/ctx_packing_internal.h: what a server's call makes smaller of what it sends, and how it reads what has
// come so. Knows nothing of how messages are sent.
//
// Lifetime:  the call's.
// Threads:   the call's poller's; handlers on threads of their own ask and set as they do all else of a call.
#ifndef RPC_SERVER_CTX_PACKING_INTERNAL_H
#define RPC_SERVER_CTX_PACKING_INTERNAL_H

#include "rpc/server/ctx_internal.h"
#include "rpc/session/packed_internal.h"
#include "rpc/session/unpacked_internal.h"

// Does the call tell anything? What a native peer reads it has told before, and that is looked at when somebody wants
// to know.
static inline bool terni_ctx_packing_is_told(const terni_open *open)
{
    return open->encoding_len | open->accept_encoding_len;
}

// What the caller has said of encodings when it opened the call.
void terni_ctx_packing_note(tern_ctx *ctx, const terni_open *open);

// Is anything to be smaller? Of most calls it is not.
static inline bool terni_ctx_packing_is_wanted(const tern_ctx *ctx)
{
    return ctx->packing.wanted > TERN_COMPRESSION_NONE;
}

// Of a call where somebody does: with what, as far as the caller reads it. Decided when it is asked first.
tern_compression terni_ctx_packing_choose(tern_ctx *ctx);
// How, with what was chosen.
terni_packing terni_ctx_packing_how(const tern_ctx *ctx);
// Of a compressed one: TERN_OK, or what the call ends with.
TERN_NODISCARD tern_status terni_ctx_packing_unpack(const tern_ctx *ctx, const terni_piece *piece,
                                                    terni_unpacked *ret);

#endif
