// The files of a server, and what they import.
#include "rpc/server/catalog_internal.h"

#include <errno.h>

#include "tests/rpc/server/shelf.tern.h"
#include "tests/support/leak.h"

static void fill(terni_catalog *c)
{
    terni_catalog_init(c);
    assert_int_equal(terni_catalog_add(c, &tests_rpc_server_shelf_proto_file), 0);
    assert_int_equal(terni_catalog_link(c), 0);
}

static const terni_catalog_file *file_of(const terni_catalog *c, const char *name)
{
    return terni_catalog_find_file(c, terni_span_of(name));
}

static void check_closure(const terni_catalog *c, const char *const *names, size_t n_names)
{
    uint32_t room[64];

    assert_true(2 * c->n_files <= TERN_COUNT_OF(room));
    assert_int_equal(terni_catalog_list_closure(c, file_of(c, names[0]), room), n_names);
    for (size_t i = 0; i < n_names; i++)
        assert_ptr_equal(&c->files[room[i]], file_of(c, names[i]));
}

static void test_closure_begins_with_its_file_and_has_each_once(void **state)
{
    static const char *const of_shelf[] = { "tests/rpc/server/shelf.proto",
                                            "tests/rpc/server/label.proto", "tern/options.proto",
                                            "google/protobuf/descriptor.proto" };
    static const char *const of_health[] = { "grpc/health/v1/health.proto" };
    terni_catalog            c;

    (void)state;
    fill(&c);
    check_closure(&c, of_shelf, TERN_COUNT_OF(of_shelf));
    check_closure(&c, of_health, TERN_COUNT_OF(of_health));
    check_closure(&c, of_shelf, TERN_COUNT_OF(of_shelf));  // the room may be used again
    terni_catalog_done(&c);
}

static void test_file_is_there_once_whoever_brings_it(void **state)
{
    static const tern_proto_file twin = { .name = "tests/rpc/server/shelf.proto" };
    tern_proto_file              copy = tests_rpc_server_shelf_proto_file;
    terni_catalog                c;
    size_t                       n;

    (void)state;
    fill(&c);
    n = c.n_files;
    terni_catalog_done(&c);
    terni_catalog_init(&c);
    assert_int_equal(terni_catalog_add(&c, NULL), 0);
    assert_int_equal(terni_catalog_add(&c, &twin), 0);  // descriptors=none
    assert_int_equal(c.n_files, 0);
    assert_int_equal(terni_catalog_add(&c, &copy), 0);
    assert_int_equal(terni_catalog_add(&c, &tests_rpc_server_shelf_proto_file), 0);
    assert_int_equal(terni_catalog_link(&c), 0);
    assert_int_equal(c.n_files, n);
    terni_catalog_done(&c);
}

static void test_what_an_import_lacks_does_not_harm_the_rest(void **state)
{
    tern_proto_file alone = tests_rpc_server_shelf_proto_file;
    uint32_t        room[64];
    terni_catalog   c;

    (void)state;
    alone.n_imports = 0;  // as if label.proto had been generated with descriptors=none
    terni_catalog_init(&c);
    assert_int_equal(terni_catalog_add(&c, &alone), 0);
    assert_int_equal(terni_catalog_link(&c), 0);
    assert_null(file_of(&c, "tests/rpc/server/label.proto"));
    assert_int_equal(terni_catalog_list_closure(&c, &c.files[0], room), 3);
    terni_catalog_done(&c);
}

static void test_symbols_and_extensions_are_found_across_files(void **state)
{
    const terni_span options = terni_span_of("google.protobuf.MethodOptions");
    int32_t          numbers[8];
    terni_element    element;
    terni_catalog    c;

    (void)state;
    fill(&c);
    assert_true(c.n_extensions <= TERN_COUNT_OF(numbers));
    assert_ptr_equal(terni_catalog_find_symbol(&c, terni_span_of("label.Label"), &element),
                     file_of(&c, "tests/rpc/server/label.proto"));
    assert_int_equal(element, TERNI_ELEMENT_MESSAGE);
    assert_null(terni_catalog_find_symbol(&c, terni_span_of("label.Table"), &element));
    assert_ptr_equal(terni_catalog_find_extension(&c, options, 51821, numbers),
                     file_of(&c, "tern/options.proto"));
    assert_null(terni_catalog_find_extension(&c, options, 51822, numbers));
    assert_null(terni_catalog_find_extension(&c, terni_span_of(""), 51821, numbers));
    assert_int_equal(terni_catalog_list_extensions(&c, options, numbers), 2);
    assert_int_equal(terni_catalog_list_extensions(&c, terni_span_of("label.Label"), numbers), 0);
    terni_catalog_done(&c);
}

// The first of two files that declare the same counts: the program's.
static void test_programs_own_file_comes_before_the_librarys(void **state)
{
    static const uint8_t bytes[] = "\x0a\x07h.proto\x12\x0egrpc.health.v1\x32\x08\x0a\x06Health";
    static const tern_proto_file own = { "h.proto", bytes, sizeof bytes - 1, NULL, 0 };
    terni_element                element;
    terni_catalog                c;

    (void)state;
    terni_catalog_init(&c);
    assert_int_equal(terni_catalog_add(&c, &own), 0);
    assert_int_equal(terni_catalog_link(&c), 0);
    assert_ptr_equal(
        terni_catalog_find_symbol(&c, terni_span_of("grpc.health.v1.Health"), &element),
        file_of(&c, "h.proto"));
    assert_int_equal(element, TERNI_ELEMENT_SERVICE);
    terni_catalog_done(&c);
}

// ---- memory --------------------------------------------------------------

static char    names[40][16];
static uint8_t bytes[40][16];

// More than it has room for at first.
static void make_many(tern_proto_file *files, const tern_proto_file **list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        int len = snprintf(names[i], sizeof names[i], "%zu.proto", i);

        bytes[i][0] = 0x0a;
        bytes[i][1] = (uint8_t)len;
        memcpy(&bytes[i][2], names[i], (size_t)len);
        files[i] = (tern_proto_file){ names[i], bytes[i], (size_t)len + 2, NULL, 0 };
        list[i] = &files[i];
    }
}

static void build(void *file)
{
    terni_catalog c;
    int           err;

    terni_catalog_init(&c);
    if ((err = terni_catalog_add(&c, file)) == 0)
        err = terni_catalog_link(&c);
    assert_int_equal(err, fail_malloc_has_failed() ? -ENOMEM : 0);
    terni_catalog_done(&c);
}

static void test_catalog_without_memory_says_so(void **state)
{
    tern_proto_file        files[40];
    const tern_proto_file *list[40];
    tern_proto_file        root = tests_rpc_server_shelf_proto_file;

    (void)state;
    make_many(files, list, TERN_COUNT_OF(files));
    root.imports = list;
    root.n_imports = TERN_COUNT_OF(list);
    assert_int_equal(for_each_failed_allocation(build, &root), 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_closure_begins_with_its_file_and_has_each_once),
        TERN_TEST(test_file_is_there_once_whoever_brings_it),
        TERN_TEST(test_what_an_import_lacks_does_not_harm_the_rest),
        TERN_TEST(test_symbols_and_extensions_are_found_across_files),
        TERN_TEST(test_programs_own_file_comes_before_the_librarys),
        TERN_TEST(test_catalog_without_memory_says_so),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
