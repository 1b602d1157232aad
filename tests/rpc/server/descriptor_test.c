// What is read out of a serialised .proto.
#include "rpc/server/descriptor_internal.h"

#include <stdlib.h>

#include "rpc/server/own_files_internal.h"
#include "tests/rpc/server/shelf.tern.h"
#include "tests/support/test.h"

static terni_span shelf(void)
{
    return (terni_span){ tests_rpc_server_shelf_proto_file.bytes,
                         tests_rpc_server_shelf_proto_file.len };
}

static void check_name(terni_span got, const char *expected)
{
    assert_true(terni_span_is(got, terni_span_of(expected)));
}

static void test_symbols_are_found_as_what_they_are(void **state)
{
    static const struct {
        const char   *symbol;
        terni_element element;
    } rows[] = {
        { "library.shelf.Shelf", TERNI_ELEMENT_MESSAGE },
        { "library.shelf.Shelf.Board", TERNI_ELEMENT_MESSAGE },
        { "library.shelf.Shelf.ByNameEntry", TERNI_ELEMENT_MESSAGE },
        { "library.shelf.Shelf.Board.Wood", TERNI_ELEMENT_ENUM },
        { "library.shelf.Size", TERNI_ELEMENT_ENUM },
        { "library.shelf.Shelving", TERNI_ELEMENT_SERVICE },
        { "library.shelf.Shelf.boards", TERNI_ELEMENT_MEMBER },
        { "library.shelf.Shelf.place", TERNI_ELEMENT_MEMBER },
        { "library.shelf.Shelf.Board.label", TERNI_ELEMENT_MEMBER },
        { "library.shelf.Shelf.Board.PINE", TERNI_ELEMENT_MEMBER },  // beside its enum
        { "library.shelf.LARGE", TERNI_ELEMENT_MEMBER },
        { "library.shelf.Shelving.Fetch", TERNI_ELEMENT_MEMBER },
        { "library.shelf.Shelf.Board.Wood.PINE", TERNI_ELEMENT_NONE },
        { "library.shelf.Size.LARGE", TERNI_ELEMENT_NONE },
        { "library.shelf", TERNI_ELEMENT_NONE },
        { "library.shelf.", TERNI_ELEMENT_NONE },
        { "library.shelf.Shel", TERNI_ELEMENT_NONE },
        { "library.shelf.Shelfs", TERNI_ELEMENT_NONE },
        { "library.shelf.Shelf.", TERNI_ELEMENT_NONE },
        { "library.shelf.Shelf.boards.x", TERNI_ELEMENT_NONE },
        { ".library.shelf.Shelf", TERNI_ELEMENT_NONE },
        { "Shelf", TERNI_ELEMENT_NONE },
        { "label.Label", TERNI_ELEMENT_NONE },  // another file's
        { ".", TERNI_ELEMENT_NONE },
        { "", TERNI_ELEMENT_NONE },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++)
        if (terni_descriptor_find(shelf(), terni_span_of(rows[i].symbol)) != rows[i].element)
            fail_msg("%s", rows[i].symbol);
}

static void test_imports_come_in_order(void **state)
{
    terni_span rest = shelf(), name;

    (void)state;
    check_name(terni_descriptor_name(shelf()), "tests/rpc/server/shelf.proto");
    assert_true(terni_descriptor_next_import(&rest, &name));
    check_name(name, "tests/rpc/server/label.proto");
    assert_true(terni_descriptor_next_import(&rest, &name));
    check_name(name, "tern/options.proto");
    assert_false(terni_descriptor_next_import(&rest, &name));
}

static terni_span own_file(const char *name)
{
    terni_span rest = terni_own_files, file;

    while (terni_descriptor_next_file(&rest, &file))
        if (terni_span_is(terni_descriptor_name(file), terni_span_of(name)))
            return file;
    fail_msg("no %s", name);
    return (terni_span){ NULL, 0 };
}

static void test_extensions_are_those_of_their_type(void **state)
{
    terni_span options = own_file("tern/options.proto");
    terni_span type = terni_span_of("google.protobuf.MethodOptions");
    int32_t    numbers[2] = { 0 };

    (void)state;
    assert_int_equal(terni_descriptor_extensions(options, type, numbers, 2), 2);
    assert_int_equal(numbers[0], 51820);
    assert_int_equal(numbers[1], 51821);
    numbers[1] = 0;
    assert_int_equal(terni_descriptor_extensions(options, type, numbers, 1), 2);
    assert_int_equal(numbers[1], 0);
    type = terni_span_of("google.protobuf.EnumOptions");
    assert_int_equal(terni_descriptor_extensions(options, type, numbers, 2), 0);
    assert_int_equal(terni_descriptor_extensions(options, (terni_span){ NULL, 0 }, NULL, 0), 5);
    assert_int_equal(terni_descriptor_find(options, terni_span_of("tern.offload")),
                     TERNI_ELEMENT_MEMBER);
}

static void look_at(terni_span bytes)
{
    terni_span rest = bytes, name;
    int32_t    numbers[2];

    (void)!terni_descriptor_find(bytes, terni_span_of("library.shelf.Shelf.Board.nothing"));
    (void)!terni_descriptor_extensions(bytes, terni_span_of("x"), numbers, 2);
    while (terni_descriptor_next_import(&rest, &name))
        ;
}

// In memory of their own, so that a sanitizer sees a look beyond the end.
static void test_bytes_that_are_cut_off_or_wrong_are_survived(void **state)
{
    terni_span whole = shelf();

    (void)state;
    for (size_t len = 0; len < whole.len; len++) {
        uint8_t *copy = malloc(len + 1);

        memcpy(copy, whole.data, len);
        look_at((terni_span){ copy, len });
        for (size_t i = 0; i < len; i += 3)
            copy[i] ^= (uint8_t)(0x80 + len);
        look_at((terni_span){ copy, len });
        free(copy);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_symbols_are_found_as_what_they_are),
        cmocka_unit_test(test_imports_come_in_order),
        cmocka_unit_test(test_extensions_are_those_of_their_type),
        cmocka_unit_test(test_bytes_that_are_cut_off_or_wrong_are_survived),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
