// A channel that is given other addresses while calls are made.
#include "tests/rpc/links/node.h"

#include <pthread.h>
#include <string.h>

#include <tern/poller.h>

enum { N_NODES = 3 };

typedef struct cluster cluster;
struct cluster {
    node          nodes[N_NODES];
    tern_channel *channel;
};

// The channel knows the first node only.
static void begin(cluster *c, tern_balance balance)
{
    *c = (cluster){ .channel = NULL };
    for (unsigned i = 0; i < N_NODES; i++) {
        c->nodes[i].number = i;
        node_start(&c->nodes[i]);
    }
    c->channel = host_connect(c->nodes[0].host.address, &(tern_channel_opts){ .balance = balance });
}

static void end(cluster *c)
{
    tern_channel_free(c->channel);
    for (unsigned i = 0; i < N_NODES; i++)
        node_end(&c->nodes[i]);
}

static tern_status give(cluster *c, const unsigned *which, unsigned n)
{
    char list[N_NODES * (TERN_MAX_ADDRESS + 1)] = "";

    for (unsigned i = 0; i < n; i++) {
        strcat(list, i ? "," : "");
        strcat(list, c->nodes[which[i]].host.address);
    }
    return tern_channel_set_addresses(c->channel, list);
}

static void give_one(cluster *c, unsigned which)
{
    assert_int_equal(give(c, &which, 1).code, TERN_OK);
}

static uint32_t ask(cluster *c)
{
    TERN_AUTO(links_answer) *a = NULL;
    tern_status st = links_node_ask(c->channel, LINKS_QUESTION(), NULL, &a);

    if (st.code)
        fail_msg("%s", st.msg);
    return a->node;
}

// ---- one after the other -------------------------------------------------

static void test_next_call_goes_to_the_new_address(void **state)
{
    cluster c;

    (void)state;
    begin(&c, TERN_PICK_FIRST);
    assert_int_equal(ask(&c), 0);
    for (unsigned i = 0; i < 10; i++) {
        give_one(&c, i % N_NODES);
        assert_int_equal(ask(&c), i % N_NODES);
    }
    end(&c);
}

static void test_bad_addresses_change_nothing(void **state)
{
    tern_status st;
    cluster     c;

    (void)state;
    begin(&c, TERN_PICK_FIRST);
    st = tern_channel_set_addresses(c.channel, "unix:@good,nonsense");
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_memory_equal(st.msg, "cannot connect to \"nonsense\"", 28);
    assert_int_equal(tern_channel_set_addresses(c.channel, NULL).code, TERN_INVALID_ARGUMENT);
    assert_int_equal(ask(&c), 0);
    end(&c);
}

static void test_channel_that_never_was_good_stays_so(void **state)
{
    tern_channel *ch = tern_connect("nonsense", NULL);
    tern_status   st = tern_channel_set_addresses(ch, "unix:@good");

    (void)state;
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    tern_channel_free(ch);
}

static void test_round_robin_goes_to_all_of_the_new_ones(void **state)
{
    static const unsigned all[] = { 2, 0, 1 };
    unsigned              n_answers[N_NODES] = { 0 };
    cluster               c;

    (void)state;
    begin(&c, TERN_ROUND_ROBIN);
    (void)ask(&c);
    assert_int_equal(give(&c, all, 3).code, TERN_OK);
    while (!n_answers[0] || !n_answers[1] || !n_answers[2])
        n_answers[ask(&c)]++;
    give_one(&c, 2);
    for (int i = 0; i < 10; i++)
        assert_int_equal(ask(&c), 2);
    end(&c);
}

// ---- with calls in flight ------------------------------------------------

static void test_call_in_flight_is_answered_by_the_old_one(void **state)
{
    TERN_AUTO(links_answer) *a = NULL;
    TERN_AUTO(tern_call) *call = NULL;
    cluster c;

    (void)state;
    begin(&c, TERN_PICK_FIRST);
    node_hold(&c.nodes[0]);
    call = links_node_ask_begin(c.channel, LINKS_QUESTION(.hold = true), NULL, &a);
    assert_int_equal(ask(&c), 0);  // drives the other call as well, which is there first
    assert_int_equal(c.nodes[0].n_calls, 2);
    give_one(&c, 1);
    assert_int_equal(ask(&c), 1);
    give_one(&c, 2);
    assert_int_equal(ask(&c), 2);
    node_let_go(&c.nodes[0]);
    assert_int_equal(tern_wait_all(&call, 1).code, TERN_OK);
    assert_int_equal(a->node, 0);
    assert_int_equal(c.nodes[0].n_interrupted, 0);
    tern_call_free(call);
    call = NULL;
    end(&c);
}

static void test_stream_in_flight_goes_on(void **state)
{
    links_node_collect_stream *stream;
    links_answer              *a = NULL;
    cluster                    c;

    (void)state;
    begin(&c, TERN_PICK_FIRST);
    stream = links_node_collect(c.channel, NULL);
    assert_int_equal(links_node_collect_send(stream, LINKS_QUESTION()), TERN_OK);
    for (unsigned i = 0; i < 6; i++) {
        give_one(&c, 1 + i % 2);
        assert_int_equal(ask(&c), 1 + i % 2);
        assert_int_equal(links_node_collect_send(stream, LINKS_QUESTION()), TERN_OK);
    }
    assert_int_equal(links_node_collect_finish(stream, &a).code, TERN_OK);
    assert_int_equal(a->node, 0);
    links_answer_free(a);
    links_node_collect_stream_free(stream);
    end(&c);
}

static void *give_second(void *arg)
{
    give_one(arg, 1);
    return NULL;
}

// Nobody is at the first address; the call waits there while another thread gives the second.
static void test_call_that_waits_goes_to_the_new_address(void **state)
{
    const tern_call_opts opts = { .wait_for_ready = true };
    links_answer        *a = NULL;
    pthread_t            thread;
    cluster              c;

    (void)state;
    begin(&c, TERN_PICK_FIRST);
    node_stop(&c.nodes[0]);
    assert_int_equal(pthread_create(&thread, NULL, give_second, &c), 0);
    assert_int_equal(links_node_ask(c.channel, LINKS_QUESTION(), &opts, &a).code, TERN_OK);
    assert_int_equal(a->node, 1);
    links_answer_free(a);
    pthread_join(thread, NULL);
    end(&c);
}

// ---- under load ----------------------------------------------------------

enum { N_CALLERS = 6, N_CHANGES = 200 };

typedef struct load load;
struct load {
    cluster     cluster;
    atomic_bool is_over;
    atomic_uint n_calls, n_failed;
};

static void *call_until_over(void *arg)
{
    load *l = arg;

    while (!atomic_load(&l->is_over)) {
        links_answer *a = NULL;
        tern_status   st = links_node_ask(l->cluster.channel, LINKS_QUESTION(), NULL, &a);

        atomic_fetch_add(&l->n_calls, 1);
        if (st.code && atomic_fetch_add(&l->n_failed, 1) < 5)
            print_error("%s\n", st.msg);
        links_answer_free(a);
    }
    return NULL;
}

static void change_often(load *l)
{
    static const unsigned lists[][N_NODES] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 0, 2 } };

    for (unsigned i = 0; i < N_CHANGES; i++) {
        unsigned n_before = atomic_load(&l->n_calls);

        assert_int_equal(give(&l->cluster, lists[i % 3], 1 + i % N_NODES).code, TERN_OK);
        wait_for_count(&l->n_calls, n_before + 1, "calls");
    }
}

static void test_no_call_is_lost_while_addresses_change(void **state)
{
    static const tern_balance balances[] = { TERN_PICK_FIRST, TERN_ROUND_ROBIN };

    (void)state;
    for (size_t b = 0; b < TERN_COUNT_OF(balances); b++) {
        load      l = { .n_calls = 0 };
        pthread_t callers[N_CALLERS];

        begin(&l.cluster, balances[b]);
        for (int i = 0; i < N_CALLERS; i++)
            assert_int_equal(pthread_create(&callers[i], NULL, call_until_over, &l), 0);
        change_often(&l);
        atomic_store(&l.is_over, true);
        for (int i = 0; i < N_CALLERS; i++)
            pthread_join(callers[i], NULL);
        assert_int_equal(l.n_failed, 0);
        end(&l.cluster);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_next_call_goes_to_the_new_address),
        TERN_TEST(test_bad_addresses_change_nothing),
        TERN_TEST(test_channel_that_never_was_good_stays_so),
        TERN_TEST(test_round_robin_goes_to_all_of_the_new_ones),
        TERN_TEST(test_call_in_flight_is_answered_by_the_old_one),
        TERN_TEST(test_stream_in_flight_goes_on),
        TERN_TEST(test_call_that_waits_goes_to_the_new_address),
        TERN_TEST(test_no_call_is_lost_while_addresses_change),
    };

    return cmocka_run_group_tests(tests, node_warm_up, NULL);
}
