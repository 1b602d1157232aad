// How a call on the server comes and goes. No handlers, no connection: what it is told is a terni_open.
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/server/ctx_life_internal.h"
#include "tests/rpc/fakes/journal.h"
#include "tests/rpc/fakes/letters.h"
#include "tests/support/death.h"
#include "tests/support/fake_clock.h"
#include "tests/support/leak.h"
#include "tests/support/wait_for.h"

#define START (1000 * TERN_NS_PER_S)

typedef struct stage stage;
struct stage {
    terni_policy   policy;
    terni_ctx_pool pool;
    terni_home     home;
    terni_caller   caller;
    terni_method   method;
    tern_poller   *poller;
};

static void on_emptied(terni_caller *caller)
{
    assert_null(caller->calls);
    journal_say("emptied ");
}

static void begin(stage *s)
{
    fake_clock_start(START);
    journal_clear();
    *s = (stage){ .poller = tern_poller_new(NULL),
                  .method = { .def = &letters_methods[TERN_UNARY] } };
    terni_ctx_pool_init(&s->pool);
    s->home = (terni_home){
        .poller = s->poller, .policy = &s->policy, .pool = &s->pool, .emptied = on_emptied
    };
    s->caller = (terni_caller){ .home = &s->home };
}

static void end(stage *s)
{
    assert_null(s->caller.calls);
    terni_ctx_pool_done(&s->pool);
    tern_poller_free(s->poller);
}

static tern_ctx *open_call(stage *s, uint64_t timeout_us)
{
    return terni_ctx_open(&s->caller,
                          &(terni_open){ .method = &s->method, .timeout_us = timeout_us });
}

// As when it is given up before it was complete.
static void release(tern_ctx *ctx) { terni_ctx_release(ctx); }

static void release_after_its_handler(tern_ctx *ctx)
{
    terni_ctx_set_state(ctx, TERNI_CTX_RUNNING);
    terni_ctx_set_state(ctx, TERNI_CTX_DONE);
    terni_ctx_release(ctx);
}

static void step(stage *s) { assert_int_equal(tern_poller_step(s->poller, 0), 0); }

// ---- states --------------------------------------------------------------

// As they are drawn in ctx_internal.h; that a released call is released again is what lands after it.
static const char *const arrows[TERNI_N_CTX_STATES] = {
    //                         FREE OPEN RUNNING OFFLOADED ANSWERED DONE RELEASED
    [TERNI_CTX_FREE] = "-x-----",     [TERNI_CTX_OPEN] = "--x-x-x",
    [TERNI_CTX_RUNNING] = "---xxx-",  [TERNI_CTX_OFFLOADED] = "--x----",
    [TERNI_CTX_ANSWERED] = "-----x-", [TERNI_CTX_DONE] = "------x",
    [TERNI_CTX_RELEASED] = "x-----x",
};

typedef struct arrow arrow;
struct arrow {
    terni_ctx_state from, to;
};

static void take_arrow(void *arg)
{
    const arrow *a = arg;
    tern_ctx    *ctx = calloc(1, sizeof *ctx);

    ctx->state = (uint8_t)a->from;
    terni_ctx_set_state(ctx, a->to);
    TERN_ASSERT(ctx->state == (uint8_t)a->to);
    free(ctx);
}

static void test_arrows_that_are_drawn_are_all_that_there_are(void **state)
{
    (void)state;
    for (unsigned from = 0; from < TERNI_N_CTX_STATES; from++) {
        for (unsigned to = 0; to < TERNI_N_CTX_STATES; to++) {
            arrow a = { (terni_ctx_state)from, (terni_ctx_state)to };

            if (arrows[from][to] == 'x')
                take_arrow(&a);
            else if (!dies(take_arrow, &a))  // inline, so with the test's own asserts
                fail_msg("%u -> %u", from, to);
        }
    }
}

// ---- the pool ------------------------------------------------------------

static void test_call_is_on_its_callers_list_until_it_is_released(void **state)
{
    tern_ctx *a, *b;
    stage     s;

    (void)state;
    begin(&s);
    a = open_call(&s, 0);
    b = open_call(&s, 0);
    assert_int_equal(a->state, TERNI_CTX_OPEN);
    assert_ptr_equal(s.caller.calls, b);  // newest first
    assert_ptr_equal(b->next, a);
    assert_ptr_equal(a->handle.ctx, a);
    release(b);
    assert_ptr_equal(s.caller.calls, a);
    release_after_its_handler(a);
    assert_int_equal(s.pool.n_free, 2);
    end(&s);
}

static void test_memory_of_a_call_serves_again_as_new(void **state)
{
    tern_ctx *ctx, *again;
    stage     s;

    (void)state;
    begin(&s);
    ctx = open_call(&s, 5000);
    (void)!tern_fail(ctx, TERN_NOT_FOUND, "%s", "a text");
    tern_ctx_set_value(ctx, &s, &s);
    assert_non_null(tern_ctx_alloc(ctx, 1, 10000));
    ctx->is_spoiled = ctx->has_ended_in = true;
    release(ctx);
    again = open_call(&s, 0);
    assert_ptr_equal(again, ctx);
    assert_int_equal(again->code, TERN_OK);
    assert_null(again->message);
    assert_null(tern_ctx_value(again, &s));
    assert_false(again->is_spoiled || again->has_ended_in || again->is_counted);
    assert_int_equal(again->as_parent.deadline_ns, TERN_NEVER);
    release(again);
    end(&s);
}

static void test_pool_keeps_so_many(void **state)
{
    stage s;

    (void)state;
    begin(&s);
    for (int i = 0; i < TERNI_MAX_FREE_CALLS + 10; i++)
        assert_non_null(open_call(&s, 0));
    while (s.caller.calls)
        release(s.caller.calls);
    assert_int_equal(s.pool.n_free, TERNI_MAX_FREE_CALLS);
    end(&s);
}

static void test_last_call_of_a_caller_that_ends_empties_it(void **state)
{
    tern_ctx *a, *b;
    stage     s;

    (void)state;
    begin(&s);
    a = open_call(&s, 0);
    b = open_call(&s, 0);
    release(open_call(&s, 0));
    s.caller.is_ending = true;
    release(a);
    assert_string_equal(journal_take(), "");
    release(b);
    assert_string_equal(journal_take(), "emptied ");
    end(&s);
}

// ---- limits --------------------------------------------------------------

static void test_call_beyond_the_servers_limit_says_so(void **state)
{
    tern_ctx *a, *b;
    stage     s;

    (void)state;
    begin(&s);
    s.policy.calls.max = 1;
    a = open_call(&s, 0);
    assert_int_equal(a->code, TERN_OK);
    b = open_call(&s, 0);
    assert_int_equal(b->code, TERN_RESOURCE_EXHAUSTED);
    assert_string_equal(b->message, "the server has max_calls (1) calls in progress");
    release(b);  // which was never counted
    assert_int_equal(s.policy.calls.used, 1);
    release(a);
    assert_int_equal(s.policy.calls.used, 0);
    end(&s);
}

// Without a limit of the program's.
static void test_calls_of_a_poller_have_an_end(void **state)
{
    tern_ctx *ctx;
    stage     s;

    (void)state;
    begin(&s);
    s.pool.n_made = TERNI_MAX_CALLS - 1;  // as if so many were in progress
    ctx = open_call(&s, 0);
    assert_int_equal(ctx->code, TERN_OK);
    s.pool.n_made++;
    assert_null(s.pool.free);
    {
        tern_ctx *one_more = open_call(&s, 0);

        assert_int_equal(one_more->code, TERN_RESOURCE_EXHAUSTED);
        assert_non_null(strstr(one_more->message, "max_calls (100000)"));
        release(one_more);
    }
    release(ctx);
    s.pool.n_made = 2;
    end(&s);
}

static void test_call_beyond_its_methods_limit_is_not_counted_at_all(void **state)
{
    terni_quota of_method = { .max = 1 };
    tern_ctx   *a, *b;
    stage       s;

    (void)state;
    begin(&s);
    s.policy.calls.max = 10;
    s.method.calls = &of_method;
    a = open_call(&s, 0);
    b = open_call(&s, 0);
    assert_int_equal(b->code, TERN_RESOURCE_EXHAUSTED);
    assert_string_equal(b->message, "/test.Letters/Send has its max_calls (1) in progress");
    assert_int_equal(s.policy.calls.used, 1);
    release(a);
    release(b);
    assert_int_equal(s.policy.calls.used, 0);
    assert_int_equal(of_method.used, 0);
    end(&s);
}

static void test_call_of_no_method_counts_against_the_server(void **state)
{
    tern_ctx *ctx;
    stage     s;

    (void)state;
    begin(&s);
    s.policy.calls.max = 1;
    ctx = terni_ctx_open(&s.caller, &(terni_open){ .method = NULL });
    assert_int_equal(s.policy.calls.used, 1);
    release(ctx);
    assert_int_equal(s.policy.calls.used, 0);
    end(&s);
}

// ---- deadlines -----------------------------------------------------------

static uint64_t deadline_us_of(stage *s, uint64_t timeout_us)
{
    tern_ctx *ctx = open_call(s, timeout_us);
    uint64_t  deadline_ns = ctx->as_parent.deadline_ns;

    release(ctx);
    return deadline_ns == TERN_NEVER ? UINT64_MAX : (deadline_ns - START) / 1000;
}

static void test_deadline_is_the_callers_capped_by_the_servers(void **state)
{
    stage s;

    (void)state;
    begin(&s);
    assert_int_equal(deadline_us_of(&s, 0), UINT64_MAX);
    assert_int_equal(deadline_us_of(&s, 1), 1);
    assert_int_equal(deadline_us_of(&s, 5 * 1000 * 1000), 5 * 1000 * 1000);
    assert_int_equal(deadline_us_of(&s, UINT64_MAX), UINT64_MAX);
    assert_int_equal(deadline_us_of(&s, UINT64_MAX / 1000), UINT64_MAX);
    s.policy.max_timeout_ms = 100;
    assert_int_equal(deadline_us_of(&s, 0), 100 * 1000);
    assert_int_equal(deadline_us_of(&s, 5 * 1000), 5 * 1000);
    assert_int_equal(deadline_us_of(&s, UINT64_MAX), 100 * 1000);
    s.policy.max_timeout_ms = -1;
    assert_int_equal(deadline_us_of(&s, 0), UINT64_MAX);
    end(&s);
}

// ---- metadata ------------------------------------------------------------

static void test_metadata_live_as_long_as_the_call(void **state)
{
    char       value[] = "ada";
    terni_meta entries[] = { { "user", (const uint8_t *)value, 4, 3 },
                             { "user", (const uint8_t *)"eve", 4, 3 } };
    tern_ctx  *ctx;
    stage      s;

    (void)state;
    begin(&s);
    ctx = terni_ctx_open(&s.caller, &(terni_open){ .metadata = { entries, 2 } });
    memset(value, '?', 3);
    assert_int_equal(ctx->n_metadata, 2);
    assert_string_equal(ctx->metadata[0].value, "ada");
    assert_string_equal(tern_ctx_metadata(ctx, "user")->value, "eve");  // the last one
    assert_null(tern_ctx_metadata(ctx, "use"));
    release(ctx);
    end(&s);
}

// ---- what comes from any thread ------------------------------------------

static void note(tern_ctx *ctx, void *arg)
{
    (void)ctx;
    journal_say("%s ", (const char *)arg);
}

static void test_call_stays_until_what_was_posted_has_run(void **state)
{
    static char first[] = "first", second[] = "second";
    tern_ctx   *ctx;
    stage       s;

    (void)state;
    begin(&s);
    ctx = open_call(&s, 0);
    s.caller.is_ending = true;
    tern_ctx_post(ctx, note, first);
    tern_ctx_post(ctx, note, second);
    release_after_its_handler(ctx);
    assert_int_equal(ctx->state, TERNI_CTX_RELEASED);
    assert_ptr_equal(s.caller.calls, ctx);
    assert_string_equal(journal_take(), "");
    step(&s);
    assert_string_equal(journal_take(), "first second emptied ");
    assert_int_equal(ctx->state, TERNI_CTX_FREE);
    end(&s);
}

static void test_what_was_posted_may_post_again(void **state)
{
    static char again[] = "again";
    tern_ctx   *ctx;
    stage       s;

    (void)state;
    begin(&s);
    ctx = open_call(&s, 0);
    for (int i = 0; i < 3; i++) {
        tern_ctx_post(ctx, note, again);
        step(&s);
        assert_string_equal(journal_take(), "again ");
        assert_false(ctx->is_slot_taken);  // the first thing needs no memory
    }
    release(ctx);
    end(&s);
}

static void test_call_that_tasks_name_is_released_again(void **state)
{
    tern_ctx *ctx;
    stage     s;

    (void)state;
    begin(&s);
    ctx = open_call(&s, 0);
    ctx->is_ready_queued = true;
    release_after_its_handler(ctx);
    assert_int_equal(ctx->state, TERNI_CTX_RELEASED);
    ctx->is_ready_queued = false;  // as the task does
    terni_ctx_release(ctx);
    assert_int_equal(ctx->state, TERNI_CTX_FREE);
    end(&s);
}

enum { N_POSTS = 2000 };

static void count_one(tern_ctx *ctx, void *n)
{
    (void)ctx;
    ++*(unsigned *)n;
}

typedef struct posting posting;
struct posting {
    tern_ctx *ctx;
    unsigned *n;
};

static void *post_many(void *arg)
{
    const posting *p = arg;

    for (int i = 0; i < N_POSTS; i++)
        tern_ctx_post(p->ctx, count_one, p->n);
    return NULL;
}

static bool all_have_run(void *n) { return *(const unsigned *)n >= 3 * N_POSTS; }

static void test_each_post_of_each_thread_runs_once(void **state)
{
    pthread_t threads[3];
    unsigned  n = 0;
    posting   p = { .n = &n };
    stage     s;

    (void)state;
    begin(&s);
    p.ctx = open_call(&s, 0);
    for (int i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, post_many, &p), 0);
    wait_driving(s.poller, all_have_run, &n, "posts");
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    step(&s);
    assert_int_equal(n, 3 * N_POSTS);
    release(p.ctx);
    end(&s);
}

static void *post_three(void *arg)
{
    const posting *p = arg;

    for (int i = 0; i < 3; i++)
        tern_ctx_post(p->ctx, count_one, p->n);
    return NULL;
}

static bool all_have_come(void *n) { return *(const unsigned *)n == 3; }

// An answer that could not come back would be a call that never ends.
static void test_post_without_memory_waits_for_the_slot(void **state)
{
    pthread_t thread;
    unsigned  n = 0;
    posting   p = { .n = &n };
    stage     s;

    (void)state;
    begin(&s);
    p.ctx = open_call(&s, 0);
    fail_malloc_at(1, UINT64_MAX);
    assert_int_equal(pthread_create(&thread, NULL, post_three, &p), 0);
    wait_driving(s.poller, all_have_come, &n, "three posts");
    pthread_join(thread, NULL);
    fail_malloc_at(0, 0);
    release(p.ctx);
    end(&s);
}

// ---- memory --------------------------------------------------------------

static char long_value[5000];

static void open_one(void *arg)
{
    const terni_meta entry = { "k", (const uint8_t *)long_value, 1, sizeof long_value };
    stage           *s = arg;
    tern_ctx        *ctx = terni_ctx_open(&s->caller, &(terni_open){ .metadata = { &entry, 1 } });

    if (ctx) {
        assert_int_equal(ctx->code, fail_malloc_has_failed() ? TERN_RESOURCE_EXHAUSTED : TERN_OK);
        release(ctx);
    }
    terni_ctx_pool_done(&s->pool);
    terni_ctx_pool_init(&s->pool);
}

static void test_call_without_memory_is_none_or_says_so(void **state)
{
    stage s;

    (void)state;
    begin(&s);
    open_one(&s);  // the poller's pool has what it needs
    assert_int_equal(for_each_failed_allocation(open_one, &s), 1);
    end(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_arrows_that_are_drawn_are_all_that_there_are),
        TERN_TEST(test_call_is_on_its_callers_list_until_it_is_released),
        TERN_TEST(test_memory_of_a_call_serves_again_as_new),
        TERN_TEST(test_pool_keeps_so_many),
        TERN_TEST(test_last_call_of_a_caller_that_ends_empties_it),
        TERN_TEST(test_call_beyond_the_servers_limit_says_so),
        TERN_TEST(test_calls_of_a_poller_have_an_end),
        TERN_TEST(test_call_beyond_its_methods_limit_is_not_counted_at_all),
        TERN_TEST(test_call_of_no_method_counts_against_the_server),
        TERN_TEST(test_deadline_is_the_callers_capped_by_the_servers),
        TERN_TEST(test_metadata_live_as_long_as_the_call),
        TERN_TEST(test_call_stays_until_what_was_posted_has_run),
        TERN_TEST(test_what_was_posted_may_post_again),
        TERN_TEST(test_call_that_tasks_name_is_released_again),
        TERN_TEST(test_each_post_of_each_thread_runs_once),
        TERN_TEST(test_post_without_memory_waits_for_the_slot),
        TERN_TEST(test_call_without_memory_is_none_or_says_so),
    };

    return cmocka_run_group_tests(tests, letters_warm_up, NULL);
}
