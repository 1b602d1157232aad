// rpc/client/policy_internal.h: what a channel has decided for all its connections and calls. Knows nothing of
// how it is carried out.
//
// Lifetime:  embedded in the channel; as long as any shard of it.
// Threads:   set before the first call, read-only then, but for the tokens of retry: anybody's.
#ifndef RPC_CLIENT_POLICY_INTERNAL_H
#define RPC_CLIENT_POLICY_INTERNAL_H

#include <tern/channel.h>

#include "rpc/client/balance_internal.h"
#include "rpc/client/retry_policy_internal.h"
#include "rpc/session/packed_internal.h"
#include "rpc/wire/wire_internal.h"

typedef struct terni_client_policy terni_client_policy;
struct terni_client_policy {
    terni_wire_limits           limits;
    terni_retry_policy          retry;
    const terni_balance_policy *balance;
    unsigned                    n_connections;  // to each place that the balance wants
    int64_t                     timeout_ms;     // of calls that name none; 0: by their kind
    int64_t                     keepalive_ms, keepalive_timeout_ms;
    tern_filter_source          filters;  // for addresses with TLS; without a `make` there are none
    terni_packing               packing;
    char                     encodings[TERNI_MAX_ENCODINGS];  // of the limits, where some are named
    char                     authority[TERN_MAX_HOST + 16];  // of all targets; "": each has its own
    char                     server_name[TERN_MAX_HOST + 16];  // the same without a port
    tern_client_interceptor *interceptors;
    size_t                   n_interceptors;
};

#endif
