// Calls with callbacks: when they are told, and wakes that race with the end.
#include "tests/rpc/calls/fixture.h"

#include <pthread.h>
#include <sched.h>
#include <string.h>

// ---- calls that never were -----------------------------------------------

typedef struct refused refused;
struct refused {
    unsigned  n_told;
    tern_code codes[4];
};

static void note(refused *r, tern_status st)
{
    if (r->n_told < TERN_COUNT_OF(r->codes))
        r->codes[r->n_told] = st.code;
    r->n_told++;
}

static void on_reply(tern_status st, const test_answer *reply, void *arg)
{
    TERN_ASSERT(!reply);
    note(arg, st);
}

static void on_end(tern_status st, void *arg) { note(arg, st); }

static void on_message(const test_answer *msg, void *arg)
{
    (void)msg, (void)arg;
    TERN_ASSERT(false);
}

static void on_chat_message(test_probe_chat_stream *s, const test_answer *msg, void *arg)
{
    (void)s;
    on_message(msg, arg);
}

static void call_in_all_kinds(tern_channel *ch, refused *r)
{
    test_probe_echo_async(ch, TEST_ASK(), NULL, on_reply, r);
    test_probe_count_async(ch, TEST_ASK(), NULL, &(test_probe_count_events){ on_message, on_end },
                           r);
    test_probe_sum_async(ch, NULL, &(test_probe_sum_events){ .end = on_reply }, r);
    test_probe_chat_async(
        ch, NULL, &(test_probe_chat_events){ .message = on_chat_message, .end = on_end }, r);
}

static void test_bad_address_is_told_later(void **state)
{
    tern_poller  *p = tern_poller_new(NULL);
    tern_channel *ch = tern_connect("nonsense://", &(tern_channel_opts){ .poller = p });
    refused       r = { .n_told = 0 };

    (void)state;
    call_in_all_kinds(ch, &r);
    assert_int_equal(r.n_told, 0);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    assert_int_equal(r.n_told, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(r.codes[i], TERN_INVALID_ARGUMENT);
    tern_channel_free(ch);
    tern_poller_free(p);
}

static void test_no_memory_at_all_is_told_later(void **state)
{
    tern_poller  *p = tern_poller_new(NULL);
    tern_channel *ch = connect_to_server(p);
    refused       r = { .n_told = 0 };

    (void)state;
    fail_malloc_at(1, UINT64_MAX);
    call_in_all_kinds(ch, &r);
    assert_int_equal(r.n_told, 0);
    fail_malloc_at(0, 0);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    assert_int_equal(r.n_told, 4);
    for (int i = 0; i < 4; i++)
        assert_int_equal(r.codes[i], TERN_RESOURCE_EXHAUSTED);
    tern_channel_free(ch);
    tern_poller_free(p);
}

// ---- wakes ---------------------------------------------------------------

enum { N_STREAMS = 100, N_SENDS = 4 };

typedef struct waking waking;
struct waking {
    pthread_mutex_t         lock;
    test_probe_chat_stream *stream;  // NULL: between two
    unsigned                n_ended, n_wakes;
    unsigned                n_sent;
    bool                    is_over;
};

static void *wake_it(void *arg)
{
    waking *w = arg;
    bool    is_over;

    do {
        pthread_mutex_lock(&w->lock);
        is_over = w->is_over;
        if (w->stream) {
            test_probe_chat_wake(w->stream);
            w->n_wakes++;
        }
        pthread_mutex_unlock(&w->lock);
        sched_yield();
    } while (!is_over);
    return NULL;
}

static void          start_chat(waking *w);
static tern_channel *wake_channel;

static void set_stream(waking *w, test_probe_chat_stream *s)
{
    pthread_mutex_lock(&w->lock);
    w->stream = s;
    pthread_mutex_unlock(&w->lock);
}

// Nothing to send at first: it is the wakes that bring it here again.
static void on_room(test_probe_chat_stream *s, void *arg)
{
    waking *w = arg;

    if (!w->stream)
        set_stream(w, s);
    else if (w->n_sent++ < N_SENDS)
        (void)!test_probe_chat_send(s, TEST_ASK(.text = "x"));
    else
        test_probe_chat_close_send(s);
}

static void ignore_message(test_probe_chat_stream *s, const test_answer *msg, void *arg)
{
    (void)s, (void)msg, (void)arg;
}

static void on_chat_end(tern_status st, void *arg)
{
    waking *w = arg;

    TERN_ASSERT(st.code == TERN_OK);
    set_stream(w, NULL);
    if (++w->n_ended < N_STREAMS)
        start_chat(w);
}

static void start_chat(waking *w)
{
    w->n_sent = 0;
    test_probe_chat_async(
        wake_channel, NULL,
        &(test_probe_chat_events){ ignore_message, .writable = on_room, .end = on_chat_end }, w);
}

static void test_wakes_race_with_the_end(void **state)
{
    tern_poller *p = tern_poller_new(NULL);
    waking       w = { .lock = PTHREAD_MUTEX_INITIALIZER };
    pthread_t    thread;

    (void)state;
    wake_channel = connect_to_server(p);
    pthread_create(&thread, NULL, wake_it, &w);
    start_chat(&w);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    pthread_mutex_lock(&w.lock);
    w.is_over = true;
    pthread_mutex_unlock(&w.lock);
    pthread_join(thread, NULL);
    assert_int_equal(w.n_ended, N_STREAMS);
    assert_true(w.n_wakes >= N_STREAMS);
    tern_channel_free(wake_channel);
    tern_poller_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_CALLS(test_bad_address_is_told_later),
        TERN_TEST_CALLS(test_no_memory_at_all_is_told_later),
        TERN_TEST_CALLS(test_wakes_race_with_the_end),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
