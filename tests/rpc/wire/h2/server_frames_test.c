// What a server's engine makes of a client's frames: the states of RFC 9113, section 5, each kind of section 6, and
// frames that break their rules. The sections stand before their scenes.
#include "tests/support/leak.h"

#include <string.h>

#include "tests/rpc/wire/h2/scenes.h"

#define REQUEST H2_TEST_REQUEST
#define OPENED  "opened /a/b; began 1; "
#define ENDED   "opened /a/b; ended 1; "
#define FAILED(log, error, number, why)                                                            \
    log "failed " #number " " why "; ", "GOAWAY 1 " #error " " why "; "
#define FAILED_AT_ONCE(error, number, why)                                                         \
    "failed " #number " " why "; ", "GOAWAY 0 " #error " " why "; "

static const h2_scene scenes[] = {
    // ---- 4.1, 5.5 ----
    { "a kind that nobody knows",
      { H2_FRAME(0x16, 0xff, 0, "what"), H2_FRAME(0xff, 0, 7, ""),
        H2_FRAME(H2_PING, 0, 0, "12345678") },
      "",
      "PING ack 12345678; " },
    { "flags that nobody knows",
      { H2_FRAME(H2_PING, 0xfe, 0, "12345678") },
      "",
      "PING ack 12345678; " },
    { "the reserved bit",
      { H2_FRAME(H2_PING, 0, 0x80000000, "12345678") },
      "",
      "PING ack 12345678; " },
    { "the reserved bit of a stream", { H2_HEAD(H2_END_STREAM, 0x80000001, REQUEST) }, ENDED, "" },
    { "a kind that nobody knows, within a header block",
      { H2_FRAME(H2_HEADERS, 0, 1, "\x83"), H2_FRAME(0x16, 0, 1, "what") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a header block was interrupted") },

    // ---- 4.3 ----
    { "a header block that cannot be decoded",
      { H2_FRAME(H2_HEADERS, H2_END_HEADERS, 1, "\x83\xff\xff\xff\xff\xff\xff\xff\xff") },
      FAILED_AT_ONCE(COMPRESSION_ERROR, 9, "a header block cannot be decoded") },
    { "PRIORITY within a header block",
      { H2_FRAME(H2_HEADERS, 0, 1, "\x83"), H2_FRAME(H2_PRIORITY, 0, 1, "\0\0\0\0\1") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a header block was interrupted") },
    { "HEADERS of another stream within a header block",
      { H2_FRAME(H2_HEADERS, 0, 1, "\x83"), H2_HEAD(0, 3, REQUEST) },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a header block was interrupted") },

    // ---- 5.1, idle ----
    { "DATA on an idle stream",
      { H2_FRAME(H2_DATA, 0, 1, "x") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame names a stream that was never opened") },
    { "RST_STREAM on an idle stream",
      { H2_FRAME(H2_RST_STREAM, 0, 1, "\0\0\0\x08") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame names a stream that was never opened") },
    { "WINDOW_UPDATE on an idle stream",
      { H2_FRAME(H2_WINDOW_UPDATE, 0, 1, "\0\0\0\x08") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame names a stream that was never opened") },
    { "CONTINUATION on an idle stream",
      { H2_FRAME(H2_CONTINUATION, H2_END_HEADERS, 1, "\x83") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a CONTINUATION continues nothing") },
    { "PRIORITY on an idle stream",
      { H2_FRAME(H2_PRIORITY, 0, 1, "\0\0\0\0\1"), H2_HEAD(H2_END_STREAM, 1, REQUEST) },
      ENDED,
      "" },

    // ---- 5.1, half-closed (remote) ----
    { "DATA behind END_STREAM",
      { H2_HEAD(H2_END_STREAM, 1, REQUEST), H2_FRAME(H2_DATA, 0, 1, "x") },
      ENDED "closed 13 reset DATA came behind END_STREAM; ",
      "RST_STREAM 1 STREAM_CLOSED; " },
    { "HEADERS behind END_STREAM",
      { H2_HEAD(H2_END_STREAM, 1, REQUEST), H2_HEAD(H2_END_STREAM, 1, "a: b\n") },
      ENDED "closed 13 reset HEADERS came where there must be none; ",
      "RST_STREAM 1 STREAM_CLOSED; " },
    { "CONTINUATION behind END_STREAM",
      { H2_HEAD(H2_END_STREAM, 1, REQUEST), H2_FRAME(H2_CONTINUATION, H2_END_HEADERS, 1, "\x83") },
      FAILED(ENDED, PROTOCOL_ERROR, 1, "a CONTINUATION continues nothing") },
    { "WINDOW_UPDATE, PRIORITY and RST_STREAM behind END_STREAM",
      { H2_HEAD(H2_END_STREAM, 1, REQUEST), H2_FRAME(H2_WINDOW_UPDATE, 0, 1, "\0\0\0\1"),
        H2_FRAME(H2_PRIORITY, 0, 1, "\0\0\0\0\1"), H2_FRAME(H2_RST_STREAM, 0, 1, "\0\0\0\x08") },
      ENDED "closed 1 reset the peer reset the stream: CANCEL; ",
      "" },

    // ---- 5.1, closed ----
    { "DATA behind RST_STREAM",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_RST_STREAM, 0, 1, "\0\0\0\x08"),
        H2_FRAME(H2_DATA, 0, 1, "x") },
      OPENED "closed 1 reset the peer reset the stream: CANCEL; ",
      "RST_STREAM 1 STREAM_CLOSED; " },
    { "HEADERS behind RST_STREAM",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_RST_STREAM, 0, 1, "\0\0\0\x08"),
        H2_HEAD(H2_END_STREAM, 1, REQUEST) },
      FAILED(OPENED "closed 1 reset the peer reset the stream: CANCEL; ", STREAM_CLOSED, 5,
             "HEADERS are on a stream that is over, or must not be opened") },
    { "all that may cross with an end",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_RST_STREAM, 0, 1, "\0\0\0\x08"),
        H2_FRAME(H2_WINDOW_UPDATE, 0, 1, "\0\0\0\1"), H2_FRAME(H2_PRIORITY, 0, 1, "\0\0\0\0\1"),
        H2_FRAME(H2_RST_STREAM, 0, 1, "\0\0\0\x08") },
      OPENED "closed 1 reset the peer reset the stream: CANCEL; ",
      "" },
    { "what crosses with a refusal is skipped",
      { H2_HEAD(0, 1, ":method: GET\n:scheme: http\n:path: /\n"), H2_FRAME(H2_DATA, 0, 1, "x"),
        H2_HEAD(H2_END_STREAM, 1, "a: b\n") },
      "",
      "HEADERS 1 [:status=405 content-type=text/plain]; DATA 1 end of 33; RST_STREAM 1 NO_ERROR; " },

    // ---- 5.1.1, 5.1.2 ----
    { "a stream with an even number",
      { H2_HEAD(0, 2, REQUEST) },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1,
                     "HEADERS are on a stream that is over, or must not be opened") },
    { "a number below the last",
      { H2_HEAD(H2_END_STREAM, 5, REQUEST), H2_HEAD(0, 3, REQUEST) },
      "opened /a/b; ended 3; failed 1 HEADERS are on a stream that is over, or must not be opened; ",
      "GOAWAY 5 PROTOCOL_ERROR HEADERS are on a stream that is over, or must not be opened; " },
    { "numbers may leave gaps",
      { H2_HEAD(H2_END_STREAM, 1, REQUEST), H2_HEAD(H2_END_STREAM, 0x7fffffff, REQUEST) },
      ENDED "opened /a/b; ended 1073741824; ",
      "" },

    // ---- 5.3: it says nothing any more, not even that a stream depends on itself ----
    { "priority in HEADERS",
      { H2_FRAME(H2_PRIORITY, 0, 1, "\0\0\0\1\1"),
        H2_FRAME(H2_HEADERS, H2_END_HEADERS | H2_END_STREAM | H2_HAS_PRIORITY, 1,
                 "\0\0\0\1\x10\x83\x86\x04\x04/a/b\x0f\x10\x10"
                 "application/grpc") },
      ENDED,
      "" },
    { "PRIORITY on no stream",
      { H2_FRAME(H2_PRIORITY, 0, 0, "\0\0\0\0\1") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame that is for a stream is on none") },
    { "PRIORITY of four bytes",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_PRIORITY, 0, 1, "\0\0\0\0") },
      OPENED "closed 13 reset a PRIORITY has 5 bytes; ",
      "RST_STREAM 1 FRAME_SIZE_ERROR; " },
    { "PRIORITY of four bytes on an idle stream",
      { H2_FRAME(H2_PRIORITY, 0, 1, "\0\0\0\0") },
      FAILED_AT_ONCE(FRAME_SIZE_ERROR, 6, "a PRIORITY has 5 bytes") },

    // ---- 6.1 ----
    { "DATA on no stream",
      { H2_FRAME(H2_DATA, 0, 0, "x") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame that is for a stream is on none") },
    { "DATA with as much padding as it is long",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_DATA, H2_PADDED, 1, "\3ab") },
      FAILED(OPENED, PROTOCOL_ERROR, 1, "a DATA frame is longer padded than it is") },
    { "DATA that is padded and empty",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_DATA, H2_PADDED, 1, "") },
      FAILED(OPENED, PROTOCOL_ERROR, 1, "a DATA frame is longer padded than it is") },
    { "DATA of padding alone, and END_STREAM with it",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_DATA, H2_PADDED, 1, "\2ab"),
        H2_FRAME(H2_DATA, H2_PADDED | H2_END_STREAM, 1, "\0") },
      OPENED "ended 1; ",
      "" },

    // ---- 6.2 ----
    { "HEADERS on no stream",
      { H2_HEAD(0, 0, REQUEST) },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame that is for a stream is on none") },
    { "HEADERS with more padding than they are long",
      { H2_FRAME(H2_HEADERS, H2_END_HEADERS | H2_PADDED, 1, "\4\x83\x86\x84") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a HEADERS frame is longer padded than it is") },
    { "HEADERS without room for their priority",
      { H2_FRAME(H2_HEADERS, H2_END_HEADERS | H2_HAS_PRIORITY, 1, "\0\0\0\0") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a HEADERS frame is longer padded than it is") },
    { "HEADERS with padding and priority",
      { H2_FRAME(H2_HEADERS, H2_END_HEADERS | H2_END_STREAM | H2_HAS_PRIORITY | H2_PADDED, 1,
                 "\3\0\0\0\0\x10\x83\x86\x04\x04/a/b\x0f\x10\x10"
                 "application/grpc123") },
      ENDED,
      "" },

    // ---- 6.4 ----
    { "RST_STREAM on no stream",
      { H2_FRAME(H2_RST_STREAM, 0, 0, "\0\0\0\x08") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame that is for a stream is on none") },
    { "RST_STREAM of three bytes",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_RST_STREAM, 0, 1, "\0\0\0") },
      FAILED(OPENED, FRAME_SIZE_ERROR, 6, "a RST_STREAM has 4 bytes") },

    // ---- 6.5 ----
    { "an acknowledgement with something in it",
      { H2_FRAME(H2_SETTINGS, H2_ACK, 0, "\0\3\0\0\0\1") },
      FAILED_AT_ONCE(FRAME_SIZE_ERROR, 6, "SETTINGS have a length that they cannot have") },
    { "an acknowledgement", { H2_FRAME(H2_SETTINGS, H2_ACK, 0, "") }, "", "" },
    { "SETTINGS on a stream",
      { H2_FRAME(H2_SETTINGS, 0, 1, "\0\3\0\0\0\1") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame that is for the connection is on a stream") },
    { "SETTINGS of five bytes",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\3\0\0\0") },
      FAILED_AT_ONCE(FRAME_SIZE_ERROR, 6, "SETTINGS have a length that they cannot have") },
    { "ENABLE_PUSH of 0 and of 1",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\2\0\0\0\0\0\2\0\0\0\1") },
      "",
      "SETTINGS ack; " },
    { "ENABLE_PUSH of 2",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\2\0\0\0\2") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a setting has a value that it must not have") },
    { "INITIAL_WINDOW_SIZE beyond the largest",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\4\x80\0\0\0") },
      FAILED_AT_ONCE(FLOW_CONTROL_ERROR, 3, "a window is wider than HTTP/2 knows") },
    { "the largest INITIAL_WINDOW_SIZE",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\4\x7f\xff\xff\xff") },
      "",
      "SETTINGS ack; " },
    { "MAX_FRAME_SIZE below the least",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\5\0\0\x3f\xff") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a setting has a value that it must not have") },
    { "MAX_FRAME_SIZE beyond the largest",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\5\1\0\0\0") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a setting has a value that it must not have") },
    { "MAX_FRAME_SIZE at both ends",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\5\0\0\x40\0\0\5\0\xff\xff\xff") },
      "",
      "SETTINGS ack; " },
    { "settings that nobody knows",
      { H2_FRAME(H2_SETTINGS, 0, 0, "\0\0\xff\xff\xff\xff\0\x10\1\2\3\4\xfe\3\0\0\0\1") },
      "",
      "SETTINGS ack; " },

    // ---- 6.6 ----
    { "PUSH_PROMISE",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_PUSH_PROMISE, H2_END_HEADERS, 1, "\0\0\0\2\x83") },
      FAILED(OPENED, PROTOCOL_ERROR, 1, "a PUSH_PROMISE came, and nobody asked for any") },

    // ---- 6.7 ----
    { "PING with an acknowledgement",
      { H2_FRAME(H2_PING, H2_ACK, 0, "aaaaaaaa") },
      "pong 6161616161616161; ",
      "" },
    { "PING on a stream",
      { H2_FRAME(H2_PING, 0, 1, "12345678") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame that is for the connection is on a stream") },
    { "PING of seven bytes",
      { H2_FRAME(H2_PING, 0, 0, "1234567") },
      FAILED_AT_ONCE(FRAME_SIZE_ERROR, 6, "a PING has 8 bytes") },
    { "PING of nine bytes",
      { H2_FRAME(H2_PING, 0, 0, "123456789") },
      FAILED_AT_ONCE(FRAME_SIZE_ERROR, 6, "a PING has 8 bytes") },

    // ---- 6.8 ----
    { "GOAWAY on a stream",
      { H2_FRAME(H2_GOAWAY, 0, 1, "\0\0\0\0\0\0\0\0") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a frame that is for the connection is on a stream") },
    { "GOAWAY of seven bytes",
      { H2_FRAME(H2_GOAWAY, 0, 0, "\0\0\0\0\0\0\0") },
      FAILED_AT_ONCE(FRAME_SIZE_ERROR, 6, "a GOAWAY has 8 bytes at least") },
    { "GOAWAY from a client, whose call goes on",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_GOAWAY, 0, 0, "\0\0\0\0\0\0\0\2why"),
        H2_FRAME(H2_DATA, H2_END_STREAM, 1, "\0\0\0\0\1x") },
      OPENED "goaway 2 why; message 1 x; ended 1; ",
      "" },

    // ---- 6.9 ----
    { "WINDOW_UPDATE of nothing on the connection",
      { H2_FRAME(H2_WINDOW_UPDATE, 0, 0, "\0\0\0\0") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a WINDOW_UPDATE widens by nothing") },
    { "WINDOW_UPDATE of nothing on a stream",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_WINDOW_UPDATE, 0, 1, "\x80\0\0\0") },
      OPENED "closed 13 reset a WINDOW_UPDATE widens by nothing; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "WINDOW_UPDATE of three bytes",
      { H2_FRAME(H2_WINDOW_UPDATE, 0, 0, "\0\0\1") },
      FAILED_AT_ONCE(FRAME_SIZE_ERROR, 6, "a WINDOW_UPDATE has 4 bytes") },
    { "the connection's window at its widest",
      { H2_FRAME(H2_WINDOW_UPDATE, 0, 0, "\x7f\xff\0\0") },
      "",
      "" },
    { "the connection's window beyond the widest",
      { H2_FRAME(H2_WINDOW_UPDATE, 0, 0, "\x7f\xff\0\0"),
        H2_FRAME(H2_WINDOW_UPDATE, 0, 0, "\0\0\0\1") },
      FAILED_AT_ONCE(FLOW_CONTROL_ERROR, 3, "the connection's window is too wide") },
    { "a stream's window at its widest",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_WINDOW_UPDATE, 0, 1, "\x7f\xff\0\0") },
      OPENED,
      "" },
    { "a stream's window beyond the widest",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_WINDOW_UPDATE, 0, 1, "\x7f\xff\xff\xff") },
      OPENED "closed 13 reset a stream's window is too wide; ",
      "RST_STREAM 1 FLOW_CONTROL_ERROR; " },
    { "a stream's window beyond the widest, by SETTINGS",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_WINDOW_UPDATE, 0, 1, "\x7f\xff\0\0"),
        H2_FRAME(H2_SETTINGS, 0, 0, "\0\4\0\1\0\0") },
      FAILED(OPENED, FLOW_CONTROL_ERROR, 3, "a window is wider than HTTP/2 knows") },

    // ---- 6.10 ----
    { "a header block in many pieces",
      { H2_FRAME(H2_HEADERS, H2_END_STREAM, 1, ""), H2_FRAME(H2_CONTINUATION, 0, 1, "\x83\x86\x04"),
        H2_FRAME(H2_CONTINUATION, 0, 1, ""), H2_FRAME(H2_CONTINUATION, 0, 1, "\x04/a"),
        H2_FRAME(H2_CONTINUATION, 0xfb, 1, "/b\x0f"),
        H2_FRAME(H2_CONTINUATION, H2_END_HEADERS, 1,
                 "\x10\x10"
                 "application/grpc") },
      ENDED,
      "" },
    { "CONTINUATION on another stream",
      { H2_FRAME(H2_HEADERS, 0, 1, "\x83"), H2_FRAME(H2_CONTINUATION, H2_END_HEADERS, 3, "\x86") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a header block was interrupted") },
    { "CONTINUATION on no stream",
      { H2_FRAME(H2_HEADERS, 0, 1, "\x83"), H2_FRAME(H2_CONTINUATION, H2_END_HEADERS, 0, "\x86") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a header block was interrupted") },
    { "DATA within a header block",
      { H2_FRAME(H2_HEADERS, 0, 1, "\x83"), H2_FRAME(H2_CONTINUATION, 0, 1, "\x86"),
        H2_FRAME(H2_DATA, 0, 1, "x") },
      FAILED_AT_ONCE(PROTOCOL_ERROR, 1, "a header block was interrupted") },
    { "CONTINUATION behind a whole header block",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_CONTINUATION, H2_END_HEADERS, 1, "\x86") },
      FAILED(OPENED, PROTOCOL_ERROR, 1, "a CONTINUATION continues nothing") },
    { "CONTINUATION behind DATA",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_DATA, 0, 1, ""),
        H2_FRAME(H2_CONTINUATION, H2_END_HEADERS, 1, "\x86") },
      FAILED(OPENED, PROTOCOL_ERROR, 1, "a CONTINUATION continues nothing") },

    // ---- 8.1 ----
    { "HEADERS twice without an end",
      { H2_HEAD(0, 1, REQUEST), H2_HEAD(0, 1, "a: b\n") },
      OPENED "closed 13 reset HEADERS came where there must be none; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "trailers of a request",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\1x"),
        H2_HEAD(H2_END_STREAM, 1, "a: b\n") },
      OPENED "message 1 x; ended 1; ",
      "" },
    { "a pseudo-header field in trailers",
      { H2_HEAD(0, 1, REQUEST), H2_HEAD(H2_END_STREAM, 1, ":method: POST\n") },
      OPENED "closed 13 reset HEADERS came where there must be none; ",
      "RST_STREAM 1 PROTOCOL_ERROR; " },
    { "trailers in the middle of a message",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\2x"),
        H2_HEAD(H2_END_STREAM, 1, "a: b\n") },
      OPENED "closed 13 reset the stream ended in the middle of a message; ",
      "HEADERS 1 end [:status=200 content-type=application/grpc grpc-status=13 "
      "grpc-message=the stream ended in the middle of a message]; RST_STREAM 1 NO_ERROR; " },
};

// ---- 5.1, closed: by both, and by us first ---------------------------------

static const h2_scene answered[] = {
    { "DATA on a stream that both sides ended",
      { H2_HEAD(H2_END_STREAM, 1, REQUEST), H2_FRAME(H2_DATA, 0, 1, "x") },
      ENDED,
      "HEADERS 1 end [:status=200 content-type=application/grpc grpc-status=0]; RST_STREAM 1 STREAM_CLOSED; " },
    { "HEADERS on a stream that both sides ended",
      { H2_HEAD(H2_END_STREAM, 1, REQUEST), H2_HEAD(H2_END_STREAM, 1, REQUEST) },
      ENDED "failed 5 HEADERS are on a stream that is over, or must not be opened; ",
      "HEADERS 1 end [:status=200 content-type=application/grpc grpc-status=0]; "
      "GOAWAY 1 STREAM_CLOSED HEADERS are on a stream that is over, or must not be opened; " },
};

static const h2_scene aborted[] = {
    { "trailers that cross with our own end are part of the table's state",
      { H2_HEAD(0, 1, REQUEST),
        H2_FRAME(H2_HEADERS, H2_END_STREAM | H2_END_HEADERS, 1,
                 "\x40\x0c"
                 "content-type\x10"
                 "application/grpc"),
        H2_FRAME(H2_HEADERS, H2_END_STREAM | H2_END_HEADERS, 3, "\x83\x86\x04\x04/a/b\xbe") },
      "opened /a/b; began 1; opened /a/b; ended 2; ",
      "HEADERS 1 end [:status=200 content-type=application/grpc grpc-status=1 grpc-message=enough]; RST_STREAM 1 NO_ERROR; " },
    { "what crosses with our own end is skipped",
      { H2_HEAD(0, 1, REQUEST), H2_FRAME(H2_DATA, 0, 1, "\0\0\0\0\1x"),
        H2_FRAME(H2_WINDOW_UPDATE, 0, 1, "\0\0\0\1"), H2_HEAD(H2_END_STREAM, 1, "a: b\n"),
        H2_HEAD(0, 3, REQUEST) },
      "opened /a/b; began 1; opened /a/b; began 2; ",
      "HEADERS 1 end [:status=200 content-type=application/grpc grpc-status=1 grpc-message=enough]; RST_STREAM 1 NO_ERROR; "
      "HEADERS 3 end [:status=200 content-type=application/grpc grpc-status=1 grpc-message=enough]; RST_STREAM 3 NO_ERROR; " },
};

static void test_each_scene_whole_byte_by_byte_and_cut_anywhere(void **state)
{
    (void)state;
    h2_scenes_play(scenes, TERN_COUNT_OF(scenes), TERNI_SERVER, H2_LISTENS);
    h2_scenes_play(answered, TERN_COUNT_OF(answered), TERNI_SERVER, H2_ANSWERS);
    h2_scenes_play(aborted, TERN_COUNT_OF(aborted), TERNI_SERVER, H2_ABORTS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_each_scene_whole_byte_by_byte_and_cut_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
