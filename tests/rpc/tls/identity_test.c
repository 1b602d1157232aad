// Who is at the other end: certificates of clients, the names in them, and which certificate a server shows.
#include "tests/rpc/tls/gate.h"

#include <stdlib.h>
#include <string.h>

static tern_tls_opts as_ada(void)
{
    return (tern_tls_opts){ .ca_pem = gate_ca->pem,
                            .cert_pem = gate_client->pem,
                            .key_pem = gate_client->key_pem };
}

static tern_tls_opts wanting(tern_tls_peer peer)
{
    return (tern_tls_opts){ .ca_pem = gate_ca->pem, .peer = peer };
}

// ---- clients -------------------------------------------------------------

static void check_is_ada(const guard_answer *a)
{
    assert_true(a->is_verified);
    assert_string_equal(a->subject, "CN=ada,O=Tern test");
    assert_string_equal(a->spiffe_id, "spiffe://test/ada");
    assert_string_equal(a->names, "URI:spiffe://test/ada,DNS:ada.example");
}

static void test_client_that_has_to_show_a_certificate_is_known(void **state)
{
    const tern_tls_opts ours = wanting(TERN_TLS_PEER_REQUIRE), theirs = as_ada();
    gate                g;

    (void)state;
    gate_open(&g, &ours);
    for (gate_wire wire = GATE_NATIVE; wire < GATE_N_WIRES; wire++) {
        TERN_AUTO(guard_answer) *a = NULL;

        assert_int_equal(tern_report(gate_ask(&g, wire, &theirs, &a)), 0);
        check_is_ada(a);
    }
    gate_close(&g);
}

// With a second URI, also one that nobody could tell from a shorter one, it would be up to the peer which of them is read.
static void test_only_one_uri_is_a_spiffe_id(void **state)
{
    static const struct {
        const char *sans, *id, *names;
    } rows[] = {
        { "URI:spiffe://test/x", "spiffe://test/x", "URI:spiffe://test/x" },
        { "URI:https://test/x", "", "URI:https://test/x" },
        { "URI:spiffe://test/x,URI:a:b", "", "URI:spiffe://test/x,URI:a:b" },
        { "URI:spiffe://test/x,URI:spiffe://test/y\x7f", "", "URI:spiffe://test/x" },
        { "DNS:x.example\x7f,URI:spiffe://test/x", "spiffe://test/x", "URI:spiffe://test/x" },
    };
    const tern_tls_opts ours = wanting(TERN_TLS_PEER_REQUIRE);
    gate                g;

    (void)state;
    gate_open(&g, &ours);
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        cert *c = certs_make(&(cert_wish){ .name = "x", .sans = rows[i].sans, .by = gate_ca });
        const tern_tls_opts theirs = { .ca_pem = gate_ca->pem,
                                       .cert_pem = c->pem,
                                       .key_pem = c->key_pem };
        TERN_AUTO(guard_answer) *a = NULL;

        assert_int_equal(tern_report(gate_ask(&g, GATE_NATIVE, &theirs, &a)), 0);
        assert_string_equal(a->spiffe_id, rows[i].id);
        assert_string_equal(a->names, rows[i].names);
        certs_free(c);
    }
    gate_close(&g);
}

static void test_client_that_may_show_one_may_as_well_not(void **state)
{
    const tern_tls_opts ours = wanting(TERN_TLS_PEER_REQUEST), theirs = as_ada();
    TERN_AUTO(guard_answer) *with = NULL;
    TERN_AUTO(guard_answer) *without = NULL;
    gate g;

    (void)state;
    gate_open(&g, &ours);
    assert_int_equal(tern_report(gate_ask(&g, GATE_NATIVE, &theirs, &with)), 0);
    check_is_ada(with);
    assert_int_equal(tern_report(gate_ask(&g, GATE_NATIVE, NULL, &without)), 0);
    assert_false(without->is_verified);
    assert_string_equal(without->subject, "");
    gate_close(&g);
}

static void test_certificate_that_nobody_asked_for_vouches_for_nothing(void **state)
{
    const tern_tls_opts theirs = as_ada();
    TERN_AUTO(guard_answer) *a = NULL;
    gate g;

    (void)state;
    gate_open(&g, NULL);
    assert_int_equal(tern_report(gate_ask(&g, GATE_NATIVE, &theirs, &a)), 0);
    assert_false(a->is_verified);
    gate_close(&g);
}

static void test_revoked_client_is_refused(void **state)
{
    tern_tls_opts       ours = wanting(TERN_TLS_PEER_REQUIRE);
    const tern_tls_opts theirs = as_ada();
    char               *list = certs_revoke(gate_ca, gate_client), *file = certs_write(list);
    gate                g;

    (void)state;
    ours.crl_file = file;
    gate_open(&g, &ours);
    gate_expect_failure(&g, &theirs, TERN_UNAVAILABLE,
                        "it refuses our certificate: it was revoked");
    gate_close(&g);
    free(list);
    free(file);
}

static void test_revoked_server_is_refused(void **state)
{
    char         *list = certs_revoke(gate_ca, gate_server), *file = certs_write(list);
    tern_tls_opts theirs = { .ca_pem = gate_ca->pem, .crl_file = file };
    gate          g;

    (void)state;
    gate_open(&g, NULL);
    gate_expect_failure(&g, &theirs, TERN_UNAVAILABLE, "its certificate was revoked, says ");
    free(list);
    list = certs_revoke(gate_ca, NULL);
    certs_rewrite(file, list);
    {
        TERN_AUTO(guard_answer) *a = NULL;

        assert_int_equal(tern_report(gate_ask(&g, GATE_NATIVE, &theirs, &a)), 0);
    }
    gate_close(&g);
    free(list);
    free(file);
}

static void test_chain_leads_over_an_intermediate(void **state)
{
    cert *middle = certs_make(&(cert_wish){ .name = "middle", .is_ca = true, .by = gate_ca });
    cert *leaf = certs_make(&(cert_wish){ .name = "leaf", .sans = "IP:127.0.0.1", .by = middle });
    const tern_tls_opts ours = { .cert_pem = leaf->pem, .key_pem = leaf->key_pem };
    TERN_AUTO(guard_answer) *a = NULL;
    gate g;

    (void)state;
    gate_open(&g, &ours);
    assert_int_equal(tern_report(gate_ask(&g, GATE_GRPC, NULL, &a)), 0);
    gate_close(&g);
    certs_free(leaf);
    certs_free(middle);
}

// ---- servers with several certificates -----------------------------------

typedef struct wardrobe wardrobe;
struct wardrobe {
    cert         *a, *b, *rsa;
    tern_tls_pair pairs[3];
};

static tern_tls_pair pair_of(const cert *c)
{
    return (tern_tls_pair){ .cert_pem = c->pem, .key_pem = c->key_pem };
}

static void open_wardrobe(wardrobe *w, gate *g)
{
    w->a = certs_make(&(cert_wish){ .name = "a", .sans = "DNS:a.example", .by = gate_ca });
    w->b = certs_make(&(cert_wish){ .name = "b", .sans = "DNS:*.b.example", .by = gate_ca });
    w->rsa = certs_make(
        &(cert_wish){ .name = "rsa", .sans = "DNS:a.example", .by = gate_ca, .is_rsa = true });
    w->pairs[0] = pair_of(w->a);
    w->pairs[1] = pair_of(w->b);
    w->pairs[2] = pair_of(w->rsa);
    gate_open(g, &(tern_tls_opts){ .pairs = w->pairs, .n_pairs = 3 });
}

static void close_wardrobe(wardrobe *w, gate *g)
{
    gate_close(g);
    certs_free(w->a);
    certs_free(w->b);
    certs_free(w->rsa);
}

static void expect_name(const gate *g, const char *name)
{
    const tern_tls_opts theirs = { .ca_pem = gate_ca->pem, .server_name = name };
    TERN_AUTO(guard_answer) *a = NULL;

    assert_int_equal(tern_report(gate_ask(g, GATE_NATIVE, &theirs, &a)), 0);
    assert_string_equal(a->server_name, name);
}

static void test_server_shows_the_certificate_of_the_wanted_name(void **state)
{
    wardrobe w;
    gate     g;

    (void)state;
    open_wardrobe(&w, &g);
    expect_name(&g, "a.example");
    expect_name(&g, "x.b.example");
    gate_expect_failure(&g, &(tern_tls_opts){ .ca_pem = gate_ca->pem, .server_name = "c.example" },
                        TERN_UNAVAILABLE,
                        "its certificate is for `a.example`, not for `c.example`");
    close_wardrobe(&w, &g);
}

// Whatever says whom to expect, nobody is taken for everybody.
static void test_bug_host_that_is_nobodys_is_not_looked_for(void **state)
{
    static const char *const hosts[] = { "", ".", ".example", "*.example" };
    const tern_tls_opts      theirs = { .ca_pem = gate_ca->pem };
    TERN_AUTO(tern_tls) *tls = NULL;
    tern_filter_source filters;

    (void)state;
    assert_int_equal(tern_tls_new(&theirs, &tls).code, TERN_OK);
    filters = tern_tls_filters(tls);
    for (size_t i = 0; i < TERN_COUNT_OF(hosts); i++) {
        const tern_filter_wish wish = { .size = sizeof wish, .host = hosts[i], .alpn = "h2" };
        tern_conn_filter      *filter = NULL;
        tern_status            st = filters.make(&wish, filters.arg, &filter);

        assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
        assert_non_null(strstr(st.msg, "nobody is called"));
        assert_null(filter);
    }
}

static void test_key_is_one_that_the_client_understands(void **state)
{
    wardrobe            w;
    gate                g;
    const tern_tls_opts rsa_alone = { .ca_pem = gate_ca->pem,
                                      .server_name = "a.example",
                                      .ciphers = "ECDHE-RSA-AES128-GCM-SHA256" };
    TERN_AUTO(guard_answer) *a = NULL;

    (void)state;
    open_wardrobe(&w, &g);
    assert_int_equal(tern_report(gate_ask(&g, GATE_NATIVE, &rsa_alone, &a)), 0);
    close_wardrobe(&w, &g);
}

static void test_wildcard_stands_for_one_label(void **state)
{
    cert *c = certs_make(&(cert_wish){ .name = "w", .sans = "DNS:*.test.example", .by = gate_ca });
    const tern_tls_opts ours = { .cert_pem = c->pem, .key_pem = c->key_pem };
    gate                g;

    (void)state;
    gate_open(&g, &ours);
    expect_name(&g, "a.test.example");
    gate_expect_failure(
        &g, &(tern_tls_opts){ .ca_pem = gate_ca->pem, .server_name = "a.b.test.example" },
        TERN_UNAVAILABLE, "its certificate is for `*.test.example`");
    gate_close(&g);
    certs_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_client_that_has_to_show_a_certificate_is_known),
        TERN_TEST(test_only_one_uri_is_a_spiffe_id),
        TERN_TEST(test_client_that_may_show_one_may_as_well_not),
        TERN_TEST(test_certificate_that_nobody_asked_for_vouches_for_nothing),
        TERN_TEST(test_revoked_client_is_refused),
        TERN_TEST(test_revoked_server_is_refused),
        TERN_TEST(test_chain_leads_over_an_intermediate),
        TERN_TEST(test_server_shows_the_certificate_of_the_wanted_name),
        TERN_TEST(test_bug_host_that_is_nobodys_is_not_looked_for),
        TERN_TEST(test_key_is_one_that_the_client_understands),
        TERN_TEST(test_wildcard_stands_for_one_label),
    };

    return cmocka_run_group_tests(tests, gate_warm_up, gate_cool_down);
}
