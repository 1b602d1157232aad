// rpc/tls/sessions_internal.h: what a client keeps of its handshakes, to resume them: one for each server. Knows nothing of
// connections.
//
// Lifetime:  terni_tls_sessions_init / terni_tls_sessions_done.
// Threads:   any. What goes in and out are copies, since OpenSSL writes to those that connections have.
// Invariant: at most TERN_TLS_MAX_SESSIONS; the one that was used longest ago makes room.
#ifndef RPC_TLS_SESSIONS_INTERNAL_H
#define RPC_TLS_SESSIONS_INTERNAL_H

#include <pthread.h>
#include <stdint.h>

#include <openssl/ssl.h>

#include <tern/base.h>

enum { TERNI_TLS_SESSION_SLOTS = 256 };

typedef struct terni_tls_session terni_tls_session;

typedef struct terni_tls_sessions terni_tls_sessions;
struct terni_tls_sessions {
    pthread_mutex_t    lock;
    terni_tls_session *slots[TERNI_TLS_SESSION_SLOTS];
    terni_tls_session *newest, *oldest;
    unsigned           n, max;
};

void terni_tls_sessions_init(terni_tls_sessions *s, unsigned max);
void terni_tls_sessions_done(terni_tls_sessions *s);
// Keeps a copy for `server`, in place of the one before; none without memory.
void terni_tls_sessions_put(terni_tls_sessions *s, const char *server, const SSL_SESSION *session);
// A copy, given to the caller; NULL: none.
SSL_SESSION *terni_tls_sessions_get(terni_tls_sessions *s, const char *server);

#endif
