#include "tests/support/death.h"
#include "tests/support/test.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kinds.tern.h"
#include "presence.tern.h"

static void test_init_sets_the_defaults_of_the_proto(void **state)
{
    demo_old_defaults m;

    (void)state;
    demo_old_defaults_init(&m);

    assert_int_equal(m.count, -5);
    assert_true(m.lowest == INT32_MIN && m.long_lowest == INT64_MIN);
    assert_true(m.unsigned_most == UINT32_MAX && m.long_most == UINT64_MAX);
    assert_true(m.half == 0.5f && m.whole == 2.0f && m.large == 1e+300);
    assert_true(isinf(m.endless) && m.endless < 0 && isnan(m.nothing));
    assert_true(m.yes);
    assert_string_equal(m.text, "a \"quoted\" \\ ?"
                                "?/ text\n\tline");
    assert_int_equal(m.raw.len, 7);
    assert_memory_equal(m.raw.data, "\0\1\377z1\"?", 7);
    assert_int_equal(m.level, DEMO_OLD_LEVEL_LOW);
    assert_int_equal(m.high, DEMO_OLD_LEVEL_HIGH);
    assert_false(m.has_count || m.has_level || m.has_raw);
    assert_null(m.plain);
    assert_int_equal(demo_old_defaults_size(&m), 0);
}

static void test_unpack_of_nothing_reads_as_defaults(void **state)
{
    TERN_AUTO(demo_old_defaults) *m = demo_old_defaults_unpack("", 0);

    (void)state;
    assert_non_null(m);
    assert_int_equal(m->count, -5);
    assert_string_equal(m->none, "");
    assert_int_equal(m->high, DEMO_OLD_LEVEL_HIGH);
}

static void test_strings_of_proto3_are_never_null_when_read(void **state)
{
    TERN_AUTO(demo_v1_scalars) *m = demo_v1_scalars_unpack("", 0);
    demo_v1_scalars fresh;

    (void)state;
    demo_v1_scalars_init(&fresh);
    assert_string_equal(m->a_string, "");
    assert_string_equal(fresh.a_string, "");
    assert_int_equal(demo_v1_scalars_size(DEMO_V1_SCALARS()), 0);
    fresh.a_string = NULL;  // packs as absent
    assert_int_equal(demo_v1_scalars_size(&fresh), 0);
}

static void test_strings_are_utf8_in_proto3_only(void **state)
{
    static const uint8_t old_bytes[] = { 0x82, 0x01, 2, 0xff, 0xfe };
    TERN_AUTO(demo_old_defaults) *m = demo_old_defaults_unpack(old_bytes, sizeof old_bytes);
    demo_v1_scalars broken;
    uint8_t         buf[64];

    (void)state;
    assert_non_null(m);
    assert_string_equal(m->plain, "\xff\xfe");
    demo_v1_scalars_init(&broken);
    broken.a_string = "\xff\xfe";
    assert_int_equal(demo_v1_scalars_pack(&broken, buf, sizeof buf), -EILSEQ);
}

static void test_constructor_packs_and_unpack_restores(void **state)
{
    uint8_t       buf[256];
    demo_v1_tree *tree =
        DEMO_V1_TREE(.left = DEMO_V1_TREE(.n_children = 2,
                                          .children =
                                              (demo_v1_tree *[]){ DEMO_V1_TREE(), DEMO_V1_TREE() }),
                     .node = DEMO_V1_TREE_NODE(.leaf = DEMO_V1_TREE_NODE_LEAF(
                                                       .state = DEMO_V1_TREE_NODE_LEAF_STATE_DRY)));
    ssize_t len = demo_v1_tree_pack(tree, buf, sizeof buf);
    TERN_AUTO(demo_v1_tree) *copy = NULL;

    (void)state;
    assert_int_equal(len, demo_v1_tree_size(tree));
    copy = demo_v1_tree_unpack(buf, (size_t)len);
    assert_non_null(copy);
    assert_int_equal(copy->left->n_children, 2);
    assert_null(copy->right);
    assert_int_equal(copy->node->leaf->state, DEMO_V1_TREE_NODE_LEAF_STATE_DRY);
    assert_true(protobuf_c_message_check(&copy->base));
}

// What is not a level is kept, but it is no level.
static void check_closed(const char *bytes, size_t len, void (*check)(const demo_old_closed *m))
{
    TERN_AUTO(demo_old_closed) *m = demo_old_closed_unpack(bytes, len);
    uint8_t buf[64];
    ssize_t packed;

    assert_non_null(m);
    check(m);
    packed = demo_old_closed_pack(m, buf, sizeof buf);
    assert_true(packed > 0);
    TERN_AUTO(demo_old_closed) *again = demo_old_closed_unpack(buf, (size_t)packed);
    assert_non_null(again);
    check(again);
    assert_int_equal(m->base.n_unknown_fields, again->base.n_unknown_fields);
}

static void check_one(const demo_old_closed *m)
{
    assert_false(m->has_one);
    assert_int_equal(m->one, DEMO_OLD_LEVEL_LOW);
    assert_int_equal(m->base.n_unknown_fields, 1);
    assert_int_equal(m->base.unknown_fields[0].tag, 1);
}

static void check_many(const demo_old_closed *m)
{
    assert_int_equal(m->n_many, 2);
    assert_int_equal(m->many[1], DEMO_OLD_LEVEL_HIGH);
    assert_int_equal(m->n_packed, 2);
    assert_int_equal(m->packed[1], DEMO_OLD_LEVEL_HIGH);
    assert_int_equal(m->base.n_unknown_fields, 3);
    assert_int_equal(m->last, 1);
}

static void check_choice(const demo_old_closed *m)
{
    assert_int_equal(m->choice_case, DEMO_OLD_CLOSED_CHOICE_OTHER);
    assert_string_equal(m->other, "x");
}

static void check_map(const demo_old_closed *m)
{
    assert_int_equal(m->n_by_name, 3);
    assert_int_equal(demo_old_closed_by_name_get(m, "a")->value, DEMO_OLD_GRADE_TOP);
    assert_int_equal(demo_old_closed_by_name_get(m, "c")->value, DEMO_OLD_GRADE_TOP);
    assert_int_equal(demo_old_closed_by_name_get(m, "d")->value, DEMO_OLD_GRADE_NONE);
    assert_int_equal(m->base.n_unknown_fields, 1);
    assert_memory_equal(m->base.unknown_fields[0].data, "\x05\x0a\x01z\x10\x04", 6);
}

static void test_unknown_values_of_closed_enums_are_unknown_fields(void **state)
{
    (void)state;
#define CHECK(fn, bytes) check_closed("\x38\x03" bytes, sizeof("\x38\x03" bytes) - 1, fn)
    CHECK(check_one, "\x08\x04");
    CHECK(check_many, "\x10\x03\x10\x04\x10\x09\x12\x01\x05\x1a\x03\x03\x04\x09\x40\x01");
    CHECK(check_choice, "\x2a\x01x\x20\x04");
    CHECK(check_map, "\x32\x05\x0a\x01"
                     "a\x10\x09"
                     "\x32\x05\x0a\x01z\x10\x04"
                     "\x32\x07\x0a\x01"
                     "c\x10\x04\x10\x09"
                     "\x32\x03\x0a\x01"
                     "d");
#undef CHECK
    assert_null(demo_old_closed_unpack("\x38\x04", 2));  // must, which is required
    assert_null(demo_old_closed_unpack("\x38\x03\x08\x84", 4));
    assert_null(demo_old_closed_unpack("\x38\x03\x0f\x03", 4));
    assert_null(demo_old_closed_unpack("\x38\x03\x1a\x02\x03\x84", 6));
}

static void test_last_of_the_entries_with_one_key_wins(void **state)
{
    static const char few[] = "\x0a\x06\x0a\x01"
                              "a\x12\x01"
                              "1"
                              "\x0a\x06\x0a\x01"
                              "b\x12\x01"
                              "2"
                              "\x0a\x06\x0a\x01"
                              "a\x12\x01"
                              "3"
                              "\x0a\x00"
                              "\x0a\x03\x12\x01"
                              "4";
    TERN_AUTO(demo_v1_maps) *m = demo_v1_maps_unpack(few, sizeof few - 1);

    (void)state;
    assert_non_null(m);
    assert_int_equal(m->n_labels, 3);
    assert_string_equal(m->labels[0]->key, "b");
    assert_string_equal(demo_v1_maps_labels_get(m, "a")->value, "3");
    assert_string_equal(demo_v1_maps_labels_get(m, "")->value, "4");
}

// Keys from 0 to 99, each three times, in another order every time.
static void test_of_many_entries_each_key_is_left_once(void **state)
{
    uint8_t bytes[300 * 6], *at = bytes;

    (void)state;
    for (unsigned i = 0; i < 300; i++) {
        *at++ = 0x0a, *at++ = 4;
        *at++ = 0x0a, *at++ = 2;
        *at++ = (uint8_t)('0' + i * 37 % 100 / 10), *at++ = (uint8_t)('0' + i * 37 % 10);
    }
    TERN_AUTO(demo_v1_maps) *m = demo_v1_maps_unpack(bytes, sizeof bytes);
    assert_non_null(m);
    assert_int_equal(m->n_labels, 100);
    for (unsigned i = 0; i < 100; i++)
        assert_memory_equal(m->labels[i]->key, bytes + (200 + i) * 6 + 4, 2);
}

static void test_groups_are_merged_and_matched(void **state)
{
    static const char twice[] = "\x93\x03\x0a\x01"
                                "a\x10\x01\x94\x03\x93\x03\x10\x02\x94\x03";
    static const char nested[] = "\x0b\x12\x00\x23\x0a\x00\x24\x0c";
    TERN_AUTO(demo_old_answer) *m = demo_old_answer_unpack(twice, sizeof twice - 1);
    TERN_AUTO(demo_old_answer) *whole = demo_old_answer_unpack(nested, sizeof nested - 1);

    (void)state;
    assert_non_null(m);
    assert_string_equal(m->note->text, "a");
    assert_int_equal(m->note->n_marks, 2);
    assert_int_equal(m->note->marks[1], 2);
    assert_non_null(whole);
    assert_non_null(whole->result[0]->deep->again);
    assert_null(demo_old_answer_unpack("\x0b", 1));
    assert_null(demo_old_answer_unpack("\x0b\x0c", 2));  // lacks its url
    assert_null(demo_old_answer_unpack("\x93\x03\x0c", 3));
    assert_null(demo_old_answer_unpack("\x0c", 1));
    // Result { Deep { again }}: the end of Result stands in the message `again`.
    assert_null(demo_old_answer_unpack("\x0b\x12\x00\x23\x0a\x01\x0c\x24\x0c", 9));
    assert_null(demo_old_answer_unpack("\x0b\x12\x00\x23\x0a\x01\x24\x24\x0c", 9));
}

static void test_pack_into_too_little_room_is_refused(void **state)
{
    uint8_t buf[4] = { 0 };

    (void)state;
    assert_int_equal(demo_v1_scalars_pack(DEMO_V1_SCALARS(.a_string = "four"), buf, sizeof buf),
                     -ENOBUFS);
    assert_int_equal(buf[0], 0);
}

static void test_pack_refuses_what_unpack_would(void **state)
{
    demo_v1_tree       trees[102];
    demo_old_required  lacks;
    demo_old_defaults  inner;
    demo_v1_repeats    repeats;
    static const char *names[] = { "a", "\xff" };
    uint8_t            buf[1024];

    (void)state;
    for (size_t i = 0; i < 102; i++) {
        demo_v1_tree_init(&trees[i]);
        trees[i].left = i < 101 ? &trees[i + 1] : NULL;
    }
    assert_int_equal(demo_v1_tree_pack(&trees[0], buf, sizeof buf), -EMSGSIZE);
    assert_true(demo_v1_tree_pack(&trees[1], buf, sizeof buf) > 0);
    demo_old_defaults_init(&inner);
    demo_old_required_init(&lacks);
    assert_int_equal(demo_old_required_pack(&lacks, buf, sizeof buf), -EINVAL);
    lacks.name = "n";
    assert_int_equal(demo_old_required_pack(&lacks, buf, sizeof buf), -EINVAL);
    lacks.inner = &inner;
    assert_true(demo_old_required_pack(&lacks, buf, sizeof buf) > 0);
    demo_v1_repeats_init(&repeats);
    repeats.n_names = 2, repeats.names = names;
    assert_int_equal(demo_v1_repeats_pack(&repeats, buf, sizeof buf), -EILSEQ);
}

static void test_required_field_starts_at_its_default(void **state)
{
    demo_old_required m;

    (void)state;
    demo_old_required_init(&m);
    assert_string_equal(m.greeting, "hi");
    assert_int_equal(m.level, DEMO_OLD_LEVEL_LOW);
}

static void test_unpack_of_garbage_is_null(void **state)
{
    (void)state;
    assert_null(demo_v1_scalars_unpack("\xff\xff\xff", 3));
    assert_null(demo_old_required_unpack("", 0));  // lacks its required fields
}

static void test_unpack_says_why(void **state)
{
    tern_unpack_error why;

    (void)state;
    assert_null(demo_v1_repeats_unpack_why("\x32\x00\x32\x03\x72\x01\xff", 7, &why));
    assert_int_equal(why.err, -EBADMSG);
    assert_string_equal(why.message, "demo.v1.Scalars");
    assert_string_equal(why.field, "a_string");
    assert_string_equal(why.text, "demo.v1.Repeats.items[1].a_string: not UTF-8");
    assert_null(demo_v1_repeats_unpack_why("\x80", 1, &why));
    assert_null(why.field);
    assert_string_equal(why.text, "demo.v1.Repeats: malformed tag");
}

static void test_oneof_holds_the_last_case(void **state)
{
    demo_v1_shape *rect = DEMO_V1_SHAPE(.name = "r", .kind_case = DEMO_V1_SHAPE_KIND_RECT,
                                        .rect = DEMO_V1_SHAPE_RECT(.w = 3, .h = 4));
    demo_v1_shape *text = DEMO_V1_SHAPE(.kind_case = DEMO_V1_SHAPE_KIND_TEXT, .text = "t");
    uint8_t        buf[64];
    ssize_t        len = demo_v1_shape_pack(rect, buf, sizeof buf);
    TERN_AUTO(demo_v1_shape) *read = demo_v1_shape_unpack(buf, (size_t)len);
    TERN_AUTO(demo_v1_shape) *both = NULL;

    (void)state;
    assert_int_equal(read->kind_case, DEMO_V1_SHAPE_KIND_RECT);
    assert_int_equal(read->rect->h, 4);
    len += demo_v1_shape_pack(text, buf + len, sizeof buf - (size_t)len);
    both = demo_v1_shape_unpack(buf, (size_t)len);
    assert_int_equal(both->kind_case, DEMO_V1_SHAPE_KIND_TEXT);
    assert_string_equal(both->text, "t");
    assert_int_equal(both->other_case, DEMO_V1_SHAPE_OTHER_NOT_SET);
}

static void test_map_look_up_finds_the_last_entry_of_a_key(void **state)
{
    demo_v1_maps *m = DEMO_V1_MAPS(.n_labels = 3,
                                   .labels =
                                       (demo_v1_maps_labels_entry *[]){
                                           DEMO_V1_MAPS_LABELS_ENTRY(.key = "a", .value = "old"),
                                           DEMO_V1_MAPS_LABELS_ENTRY(.value = "no key"),
                                           DEMO_V1_MAPS_LABELS_ENTRY(.key = "a", .value = "new") },
                                   .n_colors = 1,
                                   .colors = (demo_v1_maps_colors_entry *[]){
                                       DEMO_V1_MAPS_COLORS_ENTRY(.key = UINT64_MAX,
                                                                 .value = DEMO_V1_COLOR_GREEN) });

    (void)state;
    assert_string_equal(demo_v1_maps_labels_get(m, "a")->value, "new");
    assert_string_equal(demo_v1_maps_labels_get(m, "")->value, "no key");
    assert_null(demo_v1_maps_labels_get(m, "b"));
    assert_int_equal(demo_v1_maps_colors_get(m, UINT64_MAX)->value, DEMO_V1_COLOR_GREEN);
    assert_null(demo_v1_maps_colors_get(m, 1));
    assert_null(demo_v1_maps_shapes_get(m, 1));
}

static void test_optional_zero_is_sent_when_its_has_is_set(void **state)
{
    uint8_t buf[16];
    ssize_t len = demo_v1_optionals_pack(DEMO_V1_OPTIONALS(.has_count = 1, .name = ""), buf, 16);
    TERN_AUTO(demo_v1_optionals) *m = demo_v1_optionals_unpack(buf, (size_t)len);

    (void)state;
    assert_int_equal(len, 4);
    assert_true(m->has_count);
    assert_string_equal(m->name, "");
    assert_false(m->has_flag || m->has_color || m->has_data);
}

static void test_unknown_fields_are_kept(void **state)
{
    static const uint8_t known_and_not[] = { 0x08, 0x05, 0xa0, 0x06, 0x2a };  // 1: 5, 100: 42
    TERN_AUTO(demo_old_open) *m = demo_old_open_unpack(known_and_not, sizeof known_and_not);
    uint8_t buf[16];

    (void)state;
    assert_int_equal(m->known, 5);
    assert_int_equal(demo_old_open_pack(m, buf, sizeof buf), sizeof known_and_not);
    assert_memory_equal(buf, known_and_not, sizeof known_and_not);
}

static void test_descriptors_answer_protobuf_c(void **state)
{
    const ProtobufCFieldDescriptor *f =
        protobuf_c_message_descriptor_get_field(&demo_v1_sparse_descriptor, 536870911);
    const ProtobufCEnumDescriptor *color = &demo_v1_color_descriptor;

    (void)state;
    assert_string_equal(f->name, "last");
    assert_null(protobuf_c_message_descriptor_get_field(&demo_v1_sparse_descriptor, 2));
    f = protobuf_c_message_descriptor_get_field_by_name(&demo_v1_sparse_descriptor, "nine");
    assert_int_equal(f->id, 9);
    assert_string_equal(protobuf_c_enum_descriptor_get_value(color, INT32_MIN)->name,
                        "COLOR_LOWEST");
    assert_string_equal(protobuf_c_enum_descriptor_get_value(color, 0)->name, "COLOR_RED");
    assert_int_equal(protobuf_c_enum_descriptor_get_value_by_name(color, "COLOR_CRIMSON")->value,
                     0);
    assert_null(protobuf_c_enum_descriptor_get_value(color, 1));
}

static void test_string_left_out_of_a_literal_is_empty(void **state)
{
    const demo_v1_scalars *literal = DEMO_V1_SCALARS(.an_int32 = 3);
    demo_v1_scalars        initial;

    (void)state;
    demo_v1_scalars_init(&initial);
    assert_ptr_equal(literal->a_string, initial.a_string);
    assert_string_equal(literal->a_string, "");
    assert_string_equal(DEMO_V1_SCALARS(.a_string = "ada")->a_string, "ada");
    assert_null(DEMO_V1_OPTIONALS()->name);  // absent, not empty
}

// ---- what would be lost --------------------------------------------------

// Measured, as on the way to a peer; _pack does that too.
static void measure_optionals(void *m) { (void)demo_v1_optionals_size(m); }
static void measure_shape(void *m) { (void)demo_v1_shape_size(m); }
static void measure_defaults(void *m) { (void)demo_old_defaults_size(m); }

static void test_member_whose_mark_was_forgotten_ends_a_debug_build(void **state)
{
    demo_v1_shape shape = *DEMO_V1_SHAPE(.name = "a", .circle = 1.5);

    (void)state;
    assert_int_equal(dies(measure_optionals, DEMO_V1_OPTIONALS(.count = 1)),
                     library_has_debug_asserts());
    assert_int_equal(
        dies(measure_optionals, DEMO_V1_OPTIONALS(.inner = DEMO_V1_OPTIONALS(.flag = true))),
        library_has_debug_asserts());
    assert_int_equal(dies(measure_shape, &shape), library_has_debug_asserts());
    assert_int_equal(dies(measure_defaults, DEMO_OLD_DEFAULTS(.count = 1)),
                     library_has_debug_asserts());
}

static void test_member_that_was_left_out_is_not_forgotten(void **state)
{
    demo_v1_shape     shape = *DEMO_V1_SHAPE(.kind_case = DEMO_V1_SHAPE_KIND_CIRCLE, .circle = 1.5);
    demo_old_defaults initial;

    (void)state;
    demo_old_defaults_init(&initial);
    assert_false(dies(measure_optionals, DEMO_V1_OPTIONALS(.has_count = true, .count = 1)));
    assert_false(dies(measure_optionals, DEMO_V1_OPTIONALS(.has_count = true)));
    assert_false(dies(measure_shape, &shape));
    assert_false(dies(measure_defaults, DEMO_OLD_DEFAULTS()));
    assert_false(dies(measure_defaults, &initial));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_init_sets_the_defaults_of_the_proto),
        cmocka_unit_test(test_unpack_of_nothing_reads_as_defaults),
        cmocka_unit_test(test_strings_of_proto3_are_never_null_when_read),
        cmocka_unit_test(test_strings_are_utf8_in_proto3_only),
        cmocka_unit_test(test_constructor_packs_and_unpack_restores),
        cmocka_unit_test(test_unknown_values_of_closed_enums_are_unknown_fields),
        cmocka_unit_test(test_last_of_the_entries_with_one_key_wins),
        cmocka_unit_test(test_of_many_entries_each_key_is_left_once),
        cmocka_unit_test(test_groups_are_merged_and_matched),
        cmocka_unit_test(test_pack_into_too_little_room_is_refused),
        cmocka_unit_test(test_pack_refuses_what_unpack_would),
        cmocka_unit_test(test_required_field_starts_at_its_default),
        cmocka_unit_test(test_unpack_of_garbage_is_null),
        cmocka_unit_test(test_string_left_out_of_a_literal_is_empty),
        cmocka_unit_test(test_member_whose_mark_was_forgotten_ends_a_debug_build),
        cmocka_unit_test(test_member_that_was_left_out_is_not_forgotten),
        cmocka_unit_test(test_unpack_says_why),
        cmocka_unit_test(test_oneof_holds_the_last_case),
        cmocka_unit_test(test_map_look_up_finds_the_last_entry_of_a_key),
        cmocka_unit_test(test_optional_zero_is_sent_when_its_has_is_set),
        cmocka_unit_test(test_unknown_fields_are_kept),
        cmocka_unit_test(test_descriptors_answer_protobuf_c),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
