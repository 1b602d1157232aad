// TLS of both roles, fed with any bytes: whole, and cut where the input says. The first byte chooses the role, and how it
// is cut.
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/conn.h>
#include <tern/log.h>
#include <tern/poller.h>
#include <tern/tls.h>

#include "tests/rpc/certs/certs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static tern_tls *make_tls(bool allow_plain)
{
    cert               *c = certs_make(&(cert_wish){ .name = "fuzz", .sans = "DNS:localhost" });
    const tern_tls_opts opts = { .cert_pem = c->pem,
                                 .key_pem = c->key_pem,
                                 .ca_pem = c->pem,
                                 .peer = TERN_TLS_PEER_REQUEST,
                                 .allow_plain = allow_plain };
    tern_tls           *tls;

    TERN_ASSERT(tern_report(tern_tls_new(&opts, &tls)) == 0);
    certs_free(c);
    tern_log_set(NULL, NULL, TERN_LOG_ERROR);
    return tls;
}

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    (void)arg;
    tern_linkbuf_splice(tern_conn_output(c), in);
    tern_conn_send(c);
}

static void on_closed(tern_conn *c, int err, void *arg)
{
    (void)c;
    (void)err;
    *(bool *)arg = true;
}

static const tern_conn_events events = { .data = on_data, .closed = on_closed };

static tern_conn_filter *make_filter(uint8_t how)
{
    static tern_tls       *all[2];
    unsigned               allow_plain = how >> 1 & 1;
    const bool             is_server = how & 1;
    const tern_filter_wish wish = { .size = sizeof wish,
                                    .is_server = is_server,
                                    .host = is_server ? NULL : "localhost",
                                    .alpn = is_server ? "tern/1,h2" : "h2" };
    tern_filter_source     source;
    tern_conn_filter      *filter;

    if (!all[allow_plain])
        all[allow_plain] = make_tls(allow_plain);
    source = tern_tls_filters(all[allow_plain]);
    TERN_ASSERT(source.make(&wish, source.arg, &filter).code == TERN_OK);
    return filter;
}

static void settle(tern_poller *p, int fd)
{
    char said[4096];

    for (int i = 0; i < 4; i++) {
        TERN_ASSERT(tern_poller_step(p, 0) == 0);
        while (recv(fd, said, sizeof said, MSG_DONTWAIT) > 0)
            ;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    tern_poller *p;
    tern_conn   *c;
    size_t       cut;
    bool         is_closed = false;
    int          fds[2];

    if (size < 2)
        return 0;
    cut = 1 + (data[0] >> 2) * (size - 1) / 64;
    p = tern_poller_new(NULL);
    TERN_ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
    TERN_ASSERT(tern_conn_new(p, fds[0], &events, &is_closed,
                              &(tern_conn_opts){ .filter = make_filter(data[0]) }, &c) == 0);
    (void)!tern_conn_send_copy(c, "text", 4);
    settle(p, fds[1]);
    (void)!send(fds[1], data + 1, cut - 1, MSG_NOSIGNAL);
    settle(p, fds[1]);
    (void)!send(fds[1], data + cut, size - cut, MSG_NOSIGNAL);
    settle(p, fds[1]);
    close(fds[1]);
    for (int i = 0; i < 8 && !is_closed; i++)
        TERN_ASSERT(tern_poller_step(p, 0) == 0);
    if (!is_closed)
        tern_conn_abort(c);
    tern_poller_free(p);
    return 0;
}
