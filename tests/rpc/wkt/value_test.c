#include <tern/value.h>

#include "tests/support/leak.h"

#define ALL_KINDS                                                                                  \
    TERN_STRUCT(                                                                                   \
        TERN_MEMBER("name", TERN_VALUE_STRING("Ada")),                                             \
        TERN_MEMBER("born", TERN_VALUE_NUMBER(1815)), TERN_MEMBER("here", TERN_VALUE_BOOL(true)),  \
        TERN_MEMBER("left", TERN_VALUE_NULL()),                                                    \
        TERN_MEMBER("likes", TERN_VALUE_LIST(TERN_VALUE_STRING("birds"), TERN_VALUE_NUMBER(7))),   \
        TERN_MEMBER("at",                                                                          \
                    TERN_VALUE_STRUCT(TERN_STRUCT(TERN_MEMBER("x", TERN_VALUE_NUMBER(-0.5))))))

// The tables of the types, which stay.
static int warm_up(void **state)
{
    (void)state;
    return google_protobuf_struct_size(ALL_KINDS) == 0;
}

static void test_values_of_all_kinds_are_sent(void **state)
{
    uint8_t buf[256];
    ssize_t len = google_protobuf_struct_pack(ALL_KINDS, buf, sizeof buf);

    (void)state;
    assert_true(len > 0);
    TERN_AUTO(google_protobuf_struct) *back = google_protobuf_struct_unpack(buf, (size_t)len);
    assert_non_null(back);
    assert_true(google_protobuf_struct_equal(back, ALL_KINDS));
    assert_int_equal(back->n_fields, 6);
}

static void test_members_are_found_by_name(void **state)
{
    const google_protobuf_struct *all = ALL_KINDS;
    const google_protobuf_value  *at;

    (void)state;
    assert_string_equal(tern_value_find(all, "name")->string_value, "Ada");
    assert_true(tern_value_find(all, "born")->number_value == 1815);
    assert_int_equal(tern_value_find(all, "left")->kind_case,
                     GOOGLE_PROTOBUF_VALUE_KIND_NULL_VALUE);
    assert_int_equal(tern_value_find(all, "likes")->list_value->n_values, 2);
    at = tern_value_find(all, "at");
    assert_true(tern_value_find(at->struct_value, "x")->number_value == -0.5);
    assert_null(tern_value_find(all, "nam"));
    assert_null(tern_value_find(GOOGLE_PROTOBUF_STRUCT(), "name"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_values_of_all_kinds_are_sent),
        TERN_TEST(test_members_are_found_by_name),
    };

    return cmocka_run_group_tests(tests, warm_up, NULL);
}
