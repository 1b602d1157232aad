// Fiber-local values that are handed on to spawned fibers and offloaded code.
#include "tests/support/leak.h"

#include <tern/fiber.h>
#include <tern/offload.h>
#include <tern/poller.h>

static tern_fiber_key key, plain_key;

// Values are counts of generations; each that was inherited is dropped.
static int  generations[8];
static int  n_inherited, n_dropped;
static int *in_fiber, *in_offload, *in_grandchild;

static void *inherit(void *value)
{
    if (!value)
        return NULL;
    n_inherited++;
    return (int *)value + 1;
}

static void drop(void *value)
{
    (void)value;
    n_dropped++;
}

static void grandchild(void *arg)
{
    (void)arg;
    in_grandchild = tern_fiber_get(key);
}

static int offloaded(void *arg)
{
    (void)arg;
    in_offload = tern_fiber_get(key);
    return tern_fiber_get(plain_key) ? -1 : 0;
}

static void child(void *arg)
{
    in_fiber = tern_fiber_get(key);
    TERN_ASSERT(!tern_fiber_get(plain_key));
    TERN_ASSERT(tern_offload(offloaded, NULL) == 0);
    TERN_ASSERT(tern_fiber_spawn(arg, grandchild, NULL, NULL, NULL) == 0);
}

static void parent(void *arg)
{
    TERN_ASSERT(tern_fiber_set(key, &generations[0]) == 0);
    TERN_ASSERT(tern_fiber_set(plain_key, &generations[0]) == 0);
    TERN_ASSERT(tern_fiber_spawn(arg, child, arg, NULL, NULL) == 0);
}

static void test_values_are_handed_on_and_dropped_once(void **state)
{
    tern_poller *p = tern_poller_new(NULL);

    (void)state;
    n_inherited = n_dropped = 0;
    assert_int_equal(tern_fiber_spawn(p, parent, p, NULL, NULL), 0);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    tern_poller_free(p);

    assert_ptr_equal(in_fiber, &generations[1]);
    assert_ptr_equal(in_offload, &generations[2]);
    assert_ptr_equal(in_grandchild, &generations[2]);
    assert_int_equal(n_inherited, 3);
    assert_int_equal(n_dropped, 4);  // and the first one's own
}

static void test_nothing_is_handed_on_outside_of_fibers(void **state)
{
    tern_poller *p = tern_poller_new(NULL);

    (void)state;
    n_inherited = 0;
    assert_int_equal(tern_fiber_spawn(p, grandchild, NULL, NULL, NULL), 0);
    assert_int_equal(tern_poller_run_until_idle(p), 0);
    tern_poller_free(p);
    assert_null(in_grandchild);
    assert_int_equal(n_inherited, 0);
    assert_null(tern_fiber_get(key));
}

static int make_keys(void **state)
{
    (void)state;
    return tern_fiber_key_new_inherited(drop, inherit, &key) | tern_fiber_key_new(NULL, &plain_key);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_values_are_handed_on_and_dropped_once),
        TERN_TEST(test_nothing_is_handed_on_outside_of_fibers),
    };

    return cmocka_run_group_tests(tests, make_keys, NULL);
}
