#include "tests/support/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/codec/compare.h"
#include "tests/rpc/codec/proto2.pb-c.h"
#include "tests/rpc/codec/proto3.pb-c.h"
#include "tests/rpc/codec/random.h"
#include "tests/rpc/counting_mem.h"

static int tear_down(void **state)
{
    terni_plan_cleanup();
    return counting_mem_tear_down(state);
}

static size_t size_of(const ProtobufCMessage *msg)
{
    terni_encoding e;

    assert_int_equal(terni_codec_measure(&e, terni_plan_get(msg->descriptor), msg, NULL), 0);
    terni_encoding_done(&e);
    return e.size;
}

// ---- the same bytes as protobuf-c ----------------------------------------

static void test_random_messages_of_every_type(void **state)
{
    uint8_t chance[4096];

    (void)state;
    for (uint64_t seed = 1; seed <= 40; seed++) {
        for (size_t t = 0; t < codec_compare_n_types; t++) {
            codec_random      r = { chance, chance + sizeof chance };
            ProtobufCMessage *msg;

            codec_random_fill(chance, sizeof chance, seed * 1000 + t);
            msg = codec_random_message(&r, codec_compare_types[t], 4);
            codec_compare_encode(msg);
            protobuf_c_message_free_unpacked(msg, NULL);
        }
    }
}

static void test_edges_of_every_scalar(void **state)
{
    static const uint64_t edges[] = { 0,          1,          0x7f,       0x80,
                                      0x3fff,     0x4000,     0x7fffffff, 0x80000000,
                                      UINT32_MAX, 1ull << 32, 1ull << 35, 1ull << 56,
                                      1ull << 62, INT64_MAX,  1ull << 63, UINT64_MAX };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(edges); i++) {
        Codec__V3__Singular m = CODEC__V3__SINGULAR__INIT;

        m.i32 = (int32_t)edges[i], m.s32 = (int32_t)edges[i], m.u32 = (uint32_t)edges[i];
        m.i64 = (int64_t)edges[i], m.s64 = (int64_t)edges[i], m.u64 = edges[i];
        m.f32 = (uint32_t)edges[i], m.f64 = edges[i], m.color = (Codec__V3__Color)edges[i];
        m.flag = i % 2, m.far = m.i32, m.farther = m.s32;
        codec_compare_encode(&m.base);
    }
}

static void test_flat_messages_have_a_bound_others_and_long_ones_have_none(void **state)
{
    Codec__V3__Flat              m = CODEC__V3__FLAT__INIT;
    Codec__V3__Wide              wide = CODEC__V3__WIDE__INIT;
    Codec__V3__Node              node = CODEC__V3__NODE__INIT;
    Codec__V3__Empty             empty = CODEC__V3__EMPTY__INIT;
    const terni_plan            *flat = terni_plan_get(m.base.descriptor);
    uint8_t                      data[TERNI_CODEC_MAX_BOUND] = { 0 };
    ProtobufCMessageUnknownField unknown = { .tag = 99 };
    size_t                       bound;

    (void)state;
    bound = terni_codec_bound(flat, &m.base);
    assert_in_range(bound, 1, 200);
    m.data.data = data;
    for (size_t len = 0; bound + len <= TERNI_CODEC_MAX_BOUND; len += 1 + len / 3) {
        m.data.len = len;
        assert_int_equal(terni_codec_bound(flat, &m.base), bound + len);
        codec_compare_encode(&m.base);
    }
    m.data.len = TERNI_CODEC_MAX_BOUND - bound + 1;
    assert_int_equal(terni_codec_bound(flat, &m.base), 0);
    m.data.len = SIZE_MAX;
    assert_int_equal(terni_codec_bound(flat, &m.base), 0);
    m.data.len = 0;
    m.base.n_unknown_fields = 1, m.base.unknown_fields = &unknown;
    assert_int_equal(terni_codec_bound(flat, &m.base), 0);
    assert_int_equal(terni_codec_bound(terni_plan_get(wide.base.descriptor), &wide.base), 0);
    assert_int_equal(terni_codec_bound(terni_plan_get(node.base.descriptor), &node.base), 0);
    assert_int_equal(terni_codec_bound(terni_plan_get(empty.base.descriptor), &empty.base), 0);
}

static void test_negative_zero_is_a_value(void **state)
{
    Codec__V3__Singular m = CODEC__V3__SINGULAR__INIT;

    (void)state;
    m.flt = -0.0f, m.dbl = -0.0;
    codec_compare_encode(&m.base);
    assert_int_equal(size_of(&m.base), 1 + sizeof m.flt + 1 + sizeof m.dbl);
    m.flt = 0.0f, m.dbl = 0.0;
    assert_int_equal(size_of(&m.base), 0);
}

static void test_negative_zero_in_a_map_is_a_value(void **state)
{
    Codec__V3__Maps__DoublesEntry entry = CODEC__V3__MAPS__DOUBLES_ENTRY__INIT, *list = &entry;
    Codec__V3__Maps               m = CODEC__V3__MAPS__INIT;

    (void)state;
    m.n_doubles = 1, m.doubles = &list;
    entry.value = -0.0;
    codec_compare_encode(&m.base);
    assert_int_equal(size_of(&m.base), 2 + 1 + sizeof entry.value);
}

// protobuf-c's own empty string counts as unset in a oneof, any other as set.
static void test_empty_and_null_strings(void **state)
{
    Codec__V3__Singular m = CODEC__V3__SINGULAR__INIT;
    Codec__V3__Oneof    o = CODEC__V3__ONEOF__INIT;
    Codec__V2__Optional p = CODEC__V2__OPTIONAL__INIT;
    char                empty[] = "";

    (void)state;
    m.text = NULL;
    codec_compare_encode(&m.base);
    m.text = empty;
    codec_compare_encode(&m.base);
    o.choice_case = CODEC__V3__ONEOF__CHOICE_TEXT;
    o.text = empty;
    codec_compare_encode(&o.base);
    assert_int_equal(size_of(&o.base), 2);
    o.text = (char *)(uintptr_t)protobuf_c_empty_string;
    codec_compare_encode(&o.base);
    o.text = NULL;
    codec_compare_encode(&o.base);
    p.text = empty;
    codec_compare_encode(&p.base);
    assert_int_equal(size_of(&p.base), 2);
}

static void test_nulls_in_arrays_count_as_empty(void **state)
{
    Codec__V3__Repeated  m = CODEC__V3__REPEATED__INIT;
    char                *text[] = { NULL, NULL };
    Codec__V3__Singular *singular[] = { NULL };
    uint8_t              out[16];
    terni_encoding       e;

    (void)state;
    m.n_text = 2, m.text = text;
    m.n_singular = 1, m.singular = singular;
    assert_int_equal(terni_codec_measure(&e, terni_plan_get(m.base.descriptor), &m.base, NULL), 0);
    assert_int_equal(e.size, 7);
    terni_codec_write_flat(&e, out);
    assert_memory_equal(out, "\x7a\x00\x7a\x00\x8a\x01\x00", 7);
}

static void test_strings_of_every_length_around_the_edges(void **state)
{
    Codec__V3__Singular m = CODEC__V3__SINGULAR__INIT, inner = CODEC__V3__SINGULAR__INIT;
    char               *text = malloc(40000);

    (void)state;
    m.self = &inner;
    inner.text = text;
    memset(text, 'x', 40000);
    for (size_t len = 0; len < 40000; len += len < 140 ? 1 : 1 + len / 9) {
        char kept = text[len];

        text[len] = '\0';
        codec_compare_encode(&m.base);
        text[len] = kept;
    }
    free(text);
}

// ---- large pieces --------------------------------------------------------

// Bytes and strings of TERNI_CODEC_LINK_MIN at the front, within a message, and at the end.
static void fill_large(Codec__V3__Repeated *m, uint8_t *memory)
{
    static ProtobufCBinaryData data[2];
    static char               *text[2];
    static Codec__V3__Singular sub, *singular[1] = { &sub };

    codec__v3__singular__init(&sub);
    memset(memory, 'x', 3 * TERNI_CODEC_LINK_MIN);
    memory[3 * TERNI_CODEC_LINK_MIN] = '\0';
    data[0] = (ProtobufCBinaryData){ TERNI_CODEC_LINK_MIN, memory };
    data[1] = (ProtobufCBinaryData){ TERNI_CODEC_LINK_MIN - 1, memory };
    text[0] = text[1] = (char *)memory;
    sub.data = data[0];
    m->n_data = 2, m->data = data;
    m->n_singular = 1, m->singular = singular;
    m->n_far_text = 2, m->far_text = text;
}

static void count_release(void *data, size_t len, void *arg)
{
    (void)data, (void)len;
    *(size_t *)arg += 1;
}

static void test_large_pieces_are_linked_where_they_lie(void **state)
{
    uint8_t            *memory = malloc(3 * TERNI_CODEC_LINK_MIN + 1);
    Codec__V3__Repeated m = CODEC__V3__REPEATED__INIT;
    size_t              n_released = 0, n_linked = 0;
    terni_encode_opts   link = { .is_linking = true,
                                 .release = count_release,
                                 .release_arg = &n_released };
    terni_encoding      e;
    tern_linkbuf        out;

    (void)state;
    fill_large(&m, memory);
    tern_linkbuf_init(&out, NULL);
    assert_int_equal(terni_codec_measure(&e, terni_plan_get(m.base.descriptor), &m.base, &link), 0);
    assert_int_equal(e.n_large, 4);
    assert_int_equal(terni_codec_write(&e, &out), 0);
    assert_int_equal(tern_linkbuf_len(&out), e.size);
    for (tern_segment *s = out.head; s; s = s->next)
        n_linked += s->block->base == memory;
    assert_int_equal(n_linked, 4);
    assert_int_equal(n_released, 0);
    tern_linkbuf_done(&out);
    assert_int_equal(n_released, 4);
    codec_compare_encode(&m.base);
    free(memory);
}

// As when a handler's reply is what its request has brought.
static void test_what_an_arena_holds_is_linked_by_its_block(void **state)
{
    const size_t            size = 3 * TERNI_CODEC_LINK_MIN + 1;
    tern_block             *block = tern_block_new_shared(size);
    Codec__V3__Repeated     m = CODEC__V3__REPEATED__INIT;
    terni_arena             holder;
    const terni_encode_opts link = { .holder = &holder };
    terni_encoding          e;
    tern_linkbuf            out;
    unsigned                n_linked = 0;

    (void)state;
    terni_arena_init(&holder, NULL, size);
    assert_int_equal(terni_arena_hold_block(&holder, block), 0);
    block->used = size;
    fill_large(&m, block->base);
    codec_compare_encode(&m.base);
    tern_linkbuf_init(&out, NULL);
    assert_int_equal(terni_codec_measure(&e, terni_plan_get(m.base.descriptor), &m.base, &link), 0);
    assert_int_equal(terni_codec_write(&e, &out), 0);
    for (tern_segment *s = out.head; s; s = s->next)
        n_linked += s->block == block;
    assert_int_equal(n_linked, 4);
    assert_int_equal(block->refs, 2 + n_linked);
    terni_arena_done(&holder);  // the output has references of its own
    tern_linkbuf_done(&out);
    assert_int_equal(block->refs, 1);
    tern_block_unref(block);
}

static void test_any_failing_allocation_leaves_the_output_as_it_was(void **state)
{
    uint8_t            *memory = malloc(3 * TERNI_CODEC_LINK_MIN + 1);
    Codec__V3__Repeated m = CODEC__V3__REPEATED__INIT;
    const terni_plan   *plan = terni_plan_get(m.base.descriptor);
    int                 err = -ENOMEM;

    (void)state;
    fill_large(&m, memory);
    for (long i = 0; err == -ENOMEM; i++) {
        size_t            n_released = 0;
        terni_encode_opts link = { .is_linking = true,
                                   .release = count_release,
                                   .release_arg = &n_released };
        terni_encoding    e;
        tern_linkbuf      out;

        tern_linkbuf_init(&out, NULL);
        assert_int_equal(terni_codec_measure(&e, plan, &m.base, &link), 0);
        counting_mem_fail_at(i);
        err = terni_codec_write(&e, &out);
        counting_mem_fail_at(-1);
        if (err == -ENOMEM)
            assert_int_equal(n_released, 4);
        assert_int_equal(tern_linkbuf_len(&out), err ? 0 : e.size);
        tern_linkbuf_done(&out);
        assert_int_equal(n_released, 4);
        assert_true(i < 100);
    }
    assert_int_equal(err, 0);
    free(memory);
}

// ---- what cannot be encoded ----------------------------------------------

static void test_nesting_has_a_limit(void **state)
{
    Codec__V3__Node nodes[TERN_MAX_NESTING + 2];
    terni_encoding  e;

    (void)state;
    for (int i = 0; i < TERN_MAX_NESTING + 2; i++) {
        codec__v3__node__init(&nodes[i]);
        nodes[i].next = i > 0 ? &nodes[i - 1] : NULL;
    }
    codec_compare_encode(&nodes[TERN_MAX_NESTING].base);
    assert_int_equal(terni_codec_measure(&e, terni_plan_get(nodes[0].base.descriptor),
                                         &nodes[TERN_MAX_NESTING + 1].base, NULL),
                     -EMSGSIZE);
    assert_int_equal(e.fault, TERNI_CODEC_TOO_DEEP);
    nodes[0].next = &nodes[0];  // for ever
    assert_int_equal(
        terni_codec_measure(&e, terni_plan_get(nodes[0].base.descriptor), &nodes[0].base, NULL),
        -EMSGSIZE);
}

static void test_size_has_a_limit(void **state)
{
    Codec__V3__Repeated m = CODEC__V3__REPEATED__INIT;
    ProtobufCBinaryData data[3];
    terni_encoding      e;
    uint8_t             byte = 0;

    (void)state;
    for (int i = 0; i < 3; i++)
        data[i] = (ProtobufCBinaryData){ INT32_MAX / 2, &byte };  // is not read
    m.data = data;
    m.n_data = 1;
    assert_int_equal(terni_codec_measure(&e, terni_plan_get(m.base.descriptor), &m.base, NULL), 0);
    terni_encoding_done(&e);
    m.n_data = 3;
    assert_int_equal(terni_codec_measure(&e, terni_plan_get(m.base.descriptor), &m.base, NULL),
                     -EMSGSIZE);
    data[0].len = SIZE_MAX;
    m.n_data = 1;
    assert_int_equal(terni_codec_measure(&e, terni_plan_get(m.base.descriptor), &m.base, NULL),
                     -EMSGSIZE);
    assert_int_equal(e.fault, TERNI_CODEC_TOO_LARGE);
}

static void test_many_strings_need_memory_for_their_lengths(void **state)
{
    enum { N = 1000 };
    Codec__V3__Repeated m = CODEC__V3__REPEATED__INIT;
    char              **text = malloc(N * sizeof *text), word[] = "word";
    const terni_plan   *plan = terni_plan_get(m.base.descriptor);
    terni_encoding      e;

    (void)state;
    for (int i = 0; i < N; i++)
        text[i] = word;
    m.n_text = m.n_far_text = N;
    m.text = m.far_text = text;
    codec_compare_encode(&m.base);
    counting_mem_fail_at(0);
    assert_int_equal(terni_codec_measure(&e, plan, &m.base, NULL), -ENOMEM);
    counting_mem_fail_at(1);
    assert_int_equal(terni_codec_measure(&e, plan, &m.base, NULL), 0);
    counting_mem_fail_at(-1);
    terni_encoding_done(&e);
    free(text);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, counting_mem_set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_random_messages_of_every_type),
        TEST(test_edges_of_every_scalar),
        TEST(test_flat_messages_have_a_bound_others_and_long_ones_have_none),
        TEST(test_negative_zero_is_a_value),
        TEST(test_negative_zero_in_a_map_is_a_value),
        TEST(test_empty_and_null_strings),
        TEST(test_nulls_in_arrays_count_as_empty),
        TEST(test_strings_of_every_length_around_the_edges),
        TEST(test_large_pieces_are_linked_where_they_lie),
        TEST(test_what_an_arena_holds_is_linked_by_its_block),
        TEST(test_any_failing_allocation_leaves_the_output_as_it_was),
        TEST(test_nesting_has_a_limit),
        TEST(test_size_has_a_limit),
        TEST(test_many_strings_need_memory_for_their_lengths),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
