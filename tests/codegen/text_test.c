// (tern.text): strings with their lengths, whatever is in them.
#include "tests/support/test.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "all_texts.tern.h"
#include "texts.tern.h"

#define BYTES(s) (s), sizeof(s) - 1

static bool is(tern_text text, const char *data, size_t len)
{
    return text.len == len && memcmp(text.data, data, len) == 0;
}

static void test_nul_comes_and_goes_in_a_text(void **state)
{
    static const char bytes[] = "\x12\x03"
                                "a\0b"
                                "\x1a\x01\0"
                                "\x22\x02"
                                "x\0"
                                "\x22\0"
                                "\x2a\x01\0";
    TERN_AUTO(demo_texts_letter) *m = demo_texts_letter_unpack(BYTES(bytes));
    uint8_t buf[64];

    (void)state;
    assert_non_null(m);
    assert_true(is(m->body, BYTES("a\0b")));
    assert_true(m->has_reply_to && is(m->reply_to, BYTES("\0")));
    assert_int_equal(m->n_lines, 2);
    assert_true(is(m->lines[0], BYTES("x\0")));
    assert_int_equal(m->lines[1].len, 0);
    assert_int_equal(m->closing_case, DEMO_TEXTS_LETTER_CLOSING_FORMAL);
    assert_true(is(m->formal, BYTES("\0")));
    assert_int_equal(demo_texts_letter_pack(m, buf, sizeof buf), sizeof bytes - 1);
    assert_memory_equal(buf, bytes, sizeof bytes - 1);
}

static void test_nul_is_refused_beside_it(void **state)
{
    (void)state;
    assert_null(demo_texts_letter_unpack(BYTES("\x0a\x03"
                                               "a\0b")));        // subject
    assert_null(demo_texts_letter_unpack(BYTES("\x32\x01\0")));  // casual
}

static void test_text_is_utf8_where_a_string_is(void **state)
{
    TERN_AUTO(demo_texts_old) *old = demo_texts_old_unpack(BYTES("\x0a\x01\xff\x1a\x01\xff"));

    (void)state;
    assert_non_null(old);  // proto2 promises nothing
    assert_null(demo_texts_letter_unpack(BYTES("\x12\x01\xff")));
    assert_null(demo_texts_letter_unpack(BYTES("\x22\x01\xff")));
    assert_null(demo_texts_letter_unpack(BYTES("\x3a\x03\x0a\x01\xff")));
}

static void test_keys_of_maps_are_found_beyond_a_nul(void **state)
{
    TERN_AUTO(demo_texts_letter) *m = demo_texts_letter_unpack(BYTES("\x3a\x09\x0a\x03"
                                                                     "a\0b\x12\x02\0c"
                                                                     "\x4a\x07\x0a\x03"
                                                                     "a\0d\x10\x05"));

    (void)state;
    assert_non_null(m);
    assert_null(demo_texts_letter_headers_get(m, tern_text_of("a")));
    assert_true(
        is(demo_texts_letter_headers_get(m, (tern_text){ 3, "a\0b" })->value, BYTES("\0c")));
    assert_int_equal(demo_texts_letter_counts_get(m, (tern_text){ 3, "a\0d" })->value, 5);
}

static void test_text_is_made_of_a_c_string(void **state)
{
    uint8_t buf[64];
    ssize_t len = demo_texts_letter_pack(
        DEMO_TEXTS_LETTER(.subject = "s", .body = tern_text_of("b")), buf, sizeof buf);
    demo_texts_old fresh;

    (void)state;
    assert_int_equal(len, 6);
    assert_memory_equal(buf,
                        "\x0a\x01s\x12\x01"
                        "b",
                        6);
    assert_int_equal(tern_text_of(NULL).len, 0);
    demo_texts_old_init(&fresh);
    assert_true(is(fresh.title, BYTES("plain")));
    assert_false(fresh.has_title);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_nul_comes_and_goes_in_a_text),
        cmocka_unit_test(test_nul_is_refused_beside_it),
        cmocka_unit_test(test_text_is_utf8_where_a_string_is),
        cmocka_unit_test(test_keys_of_maps_are_found_beyond_a_nul),
        cmocka_unit_test(test_text_is_made_of_a_c_string),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
