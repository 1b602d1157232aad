// rpc/server/request_internal.h: the messages of a call's request, decoded: the one of a method that takes
// one, the next of a stream.
//
// Lifetime:  the one message lives in the call's arena; of a stream each until the next is asked for.
// Threads:   the call's poller's.
#ifndef RPC_SERVER_REQUEST_INTERNAL_H
#define RPC_SERVER_REQUEST_INTERNAL_H

#include "rpc/server/ctx_internal.h"

// The only one. 0, or -errno with what the call ends with in ctx->code.
TERN_NODISCARD int terni_request_take(tern_ctx *ctx, const terni_piece *piece);
// The next of the inbox; NULL when it is empty or broken, and then ctx->code says so.
const void *terni_request_next(tern_ctx *ctx);

#endif
