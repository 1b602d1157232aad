// Which connections a channel wants, and which of those that take calls gets the next one. Links are only
// names here.
#include "tests/support/leak.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rpc/client/balance_internal.h"

enum { N_LINKS = 6 };

static const tern_balance policies[] = { TERN_PICK_FIRST, TERN_ROUND_ROBIN };

typedef struct ring ring;
struct ring {
    terni_balancer b;
    terni_link     links[N_LINKS];
};

static void begin(ring *r, tern_balance balance, unsigned n)
{
    *r = (ring){ .b.n = 0 };
    terni_balancer_init(&r->b, terni_balance_policy_of(balance));
    assert_int_equal(terni_balancer_reserve(&r->b, N_LINKS), 0);
    for (unsigned i = 0; i < n; i++)
        terni_balancer_add(&r->b, &r->links[i]);
}

static void end(ring *r)
{
    while (r->b.n)
        terni_balancer_remove(&r->b, r->b.links[0]);
    terni_balancer_done(&r->b);
}

static char pick(ring *r) { return (char)('a' + (terni_balancer_pick(&r->b, NULL) - r->links)); }

static void check_ring(const ring *r)
{
    for (unsigned i = 0; i < r->b.n; i++)
        assert_int_equal(r->b.links[i]->ready_at, i);
}

// ---- picking -------------------------------------------------------------

static void test_policies_are_known_by_number(void **state)
{
    (void)state;
    assert_non_null(terni_balance_policy_of(TERN_PICK_FIRST));
    assert_non_null(terni_balance_policy_of(TERN_ROUND_ROBIN));
    assert_null(terni_balance_policy_of((tern_balance)2));
    assert_null(terni_balance_policy_of((tern_balance)-1));
}

static void test_links_take_turns(void **state)
{
    ring r;

    (void)state;
    for (size_t p = 0; p < TERN_COUNT_OF(policies); p++) {
        unsigned n_picked[N_LINKS] = { 0 };

        begin(&r, policies[p], N_LINKS);
        for (int i = 0; i < 10 * N_LINKS; i++)
            n_picked[pick(&r) - 'a']++;
        for (int i = 0; i < N_LINKS; i++)
            assert_int_equal(n_picked[i], 10);
        end(&r);
    }
}

static void test_link_that_has_just_come_is_next(void **state)
{
    ring r;

    (void)state;
    for (size_t p = 0; p < TERN_COUNT_OF(policies); p++) {
        begin(&r, policies[p], 3);
        assert_int_equal(pick(&r), 'c');
        assert_int_equal(pick(&r), 'a');
        terni_balancer_add(&r.b, &r.links[3]);
        assert_int_equal(pick(&r), 'd');
        end(&r);
    }
}

static void test_single_link_gets_all(void **state)
{
    ring r;

    (void)state;
    begin(&r, TERN_ROUND_ROBIN, 1);
    for (int i = 0; i < 5; i++)
        assert_int_equal(pick(&r), 'a');
    end(&r);
}

// Any of them goes at any point of the turn: nobody is left out, and no one who left is picked.
static void test_any_link_may_go_at_any_turn(void **state)
{
    ring r;

    (void)state;
    for (unsigned gone = 0; gone < N_LINKS; gone++) {
        for (unsigned turn = 0; turn < N_LINKS; turn++) {
            unsigned n_picked[N_LINKS] = { 0 };

            begin(&r, TERN_ROUND_ROBIN, N_LINKS);
            for (unsigned i = 0; i < turn; i++)
                (void)pick(&r);
            terni_balancer_remove(&r.b, &r.links[gone]);
            check_ring(&r);
            for (int i = 0; i < N_LINKS - 1; i++)
                n_picked[pick(&r) - 'a']++;
            for (unsigned i = 0; i < N_LINKS; i++)
                assert_int_equal(n_picked[i], i != gone);
            end(&r);
        }
    }
}

static void test_links_come_and_go_in_any_order(void **state)
{
    uint64_t random = 1;
    bool     is_in[N_LINKS] = { false };
    ring     r;

    (void)state;
    begin(&r, TERN_ROUND_ROBIN, 0);
    for (int i = 0; i < 10000; i++) {
        unsigned k;

        random = random * UINT64_C(6364136223846793005) + 1442695040888963407U;
        k = (unsigned)(random >> 33) % N_LINKS;
        if (is_in[k])
            terni_balancer_remove(&r.b, &r.links[k]);
        else
            terni_balancer_add(&r.b, &r.links[k]);
        is_in[k] = !is_in[k];
        check_ring(&r);
        if (r.b.n)
            assert_true(is_in[pick(&r) - 'a']);
    }
    end(&r);
}

// ---- a policy of one's own -----------------------------------------------

static char   told[64];
static size_t n_told;

static void tell_added(terni_balancer *b)
{
    n_told += (size_t)snprintf(told + n_told, sizeof told - n_told, "+%u", b->n);
}

static void tell_removed(terni_balancer *b, const terni_link *link)
{
    assert_ptr_equal(b->links[link->ready_at], link);  // still there
    n_told += (size_t)snprintf(told + n_told, sizeof told - n_told, "-%u", b->n);
}

static terni_link *pick_last(terni_balancer *b, const terni_outcall *call)
{
    (void)call;
    return b->links[b->n - 1];
}

static void test_policy_is_told_of_links_that_come_and_go(void **state)
{
    static const terni_balance_policy policy = { .added = tell_added,
                                                 .removed = tell_removed,
                                                 .pick = pick_last };
    ring                              r;

    (void)state;
    n_told = 0;
    begin(&r, TERN_PICK_FIRST, 0);
    r.b.policy = &policy;
    terni_balancer_add(&r.b, &r.links[0]);
    terni_balancer_add(&r.b, &r.links[1]);
    assert_int_equal(pick(&r), 'b');
    terni_balancer_remove(&r.b, &r.links[0]);
    assert_int_equal(pick(&r), 'b');
    end(&r);
    assert_string_equal(told, "+1+2-2-1");
}

// ---- which connections ---------------------------------------------------

typedef struct wishes wishes;
struct wishes {
    terni_wish list[64];
    unsigned   n, n_until_fail;  // 0: never
};

static int want(const terni_wish *wish, void *arg)
{
    wishes *w = arg;

    if (w->n_until_fail && --w->n_until_fail == 0)
        return -ENOMEM;
    w->list[w->n++] = *wish;
    return 0;
}

static int plan(tern_balance balance, const char *addresses, wishes *w)
{
    tern_status      st;
    terni_endpoints *e = terni_endpoints_new(addresses, false, &st);
    int              err = terni_balance_policy_of(balance)->plan(e, want, w);

    terni_endpoints_unref(e);
    return err;
}

static void test_pick_first_wants_one_that_tries_all(void **state)
{
    wishes w = { .n = 0 };

    (void)state;
    assert_int_equal(plan(TERN_PICK_FIRST, "unix:@a,tcp://name:1,unix:@c", &w), 0);
    assert_int_equal(w.n, 1);
    assert_int_equal(w.list[0].first, 0);
    assert_int_equal(w.list[0].n_tries, 3);
    assert_false(w.list[0].is_picky);
}

static void test_round_robin_wants_one_to_each(void **state)
{
    wishes w = { .n = 0 };

    (void)state;
    assert_int_equal(plan(TERN_ROUND_ROBIN, "unix:@a,tcp://127.0.0.1:1", &w), 0);
    assert_int_equal(w.n, 2);
    for (unsigned i = 0; i < 2; i++) {
        assert_int_equal(w.list[i].first, i);
        assert_int_equal(w.list[i].n_tries, 1);
        assert_true(w.list[i].is_picky);
        assert_int_equal(w.list[i].nth, 0);
    }
}

static void test_round_robin_wants_one_to_each_that_a_name_may_stand_for(void **state)
{
    wishes w = { .n = 0 };

    (void)state;
    assert_int_equal(plan(TERN_ROUND_ROBIN, "unix:@a,tcp://name:1", &w), 0);
    assert_int_equal(w.n, 1 + TERN_MAX_RESOLVED);
    for (unsigned i = 0; i < TERN_MAX_RESOLVED; i++) {
        assert_int_equal(w.list[1 + i].first, 1);
        assert_int_equal(w.list[1 + i].nth, i);
    }
}

static void test_plan_stops_where_a_wish_cannot_be_granted(void **state)
{
    wishes w = { .n_until_fail = 2 };

    (void)state;
    assert_int_equal(plan(TERN_ROUND_ROBIN, "unix:@a,unix:@b,unix:@c", &w), -ENOMEM);
    assert_int_equal(w.n, 1);
}

// ---- memory --------------------------------------------------------------

static void reserve(void *arg)
{
    terni_balancer b;
    terni_link     link;

    (void)arg;
    terni_balancer_init(&b, terni_balance_policy_of(TERN_PICK_FIRST));
    if (terni_balancer_reserve(&b, 1) == 0) {
        terni_balancer_add(&b, &link);
        if (terni_balancer_reserve(&b, 100) < 0)
            assert_int_equal(b.cap, 1);
        assert_int_equal(terni_balancer_reserve(&b, 1), 0);  // there is room
        assert_ptr_equal(terni_balancer_pick(&b, NULL), &link);
        terni_balancer_remove(&b, &link);
    }
    terni_balancer_done(&b);
}

static void test_without_memory_what_there_is_stays(void **state)
{
    (void)state;
    assert_int_equal(for_each_failed_allocation(reserve, NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_policies_are_known_by_number),
        TERN_TEST(test_links_take_turns),
        TERN_TEST(test_link_that_has_just_come_is_next),
        TERN_TEST(test_single_link_gets_all),
        TERN_TEST(test_any_link_may_go_at_any_turn),
        TERN_TEST(test_links_come_and_go_in_any_order),
        TERN_TEST(test_policy_is_told_of_links_that_come_and_go),
        TERN_TEST(test_pick_first_wants_one_that_tries_all),
        TERN_TEST(test_round_robin_wants_one_to_each),
        TERN_TEST(test_round_robin_wants_one_to_each_that_a_name_may_stand_for),
        TERN_TEST(test_plan_stops_where_a_wish_cannot_be_granted),
        TERN_TEST(test_without_memory_what_there_is_stays),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
