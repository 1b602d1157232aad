// Handlers called by a server on the test's own thread, and what they may be given there; on either wire.
#include "tests/support/leak.h"

#include <stdlib.h>
#include <string.h>

#include <tern/fiber.h>
#include <tern/testing.h>

#include "tests/rpc/server/desk.tern.h"
#include "tests/rpc/support/warm_up.h"

static bool is_grpc;

// ---- the handlers --------------------------------------------------------

static int look_up(const char *key)
{
    check_expected(key);
    return mock_type(int);
}

// What it asks for is a mock of cmocka's, which is of the thread that the test is on.
static tern_code ask(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    const tern_metadata *who = tern_ctx_metadata(ctx, "who");
    int                  n = look_up(req->text);

    if (n < 0)
        return tern_fail(ctx, TERN_NOT_FOUND, "no `%s`", req->text);
    if (who)
        tern_ctx_add_trailing(ctx, &(tern_metadata){ "for", who->value, who->len });
    reply->text = tern_printf(ctx, "%s: %d", req->text, n);
    return TERN_OK;
}

static tern_code watch(tern_ctx *ctx, const desk_question *req, desk_desk_watch_out *out)
{
    tern_code code = TERN_OK;

    (void)ctx;
    for (uint32_t i = 0; i < req->count && code == TERN_OK; i++)
        code = desk_desk_watch_send(out, DESK_ANSWER(.text = req->text, .count = i));
    return code;
}

static tern_code collect(tern_ctx *ctx, desk_desk_collect_in *in, desk_answer *reply)
{
    const desk_question *q;

    while ((q = desk_desk_collect_next(in)))
        reply->count += q->count;
    return tern_ctx_check(ctx);
}

static tern_code n_of_end;  // of the last `talk`

static tern_code talk(tern_ctx *ctx, desk_desk_talk_io *io)
{
    const desk_question *q;
    tern_code            code = TERN_OK;

    while (code == TERN_OK && (q = desk_desk_talk_io_next(io)))
        code = desk_desk_talk_io_send(io, DESK_ANSWER(.count = q->count + 1));
    return n_of_end = code ? code : tern_ctx_check(ctx);
}

static const desk_desk_handlers handlers = {
    .ask = ask, .watch = watch, .collect = collect, .talk = talk
};

static tern_testing *start(tern_testing_opts opts)
{
    tern_testing *t;

    opts.is_grpc = is_grpc;
    t = tern_testing_new(&opts);
    assert_non_null(t);
    desk_desk_register(tern_testing_server(t), &handlers, NULL);
    return t;
}

// ---- each kind -----------------------------------------------------------

static void test_unary_handler_is_given_what_the_call_has(void **state)
{
    tern_testing       *t = start((tern_testing_opts){ .identity = NULL });
    const tern_metadata who = { "who", "Ada", 3 };
    TERN_AUTO(tern_call_info) info = { 0 };
    TERN_AUTO(desk_answer) *reply = NULL;
    tern_status st;

    (void)state;
    expect_string(look_up, key, "pens");
    will_return(look_up, 7);
    st = desk_desk_ask(tern_testing_channel(t), DESK_QUESTION(.text = "pens"),
                       &(tern_call_opts){ .metadata = &who, .n_metadata = 1, .info = &info },
                       &reply);
    assert_int_equal(st.code, TERN_OK);
    assert_string_equal(reply->text, "pens: 7");
    assert_int_equal(info.n_trailing, 1);
    assert_memory_equal(info.trailing[0].value, "Ada", 3);
    tern_testing_free(t);
}

static void test_failure_has_the_handlers_words(void **state)
{
    tern_testing *t = start((tern_testing_opts){ .identity = NULL });
    TERN_AUTO(desk_answer) *reply = NULL;
    tern_status st;

    (void)state;
    expect_string(look_up, key, "ink");
    will_return(look_up, -1);
    st = desk_desk_ask(tern_testing_channel(t), DESK_QUESTION(.text = "ink"), NULL, &reply);
    assert_int_equal(st.code, TERN_NOT_FOUND);
    assert_string_equal(st.msg, "no `ink`");
    assert_null(reply);
    tern_testing_free(t);
}

static void test_replies_of_a_server_stream_are_collected(void **state)
{
    enum { N = 3000 };  // more than its window
    tern_testing *t = start((tern_testing_opts){ .identity = NULL });
    char          text[500];
    uint32_t      n = 0;

    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    {
        TERN_AUTO(desk_desk_watch_stream) *s =
            desk_desk_watch(tern_testing_channel(t), DESK_QUESTION(.text = text, .count = N), NULL);
        const desk_answer *a;

        while ((a = desk_desk_watch_next(s)))
            assert_int_equal(a->count, n++);
        assert_int_equal(desk_desk_watch_status(s).code, TERN_OK);
    }
    assert_int_equal(n, N);
    tern_testing_free(t);
}

static void test_requests_are_fed_to_a_client_stream(void **state)
{
    tern_testing *t = start((tern_testing_opts){ .identity = NULL });
    TERN_AUTO(desk_answer) *reply = NULL;

    (void)state;
    {
        TERN_AUTO(desk_desk_collect_stream) *s = desk_desk_collect(tern_testing_channel(t), NULL);

        for (uint32_t i = 1; i <= 4; i++)
            assert_int_equal(desk_desk_collect_send(s, DESK_QUESTION(.count = i)), TERN_OK);
        assert_int_equal(desk_desk_collect_finish(s, &reply).code, TERN_OK);
    }
    assert_int_equal(reply->count, 10);
    tern_testing_free(t);
}

static void test_both_ways_go_in_turn_and_a_cancel_reaches_the_handler(void **state)
{
    tern_testing          *t = start((tern_testing_opts){ .identity = NULL });
    desk_desk_talk_stream *s = desk_desk_talk(tern_testing_channel(t), NULL);

    (void)state;
    n_of_end = TERN_OK;
    for (uint32_t i = 1; i <= 3; i++) {
        assert_int_equal(desk_desk_talk_send(s, DESK_QUESTION(.count = i)), TERN_OK);
        assert_int_equal(desk_desk_talk_next(s)->count, i + 1);
    }
    desk_desk_talk_stream_free(s);  // the caller goes
    tern_testing_free(t);           // waits for the handler
    assert_int_equal(n_of_end, TERN_CANCELLED);
}

// ---- a function with a context -------------------------------------------

static tern_code look_around(tern_ctx *ctx, void *arg)
{
    const tern_metadata *who = tern_ctx_metadata(ctx, "who");
    int64_t              left_ms = tern_ctx_time_left_ms(ctx);

    TERN_ASSERT(tern_fiber_current() && left_ms > 0 && left_ms <= 20000);
    TERN_ASSERT(who && who->len == 3);
    TERN_ASSERT(strcmp(tern_ctx_method(ctx), "/tern.testing.Handler/Call") == 0);
    TERN_ASSERT(strcmp(tern_ctx_peer(ctx), "unix:(unnamed)") == 0);
    tern_fail_details(ctx, "more", 4);
    return tern_fail(ctx, TERN_ABORTED, "%s", (const char *)arg);
}

static void test_function_has_the_context_of_a_call(void **state)
{
    tern_testing       *t = start((tern_testing_opts){ .identity = NULL });
    const tern_metadata who = { "who", "Ada", 3 };
    TERN_AUTO(tern_call_info) info = { 0 };
    const tern_call_opts opts = {
        .timeout_ms = 20000, .metadata = &who, .n_metadata = 1, .info = &info
    };
    tern_status st = tern_testing_call(t, &opts, look_around, "as told");

    (void)state;
    assert_int_equal(st.code, TERN_ABORTED);
    assert_string_equal(st.msg, "as told");
    assert_int_equal(info.details_len, 4);
    tern_testing_free(t);
}

static tern_code ask_itself(tern_ctx *ctx, void *arg)
{
    tern_testing *t = arg;
    desk_answer  *reply = NULL;
    tern_status   st =
        desk_desk_ask(tern_testing_channel(t), DESK_QUESTION(.text = "ink"), NULL, &reply);

    tern_ctx_own(ctx, reply);
    return st.code ? st.code : tern_fail(ctx, TERN_ALREADY_EXISTS, "%s", reply->text);
}

static void test_function_may_make_calls(void **state)
{
    tern_testing *t = start((tern_testing_opts){ .identity = NULL });
    tern_status   st;

    (void)state;
    expect_string(look_up, key, "ink");
    will_return(look_up, 2);
    st = tern_testing_call(t, NULL, ask_itself, t);
    assert_int_equal(st.code, TERN_ALREADY_EXISTS);
    assert_string_equal(st.msg, "ink: 2");
    tern_testing_free(t);
}

static tern_code wait_for_the_end(tern_ctx *ctx, void *arg)
{
    while (tern_fiber_sleep(TERN_NS_PER_S) == 0)
        ;
    return *(tern_code *)arg = tern_ctx_check(ctx);
}

static void test_deadline_passes_in_a_function_that_waits(void **state)
{
    tern_testing *t = start((tern_testing_opts){ .identity = NULL });
    tern_code     seen = TERN_OK;
    tern_status   st =
        tern_testing_call(t, &(tern_call_opts){ .timeout_ms = 5 }, wait_for_the_end, &seen);

    (void)state;
    assert_int_equal(st.code, TERN_DEADLINE_EXCEEDED);
    tern_testing_free(t);
    assert_true(seen == TERN_DEADLINE_EXCEEDED || seen == TERN_CANCELLED);  // who was first
}

static tern_code give_up(tern_ctx *ctx, void *arg)
{
    tern_cancel_fire(arg);
    while (tern_fiber_sleep(TERN_NS_PER_S) == 0)
        ;
    return tern_ctx_check(ctx);
}

static void test_cancel_reaches_a_function(void **state)
{
    tern_testing *t = start((tern_testing_opts){ .identity = NULL });
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();

    (void)state;
    assert_int_equal(
        tern_testing_call(t, &(tern_call_opts){ .cancel = cancel }, give_up, cancel).code,
        TERN_CANCELLED);
    tern_testing_free(t);
}

// ---- options -------------------------------------------------------------

static tern_code tell_subject(tern_ctx *ctx, void *arg)
{
    const tern_identity *id = tern_ctx_identity(ctx);

    (void)arg;
    return tern_fail(ctx, TERN_OUT_OF_RANGE, "%s of %zu names", id ? id->subject : "nobody",
                     id ? id->n_names : 0);
}

static void expect_subject(const tern_identity *id, const char *expected)
{
    tern_testing *t = start((tern_testing_opts){ .identity = id });

    assert_string_equal(tern_testing_call(t, NULL, tell_subject, NULL).msg, expected);
    tern_testing_free(t);
}

static void test_callers_are_who_the_test_says(void **state)
{
    const tern_name     names[] = { { TERN_NAME_DNS, "ada.example" } };
    const tern_identity ada = {
        .size = sizeof ada, .is_verified = true, .subject = "CN=ada", .names = names, .n_names = 1
    };

    (void)state;
    expect_subject(&ada, "CN=ada of 1 names");
    expect_subject(NULL, "nobody of 0 names");
}

static tern_code refuse(tern_ctx *ctx, void *arg)
{
    return tern_fail(ctx, TERN_PERMISSION_DENIED, "%s", (const char *)arg);
}

static void test_server_and_channel_have_the_options_given(void **state)
{
    const tern_server_interceptor guard = { .begin = refuse, .arg = "closed" };
    const tern_server_opts        server = { .interceptors = &guard, .n_interceptors = 1 };
    const tern_channel_opts       channel = { .max_message_bytes = 4096 };
    tern_testing *t = start((tern_testing_opts){ .server = &server, .channel = &channel });
    TERN_AUTO(desk_answer) *reply = NULL;
    tern_status st = desk_desk_ask(tern_testing_channel(t), DESK_QUESTION(), NULL, &reply);

    (void)state;
    assert_int_equal(st.code, TERN_PERMISSION_DENIED);
    assert_string_equal(st.msg, "closed");
    tern_testing_free(t);
}

static void test_two_at_once_do_not_meet(void **state)
{
    tern_testing *a = start((tern_testing_opts){ .identity = NULL });
    tern_testing *b = start((tern_testing_opts){ .identity = NULL });

    (void)state;
    assert_string_equal(tern_testing_call(a, NULL, refuse, "a").msg, "a");
    assert_string_equal(tern_testing_call(b, NULL, refuse, "b").msg, "b");
    tern_testing_free(a);
    assert_string_equal(tern_testing_call(b, NULL, refuse, "still b").msg, "still b");
    tern_testing_free(b);
    tern_testing_free(start((tern_testing_opts){ .identity = NULL }));  // never used
    tern_testing_free(NULL);
}

// ---- failure -------------------------------------------------------------

static void call_once(void *arg)
{
    const tern_identity nobody = { .size = sizeof nobody };
    tern_testing       *t =
        tern_testing_new(&(tern_testing_opts){ .identity = &nobody, .is_grpc = is_grpc });
    tern_status st;

    (void)arg;
    if (!t)
        return;
    st = tern_testing_call(t, NULL, refuse, "as told");
    assert_int_not_equal(st.code, TERN_OK);
    tern_testing_free(t);
}

static void test_any_allocation_may_fail(void **state)
{
    (void)state;
    for_each_failed_allocation(call_once, NULL);
}

static int warm_up_desk(void **state)
{
    tern_testing *t;

    (void)state;
    warm_up(&desk_desk_service);
    for (int i = 0; i < 2; i++) {
        is_grpc = i;
        t = start((tern_testing_opts){ .identity = NULL });
        assert_int_equal(tern_testing_call(t, NULL, refuse, "").code, TERN_PERMISSION_DENIED);
        tern_testing_free(t);
    }
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_unary_handler_is_given_what_the_call_has),
        TERN_TEST(test_failure_has_the_handlers_words),
        TERN_TEST(test_replies_of_a_server_stream_are_collected),
        TERN_TEST(test_requests_are_fed_to_a_client_stream),
        TERN_TEST(test_both_ways_go_in_turn_and_a_cancel_reaches_the_handler),
        TERN_TEST(test_function_has_the_context_of_a_call),
        TERN_TEST(test_function_may_make_calls),
        TERN_TEST(test_deadline_passes_in_a_function_that_waits),
        TERN_TEST(test_cancel_reaches_a_function),
        TERN_TEST(test_callers_are_who_the_test_says),
        TERN_TEST(test_server_and_channel_have_the_options_given),
        TERN_TEST(test_two_at_once_do_not_meet),
        TERN_TEST(test_any_allocation_may_fail),
    };
    int n_failed = 0;

    for (int i = 0; i < 2; i++) {
        is_grpc = i;
        n_failed += _cmocka_run_group_tests(is_grpc ? "grpc" : "native", tests,
                                            TERN_COUNT_OF(tests), warm_up_desk, NULL);
    }
    return n_failed;
}
