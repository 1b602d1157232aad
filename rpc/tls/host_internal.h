// rpc/tls/host_internal.h: whom a client wants at the other end. OpenSSL takes some texts for no name to look for, or for
// many names: those are refused here. Knows nothing of where the name is from.
//
// Lifetime:  none.
// Threads:   none.
#ifndef RPC_TLS_HOST_INTERNAL_H
#define RPC_TLS_HOST_INTERNAL_H

#include <stdbool.h>

#include <openssl/ssl.h>

// What is wrong with it, behind "it": "is empty". NULL: it may be somebody's.
const char *terni_tls_host_find_fault(const char *host);
// The peer has to show a certificate for it, a name or a number; a name is told to the server, too. False: no memory.
bool terni_tls_host_expect(const char *host, SSL *ssl);

#endif
