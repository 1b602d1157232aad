// Encodings: who announces what to whom in SETTINGS, and which part of a message marks it.
#include "tests/support/leak.h"

#include <stdlib.h>
#include <string.h>

#include "rpc/wire/native/settings_internal.h"
#include "tests/rpc/wire_core.h"

static const terni_wire *const wire = &terni_wire_native;

typedef struct pair pair;
struct pair {
    wire_core c, s;
};

// `c` and `s`: what each announces.
static pair *make_pair(const char *c, const char *s)
{
    terni_wire_limits limits = wire_core_limits;
    pair             *p = calloc(1, sizeof *p);

    limits.encodings = c;
    assert_true(wire_core_init(&p->c, wire, TERNI_CLIENT, &limits));
    limits.encodings = s;
    assert_true(wire_core_init(&p->s, wire, TERNI_SERVER, &limits));
    return p;
}

static void drop_pair(pair *p)
{
    wire_core_done(&p->c);
    wire_core_done(&p->s);
    free(p);
}

// ---- settings ------------------------------------------------------------

static void test_each_side_learns_what_the_other_reads(void **state)
{
    pair *p = make_pair("gzip,zstd", "zstd");

    (void)state;
    assert_null(wire->accepts(p->c.engine));
    wire_core_call(&p->c, "/a/b", NULL, true);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(wire->accepts(p->c.engine), "zstd");
    assert_string_equal(wire->accepts(p->s.engine), "gzip,zstd");
    assert_string_equal(p->s.log, "settled; opened /a/b; ended 1; ");
    drop_pair(p);
}

static void test_settings_name_each_encoding(void **state)
{
    static const char expected[] = "\x3a\x04gzip\x3a\x04zstd";
    const size_t      len = sizeof expected - 1;
    pair             *p = make_pair("gzip,zstd", NULL);
    uint8_t           out[100];

    (void)state;
    assert_true(tern_linkbuf_copy_out(&p->c.out, p->c.out.len - len, out, len));
    assert_memory_equal(out, expected, len);
    drop_pair(p);
}

// `head` of a client's SETTINGS; what the server then believes the client reads.
static void assert_accepts(const void *head, size_t len, const char *expected)
{
    wire_core  s;
    wire_bytes b = { .len = 8 };

    memcpy(b.bytes, "TERN\r\n\1", 8);
    wire_bytes_frame(&b, 0, 0, 0, head, len, NULL, 0);
    assert_true(wire_core_init(&s, wire, TERNI_SERVER, NULL));
    wire_core_feed(&s, b.bytes, b.len, 0);
    assert_false(s.has_failed);
    if (expected)
        assert_string_equal(wire->accepts(s.engine), expected);
    else
        assert_null(wire->accepts(s.engine));
    wire_core_done(&s);
}

#define HEAD(bytes) bytes, sizeof(bytes) - 1

static void test_names_that_are_none_are_passed_over(void **state)
{
    (void)state;
    assert_accepts(HEAD("\x3a\x01"
                        "a\x3a\x00\x3a\x03x,y\x3a\x01 \x3a\x02\xc3\xa9\x3a\x01"
                        "b"),
                   "a,b");
    assert_accepts(HEAD("\x3a\x00"), NULL);
    assert_accepts(HEAD("\x38\x01\x42\x01z"), NULL);  // a number, and a field of later
}

static void test_names_beyond_the_limit_are_passed_over(void **state)
{
    uint8_t head[60 * 12], *p = head;
    char    expected[MAX_PEER_ENCODINGS + 1] = "";

    (void)state;
    for (int i = 0; i < 60; i++) {
        memcpy(p,
               "\x3a\x0a"
               "encoding00",
               12);
        p[10] = (uint8_t)('0' + i / 10);
        p[11] = (uint8_t)('0' + i % 10);
        if (11 * (i + 1) - 1 <= MAX_PEER_ENCODINGS) {
            strcat(expected, i ? "," : "");
            strncat(expected, (char *)p + 2, 10);
        }
        p += 12;
    }
    assert_accepts(head, sizeof head, expected);
}

// ---- messages ------------------------------------------------------------

static const struct {
    const char *name;
    const char *announced;
    unsigned    flags[2];  // of an OPEN with the first part, and of a DATA with the second
    const char *log;
} parts[] = {
    { "both marked", "gzip", { 4 | 8, 1 | 2 | 8 }, "message 1 abcd compressed; ended 1; " },
    { "the first marked", "gzip", { 4 | 8, 1 | 2 }, "message 1 abcd compressed; ended 1; " },
    { "the second marked", "gzip", { 4, 1 | 2 | 8 }, "message 1 abcd; ended 1; " },
    { "not announced",
      NULL,
      { 4 | 8, 1 | 2 | 8 },
      "closed 12 reset the message is compressed, and no encoding was announced; " },
};

static void test_first_part_decides(void **state)
{
    terni_wire_limits limits = wire_core_limits;

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(parts); i++) {
        wire_core  s;
        wire_bytes b;
        char       expected[200] = "settled; opened /a/b; began 1; ";

        limits.encodings = parts[i].announced;
        assert_true(wire_core_init(&s, wire, TERNI_SERVER, &limits));
        wire_bytes_preface(&b);
        wire_bytes_frame(&b, 1, parts[i].flags[0], 1, "\x0a\x04/a/b\x30\x04", 8, "ab", 2);
        wire_bytes_frame(&b, 3, parts[i].flags[1], 1, NULL, 0, "cd", 2);
        wire_core_feed(&s, b.bytes, b.len, 0);
        strcat(expected, parts[i].log);
        if (strcmp(s.log, expected) != 0)
            fail_msg("%s: %s", parts[i].name, s.log);
        wire_core_done(&s);
    }
}

// One that was not announced is refused before anybody above hears of the call; the connection goes on.
static void test_call_in_an_unknown_encoding_is_refused(void **state)
{
    static const struct {
        const char *announced, *encoding, *log;
    } calls[] = {
        { "gzip", "gzip", "settled; opened /a/b in gzip; ended 1; " },
        { "gzip", "zstd", "settled; " },
        { "gzip", "gzi", "settled; " },
        { NULL, "gzip", "settled; " },
        { NULL, "identity", "settled; opened /a/b in identity; ended 1; " },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(calls); i++) {
        terni_wire_limits limits = wire_core_limits;
        uint8_t           head[32] = "\x0a\x04/a/b\x2a";
        size_t            len = strlen(calls[i].encoding);
        wire_core         s;
        wire_bytes        b;

        head[7] = (uint8_t)len;
        memcpy(head + 8, calls[i].encoding, len);
        limits.encodings = calls[i].announced;
        assert_true(wire_core_init(&s, wire, TERNI_SERVER, &limits));
        wire_bytes_preface(&b);
        wire_bytes_frame(&b, 1, 2, 1, head, 8 + len, NULL, 0);
        wire_core_feed(&s, b.bytes, b.len, 0);
        assert_string_equal(s.log, calls[i].log);
        wire_core_done(&s);
    }
}

// ---- memory --------------------------------------------------------------

static void greet(void *arg)
{
    terni_wire_limits limits = wire_core_limits;
    wire_core        *c = calloc(2, sizeof *c), *s = c + 1;
    bool              is_ready;

    (void)arg;
    limits.encodings = "gzip,zstd";
    is_ready = wire_core_init(c, wire, TERNI_CLIENT, &limits);
    is_ready = wire_core_init(s, wire, TERNI_SERVER, &limits) && is_ready;
    if (is_ready)
        wire_core_run(c, s);
    if (!fail_malloc_has_failed())
        assert_string_equal(wire->accepts(c->engine), "gzip,zstd");
    wire_core_done(c);
    wire_core_done(s);
    free(c);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    assert_in_range(for_each_failed_allocation(greet, NULL), 8, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_each_side_learns_what_the_other_reads),
        TERN_TEST(test_settings_name_each_encoding),
        TERN_TEST(test_names_that_are_none_are_passed_over),
        TERN_TEST(test_names_beyond_the_limit_are_passed_over),
        TERN_TEST(test_first_part_decides),
        TERN_TEST(test_call_in_an_unknown_encoding_is_refused),
        TERN_TEST(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
