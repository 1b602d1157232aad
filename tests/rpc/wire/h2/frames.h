// tests/rpc/wire/h2/frames.h: HTTP/2's frames made by hand, and those of an engine in words. The header blocks
// are plain literals, or whatever bytes a test brings.
//
// Lifetime:  h2_bytes is a value. A talk: h2_talk_init / h2_talk_done.
// Threads:   none.
//
//   h2_talk t;
//   h2_talk_init(&t, TERNI_SERVER, NULL);  // both prefaces are over
//   h2_bytes_fields(&b, H2_END_STREAM, 1, H2_TEST_REQUEST);
//   wire_core_feed(&t.core, b.bytes, b.len, 1);
//   assert_string_equal(h2_talk_hear(&t), "RST_STREAM 1 CANCEL; ");
#ifndef TESTS_RPC_WIRE_H2_FRAMES_H
#define TESTS_RPC_WIRE_H2_FRAMES_H

#include "rpc/wire/h2/frame_internal.h"
#include "rpc/wire/h2/hpack_internal.h"
#include "tests/rpc/wire_core.h"

typedef struct h2_bytes h2_bytes;
struct h2_bytes {
    uint8_t bytes[1 << 20];
    size_t  len;
};

// One field on a line, "name: value\n".
#define H2_TEST_REQUEST                                                                            \
    ":method: POST\n:scheme: http\n:path: /a/b\nte: trailers\ncontent-type: application/grpc\n"
#define H2_TEST_ANSWER ":status: 200\ncontent-type: application/grpc\n"

void h2_bytes_add(h2_bytes *b, const void *bytes, size_t len);
void h2_bytes_prefix(h2_bytes *b, size_t len, unsigned kind, unsigned flags, uint32_t stream);
void h2_bytes_frame(h2_bytes *b, unsigned kind, unsigned flags, uint32_t stream,
                    const void *payload, size_t len);
// HEADERS with END_HEADERS and `flags`.
void h2_bytes_fields(h2_bytes *b, unsigned flags, uint32_t stream, const char *fields);
// A header block alone; returns its length. `dst` has room for it.
size_t h2_bytes_block(uint8_t *dst, const char *fields);
void   h2_bytes_u32(h2_bytes *b, unsigned kind, uint32_t stream, uint32_t value);
void   h2_bytes_setting(h2_bytes *b, unsigned number, uint32_t value);
void   h2_bytes_goaway(h2_bytes *b, uint32_t last_stream, uint32_t error, const char *text);
// DATA with a message of gRPC's: `text`, whole.
void h2_bytes_message(h2_bytes *b, unsigned flags, uint32_t stream, const char *text);

typedef struct h2_talk h2_talk;
struct h2_talk {
    wire_core   core;
    terni_hpack hpack;  // of what the engine says
    uint8_t    *rest;   // of its bytes: a frame that is not whole, or what is unread
    size_t      rest_len;
    int64_t     granted, granted_one;  // by WINDOW_UPDATEs that were heard: in all, and on stream 1
    size_t      longest;               // frame that was heard
    char        said[65536];
};

// `limits` may be NULL. The peer's SETTINGS are empty; the log is empty, too.
void h2_talk_init(h2_talk *t, terni_role role, const terni_wire_limits *limits);
void h2_talk_done(h2_talk *t);
void h2_talk_feed(h2_talk *t, h2_bytes *b, size_t step);  // and empties `b`
void h2_talk_forget_log(h2_talk *t);

// What the engine has said since the last time, frame by frame:
//   HEADERS 1 end [:status=200 grpc-status=0]; DATA 1 end of 7; RST_STREAM 1 CANCEL; SETTINGS ack;
//   GOAWAY 1 PROTOCOL_ERROR why; WINDOW_UPDATE 1 by 32768; PING ack 12345678;
const char *h2_talk_hear(h2_talk *t);

#endif
