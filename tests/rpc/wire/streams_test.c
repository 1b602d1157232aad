// The table of streams: every number finds its own, and no choice of numbers makes that slow.
#include "tests/support/leak.h"

#include <stdlib.h>

#include "rpc/wire/streams_internal.h"

enum { MANY = 10000, N_SEEDS = 50 };

#define LAST_ID UINT32_C(0xc0000000)

typedef struct crowd crowd;
struct crowd {
    terni_streams t;
    terni_stream  streams[MANY];
    uint32_t      n;
};

// first, first + stride, ... as far as numbers go.
static void fill(crowd *c, uint32_t seed, uint32_t first, uint32_t stride)
{
    terni_streams_init(&c->t, seed);
    c->n = 0;
    for (uint64_t id = first; c->n < MANY && id <= LAST_ID; id += stride) {
        c->streams[c->n].id = (uint32_t)id;
        terni_streams_insert(&c->t, &c->streams[c->n++]);
    }
}

static void empty(crowd *c)
{
    for (uint32_t i = 0; i < c->n; i++)
        terni_streams_remove(&c->t, &c->streams[i]);
    assert_int_equal(c->t.n, 0);
    terni_streams_done(&c->t);
}

static uint32_t longest_chain(const terni_streams *t)
{
    uint32_t longest = 0;

    for (uint32_t i = 0; i <= t->mask; i++) {
        uint32_t n = 0;

        for (const terni_stream *s = t->buckets[i]; s; s = s->next_hashed)
            n++;
        longest = n > longest ? n : longest;
    }
    return longest;
}

// Looks that finding each of them once takes, in hundredths.
static uint32_t mean_cost(const crowd *c)
{
    uint64_t n_looks = 0;

    for (uint32_t i = 0; i < c->n; i++)
        for (const terni_stream *s = c->t.buckets[terni_streams_bucket(&c->t, c->streams[i].id)]; s;
             s = s == &c->streams[i] ? NULL : s->next_hashed)
            n_looks++;
    return (uint32_t)(n_looks * 100 / c->n);
}

static uint32_t seed_of(uint32_t i) { return (i + 1) * UINT32_C(2654435769); }

// ---- what is in it -------------------------------------------------------

static void test_each_number_finds_its_own(void **state)
{
    static const uint32_t strides[] = { 1, 3, 1 << 16, (1 << 18) + 1 };
    crowd                *c = malloc(sizeof *c);

    (void)state;
    for (size_t k = 0; k < TERN_COUNT_OF(strides); k++) {
        fill(c, seed_of(7), 1, strides[k]);
        assert_true(terni_streams_is_valid(&c->t));
        for (uint32_t i = 0; i < c->n; i++)
            assert_ptr_equal(terni_streams_find(&c->t, c->streams[i].id), &c->streams[i]);
        assert_null(terni_streams_find(&c->t, c->streams[c->n - 1].id + 1));
        assert_null(terni_streams_find(&c->t, 0));
        for (uint32_t i = 0; i < c->n; i += 2)
            terni_streams_remove(&c->t, &c->streams[i]);
        assert_true(terni_streams_is_valid(&c->t));
        for (uint32_t i = 0; i < c->n; i++)
            assert_ptr_equal(terni_streams_find(&c->t, c->streams[i].id),
                             i % 2 ? &c->streams[i] : NULL);
        for (uint32_t i = 0; i < c->n; i += 2)
            terni_streams_insert(&c->t, &c->streams[i]);
        empty(c);
    }
    free(c);
}

static void test_next_comes_to_each_once(void **state)
{
    crowd        *c = malloc(sizeof *c);
    bool         *was_seen = calloc(MANY, sizeof *was_seen);
    terni_stream *s = NULL;
    uint32_t      n = 0;

    (void)state;
    terni_streams_init(&c->t, 5);
    assert_null(terni_streams_next(&c->t, NULL));
    terni_streams_done(&c->t);
    fill(c, seed_of(3), 1, 77);
    for (; (s = terni_streams_next(&c->t, s)); n++) {
        assert_false(was_seen[s - c->streams]);
        was_seen[s - c->streams] = true;
    }
    assert_int_equal(n, c->n);
    empty(c);
    free(was_seen);
    free(c);
}

static void test_find_above_empties_the_upper_end(void **state)
{
    crowd        *c = malloc(sizeof *c);
    uint32_t      bucket = 0, n = 0;
    terni_stream *s;

    (void)state;
    fill(c, seed_of(4), 1, 1);
    for (; (s = terni_streams_find_above(&c->t, MANY - 100, &bucket)); n++) {
        assert_true(s->id > MANY - 100);
        terni_streams_remove(&c->t, s);
    }
    assert_int_equal(n, 100);
    c->n -= 100;
    empty(c);
    free(c);
}

static void test_without_memory_the_chains_get_longer(void **state)
{
    crowd *c = malloc(sizeof *c);

    (void)state;
    fail_malloc_at(1, UINT64_MAX);
    terni_streams_init(&c->t, seed_of(1));
    for (c->n = 0; c->n < 100; c->n++) {
        c->streams[c->n].id = c->n + 1;
        terni_streams_insert(&c->t, &c->streams[c->n]);
    }
    assert_int_equal(c->t.mask, 0);
    assert_ptr_equal(terni_streams_find(&c->t, 42), &c->streams[41]);
    fail_malloc_at(0, 0);
    empty(c);
    free(c);
}

// ---- what it costs -------------------------------------------------------

// As honest ones are, wherever they have got to.
static void test_numbers_that_count_up_hardly_ever_meet(void **state)
{
    static const uint32_t firsts[] = { 1, 12345, 0x7fffff00, LAST_ID - MANY };
    crowd                *c = malloc(sizeof *c);

    (void)state;
    for (uint32_t i = 0; i < N_SEEDS; i++) {
        for (size_t k = 0; k < TERN_COUNT_OF(firsts); k++) {
            fill(c, seed_of(i), firsts[k], 1);
            assert_in_range(longest_chain(&c->t), 1, 3);
            assert_in_range(mean_cost(c), 100, 130);
            empty(c);
        }
    }
    free(c);
}

// Numbers 2^16 or 2^18 apart shared a bucket, and each of such a peer's frames took 21 us.
static void test_bug_numbers_far_apart_shared_a_bucket(void **state)
{
    crowd *c = malloc(sizeof *c);

    (void)state;
    for (uint32_t bits = 8; bits <= 20; bits++) {
        uint32_t n_unlucky = 0, cost = 0;

        for (uint32_t i = 0; i < N_SEEDS; i++) {
            fill(c, seed_of(i), 1 + i, UINT32_C(1) << bits);
            assert_in_range(longest_chain(&c->t), 1, 64);
            n_unlucky += longest_chain(&c->t) > 8;
            cost += mean_cost(c);
            empty(c);
        }
        assert_in_range(n_unlucky, 0, N_SEEDS / 10);
        assert_in_range(cost / N_SEEDS, 100, 150);
    }
    fill(c, 0, 1, 1 << 16);  // without a key
    assert_int_equal(longest_chain(&c->t), c->n);
    empty(c);
    free(c);
}

// Who knows one connection's key has nothing to choose the numbers of another by.
static void test_numbers_chosen_for_one_key_mean_nothing_to_another(void **state)
{
    enum { CHOSEN = 1000 };
    crowd        *c = malloc(sizeof *c);
    terni_streams other;
    uint32_t      id = 0, n_unlucky = 0;

    (void)state;
    fill(c, seed_of(0), 1, 1);  // so that it has grown
    for (uint32_t i = 0; i < MANY; i++)
        terni_streams_remove(&c->t, &c->streams[i]);
    for (c->n = 0; c->n < CHOSEN; c->n++) {
        while (terni_streams_bucket(&c->t, ++id) != 77)
            ;
        c->streams[c->n].id = id;
        terni_streams_insert(&c->t, &c->streams[c->n]);
    }
    assert_int_equal(longest_chain(&c->t), CHOSEN);
    empty(c);
    for (uint32_t seed = 1; seed < N_SEEDS; seed++) {
        terni_streams_init(&other, seed_of(seed));
        for (uint32_t i = 0; i < CHOSEN; i++)
            terni_streams_insert(&other, &c->streams[i]);
        n_unlucky += longest_chain(&other) > 8;
        for (uint32_t i = 0; i < CHOSEN; i++)
            terni_streams_remove(&other, &c->streams[i]);
        terni_streams_done(&other);
    }
    assert_in_range(n_unlucky, 0, N_SEEDS / 10);
    free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_each_number_finds_its_own),
        TERN_TEST(test_next_comes_to_each_once),
        TERN_TEST(test_find_above_empties_the_upper_end),
        TERN_TEST(test_without_memory_the_chains_get_longer),
        TERN_TEST(test_numbers_that_count_up_hardly_ever_meet),
        TERN_TEST(test_bug_numbers_far_apart_shared_a_bucket),
        TERN_TEST(test_numbers_chosen_for_one_key_mean_nothing_to_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
