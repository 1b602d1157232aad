#include "tests/soak/party.h"

#include <err.h>
#include <stdio.h>

#include <tern/tls.h>

static tern_tls *tls;

tern_filter_source party_filters(const char *certs)
{
    char        cert[512], key[512], ca[512];
    tern_status st;

    snprintf(cert, sizeof cert, "%s/server.pem", certs);
    snprintf(key, sizeof key, "%s/server.key", certs);
    snprintf(ca, sizeof ca, "%s/ca.pem", certs);
    st = tern_tls_new(&(tern_tls_opts){ .cert_file = cert, .key_file = key, .ca_file = ca }, &tls);
    if (st.code != TERN_OK)
        errx(1, "%s", st.msg);
    return tern_tls_filters(tls);
}

void party_done(void) { tls = tern_tls_unref(tls); }

// OpenSSL is not instrumented: its locks are unseen, and what it copies with libc's functions under them looks like races.
__attribute__((visibility("default"))) const char *__tsan_default_suppressions(void);

const char *__tsan_default_suppressions(void)
{
    return "called_from_lib:libcrypto.so\ncalled_from_lib:libssl.so\n";
}
