// Peers that are dead though their connections are not.
#include "tests/rpc/links/node.h"

#include "tests/support/fake_clock.h"
#include "tests/support/leak.h"

#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tern/listener.h>

#include "rpc/client/channel_internal.h"

static const tern_channel_opts anxious = { .keepalive_ms = 50, .keepalive_timeout_ms = 200 };

static void pause_ms(long ms)
{
    nanosleep(&(struct timespec){ .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 }, NULL);
}

static tern_status ask(tern_channel *ch, const links_question *q)
{
    links_answer *a = NULL;
    tern_status   st = links_node_ask(ch, q, NULL, &a);

    links_answer_free(a);
    return st;
}

// The server is started when this process has been forked.
static int call_in_process(void *address, int out)
{
    tern_channel *ch = tern_connect(address, NULL);

    (void)out;
    while (ask(ch, LINKS_QUESTION()).code)
        pause_ms(20);
    (void)ask(ch, LINKS_QUESTION(.sleep_ms = 30000));
    return 1;
}

// ---- the client's --------------------------------------------------------

static void test_call_to_a_stopped_process_ends_as_unavailable(void **state)
{
    node          n = { .host.place = HOST_IN_PROCESS };
    tern_channel *ch;
    tern_status   st;

    (void)state;
    node_start(&n);
    ch = tern_connect(n.host.address, &anxious);
    assert_int_equal(ask(ch, LINKS_QUESTION()).code, TERN_OK);
    host_freeze(&n.host);
    st = ask(ch, LINKS_QUESTION());
    assert_int_equal(st.code, TERN_UNAVAILABLE);
    assert_non_null(strstr(st.msg, "the connection was lost: no sign of life for 0."));
    tern_channel_free(ch);
    host_kill(&n.host);
    node_end(&n);
}

static void test_long_call_is_kept_by_the_answers(void **state)
{
    node          n = { 0 };
    tern_channel *ch;

    (void)state;
    node_start(&n);
    ch = tern_connect(n.host.address, &anxious);
    assert_int_equal(ask(ch, LINKS_QUESTION(.sleep_ms = 800)).code, TERN_OK);
    tern_channel_free(ch);
    node_end(&n);
}

static void test_pings_are_no_flood(void **state)
{
    node          n = { 0 };
    tern_channel *ch;

    (void)state;
    node_start(&n);
    ch = tern_connect(n.host.address,
                      &(tern_channel_opts){ .keepalive_ms = 1, .keepalive_timeout_ms = 5000 });
    assert_int_equal(ask(ch, LINKS_QUESTION(.sleep_ms = 500)).code, TERN_OK);
    tern_channel_free(ch);
    node_end(&n);
}

static void on_answer(tern_status st, const links_answer *a, void *arg)
{
    (void)a;
    *(tern_status *)arg = st;
}

// The client reads whatever would come.
static void drive_for_ms(tern_poller *poller, uint64_t ms)
{
    uint64_t until = tern_poller_now_ns(poller) + ms * TERN_NS_PER_MS;

    while (tern_poller_now_ns(poller) < until)
        assert_int_equal(tern_poller_step(poller, 10), 0);
}

static void test_nobody_is_asked_between_calls(void **state)
{
    node             n = { 0 };
    tern_poller     *poller = tern_poller_new(NULL);
    tern_channel    *ch;
    tern_status      st = { .code = TERN_UNKNOWN };
    const tern_conn *conn;
    uint64_t         before;

    (void)state;
    node_start(&n);
    ch = tern_connect(
        n.host.address,
        &(tern_channel_opts){ .poller = poller, .keepalive_ms = 20, .keepalive_timeout_ms = 100 });
    links_node_ask_async(ch, LINKS_QUESTION(), NULL, on_answer, &st);
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    assert_int_equal(st.code, TERN_OK);
    conn = ch->shards->balancer.links[0]->session.conn;
    before = tern_conn_get_stats(conn).written_bytes;
    drive_for_ms(poller, 200);
    assert_int_equal(tern_conn_get_stats(conn).written_bytes, before);
    links_node_ask_async(ch, LINKS_QUESTION(.sleep_ms = 400), NULL, on_answer, &st);
    drive_for_ms(poller, 350);
    assert_true(tern_conn_get_stats(conn).written_bytes > before + 3 * 20);  // PINGs have 20 bytes
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    tern_channel_free(ch);
    tern_poller_free(poller);
    node_end(&n);
}

// A thread that was away has not read the answer: that is no silence of the peer's.
static void test_thread_that_comes_back_late_finds_the_answer(void **state)
{
    node                     n = { 0 };
    tern_channel            *ch;
    links_node_watch_stream *w;

    (void)state;
    node_start(&n);
    ch = tern_connect(n.host.address,
                      &(tern_channel_opts){ .keepalive_ms = 30, .keepalive_timeout_ms = 300 });
    w = links_node_watch(ch, LINKS_QUESTION(.count = 1, .sleep_ms = 1500), NULL);
    assert_non_null(links_node_watch_next(w));
    for (int i = 0; i < 3; i++) {
        pause_ms(40);  // the next call asks at once ...
        assert_int_equal(ask(ch, LINKS_QUESTION()).code, TERN_OK);
        pause_ms(400);  // ... and its answer waits longer than the client's patience
    }
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
    ch = tern_connect(tern_listener_address(listener), &(tern_channel_opts){ .poller = poller });
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

static void test_handler_of_a_stopped_client_is_cancelled(void **state)
{
    node    n = { .host.opts = { .keepalive_ms = 50, .keepalive_timeout_ms = 200 } };
    process p;
    int     n_waits = 0;

    (void)state;
    n.number = 1;
    snprintf(n.host.address, sizeof n.host.address, "unix:@tern-keepalive-%d", getpid());
    p = process_start(call_in_process, n.host.address);
    node_start(&n);
    while (atomic_load(&n.n_calls) < 2 && n_waits++ < 500)
        pause_ms(10);
    pause_ms(400);
    assert_int_equal(atomic_load(&n.n_interrupted), 0);  // it answers
    process_freeze(&p);
    for (n_waits = 0; !atomic_load(&n.n_interrupted) && n_waits < 500; n_waits++)
        pause_ms(10);
    assert_int_equal(atomic_load(&n.n_interrupted), 1);
    process_kill(&p);
    node_end(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_call_to_a_stopped_process_ends_as_unavailable),
        TERN_TEST(test_long_call_is_kept_by_the_answers),
        TERN_TEST(test_pings_are_no_flood),
        TERN_TEST(test_nobody_is_asked_between_calls),
        TERN_TEST(test_thread_that_comes_back_late_finds_the_answer),
        TERN_TEST(test_mute_server_is_given_up_after_10_s),
        TERN_TEST(test_handler_of_a_stopped_client_is_cancelled),
    };

    return cmocka_run_group_tests(tests, node_warm_up, NULL);
}
