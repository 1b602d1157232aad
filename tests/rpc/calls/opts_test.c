// Calls, channels and servers of programs that were compiled with other headers.
#include "tests/rpc/calls/fixture.h"

#include <string.h>

#include "tests/support/opts.h"

OPTS_END_WITH(tern_call_opts, window_bytes);
OPTS_END_WITH(tern_call_info, identity);
OPTS_END_WITH(tern_channel_opts, message_timeout_ms);
OPTS_END_WITH(tern_client_interceptor, secret);
OPTS_END_WITH(tern_server_interceptor, arg);
OPTS_END_WITH(tern_filter_source, release);
OPTS_END_WITH(tern_method_limit, window_bytes);
OPTS_END_WITH(tern_retry, throttle_ratio);
OPTS_END_WITH(tern_server_opts, watchdog_ms);
OPTS_END_WITH(tern_service_opts, n_limits);

// ---- a call in every style -----------------------------------------------

typedef struct asked asked;
struct asked {
    tern_channel         *ch;
    tern_poller          *poller;  // of the channel, for the styles with callbacks
    const tern_call_opts *opts;
    uint64_t              sizes;
    tern_status           st;
};

static const tern_method *const echo_method = &test_probe_methods[0];
static const tern_method *const count_method = &test_probe_methods[1];

static void ask_unary(asked *a)
{
    TERN_AUTO(test_answer) *reply = NULL;

    a->st = tern_stub_unary_sized(a->ch, echo_method, TEST_ASK(), a->opts, &reply, a->sizes);
}

static void ask_begun(asked *a)
{
    TERN_AUTO(test_answer) *reply = NULL;
    TERN_AUTO(tern_call) *call =
        tern_stub_begin_sized(a->ch, echo_method, TEST_ASK(), a->opts, &reply, a->sizes);

    a->st = tern_wait_all(&call, 1);
}

static void ask_stream(asked *a)
{
    void *s = tern_stub_open_sized(a->ch, count_method, TEST_ASK(), a->opts, a->sizes);

    a->st = tern_stub_status(s);
    tern_stub_stream_free(s);
}

static void on_done(tern_status st, const void *reply, void *arg)
{
    (void)reply;
    ((asked *)arg)->st = st;
}

static void ask_async(asked *a)
{
    tern_stub_unary_async_sized(a->ch, echo_method, TEST_ASK(), a->opts, on_done, a, a->sizes);
    assert_int_equal(tern_poller_run_until_idle(a->poller), 0);
}

static void on_end(tern_status st, void *arg) { ((asked *)arg)->st = st; }

static void ask_stream_async(asked *a)
{
    const test_probe_count_events events = { .end = on_end };

    tern_stub_open_async_sized(a->ch, count_method, TEST_ASK(), a->opts, &events, a, a->sizes);
    assert_int_equal(tern_poller_run_until_idle(a->poller), 0);
}

// Runs `check` after a call of each style with the options of `a`.
static void ask_in_every_style(const asked *wanted, void (*check)(const asked *a))
{
    void (*const styles[])(asked *) = { ask_unary, ask_begun, ask_stream, ask_async,
                                        ask_stream_async };

    for (size_t i = 0; i < TERN_COUNT_OF(styles); i++) {
        asked a = *wanted;

        a.poller = tern_poller_new(NULL);
        a.ch = connect_to_server(styles[i] == ask_async || styles[i] == ask_stream_async ? a.poller
                                                                                         : NULL);
        a.st.code = TERN_UNKNOWN;
        styles[i](&a);
        tern_channel_free(a.ch);
        tern_poller_free(a.poller);
        check(&a);
    }
}

enum {
    OLDER_OPTS = offsetof(tern_call_opts, metadata),  // those two are read as 0
    OLDER_INFO = offsetof(tern_call_info, peer),
};

static void check_older(const asked *a)
{
    assert_int_equal(a->st.code, TERN_OK);
    assert_string_equal(a->opts->info->message, "");
    assert_int_equal(a->opts->info->n_attempts, 1);
}

static void test_older_call_is_made_and_told_of(void **state)
{
    tern_call_info *info = opts_put_at_edge(&(tern_call_info){ .message = NULL }, OLDER_INFO);
    asked           a = { .sizes = OLDER_OPTS | (uint64_t)OLDER_INFO << 16 };

    (void)state;
    a.opts = opts_put_at_edge(&(tern_call_opts){ .timeout_ms = 5000, .info = info }, OLDER_OPTS);
    ask_in_every_style(&a, check_older);
    tern_call_info_done_sized(info, OLDER_INFO);
    assert_null(info->memory_);
    opts_free((void *)a.opts);
    opts_free(info);
}

typedef OPTS_NEWER(tern_call_opts) newer_opts;
typedef OPTS_NEWER(tern_call_info) newer_info;

static const uint64_t newer_sizes = TERN_SIZE(0, newer_opts) | TERN_SIZE(1, newer_info);

static void check_newer(const asked *a)
{
    assert_int_equal(a->st.code, TERN_OK);
    assert_string_equal(a->opts->info->peer, the_server.host.socket);
}

static void test_newer_call_that_sets_nothing_new_is_made(void **state)
{
    newer_info info = { .added = 0 };
    newer_opts opts = { .now = { .timeout_ms = 5000, .info = &info.now } };

    (void)state;
    ask_in_every_style(&(asked){ .opts = &opts.now, .sizes = newer_sizes }, check_newer);
    assert_int_equal(info.added, 0);
    tern_call_info_done_sized(&info.now, TERN_SIZE(0, newer_info));
}

static void check_refused(const asked *a)
{
    assert_int_equal(a->st.code, TERN_INVALID_ARGUMENT);
    assert_non_null(strstr(a->st.msg, "tern_call_opts sets a member"));
    assert_string_equal(a->opts->info->message, a->st.msg);
}

static void test_newer_call_that_sets_what_is_not_known_is_refused(void **state)
{
    newer_info info = { .added = 7 };
    newer_opts opts = { .now = { .info = &info.now }, .added = 1 };

    (void)state;
    ask_in_every_style(&(asked){ .opts = &opts.now, .sizes = newer_sizes }, check_refused);
    assert_int_equal(atomic_load(&the_server.n_echoes), 0);
    assert_int_equal(info.added, 7);  // the program's
    tern_call_info_done_sized(&info.now, TERN_SIZE(0, newer_info));
}

// ---- a channel -----------------------------------------------------------

static tern_status call_and_free(tern_channel *ch)
{
    TERN_AUTO(test_answer) *reply = NULL;
    tern_status st = test_probe_echo(ch, TEST_ASK(), NULL, &reply);

    tern_channel_free(ch);
    return st;
}

static unsigned n_begun;

static tern_code count_call(tern_outgoing *call, void *arg)
{
    (void)call;
    n_begun += arg ? 100 : 1;
    return TERN_OK;
}

// Of the time before interceptors had an argument, and a policy a throttle; an array of two, so that the second
// one is where it was then.
static void test_older_channel_has_what_it_says(void **state)
{
    enum {
        INTERCEPTOR = offsetof(tern_client_interceptor, arg),
        RETRY = offsetof(tern_retry, throttle_tokens),
    };
    const tern_client_interceptor counting = { .begin = count_call, .arg = &n_begun };
    char                          array[2 * INTERCEPTOR];
    tern_channel_opts             opts = { .n_interceptors = 2 };

    (void)state;
    memcpy(array, &counting, INTERCEPTOR);
    memcpy(array + INTERCEPTOR, &counting, INTERCEPTOR);
    opts.interceptors = opts_put_at_edge(array, sizeof array);
    opts.retry = opts_put_at_edge(&(tern_retry){ .max_attempts = 2 }, RETRY);
    n_begun = 0;
    assert_int_equal(
        call_and_free(tern_connect_sized(the_server.host.address, &opts,
                                         TERN_SIZE(0, tern_channel_opts) | (uint64_t)RETRY << 16 |
                                             (uint64_t)INTERCEPTOR << 32))
            .code,
        TERN_OK);
    assert_int_equal(n_begun, 2);
    opts_free((void *)opts.interceptors);
    opts_free((void *)opts.retry);
}

static void test_older_channel_options_are_enough(void **state)
{
    enum { SIZE = offsetof(tern_channel_opts, balance) };
    void *opts = opts_put_at_edge(&(tern_channel_opts){ .timeout_ms = 5000 }, SIZE);

    (void)state;
    assert_int_equal(call_and_free(tern_connect_sized(the_server.host.address, opts, SIZE)).code,
                     TERN_OK);
    opts_free(opts);
}

static void check_channel_is_refused(const tern_channel_opts *opts, uint64_t sizes, const char *why)
{
    tern_status st = call_and_free(tern_connect_sized(the_server.host.address, opts, sizes));

    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_non_null(strstr(st.msg, why));
}

static void test_newer_channel_that_sets_what_is_not_known_is_refused(void **state)
{
    const OPTS_NEWER(tern_channel_opts) opts = { .added = 1 };
    const OPTS_NEWER(tern_retry) retry = { .added = 1 };
    const OPTS_NEWER(tern_client_interceptor) interceptors[2] = { [1].added = 1 };
    const OPTS_NEWER(tern_filter_source) filters = { .added = 1 };
    const uint64_t size = TERN_SIZE(0, tern_channel_opts);

    (void)state;
    check_channel_is_refused(&opts.now, TERN_SIZE(0, opts), "tern_channel_opts sets a member");
    check_channel_is_refused(&(tern_channel_opts){ .retry = &retry.now },
                             size | TERN_SIZE(1, retry), "tern_retry sets a member");
    check_channel_is_refused(
        &(tern_channel_opts){ .interceptors = &interceptors[0].now, .n_interceptors = 2 },
        size | TERN_SIZE(2, interceptors[0]), "tern_client_interceptor sets a member");
    check_channel_is_refused(&(tern_channel_opts){ .filters = &filters.now },
                             size | TERN_SIZE(3, filters), "tern_filter_source sets a member");
}

// ---- a server ------------------------------------------------------------

static void test_older_server_options_are_enough(void **state)
{
    enum {
        SERVER = offsetof(tern_server_opts, max_calls),
        SERVICE = offsetof(tern_service_opts, limits),
    };
    const test_probe_handlers handlers = { .echo = NULL };
    void *opts = opts_put_at_edge(&(tern_server_opts){ .n_pollers = 1 }, SERVER);
    void *service = opts_put_at_edge(&(tern_service_opts){ .user_data = NULL }, SERVICE);
    TERN_AUTO(tern_server) *srv = tern_listen_sized("tcp://127.0.0.1:0", opts, SERVER);

    (void)state;
    tern_stub_register_sized(srv, &test_probe_service, &handlers, service, SERVICE);
    assert_int_equal(tern_server_start(srv, NULL, 0).code, TERN_OK);
    opts_free(opts);
    opts_free(service);
}

static void check_server_is_refused(const tern_server_opts *opts, uint64_t sizes, const char *why)
{
    TERN_AUTO(tern_server) *srv = tern_listen_sized("tcp://127.0.0.1:0", opts, sizes);
    tern_status st = tern_server_start(srv, NULL, 0);

    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_non_null(strstr(st.msg, why));
}

static void check_service_is_refused(const tern_service_opts *opts, uint64_t sizes, const char *why)
{
    const test_probe_handlers handlers = { .echo = NULL };
    TERN_AUTO(tern_server) *srv = tern_listen("tcp://127.0.0.1:0", NULL);
    tern_status st;

    tern_stub_register_sized(srv, &test_probe_service, &handlers, opts, sizes);
    st = tern_server_start(srv, NULL, 0);
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_non_null(strstr(st.msg, why));
}

static void test_newer_server_that_sets_what_is_not_known_is_refused(void **state)
{
    const OPTS_NEWER(tern_server_opts) opts = { .added = 1 };
    const OPTS_NEWER(tern_server_interceptor) interceptor = { .added = 1 };
    const OPTS_NEWER(tern_filter_source) filters = { .added = 1 };
    const OPTS_NEWER(tern_service_opts) service = { .added = 1 };
    const OPTS_NEWER(tern_method_limit) limit = { .added = 1 };

    (void)state;
    check_server_is_refused(&opts.now, TERN_SIZE(0, opts), "tern_server_opts sets a member");
    check_server_is_refused(
        &(tern_server_opts){ .interceptors = &interceptor.now, .n_interceptors = 1 },
        TERN_SIZE(0, tern_server_opts) | TERN_SIZE(1, interceptor),
        "tern_server_interceptor sets a member");
    check_server_is_refused(&(tern_server_opts){ .filters = &filters.now },
                            TERN_SIZE(0, tern_server_opts) | TERN_SIZE(2, filters),
                            "tern_filter_source sets a member");
    check_service_is_refused(&service.now, TERN_SIZE(0, service), "tern_service_opts sets");
    check_service_is_refused(&(tern_service_opts){ .limits = &limit.now, .n_limits = 1 },
                             TERN_SIZE(0, tern_service_opts) | TERN_SIZE(1, limit),
                             "tern_method_limit sets a member");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_CALLS(test_older_call_is_made_and_told_of),
        TERN_TEST_CALLS(test_newer_call_that_sets_nothing_new_is_made),
        TERN_TEST_CALLS(test_newer_call_that_sets_what_is_not_known_is_refused),
        TERN_TEST_CALLS(test_older_channel_has_what_it_says),
        TERN_TEST_CALLS(test_older_channel_options_are_enough),
        TERN_TEST_CALLS(test_newer_channel_that_sets_what_is_not_known_is_refused),
        TERN_TEST_CALLS(test_older_server_options_are_enough),
        TERN_TEST_CALLS(test_newer_server_that_sets_what_is_not_known_is_refused),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
