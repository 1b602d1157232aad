// Connecting, for calls that wait for it: which address is tried when, and what a caller is told.
#include "tests/rpc/links/node.h"
#include "tests/rpc/links/numbers.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/fiber.h>
#include <tern/listener.h>

#include "rpc/client/channel_internal.h"

#define NOBODY "tcp://127.0.0.1:1"  // no root service of a test machine listens there

static tern_status ask(tern_channel *ch, const tern_call_opts *opts, uint32_t *ret_from)
{
    links_answer *a = NULL;
    tern_status   st = links_node_ask(ch, LINKS_QUESTION(), opts, &a);

    if (st.code == TERN_OK && ret_from)
        *ret_from = a->node;
    links_answer_free(a);
    return st;
}

static void expect_answer(const char *addresses, uint32_t from)
{
    TERN_AUTO(tern_channel) *ch = host_connect(addresses, NULL);
    uint32_t    number = UINT32_MAX;
    tern_status st = ask(ch, NULL, &number);

    if (st.code)
        print_error("%s: %s\n", addresses, st.msg);
    assert_int_equal(st.code, TERN_OK);
    assert_int_equal(number, from);
}

static const char *list_of(const char *first, const char *second)
{
    static char list[2 * TERN_MAX_ADDRESS];

    snprintf(list, sizeof list, "%s,%s", first, second);
    return list;
}

// ---- the next address ----------------------------------------------------

static void test_address_that_refuses_is_followed_by_the_next(void **state)
{
    node n = { .number = 7 };

    (void)state;
    node_start(&n);
    expect_answer(list_of(NOBODY, n.host.address), 7);
    expect_answer(list_of("unix:@nobody-is-there", n.host.address), 7);
    node_end(&n);
}

typedef struct slammer slammer;
struct slammer {
    tern_poller   *poller;
    tern_listener *listener;
    pthread_t      thread;
};

// As the kernel does to connections in the queue of a listener that closes. `arg`: a node that comes back
// meanwhile, or NULL.
static void slam(tern_listener *l, int fd, void *arg)
{
    const struct linger at_once = { .l_onoff = 1 };

    (void)l;
    if (arg && !((node *)arg)->host.server)
        node_start(arg);
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close(fd);
}

static void *run_poller(void *arg)
{
    assert_int_equal(tern_poller_run(arg), 0);
    return NULL;
}

static void slammer_start(slammer *s, node *comes_back)
{
    s->poller = tern_poller_new(NULL);
    assert_int_equal(
        tern_listener_new(s->poller, "tcp://127.0.0.1:0", NULL, slam, comes_back, &s->listener), 0);
    pthread_create(&s->thread, NULL, run_poller, s->poller);
}

static void slammer_stop(slammer *s)
{
    tern_poller_stop(s->poller);
    pthread_join(s->thread, NULL);
    tern_listener_close(s->listener);
    tern_poller_free(s->poller);
}

static void test_address_that_accepts_and_breaks_is_followed_by_the_next(void **state)
{
    node    n = { .number = 7 };
    slammer s;

    (void)state;
    node_start(&n);
    slammer_start(&s, NULL);
    expect_answer(list_of(tern_listener_address(s.listener), n.host.address), 7);
    slammer_stop(&s);
    node_end(&n);
}

// Rolling restarts: the one that was down is up again when the other one goes.
static void test_address_that_came_back_while_the_others_failed_is_tried_again(void **state)
{
    node    n = { .number = 7 };
    slammer s;

    (void)state;
    node_start(&n);
    node_stop(&n);
    slammer_start(&s, &n);
    expect_answer(list_of(n.host.address, tern_listener_address(s.listener)), 7);
    slammer_stop(&s);
    node_end(&n);
}

static void test_list_of_the_dead_tells_the_last_reason(void **state)
{
    tern_channel *ch = host_connect(list_of(NOBODY, "unix:@nobody-is-there"), NULL);
    tern_status   st = ask(ch, NULL, NULL);

    (void)state;
    assert_int_equal(st.code, TERN_UNAVAILABLE);
    assert_string_equal(st.msg, "cannot connect to unix:@nobody-is-there: Connection refused");
    tern_channel_free(ch);
}

// ---- what cannot be an address -------------------------------------------

static void test_bad_address_is_the_status_of_the_first_call(void **state)
{
    static const struct {
        const char *addresses, *why;
    } rows[] = {
        { "", "cannot connect to \"\": the address is empty" },
        { "tcp://127.0.0.1:1,", "cannot connect to \"\": the address is empty" },
        { "http://x:1", "cannot connect to \"http://x:1\": expected tcp://, tls://, grpc:// or grpc"
                        "s://HOST:PORT, unix:PATH, grpc+unix:PATH or fd:N" },
        { "grpc://x",
          "cannot connect to \"grpc://x\": the port is missing: write tcp://HOST:PORT" },
        { "tcp://127.0.0.1:1,tls://x:1",
          "cannot connect to \"tls://x:1\": TLS wants tern_channel_opts.filters: see <tern/tls.h>" },
        { "grpcs://x:1",
          "cannot connect to \"grpcs://x:1\": TLS wants tern_channel_opts.filters: see <tern/tls.h>" },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        tern_channel *ch = tern_connect(rows[i].addresses, NULL);
        tern_status   st = ask(ch, NULL, NULL);

        assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
        assert_string_equal(st.msg, rows[i].why);
        tern_channel_free(ch);
    }
}

static void test_descriptor_is_used_for_one_connection_only(void **state)
{
    char          address[16];
    int           fds[2];
    tern_channel *ch;
    tern_status   st;

    (void)state;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds), 0);
    snprintf(address, sizeof address, "fd:%d", fds[0]);
    close(fds[1]);
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    ch = host_connect(address, NULL);
    st = ask(ch, NULL, NULL);
    assert_int_equal(st.code, TERN_UNAVAILABLE);
    st = ask(ch, &(tern_call_opts){ .wait_for_ready = true, .timeout_ms = 1300 }, NULL);
    assert_int_equal(st.code, TERN_DEADLINE_EXCEEDED);
    assert_non_null(strstr(st.msg, "the deadline has passed without a connection: cannot connect"));
    st = ask(ch, NULL, NULL);
    assert_int_equal(st.code, TERN_UNAVAILABLE);
    assert_non_null(strstr(st.msg, "cannot connect through fd:"));
    tern_channel_free(ch);
}

// ---- waiting -------------------------------------------------------------

// Its backoff passes when it waits; until then the clock stands.
static uint32_t ask_when_ready(tern_channel *ch)
{
    links_answer *a = NULL;
    tern_call    *call =
        links_node_ask_begin(ch, LINKS_QUESTION(), &(tern_call_opts){ .wait_for_ready = true }, &a);
    uint32_t from;

    fake_clock_advance(2 * TERN_NS_PER_S);
    assert_int_equal(tern_wait_all(&call, 1).code, TERN_OK);
    from = a->node;
    links_answer_free(a);
    tern_call_free(call);
    return from;
}

static void test_call_that_waits_for_ready_outlives_the_failures(void **state)
{
    node          n = { .number = 3 };
    tern_channel *ch;

    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    node_start(&n);
    node_stop(&n);
    ch = host_connect(n.host.address, NULL);
    assert_int_equal(ask(ch, NULL, NULL).code, TERN_UNAVAILABLE);
    node_start(&n);
    assert_int_equal(ask(ch, NULL, NULL).code, TERN_UNAVAILABLE);  // it backs off
    assert_int_equal(ask_when_ready(ch), 3);
    assert_int_equal(ask(ch, NULL, NULL).code, TERN_OK);
    tern_channel_free(ch);
    node_end(&n);
}

typedef struct waiter waiter;
struct waiter {
    tern_status st;
    bool        is_done;
};

static void on_answer(tern_status st, const links_answer *a, void *arg)
{
    waiter *w = arg;

    (void)a;
    w->st = st;
    w->is_done = true;
}

static bool has_failed(void *arg)
{
    const tern_channel *ch = arg;

    return ch->shards && ch->shards->n_in[TERNI_CONNECTOR_FAILED] == 1;
}

// The times between failures, seen through a call that waits.
static void test_backoff_grows_from_1_s_to_2_minutes(void **state)
{
    tern_poller     *poller;
    tern_channel    *ch;
    terni_connector *route;
    waiter           w = { 0 };
    double           expected_ms = 1000;

    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    poller = tern_poller_new(NULL);
    ch = host_connect(NOBODY, &(tern_channel_opts){ .poller = poller });
    links_node_ask_async(ch, LINKS_QUESTION(),
                         &(tern_call_opts){ .wait_for_ready = true, .timeout_ms = TERN_NO_TIMEOUT },
                         on_answer, &w);
    for (unsigned i = 0; i < 16; i++) {
        uint64_t before, waited_ms;

        wait_driving(poller, has_failed, ch, "a failure to connect");
        route = ch->shards->connectors;
        before = fake_clock_now_ns();
        assert_in_range(route->backoff_ms, (uint64_t)(expected_ms * 0.98), (uint64_t)expected_ms);
        while (ch->shards->n_in[TERNI_CONNECTOR_FAILED])
            assert_int_equal(tern_poller_step(poller, -1), 0);
        waited_ms = (fake_clock_now_ns() - before) / TERN_NS_PER_MS;
        assert_in_range(waited_ms, (uint64_t)(expected_ms * 0.75), (uint64_t)(expected_ms * 1.25));
        expected_ms = expected_ms * 1.6 < 120000 ? expected_ms * 1.6 : 120000;
    }
    assert_false(w.is_done);
    tern_channel_free(ch);
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    assert_true(w.is_done);
    assert_int_equal(w.st.code, TERN_CANCELLED);
    tern_poller_free(poller);
}

// ---- more calls than a connection takes ----------------------------------

static void count_answer(tern_status st, const links_answer *a, void *arg)
{
    unsigned *n_good = arg;

    (void)a;
    if (st.code == TERN_OK)
        ++*n_good;
    else if (*n_good < 3)
        print_error("%s\n", st.msg);
}

enum { MAX_STREAMS = 10000, N_CALLS = MAX_STREAMS + 200 };

static bool is_full(void *n) { return atomic_load(&((node *)n)->n_calls) >= MAX_STREAMS; }

static bool are_all_good(void *n_good) { return *(unsigned *)n_good == N_CALLS; }

static void test_calls_above_the_servers_max_streams_wait_for_room(void **state)
{
    node          n = { 0 };
    tern_poller  *poller = tern_poller_new(NULL);
    tern_channel *ch;
    unsigned      n_good = 0;

    (void)state;
    node_start(&n);
    node_hold(&n);
    ch = host_connect(n.host.address, &(tern_channel_opts){ .poller = poller });
    for (unsigned i = 0; i < N_CALLS; i++)
        links_node_ask_async(ch, LINKS_QUESTION(.hold = true), NULL, count_answer, &n_good);
    wait_driving(poller, is_full, &n, "as many calls as the server takes at once");
    assert_int_equal(ch->shards->balancer.n, 1);
    assert_int_equal(atomic_load(&n.n_calls), MAX_STREAMS);
    node_let_go(&n);
    wait_driving(poller, are_all_good, &n_good, "all answers");
    tern_channel_free(ch);
    tern_poller_free(poller);
    node_end(&n);
}

static void test_connection_that_has_used_up_its_numbers_is_replaced(void **state)
{
    const numbers *nums = host_speaks_grpc() ? &numbers_h2 : &numbers_native;
    node           n = { 0 };
    tern_channel  *ch;
    terni_link    *first;

    (void)state;
    node_start(&n);
    ch = host_connect(n.host.address, NULL);
    assert_int_equal(ask(ch, NULL, NULL).code, TERN_OK);
    first = ch->private_shard->balancer.links[0];
    nums->use_up(first->session.engine);
    assert_int_equal(ask(ch, NULL, NULL).code, TERN_OK);
    assert_ptr_equal(ch->private_shard->balancer.links[0], first);
    assert_int_equal(ask(ch, &(tern_call_opts){ .timeout_ms = PATIENCE_MS }, NULL).code, TERN_OK);
    assert_true(nums->are_few(ch->private_shard->balancer.links[0]->session.engine));
    tern_channel_free(ch);
    node_end(&n);
}

// ---- limits --------------------------------------------------------------

static tern_status ask_for(tern_channel *ch, size_t n)
{
    static uint8_t load[100 * 1024];
    links_answer  *a = NULL;
    tern_status    st = links_node_ask(ch, LINKS_QUESTION(.load = { n, load }), NULL, &a);

    links_answer_free(a);
    return st;
}

static void test_reply_above_max_message_bytes_ends_its_call_only(void **state)
{
    node          n = { 0 };
    tern_channel *ch;
    tern_status   st;
    terni_link   *link;

    (void)state;
    node_start(&n);
    ch = host_connect(n.host.address, &(tern_channel_opts){ .max_message_bytes = 50 * 1024 });
    assert_int_equal(ask_for(ch, 50 * 1024 - 4).code, TERN_OK);  // and 4 bytes of tag and length
    link = ch->private_shard->balancer.links[0];
    st = ask_for(ch, 50 * 1024 - 3);
    assert_int_equal(st.code, TERN_RESOURCE_EXHAUSTED);
    assert_string_equal(st.msg, host_speaks_grpc()
                                    ? "a message is larger than max_message"
                                    : "the reply is larger than the caller's max_message");
    assert_int_equal(ask_for(ch, 100).code, TERN_OK);
    assert_ptr_equal(ch->private_shard->balancer.links[0], link);
    tern_channel_free(ch);
    node_end(&n);
}

// ---- without memory ------------------------------------------------------

static void connect_and_ask(void *address)
{
    tern_channel *ch = host_connect(address, &(tern_channel_opts){ .n_connections = 2 });
    tern_status   st = ask(ch, &(tern_call_opts){ .timeout_ms = PATIENCE_MS }, NULL);

    if (!fail_malloc_has_failed())
        assert_int_equal(st.code, TERN_OK);
    else
        assert_int_not_equal(st.code, TERN_DEADLINE_EXCEEDED);
    tern_channel_free(ch);
}

static void test_any_allocation_may_fail(void **state)
{
    node n = { .host.place = HOST_IN_PROCESS };

    (void)state;
    node_start(&n);
    assert_true(for_each_failed_allocation(connect_and_ask, n.host.address) > 10);
    node_end(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_address_that_refuses_is_followed_by_the_next),
        TERN_TEST(test_address_that_accepts_and_breaks_is_followed_by_the_next),
        TERN_TEST(test_address_that_came_back_while_the_others_failed_is_tried_again),
        TERN_TEST(test_list_of_the_dead_tells_the_last_reason),
        TERN_TEST(test_bad_address_is_the_status_of_the_first_call),
        TERN_TEST(test_descriptor_is_used_for_one_connection_only),
        TERN_TEST(test_call_that_waits_for_ready_outlives_the_failures),
        TERN_TEST(test_backoff_grows_from_1_s_to_2_minutes),
        TERN_TEST(test_calls_above_the_servers_max_streams_wait_for_room),
        TERN_TEST(test_connection_that_has_used_up_its_numbers_is_replaced),
        TERN_TEST(test_reply_above_max_message_bytes_ends_its_call_only),
        TERN_TEST(test_any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, node_warm_up, NULL);
}
