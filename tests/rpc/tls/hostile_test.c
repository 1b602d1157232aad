// Peers that mean no good, or know no better: slow, many, garbled, gone in the middle. The server stays as it was: the
// next client is served.
#include "tests/rpc/tls/gate.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "tests/support/wait_for.h"

// ---- by hand -------------------------------------------------------------

static int dial(const gate *g)
{
    struct sockaddr_in sa = { .sin_family = AF_INET,
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                              .sin_port =
                                  htons((uint16_t)atoi(strrchr(g->host.address, ':') + 1)) };
    int                fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    assert_int_equal(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
    return fd;
}

// What the server says until it closes.
static size_t hear_all(int fd, char *text, size_t size)
{
    size_t  at = 0;
    ssize_t n;

    while (at < size - 1 && (n = recv(fd, text + at, size - 1 - at, 0)) > 0)
        at += (size_t)n;
    text[at] = '\0';
    return at;
}

static void check_serves(const gate *g)
{
    TERN_AUTO(guard_answer) *a = NULL;

    assert_int_equal(tern_report(gate_ask(g, GATE_NATIVE, NULL, &a)), 0);
}

static tern_tls_stats stats_of(const gate *g)
{
    tern_tls_stats stats;

    tern_tls_get_stats(g->tls, &stats);
    return stats;
}

static bool is_quiet(void *g) { return stats_of(g).n_under_way == 0; }

// ---- OpenSSL's client, by hand -------------------------------------------

typedef struct client client;
struct client {
    int      fd;
    SSL_CTX *ctx;
    SSL     *ssl;
};

static void client_open(client *c, const gate *g)
{
    static const unsigned char alpn[] = "\x2h2";

    c->fd = dial(g);
    c->ctx = SSL_CTX_new(TLS_client_method());
    c->ssl = SSL_new(c->ctx);
    assert_int_equal(SSL_set_alpn_protos(c->ssl, alpn, 3), 0);
    assert_int_equal(SSL_set_fd(c->ssl, c->fd), 1);
}

static void client_close(client *c)
{
    SSL_free(c->ssl);
    SSL_CTX_free(c->ctx);
    close(c->fd);
    ERR_clear_error();
}

// The reason of the alert that the server ends a handshake with.
static int client_refused(client *c)
{
    int reason;

    ERR_clear_error();
    assert_int_not_equal(SSL_connect(c->ssl), 1);
    reason = ERR_GET_REASON(ERR_peek_error());
    return reason;
}

// ---- slow ones -----------------------------------------------------------

static void test_handshake_that_is_not_made_is_ended(void **state)
{
    static const struct {
        const char *bytes;
        size_t      len;
    } beginnings[] = { { "", 0 }, { "\x16\x03\x01\x02", 4 }, { "PRI", 3 } };
    char text[256];
    gate g;

    (void)state;
    gate_open(&g, &(tern_tls_opts){ .handshake_timeout_ms = 20 });
    for (size_t i = 0; i < TERN_COUNT_OF(beginnings); i++) {
        int fd = dial(&g);

        assert_int_equal(write(fd, beginnings[i].bytes, beginnings[i].len), beginnings[i].len);
        assert_int_equal(hear_all(fd, text, sizeof text), 0);
        close(fd);
    }
    wait_for(is_quiet, &g, "the handshakes");
    assert_int_equal(stats_of(&g).n_failed, TERN_COUNT_OF(beginnings));
    gate_close(&g);
}

static void test_handshakes_under_way_are_limited(void **state)
{
    gate g;
    char text[256];
    int  fds[3];

    (void)state;
    gate_open(&g, &(tern_tls_opts){ .max_handshakes = 2 });
    for (size_t i = 0; i < TERN_COUNT_OF(fds); i++)
        fds[i] = dial(&g);
    assert_int_equal(hear_all(fds[2], text, sizeof text), 0);  // closed at once
    assert_int_equal(stats_of(&g).n_refused, 1);
    assert_int_equal(stats_of(&g).n_under_way, 2);
    for (size_t i = 0; i < TERN_COUNT_OF(fds); i++)
        close(fds[i]);
    wait_for(is_quiet, &g, "the handshakes");
    check_serves(&g);
    gate_close(&g);
}

// ---- those who are gone --------------------------------------------------

static void test_peer_that_goes_in_the_middle_of_a_handshake(void **state)
{
    gate g;

    (void)state;
    gate_open(&g, NULL);
    for (size_t len = 0; len < 8; len++) {
        int fd = dial(&g);

        assert_int_equal(write(fd, "\x16\x03\x01\x02\x00\x01\x00\x01", len), len);
        close(fd);
    }
    wait_for(is_quiet, &g, "the handshakes");
    check_serves(&g);
    gate_close(&g);
}

static void test_end_without_a_goodbye_ends_that_connection_alone(void **state)
{
    char   byte;
    client c;
    gate   g;

    (void)state;
    gate_open(&g, NULL);
    client_open(&c, &g);
    assert_int_equal(SSL_connect(c.ssl), 1);
    assert_int_equal(SSL_write(c.ssl, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24), 24);
    assert_int_equal(SSL_read(c.ssl, &byte, 1), 1);  // it answers with its settings
    assert_int_equal(shutdown(c.fd, SHUT_WR), 0);
    while (SSL_read(c.ssl, &byte, 1) == 1)
        ;
    client_close(&c);
    check_serves(&g);
    gate_close(&g);
}

// ---- what is refused -----------------------------------------------------

static void test_protocols_that_nobody_speaks_here_are_refused(void **state)
{
    static const unsigned char alpn[] = "\x4imap\x6spdy/1";
    client                     c;
    gate                       g;

    (void)state;
    gate_open(&g, NULL);
    client_open(&c, &g);
    assert_int_equal(SSL_set_alpn_protos(c.ssl, alpn, sizeof alpn - 1), 0);
    assert_int_equal(client_refused(&c), SSL_AD_REASON_OFFSET + SSL_AD_NO_APPLICATION_PROTOCOL);
    client_close(&c);
    check_serves(&g);
    gate_close(&g);
}

static void test_old_versions_are_refused(void **state)
{
    client c;
    gate   g;

    (void)state;
    gate_open(&g, NULL);
    client_open(&c, &g);
    SSL_set_security_level(c.ssl, 0);
    SSL_set_min_proto_version(c.ssl, TLS1_VERSION);
    SSL_set_max_proto_version(c.ssl, TLS1_1_VERSION);
    assert_int_equal(client_refused(&c), SSL_R_TLSV1_ALERT_PROTOCOL_VERSION);
    client_close(&c);
    gate_close(&g);
}

static void test_renegotiation_is_refused(void **state)
{
    char   byte;
    client c;
    gate   g;

    (void)state;
    gate_open(&g, NULL);
    client_open(&c, &g);
    SSL_set_max_proto_version(c.ssl, TLS1_2_VERSION);
    assert_int_equal(SSL_connect(c.ssl), 1);
    assert_int_equal(SSL_renegotiate(c.ssl), 1);
    assert_int_not_equal(SSL_do_handshake(c.ssl), 1);
    ERR_clear_error();
    (void)!SSL_read(c.ssl, &byte, 1);
    client_close(&c);
    check_serves(&g);
    gate_close(&g);
}

// ---- early data ----------------------------------------------------------

static void greet(SSL *ssl)
{
    char byte;

    assert_int_equal(SSL_write(ssl, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24), 24);
    assert_int_equal(SSL_read(ssl, &byte, 1), 1);  // it answers with its settings
}

// Of a connection before this one, with a promise in it that the server has never made.
static SSL_SESSION *forge_session(const gate *g)
{
    SSL_SESSION *session;
    client       c;

    client_open(&c, g);
    assert_int_equal(SSL_connect(c.ssl), 1);
    greet(c.ssl);
    session = SSL_get1_session(c.ssl);
    assert_true(SSL_SESSION_is_resumable(session));
    assert_int_equal(SSL_SESSION_get_max_early_data(session), 0);
    assert_int_equal(SSL_SESSION_set_max_early_data(session, 1024), 1);
    (void)SSL_shutdown(c.ssl);  // or OpenSSL would not use it again
    client_close(&c);
    return session;
}

// What could be replayed is thrown away, not read; the connection is as good as any.
static void test_early_data_are_not_read(void **state)
{
    static const char early[] = "a call that somebody has recorded";
    SSL_SESSION      *session;
    size_t            n;
    client            c;
    gate              g;

    (void)state;
    gate_open(&g, NULL);
    session = forge_session(&g);
    client_open(&c, &g);
    assert_int_equal(SSL_set_session(c.ssl, session), 1);
    assert_int_equal(SSL_write_early_data(c.ssl, early, sizeof early, &n), 1);
    assert_int_equal(SSL_connect(c.ssl), 1);
    assert_int_equal(SSL_get_early_data_status(c.ssl), SSL_EARLY_DATA_REJECTED);
    assert_true(SSL_session_reused(c.ssl));
    greet(c.ssl);
    client_close(&c);
    SSL_SESSION_free(session);
    gate_close(&g);
}

// A key update is answered by one; who asks again and again, and reads none, is not read any more.
static void test_key_updates_are_taken(void **state)
{
    client c;
    char   byte;
    gate   g;

    (void)state;
    gate_open(&g, NULL);
    client_open(&c, &g);
    assert_int_equal(SSL_connect(c.ssl), 1);
    for (unsigned i = 0; i < 20; i++) {
        assert_int_equal(SSL_key_update(c.ssl, SSL_KEY_UPDATE_REQUESTED), 1);
        assert_int_equal(SSL_do_handshake(c.ssl), 1);
    }
    assert_int_equal(SSL_write(c.ssl, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24), 24);
    assert_int_equal(SSL_read(c.ssl, &byte, 1), 1);
    client_close(&c);
    gate_close(&g);
}

static void test_chain_that_is_too_long_is_refused(void **state)
{
    cert *huge =
        certs_make(&(cert_wish){ .name = "huge", .by = gate_ca, .n_padding = TERN_TLS_MAX_CHAIN });
    const tern_tls_opts ours = { .ca_pem = gate_ca->pem, .peer = TERN_TLS_PEER_REQUEST };
    const tern_tls_opts theirs = { .ca_pem = gate_ca->pem,
                                   .cert_pem = huge->pem,
                                   .key_pem = huge->key_pem };
    gate                g;

    (void)state;
    gate_open(&g, &ours);
    gate_expect_failure(&g, &theirs, TERN_UNAVAILABLE, "TLS with ");
    check_serves(&g);
    gate_close(&g);
    certs_free(huge);
}

// ---- records of any kind -------------------------------------------------

static void test_garbage_behind_a_good_header_is_an_error(void **state)
{
    static const char bytes[][9] = {
        { "\x16\x03\x01\x00\x04\xff\xff\xff\xff" },  // a message of 16 MiB
        { "\x16\x03\x01\xff\xff" },                  // a record that is too long
        { "\x16\x03\x01\x00\x01" },
        { "\x15\x03\x01\x00\x02\x02\x28" },  // an alert is the first word
    };
    char text[256];
    gate g;

    (void)state;
    gate_open(&g, &(tern_tls_opts){ .handshake_timeout_ms = 200 });
    for (size_t i = 0; i < TERN_COUNT_OF(bytes); i++) {
        int fd = dial(&g);

        assert_int_equal(write(fd, bytes[i], sizeof bytes[i]), sizeof bytes[i]);
        (void)hear_all(fd, text, sizeof text);
        close(fd);
    }
    check_serves(&g);
    gate_close(&g);
}

static void test_bytes_come_one_by_one(void **state)
{
    BIO    *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
    char    room[4096];
    client  c;
    gate    g;
    int     n;
    ssize_t got;

    (void)state;
    gate_open(&g, NULL);
    client_open(&c, &g);
    SSL_set_bio(c.ssl, in, out);
    while (SSL_connect(c.ssl) != 1) {
        while ((n = BIO_read(out, room, 1)) == 1)
            assert_int_equal(write(c.fd, room, 1), 1);
        if ((got = recv(c.fd, room, sizeof room, 0)) <= 0)
            fail_msg("the server has gone");
        assert_int_equal(BIO_write(in, room, (int)got), got);
    }
    assert_int_equal(SSL_write(c.ssl, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24), 24);
    while (BIO_read(out, room, 1) == 1)
        assert_int_equal(write(c.fd, room, 1), 1);
    while (SSL_read(c.ssl, room, 1) != 1) {
        assert_true((got = recv(c.fd, room, sizeof room, 0)) > 0);
        assert_int_equal(BIO_write(in, room, (int)got), got);
    }
    client_close(&c);
    gate_close(&g);
}

// ---- plain text, for people ----------------------------------------------

static void test_browser_without_tls_reads_what_is_wrong(void **state)
{
    static const char request[] = "GET / HTTP/1.1\r\n\r\n";
    char              text[512];
    gate              g;
    int               fd;

    (void)state;
    gate_open(&g, NULL);
    fd = dial(&g);
    assert_int_equal(write(fd, request, sizeof request - 1), sizeof request - 1);
    (void)hear_all(fd, text, sizeof text);
    close(fd);
    assert_non_null(strstr(text, "HTTP/1.1 400 "));
    assert_non_null(strstr(text, "This port speaks TLS"));
    gate_close(&g);
}

// ---- memory --------------------------------------------------------------

static void ask_once(void *g)
{
    TERN_AUTO(guard_answer) *a = NULL;
    const tern_tls_opts trusting = { .ca_pem = gate_ca->pem };
    tern_filter_source  filters;
    tern_tls           *tls;
    tern_channel       *ch;
    tern_status         st = tern_tls_new(&trusting, &tls);

    if (st.code)
        return;
    filters = tern_tls_filters(tls);
    ch = tern_connect(((const gate *)g)->host.address, &(tern_channel_opts){ .filters = &filters });
    st = guard_guard_who(ch, GUARD_QUESTION(), NULL, &a);
    assert_true(st.code == TERN_OK || fail_malloc_has_failed());
    tern_channel_free(ch);
    tern_tls_unref(tls);
}

static void test_any_allocation_of_a_client_may_fail(void **state)
{
    gate g;

    (void)state;
    gate_open_in_process(&g);
    assert_true(for_each_failed_allocation(ask_once, &g) > 20);
    gate_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_handshake_that_is_not_made_is_ended),
        TERN_TEST(test_handshakes_under_way_are_limited),
        TERN_TEST(test_peer_that_goes_in_the_middle_of_a_handshake),
        TERN_TEST(test_end_without_a_goodbye_ends_that_connection_alone),
        TERN_TEST(test_protocols_that_nobody_speaks_here_are_refused),
        TERN_TEST(test_old_versions_are_refused),
        TERN_TEST(test_renegotiation_is_refused),
        TERN_TEST(test_early_data_are_not_read),
        TERN_TEST(test_key_updates_are_taken),
        TERN_TEST(test_chain_that_is_too_long_is_refused),
        TERN_TEST(test_garbage_behind_a_good_header_is_an_error),
        TERN_TEST(test_bytes_come_one_by_one),
        TERN_TEST(test_browser_without_tls_reads_what_is_wrong),
        TERN_TEST(test_any_allocation_of_a_client_may_fail),
    };

    signal(SIGPIPE, SIG_IGN);  // OpenSSL's own sockets raise it
    return cmocka_run_group_tests(tests, gate_warm_up, gate_cool_down);
}
