// Prefaces and SETTINGS of HTTP/2, and the header blocks that an engine writes: what goes into the peer's table, and
// what is cut into several frames.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/wire/h2/engine_internal.h"
#include "tests/rpc/wire/h2/frames.h"

enum { HEADER_TABLE_SIZE = 1, MAX_CONCURRENT_STREAMS = 3, MAX_HEADER_LIST_SIZE = 6 };

static h2_talk  talk;
static h2_bytes bytes;

static const terni_wire *const wire = &terni_wire_h2;
static const terni_open        call_ab = { .path = "/a/b", .path_len = 4 };

static void begin(terni_role role)
{
    bytes.len = 0;
    h2_talk_init(&talk, role, NULL);
}

static void hears(const char *expected) { assert_string_equal(h2_talk_hear(&talk), expected); }

// ---- prefaces --------------------------------------------------------------

#define PREFACE        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
#define EMPTY_SETTINGS "\0\0\0\4\0\0\0\0\0"
#define TEXT(bytes)    bytes, sizeof(bytes) - 1

static const struct {
    const char *bytes;
    size_t      len;
    const char *log;
} beginnings[] = {
    { TEXT(PREFACE), "" },
    { TEXT(PREFACE EMPTY_SETTINGS), "settled; " },
    { TEXT("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\r"), "failed 1 the peer does not speak HTTP/2; " },
    { TEXT("GET / HTTP/1.1\r\nHost: a\r\n\r\n"), "failed 1 the peer does not speak HTTP/2; " },
    { TEXT(PREFACE "\0\0\x08\6\0\0\0\0\0"
                   "12345678"),
      "failed 1 the first frame is not SETTINGS; " },
    { TEXT(PREFACE "\0\0\0\4\1\0\0\0\0"), "failed 1 the first frame is not SETTINGS; " },
    { TEXT(PREFACE "\0\0\0\x55\0\0\0\0\0"), "failed 1 the first frame is not SETTINGS; " },
    { TEXT(PREFACE "\0\x40\1\4\0\0\0\0\0"),
      "failed 6 a frame is larger than SETTINGS_MAX_FRAME_SIZE; " },
};

static void test_beginning_that_is_wrong_ends_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < 2 * TERN_COUNT_OF(beginnings); i++) {
        wire_core core;

        assert_true(wire_core_init(&core, wire, TERNI_SERVER, NULL));
        wire_core_feed(&core, (const uint8_t *)beginnings[i / 2].bytes, beginnings[i / 2].len,
                       i % 2);
        assert_string_equal(core.log, beginnings[i / 2].log);
        wire_core_done(&core);
    }
}

// A server's preface is its SETTINGS.
static void test_client_wants_settings_first(void **state)
{
    wire_core core;

    (void)state;
    assert_true(wire_core_init(&core, wire, TERNI_CLIENT, NULL));
    wire_core_feed(&core, (const uint8_t *)"HTTP/1.1 400 Bad Request\r\n\r\n", 28, 0);
    assert_true(core.has_failed);
    wire_core_done(&core);
    assert_true(wire_core_init(&core, wire, TERNI_CLIENT, NULL));
    wire_core_feed(&core, (const uint8_t *)EMPTY_SETTINGS, 9, 1);
    assert_string_equal(core.log, "settled; ");
    wire_core_done(&core);
}

static void test_server_says_nothing_before_the_preface(void **state)
{
    wire_core core;

    (void)state;
    assert_true(wire_core_init(&core, wire, TERNI_SERVER, NULL));
    wire->ping(core.engine, 1);
    wire->goaway(core.engine, false, 0, "soon");
    wire_core_feed(&core, (const uint8_t *)PREFACE, 23, 0);
    assert_int_equal(core.out.len, 0);
    wire_core_feed(&core, (const uint8_t *)PREFACE + 23, 1, 0);
    assert_int_equal(core.out.len,
                     9 + 4 * 6 + 13);  // SETTINGS, and what the connection's window has more
    wire_core_done(&core);
}

static void test_sniff_is_sure_at_24_bytes(void **state)
{
    const uint8_t *good = (const uint8_t *)PREFACE;

    (void)state;
    for (size_t len = 0; len < 24; len++) {
        uint8_t bad[24];

        assert_int_equal(wire->sniff(good, len), TERNI_SNIFF_MORE);
        memcpy(bad, good, sizeof bad);
        bad[len] ^= 1;
        assert_int_equal(wire->sniff(bad, len + 1), TERNI_SNIFF_NO);
    }
    assert_int_equal(wire->sniff(good, 24), TERNI_SNIFF_YES);
    assert_int_equal(wire->sniff((const uint8_t *)"TERN\r\n\1\0", 8), TERNI_SNIFF_NO);
}

// ---- what we announce ------------------------------------------------------

static void assert_announces(terni_role role, const char *settings, size_t len)
{
    uint8_t   out[128];
    wire_core core;
    size_t    at = role == TERNI_CLIENT ? 24 : 0;

    assert_true(wire_core_init(&core, wire, role, &terni_limits_default));
    wire_core_feed(&core, (const uint8_t *)PREFACE, role == TERNI_SERVER ? 24 : 0, 0);
    assert_int_equal(core.out.len, at + len + 13);
    assert_true(tern_linkbuf_copy_out(&core.out, 0, out, core.out.len));
    assert_memory_equal(out + at, settings, len);
    assert_memory_equal(out + at + len, "\0\0\4\x08\0\0\0\0\0\0\xff\0\1", 13);  // 16 MiB in all
    wire_core_done(&core);
}

static void test_limits_are_announced(void **state)
{
    (void)state;
    assert_announces(TERNI_CLIENT, TEXT("\0\0\x18\4\0\0\0\0\0"
                                        "\0\2\0\0\0\0"
                                        "\0\4\0\4\0\0"
                                        "\0\5\0\0\x40\0"
                                        "\0\6\0\1\0\0"));
    assert_announces(TERNI_SERVER, TEXT("\0\0\x18\4\0\0\0\0\0"
                                        "\0\3\0\0\x27\x10"
                                        "\0\4\0\4\0\0"
                                        "\0\5\0\0\x40\0"
                                        "\0\6\0\1\0\0"));
}

static void test_limits_are_raised_to_what_holds_at_first(void **state)
{
    terni_wire_limits low = { .max_message = 1 }, high = { .stream_window = UINT32_MAX,
                                                           .connection_window = UINT32_MAX,
                                                           .h2.max_frame = UINT32_MAX };

    (void)state;
    wire->raise(&low);
    assert_int_equal(low.stream_window, 65535);
    assert_int_equal(low.connection_window, 65535);
    assert_int_equal(low.h2.max_frame, 16384);
    wire->raise(&high);
    assert_int_equal(high.stream_window, INT32_MAX);
    assert_int_equal(high.connection_window, INT32_MAX);
    assert_int_equal(high.h2.max_frame, (1 << 24) - 1);
}

// ---- a client's calls ------------------------------------------------------

#define AGENT "user-agent=grpc-c-tern"
#define HEAD  ":method=POST :scheme=http :path=/a/b te=trailers content-type=application/grpc " AGENT

static void test_second_call_of_a_path_is_all_indices(void **state)
{
    size_t first, second;

    (void)state;
    begin(TERNI_CLIENT);
    wire_core_call(&talk.core, "/a/b", NULL, true);
    first = talk.core.out.len;
    hears("HEADERS 1 end [" HEAD "]; ");
    wire_core_call(&talk.core, "/a/b", NULL, true);
    second = talk.core.out.len;
    hears("HEADERS 3 end [" HEAD "]; ");
    assert_true(first > 60);
    assert_int_equal(second, 9 + 6);
    h2_talk_done(&talk);
}

static void test_everything_of_a_call_is_in_its_head(void **state)
{
    static const terni_meta meta[] = { { "k", (const uint8_t *)"v", 1, 1 },
                                       { "x-bin", (const uint8_t *)"\1\2", 5, 2 },
                                       { "authorization", (const uint8_t *)"s", 13, 1 } };
    terni_wire_limits       limits = wire_core_limits;
    terni_open              open = call_ab;

    (void)state;
    limits.encodings = "gzip,zstd";
    bytes.len = 0;
    h2_talk_init(&talk, TERNI_CLIENT, &limits);
    open.authority = "host:1", open.authority_len = 6;
    open.encoding = "gzip", open.encoding_len = 4;
    open.timeout_us = 1500;
    open.metadata = (terni_meta_list){ meta, TERN_COUNT_OF(meta) };
    for (int i = 0; i < 2; i++) {
        assert_non_null(wire_core_call_with(&talk.core, &open, NULL, true, NULL));
        assert_non_null(strstr(
            h2_talk_hear(&talk),
            " end [:method=POST :scheme=http :path=/a/b :authority=host:1 grpc-timeout=1500u te=trailers "
            "content-type=application/grpc " AGENT
            " grpc-encoding=gzip grpc-accept-encoding=gzip,zstd "
            "k=v x-bin=AQI authorization=s]; "));
    }
    h2_talk_done(&talk);
}

// More paths than the table takes: the others are written out each time.
static void test_paths_beyond_the_table_go_as_text(void **state)
{
    static char paths[200][200];

    (void)state;
    begin(TERNI_CLIENT);
    for (unsigned i = 0; i < 2 * TERN_COUNT_OF(paths); i++) {
        char *path = paths[i / 2], expected[300];

        snprintf(path, sizeof paths[0], "/a/%0*u", i < 300 ? 100 : 1, i / 2);
        wire_core_call(&talk.core, path, NULL, true);
        snprintf(expected, sizeof expected, " :path=%s ", path);
        assert_non_null(strstr(h2_talk_hear(&talk), expected));
    }
    h2_talk_done(&talk);
}

static void test_table_that_the_peer_shrinks_is_used_no_more(void **state)
{
    static const uint32_t sizes[] = { 0, 100, 4095 };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(sizes); i++) {
        begin(TERNI_CLIENT);
        wire_core_call(&talk.core, "/a/b", NULL, true);
        h2_bytes_setting(&bytes, HEADER_TABLE_SIZE, sizes[i]);
        h2_bytes_setting(&bytes, HEADER_TABLE_SIZE, 4096);
        h2_talk_feed(&talk, &bytes, 0);
        wire_core_call(&talk.core, "/a/b", NULL, true);
        wire_core_call(&talk.core, "/a/b", NULL, true);
        hears("HEADERS 1 end [" HEAD "]; SETTINGS ack; SETTINGS ack; HEADERS 3 end [" HEAD
              "]; HEADERS 5 end [" HEAD "]; ");
        assert_int_equal(talk.hpack.table.n, 0);
        h2_talk_done(&talk);
    }
}

static void test_table_of_any_larger_size_is_used_as_before(void **state)
{
    (void)state;
    begin(TERNI_CLIENT);
    h2_bytes_setting(&bytes, HEADER_TABLE_SIZE, UINT32_MAX);
    h2_talk_feed(&talk, &bytes, 0);
    wire_core_call(&talk.core, "/a/b", NULL, true);
    hears("SETTINGS ack; HEADERS 1 end [" HEAD "]; ");
    assert_int_equal(talk.hpack.table.n, 4);
    h2_talk_done(&talk);
}

static void test_calls_over_the_peers_max_streams_wait(void **state)
{
    int err;

    (void)state;
    begin(TERNI_CLIENT);
    h2_bytes_setting(&bytes, MAX_CONCURRENT_STREAMS, 1);
    h2_talk_feed(&talk, &bytes, 0);
    assert_non_null(wire_core_call(&talk.core, "/a/b", NULL, true));
    assert_null(wire_core_call_with(&talk.core, &call_ab, NULL, true, &err));
    assert_int_equal(err, -EAGAIN);
    h2_bytes_fields(&bytes, H2_END_STREAM, 1, H2_TEST_ANSWER "grpc-status: 0\n");
    h2_talk_feed(&talk, &bytes, 0);
    assert_non_null(wire_core_call(&talk.core, "/a/b", NULL, true));
    h2_bytes_setting(&bytes, MAX_CONCURRENT_STREAMS, 0);
    h2_talk_feed(&talk, &bytes, 0);
    assert_null(wire_core_call_with(&talk.core, &call_ab, NULL, true, &err));
    assert_int_equal(err, -EAGAIN);
    h2_talk_done(&talk);
}

static void test_numbers_end_before_they_wrap(void **state)
{
    int err;

    (void)state;
    begin(TERNI_CLIENT);
    talk.core.engine->last_id = INT32_MAX - 2;
    assert_non_null(wire_core_call(&talk.core, "/a/b", NULL, true));
    hears("HEADERS 2147483647 end [" HEAD "]; ");
    assert_null(wire_core_call_with(&talk.core, &call_ab, NULL, true, &err));
    assert_int_equal(err, -ENOTCONN);
    h2_talk_done(&talk);
}

// ---- large heads -----------------------------------------------------------

static char value[45001];

static terni_meta large(size_t len)
{
    memset(value, 'v', len);
    value[len] = '\0';
    return (terni_meta){ "k", (const uint8_t *)value, 1, (uint32_t)len };
}

static void test_large_metadata_go_in_several_frames(void **state)
{
    static const size_t lens[] = { 10000, 16000, 16384, 33000, 45000 };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(lens); i++) {
        terni_meta        meta = large(lens[i]);
        terni_open        open = call_ab;
        const terni_close close = { .code = 5, .metadata = { &meta, 1 } };
        const char       *said;

        open.metadata = (terni_meta_list){ &meta, 1 };
        begin(TERNI_CLIENT);
        assert_non_null(wire_core_call_with(&talk.core, &open, NULL, true, NULL));
        said = h2_talk_hear(&talk);
        assert_non_null(strstr(said, value));
        assert_in_range(talk.longest, lens[i] < 16384 ? lens[i] : 16384, 16384);
        h2_talk_done(&talk);
        begin(TERNI_SERVER);
        h2_bytes_fields(&bytes, 0, 1, H2_TEST_REQUEST);
        h2_talk_feed(&talk, &bytes, 0);
        assert_int_equal(
            wire->finish(talk.core.engine, &wire_core_find(&talk.core, 1)->stream, &close, NULL),
            0);
        said = h2_talk_hear(&talk);
        assert_non_null(strstr(said, value));
        assert_non_null(strstr(
            said, "HEADERS 1 end [:status=200 content-type=application/grpc grpc-status=5 k="));
        talk.core.calls->is_over = true;
        h2_talk_done(&talk);
    }
}

static void test_metadata_over_what_the_peer_takes_are_not_sent(void **state)
{
    terni_meta meta = large(2000);
    terni_open open = call_ab;
    int        err;

    (void)state;
    begin(TERNI_CLIENT);
    h2_bytes_setting(&bytes, MAX_HEADER_LIST_SIZE, 2000);
    h2_talk_feed(&talk, &bytes, 0);
    open.metadata = (terni_meta_list){ &meta, 1 };
    assert_null(wire_core_call_with(&talk.core, &open, NULL, true, &err));
    assert_int_equal(err, -E2BIG);
    assert_non_null(
        wire_core_call(&talk.core, "/a/b", NULL, true));  // the table knows nothing of the other
    hears("SETTINGS ack; HEADERS 1 end [" HEAD "]; ");
    h2_talk_done(&talk);
}

// ---- a server's answers ----------------------------------------------------

static void answer(uint32_t n)
{
    assert_int_equal(wire_core_finish(wire_core_find(&talk.core, n), 0, NULL), 0);
}

static void test_answers_are_indices_from_the_second_on(void **state)
{
    static const char said[] = " end [:status=200 content-type=application/grpc grpc-status=0]; ";

    (void)state;
    begin(TERNI_SERVER);
    for (uint32_t n = 1; n <= 3; n++) {
        h2_bytes_fields(&bytes, H2_END_STREAM, 2 * n - 1, H2_TEST_REQUEST);
        h2_talk_feed(&talk, &bytes, 0);
        answer(n);
        if (n == 2)
            assert_int_equal(talk.core.out.len, 9 + 3);
        if (n == 3)  // written out, after a word about the table's size
            assert_true(talk.core.out.len > 9 + 30);
        assert_non_null(strstr(h2_talk_hear(&talk), said));
        h2_bytes_setting(&bytes, HEADER_TABLE_SIZE, n == 2 ? 0 : 4096);
        h2_talk_feed(&talk, &bytes, 0);
        hears("SETTINGS ack; ");
    }
    h2_talk_done(&talk);
}

static void test_status_is_escaped_and_details_are_base64(void **state)
{
    const terni_close close = { .code = 13,
                                .message = "50%\n\xc3\xa9",
                                .message_len = 6,
                                .details = (const uint8_t *)"\xff\xfe\xfd\xfc",
                                .details_len = 4 };

    (void)state;
    begin(TERNI_SERVER);
    h2_bytes_fields(&bytes, H2_END_STREAM, 1, H2_TEST_REQUEST);
    h2_talk_feed(&talk, &bytes, 0);
    assert_int_equal(
        wire->finish(talk.core.engine, &wire_core_find(&talk.core, 1)->stream, &close, NULL), 0);
    hears("HEADERS 1 end [:status=200 content-type=application/grpc grpc-status=13 "
          "grpc-message=50%25%0A%C3%A9 grpc-status-details-bin=//79/A]; ");
    talk.core.calls->is_over = true;
    h2_talk_done(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_beginning_that_is_wrong_ends_the_connection),
        TERN_TEST(test_client_wants_settings_first),
        TERN_TEST(test_server_says_nothing_before_the_preface),
        TERN_TEST(test_sniff_is_sure_at_24_bytes),
        TERN_TEST(test_limits_are_announced),
        TERN_TEST(test_limits_are_raised_to_what_holds_at_first),
        TERN_TEST(test_second_call_of_a_path_is_all_indices),
        TERN_TEST(test_everything_of_a_call_is_in_its_head),
        TERN_TEST(test_paths_beyond_the_table_go_as_text),
        TERN_TEST(test_table_that_the_peer_shrinks_is_used_no_more),
        TERN_TEST(test_table_of_any_larger_size_is_used_as_before),
        TERN_TEST(test_calls_over_the_peers_max_streams_wait),
        TERN_TEST(test_numbers_end_before_they_wrap),
        TERN_TEST(test_large_metadata_go_in_several_frames),
        TERN_TEST(test_metadata_over_what_the_peer_takes_are_not_sent),
        TERN_TEST(test_answers_are_indices_from_the_second_on),
        TERN_TEST(test_status_is_escaped_and_details_are_base64),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
