// What only native does, two engines wired to each other: numbers for paths, numbers of streams, what the first
// flight may assume, and windows that count bodies alone.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/wire/native/engine_internal.h"
#include "tests/rpc/wire_core.h"

static const terni_wire *const wire = &terni_wire_native;

typedef struct pair pair;
struct pair {
    wire_core c, s;
};

static const terni_open call_ab = { .path = "/a/b", .path_len = 4 };

static int make_pair(void **state)
{
    pair *p = calloc(1, sizeof *p);

    assert_true(wire_core_init(&p->c, wire, TERNI_CLIENT, NULL));
    assert_true(wire_core_init(&p->s, wire, TERNI_SERVER, NULL));
    *state = p;
    return 0;
}

static int drop_pair(void **state)
{
    pair *p = *state;

    wire_core_done(&p->c);
    wire_core_done(&p->s);
    free(p);
    return 0;
}

static void forget_logs(pair *p)
{
    memset(p->c.log, 0, sizeof p->c.log);
    memset(p->s.log, 0, sizeof p->s.log);
    p->c.log_len = p->s.log_len = 0;
}

static void echo(wire_core *core, wire_call *call, const terni_piece *piece)
{
    terni_body body = wire_core_text("");

    (void)core;
    body.message = piece->data;
    body.size = piece->len;
    assert_in_range(wire_core_finish(call, 0, &body), 0, 1);
}

// ---- calls ---------------------------------------------------------------

static void test_call_has_begun_only_where_its_first_frame_is_not_its_last(void **state)
{
    pair *p = *state;

    wire_core_call(&p->c, "/a/b", "x", true);
    wire_core_call(&p->c, "/a/b", "x", false);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "settled; opened /a/b; message 1 x; ended 1; "
                                  "opened /a/b; began 2; message 2 x; ");
}

static void test_calls_over_what_is_certain_at_first_wait(void **state)
{
    pair *p = *state;
    int   err;

    for (int i = 0; i < 100; i++)
        assert_non_null(wire_core_call(&p->c, "/a/b", NULL, false));
    assert_null(wire_core_call_with(&p->c, &call_ab, NULL, false, &err));
    assert_int_equal(err, -EAGAIN);
}

static void test_second_call_of_a_path_sends_its_id_alone(void **state)
{
    pair  *p = *state;
    size_t first, second;

    p->s.on_message = echo;
    wire_core_run(&p->c, &p->s);
    wire_core_call(&p->c, "/a/b", "hi", true);
    first = p->c.out.len;
    wire_core_run(&p->c, &p->s);
    wire_core_call(&p->c, "/a/b", "hi", true);
    second = p->c.out.len;
    wire_core_run(&p->c, &p->s);
    assert_int_equal(first, 12 + 8 + 2);
    assert_int_equal(second, 12 + 2 + 2);
    assert_non_null(strstr(p->s.log, "opened /a/b; message 2 hi"));
}

// The reader has a short way for the usual ones.
static void test_timeouts_of_every_length_travel(void **state)
{
    pair *p = *state;

    wire_core_run(&p->c, &p->s);
    wire_core_call(&p->c, "/a/b", "hi", true);  // the path is known from here on
    wire_core_run(&p->c, &p->s);
    for (unsigned bits = 1; bits <= 64; bits++) {
        const uint64_t timeouts[] = { UINT64_C(1) << (bits - 1), UINT64_MAX >> (64 - bits) };

        for (size_t i = 0; i < TERN_COUNT_OF(timeouts); i++) {
            const terni_open open = { .path = "/a/b", .path_len = 4, .timeout_us = timeouts[i] };
            char             expected[64];

            forget_logs(p);
            wire_core_call_with(&p->c, &open, NULL, true, NULL);
            wire_core_run(&p->c, &p->s);
            snprintf(expected, sizeof expected, "opened /a/b in %llu us; ",
                     (unsigned long long)timeouts[i]);
            assert_non_null(strstr(p->s.log, expected));
        }
    }
}

// Three thousand million calls are too many for a test: the engine is told that it made them.
static void test_numbers_end_before_they_wrap(void **state)
{
    pair             *p = *state;
    terni_open        open = { .path = "/a/b", .path_len = 4 };
    wire_bytes        b = { .len = 0 };
    static const char open_head[] = "\x0a\x04/a/b";
    int               err;

    wire_bytes_preface(&b);
    wire_bytes_frame(&b, 1, 2, 0xc0000000, open_head, 6, NULL, 0);
    wire_core_feed(&p->s, b.bytes, b.len, 0);
    assert_string_equal(p->s.log, "settled; opened /a/b; ended 3221225472; ");
    b.len = 0;
    wire_bytes_frame(&b, 1, 2, 0xbfffffff, open_head, 6, NULL, 0);
    wire_core_feed(&p->s, b.bytes, b.len, 0);
    assert_true(p->s.has_failed);
    p->c.engine->last_id = 0xc0000000 - 1;
    assert_non_null(wire_core_call_with(&p->c, &open, NULL, true, &err));
    assert_null(wire_core_call_with(&p->c, &open, NULL, true, &err));
    assert_int_equal(err, -ENOTCONN);
}

static void test_bug_open_with_too_large_a_head_taught_the_client_a_path(void **state)
{
    static uint8_t   huge[65000];
    const terni_meta meta = { "k", huge, 1, sizeof huge };
    terni_open       open = { .path = "/a/b", .path_len = 4, .metadata = { &meta, 1 } };
    pair            *p = *state;
    int              err = 0;
    terni_meta       metas[2] = { meta, meta };

    open.metadata = (terni_meta_list){ metas, 2 };
    assert_null(wire_core_call_with(&p->c, &open, NULL, true, &err));
    assert_int_equal(err, -E2BIG);
    wire_core_call(&p->c, "/a/b", NULL, true);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "settled; opened /a/b; ended 1; ");
}

// ---- windows -------------------------------------------------------------

static void feed_message(wire_core *s, size_t len)
{
    static uint8_t    chunk[64 * 1024];
    static wire_bytes b;

    b.len = 0;
    wire_bytes_frame(&b, KIND_DATA, FLAG_MESSAGE, 1, NULL, 0, chunk, len);
    wire_core_feed(s, b.bytes, b.len, 0);
}

// By one byte: a message costs its bytes and an overhead.
static void test_overrun_of_a_window_is_closed(void **state)
{
    wire_bytes b;

    (void)state;
    for (int by = 0; by <= 1; by++) {
        wire_core s;

        assert_true(wire_core_init(&s, wire, TERNI_SERVER, NULL));
        s.is_lazy = s.is_quiet = true;
        b.len = 0;
        wire_bytes_preface(&b);
        wire_bytes_frame(&b, KIND_OPEN, 0, 1, "\x0a\x04/a/b", 6, NULL, 0);
        wire_core_feed(&s, b.bytes, b.len, 0);
        for (int i = 0; i < 4; i++, assert_false(s.has_failed))
            feed_message(&s, 60000);
        feed_message(&s, (size_t)(wire_core_probe(&s, wire_core_find(&s, 1)).stream_left + by));
        assert_int_equal(s.has_failed, by);
        wire_core_done(&s);
    }
}

static void test_overrun_of_the_connection_is_closed(void **state)
{
    static uint8_t chunk[60000];
    wire_bytes     b;
    wire_core      s;
    uint32_t       id = 1;

    (void)state;
    assert_true(wire_core_init(&s, wire, TERNI_SERVER, NULL));
    s.is_lazy = s.is_quiet = true;
    wire_bytes_preface(&b);
    for (; !s.has_failed && id < 1000; id++, b.len = 0) {
        wire_bytes_frame(&b, KIND_OPEN, FLAG_MESSAGE | FLAG_END, id, "\x0a\x04/a/b", 6, chunk,
                         sizeof chunk);
        wire_core_feed(&s, b.bytes, b.len, 0);
    }
    assert_int_equal(id - 1, 16 * 1024 * 1024 / 60000 + 1);
    wire_core_done(&s);
}

static void test_bug_long_reply_with_a_large_status_charged_the_window_twice(void **state)
{
    static char       text[60000];
    pair             *p = *state;
    terni_wire_limits limits = wire_core_limits;
    terni_body        body = wire_core_count(65000);
    terni_close       close = { .code = 0, .details = (uint8_t *)text, .details_len = sizeof text };
    wire_call        *call;
    wire_core         c;

    limits.native.max_frame = 64 * 1024;
    assert_true(wire_core_init(&c, wire, TERNI_CLIENT, &limits));
    wire_core_done(&p->s);
    assert_true(wire_core_init(&p->s, wire, TERNI_SERVER, NULL));
    c.is_quiet = true;
    wire_core_call(&c, "/a/b", NULL, true);
    wire_core_run(&c, &p->s);
    call = wire_core_find(&p->s, 1);
    assert_int_equal(wire->finish(p->s.engine, &call->stream, &close, &body), 1);
    wire->pump(p->s.engine);
    wire_core_run(&c, &p->s);
    assert_int_equal(c.n_bytes, 65000);
    assert_int_equal(c.n_open, 0);
    assert_int_equal(p->s.engine->send_window, c.engine->credit.all.left);
    wire_core_done(&c);
}

// Whatever its head takes: a frame that fills the peer's max_frame, those that are nearly as long, and those that would be longer.
static void test_frames_are_as_long_as_the_peer_takes_them(void **state)
{
    pair             *p = *state;
    terni_wire_limits limits = wire_core_limits;
    uint64_t          n_bytes = 0;
    wire_core         s;

    limits.native.max_frame = 64 * 1024;
    assert_true(wire_core_init(&s, wire, TERNI_SERVER, &limits));
    p->c.is_quiet = s.is_quiet = true;
    wire_core_run(&p->c, &s);
    for (size_t size = 64 * 1024 - 40; size <= 64 * 1024 + 2; size++, n_bytes += size - 1) {
        terni_body body = wire_core_count(size);

        assert_non_null(wire_core_call_with(&p->c, &call_ab, &body, true, NULL));
        wire_core_run(&p->c, &s);
        assert_false(s.has_failed);
    }
    assert_int_equal(s.n_bytes, n_bytes);
    wire_core_done(&s);
}

static void test_message_of_one_frame_has_a_limit(void **state)
{
    terni_wire_limits limits = wire_core_limits;

    (void)state;
    limits.max_message = 1000;
    for (size_t by = 0; by <= 1; by++) {
        wire_bytes b = { .len = 0 };
        wire_core  s;

        assert_true(wire_core_init(&s, wire, TERNI_SERVER, &limits));
        wire_bytes_preface(&b);
        wire_bytes_frame(&b, KIND_OPEN, 0, 1, "\x0a\x04/a/b", 6, NULL, 0);
        wire_core_feed(&s, b.bytes, b.len, 0);
        feed_message(&s, limits.max_message + by);
        assert_int_equal(s.n_bytes, by ? 0 : limits.max_message);
        assert_false(s.has_failed);  // only its stream is over
        wire_core_done(&s);
    }
}

static void test_message_over_the_peers_max_is_not_sent(void **state)
{
    pair      *p = *state;
    terni_body body = wire_core_count((64 << 20) + 1);
    int        err;

    wire_core_run(&p->c, &p->s);
    assert_null(wire_core_call_with(&p->c, &call_ab, &body, true, &err));
    assert_int_equal(err, -EMSGSIZE);
    assert_int_equal(p->c.out.len, 0);
}

#define PAIR_TEST(fn) TERN_TEST_IN(fn, make_pair, drop_pair)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PAIR_TEST(test_call_has_begun_only_where_its_first_frame_is_not_its_last),
        PAIR_TEST(test_calls_over_what_is_certain_at_first_wait),
        PAIR_TEST(test_second_call_of_a_path_sends_its_id_alone),
        PAIR_TEST(test_timeouts_of_every_length_travel),
        PAIR_TEST(test_numbers_end_before_they_wrap),
        PAIR_TEST(test_bug_open_with_too_large_a_head_taught_the_client_a_path),
        TERN_TEST(test_overrun_of_a_window_is_closed),
        TERN_TEST(test_overrun_of_the_connection_is_closed),
        PAIR_TEST(test_bug_long_reply_with_a_large_status_charged_the_window_twice),
        PAIR_TEST(test_frames_are_as_long_as_the_peer_takes_them),
        TERN_TEST(test_message_of_one_frame_has_a_limit),
        PAIR_TEST(test_message_over_the_peers_max_is_not_sent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
