// Servers that go and come back under load: no call is lost, though no retry policy is set.
#include "tests/rpc/links/node.h"

#include <pthread.h>
#include <string.h>

#include <tern/fiber.h>

enum { N_CALLERS = 64, N_RESTARTS = 10 };

// ---- callers -------------------------------------------------------------

typedef struct load load;
struct load {
    tern_channel *channel;
    atomic_bool   is_over;
    atomic_uint   n_calls, n_failed, n_running;
    tern_poller  *poller;
};

static void call_until_over(load *l)
{
    while (!atomic_load(&l->is_over)) {
        links_answer *a = NULL;
        tern_status   st = links_node_ask(l->channel, LINKS_QUESTION(.sleep_ms = 1), NULL, &a);

        atomic_fetch_add(&l->n_calls, 1);
        if (st.code && atomic_fetch_add(&l->n_failed, 1) < 5)
            print_error("call %u: %s\n", atomic_load(&l->n_calls), st.msg);
        links_answer_free(a);
    }
}

static void *run_caller(void *arg)
{
    call_until_over(arg);
    return NULL;
}

static void run_fiber_caller(void *arg)
{
    load *l = arg;

    call_until_over(l);
    if (atomic_fetch_sub(&l->n_running, 1) == 1)
        tern_poller_stop(l->poller);
}

static void *run_fiber_callers(void *arg)
{
    load *l = arg;

    for (int i = 0; i < N_CALLERS; i++)
        assert_int_equal(tern_fiber_spawn(l->poller, run_fiber_caller, l, NULL, NULL), 0);
    assert_int_equal(tern_poller_run(l->poller), 0);
    return NULL;
}

// ---- rolling restart -----------------------------------------------------

typedef struct pair pair;
struct pair {
    node nodes[2];
    char addresses[2 * TERN_MAX_ADDRESS + 2];
};

static void start_pair(pair *p)
{
    for (unsigned i = 0; i < 2; i++) {
        p->nodes[i].number = i;
        node_start(&p->nodes[i]);
    }
    snprintf(p->addresses, sizeof p->addresses, "%s,%s", p->nodes[0].host.address,
             p->nodes[1].host.address);
}

static void stop_pair(pair *p)
{
    node_end(&p->nodes[0]);
    node_end(&p->nodes[1]);
}

typedef struct progress progress;
struct progress {
    pair    *nodes;
    unsigned n_calls;  // that they have to have seen, together
};

static unsigned n_calls_of(const pair *p)
{
    return atomic_load(&p->nodes[0].n_calls) + atomic_load(&p->nodes[1].n_calls);
}

static bool is_made(void *arg)
{
    const progress *p = arg;

    return n_calls_of(p->nodes) >= p->n_calls;
}

// One for each caller.
static void let_calls_pass(pair *p)
{
    wait_for(is_made, &(progress){ p, n_calls_of(p) + N_CALLERS }, "a call of each caller");
}

static void restart_each(pair *p)
{
    for (int i = 0; i < N_RESTARTS * 2; i++) {
        let_calls_pass(p);
        node_stop(&p->nodes[i % 2]);
        node_start(&p->nodes[i % 2]);
    }
    let_calls_pass(p);
}

static void check_load(load *l, const pair *p)
{
    assert_int_equal(atomic_load(&l->n_failed), 0);
    assert_true(atomic_load(&p->nodes[0].n_calls) > N_CALLERS);
    assert_true(atomic_load(&p->nodes[1].n_calls) > N_CALLERS);
}

static void check_threads(const tern_channel_opts *opts)
{
    pair      p = { 0 };
    load      l = { 0 };
    pthread_t threads[N_CALLERS];

    start_pair(&p);
    l.channel = host_connect(p.addresses, opts);
    for (int i = 0; i < N_CALLERS; i++)
        pthread_create(&threads[i], NULL, run_caller, &l);

    restart_each(&p);

    atomic_store(&l.is_over, true);
    for (int i = 0; i < N_CALLERS; i++)
        pthread_join(threads[i], NULL);
    tern_channel_free(l.channel);
    stop_pair(&p);
    check_load(&l, &p);
}

static void check_fibers(const tern_channel_opts *opts)
{
    pair      p = { 0 };
    load      l = { .n_running = N_CALLERS };
    pthread_t thread;

    start_pair(&p);
    l.poller = tern_poller_new(NULL);
    l.channel = host_connect(p.addresses, opts);
    pthread_create(&thread, NULL, run_fiber_callers, &l);

    restart_each(&p);

    atomic_store(&l.is_over, true);
    pthread_join(thread, NULL);
    tern_channel_free(l.channel);
    tern_poller_free(l.poller);
    stop_pair(&p);
    check_load(&l, &p);
}

static const tern_channel_opts spread = { .balance = TERN_ROUND_ROBIN, .n_connections = 2 };

static void test_rolling_restart_loses_no_call_of_64_threads(void **state)
{
    (void)state;
    check_threads(NULL);
}

static void test_rolling_restart_loses_no_call_of_64_fibers(void **state)
{
    (void)state;
    check_fibers(NULL);
}

static void test_rolling_restart_loses_no_call_of_64_threads_in_round_robin(void **state)
{
    (void)state;
    check_threads(&spread);
}

static void test_rolling_restart_loses_no_call_of_64_fibers_in_round_robin(void **state)
{
    (void)state;
    check_fibers(&spread);
}

// ---- nobody drives a private loop between two calls ----------------------

static void expect_answer(tern_channel *ch)
{
    links_answer *a = NULL;
    tern_status   st = links_node_ask(ch, LINKS_QUESTION(), NULL, &a);

    if (st.code)
        print_error("%s\n", st.msg);
    assert_int_equal(st.code, TERN_OK);
    links_answer_free(a);
}

static void test_call_after_a_restart_reads_the_goodbye_first(void **state)
{
    node          n = { 0 };
    tern_channel *ch;

    (void)state;
    node_start(&n);
    ch = host_connect(n.host.address, NULL);
    for (int i = 0; i < 4; i++) {
        expect_answer(ch);
        node_stop(&n);
        node_start(&n);
    }
    expect_answer(ch);
    tern_channel_free(ch);
    node_end(&n);
}

static void test_call_after_a_crash_reads_the_end_first(void **state)
{
    node          n = { .host.place = HOST_IN_PROCESS };
    tern_channel *ch;

    (void)state;
    node_start(&n);
    ch = host_connect(n.host.address, NULL);
    for (int i = 0; i < 20; i++) {
        expect_answer(ch);
        host_kill(&n.host);
        node_start(&n);
    }
    expect_answer(ch);
    tern_channel_free(ch);
    node_end(&n);
}

static void on_answer(tern_status st, const links_answer *a, void *arg)
{
    (void)a;
    *(tern_code *)arg = st.code;
}

// ---- a call that never left ----------------------------------------------

enum { N_EARLY = 8, LOAD = 64 * 1024 };

// The socket of a server that is asleep is full when the last call is made, and then the server is gone.
static void call_behind_a_full_socket(tern_poller *poller)
{
    static uint8_t bytes[LOAD];
    node           n = { .host = { .place = HOST_IN_PROCESS, .scheme = HOST_UNIX } };
    tern_channel  *ch;
    tern_code      early[N_EARLY], late = TERN_UNKNOWN;

    node_start(&n);
    ch = host_connect(n.host.address, &(tern_channel_opts){ .poller = poller });
    links_node_ask_async(ch, LINKS_QUESTION(), NULL, on_answer, &late);
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    assert_int_equal(late, TERN_OK);
    host_freeze(&n.host);
    for (int i = 0; i < N_EARLY; i++)
        links_node_ask_async(ch, LINKS_QUESTION(.load = { LOAD, bytes }), NULL, on_answer,
                             &early[i]);
    for (int i = 0; i < 16; i++)
        assert_int_equal(tern_poller_step(poller, 0), 0);
    late = TERN_UNKNOWN;
    links_node_ask_async(ch, LINKS_QUESTION(), NULL, on_answer, &late);
    host_kill(&n.host);
    node_start(&n);
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    assert_int_equal(early[0], TERN_UNAVAILABLE);  // it may have been processed
    assert_int_equal(late, TERN_OK);
    tern_channel_free(ch);
    node_end(&n);
}

static void test_call_that_never_left_is_made_again(void **state)
{
    static const tern_backend backends[] = { TERN_BACKEND_EPOLL, TERN_BACKEND_URING };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(backends); i++) {
        tern_poller *poller = tern_poller_new(&(tern_poller_opts){ .backend = backends[i] });

        call_behind_a_full_socket(poller);
        tern_poller_free(poller);
    }
}

static bool has_call(void *n) { return atomic_load(&((node *)n)->n_calls) == 1; }

static bool is_told(void *code) { return *(tern_code *)code != TERN_UNKNOWN; }

static void test_graceful_stop_does_not_wait_for_idle_clients(void **state)
{
    node                    n = { .host = { .place = HOST_HERE, .scheme = HOST_UNIX } };
    const tern_channel_opts opts = { .poller = tern_poller_new(NULL) };
    tern_channel           *ch;
    tern_code               code = TERN_UNKNOWN;
    uint64_t                before_ns;

    (void)state;
    fake_clock_start(1000 * TERN_NS_PER_S);
    fake_clock_jump_when_idle();
    n.host.poller = tern_poller_new(NULL);
    node_start(&n);
    ch = host_connect(n.host.address, &opts);
    links_node_ask_async(ch, LINKS_QUESTION(), NULL, on_answer, &code);
    for (int i = 0; i < 100 && code == TERN_UNKNOWN; i++) {
        assert_int_equal(tern_poller_step(opts.poller, 0), 0);
        assert_int_equal(tern_poller_step(n.host.poller, 0), 0);
    }
    assert_int_equal(code, TERN_OK);
    before_ns = fake_clock_now_ns();
    tern_server_stop(n.host.server);  // nobody drives the client, and it answers no PING
    while (tern_poller_n_operators(n.host.poller))
        assert_int_equal(tern_poller_step(n.host.poller, 1000), 0);
    assert_in_range(fake_clock_now_ns() - before_ns, 1, 6 * TERN_NS_PER_S);  // of 10 s of grace
    node_end(&n);
    tern_channel_free(ch);
    tern_poller_free(n.host.poller);
    tern_poller_free(opts.poller);
}

// A call is held, the server stops, and a day passes. Returns how many calls were cut short.
static unsigned stop_for_a_day(int64_t grace_ms)
{
    node              n = { .host = { .place = HOST_HERE,
                                      .opts = { .grace_ms = grace_ms, .keepalive_ms = -1 } } };
    tern_channel_opts opts = { .keepalive_ms = -1 };
    tern_channel     *ch;
    tern_code         code = TERN_UNKNOWN;
    unsigned          n_interrupted;

    fake_clock_start(1000 * TERN_NS_PER_S);
    opts.poller = tern_poller_new(NULL);
    n.host.poller = opts.poller;
    node_start(&n);
    node_hold(&n);
    ch = host_connect(n.host.address, &opts);
    links_node_ask_async(ch, LINKS_QUESTION(.hold = true),
                         &(tern_call_opts){ .timeout_ms = TERN_NO_TIMEOUT }, on_answer, &code);
    wait_driving(n.host.poller, has_call, &n, "the call");
    tern_server_stop(n.host.server);
    for (int i = 0; i < 24 * 60; i++) {
        fake_clock_advance(60 * TERN_NS_PER_S);
        assert_int_equal(tern_poller_step(n.host.poller, 0), 0);
    }
    n_interrupted = atomic_load(&n.n_interrupted);
    node_let_go(&n);
    wait_driving(n.host.poller, is_told, &code, "the end of the call");
    assert_int_equal(code == TERN_OK, n_interrupted == 0);
    tern_channel_free(ch);
    node_end(&n);
    tern_poller_free(n.host.poller);
    return n_interrupted;
}

static void test_grace_is_what_was_said(void **state)
{
    (void)state;
    assert_int_equal(stop_for_a_day(0), 1);
    assert_int_equal(stop_for_a_day(12 * 3600 * 1000), 1);
    assert_int_equal(stop_for_a_day(-1), 0);
    assert_int_equal(stop_for_a_day(INT64_MAX), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_rolling_restart_loses_no_call_of_64_threads),
        TERN_TEST(test_rolling_restart_loses_no_call_of_64_fibers),
        TERN_TEST(test_rolling_restart_loses_no_call_of_64_threads_in_round_robin),
        TERN_TEST(test_rolling_restart_loses_no_call_of_64_fibers_in_round_robin),
        TERN_TEST(test_call_after_a_restart_reads_the_goodbye_first),
        TERN_TEST(test_call_after_a_crash_reads_the_end_first),
        TERN_TEST(test_call_that_never_left_is_made_again),
        TERN_TEST(test_graceful_stop_does_not_wait_for_idle_clients),
        TERN_TEST(test_grace_is_what_was_said),
    };

    return cmocka_run_group_tests(tests, node_warm_up, NULL);
}
