#include "tests/support/leak.h"

#include <stdlib.h>
#include <string.h>

#include <tern/timer.h>

#define TICK_NS (UINT64_C(1) << TERN_WHEEL_TICK_SHIFT)
#define DAY_NS  (24 * 3600 * TERN_NS_PER_S)
#define START   (1000 * TICK_NS)

static tern_wheel wheel;

// A timer that remembers what happened to it.
typedef struct probe probe;
struct probe {
    tern_timer timer;
    unsigned   n_runs;
    unsigned   rank;  // its place among all that ran
    void (*then)(probe *p);
    probe   *victim;
    uint64_t again_ns;
};

static unsigned n_ran;

static void on_due(tern_timer *t)
{
    probe *p = TERN_CONTAINER_OF(t, probe, timer);

    assert_false(tern_timer_is_set(t));
    p->n_runs++;
    p->rank = n_ran++;
    if (p->then)
        p->then(p);
    assert_true(tern_wheel_is_valid(&wheel));
}

static void init_probes(probe *probes, size_t n)
{
    memset(probes, 0, n * sizeof *probes);
    for (size_t i = 0; i < n; i++)
        tern_timer_init(&probes[i].timer, on_due);
}

static int start_wheel(void **state)
{
    (void)state;
    tern_wheel_init(&wheel, START);
    n_ran = 0;
    return 0;
}

static void set(probe *p, uint64_t deadline_ns)
{
    tern_timer_set(&wheel, &p->timer, deadline_ns);
    assert_true(tern_wheel_is_valid(&wheel));
}

static unsigned advance(uint64_t now_ns)
{
    unsigned n = tern_wheel_advance(&wheel, now_ns, UINT32_MAX);

    assert_true(tern_wheel_is_valid(&wheel));
    return n;
}

static uint64_t tick_after(uint64_t deadline_ns)
{
    return deadline_ns / TICK_NS + (deadline_ns % TICK_NS != 0);
}

// ---- one timer -----------------------------------------------------------

// Distances that lie in each level, on its edges and beyond the last.
static const uint64_t distances_ns[] = {
    1,
    TICK_NS - 1,
    TICK_NS,
    TICK_NS + 1,
    63 * TICK_NS,
    64 * TICK_NS,
    65 * TICK_NS + 7,
    4095 * TICK_NS,
    4096 * TICK_NS,
    30 * TERN_NS_PER_S,
    262143 * TICK_NS,
    262144 * TICK_NS,
    3600 * TERN_NS_PER_S,
    (UINT64_C(1) << 24) * TICK_NS - 1,
    (UINT64_C(1) << 24) * TICK_NS,
    DAY_NS,
    63 * (UINT64_C(1) << 24) * TICK_NS,
    (UINT64_C(1) << 30) * TICK_NS - 1,
    (UINT64_C(1) << 30) * TICK_NS,
    14 * DAY_NS,
    100 * DAY_NS,
    3650 * DAY_NS,
};

// Where a wheel may stand: the beginning of time, and just before each carry of its digits, of 2^30
// ticks and of 2^32 ticks.
static const uint64_t starts_tick[] = {
    0,
    1,
    63,
    4095,
    (1 << 18) - 1,
    (1 << 24) - 1,
    (1 << 24),
    (UINT64_C(1) << 30) - 1,
    (UINT64_C(1) << 30) - (1 << 24),
    (UINT64_C(1) << 32) - 1,
    (UINT64_C(1) << 32) - 4096,
    (UINT64_C(1) << 32),
    (UINT64_C(1) << 40) + 12345,
};

static void run_alone(uint64_t now_ns, uint64_t deadline_ns)
{
    uint64_t due_ns = tick_after(deadline_ns) * TICK_NS;
    unsigned n_wakes = 0;
    probe    p;

    init_probes(&p, 1);
    tern_wheel_init(&wheel, now_ns);
    set(&p, deadline_ns);
    while (!p.n_runs) {
        uint64_t next_ns = tern_wheel_next_ns(&wheel);

        assert_true(next_ns <= due_ns);
        assert_int_equal(tern_wheel_advance(&wheel, next_ns - 1, 1), 0);
        assert_true(tern_wheel_advance(&wheel, next_ns, 1) == (next_ns == due_ns));
        n_wakes++;
    }
    assert_in_range(n_wakes, 1, TERN_WHEEL_LEVELS + (deadline_ns - now_ns) / (12 * DAY_NS));
    assert_int_equal(wheel.n_filed, 0);
    assert_true(tern_wheel_next_ns(&wheel) == TERN_NEVER);
}

static void test_timer_alone_runs_in_its_tick_with_few_wakes(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(starts_tick); i++) {
        for (size_t k = 0; k < TERN_COUNT_OF(distances_ns); k++) {
            uint64_t now_ns = starts_tick[i] * TICK_NS + TICK_NS / 2;

            run_alone(now_ns, now_ns + distances_ns[k]);
        }
    }
}

static void test_jump_of_days_runs_all_in_order(void **state)
{
    static probe probes[TERN_COUNT_OF(distances_ns)];

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(starts_tick); i++) {
        uint64_t now_ns = starts_tick[i] * TICK_NS;

        init_probes(probes, TERN_COUNT_OF(probes));
        tern_wheel_init(&wheel, now_ns);
        n_ran = 0;
        for (size_t k = TERN_COUNT_OF(probes); k-- > 0;)
            set(&probes[k], now_ns + 2 * (k + 1) * TICK_NS + distances_ns[k]);

        assert_int_equal(advance(now_ns + 4000 * DAY_NS), TERN_COUNT_OF(probes));
        for (size_t k = 0; k < TERN_COUNT_OF(probes); k++)
            assert_int_equal(probes[k].rank, k);
    }
}

static void test_deadline_past_or_at_the_end_of_time(void **state)
{
    probe p[3];

    (void)state;
    init_probes(p, 3);
    set(&p[0], 0);
    set(&p[1], START);
    set(&p[2], TERN_NEVER - 1);
    assert_true(tern_wheel_next_ns(&wheel) <= START);
    assert_int_equal(advance(START), 2);
    assert_int_equal(advance(START + 30000 * DAY_NS), 0);
    assert_true(tern_timer_is_set(&p[2].timer));
}

static void test_clock_that_goes_back_is_harmless(void **state)
{
    probe p;

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(starts_tick); i++) {
        uint64_t now_ns = starts_tick[i] * TICK_NS;

        init_probes(&p, 1);
        tern_wheel_init(&wheel, now_ns);
        assert_int_equal(advance(now_ns + 10 * TICK_NS), 0);
        set(&p, now_ns + 20 * TICK_NS);
        assert_int_equal(advance(now_ns), 0);
        assert_int_equal(advance(now_ns + 20 * TICK_NS - 1), 0);
        assert_int_equal(advance(now_ns + 20 * TICK_NS), 1);
    }
}

// ---- setting and cancelling ----------------------------------------------

static void test_set_to_later_stores_only_the_time(void **state)
{
    probe       p;
    tern_timer *filed_next, **filed_link;

    (void)state;
    init_probes(&p, 1);
    set(&p, START + 10 * TICK_NS);
    filed_next = p.timer.next, filed_link = p.timer.link;
    set(&p, START + DAY_NS);
    assert_ptr_equal(p.timer.next, filed_next);
    assert_ptr_equal(p.timer.link, filed_link);
    assert_true(tern_wheel_next_ns(&wheel) == START + 10 * TICK_NS);

    assert_int_equal(advance(START + DAY_NS - 1), 0);
    assert_int_equal(advance(START + DAY_NS + TICK_NS), 1);
}

static void test_set_to_earlier_files_at_once(void **state)
{
    probe p;

    (void)state;
    init_probes(&p, 1);
    set(&p, START + DAY_NS);
    set(&p, START + 30 * TERN_NS_PER_S);
    set(&p, START + 2 * TICK_NS);
    assert_true(tern_wheel_next_ns(&wheel) == START + 2 * TICK_NS);
    assert_int_equal(advance(START + 2 * TICK_NS), 1);
    assert_int_equal(advance(START + 2 * DAY_NS), 0);
}

static void test_cancel_and_never_empty_the_wheel(void **state)
{
    probe p[3];

    (void)state;
    init_probes(p, 3);
    for (size_t i = 0; i < 3; i++)
        set(&p[i], START + 30 * TERN_NS_PER_S);
    assert_int_equal(wheel.n_filed, 3);

    tern_timer_cancel(&wheel, &p[1].timer);  // between two others
    tern_timer_cancel(&wheel, &p[1].timer);  // and again
    set(&p[0], TERN_NEVER);
    assert_false(tern_timer_is_set(&p[0].timer));
    assert_false(tern_timer_is_set(&p[1].timer));
    assert_true(tern_wheel_next_ns(&wheel) < TERN_NEVER);
    tern_timer_cancel(&wheel, &p[2].timer);

    assert_int_equal(wheel.n_filed, 0);
    assert_true(tern_wheel_next_ns(&wheel) == TERN_NEVER);
    assert_int_equal(advance(START + DAY_NS), 0);
}

// ---- inside callbacks ----------------------------------------------------

static void cancel_victim(probe *p) { tern_timer_cancel(&wheel, &p->victim->timer); }

static void test_cancel_of_another_due_timer_in_the_same_advance(void **state)
{
    probe p[4];

    (void)state;
    init_probes(p, 4);
    for (unsigned i = 0; i < 4; i++)
        set(&p[i], START + (i + 1) * TICK_NS);
    p[0].then = cancel_victim, p[0].victim = &p[1];  // the next one
    p[2].then = cancel_victim, p[2].victim = &p[3];  // the last one

    assert_int_equal(advance(START + DAY_NS), 2);
    assert_int_equal(p[0].n_runs + p[2].n_runs, 2);
    assert_int_equal(p[1].n_runs + p[3].n_runs, 0);
    assert_int_equal(wheel.n_filed, 0);
}

static void free_all(probe *p)
{
    tern_timer_cancel(&wheel, &p->victim->timer);
    free(p->victim);
    free(p);
}

static void on_due_of_freed(tern_timer *t) { free_all(TERN_CONTAINER_OF(t, probe, timer)); }

static void test_callback_may_free_itself_and_another_due_timer(void **state)
{
    probe *a = malloc(sizeof *a), *b = malloc(sizeof *b);

    (void)state;
    init_probes(a, 1);
    init_probes(b, 1);
    tern_timer_init(&a->timer, on_due_of_freed);
    a->victim = b;
    set(a, START);
    set(b, START + TICK_NS);
    assert_int_equal(advance(START + TICK_NS), 1);
    assert_int_equal(wheel.n_filed, 0);
}

static void set_again(probe *p) { set(p, p->again_ns); }
static void postpone_victim(probe *p) { set(p->victim, p->again_ns); }

static void test_set_again_to_a_time_already_due_waits_for_the_next_advance(void **state)
{
    probe p;

    (void)state;
    init_probes(&p, 1);
    p.then = set_again;
    p.again_ns = 0;
    set(&p, START);
    for (unsigned i = 1; i <= 3; i++) {
        assert_int_equal(advance(START + TICK_NS), 1);
        assert_int_equal(p.n_runs, i);
        assert_true(tern_wheel_next_ns(&wheel) <= START + TICK_NS);
    }
}

static void test_callback_postpones_another_due_timer(void **state)
{
    probe p[2];

    (void)state;
    init_probes(p, 2);
    p[0].then = postpone_victim, p[0].victim = &p[1], p[0].again_ns = START + DAY_NS;
    set(&p[0], START);
    set(&p[1], START + TICK_NS);

    assert_int_equal(advance(START + TICK_NS), 1);
    assert_int_equal(advance(START + DAY_NS - 1), 0);
    assert_int_equal(advance(START + DAY_NS + TICK_NS), 1);
    assert_int_equal(p[1].n_runs, 1);
}

static void test_budget_keeps_the_rest_and_their_order(void **state)
{
    enum { N = 10 };
    probe p[N];

    (void)state;
    init_probes(p, N);
    for (unsigned i = 0; i < N; i++)
        set(&p[i], START + i * TICK_NS);
    assert_int_equal(tern_wheel_advance(&wheel, START + 6 * TICK_NS, 0), 0);
    assert_int_equal(tern_wheel_advance(&wheel, START + 6 * TICK_NS, 4), 4);
    assert_true(tern_wheel_next_ns(&wheel) <= START + 6 * TICK_NS);
    assert_true(tern_wheel_is_valid(&wheel));
    assert_int_equal(tern_wheel_advance(&wheel, START + N * TICK_NS, 4), 4);
    assert_int_equal(tern_wheel_advance(&wheel, START + N * TICK_NS, 4), 2);
    for (unsigned i = 0; i < N; i++)
        assert_int_equal(p[i].rank, i);
}

// ---- against a naive model -----------------------------------------------

enum { N_MODEL = 48, N_STEPS = 30000 };

// What each timer was last told, kept in a plain array.
static struct {
    probe    probes[N_MODEL];
    uint64_t deadline_ns[N_MODEL];  // TERN_NEVER: not set
    bool     is_new[N_MODEL];       // set during this advance: need not run in it
    uint64_t now_ns;
    uint64_t random;
    bool     is_advancing;
} model;

static uint64_t draw(void)  // xorshift64*
{
    model.random ^= model.random >> 12;
    model.random ^= model.random << 25;
    model.random ^= model.random >> 27;
    return model.random * UINT64_C(2685821657736338717);
}

// Any magnitude is as likely as any other, from a nanosecond to 52 days.
static uint64_t draw_span_ns(void) { return draw() >> (11 + draw() % 53); }

static void model_set(size_t i, uint64_t deadline_ns)
{
    tern_timer_set(&wheel, &model.probes[i].timer, deadline_ns);
    model.deadline_ns[i] = deadline_ns;
    model.is_new[i] = model.is_advancing;
}

static void change_one(void)
{
    size_t i = draw() % N_MODEL;

    switch (draw() % 8) {
    case 0:
        tern_timer_cancel(&wheel, &model.probes[i].timer);
        model.deadline_ns[i] = TERN_NEVER;
        break;
    case 1:
        model_set(i, TERN_NEVER);
        break;
    case 2:  // in the past
        model_set(i, model.now_ns - draw_span_ns() % model.now_ns);
        break;
    default:
        model_set(i, model.now_ns + draw_span_ns());
        break;
    }
}

static void model_on_due(tern_timer *t)
{
    size_t i = (size_t)(TERN_CONTAINER_OF(t, probe, timer) - model.probes);

    assert_true(model.deadline_ns[i] <= model.now_ns);  // set, and never early
    model.deadline_ns[i] = TERN_NEVER;
    for (uint64_t n = draw() % 3; n > 0; n--)
        change_one();
}

// After an advance with budget to spare nothing may be left that was due before it began.
static void check_none_is_late(void)
{
    for (size_t i = 0; i < N_MODEL; i++) {
        if (model.deadline_ns[i] != TERN_NEVER && !model.is_new[i])
            assert_true(tick_after(model.deadline_ns[i]) > model.now_ns / TICK_NS);
    }
}

static void check_against_wheel(void)
{
    uint64_t first_ns = TERN_NEVER;
    size_t   n_set = 0;

    for (size_t i = 0; i < N_MODEL; i++) {
        bool is_set = model.deadline_ns[i] != TERN_NEVER;

        assert_int_equal(tern_timer_is_set(&model.probes[i].timer), is_set);
        n_set += is_set;
        if (model.deadline_ns[i] < first_ns)
            first_ns = model.deadline_ns[i];
    }
    assert_int_equal(wheel.n_filed, n_set);
    assert_true(tern_wheel_is_valid(&wheel));
    if (n_set == 0)
        assert_true(tern_wheel_next_ns(&wheel) == TERN_NEVER);
    else if (first_ns <= model.now_ns)
        assert_true(tern_wheel_next_ns(&wheel) <= model.now_ns + TICK_NS);
    else
        assert_true(tern_wheel_next_ns(&wheel) <= tick_after(first_ns) * TICK_NS);
}

static void advance_model(void)
{
    unsigned budget = draw() % 4 ? N_MODEL * 2 : (unsigned)(draw() % 5);
    unsigned n;

    model.now_ns += draw_span_ns() >> draw() % 24;
    memset(model.is_new, 0, sizeof model.is_new);
    model.is_advancing = true;
    n = tern_wheel_advance(&wheel, model.now_ns, budget);
    model.is_advancing = false;
    assert_true(n <= budget);
    if (n < budget)
        check_none_is_late();
}

static void run_model(uint64_t start_ns, uint64_t seed)
{
    model.now_ns = start_ns;
    model.random = seed;
    tern_wheel_init(&wheel, start_ns);
    for (size_t i = 0; i < N_MODEL; i++) {
        tern_timer_init(&model.probes[i].timer, model_on_due);
        model.deadline_ns[i] = TERN_NEVER;
    }
    for (int step = 0; step < N_STEPS; step++) {
        if (draw() % 3)
            change_one();
        else
            advance_model();
        check_against_wheel();
    }
}

static void test_random_operations_agree_with_a_naive_model(void **state)
{
    (void)state;
    run_model(START, 1);
    run_model((UINT64_C(1) << 30) * TICK_NS - DAY_NS, 2);
    run_model((UINT64_C(1) << 32) * TICK_NS - 1, 3);
    run_model((UINT64_C(1) << 32) * TICK_NS - 40 * DAY_NS, 4);
}

#define TIMER_TEST(fn) TERN_TEST_IN(fn, start_wheel, NULL)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TIMER_TEST(test_timer_alone_runs_in_its_tick_with_few_wakes),
        TIMER_TEST(test_jump_of_days_runs_all_in_order),
        TIMER_TEST(test_deadline_past_or_at_the_end_of_time),
        TIMER_TEST(test_clock_that_goes_back_is_harmless),
        TIMER_TEST(test_set_to_later_stores_only_the_time),
        TIMER_TEST(test_set_to_earlier_files_at_once),
        TIMER_TEST(test_cancel_and_never_empty_the_wheel),
        TIMER_TEST(test_cancel_of_another_due_timer_in_the_same_advance),
        TIMER_TEST(test_callback_may_free_itself_and_another_due_timer),
        TIMER_TEST(test_set_again_to_a_time_already_due_waits_for_the_next_advance),
        TIMER_TEST(test_callback_postpones_another_due_timer),
        TIMER_TEST(test_budget_keeps_the_rest_and_their_order),
        TIMER_TEST(test_random_operations_agree_with_a_naive_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
