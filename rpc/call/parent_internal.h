// rpc/call/parent_internal.h: on whose behalf a client's call is made, and what it takes from there: the deadline,
// and the cancellation. A handler's calls take them from its tern_ctx. Fibers spawned by a handler, and code
// it offloads, may outlive it: they hold a scope, a tern_cancel with a deadline, which the ctx fires.
//
// Lifetime:  a scope is counted, and made when it is wanted first. The ctx gives up its reference when it is
//            released: what was begun then goes on until its deadline.
// Threads:   a ctx belongs to its poller; scopes are anybody's.
#ifndef RPC_CALL_PARENT_INTERNAL_H
#define RPC_CALL_PARENT_INTERNAL_H

#include <stdatomic.h>

#include "rpc/server/ctx_internal.h"

// False in a process without a server: nobody has a parent there.
extern atomic_bool terni_scopes_exist;
// With each server.
void terni_scope_make_key(void);

// Borrowed from the ctx. Without memory: one that ends what it is given to with RESOURCE_EXHAUSTED.
tern_cancel *terni_ctx_scope(tern_ctx *ctx);

typedef struct terni_parent terni_parent;
struct terni_parent {
    tern_ctx    *ctx;    // NULL: none, or only the scope is left
    tern_cancel *scope;  // NULL: as the ctx has not needed one
    uint64_t     deadline_ns;
};

// `explicit` is what the options name, or NULL.
terni_parent terni_parent_find(const tern_ctx *explicit);

#endif
