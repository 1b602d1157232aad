// What an engine makes of bytes: every kind, flag and rule of docs/wire.md, and of bytes that break them.
#include "tests/support/leak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire_core.h"

enum { SETTINGS, OPEN, HEADERS, DATA, CLOSE, RESET, WINDOW, PING, GOAWAY };
enum { MESSAGE = 1, END = 2, MORE = 4, COMPRESSED = 8, ACK = 16 };

typedef struct row row;
struct row {
    unsigned    kind, flags;
    uint32_t    stream;
    const char *head;
    const char *body;
};

typedef struct scene scene;
struct scene {
    const char *name;
    row         rows[6];
    const char *log;  // behind "settled; "
};

#define PATH "\x0a\x04/a/b"

// ---- what a client may send ----------------------------------------------

static const scene to_server[] = {
    { "unary", { { OPEN, MESSAGE | END, 1, PATH, "x" } }, "opened /a/b; message 1 x; ended 1; " },
    { "no message", { { OPEN, END, 1, PATH, "" } }, "opened /a/b; ended 1; " },
    { "empty message",
      { { OPEN, MESSAGE | END, 1, PATH, "" } },
      "opened /a/b; message 1 ; ended 1; " },
    { "compressed",
      { { OPEN, MESSAGE | END | COMPRESSED, 1, PATH, "x" } },
      "opened /a/b; closed 12 reset the message is compressed, and no encoding was announced; " },
    { "stream",
      { { OPEN, 0, 1, PATH, "" },
        { DATA, MESSAGE, 1, "", "a" },
        { DATA, MESSAGE, 1, "", "" },
        { DATA, END, 1, "", "" } },
      "opened /a/b; began 1; message 1 a; message 1 ; ended 1; " },
    { "parts",
      { { OPEN, MORE, 1, PATH "\x30\x05", "ab" },
        { DATA, MORE, 1, "", "" },
        { DATA, MORE, 1, "\x08\x63", "cd" },
        { DATA, MESSAGE | END, 1, "", "e" } },
      "opened /a/b; began 1; message 1 abcde; ended 1; " },
    { "parts of a later message",
      { { OPEN, 0, 1, PATH, "" },
        { DATA, MORE, 1, "\x08\x02", "a" },
        { DATA, MESSAGE, 1, "", "b" } },
      "opened /a/b; began 1; message 1 ab; " },
    { "an empty message in parts",
      { { OPEN, MORE, 1, PATH, "" }, { DATA, MESSAGE, 1, "", "" } },
      "opened /a/b; began 1; message 1 ; " },
    { "two large ones interleaved",
      { { OPEN, MORE, 1, PATH "\x30\x02", "a" },
        { OPEN, MORE, 2, PATH "\x30\x02", "c" },
        { DATA, MESSAGE, 1, "", "b" },
        { DATA, MESSAGE, 2, "", "d" } },
      "opened /a/b; began 1; opened /a/b; began 2; message 1 ab; message 2 cd; " },
    { "shorter than announced",
      { { OPEN, MORE, 1, PATH "\x30\x05", "ab" }, { DATA, MESSAGE, 1, "", "c" } },
      "opened /a/b; began 1; failed 1 a message is shorter than announced; " },
    { "longer than announced",
      { { OPEN, MORE, 1, PATH "\x30\x03", "ab" }, { DATA, MORE, 1, "", "cd" } },
      "opened /a/b; began 1; failed 1 a message is longer than announced; " },
    { "the first part is longer",
      { { OPEN, MORE, 1, PATH "\x30\x01", "ab" } },
      "opened /a/b; began 1; failed 1 a message is longer than announced; " },
    { "not announced",
      { { OPEN, MORE, 1, PATH, "ab" } },
      "opened /a/b; began 1; failed 1 a message is longer than announced; " },
    { "announced over max_message",
      { { OPEN, MORE, 1, PATH "\x30\x80\x80\x80\x80\x10", "ab" },
        { DATA, MESSAGE, 1, "", "skipped" },
        { OPEN, END, 2, PATH, "" } },
      "opened /a/b; began 1; closed 8 reset a message is larger than max_message; opened /a/b; ended 2; " },
    { "END in the middle of a message",
      { { OPEN, MORE, 1, PATH "\x30\x05", "ab" }, { DATA, END, 1, "", "" } },
      "opened /a/b; began 1; failed 1 END came in the middle of a message; " },
    { "MORE and MESSAGE",
      { { OPEN, MORE | MESSAGE, 1, PATH "\x30\x05", "ab" } },
      "failed 1 MORE goes with neither MESSAGE nor END; " },
    { "MORE and END",
      { { OPEN, 0, 1, PATH, "" }, { DATA, MORE | END, 1, "\x08\x05", "ab" } },
      "opened /a/b; began 1; failed 1 MORE goes with neither MESSAGE nor END; " },
    { "a body of nothing",
      { { OPEN, 0, 1, PATH, "ab" } },
      "failed 1 a body has neither MESSAGE nor MORE; " },
    { "DATA behind END",
      { { OPEN, END, 1, PATH, "" }, { DATA, MESSAGE, 1, "", "x" } },
      "opened /a/b; ended 1; failed 1 DATA came behind END; " },

    { "path by number",
      { { OPEN, END, 1, PATH "\x10\x05", "" }, { OPEN, END, 2, "\x10\x05", "" } },
      "opened /a/b; ended 1; opened /a/b; ended 2; " },
    { "number of nothing",
      { { OPEN, END, 1, "\x10\x05", "" } },
      "failed 1 the head of an OPEN is malformed; " },
    { "number given twice",
      { { OPEN, END, 1, PATH "\x10\x05", "" }, { OPEN, END, 2, PATH "\x10\x05", "" } },
      "opened /a/b; ended 1; failed 1 the head of an OPEN is malformed; " },
    { "number out of range",
      { { OPEN, END, 1, PATH "\x10\x81\x20", "" } },
      "failed 1 the head of an OPEN is malformed; " },
    { "largest number", { { OPEN, END, 1, PATH "\x10\x80\x20", "" } }, "opened /a/b; ended 1; " },
    { "neither path nor number",
      { { OPEN, END, 1, "", "" } },
      "failed 1 the head of an OPEN is malformed; " },
    { "deadline, metadata, a field of later, a fixed one",
      { { OPEN, END, 1,
          PATH "\x18\x07\x22\x06\x0a\x01k\x12\x01v\x7a\x01z\x7d"
               "1234",
          "" } },
      "opened /a/b in 7 us k=v; ended 1; " },
    { "metadata that are none",
      { { OPEN, END, 1, PATH "\x22\x02\x0a\x09", "" } },
      "failed 1 the head of an OPEN is malformed; " },
    { "a head cut short",
      { { OPEN, END, 1, "\x0a\x05/a/b", "" } },
      "failed 1 the head of an OPEN is malformed; " },
    { "a group in a head",
      { { OPEN, END, 1, PATH "\x0b", "" } },
      "failed 1 the head of an OPEN is malformed; " },
    { "field number 0",
      { { OPEN, END, 1, PATH "\x02\x01z", "" } },
      "failed 1 the head of an OPEN is malformed; " },
    { "an endless number",
      { { OPEN, END, 1, PATH "\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "" } },
      "failed 1 the head of an OPEN is malformed; " },

    { "number reused",
      { { OPEN, END, 1, PATH, "" }, { OPEN, END, 1, PATH, "" } },
      "opened /a/b; ended 1; failed 1 an OPEN reuses a stream's number; " },
    { "number of the past",
      { { OPEN, END, 2, PATH, "" }, { RESET, 0, 2, "", "" }, { OPEN, END, 2, PATH, "" } },
      "opened /a/b; ended 2; closed 0 reset; failed 1 an OPEN reuses a stream's number; " },
    { "frames for a stream that ended",
      { { OPEN, 0, 1, PATH, "" },
        { RESET, 0, 1, "\x08\x01", "" },
        { DATA, MESSAGE, 1, "", "x" },
        { WINDOW, 0, 1, "\x08\x01", "" },
        { RESET, 0, 1, "", "" } },
      "opened /a/b; began 1; closed 1 reset; " },
    { "DATA never opened",
      { { DATA, MESSAGE, 1, "", "x" } },
      "failed 1 a frame names a stream that was never opened; " },
    { "WINDOW never opened",
      { { WINDOW, 0, 1, "\x08\x01", "" } },
      "failed 1 a frame names a stream that was never opened; " },
    { "RESET",
      { { OPEN, 0, 1, PATH, "" }, { RESET, 0, 1, "\x08\x04\x12\x02ow\x18\x01", "" } },
      "opened /a/b; began 1; closed 4 reset unprocessed ow; " },
    { "a code of nobody's",
      { { OPEN, 0, 1, PATH, "" }, { RESET, 0, 1, "\x08\x63", "" } },
      "opened /a/b; began 1; closed 2 reset; " },

    { "SETTINGS twice", { { SETTINGS, 0, 0, "", "" } }, "failed 1 SETTINGS came twice; " },
    { "PING",
      { { PING, 0, 0, "", "12345678" }, { PING, ACK, 0, "", "aaaaaaaa" } },
      "pong 6161616161616161; " },
    { "PING of 7 bytes", { { PING, 0, 0, "", "1234567" } }, "failed 1 a PING has 8 bytes; " },
    { "GOAWAY", { { GOAWAY, 0, 0, "\x08\x01\x10\x02\x1a\x02ow", "" } }, "goaway 2 ow; " },
    { "WINDOW", { { WINDOW, 0, 0, "\x08\x01", "" } }, "" },
    { "WINDOW too large",
      { { WINDOW, 0, 0, "\x08\x80\x80\x80\x80\x08", "" } },
      "failed 1 the head of a WINDOW is malformed; " },
    { "WINDOW with a body",
      { { WINDOW, 0, 0, "\x08\x01", "x" } },
      "failed 1 the head of a WINDOW is malformed; " },
    { "unknown kinds",
      { { 9, 0, 7, "?", "??" }, { 255, 31, 0, "", "" }, { OPEN, END, 1, PATH, "" } },
      "opened /a/b; ended 1; " },
    { "unknown flag", { { OPEN, 32, 1, PATH, "" } }, "failed 1 a frame has an unknown flag; " },

    { "HEADERS from a client",
      { { HEADERS, 0, 1, "", "" } },
      "failed 1 this side may not send a frame of this kind; " },
    { "CLOSE from a client",
      { { CLOSE, 0, 1, "", "" } },
      "failed 1 this side may not send a frame of this kind; " },
};

// ---- what a server may send, to a client with calls 1 and 2 open ---------

static const scene to_client[] = {
    { "unary", { { CLOSE, MESSAGE | END, 1, "", "x" } }, "message 1 x; closed 0; " },
    { "status",
      { { CLOSE, END, 1,
          "\x08\x05\x12\x02ow\x1a\x01"
          "d\x22\x06\x0a\x01k\x12\x01v",
          "" } },
      "closed 5 ow (d) k=v; " },
    { "headers, stream",
      { { HEADERS, 0, 1, "\x0a\x06\x0a\x01k\x12\x01v", "" },
        { DATA, MESSAGE, 1, "", "a" },
        { CLOSE, END, 1, "", "" } },
      "headers 1 k=v; message 1 a; closed 0; " },
    { "HEADERS twice",
      { { HEADERS, 0, 1, "", "" }, { HEADERS, 0, 1, "", "" } },
      "headers 1; failed 1 HEADERS came twice, or behind a message; " },
    { "HEADERS behind a message",
      { { DATA, MESSAGE, 1, "", "a" }, { HEADERS, 0, 1, "", "" } },
      "message 1 a; failed 1 HEADERS came twice, or behind a message; " },
    { "a large reply",
      { { DATA, MORE, 1, "\x08\x03", "ab" }, { CLOSE, MESSAGE | END, 1, "", "c" } },
      "message 1 abc; closed 0; " },
    { "an error in the middle of a message",
      { { DATA, MORE, 1, "\x08\x03", "ab" }, { CLOSE, END, 1, "\x08\x0d", "" } },
      "closed 13; " },
    { "OK in the middle of a message",
      { { DATA, MORE, 1, "\x08\x03", "ab" }, { CLOSE, END, 1, "", "" } },
      "failed 1 a CLOSE says OK in the middle of a message; " },
    { "CLOSE with MORE",
      { { CLOSE, MORE, 1, "\x28\x05", "ab" } },
      "failed 1 a frame has a flag that its kind does not know; " },
    { "a code of nobody's", { { CLOSE, END, 1, "\x08\x63", "" } }, "closed 2; " },
    { "refused", { { RESET, 0, 1, "\x08\x0e\x18\x01", "" } }, "closed 14 reset unprocessed; " },
    { "late frames",
      { { CLOSE, END, 1, "", "" },
        { DATA, MESSAGE, 1, "", "a" },
        { HEADERS, 0, 1, "", "" },
        { CLOSE, END, 1, "", "" },
        { RESET, 0, 1, "", "" } },
      "closed 0; " },
    { "going",
      { { GOAWAY, 0, 0, "\x08\x01\x10\x03\x1a\x02ow", "" }, { CLOSE, END, 1, "", "" } },
      "goaway 3 ow; closed 14 reset unprocessed the server says: ow; closed 0; " },
    { "going soon", { { GOAWAY, 0, 0, "\x08\xff\xff\xff\xff\x0f", "" } }, "goaway 0 ; " },
    { "never opened",
      { { CLOSE, END, 3, "", "" } },
      "failed 1 a frame names a stream that was never opened; " },
    { "OPEN from a server",
      { { OPEN, END, 3, PATH, "" } },
      "failed 1 this side may not send a frame of this kind; " },
};

static void make_bytes(wire_bytes *b, const scene *s)
{
    wire_bytes_preface(b);
    for (const row *r = s->rows; r < s->rows + TERN_COUNT_OF(s->rows) && r->head; r++)
        wire_bytes_frame(b, r->kind, r->flags, r->stream, r->head, strlen(r->head), r->body,
                         strlen(r->body));
}

static void play(const scene *s, terni_role role, size_t step, size_t cut)
{
    wire_core  core;
    wire_bytes b;

    make_bytes(&b, s);
    assert_true(wire_core_init(&core, &terni_wire_native, role, NULL));
    if (role == TERNI_CLIENT) {
        assert_non_null(wire_core_call(&core, "/a/b", NULL, true));
        assert_non_null(wire_core_call(&core, "/a/b", NULL, true));
    }
    wire_core_feed(&core, b.bytes, cut, step);
    wire_core_feed(&core, b.bytes + cut, cut < b.len ? b.len - cut : 0, step);
    if (strncmp(core.log, "settled; ", 9) != 0 || strcmp(core.log + 9, s->log) != 0)
        fail_msg("%s, step %zu, cut %zu: %s", s->name, step, cut, core.log);
    wire_core_done(&core);
}

static void play_all(const scene *scenes, size_t n, terni_role role)
{
    wire_bytes b;

    for (size_t i = 0; i < n; i++) {
        make_bytes(&b, &scenes[i]);
        play(&scenes[i], role, 0, 0);
        play(&scenes[i], role, 1, 0);
        for (size_t cut = 1; cut < b.len; cut++)
            play(&scenes[i], role, 0, cut);
    }
}

static void test_server_takes_each_scene_whole_and_cut_anywhere(void **state)
{
    (void)state;
    play_all(to_server, TERN_COUNT_OF(to_server), TERNI_SERVER);
}

static void test_client_takes_each_scene_whole_and_cut_anywhere(void **state)
{
    (void)state;
    play_all(to_client, TERN_COUNT_OF(to_client), TERNI_CLIENT);
}

// ---- tables of kinds -----------------------------------------------------

// Per kind: the flags that mean something, and whether stream 0, and stream 1, may carry it.
static const struct {
    unsigned flags;
    bool     on_none, on_stream;
} kinds[] = {
    [SETTINGS] = { 0, true, false }, [OPEN] = { 15, false, true },  [HEADERS] = { 0, false, true },
    [DATA] = { 15, false, true },    [CLOSE] = { 11, false, true }, [RESET] = { 0, false, true },
    [WINDOW] = { 0, true, true },    [PING] = { 16, true, false },  [GOAWAY] = { 0, true, false },
};

static bool complains(terni_role role, unsigned kind, unsigned flags, uint32_t stream,
                      const char *why)
{
    wire_core  core;
    wire_bytes b;
    bool       does;

    wire_bytes_preface(&b);
    wire_bytes_frame(&b, kind, flags, stream, NULL, 0, NULL, 0);
    assert_true(wire_core_init(&core, &terni_wire_native, role, NULL));
    if (role == TERNI_CLIENT)
        assert_non_null(wire_core_call(&core, "/a/b", NULL, true));
    wire_core_feed(&core, b.bytes, b.len, 0);
    does = strstr(core.log, why) != NULL;
    wire_core_done(&core);
    return does;
}

static void test_each_kind_knows_its_streams_and_flags(void **state)
{
    (void)state;
    for (unsigned kind = SETTINGS; kind <= GOAWAY; kind++) {
        terni_role role = kind == OPEN ? TERNI_SERVER : TERNI_CLIENT;
        uint32_t   stream = kinds[kind].on_stream;

        assert_int_equal(complains(role, kind, 0, 0, "on the wrong stream"), !kinds[kind].on_none);
        assert_int_equal(complains(role, kind, 0, 1, "on the wrong stream"),
                         !kinds[kind].on_stream);
        for (unsigned flag = 1; flag < 256; flag <<= 1) {
            const char *why = flag > ACK ? "unknown flag" : "a flag that its kind does not know";

            assert_int_equal(complains(role, kind, flag, stream, why), !(kinds[kind].flags & flag));
        }
    }
}

// ---- prefaces and prefixes -----------------------------------------------

static const struct {
    const char *bytes;
    size_t      len;
    const char *log;
} beginnings[] = {
    { "TERN\r\n\1\0", 8, "" },
    { "TERN\r\n\2\0", 8, "" },  // a later version: we answer with ours
    { "TERN\r\n\0\0", 8, "failed 1 peer does not speak Tern; " },
    { "TERN\n\r\1\0", 8, "failed 1 peer does not speak Tern; " },
    { "GET / HTTP/1.1\r\n", 16, "failed 1 peer does not speak Tern; " },
    { "TERN\r\n\1\0\0\0\0\0\0\0\0\1\0\0\7\0", 20, "failed 1 the first frame is not SETTINGS; " },
    { "TERN\r\n\1\0\0\0\0\0\0\0\0\0\0\1\0\0", 20,
      "failed 1 a frame's head is longer than the frame; " },
    { "TERN\r\n\1\0\0\x10\0\1\0\0\0\0\0\0\0\0", 20, "failed 1 a frame is larger than max_frame; " },
    { "TERN\r\n\1\0\0\0\0\1\0\0\0\0\0\1\0\0\xff", 21,
      "failed 1 the head of SETTINGS is malformed; " },
};

static void test_beginning_that_is_wrong_ends_the_connection(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(beginnings); i++) {
        for (terni_role role = TERNI_CLIENT; role <= TERNI_SERVER; role++) {
            wire_core core;

            assert_true(wire_core_init(&core, &terni_wire_native, role, NULL));
            wire_core_feed(&core, (const uint8_t *)beginnings[i].bytes, beginnings[i].len, 1);
            assert_string_equal(core.log, beginnings[i].log);
            wire_core_done(&core);
        }
    }
}

static void test_sniff_is_sure_at_eight_bytes(void **state)
{
    const uint8_t *good = (const uint8_t *)"TERN\r\n\1\0", *bad = (const uint8_t *)"PRI * HTTP/2.0";

    (void)state;
    for (size_t len = 0; len < 8; len++)
        assert_int_equal(terni_wire_native.sniff(good, len), TERNI_SNIFF_MORE);
    assert_int_equal(terni_wire_native.sniff(good, 8), TERNI_SNIFF_YES);
    assert_int_equal(terni_wire_native.sniff(bad, 1), TERNI_SNIFF_NO);
}

static void test_error_is_told_to_the_peer_by_goaway(void **state)
{
    wire_core  core;
    wire_bytes b;
    uint8_t    out[256] = { 0 };

    (void)state;
    wire_bytes_preface(&b);
    wire_bytes_frame(&b, OPEN, 64, 1, NULL, 0, NULL, 0);
    assert_true(wire_core_init(&core, &terni_wire_native, TERNI_SERVER, NULL));
    wire_core_feed(&core, b.bytes, b.len, 0);
    assert_true(core.out.len < sizeof out);
    tern_linkbuf_copy_out(&core.out, 0, out, core.out.len);
    assert_memory_equal(out, "TERN\r\n\1\0", 8);
    assert_memory_equal(out + core.out.len - 31,
                        "\x10\x01\x1a\x1b"
                        "a frame has an unknown flag",
                        31);
    wire_core_done(&core);
}

// ---- floods --------------------------------------------------------------

static void test_flood_of_pings_that_nobody_reads_is_ended(void **state)
{
    wire_core  core;
    wire_bytes b;

    (void)state;
    wire_bytes_preface(&b);
    for (int i = 0; i < 5000; i++)
        wire_bytes_frame(&b, PING, 0, 0, NULL, 0, "12345678", 8);
    assert_true(wire_core_init(&core, &terni_wire_native, TERNI_SERVER, NULL));
    wire_core_feed(&core, b.bytes, b.len, 0);
    assert_string_equal(core.log,
                        "settled; failed 2 the peer asks and does not read the answers; ");
    assert_in_range(core.out.len, 60000, 70000);
    wire_core_done(&core);
}

static void test_bug_refusals_that_nobody_reads_grew_without_bound(void **state)
{
    wire_core  core;
    wire_bytes b;

    (void)state;
    assert_true(wire_core_init(&core, &terni_wire_native, TERNI_SERVER, NULL));
    core.is_full = true;
    wire_bytes_preface(&b);
    for (uint32_t id = 1; id < 200000 && !core.has_failed; b.len = 0) {
        for (int i = 0; i < 2000; i++, id++)
            wire_bytes_frame(&b, OPEN, END, id, PATH, 6, NULL, 0);
        wire_core_feed(&core, b.bytes, b.len, 0);
    }
    assert_true(core.has_failed);
    assert_in_range(core.out.len, 1 << 20, 2 << 20);
    wire_core_done(&core);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_server_takes_each_scene_whole_and_cut_anywhere),
        TERN_TEST(test_client_takes_each_scene_whole_and_cut_anywhere),
        TERN_TEST(test_each_kind_knows_its_streams_and_flags),
        TERN_TEST(test_beginning_that_is_wrong_ends_the_connection),
        TERN_TEST(test_sniff_is_sure_at_eight_bytes),
        TERN_TEST(test_error_is_told_to_the_peer_by_goaway),
        TERN_TEST(test_flood_of_pings_that_nobody_reads_is_ended),
        TERN_TEST(test_bug_refusals_that_nobody_reads_grew_without_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
