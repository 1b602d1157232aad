// rpc/call/parent_internal.h: on whose behalf a client's call is made, and what it takes from there: the
// deadline, and the cancellation. A handler's calls take them from the handler's own call, of which a
// terni_parent is a part. Fibers spawned by a handler, and code it offloads, may outlive it: they hold a
// scope, a tern_cancel with a deadline, which the parent fires. Knows nothing of servers: the first one tells
// how parents are found.
//
// Lifetime:  a parent is embedded in a call of a server; terni_parent_init / terni_parent_done. Its scope is
//            counted, and made when it is wanted first: what was begun then goes on until its deadline.
// Threads:   a parent belongs to its call's poller, but for terni_parent_check: also the thread that the
//            handler was offloaded to. Scopes are anybody's.
// Invariant: `why` holds before is_cancelled does, and both stay.
#ifndef RPC_CALL_PARENT_INTERNAL_H
#define RPC_CALL_PARENT_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <tern/call.h>

typedef struct terni_parent terni_parent;
struct terni_parent {
    uint64_t     deadline_ns;
    tern_cancel *scope;  // of what acts on behalf of this call; NULL: nobody does
    tern_code    why;    // it was cancelled
    atomic_bool  is_cancelled;
};

void terni_parent_cancel(terni_parent *p, tern_code why);
void terni_parent_done(terni_parent *p);

static inline bool terni_parent_is_cancelled(const terni_parent *p)
{
    return atomic_load_explicit(&p->is_cancelled, memory_order_relaxed);
}

// TERN_OK, or why it was cancelled.
static inline tern_code terni_parent_check(const terni_parent *p)
{
    return atomic_load_explicit(&p->is_cancelled, memory_order_acquire) ? p->why : TERN_OK;
}

// Borrowed. Without memory: one that ends what it is given to with RESOURCE_EXHAUSTED.
tern_cancel *terni_parent_scope(terni_parent *p);

// ---- finding it ----------------------------------------------------------

// How: told by what has handlers.
typedef struct terni_parent_source terni_parent_source;
struct terni_parent_source {
    terni_parent *(*current)(void);  // of the handler that runs here, or NULL
    terni_parent *(*of)(tern_ctx *ctx);
};

// Any thread; the same one each time.
void terni_parent_set_source(const terni_parent_source *source);

// What a call made here and now takes over.
typedef struct terni_heritage terni_heritage;
struct terni_heritage {
    terni_parent *parent;  // NULL: none, or only the scope is left
    tern_cancel  *scope;   // NULL: as the parent has not needed one
    uint64_t      deadline_ns;
};

// `named` is what the options name, or NULL. Nothing, at the cost of a load, in a process without handlers.
terni_heritage terni_parent_find(const tern_ctx *named);
// Of the handler that runs here, or NULL.
terni_parent *terni_parent_current(void);

#endif
