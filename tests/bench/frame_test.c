#include "tests/support/test.h"

#include <string.h>

#include "bench/protocol.h"

enum { N_CALLS = 5, PAYLOAD = 13, REQUEST = 4 + PAYLOAD };

static uint8_t  stream[N_CALLS * REQUEST];
static uint64_t calls[N_CALLS];

static int encode_stream(void **state)
{
    const uint8_t payload[PAYLOAD] = "hello, world";

    (void)state;
    for (size_t i = 0; i < N_CALLS; i++) {
        protocol_numbered_frame.encode(stream + i * REQUEST, payload, PAYLOAD);
        protocol_numbered_frame.stamp(stream + i * REQUEST, PAYLOAD, i);
    }
    return 0;
}

// Feeds the stream in pieces and checks that call after call ends, none early.
static void feed(size_t piece)
{
    struct scan s = { 0 };
    uint64_t    n_ended = 0;

    for (size_t pos = 0; pos < sizeof stream; pos += piece) {
        const size_t  len = piece < sizeof stream - pos ? piece : sizeof stream - pos;
        const ssize_t n = protocol_frame.scan(&s, PAYLOAD, stream + pos, len, calls, N_CALLS);

        assert_true(n >= 0);
        for (ssize_t i = 0; i < n; i++)
            assert_int_equal(calls[i], n_ended++);
        assert_int_equal(n_ended, (pos + len) / REQUEST);
    }
    assert_int_equal(n_ended, N_CALLS);
}

static void test_scan_in_pieces_of_any_size_ends_the_same_calls(void **state)
{
    (void)state;
    for (size_t piece = 1; piece <= sizeof stream; piece++)
        feed(piece);
}

static void test_encode_writes_a_big_endian_length(void **state)
{
    const uint8_t head[4] = { 0, 0, 0, PAYLOAD };

    (void)state;
    assert_memory_equal(stream, head, sizeof head);
    assert_int_equal(protocol_frame.request_size(PAYLOAD), REQUEST);
}

static void test_stamp_makes_calls_differ_and_stays_in_the_payload(void **state)
{
    uint8_t tiny[4 + 3] = { 0 };

    (void)state;
    assert_memory_not_equal(stream, stream + REQUEST, REQUEST);
    protocol_numbered_frame.encode(tiny, tiny, 2);
    tiny[6] = 0x55;
    protocol_numbered_frame.stamp(tiny, 2, UINT64_MAX);
    assert_int_equal(tiny[5], 0xff);
    assert_int_equal(tiny[6], 0x55);
}

static void test_empty_payloads_end_calls(void **state)
{
    const uint8_t heads[8] = { 0 };
    struct scan   s = { 0 };

    (void)state;
    assert_int_equal(protocol_frame.scan(&s, 0, heads, sizeof heads, calls, N_CALLS), 2);
}

static void test_a_wrong_length_breaks_the_stream(void **state)
{
    struct scan s = { 0 };

    (void)state;
    assert_int_equal(protocol_frame.scan(&s, PAYLOAD + 1, stream, REQUEST, calls, N_CALLS), -1);
}

static void test_more_replies_than_calls_break_the_stream(void **state)
{
    struct scan s = { 0 };

    (void)state;
    assert_int_equal(protocol_frame.scan(&s, PAYLOAD, stream, sizeof stream, calls, 4), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_scan_in_pieces_of_any_size_ends_the_same_calls),
        cmocka_unit_test(test_encode_writes_a_big_endian_length),
        cmocka_unit_test(test_stamp_makes_calls_differ_and_stays_in_the_payload),
        cmocka_unit_test(test_empty_payloads_end_calls),
        cmocka_unit_test(test_a_wrong_length_breaks_the_stream),
        cmocka_unit_test(test_more_replies_than_calls_break_the_stream),
    };

    return cmocka_run_group_tests(tests, encode_stream, NULL);
}
