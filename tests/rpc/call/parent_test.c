// On whose behalf a call is made. Handlers are what the test says they are.
#include "tests/support/leak.h"

#include <tern/fiber.h>
#include <tern/poller.h>

#include "rpc/call/cancel_internal.h"
#include "rpc/call/parent_internal.h"

// ---- handlers, as a server would tell of them -----------------------------

static terni_parent *running;  // whose handler runs here

static terni_parent *current(void) { return running; }

static terni_parent *of(tern_ctx *ctx) { return (terni_parent *)(void *)ctx; }

static const terni_parent_source source = { current, of };

static const tern_ctx *named(terni_parent *p) { return (const tern_ctx *)(const void *)p; }

static int begin(void **state)
{
    (void)state;
    running = NULL;
    terni_parent_set_source(&source);
    return 0;
}

static terni_parent until(uint64_t deadline_ns)
{
    return (terni_parent){ .deadline_ns = deadline_ns };
}

// ---- finding it ----------------------------------------------------------

static void test_without_handlers_there_is_no_parent(void **state)
{
    terni_heritage h;

    (void)state;
    terni_parent_set_source(NULL);
    h = terni_parent_find(NULL);
    assert_null(h.parent);
    assert_null(h.scope);
    assert_int_equal(h.deadline_ns, TERN_NEVER);
    assert_null(terni_parent_current());
}

static void test_outside_of_a_handler_there_is_no_parent(void **state)
{
    terni_heritage h = terni_parent_find(NULL);

    (void)state;
    assert_null(h.parent);
    assert_null(h.scope);
    assert_int_equal(h.deadline_ns, TERN_NEVER);
}

static void test_handler_that_runs_is_the_parent(void **state)
{
    terni_parent   p = until(42);
    terni_heritage h;

    (void)state;
    running = &p;
    h = terni_parent_find(NULL);
    assert_ptr_equal(h.parent, &p);
    assert_null(h.scope);  // nobody has needed one
    assert_int_equal(h.deadline_ns, 42);
    assert_ptr_equal(terni_parent_current(), &p);
}

static void test_named_one_comes_first(void **state)
{
    terni_parent p = until(42), other = until(7);

    (void)state;
    running = &p;
    assert_ptr_equal(terni_parent_find(named(&other)).parent, &other);
    assert_int_equal(terni_parent_find(named(&other)).deadline_ns, 7);
}

// ---- cancelled -----------------------------------------------------------

static void test_cancelled_parent_says_why_for_good(void **state)
{
    terni_parent p = until(42);

    (void)state;
    assert_false(terni_parent_is_cancelled(&p));
    assert_int_equal(terni_parent_check(&p), TERN_OK);
    terni_parent_cancel(&p, TERN_DEADLINE_EXCEEDED);
    assert_true(terni_parent_is_cancelled(&p));
    assert_int_equal(terni_parent_check(&p), TERN_DEADLINE_EXCEEDED);
    assert_null(p.scope);
    terni_parent_done(&p);
}

typedef struct watcher watcher;
struct watcher {
    tern_code    code;
    terni_watch *watch;
};

static void on_fired(void *w, tern_code code) { ((watcher *)w)->code = code; }

static tern_code watch(watcher *w, tern_cancel *scope, tern_poller *p)
{
    w->code = TERN_OK;
    w->watch = terni_watch_new(scope, p, on_fired, w);
    return terni_watch_start(w->watch);
}

static void test_scope_is_one_and_is_fired_with_the_parent(void **state)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    terni_parent p = until(42);
    watcher      w;

    (void)state;
    assert_int_equal(watch(&w, terni_parent_scope(&p), poller), TERN_OK);
    assert_ptr_equal(terni_parent_scope(&p), p.scope);
    assert_int_equal(terni_cancel_deadline_ns(p.scope), 42);
    terni_parent_cancel(&p, TERN_CANCELLED);
    assert_int_equal(tern_poller_step(poller, 0), 0);
    assert_int_equal(w.code, TERN_CANCELLED);
    terni_watch_end(w.watch);
    terni_parent_done(&p);
    assert_null(p.scope);
}

static void test_scope_of_a_cancelled_parent_is_fired_already(void **state)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    terni_parent p = until(42);
    watcher      w;

    (void)state;
    terni_parent_cancel(&p, TERN_DEADLINE_EXCEEDED);
    assert_int_equal(watch(&w, terni_parent_scope(&p), poller), TERN_DEADLINE_EXCEEDED);
    terni_watch_end(w.watch);
    terni_parent_done(&p);
}

// ---- fibers that a handler spawns ----------------------------------------

typedef struct family family;
struct family {
    tern_poller   *poller;
    terni_parent   parent;
    terni_heritage child, grandchild;  // as they find it, when the parent is gone
    tern_code      child_code;
};

static void be_grandchild(void *arg)
{
    family *f = arg;

    f->grandchild = terni_parent_find(NULL);
}

static void be_child(void *arg)
{
    family *f = arg;
    watcher w;

    f->child = terni_parent_find(NULL);
    if (f->child.scope) {
        f->child_code = watch(&w, f->child.scope, f->poller);
        terni_watch_end(w.watch);
    }
    TERN_ASSERT(tern_fiber_spawn(f->poller, be_grandchild, f, NULL, NULL) == 0);
}

// The handler spawns a fiber and returns; the fiber runs when its call is over.
static void run_family(family *f, tern_code why)
{
    running = &f->parent;
    assert_int_equal(tern_fiber_spawn(f->poller, be_child, f, NULL, NULL), 0);
    running = NULL;
    if (why != TERN_OK)
        terni_parent_cancel(&f->parent, why);
    terni_parent_done(&f->parent);
    assert_int_equal(tern_poller_run_until_idle(f->poller), 0);
}

static void test_fiber_keeps_the_deadline_of_the_handler_that_spawned_it(void **state)
{
    family f = { .poller = tern_poller_new(NULL), .parent = until(42) };

    (void)state;
    run_family(&f, TERN_OK);
    assert_null(f.child.parent);
    assert_int_equal(f.child.deadline_ns, 42);
    assert_int_equal(f.child_code, TERN_OK);
    assert_ptr_equal(f.grandchild.scope, f.child.scope);
    assert_int_equal(f.grandchild.deadline_ns, 42);
    tern_poller_free(f.poller);
}

static void test_fiber_hears_that_its_handlers_call_was_cancelled(void **state)
{
    family f = { .poller = tern_poller_new(NULL), .parent = until(TERN_NEVER) };

    (void)state;
    run_family(&f, TERN_CANCELLED);
    assert_int_equal(f.child_code, TERN_CANCELLED);
    tern_poller_free(f.poller);
}

static void test_fiber_of_nobodys_has_nothing(void **state)
{
    family f = { .poller = tern_poller_new(NULL) };

    (void)state;
    assert_int_equal(tern_fiber_spawn(f.poller, be_child, &f, NULL, NULL), 0);
    assert_int_equal(tern_poller_run_until_idle(f.poller), 0);
    assert_null(f.child.scope);
    assert_int_equal(f.child.deadline_ns, TERN_NEVER);
    tern_poller_free(f.poller);
}

// ---- memory --------------------------------------------------------------

static void test_scope_without_memory_ends_what_it_is_given_to(void **state)
{
    TERN_AUTO(tern_poller) *poller = tern_poller_new(NULL);
    terni_parent p = until(42);
    tern_cancel *scope;
    watcher      w;

    (void)state;
    fail_malloc_at(1, 1);
    scope = terni_parent_scope(&p);
    fail_malloc_at(0, 0);
    assert_int_equal(watch(&w, scope, poller), TERN_RESOURCE_EXHAUSTED);
    terni_watch_end(w.watch);
    terni_parent_cancel(&p, TERN_CANCELLED);
    terni_parent_done(&p);
}

#define TEST(fn) TERN_TEST_IN(fn, begin, NULL)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_without_handlers_there_is_no_parent),
        TEST(test_outside_of_a_handler_there_is_no_parent),
        TEST(test_handler_that_runs_is_the_parent),
        TEST(test_named_one_comes_first),
        TEST(test_cancelled_parent_says_why_for_good),
        TEST(test_scope_is_one_and_is_fired_with_the_parent),
        TEST(test_scope_of_a_cancelled_parent_is_fired_already),
        TEST(test_fiber_keeps_the_deadline_of_the_handler_that_spawned_it),
        TEST(test_fiber_hears_that_its_handlers_call_was_cancelled),
        TEST(test_fiber_of_nobodys_has_nothing),
        TEST(test_scope_without_memory_ends_what_it_is_given_to),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
