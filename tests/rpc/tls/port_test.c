// What one port serves: each wire in plain text and over TLS, at once; sessions that are resumed; certificates that are
// changed while calls go on.
#include "tests/rpc/tls/gate.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include <tern/fiber.h>

static tern_tls_stats stats_of(const gate *g)
{
    tern_tls_stats stats;

    tern_tls_get_stats(g->tls, &stats);
    return stats;
}

// ---- four at once --------------------------------------------------------

static tern_channel *connect_by(const gate *g, const char *scheme)
{
    const tern_tls_opts trusting = { .ca_pem = gate_ca->pem };
    TERN_AUTO(tern_tls) *tls = NULL;
    tern_filter_source filters;
    char               address[TERN_MAX_ADDRESS];

    assert_int_equal(tern_tls_new(&trusting, &tls).code, TERN_OK);
    filters = tern_tls_filters(tls);
    snprintf(address, sizeof address, "%s%s", scheme, strchr(g->host.address, ':'));
    return tern_connect(address, &(tern_channel_opts){ .filters = &filters });
}

static void test_one_port_serves_both_wires_with_and_without_tls(void **state)
{
    static const char *const schemes[] = { "tcp", "grpc", "tls", "grpcs" };
    tern_channel            *channels[TERN_COUNT_OF(schemes)];
    gate                     g;

    (void)state;
    gate_open(&g, &(tern_tls_opts){ .allow_plain = true });
    for (size_t i = 0; i < TERN_COUNT_OF(schemes); i++)
        channels[i] = connect_by(&g, schemes[i]);
    for (size_t i = 0; i < 3 * TERN_COUNT_OF(schemes); i++) {  // all four stay open
        TERN_AUTO(guard_answer) *a = NULL;
        size_t k = i % TERN_COUNT_OF(schemes);

        assert_int_equal(tern_report(guard_guard_who(channels[k], GUARD_QUESTION(), NULL, &a)), 0);
        assert_int_equal(a->is_known, k >= 2);
    }
    assert_int_equal(stats_of(&g).n_plain, 2);
    assert_int_equal(stats_of(&g).n_handshakes, 2);
    for (size_t i = 0; i < TERN_COUNT_OF(schemes); i++)
        tern_channel_free(channels[i]);
    gate_close(&g);
}

static void test_large_messages_go_through_plain_text_as_well(void **state)
{
    static uint8_t load[3 * 1024 * 1024 + 7];
    gate           g;

    (void)state;
    for (size_t i = 0; i < sizeof load; i++)
        load[i] = (uint8_t)(i * 7 + i / 251);
    gate_open(&g, &(tern_tls_opts){ .allow_plain = true });
    for (size_t i = 0; i < 4; i++) {
        static const char *const schemes[] = { "tcp", "grpc", "tls", "grpcs" };
        TERN_AUTO(tern_channel) *ch = connect_by(&g, schemes[i]);
        TERN_AUTO(guard_answer) *a = NULL;

        assert_int_equal(tern_report(guard_guard_who(
                             ch, GUARD_QUESTION(.load = { sizeof load, load }), NULL, &a)),
                         0);
        assert_int_equal(a->load.len, sizeof load);
        assert_memory_equal(a->load.data, load, sizeof load);
    }
    gate_close(&g);
}

// ---- sessions ------------------------------------------------------------

static bool ask_anew(const gate *g, const tern_filter_source *filters)
{
    TERN_AUTO(tern_channel) *ch =
        tern_connect(g->host.address, &(tern_channel_opts){ .filters = filters });
    TERN_AUTO(guard_answer) *a = NULL;

    assert_int_equal(tern_report(guard_guard_who(ch, GUARD_QUESTION(), NULL, &a)), 0);
    assert_true(a->is_verified);
    assert_string_equal(a->subject, "CN=ada,O=Tern test");
    return a->is_resumed;
}

static tern_tls *make_ada(bool no_resumption)
{
    const tern_tls_opts opts = { .ca_pem = gate_ca->pem,
                                 .cert_pem = gate_client->pem,
                                 .key_pem = gate_client->key_pem,
                                 .no_resumption = no_resumption };
    tern_tls           *tls;

    assert_int_equal(tern_tls_new(&opts, &tls).code, TERN_OK);
    return tls;
}

static tern_tls_opts requiring(bool no_resumption)
{
    return (tern_tls_opts){ .ca_pem = gate_ca->pem,
                            .peer = TERN_TLS_PEER_REQUIRE,
                            .no_resumption = no_resumption };
}

static void check_resumption(bool server_has_none, bool client_has_none, bool is_expected)
{
    const tern_tls_opts ours = requiring(server_has_none);
    tern_tls           *tls = make_ada(client_has_none);
    tern_filter_source  filters = tern_tls_filters(tls);
    gate                g;

    gate_open(&g, &ours);
    assert_false(ask_anew(&g, &filters));
    assert_int_equal(ask_anew(&g, &filters), is_expected);
    assert_int_equal(ask_anew(&g, &filters), is_expected);
    gate_close(&g);
    tern_tls_unref(tls);
}

static void test_next_connection_resumes_the_session_and_the_peer_is_known(void **state)
{
    (void)state;
    check_resumption(false, false, true);
    check_resumption(true, false, false);
    check_resumption(false, true, false);
}

static void test_reload_resumes_nothing_that_was_before(void **state)
{
    const tern_tls_opts ours = requiring(false);
    tern_tls           *tls = make_ada(false);
    tern_filter_source  filters = tern_tls_filters(tls);
    gate                g;

    (void)state;
    gate_open(&g, &ours);
    assert_false(ask_anew(&g, &filters));
    assert_int_equal(tern_tls_reload(g.tls).code, TERN_OK);
    assert_false(ask_anew(&g, &filters));
    assert_true(ask_anew(&g, &filters));
    assert_int_equal(tern_tls_reload(tls).code, TERN_OK);
    assert_false(ask_anew(&g, &filters));
    gate_close(&g);
    tern_tls_unref(tls);
}

// ---- reload --------------------------------------------------------------

typedef struct files files;
struct files {
    char *cert, *key;
};

static files write_pair(const cert *c)
{
    return (files){ certs_write(c->pem), certs_write(c->key_pem) };
}

static void drop_files(files *f)
{
    free(f->cert);
    free(f->key);
}

static tern_status ask_as(const gate *g, const char *server_name)
{
    const tern_tls_opts theirs = { .ca_pem = gate_ca->pem, .server_name = server_name };
    TERN_AUTO(guard_answer) *a = NULL;

    return gate_ask(g, GATE_NATIVE, &theirs, &a);
}

static void test_new_certificate_is_shown_after_a_reload(void **state)
{
    cert *next = certs_make(&(cert_wish){ .name = "n", .sans = "DNS:new.example", .by = gate_ca });
    files f = write_pair(gate_server);
    gate  g;

    (void)state;
    gate_open(&g, &(tern_tls_opts){ .cert_file = f.cert, .key_file = f.key });
    assert_int_equal(ask_as(&g, "localhost").code, TERN_OK);
    certs_rewrite(f.cert, next->pem);
    certs_rewrite(f.key, next->key_pem);
    assert_int_equal(ask_as(&g, "localhost").code, TERN_OK);  // nobody has said so yet
    assert_int_equal(tern_report(tern_tls_reload(g.tls)), 0);
    assert_int_equal(ask_as(&g, "new.example").code, TERN_OK);
    assert_int_equal(ask_as(&g, "localhost").code, TERN_UNAVAILABLE);
    gate_close(&g);
    drop_files(&f);
    certs_free(next);
}

static void test_bad_file_leaves_what_there_was(void **state)
{
    files       f = write_pair(gate_server);
    gate        g;
    tern_status st;

    (void)state;
    gate_open(&g, &(tern_tls_opts){ .cert_file = f.cert, .key_file = f.key });
    certs_rewrite(f.key, gate_client->key_pem);  // the half of a change
    st = tern_tls_reload(g.tls);
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_non_null(strstr(st.msg, "the key in "));
    assert_int_equal(ask_as(&g, "localhost").code, TERN_OK);
    assert_int_equal(stats_of(&g).n_reloads, 0);
    gate_close(&g);
    drop_files(&f);
}

// 64 connections that call all the time, and each a new one now and then, while certificates change.
enum { N_CLIENTS = 64, N_CALLS = 40, N_RELOADS = 20 };

typedef struct crowd crowd;
struct crowd {
    const gate        *g;
    tern_filter_source filters;
    atomic_uint        n_calls, n_failures;
};

static void call_all_the_time(void *arg)
{
    crowd *c = arg;

    for (unsigned i = 0; i < N_CALLS; i += 10) {
        TERN_AUTO(tern_channel) *ch =
            tern_connect(c->g->host.address, &(tern_channel_opts){ .filters = &c->filters });

        for (unsigned k = 0; k < 10; k++) {
            TERN_AUTO(guard_answer) *a = NULL;
            tern_status st = guard_guard_who(ch, GUARD_QUESTION(), NULL, &a);

            atomic_fetch_add(&c->n_calls, 1);
            if (tern_report(st))
                atomic_fetch_add(&c->n_failures, 1);
        }
    }
}

static void *drive_crowd(void *arg)
{
    crowd       *c = arg;
    tern_poller *p = tern_poller_new(NULL);

    for (unsigned i = 0; i < N_CLIENTS; i++)
        TERN_ASSERT(tern_fiber_spawn(p, call_all_the_time, c, NULL, NULL) == 0);
    TERN_ASSERT(tern_poller_run_until_idle(p) == 0);
    tern_poller_free(p);
    return NULL;
}

static void test_reload_under_load_fails_no_call(void **state)
{
    cert *next = certs_make(
        &(cert_wish){ .name = "next", .sans = "DNS:localhost,IP:127.0.0.1", .by = gate_ca });
    files     f = write_pair(gate_server);
    crowd     c = { .n_calls = 0 };
    tern_tls *theirs = make_ada(false);
    pthread_t thread;
    gate      g;

    (void)state;
    gate_open(&g, &(tern_tls_opts){ .cert_file = f.cert, .key_file = f.key });
    c.g = &g;
    c.filters = tern_tls_filters(theirs);
    assert_int_equal(pthread_create(&thread, NULL, drive_crowd, &c), 0);
    for (unsigned i = 1; i <= N_RELOADS; i++) {
        const cert *now = i % 2 ? next : gate_server;

        while (atomic_load(&c.n_calls) < i * N_CLIENTS * N_CALLS / (N_RELOADS + 1))
            sched_yield();
        certs_rewrite(f.cert, now->pem);
        certs_rewrite(f.key, now->key_pem);
        assert_int_equal(tern_report(tern_tls_reload(g.tls)), 0);
    }
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&c.n_calls), N_CLIENTS * N_CALLS);
    assert_int_equal(atomic_load(&c.n_failures), 0);
    assert_int_equal(stats_of(&g).n_reloads, N_RELOADS);
    gate_close(&g);
    tern_tls_unref(theirs);
    drop_files(&f);
    certs_free(next);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_one_port_serves_both_wires_with_and_without_tls),
        TERN_TEST(test_large_messages_go_through_plain_text_as_well),
        TERN_TEST(test_next_connection_resumes_the_session_and_the_peer_is_known),
        TERN_TEST(test_reload_resumes_nothing_that_was_before),
        TERN_TEST(test_new_certificate_is_shown_after_a_reload),
        TERN_TEST(test_bad_file_leaves_what_there_was),
        TERN_TEST(test_reload_under_load_fails_no_call),
    };

    return cmocka_run_group_tests(tests, gate_warm_up, gate_cool_down);
}
