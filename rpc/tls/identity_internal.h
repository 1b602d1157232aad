// rpc/tls/identity_internal.h: what handlers are told of a peer, out of its certificate and of what was agreed on.
//
// Lifetime:  terni_tls_identity_of / terni_tls_identity_free.
// Threads:   none.
#ifndef RPC_TLS_IDENTITY_INTERNAL_H
#define RPC_TLS_IDENTITY_INTERNAL_H

#include <openssl/ssl.h>

#include <tern/identity.h>

// Given to the caller; NULL without memory. `alpn` outlives it.
tern_identity *terni_tls_identity_of(SSL *ssl, const char *alpn);
void           terni_tls_identity_free(tern_identity *id);

// Into `text`, as RFC 2253 writes it; cut if it is longer.
void terni_tls_identity_print(const X509_NAME *name, char *text, size_t size);

#endif
