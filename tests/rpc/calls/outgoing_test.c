// A channel's interceptors: order, counts, and what they may do to a call.
#include "tests/rpc/calls/fixture.h"

#include <stdio.h>
#include <string.h>

// Each hook writes a letter and the interceptor's name: "b1b2s1s2r2r1e2e1".
static char   events[256];
static size_t n_events;

typedef struct spy spy;
struct spy {
    char      name;
    tern_code refuse_with;
    int64_t   timeout_ms;
};

static void write_down(char what, const spy *s)
{
    TERN_ASSERT(n_events + 2 < sizeof events);
    events[n_events++] = what;
    events[n_events++] = s->name;
    events[n_events] = '\0';
}

static tern_code on_begin(tern_outgoing *call, void *arg)
{
    const spy *s = arg;

    write_down('b', s);
    TERN_ASSERT(strncmp(tern_outgoing_method(call), "/test.Probe/", 12) == 0);
    TERN_ASSERT(!*tern_outgoing_data(call));
    *tern_outgoing_data(call) = arg;
    tern_outgoing_add_metadata(call, &(tern_metadata){ "asked", &s->name, 1 });
    if (s->timeout_ms)
        tern_outgoing_set_timeout(call, s->timeout_ms);
    return s->refuse_with ? tern_outgoing_fail(call, s->refuse_with, "refused by %c", s->name)
                          : TERN_OK;
}

static void on_sent(tern_outgoing *call, const void *msg, void *arg)
{
    TERN_ASSERT(*tern_outgoing_data(call) == arg);
    TERN_ASSERT(((const test_ask *)msg)->base.descriptor == &test_ask_descriptor);
    write_down('s', arg);
}

static void on_received(tern_outgoing *call, const void *msg, void *arg)
{
    TERN_ASSERT(*tern_outgoing_data(call) == arg);
    TERN_ASSERT(((const test_answer *)msg)->base.descriptor == &test_answer_descriptor);
    write_down('r', arg);
}

static void on_end(tern_outgoing *call, tern_status st, void *arg)
{
    TERN_ASSERT(*tern_outgoing_data(call) == arg);
    write_down(st.code == TERN_OK ? 'e' : 'f', arg);
}

static spy spies[2];

static tern_channel *connect_with_spies(tern_poller *poller)
{
    tern_client_interceptor list[2];

    for (int i = 0; i < 2; i++)
        list[i] = (tern_client_interceptor){ .begin = on_begin,
                                             .sent = on_sent,
                                             .received = on_received,
                                             .end = on_end,
                                             .arg = &spies[i] };
    return host_connect(
        the_server.host.address,
        &(tern_channel_opts){ .poller = poller, .interceptors = list, .n_interceptors = 2 });
}

static int setup(void **state)
{
    spies[0] = (spy){ .name = '1' };
    spies[1] = (spy){ .name = '2' };
    return fixture_setup(state);
}

static const char *events_of(void (*fn)(void *arg), void *arg,
                             void (*run)(void (*fn)(void *arg), void *arg))
{
    n_events = 0;
    events[0] = '\0';
    run(fn, arg);
    return events;
}

static void check_events(void (*fn)(void *arg), void *arg, const char *expected)
{
    assert_string_equal(events_of(fn, arg, run_on_thread), expected);
    assert_string_equal(events_of(fn, arg, run_on_fiber), expected);
}

// ---- order ---------------------------------------------------------------

static void call_unary(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_with_spies(NULL);
    TERN_AUTO(test_answer) *reply = NULL;
    tern_status *st = arg;

    *st = test_probe_echo(ch, TEST_ASK(), NULL, &reply);
}

static void begin_unary(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_with_spies(NULL);
    TERN_AUTO(test_answer) *reply = NULL;
    TERN_AUTO(tern_call) *call = test_probe_echo_begin(ch, TEST_ASK(), NULL, &reply);
    tern_status *st = arg;

    *st = tern_wait_all(&call, 1);
}

static void read_stream(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_with_spies(NULL);
    TERN_AUTO(test_probe_count_stream) *s = test_probe_count(ch, TEST_ASK(.count = 2), NULL);
    tern_status *st = arg;

    while (test_probe_count_next(s))
        ;
    *st = test_probe_count_status(s);
}

static void write_stream(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_with_spies(NULL);
    TERN_AUTO(test_probe_sum_stream) *s = test_probe_sum(ch, NULL);
    TERN_AUTO(test_answer) *reply = NULL;
    tern_status *st = arg;

    for (uint32_t i = 0; i < 2; i++)
        TERN_ASSERT(test_probe_sum_send(s, TEST_ASK(.count = i)) == TERN_OK);
    *st = test_probe_sum_finish(s, &reply);
}

static void test_hooks_run_in_order_and_once(void **state)
{
    tern_status st;

    (void)state;
    check_events(call_unary, &st, "b1b2s1s2r2r1e2e1");
    check_events(begin_unary, &st, "b1b2s1s2r2r1e2e1");
    check_events(read_stream, &st, "b1b2s1s2r2r1r2r1e2e1");
    check_events(write_stream, &st, "b1b2s1s2s1s2r2r1e2e1");
}

static void on_reply(tern_status st, const test_answer *reply, void *arg)
{
    (void)st, (void)reply;
    write_down('d', arg);
}

static void on_message(const test_answer *msg, void *arg)
{
    (void)msg;
    write_down('m', arg);
}

static void on_stream_end(tern_status st, void *arg) { on_reply(st, NULL, arg); }

static void test_callbacks_come_after_the_hooks(void **state)
{
    tern_poller  *p = tern_poller_new(NULL);
    tern_channel *ch = connect_with_spies(p);
    spy           me = { .name = '0' };

    (void)state;
    n_events = 0;
    test_probe_echo_async(ch, TEST_ASK(), NULL, on_reply, &me);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    assert_string_equal(events, "b1b2s1s2r2r1e2e1d0");
    n_events = 0;
    test_probe_count_async(ch, TEST_ASK(.count = 1), NULL,
                           &(test_probe_count_events){ on_message, on_stream_end }, &me);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    assert_string_equal(events, "b1b2s1s2r2r1m0e2e1d0");
    tern_channel_free(ch);
    tern_poller_free(p);
}

// ---- what begin may do ---------------------------------------------------

static void test_refusal_ends_those_that_have_begun(void **state)
{
    tern_status st;

    (void)state;
    spies[0].refuse_with = TERN_PERMISSION_DENIED;
    check_events(call_unary, &st, "b1f1");
    assert_int_equal(st.code, TERN_PERMISSION_DENIED);
    assert_string_equal(st.msg, "refused by 1");
    spies[0].refuse_with = TERN_OK;
    spies[1].refuse_with = TERN_UNAUTHENTICATED;
    check_events(call_unary, &st, "b1b2f2f1");
    check_events(begin_unary, &st, "b1b2f2f1");
    check_events(read_stream, &st, "b1b2f2f1");
    assert_int_equal(st.code, TERN_UNAUTHENTICATED);
}

static void test_timeout_is_the_last_ones(void **state)
{
    TERN_AUTO(tern_channel) *ch = NULL;
    test_answer *reply = NULL;
    uint64_t     before_ns = fake_clock_now_ns();
    tern_status  st;

    (void)state;
    spies[0].timeout_ms = 3 * PATIENCE_MS;
    spies[1].timeout_ms = PATIENCE_MS;
    atomic_store(&the_server.hang_ms, PATIENCE_MS);
    ch = connect_with_spies(NULL);
    n_events = 0;
    st = test_probe_echo(ch, TEST_ASK(.hang = true), NULL, &reply);
    assert_int_equal(st.code, TERN_DEADLINE_EXCEEDED);
    assert_true(fake_clock_now_ns() - before_ns < 2 * PATIENCE_MS * TERN_NS_PER_MS);
    assert_string_equal(events, "b1b2s1s2f2f1");
}

static void test_metadata_are_added_behind_the_callers(void **state)
{
    TERN_AUTO(tern_channel) *ch = connect_with_spies(NULL);
    TERN_AUTO(tern_call_info) info = { 0 };
    TERN_AUTO(test_answer) *reply = NULL;
    tern_metadata  own = { "asked", "0", 1 };
    tern_call_opts opts = { .info = &info, .metadata = &own, .n_metadata = 1 };

    (void)state;
    assert_int_equal(test_probe_echo(ch, TEST_ASK(.add_metadata = true), &opts, &reply).code,
                     TERN_OK);
    assert_int_equal(info.n_trailing, 2);
    assert_string_equal(info.trailing[1].key, "asked");
    assert_memory_equal(info.trailing[1].value, "2", 1);  // the last of three wins
}

static void test_no_memory_at_any_point_ends_once(void **state)
{
    TERN_AUTO(tern_channel) *ch = connect_with_spies(NULL);

    (void)state;
    for (uint64_t nth = 1; nth < 12; nth++) {
        TERN_AUTO(test_answer) *reply = NULL;
        tern_status st;
        size_t      n_begun = 0, n_ended = 0;

        n_events = 0;
        events[0] = '\0';
        fail_malloc_at(nth, 1);
        st = test_probe_echo(ch, TEST_ASK(), &(tern_call_opts){ .timeout_ms = 5000 }, &reply);
        fail_malloc_at(0, 0);
        for (size_t i = 0; i < n_events; i += 2) {
            n_begun += events[i] == 'b';
            n_ended += events[i] == (st.code == TERN_OK ? 'e' : 'f');
        }
        assert_int_equal(n_begun, n_ended);
    }
}

#define TEST(fn) TERN_TEST_IN(fn, setup, fixture_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_hooks_run_in_order_and_once),
        TEST(test_callbacks_come_after_the_hooks),
        TEST(test_refusal_ends_those_that_have_begun),
        TEST(test_timeout_is_the_last_ones),
        TEST(test_metadata_are_added_behind_the_callers),
        TEST(test_no_memory_at_any_point_ends_once),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
