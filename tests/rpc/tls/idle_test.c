// What OpenSSL keeps for a connection that has nothing to do.
#include "tests/rpc/tls/gate.h"

#include <malloc.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/crypto.h>

// Of OpenSSL's, of both ends.
static atomic_llong live_bytes;

static void *keep(void *p)
{
    if (p)
        live_bytes += (long long)malloc_usable_size(p);
    return p;
}

static void drop(void *p)
{
    if (p)
        live_bytes -= (long long)malloc_usable_size(p);
}

static void *count_malloc(size_t n, const char *file, int line)
{
    (void)file, (void)line;
    return n ? keep(malloc(n)) : NULL;
}

static void *count_realloc(void *p, size_t n, const char *file, int line)
{
    (void)file, (void)line;
    drop(p);
    return keep(realloc(p, n));
}

static void count_free(void *p, const char *file, int line)
{
    (void)file, (void)line;
    drop(p);
    free(p);
}

static tern_channel *connect_and_ask(const gate *g, gate_wire wire, tern_tls *tls)
{
    const tern_filter_source filters = tern_tls_filters(tls);
    TERN_AUTO(guard_answer) *a = NULL;
    char          address[TERN_MAX_ADDRESS];
    tern_channel *ch;

    snprintf(address, sizeof address, "%s%s", wire == GATE_GRPC ? "grpcs" : "tls",
             strchr(g->host.address, ':'));
    ch = tern_connect(address, &(tern_channel_opts){ .filters = &filters });
    assert_int_equal(tern_report(guard_guard_who(ch, GUARD_QUESTION(), NULL, &a)), 0);
    return ch;
}

// After one call each, behind which no more is said. The first connection makes what all share.
static void check_idle(gate_wire wire, const tern_tls_opts *ours, const tern_tls_opts *theirs,
                       long long max_bytes)
{
    enum { N = 16 };
    tern_channel *channels[N + 1];
    TERN_AUTO(tern_tls) *tls = NULL;
    long long before = 0, each;
    gate      g;

    gate_open(&g, ours);
    assert_int_equal(tern_tls_new(theirs, &tls).code, TERN_OK);
    for (int i = 0; i <= N; i++) {
        channels[i] = connect_and_ask(&g, wire, tls);
        before = i ? before : live_bytes;
    }
    each = (live_bytes - before) / N;
    print_message("%lld bytes for both ends\n", each);
    assert_in_range(each, 1, max_bytes);
    for (int i = 0; i <= N; i++)
        tern_channel_free(channels[i]);
    gate_close(&g);
}

static void test_idle_connection_holds_no_buffers(void **state)
{
    const tern_tls_opts theirs = { .ca_pem = gate_ca->pem, .no_resumption = true };

    (void)state;
    for (gate_wire wire = GATE_NATIVE; wire < GATE_N_WIRES; wire++)
        check_idle(wire, NULL, &theirs, 40 * 1000);
}

static void test_idle_connection_holds_the_certificate_of_a_client(void **state)
{
    const tern_tls_opts ours = { .ca_pem = gate_ca->pem, .peer = TERN_TLS_PEER_REQUIRE };
    const tern_tls_opts theirs = { .ca_pem = gate_ca->pem,
                                   .no_resumption = true,
                                   .cert_pem = gate_client->pem,
                                   .key_pem = gate_client->key_pem };

    (void)state;
    check_idle(GATE_NATIVE, &ours, &theirs, 46 * 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_idle_connection_holds_no_buffers),
        TERN_TEST(test_idle_connection_holds_the_certificate_of_a_client),
    };

    TERN_ASSERT(CRYPTO_set_mem_functions(count_malloc, count_realloc, count_free));
    return cmocka_run_group_tests(tests, gate_warm_up, gate_cool_down);
}
