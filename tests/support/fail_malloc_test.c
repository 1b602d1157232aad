#include "tests/support/test.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tern/base.h>
#include <tern/mem.h>

#include "tests/support/fail_malloc.h"

static int start(void **state)
{
    (void)state;
    fail_malloc_start();
    return 0;
}

static void test_live_counts_what_is_not_freed(void **state)
{
    uint64_t before = fail_malloc_serial();
    void    *a = tern_mem_alloc(10), *b = tern_mem_zalloc(20);
    uint64_t between = fail_malloc_serial();
    void    *c = tern_mem_alloc(0);

    (void)state;
    assert_non_null(c);
    assert_int_equal(fail_malloc_n_live(before), 3);
    assert_int_equal(fail_malloc_live_bytes(before), 30);
    assert_int_equal(fail_malloc_n_live(between), 1);
    tern_mem_free(b);
    assert_int_equal(fail_malloc_live_bytes(before), 10);
    tern_mem_free(a);
    tern_mem_free(c);
    tern_mem_free(NULL);
    assert_int_equal(fail_malloc_n_live(before), 0);
}

static void test_fresh_memory_is_not_zero(void **state)
{
    unsigned char *p = tern_mem_alloc(3);

    (void)state;
    assert_memory_equal(p, "\xa5\xa5\xa5", 3);
    tern_mem_free(p);
}

static void test_realloc_keeps_bytes_and_always_moves(void **state)
{
    uint64_t before = fail_malloc_serial();
    char    *p = tern_mem_strdup("tern"), *q;

    (void)state;
    q = tern_mem_realloc(p, 2);
    assert_ptr_not_equal(p, q);
    assert_memory_equal(q, "te", 2);
    q = tern_mem_realloc(q, 100);
    assert_memory_equal(q, "te", 2);
    assert_int_equal(fail_malloc_live_bytes(before), 100);
    tern_mem_free(q);

    q = tern_mem_realloc(NULL, 5);
    assert_int_equal(fail_malloc_live_bytes(before), 5);
    tern_mem_free(q);
}

static void test_the_nth_allocation_fails_once(void **state)
{
    void *p[4];

    (void)state;
    fail_malloc_at(3, 1);
    for (size_t i = 0; i < TERN_COUNT_OF(p); i++) {
        p[i] = tern_mem_alloc(1);
        assert_true((p[i] == NULL) == (i == 2));
        assert_true(fail_malloc_has_failed() == (i >= 2));
        tern_mem_free(p[i]);
    }
    fail_malloc_at(0, 0);
    assert_false(fail_malloc_has_failed());
}

static void test_all_allocations_from_the_nth_on_fail(void **state)
{
    void *p = tern_mem_alloc(8);

    (void)state;
    fail_malloc_at(1, UINT64_MAX);
    for (int i = 0; i < 3; i++)
        assert_null(tern_mem_zalloc(8));
    assert_null(tern_mem_realloc(p, 16));  // and p is as it was
    assert_null(tern_mem_strdup("x"));
    fail_malloc_at(0, 0);
    tern_mem_free(p);
}

static void test_size_beyond_all_memory_fails(void **state)
{
    volatile size_t huge = SIZE_MAX - 8;

    (void)state;
    assert_null(tern_mem_alloc(huge));
}

// The signal that ends a process which writes one byte at `offset` of 16 and then frees them.
static int signal_after_write_at(ptrdiff_t offset)
{
    pid_t child = fork();
    int   status;

    if (child == 0) {
        char *p = tern_mem_alloc(16);

        (void)!freopen("/dev/null", "w", stderr);
        p[offset] ^= 1;
        tern_mem_free(p);
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

static void test_write_past_either_end_aborts_at_free(void **state)
{
    (void)state;
    assert_int_equal(signal_after_write_at(0), 0);
    assert_int_equal(signal_after_write_at(15), 0);
    assert_int_equal(signal_after_write_at(16), SIGABRT);
    assert_int_equal(signal_after_write_at(-1), SIGABRT);
}

// Not static and not inlined, so that its name is there to be found.
void                           *leaky_maker(size_t size);
__attribute__((noinline)) void *leaky_maker(size_t size)
{
    void *volatile p = tern_mem_alloc(size);

    return p;
}

static void test_report_names_who_leaked_and_what_failed(void **state)
{
    uint64_t before = fail_malloc_serial();
    char    *text = NULL;
    size_t   len;
    FILE    *out = open_memstream(&text, &len);
    void    *leak = leaky_maker(77);

    (void)state;
    fail_malloc_at(1, 1);
    assert_null(leaky_maker(88));
    assert_int_equal(fail_malloc_report(before, out), 1);
    fclose(out);
    assert_non_null(strstr(text, "leaked 77 bytes from "));
    assert_non_null(strstr(text, "made to fail at "));
    assert_non_null(strstr(text, "leaky_maker"));
    assert_non_null(strstr(strstr(text, "made to fail at "), "leaky_maker"));
    free(text);
    fail_malloc_at(0, 0);
    tern_mem_free(leak);
    assert_int_equal(fail_malloc_report(before, stderr), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_live_counts_what_is_not_freed),
        cmocka_unit_test(test_fresh_memory_is_not_zero),
        cmocka_unit_test(test_realloc_keeps_bytes_and_always_moves),
        cmocka_unit_test(test_the_nth_allocation_fails_once),
        cmocka_unit_test(test_all_allocations_from_the_nth_on_fail),
        cmocka_unit_test(test_size_beyond_all_memory_fails),
        cmocka_unit_test(test_write_past_either_end_aborts_at_free),
        cmocka_unit_test(test_report_names_who_leaked_and_what_failed),
    };

    return cmocka_run_group_tests(tests, start, NULL);
}
