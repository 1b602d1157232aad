// rpc/client/outgoing_internal.h: a call as its channel's interceptors see it, and what they may add to it
// before it goes. Knows nothing of how calls are carried.
//
// Lifetime:  in the call's arena, as a part of its observers. The tern_outgoing that interceptors get is this.
// Threads:   <tern/outgoing.h> says.
// Invariant: each `begin` has one `end`, in reverse order.
#ifndef RPC_CLIENT_OUTGOING_INTERNAL_H
#define RPC_CLIENT_OUTGOING_INTERNAL_H

#include <tern/outgoing.h>
#include <tern/poller.h>
#include <tern/stub.h>

#include "rpc/base/arena_internal.h"
#include "rpc/base/meta_internal.h"

// What a call says of itself ahead of its messages. The first part of an outcall.
typedef struct terni_call_head terni_call_head;
struct terni_call_head {
    const tern_method *method;
    terni_arena        arena;  // a short request, metadata, a reply that is lent
    terni_meta        *metas;
    uint32_t           n_metas;
    uint64_t           deadline_ns;
    const char        *fault;  // of the metadata: the call ends with INVALID_ARGUMENT. NULL: none
};

// Copies, unless it is against the rules: then `fault` says so. False without memory.
bool terni_call_head_add(terni_call_head *head, const tern_metadata *entries, size_t n);

typedef struct terni_outgoing terni_outgoing;
struct terni_outgoing {
    terni_call_head               *head;
    const tern_client_interceptor *interceptors;
    uint32_t                       n_interceptors;
    const char                    *secret;   // that one of them has added; NULL: none
    uint32_t                       n_begun;  // and have not been told the end
    uint32_t                       current;  // the one that runs
    void                         **data;     // of each
    const char                    *refusal;  // what one of them said
    uint64_t                       now_ns, latest_deadline_ns;  // while they begin
};

// Once, when the rest of the call is made; what is set before are head and interceptors. TERN_OK, or what
// the call ends with instead, as one of them wants it, with `refusal`. Without memory the arena says so.
TERN_NODISCARD tern_code terni_outgoing_begin(terni_outgoing *o, uint64_t now_ns,
                                              uint64_t latest_deadline_ns);
void                     terni_outgoing_sent(terni_outgoing *o, const void *msg);
void                     terni_outgoing_received(terni_outgoing *o, const void *msg);
void                     terni_outgoing_end(terni_outgoing *o, tern_status st);

#endif
