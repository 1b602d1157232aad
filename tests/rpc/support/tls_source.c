#include "tests/rpc/support/tls_source.h"

#include <tern/tls.h>

#include "tests/rpc/certs/certs.h"

// Nothing is resumed, since what a client keeps for that would look lost.
static tern_filter_source make(void)
{
    cert               *ca = certs_make(&(cert_wish){ .name = "test CA", .is_ca = true });
    cert               *own = certs_make(&(cert_wish){
                      .name = "test", .sans = "DNS:localhost,DNS:nodes.test,IP:127.0.0.1,IP:::1", .by = ca });
    const tern_tls_opts opts = {
        .ca_pem = ca->pem, .cert_pem = own->pem, .key_pem = own->key_pem, .no_resumption = true
    };
    tern_tls *tls;

    TERN_ASSERT(tern_report(tern_tls_new(&opts, &tls)) == 0);
    certs_free(own);
    certs_free(ca);
    return tern_tls_filters(tls);
}

const tern_filter_source *tls_source(void)
{
    static tern_filter_source source;

    if (!source.make)
        source = make();
    return &source;
}
