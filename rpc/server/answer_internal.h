// rpc/server/answer_internal.h: what a handler's messages and its answer become on the wire. Knows nothing
// of how handlers run.
//
// Lifetime:  the call's.
// Threads:   the call's poller's.
#ifndef RPC_SERVER_ANSWER_INTERNAL_H
#define RPC_SERVER_ANSWER_INTERNAL_H

#include "rpc/server/ctx_internal.h"

// 0, or -errno; then the call is to end.
TERN_NODISCARD int terni_answer_send(tern_ctx *ctx, const void *msg);
// The same with one that is encoded already, and goes as it is.
TERN_NODISCARD int terni_answer_put(tern_ctx *ctx, const terni_body *body);
// Puts the answer on the wire: ctx->code and ctx->message, and `reply` if there is one. Encoded before
// this returns; dropped if nobody waits for it. The call is ANSWERED.
void terni_answer(tern_ctx *ctx, const void *reply);
// The handler is done with the call: it goes when the answer is out.
void terni_answer_conclude(tern_ctx *ctx);
// What waited inside the engine is out, of a call that is_on_wire. The call may go.
void terni_answer_go_on(tern_ctx *ctx);
// Both, for a call whose handler does not run: it ends with what ctx->code says, or with a failure.
void terni_answer_give_up(tern_ctx *ctx);
void terni_answer_failure(tern_ctx *ctx, tern_code code, const char *message);

#endif
