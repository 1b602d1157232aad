// A message as what the wire takes: by a bound of its size, or measured; and how a session chooses.
#include "tests/rpc/session/stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tests/rpc/fakes/letter.pb-c.h"

static const terni_plan *note_plan, *letter_plan;

// Once, and for good: no test is to blame for them.
static int make_plans(void **state)
{
    (void)state;
    fail_malloc_start();
    note_plan = terni_plan_get(&test__note__descriptor);
    letter_plan = terni_plan_get(&test__letter__descriptor);
    return note_plan && letter_plan ? 0 : -1;
}

static Test__Note make_note(char *text)
{
    Test__Note note = TEST__NOTE__INIT;

    note.text = text;
    return note;
}

static Test__Letter make_letter(char *text, Test__Letter *enclosed)
{
    Test__Letter letter = TEST__LETTER__INIT;

    letter.text = text;
    letter.enclosed = enclosed;
    return letter;
}

// ---- a body --------------------------------------------------------------

static void test_flat_message_has_a_bound(void **state)
{
    Test__Note m = make_note("hello");
    terni_body body;
    uint8_t    bytes[256];
    size_t     len;

    (void)state;
    assert_true(terni_body_bound(&body, &(terni_message){ .plan = note_plan, .msg = &m }));
    assert_in_range(body.size, 7, sizeof bytes);
    assert_null(body.write);
    len = (size_t)(body.put(&body, bytes) - bytes);
    assert_int_equal(len, 7);
    assert_memory_equal(bytes, "\x0a\x05hello", 7);
}

static void test_nested_message_must_be_measured(void **state)
{
    Test__Letter            inner = make_letter("in", NULL), m = make_letter("out", &inner);
    const terni_encode_opts opts = { .holder = NULL };
    terni_message           message = { .plan = letter_plan, .msg = &m };
    terni_encoding          encoding;
    terni_body              body;
    tern_linkbuf            out;

    (void)state;
    tern_linkbuf_init(&out, NULL);
    assert_false(terni_body_bound(&body, &message));
    assert_int_equal(terni_body_measure(&body, &encoding, &message, &opts), 0);
    assert_null(body.put);
    assert_int_equal(body.write(&body, &out), 0);
    assert_int_equal(tern_linkbuf_len(&out), body.size);
    assert_int_equal(body.size, 11);
    tern_linkbuf_done(&out);
}

static void test_endless_message_cannot_be_measured(void **state)
{
    Test__Letter            m = make_letter("again", &m);
    const terni_encode_opts opts = { .holder = NULL };
    terni_encoding          encoding;
    terni_body              body;

    (void)state;
    assert_int_equal(terni_body_measure(&body, &encoding,
                                        &(terni_message){ .plan = letter_plan, .msg = &m }, &opts),
                     -EMSGSIZE);
}

// ---- how a session sends it ----------------------------------------------

typedef struct sender sender;
struct sender {
    owner        owner;
    terni_stream stream;
};

static void begin(sender *s)
{
    terni_open open = { .path = "/a.B/C", .path_len = 6 };

    owner_start_client(&s->owner);
    assert_int_equal(terni_session_open(&s->owner.session, &s->stream, &open, NULL, false), 0);
    (void)journal_take();
}

static int send_note(sender *s, const Test__Note *note)
{
    return terni_session_message(&s->owner.session, &s->stream,
                                 &(terni_message){ .plan = note_plan, .msg = note });
}

static int send_letter(sender *s, const Test__Letter *letter)
{
    return terni_session_message(&s->owner.session, &s->stream,
                                 &(terni_message){ .plan = letter_plan, .msg = letter });
}

static void test_message_goes_by_its_bound(void **state)
{
    Test__Note m = make_note("hello");
    sender     s;

    (void)state;
    begin(&s);
    assert_int_equal(send_note(&s, &m), 0);
    assert_string_equal(journal_take(), "7:message ");
    assert_string_equal(peer_hear(&s.owner), "\x0a\x05hello");
    owner_end(&s.owner);
}

static void test_engine_that_wants_the_size_gets_it(void **state)
{
    Test__Note m = make_note("hello");
    sender     s;

    (void)state;
    begin(&s);
    the_wire.wants_sizes = true;
    assert_int_equal(send_note(&s, &m), 0);
    assert_string_equal(journal_take(), "7:message ");
    assert_string_equal(peer_hear(&s.owner), "\x0a\x05hello");
    owner_end(&s.owner);
}

static void test_answer_is_sent_as_a_message_is(void **state)
{
    Test__Note        m = make_note("hello");
    const terni_close close = { .code = 0 };
    sender            s;

    (void)state;
    for (int wants_sizes = 0; wants_sizes < 2; wants_sizes++) {
        begin(&s);
        the_wire.wants_sizes = wants_sizes;
        assert_int_equal(terni_session_finish(&s.owner.session, &s.stream, &close,
                                              &(terni_message){ .plan = note_plan, .msg = &m }),
                         0);
        assert_string_equal(journal_take(), "7:finish(0,) ");
        assert_int_equal(s.stream.id, 0);
        owner_end(&s.owner);
    }
}

static void test_answer_without_a_message_is_only_its_status(void **state)
{
    const terni_close close = { .code = 5, .message = "gone", .message_len = 4 };
    sender            s;

    (void)state;
    begin(&s);
    assert_int_equal(terni_session_finish(&s.owner.session, &s.stream, &close, NULL), 0);
    assert_string_equal(journal_take(), "finish(5,gone) ");
    owner_end(&s.owner);
}

static void test_answer_that_waits_says_so(void **state)
{
    Test__Note m = make_note("hello");
    sender     s;

    (void)state;
    begin(&s);
    the_wire.blocks = true;
    assert_int_equal(terni_session_finish(&s.owner.session, &s.stream, NULL,
                                          &(terni_message){ .plan = note_plan, .msg = &m }),
                     1);
    assert_int_not_equal(s.stream.id, 0);
    owner_end(&s.owner);
}

static void test_refused_message_leaves_nothing_behind(void **state)
{
    static char  big[TERNI_CODEC_LINK_MIN + 1];
    Test__Note   note = make_note(big);
    Test__Letter endless = make_letter(big, &endless);
    sender       s;

    (void)state;
    memset(big, 'x', sizeof big - 1);
    begin(&s);
    the_wire.message_err = -EMSGSIZE;
    assert_int_equal(send_note(&s, &note), -EMSGSIZE);
    assert_int_equal(send_letter(&s, &endless), -EMSGSIZE);
    assert_string_equal(journal_take(), "message=-90 ");
    owner_end(&s.owner);
}

// ---- memory --------------------------------------------------------------

static void open_and_send(sender *s, const Test__Letter *letter)
{
    terni_open open = { .path = "/a.B/C", .path_len = 6 };
    int        err;

    assert_int_equal(terni_session_open(&s->owner.session, &s->stream, &open, NULL, false), 0);
    err = send_letter(s, letter);
    assert_true(err == 0 || (err == -ENOMEM && fail_malloc_has_failed()));
}

static void measure_and_send(void *arg)
{
    enum { N_WITHIN = 40 };  // more than an encoding has room for
    Test__Letter all[N_WITHIN];
    sender       s = { .stream.id = 0 };

    (void)arg;
    for (int i = 0; i < N_WITHIN; i++)
        all[i] = make_letter("x", i ? &all[i - 1] : NULL);
    if (owner_start(&s.owner, TERNI_CLIENT) == 0 && s.owner.session.engine)
        open_and_send(&s, &all[N_WITHIN - 1]);
    owner_end(&s.owner);
}

static void test_without_memory_it_is_not_sent(void **state)
{
    (void)state;
    stage_be_quiet();
    assert_true(for_each_failed_allocation(measure_and_send, NULL) > 4);
    stage_be_loud();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_flat_message_has_a_bound),
        TERN_TEST(test_nested_message_must_be_measured),
        TERN_TEST(test_endless_message_cannot_be_measured),
        TERN_TEST(test_message_goes_by_its_bound),
        TERN_TEST(test_engine_that_wants_the_size_gets_it),
        TERN_TEST(test_answer_is_sent_as_a_message_is),
        TERN_TEST(test_answer_without_a_message_is_only_its_status),
        TERN_TEST(test_answer_that_waits_says_so),
        TERN_TEST(test_refused_message_leaves_nothing_behind),
        TERN_TEST(test_without_memory_it_is_not_sent),
    };

    return cmocka_run_group_tests(tests, make_plans, NULL);
}
