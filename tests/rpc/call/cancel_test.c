// Switches that end calls, and what watches them. A poller, and no calls.
#include "tests/support/leak.h"

#include <pthread.h>
#include <stdatomic.h>

#include "rpc/call/cancel_internal.h"

typedef struct call call;
struct call {
    terni_watch *watch;
    unsigned     n_fired;
    tern_code    code;  // that it was fired with
    bool         ends_when_fired;
};

static void on_fired(void *arg, tern_code code)
{
    call *c = arg;

    c->n_fired++;
    c->code = code;
    if (c->ends_when_fired) {
        terni_watch_end(c->watch);
        c->watch = NULL;
    }
}

static tern_code watch(call *c, tern_cancel *cancel, tern_poller *p)
{
    *c = (call){ .watch = terni_watch_new(cancel, p, on_fired, c) };
    assert_non_null(c->watch);
    return terni_watch_start(c->watch);
}

static void step(tern_poller *p) { assert_int_equal(tern_poller_step(p, 0), 0); }

// ---- firing --------------------------------------------------------------

static void test_fired_cancel_is_carried_to_each_call_once(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    call calls[3];

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(watch(&calls[i], cancel, p), TERN_OK);
    tern_cancel_fire(cancel);
    tern_cancel_fire(cancel);
    for (int i = 0; i < 3; i++)
        assert_int_equal(calls[i].n_fired, 0);  // by a task
    step(p);
    for (int i = 0; i < 3; i++) {
        assert_int_equal(calls[i].n_fired, 1);
        assert_int_equal(calls[i].code, TERN_CANCELLED);
        terni_watch_end(calls[i].watch);
    }
    step(p);
}

static void test_call_that_comes_later_hears_at_once(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    call c;

    (void)state;
    tern_cancel_fire(cancel);
    assert_int_equal(watch(&c, cancel, p), TERN_CANCELLED);
    assert_int_equal(terni_watch_fired(c.watch), TERN_CANCELLED);
    step(p);
    assert_int_equal(c.n_fired, 0);
    terni_watch_end(c.watch);
}

static void test_first_code_stays(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    call c;

    (void)state;
    assert_int_equal(watch(&c, cancel, p), TERN_OK);
    assert_int_equal(terni_watch_fired(c.watch), TERN_OK);
    terni_cancel_fire_with(cancel, TERN_DEADLINE_EXCEEDED);
    assert_int_equal(terni_watch_fired(c.watch), TERN_DEADLINE_EXCEEDED);
    tern_cancel_fire(cancel);
    step(p);
    assert_int_equal(c.code, TERN_DEADLINE_EXCEEDED);
    terni_watch_end(c.watch);
}

static void test_fire_of_nothing_is_nothing(void **state)
{
    (void)state;
    tern_cancel_fire(NULL);
    tern_cancel_free(NULL);
    terni_watch_end(NULL);
}

// ---- ends ----------------------------------------------------------------

static void test_call_that_has_ended_is_not_told(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    call before, between;

    (void)state;
    assert_int_equal(watch(&before, cancel, p), TERN_OK);
    assert_int_equal(watch(&between, cancel, p), TERN_OK);
    terni_watch_end(before.watch);
    tern_cancel_fire(cancel);
    terni_watch_end(between.watch);  // its task is on the way
    step(p);
    assert_int_equal(before.n_fired + between.n_fired, 0);
}

static void test_watch_may_end_as_it_is_told(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    call c;

    (void)state;
    assert_int_equal(watch(&c, cancel, p), TERN_OK);
    c.ends_when_fired = true;
    tern_cancel_fire(cancel);
    step(p);
    assert_int_equal(c.n_fired, 1);
    assert_null(c.watch);
}

static void test_watch_that_was_never_started_ends_as_well(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    call         c;
    terni_watch *w = terni_watch_new(cancel, p, on_fired, &c);

    (void)state;
    tern_cancel_fire(cancel);
    terni_watch_end(w);
}

static void test_cancel_goes_with_the_last_that_holds_it(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    tern_cancel *cancel = tern_cancel_new();
    call         first, last;

    (void)state;
    assert_int_equal(watch(&first, cancel, p), TERN_OK);
    assert_int_equal(watch(&last, cancel, p), TERN_OK);
    terni_watch_end(first.watch);
    tern_cancel_free(cancel);
    terni_cancel_fire_with(last.watch->cancel, TERN_CANCELLED);
    step(p);
    assert_int_equal(last.n_fired, 1);
    terni_watch_end(last.watch);
}

// ---- with a deadline -----------------------------------------------------

static void test_scope_has_a_deadline_others_have_none(void **state)
{
    TERN_AUTO(tern_cancel) *scope = terni_cancel_new_until(42);
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();

    (void)state;
    assert_int_equal(terni_cancel_deadline_ns(scope), 42);
    assert_int_equal(terni_cancel_deadline_ns(cancel), TERN_NEVER);
}

static void test_each_reason_has_a_sentence(void **state)
{
    (void)state;
    assert_string_equal(terni_cancel_reason(TERN_CANCELLED), "the call was cancelled");
    assert_non_null(terni_cancel_reason(TERN_DEADLINE_EXCEEDED));
    assert_non_null(terni_cancel_reason(TERN_RESOURCE_EXHAUSTED));
}

// ---- a race --------------------------------------------------------------

enum { N_ROUNDS = 2000 };

typedef struct race race;
struct race {
    _Atomic(tern_cancel *) cancel;  // of this round; NULL: the next is awaited
    atomic_bool            is_over;
};

static void *fire_each(void *arg)
{
    race *r = arg;

    while (!atomic_load(&r->is_over)) {
        tern_cancel *cancel = atomic_exchange(&r->cancel, NULL);

        tern_cancel_fire(cancel);
        tern_cancel_free(cancel);
    }
    return NULL;
}

// The owner ends while another thread fires: told or not, it is told once, and before its end.
static void test_owner_may_end_while_another_thread_fires(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    race      r = { .cancel = NULL };
    pthread_t thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, fire_each, &r), 0);
    for (int i = 0; i < N_ROUNDS; i++) {
        tern_cancel *cancel = tern_cancel_new();
        call         c;

        assert_int_equal(watch(&c, cancel, p), TERN_OK);
        atomic_store(&r.cancel, cancel);
        for (int k = 0; k < i % 4; k++)
            step(p);
        assert_true(c.n_fired <= 1);
        terni_watch_end(c.watch);
        tern_cancel_free(atomic_exchange(&r.cancel, NULL));
    }
    atomic_store(&r.is_over, true);
    pthread_join(thread, NULL);
    step(p);
}

// ---- memory --------------------------------------------------------------

static void make_and_watch(void *arg)
{
    tern_poller *p = arg;
    tern_cancel *cancel = tern_cancel_new();
    call         c = { .n_fired = 0 };

    c.watch = terni_watch_new(cancel, p, on_fired, &c);
    if (c.watch && terni_watch_start(c.watch) == TERN_OK)
        assert_true(!fail_malloc_has_failed());
    terni_watch_end(c.watch);
    tern_cancel_free(cancel);
}

static void test_without_memory_a_cancel_ends_what_it_is_given_to(void **state)
{
    TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
    tern_cancel *dead;
    call         c;

    (void)state;
    assert_int_equal(for_each_failed_allocation(make_and_watch, p), 2);
    fail_malloc_at(1, 1);
    dead = tern_cancel_new();
    fail_malloc_at(0, 0);
    assert_int_equal(watch(&c, dead, p), TERN_RESOURCE_EXHAUSTED);
    assert_int_equal(terni_cancel_deadline_ns(dead), TERN_NEVER);
    tern_cancel_fire(dead);
    terni_watch_end(c.watch);
    tern_cancel_free(dead);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_fired_cancel_is_carried_to_each_call_once),
        TERN_TEST(test_call_that_comes_later_hears_at_once),
        TERN_TEST(test_first_code_stays),
        TERN_TEST(test_fire_of_nothing_is_nothing),
        TERN_TEST(test_call_that_has_ended_is_not_told),
        TERN_TEST(test_watch_may_end_as_it_is_told),
        TERN_TEST(test_watch_that_was_never_started_ends_as_well),
        TERN_TEST(test_cancel_goes_with_the_last_that_holds_it),
        TERN_TEST(test_scope_has_a_deadline_others_have_none),
        TERN_TEST(test_each_reason_has_a_sentence),
        TERN_TEST(test_owner_may_end_while_another_thread_fires),
        TERN_TEST(test_without_memory_a_cancel_ends_what_it_is_given_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
