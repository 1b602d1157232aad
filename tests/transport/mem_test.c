#include "tests/support/leak.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_zalloc_returns_zeroes),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
