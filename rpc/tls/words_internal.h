// rpc/tls/words_internal.h: what went wrong, in sentences about the peer. They stand behind "TLS with db.example:7000 failed: ".
//
// Lifetime:  none.
// Threads:   none.
#ifndef RPC_TLS_WORDS_INTERNAL_H
#define RPC_TLS_WORDS_INTERNAL_H

#include <tern/conn_filter.h>

#include "rpc/tls/party_internal.h"

// What OpenSSL has said, and is forgotten now: -errno, to be returned by the filter.
TERN_NODISCARD int terni_tls_words_fail(tern_conn_filter *f, const terni_tls_party *x);

#endif
