// rpc/tls/pem_internal.h: certificates, keys and lists out of PEM, and what is wrong with it in a sentence that names the
// file. Knows nothing of connections.
//
// Lifetime:  what is read is given, in OpenSSL's own types.
// Threads:   any.
#ifndef RPC_TLS_PEM_INTERNAL_H
#define RPC_TLS_PEM_INTERNAL_H

#include <openssl/ssl.h>

#include <tern/tls.h>

enum { TERNI_TLS_MAX_SHOWN = 48 };

// Where PEM is: one of the two, or neither.
typedef struct terni_tls_source terni_tls_source;
struct terni_tls_source {
    const char *file, *text;
    const char *name;  // of the option that holds a text: "cert_pem"
};

// A certificate, its key, and the certificates that lead to its root.
typedef struct terni_tls_pair terni_tls_pair;
struct terni_tls_pair {
    X509     *leaf;
    EVP_PKEY *key;
    STACK_OF(X509) * chain;
};

tern_status terni_tls_pem_pair(const tern_tls_pair *pair, terni_tls_pair *ret_pair);
void        terni_tls_pair_done(terni_tls_pair *id);

// Into `store`: what it holds of them, at least one. `ret_names` (or NULL) gets their subjects.
tern_status terni_tls_pem_roots(const terni_tls_source *source, X509_STORE *store,
                                STACK_OF(X509_NAME) * names);
tern_status terni_tls_pem_lists(const terni_tls_source *source, X509_STORE *store);

// A file's name as sentences show it: the end of a long one.
const char *terni_tls_show_source(const terni_tls_source *source, char room[TERNI_TLS_MAX_SHOWN]);

#endif
