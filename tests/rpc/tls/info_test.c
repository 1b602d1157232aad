// Who the server was, as a call's info tells it when the call has ended.
#include "tests/rpc/tls/gate.h"

#include <string.h>

static tern_status ask(tern_channel *ch, const char *path, tern_call_info *info)
{
    TERN_AUTO(guard_answer) *a = NULL;
    tern_method method = guard_guard_methods[0];

    method.path = path;
    return tern_stub_unary(ch, &method, GUARD_QUESTION(), &(tern_call_opts){ .info = info }, &a);
}

static const char *const there = "/guard.Guard/Who", *const nowhere = "/guard.Guard/Why";

static void check_is_the_gate(const tern_identity *id, gate_wire wire)
{
    static const char *const alpn[] = { "tern/1", "h2" };

    assert_non_null(id);
    assert_int_equal(id->size, sizeof *id);
    assert_true(id->is_verified);
    assert_string_equal(id->subject, "CN=server,O=Tern test");
    assert_string_equal(id->issuer, "CN=gate CA,O=Tern test");
    assert_string_equal(id->spiffe_id, "");
    assert_int_equal(id->n_names, 2);
    assert_string_equal(id->names[0].text, "localhost");
    assert_string_equal(id->names[1].text, "127.0.0.1");
    assert_string_equal(id->protocol, "TLSv1.3");
    assert_memory_equal(id->cipher, "TLS_", 4);
    assert_string_equal(id->alpn, alpn[wire]);
}

// The first call leaves before the handshake, the second when all is known. It outlives the channel.
static void test_server_is_known_to_each_call(void **state)
{
    gate g;

    (void)state;
    gate_open(&g, NULL);
    for (gate_wire wire = GATE_NATIVE; wire < GATE_N_WIRES; wire++) {
        tern_channel *ch = gate_connect(&g, wire, NULL);
        TERN_AUTO(tern_call_info) first = { 0 }, second = { 0 };

        assert_int_equal(tern_report(ask(ch, there, &first)), TERN_OK);
        assert_int_equal(tern_report(ask(ch, there, &second)), TERN_OK);
        tern_channel_free(ch);
        check_is_the_gate(first.identity, wire);
        check_is_the_gate(second.identity, wire);
    }
    gate_close(&g);
}

static void test_server_that_refuses_a_call_is_known(void **state)
{
    gate g;

    (void)state;
    gate_open(&g, NULL);
    for (gate_wire wire = GATE_NATIVE; wire < GATE_N_WIRES; wire++) {
        TERN_AUTO(tern_channel) *ch = gate_connect(&g, wire, NULL);
        TERN_AUTO(tern_call_info) info = { 0 };

        assert_int_equal(ask(ch, nowhere, &info).code, TERN_UNIMPLEMENTED);
        check_is_the_gate(info.identity, wire);
        assert_memory_equal(info.peer, "tls://127.0.0.1:", 16);
    }
    gate_close(&g);
}

// Also not as the one of the call before.
static void test_server_that_proves_to_be_another_is_nobody(void **state)
{
    const tern_tls_opts of_another = { .ca_pem = gate_ca->pem, .server_name = "another.example" };
    gate                g;

    (void)state;
    gate_open(&g, NULL);
    for (gate_wire wire = GATE_NATIVE; wire < GATE_N_WIRES; wire++) {
        TERN_AUTO(tern_channel) *good = gate_connect(&g, wire, NULL);
        TERN_AUTO(tern_channel) *bad = gate_connect(&g, wire, &of_another);
        TERN_AUTO(tern_call_info) info = { 0 };

        assert_int_equal(tern_report(ask(good, there, &info)), TERN_OK);
        assert_int_equal(ask(bad, there, &info).code, TERN_UNAVAILABLE);
        assert_null(info.identity);
    }
    gate_close(&g);
}

static void test_server_in_plain_text_is_nobody(void **state)
{
    gate g = { .host = { .scheme = HOST_TCP, .add_services = gate_add_services } };

    (void)state;
    host_start(&g.host);
    {
        TERN_AUTO(tern_channel) *ch = tern_connect(g.host.address, NULL);
        TERN_AUTO(tern_call_info) info = { 0 };

        assert_int_equal(tern_report(ask(ch, there, &info)), TERN_OK);
        assert_null(info.identity);
    }
    host_end(&g.host);
}

// ---- memory --------------------------------------------------------------

typedef struct visit visit;
struct visit {
    const char               *address;
    const tern_filter_source *filters;
};

static void ask_once(void *arg)
{
    const visit *v = arg;
    TERN_AUTO(tern_channel) *ch =
        tern_connect(v->address, &(tern_channel_opts){ .filters = v->filters });
    TERN_AUTO(tern_call_info) info = { 0 };
    tern_status st = ask(ch, there, &info);

    if (st.code == TERN_OK && info.identity)
        check_is_the_gate(info.identity, GATE_NATIVE);
    else
        assert_true(fail_malloc_has_failed());
}

static void test_any_allocation_may_fail(void **state)
{
    const tern_tls_opts trusting = { .ca_pem = gate_ca->pem, .no_resumption = true };
    TERN_AUTO(tern_tls) *tls = NULL;
    tern_filter_source filters;
    gate               g;

    (void)state;
    gate_open_in_process(&g);
    assert_int_equal(tern_tls_new(&trusting, &tls).code, TERN_OK);
    filters = tern_tls_filters(tls);
    assert_true(for_each_failed_allocation(ask_once, &(visit){ g.host.address, &filters }) > 20);
    gate_close(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_server_is_known_to_each_call),
        TERN_TEST(test_server_that_refuses_a_call_is_known),
        TERN_TEST(test_server_that_proves_to_be_another_is_nobody),
        TERN_TEST(test_server_in_plain_text_is_nobody),
        TERN_TEST(test_any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, gate_warm_up, gate_cool_down);
}
