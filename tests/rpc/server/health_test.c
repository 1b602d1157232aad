// The health service that every server has, asked as any checker would.
#include "tests/rpc/server/desk.h"

#include <stdlib.h>
#include <string.h>

#include "proto/grpc/health/v1/health.tern.h"

static tern_code ask(tern_ctx *ctx, const desk_question *req, desk_answer *reply)
{
    (void)ctx;
    reply->count = req->count;
    return TERN_OK;
}

static const desk_desk_handlers handlers = { .ask = ask };

enum {
    SERVING = GRPC_HEALTH_V1_HEALTH_CHECK_RESPONSE_SERVING_STATUS_SERVING,
    NOT_SERVING = GRPC_HEALTH_V1_HEALTH_CHECK_RESPONSE_SERVING_STATUS_NOT_SERVING,
    SERVICE_UNKNOWN = GRPC_HEALTH_V1_HEALTH_CHECK_RESPONSE_SERVING_STATUS_SERVICE_UNKNOWN,
};

static tern_status check(desk *h, const char *service, int *ret_status)
{
    TERN_AUTO(grpc_health_v1_health_check_response) *reply = NULL;
    tern_status st = grpc_health_v1_health_check(
        h->channel, GRPC_HEALTH_V1_HEALTH_CHECK_REQUEST(.service = service), NULL, &reply);

    *ret_status = st.code == TERN_OK ? (int)reply->status : -1;
    return st;
}

static void expect(desk *h, const char *service, int expected)
{
    int status;

    assert_int_equal(check(h, service, &status).code, TERN_OK);
    assert_int_equal(status, expected);
}

static void test_what_is_registered_serves(void **state)
{
    tern_status st;
    int         status;
    desk        h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    expect(&h, "", SERVING);
    expect(&h, "desk.Desk", SERVING);
    st = check(&h, "desk.Chair", &status);
    assert_int_equal(st.code, TERN_NOT_FOUND);
    assert_non_null(strstr(st.msg, "desk.Chair"));
    tern_server_set_health(h.host.server, "desk.Desk", false);
    tern_server_set_health(h.host.server, "desk.Chair", true);
    expect(&h, "desk.Desk", NOT_SERVING);
    expect(&h, "desk.Chair", SERVING);
    expect(&h, "", SERVING);
    desk_stop(&h);
}

// A status has less room on its way than a request: what of a name it repeats has an end.
static void test_bug_long_name_came_back_whole(void **state)
{
    enum { LEN = 100000, MAX_MESSAGE = 1000 };
    char *name = malloc(LEN + 1);
    TERN_AUTO(tern_call_info) info = { 0 };
    TERN_AUTO(grpc_health_v1_health_check_response) *reply = NULL;
    desk h;

    (void)state;
    memset(name, 'x', LEN);
    name[LEN] = '\0';
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    assert_int_equal(
        grpc_health_v1_health_check(h.channel, GRPC_HEALTH_V1_HEALTH_CHECK_REQUEST(.service = name),
                                    &(tern_call_opts){ .info = &info }, &reply)
            .code,
        TERN_NOT_FOUND);
    assert_true(strlen(info.message) < MAX_MESSAGE);
    desk_stop(&h);
    free(name);
}

static void test_list_has_all(void **state)
{
    TERN_AUTO(grpc_health_v1_health_list_response) *reply = NULL;
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    tern_server_set_health(h.host.server, "desk.Desk", false);
    assert_int_equal(
        grpc_health_v1_health_list(h.channel, GRPC_HEALTH_V1_HEALTH_LIST_REQUEST(), NULL, &reply)
            .code,
        TERN_OK);
    assert_int_equal(reply->n_statuses, 2);
    assert_int_equal(
        grpc_health_v1_health_list_response_statuses_get(reply, "desk.Desk")->value->status,
        NOT_SERVING);
    assert_int_equal(grpc_health_v1_health_list_response_statuses_get(reply, "")->value->status,
                     SERVING);
    desk_stop(&h);
}

static void expect_next(grpc_health_v1_health_watch_stream *w, int expected)
{
    const grpc_health_v1_health_check_response *m = grpc_health_v1_health_watch_next(w);

    assert_non_null(m);
    assert_int_equal(m->status, expected);
}

static void test_watchers_are_told_of_changes(void **state)
{
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);
    {
        TERN_AUTO(grpc_health_v1_health_watch_stream) *on_desk = grpc_health_v1_health_watch(
            h.channel, GRPC_HEALTH_V1_HEALTH_CHECK_REQUEST(.service = "desk.Desk"), NULL);
        TERN_AUTO(grpc_health_v1_health_watch_stream) *on_chair = grpc_health_v1_health_watch(
            h.channel, GRPC_HEALTH_V1_HEALTH_CHECK_REQUEST(.service = "desk.Chair"), NULL);

        expect_next(on_desk, SERVING);
        expect_next(on_chair, SERVICE_UNKNOWN);
        tern_server_set_health(h.host.server, "desk.Desk", false);
        tern_server_set_health(h.host.server, "desk.Chair", true);
        expect_next(on_desk, NOT_SERVING);
        expect_next(on_chair, SERVING);
        tern_server_set_health(h.host.server, "desk.Desk", true);
        expect_next(on_desk, SERVING);
        tern_server_stop(h.host.server);
        expect_next(on_desk, NOT_SERVING);
        expect_next(on_chair, NOT_SERVING);
        assert_null(grpc_health_v1_health_watch_next(on_desk));
        assert_int_equal(grpc_health_v1_health_watch_status(on_desk).code, TERN_UNAVAILABLE);
    }
    desk_stop(&h);
}

static void test_it_may_be_left_out(void **state)
{
    int  status;
    desk h;

    (void)state;
    desk_start(&h, HOST_TCP, &(tern_server_opts){ .no_health = true }, &handlers, NULL);
    assert_int_equal(check(&h, "", &status).code, TERN_UNIMPLEMENTED);
    desk_stop(&h);
}

static int warm_up(void **state)
{
    desk h;
    int  status;

    desk_warm_up(state);
    desk_start(&h, HOST_TCP, NULL, &handlers, NULL);  // makes the plans of the health service
    (void)!check(&h, "", &status).code;
    {
        TERN_AUTO(grpc_health_v1_health_list_response) *reply = NULL;

        (void)!grpc_health_v1_health_list(h.channel, GRPC_HEALTH_V1_HEALTH_LIST_REQUEST(), NULL,
                                          &reply)
            .code;
    }
    desk_stop(&h);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_what_is_registered_serves),
        TERN_TEST(test_bug_long_name_came_back_whole),
        TERN_TEST(test_list_has_all),
        TERN_TEST(test_watchers_are_told_of_changes),
        TERN_TEST(test_it_may_be_left_out),
    };

    return cmocka_run_group_tests(tests, warm_up, NULL);
}
