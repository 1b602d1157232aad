// rpc/server/async_handler_internal.h: handlers that are callbacks. None is ever called from inside its own
// calls, and none after `end`.
//
// Lifetime:  the call's. It is over for the handler when it has answered and no callback of it is on the
//            stack or on its way.
// Threads:   the call's poller's.
#ifndef RPC_SERVER_ASYNC_HANDLER_INTERNAL_H
#define RPC_SERVER_ASYNC_HANDLER_INTERNAL_H

#include "rpc/server/ctx_internal.h"

// The call is RUNNING. It may have ended when this returns, and so with all the others.
void terni_async_handler_start(tern_ctx *ctx);
// What lies in the inbox, and that nothing more will come.
void terni_async_handler_tell_messages(tern_ctx *ctx);
void terni_async_handler_tell_end_in(tern_ctx *ctx);
// A message may be pushed now.
bool terni_async_handler_has_room(const tern_ctx *ctx);
// `ready` is called as long as it pushes and there is room: from a task.
void terni_async_handler_queue_ready(tern_ctx *ctx);
// What came for it is lost, and with that the call.
void terni_async_handler_fail(tern_ctx *ctx, tern_code code, const char *why);
// It has replied or finished, or nobody waits for that, and it is not on the stack.
void terni_async_handler_finish(tern_ctx *ctx);

#endif
