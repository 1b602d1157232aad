// What a server takes on at most, and what it says to the rest.
#include "tests/rpc/server/desk.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tern/fiber.h>

static atomic_uint n_held, n_released;
static atomic_bool may_go;

static tern_code hold(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    (void)reply;
    if (!req->count)
        return TERN_OK;
    atomic_fetch_add(&n_held, 1);
    while (!atomic_load(&may_go) && tern_ctx_check(ctx) == TERN_OK)
        (void)!tern_fiber_sleep(TERN_NS_PER_MS);
    atomic_fetch_add(&n_released, 1);
    return tern_ctx_check(ctx);
}

static tern_code collect(tern_ctx *ctx, desk_desk_collect_in *in, desk_answer *reply)
{
    while (desk_desk_collect_next(in))
        reply->count++;
    return tern_ctx_check(ctx);
}

static const desk_desk_handlers handlers = { .ask = hold, .crunch = hold, .collect = collect };

static void reset(void)
{
    atomic_store(&n_held, 0);
    atomic_store(&n_released, 0);
    atomic_store(&may_go, false);
}

typedef struct caller caller;
struct caller {
    desk     *desk;
    pthread_t thread;
};

static void *ask_and_wait(void *arg)
{
    TERN_AUTO(desk_answer) *reply = NULL;
    caller *c = arg;

    TERN_ASSERT(desk_desk_ask(c->desk->channel, DESK_QUESTION(.count = 1), NULL, &reply).code ==
                TERN_OK);
    return NULL;
}

static void start_callers(desk *h, caller *callers, unsigned n)
{
    for (unsigned i = 0; i < n; i++) {
        callers[i].desk = h;
        pthread_create(&callers[i].thread, NULL, ask_and_wait, &callers[i]);
    }
    wait_for_count(&n_held, n, "calls that are held");
}

static void let_go(caller *callers, unsigned n)
{
    atomic_store(&may_go, true);
    for (unsigned i = 0; i < n; i++)
        pthread_join(callers[i].thread, NULL);
}

static tern_status ask(desk *h)
{
    TERN_AUTO(desk_answer) *reply = NULL;

    return desk_desk_ask(h->channel, DESK_QUESTION(.text = "one more"), NULL, &reply);
}

static void check_refused(tern_status st, const char *word)
{
    assert_int_equal(st.code, TERN_RESOURCE_EXHAUSTED);
    assert_non_null(strstr(st.msg, word));
}

static void test_calls_of_the_server_have_a_limit(void **state)
{
    caller callers[3];
    desk   h;

    (void)state;
    reset();
    desk_start(&h, HOST_TCP, &(tern_server_opts){ .max_calls = 3 }, &handlers, NULL);
    start_callers(&h, callers, 3);
    check_refused(ask(&h), "max_calls (3)");
    let_go(callers, 3);
    assert_int_equal(ask(&h).code, TERN_OK);
    desk_stop(&h);
}

static void test_calls_of_a_method_have_a_limit_of_their_own(void **state)
{
    const tern_method_limit limits[] = { { .method = "Ask", .max_calls = 2 }, { .max_calls = 1 } };
    const tern_service_opts opts = { .limits = limits, .n_limits = 2 };
    caller                  callers[2];
    desk                    h;

    (void)state;
    reset();
    desk_start(&h, HOST_TCP, NULL, &handlers, &opts);
    start_callers(&h, callers, 2);
    check_refused(ask(&h), "/desk.Desk/Ask");
    {
        TERN_AUTO(desk_answer) *reply = NULL;  // another method's

        assert_int_equal(desk_desk_crunch(h.channel, DESK_QUESTION(), NULL, &reply).code, TERN_OK);
    }
    let_go(callers, 2);
    assert_int_equal(ask(&h).code, TERN_OK);
    desk_stop(&h);
}

static void test_limit_for_a_method_that_is_not_there_is_refused(void **state)
{
    const tern_method_limit limit = { .method = "Aks", .max_calls = 2 };
    tern_server            *srv = tern_listen("tcp://127.0.0.1:0", NULL);
    tern_poller            *poller = tern_poller_new(NULL);
    tern_status             st;

    (void)state;
    desk_desk_register(srv, &handlers, &(tern_service_opts){ .limits = &limit, .n_limits = 1 });
    st = tern_server_start(srv, &poller, 1);
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_non_null(strstr(st.msg, "Aks"));
    tern_server_free(srv);
    tern_poller_free(poller);
}

static void test_connections_have_a_limit(void **state)
{
    tern_channel *second;
    desk          h;

    (void)state;
    reset();
    desk_start(&h, HOST_TCP, &(tern_server_opts){ .max_connections = 1 }, &handlers, NULL);
    assert_int_equal(ask(&h).code, TERN_OK);
    second = host_connect(h.host.address, NULL);
    {
        TERN_AUTO(desk_answer) *reply = NULL;

        assert_int_equal(desk_desk_ask(second, DESK_QUESTION(), NULL, &reply).code,
                         TERN_UNAVAILABLE);
    }
    tern_channel_free(second);
    assert_int_equal(ask(&h).code, TERN_OK);
    desk_stop(&h);
}

static tern_status ask_with(desk *h, uint8_t *load, size_t len)
{
    TERN_AUTO(desk_answer) *reply = NULL;

    return desk_desk_ask(h->channel, DESK_QUESTION(.load = { len, load }), NULL, &reply);
}

enum { LONG = 3 * 1024 * 1024 };

static void test_messages_have_a_limit(void **state)
{
    uint8_t *load = calloc(1, LONG);
    desk     h;

    (void)state;
    reset();
    desk_start(&h, HOST_TCP, &(tern_server_opts){ .max_message_bytes = 100000 }, &handlers, NULL);
    assert_int_equal(ask_with(&h, load, 99000).code, TERN_OK);
    check_refused(ask_with(&h, load, 100001), "max_message");
    desk_stop(&h);
    free(load);
}

static void test_long_messages_share_a_budget(void **state)
{
    uint8_t *load = calloc(1, LONG);
    desk     h;

    (void)state;
    reset();
    desk_start(&h, HOST_TCP, &(tern_server_opts){ .max_memory_bytes = LONG / 2 }, &handlers, NULL);
    check_refused(ask_with(&h, load, LONG), "max_memory_bytes");
    for (int i = 0; i < 5; i++)  // what was taken is given back
        assert_int_equal(ask_with(&h, load, LONG / 2 - 100).code, TERN_OK);
    desk_stop(&h);
    free(load);
}

// ---- time ----------------------------------------------------------------

static tern_code sleep_long(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    (void)req;
    (void)reply;
    fake_clock_advance(PATIENCE_MS * TERN_NS_PER_MS);
    TERN_ASSERT(tern_fiber_sleep(60 * TERN_NS_PER_S) == -ECANCELED);
    return tern_ctx_check(ctx);
}

static tern_code send_one(tern_ctx *ctx, const desk_question *req, desk_desk_watch_out *out)
{
    TERN_ASSERT(desk_desk_watch_send(out, DESK_ANSWER(.count = 1)) == TERN_OK);
    return sleep_long(ctx, req, NULL);
}

static const desk_desk_handlers sleeping = { .ask = sleep_long, .watch = send_one };

static void check_late(tern_status st)
{
    assert_int_equal(st.code, TERN_DEADLINE_EXCEEDED);
    assert_string_equal(st.msg, "the deadline has passed");
}

// Of a client that would wait for ever; so it is the server that tells it, in words too.
static void test_time_has_a_limit(void **state)
{
    const tern_call_opts patient = { .timeout_ms = TERN_NO_TIMEOUT };
    desk                 h;

    (void)state;
    fake_clock_start_running();
    desk_start(&h, HOST_TCP, &(tern_server_opts){ .max_timeout_ms = PATIENCE_MS }, &sleeping, NULL);
    {
        TERN_AUTO(desk_answer) *reply = NULL, *none = NULL;
        // The client's first flight must not be under way when the time leaps: servers have their time to greet.
        tern_status hello = desk_desk_crunch(h.channel, DESK_QUESTION(), NULL, &none);
        TERN_AUTO(desk_desk_watch_stream) *w =
            desk_desk_watch(h.channel, DESK_QUESTION(), &patient);

        assert_int_equal(hello.code, TERN_UNIMPLEMENTED);
        check_late(desk_desk_ask(h.channel, DESK_QUESTION(), &patient, &reply));
        assert_non_null(desk_desk_watch_next(w));
        assert_null(desk_desk_watch_next(w));
        check_late(desk_desk_watch_status(w));
    }
    desk_stop(&h);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_calls_of_the_server_have_a_limit),
        TERN_TEST(test_calls_of_a_method_have_a_limit_of_their_own),
        TERN_TEST(test_limit_for_a_method_that_is_not_there_is_refused),
        TERN_TEST(test_connections_have_a_limit),
        TERN_TEST(test_messages_have_a_limit),
        TERN_TEST(test_long_messages_share_a_budget),
        TERN_TEST(test_time_has_a_limit),
    };

    return cmocka_run_group_tests(tests, desk_warm_up, NULL);
}
