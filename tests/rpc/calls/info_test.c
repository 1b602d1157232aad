// What tern_call_opts.info tells, of calls of all kinds and styles.
#include "tests/rpc/calls/fixture.h"

#include <string.h>

typedef struct outcome outcome;
struct outcome {
    tern_status    st;
    tern_call_info info;
    unsigned       n_read;
};

static test_ask failing(void)
{
    test_ask req;

    test_ask_init(&req);
    req.code = TERN_ABORTED;
    req.add_metadata = true;
    req.text =
        "a message that is longer than the hundred and twenty-three bytes which a status has room "
        "for, so that only the info can have all of what it says in the end";
    return req;
}

static void check_metadata(const tern_metadata *m, const char *key, const void *value, size_t len)
{
    assert_string_equal(m->key, key);
    assert_int_equal(m->len, len);
    assert_memory_equal(m->value, value, len);
}

static void check_failed(const outcome *o)
{
    const test_ask req = failing();

    assert_int_equal(o->st.code, TERN_ABORTED);
    assert_string_equal(o->info.message, req.text);
    assert_true(strlen(o->st.msg) < strlen(req.text));
    assert_int_equal(o->info.details_len, 7);
    assert_memory_equal(o->info.details, "details", 7);
    assert_int_equal(o->info.n_initial, 2);
    check_metadata(&o->info.initial[0], "first", "1", 1);
    check_metadata(&o->info.initial[1], "some-bin", "a\0b", 3);
    assert_int_equal(o->info.n_trailing, 1);
    check_metadata(&o->info.trailing[0], "last", "9", 1);
    assert_string_equal(o->info.peer, the_server.host.socket);
    assert_int_equal(o->info.n_attempts, 1);
}

static void check_all_styles(void (*fn)(void *arg), void (*check)(const outcome *o))
{
    void (*const styles[])(void (*)(void *), void *) = { run_on_thread, run_on_fiber };

    for (size_t i = 0; i < TERN_COUNT_OF(styles); i++) {
        outcome o = { .n_read = 0 };

        styles[i](fn, &o);
        check(&o);
        tern_call_info_done(&o.info);
    }
}

// ---- sync ----------------------------------------------------------------

static void fail_unary(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    outcome       *o = arg;
    const test_ask req = failing();
    test_answer   *reply = NULL;

    o->st = test_probe_echo(ch, &req, &(tern_call_opts){ .info = &o->info }, &reply);
}

static void test_unary_that_fails_tells_everything(void **state)
{
    (void)state;
    check_all_styles(fail_unary, check_failed);
}

static void succeed_twice(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    outcome  *o = arg;
    test_ask *req = TEST_ASK(.text = "x", .add_metadata = true);

    for (int i = 0; i < 2; i++) {
        TERN_AUTO(test_answer) *reply = NULL;

        o->st = test_probe_echo(ch, req, &(tern_call_opts){ .info = &o->info }, &reply);
    }
}

static void check_succeeded(const outcome *o)
{
    assert_int_equal(o->st.code, TERN_OK);
    assert_string_equal(o->info.message, "");
    assert_null(o->info.details);
    assert_int_equal(o->info.n_initial, 2);
    assert_int_equal(o->info.n_trailing, 1);
}

static void test_info_used_again_holds_the_last_call(void **state)
{
    (void)state;
    check_all_styles(succeed_twice, check_succeeded);
}

static void fail_stream(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    outcome *o = arg;
    test_ask req = failing();

    req.count = 3;
    TERN_AUTO(test_probe_count_stream) *s =
        test_probe_count(ch, &req, &(tern_call_opts){ .info = &o->info });
    while (test_probe_count_next(s))
        o->n_read++;
    o->st = test_probe_count_status(s);
}

static void test_stream_that_fails_tells_everything(void **state)
{
    (void)state;
    check_all_styles(fail_stream, check_failed);
}

static void call_nobody(void *arg)
{
    TERN_AUTO(tern_channel) *ch = tern_connect("nonsense://", NULL);
    outcome     *o = arg;
    test_answer *reply = NULL;

    o->st = test_probe_echo(ch, TEST_ASK(), &(tern_call_opts){ .info = &o->info }, &reply);
}

static void check_refused(const outcome *o)
{
    assert_int_equal(o->st.code, TERN_INVALID_ARGUMENT);
    assert_string_equal(o->info.message, o->st.msg);
    assert_string_equal(o->info.peer, "");
    assert_int_equal(o->info.n_attempts, 0);
}

static void test_call_that_never_was_has_a_message(void **state)
{
    (void)state;
    check_all_styles(call_nobody, check_refused);
}

// ---- with callbacks ------------------------------------------------------

static void on_reply(tern_status st, const test_answer *reply, void *arg)
{
    outcome *o = arg;

    (void)reply;
    o->st = st;
    o->n_read = o->info.n_initial == 2;  // here already
}

static void on_message(const test_answer *msg, void *arg)
{
    (void)msg;
    ((outcome *)arg)->n_read++;
}

static void on_end(tern_status st, void *arg) { ((outcome *)arg)->st = st; }

static void test_callbacks_find_it_filled(void **state)
{
    tern_poller   *p = tern_poller_new(NULL);
    tern_channel  *ch = connect_to_server(p);
    outcome        unary = { .n_read = 0 }, stream = unary;
    const test_ask req = failing();

    (void)state;
    test_probe_echo_async(ch, &req, &(tern_call_opts){ .info = &unary.info }, on_reply, &unary);
    test_probe_count_async(ch, &req, &(tern_call_opts){ .info = &stream.info },
                           &(test_probe_count_events){ on_message, on_end }, &stream);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    tern_channel_free(ch);
    tern_poller_free(p);

    check_failed(&unary);
    assert_int_equal(unary.n_read, 1);
    check_failed(&stream);
    tern_call_info_done(&unary.info);
    tern_call_info_done(&stream.info);
}

// ---- without memory ------------------------------------------------------

// The server has its memory from the same allocator, so a call may fail at either end.
static void test_no_memory_at_any_point_leaves_strings(void **state)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    const test_ask req = failing();

    (void)state;
    for (uint64_t nth = 1; nth < 16; nth++) {
        TERN_AUTO(tern_call_info) info = { 0 };
        test_answer *reply = NULL;
        tern_status  st;

        fail_malloc_at(nth, 1);
        st = test_probe_echo(ch, &req, &(tern_call_opts){ .timeout_ms = 5000, .info = &info },
                             &reply);
        fail_malloc_at(0, 0);
        assert_int_not_equal(st.code, TERN_OK);
        assert_non_null(info.message);
        assert_non_null(info.peer);
        assert_true(info.n_trailing == 0 || strcmp(info.peer, the_server.host.socket) == 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_CALLS(test_unary_that_fails_tells_everything),
        TERN_TEST_CALLS(test_info_used_again_holds_the_last_call),
        TERN_TEST_CALLS(test_stream_that_fails_tells_everything),
        TERN_TEST_CALLS(test_call_that_never_was_has_a_message),
        TERN_TEST_CALLS(test_callbacks_find_it_filled),
        TERN_TEST_CALLS(test_no_memory_at_any_point_leaves_strings),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
