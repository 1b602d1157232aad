// rpc/tls/party_internal.h: what one handshake is about: whom we want, what we offer, and what is wrong with the peer's
// certificate. What OpenSSL's callbacks find of a connection (SSL_get_app_data).
//
// Lifetime:  a part of a filter.
// Threads:   its filter's.
#ifndef RPC_TLS_PARTY_INTERNAL_H
#define RPC_TLS_PARTY_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "rpc/tls/sessions_internal.h"
#include "rpc/tls/settings_internal.h"

enum { TERNI_TLS_MAX_ALPN = 64, TERNI_TLS_MAX_FAULT = 200 };

typedef struct terni_tls_party terni_tls_party;
struct terni_tls_party {
    bool                      is_server;
    const terni_tls_settings *settings;
    terni_tls_sessions       *sessions;
    const char               *host;      // whom a client wants; a server's is ""
    uint8_t offers[TERNI_TLS_MAX_ALPN];  // best first, each with its length before it
    uint8_t n_offers;                    // bytes
    char    fault[TERNI_TLS_MAX_FAULT];  // a sentence; "": none was found
};

#endif
