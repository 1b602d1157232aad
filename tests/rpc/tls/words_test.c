// What goes wrong, and the sentence that says so: to the client in the status of its call.
#include "tests/rpc/tls/gate.h"

#include <stdlib.h>
#include <string.h>

static tern_tls_opts trusting(void) { return (tern_tls_opts){ .ca_pem = gate_ca->pem }; }

// A server with a certificate of this kind, and a client that trusts the CA.
static void check_server_cert(const cert_wish *wish, const char *words)
{
    cert               *c = certs_make(wish);
    const tern_tls_opts ours = { .cert_pem = c->pem, .key_pem = c->key_pem };
    gate                g;

    gate_open(&g, &ours);
    gate_expect_failure(&g, NULL, TERN_UNAVAILABLE, words);
    gate_close(&g);
    certs_free(c);
}

#define GOOD_NAMES .sans = "DNS:localhost,IP:127.0.0.1"

static void test_server_with_an_expired_certificate(void **state)
{
    (void)state;
    check_server_cert(
        &(cert_wish){ .name = "server", GOOD_NAMES, .by = gate_ca, .is_expired = true },
        "failed: its certificate has expired: it was good until 20");
}

static void test_server_with_a_certificate_of_tomorrow(void **state)
{
    (void)state;
    check_server_cert(&(cert_wish){ .name = "server", GOOD_NAMES, .by = gate_ca, .is_early = true },
                      "its certificate is not good before 20");
}

static void test_server_with_another_name(void **state)
{
    (void)state;
    check_server_cert(
        &(cert_wish){ .name = "127.0.0.1", .sans = "DNS:other.example", .by = gate_ca },
        "its certificate is for `other.example`, not for `127.0.0.1`");
    check_server_cert(&(cert_wish){ .name = "127.0.0.1", .by = gate_ca },
                      "its certificate is for no name at all, not for `127.0.0.1`");
}

static void test_server_of_an_unknown_ca(void **state)
{
    (void)state;
    check_server_cert(&(cert_wish){ .name = "lonely", GOOD_NAMES },
                      "nobody in ca_pem signed its certificate, but `CN=lonely,O=Tern test`");
}

static void test_server_with_a_certificate_for_clients(void **state)
{
    (void)state;
    check_server_cert(
        &(cert_wish){ .name = "server", GOOD_NAMES, .by = gate_ca, .use = "clientAuth" },
        "its certificate is not for servers");
}

static void test_sentence_names_the_file_of_the_roots(void **state)
{
    cert         *other = certs_make(&(cert_wish){ .name = "other CA", .is_ca = true });
    char         *file = certs_write(other->pem);
    tern_tls_opts theirs = { .ca_file = file };
    gate          g;

    (void)state;
    gate_open(&g, NULL);
    gate_expect_failure(&g, &theirs, TERN_UNAVAILABLE, "certs-0.pem signed its certificate, but");
    gate_expect_failure(&g, &(tern_tls_opts){ .server_name = "localhost" }, TERN_UNAVAILABLE,
                        "nobody in the system's roots signed its certificate");
    gate_close(&g);
    free(file);
    certs_free(other);
}

// ---- clients that are refused --------------------------------------------

static tern_tls_opts requiring(void)
{
    return (tern_tls_opts){ .ca_pem = gate_ca->pem, .peer = TERN_TLS_PEER_REQUIRE };
}

static void test_client_without_a_certificate(void **state)
{
    const tern_tls_opts ours = requiring();
    gate                g;

    (void)state;
    gate_open(&g, &ours);
    gate_expect_failure(&g, NULL, TERN_UNAVAILABLE, "it wants a certificate of ours");
    gate_close(&g);
}

static void check_client_cert(const cert_wish *wish, const char *words)
{
    const tern_tls_opts ours = requiring();
    cert               *c = certs_make(wish);
    tern_tls_opts       theirs = trusting();
    gate                g;

    theirs.cert_pem = c->pem;
    theirs.key_pem = c->key_pem;
    gate_open(&g, &ours);
    gate_expect_failure(&g, &theirs, TERN_UNAVAILABLE, words);
    gate_close(&g);
    certs_free(c);
}

static void test_client_with_a_certificate_that_is_not_good(void **state)
{
    (void)state;
    check_client_cert(&(cert_wish){ .name = "old", .by = gate_ca, .is_expired = true },
                      "it refuses our certificate: it has expired");
    check_client_cert(&(cert_wish){ .name = "lonely" },
                      "it refuses our certificate: nobody whom it trusts has signed it");
}

// ---- nothing in common ---------------------------------------------------

static void test_no_version_in_common(void **state)
{
    const tern_tls_opts ours = { .only_tls13 = true };
    gate                g;

    (void)state;
    gate_open(&g, &ours);
    // A client of ours speaks 1.3 always; openssl s_client in the interop tests does not.
    gate_expect_failure(
        &g, &(tern_tls_opts){ .ca_pem = gate_ca->pem, .cipher_suites = "TLS_AES_128_CCM_SHA256" },
        TERN_UNAVAILABLE, "it refuses the handshake: no cipher in common");
    gate_close(&g);
}

static void ask_plain(const gate *g, const char *scheme, const char *words)
{
    char address[TERN_MAX_ADDRESS];

    snprintf(address, sizeof address, "%s%s", scheme, strchr(g->host.address, ':'));
    {
        TERN_AUTO(tern_channel) *ch = tern_connect(address, NULL);
        TERN_AUTO(guard_answer) *a = NULL;
        tern_status st = guard_guard_who(ch, GUARD_QUESTION(), NULL, &a);

        assert_int_equal(st.code, TERN_UNAVAILABLE);
        if (!strstr(st.msg, words))
            fail_msg("\"%s\" does not say \"%s\"", st.msg, words);
    }
}

static void test_plain_text_on_a_tls_port(void **state)
{
    gate g;

    (void)state;
    gate_open(&g, NULL);
    ask_plain(&g, "tcp", "this port speaks TLS: connect with tls:// or grpcs://");
    ask_plain(&g, "grpc", "this port speaks TLS: connect with tls:// or grpcs://");
    gate_close(&g);
}

static void test_tls_on_a_plain_port(void **state)
{
    gate g = { .host = { .scheme = HOST_TCP } };

    (void)state;
    host_start(&g.host);
    gate_expect_failure(&g, NULL, TERN_UNAVAILABLE,
                        "it did not expect TLS: is that a plain-text port?");
    host_end(&g.host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_server_with_an_expired_certificate),
        TERN_TEST(test_server_with_a_certificate_of_tomorrow),
        TERN_TEST(test_server_with_another_name),
        TERN_TEST(test_server_of_an_unknown_ca),
        TERN_TEST(test_server_with_a_certificate_for_clients),
        TERN_TEST(test_sentence_names_the_file_of_the_roots),
        TERN_TEST(test_client_without_a_certificate),
        TERN_TEST(test_client_with_a_certificate_that_is_not_good),
        TERN_TEST(test_no_version_in_common),
        TERN_TEST(test_plain_text_on_a_tls_port),
        TERN_TEST(test_tls_on_a_plain_port),
    };

    return cmocka_run_group_tests(tests, gate_warm_up, gate_cool_down);
}
