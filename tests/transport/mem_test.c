#include "tests/support/leak.h"

#include <stdlib.h>

#include <tern/mem.h>

static void test_zalloc_returns_zeroes(void **state)
{
    unsigned char *p = tern_mem_zalloc(64);

    (void)state;
    assert_non_null(p);
    for (int i = 0; i < 64; i++)
        assert_int_equal(p[i], 0);
    tern_mem_free(p);
}

static void *alloc_counted(size_t size, void *n_calls)
{
    ++*(int *)n_calls;
    return malloc(size);
}

static void *realloc_counted(void *ptr, size_t size, void *n_calls)
{
    ++*(int *)n_calls;
    return realloc(ptr, size);
}

static void free_counted(void *ptr, void *n_calls)
{
    ++*(int *)n_calls;
    free(ptr);
}

// Under no leak check: that is an allocator itself.
static void test_argument_reaches_each_function(void **state)
{
    int   n_calls = 0;
    void *p;

    (void)state;
    tern_mem_set(&(tern_mem){ alloc_counted, realloc_counted, free_counted, &n_calls });
    assert_non_null(p = tern_mem_alloc(1));
    assert_non_null(p = tern_mem_realloc(p, 100));
    tern_mem_free(p);
    assert_int_equal(n_calls, 3);
    tern_mem_set(NULL);
    assert_non_null(p = tern_mem_strdup("libc's again"));
    tern_mem_free(p);
    assert_int_equal(n_calls, 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_zalloc_returns_zeroes),
        cmocka_unit_test(test_argument_reaches_each_function),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
