#include "tests/transport/fiber_fixture.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/log.h>

#include "tests/support/fake_clock.h"
#include "transport/base/sys_internal.h"

// ---- a fiber's life ------------------------------------------------------

static void test_spawn_runs_later_in_order(void **state)
{
    (void)state;
    spawn_detached(note_arg, "a");
    spawn_detached(note_arg, "b");
    note("-");
    step();
    assert_string_equal(steps, "-ab");
}

static void test_run_runs_at_once(void **state)
{
    (void)state;
    assert_int_equal(tern_fiber_run(poller, note_arg, "a"), 0);
    note("-");
    assert_string_equal(steps, "a-");
}

static void test_run_returns_at_the_first_park(void **state)
{
    parking p = { .deadline_ns = fake_clock_now_ns() + 5 * MS };

    (void)state;
    assert_int_equal(tern_fiber_run(poller, park_once, &p), 0);
    assert_int_equal(p.n_returns, 0);
    step_after(10);
    assert_int_equal(p.result, -ETIMEDOUT);
}

static void run_inside(void *unused)
{
    (void)unused;
    note("(");
    assert_int_equal(tern_fiber_run(poller, note_arg, "x"), 0);
    note(")");
}

static void test_run_inside_a_fiber_is_spawn(void **state)
{
    (void)state;
    assert_int_equal(tern_fiber_run(poller, run_inside, NULL), 0);
    step();
    assert_string_equal(steps, "()x");
}

static void note_self(void *ret_self) { *(tern_fiber **)ret_self = tern_fiber_current(); }

static void test_current_is_the_running_fiber(void **state)
{
    tern_fiber *self = NULL, *f = spawn(note_self, &self);

    (void)state;
    assert_null(tern_fiber_current());
    step();
    assert_ptr_equal(self, f);
    assert_null(tern_fiber_current());
    tern_fiber_detach(f);
}

static void yield_thrice(void *name)
{
    for (int i = 0; i < 3; i++) {
        note(name);
        tern_fiber_yield();
    }
}

static void test_yield_takes_turns(void **state)
{
    (void)state;
    spawn_detached(yield_thrice, "a");
    spawn_detached(yield_thrice, "b");
    step();
    assert_string_equal(steps, "ababab");
}

static void yield_until_told(void *is_over)
{
    while (!*(bool *)is_over)
        tern_fiber_yield();
}

static struct {
    tern_timer timer;
    bool       is_over;
} alarm_clock;

static void set_flag(tern_timer *t)
{
    (void)t;
    alarm_clock.is_over = true;
}

static void test_yielding_for_ever_does_not_stop_the_loop(void **state)
{
    (void)state;
    alarm_clock.is_over = false;
    tern_timer_init(&alarm_clock.timer, set_flag);
    tern_timer_set(tern_poller_wheel(poller), &alarm_clock.timer, fake_clock_now_ns() + 5 * MS);
    spawn_detached(yield_until_told, &alarm_clock.is_over);
    spawn_detached(yield_until_told, &alarm_clock.is_over);
    step();
    assert_false(alarm_clock.is_over);
    step_after(10);
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    assert_true(alarm_clock.is_over);
}

static void test_a_pooled_fiber_is_used_again(void **state)
{
    tern_fiber *first, *second;

    (void)state;
    assert_int_equal(tern_fiber_run(poller, note_self, &first), 0);
    assert_int_equal(tern_fiber_run(poller, note_self, &second), 0);
    assert_ptr_equal(first, second);
}

static void test_a_live_fiber_keeps_the_poller_busy(void **state)
{
    parking     p = { 0 };
    tern_fiber *f = spawn(park_once, &p);

    (void)state;
    step();
    tern_fiber_ready(f);
    assert_int_equal(tern_poller_run_until_idle(poller), 0);
    assert_int_equal(p.n_returns, 1);
    tern_fiber_detach(f);
}

// ---- join ----------------------------------------------------------------

static void join_arg(void *f)
{
    assert_int_equal(tern_fiber_join(f), 0);
    note("joined");
}

static void test_join_waits_for_the_end(void **state)
{
    (void)state;
    spawn_detached(join_arg, spawn(sleep_then_note, "slept "));
    step();
    assert_string_equal(steps, "");
    step_after(10);
    assert_string_equal(steps, "slept joined");
}

static void test_join_after_the_end_returns_at_once(void **state)
{
    tern_fiber *f = spawn(note_arg, "a");

    (void)state;
    step();
    spawn_detached(join_arg, f);
    step();
    assert_string_equal(steps, "ajoined");
}

static void test_join_on_a_plain_thread_drives_the_poller(void **state)
{
    (void)state;
    terni_sys_table.now_ns = terni_sys_kernel.now_ns;
    assert_int_equal(tern_fiber_join(spawn(sleep_then_note, "slept")), 0);
    assert_string_equal(steps, "slept");
}

static void join_self(void *ret_err) { *(int *)ret_err = tern_fiber_join(tern_fiber_current()); }

static void test_join_of_oneself_is_refused(void **state)
{
    int         err = 0;
    tern_fiber *f = spawn(join_self, &err);

    (void)state;
    step();
    assert_int_equal(err, -EDEADLK);
    tern_fiber_detach(f);
}

typedef struct joining joining;
struct joining {
    tern_fiber *target;
    int         err;
};

static void join_target(void *arg)
{
    joining *j = arg;

    j->err = tern_fiber_join(j->target);
}

static void test_a_second_join_is_refused(void **state)
{
    parking p = { 0 };
    joining first = { spawn(park_once, &p), 1 }, second = { first.target, 1 };

    (void)state;
    spawn_detached(join_target, &first);
    spawn_detached(join_target, &second);
    step();
    assert_int_equal(second.err, -EINVAL);
    tern_fiber_ready(first.target);
    step();
    assert_int_equal(first.err, 0);
}

static void test_a_cancelled_join_leaves_the_handle(void **state)
{
    parking     p = { 0 };
    joining     j = { spawn(park_once, &p), 1 };
    tern_fiber *joiner = spawn(join_target, &j);

    (void)state;
    step();
    tern_fiber_cancel(joiner);
    step();
    assert_int_equal(j.err, -ECANCELED);
    tern_fiber_ready(j.target);
    tern_fiber_detach(joiner);
    assert_int_equal(tern_fiber_join(j.target), 0);
}

// ---- from other threads --------------------------------------------------

enum { N_POSTS = IS_SANITIZED ? 500 : 5000 };

typedef struct posting posting;
struct posting {
    tern_fiber *fiber;
    atomic_int  n_seen;
};

static void count_posts(void *arg)
{
    posting *p = arg;

    for (int i = 0; i < N_POSTS; i++) {
        assert_int_equal(tern_fiber_park("another thread", TERN_NEVER), 0);
        atomic_fetch_add(&p->n_seen, 1);
    }
}

static void *post_each(void *arg)
{
    posting *p = arg;

    for (int i = 0; i < N_POSTS; i++) {
        tern_fiber_ready_from_anywhere(p->fiber);
        while (atomic_load(&p->n_seen) == i)
            sched_yield();
    }
    return NULL;
}

static void test_another_thread_readies(void **state)
{
    posting   p = { 0 };
    pthread_t thread;

    (void)state;
    terni_sys_table.now_ns = terni_sys_kernel.now_ns;
    p.fiber = spawn(count_posts, &p);
    step();
    assert_int_equal(pthread_create(&thread, NULL, post_each, &p), 0);
    assert_int_equal(tern_fiber_join(p.fiber), 0);
    pthread_join(thread, NULL);
    assert_int_equal(p.n_seen, N_POSTS);
}

static void *cancel_it(void *f)
{
    tern_fiber_cancel_from_anywhere(f);
    return NULL;
}

static void test_another_thread_cancels(void **state)
{
    parking     p = { .result = 1 };
    tern_fiber *f = spawn(park_once, &p);
    pthread_t   thread;

    (void)state;
    assert_int_equal(pthread_create(&thread, NULL, cancel_it, f), 0);
    assert_int_equal(tern_fiber_join(f), 0);
    pthread_join(thread, NULL);
    assert_int_equal(p.result, -ECANCELED);
}

// The post is on its way when the fiber ends: its memory must not serve another before it has come.
static void test_a_late_post_does_not_hit_the_next_fiber(void **state)
{
    parking     p = { .deadline_ns = fake_clock_now_ns() + 5 * MS }, q = { 0 };
    tern_fiber *f = spawn(park_once, &p), *next;

    (void)state;
    step();
    fake_clock_advance(10 * MS);
    tern_wheel_advance(tern_poller_wheel(poller), fake_clock_now_ns(), 100);
    assert_int_equal(tern_fiber_run(poller, note_arg, ""), 0);  // leaves a fiber in the pool
    tern_fiber_ready_from_anywhere(f);
    tern_fiber_detach(f);
    step();
    next = spawn(park_once, &q);
    step();
    assert_int_equal(p.n_returns, 1);
    assert_int_equal(q.n_returns, 0);
    tern_fiber_ready(next);
    assert_int_equal(tern_fiber_join(next), 0);
}

// ---- fiber-local storage -------------------------------------------------

static tern_fiber_key key, dropping_key;

static void drop_after_sleep(void *value)
{
    assert_int_equal(tern_fiber_sleep(MS), 0);
    note(value);
}

static void use_slots(void *value)
{
    assert_null(tern_fiber_get(key));
    assert_int_equal(tern_fiber_set(key, value), 0);
    assert_int_equal(tern_fiber_set(dropping_key, value), 0);
    tern_fiber_yield();
    assert_ptr_equal(tern_fiber_get(key), value);
}

static void test_slots_belong_to_a_fiber(void **state)
{
    (void)state;
    for (int i = 0; i < 2; i++) {
        spawn_detached(use_slots, "a");
        spawn_detached(use_slots, "b");
        step();
        step_after(5);
        assert_int_equal(strlen(steps), 2 * (i + 1));  // in either order
        assert_true(strchr(steps, 'a') && strchr(steps, 'b'));
    }
}

static void test_slots_outside_of_fibers_are_refused(void **state)
{
    (void)state;
    assert_null(tern_fiber_get(key));
    assert_int_equal(tern_fiber_set(key, steps), -EDEADLK);
}

static void test_keys_run_out(void **state)
{
    tern_fiber_key k;

    (void)state;
    for (int i = 2; i < TERN_MAX_FIBER_KEYS; i++)
        assert_int_equal(tern_fiber_key_new(NULL, &k), 0);
    assert_int_equal(tern_fiber_key_new(NULL, &k), -ENOSPC);
}

// ---- for people ----------------------------------------------------------

static void test_dump_names_fibers_and_what_they_wait_for(void **state)
{
    parking               p = { .deadline_ns = fake_clock_now_ns() + 500 * MS };
    const tern_fiber_opts opts = { .name = "greeter" };
    FILE                 *file = tmpfile();
    char                  text[1024] = "";
    tern_fiber           *f;

    (void)state;
    assert_int_equal(tern_fiber_spawn(poller, park_once, &p, &opts, &f), 0);
    step();
    step_after(20);
    tern_dump_fibers(poller, fileno(file));
    rewind(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(text, "greeter: waits for a test since 20.000 ms, at most 480.000 ms"));
    assert_non_null(strstr(text, "stopped at"));
    tern_fiber_cancel(f);
    assert_int_equal(tern_fiber_join(f), 0);
}

// ---- the end of a poller -------------------------------------------------

static void keep_line(tern_log_level level, const char *line, void *last_ptr)
{
    char **last = last_ptr;

    (void)level;
    free(*last);
    *last = strdup(line);
}

static void park_stubbornly(void *unused)
{
    (void)unused;
    for (;;)
        if (tern_fiber_park("ever", TERN_NEVER) < 0)
            note("no ");
}

static void free_poller(void)
{
    tern_poller_free(poller);
    poller = NULL;
}

static void test_freeing_the_poller_cancels_its_fibers(void **state)
{
    parking p = { .result = 1 };

    (void)state;
    spawn_detached(park_once, &p);
    step();
    free_poller();
    assert_int_equal(p.result, -ECANCELED);
}

static void test_a_fiber_that_will_not_end_is_reported(void **state)
{
    char *last_line = NULL;

    (void)state;
    tern_log_set(keep_line, &last_line, TERN_LOG_WARNING);
    spawn_detached(park_stubbornly, NULL);
    step();
    free_poller();
    tern_log_set(NULL, NULL, TERN_LOG_WARNING);
    assert_non_null(last_line);
    assert_non_null(strstr(last_line, "1 fiber"));
    free(last_line);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        FIBER_TEST(test_spawn_runs_later_in_order),
        FIBER_TEST(test_run_runs_at_once),
        FIBER_TEST(test_run_returns_at_the_first_park),
        FIBER_TEST(test_run_inside_a_fiber_is_spawn),
        FIBER_TEST(test_current_is_the_running_fiber),
        FIBER_TEST(test_yield_takes_turns),
        FIBER_TEST(test_yielding_for_ever_does_not_stop_the_loop),
        FIBER_TEST(test_a_pooled_fiber_is_used_again),
        FIBER_TEST(test_a_live_fiber_keeps_the_poller_busy),
        FIBER_TEST(test_join_waits_for_the_end),
        FIBER_TEST(test_join_after_the_end_returns_at_once),
        FIBER_TEST(test_join_on_a_plain_thread_drives_the_poller),
        FIBER_TEST(test_join_of_oneself_is_refused),
        FIBER_TEST(test_a_second_join_is_refused),
        FIBER_TEST(test_a_cancelled_join_leaves_the_handle),
        FIBER_TEST(test_another_thread_readies),
        FIBER_TEST(test_another_thread_cancels),
        FIBER_TEST(test_a_late_post_does_not_hit_the_next_fiber),
        FIBER_TEST(test_slots_belong_to_a_fiber),
        FIBER_TEST(test_slots_outside_of_fibers_are_refused),
        FIBER_TEST(test_keys_run_out),
        FIBER_TEST(test_dump_names_fibers_and_what_they_wait_for),
        FIBER_TEST(test_freeing_the_poller_cancels_its_fibers),
        FIBER_TEST(test_a_fiber_that_will_not_end_is_reported),
    };

    if (tern_fiber_key_new(NULL, &key) < 0 ||
        tern_fiber_key_new(drop_after_sleep, &dropping_key) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
