// rpc/session/keepalive_internal.h: finds out that a peer is dead though its connection is not: after a while
// without a byte, while calls are open, it asks with a PING, and gives up if nothing at all comes within
// its patience, nor anything goes of what lies before the PING. Knows nothing of sessions and calls: its owner answers
// what it asks.
//
// Lifetime:  embedded or allocated by its owner; terni_keepalive_start / terni_keepalive_stop, before what
//            the hooks need is gone.
// Threads:   its poller's.
// Cost:      a timer, and nothing on the path of a call. Between calls the timer runs, but does not ask.
#ifndef RPC_SESSION_KEEPALIVE_INTERNAL_H
#define RPC_SESSION_KEEPALIVE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/poller.h>
#include <tern/timer.h>

typedef struct terni_keepalive_hooks terni_keepalive_hooks;
struct terni_keepalive_hooks {
    bool (*has_calls)(void *owner);
    uint64_t (*heard_ns)(void *owner);       // when the last byte came
    uint64_t (*written_bytes)(void *owner);  // in all
    uint64_t (*sent_bytes)(void *owner);     // those that have left, or that a filter has taken
    void (*ping)(void *owner, uint64_t opaque);
    // The peer is dead. Once, last: nothing is armed any more.
    void (*dead)(void *owner, uint64_t silence_ns);
};

typedef struct terni_keepalive terni_keepalive;
struct terni_keepalive {
    const terni_keepalive_hooks *hooks;
    void                        *owner;
    tern_poller                 *poller;
    tern_timer                   timer;
    int64_t                      interval_ms, patience_ms;
    uint64_t                     asked_ns;     // 0: no PING is out
    uint64_t                     asked_bytes;  // that were written before it
    uint64_t                     sent_bytes;   // that had left when it was looked at last
};

// Owner, hooks and poller are set; times are more than 0, but for a patience below 0: then it asks once in each
// interval, and nobody is ever dead.
void terni_keepalive_start(terni_keepalive *k, int64_t interval_ms, int64_t patience_ms);
void terni_keepalive_stop(terni_keepalive *k);

#endif
