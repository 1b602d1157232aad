// rpc/server/interceptor_internal.h: runs a server's interceptors around the handlers, in all their styles.
//
// Lifetime:  the call's.
// Threads:   where the handler runs.
// Invariant: each `begin` has one `end`, in reverse order.
#ifndef RPC_SERVER_INTERCEPTOR_INTERNAL_H
#define RPC_SERVER_INTERCEPTOR_INTERNAL_H

#include "rpc/server/ctx_internal.h"

// To be asked before any of the others, which are not free.
static inline bool terni_interceptor_is_wanted(const tern_ctx *ctx)
{
    return TERN_UNLIKELY(ctx->caller->home->policy->n_interceptors > 0);
}

tern_code terni_interceptor_begin(tern_ctx *ctx);
void      terni_interceptor_received(tern_ctx *ctx, const void *msg);
void      terni_interceptor_sent(tern_ctx *ctx, const void *msg);
// Those that have begun: once, whoever comes first.
void terni_interceptor_end(tern_ctx *ctx);

#endif
