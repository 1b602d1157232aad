// Arrays of programs that were compiled with other headers, and what such a program hears.
#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>
#include <tern/version.h>

#include "rpc/base/opts_internal.h"
#include "tests/support/opts.h"

typedef struct element element;
struct element {
    int a, b;
};

static void test_none_gives_none(void **state)
{
    void *copy = &copy;

    (void)state;
    assert_int_equal(terni_opts_read_array(&copy, sizeof(element), &copy, sizeof(element), 0), 0);
    assert_null(copy);
    copy = &copy;
    assert_int_equal(terni_opts_read_array(&copy, sizeof(element), NULL, sizeof(element), 3), 0);
    assert_null(copy);
}

static void test_older_elements_lie_closer(void **state)
{
    int     *older = opts_put_at_edge((int[]){ 1, 2, 3 }, 3 * sizeof(int));
    void    *copy;
    element *e;

    (void)state;
    assert_int_equal(terni_opts_read_array(&copy, sizeof(element), older, sizeof(int), 3), 0);
    e = copy;
    for (int i = 0; i < 3; i++) {
        assert_int_equal(e[i].a, i + 1);
        assert_int_equal(e[i].b, 0);
    }
    tern_mem_free(copy);
    opts_free(older);
}

static void test_newer_elements_that_set_nothing_new(void **state)
{
    const OPTS_NEWER(element) newer[] = { { .now = { 1, 2 } }, { .now = { 3, 4 } } };
    void    *copy;
    element *e;

    (void)state;
    assert_int_equal(terni_opts_read_array(&copy, sizeof(element), newer, sizeof newer[0], 2), 0);
    e = copy;
    assert_int_equal(e[0].a, 1);
    assert_int_equal(e[0].b, 2);
    assert_int_equal(e[1].a, 3);
    assert_int_equal(e[1].b, 4);
    tern_mem_free(copy);
}

static void test_one_that_sets_what_is_not_known_is_refused(void **state)
{
    const OPTS_NEWER(element) newer[] = { { .added = 0 }, { .added = 1 } };
    void       *copy = &copy;
    tern_status st;

    (void)state;
    assert_int_equal(terni_opts_read_array(&copy, sizeof(element), newer, sizeof newer[0], 2),
                     -E2BIG);
    assert_ptr_equal(copy, &copy);
    st = terni_opts_refusal(-E2BIG, "element");
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_string_equal(st.msg, "element sets a member that this libtern (" TERN_VERSION
                                ") is too old for");
}

static void test_no_memory_and_too_many_are_refused(void **state)
{
    const element one = { 1, 2 };
    void         *copy = &copy;

    (void)state;
    assert_int_equal(
        terni_opts_read_array(&copy, sizeof one, &one, sizeof one, SIZE_MAX / sizeof one + 1),
        -ENOMEM);
    fail_malloc_at(1, 1);
    assert_int_equal(terni_opts_read_array(&copy, sizeof one, &one, sizeof one, 1), -ENOMEM);
    fail_malloc_at(0, 0);
    assert_ptr_equal(copy, &copy);
    assert_int_equal(terni_opts_refusal(-ENOMEM, "element").code, TERN_RESOURCE_EXHAUSTED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_none_gives_none),
        TERN_TEST(test_older_elements_lie_closer),
        TERN_TEST(test_newer_elements_that_set_nothing_new),
        TERN_TEST(test_one_that_sets_what_is_not_known_is_refused),
        TERN_TEST(test_no_memory_and_too_many_are_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
