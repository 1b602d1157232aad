#include <tern/field_mask.h>

#include "tests/rpc/wkt/shelf.tern.h"
#include "tests/support/leak.h"

#define MASK(...)                                                                                  \
    GOOGLE_PROTOBUF_FIELD_MASK(.n_paths = TERN_COUNT_OF(((const char *[]){ __VA_ARGS__ })),        \
                               .paths = (const char *[]){ __VA_ARGS__ })

static const struct {
    const char *path;
    bool        is_valid;
} paths[] = {
    { "title", true },
    { "author", true },
    { "author.name", true },
    { "author.born.seconds", true },
    { "shelf_mark", true },
    { "shelfMark", false },  // that is JSON's name
    { "tags", true },
    { "loans", true },
    { "loans.since", false },  // of which of them?
    { "prices", true },
    { "prices.value", false },
    { "novel.plot", true },
    { "title.length", false },  // a string has no fields
    { "author.name.first", false },
    { "titl", false },
    { "titles", false },
    { "author.", false },
    { ".author", false },
    { "author..name", false },
    { ".", false },
    { "", false },
};

static void test_path_leads_to_a_field_or_is_not_valid(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(paths); i++) {
        print_message("%s\n", paths[i].path);
        assert_int_equal(tern_field_mask_is_valid(MASK(paths[i].path), &test_book_descriptor),
                         paths[i].is_valid);
    }
}

static void test_all_paths_have_to_be_valid(void **state)
{
    (void)state;
    assert_true(tern_field_mask_is_valid(MASK("title", "author.name"), &test_book_descriptor));
    assert_false(tern_field_mask_is_valid(MASK("title", "colour"), &test_book_descriptor));
    assert_true(tern_field_mask_is_valid(GOOGLE_PROTOBUF_FIELD_MASK(), &test_book_descriptor));
    assert_true(tern_field_mask_is_valid(NULL, &test_book_descriptor));
}

static void test_path_is_contained_with_all_below_it(void **state)
{
    const google_protobuf_field_mask *mask = MASK("title", "author.born");

    (void)state;
    assert_true(tern_field_mask_contains(mask, "title"));
    assert_true(tern_field_mask_contains(mask, "author.born"));
    assert_true(tern_field_mask_contains(mask, "author.born.seconds"));
    assert_false(tern_field_mask_contains(mask, "author"));
    assert_false(tern_field_mask_contains(mask, "author.name"));
    assert_false(tern_field_mask_contains(mask, "author.bornite"));
    assert_false(tern_field_mask_contains(mask, "titl"));
    assert_false(tern_field_mask_contains(mask, ""));
}

static void test_empty_mask_and_empty_path_contain_nothing(void **state)
{
    (void)state;
    assert_false(tern_field_mask_contains(GOOGLE_PROTOBUF_FIELD_MASK(), "title"));
    assert_false(tern_field_mask_contains(NULL, "title"));
    assert_false(tern_field_mask_contains(MASK(""), "title"));
    assert_false(tern_field_mask_contains(MASK(""), ""));
    assert_false(tern_field_mask_contains(MASK(""), ".title"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_path_leads_to_a_field_or_is_not_valid),
        TERN_TEST(test_all_paths_have_to_be_valid),
        TERN_TEST(test_path_is_contained_with_all_below_it),
        TERN_TEST(test_empty_mask_and_empty_path_contain_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
