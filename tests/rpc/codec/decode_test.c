#include "tests/support/test.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/rpc/codec/compare.h"
#include "tests/rpc/codec/proto2.pb-c.h"
#include "tests/rpc/codec/proto3.pb-c.h"
#include "tests/rpc/codec/random.h"
#include "tests/rpc/counting_mem.h"

// ---- helpers -------------------------------------------------------------

static terni_arena       arena;
static terni_codec_error why;

static int set_up(void **state)
{
    counting_mem_set_up(state);
    terni_arena_init(&arena, NULL, 1 << 20);
    return 0;
}

static int tear_down(void **state)
{
    terni_arena_done(&arena);
    terni_plan_cleanup();
    return counting_mem_tear_down(state);
}

#define TYPE(type) (&codec__##type##__descriptor)

// The message, or NULL with `why` set.
static void *decode_n(const ProtobufCMessageDescriptor *desc, const void *data, size_t len)
{
    terni_codec_input in = { .data = data, .len = len };
    ProtobufCMessage *msg = NULL;
    int               err;

    err = terni_codec_decode_piece(terni_plan_get(desc), &in, &arena, TERNI_DECODE_DEFAULT, &msg,
                                   &why);
    assert_true((err == 0) == (msg != NULL));
    return msg;
}

#define DECODE(type, bytes) decode_n(TYPE(type), bytes, sizeof(bytes) - 1)

#define CHECK_FAULT(type, bytes, expected)                                                         \
    do {                                                                                           \
        assert_null(DECODE(type, bytes));                                                          \
        assert_int_equal(why.fault, TERNI_CODEC_##expected);                                       \
    } while (0)

// ---- what protobuf asks for ----------------------------------------------

static void test_last_scalar_wins(void **state)
{
    Codec__V3__Singular *m = DECODE(v3__singular, "\x08\x01\x08\x02\x7a\x01"
                                                  "a\x7a\x01"
                                                  "b");

    (void)state;
    assert_int_equal(m->i32, 2);
    assert_string_equal(m->text, "b");
}

static void test_submessage_that_comes_twice_is_merged(void **state)
{
    // { self { i32: 1, text: "a" } } and { self { u32: 2, text: "b" } }
    Codec__V3__Singular *m = DECODE(v3__singular, "\x92\x01\x05\x08\x01\x7a\x01"
                                                  "a"
                                                  "\x92\x01\x05\x18\x02\x7a\x01"
                                                  "b");

    (void)state;
    assert_int_equal(m->self->i32, 1);
    assert_int_equal(m->self->u32, 2);
    assert_string_equal(m->self->text, "b");
}

static void test_oneof_message_that_comes_twice_is_merged(void **state)
{
    Codec__V3__Oneof *m = DECODE(v3__oneof, "\x4a\x02\x08\x01\x4a\x02\x18\x02");

    (void)state;
    assert_int_equal(m->choice_case, 9);
    assert_int_equal(m->singular->i32, 1);
    assert_int_equal(m->singular->u32, 2);
}

static void test_oneof_keeps_its_last_member_only(void **state)
{
    Codec__V3__Oneof *m = DECODE(v3__oneof, "\x4a\x02\x08\x01\x10\x05\x4a\x02\x18\x02");

    (void)state;
    assert_int_equal(m->choice_case, 9);
    assert_int_equal(m->singular->i32, 0);
    assert_int_equal(m->singular->u32, 2);
}

static void test_packed_and_unpacked_are_both_accepted(void **state)
{
    Codec__V3__Repeated *r = DECODE(v3__repeated, "\x08\x07\x0a\x02\x01\x02\x08\x03");
    Codec__V3__Unpacked *u =
        DECODE(v3__unpacked, "\x0a\x02\x01\x02\x08\x03\x2a\x04\x04\x00\x00\x00");

    (void)state;
    assert_int_equal(r->n_i32, 4);
    assert_memory_equal(r->i32, ((int32_t[]){ 7, 1, 2, 3 }), 16);
    assert_int_equal(u->n_i32, 3);
    assert_memory_equal(u->i32, ((int32_t[]){ 1, 2, 3 }), 12);
    assert_int_equal(u->f32[0], 4);
}

static void test_interleaved_repeated_fields_keep_their_order(void **state)
{
    uint8_t              data[900];
    Codec__V3__Repeated *r;

    (void)state;
    for (size_t i = 0; i < sizeof data; i += 9) {
        memcpy(data + i, "\x7a\x01x\x82\x01\x01y\x08\x05", 9);  // text, data, i32
        data[i + 2] = (uint8_t)('!' + i / 9 % 90);
        data[i + 6] = (uint8_t)(i / 9);
    }
    r = decode_n(TYPE(v3__repeated), data, sizeof data);
    assert_int_equal(r->n_text, 100);
    assert_int_equal(r->n_data, 100);
    assert_int_equal(r->n_i32, 100);
    for (size_t i = 0; i < 100; i++) {
        assert_int_equal(r->text[i][0], '!' + i % 90);
        assert_int_equal(r->data[i].data[0], i);
    }
}

// Each level is a run of three: 70 levels are more than the decoder's stack of pending elements has
// room for.
static void test_runs_within_runs_are_whole(void **state)
{
    uint8_t              data[1000];
    size_t               at = sizeof data;
    Codec__V3__Repeated *m;

    (void)state;
    for (int level = 0; level < 70; level++) {
        size_t inner = sizeof data - at;

        if (inner > 127)
            data[--at] = (uint8_t)(inner >> 7);
        data[--at] = (uint8_t)(inner > 127 ? inner | 0x80 : inner);
        at -= 8;
        memcpy(data + at, "\x92\x01\x00\x92\x01\x00\x92\x01", 8);  // two empty ones before it
    }
    m = decode_n(TYPE(v3__repeated), data + at, sizeof data - at);
    for (int level = 0; level < 70; level++) {
        assert_int_equal(m->n_self, 3);
        assert_int_equal(m->self[0]->n_self, 0);
        m = m->self[2];
    }
    assert_int_equal(m->n_self, 0);
}

static void test_unknown_fields_are_kept_in_order(void **state)
{
    Codec__V3__Empty *m = DECODE(v3__empty, "\x08\x96\x01\x12\x02hi\x1d\x01\x02\x03\x04\x08\x01");

    (void)state;
    assert_int_equal(m->base.n_unknown_fields, 4);
    assert_int_equal(m->base.unknown_fields[0].tag, 1);
    assert_memory_equal(m->base.unknown_fields[0].data, "\x96\x01", 2);
    assert_int_equal(m->base.unknown_fields[1].len, 3);
    assert_memory_equal(m->base.unknown_fields[1].data, "\x02hi", 3);
    assert_int_equal(m->base.unknown_fields[2].wire_type, 5);
    assert_int_equal(m->base.unknown_fields[3].len, 1);
}

// As a newer sender may mean it: the field has got another type.
static void test_other_wire_type_is_an_unknown_field(void **state)
{
    static const char bytes[] = "\x09\x01\x02\x03\x04\x05\x06\x07\x08"  // i32
                                "\x08\x05"
                                "\x6a\x01\x01"   // flag, which is a bool
                                "\x90\x01\x01";  // self
    Codec__V3__Singular *m = DECODE(v3__singular, bytes);
    Codec__V3__Repeated *r = DECODE(v3__repeated, "\x0d\x01\x02\x03\x04\x08\x05");
    Codec__V3__Oneof    *o = DECODE(v3__oneof, "\x10\x05\x48\x01");

    (void)state;
    assert_int_equal(m->i32, 5);
    assert_int_equal(m->flag, 0);
    assert_null(m->self);
    assert_int_equal(m->base.n_unknown_fields, 3);
    assert_int_equal(m->base.unknown_fields[0].tag, 1);
    assert_int_equal(m->base.unknown_fields[0].wire_type, 1);
    assert_memory_equal(m->base.unknown_fields[1].data, "\x01\x01", 2);
    assert_int_equal(r->n_i32, 1);
    assert_int_equal(r->base.n_unknown_fields, 1);
    assert_int_equal(o->choice_case, 2);
    CHECK_FAULT(v2__required, "\x0d\x01\x02\x03\x04", MISSING);
    CHECK_FAULT(v3__singular, "\x0f\x01", BAD_WIRE_TYPE);
}

static void test_unknown_group_is_kept_and_packed_again(void **state)
{
    static const char bytes[] = "\xa3\x06\x08\x01\x13\x1a\x01\x24\x14\xa4\x06\x08\x01";
    Codec__V3__Empty *m = DECODE(v3__empty, bytes);
    terni_encoding    e;
    uint8_t           again[sizeof bytes];

    (void)state;
    assert_non_null(m);
    assert_int_equal(m->base.n_unknown_fields, 2);
    assert_int_equal(m->base.unknown_fields[0].tag, 100);
    assert_int_equal(m->base.unknown_fields[0].wire_type, 3);
    assert_int_equal(m->base.unknown_fields[0].len, 9);
    assert_int_equal(terni_codec_measure(&e, terni_plan_get(TYPE(v3__empty)), &m->base, NULL), 0);
    assert_int_equal(e.size, sizeof bytes - 1);
    terni_codec_write_flat(&e, again);
    assert_memory_equal(again, bytes, sizeof bytes - 1);
    assert_non_null(DECODE(v3__singular, "\x0b\x0c"));  // the number of a field that is no group
}

static void test_group_ends_where_it_began(void **state)
{
    (void)state;
    CHECK_FAULT(v3__empty, "\x0c", BAD_GROUP);
    CHECK_FAULT(v3__singular, "\x0c", BAD_GROUP);
    CHECK_FAULT(v3__empty, "\x0b\x14", BAD_GROUP);
    CHECK_FAULT(v3__empty, "\x0b\x13\x0c\x14", BAD_GROUP);
    CHECK_FAULT(v3__empty, "\x0b", TRUNCATED);
    CHECK_FAULT(v3__empty, "\x0b\x08\x01", TRUNCATED);
    CHECK_FAULT(v3__empty, "\x0b\x00\x0c", BAD_FIELD_NUMBER);
    CHECK_FAULT(v3__empty, "\x0b\x0f\x0c", BAD_WIRE_TYPE);
    CHECK_FAULT(v3__singular, "\x92\x01\x01\x0b\x0c", TRUNCATED);  // begins within self
}

static void test_groups_nest_no_deeper_than_messages(void **state)
{
    uint8_t data[2 * (TERN_MAX_NESTING + 1)];

    (void)state;
    for (size_t n = TERN_MAX_NESTING; n <= TERN_MAX_NESTING + 1; n++) {
        memset(data, 0x0b, n);
        memset(data + n, 0x0c, n);
        assert_true((decode_n(TYPE(v3__empty), data, 2 * n) != NULL) == (n == TERN_MAX_NESTING));
    }
    assert_int_equal(why.fault, TERNI_CODEC_TOO_DEEP);
}

static void test_unknown_enum_value_is_kept(void **state)
{
    Codec__V3__Singular *m = DECODE(v3__singular, "\x70\x63");

    (void)state;
    assert_int_equal(m->color, 99);
}

static void test_defaults_are_there_without_a_byte(void **state)
{
    Codec__V2__Optional *o = DECODE(v2__optional, "");
    Codec__V2__Default  *m = DECODE(v2__default, "");

    (void)state;
    assert_non_null(o);
    assert_int_equal(m->i32, -7);
    assert_string_equal(m->text, "text");
    assert_int_equal(m->color, CODEC__V2__COLOR__BLUE);
    assert_string_equal(m->must_text, "nine");
}

static void test_ten_byte_and_overlong_varints(void **state)
{
    Codec__V3__Singular *m = DECODE(v3__singular, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
                                                  "\x18\x81\x80\x80\x00\x9a\x81\x00\x00");

    (void)state;
    assert_int_equal(m->i32, -1);
    assert_int_equal(m->u32, 1);
    assert_int_equal(m->base.n_unknown_fields, 1);  // number 19, its tag one byte too long
}

// As protobuf-c: a bool is true when any bit is, also one beyond the 64th.
static void test_bool_looks_at_every_bit(void **state)
{
    Codec__V3__Singular *m = DECODE(v3__singular, "\x68\x80\x80\x80\x80\x80\x80\x80\x80\x80\x02");

    (void)state;
    assert_int_equal(m->flag, 1);
    m = DECODE(v3__singular, "\x68\x80\x80\x80\x80\x80\x80\x80\x80\x80\x00");
    assert_int_equal(m->flag, 0);
    m = DECODE(v3__singular, "\x68\x80\x80\x01");
    assert_int_equal(m->flag, 1);
}

// ---- memory --------------------------------------------------------------

static void test_bytes_point_into_the_block(void **state)
{
    tern_block          *block = tern_block_new_shared(64);
    terni_codec_input    in = { block->base, 0, block };
    Codec__V3__Singular *m;
    ProtobufCMessage    *msg;

    (void)state;
    memcpy(block->base, "\x82\x01\x04tern\x7a\x02xy", in.len = 11);
    assert_int_equal(
        terni_codec_decode_piece(terni_plan_get(TYPE(v3__singular)), &in, &arena, 0, &msg, NULL),
        0);
    m = (Codec__V3__Singular *)(void *)msg;
    assert_ptr_equal(m->data.data, block->base + 3);
    assert_int_equal(block->refs, 2);
    memset(block->base + 7, '?', 4);  // a string is a copy
    assert_string_equal(m->text, "xy");
    terni_arena_reset(&arena);
    assert_int_equal(block->refs, 1);
    tern_block_unref(block);
}

static void test_block_is_not_held_without_bytes(void **state)
{
    tern_block       *block = tern_block_new_shared(64);
    terni_codec_input in = { block->base, 0, block };
    ProtobufCMessage *msg;

    (void)state;
    memcpy(block->base, "\x7a\x02xy", in.len = 4);
    assert_int_equal(
        terni_codec_decode_piece(terni_plan_get(TYPE(v3__singular)), &in, &arena, 0, &msg, NULL),
        0);
    assert_int_equal(block->refs, 1);
    tern_block_unref(block);
}

static void test_owned_message_is_one_allocation_and_stands_alone(void **state)
{
    const terni_plan *plan = terni_plan_get(TYPE(v3__singular));
    char              data[] = "\x82\x01\x04tern\x7a\x02xy";
    terni_codec_input in = { (uint8_t *)data, 11, NULL };
    ProtobufCMessage *msg;
    long              before = counting_mem_live();

    (void)state;
    assert_int_equal(terni_codec_decode_owned(plan, &in, 1 << 20, 0, &msg, NULL), 0);
    assert_int_equal(counting_mem_live(), before + 1);
    memset(data, '?', sizeof data);
    assert_memory_equal(((Codec__V3__Singular *)(void *)msg)->data.data, "tern", 4);
    assert_string_equal(((Codec__V3__Singular *)(void *)msg)->text, "xy");
    terni_codec_free(msg);
    terni_codec_free(NULL);
    assert_int_equal(counting_mem_live(), before);
}

// A Singular with so many `data` in `block`.
static terni_codec_input large_input(tern_block *block, size_t len)
{
    memcpy(block->base, "\x82\x01\x80\x80\x04", 5);
    memset(block->base + 5, 7, len);
    return (terni_codec_input){ block->base, len + 5, block };
}

static void check_owned_bytes(tern_block *block, bool is_held)
{
    const terni_plan    *plan = terni_plan_get(TYPE(v3__singular));
    terni_codec_input    in = large_input(block, TERNI_CODEC_HOLD_MIN);
    ProtobufCMessage    *msg;
    Codec__V3__Singular *m;

    assert_int_equal(terni_codec_decode_owned(plan, &in, 1 << 20, 0, &msg, NULL), 0);
    m = (Codec__V3__Singular *)(void *)msg;
    assert_true((m->data.data == block->base + 5) == is_held);
    tern_block_unref(block);
    assert_int_equal(m->data.data[TERNI_CODEC_HOLD_MIN - 1], 7);
    terni_codec_free(msg);
}

static void test_owned_message_holds_large_bytes_of_a_shared_block(void **state)
{
    (void)state;
    check_owned_bytes(tern_block_new_shared(TERNI_CODEC_HOLD_MIN + 8), true);
}

static void test_owned_message_copies_from_a_pooled_block(void **state)
{
    tern_pool *pool = tern_pool_new();

    (void)state;
    check_owned_bytes(tern_block_new(pool, TERNI_CODEC_HOLD_MIN + 8), false);
    tern_pool_free(pool);
}

static void test_cap_of_the_arena_is_the_cap_of_the_message(void **state)
{
    enum { N = 20000 };
    const terni_plan *plan = terni_plan_get(TYPE(v3__repeated));
    uint8_t          *data = malloc(3 * N);
    terni_codec_input in = { data, 3 * N, NULL };
    ProtobufCMessage *msg;

    (void)state;
    for (size_t i = 0; i < N; i++)
        memcpy(data + 3 * i, "\x8a\x01\x00", 3);  // an empty Singular, 40 times as large in memory
    assert_int_equal(terni_codec_decode_piece(plan, &in, &arena, 0, &msg, &why), -EDQUOT);
    assert_int_equal(why.fault, TERNI_CODEC_NO_MEMORY);
    assert_int_equal(terni_codec_decode_owned(plan, &in, 1 << 20, 0, &msg, &why), -EDQUOT);
    assert_int_equal(terni_codec_decode_owned(plan, &in, 1 << 26, 0, &msg, &why), 0);
    terni_codec_free(msg);
    free(data);
}

// ---- what is refused -----------------------------------------------------

static void test_malformed_bytes_are_refused_by_name(void **state)
{
    (void)state;
    CHECK_FAULT(v3__singular, "\x08", BAD_VARINT);
    CHECK_FAULT(v3__singular, "\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", BAD_VARINT);
    CHECK_FAULT(v3__singular, "\x08\x80", BAD_VARINT);
    CHECK_FAULT(v3__singular, "\x80", BAD_TAG);
    CHECK_FAULT(v3__singular, "\x80\x80\x80\x80\x80\x01", BAD_TAG);
    CHECK_FAULT(v3__singular, "\x00\x01", BAD_FIELD_NUMBER);
    CHECK_FAULT(v3__singular, "\x08\x01\x02\x00", BAD_FIELD_NUMBER);
    CHECK_FAULT(v3__empty, "\x00", BAD_FIELD_NUMBER);
    CHECK_FAULT(v3__singular, "\x88\x80\x80\x80\x10\x01", BAD_FIELD_NUMBER);
    CHECK_FAULT(v3__singular, "\x3d\x01\x02\x03", TRUNCATED);
    CHECK_FAULT(v3__singular, "\x49\x01\x02\x03\x04\x05\x06\x07", TRUNCATED);
    CHECK_FAULT(v3__singular, "\x7a\x05xyz", TRUNCATED);
    CHECK_FAULT(v3__singular, "\x7a\x81\x80\x80\x80\x80\x00x", BAD_LENGTH);
    CHECK_FAULT(v3__singular, "\x7a\xff\xff\xff\xff\x0fx", BAD_LENGTH);
    CHECK_FAULT(v3__singular, "\x7a\xff\xff\xff\xff\x07x", TRUNCATED);
    CHECK_FAULT(v3__singular, "\x92\x01\x03\x08\x01", TRUNCATED);
    CHECK_FAULT(v3__singular, "\x92\x01\x01\x08\x01",
                BAD_VARINT);  // crosses the inner message's end
    CHECK_FAULT(v3__repeated, "\x3a\x03\x01\x02\x03", BAD_PACKED);
    CHECK_FAULT(v3__repeated, "\x0a\x02\x01\x80", BAD_VARINT);
    CHECK_FAULT(v3__repeated, "\x0a\x01\x80", BAD_VARINT);
}

// Where the decoder may look beyond the end of a message, it must not take what is there.
static void test_string_ends_with_its_message(void **state)
{
    (void)state;
    CHECK_FAULT(v3__singular, "\x92\x01\x03\x7a\x02xy\x7a\x10this comes behind", TRUNCATED);
    CHECK_FAULT(v3__singular, "\x92\x01\x02\x7a\x02xy\x7a\x10this comes behind", TRUNCATED);
    CHECK_FAULT(v3__singular, "\x92\x01\x01\x7a\x02xy\x7a\x10this comes behind", BAD_VARINT);
    assert_non_null(DECODE(v3__singular, "\x92\x01\x04\x7a\x02xy\x7a\x11this comes behind"));
}

static void test_strings_must_be_utf8_unless_told_otherwise(void **state)
{
    const terni_plan *plan = terni_plan_get(TYPE(v3__singular));
    terni_codec_input in = { (const uint8_t *)"\x7a\x02\xc3(", 4, NULL };
    ProtobufCMessage *msg;

    (void)state;
    CHECK_FAULT(v3__singular, "\x7a\x02\xc3(", BAD_UTF8);
    CHECK_FAULT(v3__repeated, "\x7a\x01z\x7a\x13This one is long: \xff", BAD_UTF8);
    CHECK_FAULT(v3__singular,
                "\x7a\x02z\x80\x08\x01\x08\x01\x08\x01\x08\x01\x08\x01\x08\x01\x08\x01", BAD_UTF8);
    assert_int_equal(
        terni_codec_decode_piece(plan, &in, &arena, TERNI_DECODE_RAW_STRINGS, &msg, NULL), 0);
    assert_string_equal(((Codec__V3__Singular *)(void *)msg)->text, "\xc3(");
}

// A C string would end there: the rest were lost, and what follows it would pass unseen.
static void test_strings_with_a_nul_are_refused(void **state)
{
    const terni_plan *plan = terni_plan_get(TYPE(v3__singular));
    terni_codec_input in = { (const uint8_t *)"\x7a\x03"
                                              "a\0b",
                             5, NULL };
    ProtobufCMessage *msg;
    uint8_t           data[64] = "\x7a";

    (void)state;
    for (uint8_t len = 1; len < 50; len++)
        for (uint8_t at = 0; at < len; at++) {
            data[1] = len;
            memset(data + 2, 'a', sizeof data - 2);
            assert_non_null(decode_n(TYPE(v3__singular), data, len + 2u));
            data[2 + at] = '\0';
            assert_null(decode_n(TYPE(v3__singular), data, len + 2u));
            assert_int_equal(why.fault, TERNI_CODEC_HAS_NUL);
        }
    CHECK_FAULT(v3__singular, "\x7a\x04\xc3\xa4\x00z", HAS_NUL);
    CHECK_FAULT(v3__singular, "\x7a\x04\x00z\xc3(", BAD_UTF8);
    CHECK_FAULT(v3__repeated, "\x7a\x01z\x7a\x01\x00", HAS_NUL);
    assert_int_equal(
        terni_codec_decode_piece(plan, &in, &arena, TERNI_DECODE_RAW_STRINGS, &msg, &why),
        -EBADMSG);
    assert_int_equal(why.fault, TERNI_CODEC_HAS_NUL);
    assert_non_null(
        DECODE(v3__singular, "\x7a\x01z\x18\x00\x08\x00\x08\x00\x08\x00\x08\x00\x08\x00"));
}

static void test_missing_required_field_is_named(void **state)
{
    char text[80];

    (void)state;
    CHECK_FAULT(v2__required, "\x08\x01\x12\x01x\x22\x00", MISSING);
    terni_codec_error_print(&why, text, sizeof text);
    assert_string_equal(text, "codec.v2.Required.data: required but missing");
    assert_non_null(DECODE(v2__required, "\x08\x01\x12\x01x\x1a\x00\x22\x00"));
}

// Of `self`, each: i32 with text, data with sub.
#define ONE_HALF   "\x2a\x05\x08\x01\x12\x01x"
#define OTHER_HALF "\x2a\x06\x1a\x00\x22\x02\x08\x01"
#define WHOLE      "\x08\x01\x12\x01x\x1a\x00\x22\x00"

static void test_required_fields_may_come_in_pieces(void **state)
{
    const Codec__V2__Required *msg;
    char                       text[80];

    (void)state;
    msg = DECODE(v2__required, WHOLE ONE_HALF OTHER_HALF);
    assert_non_null(msg);
    assert_int_equal(msg->self->i32, 1);
    assert_int_equal(msg->self->sub->i32, 1);
    assert_non_null(DECODE(v2__required, ONE_HALF WHOLE OTHER_HALF));
    assert_non_null(DECODE(v2__required, WHOLE ONE_HALF ONE_HALF OTHER_HALF ONE_HALF));
    CHECK_FAULT(v2__required, WHOLE ONE_HALF ONE_HALF, MISSING);
    terni_codec_error_print(&why, text, sizeof text);
    assert_string_equal(text, "codec.v2.Required.self.data: required but missing");
    CHECK_FAULT(v2__required, OTHER_HALF WHOLE, MISSING);
}

static void test_elements_that_lack_something_do_not_complete_each_other(void **state)
{
    char text[80];

    (void)state;
    CHECK_FAULT(v2__required, WHOLE "\x32\x05\x08\x01\x12\x01x\x32\x04\x1a\x00\x22\x00", MISSING);
    terni_codec_error_print(&why, text, sizeof text);
    assert_string_equal(text, "codec.v2.Required.more[0].data: required but missing");
}

static void test_few_messages_may_lack_something_at_a_time(void **state)
{
    enum { N = 1000 };
    static uint8_t data[2 * N];

    (void)state;
    for (int i = 0; i < N; i++)
        memcpy(&data[2 * i], "\x32\x00", 2);
    assert_null(decode_n(TYPE(v2__required), data, sizeof data));
    assert_int_equal(why.fault, TERNI_CODEC_MISSING);
}

static void test_each_of_many_required_fields_is_required(void **state)
{
    (void)state;
    for (unsigned missing = 0; missing <= 70; missing++) {
        uint8_t data[70 * 3];
        size_t  len = 0;

        for (unsigned i = 1; i <= 70; i++) {
            if (i == missing)
                continue;
            if (3 * i > 15) {
                data[len++] = (uint8_t)(3 * i << 3 | 0x80);
                data[len++] = (uint8_t)(3 * i >> 4);
            } else {
                data[len++] = (uint8_t)(3 * i << 3);
            }
            data[len++] = 1;
        }
        if (!decode_n(TYPE(v2__many_required), data, len))
            assert_int_equal(why.field->id, 3 * missing);
        else
            assert_int_equal(missing, 0);
    }
}

// { next { next { ... } } }
static size_t nest(uint8_t *data, size_t size, int levels)
{
    size_t at = size;

    for (int i = 0; i < levels; i++) {
        size_t len = size - at;

        if (len > 127)
            data[--at] = (uint8_t)(len >> 7);
        data[--at] = (uint8_t)(len > 127 ? len | 0x80 : len);
        data[--at] = 0x0a;
    }
    return at;
}

static void test_nesting_has_a_limit(void **state)
{
    uint8_t data[400];
    size_t  at = nest(data, sizeof data, TERN_MAX_NESTING);

    (void)state;
    assert_non_null(decode_n(TYPE(v3__node), data + at, sizeof data - at));
    at = nest(data, sizeof data, TERN_MAX_NESTING + 1);
    assert_null(decode_n(TYPE(v3__node), data + at, sizeof data - at));
    assert_int_equal(why.fault, TERNI_CODEC_TOO_DEEP);
}

static void test_error_text_names_the_way_to_the_field(void **state)
{
    const char *full = "codec.v3.Oneof.singular.text: not UTF-8";
    char        text[80], tiny[10];

    (void)state;
    CHECK_FAULT(v3__oneof, "\x4a\x04\x7a\x02\xff\xff", BAD_UTF8);
    assert_int_equal(terni_codec_error_print(&why, text, sizeof text), strlen(full));
    assert_string_equal(text, full);
    assert_int_equal(terni_codec_error_print(&why, tiny, sizeof tiny), strlen(full));
    assert_string_equal(tiny, "codec.v3.");
}

#define CHECK_TEXT(type, bytes, expected)                                                          \
    do {                                                                                           \
        char text[300];                                                                            \
        assert_null(DECODE(type, bytes));                                                          \
        terni_codec_error_print(&why, text, sizeof text);                                          \
        assert_string_equal(text, expected);                                                       \
    } while (0)

static void test_error_text_counts_elements(void **state)
{
    (void)state;
    CHECK_TEXT(v3__repeated, "\x7a\x01z\x7a\x01\xff", "codec.v3.Repeated.text[1]: not UTF-8");
    CHECK_TEXT(v3__repeated, "\x92\x01\x00\x92\x01\x06\x92\x01\x03\x7a\x01\xff",
               "codec.v3.Repeated.self[1].self[0].text[0]: not UTF-8");
    CHECK_TEXT(v3__repeated, "\x92\x01\x00\x08\x01\x92\x01\x03\x7a\x01\xff",
               "codec.v3.Repeated.self[1].text[0]: not UTF-8");
    CHECK_TEXT(v3__maps, "\x0a\x00\x0a\x03\x0a\x01\xff", "codec.v3.Maps.texts[1].key: not UTF-8");
    CHECK_TEXT(v3__singular, "\x80", "codec.v3.Singular: malformed tag");
}

static void test_error_text_of_a_long_way_is_cut(void **state)
{
    uint8_t data[400] = { 0 };
    size_t  at = nest(data, sizeof data, TERN_MAX_NESTING + 1);
    char    text[300];

    (void)state;
    assert_null(decode_n(TYPE(v3__node), data + at, sizeof data - at));
    assert_in_range(terni_codec_error_print(&why, text, sizeof text), 100, 200);
    assert_memory_equal(text, "codec.v3.Node....next.next.", 27);
}

// ---- everything, with faults ---------------------------------------------

static size_t pack_random(const ProtobufCMessageDescriptor *desc, uint64_t seed, uint8_t **ret_data)
{
    uint8_t           chance[3000];
    codec_random      r = { chance, chance + sizeof chance };
    ProtobufCMessage *msg;
    size_t            len;

    codec_random_fill(chance, sizeof chance, seed);
    msg = codec_random_message(&r, desc, 3);
    *ret_data = malloc(protobuf_c_message_get_packed_size(msg) + 1);
    len = protobuf_c_message_pack(msg, *ret_data);
    protobuf_c_message_free_unpacked(msg, NULL);
    return len;
}

static void test_cut_at_every_byte_is_what_protobuf_c_says(void **state)
{
    (void)state;
    for (size_t t = 0; t < codec_compare_n_types; t++) {
        uint8_t *data;
        size_t   len = pack_random(codec_compare_types[t], 7 + t, &data);

        if (len > 600)
            len = 600;
        for (size_t cut = 0; cut <= len; cut++)
            codec_compare_decode(codec_compare_types[t], data, cut);
        free(data);
    }
}

static void test_any_failing_allocation_is_reported_and_leaks_nothing(void **state)
{
    uint8_t          *data;
    size_t            len = pack_random(TYPE(v3__all), 3, &data);
    terni_codec_input in = { data, len, NULL };
    ProtobufCMessage *msg;
    int               err = -ENOMEM;

    (void)state;
    for (long i = 0; err == -ENOMEM; i++) {
        const terni_plan *plan;

        terni_plan_cleanup();
        counting_mem_fail_at(i);
        plan = terni_plan_get(TYPE(v3__all));
        if (plan) {
            err = terni_codec_decode_owned(plan, &in, 1 << 24, 0, &msg, &why);
            assert_true(err == 0 || why.fault == TERNI_CODEC_NO_MEMORY);
        }
        assert_true(i < 1000);
    }
    counting_mem_fail_at(-1);
    assert_int_equal(err, 0);
    terni_codec_free(msg);
    free(data);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_last_scalar_wins),
        TEST(test_submessage_that_comes_twice_is_merged),
        TEST(test_oneof_message_that_comes_twice_is_merged),
        TEST(test_oneof_keeps_its_last_member_only),
        TEST(test_packed_and_unpacked_are_both_accepted),
        TEST(test_interleaved_repeated_fields_keep_their_order),
        TEST(test_runs_within_runs_are_whole),
        TEST(test_unknown_fields_are_kept_in_order),
        TEST(test_other_wire_type_is_an_unknown_field),
        TEST(test_unknown_group_is_kept_and_packed_again),
        TEST(test_group_ends_where_it_began),
        TEST(test_groups_nest_no_deeper_than_messages),
        TEST(test_unknown_enum_value_is_kept),
        TEST(test_defaults_are_there_without_a_byte),
        TEST(test_ten_byte_and_overlong_varints),
        TEST(test_bool_looks_at_every_bit),
        TEST(test_bytes_point_into_the_block),
        TEST(test_block_is_not_held_without_bytes),
        TEST(test_owned_message_is_one_allocation_and_stands_alone),
        TEST(test_owned_message_holds_large_bytes_of_a_shared_block),
        TEST(test_owned_message_copies_from_a_pooled_block),
        TEST(test_cap_of_the_arena_is_the_cap_of_the_message),
        TEST(test_malformed_bytes_are_refused_by_name),
        TEST(test_string_ends_with_its_message),
        TEST(test_strings_must_be_utf8_unless_told_otherwise),
        TEST(test_strings_with_a_nul_are_refused),
        TEST(test_missing_required_field_is_named),
        TEST(test_required_fields_may_come_in_pieces),
        TEST(test_elements_that_lack_something_do_not_complete_each_other),
        TEST(test_few_messages_may_lack_something_at_a_time),
        TEST(test_each_of_many_required_fields_is_required),
        TEST(test_nesting_has_a_limit),
        TEST(test_error_text_names_the_way_to_the_field),
        TEST(test_error_text_counts_elements),
        TEST(test_error_text_of_a_long_way_is_cut),
        TEST(test_cut_at_every_byte_is_what_protobuf_c_says),
        TEST(test_any_failing_allocation_is_reported_and_leaks_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
