#include "tests/support/test.h"

#include <string.h>

#include "bench/native.h"

enum { N_CALLS = 5, PAYLOAD = 13, MAX_STREAM = 1024 };

static const uint8_t payload[PAYLOAD] = "hello, world";

// What a server says: preface, settings, the reply to the greeting, and those to N_CALLS calls.
static uint8_t  stream[MAX_STREAM];
static size_t   stream_len, greeting_len;
static uint64_t calls[N_CALLS];

static void put(const void *bytes, size_t len)
{
    if (len > 0)
        memcpy(stream + stream_len, bytes, len);
    stream_len += len;
}

static void put_frame(uint32_t number, uint8_t kind, uint8_t flags, const void *head,
                      size_t head_len, const void *body, size_t body_len)
{
    uint8_t prefix[NATIVE_PREFIX];

    native_put_prefix(prefix, head_len, body_len, number, kind, flags);
    put(prefix, sizeof prefix);
    put(head, head_len);
    put(body, body_len);
}

static void put_window(uint32_t number, uint32_t bytes)
{
    uint8_t head[8] = { 0x08 };

    put_frame(number, NATIVE_WINDOW_KIND, 0, head,
              (size_t)(native_put_varint(head + 1, bytes) - head), NULL, 0);
}

static void put_reply(uint64_t call, uint8_t kind)
{
    uint8_t message[16 + PAYLOAD];
    size_t  n = native_put_message(message, PAYLOAD, call);

    memcpy(message + n, payload, PAYLOAD);
    put_frame(kind == NATIVE_CLOSE ? (uint32_t)call + 2 : 1, kind, NATIVE_MESSAGE, NULL, 0, message,
              n + PAYLOAD);
}

// Tern's own settings, as docs/wire.md lists them.
static int put_greeting(uint8_t kind)
{
    static const uint8_t settings[] = { 0x08, 0x80, 0x80, 0x44, 0x28, 0x80, 0x80,
                                        0x10, 0x30, 0x80, 0x80, 0x80, 0x08 };

    stream_len = 0;
    put("TERN\r\n\1", 8);
    put_frame(0, NATIVE_SETTINGS, 0, settings, sizeof settings, NULL, 0);
    put_frame(1, kind, NATIVE_MESSAGE, NULL, 0, NULL, 0);
    greeting_len = stream_len;
    return 0;
}

static int setup(void **state)
{
    (void)state;
    return put_greeting(NATIVE_CLOSE);
}

// A scan that has read what is in the stream so far.
static struct scan greeted(const struct protocol *protocol)
{
    struct scan s = { 0 };
    uint8_t     bytes[PROTOCOL_MAX_GREETING];

    assert_in_range(protocol->greet(&s, bytes), 1, sizeof bytes);
    assert_int_equal(protocol->scan(&s, PAYLOAD, stream, stream_len, calls, 0), 0);
    assert_true(s.is_greeted);
    stream_len = 0;
    return s;
}

static ssize_t scan(struct scan *s)
{
    ssize_t n = native_scan(s, PAYLOAD, stream, stream_len, calls, N_CALLS);

    stream_len = 0;
    return n;
}

// Feeds the stream in pieces and checks that call after call ends.
static void feed(const struct protocol *protocol, size_t piece)
{
    struct scan s = { 0 };
    uint8_t     bytes[PROTOCOL_MAX_GREETING];
    uint64_t    n_ended = 0;

    protocol->greet(&s, bytes);
    protocol->check(&s, payload);
    for (size_t pos = 0; pos < stream_len; pos += piece) {
        const size_t  len = piece < stream_len - pos ? piece : stream_len - pos;
        const ssize_t n = protocol->scan(&s, PAYLOAD, stream + pos, len, calls, N_CALLS);

        assert_true(n >= 0);
        assert_int_equal(s.is_greeted, pos + len >= greeting_len);
        for (ssize_t i = 0; i < n; i++)
            assert_int_equal(calls[i], n_ended++);
    }
    assert_int_equal(n_ended, N_CALLS);
}

static void test_scan_in_pieces_of_any_size_ends_the_same_calls(void **state)
{
    (void)state;
    for (uint64_t i = 0; i < N_CALLS; i++)
        put_reply(i, NATIVE_CLOSE);
    for (size_t piece = 1; piece <= stream_len; piece++)
        feed(&protocol_native, piece);
}

static void test_replies_of_a_stream_end_calls_in_order(void **state)
{
    (void)state;
    put_greeting(NATIVE_DATA);
    for (uint64_t i = 0; i < N_CALLS; i++)
        put_reply(i, NATIVE_DATA);
    for (size_t piece = 1; piece <= stream_len; piece++)
        feed(&protocol_native_stream, piece);
}

static void test_a_unary_request_is_one_open_with_path_number_and_deadline(void **state)
{
    static const uint8_t expected[] = { 0,    0, 0,    28,   0,    0,    0,    7,    0,
                                        7,    1, 3,    0x10, 1,    0x18, 0x80, 0x87, 0xa7,
                                        0x0e, 8, 0x85, 0x80, 0x80, 0x80, 1,    0x12, PAYLOAD };
    uint8_t              request[sizeof expected + PAYLOAD];

    (void)state;
    assert_int_equal(protocol_native.request_size(PAYLOAD), sizeof request);
    protocol_native.encode(request, payload, PAYLOAD);
    protocol_native.stamp(request, PAYLOAD, 5);
    assert_memory_equal(request, expected, sizeof expected);
    assert_memory_equal(request + sizeof expected, payload, PAYLOAD);
}

static void test_a_window_holds_requests_back_until_credit_comes(void **state)
{
    struct scan    s = greeted(&protocol_native);
    const size_t   size = protocol_native.request_size(PAYLOAD);
    const uint64_t n_fit = 16 * 1024 * 1024 / native_message_len(PAYLOAD);
    uint64_t       n;

    (void)state;
    n = protocol_native.permit(&s, PAYLOAD, 0, (n_fit + 10) * size);
    assert_int_equal(n, n_fit * size);
    put_window(0, (uint32_t)(2 * native_message_len(PAYLOAD)));
    assert_int_equal(scan(&s), 0);
    assert_int_equal(protocol_native.permit(&s, PAYLOAD, n, (n_fit + 10) * size), n + 2 * size);
}

static void test_a_long_request_waits_for_its_streams_grant(void **state)
{
    const size_t   len = 4 * 1024 * 1024;
    struct scan    s = greeted(&protocol_native);
    const uint64_t size = protocol_native.request_size(len);
    const uint64_t first = protocol_native.permit(&s, len, 0, size);

    (void)state;
    assert_in_range(first, 1024 * 1024, 1200 * 1024);
    put_window(1, (uint32_t)len);  // of another stream
    put_window(2, (uint32_t)len);
    assert_int_equal(scan(&s), 0);
    assert_int_equal(protocol_native.permit(&s, len, first, size), size);
}

static void test_credit_goes_back_after_half_a_window(void **state)
{
    struct scan s = greeted(&protocol_native);
    uint8_t     bytes[PROTOCOL_MAX_CONTROL];

    (void)state;
    s.native.unacked = NATIVE_WINDOW / 2 - native_message_len(PAYLOAD);
    assert_int_equal(protocol_native.control(&s, bytes), 0);
    put_reply(0, NATIVE_CLOSE);
    assert_int_equal(scan(&s), 1);
    assert_int_equal(protocol_native.control(&s, bytes), NATIVE_PREFIX + 6);
    assert_int_equal(bytes[10], NATIVE_WINDOW_KIND);
    assert_int_equal(protocol_native.control(&s, bytes), 0);
}

static void test_a_ping_is_answered_once_with_its_own_bytes(void **state)
{
    struct scan s = greeted(&protocol_native);
    uint8_t     bytes[PROTOCOL_MAX_CONTROL];

    (void)state;
    put_frame(0, NATIVE_PING, 0, NULL, 0, "12345678", 8);
    assert_int_equal(scan(&s), 0);
    assert_int_equal(protocol_native.control(&s, bytes), NATIVE_PREFIX + 8);
    assert_int_equal(bytes[11], NATIVE_ACK);
    assert_memory_equal(bytes + NATIVE_PREFIX, "12345678", 8);
    assert_int_equal(protocol_native.control(&s, bytes), 0);
}

static void test_a_reply_of_another_length_breaks_the_stream(void **state)
{
    struct scan s = greeted(&protocol_native);

    (void)state;
    put_frame(2, NATIVE_CLOSE, NATIVE_MESSAGE, NULL, 0, "short", 5);
    assert_int_equal(scan(&s), -1);
}

static void test_one_changed_byte_is_found(void **state)
{
    struct scan s = greeted(&protocol_native);

    (void)state;
    protocol_native.check(&s, payload);
    put_reply(0, NATIVE_CLOSE);
    stream[stream_len - 1] ^= 1;
    assert_int_equal(scan(&s), -1);
}

static void test_a_status_that_is_not_ok_breaks_the_stream(void **state)
{
    static const uint8_t head[] = { 0x08, 14, 0x12, 4, 'b', 'u', 's', 'y' };
    struct scan          s = greeted(&protocol_native);

    (void)state;
    put_frame(2, NATIVE_CLOSE, 0, head, sizeof head, NULL, 0);
    assert_int_equal(scan(&s), -1);
    put_frame(3, NATIVE_RESET, 0, head, sizeof head, NULL, 0);
    assert_int_equal(scan(&s), -1);
}

static void test_another_preface_breaks_the_stream(void **state)
{
    struct scan s = { 0 };

    (void)state;
    assert_int_equal(native_scan(&s, PAYLOAD, (const uint8_t *)"HTTP/1.1", 8, calls, 0), -1);
}

#define NATIVE_TEST(test) cmocka_unit_test_setup(test, setup)

int main(void)
{
    const struct CMUnitTest tests[] = {
        NATIVE_TEST(test_scan_in_pieces_of_any_size_ends_the_same_calls),
        NATIVE_TEST(test_replies_of_a_stream_end_calls_in_order),
        NATIVE_TEST(test_a_unary_request_is_one_open_with_path_number_and_deadline),
        NATIVE_TEST(test_a_window_holds_requests_back_until_credit_comes),
        NATIVE_TEST(test_a_long_request_waits_for_its_streams_grant),
        NATIVE_TEST(test_credit_goes_back_after_half_a_window),
        NATIVE_TEST(test_a_ping_is_answered_once_with_its_own_bytes),
        NATIVE_TEST(test_a_reply_of_another_length_breaks_the_stream),
        NATIVE_TEST(test_one_changed_byte_is_found),
        NATIVE_TEST(test_a_status_that_is_not_ok_breaks_the_stream),
        NATIVE_TEST(test_another_preface_breaks_the_stream),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
