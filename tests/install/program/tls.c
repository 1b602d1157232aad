// tls CA CERT KEY: a server with TLS and a client of it in one process; says what the client was answered.
#include <stdio.h>

#include <tern/tls.h>

#include "atlas.tern.h"

static tern_code find(tern_ctx *ctx, const demo_question *question, demo_place *place)
{
    const tern_identity *caller = tern_ctx_identity(ctx);

    (void)question;
    place->name = tern_printf(ctx, "%s", caller ? caller->protocol : "plain text");
    return TERN_OK;
}

static int ask(const char *address, const char *ca)
{
    TERN_AUTO(demo_place) *place = NULL;
    TERN_AUTO(tern_tls) *tls = NULL;
    tern_filter_source filters;
    tern_channel      *ch;
    tern_status        st = tern_tls_new(&(tern_tls_opts){ .ca_file = ca }, &tls);

    if (st.code)
        return tern_report(st);
    filters = tern_tls_filters(tls);
    ch = tern_connect(address, &(tern_channel_opts){ .filters = &filters });
    st = demo_atlas_find(ch, DEMO_QUESTION(), NULL, &place);
    tern_channel_free(ch);
    if (st.code == TERN_OK)
        puts(place->name);
    return tern_report(st);
}

int main(int argc, char **argv)
{
    TERN_AUTO(tern_tls) *tls = NULL;
    tern_filter_source filters;
    tern_server       *srv;
    tern_status        st;
    int                code;

    if (argc != 4)
        return 2;
    st = tern_tls_new(&(tern_tls_opts){ .cert_file = argv[2], .key_file = argv[3] }, &tls);
    if (st.code)
        return tern_report(st);
    filters = tern_tls_filters(tls);
    srv = tern_listen("tls://127.0.0.1:0", &(tern_server_opts){ .filters = &filters });
    demo_atlas_register(srv, &(demo_atlas_handlers){ .find = find }, NULL);
    code = tern_report(tern_server_start(srv, NULL, 0)) || ask(tern_server_address(srv), argv[1]);
    tern_server_free(srv);
    return code;
}
