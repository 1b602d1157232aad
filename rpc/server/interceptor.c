// A server's interceptors, around the handlers in all their styles.
#include "rpc/server/server_internal.h"

static const tern_server *server_of(const tern_ctx *ctx) { return ctx->conn->worker->server; }

tern_code terni_interceptor_begin(tern_ctx *ctx)
{
    const tern_server *srv = server_of(ctx);
    tern_code          code = TERN_OK;

    while (code == TERN_OK && ctx->n_begun < srv->opts.n_interceptors) {
        const tern_interceptor *i = &srv->interceptors[ctx->n_begun++];

        code = i->begin ? i->begin(ctx, i->arg) : TERN_OK;
    }
    if (code == TERN_OK && ctx->request)
        terni_interceptor_received(ctx, ctx->request);
    return code;
}

void terni_interceptor_received(tern_ctx *ctx, const void *msg)
{
    const tern_server *srv = server_of(ctx);

    for (uint32_t i = 0; i < ctx->n_begun; i++)
        if (srv->interceptors[i].received)
            srv->interceptors[i].received(ctx, msg, srv->interceptors[i].arg);
}

void terni_interceptor_sent(tern_ctx *ctx, const void *msg)
{
    const tern_server *srv = server_of(ctx);

    for (uint32_t i = ctx->n_begun; i-- > 0;)
        if (srv->interceptors[i].sent)
            srv->interceptors[i].sent(ctx, msg, srv->interceptors[i].arg);
}

void terni_interceptor_end(tern_ctx *ctx)
{
    const tern_server *srv = server_of(ctx);
    const tern_status  st = terni_ctx_status(ctx);

    while (ctx->n_begun > 0) {
        const tern_interceptor *i = &srv->interceptors[--ctx->n_begun];

        if (i->end)
            i->end(ctx, st, i->arg);
    }
}
