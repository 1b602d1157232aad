#include "tests/support/faults.h"
#include "tests/support/fail_malloc.h"
#include "tests/support/leak.h"
#include "tests/support/test.h"

#include "transport/fiber/stack_internal.h"
#include "transport/base/sys_internal.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    IS_SANITIZED = TERNI_CONTEXT_ASAN || TERNI_CONTEXT_TSAN,
    N_MANY = IS_SANITIZED ? 1000 : 100000,
};

static terni_stack_pool pool;
static unsigned         n_evicted;

static void count_eviction(terni_stack *s)
{
    (void)s;
    n_evicted++;
}

static int set_up(void **state)
{
    (void)state;
    n_evicted = 0;
    terni_stack_pool_init(&pool, count_eviction);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    terni_stack_pool_done(&pool);
    return 0;
}

static terni_stack *must_take(void)
{
    terni_stack *s = terni_stack_take(&pool);

    if (!s)
        assert_int_equal(terni_stack_make(&pool, TERNI_STACK_SIZE, &s), 0);
    return s;
}

static unsigned count_regions(void)
{
    terni_stack_region *r;
    unsigned            n = 0;

    TAILQ_FOREACH(r, &pool.regions, link)
    n++;
    return n;
}

static int signal_of_child_writing(volatile uint8_t *addr)
{
    int   status;
    pid_t pid = fork();

    if (pid == 0) {
        signal(SIGSEGV, SIG_DFL);
        signal(SIGBUS, SIG_DFL);
        *addr = 1;
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

// ---- one stack -----------------------------------------------------------

static void test_a_stack_is_writable_to_its_ends(void **state)
{
    terni_stack *s = must_take();

    (void)state;
    assert_in_range(s->size, TERNI_STACK_SIZE - TERNI_STACK_GUARD - 7 * TERNI_STACK_COLOR_SIZE,
                    TERNI_STACK_SIZE - TERNI_STACK_GUARD);
    assert_int_equal((uintptr_t)s->low % 4096, 0);
    memset(s->low, 1, s->size);
    terni_stack_give(&pool, s);
}

static void test_tops_do_not_share_their_cache_sets(void **state)
{
    uintptr_t tops = 0;

    (void)state;
    for (int i = 0; i < TERNI_STACK_COLORS; i++) {
        terni_stack *s = must_take();

        tops |= UINT64_C(1) << ((uintptr_t)(s->low + s->size) % 4096 / 64);
    }
    assert_int_equal(__builtin_popcountll(tops), TERNI_STACK_COLORS);
}

static void test_the_guard_kills_from_end_to_end(void **state)
{
    terni_stack *s = must_take(), *above = must_take();

    (void)state;
    if (above < s) {
        terni_stack *t = s;
        s = above, above = t;
    }
    assert_int_equal(signal_of_child_writing(s->low), 0);
    assert_int_equal(signal_of_child_writing(s->low - 1), SIGSEGV);
    assert_int_equal(signal_of_child_writing(s->low - TERNI_STACK_GUARD), SIGSEGV);
    assert_int_equal(signal_of_child_writing(above->low - TERNI_STACK_GUARD - 1), 0);
    terni_stack_give(&pool, s);
    terni_stack_give(&pool, above);
}

static void test_the_guard_survives_a_cold_spell(void **state)
{
    terni_stack *s = must_take(), *keeps_region = must_take();

    (void)state;
    s->low[0] = 1;
    terni_stack_give(&pool, s);
    assert_int_equal(terni_stack_pool_trim(&pool), 1);  // it was needed since the last trim
    assert_int_equal(terni_stack_pool_trim(&pool), 0);
    assert_ptr_equal(must_take(), s);
    assert_int_equal(s->low[0], 0);  // and its pages are new
    assert_int_equal(signal_of_child_writing(s->low - 1), SIGSEGV);
    terni_stack_give(&pool, keeps_region);
}

static void test_find_knows_stacks_guards_and_strangers(void **state)
{
    terni_stack *s = must_take();
    int          local;

    (void)state;
    assert_ptr_equal(terni_stack_pool_find(&pool, s->low), s);
    assert_ptr_equal(terni_stack_pool_find(&pool, s->low + s->size - 1), s);
    assert_ptr_equal(terni_stack_pool_find(&pool, s->low - TERNI_STACK_GUARD), s);
    assert_ptr_not_equal(terni_stack_pool_find(&pool, s->low - TERNI_STACK_GUARD - 1), s);
    assert_null(terni_stack_pool_find(&pool, &local));
    assert_null(terni_stack_pool_find(&pool, NULL));
    assert_true(terni_stack_is_guard(s, s->low - 1));
    assert_true(terni_stack_is_guard(s, s->low - TERNI_STACK_GUARD));
    assert_false(terni_stack_is_guard(s, s->low - TERNI_STACK_GUARD - 1));
    assert_false(terni_stack_is_guard(s, s->low));
    terni_stack_give(&pool, s);
}

static void test_a_large_stack_has_a_region_of_its_own(void **state)
{
    const size_t size = 4 * TERNI_STACK_SIZE + 1;
    terni_stack *s;

    (void)state;
    assert_int_equal(terni_stack_make(&pool, size, &s), 0);
    assert_true(s->size >= size - TERNI_STACK_GUARD);
    memset(s->low, 1, s->size);
    assert_int_equal(signal_of_child_writing(s->low - 1), SIGSEGV);
    terni_stack_give(&pool, s);
    assert_int_equal(count_regions(), 0);
}

static void test_a_stack_above_the_limit_is_refused(void **state)
{
    terni_stack *s;

    (void)state;
    assert_int_equal(terni_stack_make(&pool, TERNI_MAX_STACK_SIZE + 1, &s), -EINVAL);
}

// ---- the pool ------------------------------------------------------------

static void test_the_last_given_is_taken_first_with_its_tenant(void **state)
{
    terni_stack *a = must_take(), *b = must_take();
    int          tenant;

    (void)state;
    b->tenant = &tenant;
    terni_stack_give(&pool, a);
    terni_stack_give(&pool, b);
    assert_ptr_equal(must_take(), b);
    assert_ptr_equal(b->tenant, &tenant);
    assert_ptr_equal(must_take(), a);
    assert_int_equal(pool.n_used, 2);
    b->tenant = NULL;
}

static void test_warm_stacks_are_capped(void **state)
{
    enum { N = TERNI_MAX_WARM_STACKS + 10 };
    static terni_stack *s[N];

    (void)state;
    for (int i = 0; i < N; i++)
        (s[i] = must_take())->tenant = s;
    for (int i = 0; i < N; i++)
        terni_stack_give(&pool, s[i]);
    assert_int_equal(pool.n_warm, TERNI_MAX_WARM_STACKS);
    assert_int_equal(n_evicted, 10);
    assert_int_equal(pool.n_used, 0);
}

static void test_trim_halves_what_was_not_needed(void **state)
{
    enum { N = 128 };
    terni_stack *s[N];

    (void)state;
    for (int i = 0; i < N; i++)
        s[i] = must_take();
    for (int i = 0; i < N; i++)
        terni_stack_give(&pool, s[i]);
    assert_int_equal(terni_stack_pool_trim(&pool), N);
    terni_stack_give(&pool, must_take());
    assert_int_equal(terni_stack_pool_trim(&pool), N - 64);  // half of 127, rounded up
    assert_int_equal(terni_stack_pool_trim(&pool), 32);
    for (int i = 0; i < 10; i++)
        terni_stack_pool_trim(&pool);
    assert_int_equal(pool.n_warm, 0);
    assert_int_equal(count_regions(), 0);
}

static void test_a_region_goes_with_its_last_stack(void **state)
{
    enum { N = 3 * TERNI_STACKS_PER_REGION };
    terni_stack *s[N];

    (void)state;
    for (int i = 0; i < N; i++)
        s[i] = must_take();
    assert_int_equal(count_regions(), 3);
    terni_stack_chill(&pool, s[N / 2]);  // a hole in the middle is filled before a region is added
    assert_ptr_equal(must_take(), s[N / 2]);
    assert_int_equal(count_regions(), 3);
    for (int i = 0; i < N; i++)
        terni_stack_chill(&pool, s[i]);
    assert_int_equal(count_regions(), 0);
}

static void test_done_evicts_every_tenant(void **state)
{
    (void)state;
    must_take()->tenant = state;
    must_take()->tenant = state;
    must_take();
    terni_stack_pool_done(&pool);
    assert_int_equal(n_evicted, 2);
}

// ---- when the machine refuses --------------------------------------------

static int n_protects_left;

static int old_kernel_madvise(void *addr, size_t len, int advice)
{
    if (advice != 102)
        return madvise(addr, len, advice);
    errno = EINVAL;
    return -1;
}

static int limited_mprotect(void *addr, size_t len, int prot)
{
    if (n_protects_left-- > 0)
        return mprotect(addr, len, prot);
    errno = ENOMEM;
    return -1;
}

static void *no_mmap(void *addr, size_t len, int prot, int flags, int fd, off_t offset)
{
    (void)addr, (void)len, (void)prot, (void)flags, (void)fd, (void)offset;
    errno = ENOMEM;
    return MAP_FAILED;
}

static void test_an_old_kernel_gets_mprotect(void **state)
{
    terni_stack *s;

    (void)state;
    terni_sys_table.madvise = old_kernel_madvise;
    s = must_take();
    assert_true(pool.has_no_guard_marks);
    memset(s->low, 1, s->size);
    assert_int_equal(signal_of_child_writing(s->low - 1), SIGSEGV);
    terni_stack_give(&pool, s);
}

static void test_no_mapping_for_a_guard_is_an_error(void **state)
{
    terni_stack *s[3], *none;

    (void)state;
    terni_sys_table.madvise = old_kernel_madvise;
    terni_sys_table.mprotect = limited_mprotect;
    n_protects_left = 3;
    for (int i = 0; i < 3; i++)
        s[i] = must_take();
    assert_int_equal(terni_stack_make(&pool, TERNI_STACK_SIZE, &none), -ENOMEM);
    assert_int_equal(pool.n_used, 3);
    for (int i = 0; i < 3; i++)
        terni_stack_give(&pool, s[i]);
    assert_ptr_equal(must_take(), s[2]);  // what exists goes on working
}

static void test_no_address_space_is_an_error(void **state)
{
    terni_stack *s;

    (void)state;
    terni_sys_table.mmap = no_mmap;
    assert_int_equal(terni_stack_make(&pool, TERNI_STACK_SIZE, &s), -ENOMEM);
    assert_int_equal(count_regions(), 0);
}

static void test_no_memory_is_an_error(void **state)
{
    terni_stack *s;

    (void)state;
    fail_malloc_at(1, UINT64_MAX);
    assert_int_equal(terni_stack_make(&pool, TERNI_STACK_SIZE, &s), -ENOMEM);
    fail_malloc_at(0, 0);
    assert_int_equal(count_regions(), 0);
}

// The kernel's own limit: 65,530 mappings unless the machine was told otherwise.
static void test_the_real_map_limit_is_an_error(void **state)
{
    terni_stack *s = NULL;
    int          err = 0, n = 0;

    (void)state;
    if (IS_SANITIZED)  // whose own mappings would fail as well
        return;
    pool.has_no_guard_marks = true;
    while (n < N_MANY && (err = terni_stack_make(&pool, TERNI_STACK_SIZE, &s)) == 0)
        n++;
    print_message("%d stacks with mprotect\n", n);
    assert_true(err == -ENOMEM || n == N_MANY);
    memset(s->low, 1, s->size);
}

// ---- memory --------------------------------------------------------------

static size_t status_kib(const char *key)
{
    char   line[256];
    size_t kib = 0;
    FILE  *f = fopen("/proc/self/status", "r");

    assert_non_null(f);
    while (fgets(line, sizeof line, f))
        if (strncmp(line, key, strlen(key)) == 0)
            kib = strtoul(line + strlen(key) + 1, NULL, 10);
    fclose(f);
    return kib;
}

static void test_many_stacks_cost_a_page_each(void **state)
{
    size_t resident = status_kib("VmRSS"), tables = status_kib("VmPTE");
    double kib_each;

    (void)state;
    for (int i = 0; i < N_MANY; i++) {
        terni_stack *s = must_take();

        memset(s->low + s->size - 1000, 1, 1000);
    }
    kib_each = (double)(status_kib("VmRSS") - resident) / N_MANY;
    print_message("%d stacks: %.2f KiB resident, %.2f KiB page tables each\n", N_MANY, kib_each,
                  (double)(status_kib("VmPTE") - tables) / N_MANY);
    if (!IS_SANITIZED)
        assert_true(kib_each < 8);
}

// Whatever the machine's setting is: the kernel must have been told.
static void test_huge_pages_are_refused(void **state)
{
    char          line[512];
    bool          is_ours = false, is_refused = false;
    terni_stack  *s = must_take();
    FILE         *f = fopen("/proc/self/smaps", "r");
    unsigned long start, end;

    (void)state;
    assert_non_null(f);
    while (fgets(line, sizeof line, f)) {
        if (sscanf(line, "%lx-%lx ", &start, &end) == 2)
            is_ours = (uintptr_t)s->low >= start && (uintptr_t)s->low < end;
        if (is_ours && strncmp(line, "VmFlags:", 8) == 0)
            is_refused = strstr(line, " nh") != NULL;
    }
    fclose(f);
    assert_true(is_refused);
}

int main(int argc, char **argv)
{
#define TEST(name) TERN_TEST_IN(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_a_stack_is_writable_to_its_ends),
        TEST(test_tops_do_not_share_their_cache_sets),
        TEST(test_the_guard_kills_from_end_to_end),
        TEST(test_the_guard_survives_a_cold_spell),
        TEST(test_find_knows_stacks_guards_and_strangers),
        TEST(test_a_large_stack_has_a_region_of_its_own),
        TEST(test_a_stack_above_the_limit_is_refused),
        TEST(test_the_last_given_is_taken_first_with_its_tenant),
        TEST(test_warm_stacks_are_capped),
        TEST(test_trim_halves_what_was_not_needed),
        TEST(test_a_region_goes_with_its_last_stack),
        TEST(test_done_evicts_every_tenant),
        TEST(test_an_old_kernel_gets_mprotect),
        TEST(test_no_mapping_for_a_guard_is_an_error),
        TEST(test_no_address_space_is_an_error),
        TEST(test_no_memory_is_an_error),
        TEST(test_the_real_map_limit_is_an_error),
        TEST(test_many_stacks_cost_a_page_each),
        TEST(test_huge_pages_are_refused),
    };

    (void)argc;
    leave_faults_to_the_test(argv);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
