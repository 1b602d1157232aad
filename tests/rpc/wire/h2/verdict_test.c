// The same frames to our server and to nghttp2's: every kind with every flag that means something, on every sort of
// stream, of lengths that are right and wrong; and the same verdict, but for what is listed with its reason.
#include "tests/support/leak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <nghttp2/nghttp2.h>

#include "tests/rpc/wire/h2/frames.h"

enum { FINE, STREAM_ERROR, CONNECTION_ERROR };

typedef struct verdict verdict;
struct verdict {
    int      what;
    uint32_t code;
};

static h2_talk  talk;
static h2_bytes bytes;

// The first complaint in what a server says. RST_STREAM with NO_ERROR is none: it follows an answer of gRPC's.
static verdict judge(const uint8_t *p, size_t len)
{
    for (size_t at = 0; at + H2_PREFIX_LEN <= len;) {
        h2_frame f;

        h2_get_prefix(p + at, &f);
        f.payload = p + at + H2_PREFIX_LEN;
        if (f.kind == H2_GOAWAY)
            return (verdict){ CONNECTION_ERROR, h2_get_u32(f.payload + 4) };
        if (f.kind == H2_RST_STREAM && h2_get_u32(f.payload) != H2_NO_ERROR)
            return (verdict){ STREAM_ERROR, h2_get_u32(f.payload) };
        at += H2_PREFIX_LEN + f.len;
    }
    return (verdict){ FINE, 0 };
}

static verdict ask_us(void)
{
    static uint8_t out[1 << 16];
    size_t         len;

    assert_true(wire_core_init(&talk.core, &terni_wire_h2, TERNI_SERVER, NULL));
    wire_core_feed(&talk.core, bytes.bytes, bytes.len, 0);
    len = talk.core.out.len;
    assert_true(len <= sizeof out && tern_linkbuf_copy_out(&talk.core.out, 0, out, len));
    wire_core_done(&talk.core);
    return judge(out, len);
}

static verdict ask_nghttp2(void)
{
    static uint8_t             out[1 << 16];
    nghttp2_session_callbacks *cb;
    nghttp2_session           *s;
    const uint8_t             *p;
    size_t                     len = 0;
    ssize_t                    n;

    assert_int_equal(nghttp2_session_callbacks_new(&cb), 0);
    assert_int_equal(nghttp2_session_server_new(&s, cb, NULL), 0);
    nghttp2_session_callbacks_del(cb);
    assert_int_equal(nghttp2_submit_settings(s, NGHTTP2_FLAG_NONE, NULL, 0), 0);
    n = nghttp2_session_mem_recv(s, bytes.bytes, bytes.len);
    if (n < 0)
        fail_msg("nghttp2: %s", nghttp2_strerror((int)n));
    while ((n = nghttp2_session_mem_send(s, &p)) > 0) {
        assert_true((size_t)n <= sizeof out - len);
        memcpy(out + len, p, (size_t)n);
        len += (size_t)n;
    }
    nghttp2_session_del(s);
    return judge(out, len);
}

// ---- the frames ------------------------------------------------------------------

enum { OPEN = 1, ENDED = 3, RESET = 5, IDLE = 7, THEIRS = 2 };  // streams

#define PSEUDO                                                                                     \
    ":method: POST\n:scheme: http\n:path: /a/b\n:authority: a\n"  // nghttp2 wants the last one
#define GRPC    "content-type: application/grpc\n"
#define REQUEST PSEUDO GRPC

static void begin(void)
{
    bytes.len = 0;
    h2_bytes_add(&bytes, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 24);
    h2_bytes_frame(&bytes, H2_SETTINGS, 0, 0, NULL, 0);
    h2_bytes_fields(&bytes, 0, OPEN, REQUEST);
    h2_bytes_fields(&bytes, H2_END_STREAM, ENDED, REQUEST);
    h2_bytes_fields(&bytes, 0, RESET, REQUEST);
    h2_bytes_u32(&bytes, H2_RST_STREAM, RESET, H2_CANCEL);
}

typedef struct trial trial;
struct trial {
    unsigned kind, flags;
    uint32_t stream;
    size_t   len;
    uint8_t  fill;
};

// What they see otherwise, and why that is right for us.
static bool is_known_difference(const trial *t, verdict us, verdict they)
{
    bool are_both_fatal = us.what == CONNECTION_ERROR && they.what == CONNECTION_ERROR;

    // RFC 9113 asks for an error of the stream only (5.1, 6.3, 6.9), or leaves us that (5.4.2); they go further.
    if (us.code == they.code && us.what == STREAM_ERROR && they.what == CONNECTION_ERROR)
        return t->kind == H2_DATA || t->kind == H2_HEADERS || t->kind == H2_PRIORITY ||
               t->kind == H2_WINDOW_UPDATE;
    // Two rules are broken: we look at the stream first, they at the length.
    if (are_both_fatal && us.code == H2_PROTOCOL_ERROR && they.code == H2_FRAME_SIZE_ERROR)
        return true;
    // Two are broken: we look at the padding, or the block, first, they at the stream's state.
    if (are_both_fatal && they.code == H2_STREAM_CLOSED)
        return (t->kind == H2_DATA && us.code == H2_PROTOCOL_ERROR) ||
               (t->kind == H2_HEADERS && us.code == H2_COMPRESSION_ERROR);
    // A block without its end is judged by us when it is whole.
    if (t->kind == H2_HEADERS && !(t->flags & H2_END_HEADERS))
        return us.what == FINE;
    // A client's GOAWAY names a stream of the server's, of which there are none: what it names is nothing to us.
    return t->kind == H2_GOAWAY && t->stream == 0 && us.what == FINE;
}

static bool is_same(const trial *t)
{
    static uint8_t payload[16];
    verdict        us, they;

    memset(payload, t->fill, sizeof payload);
    begin();
    h2_bytes_frame(&bytes, t->kind, t->flags, t->stream, payload, t->len);
    us = ask_us();
    they = ask_nghttp2();
    if ((us.what == they.what && us.code == they.code) || is_known_difference(t, us, they))
        return true;
    print_error("kind %u, flags %x, stream %u, len %zu of %x: we %d %u, they %d %u\n", t->kind,
                t->flags, t->stream, t->len, t->fill, us.what, us.code, they.what, they.code);
    return false;
}

static void test_every_frame(void **state)
{
    static const uint32_t streams[] = { 0, OPEN, ENDED, RESET, IDLE, THEIRS };
    static const unsigned flags[] = { 0, 1, 4, 5, 8, 9, 12, 13, 0x20, 0x24, 0x25, 0x2d };
    static const size_t   lens[] = { 0, 1, 3, 4, 5, 6, 7, 8, 9, 12 };
    static const uint8_t  fills[] = { 0, 1, 0x83 };

    unsigned n_wrong = 0;

    (void)state;
    for (unsigned kind = 0; kind <= 11; kind++)
        for (size_t s = 0; s < TERN_COUNT_OF(streams); s++)
            for (size_t f = 0; f < TERN_COUNT_OF(flags); f++)
                for (size_t l = 0; l < TERN_COUNT_OF(lens); l++)
                    for (size_t b = 0; b < TERN_COUNT_OF(fills); b++)
                        n_wrong +=
                            !is_same(&(trial){ kind, flags[f], streams[s], lens[l], fills[b] });
    assert_int_equal(n_wrong, 0);
}

// ---- SETTINGS ------------------------------------------------------------------------

static void test_every_setting(void **state)
{
    static const uint32_t values[] = { 0,       1,         2,        100,
                                       16383,   16384,     65535,    (1 << 24) - 1,
                                       1 << 24, INT32_MAX, 1u << 31, UINT32_MAX };

    (void)state;
    for (unsigned number = 0; number < 8;
         number++)  // 8 and 9 are extensions that they know and we do not
        for (size_t i = 0; i < TERN_COUNT_OF(values); i++) {
            verdict us, they;

            begin();
            h2_bytes_setting(&bytes, number, values[i]);
            us = ask_us(), they = ask_nghttp2();
            if (us.what != they.what || us.code != they.code)
                fail_msg("setting %u of %u: we %d %u, they %d %u", number, values[i], us.what,
                         us.code, they.what, they.code);
        }
}

// ---- requests ------------------------------------------------------------------------

static const struct {
    const char *fields;
    bool        is_different;  // and why
} heads[] = {
    { REQUEST, false },
    { REQUEST "K: v\n", false },
    { REQUEST "k y: v\n", false },
    { REQUEST "k\x7f: v\n", false },
    { REQUEST "k\xc3\xa9: v\n", false },
    { REQUEST "k: \xc3\xa9\tx\n", false },
    { REQUEST "k: a\rb\n", false },
    { REQUEST "k: a\x01"
              "b\n",
      true },  // RFC 9113, 8.2.1, forbids NUL, CR and LF only
    { REQUEST "k: \n", false },
    { PSEUDO ":test: x\n" GRPC, false },
    { PSEUDO ":status: 200\n" GRPC, false },
    { ":method: POST\n:scheme: http\n:authority: a\n" GRPC ":path: /a/b\n", false },
    { REQUEST "connection: keep-alive\n", false },
    { REQUEST "keep-alive: 1\n", false },
    { REQUEST "proxy-connection: x\n", false },
    { REQUEST "transfer-encoding: chunked\n", false },
    { REQUEST "upgrade: h2c\n", false },
    { REQUEST "te: trailers\n", false },
    { REQUEST "te: gzip\n", false },
    { REQUEST "te: trailers, deflate\n", false },
    { ":scheme: http\n:path: /a/b\n:authority: a\n" GRPC, false },
    { ":method: POST\n:path: /a/b\n:authority: a\n" GRPC, false },
    { ":method: POST\n:scheme: http\n:authority: a\n" GRPC, false },
    { ":method: POST\n:scheme: http\n:path: \n:authority: a\n" GRPC, false },
    { ":method: POST\n:scheme: http\n:path: a/b\n:authority: a\n" GRPC,
      true },  // gRPC has a word for it: UNIMPLEMENTED
    { ":method: POST\n" PSEUDO GRPC, false },
    { ":path: /a/b\n" PSEUDO GRPC, false },
    { ":authority: b\n" PSEUDO GRPC, false },
    { ":method: POST\n:scheme: http\n:path: /a/b\n" GRPC,
      true },  // a client of gRPC's may leave :authority out
    { ":method: POST\n:scheme: http\n:path: /a/b\nhost: a\n" GRPC, false },
    { REQUEST "content-length: 0\n", false },
    { REQUEST "content-length: 1\n", false },
    { REQUEST "content-length: x\n", false },
    { REQUEST "content-length: 0\ncontent-length: 0\n",
      true },  // RFC 9110, 8.6, lets us take equal ones
};

static void test_every_request(void **state)
{
    unsigned n_wrong = 0;

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(heads); i++) {
        verdict us, they;
        bool    is_different;

        begin();
        h2_bytes_fields(&bytes, H2_END_STREAM, IDLE, heads[i].fields);
        us = ask_us(), they = ask_nghttp2();
        is_different = us.what != they.what || us.code != they.code;
        if (is_different != heads[i].is_different)
            print_error("%s: we %d %u, they %d %u\n", heads[i].fields, us.what, us.code, they.what,
                        they.code);
        n_wrong += is_different != heads[i].is_different;
    }
    assert_int_equal(n_wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_every_frame),
        TERN_TEST(test_every_setting),
        TERN_TEST(test_every_request),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
