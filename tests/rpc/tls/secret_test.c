// Secrets of a client's calls: over TLS and to unix sockets they go, in plain text they never do.
#include "tests/rpc/tls/gate.h"

#include <string.h>

static tern_code add_token(tern_outgoing *call, void *n_begun)
{
    ++*(unsigned *)n_begun;
    tern_outgoing_add_metadata(call, &(tern_metadata){ "authorization", "Bearer x", 8 });
    return TERN_OK;
}

static tern_status ask(const char *address, bool is_secret)
{
    const tern_tls_opts trusting = { .ca_pem = gate_ca->pem };
    TERN_AUTO(tern_tls) *tls = NULL;
    TERN_AUTO(guard_answer) *a = NULL;
    unsigned                      n_begun = 0;
    const tern_client_interceptor auth = { .begin = add_token,
                                           .arg = &n_begun,
                                           .secret = is_secret ? "the token" : NULL };
    tern_filter_source            filters;
    tern_channel                 *ch;
    tern_status                   st;

    assert_int_equal(tern_tls_new(&trusting, &tls).code, TERN_OK);
    filters = tern_tls_filters(tls);
    ch = tern_connect(
        address,
        &(tern_channel_opts){ .filters = &filters, .interceptors = &auth, .n_interceptors = 1 });
    st = guard_guard_who(ch, GUARD_QUESTION(), NULL, &a);
    tern_channel_free(ch);
    assert_int_equal(n_begun, 1);
    return st;
}

static void test_secret_goes_over_tls(void **state)
{
    gate g;

    (void)state;
    gate_open(&g, NULL);
    assert_int_equal(tern_report(ask(g.host.address, true)), 0);
    gate_close(&g);
}

static void ask_at(host_scheme scheme, bool is_secret, tern_code expected)
{
    gate        g = { .host = { .scheme = scheme, .add_services = gate_add_services } };
    tern_status st;

    host_start(&g.host);
    st = ask(g.host.address, is_secret);
    assert_int_equal(st.code, expected);
    if (expected)
        assert_non_null(strstr(st.msg, "the token is not sent in plain text: connect with tls://"));
    host_end(&g.host);
}

static void test_secret_goes_to_this_machine(void **state)
{
    (void)state;
    ask_at(HOST_UNIX, true, TERN_OK);
}

static void test_secret_does_not_go_in_plain_text_unless_it_is_none(void **state)
{
    (void)state;
    ask_at(HOST_TCP, true, TERN_UNAUTHENTICATED);
    ask_at(HOST_TCP, false, TERN_OK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_secret_goes_over_tls),
        TERN_TEST(test_secret_goes_to_this_machine),
        TERN_TEST(test_secret_does_not_go_in_plain_text_unless_it_is_none),
    };

    return cmocka_run_group_tests(tests, gate_warm_up, gate_cool_down);
}
