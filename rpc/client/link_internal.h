// rpc/client/link_internal.h: a client's connection and the calls on it. Knows nothing of how connections are
// made, nor of what becomes of a call that it has lost.
//
// Lifetime:  of its own, from terni_link_new until its connection is gone; `gone` is the last that is told.
// Threads:   its poller's.
// Invariant: each call on it is OPEN. Its events come in the order settled, leaving, lost, gone, the first two
//            at most once, the others exactly once; each call has ended before `gone`.
#ifndef RPC_CLIENT_LINK_INTERNAL_H
#define RPC_CLIENT_LINK_INTERNAL_H

#include "rpc/client/outcall_internal.h"
#include "rpc/session/filter_source_internal.h"
#include "rpc/session/target_internal.h"

typedef struct terni_link_events terni_link_events;
struct terni_link_events {
    // The server has said what it takes: from now on it may be given calls.
    void (*settled)(terni_link *link);
    // A call has ended: there may be room for another.
    void (*room)(terni_link *link);
    // It takes no more calls; those that it has go on.
    void (*leaving)(terni_link *link);
    // The connection is lost, or was closed; its calls end when this has returned.
    void (*lost)(terni_link *link, const char *why);
    // And its memory goes.
    void (*gone)(terni_link *link);
};

struct terni_link {
    terni_session            session;
    const terni_link_events *events;
    void                    *owner;
    terni_outcall           *calls;
    terni_link              *next, **link;   // of its owner's
    uint32_t                 ready_at;       // balance_internal.h
    bool                     has_settled;    // its settings have come
    bool                     is_retired;     // takes no more calls; goes with the last one it has
    bool                     is_bothersome;  // to the server, by its keepalive
    bool                     is_private;     // TLS, or a socket of this machine alone
    uint32_t                 authority_len;
    char                    *authority;  // whom its calls are for: behind this, in the same memory
};

// What a link is made with. Borrowed for the call, but for the limits. A target with TLS has filters.
typedef struct terni_link_opts terni_link_opts;
struct terni_link_opts {
    tern_poller              *poller;
    const terni_target       *target;
    const tern_filter_source *filters;
    const char               *authority, *server_name;  // NULL: the target's
    const terni_wire_limits  *limits;
    int64_t                   keepalive_ms, keepalive_timeout_ms;
    const terni_link_events  *events;
    void                     *owner;
};

// Takes `fd`, also on failure.
TERN_NODISCARD tern_status terni_link_new(const terni_link_opts *opts, int fd,
                                          terni_link **ret_link);
// 0, -EAGAIN: no room for another call now; -ENOTCONN: no calls any more; -EMSGSIZE, -E2BIG, -ENOMEM;
// -EACCES: what the call carries must not go over plain text.
TERN_NODISCARD int terni_link_open(terni_link *link, terni_outcall *call);
// The end of a call that one of these has refused, and that another link would refuse, too.
void terni_link_refuse(terni_outcall *call, int err);
// Of a call that is OPEN: IDLE afterwards.
void terni_link_cancel(terni_outcall *call, tern_code code, const char *why);
void terni_link_retire(terni_link *link);
void terni_link_abort(terni_link *link);

#endif
