// Calls made by handlers: they end with the handler's call, unless they are detached.
#include "tests/rpc/calls/fixture.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>

#include <tern/fiber.h>
#include <tern/offload.h>

// What a relaying handler saw of the call it made.
static struct {
    atomic_uint n_ended;
    atomic_int  code;
    atomic_int  left_ms;  // of the second handler's time
} seen;

static tern_channel *out;  // of the handlers, on the server's poller

static void note_end(tern_code code)
{
    atomic_store(&seen.code, (int)code);
    atomic_fetch_add(&seen.n_ended, 1);
}

static tern_code call_on(const tern_call_opts *opts, const char *text)
{
    TERN_AUTO(test_answer) *reply = NULL;
    bool is_quick = strcmp(text, "quick") == 0;

    return test_probe_echo(out, TEST_ASK(.hang = !is_quick, .text = text), opts, &reply).code;
}

static const tern_call_opts endless = { .timeout_ms = TERN_NO_TIMEOUT };

// ---- handlers that call out ----------------------------------------------

static tern_code relay_unary(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    (void)ctx, (void)req, (void)reply;
    note_end(call_on(&endless, "hang"));
    return TERN_OK;
}

static tern_code relay_stream(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    TERN_AUTO(test_probe_count_stream) *s =
        test_probe_count(out, TEST_ASK(.count = 1, .hang = true), &endless);

    (void)ctx, (void)req, (void)reply;
    while (test_probe_count_next(s))
        ;
    note_end(test_probe_count_status(s).code);
    return TERN_OK;
}

static int offloaded(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    TERN_AUTO(test_answer) *reply = NULL;

    (void)arg;
    return (int)test_probe_echo(ch, TEST_ASK(.hang = true), &endless, &reply).code;
}

static tern_code relay_offloaded(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    (void)ctx, (void)req, (void)reply;
    note_end((tern_code)tern_offload(offloaded, NULL));
    return TERN_OK;
}

static void spawned(void *arg)
{
    (void)arg;
    note_end(call_on(&endless, "hang"));
}

static tern_code relay_spawned(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    tern_fiber *f;

    (void)req, (void)reply;
    TERN_ASSERT(tern_fiber_spawn(tern_poller_current(), spawned, NULL, NULL, &f) == 0);
    while (tern_fiber_join(f) < 0)
        ;
    return tern_ctx_check(ctx);
}

// ---- a caller that gives up, or runs out of time -------------------------

typedef struct relaying relaying;
struct relaying {
    tern_cancel *cancel;
    int64_t      timeout_ms;
    tern_code    code;
};

// Frames of a connection are read in order: who has answered this has read of the end of the call before it.
static void expect_that_the_server_has_heard(tern_channel *ch)
{
    TERN_AUTO(test_answer) *reply = NULL;

    TERN_ASSERT(test_probe_echo(ch, TEST_ASK(), NULL, &reply).code == TERN_OK);
}

static void *ask_to_relay(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    TERN_AUTO(test_answer) *reply = NULL;
    relaying      *r = arg;
    tern_call_opts opts = { .cancel = r->cancel, .timeout_ms = r->timeout_ms };

    r->code = test_probe_echo(ch, TEST_ASK(.relay = true), &opts, &reply).code;
    expect_that_the_server_has_heard(ch);
    return NULL;
}

static void start_relay(tern_code (*relay)(tern_ctx *, const test_ask *, test_answer *),
                        unsigned hang_ms)
{
    atomic_store(&the_server.hang_ms, hang_ms);
    atomic_store(&seen.n_ended, 0);
    atomic_store(&the_server.n_hanging, 0);
    atomic_store(&the_server.n_cancelled, 0);
    the_server.relay = relay;
}

// `later_ms` after the server has heard of the cancel.
static tern_code code_after_cancel(tern_code (*relay)(tern_ctx *, const test_ask *, test_answer *),
                                   unsigned later_ms)
{
    relaying  r = { .cancel = tern_cancel_new() };
    pthread_t thread;

    start_relay(relay, 0);
    pthread_create(&thread, NULL, ask_to_relay, &r);
    wait_for_count(&the_server.n_hanging, 1, "handlers that hang");
    tern_cancel_fire(r.cancel);
    pthread_join(thread, NULL);
    tern_cancel_free(r.cancel);
    assert_int_equal(r.code, TERN_CANCELLED);
    fake_clock_advance(later_ms * TERN_NS_PER_MS);
    wait_for_count(&seen.n_ended, 1, "calls of the handler that have ended");
    return (tern_code)atomic_load(&seen.code);
}

static tern_code code_after_deadline(tern_code (*relay)(tern_ctx *, const test_ask *,
                                                        test_answer *))
{
    relaying r = { .timeout_ms = PATIENCE_MS };

    start_relay(relay, PATIENCE_MS);
    ask_to_relay(&r);
    assert_int_equal(r.code, TERN_DEADLINE_EXCEEDED);
    wait_for_count(&seen.n_ended, 1, "calls of the handler that have ended");
    return (tern_code)atomic_load(&seen.code);
}

// The channel of the handlers lives as long as the server does.
static int setup(void **state)
{
    if (fixture_setup(state) < 0)
        return -1;
    out = connect_to_server(NULL);
    return 0;
}

static int teardown(void **state)
{
    tern_channel_free(out);
    return fixture_teardown(state);
}

static void test_handler_cancelled_cancels_what_it_waits_for(void **state)
{
    (void)state;
    assert_int_equal(code_after_cancel(relay_unary, 0), TERN_CANCELLED);
    assert_int_equal(code_after_cancel(relay_stream, 0), TERN_CANCELLED);
    assert_int_equal(code_after_cancel(relay_spawned, 0), TERN_CANCELLED);
    assert_int_equal(code_after_cancel(relay_offloaded, 0), TERN_CANCELLED);
}

// HTTP/2 has one word for all callers that give up, and it may be faster than the server's own clock.
static void check_exceeded(tern_code code)
{
    if (!host_speaks_grpc() || code != TERN_CANCELLED)
        assert_int_equal(code, TERN_DEADLINE_EXCEEDED);
}

static void test_deadline_is_inherited_also_by_endless_calls(void **state)
{
    (void)state;
    check_exceeded(code_after_deadline(relay_unary));
    check_exceeded(code_after_deadline(relay_stream));
    check_exceeded(code_after_deadline(relay_spawned));
    check_exceeded(code_after_deadline(relay_offloaded));
}

// ---- calls that are made too late, or are detached -----------------------

static tern_code relay_too_late(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    (void)req, (void)reply;
    begin_to_hang();
    while (tern_ctx_check(ctx) == TERN_OK)
        (void)!tern_fiber_sleep(TERN_NS_PER_S);
    note_end(call_on(NULL, "quick"));
    return TERN_OK;
}

static tern_code relay_detached_too_late(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    (void)req, (void)reply;
    begin_to_hang();
    while (tern_ctx_check(ctx) == TERN_OK)
        (void)!tern_fiber_sleep(TERN_NS_PER_S);
    note_end(call_on(&(tern_call_opts){ .detached = true }, "quick"));
    return TERN_OK;
}

// Its call goes on over the cancellation, and the fiber hears of that at its next wait.
static tern_code relay_detached(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    tern_code code =
        call_on(&(tern_call_opts){ .detached = true, .timeout_ms = PATIENCE_MS }, "hang");

    (void)req, (void)reply;
    TERN_ASSERT(tern_ctx_check(ctx) == TERN_CANCELLED);
    TERN_ASSERT(tern_fiber_sleep(TERN_NS_PER_S) == -ECANCELED);
    note_end(code);
    return TERN_OK;
}

static void test_call_made_after_the_end_is_refused(void **state)
{
    (void)state;
    assert_int_equal(code_after_cancel(relay_too_late, 0), TERN_CANCELLED);
    check_exceeded(code_after_deadline(relay_too_late));
}

static void test_detached_call_knows_no_parent(void **state)
{
    (void)state;
    assert_int_equal(code_after_cancel(relay_detached_too_late, 0), TERN_OK);
    assert_int_equal(code_after_deadline(relay_detached_too_late), TERN_OK);
    assert_int_equal(code_after_cancel(relay_detached, PATIENCE_MS), TERN_DEADLINE_EXCEEDED);
}

// ---- what outlives its handler -------------------------------------------

static atomic_uint n_answered;

static void call_later(void *arg)
{
    (void)arg;
    wait_for_count(&n_answered, 1, "handlers that have left");
    note_end(call_on(&endless, "hang"));
}

static tern_code relay_and_leave(tern_ctx *ctx, const test_ask *req, test_answer *reply)
{
    (void)ctx, (void)req, (void)reply;
    TERN_ASSERT(tern_fiber_spawn(tern_poller_current(), call_later, NULL, NULL, NULL) == 0);
    return TERN_OK;
}

static void test_fiber_that_outlives_its_handler_keeps_the_deadline(void **state)
{
    relaying r = { .timeout_ms = PATIENCE_MS };

    (void)state;
    atomic_store(&n_answered, 0);
    start_relay(relay_and_leave, PATIENCE_MS);
    ask_to_relay(&r);
    assert_int_equal(r.code, TERN_OK);
    atomic_store(&n_answered, 1);
    wait_for_count(&seen.n_ended, 1, "calls of the handler that have ended");
    assert_int_equal(atomic_load(&seen.code), TERN_DEADLINE_EXCEEDED);
}

// ---- handlers with callbacks ---------------------------------------------

static void on_inner(tern_status st, const test_answer *reply, void *arg)
{
    (void)reply;
    note_end(st.code);
    test_probe_echo_fail(arg, st.code);
}

static void echo_async(test_probe_echo_call *call, const test_ask *req)
{
    tern_call_opts opts = { .parent = call->ctx, .timeout_ms = TERN_NO_TIMEOUT };

    (void)req;
    test_probe_echo_async(out, TEST_ASK(.hang = true), &opts, on_inner, call);
}

typedef struct front front;
struct front {
    tern_poller *poller;
    tern_code    code;
};

static void on_outer(tern_status st, const test_answer *reply, void *arg)
{
    front *f = arg;

    (void)reply;
    f->code = st.code;
    tern_poller_stop(f->poller);
}

static void add_front(tern_server *srv, void *arg)
{
    (void)arg;
    test_probe_register(srv, &(test_probe_handlers){ .echo_async = echo_async }, NULL);
}

static bool has_ended(void *arg)
{
    (void)arg;
    return atomic_load(&seen.n_ended) > 0;
}

// A server of callbacks in front of the other one, on a poller that this thread drives.
static tern_code code_of_async_relay(const tern_call_opts *opts)
{
    front         f = { .poller = tern_poller_new(NULL) };
    host          h = { .place = HOST_HERE, .poller = f.poller, .add_services = add_front };
    tern_channel *ch;

    host_start(&h);
    ch = host_connect(h.address, &(tern_channel_opts){ .poller = f.poller });
    start_relay(NULL, PATIENCE_MS);
    test_probe_echo_async(ch, TEST_ASK(), opts, on_outer, &f);
    assert_int_equal(tern_poller_run(f.poller), 0);
    wait_driving(f.poller, has_ended, NULL, "the end of the inner call");
    tern_channel_free(ch);
    tern_channel_free(out);
    out = NULL;
    host_end(&h);
    tern_poller_free(f.poller);
    return f.code;
}

static void test_named_parent_ends_the_calls_of_async_handlers(void **state)
{
    (void)state;
    assert_int_equal(code_of_async_relay(&(tern_call_opts){ .timeout_ms = PATIENCE_MS }),
                     TERN_DEADLINE_EXCEEDED);
    check_exceeded((tern_code)atomic_load(&seen.code));
}

#define TEST(fn) TERN_TEST_IN(fn, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_handler_cancelled_cancels_what_it_waits_for),
        TEST(test_deadline_is_inherited_also_by_endless_calls),
        TEST(test_call_made_after_the_end_is_refused),
        TEST(test_detached_call_knows_no_parent),
        TEST(test_fiber_that_outlives_its_handler_keeps_the_deadline),
        TEST(test_named_parent_ends_the_calls_of_async_handlers),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
