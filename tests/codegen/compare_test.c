// Copies, comparisons and text of generated messages.
#include "tests/support/test.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "kinds.tern.h"
#include "presence.tern.h"
#include "texts.tern.h"

#define ENTRY(k, v) DEMO_V1_MAPS_LABELS_ENTRY(.key = (k), .value = (v))
#define MAP(...)                                                                                   \
    DEMO_V1_MAPS(.n_labels = 2, .labels = (demo_v1_maps_labels_entry *[]){ __VA_ARGS__ })

static void test_clone_stands_alone_and_is_equal(void **state)
{
    char           name[] = "root";
    demo_v1_shape *shape = DEMO_V1_SHAPE(.name = name, .kind_case = DEMO_V1_SHAPE_KIND_RECT,
                                         .rect = DEMO_V1_SHAPE_RECT(.w = 3));
    TERN_AUTO(demo_v1_shape) *copy = demo_v1_shape_clone(shape);

    (void)state;
    assert_non_null(copy);
    assert_true(demo_v1_shape_equal(shape, copy));
    name[0] = '?';
    assert_string_equal(copy->name, "root");
    assert_false(demo_v1_shape_equal(shape, copy));
}

static void test_equal_is_by_what_is_set(void **state)
{
    demo_v1_optionals *none = DEMO_V1_OPTIONALS(), *zero = DEMO_V1_OPTIONALS(.has_count = true);

    (void)state;
    assert_true(demo_v1_optionals_equal(none, DEMO_V1_OPTIONALS()));
    assert_false(demo_v1_optionals_equal(none, zero));
    assert_false(demo_v1_optionals_equal(none, DEMO_V1_OPTIONALS(.name = "")));
    assert_true(demo_v1_scalars_equal(DEMO_V1_SCALARS(), DEMO_V1_SCALARS(.a_string = "")));
    assert_false(
        demo_v1_scalars_equal(DEMO_V1_SCALARS(.a_double = 0.0), DEMO_V1_SCALARS(.a_double = -0.0)));
    assert_true(demo_v1_scalars_equal(DEMO_V1_SCALARS(.a_double = (double)NAN),
                                      DEMO_V1_SCALARS(.a_double = (double)NAN)));
    assert_true(demo_v1_scalars_equal(NULL, NULL));
    assert_false(demo_v1_scalars_equal(NULL, DEMO_V1_SCALARS()));
    assert_false(demo_v1_tree_equal(DEMO_V1_TREE(.left = DEMO_V1_TREE()), DEMO_V1_TREE()));
}

static void test_equal_maps_may_be_in_another_order(void **state)
{
    (void)state;
    assert_true(demo_v1_maps_equal(MAP(ENTRY("a", "1"), ENTRY("b", "2")),
                                   MAP(ENTRY("b", "2"), ENTRY("a", "1"))));
    assert_false(demo_v1_maps_equal(MAP(ENTRY("a", "1"), ENTRY("b", "2")),
                                    MAP(ENTRY("b", "1"), ENTRY("a", "2"))));
}

static void test_unknown_fields_count(void **state)
{
    TERN_AUTO(demo_old_open) *a = demo_old_open_unpack("\xa0\x06\x01", 3);
    TERN_AUTO(demo_old_open) *b = demo_old_open_unpack("\xa0\x06\x02", 3);

    (void)state;
    assert_false(demo_old_open_equal(a, b));
    assert_true(demo_old_open_equal(a, a));
}

static void test_print_is_one_line(void **state)
{
    const char      *names[] = { "a\n", "\"\xc3\xa4\"" };
    demo_v1_repeats *m =
        DEMO_V1_REPEATS(.n_names = 2, .names = names, .n_packed = 2, .packed = (int32_t[]){ 1, -2 },
                        .n_items = 1,
                        .items = (demo_v1_scalars *[]){
                            DEMO_V1_SCALARS(.color = DEMO_V1_COLOR_GREEN, .a_float = 0.1f) });
    char        text[200], tiny[8];
    const char *full = "packed: 1 packed: -2 names: \"a\\n\" names: \"\\\"\xc3\xa4\\\"\" "
                       "items { a_float: 0.1 color: GREEN }";

    (void)state;
    assert_int_equal(demo_v1_repeats_print(m, text, sizeof text), strlen(full));
    assert_string_equal(text, full);
    assert_int_equal(demo_v1_repeats_print(m, tiny, sizeof tiny), strlen(full));
    assert_string_equal(tiny, "packed:");
    assert_int_equal(demo_v1_repeats_print(m, NULL, 0), strlen(full));
    assert_int_equal(demo_v1_scalars_print(DEMO_V1_SCALARS(), text, sizeof text), 0);
    assert_string_equal(text, "");
}

static void test_print_shows_unknown_fields_by_number(void **state)
{
    static const char bytes[] = "\xa0\x06\x05\xaa\x06\x02\xff"
                                "a\xb5\x06\x01\0\0\0\xbb\x06\xbc\x06";
    TERN_AUTO(demo_old_open) *m = demo_old_open_unpack(bytes, sizeof bytes - 1);
    char text[100];

    (void)state;
    assert_non_null(m);
    demo_old_open_print(m, text, sizeof text);
    assert_string_equal(text, "100: 5 101: \"\\377a\" 102: 0x00000001 103 { }");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_clone_stands_alone_and_is_equal),
        cmocka_unit_test(test_equal_is_by_what_is_set),
        cmocka_unit_test(test_equal_maps_may_be_in_another_order),
        cmocka_unit_test(test_unknown_fields_count),
        cmocka_unit_test(test_print_is_one_line),
        cmocka_unit_test(test_print_shows_unknown_fields_by_number),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
