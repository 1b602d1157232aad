// Interceptors around handlers of every kind and style.
#include "tests/rpc/server/desk.h"

#include <stdio.h>
#include <string.h>

#include <tern/fiber.h>

// What happened to a call, a letter each: small ones are the outer interceptor's.
static char        story[64];
static atomic_uint n_ends;

static void note(char c)
{
    size_t len = strlen(story);

    TERN_ASSERT(len + 1 < sizeof story);
    story[len] = c;
}

static void begin_story(void)
{
    memset(story, 0, sizeof story);
    atomic_store(&n_ends, 0);
}

static const char user_key;

static tern_code begin(tern_ctx *ctx, void *arg)
{
    const tern_metadata *who = tern_ctx_metadata(ctx, "who");

    note(arg ? 'B' : 'b');
    if (arg || !who)
        return TERN_OK;
    if (tern_fiber_current())
        TERN_ASSERT(tern_fiber_sleep(TERN_NS_PER_MS) == 0);
    if (strncmp(who->value, "mallory", who->len) == 0)
        return tern_fail(ctx, TERN_PERMISSION_DENIED, "not for you");
    tern_ctx_set_value(ctx, &user_key, tern_printf(ctx, "%s", (const char *)who->value));
    return TERN_OK;
}

static void received(tern_ctx *ctx, const void *msg, void *arg)
{
    (void)ctx;
    TERN_ASSERT(msg);
    note(arg ? 'R' : 'r');
}

static void sent(tern_ctx *ctx, const void *msg, void *arg)
{
    (void)ctx;
    TERN_ASSERT(msg);
    note(arg ? 'S' : 's');
}

static void end(tern_ctx *ctx, tern_status st, void *arg)
{
    char          code = (char)('0' + st.code);
    tern_metadata m = { "ended", &code, 1 };

    note(arg ? 'E' : 'e');
    if (!arg)
        tern_ctx_add_trailing(ctx, &m);
    atomic_fetch_add(&n_ends, 1);
}

static int                           inner;
static const tern_server_interceptor both[] = {
    { begin, received, sent, end, NULL },
    { begin, received, sent, end, &inner },
};
static const tern_server_opts opts = { .interceptors = both, .n_interceptors = 2 };

// ---- handlers ------------------------------------------------------------

static tern_code ask(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    const char *user = tern_ctx_value(ctx, &user_key);

    note('!');
    reply->text = tern_printf(ctx, "%s", user ? user : "nobody");
    return req->count ? tern_fail(ctx, (tern_code)req->count, "as asked") : TERN_OK;
}

static tern_code watch(tern_ctx *ctx, const desk_question *req, desk_desk_watch_out *out)
{
    (void)ctx;
    note('!');
    for (uint32_t i = 0; i < req->count; i++)
        if (desk_desk_watch_send(out, DESK_ANSWER(.count = i)) != TERN_OK)
            break;
    return TERN_OK;
}

static tern_code collect(tern_ctx *ctx, desk_desk_collect_in *in, desk_answer *reply)
{
    note('!');
    while (desk_desk_collect_next(in))
        reply->count++;
    return tern_ctx_check(ctx);
}

static void ask_async(desk_desk_ask_call *call, const desk_question *req)
{
    (void)req;
    note('!');
    desk_desk_ask_reply(call, DESK_ANSWER(.count = 1));
}

static void watch_ready(desk_desk_watch_out *out)
{
    note('!');
    desk_desk_watch_finish(out, TERN_OK);
}

static const desk_desk_handlers on_fibers = { .ask = ask, .watch = watch, .collect = collect };
static const desk_desk_handlers async = { .ask_async = ask_async,
                                          .watch_async = { .ready = watch_ready } };

// ---- tests ---------------------------------------------------------------

static tern_status call(desk *h, const char *who, uint32_t code, tern_call_info *info)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    const tern_metadata m = { "who", who, strlen(who) };
    tern_status         st;

    begin_story();
    st = desk_desk_ask(h->channel, DESK_QUESTION(.count = code),
                       &(tern_call_opts){ .metadata = &m, .n_metadata = 1, .info = info }, &reply);
    if (st.code == TERN_OK && *reply->text)
        assert_string_equal(reply->text, who);
    return st;
}

static void test_unary_calls_are_seen_whole_and_in_order(void **state)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, &opts, &on_fibers, NULL);
    assert_int_equal(call(&h, "alice", 0, &info).code, TERN_OK);
    assert_string_equal(story, "bBrR!SsEe");
    assert_int_equal(info.n_trailing, 1);
    assert_string_equal(info.trailing[0].key, "ended");
    assert_int_equal(call(&h, "alice", TERN_NOT_FOUND, NULL).code, TERN_NOT_FOUND);
    assert_string_equal(story, "bBrR!Ee");
    desk_stop(&h);
}

static void test_who_is_refused_meets_no_handler(void **state)
{
    tern_status st;
    desk        h;

    (void)state;
    desk_start(&h, HOST_TCP, &opts, &on_fibers, NULL);
    st = call(&h, "mallory", 0, NULL);
    assert_int_equal(st.code, TERN_PERMISSION_DENIED);
    assert_string_equal(st.msg, "not for you");
    assert_string_equal(story, "be");
    desk_stop(&h);
    desk_start(&h, HOST_TCP, &opts, &async, NULL);
    st = call(&h, "mallory", 0, NULL);
    assert_int_equal(st.code, TERN_PERMISSION_DENIED);
    assert_string_equal(story, "be");
    desk_stop(&h);
}

static void watch_all(desk *h, uint32_t count)
{
    TERN_AUTO(desk_desk_watch_stream) *w =
        desk_desk_watch(h->channel, DESK_QUESTION(.count = count), NULL);

    while (desk_desk_watch_next(w))
        ;
    assert_int_equal(desk_desk_watch_status(w).code, TERN_OK);
}

static void test_streams_are_seen_message_by_message(void **state)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, &opts, &on_fibers, NULL);
    begin_story();
    watch_all(&h, 2);
    assert_string_equal(story, "bBrR!SsSsEe");
    begin_story();
    {
        TERN_AUTO(desk_desk_collect_stream) *c = desk_desk_collect(h.channel, NULL);

        assert_int_equal(desk_desk_collect_send(c, DESK_QUESTION(.count = 1)), TERN_OK);
        assert_int_equal(desk_desk_collect_send(c, DESK_QUESTION(.count = 2)), TERN_OK);
        assert_int_equal(desk_desk_collect_finish(c, &reply).code, TERN_OK);
    }
    assert_string_equal(story, "bB!rRrRSsEe");
    desk_stop(&h);
}

static void test_async_handlers_are_seen_as_well(void **state)
{
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, &opts, &async, NULL);
    assert_int_equal(call(&h, "bob", 0, NULL).code, TERN_OK);
    assert_string_equal(story, "bBrR!SsEe");
    begin_story();
    watch_all(&h, 0);
    assert_string_equal(story, "bBrR!Ee");
    desk_stop(&h);
}

static tern_code wait_for_the_end(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    (void)req;
    (void)reply;
    fake_clock_advance(PATIENCE_MS * TERN_NS_PER_MS);
    while (tern_ctx_check(ctx) == TERN_OK)
        (void)!tern_fiber_sleep(TERN_NS_PER_S);
    return tern_ctx_check(ctx);
}

static void test_cancelled_call_ends_once(void **state)
{
    const desk_desk_handlers waiting = { .ask = wait_for_the_end };
    TERN_AUTO(desk_answer) *reply = NULL;
    desk h;

    (void)state;
    fake_clock_start_running();
    desk_start(&h, HOST_TCP, &opts, &waiting, NULL);
    begin_story();
    assert_int_equal(desk_desk_ask(h.channel, DESK_QUESTION(),
                                   &(tern_call_opts){ .timeout_ms = PATIENCE_MS }, &reply)
                         .code,
                     TERN_DEADLINE_EXCEEDED);
    wait_for_count(&n_ends, 2, "ends");
    desk_stop(&h);
    assert_string_equal(story, "bBrREe");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_unary_calls_are_seen_whole_and_in_order),
        TERN_TEST(test_who_is_refused_meets_no_handler),
        TERN_TEST(test_streams_are_seen_message_by_message),
        TERN_TEST(test_async_handlers_are_seen_as_well),
        TERN_TEST(test_cancelled_call_ends_once),
    };

    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
