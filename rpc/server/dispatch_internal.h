// rpc/server/dispatch_internal.h: what the wire tells of a call, brought to its handler, whatever its style.
//
// Lifetime:  the call's: it may have ended when any of these returns.
// Threads:   the call's poller's.
#ifndef RPC_SERVER_DISPATCH_INTERNAL_H
#define RPC_SERVER_DISPATCH_INTERNAL_H

#include "rpc/server/ctx_internal.h"

// More than the first frame will follow.
void terni_dispatch_began(tern_ctx *ctx);
void terni_dispatch_message(tern_ctx *ctx, const terni_piece *piece);
void terni_dispatch_end_in(tern_ctx *ctx);
// There is room to send again, on the stream or on the whole connection.
void terni_dispatch_writable(tern_ctx *ctx);
// Nobody waits for the answer any more: tells the wire where that is news, and the handler.
void terni_dispatch_cancel(tern_ctx *ctx, tern_code code);
// We have no room for it any more: the caller is told, and what waits of it, either way, goes. False: it was over.
bool terni_dispatch_refuse(tern_ctx *ctx, const char *why);
// The stream is gone: the peer has given up, or the connection has broken.
void terni_dispatch_closed(tern_ctx *ctx, tern_code code);

#endif
