#include "tests/support/death.h"

#include <stdlib.h>

#include "tests/support/leak.h"

#include <tern/base.h>

static void return_at_once(void *arg) { (void)arg; }

static void leave(void *arg)
{
    (void)arg;
    exit(3);
}

static void break_a_promise(void *arg) { TERN_ASSERT(*(const int *)arg == 1); }

static void test_death_is_an_abort_and_nothing_else(void **state)
{
    int one = 1, two = 2;

    (void)state;
    assert_false(dies(return_at_once, NULL));
    assert_false(dies(leave, NULL));
    assert_false(dies(break_a_promise, &one));
    assert_true(dies(break_a_promise, &two));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_death_is_an_abort_and_nothing_else),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
