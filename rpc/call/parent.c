#include "rpc/call/parent_internal.h"

#include <pthread.h>

#include "rpc/call/cancel_internal.h"
#include "rpc/server/server_internal.h"

atomic_bool terni_scopes_exist;

static tern_fiber_key scope_key;

static void *inherit(void *scope)
{
    tern_ctx *ctx = terni_ctx_current();

    if (ctx)
        scope = terni_ctx_scope(ctx);
    return scope ? terni_cancel_ref(scope) : NULL;
}

static void drop(void *scope) { terni_cancel_unref(scope); }

static void make_key(void)
{
    TERN_ASSERT(tern_fiber_key_new_inherited(drop, inherit, &scope_key) == 0);
    atomic_store(&terni_scopes_exist, true);
}

void terni_scope_make_key(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_key);
}

tern_cancel *terni_ctx_scope(tern_ctx *ctx)
{
    if (!ctx->scope)
        ctx->scope = terni_cancel_new_until(ctx->deadline_ns);
    if (ctx->is_cancelled)
        terni_cancel_fire_with(ctx->scope, ctx->code);
    return ctx->scope;
}

terni_parent terni_parent_find(const tern_ctx *explicit)
{
    tern_ctx    *ctx = explicit ? (tern_ctx *)(uintptr_t) explicit : terni_ctx_current();
    tern_cancel *scope;

    if (ctx)
        return (terni_parent){ ctx, ctx->scope, ctx->deadline_ns };
    scope = tern_fiber_get(scope_key);
    return (terni_parent){ NULL, scope, scope ? terni_cancel_deadline_ns(scope) : TERN_NEVER };
}
