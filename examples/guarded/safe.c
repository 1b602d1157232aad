// safe CERTS [ADDRESS]: a server that is opened by those who show a certificate and a token. CERTS is a folder of tools/certs.
// SIGHUP reads the certificates again.
#include <signal.h>
#include <stdio.h>

#include <tern/tls.h>

#include "bearer.h"
#include "guarded.tern.h"

static tern_code open_drawer(tern_ctx *ctx, const guarded_open_request *req,
                             guarded_open_reply *reply)
{
    const tern_identity *who = tern_ctx_identity(ctx);

    if (!who || !who->is_verified)
        return tern_fail(ctx, TERN_UNAUTHENTICATED, "who are you?");
    reply->contents = tern_printf(ctx, "the %s of %s, over %s", req->drawer,
                                  *who->spiffe_id ? who->spiffe_id : who->subject, who->protocol);
    return TERN_OK;
}

static const char *in_folder(char room[512], const char *folder, const char *name)
{
    snprintf(room, 512, "%s/%s", folder, name);
    return room;
}

static tern_status make_tls(const char *folder, tern_tls **ret_tls)
{
    char ca[512], cert[512], key[512];

    return tern_tls_new(&(tern_tls_opts){ .ca_file = in_folder(ca, folder, "ca.pem"),
                                          .cert_file = in_folder(cert, folder, "server.pem"),
                                          .key_file = in_folder(key, folder, "server.key"),
                                          .peer = TERN_TLS_PEER_REQUIRE },
                        ret_tls);
}

static void say(const char *text)
{
    puts(text);
    fflush(stdout);
}

// Until SIGTERM or SIGINT. Signals are waited for, so that nothing is done in a handler.
static void serve(tern_tls *tls, const sigset_t *signals)
{
    int signo;

    while (sigwait(signals, &signo) == 0 && signo == SIGHUP)
        if (tern_report(tern_tls_reload(tls)) == 0)
            say("the certificates are read again");
}

int main(int argc, char **argv)
{
    static const char *const tokens[] = { "sesame" };
    bearer_guard             guard = { tokens, 1 };
    tern_server_interceptor  let_in = bearer_guard_interceptor(&guard);
    TERN_AUTO(tern_tls) *tls = NULL;
    tern_filter_source filters;
    sigset_t           signals;
    tern_status        st;

    if (argc < 2)
        return fprintf(stderr, "usage: safe CERTS [ADDRESS]\n"), 2;
    sigemptyset(&signals);
    sigaddset(&signals, SIGHUP);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    st = make_tls(argv[1], &tls);
    if (st.code)
        return tern_report(st);
    filters = tern_tls_filters(tls);
    TERN_AUTO(tern_server) *srv = tern_listen(
        argc > 2 ? argv[2] : "tls://127.0.0.1:0",
        &(tern_server_opts){ .filters = &filters, .interceptors = &let_in, .n_interceptors = 1 });
    guarded_safe_register(srv, &(guarded_safe_handlers){ .open = open_drawer }, NULL);
    st = tern_server_start(srv, NULL, 0);
    if (st.code)
        return tern_report(st);
    printf("listening on ");
    say(tern_server_address(srv));
    serve(tls, &signals);
    tern_server_stop(srv);
    return tern_report(tern_server_wait(srv));
}
