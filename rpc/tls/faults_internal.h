// rpc/tls/faults_internal.h: what is wrong with a certificate, in a sentence about the peer: "its certificate has expired".
//
// Lifetime:  none.
// Threads:   none.
#ifndef RPC_TLS_FAULTS_INTERNAL_H
#define RPC_TLS_FAULTS_INTERNAL_H

#include <openssl/x509_vfy.h>

#include "rpc/tls/party_internal.h"

// Keeps in `x` what `store` has against the peer's certificate.
void terni_tls_faults_note(terni_tls_party *x, X509_STORE_CTX *store);

#endif
