// Metadata that break the rules, end to end: a caller's end its call with INVALID_ARGUMENT before anything is sent,
// a handler's with INTERNAL; in every style, and with a sentence that names the key.
#include <stdio.h>
#include <string.h>

#include <tern/fiber.h>

#include "tests/rpc/calls/fixture.h"

typedef struct bad bad;
struct bad {
    tern_metadata entry;
    const char   *shown;  // of the key, in the sentence
};

#define ENTRY(key, value)                                                                          \
    {                                                                                              \
        key, value, sizeof value - 1                                                               \
    }

static const bad bads[] = {
    { ENTRY("User", "ada"), "User" },
    { ENTRY("", "ada"), "" },
    { { NULL, "ada", 3 }, "" },
    { ENTRY("grpc-timeout", "1S"), "grpc-timeout" },
    { ENTRY("content-type", "text/html"), "content-type" },
    { ENTRY("us er", "ada"), "us er" },
    { ENTRY("user\r\nhost", "ada"), "user??host" },
    { ENTRY("us\xff", "ada"), "us?" },
    { ENTRY(":path", "/"), ":path" },
    { ENTRY("user", "ada\r\nhost: evil"), "user" },
    { ENTRY("user", "\xc3\xa4"), "user" },
    { ENTRY("user", "a\0b"), "user" },
    { { "k-bin", NULL, 1 }, "k-bin" },
};

static void check_message(const char *message, const bad *b)
{
    char expected[128];

    snprintf(expected, sizeof expected, "the metadata entry \"%s\" cannot be sent: its ", b->shown);
    if (strncmp(message, expected, strlen(expected)) != 0)
        fail_msg("%s: %s", expected, message);
}

// ---- a caller's, in each style -------------------------------------------

static void say_end(tern_status st, void *ret) { *(tern_status *)ret = st; }

static void say_end_with_reply(tern_status st, const test_answer *reply, void *ret)
{
    assert_null(reply);
    *(tern_status *)ret = st;
}

static void never_message(const test_answer *msg, void *arg)
{
    (void)msg;
    (void)arg;
    fail_msg("a message");
}

static void never_writable(test_probe_sum_stream *stream, void *arg)
{
    (void)stream;
    (void)arg;
    fail_msg("writable");
}

static tern_status unary(tern_channel *ch, const tern_call_opts *opts)
{
    test_answer *reply = NULL;

    return test_probe_echo(ch, TEST_ASK(), opts, &reply);
}

static tern_status begun(tern_channel *ch, const tern_call_opts *opts)
{
    test_answer *reply = NULL;
    tern_call   *call = test_probe_echo_begin(ch, TEST_ASK(), opts, &reply);
    tern_status  st = tern_wait_all(&call, 1);

    tern_call_free(call);
    return st;
}

static tern_status upload(tern_channel *ch, const tern_call_opts *opts)
{
    test_probe_sum_stream *s = test_probe_sum(ch, opts);
    test_answer           *reply = NULL;
    tern_code              code = test_probe_sum_send(s, TEST_ASK());
    tern_status            st = test_probe_sum_finish(s, &reply);

    assert_int_equal(code, st.code);
    test_probe_sum_stream_free(s);
    return st;
}

static tern_status download(tern_channel *ch, const tern_call_opts *opts)
{
    test_probe_count_stream *s = test_probe_count(ch, TEST_ASK(.count = 3), opts);
    tern_status              st;

    assert_null(test_probe_count_next(s));
    st = test_probe_count_status(s);
    test_probe_count_stream_free(s);
    return st;
}

static tern_status chat(tern_channel *ch, const tern_call_opts *opts)
{
    test_probe_chat_stream *s = test_probe_chat(ch, opts);
    tern_status             st = test_probe_chat_status(s);

    test_probe_chat_stream_free(s);
    return st;
}

typedef tern_status style(tern_channel *ch, const tern_call_opts *opts);

static style *const sync_styles[] = { unary, begun, upload, download, chat };

static void try_sync_styles(void *channel)
{
    for (size_t i = 0; i < TERN_COUNT_OF(bads); i++) {
        for (size_t s = 0; s < TERN_COUNT_OF(sync_styles); s++) {
            TERN_AUTO(tern_call_info) info = { .message = NULL };
            const tern_call_opts opts = { .metadata = &bads[i].entry,
                                          .n_metadata = 1,
                                          .info = s % 2 ? &info : NULL };
            tern_status          st = sync_styles[s](channel, &opts);

            assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
            check_message(st.msg, &bads[i]);
            if (opts.info)
                check_message(info.message, &bads[i]);
        }
    }
}

static void test_callers_bad_entry_on_a_thread(void **state)
{
    tern_channel *ch = connect_to_server(NULL);

    (void)state;
    try_sync_styles(ch);
    tern_channel_free(ch);
    assert_int_equal(the_server.n_echoes, 0);
}

static void try_on_fiber(void *arg)
{
    tern_channel *ch = connect_to_server(NULL);

    (void)arg;
    try_sync_styles(ch);
    tern_channel_free(ch);
}

static void test_callers_bad_entry_on_a_fiber(void **state)
{
    (void)state;
    run_on_fiber(try_on_fiber, NULL);
    assert_int_equal(the_server.n_echoes, 0);
}

static void start_unary(tern_channel *ch, const tern_call_opts *opts, tern_status *ret)
{
    test_probe_echo_async(ch, TEST_ASK(), opts, say_end_with_reply, ret);
}

static void start_upload(tern_channel *ch, const tern_call_opts *opts, tern_status *ret)
{
    test_probe_sum_async(
        ch, opts, &(test_probe_sum_events){ .writable = never_writable, .end = say_end_with_reply },
        ret);
}

static void start_download(tern_channel *ch, const tern_call_opts *opts, tern_status *ret)
{
    test_probe_count_async(ch, TEST_ASK(.count = 3), opts,
                           &(test_probe_count_events){ never_message, say_end }, ret);
}

static void start_chat(tern_channel *ch, const tern_call_opts *opts, tern_status *ret)
{
    test_probe_chat_async(ch, opts, &(test_probe_chat_events){ .end = say_end }, ret);
}

static void (*const async_styles[])(tern_channel *ch, const tern_call_opts *opts,
                                    tern_status *ret) = { start_unary, start_upload, start_download,
                                                          start_chat };

static void test_callers_bad_entry_with_callbacks(void **state)
{
    tern_poller  *p = tern_poller_new(NULL);
    tern_channel *ch = connect_to_server(p);

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(bads); i++) {
        const tern_call_opts opts = { .metadata = &bads[i].entry, .n_metadata = 1 };

        for (size_t s = 0; s < TERN_COUNT_OF(async_styles); s++) {
            tern_status st = { .code = TERN_OK };

            async_styles[s](ch, &opts, &st);
            assert_int_equal(st.code, TERN_OK);  // never before the call function has returned
            assert_int_equal(tern_poller_step(p, 0), 0);
            assert_int_equal(tern_poller_step(p, 0), 0);
            assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
            check_message(st.msg, &bads[i]);
        }
    }
    tern_channel_free(ch);
    tern_poller_free(p);
}

// ---- an interceptor's ----------------------------------------------------

static tern_code add_bad(tern_outgoing *call, void *b)
{
    tern_outgoing_add_metadata(call, &((const bad *)b)->entry);
    return TERN_OK;
}

static void test_interceptors_bad_entry(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(bads); i++) {
        const tern_client_interceptor it = { .begin = add_bad, .arg = (void *)(uintptr_t)&bads[i] };
        tern_channel                 *ch =
            host_connect(the_server.host.address,
                         &(tern_channel_opts){ .interceptors = &it, .n_interceptors = 1 });

        for (size_t s = 0; s < TERN_COUNT_OF(sync_styles); s++) {
            tern_status st = sync_styles[s](ch, NULL);

            assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
            check_message(st.msg, &bads[i]);
        }
        tern_channel_free(ch);
    }
    assert_int_equal(the_server.n_echoes, 0);
}

static void test_good_entries_pass(void **state)
{
    static const tern_metadata good[] = { ENTRY("user", " ~"),
                                          ENTRY("k-bin", "\0\r\n\xff"),
                                          ENTRY("grpc-retry-pushback-ms", "5"),
                                          { "e", NULL, 0 } };
    const tern_call_opts       opts = { .metadata = good, .n_metadata = TERN_COUNT_OF(good) };
    tern_channel              *ch = connect_to_server(NULL);
    test_answer               *reply = NULL;

    (void)state;
    assert_int_equal(test_probe_echo(ch, TEST_ASK(), &opts, &reply).code, TERN_OK);
    test_answer_free(reply);
    tern_channel_free(ch);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_CALLS(test_callers_bad_entry_on_a_thread),
        TERN_TEST_CALLS(test_callers_bad_entry_on_a_fiber),
        TERN_TEST_CALLS(test_callers_bad_entry_with_callbacks),
        TERN_TEST_CALLS(test_interceptors_bad_entry),
        TERN_TEST_CALLS(test_good_entries_pass),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
