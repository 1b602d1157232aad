// rpc/client/endpoints_internal.h: the addresses of a channel, parsed. They do not change: a channel that is
// given others has another list.
//
// Lifetime:  counted; new .. the last unref.
// Threads:   any: read-only, but for what is used up.
#ifndef RPC_CLIENT_ENDPOINTS_INTERNAL_H
#define RPC_CLIENT_ENDPOINTS_INTERNAL_H

#include <stdatomic.h>

#include <tern/status.h>

#include "rpc/session/target_internal.h"

enum { TERNI_MAX_ENDPOINTS = 1024 };  // of a channel

typedef struct terni_endpoint terni_endpoint;
struct terni_endpoint {
    terni_target target;
    atomic_bool  is_used_up;  // a descriptor makes one connection
};

typedef struct terni_endpoints terni_endpoints;
struct terni_endpoints {
    atomic_uint    refs;
    unsigned       n;
    terni_endpoint items[];
};

// A connection that is wanted: to the first that can be reached of `n_tries` endpoints, or with is_picky to the
// `nth` address that the name of the only one stands for.
typedef struct terni_wish terni_wish;
struct terni_wish {
    unsigned first, n_tries;
    bool     is_picky;
    unsigned nth;
};

// Of a list that is separated by commas; with TLS only where `has_filters`. NULL with `*ret_status`.
terni_endpoints *terni_endpoints_new(const char *addresses, bool has_filters,
                                     tern_status *ret_status);
terni_endpoints *terni_endpoints_ref(terni_endpoints *e);
void             terni_endpoints_unref(terni_endpoints *e);

// True once for a descriptor, always for all others.
bool terni_endpoint_take(terni_endpoint *e);

#endif
