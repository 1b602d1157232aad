// Deadlines, escapes and base64: there and back, and what comes from peers that write them otherwise.
#include "tests/support/leak.h"

#include <string.h>

#include <tern/base.h>

#include "rpc/wire/h2/text_internal.h"

// ---- grpc-timeout ------------------------------------------------------------

static void check_timeout(uint64_t us)
{
    char     text[TERNI_TIMEOUT_MAX + 1];
    size_t   len = terni_timeout_put(text, us);
    uint64_t back = 0;

    assert_in_range(len, 2, TERNI_TIMEOUT_MAX);
    assert_true(terni_timeout_get(text, len, &back));
    if (us > UINT64_C(99999999) * 3600 * 1000000) {  // the longest that can be said
        assert_int_equal(back, UINT64_C(99999999) * 3600 * 1000000);
        return;
    }
    assert_true(back >= us);
    assert_true(us < 100000000 ? back == (us ? us : 1) : back - us <= us / 1000);
}

static void test_timeouts_are_never_less_and_hardly_more(void **state)
{
    (void)state;
    for (uint64_t us = 0; us < 200000; us++)
        check_timeout(us);
    for (unsigned bit = 0; bit < 64; bit++)
        for (int64_t d = -2; d <= 2; d++)
            check_timeout((UINT64_C(1) << bit) + (uint64_t)d);
    for (uint64_t us = 1; us < UINT64_MAX / 10; us *= 10)
        for (int64_t d = -1; d <= 1; d++)
            check_timeout(us + (uint64_t)d);
}

static void test_timeouts_of_every_unit(void **state)
{
    static const struct {
        const char *text;
        uint64_t    us;
    } rows[] = {
        { "7n", 1 },       { "7999n", 7 },      { "7u", 7 },           { "7m", 7000 },
        { "7S", 7000000 }, { "7M", 420000000 }, { "7H", 25200000000 }, { "00000000S", 1 }
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        uint64_t us = 0;

        assert_true(terni_timeout_get(rows[i].text, strlen(rows[i].text), &us));
        assert_int_equal(us, rows[i].us);
    }
}

static void test_what_is_no_timeout_is_refused(void **state)
{
    uint64_t us = 77;

    (void)state;
    for (int unit = 0; unit < 256; unit++) {
        const char text[] = { '1', (char)unit };
        bool       is_unit = unit && strchr("HMSmun", unit);

        assert_int_equal(terni_timeout_get(text, 2, &us), is_unit);
        assert_int_equal(terni_timeout_get((const char[]){ (char)unit, 'S' }, 2, &us),
                         unit >= '0' && unit <= '9');
    }
    us = 77;
    assert_false(terni_timeout_get("123456789n", 10, &us));
    assert_false(terni_timeout_get("n", 1, &us));
    assert_false(terni_timeout_get("", 0, &us));
    assert_int_equal(us, 77);
}

// ---- grpc-message ------------------------------------------------------------

static void test_every_byte_is_escaped_and_comes_back(void **state)
{
    (void)state;
    for (int byte = 0; byte < 256; byte++) {
        const char c = (char)byte;
        char       text[8];
        size_t     len = (size_t)(terni_percent_put(text, &c, 1) - text);
        bool       is_plain = byte >= 0x20 && byte <= 0x7e && byte != '%';

        assert_int_equal(len, is_plain ? 1 : 3);
        for (size_t i = 0; i < len; i++)
            assert_in_range((uint8_t)text[i], 0x20, 0x7e);
        assert_int_equal(terni_percent_decode(text, len), 1);
        assert_int_equal((uint8_t)text[0], byte);
    }
}

// All pairs behind a percent sign: two digits are an escape, all else stays.
static void test_every_escape_and_every_broken_one(void **state)
{
    static const char digits[] = "0123456789abcdefABCDEF";

    (void)state;
    for (int pair = 0; pair < 65536; pair++) {
        char text[3] = { '%', (char)(pair >> 8), (char)pair };
        bool is_escape = text[1] && text[2] && strchr(digits, text[1]) && strchr(digits, text[2]);

        if (is_escape) {
            assert_int_equal(terni_percent_decode(text, 3), 1);
        } else if (text[2] != '%' && text[1] != '%') {
            assert_int_equal(terni_percent_decode(text, 3), 3);
            assert_memory_equal(text, ((char[]){ '%', (char)(pair >> 8), (char)pair }), 3);
        }
    }
}

static void test_escapes_that_are_cut_short_stay(void **state)
{
    static const struct {
        const char *text, *expected;
    } rows[] = { { "", "" },         { "%", "%" },
                 { "%4", "%4" },     { "a%", "a%" },
                 { "%%41", "%A" },   { "%41%", "A%" },
                 { "%4%41", "%4A" }, { "%zz", "%zz" },
                 { "%2525", "%25" }, { "%c3%A9", "\xc3\xa9" } };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        char   text[16];
        size_t len = strlen(rows[i].text);

        memcpy(text, rows[i].text, len);
        len = terni_percent_decode(text, len);
        assert_int_equal(len, strlen(rows[i].expected));
        assert_memory_equal(text, rows[i].expected, len);
    }
}

// ---- -bin ----------------------------------------------------------------------

static void check_base64(const uint8_t *given, size_t len)
{
    char   text[80];
    size_t n = (size_t)(terni_base64_put(text, given, len) - text), n_bytes;

    assert_int_equal(n, (len * 4 + 2) / 3);
    for (size_t padded = 0; padded < 2; padded++) {
        char copy[80];

        memcpy(copy, text, n);
        memset(copy + n, '=', 4);
        assert_true(terni_base64_decode(copy, padded ? (n + 3) / 4 * 4 : n, &n_bytes));
        assert_int_equal(n_bytes, len);
        assert_memory_equal(copy, given, len);
    }
}

static void test_bytes_come_back_padded_and_not(void **state)
{
    uint8_t given[48];

    (void)state;
    for (unsigned i = 0; i < 65536; i++) {
        given[0] = (uint8_t)(i >> 8);
        given[1] = (uint8_t)i;
        given[2] = (uint8_t)(i * 7);
        for (size_t len = 1; len <= 3; len++)
            check_base64(given, len);
    }
    for (size_t len = 0; len <= sizeof given; len++) {
        for (size_t i = 0; i < len; i++)
            given[i] = (uint8_t)(i * 37 + len);
        check_base64(given, len);
    }
}

static void test_alphabet_is_base64s(void **state)
{
    static const char alphabet[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    size_t n;

    (void)state;
    for (int c = 0; c < 256; c++) {
        char text[] = { (char)c, 'A', 'A', 'A' };
        bool is_in = c && strchr(alphabet, c);

        assert_int_equal(terni_base64_decode(text, 4, &n), is_in);
        if (is_in)
            assert_int_equal((uint8_t)text[0] >> 2, strchr(alphabet, c) - alphabet);
    }
}

static void test_what_is_no_base64_is_left_out(void **state)
{
    static const char *const rows[] = { "A", "AAAAA", "=", "A===", "AA=A", "A A=", "AA-_" };
    size_t                   n = 77;

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        char   text[8];
        size_t len = strlen(rows[i]);

        memcpy(text, rows[i], len);
        if (strcmp(rows[i], "=") == 0) {  // nothing, padded
            assert_true(terni_base64_decode(text, len, &n));
            assert_int_equal(n, 0);
            n = 77;
        } else if (terni_base64_decode(text, len, &n)) {
            fail_msg("%s", rows[i]);
        }
    }
    assert_int_equal(n, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_timeouts_are_never_less_and_hardly_more),
        TERN_TEST(test_timeouts_of_every_unit),
        TERN_TEST(test_what_is_no_timeout_is_refused),
        TERN_TEST(test_every_byte_is_escaped_and_comes_back),
        TERN_TEST(test_every_escape_and_every_broken_one),
        TERN_TEST(test_escapes_that_are_cut_short_stay),
        TERN_TEST(test_bytes_come_back_padded_and_not),
        TERN_TEST(test_alphabet_is_base64s),
        TERN_TEST(test_what_is_no_base64_is_left_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
