// Encodings, over each wire: which messages are marked. What compresses is not here.
#include "tests/support/leak.h"

#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire_core.h"

static const terni_wire *wire;

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
    p->c.is_brief = p->s.is_brief = true;
    return p;
}

static void drop_pair(pair *p)
{
    wire_core_done(&p->c);
    wire_core_done(&p->s);
    free(p);
}

static terni_body compressed(terni_body body)
{
    body.is_compressed = true;
    return body;
}

static const terni_open call_in_gzip = {
    .path = "/a/b", .path_len = 4, .encoding = "gzip", .encoding_len = 4
};

// With each call, or with the connection: either says what all of its calls read.
static void test_server_learns_what_the_client_reads(void **state)
{
    pair *p = make_pair("gzip,zstd", "zstd");

    (void)state;
    wire_core_call(&p->c, "/a/b", NULL, true);
    wire_core_call(&p->c, "/a/b", NULL, true);
    wire_core_run(&p->c, &p->s);
    if (wire->may_guess) {
        assert_string_equal(p->s.log, "settled; opened /a/b accepts gzip,zstd; ended 1; "
                                      "opened /a/b accepts gzip,zstd; ended 2; ");
        assert_null(wire->accepts(p->s.engine));
    } else {
        assert_string_equal(p->s.log, "settled; opened /a/b; ended 1; opened /a/b; ended 2; ");
        assert_string_equal(wire->accepts(p->s.engine), "gzip,zstd");
    }
    drop_pair(p);
}

static void test_nothing_is_announced_where_nothing_is_read(void **state)
{
    pair *p = make_pair(NULL, NULL);

    (void)state;
    wire_core_call(&p->c, "/a/b", NULL, true);
    wire_core_run(&p->c, &p->s);
    assert_null(wire->accepts(p->c.engine));
    assert_null(wire->accepts(p->s.engine));
    assert_string_equal(p->s.log, "settled; opened /a/b; ended 1; ");
    drop_pair(p);
}

static void test_compressed_message_where_none_is_read_ends_its_call(void **state)
{
    pair      *p = make_pair("gzip", NULL);
    terni_body zip = compressed(wire_core_text("zip"));

    (void)state;
    wire_core_call_with(&p->c, &call_in_gzip, &zip, true, NULL);
    wire_core_run(&p->c, &p->s);
    assert_non_null(strstr(p->c.log, "closed 12"));
    assert_int_equal(p->s.n_bytes + p->s.n_open + p->c.n_open, 0);
    drop_pair(p);
}

static void test_compressed_messages_are_marked_both_ways(void **state)
{
    pair               *p = make_pair("gzip", "gzip");
    const terni_headers headers = { .encoding = "gzip", .encoding_len = 4 };
    terni_body          zip = compressed(wire_core_text("zip")), plain = wire_core_text("plain");
    wire_call *call = wire_core_call_with(&p->c, &call_in_gzip, &zip, false, NULL), *theirs;

    (void)state;
    assert_int_equal(wire_core_send(call, &plain, false), 0);
    assert_int_equal(wire_core_send(call, &zip, true), 0);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(
        p->s.log, wire->may_guess
                      ? "settled; opened /a/b in gzip accepts gzip; message 1 zip compressed; "
                        "message 1 plain; message 1 zip compressed; ended 1; "
                      : "settled; opened /a/b in gzip; message 1 zip compressed; "
                        "message 1 plain; message 1 zip compressed; ended 1; ");
    theirs = wire_core_find(&p->s, 1);
    assert_int_equal(wire->headers(p->s.engine, &theirs->stream, &headers), 0);
    assert_int_equal(wire_core_send(theirs, &zip, false), 0);
    assert_int_equal(wire_core_send(theirs, &plain, false), 0);
    assert_int_equal(wire_core_finish(theirs, 0, &zip), 0);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->c.log, "settled; headers 1 in gzip; message 1 zip compressed; "
                                  "message 1 plain; message 1 zip compressed; closed 0; ");
    drop_pair(p);
}

static void count_compressed(wire_core *core, wire_call *call, const terni_piece *piece)
{
    (void)call;
    *(unsigned *)core->arg += piece->is_compressed;
}

// The first part's flag speaks for all of them, on an OPEN, a DATA, and where CLOSE has the last one.
static void test_long_compressed_messages_are_marked_once(void **state)
{
    pair      *p = make_pair("gzip", "gzip");
    terni_body zip = compressed(wire_core_count(3 << 20)), plain = wire_core_count(3 << 20);
    unsigned   n_up = 0, n_down = 0;
    wire_call *call = wire_core_call_with(&p->c, &call_in_gzip, &zip, false, NULL);

    (void)state;
    p->s.on_message = p->c.on_message = count_compressed;
    p->s.arg = &n_up;
    p->c.arg = &n_down;
    wire_core_run(&p->c, &p->s);
    assert_int_equal(n_up, 1);
    assert_int_equal(wire_core_send(call, &plain, false), 0);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(wire_core_send(call, &zip, true), 0);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->s.n_bytes, 3 * (3 << 20));
    assert_int_equal(n_up, 2);
    assert_int_equal(wire_core_finish(wire_core_find(&p->s, 1), 0, &zip), 1);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->c.n_bytes, 3 << 20);
    assert_int_equal(n_down, 1);
    drop_pair(p);
}

int main(void)
{
    wire = wire_core_chosen();

    const struct CMUnitTest tests[] = {
        TERN_TEST(test_server_learns_what_the_client_reads),
        TERN_TEST(test_nothing_is_announced_where_nothing_is_read),
        TERN_TEST(test_compressed_message_where_none_is_read_ends_its_call),
        TERN_TEST(test_compressed_messages_are_marked_both_ways),
        TERN_TEST(test_long_compressed_messages_are_marked_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
