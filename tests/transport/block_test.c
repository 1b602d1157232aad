#include "tests/support/test.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tern/block.h>

#include "tests/transport/failing_mem.h"
#include "transport/buffer/pool_internal.h"

enum { KIB = 1024, MIB = 1024 * KIB };

static tern_pool *pool;

static int setup(void **state)
{
    (void)state;
    failing_mem_install();
    pool = tern_pool_new();
    return pool ? 0 : -1;
}

// Every test must have given everything back.
static int teardown(void **state)
{
    size_t live = tern_pool_get_stats(pool).live_bytes;

    (void)state;
    tern_pool_free(pool);
    failing_mem_remove();
    return live == 0 && failing_mem_live() == 0 ? 0 : -1;
}

static tern_block *new_block(size_t cap)
{
    tern_block *b = tern_block_new(pool, cap);

    assert_non_null(b);
    return b;
}

static size_t held(void) { return tern_pool_get_stats(pool).held_bytes; }

// Takes `n` blocks at once and gives them back, so that the pool holds them.
static void burst(size_t n, size_t cap)
{
    tern_block *chain = NULL;

    for (size_t i = 0; i < n; i++) {
        tern_block *b = new_block(cap);

        b->next = chain;
        chain = b;
    }
    while (chain) {
        tern_block *next = chain->next;

        tern_block_unref(chain);
        chain = next;
    }
}

// Whether `act` aborts. Its message goes nowhere.
static bool aborts(void (*act)(void))
{
    int   status;
    pid_t child = fork();

    if (child == 0) {
        signal(SIGABRT, SIG_DFL);  // cmocka has its own
        if (!freopen("/dev/null", "w", stderr))
            _exit(2);
        act();
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
}

// ---- sizes ---------------------------------------------------------------

static void test_new_of_any_size_gets_its_class(void **state)
{
    static const struct {
        size_t asked, got;
    } cases[] = {
        { 0, 512 },
        { 1, 512 },
        { 512, 512 },
        { 513, 4096 },
        { 4096, 4096 },
        { 4097, 64 * KIB },
        { 64 * KIB, 64 * KIB },
        { 64 * KIB + 1, 80 * KIB },
        { 80 * KIB, 80 * KIB },
        { 80 * KIB + 1, 96 * KIB },
        { 128 * KIB, 128 * KIB },
        { 128 * KIB + 1, 160 * KIB },
        { MIB + 12, MIB + 256 * KIB },
        { 16 * MIB, 16 * MIB },
        { 16 * MIB + 1, 16 * MIB + 4 * KIB },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(cases); i++) {
        tern_block *b = new_block(cases[i].asked);

        assert_int_equal(b->cap, cases[i].got);
        assert_int_equal((uintptr_t)b->base % 64, 0);
        assert_int_equal(b->used, 0);
        assert_int_equal(b->refs, 1);
        memset(b->base, 0xaa, b->cap);
        tern_block_unref(b);
    }
}

// What a class holds must be what its number says, or a block would come back too small.
static void test_fit_of_every_huge_class_matches_its_shelf(void **state)
{
    (void)state;
    for (unsigned i = TERNI_CLASS_HUGE; i < TERNI_N_CLASSES; i++) {
        size_t bytes = pool->blocks[i].count.item_bytes;
        size_t below =
            i == TERNI_CLASS_HUGE ? TERN_BLOCK_LARGE : pool->blocks[i - 1].count.item_bytes;
        terni_size most = terni_pool_fit(bytes), least = terni_pool_fit(below + 1);

        assert_int_equal(bytes % TERNI_PAGE, 0);
        assert_int_equal(most.size_class, i);
        assert_int_equal(most.bytes, bytes);
        assert_int_equal(least.size_class, i);
        assert_int_equal(least.bytes, bytes);
    }
}

static void test_new_of_impossible_size_is_null(void **state)
{
    (void)state;
    assert_null(tern_block_new(pool, SIZE_MAX));
    assert_null(tern_block_new(pool, SIZE_MAX - 63));
    assert_null(tern_block_new(pool, PTRDIFF_MAX));
    assert_null(tern_block_new_shared(SIZE_MAX));
}

static void test_new_without_memory_is_null(void **state)
{
    (void)state;
    failing_mem_fail_at(0);
    assert_null(tern_block_new(pool, 1));
    failing_mem_fail_at(0);
    assert_null(tern_block_new(pool, 32 * MIB));
    failing_mem_fail_at(0);
    assert_null(tern_block_new_shared(1));
    failing_mem_fail_at(0);
    assert_null(tern_pool_new());
    assert_int_equal(tern_pool_get_stats(pool).live_bytes, 0);
}

// ---- references ----------------------------------------------------------

static void test_unref_then_new_reuses_the_hottest(void **state)
{
    tern_block *a = new_block(100), *b = new_block(100);

    (void)state;
    tern_block_unref(a);
    tern_block_unref(b);
    assert_ptr_equal(new_block(200), b);
    assert_ptr_equal(new_block(300), a);
    assert_int_equal(tern_pool_get_stats(pool).n_hits, 2);
    assert_int_equal(tern_pool_get_stats(pool).n_misses, 2);
    tern_block_unref(a);
    tern_block_unref(b);
}

static void test_unref_of_one_of_two_references_keeps_the_block(void **state)
{
    tern_block *b = new_block(100);

    (void)state;
    assert_ptr_equal(tern_block_ref(b), b);
    assert_null(tern_block_unref(b));
    assert_int_equal(b->refs, 1);
    assert_int_equal(held(), 0);
    tern_block_unref(b);
    assert_int_equal(held(), 512);
    assert_null(tern_block_unref(NULL));
}

static void release_twice(void)
{
    tern_block *b = tern_block_new(pool, 100);

    tern_block_unref(b);
    tern_block_unref(b);
}

static void free_pool_in_use(void)
{
    if (tern_block_new(pool, 100))
        tern_pool_free(pool);
}

static void test_release_twice_aborts(void **state)
{
    (void)state;
    assert_true(aborts(release_twice));
}

static void test_pool_free_with_a_live_block_aborts(void **state)
{
    (void)state;
    assert_true(aborts(free_pool_in_use));
}

#ifdef TERNI_ASAN
static void test_released_block_is_poisoned_until_taken(void **state)
{
    tern_block *b = new_block(TERN_BLOCK_MEDIUM);

    (void)state;
    tern_block_unref(b);
    assert_true(__asan_address_is_poisoned(b->base));
    assert_true(__asan_address_is_poisoned(b->base + TERN_BLOCK_MEDIUM - 1));
    assert_ptr_equal(new_block(TERN_BLOCK_MEDIUM), b);
    assert_null(__asan_region_is_poisoned(b->base, TERN_BLOCK_MEDIUM));
    tern_block_unref(b);
}
#endif

// ---- outside the pool ----------------------------------------------------

static void *unref_in_thread(void *block) { return tern_block_unref(block); }

static void test_shared_block_may_die_in_another_thread(void **state)
{
    tern_block *b = tern_block_new_shared(1000);
    pthread_t   thread;

    (void)state;
    assert_non_null(b);
    assert_int_equal(b->cap, 1000);
    assert_int_equal((uintptr_t)b->base % 64, 0);
    memset(b->base, 1, 1000);
    assert_int_equal(pthread_create(&thread, NULL, unref_in_thread, tern_block_ref(b)), 0);
    tern_block_unref(b);
    assert_int_equal(pthread_join(thread, NULL), 0);
}

static struct {
    int    n;
    void  *data, *arg;
    size_t len;
} released;

static void note_release(void *data, size_t len, void *arg)
{
    released.n++;
    released.data = data;
    released.len = len;
    released.arg = arg;
}

static void wrap_and_release(tern_pool *from)
{
    char        bytes[100];
    tern_block *b = tern_block_wrap(from, bytes, sizeof bytes, note_release, &bytes[1]);

    memset(&released, 0, sizeof released);
    assert_non_null(b);
    assert_ptr_equal(b->base, bytes);
    assert_int_equal(b->used, sizeof bytes);
    assert_int_equal(tern_block_room(b), 0);
    tern_block_unref(tern_block_ref(b));
    assert_int_equal(released.n, 0);
    tern_block_unref(b);
    assert_int_equal(released.n, 1);
    assert_ptr_equal(released.data, bytes);
    assert_ptr_equal(released.arg, &bytes[1]);
    assert_int_equal(released.len, sizeof bytes);
}

static void test_wrap_releases_once(void **state)
{
    (void)state;
    wrap_and_release(pool);
    wrap_and_release(NULL);
}

static void test_wrap_again_needs_no_allocation(void **state)
{
    size_t calls;

    (void)state;
    wrap_and_release(pool);
    calls = failing_mem_calls();
    wrap_and_release(pool);
    assert_int_equal(failing_mem_calls(), calls);
}

static void test_wrap_without_memory_does_not_release(void **state)
{
    char byte;

    (void)state;
    memset(&released, 0, sizeof released);
    failing_mem_fail_at(0);
    assert_null(tern_block_wrap(pool, &byte, 1, note_release, NULL));
    failing_mem_fail_at(0);
    assert_null(tern_block_wrap(NULL, &byte, 1, note_release, NULL));
    assert_int_equal(released.n, 0);
}

static void test_wrap_without_release_is_dropped_quietly(void **state)
{
    static char constant[3];
    tern_block *b = tern_block_wrap(pool, constant, sizeof constant, NULL, NULL);

    (void)state;
    assert_non_null(b);
    tern_block_unref(b);
}

static void unref_other(void *data, size_t len, void *arg)
{
    (void)data;
    (void)len;
    tern_block_unref(arg);
}

static void test_release_may_drop_other_blocks(void **state)
{
    tern_block *other = new_block(10);
    tern_block *b = tern_block_wrap(pool, other->base, 10, unref_other, other);

    (void)state;
    assert_non_null(b);
    tern_block_unref(b);
    assert_int_equal(tern_pool_get_stats(pool).live_bytes, 0);
}

// ---- what a pool keeps ---------------------------------------------------

static void test_huge_blocks_in_a_loop_need_one_allocation(void **state)
{
    size_t calls = failing_mem_calls();

    (void)state;
    for (int i = 0; i < 100; i++)
        tern_block_unref(new_block(MIB + 12));
    assert_int_equal(failing_mem_calls(), calls + 1);
}

static void test_huge_blocks_are_kept_up_to_the_cap(void **state)
{
    (void)state;
    burst(20, MIB);
    assert_int_equal(held(), TERN_POOL_HUGE_KEPT);
    burst(1, 17 * MIB);
    assert_int_equal(held(), TERN_POOL_HUGE_KEPT);
    burst(16, MIB);
    assert_int_equal(tern_pool_get_stats(pool).n_misses, 21);
}

static void test_huge_shelf_makes_room_for_another_size(void **state)
{
    size_t left;

    (void)state;
    burst(16, MIB);
    while ((left = tern_pool_trim(pool)) > 12 * MIB)
        continue;
    burst(1, 4 * MIB);
    assert_int_equal(held(), left + 4 * MIB);
}

static void test_stats_tell_live_from_held(void **state)
{
    tern_block *a = new_block(100), *b = new_block(5000), *c = new_block(17 * MIB);

    (void)state;
    assert_int_equal(tern_pool_get_stats(pool).live_bytes, 512 + 64 * KIB + 17 * MIB);
    tern_block_unref(a);
    tern_block_unref(c);
    assert_int_equal(tern_pool_get_stats(pool).live_bytes, 64 * KIB);
    assert_int_equal(held(), 512);
    tern_block_unref(b);
}

// ---- trimming ------------------------------------------------------------

static void test_trim_of_an_idle_pool_halves_down_to_nothing(void **state)
{
    static const size_t left[] = { 10, 5, 3, 2, 1, 0, 0 };

    (void)state;
    burst(10, 4096);
    // The first one only starts the watch: the burst was in this period.
    for (size_t i = 0; i < TERN_COUNT_OF(left); i++)
        assert_int_equal(tern_pool_trim(pool), left[i] * 4096);
}

static void test_trim_leaves_what_traffic_needs(void **state)
{
    (void)state;
    burst(100, 512);
    for (int i = 0; i < 20; i++) {
        burst(8, 512);
        tern_pool_trim(pool);
    }
    assert_int_equal(held(), 8 * 512);
    burst(8, 512);
    assert_int_equal(tern_pool_get_stats(pool).n_misses, 100);
}

static void test_trim_covers_headers_of_foreign_memory(void **state)
{
    (void)state;
    wrap_and_release(pool);
    assert_int_equal(held(), sizeof(tern_block));
    while (tern_pool_trim(pool) > 0)
        continue;
    assert_int_equal(failing_mem_live(), 1);  // the pool
}

// ---- watching ------------------------------------------------------------

static unsigned n_told;

static void note_growth(tern_pool_watch *w)
{
    (void)w;
    n_told++;
}

static void test_growth_is_told_step_by_step(void **state)
{
    tern_pool_watch w = { .grown = note_growth, .step = 100 * KIB };

    (void)state;
    n_told = 0;
    tern_pool_watch_start(pool, &w);
    burst(1, 64 * KIB);
    assert_int_equal(n_told, 0);
    burst(2, 64 * KIB);
    assert_int_equal(n_told, 1);
    assert_int_equal(tern_pool_bytes(pool), 128 * KIB);
    burst(2, 64 * KIB);  // from the shelf
    assert_int_equal(n_told, 1);
    tern_pool_watch_stop(&w);
    tern_pool_watch_stop(&w);
    burst(100, 64 * KIB);
    assert_int_equal(n_told, 1);
}

static void test_growth_counts_from_the_least(void **state)
{
    tern_pool_watch w = { .grown = note_growth, .step = 100 * KIB };

    (void)state;
    n_told = 0;
    burst(10, 64 * KIB);
    tern_pool_watch_start(pool, &w);
    while (tern_pool_trim(pool) > 0)
        continue;
    assert_int_equal(tern_pool_bytes(pool), 0);
    burst(2, 64 * KIB);
    assert_int_equal(n_told, 1);
    tern_pool_watch_stop(&w);
}

static void test_two_watch_one_pool(void **state)
{
    tern_pool_watch a = { .grown = note_growth, .step = 1 }, b = a;

    (void)state;
    n_told = 0;
    tern_pool_watch_start(pool, &a);
    tern_pool_watch_start(pool, &b);
    burst(1, 17 * MIB);  // of a size that is never kept
    assert_int_equal(n_told, 2);
    assert_int_equal(tern_pool_bytes(pool), 0);
    tern_pool_watch_stop(&a);
    burst(1, 512);
    assert_int_equal(n_told, 3);
    tern_pool_watch_stop(&b);
}

static void test_block_is_shared_among_those_who_hold_it(void **state)
{
    tern_block *b = new_block(5000), *c = tern_block_ref(b);

    (void)state;
    assert_int_equal(tern_block_share(b), 32 * KIB);
    tern_block_unref(c);
    assert_int_equal(tern_block_share(b), 64 * KIB);
    tern_block_unref(b);
}

static void test_trim_of_an_empty_pool_is_harmless(void **state)
{
    (void)state;
    assert_int_equal(tern_pool_trim(pool), 0);
    tern_pool_free(NULL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_new_of_any_size_gets_its_class),
        TEST(test_fit_of_every_huge_class_matches_its_shelf),
        TEST(test_new_of_impossible_size_is_null),
        TEST(test_new_without_memory_is_null),
        TEST(test_unref_then_new_reuses_the_hottest),
        TEST(test_unref_of_one_of_two_references_keeps_the_block),
        TEST(test_release_twice_aborts),
        TEST(test_pool_free_with_a_live_block_aborts),
#ifdef TERNI_ASAN
        TEST(test_released_block_is_poisoned_until_taken),
#endif
        TEST(test_shared_block_may_die_in_another_thread),
        TEST(test_wrap_releases_once),
        TEST(test_wrap_again_needs_no_allocation),
        TEST(test_wrap_without_memory_does_not_release),
        TEST(test_wrap_without_release_is_dropped_quietly),
        TEST(test_release_may_drop_other_blocks),
        TEST(test_huge_blocks_in_a_loop_need_one_allocation),
        TEST(test_huge_blocks_are_kept_up_to_the_cap),
        TEST(test_huge_shelf_makes_room_for_another_size),
        TEST(test_stats_tell_live_from_held),
        TEST(test_trim_of_an_idle_pool_halves_down_to_nothing),
        TEST(test_trim_leaves_what_traffic_needs),
        TEST(test_trim_covers_headers_of_foreign_memory),
        TEST(test_trim_of_an_empty_pool_is_harmless),
        TEST(test_growth_is_told_step_by_step),
        TEST(test_growth_counts_from_the_least),
        TEST(test_two_watch_one_pool),
        TEST(test_block_is_shared_among_those_who_hold_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
