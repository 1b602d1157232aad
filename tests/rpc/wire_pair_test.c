// Two engines wired to each other, over each wire: what the core of each is told.
#include "tests/support/leak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/wire_core.h"

static const terni_wire *wire;

typedef struct pair pair;
struct pair {
    wire_core c, s;
};

static int make_pair(void **state)
{
    pair *p = calloc(1, sizeof *p);

    assert_true(wire_core_init(&p->c, wire, TERNI_CLIENT, NULL));
    assert_true(wire_core_init(&p->s, wire, TERNI_SERVER, NULL));
    p->c.is_brief = p->s.is_brief = true;
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

static void answer_end(wire_core *core, wire_call *call)
{
    terni_body body = wire_core_count((size_t)core->arg);

    if (wire_core_finish(call, 0, &body) >= 0)
        return;
    assert_true(fail_malloc_has_failed());
    if (call->stream.id)
        wire_core_cancel(call);
}

// How a cancel reaches the other side: HTTP/2's RST_STREAM has no words, and its server says a status.
static const char *cancelled_by(terni_role role)
{
    if (wire == &terni_wire_native)
        return "closed 1 reset enough; ";
    return role == TERNI_CLIENT ? "closed 1 reset the peer reset the stream: CANCEL; "
                                : "closed 1 enough; ";
}

static void assert_log(const wire_core *core, const char *first, const char *then)
{
    size_t len = strlen(first);

    assert_true(strncmp(core->log, first, len) == 0);
    assert_string_equal(core->log + len, then);
}

// ---- calls ---------------------------------------------------------------

static void test_unary_call_goes_there_and_back(void **state)
{
    pair *p = *state;

    p->s.on_message = echo;
    assert_non_null(wire_core_call(&p->c, "/a/b", "hi", true));
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "settled; opened /a/b; message 1 hi; ");
    assert_string_equal(p->c.log, "settled; message 1 hi; closed 0; ");
    assert_int_equal(wire->n_streams(p->c.engine) + wire->n_streams(p->s.engine), 0);
}

static void test_everything_of_a_call_travels(void **state)
{
    static const terni_meta meta[] = { { "k", (const uint8_t *)"v", 1, 1 },
                                       { "x-bin", (const uint8_t *)"\1\2", 5, 2 } };
    const terni_open        open = {
               .path = "/a/b", .path_len = 4, .timeout_us = 77, .metadata = { meta, 2 }
    };
    const terni_close   close = { .code = 9,
                                  .message = "no",
                                  .message_len = 2,
                                  .details = (const uint8_t *)"d",
                                  .details_len = 1,
                                  .metadata = { meta, 1 } };
    const terni_headers headers = { .metadata = { meta, 1 } };
    pair               *p = *state;
    wire_call          *call;

    wire_core_call_with(&p->c, &open, NULL, false, NULL);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "settled; opened /a/b in 77 us k=v x-bin=\1\2; ");
    call = wire_core_find(&p->s, 1);
    assert_int_equal(wire->headers(p->s.engine, &call->stream, &headers), 0);
    assert_int_equal(wire->finish(p->s.engine, &call->stream, &close, NULL), 0);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->c.log, "settled; headers 1 k=v; closed 9 no (d) k=v; ");
}

static void test_all_seventeen_codes_travel(void **state)
{
    pair *p = *state;

    wire_core_run(&p->c, &p->s);
    for (uint32_t code = 0; code <= 16; code++) {
        char expected[32];

        forget_logs(p);
        wire_core_call(&p->c, "/a/b", NULL, true);
        wire_core_run(&p->c, &p->s);
        assert_int_equal(wire_core_finish(wire_core_find(&p->s, code + 1), code, NULL), 0);
        wire_core_run(&p->c, &p->s);
        snprintf(expected, sizeof expected, "closed %u; ", code);
        assert_string_equal(p->c.log, expected);
    }
}

static void test_stream_of_both_sides_keeps_its_order_and_its_ends(void **state)
{
    pair      *p = *state;
    terni_body a = wire_core_text("a"), empty = wire_core_text(""), b = wire_core_text("b");
    wire_call *call = wire_core_call(&p->c, "/a/b", NULL, false);

    assert_int_equal(wire_core_send(call, &a, false), 0);
    assert_int_equal(wire_core_send(call, &empty, false), 0);
    assert_int_equal(wire->end(p->c.engine, &call->stream), 0);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "settled; opened /a/b; message 1 a; message 1 ; ended 1; ");
    assert_int_equal(wire_core_send(wire_core_find(&p->s, 1), &a, false), 0);
    assert_int_equal(wire_core_send(wire_core_find(&p->s, 1), &b, false), 0);
    assert_int_equal(wire_core_finish(wire_core_find(&p->s, 1), 0, NULL), 0);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->c.log, "settled; message 1 a; message 1 b; closed 0; ");
}

static void test_server_may_answer_before_the_request_is_complete(void **state)
{
    pair      *p = *state;
    terni_body more = wire_core_text("more");
    wire_call *call = wire_core_call(&p->c, "/a/b", "first", false);

    p->s.on_message = echo;
    wire_core_carry(&p->c, &p->s);
    assert_int_equal(wire_core_send(call, &more, true), 0);  // crosses the CLOSE
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->c.log, "settled; message 1 first; closed 0; ");
    assert_false(p->s.has_failed || p->c.has_failed);
}

static void test_path_that_nobody_serves_is_opened_without_a_method(void **state)
{
    pair *p = *state;

    wire_core_call(&p->c, "nobody", "x", true);
    wire_core_call(&p->c, "nobody", "x", true);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "settled; opened ?; message 1 x; ended 1; "
                                  "opened ?; message 2 x; ended 2; ");
}

static void test_paths_beyond_the_ids_go_as_text(void **state)
{
    static char paths[100][8];
    pair       *p = *state;

    for (int i = 0; i < 100; i++) {
        snprintf(paths[i], sizeof paths[i], "no/%d", i);
        assert_non_null(wire_core_call(&p->c, paths[i], NULL, true));  // first flight: 64 ids
    }
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->s.n_open, 100);
    assert_false(p->s.has_failed);
}

// ---- cancelling ----------------------------------------------------------

static void test_cancel_reaches_the_other_side(void **state)
{
    pair *p = *state;

    wire_core_cancel(wire_core_call(&p->c, "/a/b", "x", false));
    wire_core_run(&p->c, &p->s);
    assert_log(&p->s, "settled; opened /a/b; message 1 x; ", cancelled_by(TERNI_CLIENT));
    wire_core_call(&p->c, "/a/b", "x", true);
    wire_core_run(&p->c, &p->s);
    wire_core_cancel(wire_core_find(&p->s, 2));
    wire_core_run(&p->c, &p->s);
    assert_log(&p->c, "settled; ", cancelled_by(TERNI_SERVER));
}

static void test_cancel_that_crosses_the_answer_is_no_error(void **state)
{
    pair      *p = *state;
    wire_call *call = wire_core_call(&p->c, "/a/b", "x", true);

    p->s.on_message = echo;
    wire_core_carry(&p->c, &p->s);
    wire_core_cancel(call);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->c.log, "settled; ");
    assert_false(p->s.has_failed || p->c.has_failed);
}

static void test_cancel_with_a_message_half_sent_leaves_no_trace(void **state)
{
    pair      *p = *state;
    terni_body large = wire_core_count(8 << 20);
    terni_open open = { .path = "/a/b", .path_len = 4 };
    wire_call *call;

    wire_core_run(&p->c, &p->s);
    for (int i = 0; i < 12; i++) {  // more than the connection's window, were it not given back
        call = wire_core_call_with(&p->c, &open, &large, true, NULL);
        for (int k = 0; k < 20; k++) {
            wire_core_carry(&p->c, &p->s);
            wire_core_carry(&p->s, &p->c);
        }
        wire_core_cancel(call);
        wire_core_run(&p->c, &p->s);
    }
    p->s.on_ended = answer_end;
    forget_logs(p);
    wire_core_call_with(&p->c, &open, &large, true, NULL);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->c.log, "writable; message 13 ; closed 0; ");
}

// ---- events that call back -----------------------------------------------

static void cancel_now(wire_core *core, wire_call *call, const terni_piece *piece)
{
    (void)core;
    (void)piece;
    wire_core_cancel(call);
}

static void open_next(wire_core *core, wire_call *call, const terni_close *close)
{
    (void)call;
    (void)close;
    if (core->n_bytes < 5)
        assert_non_null(wire_core_call(core, "/a/b", "x", true));
}

static void cancel_at_once(wire_core *core, wire_call *call)
{
    (void)core;
    wire_core_cancel(call);
}

static void test_cancel_inside_message_and_began(void **state)
{
    pair *p = *state;

    p->s.on_message = cancel_now;
    wire_core_call(&p->c, "/a/b", "x", true);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "settled; opened /a/b; message 1 x; ");
    p->s.on_began = cancel_at_once;
    forget_logs(p);
    wire_core_call(&p->c, "/a/b", "x", false);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "opened /a/b; ");
    assert_string_equal(p->c.log, cancelled_by(TERNI_SERVER));
}

static void test_bug_body_of_a_call_that_ended_when_it_began_was_never_given_back(void **state)
{
    pair      *p = *state;
    terni_open open = { .path = "/a/b", .path_len = 4 };
    terni_body body = wire_core_count(1000 * 1000);

    p->s.on_began = cancel_at_once;
    p->c.is_quiet = true;
    for (int i = 0; i < 50; i++) {  // three windows of the connection
        assert_non_null(wire_core_call_with(&p->c, &open, &body, false, NULL));
        wire_core_run(&p->c, &p->s);
    }
    assert_int_equal(p->c.n_open, 0);
    assert_true(wire->is_owed(p->s.engine, 0));
    assert_int_equal(wire_core_probe(&p->s, NULL).left, wire_core_probe(&p->c, NULL).send_window);
}

static void test_open_inside_closed(void **state)
{
    pair *p = *state;

    p->s.on_message = echo;
    p->c.on_closed = open_next;
    wire_core_call(&p->c, "/a/b", "x", true);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->c.n_bytes, 5);
    assert_int_equal(p->c.n_open, 0);
}

// ---- going ---------------------------------------------------------------

static void test_goaway_in_two_steps_returns_the_unprocessed_calls(void **state)
{
    pair *p = *state;

    wire_core_call(&p->c, "/a/b", "1", true);
    wire_core_run(&p->c, &p->s);
    forget_logs(p);
    wire->goaway(p->s.engine, false, 0, "soon");
    wire_core_call(&p->c, "/a/b", "2", true);  // on its way already
    wire_core_run(&p->c, &p->s);
    assert_null(wire_core_call(&p->c, "/a/b", "3", true));
    assert_string_equal(p->c.log, "goaway 0 soon; ");
    assert_string_equal(p->s.log, "opened /a/b; message 2 2; ended 2; ");
    wire->goaway(p->s.engine, true, 0, "now");
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->c.log, "goaway 0 soon; goaway 0 now; ");
    assert_int_equal(wire_core_finish(wire_core_find(&p->s, 1), 0, NULL), 0);
    assert_int_equal(wire_core_finish(wire_core_find(&p->s, 2), 0, NULL), 0);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->c.n_open, 0);
}

static void test_goaway_at_once_closes_the_calls_behind_it(void **state)
{
    pair *p = *state;

    wire_core_call(&p->c, "/a/b", "1", true);
    wire_core_run(&p->c, &p->s);
    forget_logs(p);
    wire->goaway(p->s.engine, true, 3, "memory");
    for (int i = 0; i < 50; i++)
        wire_core_call(&p->c, "/a/b", NULL, true);
    wire_core_carry(&p->s, &p->c);
    assert_int_equal(p->c.n_open, 1);
    assert_non_null(strstr(p->c.log, "goaway 3 memory; closed 14 reset unprocessed"));
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "");
    assert_false(p->c.has_failed || p->s.has_failed);
}

static void test_ping_is_answered(void **state)
{
    pair *p = *state;

    wire->ping(p->s.engine, 5);  // before the preface: a server says nothing
    assert_int_equal(p->s.out.len, 0);
    wire_core_run(&p->c, &p->s);
    forget_logs(p);
    wire->ping(p->c.engine, 0x1234);
    wire->ping(p->s.engine, 0x77);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->c.log, "pong 1234; ");
    assert_string_equal(p->s.log, "pong 77; ");
}

// ---- limits --------------------------------------------------------------

static void test_calls_over_max_streams_are_refused(void **state)
{
    terni_wire_limits limits = wire_core_limits;
    pair             *p = *state;
    wire_core         few = { 0 };

    limits.max_streams = 2;
    assert_true(wire_core_init(&few, wire, TERNI_SERVER, &limits));
    for (int i = 0; i < 100; i++)  // before the limit is known
        assert_non_null(wire_core_call(&p->c, "/a/b", NULL, false));
    p->c.is_quiet = true;
    wire_core_run(&p->c, &few);
    assert_int_equal(p->c.n_open, 2);
    assert_int_equal(few.n_open, 2);
    assert_false(few.has_failed);
    wire_core_done(&few);
}

enum { KIB = 1024 };

static void answer_at_length(wire_core *core, wire_call *call)
{
    const terni_body reply = wire_core_count(*(const size_t *)core->arg);

    assert_true(wire_core_finish(call, 0, &reply) >= 0);
}

// Its replies stand in the output, or wait behind it. Of all that it has sent, no more is taken than that.
static void test_bug_replies_that_a_peer_does_not_read_were_unbounded(void **state)
{
    enum { N_CALLS = 100 };
    size_t            size = 300 * KIB;
    terni_wire_limits limits = wire_core_limits;
    pair             *p = *state;
    wire_core         busy = { 0 };

    limits.max_untaken = 1000 * KIB;
    assert_true(wire_core_init(&busy, wire, TERNI_SERVER, &limits));
    busy.on_ended = answer_at_length;
    busy.arg = &size;
    p->c.is_quiet = busy.is_quiet = true;
    for (int i = 0; i < N_CALLS; i++)
        assert_non_null(wire_core_call(&p->c, "/a/b", NULL, true));
    while (wire_core_carry(&p->c, &busy))
        ;
    assert_int_equal(wire->feed(busy.engine, &busy.in), TERNI_FEED_LATER);
    assert_in_range(wire->n_streams(busy.engine), 1, 4);
    while (wire_core_carry(&busy, &p->c) + wire_core_carry(&p->c, &busy))
        (void)wire->feed(busy.engine, &busy.in);
    assert_int_equal(p->c.n_open, 0);
    assert_int_equal(p->c.n_bytes, N_CALLS * size);
    wire_core_done(&busy);
}

// Whom it gives no credit for replies is read from all the same, or credit could not come.
static void test_calls_are_refused_while_replies_wait_for_credit(void **state)
{
    size_t            size = 2 * KIB * KIB;  // more than is written at once
    terni_wire_limits limits = wire_core_limits;
    pair             *p = *state;
    wire_core         busy = { 0 };

    limits.max_waiting = 100;
    assert_true(wire_core_init(&busy, wire, TERNI_SERVER, &limits));
    busy.on_ended = answer_at_length;
    busy.arg = &size;
    p->c.is_brief = true;
    wire_core_call(&p->c, "/a/b", NULL, true);
    wire_core_carry(&p->c, &busy);
    wire_core_call(&p->c, "/a/b", NULL, true);
    wire_core_carry(&p->c, &busy);
    assert_int_equal(wire->n_streams(busy.engine), 1);
    wire_core_carry(&busy, &p->c);
    assert_non_null(strstr(p->c.log, "closed 14 reset unprocessed"));
    wire_core_run(&p->c, &busy);
    assert_int_equal(p->c.n_bytes, size);
    wire_core_done(&busy);
}

static void test_core_that_takes_no_calls_has_them_refused_as_unprocessed(void **state)
{
    pair *p = *state;

    p->s.is_full = true;
    wire_core_call(&p->c, "/a/b", "x", true);
    wire_core_run(&p->c, &p->s);
    assert_non_null(strstr(p->c.log, "closed 14 reset unprocessed"));
}

static void test_ten_thousand_streams(void **state)
{
    pair *p = *state;

    p->c.is_quiet = p->s.is_quiet = true;
    wire_core_run(&p->c, &p->s);
    for (uint32_t i = 0; i < 10000; i++)
        assert_non_null(wire_core_call(&p->c, "/a/b", "x", true));
    wire_core_run(&p->c, &p->s);
    assert_int_equal(wire->n_streams(p->s.engine), 10000);
    for (wire_call *call = p->s.calls; call; call = call->next)
        assert_int_equal(wire_core_finish(call, 0, NULL), 0);
    wire_core_run(&p->c, &p->s);
    assert_int_equal(p->c.n_open, 0);
}

static void test_bug_surplus_metadata_is_no_reason_to_try_again(void **state)
{
    static uint8_t   much[2000];
    const terni_meta meta = { "k", much, 1, sizeof much };
    terni_open       open = { .path = "/a/b", .path_len = 4, .metadata = { &meta, 1 } };
    pair            *p = *state;

    wire_core_call_with(&p->c, &open, NULL, true, NULL);
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "settled; ");
    assert_non_null(strstr(p->c.log, "closed 8"));
    assert_non_null(strstr(p->c.log, " the metadata are larger than max_metadata; "));
    wire_core_call(&p->c, "/a/b", NULL, true);  // the path was registered all the same
    wire_core_run(&p->c, &p->s);
    assert_string_equal(p->s.log, "settled; opened /a/b; ended 2; ");
}

// ---- memory --------------------------------------------------------------

// Bytes of a message.
static size_t several_frames(void) { return wire == &terni_wire_h2 ? 300 * 1000 : 3 << 20; }

static void whole_life(void *arg)
{
    terni_open open = { .path = "/a/b", .path_len = 4 };
    terni_body large = wire_core_count(several_frames()), small = wire_core_text("x");
    wire_core *c = calloc(2, sizeof *c), *s = c + 1;
    bool       is_ready = wire_core_init(c, wire, TERNI_CLIENT, NULL);

    is_ready = wire_core_init(s, wire, TERNI_SERVER, NULL) && is_ready;
    s->on_ended = answer_end;
    s->arg = arg;
    if (is_ready) {
        wire_core_call_with(c, &open, &small, true, NULL);
        wire_core_run(c, s);
        wire_core_call_with(c, &open, &large, true, NULL);
        wire_core_call_with(c, &open, &large, true, NULL);
        wire_core_run(c, s);
    }
    if (!fail_malloc_has_failed())
        assert_int_equal(c->n_bytes, 3 * (size_t)arg);
    wire_core_done(c);
    wire_core_done(s);
    free(c);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    assert_in_range(for_each_failed_allocation(whole_life, (void *)several_frames()), 20, 2000);
}

#define PAIR_TEST(fn) TERN_TEST_IN(fn, make_pair, drop_pair)

int main(void)
{
    wire = wire_core_chosen();

    const struct CMUnitTest tests[] = {
        PAIR_TEST(test_unary_call_goes_there_and_back),
        PAIR_TEST(test_everything_of_a_call_travels),
        PAIR_TEST(test_all_seventeen_codes_travel),
        PAIR_TEST(test_stream_of_both_sides_keeps_its_order_and_its_ends),
        PAIR_TEST(test_server_may_answer_before_the_request_is_complete),
        PAIR_TEST(test_path_that_nobody_serves_is_opened_without_a_method),
        PAIR_TEST(test_paths_beyond_the_ids_go_as_text),
        PAIR_TEST(test_cancel_reaches_the_other_side),
        PAIR_TEST(test_cancel_that_crosses_the_answer_is_no_error),
        PAIR_TEST(test_cancel_with_a_message_half_sent_leaves_no_trace),
        PAIR_TEST(test_cancel_inside_message_and_began),
        PAIR_TEST(test_bug_body_of_a_call_that_ended_when_it_began_was_never_given_back),
        PAIR_TEST(test_open_inside_closed),
        PAIR_TEST(test_goaway_in_two_steps_returns_the_unprocessed_calls),
        PAIR_TEST(test_goaway_at_once_closes_the_calls_behind_it),
        PAIR_TEST(test_ping_is_answered),
        PAIR_TEST(test_calls_over_max_streams_are_refused),
        PAIR_TEST(test_bug_replies_that_a_peer_does_not_read_were_unbounded),
        PAIR_TEST(test_calls_are_refused_while_replies_wait_for_credit),
        PAIR_TEST(test_core_that_takes_no_calls_has_them_refused_as_unprocessed),
        PAIR_TEST(test_ten_thousand_streams),
        PAIR_TEST(test_bug_surplus_metadata_is_no_reason_to_try_again),
        TERN_TEST(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
