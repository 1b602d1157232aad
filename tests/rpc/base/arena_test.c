#include "tests/support/test.h"

#include <errno.h>
#include <string.h>

#include "rpc/base/arena_internal.h"
#include "tests/rpc/counting_mem.h"

// ---- helpers -------------------------------------------------------------

TERN_PRINTF(2, 3) static char *print(terni_arena *a, const char *fmt, ...)
{
    va_list args;
    char   *text;

    va_start(args, fmt);
    text = terni_arena_vprintf(a, fmt, args);
    va_end(args);
    return text;
}

static int n_released;

static void on_release(void *arg)
{
    n_released++;
    if (arg)
        *(int *)arg = n_released;
}

// ---- tests ---------------------------------------------------------------

static void test_unused_arena_owns_nothing(void **state)
{
    terni_arena a;

    (void)state;
    terni_arena_init(&a, NULL, 1000);
    assert_int_equal(counting_mem_live(), 0);
    terni_arena_done(&a);
}

static void test_alloc_of_many_sizes_is_aligned_and_apart(void **state)
{
    terni_arena a;
    uint8_t    *p[200];

    (void)state;
    terni_arena_init(&a, NULL, 1 << 20);
    for (size_t i = 0; i < 200; i++) {
        p[i] = terni_arena_alloc(&a, i * 7);
        assert_non_null(p[i]);
        assert_int_equal((uintptr_t)p[i] % 8, 0);
        memset(p[i], (int)i, i * 7);
        assert_true(terni_arena_is_valid(&a));
    }
    for (size_t i = 0; i < 200; i++)
        for (size_t k = 0; k < i * 7; k++)
            assert_int_equal(p[i][k], (uint8_t)i);
    terni_arena_done(&a);
}

static void test_first_piece_is_used_before_any_chunk(void **state)
{
    _Alignas(8) uint8_t piece[128];
    terni_arena         a;

    (void)state;
    terni_arena_init_with(&a, NULL, 1 << 20, piece, sizeof piece);
    assert_ptr_equal(terni_arena_alloc(&a, 100), piece);
    assert_int_equal(counting_mem_live(), 0);
    assert_non_null(terni_arena_alloc(&a, 100));
    assert_true(counting_mem_live() > 0);
    terni_arena_reset(&a);
    assert_int_equal(counting_mem_live(), 0);
    assert_ptr_equal(terni_arena_alloc(&a, 128), piece);
    terni_arena_done(&a);
}

static void test_alloc_above_the_cap_fails_for_good(void **state)
{
    terni_arena a;

    (void)state;
    terni_arena_init(&a, NULL, 10000);
    assert_non_null(terni_arena_alloc(&a, 4000));
    assert_null(terni_arena_alloc(&a, 8000));
    assert_int_equal(terni_arena_error(&a), -EDQUOT);
    assert_null(terni_arena_alloc(&a, 1));
    assert_null(terni_arena_alloc(&a, 0));
    assert_null(terni_arena_alloc(&a, SIZE_MAX));
    assert_null(print(&a, "%d", 1));
    assert_int_equal(terni_arena_reserve(&a, 1), -EDQUOT);
    terni_arena_reset(&a);
    assert_int_equal(terni_arena_error(&a), 0);
    assert_non_null(terni_arena_alloc(&a, 1));
    assert_null(terni_arena_alloc(&a, SIZE_MAX));
    terni_arena_done(&a);
}

static void test_cap_holds_for_many_small_pieces(void **state)
{
    terni_arena a;
    size_t      n = 0;

    (void)state;
    terni_arena_init(&a, NULL, 300000);
    while (terni_arena_alloc(&a, 40))
        n += 40;
    assert_true(n > 250000 && n <= 300000);
    assert_int_equal(terni_arena_error(&a), -EDQUOT);
    terni_arena_done(&a);
}

static void test_vprintf_of_any_length_is_whole(void **state)
{
    terni_arena a;

    (void)state;
    terni_arena_init(&a, NULL, 1 << 20);
    for (int len = 0; len < 1200; len += 37) {
        char *text = print(&a, "%0*d|", len, 7);

        assert_int_equal(strlen(text), len < 1 ? 2 : (size_t)len + 1);
        assert_int_equal(text[strlen(text) - 1], '|');
        assert_int_equal(text[strlen(text) - 2], '7');
    }
    assert_string_equal(print(&a, "%s", "x"), "x");
    terni_arena_done(&a);
}

static void test_strndup_ends_with_nul(void **state)
{
    terni_arena a;

    (void)state;
    terni_arena_init(&a, NULL, 1 << 20);
    assert_string_equal(terni_arena_strndup(&a, "tern", 3), "ter");
    assert_string_equal(terni_arena_strndup(&a, "", 0), "");
    terni_arena_done(&a);
}

static void test_release_gives_the_same_room_again(void **state)
{
    terni_arena      a;
    terni_arena_mark mark;
    char            *kept, *again, *tmp;
    size_t           held;

    (void)state;
    terni_arena_init(&a, NULL, 1 << 20);
    mark = terni_arena_get_mark(&a);
    terni_arena_alloc(&a, 5000);
    terni_arena_release(&a, mark);  // back to before the first chunk
    assert_int_equal(counting_mem_live(), 0);
    kept = terni_arena_strndup(&a, "kept", 4);
    held = a.held_bytes;
    mark = terni_arena_get_mark(&a);
    tmp = terni_arena_alloc(&a, 24);
    terni_arena_alloc(&a, 100000);
    terni_arena_release(&a, mark);
    again = terni_arena_alloc(&a, 24);
    assert_ptr_equal(again, tmp);
    assert_string_equal(kept, "kept");
    assert_int_equal(a.held_bytes, held);
    assert_true(terni_arena_is_valid(&a));
    terni_arena_done(&a);
}

static void test_released_bytes_are_poisoned(void **state)
{
#ifdef TERNI_ARENA_POISONS
    terni_arena      a;
    terni_arena_mark mark;
    char            *tmp;

    terni_arena_init(&a, NULL, 1 << 20);
    terni_arena_alloc(&a, 8);
    mark = terni_arena_get_mark(&a);
    tmp = terni_arena_strndup(&a, "gone", 4);
    assert_false(__asan_address_is_poisoned(tmp));
    assert_true(__asan_address_is_poisoned(tmp + 5));
    terni_arena_release(&a, mark);
    assert_true(__asan_address_is_poisoned(tmp));
    terni_arena_done(&a);
#endif
    (void)state;
}

static void test_held_things_go_newest_first_and_once(void **state)
{
    terni_arena a;
    int         order[3] = { 0 };

    (void)state;
    n_released = 0;
    terni_arena_init(&a, NULL, 1 << 20);
    for (int i = 0; i < 3; i++)
        assert_int_equal(terni_arena_hold(&a, on_release, &order[i]), 0);
    terni_arena_reset(&a);
    assert_int_equal(order[2], 1);
    assert_int_equal(order[0], 3);
    terni_arena_done(&a);
    assert_int_equal(n_released, 3);
}

static void test_hold_without_room_releases_at_once(void **state)
{
    terni_arena a;

    (void)state;
    n_released = 0;
    terni_arena_init(&a, NULL, 0);
    assert_int_equal(terni_arena_hold(&a, on_release, NULL), -EDQUOT);
    assert_int_equal(n_released, 1);
    terni_arena_done(&a);
    assert_int_equal(n_released, 1);
}

static void test_held_blocks_live_until_the_end(void **state)
{
    terni_arena a;
    tern_block *x = tern_block_new_shared(10), *y = tern_block_new_shared(10);

    (void)state;
    terni_arena_init(&a, NULL, 1 << 20);
    assert_int_equal(terni_arena_hold_block(&a, x), 0);
    assert_int_equal(terni_arena_hold_block(&a, x), 0);
    assert_int_equal(terni_arena_hold_block(&a, y), 0);
    assert_int_equal(terni_arena_hold_block(&a, x), 0);
    assert_int_equal(x->refs, 3);
    assert_int_equal(y->refs, 2);
    terni_arena_done(&a);
    assert_int_equal(x->refs, 1);
    assert_int_equal(y->refs, 1);
    tern_block_unref(x);
    tern_block_unref(y);
}

static void test_block_on_hold_survives_a_failed_hold(void **state)
{
    terni_arena a;
    tern_block *x = tern_block_new_shared(10), *y = tern_block_new_shared(10);

    (void)state;
    terni_arena_init(&a, NULL, 0);
    assert_int_equal(terni_arena_hold_block(&a, x), 0);
    assert_int_equal(terni_arena_hold_block(&a, y), -EDQUOT);
    assert_int_equal(x->refs, 2);
    assert_int_equal(y->refs, 1);
    terni_arena_done(&a);
    tern_block_unref(x);
    tern_block_unref(y);
}

static void test_any_failing_allocation_leaves_a_whole_arena(void **state)
{
    (void)state;
    for (long i = 0; i < 12; i++) {
        terni_arena a;

        counting_mem_fail_at(i);
        terni_arena_init(&a, NULL, 1 << 20);
        for (size_t n = 1; n < 20000; n *= 3)
            (void)print(&a, "%0*d", (int)n, 1);  // fails for good at some n
        assert_true(terni_arena_error(&a) == 0 || terni_arena_error(&a) == -ENOMEM);
        assert_true(terni_arena_is_valid(&a));
        terni_arena_done(&a);
        assert_int_equal(counting_mem_live(), 0);
    }
}

static void test_pooled_chunks_go_back_to_the_pool(void **state)
{
    tern_pool  *pool = tern_pool_new();
    terni_arena a;

    (void)state;
    terni_arena_init(&a, pool, 1 << 20);
    for (int i = 0; i < 100; i++)
        assert_non_null(terni_arena_alloc(&a, 100));
    terni_arena_done(&a);
    assert_int_equal(tern_pool_get_stats(pool).live_bytes, 0);
    tern_pool_free(pool);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, counting_mem_set_up, counting_mem_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_unused_arena_owns_nothing),
        TEST(test_alloc_of_many_sizes_is_aligned_and_apart),
        TEST(test_first_piece_is_used_before_any_chunk),
        TEST(test_alloc_above_the_cap_fails_for_good),
        TEST(test_cap_holds_for_many_small_pieces),
        TEST(test_vprintf_of_any_length_is_whole),
        TEST(test_strndup_ends_with_nul),
        TEST(test_release_gives_the_same_room_again),
        TEST(test_released_bytes_are_poisoned),
        TEST(test_held_things_go_newest_first_and_once),
        TEST(test_hold_without_room_releases_at_once),
        TEST(test_held_blocks_live_until_the_end),
        TEST(test_block_on_hold_survives_a_failed_hold),
        TEST(test_any_failing_allocation_leaves_a_whole_arena),
        TEST(test_pooled_chunks_go_back_to_the_pool),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
