// burglar CERTS NAME ADDRESS [TOKEN]: asks the safe what is in the drawer, as NAME, whose certificate is in CERTS; "-" has none.
#include <stdio.h>
#include <string.h>

#include <tern/tls.h>

#include "bearer.h"
#include "guarded.tern.h"

// Where a real program asks its provider, or reads the file that it has put there.
static bool fetch(char token[BEARER_MAX_TOKEN], int64_t *ret_valid_ms, void *arg)
{
    *ret_valid_ms = 3600 * 1000;
    return snprintf(token, BEARER_MAX_TOKEN, "%s", (const char *)arg) < BEARER_MAX_TOKEN;
}

static tern_status make_tls(const char *folder, const char *name, tern_tls **ret_tls)
{
    const bool has_one = strcmp(name, "-") != 0;
    char       ca[512], cert[512], key[512];

    snprintf(ca, sizeof ca, "%s/ca.pem", folder);
    snprintf(cert, sizeof cert, "%s/%s.pem", folder, name);
    snprintf(key, sizeof key, "%s/%s.key", folder, name);
    return tern_tls_new(&(tern_tls_opts){ .ca_file = ca,
                                          .cert_file = has_one ? cert : NULL,
                                          .key_file = has_one ? key : NULL },
                        ret_tls);
}

int main(int argc, char **argv)
{
    TERN_AUTO(guarded_open_reply) *reply = NULL;
    TERN_AUTO(tern_tls) *tls = NULL;
    tern_client_interceptor auth;
    bearer_source           source;
    tern_filter_source      filters;
    tern_status             st;

    if (argc < 4)
        return fprintf(stderr, "usage: burglar CERTS NAME ADDRESS [TOKEN]\n"), 2;
    st = make_tls(argv[1], argv[2], &tls);
    if (st.code)
        return tern_report(st);
    filters = tern_tls_filters(tls);
    bearer_source_init(&source, fetch, argc > 4 ? argv[4] : "guessed");
    auth = bearer_source_interceptor(&source);
    tern_channel *ch = tern_connect(
        argv[3],
        &(tern_channel_opts){ .filters = &filters, .interceptors = &auth, .n_interceptors = 1 });
    st = guarded_safe_open(ch, GUARDED_OPEN_REQUEST(.drawer = "top drawer"), NULL, &reply);
    if (st.code == TERN_OK)
        printf("%s\n", reply->contents);
    tern_channel_free(ch);
    bearer_source_done(&source);
    return tern_report(st);
}
