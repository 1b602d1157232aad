// The dynamic table alone, beside a plain list of what should be in it.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/wire/h2/hpack_table_internal.h"

enum { USUAL_LIMIT = 4096, N_INSERTIONS = 20000, MAX_STRING = 700, MAX_VALUE = 32 };

// What was inserted, the newest last; the oldest that should have left are not looked at.
typedef struct text text;
struct text {
    char    *name, *value;
    uint32_t name_len, value_len;
};

static text texts[N_INSERTIONS];

static uint32_t random_len(void)
{
    return (uint32_t)(rand() % 50 ? rand() % 24 : rand() % MAX_STRING);
}

static char *random_string(uint32_t len)
{
    char *s = malloc(len + 1);

    assert_non_null(s);
    for (uint32_t i = 0; i < len; i++)
        s[i] = (char)rand();
    return s;
}

static void make_texts(void)
{
    srand(2);
    for (int i = 0; i < N_INSERTIONS; i++) {
        texts[i].name_len = random_len();
        texts[i].value_len = random_len();
        texts[i].name = random_string(texts[i].name_len);
        texts[i].value = random_string(texts[i].value_len);
    }
}

static void drop_texts(void)
{
    for (int i = 0; i < N_INSERTIONS; i++) {
        free(texts[i].name);
        free(texts[i].value);
    }
}

static int insert(terni_hpack_table *t, const text *x)
{
    return terni_hpack_table_insert(
        t, &(terni_hpack_field){ x->name, x->value, x->name_len, x->value_len });
}

// Counted from the newest, as many as fit; not one more.
static void assert_holds(const terni_hpack_table *t, const text *newest, uint32_t limit)
{
    uint32_t          size = 0, i = 0;
    terni_hpack_field f;

    assert_true(terni_hpack_table_is_valid(t));
    for (const text *x = newest; x >= texts; x--, i++) {
        size += x->name_len + x->value_len + TERNI_HPACK_ENTRY_OVERHEAD;
        if (size > limit)
            break;
        assert_true(terni_hpack_table_get(t, i, &f));
        assert_int_equal(f.name_len, x->name_len);
        assert_int_equal(f.value_len, x->value_len);
        assert_memory_equal(f.name, x->name, f.name_len);
        assert_memory_equal(f.value, x->value, f.value_len);
    }
    assert_false(terni_hpack_table_get(t, i, &f));
    assert_false(terni_hpack_table_get(t, UINT32_MAX, &f));
}

static void test_newest_come_first_and_oldest_leave(void **state)
{
    static const uint32_t limits[] = { 0, 40, 300, 1000, USUAL_LIMIT, TERNI_HPACK_MAX_LIMIT };
    terni_hpack_table     t;

    (void)state;
    make_texts();
    for (size_t k = 0; k < TERN_COUNT_OF(limits); k++) {
        terni_hpack_table_init(&t, limits[k]);
        for (int i = 0; i < N_INSERTIONS; i++) {
            assert_int_equal(insert(&t, &texts[i]), 0);
            if (i < 300 || i % 97 == 0)
                assert_holds(&t, &texts[i], limits[k]);
        }
        terni_hpack_table_done(&t);
    }
    drop_texts();
}

static void test_memory_is_never_more_than_the_limit(void **state)
{
    uint64_t          before = fail_malloc_serial();
    terni_hpack_table t;

    (void)state;
    make_texts();
    terni_hpack_table_init(&t, USUAL_LIMIT);
    for (int i = 0; i < N_INSERTIONS; i++) {
        assert_int_equal(insert(&t, &texts[i]), 0);
        assert_true(fail_malloc_n_live(before) <= 1);
        assert_true(fail_malloc_live_bytes(before) <= USUAL_LIMIT);
    }
    terni_hpack_table_done(&t);
    drop_texts();
}

static void insert_numbers(terni_hpack_table *t, int n, const char *format)
{
    char value[MAX_VALUE];

    for (int i = 0; i < n; i++) {
        int len = snprintf(value, sizeof value, format, i);

        assert_int_equal(terni_hpack_table_insert(
                             t, &(terni_hpack_field){ "grpc-timeout", value, 12, (uint32_t)len }),
                         0);
    }
}

// As when each call has a timeout of its own.
static void test_full_table_seldom_moves(void **state)
{
    terni_hpack_table t;
    uint64_t          before;

    (void)state;
    terni_hpack_table_init(&t, USUAL_LIMIT);
    insert_numbers(&t, 1000, "%06du");
    before = fail_malloc_serial();
    insert_numbers(&t, 1000, "%06du");
    assert_in_range(fail_malloc_serial() - before, 1, 1000 / 32);
    terni_hpack_table_done(&t);
}

static void test_smaller_table_takes_less_when_it_moves(void **state)
{
    uint64_t          before = fail_malloc_serial();
    terni_hpack_table t;

    (void)state;
    terni_hpack_table_init(&t, USUAL_LIMIT);
    insert_numbers(&t, 200, "%06du");
    assert_true(fail_malloc_live_bytes(before) > 2000);
    terni_hpack_table_resize(&t, 200);
    insert_numbers(&t, 200, "%06du");
    assert_int_equal(t.n, 3);
    assert_int_equal(fail_malloc_live_bytes(before), 256);
    terni_hpack_table_done(&t);
}

static void test_empty_table_holds_no_memory(void **state)
{
    uint64_t          before = fail_malloc_serial();
    terni_hpack_table t;

    (void)state;
    terni_hpack_table_init(&t, USUAL_LIMIT);
    assert_int_equal(fail_malloc_serial(), before);
    insert_numbers(&t, 10, "%d");
    terni_hpack_table_resize(&t, 0);
    assert_int_equal(fail_malloc_n_live(before), 0);
    assert_true(terni_hpack_table_is_valid(&t));
    terni_hpack_table_done(&t);
}

static void insert_without_memory(void *arg)
{
    terni_hpack_table t;
    int               err = 0;

    (void)arg;
    terni_hpack_table_init(&t, 100);
    for (int i = 0; i < 20 && err == 0; i++) {
        err = terni_hpack_table_insert(&t, &(terni_hpack_field){ "a name", "0123456789", 6, 10 });
        assert_true(terni_hpack_table_is_valid(&t));
    }
    assert_int_equal(err, fail_malloc_has_failed() ? -ENOMEM : 0);
    terni_hpack_table_done(&t);
}

static void test_any_allocation_may_fail(void **state)
{
    (void)state;
    assert_int_equal(for_each_failed_allocation(insert_without_memory, NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_newest_come_first_and_oldest_leave),
        TERN_TEST(test_memory_is_never_more_than_the_limit),
        TERN_TEST(test_full_table_seldom_moves),
        TERN_TEST(test_smaller_table_takes_less_when_it_moves),
        TERN_TEST(test_empty_table_holds_no_memory),
        TERN_TEST(test_any_allocation_may_fail),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
