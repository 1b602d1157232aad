#include "rpc/base/seldom_internal.h"

#include "rpc/call/parent_internal.h"

#include <pthread.h>

#include <tern/fiber.h>

#include "rpc/call/cancel_internal.h"

static _Atomic(const terni_parent_source *) source;
static tern_fiber_key                       scope_key;

// ---- a parent ------------------------------------------------------------

void terni_parent_cancel(terni_parent *p, tern_code why)
{
    TERN_ASSERT(why != TERN_OK && !terni_parent_is_cancelled(p));
    p->why = why;
    atomic_store_explicit(&p->is_cancelled, true,
                          memory_order_release);  // for an offloaded handler
    if (p->scope)
        terni_cancel_fire_with(p->scope, why);
}

void terni_parent_done(terni_parent *p)
{
    TERN_DEBUG_ASSERT(terni_parent_is_cancelled(p) == (p->why != TERN_OK));
    terni_cancel_unref(p->scope);
    p->scope = NULL;
}

tern_cancel *terni_parent_scope(terni_parent *p)
{
    if (!p->scope)
        p->scope = terni_cancel_new_until(p->deadline_ns);
    if (terni_parent_is_cancelled(p))
        terni_cancel_fire_with(p->scope, p->why);
    return p->scope;
}

// ---- finding it ----------------------------------------------------------

terni_parent *terni_parent_current(void)
{
    const terni_parent_source *s = atomic_load_explicit(&source, memory_order_acquire);

    return s ? s->current() : NULL;
}

// Of a fiber that is spawned: from the handler that spawns it, or from the fiber that does.
static void *inherit(void *scope)
{
    terni_parent *p = terni_parent_current();

    if (p)
        scope = terni_parent_scope(p);
    return scope ? terni_cancel_ref(scope) : NULL;
}

static void drop(void *scope) { terni_cancel_unref(scope); }

static void make_key(void)
{
    int err = tern_fiber_key_new_inherited(drop, inherit, &scope_key);

    TERN_ASSERT(err == 0);
}

void terni_parent_set_source(const terni_parent_source *s)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    pthread_once(&once, make_key);
    atomic_store_explicit(&source, s, memory_order_release);
}

terni_heritage terni_parent_find(const tern_ctx *named)
{
    const terni_parent_source *s = atomic_load_explicit(&source, memory_order_acquire);
    terni_parent              *p;
    tern_cancel               *scope;

    if (!s)
        return (terni_heritage){ .deadline_ns = TERN_NEVER };
    if ((p = named ? s->of((tern_ctx *)(uintptr_t)named) : s->current()))
        return (terni_heritage){ p, p->scope, p->deadline_ns };
    scope = tern_fiber_get(scope_key);
    return (terni_heritage){ NULL, scope, scope ? terni_cancel_deadline_ns(scope) : TERN_NEVER };
}
