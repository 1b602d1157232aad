// rpc/client/observers_internal.h: what only some of a client's calls have: somebody who wants to know all
// about them, who may cancel them, or who intercepts them. Knows nothing of calls.
//
// Lifetime:  in the call's arena, from terni_observers_new to terni_observers_done. A call without has NULL, and
//            that one branch is what they cost it.
// Threads:   the call's poller's, but for those that make and refuse: the caller's.
// Invariant: what the user's options point at is filled before the call's completion runs, once.
#ifndef RPC_CLIENT_OBSERVERS_INTERNAL_H
#define RPC_CLIENT_OBSERVERS_INTERNAL_H

#include <tern/address.h>

#include "rpc/call/cancel_internal.h"
#include "rpc/client/outgoing_internal.h"
#include "rpc/session/session_internal.h"

typedef struct terni_observers terni_observers;
struct terni_observers {
    terni_outgoing  outgoing;
    terni_arena    *arena;  // the call's
    tern_call_info *info;
    terni_watch    *watches[2];  // of the user's cancel and the parent's scope
    terni_meta_list initial;     // in the arena, as the message
    const char     *message;
    size_t          message_len;
    char            peer[TERN_MAX_ADDRESS];
    tern_identity  *identity;      // ours; of the peer
    uint64_t        n_compressed;  // messages that have come so
    bool            is_closed;
    // Messages that have come are decoded later, and interceptors hear of the end after them.
    bool waits_for_reader;
};

static inline bool terni_observers_are_wanted(const tern_call_opts *opts)
{
    return opts && (opts->info || opts->cancel);
}

// What the call tells of itself.
typedef struct terni_observed terni_observed;
struct terni_observed {
    terni_call_head *head;
    tern_poller     *poller;
    terni_watch_fn  *fire;  // a cancel was fired
    void            *call;
    tern_cancel     *scope;  // whose cancellation ends the call as well, or NULL
};

// NULL without memory; what it is then too little for is taken back.
terni_observers *terni_observers_new(const terni_observed *what, const tern_call_opts *opts);
// On the call's poller. TERN_OK, or what the call is to end with instead of being started.
TERN_NODISCARD tern_code terni_observers_start(terni_observers *x);
// The same later: a cancel that was fired, also if it is still on its way here.
TERN_NODISCARD tern_code terni_observers_fired(const terni_observers *x);
// `st`: of a call that was never closed.
void terni_observers_done(terni_observers *x, tern_status st);
// For a call that is refused before there is one.
void terni_observers_refuse(const tern_call_opts *opts, tern_status st);

// When the call goes to a connection, and again when that has heard of the server.
void terni_observers_note_peer(terni_observers *x, const terni_session *s);
// A message has been read.
void terni_observers_received(terni_observers *x, const void *msg, bool was_compressed);
void terni_observers_keep_initial(terni_observers *x, const terni_meta_list *metadata);
void terni_observers_keep_message(terni_observers *x, const char *text, size_t len);
// `st` is how the call ends; `close` brings details and trailing metadata.
void terni_observers_close(terni_observers *x, const tern_status *st, const terni_close *close,
                           uint32_t n_attempts);

#endif
