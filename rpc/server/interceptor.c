#include "rpc/server/interceptor_internal.h"

tern_code terni_interceptor_begin(tern_ctx *ctx)
{
    const terni_policy *p = ctx->caller->home->policy;
    tern_code           code = TERN_OK;

    TERN_ASSERT(ctx->n_begun == 0);
    while (code == TERN_OK && ctx->n_begun < p->n_interceptors) {
        const tern_server_interceptor *i = &p->interceptors[ctx->n_begun++];

        code = i->begin ? i->begin(ctx, i->arg) : TERN_OK;
    }
    if (code == TERN_OK && ctx->request)
        terni_interceptor_received(ctx, ctx->request);
    return code;
}

void terni_interceptor_received(tern_ctx *ctx, const void *msg)
{
    const tern_server_interceptor *all = ctx->caller->home->policy->interceptors;

    for (uint32_t i = 0; i < ctx->n_begun; i++)
        if (all[i].received)
            all[i].received(ctx, msg, all[i].arg);
}

void terni_interceptor_sent(tern_ctx *ctx, const void *msg)
{
    const tern_server_interceptor *all = ctx->caller->home->policy->interceptors;

    for (uint32_t i = ctx->n_begun; i-- > 0;)
        if (all[i].sent)
            all[i].sent(ctx, msg, all[i].arg);
}

void terni_interceptor_end(tern_ctx *ctx)
{
    const tern_server_interceptor *all = ctx->caller->home->policy->interceptors;
    const tern_status              st = terni_ctx_status(ctx);

    TERN_ASSERT(ctx->n_begun <= ctx->caller->home->policy->n_interceptors);
    while (ctx->n_begun > 0) {
        const tern_server_interceptor *i = &all[--ctx->n_begun];

        if (i->end)
            i->end(ctx, st, i->arg);
    }
}
