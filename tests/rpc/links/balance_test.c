// Which of several addresses and connections a call goes to.
#include "tests/rpc/links/node.h"

#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/client/channel_internal.h"

enum { N_NODES = 3 };

typedef struct cluster cluster;
struct cluster {
    node nodes[N_NODES];
    char addresses[N_NODES * TERN_MAX_ADDRESS];
};

static void start_all(cluster *c)
{
    for (unsigned i = 0; i < N_NODES; i++) {
        c->nodes[i].number = i;
        node_start(&c->nodes[i]);
        snprintf(c->addresses + strlen(c->addresses), TERN_MAX_ADDRESS, "%s%s", i ? "," : "",
                 c->nodes[i].host.address);
    }
}

static void stop_all(cluster *c)
{
    for (unsigned i = 0; i < N_NODES; i++)
        node_end(&c->nodes[i]);
}

static uint32_t ask(tern_channel *ch)
{
    links_answer *a = NULL;
    tern_status   st = links_node_ask(ch, LINKS_QUESTION(), NULL, &a);
    uint32_t      from;

    if (st.code)
        print_error("%s\n", st.msg);
    assert_int_equal(st.code, TERN_OK);
    from = a->node;
    links_answer_free(a);
    return from;
}

static void count(tern_channel *ch, unsigned n_calls, unsigned n_answers[N_NODES])
{
    memset(n_answers, 0, N_NODES * sizeof n_answers[0]);
    for (unsigned i = 0; i < n_calls; i++)
        n_answers[ask(ch)]++;
}

static void test_pick_first_stays_with_the_first(void **state)
{
    cluster       c = { 0 };
    unsigned      n[N_NODES];
    tern_channel *ch;

    (void)state;
    start_all(&c);
    ch = host_connect(c.addresses, NULL);
    count(ch, 30, n);
    assert_int_equal(n[0], 30);
    node_stop(&c.nodes[0]);
    count(ch, 30, n);
    assert_int_equal(n[1], 30);
    node_start(&c.nodes[0]);
    tern_channel_free(ch);
    stop_all(&c);
}

// Until all are connected the first ones get more.
static void warm_up(tern_channel *ch)
{
    const terni_shard *shard;

    do {
        (void)ask(ch);
        shard = ch->private_shard;
    } while (shard->n_in[TERNI_CONNECTOR_DIALING]);
}

// To the address of that index.
static const terni_connector *connector_to(const tern_channel *ch, unsigned address)
{
    const terni_connector *c = ch->private_shard->connectors;

    while (c->wish.first != address)
        c = c->next;
    return c;
}

static void test_round_robin_gives_each_the_same(void **state)
{
    cluster       c = { 0 };
    unsigned      n[N_NODES];
    tern_channel *ch;

    (void)state;
    start_all(&c);
    ch = host_connect(c.addresses, &(tern_channel_opts){ .balance = TERN_ROUND_ROBIN });
    warm_up(ch);
    count(ch, 30, n);
    assert_int_equal(n[0], 10);
    assert_int_equal(n[1], 10);
    assert_int_equal(n[2], 10);
    tern_channel_free(ch);
    stop_all(&c);
}

static void test_round_robin_leaves_out_who_is_down_and_backs_off_for_it_alone(void **state)
{
    cluster       c = { 0 };
    unsigned      n[N_NODES];
    tern_channel *ch;

    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);  // stands: the backoff does not end before the test
    start_all(&c);
    node_stop(&c.nodes[1]);
    ch = host_connect(c.addresses, &(tern_channel_opts){ .balance = TERN_ROUND_ROBIN });
    warm_up(ch);
    count(ch, 30, n);
    assert_int_equal(n[0], 15);
    assert_int_equal(n[1], 0);
    assert_int_equal(n[2], 15);
    assert_int_equal(ch->private_shard->n_in[TERNI_CONNECTOR_FAILED], 1);
    assert_int_equal(connector_to(ch, 1)->state, TERNI_CONNECTOR_FAILED);
    node_start(&c.nodes[1]);
    tern_channel_free(ch);
    stop_all(&c);
}

static void test_calls_go_round_over_the_connections_of_one_address(void **state)
{
    cluster       c = { 0 };
    tern_channel *ch;
    terni_shard  *shard;

    (void)state;
    start_all(&c);
    ch = host_connect(c.nodes[0].host.address, &(tern_channel_opts){ .n_connections = 4 });
    warm_up(ch);
    shard = ch->private_shard;
    assert_int_equal(shard->n_in[TERNI_CONNECTOR_OPEN], 4);
    for (int i = 0; i < 8; i++) {
        uint32_t before = shard->balancer.next % 4;

        (void)ask(ch);
        assert_int_equal(shard->balancer.next % 4, (before + 1) % 4);
    }
    tern_channel_free(ch);
    stop_all(&c);
}

static void test_too_many_connections_are_refused_in_a_sentence(void **state)
{
    tern_channel *ch = tern_connect("unix:@x", &(tern_channel_opts){ .n_connections = 65 });
    links_answer *a = NULL;
    tern_status   st = links_node_ask(ch, LINKS_QUESTION(), NULL, &a);

    (void)state;
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_string_equal(st.msg, "n_connections is 65: at most 64");
    tern_channel_free(ch);
}

// ---- names that stand for several ----------------------------------------

// In place of libc's: "nodes.test" stands for the first `n_named` of 127.0.0.1, .2, .3, and every answer
// begins elsewhere.
static atomic_uint n_named, n_lookups;

int getaddrinfo(const char *name, const char *port, const struct addrinfo *hints,
                struct addrinfo **ret)
{
    unsigned n = atomic_load(&n_named), from = atomic_fetch_add(&n_lookups, 1);

    (void)hints;
    assert_string_equal(name, "nodes.test");
    *ret = NULL;
    for (unsigned i = 0; i < n; i++) {
        struct addrinfo    *info = calloc(1, sizeof *info + sizeof(struct sockaddr_in));
        struct sockaddr_in *in = (struct sockaddr_in *)(info + 1);

        in->sin_family = AF_INET;
        in->sin_port = htons((uint16_t)atoi(port));
        in->sin_addr.s_addr = htonl(INADDR_LOOPBACK + (i + from) % n);
        info->ai_addr = (struct sockaddr *)in;
        info->ai_addrlen = sizeof *in;
        info->ai_next = *ret;
        *ret = info;
    }
    return n ? 0 : EAI_NONAME;
}

void freeaddrinfo(struct addrinfo *info)
{
    while (info) {
        struct addrinfo *next = info->ai_next;

        free(info);
        info = next;
    }
}

// All at one port. Returns the name's address.
static const char *start_named(cluster *c)
{
    static char name[TERN_MAX_ADDRESS];
    const char *first = c->nodes[0].host.address, *port;
    int         len;

    node_start(&c->nodes[0]);
    port = strrchr(first, ':');
    len = (int)strcspn(first, ":");  // the scheme's
    snprintf(name, sizeof name, "%.*s://nodes.test%s", len, first, port);
    for (unsigned i = 1; i < N_NODES; i++) {
        c->nodes[i].number = i;
        snprintf(c->nodes[i].host.address, TERN_MAX_ADDRESS, "%.*s://127.0.0.%u%s", len, first,
                 i + 1, port);
        node_start(&c->nodes[i]);
    }
    return name;
}

static void warm_up_name(tern_channel *ch)
{
    for (int i = 0; i < 4; i++)
        warm_up(ch);
}

static void test_round_robin_goes_to_all_that_a_name_stands_for(void **state)
{
    cluster       c = { 0 };
    unsigned      n[N_NODES];
    tern_channel *ch;

    (void)state;
    atomic_store(&n_named, 3);
    ch = host_connect(start_named(&c), &(tern_channel_opts){ .balance = TERN_ROUND_ROBIN });
    warm_up_name(ch);
    count(ch, 30, n);
    assert_int_equal(n[0], 10);
    assert_int_equal(n[1], 10);
    assert_int_equal(n[2], 10);
    tern_channel_free(ch);
    stop_all(&c);
}

// The first address in order refuses: a call waited for the others, which nobody tried.
static void test_bug_first_address_of_a_name_held_up_the_others(void **state)
{
    cluster       c = { 0 };
    tern_channel *ch;

    (void)state;
    atomic_store(&n_named, 3);
    ch = host_connect(start_named(&c), &(tern_channel_opts){ .balance = TERN_ROUND_ROBIN });
    node_stop(&c.nodes[0]);
    assert_int_not_equal(ask(ch), 0);
    node_start(&c.nodes[0]);
    tern_channel_free(ch);
    stop_all(&c);
}

static void test_name_is_looked_up_again_when_a_connection_is_lost(void **state)
{
    cluster       c = { 0 };
    unsigned      n[N_NODES], n_before;
    tern_channel *ch;

    (void)state;
    atomic_store(&n_named, 1);
    ch = host_connect(start_named(&c), &(tern_channel_opts){ .balance = TERN_ROUND_ROBIN });
    warm_up_name(ch);
    count(ch, 30, n);
    assert_int_equal(n[0], 30);
    n_before = atomic_load(&n_lookups);
    atomic_store(&n_named, 3);
    node_stop(&c.nodes[0]);
    node_start(&c.nodes[0]);
    warm_up_name(ch);
    assert_true(atomic_load(&n_lookups) > n_before);
    count(ch, 30, n);
    assert_int_equal(n[0], 10);
    assert_int_equal(n[1], 10);
    assert_int_equal(n[2], 10);
    atomic_store(&n_named, 2);
    node_stop(&c.nodes[2]);
    warm_up_name(ch);
    count(ch, 30, n);
    assert_int_equal(n[0], 15);
    assert_int_equal(n[1], 15);
    assert_int_equal(ch->private_shard->n_in[TERNI_CONNECTOR_FAILED], 0);
    node_start(&c.nodes[2]);
    tern_channel_free(ch);
    stop_all(&c);
}

static void test_pick_first_tries_all_that_a_name_stands_for(void **state)
{
    cluster       c = { 0 };
    tern_channel *ch;
    uint32_t      first;

    (void)state;
    atomic_store(&n_named, 3);
    ch = host_connect(start_named(&c), NULL);
    first = ask(ch);
    node_stop(&c.nodes[first]);
    assert_int_not_equal(ask(ch), first);
    node_start(&c.nodes[first]);
    tern_channel_free(ch);
    stop_all(&c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_pick_first_stays_with_the_first),
        TERN_TEST(test_round_robin_gives_each_the_same),
        TERN_TEST(test_round_robin_leaves_out_who_is_down_and_backs_off_for_it_alone),
        TERN_TEST(test_calls_go_round_over_the_connections_of_one_address),
        TERN_TEST(test_round_robin_goes_to_all_that_a_name_stands_for),
        TERN_TEST(test_bug_first_address_of_a_name_held_up_the_others),
        TERN_TEST(test_name_is_looked_up_again_when_a_connection_is_lost),
        TERN_TEST(test_pick_first_tries_all_that_a_name_stands_for),
        TERN_TEST(test_too_many_connections_are_refused_in_a_sentence),
    };

    return cmocka_run_group_tests(tests, node_warm_up, NULL);
}
