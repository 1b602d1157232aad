// What calls end with that a GOAWAY has left behind.
#include "tests/support/leak.h"

#include <string.h>

#include "rpc/wire/farewell_internal.h"

static void check(uint32_t code, const char *text, size_t len, const char *expected)
{
    char     words[TERNI_MAX_FAREWELL];
    uint32_t n = terni_farewell_put(words, code, text, len);

    assert_string_equal(words, expected);
    assert_int_equal(n, strlen(expected));
}

static void test_server_that_stops_is_not_quoted(void **state)
{
    (void)state;
    check(0, "the server is stopping", 22, "the server is going and did not process the call");
    check(1, NULL, 0, "the server is going and did not process the call");
}

static void test_complaint_is_quoted_as_one_line(void **state)
{
    (void)state;
    check(1, "use TLS", 7, "the server says: use TLS");
    check(1, "a\n\xff\0z", 5, "the server says: a???z");
}

static void test_long_complaint_is_cut(void **state)
{
    char long_one[1000], words[TERNI_MAX_FAREWELL];

    (void)state;
    memset(long_one, 'a', sizeof long_one);
    assert_in_range(terni_farewell_put(words, 1, long_one, sizeof long_one), 100, sizeof words - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_server_that_stops_is_not_quoted),
        TERN_TEST(test_complaint_is_quoted_as_one_line),
        TERN_TEST(test_long_complaint_is_cut),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
