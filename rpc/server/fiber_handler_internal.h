// rpc/server/fiber_handler_internal.h: handlers that are plain sequential functions: on a fiber, inline, or
// offloaded to a thread. They wait in tern_stub_*, and are told by being readied.
//
// Lifetime:  the call's.
// Threads:   the call's poller's, but for the handler itself when it is offloaded.
#ifndef RPC_SERVER_FIBER_HANDLER_INTERNAL_H
#define RPC_SERVER_FIBER_HANDLER_INTERNAL_H

#include "rpc/server/ctx_internal.h"

// The call is RUNNING. It may have ended when this returns.
void terni_fiber_handler_start(tern_ctx *ctx);
// Goes on if that is what it waits for.
void terni_fiber_handler_wake(tern_ctx *ctx, terni_ctx_wait what);
// In dumps the fibers of handlers say which call they are for. Once, or more often.
void terni_fiber_handler_name_fibers(void);
// The call whose handler runs here, or NULL. Also in a signal handler.
tern_ctx *terni_fiber_handler_current(void);
// Method, peer and deadline of a call, its tern_ctx, on its poller's thread: perhaps in a signal handler there.
void terni_fiber_handler_describe(const void *ctx, char *text, size_t size);

#endif
