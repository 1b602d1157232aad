// rpc/client/observers_internal.h: what only some of a client's calls have: somebody who wants to know all about
// them, who may cancel them, or who intercepts them. Knows nothing of links and retries.
//
// Lifetime:  in the call's arena, from terni_outcall_init to terni_outcall_done. A call without has NULL, and
//            that one branch is what they cost it.
// Threads:   the call's poller's, but for those that make and refuse: the caller's.
// Invariant: what the user's options point at is filled before the call's `done` runs, once.
#ifndef RPC_CLIENT_OBSERVERS_INTERNAL_H
#define RPC_CLIENT_OBSERVERS_INTERNAL_H

#include <tern/address.h>

#include "rpc/call/cancel_internal.h"
#include "rpc/client/channel_internal.h"

struct terni_observers {
    terni_outcall  *call;
    tern_call_info *info;
    terni_watch    *watches[2];  // of the user's cancel and the parent's scope
    terni_meta_list initial;     // in the call's arena, as the message
    const char     *message;
    size_t          message_len;
    char            peer[TERN_MAX_ADDRESS];

    // ---- interceptors ----
    uint32_t    n_begun;  // and have not been told the end
    uint32_t    current;  // the one that runs
    void      **data;     // of each
    const char *refusal;  // what one of them said
    bool        is_closed;
    bool
        waits_for_reader;  // messages that have come are decoded later, and the end comes after them
    uint64_t parent_deadline_ns;
};

static inline bool terni_observers_are_wanted(const tern_call_opts *opts)
{
    return opts && (opts->info || opts->cancel);
}

// `scope`: whose cancellation ends the call as well, or NULL. 0 or -ENOMEM.
TERN_NODISCARD int terni_observers_add(terni_outcall *call, const tern_call_opts *opts,
                                       tern_cancel *scope);
// On the call's poller. TERN_OK, or what the call is to end with instead of being started.
TERN_NODISCARD tern_code terni_observers_start(terni_observers *x);
void                     terni_observers_done(terni_observers *x);
// For a call that is refused before there is one.
void terni_observers_refuse(const tern_call_opts *opts, tern_status st);

void terni_observers_note_peer(terni_observers *x, const terni_session *s);
void terni_observers_keep_initial(terni_observers *x, const terni_meta_list *metadata);
void terni_observers_keep_message(terni_observers *x, const char *text, size_t len);
// The call's status holds; `close` brings details and trailing metadata.
void terni_observers_close(terni_observers *x, const terni_close *close);

// ---- outgoing.c: the channel's interceptors ----
// Once, when the rest of the call is made. 0 or -errno; if one refuses the call its status is set.
TERN_NODISCARD int terni_outgoing_begin(terni_observers *x, uint64_t parent_deadline_ns);
void               terni_outgoing_sent(terni_observers *x, const void *msg);
void               terni_outgoing_received(terni_observers *x, const void *msg);
void               terni_outgoing_end(terni_observers *x, tern_status st);

#endif
