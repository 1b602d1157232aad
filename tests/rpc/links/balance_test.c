// Which of several addresses and connections a call goes to.
#include "tests/rpc/links/node.h"

#include "tests/support/leak.h"

#include <string.h>

#include "rpc/channel_internal.h"

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
                 c->nodes[i].address);
    }
}

static void stop_all(cluster *c)
{
    for (unsigned i = 0; i < N_NODES; i++)
        node_stop(&c->nodes[i]);
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
    ch = tern_connect(c.addresses, NULL);
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
    const terni_set *set;

    do {
        (void)ask(ch);
        set = ch->private_set;
    } while (set->n_in[TERNI_ROUTE_DIALING]);
}

static void test_round_robin_gives_each_the_same(void **state)
{
    cluster       c = { 0 };
    unsigned      n[N_NODES];
    tern_channel *ch;

    (void)state;
    start_all(&c);
    ch = tern_connect(c.addresses, &(tern_channel_opts){ .balance = TERN_ROUND_ROBIN });
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
    start_all(&c);
    node_stop(&c.nodes[1]);
    ch = tern_connect(c.addresses, &(tern_channel_opts){ .balance = TERN_ROUND_ROBIN });
    warm_up(ch);
    count(ch, 30, n);
    assert_int_equal(n[0], 15);
    assert_int_equal(n[1], 0);
    assert_int_equal(n[2], 15);
    assert_int_equal(ch->private_set->n_in[TERNI_ROUTE_FAILED], 1);
    assert_int_equal(ch->private_set->routes[1].state, TERNI_ROUTE_FAILED);
    node_start(&c.nodes[1]);
    tern_channel_free(ch);
    stop_all(&c);
}

static void test_calls_go_round_over_the_connections_of_one_address(void **state)
{
    cluster       c = { 0 };
    tern_channel *ch;
    terni_set    *set;

    (void)state;
    start_all(&c);
    ch = tern_connect(c.nodes[0].address, &(tern_channel_opts){ .n_connections = 4 });
    warm_up(ch);
    set = ch->private_set;
    assert_int_equal(set->n_in[TERNI_ROUTE_OPEN], 4);
    for (int i = 0; i < 8; i++) {
        terni_link *used = set->current;

        (void)ask(ch);
        assert_ptr_equal(set->current, used->ready_next);
        assert_ptr_not_equal(set->current, used);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_pick_first_stays_with_the_first),
        TERN_TEST(test_round_robin_gives_each_the_same),
        TERN_TEST(test_round_robin_leaves_out_who_is_down_and_backs_off_for_it_alone),
        TERN_TEST(test_calls_go_round_over_the_connections_of_one_address),
        TERN_TEST(test_too_many_connections_are_refused_in_a_sentence),
    };

    return cmocka_run_group_tests(tests, node_warm_up, NULL);
}
