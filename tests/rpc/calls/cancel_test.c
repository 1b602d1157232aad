// tern_call_opts.cancel: fired before, during and after calls of all kinds, from other threads as well.
#include "tests/rpc/calls/fixture.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

#include <tern/fiber.h>

// ---- a fired cancel ------------------------------------------------------

typedef struct outcome outcome;
struct outcome {
    tern_cancel *cancel;
    tern_code    unary, stream;
    atomic_uint *n_read;  // messages
};

static tern_code hang_unary(tern_channel *ch, tern_cancel *cancel)
{
    test_answer *reply = NULL;
    tern_status  st =
        test_probe_echo(ch, TEST_ASK(.hang = true), &(tern_call_opts){ .cancel = cancel }, &reply);

    TERN_ASSERT(st.code != TERN_OK && !reply);
    return st.code;
}

static tern_code hang_stream(tern_channel *ch, tern_cancel *cancel, atomic_uint *n_read)
{
    TERN_AUTO(test_probe_count_stream) *s = test_probe_count(ch, TEST_ASK(.count = 2, .hang = true),
                                                             &(tern_call_opts){ .cancel = cancel });

    while (test_probe_count_next(s))
        atomic_fetch_add(n_read, 1);
    return test_probe_count_status(s).code;
}

static void make_calls(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    outcome *o = arg;

    o->unary = hang_unary(ch, o->cancel);
    o->stream = hang_stream(ch, o->cancel, o->n_read);
}

static void test_calls_made_after_firing_end_at_once(void **state)
{
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    atomic_uint n_read = 0;
    outcome     on_thread = { .cancel = cancel, .n_read = &n_read }, on_fiber = on_thread;

    (void)state;
    tern_cancel_fire(cancel);
    tern_cancel_fire(cancel);
    run_on_thread(make_calls, &on_thread);
    run_on_fiber(make_calls, &on_fiber);
    assert_int_equal(on_thread.unary, TERN_CANCELLED);
    assert_int_equal(on_thread.stream, TERN_CANCELLED);
    assert_int_equal(on_fiber.unary, TERN_CANCELLED);
    assert_int_equal(on_fiber.stream, TERN_CANCELLED);
    assert_int_equal(atomic_load(&the_server.n_hanging), 0);
}

// ---- in flight -----------------------------------------------------------

typedef struct firing firing;
struct firing {
    tern_cancel *cancel;
    unsigned     n_hanging;
    atomic_uint *n_read;
    unsigned     n_messages;  // who has cancelled reads no more of them
};

static void *fire_when_they_hang(void *arg)
{
    firing *f = arg;

    wait_for_count(&the_server.n_hanging, f->n_hanging, "handlers that hang");
    wait_for_count(f->n_read, f->n_messages, "messages that were read");
    tern_cancel_fire(f->cancel);
    return NULL;
}

static void hang_once(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    outcome *o = arg;

    o->unary = hang_unary(ch, o->cancel);
}

static void hang_in_stream(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    outcome *o = arg;

    o->unary = hang_stream(ch, o->cancel, o->n_read);
}

static tern_code cancel_while(void (*fn)(void *arg), void (*run)(void (*fn)(void *arg), void *arg))
{
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    atomic_uint n_read = 0;
    outcome     o = { .cancel = cancel, .n_read = &n_read };
    firing      f = { cancel, atomic_load(&the_server.n_hanging) + 1, &n_read,
                 fn == hang_in_stream ? 2 : 0 };
    pthread_t   thread;

    pthread_create(&thread, NULL, fire_when_they_hang, &f);
    run(fn, &o);
    pthread_join(thread, NULL);
    wait_for_count(&the_server.n_cancelled, f.n_hanging, "handlers that were cancelled");
    return o.unary;
}

static void test_call_in_flight_ends_at_both_ends(void **state)
{
    (void)state;
    assert_int_equal(cancel_while(hang_once, run_on_thread), TERN_CANCELLED);
    assert_int_equal(cancel_while(hang_once, run_on_fiber), TERN_CANCELLED);
    assert_int_equal(cancel_while(hang_in_stream, run_on_thread), TERN_CANCELLED);
    assert_int_equal(cancel_while(hang_in_stream, run_on_fiber), TERN_CANCELLED);
    assert_int_equal(atomic_load(&the_server.last_code), TERN_CANCELLED);
}

// ---- waiting for a connection --------------------------------------------

typedef struct waiting waiting;
struct waiting {
    tern_channel *channel;
    tern_cancel  *cancel;
    atomic_uint   n_begun;
    tern_code     code;
};

static tern_code count_begun(tern_outgoing *call, void *arg)
{
    (void)call;
    atomic_fetch_add(&((waiting *)arg)->n_begun, 1);
    return TERN_OK;
}

// By a call of its own, which does not wait: that it cannot connect is known when the first one is waiting.
static void fire_without_a_connection(void *arg)
{
    waiting     *w = arg;
    test_answer *reply = NULL;

    wait_for_count(&w->n_begun, 1, "calls that have begun");
    TERN_ASSERT(test_probe_echo(w->channel, TEST_ASK(), NULL, &reply).code == TERN_UNAVAILABLE);
    tern_cancel_fire(w->cancel);
}

static void *fire_on_thread(void *arg)
{
    fire_without_a_connection(arg);
    return NULL;
}

static void wait_for_nobody(void *arg)
{
    waiting       *w = arg;
    test_answer   *reply = NULL;
    tern_call_opts opts = { .cancel = w->cancel,
                            .wait_for_ready = true,
                            .timeout_ms = PATIENCE_MS };

    w->code = test_probe_echo(w->channel, TEST_ASK(), &opts, &reply).code;
}

static void wait_on_thread(waiting *w)
{
    pthread_t thread;

    pthread_create(&thread, NULL, fire_on_thread, w);
    wait_for_nobody(w);
    pthread_join(thread, NULL);
}

static void wait_on_fibers(waiting *w)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);

    TERN_ASSERT(tern_fiber_spawn(p, wait_for_nobody, w, NULL, NULL) == 0);
    TERN_ASSERT(tern_fiber_spawn(p, fire_without_a_connection, w, NULL, NULL) == 0);
    TERN_ASSERT(tern_poller_run_until_idle(p) == 0);
    tern_channel_free(w->channel);
    w->channel = NULL;
    TERN_ASSERT(tern_poller_run_until_idle(p) == 0);
}

static tern_code code_without_a_connection(void (*wait)(waiting *w))
{
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    waiting                 w = { .cancel = cancel };
    tern_client_interceptor counter = { .begin = count_begun, .arg = &w };

    w.channel = tern_connect("unix:@nobody-is-here",
                             &(tern_channel_opts){ .interceptors = &counter, .n_interceptors = 1 });
    wait(&w);
    tern_channel_free(w.channel);
    return w.code;
}

static void test_call_that_waits_for_a_connection_ends(void **state)
{
    (void)state;
    assert_int_equal(code_without_a_connection(wait_on_thread), TERN_CANCELLED);
    assert_int_equal(code_without_a_connection(wait_on_fibers), TERN_CANCELLED);
}

// ---- between two attempts ------------------------------------------------

// The answer to a call of its own comes behind the failure of the first one, which backs off by then.
static void *fire_between_attempts(void *arg)
{
    waiting *w = arg;
    TERN_AUTO(test_answer) *reply = NULL;

    wait_for_count(&the_server.n_echoes, 1, "attempts");
    TERN_ASSERT(test_probe_echo(w->channel, TEST_ASK(), NULL, &reply).code == TERN_OK);
    tern_cancel_fire(w->cancel);
    return NULL;
}

static void test_call_that_backs_off_ends(void **state)
{
    const tern_retry retry = { .initial_backoff_ms = 60000, .max_backoff_ms = 60000 };
    TERN_AUTO(tern_channel) *ch =
        host_connect(the_server.host.address, &(tern_channel_opts){ .retry = &retry });
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    TERN_AUTO(tern_call_info) info = { 0 };
    tern_call_opts opts = { .cancel = cancel, .timeout_ms = TERN_NO_TIMEOUT, .info = &info };
    waiting        w = { .channel = ch, .cancel = cancel };
    test_answer   *reply = NULL;
    pthread_t      thread;

    (void)state;
    pthread_create(&thread, NULL, fire_between_attempts, &w);
    assert_int_equal(
        test_probe_echo(ch, TEST_ASK(.code = TERN_UNAVAILABLE, .text = "x"), &opts, &reply).code,
        TERN_CANCELLED);
    pthread_join(thread, NULL);
    assert_int_equal(info.n_attempts, 1);
}

// ---- without memory ------------------------------------------------------

static void test_no_memory_for_a_cancel_ends_its_calls(void **state)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    test_answer *reply = NULL;

    (void)state;
    fail_malloc_at(1, 1);
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    fail_malloc_at(0, 0);
    tern_cancel_fire(cancel);
    assert_int_equal(
        test_probe_echo(ch, TEST_ASK(), &(tern_call_opts){ .cancel = cancel }, &reply).code,
        TERN_RESOURCE_EXHAUSTED);
    assert_int_equal(test_probe_echo(ch, TEST_ASK(), NULL, &reply).code, TERN_OK);
    test_answer_free(reply);
}

// ---- with callbacks ------------------------------------------------------

typedef struct counts counts;
struct counts {
    unsigned     n_done, n_cancelled;
    tern_cancel *cancel;
};

static void on_reply(tern_status st, const test_answer *reply, void *arg)
{
    counts *c = arg;

    (void)reply;
    c->n_done++;
    c->n_cancelled += st.code == TERN_CANCELLED;
}

static void on_end(tern_status st, void *arg) { on_reply(st, NULL, arg); }

static void fire_on_message(const test_answer *msg, void *arg)
{
    (void)msg;
    tern_cancel_fire(((counts *)arg)->cancel);
}

static void test_firing_inside_a_callback_ends_all_once(void **state)
{
    tern_poller   *p = tern_poller_new(NULL);
    tern_channel  *ch = connect_to_server(p);
    tern_cancel   *cancel = tern_cancel_new();
    counts         c = { .cancel = cancel };
    tern_call_opts opts = { .cancel = cancel };

    (void)state;
    for (int i = 0; i < 10; i++)
        test_probe_echo_async(ch, TEST_ASK(.hang = true), &opts, on_reply, &c);
    test_probe_count_async(ch, TEST_ASK(.count = 1, .hang = true), &opts,
                           &(test_probe_count_events){ fire_on_message, on_end }, &c);
    tern_cancel_free(cancel);  // the calls hold it
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    assert_int_equal(c.n_done, 11);
    assert_int_equal(c.n_cancelled, 11);
    tern_channel_free(ch);
    tern_poller_free(p);
}

// ---- races ---------------------------------------------------------------

enum { N_RACES = 300 };

typedef struct hand_over hand_over;
struct hand_over {
    tern_cancel *_Atomic to_fire;
    atomic_uint          n_fired;
};

// Busy, so that it hits every moment of a call's life.
static void *fire_each(void *arg)
{
    hand_over *h = arg;

    for (unsigned i = 0; i < N_RACES; i++) {
        tern_cancel *cancel;

        while (!(cancel = atomic_exchange(&h->to_fire, NULL)))
            sched_yield();
        for (unsigned n = i % 16; n > 0; n--)
            sched_yield();
        tern_cancel_fire(cancel);
        atomic_fetch_add(&h->n_fired, 1);
    }
    return NULL;
}

static void race(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    hand_over *h = arg;

    for (unsigned i = 0; i < N_RACES; i++) {
        TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
        TERN_AUTO(test_answer) *reply = NULL;
        tern_status st;

        atomic_store(&h->to_fire, cancel);
        st = test_probe_echo(ch, TEST_ASK(), &(tern_call_opts){ .cancel = cancel }, &reply);
        TERN_ASSERT(st.code == TERN_OK || st.code == TERN_CANCELLED);
        while (atomic_load(&h->n_fired) <= i)
            sched_yield();
    }
}

static void check_races(void (*run)(void (*fn)(void *arg), void *arg))
{
    hand_over h = { .n_fired = 0 };
    pthread_t thread;

    pthread_create(&thread, NULL, fire_each, &h);
    run(race, &h);
    pthread_join(thread, NULL);
}

static void test_firing_races_with_the_end(void **state)
{
    (void)state;
    check_races(run_on_thread);
    check_races(run_on_fiber);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_CALLS(test_calls_made_after_firing_end_at_once),
        TERN_TEST_CALLS(test_call_in_flight_ends_at_both_ends),
        TERN_TEST_CALLS(test_call_that_waits_for_a_connection_ends),
        TERN_TEST_CALLS(test_call_that_backs_off_ends),
        TERN_TEST_CALLS(test_no_memory_for_a_cancel_ends_its_calls),
        TERN_TEST_CALLS(test_firing_inside_a_callback_ends_all_once),
        TERN_TEST_CALLS(test_firing_races_with_the_end),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
