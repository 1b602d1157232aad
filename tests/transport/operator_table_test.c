#include "transport/poller/operator_table_internal.h"

#include <errno.h>

#include "tests/support/leak.h"
#include "tests/transport/failing_mem.h"

enum { N_FIRST = 64, N_MANY = 1000 };

static void take(terni_operator_table *s, tern_operator *op)
{
    assert_int_equal(terni_operator_table_take(s, op), 0);
}

static void test_key_dies_with_its_operator(void **state)
{
    terni_operator_table s;
    tern_operator        first, second;
    uint64_t             key;

    (void)state;
    terni_operator_table_init(&s);
    assert_null(terni_operator_table_find(&s, 0));
    take(&s, &first);
    key = terni_operator_table_key(&s, first.slot);
    assert_ptr_equal(terni_operator_table_find(&s, key), &first);
    terni_operator_table_drop(&s, first.slot);
    terni_operator_table_recycle(&s);
    take(&s, &second);
    assert_int_equal(second.slot, first.slot);
    assert_null(terni_operator_table_find(&s, key));
    assert_null(terni_operator_table_find(&s, (uint64_t)s.n << 32 | 1));
    terni_operator_table_done(&s);
}

static void test_no_slot_is_used_twice_in_a_round(void **state)
{
    terni_operator_table s;
    tern_operator        first, second;

    (void)state;
    terni_operator_table_init(&s);
    take(&s, &first);
    terni_operator_table_drop(&s, first.slot);
    take(&s, &second);
    assert_int_not_equal(second.slot, first.slot);
    terni_operator_table_done(&s);
}

static void test_turns_come_once_and_in_order(void **state)
{
    terni_operator_table s;
    tern_operator        ops[3];

    (void)state;
    terni_operator_table_init(&s);
    for (int i = 0; i < 3; i++)
        take(&s, &ops[i]);
    for (int i = 2; i >= 0; i--)
        terni_operator_table_give_turn(&s, TERNI_TURN_READY, ops[i].slot);
    terni_operator_table_give_turn(&s, TERNI_TURN_READY, ops[1].slot);
    terni_operator_table_give_turn(&s, TERNI_TURN_FLUSH, ops[1].slot);
    assert_int_equal(s.turns[TERNI_TURN_READY].n, 3);
    for (int i = 2; i >= 0; i--)
        assert_ptr_equal(terni_operator_table_take_turn(&s, TERNI_TURN_READY), &ops[i]);
    assert_true(terni_operator_table_has_turns(&s));
    assert_ptr_equal(terni_operator_table_take_turn(&s, TERNI_TURN_FLUSH), &ops[1]);
    assert_false(terni_operator_table_has_turns(&s));
    terni_operator_table_done(&s);
}

// A free slot that is still on a list would be linked into both.
static void test_slot_outlives_the_round_while_it_has_a_turn(void **state)
{
    (void)state;
    for (terni_turn turn = 0; turn < TERNI_N_TURNS; turn++) {
        terni_operator_table s;
        tern_operator        dropped, other;

        terni_operator_table_init(&s);
        take(&s, &dropped);
        terni_operator_table_give_turn(&s, turn, dropped.slot);
        terni_operator_table_drop(&s, dropped.slot);
        terni_operator_table_recycle(&s);
        take(&s, &other);
        assert_int_not_equal(other.slot, dropped.slot);
        assert_null(terni_operator_table_take_turn(&s, turn));
        terni_operator_table_recycle(&s);
        take(&s, &other);
        assert_int_equal(other.slot, dropped.slot);
        terni_operator_table_done(&s);
    }
}

static void test_slot_with_two_turns_is_buried_once(void **state)
{
    terni_operator_table s;
    tern_operator        dropped, other[2];

    (void)state;
    terni_operator_table_init(&s);
    take(&s, &dropped);
    terni_operator_table_give_turn(&s, TERNI_TURN_READY, dropped.slot);
    terni_operator_table_give_turn(&s, TERNI_TURN_FLUSH, dropped.slot);
    terni_operator_table_drop(&s, dropped.slot);
    assert_null(terni_operator_table_take_turn(&s, TERNI_TURN_READY));
    assert_null(terni_operator_table_take_turn(&s, TERNI_TURN_FLUSH));
    terni_operator_table_recycle(&s);
    take(&s, &other[0]);
    take(&s, &other[1]);
    assert_int_equal(other[0].slot, dropped.slot);
    assert_int_not_equal(other[1].slot, dropped.slot);
    terni_operator_table_done(&s);
}

static void test_growing_keeps_names_and_turns(void **state)
{
    terni_operator_table s;
    static tern_operator ops[N_MANY];
    uint64_t             key;

    (void)state;
    terni_operator_table_init(&s);
    take(&s, &ops[0]);
    key = terni_operator_table_key(&s, ops[0].slot);
    terni_operator_table_give_turn(&s, TERNI_TURN_READY, ops[0].slot);
    for (uint32_t i = 1; i < N_MANY; i++) {
        take(&s, &ops[i]);
        assert_int_equal(ops[i].slot, i);
    }
    assert_ptr_equal(terni_operator_table_find(&s, key), &ops[0]);
    assert_ptr_equal(terni_operator_table_take_turn(&s, TERNI_TURN_READY), &ops[0]);
    terni_operator_table_done(&s);
}

static void test_no_memory_leaves_what_there_is(void **state)
{
    terni_operator_table s;
    tern_operator        ops[N_FIRST + 1];

    (void)state;
    failing_mem_install();
    terni_operator_table_init(&s);
    failing_mem_fail_at(0);
    assert_int_equal(terni_operator_table_take(&s, &ops[0]), -ENOMEM);
    for (int i = 0; i < N_FIRST; i++)
        take(&s, &ops[i]);
    failing_mem_fail_at(0);
    assert_int_equal(terni_operator_table_take(&s, &ops[N_FIRST]), -ENOMEM);
    for (int i = 0; i < N_FIRST; i++)
        assert_ptr_equal(terni_operator_table_find(&s, terni_operator_table_key(&s, ops[i].slot)),
                         &ops[i]);
    take(&s, &ops[N_FIRST]);
    terni_operator_table_done(&s);
    assert_int_equal(failing_mem_live(), 0);
    failing_mem_remove();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_key_dies_with_its_operator),
        TERN_TEST(test_no_slot_is_used_twice_in_a_round),
        TERN_TEST(test_turns_come_once_and_in_order),
        TERN_TEST(test_slot_outlives_the_round_while_it_has_a_turn),
        TERN_TEST(test_slot_with_two_turns_is_buried_once),
        TERN_TEST(test_growing_keeps_names_and_turns),
        TERN_TEST(test_no_memory_leaves_what_there_is),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
