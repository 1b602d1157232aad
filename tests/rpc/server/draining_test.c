// A server that begins to stop tells those who only wait. Its grace has no end here: who were not told would keep the
// test for ever.
#include "tests/rpc/server/desk.h"

#include <errno.h>

#include <tern/fiber.h>
#include <tern/queue.h>

static const tern_server_opts patient = { .grace_ms = -1 };

static atomic_uint n_waiting, n_told;

static bool is_there(desk *h)
{
    TERN_AUTO(desk_answer) *reply = NULL;

    return desk_desk_ask(h->channel, DESK_QUESTION(), NULL, &reply).code == TERN_OK;
}

static tern_code ask(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    (void)q;
    (void)reply;
    TERN_ASSERT(!tern_ctx_is_draining(ctx));
    return TERN_OK;
}

static void begin(desk *h, const tern_server_opts *opts, const desk_desk_handlers *handlers,
                  const tern_service_opts *service_opts)
{
    atomic_store(&n_waiting, 0);
    atomic_store(&n_told, 0);
    desk_start(h, HOST_TCP, opts, handlers, service_opts);
}

// Watches, stops the server once the handler waits, and reads how the stream has ended.
static tern_status watch_to_the_end(desk *h)
{
    TERN_AUTO(desk_desk_watch_stream) *w = desk_desk_watch(h->channel, DESK_QUESTION(), NULL);

    assert_non_null(desk_desk_watch_next(w));
    wait_for_count(&n_waiting, 1, "handlers that wait");
    tern_server_stop(h->host.server);
    return desk_desk_watch_status(w);
}

static void check_told(desk *h)
{
    tern_status st = watch_to_the_end(h);

    assert_int_equal(st.code, TERN_UNAVAILABLE);
    assert_string_equal(st.msg, "the server is stopping");
    desk_stop(h);
}

static tern_code say_stopping(tern_ctx *ctx)
{
    return tern_fail(ctx, TERN_UNAVAILABLE, "the server is stopping");
}

// ---- a handler that waits for a queue ------------------------------------

static tern_queue news;

static tern_code send_news(tern_ctx *ctx, const desk_question *q, desk_desk_watch_out *out)
{
    void *item;

    (void)q;
    TERN_ASSERT(desk_desk_watch_send(out, DESK_ANSWER()) == TERN_OK);
    atomic_fetch_add(&n_waiting, 1);
    TERN_ASSERT(tern_queue_pop(&news, TERN_NEVER, &item) == -EPIPE);
    TERN_ASSERT(tern_ctx_is_draining(ctx));
    return say_stopping(ctx);
}

static void close_news(tern_server *srv, void *queue)
{
    TERN_ASSERT(*tern_server_address(srv));
    atomic_fetch_add(&n_told, 1);
    tern_queue_close(queue);
}

static void test_servers_callback_ends_what_waits_for_a_queue(void **state)
{
    const desk_desk_handlers handlers = { .ask = ask, .watch = send_news };
    const tern_server_opts   opts = { .grace_ms = -1,
                                      .on_draining = close_news,
                                      .on_draining_arg = &news };
    desk                     h;

    (void)state;
    assert_int_equal(tern_queue_init(&news, 1), 0);
    begin(&h, &opts, &handlers, NULL);
    assert_true(is_there(&h));
    check_told(&h);
    assert_int_equal(n_told, 1);
    tern_queue_done(&news);
}

static void close_own(tern_ctx *ctx, void *queue)
{
    TERN_ASSERT(tern_ctx_is_draining(ctx));
    atomic_fetch_add(&n_told, 1);
    tern_queue_close(queue);
}

static tern_code send_own_news(tern_ctx *ctx, const desk_question *q, desk_desk_watch_out *out)
{
    tern_queue own;
    void      *item;

    (void)q;
    TERN_ASSERT(tern_queue_init(&own, 1) == 0);
    tern_ctx_on_draining(ctx, close_own, &own);
    TERN_ASSERT(desk_desk_watch_send(out, DESK_ANSWER()) == TERN_OK);
    atomic_fetch_add(&n_waiting, 1);
    TERN_ASSERT(tern_queue_pop(&own, TERN_NEVER, &item) == -EPIPE);
    tern_queue_done(&own);
    return say_stopping(ctx);
}

static void test_calls_callback_ends_what_waits_for_a_queue(void **state)
{
    const desk_desk_handlers handlers = { .watch = send_own_news };
    desk                     h;

    (void)state;
    begin(&h, &patient, &handlers, NULL);
    check_told(&h);
    assert_int_equal(n_told, 1);
}

// ---- callbacks -----------------------------------------------------------

static void leave(tern_ctx *ctx, void *out)
{
    atomic_fetch_add(&n_told, 1);
    desk_desk_watch_finish(out, say_stopping(ctx));
}

static void push_once(desk_desk_watch_out *out)
{
    uint32_t *n = out->state;

    if ((*n)++ > 0)
        return;
    tern_ctx_on_draining(out->ctx, leave, out);
    tern_ctx_on_draining(out->ctx, leave, out);  // it has finished when this one's turn comes
    desk_desk_watch_push(out, DESK_ANSWER());
    atomic_fetch_add(&n_waiting, 1);
}

static void test_stream_with_callbacks_finishes_when_it_is_told(void **state)
{
    const desk_desk_handlers handlers = { .watch_async = { .ready = push_once,
                                                           .state_size = sizeof(uint32_t) } };
    desk                     h;

    (void)state;
    begin(&h, &patient, &handlers, NULL);
    check_told(&h);
    assert_int_equal(n_told, 1);
}

// ---- methods that end with the server ------------------------------------

static const tern_method_limit ends[] = {
    { .method = "Watch", .flags = TERN_METHOD_ENDS_WHEN_DRAINING },
};
static const tern_service_opts watch_ends = { .limits = ends, .n_limits = 1 };

static tern_code wait_for_ever(tern_ctx *ctx, const desk_question *q, desk_desk_watch_out *out)
{
    (void)q;
    TERN_ASSERT(desk_desk_watch_send(out, DESK_ANSWER()) == TERN_OK);
    atomic_fetch_add(&n_waiting, 1);
    TERN_ASSERT(tern_fiber_sleep_until(TERN_NEVER) == -ECANCELED);
    TERN_ASSERT(tern_ctx_check(ctx) == TERN_UNAVAILABLE);
    atomic_fetch_add(&n_told, 1);
    return TERN_OK;
}

static void test_method_that_ends_with_the_server_is_cancelled(void **state)
{
    const desk_desk_handlers handlers = { .watch = wait_for_ever };
    desk                     h;

    (void)state;
    begin(&h, &patient, &handlers, &watch_ends);
    check_told(&h);
    assert_int_equal(n_told, 1);
}

static void push_and_wait(desk_desk_watch_out *out)
{
    uint32_t *n = out->state;

    if ((*n)++ > 0)
        return;
    desk_desk_watch_push(out, DESK_ANSWER());
    atomic_fetch_add(&n_waiting, 1);
}

static void note_end(desk_desk_watch_out *out, tern_status st)
{
    (void)out;
    TERN_ASSERT(st.code == TERN_UNAVAILABLE);
    atomic_fetch_add(&n_told, 1);
}

static void test_async_method_that_ends_with_the_server_is_told_its_end(void **state)
{
    const desk_desk_handlers handlers = {
        .watch_async = { .ready = push_and_wait, .end = note_end, .state_size = sizeof(uint32_t) }
    };
    desk h;

    (void)state;
    begin(&h, &patient, &handlers, &watch_ends);
    check_told(&h);
    assert_int_equal(n_told, 1);
}

// ---- those who do not wait -----------------------------------------------

static tern_code answer_when_told(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    tern_queue own;
    void      *item;

    TERN_ASSERT(tern_queue_init(&own, 1) == 0);
    tern_ctx_on_draining(ctx, close_own, &own);
    atomic_fetch_add(&n_waiting, 1);
    TERN_ASSERT(tern_queue_pop(&own, TERN_NEVER, &item) == -EPIPE);
    tern_queue_done(&own);
    reply->count = q->count + 1;
    // Asked for now it comes as well, but not from inside.
    TERN_ASSERT(tern_queue_init(&own, 1) == 0);
    tern_ctx_on_draining(ctx, close_own, &own);
    TERN_ASSERT(tern_queue_pop(&own, 0, &item) == -ETIMEDOUT);
    TERN_ASSERT(tern_queue_pop(&own, TERN_NEVER, &item) == -EPIPE);
    tern_queue_done(&own);
    return TERN_OK;
}

typedef struct asker asker;
struct asker {
    desk       *h;
    tern_status st;
    uint32_t    count;
};

static void *ask_one(void *arg)
{
    asker *a = arg;
    TERN_AUTO(desk_answer) *reply = NULL;

    a->st = desk_desk_ask(a->h->channel, DESK_QUESTION(.count = 1), NULL, &reply);
    a->count = reply ? reply->count : 0;
    return NULL;
}

static void test_call_that_works_is_answered_within_the_grace(void **state)
{
    const desk_desk_handlers handlers = { .ask = answer_when_told };
    desk                     h;
    asker                    a = { .h = &h };
    pthread_t                thread;

    (void)state;
    begin(&h, &patient, &handlers, &watch_ends);
    assert_int_equal(pthread_create(&thread, NULL, ask_one, &a), 0);
    wait_for_count(&n_waiting, 1, "handlers that wait");
    tern_server_stop(h.host.server);
    pthread_join(thread, NULL);
    assert_int_equal(a.st.code, TERN_OK);
    assert_int_equal(a.count, 2);
    assert_int_equal(n_told, 2);
    desk_stop(&h);
}

static void never(tern_ctx *ctx, void *arg)
{
    (void)ctx;
    (void)arg;
    TERN_ASSERT(false);  // the handler has returned
}

static tern_code ask_in_passing(tern_ctx *ctx, const desk_question *q, desk_answer *reply)
{
    int on_the_stack = 0;

    (void)q;
    (void)reply;
    tern_ctx_on_draining(ctx, never, &on_the_stack);
    return TERN_OK;
}

static void test_call_that_has_ended_is_not_told(void **state)
{
    const desk_desk_handlers handlers = { .ask = ask_in_passing };
    desk                     h;

    (void)state;
    begin(&h, &patient, &handlers, NULL);
    for (int i = 0; i < 3; i++)
        assert_true(is_there(&h));
    desk_stop(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_servers_callback_ends_what_waits_for_a_queue),
        TERN_TEST(test_calls_callback_ends_what_waits_for_a_queue),
        TERN_TEST(test_stream_with_callbacks_finishes_when_it_is_told),
        TERN_TEST(test_method_that_ends_with_the_server_is_cancelled),
        TERN_TEST(test_async_method_that_ends_with_the_server_is_told_its_end),
        TERN_TEST(test_call_that_works_is_answered_within_the_grace),
        TERN_TEST(test_call_that_has_ended_is_not_told),
    };

    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
