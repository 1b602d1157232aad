// What only some calls have: metadata, interceptors, a cancel, somebody who wants to know all about them, and
// somebody on whose behalf they are made.
#include "tests/rpc/client/outcall_stage.h"

#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>

#include <tern/fiber.h>

#include "rpc/call/parent_internal.h"

static tern_metadata entry(const char *key, const char *value)
{
    return (tern_metadata){ key, value, strlen(value) };
}

// ---- metadata ------------------------------------------------------------

static void test_metadata_are_copied_in_order(void **state)
{
    char                value[] = "ada";
    const tern_metadata entries[] = { { "user", value, 3 }, { "k-bin", "\0\n", 2 } };
    stage               s;
    caller              c;

    (void)state;
    stage_begin(&s);
    assert_int_equal(
        caller_make(&c, &s, TERN_UNARY, &(tern_call_opts){ .metadata = entries, .n_metadata = 2 }),
        0);
    memset(value, '?', sizeof value);
    assert_int_equal(c.call.head.n_metas, 2);
    assert_string_equal(c.call.head.metas[0].key, "user");
    assert_memory_equal(c.call.head.metas[0].value, "ada", 3);
    assert_memory_equal(c.call.head.metas[1].value, "\0\n", 2);
    terni_outcall_done(&c.call);
    stage_end(&s);
}

static void test_bad_entry_ends_the_call_before_it_begins(void **state)
{
    const tern_metadata entries[] = { entry("good", "v"), entry("Bad", "v") };
    stage               s;
    caller              c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, &(tern_call_opts){ .metadata = entries, .n_metadata = 2 });
    assert_string_equal(journal_take(),
                        "done(3,the metadata entry \"Bad\" cannot be sent: its key has a character "
                        "that is not a small letter, a digit or one of -_.) ");
    caller_done(&c);
    stage_end(&s);
}

// ---- interceptors --------------------------------------------------------

typedef struct spy spy;
struct spy {
    char                 name;
    tern_code            refuse_with;
    const tern_metadata *adds;
    int64_t              timeout_ms;  // 0: as it is
};

static tern_code on_begin(tern_outgoing *call, void *arg)
{
    const spy *x = arg;

    journal_say("b%c ", x->name);
    assert_string_equal(tern_outgoing_method(call), "/test.Letters/Send");
    assert_null(*tern_outgoing_data(call));
    *tern_outgoing_data(call) = arg;
    if (x->adds)
        tern_outgoing_add_metadata(call, x->adds);
    if (x->timeout_ms)
        tern_outgoing_set_timeout(call, x->timeout_ms);
    return x->refuse_with ? tern_outgoing_fail(call, x->refuse_with, "refused by %c", x->name)
                          : TERN_OK;
}

static void on_sent(tern_outgoing *call, const void *msg, void *arg)
{
    assert_ptr_equal(*tern_outgoing_data(call), arg);
    journal_say("s%c(%s) ", ((const spy *)arg)->name, ((const Test__Note *)msg)->text);
}

static void on_received(tern_outgoing *call, const void *msg, void *arg)
{
    assert_ptr_equal(*tern_outgoing_data(call), arg);
    (void)msg;
    journal_say("r%c ", ((const spy *)arg)->name);
}

static void on_end(tern_outgoing *call, tern_status st, void *arg)
{
    assert_ptr_equal(*tern_outgoing_data(call), arg);
    journal_say("e%c(%d) ", ((const spy *)arg)->name, st.code);
}

static spy                     spies[3];
static tern_client_interceptor interceptors[3];

static void begin_with_spies(stage *s)
{
    stage_begin(s);
    for (int i = 0; i < 3; i++) {
        spies[i] = (spy){ .name = (char)('1' + i) };
        interceptors[i] = (tern_client_interceptor){ .begin = on_begin,
                                                     .sent = on_sent,
                                                     .received = on_received,
                                                     .end = on_end,
                                                     .arg = &spies[i] };
    }
    s->carrier.interceptors = interceptors;
    s->carrier.n_interceptors = 3;
}

static void test_interceptors_begin_in_order_and_end_in_reverse(void **state)
{
    stage  s;
    caller c;

    (void)state;
    begin_with_spies(&s);
    caller_start(&c, &s, TERN_UNARY, NULL);
    assert_string_equal(journal_take(), "b1 b2 b3 s1(hello) s2(hello) s3(hello) begin ");
    terni_outgoing_received(&c.call.observers->outgoing, &c);
    assert_string_equal(journal_take(), "r3 r2 r1 ");
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_finish(&c.call, TERN_NOT_FOUND, "not here");
    assert_string_equal(journal_take(), "e3(5) e2(5) e1(5) done(5,not here) ");
    caller_done(&c);
    assert_string_equal(journal_take(), "");
    stage_end(&s);
}

static void test_refusal_is_the_last_that_is_begun(void **state)
{
    stage  s;
    caller c;

    (void)state;
    begin_with_spies(&s);
    spies[1].refuse_with = TERN_PERMISSION_DENIED;
    caller_start(&c, &s, TERN_UNARY, NULL);
    assert_string_equal(journal_take(), "b1 b2 e2(7) e1(7) done(7,refused by 2) ");
    caller_done(&c);
    stage_end(&s);
}

static tern_code refuse_silently(tern_outgoing *call, void *arg)
{
    (void)call;
    (void)arg;
    return TERN_UNAUTHENTICATED;
}

static void test_refusal_without_a_word_has_a_sentence(void **state)
{
    stage  s;
    caller c;

    (void)state;
    begin_with_spies(&s);
    interceptors[0] = (tern_client_interceptor){ .begin = refuse_silently };
    caller_start(&c, &s, TERN_UNARY, NULL);
    assert_string_equal(journal_take(), "done(16,an interceptor refused the call) ");
    caller_done(&c);
    stage_end(&s);
}

static void test_interceptor_may_have_no_functions(void **state)
{
    stage  s;
    caller c;

    (void)state;
    begin_with_spies(&s);
    interceptors[1] = (tern_client_interceptor){ .begin = NULL };
    caller_start(&c, &s, TERN_UNARY, NULL);
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_finish(&c.call, TERN_OK, "");
    assert_string_equal(journal_take(), "b1 b3 s1(hello) s3(hello) begin e3(0) e1(0) done(0,) ");
    caller_done(&c);
    stage_end(&s);
}

static void test_metadata_of_interceptors_go_behind_the_callers(void **state)
{
    const tern_metadata mine = entry("mine", "1"), second = entry("second", "2");
    stage               s;
    caller              c;

    (void)state;
    begin_with_spies(&s);
    spies[1].adds = &second;
    assert_int_equal(
        caller_make(&c, &s, TERN_UNARY, &(tern_call_opts){ .metadata = &mine, .n_metadata = 1 }),
        0);
    assert_int_equal(c.call.head.n_metas, 2);
    assert_string_equal(c.call.head.metas[0].key, "mine");
    assert_string_equal(c.call.head.metas[1].key, "second");
    terni_outcall_done(&c.call);
    stage_end(&s);
}

static void test_bad_entry_of_an_interceptor_ends_the_call(void **state)
{
    const tern_metadata bad = entry("grpc-timeout", "1S");
    stage               s;
    caller              c;

    (void)state;
    begin_with_spies(&s);
    spies[0].adds = &bad;
    caller_start(&c, &s, TERN_UNARY, NULL);
    assert_string_equal(journal_take(),
                        "b1 b2 b3 e3(3) e2(3) e1(3) done(3,the metadata entry \"grpc-timeout\" "
                        "cannot be sent: its key is reserved for the protocol) ");
    caller_done(&c);
    stage_end(&s);
}

static void test_refusal_says_more_than_a_bad_entry(void **state)
{
    const tern_metadata bad = entry("", "v");
    stage               s;
    caller              c;

    (void)state;
    begin_with_spies(&s);
    spies[0].adds = &bad;
    spies[0].refuse_with = TERN_ABORTED;
    caller_start(&c, &s, TERN_UNARY, NULL);
    assert_string_equal(journal_take(), "b1 e1(10) done(10,refused by 1) ");
    caller_done(&c);
    stage_end(&s);
}

static void test_interceptor_may_set_the_deadline(void **state)
{
    stage  s;
    caller c;

    (void)state;
    begin_with_spies(&s);
    spies[1].timeout_ms = 70;
    assert_int_equal(caller_make(&c, &s, TERN_UNARY, NULL), 0);
    assert_int_equal(c.call.head.deadline_ns, STAGE_START + 70 * TERN_NS_PER_MS);
    terni_outcall_done(&c.call);
    spies[1].timeout_ms = TERN_NO_TIMEOUT;
    assert_int_equal(caller_make(&c, &s, TERN_UNARY, NULL), 0);
    assert_int_equal(c.call.head.deadline_ns, TERN_NEVER);
    terni_outcall_done(&c.call);
    stage_end(&s);
}

// ---- a cancel ------------------------------------------------------------

static void test_cancel_that_was_fired_before_ends_the_call_at_its_start(void **state)
{
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    stage  s;
    caller c;

    (void)state;
    stage_begin(&s);
    tern_cancel_fire(cancel);
    caller_start(&c, &s, TERN_UNARY, &(tern_call_opts){ .cancel = cancel });
    assert_string_equal(journal_take(), "done(1,the call was cancelled) ");
    caller_done(&c);
    stage_end(&s);
}

static void test_cancel_reaches_the_call_wherever_it_is(void **state)
{
    static const terni_outcall_state places[] = { TERNI_OUTCALL_WAITING, TERNI_OUTCALL_OPEN,
                                                  TERNI_OUTCALL_BACKING_OFF };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(places); i++) {
        TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
        stage  s;
        caller c;

        stage_begin(&s);
        caller_start(&c, &s, TERN_UNARY, &(tern_call_opts){ .cancel = cancel });
        caller_move(&c, places[i]);
        tern_cancel_fire(cancel);
        assert_string_equal(journal_take(), "begin ");
        stage_pass(&s, 0);
        assert_string_equal(journal_take(), "drop(1,the call was cancelled) done(1,the call was "
                                            "cancelled) ");
        caller_done(&c);
        stage_end(&s);
    }
}

static void test_cancel_that_comes_too_late_changes_nothing(void **state)
{
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    stage  s;
    caller c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, &(tern_call_opts){ .cancel = cancel });
    tern_cancel_fire(cancel);  // on its way
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_finish(&c.call, TERN_OK, "");
    stage_pass(&s, 0);
    assert_string_equal(journal_take(), "begin done(0,) ");
    caller_done(&c);
    stage_end(&s);
}

// ---- all there is to know ------------------------------------------------

static void test_info_is_filled_before_the_call_is_done(void **state)
{
    TERN_AUTO(tern_call_info) info = { .message = NULL };
    const terni_meta  last = { "last", (const uint8_t *)"9", 4, 1 };
    const terni_close close = { .code = 5,
                                .message = "not here",
                                .message_len = 8,
                                .details = (const uint8_t *)"d",
                                .details_len = 1,
                                .metadata = { &last, 1 } };
    stage             s;
    caller            c;

    (void)state;
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, &(tern_call_opts){ .info = &info });
    c.call.n_attempts = 2;
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_close(&c.call, &close);
    assert_string_equal(info.message, "not here");
    assert_int_equal(info.details_len, 1);
    assert_int_equal(info.n_trailing, 1);
    assert_int_equal(info.n_attempts, 2);
    assert_string_equal(info.peer, "");
    caller_done(&c);
    stage_end(&s);
}

static void test_info_has_the_whole_of_a_long_message(void **state)
{
    TERN_AUTO(tern_call_info) info = { .message = NULL };
    char   text[1000];
    stage  s;
    caller c;

    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    stage_begin(&s);
    caller_start(&c, &s, TERN_UNARY, &(tern_call_opts){ .info = &info });
    caller_move(&c, TERNI_OUTCALL_IDLE);
    terni_outcall_finish(&c.call, TERN_INTERNAL, text);
    assert_string_equal(info.message, text);
    assert_int_equal(strlen(c.call.status.msg), sizeof c.call.status.msg - 1);
    caller_done(&c);
    stage_end(&s);
}

// ---- on whose behalf -----------------------------------------------------

static terni_parent *running;

static terni_parent *current(void) { return running; }

static terni_parent *of(tern_ctx *ctx) { return (terni_parent *)(void *)ctx; }

static const terni_parent_source source = { current, of };

static void begin_for(stage *s, terni_parent *parent, uint64_t deadline_ms)
{
    stage_begin(s);
    terni_parent_set_source(&source);
    *parent = (terni_parent){ .deadline_ns = STAGE_START + deadline_ms * TERN_NS_PER_MS };
    running = parent;
}

static void end_for(stage *s, terni_parent *parent)
{
    running = NULL;
    terni_parent_set_source(NULL);
    terni_parent_done(parent);
    stage_end(s);
}

static uint64_t deadline_ms_with(stage *s, const tern_call_opts *opts)
{
    caller c;

    assert_int_equal(caller_make(&c, s, TERN_UNARY, opts), 0);
    terni_outcall_done(&c.call);
    return (c.call.head.deadline_ns - STAGE_START) / TERN_NS_PER_MS;
}

static void test_call_has_never_more_time_than_its_parent(void **state)
{
    terni_parent p;
    stage        s;

    (void)state;
    begin_for(&s, &p, 500);
    assert_int_equal(deadline_ms_with(&s, NULL), 500);
    assert_int_equal(deadline_ms_with(&s, &(tern_call_opts){ .timeout_ms = 200 }), 200);
    assert_int_equal(deadline_ms_with(&s, &(tern_call_opts){ .timeout_ms = 700 }), 500);
    assert_int_equal(deadline_ms_with(&s, &(tern_call_opts){ .timeout_ms = 700, .detached = true }),
                     700);
    s.carrier.interceptors = interceptors;
    s.carrier.n_interceptors = 1;
    spies[0] = (spy){ .name = '1', .timeout_ms = 900 };
    interceptors[0] = (tern_client_interceptor){ .begin = on_begin, .arg = &spies[0] };
    assert_int_equal(deadline_ms_with(&s, NULL), 500);
    end_for(&s, &p);
}

static void test_cancelled_parent_cancels_what_was_made_for_it(void **state)
{
    terni_parent p;
    stage        s;
    caller       c;

    (void)state;
    begin_for(&s, &p, 500);
    caller_start(&c, &s, TERN_UNARY, NULL);
    terni_parent_cancel(&p, TERN_DEADLINE_EXCEEDED);
    stage_pass(&s, 0);
    assert_string_equal(
        journal_take(),
        "begin drop(4,the deadline of the call that it was made for has passed) done(4,the "
        "deadline of the call that it was made for has passed) ");
    caller_done(&c);
    caller_start(&c, &s, TERN_UNARY, NULL);  // and what is made for it later
    assert_memory_equal(journal_take(), "done(4,", 7);
    caller_done(&c);
    end_for(&s, &p);
}

static void test_detached_call_goes_on(void **state)
{
    terni_parent p;
    stage        s;
    caller       c;

    (void)state;
    begin_for(&s, &p, 500);
    caller_start(&c, &s, TERN_UNARY, &(tern_call_opts){ .detached = true });
    assert_int_equal(terni_outcall_cancel_code(&c.call), TERN_CANCELLED);
    terni_parent_cancel(&p, TERN_CANCELLED);
    assert_int_equal(terni_outcall_cancel_code(&c.call), TERN_OK);
    stage_pass(&s, 0);
    assert_string_equal(journal_take(), "begin ");
    terni_outcall_abort(&c.call, TERN_CANCELLED, "enough");
    caller_done(&c);
    end_for(&s, &p);
}

// A fiber that parks until the call is over is cancelled itself, and has no need of a scope.
static void test_call_that_parks_needs_no_scope(void **state)
{
    terni_outcall call;
    terni_parent  p;
    stage         s;

    (void)state;
    begin_for(&s, &p, 500);
    assert_int_equal(
        terni_outcall_init(&call, &s.carrier, &letters_methods[TERN_UNARY], NULL, TERNI_PARKS), 0);
    assert_null(p.scope);
    assert_null(call.observers);
    assert_int_equal(call.head.deadline_ns, p.deadline_ns);
    terni_parent_cancel(&p, TERN_DEADLINE_EXCEEDED);
    assert_int_equal(terni_outcall_cancel_code(&call), TERN_DEADLINE_EXCEEDED);
    terni_outcall_done(&call);
    end_for(&s, &p);
}

// ---- memory --------------------------------------------------------------

static char big[3000];

static void live_a_life(void *arg)
{
    TERN_AUTO(tern_call_info) info = { .message = NULL };
    const tern_metadata entries[] = { entry("small", "1"), { "big", big, sizeof big } };
    tern_cancel        *cancel = tern_cancel_new();
    stage              *s = arg;
    caller              c;

    journal_clear();
    caller_start(
        &c, s, TERN_UNARY,
        &(tern_call_opts){ .cancel = cancel, .info = &info, .metadata = entries, .n_metadata = 2 });
    if (!terni_outcall_is_done(&c.call)) {
        caller_move(&c, TERNI_OUTCALL_IDLE);
        terni_outcall_finish(&c.call, TERN_ABORTED, "the end");
    }
    assert_int_equal(c.call.status.code,
                     fail_malloc_has_failed() && c.call.status.code != TERN_ABORTED
                         ? TERN_RESOURCE_EXHAUSTED
                         : TERN_ABORTED);
    caller_done(&c);
    tern_cancel_free(cancel);
}

static void test_call_without_memory_ends_once(void **state)
{
    stage s;

    (void)state;
    memset(big, 'v', sizeof big);
    begin_with_spies(&s);
    assert_true(for_each_failed_allocation(live_a_life, &s) >= 4);
    stage_end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_metadata_are_copied_in_order),
        TERN_TEST(test_bad_entry_ends_the_call_before_it_begins),
        TERN_TEST(test_interceptors_begin_in_order_and_end_in_reverse),
        TERN_TEST(test_refusal_is_the_last_that_is_begun),
        TERN_TEST(test_refusal_without_a_word_has_a_sentence),
        TERN_TEST(test_interceptor_may_have_no_functions),
        TERN_TEST(test_metadata_of_interceptors_go_behind_the_callers),
        TERN_TEST(test_bad_entry_of_an_interceptor_ends_the_call),
        TERN_TEST(test_refusal_says_more_than_a_bad_entry),
        TERN_TEST(test_interceptor_may_set_the_deadline),
        TERN_TEST(test_cancel_that_was_fired_before_ends_the_call_at_its_start),
        TERN_TEST(test_cancel_reaches_the_call_wherever_it_is),
        TERN_TEST(test_cancel_that_comes_too_late_changes_nothing),
        TERN_TEST(test_info_is_filled_before_the_call_is_done),
        TERN_TEST(test_info_has_the_whole_of_a_long_message),
        TERN_TEST(test_call_has_never_more_time_than_its_parent),
        TERN_TEST(test_cancelled_parent_cancels_what_was_made_for_it),
        TERN_TEST(test_detached_call_goes_on),
        TERN_TEST(test_call_that_parks_needs_no_scope),
        TERN_TEST(test_call_without_memory_ends_once),
    };

    return cmocka_run_group_tests(tests, letters_warm_up, NULL);
}
