// What a server's engine makes of a request's fields (RFC 9113, sections 8.1 to 8.3) and of gRPC's own layer in it.
#include "tests/support/leak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire/h2/scenes.h"

#define REQUEST H2_TEST_REQUEST
#define PSEUDO  ":method: POST\n:scheme: http\n:path: /a/b\n"
#define GRPC    "content-type: application/grpc\n"
#define LAST    (H2_END_STREAM)

// ---- heads ---------------------------------------------------------------

static const struct head {
    const char *name, *fields;
} malformed[] = {
    { "a capital", REQUEST "K: v\n" },
    { "a capital in the middle", REQUEST "kEy: v\n" },
    { "a blank in a name", REQUEST "k y: v\n" },
    { "a DEL in a name", REQUEST "k\x7f: v\n" },
    { "a name beyond ASCII", REQUEST "k\xc3\xa9: v\n" },
    { "a colon in a name", REQUEST "k:y: v\n" },
    { "CR in a value", REQUEST "k: a\rb\n" },
    { "an unknown pseudo-header field", PSEUDO ":test: x\n" GRPC },
    { "a pseudo-header field of nothing", PSEUDO ":: x\n" GRPC },
    { "an answer's", PSEUDO ":status: 200\n" GRPC },
    { "a pseudo-header field behind others",
      ":method: POST\n:scheme: http\n" GRPC ":path: /a/b\n" },
    { "connection", REQUEST "connection: keep-alive\n" },
    { "keep-alive", REQUEST "keep-alive: 1\n" },
    { "proxy-connection", REQUEST "proxy-connection: keep-alive\n" },
    { "transfer-encoding", REQUEST "transfer-encoding: chunked\n" },
    { "upgrade", REQUEST "upgrade: h2c\n" },
    { "te that is not trailers", PSEUDO GRPC "te: gzip\n" },
    { "te that is more than trailers", PSEUDO GRPC "te: trailers, deflate\n" },
    { "no :method", ":scheme: http\n:path: /a/b\n" GRPC },
    { "no :scheme", ":method: POST\n:path: /a/b\n" GRPC },
    { "no :path", ":method: POST\n:scheme: http\n" GRPC },
    { "an empty :path", ":method: POST\n:scheme: http\n:path: \n" GRPC },
    { ":method twice", ":method: POST\n" PSEUDO GRPC },
    { ":scheme twice", ":scheme: http\n" PSEUDO GRPC },
    { ":path twice", ":path: /a/b\n" PSEUDO GRPC },
    { ":authority twice", PSEUDO ":authority: a\n:authority: a\n" GRPC },
    { "nothing at all", "" },
};

static const struct {
    const char *name, *fields, *log;
} wellformed[] = {
    { "the least", PSEUDO GRPC, "opened /a/b; ended 1; " },
    { "te in another case than anybody's", REQUEST "x: TRAILERS\n",
      "opened /a/b x=TRAILERS; ended 1; " },
    { "each character of a name", REQUEST "!#$%&'*+-.^_`|~09az: v\n",
      "opened /a/b !#$%&'*+-.^_`|~09az=v; ended 1; " },
    { "a value of UTF-8, a tab and blanks around", REQUEST "k:   \xc3\xa9\tx  \n",
      "opened /a/b k=\xc3\xa9\tx; ended 1; " },
    { "a value of nothing", REQUEST "k: \n", "opened /a/b k=; ended 1; " },
    { "the same name twice", REQUEST "k: 1\nk: 2\n", "opened /a/b k=1 k=2; ended 1; " },
    { "binary metadata, padded, unpadded, joined and broken",
      REQUEST "a-bin: YQ==\nb-bin: Yg\nc-bin: Y2M,ZGQ,!!\n",
      "opened /a/b a-bin=a b-bin=b c-bin=cc c-bin=dd; ended 1; " },
    { "a subtype", PSEUDO "content-type: application/grpc+proto\n", "opened /a/b; ended 1; " },
    { "a parameter", PSEUDO "content-type: application/grpc;charset=utf-8\n",
      "opened /a/b; ended 1; " },
    { "encodings", REQUEST "grpc-encoding: identity\ngrpc-accept-encoding: gzip,zstd\n",
      "opened /a/b in identity accepts gzip,zstd; ended 1; " },
    { "a path that nobody serves", ":method: POST\n:scheme: https\n:path: what\n" GRPC,
      "opened ?; ended 1; " },
    { "a cookie", REQUEST "cookie: a=b\ncookie: c=d\n",
      "opened /a/b cookie=a=b cookie=c=d; ended 1; " },
    { "a length of nothing", REQUEST "content-length: 0\n", "opened /a/b; ended 1; " },
};

static h2_talk  talk;
static h2_bytes bytes;

static void ask(const char *fields, unsigned flags)
{
    bytes.len = 0;
    h2_talk_init(&talk, TERNI_SERVER, NULL);
    h2_bytes_fields(&bytes, flags, 1, fields);
    h2_talk_feed(&talk, &bytes, 0);
}

static void test_malformed_requests_are_reset(void **state)
{
    (void)state;
    for (const struct head *h = malformed; h < malformed + TERN_COUNT_OF(malformed); h++) {
        for (unsigned flags = 0; flags <= H2_END_STREAM; flags++) {
            const char *said;

            ask(h->fields, flags);
            said = h2_talk_hear(&talk);
            if (*talk.core.log || strcmp(said, "RST_STREAM 1 PROTOCOL_ERROR; ") != 0)
                fail_msg("%s: %s / %s", h->name, talk.core.log, said);
            h2_bytes_fields(&bytes, LAST, 3, REQUEST);  // the connection goes on
            h2_talk_feed(&talk, &bytes, 0);
            assert_string_equal(talk.core.log, "opened /a/b; ended 2; ");
            h2_talk_done(&talk);
        }
    }
}

static const struct {
    const char *name, *limits, *fields, *log, *said;
} in_encodings[] = {
    { "one of ours", "gzip,zstd", REQUEST "grpc-encoding: zstd\n", "opened /a/b in zstd; ended 1; ",
      "" },
    { "another", "gzip,zstd", REQUEST "grpc-encoding: snappy\n", "",
      "HEADERS 1 end [:status=200 content-type=application/grpc grpc-accept-encoding=gzip,zstd" },
    { "a part of a name", "gzip,zstd", REQUEST "grpc-encoding: zst\n", "",
      "HEADERS 1 end [:status=200 content-type=application/grpc grpc-accept-encoding=gzip,zstd" },
    { "two at once", "gzip,zstd", REQUEST "grpc-encoding: gzip,zstd\n", "",
      "HEADERS 1 end [:status=200 content-type=application/grpc grpc-accept-encoding=gzip,zstd" },
    { "where none is known", NULL, REQUEST "grpc-encoding: gzip\n", "",
      "HEADERS 1 end [:status=200 content-type=application/grpc grpc-accept-encoding=identity" },
};

static void test_encodings_are_those_that_were_announced(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(in_encodings); i++) {
        terni_wire_limits limits = wire_core_limits;
        const char       *said;

        limits.encodings = in_encodings[i].limits;
        bytes.len = 0;
        h2_talk_init(&talk, TERNI_SERVER, &limits);
        h2_bytes_fields(&bytes, LAST, 1, in_encodings[i].fields);
        h2_talk_feed(&talk, &bytes, 0);
        said = h2_talk_hear(&talk);
        if (strcmp(talk.core.log, in_encodings[i].log) != 0 ||
            strncmp(said, in_encodings[i].said, strlen(in_encodings[i].said)) != 0)
            fail_msg("%s: %s / %s", in_encodings[i].name, talk.core.log, said);
        h2_talk_done(&talk);
    }
}

// No text of a table has a NUL in it.
static void test_nul_and_line_feed_in_a_value_are_malformed(void **state)
{
    static const char evil[] = { '\0', '\n', '\r' };

    (void)state;
    for (size_t i = 0; i < sizeof evil; i++) {
        uint8_t block[256];
        size_t  len = h2_bytes_block(block, REQUEST "k: abc\n");

        block[len - 2] = (uint8_t)evil[i];
        bytes.len = 0;
        h2_talk_init(&talk, TERNI_SERVER, NULL);
        h2_bytes_frame(&bytes, H2_HEADERS, H2_END_HEADERS, 1, block, len);
        h2_talk_feed(&talk, &bytes, 0);
        assert_string_equal(h2_talk_hear(&talk), "RST_STREAM 1 PROTOCOL_ERROR; ");
        h2_talk_done(&talk);
    }
}

static void test_odd_requests_are_taken(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(wellformed); i++) {
        ask(wellformed[i].fields, LAST);
        if (strcmp(talk.core.log, wellformed[i].log) != 0)
            fail_msg("%s: %s", wellformed[i].name, talk.core.log);
        assert_string_equal(h2_talk_hear(&talk), "");
        h2_talk_done(&talk);
    }
}

static const struct {
    const char *fields;
    unsigned    status;
} refused[] = {
    { ":method: GET\n:scheme: http\n:path: /\n", 405 },
    { ":method: post\n:scheme: http\n:path: /a/b\n" GRPC, 405 },
    { ":method: OPTIONS\n:scheme: http\n:path: *\n", 405 },
    { PSEUDO, 415 },
    { PSEUDO "content-type: application/json\n", 415 },
    { PSEUDO "content-type: application/grp\n", 415 },
    { PSEUDO "content-type: application/grpcx\n", 415 },
    { PSEUDO "content-type: application/grpc-web\n", 415 },
};

static void test_other_requests_get_an_answer_of_https(void **state)
{
    char expected[64];

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(refused); i++) {
        const char *said;

        ask(refused[i].fields, i % 2 ? H2_END_STREAM : 0);
        said = h2_talk_hear(&talk);
        snprintf(expected, sizeof expected,
                 "HEADERS 1 [:status=%u content-type=text/plain]; DATA 1 end of ",
                 refused[i].status);
        assert_memory_equal(said, expected, strlen(expected));
        assert_int_equal(strstr(said, "RST_STREAM 1 NO_ERROR; ") != NULL, i % 2 == 0);
        assert_string_equal(talk.core.log, "");
        h2_talk_done(&talk);
    }
}

// The text is left out where the client's windows are shut.
static void test_answer_of_https_keeps_to_the_windows(void **state)
{
    (void)state;
    bytes.len = 0;
    h2_talk_init(&talk, TERNI_SERVER, NULL);
    h2_bytes_setting(&bytes, 4, 10);
    h2_bytes_fields(&bytes, LAST, 1, ":method: GET\n:scheme: http\n:path: /\n");
    h2_talk_feed(&talk, &bytes, 0);
    assert_string_equal(
        h2_talk_hear(&talk),
        "SETTINGS ack; HEADERS 1 [:status=405 content-type=text/plain]; DATA 1 end of 0; ");
    h2_talk_done(&talk);
}

static const struct {
    const char *text;
    uint64_t    us;  // 0: it is none
} timeouts[] = {
    { "1H", 3600000000 },
    { "1M", 60000000 },
    { "1S", 1000000 },
    { "1m", 1000 },
    { "1u", 1 },
    { "1n", 1 },
    { "1500n", 1 },
    { "2000n", 2 },
    { "0S", 1 },
    { "00000001S", 1000000 },
    { "99999999H", 359999996400000000 },
    { "100000000n", 0 },
    { "S", 0 },
    { "1", 0 },
    { "1s", 0 },
    { "-1S", 0 },
    { "+1S", 0 },
    { "1.5S", 0 },
    { "0x1S", 0 },
    { "1 S", 0 },
    { "", 0 },
};

static void test_timeouts(void **state)
{
    char fields[512], expected[512];

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(timeouts); i++) {
        snprintf(fields, sizeof fields, REQUEST "grpc-timeout: %s\n", timeouts[i].text);
        snprintf(expected, sizeof expected, "opened /a/b in %llu us; ended 1; ",
                 (unsigned long long)timeouts[i].us);
        ask(fields, LAST);
        assert_string_equal(talk.core.log, timeouts[i].us ? expected : "");
        assert_string_equal(h2_talk_hear(&talk),
                            timeouts[i].us
                                ? ""
                                : "HEADERS 1 end [:status=200 content-type=application/grpc "
                                  "grpc-status=13 grpc-message=grpc-timeout is no timeout]; ");
        h2_talk_done(&talk);
    }
}

// ---- content-length --------------------------------------------------------

#define BROKEN "closed 13 reset a body is not as long as its content-length says; "

static const h2_scene lengths[] = {
    { "just as long",
      { H2_HEAD(0, 1, REQUEST "content-length: 12\n"), H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\1x\0"),
        H2_FRAME(H2_DATA, LAST, 1, "\0\0\0\1y") },
      "opened /a/b; began 1; message 1 x; message 1 y; ended 1; ",
      "" },
    { "just as long, with padding",
      { H2_HEAD(0, 1, REQUEST "content-length: 6\n"),
        H2_FRAME(H2_DATA, LAST | H2_PADDED, 1, "\2\0\0\0\0\1x\0\0") },
      "opened /a/b; began 1; message 1 x; ended 1; ",
      "" },
    { "longer, in one frame",
      { H2_HEAD(0, 1, REQUEST "content-length: 7\n"), H2_FRAME(H2_DATA, LAST, 1, "\0\0\0\0\1x") },
      "opened /a/b; began 1; message 1 x; " BROKEN,
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "shorter, in two",
      { H2_HEAD(0, 1, REQUEST "content-length: 6\n"), H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\1x"),
        H2_FRAME(H2_DATA, LAST, 1, "y") },
      "opened /a/b; began 1; message 1 x; " BROKEN,
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "some, and no body",
      { H2_HEAD(LAST, 1, REQUEST "content-length: 1\n") },
      "opened /a/b; " BROKEN,
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "longer, and trailers",
      { H2_HEAD(0, 1, REQUEST "content-length: 7\n"), H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\1x"),
        H2_HEAD(LAST, 1, "a: b\n") },
      "opened /a/b; began 1; message 1 x; " BROKEN,
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "no number",
      { H2_HEAD(LAST, 1, REQUEST "content-length: -1\n") },
      "opened /a/b; " BROKEN,
      "RST_STREAM 1 PROTOCOL_ERROR; " },
};

static void test_bodies_are_as_long_as_they_say(void **state)
{
    (void)state;
    h2_scenes_play(lengths, TERN_COUNT_OF(lengths), TERNI_SERVER, H2_LISTENS);
}

// ---- limits ----------------------------------------------------------------

static void test_metadata_that_are_too_large_still_are_part_of_the_tables_state(void **state)
{
    uint8_t block[4096];
    size_t  len;

    (void)state;
    bytes.len = 0;
    h2_talk_init(&talk, TERNI_SERVER, NULL);
    len = h2_bytes_block(block, REQUEST);
    memcpy(block + len, "\0\1k\x7f\xf1\x07", 6);  // 1,136 bytes; max_metadata is 1,024
    memset(block + len + 6, 'v', 1136);
    memcpy(block + len + 6 + 1136, "\x40\1i\1x", 5);
    h2_bytes_frame(&bytes, H2_HEADERS, H2_END_HEADERS | LAST, 1, block, len + 6 + 1136 + 5);
    len = h2_bytes_block(block, REQUEST);
    block[len] = 0xbe;
    h2_bytes_frame(&bytes, H2_HEADERS, H2_END_HEADERS | LAST, 3, block, len + 1);
    h2_talk_feed(&talk, &bytes, 0);
    assert_string_equal(talk.core.log, "opened /a/b i=x; ended 2; ");
    assert_string_equal(h2_talk_hear(&talk),
                        "HEADERS 1 end [:status=200 content-type=application/grpc grpc-status=8 "
                        "grpc-message=the metadata are larger than max_metadata]; ");
    h2_talk_done(&talk);
}

static void test_header_block_over_its_limits_ends_the_connection(void **state)
{
    static uint8_t piece[16384];

    (void)state;
    for (int is_many = 0; is_many < 2; is_many++) {
        size_t len = is_many ? 1 : sizeof piece;
        int    n = is_many ? 16 : 4;

        memset(piece, 0x20, sizeof piece);
        bytes.len = 0;
        h2_talk_init(&talk, TERNI_SERVER, NULL);
        h2_bytes_frame(&bytes, H2_HEADERS, 0, 1, piece, len);
        for (int i = 1; i < n; i++)
            h2_bytes_frame(&bytes, H2_CONTINUATION, 0, 1, piece, len);
        h2_talk_feed(&talk, &bytes, 0);
        assert_false(talk.core.has_failed);
        h2_bytes_frame(&bytes, H2_CONTINUATION, 0, 1, piece, 1);
        h2_talk_feed(&talk, &bytes, 0);
        assert_string_equal(h2_talk_hear(&talk),
                            "GOAWAY 0 ENHANCE_YOUR_CALM a header block is too large; ");
        h2_talk_done(&talk);
    }
}

static void test_calls_over_max_streams_are_refused(void **state)
{
    terni_wire_limits limits = wire_core_limits;

    (void)state;
    limits.max_streams = 2;
    bytes.len = 0;
    h2_talk_init(&talk, TERNI_SERVER, &limits);
    for (uint32_t id = 1; id <= 5; id += 2)
        h2_bytes_fields(&bytes, 0, id, REQUEST);
    h2_bytes_u32(&bytes, H2_RST_STREAM, 1, H2_CANCEL);
    h2_bytes_message(&bytes, 0, 5, "late");
    h2_bytes_fields(&bytes, LAST, 7, REQUEST);
    h2_talk_feed(&talk, &bytes, 0);
    assert_string_equal(h2_talk_hear(&talk), "RST_STREAM 5 REFUSED_STREAM; ");
    assert_string_equal(talk.core.log,
                        "opened /a/b; began 1; opened /a/b; began 2; "
                        "closed 1 reset the peer reset the stream: CANCEL; opened /a/b; ended 4; ");
    h2_talk_done(&talk);
}

static void test_calls_behind_the_last_goaway_are_refused(void **state)
{
    (void)state;
    bytes.len = 0;
    h2_talk_init(&talk, TERNI_SERVER, NULL);
    h2_bytes_fields(&bytes, 0, 1, REQUEST);
    h2_talk_feed(&talk, &bytes, 0);
    terni_wire_h2.goaway(talk.core.engine, false, 0, "soon");
    h2_bytes_fields(&bytes, 0, 3, REQUEST);
    h2_talk_feed(&talk, &bytes, 0);
    terni_wire_h2.goaway(talk.core.engine, true, 0, "now");
    h2_bytes_fields(&bytes, 0, 5, REQUEST);
    h2_talk_feed(&talk, &bytes, 0);
    terni_wire_h2.goaway(talk.core.engine, true, 0, NULL);
    h2_bytes_frame(&bytes, H2_DATA, 0, 0, "", 0);
    h2_talk_feed(&talk, &bytes, 0);
    // The last stream never rises again (RFC 9113, section 6.8).
    assert_string_equal(
        h2_talk_hear(&talk),
        "GOAWAY 2147483647 NO_ERROR soon; GOAWAY 3 NO_ERROR now; RST_STREAM 5 REFUSED_STREAM; "
        "GOAWAY 3 NO_ERROR ; GOAWAY 3 PROTOCOL_ERROR a frame that is for a stream is on none; ");
    h2_talk_done(&talk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_malformed_requests_are_reset),
        TERN_TEST(test_nul_and_line_feed_in_a_value_are_malformed),
        TERN_TEST(test_odd_requests_are_taken),
        TERN_TEST(test_encodings_are_those_that_were_announced),
        TERN_TEST(test_other_requests_get_an_answer_of_https),
        TERN_TEST(test_answer_of_https_keeps_to_the_windows),
        TERN_TEST(test_timeouts),
        TERN_TEST(test_bodies_are_as_long_as_they_say),
        TERN_TEST(test_metadata_that_are_too_large_still_are_part_of_the_tables_state),
        TERN_TEST(test_header_block_over_its_limits_ends_the_connection),
        TERN_TEST(test_calls_over_max_streams_are_refused),
        TERN_TEST(test_calls_behind_the_last_goaway_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
