// rpc/client/shard_internal.h: a channel's part on one poller: its connections there, and the calls that wait
// for one or for another attempt. The carrier of its calls.
//
// Lifetime:  of its channel, which calls and streams hold too; in use from terni_shard_init until it was closed,
//            by its channel or because the poller goes, and the last connection is gone: then `gone`.
// Threads:   its poller's, but for init and update: any. A private shard's poller is driven by whichever caller
//            waits (waiter_internal.h).
// Invariant: a call is on the list that its state names, and `n_in` counts the connectors that are to stay;
//            terni_shard_is_valid() checks it. While calls wait, every connector that could connect is on its
//            way, or a link is full.
#ifndef RPC_CLIENT_SHARD_INTERNAL_H
#define RPC_CLIENT_SHARD_INTERNAL_H

#include "rpc/client/connector_internal.h"
#include "rpc/client/policy_internal.h"

enum {
    TERNI_MAX_CONNECTIONS = 64,
    TERNI_MAX_TRANSPARENT_RETRIES = 5,
    TERNI_MAX_SPARES = 256,  // pieces of memory of calls with callbacks, that a shard keeps
};

typedef struct terni_shard terni_shard;
typedef struct terni_spare terni_spare;

// Runs on the shard's poller, last; a private shard's where it was closed.
typedef void terni_shard_gone_fn(terni_shard *shard, void *owner);
// On its poller: `readiness` is another one.
typedef void terni_shard_changed_fn(terni_shard *shard, void *owner);

struct terni_shard {
    // ---- the channel's: what other threads look at ----
    terni_shard           *next;
    _Atomic(tern_poller *) found_by;   // NULL: gone
    atomic_int             readiness;  // tern_channel_state

    // ---- its own ----
    uint32_t                n_failures;  // to connect, with calls that wait, since it was connected
    terni_carrier           carrier;
    terni_client_policy    *policy;
    terni_balancer          balancer;
    terni_connector        *connectors;
    uint32_t                n_connectors;
    unsigned                n_in[TERNI_N_CONNECTOR_STATES];  // of the connectors
    terni_outcall          *waiting, **waiting_tail;
    terni_outcall          *backing_off;  // calls that failed and are to be tried again
    terni_spare            *spares;
    unsigned                n_spares;
    bool                    is_alone;         // there is one place to connect to, and no other
    bool                    has_tried_again;  // all have failed, and were tried once more
    bool                    is_private;
    bool                    is_ready;  // it is a guest of the poller, and not closing
    bool                    is_closing, is_gone;
    bool                    is_held;   // its connectors are being gone through
    char                    why[256];  // the last attempt to connect failed
    const char             *end_why;   // closing: what its calls end with
    tern_guest              guest;
    terni_shard_gone_fn    *gone;
    terni_shard_changed_fn *changed;
    void                   *owner;
    tern_task               close_task, update_task;
    terni_endpoints *_Atomic update;  // to change to; a reference
};

typedef struct terni_shard_opts terni_shard_opts;
struct terni_shard_opts {
    tern_poller            *poller;
    bool                    is_private;
    terni_client_policy    *policy;
    terni_endpoints        *endpoints;
    terni_shard_gone_fn    *gone;
    terni_shard_changed_fn *changed;  // NULL: nobody is told
    void                   *owner;
};

// Zeroed, or gone: then it serves again. 0, or -ENOMEM: then it is gone.
TERN_NODISCARD int terni_shard_init(terni_shard *shard, const terni_shard_opts *opts);
// Other addresses from now on: connections to those that are no more take no new calls. Any thread. Takes the
// reference.
void terni_shard_give_endpoints(terni_shard *shard, terni_endpoints *endpoints);
// Ends every call and connection, which say `why`. On its poller, or when that is closed. Idempotent.
void terni_shard_close(terni_shard *shard, const char *why);

bool terni_shard_is_valid(const terni_shard *shard);

// Memory for a call with a callback: all are of one size. NULL without.
void *terni_shard_take_spare(terni_shard *shard, size_t size);
void  terni_shard_give_spare(terni_shard *shard, void *memory);

static inline tern_poller *terni_shard_poller(const terni_shard *shard)
{
    return shard->carrier.poller;
}

static inline terni_shard *terni_shard_of(const terni_outcall *call)
{
    return TERN_CONTAINER_OF(call->carrier, terni_shard, carrier);
}

// What is said of one whose poller tern_poller_is_inherited.
extern const char terni_shard_inherited[];

#endif
