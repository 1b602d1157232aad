#include "tests/support/test.h"

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/address.h"
#include "bench/conn.h"

enum { DEPTH = 3, PAYLOAD = 100, REQUEST = 4 + PAYLOAD };

// A generator's connection, and its server's end in the test's own hands.
struct fixture {
    struct traffic   traffic;
    struct conn      conn;
    struct histogram latency;
    int              listener, server;
    uint8_t          bytes[DEPTH * REQUEST];
};

static struct fixture f;

static void wait_readable(int fd)
{
    struct pollfd p = { .fd = fd, .events = POLLIN };

    assert_int_equal(poll(&p, 1, 10000), 1);
}

static int connect_fixture(void **state)
{
    char text[ADDRESS_TEXT_SIZE];

    (void)state;
    f = (struct fixture){ 0 };
    f.listener = address_listen("tcp://127.0.0.1:0");
    traffic_init(&f.traffic, &protocol_numbered_frame, PAYLOAD, DEPTH);
    f.traffic.is_checked = true;
    conn_open(&f.conn, &f.traffic, address_of(f.listener, text), DEPTH);
    wait_readable(f.listener);
    f.server = accept(f.listener, NULL, NULL);
    return f.server < 0;
}

static int disconnect_fixture(void **state)
{
    (void)state;
    conn_close(&f.conn);
    traffic_done(&f.traffic);
    close(f.server);
    close(f.listener);
    return 0;
}

// The server's end takes all requests that are under way into f.bytes.
static void start_and_serve(size_t n_calls)
{
    for (size_t i = 0; i < n_calls; i++)
        assert_true(conn_start(&f.conn, 1));
    assert_true(conn_send(&f.conn));
    assert_false(conn_has_unsent(&f.conn));
    assert_int_equal(recv(f.server, f.bytes, n_calls * REQUEST, MSG_WAITALL), n_calls * REQUEST);
}

static ssize_t answer(const uint8_t *bytes, size_t len)
{
    uint64_t now_ns;

    assert_int_equal(send(f.server, bytes, len, 0), len);
    wait_readable(f.conn.fd);
    return conn_receive(&f.conn, &f.latency, &now_ns);
}

static void test_echoes_end_calls_round_after_round(void **state)
{
    (void)state;
    for (int round = 0; round < 10; round++) {
        start_and_serve(2);  // 2 of 3: the ring's end falls inside a round
        assert_int_equal(answer(f.bytes, REQUEST + 1), 1);
        assert_int_equal(answer(f.bytes + REQUEST + 1, REQUEST - 1), 1);
    }
    assert_int_equal(f.latency.n_values, 20);
    assert_int_equal(f.conn.n_outstanding, 0);
}

static void test_start_beyond_the_depth_is_refused(void **state)
{
    (void)state;
    start_and_serve(DEPTH);

    assert_false(conn_start(&f.conn, 1));
    assert_int_equal(answer(f.bytes, REQUEST), 1);
    assert_true(conn_start(&f.conn, 1));
}

static void test_one_changed_byte_is_found(void **state)
{
    (void)state;
    start_and_serve(1);
    f.bytes[REQUEST - 1] ^= 1;

    assert_int_equal(answer(f.bytes, REQUEST), -1);
}

static void test_replies_in_the_wrong_order_are_found(void **state)
{
    (void)state;
    start_and_serve(2);

    assert_int_equal(answer(f.bytes + REQUEST, REQUEST), -1);
}

static void test_a_reply_too_many_is_found_unchecked_as_well(void **state)
{
    (void)state;
    f.traffic.is_checked = false;
    start_and_serve(1);

    assert_int_equal(answer(f.bytes, REQUEST), 1);
    assert_int_equal(answer(f.bytes, REQUEST), -1);
}

static void test_a_closed_peer_is_a_broken_connection(void **state)
{
    uint64_t now_ns;

    (void)state;
    shutdown(f.server, SHUT_WR);
    wait_readable(f.conn.fd);

    assert_int_equal(conn_receive(&f.conn, &f.latency, &now_ns), -1);
}

#define CONN_TEST(test) cmocka_unit_test_setup_teardown(test, connect_fixture, disconnect_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CONN_TEST(test_echoes_end_calls_round_after_round),
        CONN_TEST(test_start_beyond_the_depth_is_refused),
        CONN_TEST(test_one_changed_byte_is_found),
        CONN_TEST(test_replies_in_the_wrong_order_are_found),
        CONN_TEST(test_a_reply_too_many_is_found_unchecked_as_well),
        CONN_TEST(test_a_closed_peer_is_a_broken_connection),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
