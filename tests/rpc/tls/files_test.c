// Certificates, keys and roots: what is wrong with them is known when they are read, and said in a sentence.
#include "tests/rpc/tls/gate.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>
#include <openssl/pem.h>

static void check_refused(const tern_tls_opts *opts, tern_code code, const char *words)
{
    tern_tls   *tls = NULL;
    tern_status st = tern_tls_new(opts, &tls);

    assert_int_equal(st.code, code);
    assert_null(tls);
    if (!strstr(st.msg, words))
        fail_msg("\"%s\" does not say \"%s\"", st.msg, words);
}

#define OURS .cert_pem = gate_server->pem, .key_pem = gate_server->key_pem

static void test_file_that_is_not_there(void **state)
{
    (void)state;
    check_refused(&(tern_tls_opts){ .cert_file = "/nowhere/cert.pem", .key_pem = "x" },
                  TERN_NOT_FOUND, "cannot read /nowhere/cert.pem: No such file or directory");
    check_refused(&(tern_tls_opts){ .cert_pem = gate_server->pem, .key_file = "/" }, TERN_NOT_FOUND,
                  "cannot read /: Is a directory");
    check_refused(&(tern_tls_opts){ .ca_file = "/dev/zero" }, TERN_NOT_FOUND,
                  "cannot read /dev/zero: ");
    check_refused(&(tern_tls_opts){ OURS, .crl_file = "/nowhere/crl.pem" }, TERN_NOT_FOUND,
                  "cannot read /nowhere/crl.pem");
}

static void test_long_name_of_a_file_is_shown_by_its_end(void **state)
{
    (void)state;
    check_refused(
        &(tern_tls_opts){ .ca_file = "/a/very/long/path/to/some/folder/of/certificates/ca.pem" },
        TERN_NOT_FOUND, "cannot read ...g/path/to/some/folder/of/certificates/ca.pem: No such");
}

static void test_text_that_holds_something_else(void **state)
{
    char *broken = strdup(gate_server->pem);

    (void)state;
    memcpy(broken + 40, "MII", 3);
    check_refused(&(tern_tls_opts){ .cert_pem = "hello", .key_pem = gate_server->key_pem },
                  TERN_INVALID_ARGUMENT, "cert_pem holds no certificate");
    check_refused(&(tern_tls_opts){ .cert_pem = broken, .key_pem = gate_server->key_pem },
                  TERN_INVALID_ARGUMENT, "cert_pem holds a broken certificate");
    check_refused(&(tern_tls_opts){ .cert_pem = gate_server->pem, .key_pem = gate_server->pem },
                  TERN_INVALID_ARGUMENT, "key_pem holds no private key that can be read");
    check_refused(&(tern_tls_opts){ .ca_pem = "" }, TERN_INVALID_ARGUMENT,
                  "ca_pem holds no certificate");
    free(broken);
}

static void test_key_of_another_certificate(void **state)
{
    char *cert_file = certs_write(gate_server->pem), *key_file = certs_write(gate_client->key_pem);

    (void)state;
    check_refused(&(tern_tls_opts){ .cert_pem = gate_server->pem, .key_pem = gate_client->key_pem },
                  TERN_INVALID_ARGUMENT, "the key in key_pem is not that of cert_pem");
    check_refused(&(tern_tls_opts){ .cert_file = cert_file, .key_file = key_file },
                  TERN_INVALID_ARGUMENT, "the key in ");
    free(cert_file);
    free(key_file);
}

static void test_encrypted_key(void **state)
{
    BIO  *bio = BIO_new(BIO_s_mem());
    char *data, text[4096];
    long  len;

    (void)state;
    assert_int_equal(PEM_write_bio_PrivateKey(bio, gate_server->key, EVP_aes_128_cbc(),
                                              (const unsigned char *)"secret", 6, NULL, NULL),
                     1);
    len = BIO_get_mem_data(bio, &data);
    snprintf(text, sizeof text, "%.*s", (int)len, data);
    BIO_free(bio);
    check_refused(&(tern_tls_opts){ .cert_pem = gate_server->pem, .key_pem = text },
                  TERN_INVALID_ARGUMENT,
                  "key_pem holds an encrypted key: it has to be a plain one");
}

static void test_options_that_contradict_each_other(void **state)
{
    const tern_tls_pair half = { .cert_pem = gate_server->pem };

    (void)state;
    check_refused(&(tern_tls_opts){ .cert_file = "a" }, TERN_INVALID_ARGUMENT,
                  "there is a certificate, and no key_file or key_pem for it");
    check_refused(&(tern_tls_opts){ .key_file = "a" }, TERN_INVALID_ARGUMENT,
                  "there is a key, and no cert_file or cert_pem for it");
    check_refused(&(tern_tls_opts){ OURS, .cert_file = "a" }, TERN_INVALID_ARGUMENT,
                  "both cert_file and cert_pem are set");
    check_refused(&(tern_tls_opts){ .ca_file = "a", .ca_pem = "b" }, TERN_INVALID_ARGUMENT,
                  "both ca_file and ca_pem are set");
    check_refused(&(tern_tls_opts){ OURS, .peer = TERN_TLS_PEER_REQUIRE }, TERN_INVALID_ARGUMENT,
                  "peer asks for certificates, and no ca_file or ca_pem says whose");
    check_refused(&(tern_tls_opts){ .pairs = &half, .n_pairs = 1 }, TERN_INVALID_ARGUMENT,
                  "there is a certificate, and no key_file");
    check_refused(&(tern_tls_opts){ .ciphers = "ROT13" }, TERN_INVALID_ARGUMENT,
                  "OpenSSL knows none of `ROT13`");
    check_refused(&(tern_tls_opts){ .handshake_timeout_ms = 20001 }, TERN_INVALID_ARGUMENT,
                  "handshake_timeout_ms is more than 20 s");
}

// OpenSSL would check no name at all, or take any name of a domain for the one that is meant.
static void test_server_name_that_is_nobodys_is_refused(void **state)
{
    char long_name[257] = { 0 };

    (void)state;
    memset(long_name, 'a', 256);
    check_refused(&(tern_tls_opts){ .server_name = "" }, TERN_INVALID_ARGUMENT,
                  "server_name is nobody's: it is empty");
    check_refused(&(tern_tls_opts){ .server_name = ".example" }, TERN_INVALID_ARGUMENT,
                  "server_name is nobody's: it begins with a dot");
    check_refused(&(tern_tls_opts){ .server_name = "." }, TERN_INVALID_ARGUMENT,
                  "server_name is nobody's: it begins with a dot");
    check_refused(&(tern_tls_opts){ .server_name = "*.example" }, TERN_INVALID_ARGUMENT,
                  "server_name is nobody's: it has a `*`");
    check_refused(&(tern_tls_opts){ .server_name = long_name }, TERN_INVALID_ARGUMENT,
                  "server_name is nobody's: it is longer than 255 bytes");
}

static void test_server_without_a_certificate_does_not_start(void **state)
{
    tern_tls          *tls;
    tern_filter_source filters;
    tern_status        st;

    (void)state;
    assert_int_equal(tern_tls_new(NULL, &tls).code, TERN_OK);
    filters = tern_tls_filters(tls);
    {
        TERN_AUTO(tern_server) *srv =
            tern_listen("tls://127.0.0.1:0", &(tern_server_opts){ .filters = &filters });

        st = tern_server_start(srv, NULL, 0);
        assert_int_equal(st.code, TERN_FAILED_PRECONDITION);
        assert_non_null(strstr(st.msg, "a server has to have a certificate"));
    }
    tern_tls_unref(tls);
}

// ---- memory --------------------------------------------------------------

static void make_and_drop(void *arg)
{
    tern_tls   *tls = NULL;
    tern_status st = tern_tls_new(arg, &tls);

    assert_true(st.code == TERN_OK || fail_malloc_has_failed());
    tern_tls_unref(tls);
}

static void test_any_allocation_may_fail(void **state)
{
    char               *file = certs_write(gate_ca->pem);
    const tern_tls_pair pair = { .cert_pem = gate_client->pem, .key_pem = gate_client->key_pem };
    const tern_tls_opts opts = { OURS, .pairs = &pair, .n_pairs = 1, .ca_file = file,
                                 .peer = TERN_TLS_PEER_REQUIRE };

    (void)state;
    assert_in_range(for_each_failed_allocation(make_and_drop, (void *)(uintptr_t)&opts), 8, 100);
    free(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_file_that_is_not_there),
        TERN_TEST(test_long_name_of_a_file_is_shown_by_its_end),
        TERN_TEST(test_text_that_holds_something_else),
        TERN_TEST(test_key_of_another_certificate),
        TERN_TEST(test_encrypted_key),
        TERN_TEST(test_options_that_contradict_each_other),
        TERN_TEST(test_server_name_that_is_nobodys_is_refused),
        TERN_TEST(test_server_without_a_certificate_does_not_start),
        TERN_TEST(test_any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, gate_warm_up, gate_cool_down);
}
