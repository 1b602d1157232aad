#include "tests/support/test.h"

#include <pthread.h>
#include <string.h>

#include "rpc/codec/plan_internal.h"
#include "rpc/codec/utf8_internal.h"
#include "rpc/base/varint_internal.h"
#include "tests/rpc/codec/proto2.pb-c.h"
#include "tests/rpc/codec/proto3.pb-c.h"
#include "tests/rpc/counting_mem.h"

static int tear_down(void **state)
{
    terni_plan_cleanup();
    return counting_mem_tear_down(state);
}

// ---- plans ---------------------------------------------------------------

static void test_plan_is_made_once_and_contains_itself(void **state)
{
    const terni_plan *plan = terni_plan_get(&codec__v3__node__descriptor);

    (void)state;
    assert_non_null(plan);
    assert_ptr_equal(plan, terni_plan_get(&codec__v3__node__descriptor));
    assert_ptr_equal(plan->fields[0].sub, plan);
}

static void test_find_knows_dense_sparse_and_missing_numbers(void **state)
{
    const terni_plan *plan = terni_plan_get(&codec__v3__singular__descriptor);

    (void)state;
    for (uint32_t i = 0; i < plan->n_fields; i++)
        assert_ptr_equal(terni_plan_find(plan, plan->desc->fields[i].id), &plan->fields[i]);
    assert_null(terni_plan_find(plan, 0));
    assert_null(terni_plan_find(plan, 19));
    assert_null(terni_plan_find(plan, 2049));
    assert_null(terni_plan_find(plan, UINT32_MAX));
    assert_null(terni_plan_find(terni_plan_get(&codec__v3__empty__descriptor), 1));
}

static void test_old_generated_code_gets_its_defaults(void **state)
{
    ProtobufCMessageDescriptor old = codec__v2__default__descriptor;
    const terni_plan          *plan, *usual = terni_plan_get(&codec__v2__default__descriptor);

    (void)state;
    old.message_init = NULL;
    plan = terni_plan_get(&old);
    assert_ptr_equal(*(void *const *)(const void *)plan->image, &old);
    assert_memory_equal(plan->image + sizeof(ProtobufCMessage),
                        usual->image + sizeof(ProtobufCMessage),
                        plan->size - sizeof(ProtobufCMessage));
}

static void test_foreign_descriptor_is_refused(void **state)
{
    ProtobufCMessageDescriptor bad = codec__v2__default__descriptor;

    (void)state;
    bad.magic++;
    assert_null(terni_plan_get(&bad));
}

static void test_any_failing_allocation_publishes_nothing(void **state)
{
    (void)state;
    for (long i = 0;; i++) {
        counting_mem_fail_at(i);
        if (terni_plan_get(&codec__v3__all__descriptor))
            break;
        assert_int_equal(counting_mem_live(), 0);
    }
    counting_mem_fail_at(-1);
}

static const ProtobufCMessageDescriptor *const types[] = {
    &codec__v3__all__descriptor,
    &codec__v2__all__descriptor,
    &codec__v3__maps__descriptor,
    &codec__v2__optional__descriptor,
};

typedef struct plan_list plan_list;
struct plan_list {
    const terni_plan *plans[TERN_COUNT_OF(types)];
};

static void *get_plans(void *arg)
{
    for (size_t i = 0; i < TERN_COUNT_OF(types); i++)
        ((plan_list *)arg)->plans[i] = terni_plan_get(types[i]);
    return NULL;
}

static void test_threads_get_the_same_plans(void **state)
{
    enum { N_THREADS = 8 };
    plan_list lists[N_THREADS];
    pthread_t threads[N_THREADS];

    (void)state;
    tern_mem_set(NULL);  // the counts are not atomic
    for (int i = 0; i < N_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, get_plans, &lists[i]), 0);
    for (int i = 0; i < N_THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < N_THREADS; i++)
        assert_memory_equal(&lists[i], &lists[0], sizeof lists[0]);
    assert_non_null(lists[0].plans[0]);
}

// ---- numbers and text ----------------------------------------------------

static void test_varints_of_every_size_come_back(void **state)
{
    (void)state;
    for (unsigned bit = 0; bit < 64; bit++) {
        for (int delta = -1; delta <= 1; delta++) {
            uint64_t v = (UINT64_C(1) << bit) + (uint64_t)(int64_t)delta, back;
            uint8_t  bytes[16] = { 0 };
            uint8_t *end = terni_varint_write(bytes, v);

            assert_int_equal(end - bytes, terni_varint_size(v));
            assert_int_equal(terni_varint_count(bytes, (size_t)(end - bytes)), 1);
            assert_ptr_equal(terni_varint_read(bytes, bytes + 16, &back), end);
            assert_true(back == v);
            assert_ptr_equal(terni_varint_read(bytes, end, &back), end);
            assert_true(back == v);
            for (uint8_t *cut = bytes; cut < end; cut++)
                assert_null(terni_varint_read(bytes, cut, &back));
        }
    }
}

static void test_zigzag_comes_back(void **state)
{
    static const int64_t v[] = { 0, -1, 1, INT32_MAX, INT32_MIN, INT64_MAX, INT64_MIN };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(v); i++) {
        assert_true((int64_t)terni_unzigzag64(terni_zigzag64(v[i])) == v[i]);
        assert_true((int32_t)terni_unzigzag32(terni_zigzag32((int32_t)v[i])) == (int32_t)v[i]);
    }
    assert_int_equal(terni_zigzag32(-1), 1);
    assert_int_equal(terni_zigzag64(1), 2);
}

// Every code point there is, written down by the rule, and its neighbours that are none.
static size_t put_utf8(uint8_t *p, uint32_t c)
{
    size_t len = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;

    for (size_t i = len; i-- > 1; c >>= 6)
        p[i] = (uint8_t)(0x80 | (c & 0x3f));
    p[0] = (uint8_t)(len == 1 ? c : (0xf00u >> len & 0xff) | c);
    return len;
}

static void test_utf8_is_all_code_points_and_nothing_else(void **state)
{
    (void)state;
    for (uint32_t c = 0; c < 0x110000 + 10000; c += c < 0x11000 ? 1 : 97) {
        uint8_t bytes[4];
        size_t  len = put_utf8(bytes, c);
        bool    is_code_point = c < 0x110000 && (c < 0xd800 || c > 0xdfff), has_nul = false;

        assert_true(terni_utf8_is_valid(bytes, len, &has_nul) == is_code_point);
        assert_true(has_nul == (c == 0));
        for (size_t cut = 1; cut < len; cut++)
            assert_false(terni_utf8_is_valid(bytes, cut, &has_nul));
    }
}

static void test_malformed_utf8_is_found_anywhere(void **state)
{
    static const char *const bad[] = {
        "\x80",         "\xc0\x80",         "\xc1\xbf", "\xe0\x9f\xbf", "\xf0\x8f\xbf\xbf",
        "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xff",     "\xc3\xc3",     "\xe2\x82("
    };
    char text[64];
    bool has_nul;

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(bad); i++) {
        for (size_t at = 0; at < 50; at++) {
            memset(text, 'a', sizeof text);
            assert_true(terni_utf8_is_valid((uint8_t *)text, sizeof text, &has_nul));
            memcpy(text + at, bad[i], strlen(bad[i]));
            assert_false(terni_utf8_is_valid((uint8_t *)text, sizeof text, &has_nul));
        }
    }
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, counting_mem_set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_plan_is_made_once_and_contains_itself),
        TEST(test_find_knows_dense_sparse_and_missing_numbers),
        TEST(test_old_generated_code_gets_its_defaults),
        TEST(test_foreign_descriptor_is_refused),
        TEST(test_any_failing_allocation_publishes_nothing),
        TEST(test_threads_get_the_same_plans),
        TEST(test_varints_of_every_size_come_back),
        TEST(test_zigzag_comes_back),
        TEST(test_utf8_is_all_code_points_and_nothing_else),
        TEST(test_malformed_utf8_is_found_anywhere),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
