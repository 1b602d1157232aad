// tests/rpc/certs/certs.h: certificates for a test, made while it runs: no key of any is in the repository. Knows nothing of
// connections.
//
// Lifetime:  a cert from certs_make to certs_free; a CA may go before those it has signed.
// Threads:   none.
//
//   cert *ca = certs_make(&(cert_wish){ .name = "test CA", .is_ca = true });
//   cert *server = certs_make(&(cert_wish){ .name = "server", .sans = "DNS:localhost", .by = ca });
#ifndef TESTS_RPC_CERTS_CERTS_H
#define TESTS_RPC_CERTS_CERTS_H

#include <stdbool.h>

#include <tern/tls.h>

typedef struct cert cert;

typedef struct cert_wish cert_wish;
struct cert_wish {
    const char *name;  // CN=
    // As OpenSSL writes them: "DNS:localhost,IP:127.0.0.1,URI:spiffe://test/a"; a DEL becomes a NUL. NULL: none.
    const char *sans;
    const char *use;  // "serverAuth", "clientAuth"; NULL: any
    const cert *by;   // who signs it; NULL: itself
    bool        is_ca;
    bool        is_rsa;      // else P-256
    bool        is_expired;  // since yesterday
    bool        is_early;    // good from tomorrow on
    unsigned    n_padding;   // bytes that make it long
};

struct cert {
    char *pem;  // followed by those who signed it, but for the root
    char *key_pem;
    void *x509, *key;  // OpenSSL's
};

cert *certs_make(const cert_wish *wish);
void  certs_free(cert *c);

// A list of who is revoked; given: free(). NULL in `revoked`: nobody.
char *certs_revoke(const cert *by, const cert *revoked);

// A file with this text, for good: "certs-0.pem" in the test's own folder. Given: free().
char *certs_write(const char *text);
void  certs_rewrite(const char *file, const char *text);

#endif
