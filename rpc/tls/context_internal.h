// rpc/tls/context_internal.h: what handshakes are made with, as the files were when they were read: certificates, keys,
// whom to trust, tickets, sessions. A reload makes another one.
//
// Lifetime:  counted: its tern_tls, and each connection that was made with it.
// Threads:   any: read-only but for tickets and sessions.
#ifndef RPC_TLS_CONTEXT_INTERNAL_H
#define RPC_TLS_CONTEXT_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "rpc/tls/pem_internal.h"
#include "rpc/tls/sessions_internal.h"
#include "rpc/tls/settings_internal.h"
#include "rpc/tls/tickets_internal.h"

typedef struct terni_tls_context terni_tls_context;
struct terni_tls_context {
    atomic_uint        refs;
    SSL_CTX           *server, *client;  // `server` is NULL: there is no certificate for one
    terni_tls_pair    *pairs;
    size_t             n_pairs;
    terni_tls_tickets  tickets;
    terni_tls_sessions sessions;
    bool               needs_roots;  // the system's, which nobody has needed yet
    pthread_mutex_t    lock;         // for them
};

// `settings` are for the call.
tern_status        terni_tls_context_new(const terni_tls_settings *settings,
                                         terni_tls_context       **ret_context);
terni_tls_context *terni_tls_context_ref(terni_tls_context *c);
void               terni_tls_context_unref(terni_tls_context *c);  // accepts NULL

// For one connection, given to the caller; NULL without memory.
SSL *terni_tls_context_server(terni_tls_context *c);
SSL *terni_tls_context_client(terni_tls_context *c);

#endif
