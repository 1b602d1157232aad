#include "tests/support/test.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/json/decimal_internal.h"

static terni_json_decimal read_all(const char *text)
{
    terni_json_decimal d;

    assert_ptr_equal(
        terni_json_decimal_read((const uint8_t *)text, (const uint8_t *)text + strlen(text), &d),
        (const uint8_t *)text + strlen(text));
    return d;
}

static uint64_t next_random(void)
{
    static uint64_t state = 88172645463325252u;

    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return state;
}

// ---- grammar -------------------------------------------------------------

static void test_read_takes_what_json_calls_a_number(void **state)
{
    // How many bytes of it are one.
    static const struct row {
        const char *text;
        size_t      len;
    } rows[] = {
        { "0", 1 },    { "-0", 2 },   { "12x", 2 },   { "1.5", 3 },
        { "1e5", 3 },  { "1E+5", 4 }, { "1e-05", 5 }, { "0.10", 4 },
        { "01", 0 },   { "-01", 0 },  { "+1", 0 },    { "1.", 0 },
        { ".5", 0 },   { "1e", 0 },   { "1e+", 0 },   { "-", 0 },
        { "", 0 },     { "--1", 0 },  { "1.5.5", 3 }, { "0x10", 1 },
        { "1.e5", 0 }, { "Inf", 0 },  { "nan", 0 },   { "123456789012345678901234567890", 30 },
        { "00.5", 0 }, { "0e0", 3 },  { "1_0", 1 },   { "12345678.12345678e1", 19 },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        const uint8_t     *p = (const uint8_t *)rows[i].text;
        terni_json_decimal d;
        const uint8_t     *end = terni_json_decimal_read(p, p + strlen(rows[i].text), &d);

        if (rows[i].len == 0)
            assert_null(end);
        else
            assert_ptr_equal(end, p + rows[i].len);
    }
}

static void test_magnitude_of_whole_numbers(void **state)
{
    static const struct row {
        const char *text;
        int         err;
        uint64_t    v;
    } rows[] = {
        { "0", 0, 0 },
        { "1e3", 0, 1000 },
        { "1.50e1", 0, 15 },
        { "18446744073709551615", 0, UINT64_MAX },
        { "18446744073709551615.0000000000", 0, UINT64_MAX },
        { "1844674407370955161500e-2", 0, UINT64_MAX },
        { "18446744073709551616", -ERANGE, 0 },
        { "184467440737095516160", -ERANGE, 0 },
        { "99999999999999999999", -ERANGE, 0 },
        { "1e20", -ERANGE, 0 },
        { "1e999999999999", -ERANGE, 0 },
        { "0e999999999999", 0, 0 },
        { "0.0e-999999999999", 0, 0 },
        { "1e-999999999999", -EINVAL, 0 },
        { "1.5", -EINVAL, 0 },
        { "1.00000000000000000000000000001", -EINVAL, 0 },
        { "0.1e1", 0, 1 },
        { "123456789012345678901e-1", -EINVAL, 0 },
    };

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        terni_json_decimal d = read_all(rows[i].text);
        uint64_t           v = 0;

        assert_int_equal(terni_json_decimal_to_magnitude(&d, &v), rows[i].err);
        assert_true(v == rows[i].v);
    }
}

// ---- floating point ------------------------------------------------------

static void check_read(const char *text)
{
    terni_json_decimal d = read_all(text);
    double             v = terni_json_decimal_to_double(&d), theirs = strtod(text, NULL);
    float              f = terni_json_decimal_to_float(&d), their_float = strtof(text, NULL);

    if (memcmp(&v, &theirs, sizeof v) != 0 || memcmp(&f, &their_float, sizeof f) != 0)
        fail_msg("%s is read as %a and %a", text, v, (double)f);
}

static void test_odd_numbers_are_read_as_strtod_does(void **state)
{
    static const char *const texts[] = {
        "0",
        "-0",
        "5e-324",
        "4.9e-324",
        "2.4703282292062327208e-324",
        "2.4703282292062328e-324",
        "2.2250738585072014e-308",
        "2.2250738585072011e-308",
        "1.7976931348623157e308",
        "1.7976931348623159e308",
        "1e309",
        "1e-400",
        "9007199254740993",
        "9007199254740993.0000001",
        "9007199254740992.99999999999999999999999999999999",
        "1e22",
        "1e23",
        "8.5",
        "3.4028235e38",
        "3.4028236e38",
        "1e-45",
        "7e-46",
        "7.006492321624085e-46",
        "1.17549435e-38",
        "16777217",
        "123456789012345678901234567890e-20",
        "0.000000000000000000000000000000000000000000001e44",
        "10000000000000000000000000000000000000000000000000000000000000000000000000000000e-79",
        "100000000000000016777215",
        "1e342",
        "1e-342",
        "1e400",
        "12345678901234567890e-400",
    };
    char halves[1200], *p;

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(texts); i++)
        check_read(texts[i]);
    // The middle between 1 and its neighbour, exactly, and with a digit more, far behind.
    sprintf(halves, "1.00000000000000011102230246251565404236316680908203125");
    check_read(halves);
    p = halves + strlen(halves);
    memset(p, '0', 1000);
    strcpy(p + 1000, "1");
    check_read(halves);
}

static void test_random_numbers_are_read_as_strtod_does(void **state)
{
    char text[64];

    (void)state;
    for (int i = 0; i < 200000; i++) {
        uint64_t bits = next_random();
        double   v;

        memcpy(&v, &bits, sizeof v);
        if (!isfinite(v))
            continue;
        snprintf(text, sizeof text, "%.*e", (int)(next_random() % 22), v);
        check_read(text);
        snprintf(text, sizeof text, "%llu.%llue%d", (unsigned long long)(next_random() >> 40),
                 (unsigned long long)next_random(), (int)(next_random() % 60) - 30);
        check_read(text);
    }
}

// The fewest digits with which printf comes to the same number.
static int count_needed(double v, bool is_float)
{
    char text[64];
    int  n = 1;

    for (; n < 17; n++) {
        snprintf(text, sizeof text, "%.*e", n - 1, v);
        if (is_float ? strtof(text, NULL) == (float)v : strtod(text, NULL) == v)
            break;
    }
    return n;
}

static int count_written(const char *text)
{
    int n = 0, zeros = 0;

    for (; *text && *text != 'e'; text++) {
        if (*text >= '1' && *text <= '9') {
            n += zeros + 1;
            zeros = 0;
        } else if (*text == '0' && n > 0) {
            zeros++;
        }
    }
    return n;
}

static void check_written(double v)
{
    char text[TERNI_JSON_MAX_NUMBER + 1];

    *terni_json_decimal_write_double((uint8_t *)text, v) = '\0';
    if (strtod(text, NULL) != v || (v != 0 && count_written(text) > count_needed(v, false)))
        fail_msg("%a is written as %s", v, text);
}

static void check_float_written(float v)
{
    char text[TERNI_JSON_MAX_NUMBER + 1];

    *terni_json_decimal_write_float((uint8_t *)text, v) = '\0';
    if (strtof(text, NULL) != v || (v != 0 && count_written(text) > count_needed((double)v, true)))
        fail_msg("%a is written as %s", (double)v, text);
}

static void test_random_numbers_are_written_in_the_fewest_digits(void **state)
{
    (void)state;
    for (int i = 0; i < 30000; i++) {
        uint64_t bits = next_random();
        uint32_t half = (uint32_t)next_random();
        double   v;
        float    f;

        memcpy(&v, &bits, sizeof v);
        if (isfinite(v))
            check_written(v);
        memcpy(&f, &half, sizeof f);
        if (isfinite(f))
            check_float_written(f);
        check_written((double)(next_random() % 1000000) / 1000);
    }
}

// Powers of two have a neighbour below that is nearer than the one above.
static void test_every_power_of_two_is_written_in_the_fewest_digits(void **state)
{
    (void)state;
    for (int e = -1074; e < 1024; e++)
        check_written(ldexp(1, e));
    for (int e = -149; e < 128; e++)
        check_float_written(ldexpf(1, e));
}

static void test_numbers_look_as_javascript_writes_them(void **state)
{
    static const struct row {
        double      v;
        const char *text;
    } rows[] = {
        { 0, "0" },
        { -0.0, "-0.0" },
        { 1, "1" },
        { -1.5, "-1.5" },
        { 0.1, "0.1" },
        { 1e20, "100000000000000000000" },
        { 1e21, "1e21" },
        { 1.5e-7, "1.5e-7" },
        { 1e-6, "0.000001" },
        { 123456, "123456" },
        { 5e-324, "5e-324" },
        { 1.7976931348623157e308, "1.7976931348623157e308" },
        { 2e15, "2000000000000000" },
    };
    char text[TERNI_JSON_MAX_NUMBER + 1];

    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rows); i++) {
        *terni_json_decimal_write_double((uint8_t *)text, rows[i].v) = '\0';
        assert_string_equal(text, rows[i].text);
    }
}

static void test_integers_are_written_as_printf_does(void **state)
{
    char ours[TERNI_JSON_MAX_NUMBER + 1], theirs[64];

    (void)state;
    for (int i = 0; i < 100000; i++) {
        uint64_t v = i == 0   ? UINT64_MAX
                     : i == 1 ? 1ull << 63
                              : next_random() >> (next_random() % 64);

        *terni_json_decimal_write_uint((uint8_t *)ours, v) = '\0';
        snprintf(theirs, sizeof theirs, "%llu", (unsigned long long)v);
        assert_string_equal(ours, theirs);
        *terni_json_decimal_write_int((uint8_t *)ours, (int64_t)v) = '\0';
        snprintf(theirs, sizeof theirs, "%lld", (long long)v);
        assert_string_equal(ours, theirs);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_read_takes_what_json_calls_a_number),
        cmocka_unit_test(test_magnitude_of_whole_numbers),
        cmocka_unit_test(test_odd_numbers_are_read_as_strtod_does),
        cmocka_unit_test(test_random_numbers_are_read_as_strtod_does),
        cmocka_unit_test(test_random_numbers_are_written_in_the_fewest_digits),
        cmocka_unit_test(test_every_power_of_two_is_written_in_the_fewest_digits),
        cmocka_unit_test(test_numbers_look_as_javascript_writes_them),
        cmocka_unit_test(test_integers_are_written_as_printf_does),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
