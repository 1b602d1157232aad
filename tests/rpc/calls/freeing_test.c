// Who frees what first is nobody's business: channel, stream, call, reply, info, cancel and poller go in every order, once
// calls have ended, where nobody listened, where the server died, and with everything on its way.
#include "tests/rpc/calls/fixture.h"

#include <tern/log.h>

enum { CHANNEL, STREAM, CALL, REPLY, INFO, CANCEL, POLLER, N_THINGS };
enum { N_ORDERS = 1 * 2 * 3 * 4 * 5 * 6 * 7, N_LOST = 60 };

typedef struct world world;
struct world {
    tern_poller             *poller;
    tern_channel            *channel;
    tern_cancel             *cancel;
    tern_call               *call;
    test_answer             *reply;
    tern_call_info           info;
    test_probe_count_stream *stream;
};

static void begin(world *w, const char *address, const test_ask *ask)
{
    tern_call_opts opts = { .timeout_ms = TERN_NO_TIMEOUT };

    *w = (world){ .poller = tern_poller_new(NULL), .cancel = tern_cancel_new() };
    w->channel = host_connect(address, &(tern_channel_opts){ .poller = w->poller });
    opts.cancel = w->cancel;
    w->stream = test_probe_count(w->channel, ask, &opts);
    opts.info = &w->info;
    w->call = test_probe_echo_begin(w->channel, ask, &opts, &w->reply);
}

// ---- the end of one thing ------------------------------------------------

static void free_one(world *w, unsigned thing)
{
    switch (thing) {
    case CHANNEL:
        tern_channel_free(w->channel);
        return;
    case STREAM:
        test_probe_count_stream_free(w->stream);
        return;
    case CALL:
        tern_call_free(w->call);
        return;
    case REPLY:
        test_answer_free(w->reply);
        w->reply = NULL;
        return;
    case INFO:
        tern_call_info_done(&w->info);
        return;
    case CANCEL:
        tern_cancel_free(w->cancel);
        return;
    case POLLER:
        tern_poller_free(w->poller);
        return;
    }
    TERN_UNREACHABLE();
}

// `order` is one of N_ORDERS: which of those that are left goes next, digit by digit.
static void free_all(world *w, unsigned order)
{
    unsigned left[N_THINGS] = { CHANNEL, STREAM, CALL, REPLY, INFO, CANCEL, POLLER };

    for (unsigned n = N_THINGS; n > 0; n--) {
        unsigned at = order % n;

        order /= n;
        free_one(w, left[at]);
        left[at] = left[n - 1];
    }
    free_one(w, INFO);  // which the end of the call has filled in, if that came later
    free_one(w, REPLY);
}

// All of them over Tern's own wire. What stands between, and the other wire, is none of who frees: a part will do.
static unsigned stride(void) { return host_speaks_grpc() || host_are_filtered() ? 13 : 1; }

// ---- tests ---------------------------------------------------------------

static void end_calls(world *w, tern_code code)
{
    unsigned    n = 0;
    tern_status st = tern_wait_all(&w->call, 1);

    assert_int_equal(st.code, code);
    while (test_probe_count_next(w->stream))
        n++;
    assert_int_equal(test_probe_count_status(w->stream).code, code);
    assert_true(code != TERN_OK || n == 2);
    assert_int_equal(w->reply != NULL, code == TERN_OK);
}

static void test_after_calls_have_ended(void **state)
{
    (void)state;
    for (unsigned order = 0; order < N_ORDERS; order += stride()) {
        world w;

        begin(&w, the_server.host.address, TEST_ASK(.text = "hello", .count = 2));
        end_calls(&w, TERN_OK);
        free_all(&w, order);
    }
}

static void test_where_nobody_listens(void **state)
{
    (void)state;
    for (unsigned order = 0; order < N_ORDERS; order += stride()) {
        world w;

        begin(&w, "unix:@tern-freeing-nobody", TEST_ASK(.count = 2));
        end_calls(&w, TERN_UNAVAILABLE);
        free_all(&w, order);
    }
}

// A message is in the reader's hands, more lie in the inbox, and a call hangs.
static void test_with_all_on_its_way(void **state)
{
    (void)state;
    for (unsigned order = 0; order < N_ORDERS; order += stride()) {
        world w;

        begin(&w, the_server.host.address, TEST_ASK(.text = "hello", .count = 3, .hang = true));
        assert_non_null(test_probe_count_next(w.stream));
        free_all(&w, order);
    }
}

static void test_before_anything_has_happened(void **state)
{
    (void)state;
    for (unsigned order = 0; order < N_ORDERS; order += stride()) {
        world w;

        begin(&w, the_server.host.address, TEST_ASK(.count = 2));
        free_all(&w, order);
    }
}

static void test_after_the_server_has_died(void **state)
{
    static world worlds[N_LOST];
    host         h = { .place = HOST_IN_PROCESS, .add_services = fixture_add_probe };

    (void)state;
    fake_clock_start_running();
    tern_log_set(NULL, NULL, TERN_LOG_ERROR);
    host_start(&h);
    for (unsigned i = 0; i < N_LOST; i++) {
        begin(&worlds[i], h.address, TEST_ASK(.count = 3, .hang = true));
        assert_non_null(test_probe_count_next(worlds[i].stream));
    }
    host_kill(&h);
    for (unsigned i = 0; i < N_LOST; i++) {
        end_calls(&worlds[i], TERN_UNAVAILABLE);
        free_all(&worlds[i], i * (N_ORDERS / N_LOST) + i);
    }
    host_end(&h);
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_after_the_server_has_died),  // a process is forked before there are threads
        TERN_TEST_CALLS(test_after_calls_have_ended),
        TERN_TEST_CALLS(test_where_nobody_listens),
        TERN_TEST_CALLS(test_with_all_on_its_way),
        TERN_TEST_CALLS(test_before_anything_has_happened),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
