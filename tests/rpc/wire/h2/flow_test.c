// Windows of HTTP/2 and gRPC's messages in them, with a peer that is made by hand.
#include "tests/support/leak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire/h2/frames.h"

enum { FIRST_WINDOW = 65535, INITIAL_WINDOW_SIZE = 4, MAX_FRAME_SIZE = 5 };

static h2_talk  talk;
static h2_bytes bytes;

static const terni_wire *const wire = &terni_wire_h2;

// A server with call 1 open.
static void begin_server(const terni_wire_limits *limits)
{
    bytes.len = 0;
    h2_talk_init(&talk, TERNI_SERVER, limits);
    h2_bytes_fields(&bytes, 0, 1, H2_TEST_REQUEST);
    h2_talk_feed(&talk, &bytes, 0);
    h2_talk_forget_log(&talk);
}

static void hears(const char *expected)
{
    wire->pump(talk.core.engine);
    assert_string_equal(h2_talk_hear(&talk), expected);
}

// ---- messages in --------------------------------------------------------------

static const char three[] = "\0\0\0\0\1x\0\0\0\0\0\0\0\0\0\2yz";

// Frames have nothing to do with messages: three of these in two frames, cut anywhere, with and without padding.
static void test_messages_are_cut_anywhere_by_frames(void **state)
{
    static const char pad[] = "\0\0\0";

    (void)state;
    for (size_t cut = 0; cut <= 2 * sizeof three; cut++) {
        size_t   n = cut / 2 < sizeof three - 1 ? cut / 2 : sizeof three - 1;
        unsigned flags = cut % 2 ? H2_PADDED : 0;

        begin_server(NULL);
        h2_bytes_prefix(&bytes, n + (flags ? 4 : 0), H2_DATA, flags, 1);
        h2_bytes_add(&bytes, "\3", flags ? 1 : 0);
        h2_bytes_add(&bytes, three, n);
        h2_bytes_add(&bytes, pad, flags ? 3 : 0);
        h2_bytes_frame(&bytes, H2_DATA, H2_END_STREAM, 1, three + n, sizeof three - 1 - n);
        h2_talk_feed(&talk, &bytes, cut % 3);
        assert_string_equal(talk.core.log, "message 1 x; message 1 ; message 1 yz; ended 1; ");
        assert_true(wire->is_owed(talk.core.engine, 0));
        h2_talk_done(&talk);
    }
}

static void test_message_over_max_message_is_refused_by_its_prefix(void **state)
{
    terni_wire_limits limits = wire_core_limits;

    (void)state;
    limits.max_message = 1000;
    begin_server(&limits);
    h2_bytes_frame(&bytes, H2_DATA, 0, 1, "\0\0\0\3\xe8", 5);  // 1,000
    h2_talk_feed(&talk, &bytes, 0);
    hears("");
    h2_talk_done(&talk);
    begin_server(&limits);
    h2_bytes_frame(&bytes, H2_DATA, 0, 1, "\0\0\0\3\xe9", 5);
    h2_bytes_frame(&bytes, H2_DATA, 0, 1, "and more", 8);
    h2_talk_feed(&talk, &bytes, 0);
    hears("HEADERS 1 end [:status=200 content-type=application/grpc grpc-status=8 "
          "grpc-message=a message is larger than max_message]; RST_STREAM 1 NO_ERROR; ");
    assert_true(wire->is_owed(talk.core.engine, 0));
    h2_talk_done(&talk);
}

// A client that keeps to the windows, and has a message of `size` bytes: so much `content` in each frame, of which the
// first `n_padded` have so much `padding`. Returns what of it could be sent.
typedef struct upload upload;
struct upload {
    size_t size, content, padding, n_padded;
};

static size_t send_upload(const upload *u)
{
    static const uint8_t zeros[20000];
    int64_t              one = 256 * 1024 - 5, all = (16 << 20) - 5;
    size_t               sent = 0;
    uint8_t              prefix[5] = { 0 };

    h2_put_u32(prefix + 1, (uint32_t)u->size);
    h2_bytes_frame(&bytes, H2_DATA, 0, 1, prefix, sizeof prefix);
    for (size_t i = 0; sent < u->size; i++) {
        size_t  n = u->size - sent < u->content ? u->size - sent : u->content;
        uint8_t padding = i < u->n_padded ? (uint8_t)u->padding : 0;
        int64_t whole = (int64_t)(n + 1 + padding);

        h2_talk_feed(&talk, &bytes, 0);
        (void)h2_talk_hear(&talk);
        if (whole > one + talk.granted_one || whole > all + talk.granted)
            return sent;
        h2_bytes_prefix(&bytes, (size_t)whole, H2_DATA, H2_PADDED, 1);
        h2_bytes_add(&bytes, &padding, 1);
        h2_bytes_add(&bytes, zeros, n + padding);
        one -= whole, all -= whole;
        sent += n;
    }
    h2_talk_feed(&talk, &bytes, 0);
    return sent;
}

static const upload uploads[] = {
    { 1000, 5, 255, SIZE_MAX },     { 100000, 5, 255, SIZE_MAX },
    { 200000, 5, 255, SIZE_MAX },   { 260000, 5, 255, SIZE_MAX },
    { 314159, 5, 255, SIZE_MAX },   { 5000000, 1000, 255, SIZE_MAX },
    { 300000, 1000, 255, 100 },     { 300000, 100, 255, 500 },
    { 300000, 100, 255, 900 },      { 20000000, 16000, 255, SIZE_MAX },
    { 300000, 16383, 0, SIZE_MAX },
};

static void test_bug_padding_starved_a_long_message(void **state)
{
    (void)state;
    for (const upload *u = uploads; u < uploads + TERN_COUNT_OF(uploads); u++) {
        begin_server(NULL);
        assert_int_equal(send_upload(u), u->size);
        assert_int_equal(talk.core.n_bytes, u->size);
        assert_true(wire->is_owed(talk.core.engine, 0));
        assert_in_range(wire_core_probe(&talk.core, wire_core_find(&talk.core, 1)).stream_left, 0,
                        256 * 1024);
        h2_talk_done(&talk);
    }
}

// A core that does not consume gets no more than the window holds, and the message that is under way.
static void test_padding_is_no_way_round_the_window(void **state)
{
    static const uint8_t part[1000];
    int64_t              one = 256 * 1024;
    unsigned             n = 0;

    (void)state;
    begin_server(NULL);
    talk.core.is_lazy = true;
    for (; n < 10000 && one + talk.granted_one >= 5 + 1 + 900 + 255; n++) {
        h2_bytes_frame(&bytes, H2_DATA, 0, 1, "\0\0\0\x03\x84", 5);  // 900
        h2_bytes_prefix(&bytes, 1 + 600 + 255, H2_DATA, H2_PADDED, 1);
        h2_bytes_add(&bytes, "\xff", 1);
        h2_bytes_add(&bytes, part, 600 + 255);
        h2_bytes_frame(&bytes, H2_DATA, 0, 1, part, 300);
        h2_talk_feed(&talk, &bytes, 0);
        (void)h2_talk_hear(&talk);
        one -= 5 + 1 + 900 + 255;
    }
    assert_in_range(n, 256 * 1024 / (5 + 1 + 900 + 255), 256 * 1024 / 900 + 1);
    assert_int_equal(talk.core.n_bytes, n * 900);
    assert_false(talk.core.has_failed);
    h2_talk_done(&talk);
}

static void test_empty_frames_and_padding_are_given_back(void **state)
{
    (void)state;
    begin_server(NULL);
    for (int i = 0; i < 3000; i++) {
        static const uint8_t padding[256] = { 255 };

        h2_bytes_frame(&bytes, H2_DATA, H2_PADDED, 1, padding, sizeof padding);
        h2_talk_feed(&talk, &bytes, 0);
        (void)h2_talk_hear(&talk);
    }
    assert_in_range(talk.granted_one, 3000 * 256 - 128 * 1024, 3000 * 256);
    assert_false(talk.core.has_failed);
    h2_talk_done(&talk);
}

// ---- overruns -----------------------------------------------------------------

static void test_stream_window_overrun_ends_the_stream(void **state)
{
    static uint8_t    chunk[16384] = { 0, 0, 0, 0x3f, 0xfb };
    terni_wire_limits limits = wire_core_limits;

    (void)state;
    limits.stream_window = 65536;
    begin_server(&limits);
    talk.core.is_lazy = true;
    for (int i = 0; i < 4; i++)
        h2_bytes_frame(&bytes, H2_DATA, 0, 1, chunk, sizeof chunk);
    h2_talk_feed(&talk, &bytes, 0);
    hears("PING sounding; ");
    h2_bytes_frame(&bytes, H2_DATA, 0, 1, chunk, 100);
    h2_bytes_frame(&bytes, H2_PING, 0, 0, "12345678", 8);
    h2_talk_feed(&talk, &bytes, 0);
    hears("RST_STREAM 1 FLOW_CONTROL_ERROR; PING ack 12345678; ");
    assert_true(wire->is_owed(talk.core.engine, wire_core_held(&talk.core)));
    h2_talk_done(&talk);
}

// By one byte; or not.
static void overrun_connection(size_t by)
{
    static uint8_t    chunk[16000] = { 0, 0, 0, 0x3e, 0x7b };
    terni_wire_limits limits = wire_core_limits;

    limits.connection_window = 65535;
    begin_server(&limits);
    talk.core.is_lazy = true;
    for (uint32_t id = 3; id <= 7; id += 2)
        h2_bytes_fields(&bytes, 0, id, H2_TEST_REQUEST);
    for (uint32_t id = 1; id <= 7; id += 2)
        h2_bytes_frame(&bytes, H2_DATA, 0, id, chunk, sizeof chunk);
    h2_talk_feed(&talk, &bytes, 0);
    hears("");
    h2_bytes_frame(&bytes, H2_DATA, 0, 1, chunk,
                   (size_t)wire_core_probe(&talk.core, NULL).left + by);
    h2_talk_feed(&talk, &bytes, 0);
    wire->pump(talk.core.engine);
    assert_string_equal(
        h2_talk_hear(&talk),
        by ? "GOAWAY 7 FLOW_CONTROL_ERROR the peer overran the connection's window; "
           : "WINDOW_UPDATE 0 by 48762; ");  // of a message that turned out longer than its frame
    h2_talk_done(&talk);
}

static void test_connection_window_overrun_ends_the_connection(void **state)
{
    (void)state;
    overrun_connection(0);
    overrun_connection(1);
}

// What comes for a stream that is over counts for the connection, and is given back.
static void test_data_of_streams_that_are_over_are_given_back(void **state)
{
    static uint8_t chunk[16000];

    (void)state;
    begin_server(NULL);
    wire_core_cancel(wire_core_find(&talk.core, 1));
    for (int i = 0; i < 3000; i++) {
        h2_bytes_frame(&bytes, H2_DATA, 0, 1, chunk, sizeof chunk);
        h2_talk_feed(&talk, &bytes, 0);
        (void)h2_talk_hear(&talk);
    }
    assert_false(talk.core.has_failed);
    assert_true(wire->is_owed(talk.core.engine, 0));
    assert_in_range(talk.granted, 3000 * 16000 - (8 << 20), 3000 * 16000);
    h2_talk_done(&talk);
}

// ---- growth -------------------------------------------------------------------

// A peer that has used up more than half of a window of 64 KiB, and then sends `n` chunks of 16 KiB before it
// answers.
static void sound(const terni_wire_limits *limits, int n)
{
    static uint8_t chunk[16384] = { 0, 0, 0, 0x3f, 0xfb };

    begin_server(limits);
    talk.core.is_lazy = true;
    for (int i = 0; i < 3; i++)
        h2_bytes_frame(&bytes, H2_DATA, 0, 1, chunk, sizeof chunk);
    h2_talk_feed(&talk, &bytes, 0);
    hears("PING sounding; ");
    wire_core_consume(wire_core_find(&talk.core, 1));
    talk.core.is_lazy = false;
    for (int i = 0; i < n; i++)
        h2_bytes_frame(&bytes, H2_DATA, 0, 1, chunk, sizeof chunk);
    h2_bytes_frame(&bytes, H2_PING, H2_ACK, 0, "sounding", 8);
    h2_talk_feed(&talk, &bytes, 0);
}

// Returns what the streams' window is afterwards; 0: as it was.
static unsigned long growth(uint32_t connection_window, int n)
{
    terni_wire_limits limits = wire_core_limits;
    const char       *heard;
    unsigned long     window;

    limits.stream_window = 65536;
    limits.connection_window = connection_window;
    sound(&limits, n);
    wire->pump(talk.core.engine);
    heard = strstr(h2_talk_hear(&talk), "SETTINGS 4=");
    window = heard ? strtoul(heard + strlen("SETTINGS 4="), NULL, 10) : 0;
    assert_true(wire->is_owed(talk.core.engine, wire_core_held(&talk.core)));
    h2_talk_done(&talk);
    return window;
}

static void test_window_grows_when_most_of_it_is_under_way(void **state)
{
    (void)state;
    assert_int_equal(growth(1 << 20, 3), 2 * 3 * 16384);
    assert_int_equal(growth(1 << 20, 2), 0);
}

static void test_window_is_never_wider_than_the_connections(void **state)
{
    (void)state;
    assert_int_equal(growth(70000, 3), 70000);
}

// ---- messages out ---------------------------------------------------------------

static void send_count(size_t n)
{
    terni_body body = wire_core_count(n);

    assert_int_equal(wire_core_send(wire_core_find(&talk.core, 1), &body, false), 0);
}

static void test_message_goes_as_the_stream_window_allows(void **state)
{
    (void)state;
    begin_server(NULL);
    h2_bytes_setting(&bytes, INITIAL_WINDOW_SIZE, 1);
    h2_talk_feed(&talk, &bytes, 0);
    hears("SETTINGS ack; ");
    send_count(10);
    hears("HEADERS 1 [:status=200 content-type=application/grpc]; DATA 1 of 1; ");
    h2_bytes_u32(&bytes, H2_WINDOW_UPDATE, 1, 3);
    h2_talk_feed(&talk, &bytes, 0);
    hears("DATA 1 of 3; ");
    h2_bytes_setting(&bytes, INITIAL_WINDOW_SIZE, 3);
    h2_talk_feed(&talk, &bytes, 0);
    hears("SETTINGS ack; DATA 1 of 2; ");
    h2_bytes_u32(&bytes, H2_WINDOW_UPDATE, 1, 100);
    h2_talk_feed(&talk, &bytes, 0);
    hears("DATA 1 of 9; ");
    assert_string_equal(talk.core.log, "writable; ");
    h2_talk_done(&talk);
}

static void test_window_that_settings_make_negative_has_to_be_filled_first(void **state)
{
    (void)state;
    begin_server(NULL);
    send_count(1000);
    hears("HEADERS 1 [:status=200 content-type=application/grpc]; DATA 1 of 1005; ");
    h2_bytes_setting(&bytes, INITIAL_WINDOW_SIZE, 0);
    h2_talk_feed(&talk, &bytes, 0);
    assert_int_equal(wire_core_probe(&talk.core, wire_core_find(&talk.core, 1)).stream_send_window,
                     -1005);
    send_count(10);
    hears("SETTINGS ack; ");
    h2_bytes_u32(&bytes, H2_WINDOW_UPDATE, 1, 1005);
    h2_talk_feed(&talk, &bytes, 0);
    hears("");
    h2_bytes_u32(&bytes, H2_WINDOW_UPDATE, 1, 1);
    h2_talk_feed(&talk, &bytes, 0);
    hears("DATA 1 of 1; ");
    h2_bytes_setting(&bytes, INITIAL_WINDOW_SIZE, 65535);
    h2_talk_feed(&talk, &bytes, 0);
    hears("SETTINGS ack; DATA 1 of 14; ");
    h2_talk_done(&talk);
}

// Two values in one SETTINGS frame hold one after the other.
static void test_last_of_several_initial_windows_holds(void **state)
{
    static const char both[] = "\0\4\0\0\0\x64\0\4\0\0\0\1";

    (void)state;
    begin_server(NULL);
    h2_bytes_frame(&bytes, H2_SETTINGS, 0, 0, both, sizeof both - 1);
    h2_talk_feed(&talk, &bytes, 0);
    send_count(10);
    hears("SETTINGS ack; HEADERS 1 [:status=200 content-type=application/grpc]; DATA 1 of 1; ");
    h2_talk_done(&talk);
}

static void test_message_goes_as_the_connection_window_allows(void **state)
{
    (void)state;
    begin_server(NULL);
    h2_bytes_setting(&bytes, INITIAL_WINDOW_SIZE, 1 << 20);
    h2_talk_feed(&talk, &bytes, 0);
    send_count(100000);
    hears("SETTINGS ack; HEADERS 1 [:status=200 content-type=application/grpc]; DATA 1 of 16384; "
          "DATA 1 of 16384; DATA 1 of 16384; DATA 1 of 16383; ");
    h2_bytes_u32(&bytes, H2_WINDOW_UPDATE, 0, 20000);
    h2_talk_feed(&talk, &bytes, 0);
    hears("DATA 1 of 16384; DATA 1 of 3616; ");
    h2_bytes_u32(&bytes, H2_WINDOW_UPDATE, 0, 20000);
    h2_talk_feed(&talk, &bytes, 0);
    hears("DATA 1 of 14470; ");
    h2_talk_done(&talk);
}

static void test_frames_are_as_long_as_the_peer_takes_them(void **state)
{
    (void)state;
    begin_server(NULL);
    h2_bytes_setting(&bytes, MAX_FRAME_SIZE, 50000);
    h2_talk_feed(&talk, &bytes, 0);
    send_count(60000);
    hears(
        "SETTINGS ack; HEADERS 1 [:status=200 content-type=application/grpc]; DATA 1 of 50000; DATA 1 of 10005; ");
    h2_talk_done(&talk);
}

static void test_answer_waits_behind_its_last_message(void **state)
{
    terni_body body = wire_core_count(100);
    wire_call *call;

    (void)state;
    begin_server(NULL);
    h2_bytes_setting(&bytes, INITIAL_WINDOW_SIZE, 5);
    h2_talk_feed(&talk, &bytes, 0);
    call = wire_core_find(&talk.core, 1);
    assert_int_equal(wire_core_finish(call, 5, &body), 1);
    hears("SETTINGS ack; HEADERS 1 [:status=200 content-type=application/grpc]; DATA 1 of 5; ");
    h2_bytes_u32(&bytes, H2_WINDOW_UPDATE, 1, 100);
    h2_talk_feed(&talk, &bytes, 0);
    hears("DATA 1 of 100; HEADERS 1 end [grpc-status=5]; RST_STREAM 1 NO_ERROR; ");
    assert_string_equal(talk.core.log, "writable; ");
    h2_talk_done(&talk);
}

// Before a byte of the message is out there is a place for a status; then only a reset is left.
static void test_cancel_of_what_waits_says_a_status_or_resets(void **state)
{
    terni_body body = wire_core_count(100);

    (void)state;
    for (uint32_t window = 0; window < 2; window++) {
        begin_server(NULL);
        h2_bytes_setting(&bytes, INITIAL_WINDOW_SIZE, window);
        h2_talk_feed(&talk, &bytes, 0);
        assert_int_equal(wire_core_send(wire_core_find(&talk.core, 1), &body, false), 0);
        wire->pump(talk.core.engine);
        wire_core_cancel(wire_core_find(&talk.core, 1));
        hears(
            window
                ? "SETTINGS ack; HEADERS 1 [:status=200 content-type=application/grpc]; DATA 1 of 1; RST_STREAM 1 CANCEL; "
                : "SETTINGS ack; HEADERS 1 [:status=200 content-type=application/grpc]; "
                  "HEADERS 1 end [grpc-status=1 grpc-message=enough]; RST_STREAM 1 NO_ERROR; ");
        h2_talk_done(&talk);
    }
}

// ---- floods ---------------------------------------------------------------------

static void test_flood_of_pings_that_nobody_reads_is_ended(void **state)
{
    (void)state;
    begin_server(NULL);
    for (int i = 0; i < 100000 && !talk.core.has_failed; i++) {
        h2_bytes_frame(&bytes, H2_PING, 0, 0, "12345678", 8);
        h2_talk_feed(&talk, &bytes, 0);
    }
    assert_true(talk.core.has_failed);
    assert_in_range(talk.core.out.len, 1 << 20, 2 << 20);
    h2_talk_done(&talk);
}

typedef struct flood flood;
struct flood {
    const char *name;
    void (*add)(uint32_t i);
};

static void add_ping(uint32_t i)
{
    (void)i;
    h2_bytes_frame(&bytes, H2_PING, 0, 0, "12345678", 8);
}

static void add_settings(uint32_t i)
{
    (void)i;
    h2_bytes_frame(&bytes, H2_SETTINGS, 0, 0, "", 0);
}

static void add_priority(uint32_t i)
{
    (void)i;
    h2_bytes_frame(&bytes, H2_PRIORITY, 0, 1, "\0\0\0\0\1", 5);
}

static void add_empty_data(uint32_t i)
{
    (void)i;
    h2_bytes_frame(&bytes, H2_DATA, 0, 1, "", 0);
}

static void add_extension(uint32_t i)
{
    (void)i;
    h2_bytes_frame(&bytes, 0x55, 0, 1, "what", 4);
}

static void add_rapid_reset(uint32_t i)
{
    h2_bytes_fields(&bytes, 0, 3 + 2 * i, H2_TEST_REQUEST);
    h2_bytes_u32(&bytes, H2_RST_STREAM, 3 + 2 * i, H2_CANCEL);
}

static void add_broken_call(uint32_t i)
{
    h2_bytes_fields(&bytes, 0, 3 + 2 * i, ":method: POST\n");
}

static void add_call_that_we_reset(uint32_t i)
{
    h2_bytes_fields(&bytes, 0, 3 + 2 * i, H2_TEST_REQUEST);
    h2_bytes_u32(&bytes, H2_WINDOW_UPDATE, 3 + 2 * i, 0);
}

static const flood floods[] = {
    { "PING", add_ping },
    { "SETTINGS", add_settings },
    { "PRIORITY", add_priority },
    { "empty DATA", add_empty_data },
    { "a kind that nobody knows", add_extension },
    { "rapid reset", add_rapid_reset },
    { "broken calls", add_broken_call },
    { "calls that we have to reset", add_call_that_we_reset },
};

// Whoever reads all answers in time does not get further.
static void test_floods_are_borne_as_long_as_max_nuisance_says(void **state)
{
    terni_wire_limits limits = wire_core_limits;

    (void)state;
    limits.max_nuisance = 100;
    for (const flood *f = floods; f < floods + TERN_COUNT_OF(floods); f++) {
        uint32_t n = 0;

        begin_server(&limits);
        for (; n < 1000 && !talk.core.has_failed; n++) {
            f->add(n);
            h2_talk_feed(&talk, &bytes, 0);
            (void)h2_talk_hear(&talk);
        }
        if (n != 101)
            fail_msg("%s: %u", f->name, n);
        assert_non_null(strstr(talk.said, "ENHANCE_YOUR_CALM"));
        h2_talk_done(&talk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_messages_are_cut_anywhere_by_frames),
        TERN_TEST(test_message_over_max_message_is_refused_by_its_prefix),
        TERN_TEST(test_bug_padding_starved_a_long_message),
        TERN_TEST(test_padding_is_no_way_round_the_window),
        TERN_TEST(test_empty_frames_and_padding_are_given_back),
        TERN_TEST(test_stream_window_overrun_ends_the_stream),
        TERN_TEST(test_connection_window_overrun_ends_the_connection),
        TERN_TEST(test_data_of_streams_that_are_over_are_given_back),
        TERN_TEST(test_window_grows_when_most_of_it_is_under_way),
        TERN_TEST(test_window_is_never_wider_than_the_connections),
        TERN_TEST(test_message_goes_as_the_stream_window_allows),
        TERN_TEST(test_window_that_settings_make_negative_has_to_be_filled_first),
        TERN_TEST(test_last_of_several_initial_windows_holds),
        TERN_TEST(test_message_goes_as_the_connection_window_allows),
        TERN_TEST(test_frames_are_as_long_as_the_peer_takes_them),
        TERN_TEST(test_answer_waits_behind_its_last_message),
        TERN_TEST(test_cancel_of_what_waits_says_a_status_or_resets),
        TERN_TEST(test_flood_of_pings_that_nobody_reads_is_ended),
        TERN_TEST(test_floods_are_borne_as_long_as_max_nuisance_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
