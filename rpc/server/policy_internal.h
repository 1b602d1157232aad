// rpc/server/policy_internal.h: what a server has decided for all its connections and calls: methods, limits,
// interceptors, times. Knows nothing of how it is carried out.
//
// Lifetime:  embedded in the server; terni_policy_init / terni_policy_done, as long as any connection of it.
// Threads:   set before the pollers run, read-only then, but for the quotas: anybody's.
#ifndef RPC_SERVER_POLICY_INTERNAL_H
#define RPC_SERVER_POLICY_INTERNAL_H

#include <tern/server.h>

#include "rpc/base/quota_internal.h"
#include "rpc/server/registry_internal.h"
#include "rpc/session/filter_source_internal.h"
#include "rpc/session/packed_internal.h"
#include "rpc/wire/wire_internal.h"

enum {
    TERNI_MAX_CALLS = 100 * 1000,  // on each poller: of a small call some 1.5 KB
    TERNI_MAX_SERVER_CONNECTIONS =
        10 * 1000,  // an idle one has some 1 KB here, and more in the kernel
    TERNI_MAX_METADATA_BYTES =
        16 * 1024 * 1024,  // 256 calls with all that max_metadata lets them have
    // Of all that clients make us hold; and no more than a quarter of the machine's.
    TERNI_MAX_MEMORY_BYTES = 1024 * 1024 * 1024,
};

typedef struct terni_policy terni_policy;
struct terni_policy {
    terni_registry           registry;
    terni_wire_limits        limits;
    tern_server_interceptor *interceptors;
    size_t                   n_interceptors;
    int64_t                  max_timeout_ms;  // 0 or less: none
    int64_t                  keepalive_ms, keepalive_timeout_ms;
    int64_t                  idle_timeout_ms, max_age_ms, max_age_grace_ms;  // 0 or less: none
    uint64_t                 max_metadata_bytes;                             // 0: no limit
    tern_filter_source       filters;  // without a `make` there are none
    terni_packing            packing;
    char                     encodings[TERNI_MAX_ENCODINGS];  // of the limits, where some are named
    terni_quota              calls, connections, memory;
    uint8_t window;  // of calls whose method has none; 0: what is announced holds for all
};

// Of one that is all zero. The first thing that is wrong with the options; what is right is set all the same. `sizes`
// as in tern_listen_sized.
tern_status terni_policy_init(terni_policy *p, const tern_server_opts *opts, uint64_t sizes);
void        terni_policy_done(terni_policy *p);
// With all services registered: clients are told the narrowest window at first, and with each call what it has beyond.
void terni_policy_set_windows(terni_policy *p);

#endif
