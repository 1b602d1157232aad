// rpc/server/registry_internal.h: what a server offers: methods by path. Knows nothing of connections.
//
// Lifetime:  embedded in the server. Methods are added before the server starts and stay until it goes.
// Threads:   read-only, hence shared, once the server has started.
#ifndef RPC_SERVER_REGISTRY_INTERNAL_H
#define RPC_SERVER_REGISTRY_INTERNAL_H

#include <tern/stub.h>

#include "rpc/base/quota_internal.h"
#include "rpc/codec/codec_internal.h"

typedef void terni_handler_fn(void);

typedef struct terni_method terni_method;
struct terni_method {
    const tern_method *def;
    const terni_plan  *request_plan, *reply_plan;
    terni_handler_fn  *sync;   // on a fiber; NULL: async, or neither
    const void        *async;  // unary: where the function pointer lies; else a tern_stub_*_slot
    void              *user_data;
    terni_quota       *calls;                    // in progress at once; NULL: no limit
    uint64_t           flags;                    // tern_method_limit_flags
    bool               reads_stream, has_reply;  // by its kind
    uint8_t            window;                   // of what comes (window_internal.h); 0: as usual
};

typedef struct terni_service_entry terni_service_entry;

typedef struct terni_registry terni_registry;
struct terni_registry {
    terni_method       **buckets;  // open addressing by hash of the path
    uint32_t             n_buckets, n_methods;
    uint8_t              narrowest;  // window of a method; 0: none has one of its own
    terni_service_entry *services;   // owns handlers and methods
};

void terni_registry_done(terni_registry *r);

// Copies `handlers`. On failure `ret_status` says why, with the method's name.
TERN_NODISCARD __attribute__((cold)) bool
terni_registry_add(terni_registry *r, const tern_service *service, const void *handlers,
                   const tern_service_opts *opts, tern_status *ret_status);

bool terni_registry_has(const terni_registry *r, const char *service);
// Calls `visit` with each service, until it returns less than 0: 0, or that.
TERN_NODISCARD int terni_registry_visit(const terni_registry *r,
                                        int (*visit)(void *arg, const tern_service *service),
                                        void *arg);

// NULL if nobody serves it.
const terni_method *terni_registry_find(const terni_registry *r, const char *path, size_t len);

#endif
