// What a client's engine makes of a server's frames: with call 1 on stream 1, whose request is complete, and call 2 on
// stream 3, whose is not.
#include "tests/support/leak.h"

#include <stdio.h>
#include <string.h>

#include "tests/rpc/wire/h2/scenes.h"

#define ANSWER                     H2_TEST_ANSWER
#define OK                         "grpc-status: 0\n"
#define FAILED(error, number, why) "failed " #number " " why "; ", "GOAWAY 0 " #error " " why "; "
#define NEVER_OPENED               "HEADERS are on a stream that was never opened"

static const h2_scene scenes[] = {
    // ---- shapes of an answer ----
    { "an answer of three parts",
      { H2_HEAD(0, 1, ANSWER), H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\1x"),
        H2_HEAD(H2_END_STREAM, 1, OK) },
      "message 1 x; closed 0; ",
      "" },
    { "trailers only",
      { H2_HEAD(H2_END_STREAM, 1, ANSWER "grpc-status: 5\ngrpc-message: no%20such\nk: v\n") },
      "closed 5 no such k=v; ",
      "" },
    { "headers with metadata, and several messages in a frame",
      { H2_HEAD(0, 1, ANSWER "k: v\ngrpc-encoding: gzip\n"),
        H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\1x\0\0\0\0\0\0\0\0\0\2yz"),
        H2_HEAD(H2_END_STREAM, 1, "grpc-status: 0\nt: w\n") },
      "headers 1 in gzip k=v; message 1 x; message 1 ; message 1 yz; closed 0 t=w; ",
      "" },
    { "interim answers before the real one",
      { H2_HEAD(0, 1, ":status: 100\n"), H2_HEAD(0, 1, ":status: 103\nlink: x\n"),
        H2_HEAD(0, 1, ANSWER), H2_HEAD(H2_END_STREAM, 1, OK) },
      "closed 0; ",
      "" },
    { "an interim answer behind the real one",
      { H2_HEAD(0, 1, ANSWER), H2_HEAD(0, 1, ":status: 103\n") },
      "closed 13 reset a pseudo-header field is unknown, there twice, or out of place; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "HEADERS twice without an end",
      { H2_HEAD(0, 1, ANSWER), H2_HEAD(0, 1, "k: v\n") },
      "closed 13 reset HEADERS came twice; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "DATA before any HEADERS",
      { H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\1x"), H2_HEAD(H2_END_STREAM, 3, ANSWER OK) },
      "closed 13 reset DATA came before HEADERS; closed 0; ",
      "RST_STREAM 1 PROTOCOL_ERROR; RST_STREAM 3 NO_ERROR; " },
    { "DATA behind an interim answer",
      { H2_HEAD(0, 1, ":status: 100\n"), H2_FRAME(H2_DATA, H2_END_STREAM, 1, "") },
      "closed 13 reset DATA came before HEADERS; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "no :status",
      { H2_HEAD(0, 1, "content-type: application/grpc\n") },
      "closed 13 reset a response has no :status; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "a :status that is no number",
      { H2_HEAD(0, 1, ":status: 2x0\n") },
      "closed 13 reset a response has no :status; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "a :status of two digits",
      { H2_HEAD(0, 1, ":status: 20\n") },
      "closed 13 reset a response has no :status; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "a request's field in an answer",
      { H2_HEAD(0, 1, ":status: 200\n:path: /\n") },
      "closed 13 reset a pseudo-header field is unknown, there twice, or out of place; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "a pseudo-header field in trailers",
      { H2_HEAD(0, 1, ANSWER), H2_HEAD(H2_END_STREAM, 1, ":status: 200\n" OK) },
      "closed 13 reset a pseudo-header field is unknown, there twice, or out of place; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "a capital in trailers",
      { H2_HEAD(0, 1, ANSWER), H2_HEAD(H2_END_STREAM, 1, "Grpc-status: 0\n") },
      "closed 13 reset a field has a character that it must not have; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },

    // ---- statuses ----
    { "a code that nobody knows",
      { H2_HEAD(H2_END_STREAM, 1, ANSWER "grpc-status: 17\n") },
      "closed 2; ",
      "" },
    { "a code that is no number",
      { H2_HEAD(H2_END_STREAM, 1, ANSWER "grpc-status: ok\n") },
      "closed 2; ",
      "" },
    { "a code of nothing",
      { H2_HEAD(H2_END_STREAM, 1, ANSWER "grpc-status: \n") },
      "closed 2; ",
      "" },
    { "the largest code",
      { H2_HEAD(H2_END_STREAM, 1, ANSWER "grpc-status: 16\n") },
      "closed 16; ",
      "" },
    { "details, and escapes that are broken",
      { H2_HEAD(H2_END_STREAM, 1,
                ANSWER
                "grpc-status: 2\ngrpc-message: a%4%zz%41%\ngrpc-status-details-bin: ZGV0YWls\n") },
      "closed 2 a%4%zzA% (detail); ",
      "" },
    { "details that are no base64",
      { H2_HEAD(H2_END_STREAM, 1, ANSWER "grpc-status: 2\ngrpc-status-details-bin: ?\n") },
      "closed 2; ",
      "" },
    { "binary metadata, padded, unpadded, joined and broken",
      { H2_HEAD(H2_END_STREAM, 1, ANSWER OK "a-bin: YQ==\nb-bin: Yg\nc-bin: Y2M=,ZGQ,!,\n") },
      "closed 0 a-bin=a b-bin=b c-bin=cc c-bin=dd c-bin=; ",
      "" },
    { "no status in trailers",
      { H2_HEAD(0, 1, ANSWER), H2_HEAD(H2_END_STREAM, 1, "k: v\n") },
      "closed 2 the server ended the call without a status; ",
      "" },
    { "no trailers",
      { H2_HEAD(0, 1, ANSWER), H2_FRAME(H2_DATA, H2_END_STREAM, 1, "\0\0\0\0\1x") },
      "message 1 x; closed 2 the server ended the call without a status; ",
      "" },
    { "a status of another's beside HTTP's",
      { H2_HEAD(H2_END_STREAM, 1, ":status: 503\ngrpc-status: 8\n") },
      "closed 8; ",
      "" },
    { "an answer that is not gRPC's",
      { H2_HEAD(0, 1, ":status: 200\ncontent-type: text/html\n"),
        H2_FRAME(H2_DATA, H2_END_STREAM, 1, "<html>") },
      "closed 2 the server's answer is not gRPC's; ",
      "" },
    { "a proxy's page",
      { H2_HEAD(0, 1, ":status: 502\ncontent-type: text/html\n"), H2_FRAME(H2_DATA, 0, 1, "<html>"),
        H2_FRAME(H2_DATA, H2_END_STREAM, 1, "") },
      "closed 14 the server answered with HTTP status 502; ",
      "" },

    // ---- messages ----
    { "an error in the middle of a message",
      { H2_HEAD(0, 1, ANSWER), H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\5ab"),
        H2_HEAD(H2_END_STREAM, 1, "grpc-status: 13\n") },
      "closed 13; ",
      "" },
    { "OK in the middle of a message",
      { H2_HEAD(0, 1, ANSWER), H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\5ab"),
        H2_HEAD(H2_END_STREAM, 1, OK) },
      "closed 13 reset the server says OK in the middle of a message; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "OK in the middle of a prefix",
      { H2_HEAD(0, 1, ANSWER), H2_FRAME(H2_DATA, 0, 1, "\0\0"), H2_HEAD(H2_END_STREAM, 1, OK) },
      "closed 13 reset the server says OK in the middle of a message; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "a flag that nobody knows",
      { H2_HEAD(0, 1, ANSWER), H2_FRAME(H2_DATA, 0, 1, "\2\0\0\0\1x\0\0\0\0\1y") },
      "closed 13 reset a message has a flag that is neither 0 nor 1; ",
      "RST_STREAM 1 CANCEL; " },
    { "a compressed message that nobody asked for",
      { H2_HEAD(0, 1, ANSWER), H2_FRAME(H2_DATA, 0, 1, "\1\0\0\0\1x") },
      "closed 13 reset the message is compressed, and no encoding was announced; ",
      "RST_STREAM 1 CANCEL; " },
    { "a message that is too large",
      { H2_HEAD(0, 1, ANSWER), H2_FRAME(H2_DATA, 0, 1, "\0\4\0\0\1x"),
        H2_FRAME(H2_DATA, 0, 1, "more") },
      "closed 8 reset a message is larger than max_message; ",
      "RST_STREAM 1 CANCEL; " },

    // ---- an answer before the request is complete ----
    { "an early answer",
      { H2_HEAD(H2_END_STREAM, 3, ANSWER OK), H2_FRAME(H2_RST_STREAM, 0, 3, "\0\0\0\0") },
      "closed 0; ",
      "RST_STREAM 3 NO_ERROR; " },

    // ---- states ----
    { "all that may cross with an end",
      { H2_HEAD(H2_END_STREAM, 1, ANSWER OK), H2_FRAME(H2_RST_STREAM, 0, 1, "\0\0\0\0"),
        H2_FRAME(H2_WINDOW_UPDATE, 0, 1, "\0\0\0\1"), H2_FRAME(H2_PRIORITY, 0, 1, "\0\0\0\0\1") },
      "closed 0; ",
      "" },
    { "DATA behind the end",
      { H2_HEAD(H2_END_STREAM, 1, ANSWER OK), H2_FRAME(H2_DATA, 0, 1, "x") },
      "closed 0; ",
      "RST_STREAM 1 STREAM_CLOSED; " },
    { "HEADERS on an idle stream",
      { H2_HEAD(0, 5, ANSWER) },
      FAILED(PROTOCOL_ERROR, 1, NEVER_OPENED) },
    { "HEADERS on a stream of the server's",
      { H2_HEAD(0, 2, ANSWER) },
      FAILED(PROTOCOL_ERROR, 1, NEVER_OPENED) },
    { "DATA on an idle stream",
      { H2_FRAME(H2_DATA, 0, 5, "x") },
      FAILED(PROTOCOL_ERROR, 1, "a frame names a stream that was never opened") },
    { "WINDOW_UPDATE on a stream of the server's",
      { H2_FRAME(H2_WINDOW_UPDATE, 0, 2, "\0\0\0\1") },
      FAILED(PROTOCOL_ERROR, 1, "a frame names a stream that was never opened") },
    { "RST_STREAM on an idle stream",
      { H2_FRAME(H2_RST_STREAM, 0, 5, "\0\0\0\1") },
      FAILED(PROTOCOL_ERROR, 1, "a frame names a stream that was never opened") },
    { "ENABLE_PUSH from a server",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\2\0\0\0\1") },
      FAILED(PROTOCOL_ERROR, 1, "a setting has a value that it must not have") },
    { "ENABLE_PUSH of 0 from a server",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\2\0\0\0\0") },
      "",
      "SETTINGS ack; " },
    { "PUSH_PROMISE",
      { H2_FRAME(H2_PUSH_PROMISE, H2_END_HEADERS, 1, "\0\0\0\2\x88") },
      FAILED(PROTOCOL_ERROR, 1, "a PUSH_PROMISE came, and nobody asked for any") },
    { "a header block that cannot be decoded",
      { H2_FRAME(H2_HEADERS, H2_END_HEADERS, 1, "\xbe") },
      FAILED(COMPRESSION_ERROR, 9, "a header block cannot be decoded") },
    { "a window beyond the widest",
      { H2_FRAME(H2_WINDOW_UPDATE, 0, 3, "\x7f\xff\xff\xff") },
      "closed 13 reset a stream's window is too wide; ",
      "RST_STREAM 3 FLOW_CONTROL_ERROR; " },

    // ---- going ----
    { "GOAWAY in two steps",
      { H2_FRAME(H2_GOAWAY, 0, 0, "\x7f\xff\xff\xff\0\0\0\0soon"),
        H2_FRAME(H2_GOAWAY, 0, 0, "\0\0\0\1\0\0\0\0now"), H2_HEAD(H2_END_STREAM, 1, ANSWER OK) },
      "goaway 0 soon; goaway 0 now; "
      "closed 14 reset unprocessed the server is going and did not process the call; closed 0; ",
      "" },
    { "GOAWAY that has seen nothing",
      { H2_FRAME(H2_GOAWAY, 0, 0, "\0\0\0\0\0\0\0\x0btoo_many_pings") },
      "goaway 11 too_many_pings; closed 14 reset unprocessed the server says: too_many_pings; "
      "closed 14 reset unprocessed the server says: too_many_pings; ",
      "" },
};

// ---- what crosses with our own cancel --------------------------------------

static const h2_scene hung_up[] = {
    { "an answer that crosses with our cancel",
      { H2_HEAD(0, 3, ANSWER), H2_FRAME(H2_DATA, 0, 3, "\0\0\0\0\1x"),
        H2_HEAD(H2_END_STREAM, 3, OK), H2_HEAD(H2_END_STREAM, 1, ANSWER OK) },
      "closed 0; ",
      "RST_STREAM 3 CANCEL; " },
    { "its header block is part of the table's state",
      { H2_FRAME(H2_HEADERS, H2_END_HEADERS, 3,
                 "\x88\x5f\x10"
                 "application/grpc"),
        H2_FRAME(H2_HEADERS, H2_END_HEADERS | H2_END_STREAM, 1,
                 "\x88\xbe\0\x0bgrpc-status\1"
                 "7") },
      "closed 7; ",
      "RST_STREAM 3 CANCEL; " },
};

static void test_each_scene_whole_byte_by_byte_and_cut_anywhere(void **state)
{
    (void)state;
    h2_scenes_play(scenes, TERN_COUNT_OF(scenes), TERNI_CLIENT, H2_LISTENS);
    h2_scenes_play(hung_up, TERN_COUNT_OF(hung_up), TERNI_CLIENT, H2_HANGS_UP);
}

// ---- tables of numbers -----------------------------------------------------

static const struct {
    uint32_t    error;
    const char *log;
} resets[] = {
    { H2_NO_ERROR, "closed 13 reset the peer reset the stream: NO_ERROR; " },
    { H2_PROTOCOL_ERROR, "closed 13 reset the peer reset the stream: PROTOCOL_ERROR; " },
    { H2_INTERNAL_ERROR, "closed 13 reset the peer reset the stream: INTERNAL_ERROR; " },
    { H2_FLOW_CONTROL_ERROR, "closed 13 reset the peer reset the stream: FLOW_CONTROL_ERROR; " },
    { H2_SETTINGS_TIMEOUT, "closed 13 reset the peer reset the stream: SETTINGS_TIMEOUT; " },
    { H2_STREAM_CLOSED, "closed 13 reset the peer reset the stream: STREAM_CLOSED; " },
    { H2_FRAME_SIZE_ERROR, "closed 13 reset the peer reset the stream: FRAME_SIZE_ERROR; " },
    { H2_REFUSED_STREAM,
      "closed 14 reset unprocessed the peer reset the stream: REFUSED_STREAM; " },
    { H2_CANCEL, "closed 1 reset the peer reset the stream: CANCEL; " },
    { H2_COMPRESSION_ERROR, "closed 13 reset the peer reset the stream: COMPRESSION_ERROR; " },
    { H2_CONNECT_ERROR, "closed 13 reset the peer reset the stream: CONNECT_ERROR; " },
    { H2_ENHANCE_YOUR_CALM, "closed 8 reset the peer reset the stream: ENHANCE_YOUR_CALM; " },
    { H2_INADEQUATE_SECURITY, "closed 7 reset the peer reset the stream: INADEQUATE_SECURITY; " },
    { H2_HTTP_1_1_REQUIRED, "closed 13 reset the peer reset the stream: HTTP_1_1_REQUIRED; " },
    { 14, "closed 13 reset the peer reset the stream: error 14; " },
    { UINT32_MAX, "closed 13 reset the peer reset the stream: error 4294967295; " },
};

static h2_talk  talk;
static h2_bytes bytes;

static void begin_call(void)
{
    bytes.len = 0;
    h2_talk_init(&talk, TERNI_CLIENT, NULL);
    assert_non_null(wire_core_call(&talk.core, "/a/b", NULL, true));
    (void)h2_talk_hear(&talk);
}

static void test_resets_are_statuses(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(resets); i++) {
        begin_call();
        h2_bytes_u32(&bytes, H2_RST_STREAM, 1, resets[i].error);
        h2_talk_feed(&talk, &bytes, 0);
        assert_string_equal(talk.core.log, resets[i].log);
        assert_string_equal(h2_talk_hear(&talk), "");
        h2_talk_done(&talk);
    }
}

static const struct {
    unsigned status, code;
} statuses[] = {
    { 200, 2 }, { 201, 2 },  { 204, 2 },  { 302, 2 },  { 400, 13 }, { 401, 16 },
    { 403, 7 }, { 404, 12 }, { 405, 2 },  { 415, 2 },  { 429, 14 }, { 431, 13 },
    { 500, 2 }, { 502, 14 }, { 503, 14 }, { 504, 14 }, { 999, 2 },
};

// Both shapes: HEADERS alone, and HEADERS and DATA.
static void test_answers_without_a_status_of_grpcs_have_https(void **state)
{
    char fields[64], expected[32];

    (void)state;
    for (size_t i = 0; i < 2 * TERN_COUNT_OF(statuses); i++) {
        begin_call();
        snprintf(fields, sizeof fields, ":status: %u\n", statuses[i / 2].status);
        snprintf(expected, sizeof expected, "closed %u ", statuses[i / 2].code);
        h2_bytes_fields(&bytes, i % 2 ? H2_END_STREAM : 0, 1, fields);
        if (i % 2 == 0)
            h2_bytes_frame(&bytes, H2_DATA, H2_END_STREAM, 1, "page", 4);
        h2_talk_feed(&talk, &bytes, 0);
        assert_memory_equal(talk.core.log, expected, strlen(expected));
        assert_true(wire_core_probe(&talk.core, NULL).held == 0);
        h2_talk_done(&talk);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_each_scene_whole_byte_by_byte_and_cut_anywhere),
        TERN_TEST(test_resets_are_statuses),
        TERN_TEST(test_answers_without_a_status_of_grpcs_have_https),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
