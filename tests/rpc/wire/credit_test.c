// What the peer may still send: granted in steps, ahead and back, and nothing is ever lost.
#include "tests/support/leak.h"

#include "rpc/wire/credit_internal.h"

enum { WINDOW = 1000 };

static void test_overrun_is_seen_at_the_first_byte_too_many(void **state)
{
    terni_credit c;

    (void)state;
    terni_credit_init(&c, WINDOW);
    assert_true(terni_credit_use(&c, WINDOW - 1));
    assert_true(terni_credit_use(&c, 1));
    assert_true(terni_credit_use(&c, 0));
    assert_false(terni_credit_use(&c, 1));
    assert_true(terni_credit_is_valid(&c, WINDOW));
}

static void test_consumed_bytes_come_back_in_half_windows(void **state)
{
    terni_credit c;

    (void)state;
    terni_credit_init(&c, WINDOW);
    assert_true(terni_credit_use(&c, 900));
    assert_int_equal(terni_credit_consume(&c, 499, WINDOW), 0);
    assert_int_equal(c.left, 100);
    assert_int_equal(terni_credit_consume(&c, 1, WINDOW), 500);
    assert_int_equal(c.left, 600);
    assert_int_equal(terni_credit_consume(&c, 400, WINDOW), 0);
    assert_int_equal(c.held, 0);
    assert_int_equal(c.left + (int64_t)c.unacked, WINDOW);
}

static void test_grant_ahead_is_withheld_later(void **state)
{
    terni_credit c;

    (void)state;
    terni_credit_init(&c, WINDOW);
    assert_int_equal(terni_credit_grant_ahead(&c, WINDOW, 0), 0);  // may come as it is
    assert_int_equal(terni_credit_grant_ahead(&c, 5000, 300), 4300);
    assert_int_equal(c.left, 5300);
    assert_true(terni_credit_use(&c, 5000));
    assert_int_equal(terni_credit_consume(&c, 4000, WINDOW), 0);
    assert_int_equal(terni_credit_consume(&c, 1000, WINDOW), 700);  // less 4,300 in all
    assert_int_equal(c.left, WINDOW);
    assert_true(terni_credit_is_valid(&c, WINDOW));
}

static void test_bytes_beside_the_window_are_not_granted_again(void **state)
{
    terni_credit c;

    (void)state;
    terni_credit_init(&c, WINDOW);
    terni_credit_use_beside(&c, 5000);
    assert_int_equal(c.left, WINDOW);
    assert_int_equal(terni_credit_consume(&c, 5000, WINDOW), 0);
    assert_int_equal(c.unacked, 0);
    assert_int_equal(c.left, WINDOW);
    assert_true(terni_credit_is_valid(&c, WINDOW));
}

static void test_reserved_bytes_may_all_come_and_half_a_window_beside(void **state)
{
    terni_shared_credit c = { .reserved = 0 };

    (void)state;
    terni_credit_init(&c.all, WINDOW);
    terni_credit_reserve(&c, 700);
    assert_int_equal(terni_credit_grant_reserved(&c, WINDOW), 0);
    terni_credit_reserve(&c, 2000);
    assert_int_equal(terni_credit_grant_reserved(&c, WINDOW), 2700 + WINDOW / 2 - WINDOW);
    assert_int_equal(c.all.left, 2700 + WINDOW / 2);
    assert_true(terni_credit_use(&c.all, 2700));
    terni_credit_unreserve(&c, 2700);
    assert_int_equal(c.reserved, 0);
    assert_int_equal(terni_credit_grant_reserved(&c, WINDOW), 0);
}

static void test_what_others_consume_is_announced_when_a_message_needs_it(void **state)
{
    enum { LOW = TERNI_CREDIT_LOW, LARGE = 10 * LOW };
    terni_shared_credit c = { .reserved = 0 };

    (void)state;
    terni_credit_init(&c.all, LARGE);
    terni_credit_reserve(&c, 9 * LOW);
    assert_true(terni_credit_use(&c.all, 6 * LOW));  // of it; three more lack
    terni_credit_unreserve(&c, 6 * LOW);
    assert_true(terni_credit_use(&c.all, 2 * LOW));
    assert_int_equal(terni_credit_consume_shared(&c, LOW - 1, LARGE), 0);
    assert_int_equal(terni_credit_consume_shared(&c, 1, LARGE),
                     LOW);  // there is as much left beyond LOW
    assert_int_equal(terni_credit_consume_shared(&c, LOW, LARGE), 0);
    assert_true(terni_credit_use(&c.all, LOW - 1));  // more of the message
    assert_int_equal(terni_credit_hurry(&c.all), 0);
    assert_true(terni_credit_use(&c.all, 1));
    assert_int_equal(terni_credit_hurry(&c.all), LOW);
    assert_true(terni_credit_is_valid(&c.all, LARGE));
}

static void test_grant_for_a_message_is_not_withheld_for_others(void **state)
{
    terni_shared_credit c = { .reserved = 0 };

    (void)state;
    terni_credit_init(&c.all, WINDOW);
    terni_credit_reserve(&c, 3000);
    assert_int_equal(terni_credit_grant_reserved(&c, WINDOW), 3000 + WINDOW / 2 - WINDOW);
    assert_true(terni_credit_use(&c.all, 1000));                           // others'
    assert_int_equal(terni_credit_consume_shared(&c, 1000, WINDOW), 500);  // the spare is withheld
    assert_int_equal(c.all.left, 3000);
    assert_true(terni_credit_use(&c.all, 3000));
    terni_credit_unreserve(&c, 3000);
    terni_credit_settle(&c, 3000, 0);
    assert_int_equal(terni_credit_consume_shared(&c, 3000, WINDOW), WINDOW);
    assert_int_equal(c.all.advance, 0);
}

static uint64_t next_random(uint64_t *state)
{
    *state = *state * UINT64_C(6364136223846793005) + 1442695040888963407U;
    return *state >> 33;
}

// The peer counts what it was granted; the core what it was given. Neither ever disagrees.
static void test_law_holds_on_every_walk(void **state)
{
    uint64_t     random = 1;
    int64_t      peer = WINDOW;
    uint64_t     core = 0;
    terni_credit c;

    (void)state;
    terni_credit_init(&c, WINDOW);
    for (int i = 0; i < 100000; i++) {
        uint64_t n = next_random(&random) % (WINDOW / 2);

        switch (next_random(&random) % 4) {
        case 0:
            n = (int64_t)n < peer ? n : (uint64_t)peer;
            assert_true(terni_credit_use(&c, n));
            peer -= (int64_t)n;
            core += n;
            break;
        case 1:
            terni_credit_use_beside(&c, n);
            core += n;
            break;
        case 2:
            peer += (int64_t)terni_credit_grant_ahead(&c, 2 * n, n);
            break;
        default:
            n = n < core ? n : core;
            peer += (int64_t)terni_credit_consume(&c, n, WINDOW);
            core -= n;
        }
        assert_int_equal(c.left, peer);
        assert_int_equal(c.held, core);
        assert_true(terni_credit_is_valid(&c, WINDOW));
    }
    peer += (int64_t)terni_credit_consume(&c, core, WINDOW);
    assert_int_equal(peer + (int64_t)c.unacked, WINDOW + c.advance);
}

static void test_lost_byte_breaks_the_law(void **state)
{
    terni_credit c;

    (void)state;
    terni_credit_init(&c, WINDOW);
    assert_true(terni_credit_use(&c, 10));
    c.held--;
    assert_false(terni_credit_is_valid(&c, WINDOW));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_overrun_is_seen_at_the_first_byte_too_many),
        TERN_TEST(test_consumed_bytes_come_back_in_half_windows),
        TERN_TEST(test_grant_ahead_is_withheld_later),
        TERN_TEST(test_bytes_beside_the_window_are_not_granted_again),
        TERN_TEST(test_reserved_bytes_may_all_come_and_half_a_window_beside),
        TERN_TEST(test_what_others_consume_is_announced_when_a_message_needs_it),
        TERN_TEST(test_grant_for_a_message_is_not_withheld_for_others),
        TERN_TEST(test_law_holds_on_every_walk),
        TERN_TEST(test_lost_byte_breaks_the_law),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
