#include "tests/support/leak.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <tern/mem.h>

#include "tests/support/fake_clock.h"
#include "transport/base/sys_internal.h"

static char  *text;
static size_t text_len;

static size_t check(const leak_mark *mark)
{
    FILE  *out;
    size_t n;

    free(text);
    out = open_memstream(&text, &text_len);
    n = leak_check(mark, out);
    fclose(out);
    return n;
}

static int forget_text(void **state)
{
    (void)state;
    free(text);
    text = NULL;
    return 0;
}

static void test_check_finds_leaked_memory(void **state)
{
    leak_mark mark = leak_mark_take();
    void     *p = tern_mem_alloc(12);

    (void)state;
    assert_int_equal(check(&mark), 1);
    assert_non_null(strstr(text, "leaked 12 bytes"));
    tern_mem_free(p);
    assert_int_equal(check(&mark), 0);
    assert_string_equal(text, "");
}

static void test_check_finds_leaked_descriptors(void **state)
{
    leak_mark mark = leak_mark_take();
    int       fds[2] = { eventfd(0, EFD_CLOEXEC), open("/dev/null", O_RDONLY | O_CLOEXEC) };

    (void)state;
    assert_int_equal(check(&mark), 2);
    assert_non_null(strstr(text, "eventfd"));
    assert_non_null(strstr(text, "/dev/null"));
    close(fds[0]);
    close(fds[1]);
    assert_int_equal(check(&mark), 0);
}

static void test_check_finds_a_foreign_descriptor_closed(void **state)
{
    int       fd = eventfd(0, EFD_CLOEXEC);
    leak_mark mark = leak_mark_take();

    (void)state;
    close(fd);
    assert_int_equal(check(&mark), 1);
    assert_non_null(strstr(text, "not the test's"));
}

static void test_teardown_fails_a_leaking_test_and_restores_the_kernel(void **state)
{
    int fd;

    tern_leak_setup(state);
    fake_clock_start(1);
    assert_int_equal(tern_leak_teardown(state), 0);
    assert_memory_equal(&terni_sys_table, &terni_sys_kernel, sizeof terni_sys_table);

    tern_leak_setup(state);
    fd = eventfd(0, EFD_CLOEXEC);
    print_message("the next line is meant to be there:\n");
    assert_int_not_equal(tern_leak_teardown(state), 0);
    close(fd);
}

// ---- fixtures ------------------------------------------------------------

static int make_fixture(void **state)
{
    *state = tern_mem_strdup("fixture");
    return 0;
}

static int drop_fixture(void **state)
{
    tern_mem_free(*state);
    return 0;
}

static void test_fixture_is_inside_the_check(void **state)
{
    assert_string_equal(*state, "fixture");
}

// ---- every failure -------------------------------------------------------

// Three allocations, given back in the right way whichever fails.
static void careful_body(void *arg)
{
    unsigned *n_runs = arg;
    char     *a = tern_mem_alloc(1), *b = a ? tern_mem_alloc(2) : NULL;
    char     *c = b ? tern_mem_realloc(b, 3) : NULL;

    ++*n_runs;
    if (!fail_malloc_has_failed())
        assert_non_null(c);
    tern_mem_free(c ? c : b);
    tern_mem_free(a);
}

static void test_each_allocation_of_a_body_fails_in_turn(void **state)
{
    unsigned n_runs = 0;
    void    *p;

    (void)state;
    assert_int_equal(for_each_failed_allocation(careful_body, &n_runs), 3);
    assert_int_equal(n_runs, 4);
    p = tern_mem_alloc(1);  // nothing is left armed
    assert_non_null(p);
    tern_mem_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_IN(test_check_finds_leaked_memory, NULL, forget_text),
        TERN_TEST_IN(test_check_finds_leaked_descriptors, NULL, forget_text),
        cmocka_unit_test_teardown(test_check_finds_a_foreign_descriptor_closed, forget_text),
        cmocka_unit_test(test_teardown_fails_a_leaking_test_and_restores_the_kernel),
        TERN_TEST_IN(test_fixture_is_inside_the_check, make_fixture, drop_fixture),
        TERN_TEST(test_each_allocation_of_a_body_fails_in_turn),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
