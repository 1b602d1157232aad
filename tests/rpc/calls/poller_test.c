// Calls over a poller that is not the caller's: driven by nobody, by another thread, by a host that comes later.
#include "tests/rpc/calls/fixture.h"

#include <pthread.h>
#include <string.h>

#include <tern/fiber.h>

static tern_code echo_once(tern_channel *ch, const tern_call_opts *opts)
{
    TERN_AUTO(test_answer) *reply = NULL;

    return test_probe_echo(ch, TEST_ASK(.text = "x"), opts, &reply).code;
}

static unsigned count_to(tern_channel *ch, uint32_t n)
{
    TERN_AUTO(test_probe_count_stream) *s = test_probe_count(ch, TEST_ASK(.count = n), NULL);
    unsigned n_read = 0;

    while (test_probe_count_next(s))
        n_read++;
    return test_probe_count_status(s).code ? 0 : n_read;
}

// ---- a poller that nobody drives -----------------------------------------

static void test_bug_pinned_poller_that_nobody_drives(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    tern_channel *ch = connect_to_server(p);

    (void)state;
    assert_int_equal(echo_once(ch, NULL), TERN_OK);
    assert_int_equal(count_to(ch, 10), 10);
    assert_int_equal(echo_once(ch, NULL), TERN_OK);
    tern_channel_free(ch);
}

static void *echo_many(void *ch)
{
    for (int i = 0; i < 200; i++)
        TERN_ASSERT(echo_once(ch, NULL) == TERN_OK);
    return NULL;
}

static void test_threads_share_a_loop(void **state)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    pthread_t threads[4];

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(threads); i++)
        pthread_create(&threads[i], NULL, echo_many, ch);
    for (size_t i = 0; i < TERN_COUNT_OF(threads); i++)
        pthread_join(threads[i], NULL);
}

// ---- a poller of another thread ------------------------------------------

static void *drive(void *poller)
{
    TERN_ASSERT(tern_poller_run(poller) == 0);
    return NULL;
}

static void test_host_that_comes_later_takes_over(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    tern_channel *ch = connect_to_server(p);
    pthread_t     callers[2], driver;

    (void)state;
    for (int i = 0; i < 2; i++)
        pthread_create(&callers[i], NULL, echo_many, ch);
    pthread_create(&driver, NULL, drive, p);
    for (int i = 0; i < 2; i++)
        pthread_join(callers[i], NULL);
    tern_poller_stop(p);
    pthread_join(driver, NULL);
    tern_channel_free(ch);
}

typedef struct far_fiber far_fiber;
struct far_fiber {
    tern_channel *ch;
    tern_fiber   *fiber;
    tern_code     unary, hanging, after;
    unsigned      n_read, n_ticks;
    bool          is_over;
};

static void call_from_afar(void *arg)
{
    far_fiber *f = arg;
    TERN_AUTO(test_answer) *reply = NULL;

    f->unary = echo_once(f->ch, NULL);
    f->n_read = count_to(f->ch, 10);
    f->hanging = test_probe_echo(f->ch, TEST_ASK(.hang = true), NULL, &reply).code;
    f->after = echo_once(f->ch, NULL);
    f->is_over = true;
}

// The other fibers of the poller go on meanwhile.
static void tick(void *arg)
{
    far_fiber *f = arg;

    while (!f->is_over) {
        f->n_ticks++;
        if (atomic_load(&the_server.n_hanging) == 1 && f->fiber) {
            tern_fiber_cancel(f->fiber);
            f->fiber = NULL;
        }
        (void)!tern_fiber_sleep(TERN_NS_PER_MS);
    }
}

static void test_fiber_of_another_poller_parks_and_may_be_cancelled(void **state)
{
    TERN_AUTO(tern_poller) *home = tern_poller_new(NULL);
    TERN_AUTO(tern_poller) *pinned = tern_poller_new(NULL);
    far_fiber   f = { .ch = connect_to_server(pinned) };
    tern_fiber *fiber;
    pthread_t   driver;

    (void)state;
    pthread_create(&driver, NULL, drive, pinned);
    assert_int_equal(tern_fiber_spawn(home, call_from_afar, &f, NULL, &fiber), 0);
    f.fiber = fiber;
    assert_int_equal(tern_fiber_spawn(home, tick, &f, NULL, NULL), 0);
    assert_int_equal(tern_poller_run_until_idle(home), 0);
    tern_fiber_detach(fiber);
    tern_poller_stop(pinned);
    pthread_join(driver, NULL);
    tern_channel_free(f.ch);

    assert_int_equal(f.unary, TERN_OK);
    assert_int_equal(f.n_read, 10);
    assert_int_equal(f.hanging, TERN_CANCELLED);
    assert_int_equal(f.after, TERN_OK);
    assert_true(f.n_ticks > 0);
}

// ---- what a plain thread began, in the hands of a fiber --------------------

typedef struct handed_over handed_over;
struct handed_over {
    test_probe_count_stream *stream;
    tern_call               *call;
    tern_code                codes[2];
    unsigned                 n_read;
};

static void finish_on_fiber(void *arg)
{
    handed_over *h = arg;

    while (test_probe_count_next(h->stream))
        h->n_read++;
    h->codes[0] = test_probe_count_status(h->stream).code;
    h->codes[1] = tern_wait_all(&h->call, 1).code;
    test_probe_count_stream_free(h->stream);
    tern_call_free(h->call);
}

static void test_fiber_stands_in_for_a_thread(void **state)
{
    TERN_AUTO(tern_channel) *ch = connect_to_server(NULL);
    TERN_AUTO(test_answer) *reply = NULL;
    handed_over h = { .stream = test_probe_count(ch, TEST_ASK(.count = 3), NULL),
                      .call = test_probe_echo_begin(ch, TEST_ASK(), NULL, &reply),
                      .codes = { TERN_UNKNOWN, TERN_UNKNOWN } };

    (void)state;
    run_on_fiber(finish_on_fiber, &h);
    assert_int_equal(h.n_read, 3);
    assert_int_equal(h.codes[0], TERN_OK);
    assert_int_equal(h.codes[1], TERN_OK);
    assert_non_null(reply);
}

// ---- the poller and the channel go at once -------------------------------

// Leaves before the channel's part, which came earlier; meanwhile another thread frees the channel.
typedef struct intruder intruder;
struct intruder {
    tern_guest    guest;
    tern_channel *ch;
};

static void *free_channel(void *ch)
{
    tern_channel_free(ch);
    return NULL;
}

static void have_channel_freed(tern_guest *guest)
{
    pthread_t other;

    pthread_create(&other, NULL, free_channel, TERN_CONTAINER_OF(guest, intruder, guest)->ch);
    pthread_join(other, NULL);
}

static void call_nobody(void *ch) { TERN_ASSERT(echo_once(ch, NULL) == TERN_UNAVAILABLE); }

static void test_bug_channel_freed_while_its_poller_sends_guests_away(void **state)
{
    tern_poller *p = tern_poller_new(NULL);
    intruder     x = { .guest.leave = have_channel_freed,
                       .ch = tern_connect("unix:@tern-nobody", NULL) };  // so it is gone at once

    (void)state;
    assert_int_equal(tern_fiber_spawn(p, call_nobody, x.ch, NULL, NULL), 0);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    assert_int_equal(tern_poller_join(p, &x.guest), 0);
    tern_poller_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_CALLS(test_bug_pinned_poller_that_nobody_drives),
        TERN_TEST_CALLS(test_threads_share_a_loop),
        TERN_TEST_CALLS(test_host_that_comes_later_takes_over),
        TERN_TEST_CALLS(test_fiber_of_another_poller_parks_and_may_be_cancelled),
        TERN_TEST_CALLS(test_fiber_stands_in_for_a_thread),
        TERN_TEST_CALLS(test_bug_channel_freed_while_its_poller_sends_guests_away),
    };

    return cmocka_run_group_tests(tests, fixture_warm_up, NULL);
}
