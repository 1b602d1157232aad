// A code and one line of text, by value.
#include "tests/support/leak.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tern/status.h>

static void test_codes_have_the_names_that_people_know(void **state)
{
    (void)state;
    assert_string_equal(tern_code_name(TERN_OK), "OK");
    assert_string_equal(tern_code_name(TERN_CANCELLED), "CANCELLED");
    assert_string_equal(tern_code_name(TERN_RESOURCE_EXHAUSTED), "RESOURCE_EXHAUSTED");
    assert_string_equal(tern_code_name(TERN_UNAUTHENTICATED), "UNAUTHENTICATED");
    assert_string_equal(tern_code_name((tern_code)17), "UNKNOWN");
    assert_string_equal(tern_code_name((tern_code)-1), "UNKNOWN");
}

static void test_text_goes_with_a_failure_only(void **state)
{
    tern_status st = tern_status_make(TERN_NOT_FOUND, "no key `%s`", "k");

    (void)state;
    assert_int_equal(st.code, TERN_NOT_FOUND);
    assert_string_equal(st.msg, "no key `k`");
    st = tern_status_make(TERN_OK, "%s", "all is well");
    assert_int_equal(st.code, TERN_OK);
    assert_string_equal(st.msg, "");
}

// Characters of one to four bytes, so that the cut comes at each place within one.
static void test_long_text_is_cut_at_a_character(void **state)
{
    static const char *const characters[] = { "a", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x90\xa6" };

    (void)state;
    for (size_t size = 1; size <= 4; size++) {
        for (size_t shift = 0; shift < 4; shift++) {
            char        text[300] = "xxxx";
            tern_status st;
            size_t      len;

            text[shift] = '\0';
            while (strlen(text) < 200)
                strcat(text, characters[size - 1]);
            st = tern_status_make(TERN_INTERNAL, "%s", text);
            len = strlen(st.msg);
            assert_memory_equal(st.msg, text, len);
            assert_int_equal((len - shift) % size, 0);
            assert_true(len >= sizeof st.msg - 1 - size && len < sizeof st.msg);
        }
    }
}

static void test_text_that_just_fits_is_whole(void **state)
{
    char        text[sizeof((tern_status *)NULL)->msg];
    tern_status st;

    (void)state;
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    st = tern_status_make(TERN_INTERNAL, "%s", text);
    assert_string_equal(st.msg, text);
}

// What main returns, and what is on stderr.
static int report_into(tern_status st, char *text, size_t size)
{
    int    fds[2], before = dup(STDERR_FILENO), code;
    size_t n;

    assert_int_equal(pipe(fds), 0);
    dup2(fds[1], STDERR_FILENO);
    code = tern_report(st);
    dup2(before, STDERR_FILENO);
    close(fds[1]);
    close(before);
    n = (size_t)read(fds[0], text, size - 1);
    text[n] = '\0';
    close(fds[0]);
    return code;
}

static void test_report_says_what_went_wrong_in_one_line(void **state)
{
    char text[200];

    (void)state;
    assert_int_equal(
        report_into(tern_status_make(TERN_UNAVAILABLE, "nobody there"), text, sizeof text), 1);
    assert_string_equal(text, "UNAVAILABLE: nobody there\n");
    assert_int_equal(report_into((tern_status){ .code = TERN_OK }, text, sizeof text), 0);
    assert_string_equal(text, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_codes_have_the_names_that_people_know),
        TERN_TEST(test_text_goes_with_a_failure_only),
        TERN_TEST(test_long_text_is_cut_at_a_character),
        TERN_TEST(test_text_that_just_fits_is_whole),
        TERN_TEST(test_report_says_what_went_wrong_in_one_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
