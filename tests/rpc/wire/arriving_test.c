// Messages in parts, without an engine: they come out whole, and what was announced is given back.
#include "tests/support/leak.h"

#include <errno.h>
#include <string.h>

#include "rpc/wire/arriving_internal.h"

// What a core knows of announced messages.
typedef struct account account;
struct account {
    size_t held;
    bool   is_full;
};

static bool on_announced(void *owner, size_t bytes)
{
    account *a = owner;

    a->held += a->is_full ? 0 : bytes;
    return !a->is_full;
}

static void on_taken(void *owner, size_t bytes)
{
    account *a = owner;

    assert_true(a->held >= bytes);
    a->held -= bytes;
}

static const terni_wire_events counting = { .announced = on_announced, .taken = on_taken },
                               silent = { .announced = NULL };

// A block full of bytes that count up from `first`. NULL without memory.
static tern_block *make_block(tern_pool *pool, size_t n, uint8_t first)
{
    tern_block *block = tern_block_new(pool, n);

    for (size_t i = 0; block && i < n; i++)
        block->base[i] = (uint8_t)(first + i);
    if (block)
        block->used = n;
    return block;
}

// 0, or -ENOMEM.
static int add(terni_arriving *a, tern_pool *pool, size_t n)
{
    tern_block *block = make_block(pool, n, (uint8_t)a->parts.len);
    int         err = block ? terni_arriving_add(a, block->base, n, block) : -ENOMEM;

    if (block)
        tern_block_unref(block);
    return err;
}

static void assert_counts(const terni_piece *piece, size_t len)
{
    assert_int_equal(piece->len, len);
    for (size_t i = 0; i < len; i++)
        assert_int_equal(piece->data[i], (uint8_t)i);
}

static void test_parts_of_all_sizes_become_one_message(void **state)
{
    static const size_t sizes[][4] = {
        { 1 }, { 5, 0, 3 }, { 1000, 24, 2000 }, { 3000, 1, 1, 3000 }, { 0, 100000, 500, 70000 }
    };
    tern_pool *pool = tern_pool_new();

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(sizes); i++) {
        terni_arriving *a = NULL;
        terni_piece     piece;
        size_t          size = 0;

        for (size_t k = 0; k < 4; k++)
            size += sizes[i][k];
        assert_int_equal(terni_arriving_new(&silent, NULL, pool, size, &a), 0);
        for (size_t k = 0; k < 4; k++)
            assert_int_equal(add(a, pool, sizes[i][k]), 0);
        assert_int_equal(terni_arriving_lacks(a), 0);
        assert_true(terni_arriving_get(a, NULL, &piece));
        assert_counts(&piece, size);
        assert_in_range((uintptr_t)piece.data, (uintptr_t)piece.block->base,
                        (uintptr_t)piece.block->base + piece.block->used - size);
        terni_arriving_free(a);
    }
    tern_pool_free(pool);
}

static void test_empty_message_lies_in_the_block_that_is_given(void **state)
{
    tern_pool      *pool = tern_pool_new();
    tern_block     *block = make_block(pool, 10, 0);
    terni_arriving *a = NULL;
    terni_piece     piece;

    (void)state;
    assert_int_equal(terni_arriving_new(&silent, NULL, pool, 0, &a), 0);
    a->is_compressed = true;
    assert_true(terni_arriving_get(a, block, &piece));
    assert_int_equal(piece.len, 0);
    assert_non_null(piece.data);
    assert_ptr_equal(piece.block, block);
    assert_true(piece.is_compressed);
    terni_arriving_free(a);
    tern_block_unref(block);
    tern_pool_free(pool);
}

static void test_short_parts_let_their_blocks_go_and_long_ones_are_not_copied(void **state)
{
    tern_pool      *pool = tern_pool_new();
    tern_block     *block = make_block(pool, 5000, 0);
    terni_arriving *a = NULL, *b = NULL;
    terni_piece     piece;

    (void)state;
    assert_int_equal(terni_arriving_new(&silent, NULL, pool, 2000, &a), 0);
    assert_int_equal(terni_arriving_add(a, block->base, 1000, block), 0);
    assert_int_equal(terni_arriving_add(a, block->base + 1000, 1000, block), 0);
    assert_int_equal(block->refs, 1);
    assert_int_equal(terni_arriving_new(&silent, NULL, pool, 5000, &b), 0);
    assert_int_equal(terni_arriving_add(b, block->base, 5000, block), 0);
    assert_true(terni_arriving_get(b, NULL, &piece));
    assert_ptr_equal(piece.data, block->base);
    assert_ptr_equal(piece.block, block);
    terni_arriving_free(a);
    terni_arriving_free(b);
    tern_block_unref(block);
    tern_pool_free(pool);
}

static void test_what_is_announced_is_given_back_whole_or_not(void **state)
{
    tern_pool      *pool = tern_pool_new();
    account         acc = { .held = 0 };
    terni_arriving *a = NULL, *b = NULL, *c = NULL;

    (void)state;
    assert_int_equal(terni_arriving_new(&counting, &acc, pool, 100, &a), 0);
    assert_int_equal(terni_arriving_new(&counting, &acc, pool, 30, &b), 0);
    assert_int_equal(acc.held, 130);
    acc.is_full = true;
    assert_int_equal(terni_arriving_new(&counting, &acc, pool, 1, &c), -EDQUOT);
    assert_null(c);
    assert_int_equal(add(a, pool, 100), 0);
    assert_int_equal(add(b, pool, 10), 0);
    assert_int_equal(terni_arriving_lacks(b), 20);
    terni_arriving_free(a);
    assert_int_equal(acc.held, 30);
    terni_arriving_free(b);
    assert_int_equal(acc.held, 0);
    tern_pool_free(pool);
}

static void whole_life(void *arg)
{
    account         acc = { .held = 0 };
    tern_pool      *pool = tern_pool_new();
    terni_arriving *a = NULL;
    terni_piece     piece;

    (void)arg;
    if (pool && terni_arriving_new(&counting, &acc, pool, 12000, &a) == 0) {
        bool is_whole = add(a, pool, 500) == 0 && add(a, pool, 6500) == 0 &&
                        add(a, pool, 5000) == 0 && terni_arriving_get(a, NULL, &piece);

        if (is_whole)
            assert_counts(&piece, 12000);
        assert_true(is_whole || fail_malloc_has_failed());
        terni_arriving_free(a);
    }
    assert_int_equal(acc.held, 0);
    if (pool)
        tern_pool_free(pool);
}

static void test_every_allocation_may_fail(void **state)
{
    (void)state;
    assert_in_range(for_each_failed_allocation(whole_life, NULL), 6, 100);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_parts_of_all_sizes_become_one_message),
        TERN_TEST(test_empty_message_lies_in_the_block_that_is_given),
        TERN_TEST(test_short_parts_let_their_blocks_go_and_long_ones_are_not_copied),
        TERN_TEST(test_what_is_announced_is_given_back_whole_or_not),
        TERN_TEST(test_every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
