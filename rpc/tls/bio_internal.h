// rpc/tls/bio_internal.h: OpenSSL's way to the socket's bytes: out of a filter's input, and behind its output. Knows nothing
// of TLS.
//
// Lifetime:  a part of a filter; the BIO is the SSL's.
// Threads:   its filter's.
// Invariant: `in` and `out` are those of the call that is being made.
#ifndef RPC_TLS_BIO_INTERNAL_H
#define RPC_TLS_BIO_INTERNAL_H

#include <stdbool.h>

#include <openssl/bio.h>

#include <tern/linkbuf.h>

typedef struct terni_tls_ends terni_tls_ends;
struct terni_tls_ends {
    tern_linkbuf *in, *out;
    bool          lacks_memory;  // what was written could not be kept
};

// NULL without memory.
BIO *terni_tls_bio_new(terni_tls_ends *ends);

#endif
