// rpc/server/ctx_life_internal.h: how a call on the server comes and goes, and its state between. Knows
// nothing of handlers.
//
// Lifetime:  a pool of free calls per poller; terni_ctx_pool_init / terni_ctx_pool_done. A call is the
//            engine's and the handler's together: it goes when both are done and nothing posted names it.
// Threads:   the poller's.
// Invariant: each call that is not FREE is on its caller's list; the state moves along the arrows drawn in
//            ctx_internal.h only.
#ifndef RPC_SERVER_CTX_LIFE_INTERNAL_H
#define RPC_SERVER_CTX_LIFE_INTERNAL_H

#include "rpc/server/ctx_internal.h"

enum { TERNI_MAX_FREE_CALLS = 2048 };  // that a pool keeps for the next ones

struct terni_ctx_pool {
    tern_ctx *free;
    uint32_t  n_free;
    uint32_t  n_made;  // there are, free ones and others
};

static inline void terni_ctx_pool_init(terni_ctx_pool *pool) { *pool = (terni_ctx_pool){ 0 }; }

// Calls that are not free any more have been released before.
void terni_ctx_pool_done(terni_ctx_pool *pool);

// NULL without memory. A call beyond a limit is OPEN too: its code says so, and no handler is started.
tern_ctx *terni_ctx_open(terni_caller *caller, const terni_open *open);
// Aborts on an arrow that is not drawn.
static inline void terni_ctx_set_state(tern_ctx *ctx, terni_ctx_state next);
// What it takes, but for its inbox.
uint64_t terni_ctx_memory(const tern_ctx *ctx);
// The handler is done, and the answer is on its way (or nobody wants it). It goes at once, or when what
// was posted has run, which comes here again.
void terni_ctx_release(tern_ctx *ctx);

// ---- inline bodies -------------------------------------------------------

extern const uint8_t terni_ctx_next_states[TERNI_N_CTX_STATES];  // a bit for each

static inline void terni_ctx_set_state(tern_ctx *ctx, terni_ctx_state next)
{
    TERN_DEBUG_ASSERT(terni_ctx_next_states[ctx->state] & 1U << next);
    ctx->state = (uint8_t)next;
}

#endif
