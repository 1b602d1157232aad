#include "tests/interop/security.h"

#include <stdio.h>

#ifdef HAS_TLS
#include <tern/tls.h>

bool security_make(const char *certs, bool is_server, tern_filter_source *ret_source)
{
    static tern_tls *tls;
    const char      *name = is_server ? "server" : "client";
    char             ca[512], cert[512], key[512];

    if (!certs)
        return fprintf(stderr, "--use_tls wants --certs=FOLDER, as tools/certs makes it\n") < 0;
    snprintf(ca, sizeof ca, "%s/ca.pem", certs);
    snprintf(cert, sizeof cert, "%s/%s.pem", certs, name);
    snprintf(key, sizeof key, "%s/%s.key", certs, name);
    if (tern_report(tern_tls_new(
            &(tern_tls_opts){ .ca_file = ca,
                              .cert_file = cert,
                              .key_file = key,
                              .peer = is_server ? TERN_TLS_PEER_REQUIRE : TERN_TLS_PEER_NONE },
            &tls)))
        return false;
    *ret_source = tern_tls_filters(tls);
    return true;
}
#else
bool security_make(const char *certs, bool is_server, tern_filter_source *ret_source)
{
    (void)certs;
    (void)is_server;
    (void)ret_source;
    return fprintf(stderr, "--use_tls: this was built without OpenSSL\n") < 0;
}
#endif
