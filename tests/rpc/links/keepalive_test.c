// Peers that are dead though their connections are not.
#include "tests/rpc/links/node.h"

#include <poll.h>

#include <tern/listener.h>

#include "rpc/client/channel_internal.h"
#include "rpc/server/server_internal.h"

// Everybody's here: asked after 5 s of silence, given up 7 s later, or asked again.
enum { ASK_MS = 5000, PATIENCE_AFTER_MS = 7000, LONG_MS = 60 * 1000 };

static const tern_channel_opts anxious = { .keepalive_ms = ASK_MS,
                                           .keepalive_timeout_ms = PATIENCE_AFTER_MS };

static const tern_call_opts patient = { .timeout_ms = 10 * LONG_MS };

static tern_status ask(tern_channel *ch, const links_question *q)
{
    links_answer *a = NULL;
    tern_status   st = links_node_ask(ch, q, &patient, &a);

    links_answer_free(a);
    return st;
}

// A node on a poller of the test's own, where a client's calls go too; time passes when both are idle.
static void begin_here(node *n)
{
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    n->host.place = HOST_HERE;
    n->host.scheme = HOST_UNIX;
    n->host.poller = tern_poller_new(NULL);
    node_start(n);
}

static void end_here(node *n)
{
    node_end(n);
    tern_poller_free(n->host.poller);
}

// ---- the client's --------------------------------------------------------

static void test_call_to_a_stopped_process_ends_as_unavailable(void **state)
{
    node          n = { .host.place = HOST_IN_PROCESS };
    tern_channel *ch;
    tern_status   st;

    (void)state;
    node_start(&n);
    fake_clock_start(1000 * TERN_NS_PER_S);
    ch = host_connect(n.host.address, &anxious);
    assert_int_equal(ask(ch, LINKS_QUESTION()).code, TERN_OK);
    host_freeze(&n.host);
    fake_clock_jump_when_idle();
    st = ask(ch, LINKS_QUESTION());
    assert_int_equal(st.code, TERN_UNAVAILABLE);
    assert_string_equal(st.msg, "the connection was lost: no sign of life for 12 s");
    tern_channel_free(ch);
    host_kill(&n.host);
    node_end(&n);
}

// A call on a fiber of the node's own poller.
typedef struct long_call long_call;
struct long_call {
    const char              *address;
    const tern_channel_opts *opts;
    uint32_t                 sleep_ms;
    tern_code                code;
    uint64_t                 took_ms;
};

static void make_long_call(void *arg)
{
    long_call *c = arg;
    TERN_AUTO(tern_channel) *ch = host_connect(c->address, c->opts);
    uint64_t before_ns = fake_clock_now_ns();

    c->code = ask(ch, LINKS_QUESTION(.sleep_ms = c->sleep_ms)).code;
    c->took_ms = (fake_clock_now_ns() - before_ns) / TERN_NS_PER_MS;
}

// Returns how often the client has asked for a sign of life, or a little more.
static uint64_t check_long_call(const tern_channel_opts *opts, uint32_t sleep_ms)
{
    node      n = { 0 };
    long_call c = { .opts = opts, .sleep_ms = sleep_ms, .code = TERN_UNKNOWN };
    uint64_t  n_bytes;

    begin_here(&n);
    c.address = n.host.address;
    host_run_fiber(&n.host, make_long_call, &c);
    n_bytes = tern_poller_get_stats(n.host.poller).written_bytes;
    assert_int_equal(c.code, TERN_OK);
    assert_in_range(c.took_ms, sleep_ms, sleep_ms + 5);
    end_here(&n);
    // PING and PONG have 20 bytes each, or 17; more is said beside them in HTTP/2.
    return host_speaks_grpc() ? (n_bytes - 240) / 34 : n_bytes / 40;
}

static void test_long_call_is_kept_by_the_answers(void **state)
{
    const uint64_t n = LONG_MS / PATIENCE_AFTER_MS;

    (void)state;  // the records of a filter have headers
    assert_in_range(check_long_call(&anxious, LONG_MS), n, host_are_filtered() ? 3 * n : n + 5);
}

static void test_below_zero_nobody_is_asked(void **state)
{
    const tern_channel_opts never = { .keepalive_ms = -1 };

    (void)state;
    assert_in_range(check_long_call(&never, 5 * LONG_MS), 0, 8);  // that is the call itself
}

static void test_pings_are_no_flood(void **state)
{
    const tern_channel_opts frantic = { .keepalive_ms = 1, .keepalive_timeout_ms = 1 };

    (void)state;
    assert_true(check_long_call(&frantic, 3000) > 1000);
}

static void on_answer(tern_status st, const links_answer *a, void *arg)
{
    (void)a;
    *(tern_status *)arg = st;
}

// The client reads whatever would come.
static void drive_for_ms(tern_poller *poller, uint64_t ms)
{
    uint64_t until = fake_clock_now_ns() + ms * TERN_NS_PER_MS;

    while (fake_clock_now_ns() < until)
        assert_int_equal(tern_poller_step(poller, 10), 0);
}

static bool is_answered(void *st) { return ((tern_status *)st)->code != TERN_UNKNOWN; }

static void test_nobody_is_asked_between_calls(void **state)
{
    node              n = { 0 };
    tern_channel_opts opts = anxious;
    tern_channel     *ch;
    tern_status       st = { .code = TERN_UNKNOWN };
    const tern_conn  *conn;
    uint64_t          before;

    (void)state;
    begin_here(&n);
    opts.poller = n.host.poller;
    ch = host_connect(n.host.address, &opts);
    links_node_ask_async(ch, LINKS_QUESTION(), NULL, on_answer, &st);
    wait_driving(n.host.poller, is_answered, &st, "the answer");
    assert_int_equal(st.code, TERN_OK);
    conn = ch->shards->balancer.links[0]->session.conn;
    before = tern_conn_get_stats(conn).written_bytes;
    drive_for_ms(n.host.poller, 10 * ASK_MS);
    assert_int_equal(tern_conn_get_stats(conn).written_bytes, before);
    links_node_ask_async(ch, LINKS_QUESTION(.sleep_ms = LONG_MS), &patient, on_answer, &st);
    drive_for_ms(n.host.poller, LONG_MS - 1000);
    assert_true(tern_conn_get_stats(conn).written_bytes > before + 3 * 20);  // PINGs have 20 bytes
    drive_for_ms(n.host.poller, 2000);
    assert_int_equal(st.code, TERN_OK);
    tern_channel_free(ch);
    end_here(&n);
}

static bool is_readable(void *poller)
{
    struct pollfd p = { .fd = tern_poller_fd(poller), .events = POLLIN };

    return poll(&p, 1, 0) == 1;
}

// A thread that was away has not read the answer: that is no silence of the peer's.
static void test_thread_that_comes_back_late_finds_the_answer(void **state)
{
    node                     n = { 0 };
    tern_channel            *ch;
    tern_poller             *loop;
    links_node_watch_stream *w;

    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    node_start(&n);
    node_hold(&n);
    ch = host_connect(n.host.address, &anxious);
    w = links_node_watch(ch, LINKS_QUESTION(.count = 1, .hold = true), NULL);
    assert_non_null(links_node_watch_next(w));
    loop = terni_shard_poller(ch->private_shard);
    for (int i = 0; i < 3; i++) {
        fake_clock_advance((ASK_MS + PATIENCE_AFTER_MS) * TERN_NS_PER_MS);
        assert_int_equal(tern_poller_step(loop, 0), 0);  // asks, and goes away
        wait_for(is_readable, loop, "the answer to a PING");
        fake_clock_advance(10 * PATIENCE_AFTER_MS * TERN_NS_PER_MS);
        assert_int_equal(ask(ch, LINKS_QUESTION()).code, TERN_OK);
    }
    assert_int_equal(ch->private_shard->balancer.n, 1);
    node_let_go(&n);
    assert_null(links_node_watch_next(w));
    assert_int_equal(links_node_watch_status(w).code, TERN_OK);
    links_node_watch_stream_free(w);
    tern_channel_free(ch);
    node_end(&n);
}

// Its kernel accepts, and nobody is at home.
static void test_mute_server_is_given_up_after_10_s(void **state)
{
    tern_poller   *poller, *other;
    tern_listener *listener;
    tern_channel  *ch;
    tern_status    st = { .code = TERN_UNKNOWN };
    uint64_t       before;

    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    other = tern_poller_new(NULL);  // is never driven
    poller = tern_poller_new(NULL);
    assert_int_equal(tern_listener_new(other, "tcp://127.0.0.1:0", NULL, NULL, NULL, &listener), 0);
    ch = host_connect(tern_listener_address(listener), &(tern_channel_opts){ .poller = poller });
    before = fake_clock_now_ns();
    links_node_ask_async(ch, LINKS_QUESTION(), NULL, on_answer, &st);
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    assert_int_equal(st.code, TERN_UNAVAILABLE);
    assert_string_equal(st.msg, "the connection was lost: Connection timed out");
    assert_in_range((fake_clock_now_ns() - before) / TERN_NS_PER_MS, 10000, 10100);
    tern_channel_free(ch);
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    tern_listener_close(listener);
    tern_poller_free(poller);
    tern_poller_free(other);
}

// ---- the server's --------------------------------------------------------

static int call_in_process(void *address, int out)
{
    const tern_call_opts endless = { .timeout_ms = TERN_NO_TIMEOUT };
    tern_channel        *ch = host_connect(address, NULL);
    links_answer        *a = NULL;

    (void)out;
    return links_node_ask(ch, LINKS_QUESTION(.hold = true), &endless, &a).code == TERN_OK;
}

static bool has_called(void *n) { return atomic_load(&((node *)n)->n_calls) == 1; }

static bool is_interrupted(void *n) { return atomic_load(&((node *)n)->n_interrupted) == 1; }

typedef struct hearing hearing;
struct hearing {
    tern_poller *poller;
    uint64_t     n_bytes;  // that were read before
};

static bool has_heard(void *arg)
{
    const hearing *h = arg;

    return tern_poller_get_stats(h->poller).read_bytes > h->n_bytes;
}

static void expect_an_answer(node *n)
{
    hearing h = { n->host.poller, tern_poller_get_stats(n->host.poller).read_bytes };

    fake_clock_advance((ASK_MS + PATIENCE_AFTER_MS) * TERN_NS_PER_MS);
    assert_int_equal(tern_poller_step(h.poller, 0), 0);
    fake_clock_advance(1);  // an answer is not as old as its question
    wait_driving(h.poller, has_heard, &h, "the answer to a PING");
}

// A client in a process of its own has made a call, which is held here.
static process begin_held(node *n)
{
    process p;

    fake_clock_start(1000 * TERN_NS_PER_S);
    n->host.place = HOST_HERE;
    n->host.poller = tern_poller_new(NULL);
    node_start(n);
    node_hold(n);
    p = process_start(call_in_process, n->host.address);
    wait_driving(n->host.poller, has_called, n, "the call");
    return p;
}

static void test_handler_of_a_stopped_client_is_cancelled(void **state)
{
    node n = { .host.opts = { .keepalive_ms = ASK_MS, .keepalive_timeout_ms = PATIENCE_AFTER_MS } };
    process  p = begin_held(&n);
    uint64_t frozen_ns;

    (void)state;
    for (int i = 0; i < 5; i++)
        expect_an_answer(&n);
    assert_int_equal(atomic_load(&n.n_interrupted), 0);
    process_freeze(&p);
    frozen_ns = fake_clock_now_ns();
    fake_clock_jump_when_idle();
    wait_driving(n.host.poller, is_interrupted, &n, "the end of a handler that nobody waits for");
    assert_in_range((fake_clock_now_ns() - frozen_ns) / TERN_NS_PER_MS, PATIENCE_AFTER_MS,
                    2 * PATIENCE_AFTER_MS + 5);
    process_kill(&p);
    end_here(&n);
}

// Returns what the node has written until then.
static uint64_t pass(node *n, uint64_t seconds)
{
    fake_clock_advance(seconds * TERN_NS_PER_S);
    assert_int_equal(tern_poller_step(n->host.poller, 0), 0);
    return tern_poller_get_stats(n->host.poller).written_bytes;
}

// What had come by then is read: it must not count as a sign of life later. Returns what the node has written.
static uint64_t freeze_and_read(node *n, const process *p)
{
    uint64_t before, after = pass(n, 0);

    process_freeze(p);
    do {
        before = after;
        after = pass(n, 0);
    } while (after != before);
    return after;
}

static void test_unless_told_a_server_asks_after_two_hours(void **state)
{
    node     n = { 0 };
    process  p = begin_held(&n);
    uint64_t before = freeze_and_read(&n, &p), asked;

    (void)state;
    assert_int_equal(pass(&n, 7190), before);
    asked = pass(&n, 20);
    assert_true(asked > before);
    assert_int_equal(pass(&n, 15), asked);
    assert_int_equal(atomic_load(&n.n_interrupted), 0);
    pass(&n, 10);
    wait_driving(n.host.poller, is_interrupted, &n, "the end of a handler that nobody waits for");
    process_kill(&p);
    end_here(&n);
}

static void test_below_zero_a_server_never_asks(void **state)
{
    node     n = { .host.opts.keepalive_ms = -1 };
    process  p = begin_held(&n);
    uint64_t before = freeze_and_read(&n, &p);

    (void)state;
    for (int i = 0; i < 10; i++)
        assert_int_equal(pass(&n, 24 * 3600), before);
    assert_int_equal(atomic_load(&n.n_interrupted), 0);
    process_kill(&p);
    wait_driving(n.host.poller, is_interrupted, &n, "the end of its connection");
    end_here(&n);
}

// ---- both ----------------------------------------------------------------

static void test_options_mean_the_same_on_both_sides(void **state)
{
    static const int64_t given[] = { 0, -1, INT64_MIN, 1, INT64_MAX };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(given); i++) {
        tern_channel *ch = tern_connect(
            "tcp://127.0.0.1:0",
            &(tern_channel_opts){ .keepalive_ms = given[i], .keepalive_timeout_ms = given[i] });
        tern_server *srv = tern_listen(
            "tcp://127.0.0.1:0",
            &(tern_server_opts){ .keepalive_ms = given[i], .keepalive_timeout_ms = given[i] });

        assert_true(ch->policy.keepalive_ms == (given[i] ? given[i] : 30 * 1000));
        assert_true(srv->policy.keepalive_ms == (given[i] ? given[i] : 2 * 3600 * 1000));
        assert_true(ch->policy.keepalive_timeout_ms == (given[i] ? given[i] : 20 * 1000));
        assert_true(srv->policy.keepalive_timeout_ms == ch->policy.keepalive_timeout_ms);
        tern_channel_free(ch);
        tern_server_free(srv);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_call_to_a_stopped_process_ends_as_unavailable),
        TERN_TEST(test_long_call_is_kept_by_the_answers),
        TERN_TEST(test_below_zero_nobody_is_asked),
        TERN_TEST(test_pings_are_no_flood),
        TERN_TEST(test_nobody_is_asked_between_calls),
        TERN_TEST(test_thread_that_comes_back_late_finds_the_answer),
        TERN_TEST(test_mute_server_is_given_up_after_10_s),
        TERN_TEST(test_handler_of_a_stopped_client_is_cancelled),
        TERN_TEST(test_unless_told_a_server_asks_after_two_hours),
        TERN_TEST(test_below_zero_a_server_never_asks),
        TERN_TEST(test_options_mean_the_same_on_both_sides),
    };

    return cmocka_run_group_tests(tests, node_warm_up, NULL);
}
