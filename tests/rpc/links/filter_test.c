// Filters for connections with tls:// in their address: who is asked for them, and what is told when there is none,
// or when it fails. That calls go through them is what the _filtered tests see to.
#include "tests/rpc/links/node.h"

#include <errno.h>
#include <string.h>

#include "tests/rpc/support/xor_source.h"
#include "tests/support/wait_for.h"

static tern_status ask(tern_channel *ch)
{
    TERN_AUTO(links_answer) *a = NULL;

    return links_node_ask(ch, LINKS_QUESTION(), NULL, &a);
}

static tern_status ask_with(const char *address, const tern_filter_source *filters)
{
    TERN_AUTO(tern_channel) *ch = tern_connect(address, &(tern_channel_opts){ .filters = filters });

    return ask(ch);
}

static tern_status listen_with(const char *addresses, const tern_filter_source *filters)
{
    TERN_AUTO(tern_server) *srv = tern_listen(addresses, &(tern_server_opts){ .filters = filters });

    return tern_server_start(srv, NULL, 0);
}

static void check_status(tern_status st, tern_code code, const char *words)
{
    assert_int_equal(st.code, code);
    if (!strstr(st.msg, words))
        fail_msg("\"%s\" does not say \"%s\"", st.msg, words);
}

// ---- sources -------------------------------------------------------------

typedef struct source source;
struct source {
    char        host[64];  // "": a server's was wanted
    char        alpn[64];
    int         n_held;
    const char *agreed;  // what its filters say was agreed on
    unsigned    n_asked;
    tern_status st;
    bool        makes_nothing;
    unsigned    n_good;  // so many are made before `st`
};

static tern_status make(const tern_filter_wish *wish, void *arg, tern_conn_filter **ret_filter)
{
    source *s = arg;

    s->n_asked++;
    snprintf(s->host, sizeof s->host, "%s", wish->host ? wish->host : "");
    snprintf(s->alpn, sizeof s->alpn, "%s", wish->alpn);
    TERN_ASSERT(wish->is_server == !wish->host);
    if ((s->st.code || s->makes_nothing) && s->n_asked > s->n_good)
        return s->st;
    return xor_source.make(wish, &(xor_filter_opts){ .alpn = s->agreed }, ret_filter);
}

static tern_filter_source source_of(source *s)
{
    return (tern_filter_source){ .make = make, .arg = s };
}

static void test_source_is_asked_for_tls_addresses_alone(void **state)
{
    node               n = { .host.scheme = HOST_FILTERED }, plain = { .number = 1 };
    source             s = { .n_asked = 0 };
    tern_filter_source filters = source_of(&s);

    (void)state;
    node_start(&n);
    node_start(&plain);
    assert_int_equal(ask_with(plain.host.address, &filters).code, TERN_OK);
    assert_int_equal(s.n_asked, 0);
    assert_int_equal(ask_with(n.host.address, &filters).code, TERN_OK);
    assert_int_equal(s.n_asked, 1);
    assert_string_equal(s.host, "127.0.0.1");
    node_end(&plain);
    node_end(&n);
}

static void test_server_says_where_its_clients_connect(void **state)
{
    TERN_AUTO(tern_server) *srv =
        tern_listen("tls://127.0.0.1:0", &(tern_server_opts){ .filters = &xor_source });

    (void)state;
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    assert_memory_equal(tern_server_address(srv), "tls://127.0.0.1:", 16);
    check_status(ask_with(tern_server_address(srv), &xor_source), TERN_UNIMPLEMENTED, "");
}

// ---- who the server has to be --------------------------------------------

static void check_server_name(const char *authority, const char *expected)
{
    source             s = { .n_asked = 0 };
    tern_filter_source filters = source_of(&s);
    node               n = { .host.scheme = HOST_FILTERED };
    TERN_AUTO(tern_channel) *ch = NULL;

    node_start(&n);
    ch = tern_connect(n.host.address,
                      &(tern_channel_opts){ .filters = &filters, .authority = authority });
    assert_int_equal(ask(ch).code, TERN_OK);
    assert_string_equal(s.host, expected);
    node_end(&n);
}

static void test_authority_says_who_the_server_has_to_be(void **state)
{
    (void)state;
    check_server_name("db.example", "db.example");
    check_server_name("db.example:7000", "db.example");
    check_server_name("[::1]:7000", "::1");
}

static void test_authority_that_is_no_name_is_refused(void **state)
{
    static const char *const bad[] = { "",         ":7000",    "[]:1",         "a b",
                                       "\xc3\xa4", ".example", "[.example]:1", "*.example" };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(bad); i++) {
        TERN_AUTO(tern_channel) *ch =
            tern_connect("unix:@x", &(tern_channel_opts){ .authority = bad[i] });

        check_status(ask(ch), TERN_INVALID_ARGUMENT, "authority is not a name");
    }
}

// ---- who holds a source --------------------------------------------------

static void retain(void *arg) { ((source *)arg)->n_held++; }

static void release(void *arg) { ((source *)arg)->n_held--; }

static void test_source_is_held_until_its_channel_or_server_is_gone(void **state)
{
    source             s = { .n_held = 0 };
    tern_filter_source filters = { .make = make, .arg = &s, .retain = retain, .release = release };
    tern_channel      *ch = tern_connect("tls://h:1", &(tern_channel_opts){ .filters = &filters });
    tern_server *srv = tern_listen("tls://127.0.0.1:0", &(tern_server_opts){ .filters = &filters });

    (void)state;
    assert_int_equal(s.n_held, 2);
    tern_channel_free(ch);
    assert_int_equal(s.n_held, 1);
    tern_server_free(srv);
    assert_int_equal(s.n_held, 0);
}

static void test_source_that_could_not_be_let_go_is_refused(void **state)
{
    const tern_filter_source kept = { .make = make, .retain = retain };
    const tern_filter_source dropped = { .make = make, .release = release };

    (void)state;
    check_status(ask_with("tls://h:1", &kept), TERN_INVALID_ARGUMENT, "one of retain and release");
    check_status(listen_with("tls://127.0.0.1:0", &dropped), TERN_INVALID_ARGUMENT,
                 "one of retain and release");
}

// ---- what is inside ------------------------------------------------------

static void test_source_is_told_what_may_be_inside(void **state)
{
    source             ours = { .n_asked = 0 }, theirs = { .n_asked = 0 };
    tern_filter_source our_filters = source_of(&ours), their_filters = source_of(&theirs);
    TERN_AUTO(tern_server) *srv =
        tern_listen("tls://127.0.0.1:0", &(tern_server_opts){ .filters = &their_filters });
    char grpc[TERN_MAX_ADDRESS];

    (void)state;
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    check_status(ask_with(tern_server_address(srv), &our_filters), TERN_UNIMPLEMENTED, "");
    assert_string_equal(ours.alpn, "tern/1");
    snprintf(grpc, sizeof grpc, "grpcs%s", tern_server_address(srv) + 3);
    check_status(ask_with(grpc, &our_filters), TERN_UNIMPLEMENTED, "");
    assert_string_equal(ours.alpn, "h2");
    tern_server_stop(srv);
    assert_int_equal(tern_server_wait(srv).code, TERN_OK);
    assert_string_equal(theirs.alpn, "tern/1,h2,http/1.1");
}

static void check_agreed(const char *agreed, tern_code code)
{
    source             s = { .agreed = agreed };
    tern_filter_source filters = source_of(&s);
    TERN_AUTO(tern_server) *srv = tern_listen(
        "tls://127.0.0.1:0", &(tern_server_opts){ .filters = &filters, .n_pollers = 1 });

    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    assert_int_equal(ask_with(tern_server_address(srv), &xor_source).code, code);
}

static void test_server_is_spoken_to_as_was_agreed(void **state)
{
    (void)state;
    check_agreed("tern/1", TERN_UNIMPLEMENTED);  // the server has no services
    check_agreed("h2", TERN_UNAVAILABLE);
    check_agreed("imap", TERN_UNAVAILABLE);
}

// ---- without -------------------------------------------------------------

static void test_tls_address_without_filters_is_refused(void **state)
{
    const char *no_channel = "TLS wants tern_channel_opts.filters: see <tern/tls.h>";
    TERN_AUTO(tern_channel) *ch = tern_connect("unix:@nobody", NULL);

    (void)state;
    check_status(ask_with("unix:@x,tls://h:1", NULL), TERN_INVALID_ARGUMENT, no_channel);
    check_status(tern_channel_set_addresses(ch, "tls://h:1"), TERN_INVALID_ARGUMENT, no_channel);
    check_status(listen_with("tls://127.0.0.1:0", NULL), TERN_INVALID_ARGUMENT,
                 "TLS wants tern_server_opts.filters: see <tern/tls.h>");
}

static void test_source_that_cannot_make_any_is_refused(void **state)
{
    const tern_filter_source nothing = { .arg = "x" };

    (void)state;
    check_status(ask_with("unix:@x", &nothing), TERN_INVALID_ARGUMENT, "make is not set");
    check_status(listen_with("unix:@x", &nothing), TERN_INVALID_ARGUMENT, "make is not set");
}

static void test_why_there_is_no_filter_is_the_callers_to_know(void **state)
{
    node               n = { .host.scheme = HOST_FILTERED };
    source             s = { .st = tern_status_make(TERN_FAILED_PRECONDITION, "the key is lost") };
    tern_filter_source filters = source_of(&s);
    char               words[2 * TERN_MAX_ADDRESS];

    (void)state;
    node_start(&n);
    snprintf(words, sizeof words, "cannot connect to %s: the key is lost", n.host.address);
    check_status(ask_with(n.host.address, &filters), TERN_UNAVAILABLE, words);
    s = (source){ .makes_nothing = true };
    check_status(ask_with(n.host.address, &filters), TERN_UNAVAILABLE, "make has made nothing");
    node_end(&n);
}

static void test_server_that_cannot_have_any_filter_does_not_start(void **state)
{
    source             s = { .st = tern_status_make(TERN_FAILED_PRECONDITION, "the key is lost") };
    tern_filter_source filters = source_of(&s);

    (void)state;
    check_status(listen_with("tls://127.0.0.1:0", &filters), TERN_FAILED_PRECONDITION,
                 "cannot listen on \"tls://127.0.0.1:0\": the key is lost");
    assert_int_equal(s.n_asked, 1);
}

static void test_server_without_a_filter_closes_the_connection(void **state)
{
    source s = { .st = tern_status_make(TERN_FAILED_PRECONDITION, "the key is lost"), .n_good = 1 };
    tern_filter_source filters = source_of(&s);
    TERN_AUTO(tern_server) *srv = tern_listen(
        "tls://127.0.0.1:0", &(tern_server_opts){ .filters = &filters, .n_pollers = 1 });

    (void)state;
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    assert_int_equal(ask_with(tern_server_address(srv), &xor_source).code, TERN_UNAVAILABLE);
    tern_server_stop(srv);
    assert_int_equal(tern_server_wait(srv).code, TERN_OK);
    assert_in_range(s.n_asked, 2, 1000);
    assert_string_equal(s.host, "");
}

// ---- one that fails ------------------------------------------------------

static void test_handshake_that_fails_is_told_in_its_own_words(void **state)
{
    static const xor_step steps[] = { XOR_AT_BEGIN, XOR_AT_HELLO };
    node                  n = { .host.scheme = HOST_FILTERED };

    (void)state;
    node_start(&n);
    for (size_t i = 0; i < TERN_COUNT_OF(steps); i++) {
        xor_filter_opts    fails = { .fails = steps[i] };
        tern_filter_source filters = { .make = xor_source.make, .arg = &fails };

        check_status(ask_with(n.host.address, &filters), TERN_UNAVAILABLE, "failed as told");
    }
    node_end(&n);
}

static void test_client_hears_why_the_server_failed(void **state)
{
    static xor_filter_opts   fails = { .fails = XOR_AT_HELLO };
    const tern_filter_source filters = { .make = xor_source.make, .arg = &fails };
    TERN_AUTO(tern_server) *srv =
        tern_listen("tls://127.0.0.1:0", &(tern_server_opts){ .filters = &filters });

    (void)state;
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    check_status(ask_with(tern_server_address(srv), &xor_source), TERN_UNAVAILABLE,
                 "the peer says: told");
}

static void test_next_address_is_tried_when_a_handshake_fails(void **state)
{
    node                     n = { .number = 3 };
    static xor_filter_opts   fails = { .fails = XOR_AT_HELLO };
    const tern_filter_source filters = { .make = xor_source.make, .arg = &fails };
    TERN_AUTO(tern_server) *bad =
        tern_listen("tls://127.0.0.1:0", &(tern_server_opts){ .filters = &filters });
    char addresses[2 * TERN_MAX_ADDRESS];

    (void)state;
    node_start(&n);
    assert_int_equal(tern_server_start(bad, NULL, 0).code, TERN_OK);
    snprintf(addresses, sizeof addresses, "%s,%s", tern_server_address(bad), n.host.address);
    assert_int_equal(ask_with(addresses, &xor_source).code, TERN_OK);
    node_end(&n);
}

// ---- who speaks past each other ------------------------------------------

static void test_plain_text_and_filters_do_not_mix(void **state)
{
    node n = { .host.scheme = HOST_FILTERED };
    char plain[TERN_MAX_ADDRESS];

    (void)state;
    node_start(&n);
    memcpy(plain, n.host.address, sizeof plain);
    memcpy(plain, "tcp", 3);
    assert_int_equal(ask_with(plain, NULL).code, TERN_UNAVAILABLE);
    assert_int_equal(ask_with(n.host.address, &xor_source).code, TERN_OK);
    node_end(&n);
}

// ---- memory --------------------------------------------------------------

static void ask_once(void *address)
{
    tern_status st = ask_with(address, &xor_source);

    assert_true(st.code == TERN_OK || fail_malloc_has_failed());
}

static void test_any_allocation_of_a_client_may_fail(void **state)
{
    node n = { .host = { .scheme = HOST_FILTERED, .place = HOST_IN_PROCESS } };

    (void)state;
    node_start(&n);
    assert_true(for_each_failed_allocation(ask_once, n.host.address) > 10);
    node_end(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_source_is_asked_for_tls_addresses_alone),
        TERN_TEST(test_server_says_where_its_clients_connect),
        TERN_TEST(test_authority_says_who_the_server_has_to_be),
        TERN_TEST(test_authority_that_is_no_name_is_refused),
        TERN_TEST(test_source_is_held_until_its_channel_or_server_is_gone),
        TERN_TEST(test_source_that_could_not_be_let_go_is_refused),
        TERN_TEST(test_source_is_told_what_may_be_inside),
        TERN_TEST(test_server_is_spoken_to_as_was_agreed),
        TERN_TEST(test_tls_address_without_filters_is_refused),
        TERN_TEST(test_source_that_cannot_make_any_is_refused),
        TERN_TEST(test_why_there_is_no_filter_is_the_callers_to_know),
        TERN_TEST(test_server_that_cannot_have_any_filter_does_not_start),
        TERN_TEST(test_server_without_a_filter_closes_the_connection),
        TERN_TEST(test_handshake_that_fails_is_told_in_its_own_words),
        TERN_TEST(test_client_hears_why_the_server_failed),
        TERN_TEST(test_next_address_is_tried_when_a_handshake_fails),
        TERN_TEST(test_plain_text_and_filters_do_not_mix),
        TERN_TEST(test_any_allocation_of_a_client_may_fail),
    };

    return cmocka_run_group_tests(tests, node_warm_up, NULL);
}
