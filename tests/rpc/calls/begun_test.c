// Many calls at once: begin, wait for all or for any, free.
#include "tests/rpc/calls/fixture.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include <tern/fiber.h>

enum { N_CALLS = 20, N_CHANNELS = 3 };

typedef struct many many;
struct many {
    tern_channel *ch[N_CHANNELS];
    unsigned      n_channels;
    tern_call    *calls[N_CALLS];
    test_answer  *replies[N_CALLS];
    tern_cancel  *cancel;

    tern_status all;
    unsigned    n_seen[N_CALLS];
    unsigned    n_right;  // replies
    tern_code   codes[N_CALLS];
};

static void begin_all(many *m, unsigned failing)
{
    for (unsigned i = 0; i < m->n_channels; i++)
        m->ch[i] = connect_to_server(NULL);
    for (unsigned i = 0; i < N_CALLS; i++) {
        char     text[16];
        uint32_t code = i == failing || i == failing + 3 ? TERN_ABORTED + (i > failing) : 0;

        snprintf(text, sizeof text, "call %u", i);
        m->calls[i] = test_probe_echo_begin(
            m->ch[i % m->n_channels], TEST_ASK(.text = text, .code = code), NULL, &m->replies[i]);
    }
}

static void end_all(many *m)
{
    for (unsigned i = 0; i < N_CALLS; i++) {
        char text[16];

        snprintf(text, sizeof text, "call %u", i);
        m->n_right += m->replies[i] && strcmp(m->replies[i]->text, text) == 0;
        m->codes[i] = tern_call_status(m->calls[i]).code;
        tern_call_free(m->calls[i]);
        test_answer_free(m->replies[i]);
    }
    for (unsigned i = 0; i < m->n_channels; i++)
        tern_channel_free(m->ch[i]);
}

// ---- all, any ------------------------------------------------------------

static void wait_for_all(void *arg)
{
    many *m = arg;

    begin_all(m, 7);
    m->all = tern_wait_all(m->calls, N_CALLS);
    end_all(m);
}

static void wait_for_each(void *arg)
{
    many  *m = arg;
    size_t i;

    begin_all(m, 7);
    while ((i = tern_wait_any(m->calls, N_CALLS)) < N_CALLS)
        m->n_seen[i]++;
    end_all(m);
}

static void check_codes(const many *m)
{
    for (unsigned i = 0; i < N_CALLS; i++)
        assert_int_equal(m->codes[i], i == 7    ? TERN_ABORTED
                                      : i == 10 ? TERN_OUT_OF_RANGE
                                                : TERN_OK);
    assert_int_equal(m->n_right, N_CALLS - 2);
}

static void check_waits(unsigned n_channels, void (*run)(void (*fn)(void *arg), void *arg))
{
    many all = { .n_channels = n_channels }, each = all;

    run(wait_for_all, &all);
    assert_int_equal(all.all.code, TERN_ABORTED);
    assert_string_equal(all.all.msg, "call 7");
    check_codes(&all);

    run(wait_for_each, &each);
    for (unsigned i = 0; i < N_CALLS; i++)
        assert_int_equal(each.n_seen[i], 1);
    check_codes(&each);
}

static void test_waits_see_each_call_once(void **state)
{
    (void)state;
    check_waits(1, run_on_thread);
    check_waits(1, run_on_fiber);
}

static void test_waits_over_several_channels(void **state)
{
    (void)state;
    check_waits(N_CHANNELS, run_on_thread);
    check_waits(N_CHANNELS, run_on_fiber);
}

static void *wait_repeatedly(void *arg)
{
    (void)arg;
    for (int i = 0; i < 10; i++) {
        many m = { .n_channels = i % 2 ? 1 : N_CHANNELS };

        wait_for_each(&m);
        TERN_ASSERT(m.n_right == N_CALLS - 2);
    }
    return NULL;
}

// Threads that wait on shared loops: one of them drives, and leaves before the others are done.
static tern_channel *shared[2];

static void *share_loops(void *arg)
{
    for (int i = 0; i < 30; i++) {
        TERN_AUTO(test_answer) *a = NULL, *b = NULL;
        TERN_AUTO(tern_call) *x = test_probe_echo_begin(shared[0], TEST_ASK(), NULL, &a);
        TERN_AUTO(tern_call) *y = test_probe_echo_begin(shared[1], TEST_ASK(), NULL, &b);
        tern_call *both[] = { x, y };

        TERN_ASSERT(tern_wait_all(both, arg ? 2 : 1).code == TERN_OK);
        TERN_ASSERT(a && (b != NULL) == (arg != NULL));
    }
    return NULL;
}

static void test_threads_wait_on_the_same_loops(void **state)
{
    pthread_t threads[4];

    (void)state;
    wait_repeatedly(NULL);
    for (int i = 0; i < 2; i++)
        shared[i] = connect_to_server(NULL);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, share_loops, i % 2 ? &threads : NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 2; i++)
        tern_channel_free(shared[i]);
}

// ---- calls that are not waited for ---------------------------------------

static void free_in_flight(void *arg)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    TERN_AUTO(tern_call_info) info = { 0 };
    many        *m = arg;
    test_answer *reply = NULL;
    tern_call   *hanging = test_probe_echo_begin(ch, TEST_ASK(.hang = true), NULL, &reply);
    tern_call   *unwanted =
        test_probe_echo_begin(ch, TEST_ASK(), &(tern_call_opts){ .info = &info }, &reply);

    m->codes[0] = tern_call_status(hanging).code;
    m->all = tern_wait_all(&unwanted, 1);
    test_answer_free(reply);
    reply = NULL;
    tern_call_free(hanging);
    tern_call_free(unwanted);
    tern_call_free(test_probe_echo_begin(ch, TEST_ASK(.hang = true), NULL, &reply));
    TERN_ASSERT(!reply && info.n_attempts == 1);
}

static void test_free_cancels_what_is_in_flight(void **state)
{
    many m = { .n_channels = 1 };

    (void)state;
    run_on_thread(free_in_flight, &m);
    assert_int_equal(m.codes[0], TERN_FAILED_PRECONDITION);
    assert_int_equal(m.all.code, TERN_OK);
    run_on_fiber(free_in_flight, &m);
    wait_for_count(&the_server.n_cancelled, atomic_load(&the_server.n_hanging),
                   "handlers that were cancelled");
}

static void fire_in_flight(void *arg)
{
    many *m = arg;
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    tern_call_opts opts = { .cancel = m->cancel };

    for (unsigned i = 0; i < N_CALLS; i++)
        m->calls[i] = test_probe_echo_begin(ch, TEST_ASK(.hang = true), &opts, &m->replies[i]);
    m->all = tern_wait_all(m->calls, N_CALLS);
    for (unsigned i = 0; i < N_CALLS; i++)
        tern_call_free(m->calls[i]);
}

static void *fire_when_all_hang(void *cancel)
{
    wait_for_count(&the_server.n_hanging, N_CALLS, "handlers that hang");
    tern_cancel_fire(cancel);
    return NULL;
}

static void test_bug_call_freed_after_its_poller(void **state)
{
    tern_poller  *p = tern_poller_new(NULL);
    tern_channel *ch = connect_to_server(p);
    test_answer  *reply = NULL;
    tern_call    *call = test_probe_echo_begin(ch, TEST_ASK(.text = "x"), NULL, &reply);

    (void)state;
    assert_int_equal(tern_wait_all(&call, 1).code, TERN_OK);
    tern_channel_free(ch);
    tern_poller_free(p);
    tern_call_free(call);
    test_answer_free(reply);
}

static void test_cancel_ends_a_wait(void **state)
{
    many      m = { .cancel = tern_cancel_new() };
    pthread_t thread;

    (void)state;
    pthread_create(&thread, NULL, fire_when_all_hang, m.cancel);
    run_on_thread(fire_in_flight, &m);
    pthread_join(thread, NULL);
    assert_int_equal(m.all.code, TERN_CANCELLED);
    tern_cancel_free(m.cancel);
}

// ---- the waiting fiber is cancelled --------------------------------------

static void cancel_when_all_hang(void *fiber)
{
    wait_for_count(&the_server.n_hanging, N_CALLS, "handlers that hang");
    tern_fiber_cancel(fiber);
}

static void test_cancelled_fiber_cancels_its_calls(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    many        m = { .cancel = NULL };
    tern_fiber *fiber;

    (void)state;
    assert_int_equal(tern_fiber_spawn(p, fire_in_flight, &m, NULL, &fiber), 0);
    assert_int_equal(tern_fiber_spawn(p, cancel_when_all_hang, fiber, NULL, NULL), 0);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    tern_fiber_detach(fiber);
    assert_int_equal(m.all.code, TERN_CANCELLED);
}

// ---- refused -------------------------------------------------------------

static void test_refused_calls_are_calls(void **state)
{
    TERN_AUTO(tern_channel) *nobody = tern_connect("nonsense://", NULL);
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    tern_call   *calls[N_CALLS];
    test_answer *reply = NULL;
    unsigned     n_seen = 0;

    (void)state;
    calls[0] = test_probe_echo_begin(nobody, TEST_ASK(), NULL, &reply);
    fail_malloc_at(1, UINT64_MAX);
    for (unsigned i = 1; i < N_CALLS; i++)
        calls[i] = test_probe_echo_begin(ch, TEST_ASK(), NULL, &reply);
    fail_malloc_at(0, 0);
    assert_int_equal(tern_wait_all(calls, N_CALLS).code, TERN_INVALID_ARGUMENT);
    while (tern_wait_any(calls, N_CALLS) < N_CALLS)
        n_seen++;
    assert_true(n_seen > 10);
    for (unsigned i = 0; i < N_CALLS; i++) {
        assert_int_not_equal(tern_call_status(calls[i]).code, TERN_OK);
        tern_call_free(calls[i]);
    }
    assert_int_equal(tern_wait_any(NULL, 0), 0);
    assert_int_equal(tern_wait_all(&(tern_call *){ NULL }, 1).code, TERN_OK);
}

static void test_no_memory_at_any_point_ends_each_call(void **state)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);

    (void)state;
    for (uint64_t nth = 1; nth < 40; nth++) {
        test_answer *replies[2] = { NULL, NULL };
        tern_call   *calls[2];
        size_t       i, n_seen = 0;

        fail_malloc_at(nth, 1);
        for (i = 0; i < 2; i++)
            calls[i] = test_probe_echo_begin(ch, TEST_ASK(),
                                             &(tern_call_opts){ .timeout_ms = 5000 }, &replies[i]);
        while ((i = tern_wait_any(calls, 2)) < 2) {
            assert_int_equal(tern_call_status(calls[i]).code == TERN_OK, replies[i] != NULL);
            n_seen++;
        }
        fail_malloc_at(0, 0);
        assert_int_equal(n_seen, 2);
        for (i = 0; i < 2; i++) {
            tern_call_free(calls[i]);
            test_answer_free(replies[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_CALLS(test_waits_see_each_call_once),
        TERN_TEST_CALLS(test_waits_over_several_channels),
        TERN_TEST_CALLS(test_threads_wait_on_the_same_loops),
        TERN_TEST_CALLS(test_free_cancels_what_is_in_flight),
        TERN_TEST_CALLS(test_bug_call_freed_after_its_poller),
        TERN_TEST_CALLS(test_cancel_ends_a_wait),
        TERN_TEST_CALLS(test_cancelled_fiber_cancels_its_calls),
        TERN_TEST_CALLS(test_refused_calls_are_calls),
        TERN_TEST_CALLS(test_no_memory_at_any_point_ends_each_call),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
