// rpc/tls/tls_internal.h: the handle, inside: what to make handshakes with now, and how many there are.
//
// Lifetime:  counted: the program, channels, servers, and connections.
// Threads:   any.
#ifndef RPC_TLS_TLS_INTERNAL_H
#define RPC_TLS_TLS_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "rpc/tls/context_internal.h"
#include "rpc/tls/settings_internal.h"

struct tern_tls {
    atomic_uint        refs;
    terni_tls_settings settings;
    pthread_mutex_t    lock;     // for `current`
    terni_tls_context *current;  // the next handshake is made with it
    atomic_ulong n_handshakes, n_resumed, n_failed, n_refused, n_plain, n_under_way, n_reloads;
};

// A reference, given to the caller.
terni_tls_context *terni_tls_take_context(tern_tls *tls);

#endif
