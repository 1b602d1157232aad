// The mapping, a row for each of its rules: what a text comes to when it has become a message and is written again, or
// why it is none.
#include "tests/support/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rpc/codec/codec_internal.h"
#include "rpc/json/table_internal.h"
#include "tests/rpc/counting_mem.h"
#include "tests/rpc/json/types.h"

static int tear_down(void **state)
{
    terni_json_table_cleanup();
    terni_plan_cleanup();
    return counting_mem_tear_down(state);
}

static tern_json_opts with_types(tern_json_opts opts)
{
    opts.types = json_types;
    opts.n_types = json_n_types;
    opts.extensions = json_extensions;
    opts.n_extensions = json_n_extensions;
    return opts;
}

// The message as text, for the next such call to overwrite, or why it has none.
static const char *encode(const ProtobufCMessageDescriptor *type, const void *msg,
                          tern_json_opts opts)
{
    static char     text[64 << 10];
    tern_json_error why;
    tern_linkbuf    out;

    opts = with_types(opts);
    tern_linkbuf_init(&out, NULL);
    if (tern_json_encode(type, msg, &out, &opts, &why) < 0) {
        assert_true(tern_linkbuf_is_empty(&out));
        assert_true(why.err < 0 && why.line == 0);
        snprintf(text, sizeof text, "%s", why.text);
        return text;
    }
    assert_true(tern_linkbuf_len(&out) < sizeof text);
    assert_true(tern_linkbuf_copy_out(&out, 0, text, out.len));
    text[out.len] = '\0';
    tern_linkbuf_done(&out);
    return text;
}

static const char *there_and_back(const char *type_name, const char *text, tern_json_opts opts)
{
    static tern_json_error            why;
    const ProtobufCMessageDescriptor *type = json_type(type_name);
    tern_json_opts                    all = with_types(opts);
    const char                       *again;
    void                             *msg;

    assert_non_null(type);
    if (!(msg = tern_json_decode(type, text, strlen(text), &all, &why))) {
        assert_true(why.err < 0 && why.line > 0 && why.column > 0);
        return why.text;
    }
    assert_int_equal(why.err, 0);
    again = encode(type, msg, opts);
    tern_message_free(type, msg);
    return again;
}

// A row: the type, the text, and what comes of it; NULL: the same text.
typedef struct row row;
struct row {
    const char *type, *text, *result;
};

static void check_rows_with(const row *rows, size_t n, tern_json_opts opts)
{
    for (size_t i = 0; i < n; i++) {
        const char *result = there_and_back(rows[i].type, rows[i].text, opts);

        if (strcmp(result, rows[i].result ? rows[i].result : rows[i].text) != 0)
            fail_msg("%s %s: %s", rows[i].type, rows[i].text, result);
    }
}

#define CHECK_ROWS(rows) check_rows_with(rows, TERN_COUNT_OF(rows), (tern_json_opts){ .indent = 0 })
#define CHECK_ROWS_WITH(rows, ...)                                                                 \
    check_rows_with(rows, TERN_COUNT_OF(rows), (tern_json_opts){ __VA_ARGS__ })

// clang-format off
static void test_names_in_both_ways(void **state)
{
    static const row rows[] = {
        { "json.Names", "{}", NULL },
        { "json.Names", "{\"plain\":1,\"snakeCaseName\":2,\"Leading\":3,\"field4th\":4,\"HTTPPort\":5,"
                        "\"something else\":6,\"a\\\"b\\\\c\\u000a\xc3\xa9\":7,\"twiceUnder\":8,\"trailing\":9}", NULL },
        { "json.Names", "{\"snake_case_name\":2,\"_leading\":3,\"field_4th\":4,\"given\":6,\"twice__under\":8}",
                        "{\"snakeCaseName\":2,\"Leading\":3,\"field4th\":4,\"something else\":6,\"twiceUnder\":8}" },
        { "json.Names", "{\"pl\\u0061in\":1, \"\\u0073nake_case_name\" : 2}", "{\"plain\":1,\"snakeCaseName\":2}" },
        { "json.Names", "{\"SnakeCaseName\":2}", "1:2: json.Names: no field is called SnakeCaseName" },
        { "json.Names", "{\"plain \":2}", "1:2: json.Names: no field is called plain " },
        { "json.Names", "{\"\":2}", "1:2: json.Names: no field is called " },
        { "json.Names", "{\"plain\":1,\"plain\":1}", "1:20: json.Names.plain: comes twice" },
        { "json.Names", "{\"snakeCaseName\":1,\n \"snake_case_name\":1}", "2:20: json.Names.snake_case_name: comes twice" },
        { "json.Names", "{\"@type\":1}", "1:10: json.Names: no field is called @type" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_whole_numbers(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{\"anInt32\":-2147483648,\"aSint32\":2147483647,\"aSfixed32\":-1,\"aUint32\":4294967295,\"aFixed32\":7}", NULL },
        { "json.Scalars", "{\"anInt64\":\"-9223372036854775808\",\"aSint64\":\"9223372036854775807\",\"aSfixed64\":\"-1\","
                          "\"aUint64\":\"18446744073709551615\",\"aFixed64\":\"9\"}", NULL },
        { "json.Scalars", "{\"anInt32\":\"12\",\"anInt64\":12,\"aUint64\":18446744073709551615}",
                          "{\"anInt32\":12,\"anInt64\":\"12\",\"aUint64\":\"18446744073709551615\"}" },
        { "json.Scalars", "{\"anInt32\":1e3,\"aUint32\":1.50e1,\"anInt64\":\"1e3\",\"aSint32\":-10.0,\"aUint64\":1E2}",
                          "{\"anInt32\":1000,\"aSint32\":-10,\"aUint32\":15,\"anInt64\":\"1000\",\"aUint64\":\"100\"}" },
        { "json.Scalars", "{\"anInt32\":-0,\"aUint32\":-0,\"aUint64\":\"-0\"}", "{}" },
        { "json.Scalars", "{\"anInt32\":\"\\u0031\\u0032\"}", "{\"anInt32\":12}" },
        { "json.Scalars", "{\"anInt32\":2147483648}", "1:12: json.Scalars.an_int32: out of range" },
        { "json.Scalars", "{\"anInt32\":-2147483649}", "1:12: json.Scalars.an_int32: out of range" },
        { "json.Scalars", "{\"aUint32\":4294967296}", "1:12: json.Scalars.a_uint32: out of range" },
        { "json.Scalars", "{\"aUint32\":-1}", "1:12: json.Scalars.a_uint32: out of range" },
        { "json.Scalars", "{\"anInt64\":\"9223372036854775808\"}", "1:12: json.Scalars.an_int64: out of range" },
        { "json.Scalars", "{\"anInt64\":-9223372036854775809}", "1:12: json.Scalars.an_int64: out of range" },
        { "json.Scalars", "{\"aUint64\":18446744073709551616}", "1:12: json.Scalars.a_uint64: out of range" },
        { "json.Scalars", "{\"anInt32\":1.5}", "1:12: json.Scalars.an_int32: not a whole number" },
        { "json.Scalars", "{\"anInt32\":\"1.5\"}", "1:12: json.Scalars.an_int32: not a whole number" },
        { "json.Scalars", "{\"anInt32\":\" 1\"}", "1:12: json.Scalars.an_int32: not a number" },
        { "json.Scalars", "{\"anInt32\":\"1 \"}", "1:12: json.Scalars.an_int32: not a number" },
        { "json.Scalars", "{\"anInt32\":\"\"}", "1:12: json.Scalars.an_int32: not a number" },
        { "json.Scalars", "{\"anInt32\":\"12", "1:15: json.Scalars.an_int32: ends in the middle" },
        { "json.Scalars", "{\"anInt32\":12", "1:14: json.Scalars: ends in the middle" },
        { "json.Scalars", "{\"anInt32\":01}", "1:12: json.Scalars.an_int32: a number expected" },
        { "json.Scalars", "{\"anInt32\":\"01\"}", "1:12: json.Scalars.an_int32: not a number" },
        { "json.Scalars", "{\"anInt32\":+1}", "1:12: json.Scalars.an_int32: a number expected" },
        { "json.Scalars", "{\"anInt32\":0x1}", "1:13: json.Scalars: `,` or `}` expected" },
        { "json.Scalars", "{\"anInt32\":true}", "1:12: json.Scalars.an_int32: a number expected" },
        { "json.Scalars", "{\"anInt32\":[]}", "1:12: json.Scalars.an_int32: a number expected" },
        { "json.Scalars", "{\"anInt32\":-}", "1:12: json.Scalars.an_int32: a number expected" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_floating_point(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{\"aFloat\":1.1,\"aDouble\":-0.1}", NULL },
        { "json.Scalars", "{\"aFloat\":\"NaN\",\"aDouble\":\"-Infinity\"}", NULL },
        { "json.Scalars", "{\"aFloat\":\"Infinity\",\"aDouble\":\"NaN\"}", NULL },
        { "json.Scalars", "{\"aFloat\":-0,\"aDouble\":-0}", "{\"aFloat\":-0.0,\"aDouble\":-0.0}" },
        { "json.Scalars", "{\"aFloat\":-0.0,\"aDouble\":0.0}", "{\"aFloat\":-0.0}" },
        { "json.Scalars", "{\"aFloat\":\"1.5\",\"aDouble\":\"-2e3\"}", "{\"aFloat\":1.5,\"aDouble\":-2000}" },
        { "json.Scalars", "{\"aFloat\":3.4028235e38,\"aDouble\":1.7976931348623157e308}",
                          "{\"aFloat\":3.4028235e38,\"aDouble\":1.7976931348623157e308}" },
        { "json.Scalars", "{\"aFloat\":3.502823e38}", "1:11: json.Scalars.a_float: out of range" },
        { "json.Scalars", "{\"aFloat\":-3.502823e38}", "1:11: json.Scalars.a_float: out of range" },
        { "json.Scalars", "{\"aDouble\":1.89769e308}", "1:12: json.Scalars.a_double: out of range" },
        { "json.Scalars", "{\"aDouble\":NaN}", "1:12: json.Scalars.a_double: a number expected" },
        { "json.Scalars", "{\"aDouble\":Infinity}", "1:12: json.Scalars.a_double: a number expected" },
        { "json.Scalars", "{\"aDouble\":\"nan\"}", "1:12: json.Scalars.a_double: not a number" },
        { "json.Scalars", "{\"aDouble\":\"+1\"}", "1:12: json.Scalars.a_double: not a number" },
        { "json.Scalars", "{\"aDouble\":1.}", "1:12: json.Scalars.a_double: a number expected" },
        { "json.Scalars", "{\"aDouble\":1e}", "1:12: json.Scalars.a_double: a number expected" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_bools_and_enums(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{\"aBool\":true}", NULL },
        { "json.Scalars", "{\"aBool\":false}", "{}" },
        { "json.Optionals", "{\"flag\":false}", NULL },
        { "json.Scalars", "{\"aBool\":\"true\"}", "1:10: json.Scalars.a_bool: `true` or `false` expected" },
        { "json.Scalars", "{\"aBool\":1}", "1:10: json.Scalars.a_bool: `true` or `false` expected" },
        { "json.Scalars", "{\"aBool\":tru}", "1:10: json.Scalars.a_bool: `true` expected" },
        { "json.Scalars", "{\"aColor\":\"GREEN\"}", NULL },
        { "json.Scalars", "{\"aColor\":\"AZURE\"}", "{\"aColor\":\"BLUE\"}" },
        { "json.Scalars", "{\"aColor\":-1}", "{\"aColor\":\"MINUS\"}" },
        { "json.Scalars", "{\"aColor\":1.0}", "{\"aColor\":\"GREEN\"}" },
        { "json.Scalars", "{\"aColor\":77}", NULL },
        { "json.Scalars", "{\"aColor\":\"\\u0047REEN\"}", "{\"aColor\":\"GREEN\"}" },
        { "json.Scalars", "{\"aColor\":\"green\"}", "1:11: json.Scalars.a_color: no value of its enum" },
        { "json.Scalars", "{\"aColor\":\"GREE\"}", "1:11: json.Scalars.a_color: no value of its enum" },
        { "json.Scalars", "{\"aColor\":\"\"}", "1:11: json.Scalars.a_color: no value of its enum" },
        { "json.Scalars", "{\"aColor\":2147483648}", "1:11: json.Scalars.a_color: out of range" },
        { "json.Scalars", "{\"aColor\":1.5}", "1:11: json.Scalars.a_color: not a whole number" },
        { "json.old.Older", "{\"closed\":\"ONE\",\"many\":[\"TWO\",\"ZERO\"],\"byName\":{\"a\":\"ONE\"}}", NULL },
        { "json.old.Older", "{\"closed\":1,\"many\":[2]}", "{\"closed\":\"ONE\",\"many\":[\"TWO\"]}" },
        { "json.old.Older", "{\"closed\":7}", "1:11: json.old.Older.closed: no value of its enum" },
        { "json.old.Older", "{\"many\":[1,7]}", "1:12: json.old.Older.many[1]: no value of its enum" },
        { "json.old.Older", "{\"byName\":{\"a\":7}}", "1:16: json.old.Older.by_name[\"a\"]: no value of its enum" },
        { "json.old.Older", "{\"which\":3}", "1:10: json.old.Older.which: no value of its enum" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_strings(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{\"aString\":\"\"}", "{}" },
        { "json.Scalars", "{\"aString\":\"a longer one, of more than sixteen bytes\"}", NULL },
        { "json.Scalars", "{\"aString\":\"\\\"\\\\\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"}", NULL },
        { "json.Scalars", "{\"aString\":\"\\/\\u002F\\u0041\"}", "{\"aString\":\"//A\"}" },
        { "json.Scalars", "{\"aString\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}", NULL },
        { "json.Scalars", "{\"aString\":\"\\u00e9\\u20AC\\ud83d\\ude00\"}", "{\"aString\":\"\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80\"}" },
        { "json.Scalars", "{\"aString\":\"\\ud83d\"}", "1:13: json.Scalars.a_string: no such escape" },
        { "json.Scalars", "{\"aString\":\"\\ud83d\\u0041\"}", "1:13: json.Scalars.a_string: no such escape" },
        { "json.Scalars", "{\"aString\":\"\\ude00\\ud83d\"}", "1:13: json.Scalars.a_string: no such escape" },
        { "json.Scalars", "{\"aString\":\"\\ud83dx\"}", "1:13: json.Scalars.a_string: no such escape" },
        { "json.Scalars", "{\"aString\":\"\\u12g4\"}", "1:13: json.Scalars.a_string: no such escape" },
        { "json.Scalars", "{\"aString\":\"\\u12\"}", "1:13: json.Scalars.a_string: no such escape" },
        { "json.Scalars", "{\"aString\":\"\\x\"}", "1:13: json.Scalars.a_string: no such escape" },
        { "json.Scalars", "{\"aString\":\"\\'\"}", "1:13: json.Scalars.a_string: no such escape" },
        { "json.Scalars", "{\"aString\":\"a\nb\"}", "1:14: json.Scalars.a_string: a control character in a string" },
        { "json.Scalars", "{\"aString\":\"a\tb\"}", "1:14: json.Scalars.a_string: a control character in a string" },
        { "json.Scalars", "{\"aString\":\"ab\xff\"}", "1:15: json.Scalars.a_string: not UTF-8" },
        { "json.Scalars", "{\"aString\":\"\xc0\x80\"}", "1:13: json.Scalars.a_string: not UTF-8" },
        { "json.Scalars", "{\"aString\":\"\xed\xa0\x80\"}", "1:13: json.Scalars.a_string: not UTF-8" },
        { "json.Scalars", "{\"aString\":\"\xf4\x90\x80\x80\"}", "1:13: json.Scalars.a_string: not UTF-8" },
        { "json.Scalars", "{\"aString\":\"\xe2\x82\"}", "1:13: json.Scalars.a_string: not UTF-8" },
        { "json.Scalars", "{\"aString\":\"a\\u0000b\"}", "1:12: json.Scalars.a_string: has a NUL inside" },
        { "json.Scalars", "{\"aString\":'a'}", "1:12: json.Scalars.a_string: a string expected" },
        { "json.Scalars", "{\"aString\":1}", "1:12: json.Scalars.a_string: a string expected" },
        { "json.Scalars", "{\"aString\":\"a", "1:14: json.Scalars.a_string: ends in the middle" },
        { "json.Scalars", "{\"aString\":\"a\\", "1:15: json.Scalars.a_string: ends in the middle" },
        { "json.Texts", "{\"text\":\"a\\u0000b\",\"texts\":[\"\\u0000\",\"\"],\"byText\":{\"\\u0000\":\"x\"}}", NULL },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_bytes(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{\"someBytes\":\"AAEC/f7/\"}", NULL },
        { "json.Scalars", "{\"someBytes\":\"aA==\"}", NULL },
        { "json.Scalars", "{\"someBytes\":\"aGk=\"}", NULL },
        { "json.Scalars", "{\"someBytes\":\"aA\"}", "{\"someBytes\":\"aA==\"}" },
        { "json.Scalars", "{\"someBytes\":\"aGk\"}", "{\"someBytes\":\"aGk=\"}" },
        { "json.Scalars", "{\"someBytes\":\"-_-_\"}", "{\"someBytes\":\"+/+/\"}" },
        { "json.Scalars", "{\"someBytes\":\"+\\/+/\"}", "{\"someBytes\":\"+/+/\"}" },
        { "json.Scalars", "{\"someBytes\":\"\"}", "{}" },
        { "json.Scalars", "{\"someBytes\":\"a\"}", "1:14: json.Scalars.some_bytes: not base64" },
        { "json.Scalars", "{\"someBytes\":\"aGk=aGk=\"}", "1:14: json.Scalars.some_bytes: not base64" },
        { "json.Scalars", "{\"someBytes\":\"aA=\"}", "1:14: json.Scalars.some_bytes: not base64" },
        { "json.Scalars", "{\"someBytes\":\"====\"}", "1:14: json.Scalars.some_bytes: not base64" },
        { "json.Scalars", "{\"someBytes\":\"a Gk\"}", "1:14: json.Scalars.some_bytes: not base64" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_null_is_absence(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{\"anInt32\":null,\"aString\":null,\"someBytes\":null,\"aColor\":null,\"inner\":null,\"aBool\":null}", "{}" },
        { "json.Optionals", "{\"number\":null,\"word\":null,\"inner\":null}", "{}" },
        { "json.Optionals", "{\"nothing\":null}", NULL },
        { "json.Optionals", "{\"nothing\":\"NULL_VALUE\"}", "{\"nothing\":null}" },
        { "json.Optionals", "{\"number\":0,\"flag\":false,\"real\":0,\"word\":\"\",\"data\":\"\",\"color\":\"RED\",\"inner\":{}}", NULL },
        { "json.Lists", "{\"numbers\":null,\"words\":null,\"inner\":null}", "{}" },
        { "json.Lists", "{\"nothings\":[null,null]}", NULL },
        { "json.Lists", "{\"numbers\":[null]}", "1:13: json.Lists.numbers[0]: null in a list" },
        { "json.Lists", "{\"words\":[\"\",null]}", "1:14: json.Lists.words[1]: null in a list" },
        { "json.Lists", "{\"inner\":[null]}", "1:11: json.Lists.inner[0]: null in a list" },
        { "json.Maps", "{\"byInt32\":null}", "{}" },
        { "json.Maps", "{\"byInt32\":{\"1\":null}}", "1:17: json.Maps.by_int32[\"1\"]: null in a map" },
        { "json.Maps", "{\"values\":{\"a\":null}}", NULL },
        { "json.Known", "{\"at\":null,\"any\":null,\"aDouble\":null,\"object\":null,\"empty\":null,\"mask\":null}", "{}" },
        { "json.Known", "{\"value\":null}", NULL },
        { "json.Choice", "{\"number\":null,\"word\":\"x\"}", "{\"word\":\"x\"}" },
        { "json.Choice", "{\"word\":\"x\",\"number\":null}", "{\"word\":\"x\"}" },
        { "json.Choice", "{\"nothing\":null}", NULL },
        { "json.Scalars", "{\"anInt32\":nul}", "1:12: json.Scalars.an_int32: `null` expected" },
        { "json.Scalars", "{\"anInt32\":null,\"anInt32\":1}", "1:27: json.Scalars.an_int32: comes twice" },
        { "json.Scalars", "null", "1:1: json.Scalars: `{` expected" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_oneofs_have_one_member(void **state)
{
    static const row rows[] = {
        { "json.Choice", "{\"number\":0}", NULL },
        { "json.Choice", "{\"word\":\"\"}", NULL },
        { "json.Choice", "{\"inner\":{}}", NULL },
        { "json.Choice", "{\"data\":\"\"}", NULL },
        { "json.Choice", "{\"color\":\"RED\",\"no\":false}", NULL },
        { "json.Choice", "{\"real\":0,\"yes\":false}", NULL },
        { "json.Choice", "{\"number\":1,\"word\":\"\"}", "1:20: json.Choice.word: another member of its oneof is there" },
        { "json.Choice", "{\"yes\":true,\"number\":1,\"no\":true}", "1:29: json.Choice.no: another member of its oneof is there" },
        { "json.Choice", "{\"nothing\":null,\"number\":1}", "1:26: json.Choice.number: another member of its oneof is there" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_lists(void **state)
{
    static const row rows[] = {
        { "json.Lists", "{\"numbers\":[1,-2,3],\"longs\":[\"-1\",\"5\"],\"fixed\":[1,2],\"flags\":[true,false],\"reals\":[1.5,\"NaN\"],"
                        "\"words\":[\"\",\"a\"],\"data\":[\"\",\"aGk=\"],\"colors\":[\"BLUE\",9],\"inner\":[{},{\"anInt32\":1}],\"deeper\":[{\"deeper\":[{}]}]}", NULL },
        { "json.Lists", " { \"numbers\" : [ 1 , 2 ] } \r\n\t", "{\"numbers\":[1,2]}" },
        { "json.Lists", "{\"numbers\":[],\"words\":[],\"inner\":[]}", "{}" },
        { "json.Lists", "{\"numbers\":[1,]}", "1:15: json.Lists.numbers[1]: a number expected" },
        { "json.Lists", "{\"numbers\":[,1]}", "1:13: json.Lists.numbers[0]: a number expected" },
        { "json.Lists", "{\"numbers\":[1 2]}", "1:15: json.Lists.numbers[1]: `,` or `]` expected" },
        { "json.Lists", "{\"numbers\":[1}", "1:14: json.Lists.numbers[1]: `,` or `]` expected" },
        { "json.Lists", "{\"numbers\":[1", "1:14: json.Lists.numbers[1]: ends in the middle" },
        { "json.Lists", "{\"numbers\":1}", "1:12: json.Lists.numbers: `[` expected" },
        { "json.Lists", "{\"numbers\":{}}", "1:12: json.Lists.numbers: `[` expected" },
        { "json.Lists", "{\"numbers\":[[1]]}", "1:13: json.Lists.numbers[0]: a number expected" },
        { "json.Lists", "{\"numbers\":[1],\"numbers\":[2]}", "1:26: json.Lists.numbers: comes twice" },
        { "json.Lists", "{\"inner\":[{},{\"anInt32\":\"x\"}]}", "1:25: json.Lists.inner[1].an_int32: not a number" },
        { "json.old.Older", "{\"unpacked\":[1,2]}", NULL },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_maps(void **state)
{
    static const row rows[] = {
        { "json.Maps", "{\"byInt32\":{\"-2147483648\":1,\"7\":0},\"bySint32\":{\"-1\":\"a\"},\"bySfixed32\":{\"-1\":\"a\"},\"byUint32\":{\"4294967295\":\"a\"},"
                       "\"byFixed32\":{\"1\":\"a\"},\"byInt64\":{\"-9223372036854775808\":\"\"},\"bySint64\":{\"-1\":\"a\"},\"bySfixed64\":{\"-1\":\"a\"},"
                       "\"byUint64\":{\"18446744073709551615\":\"a\"},\"byFixed64\":{\"1\":\"a\"},\"byBool\":{\"true\":\"a\",\"false\":\"b\"},"
                       "\"byString\":{\"\":\"aGk=\",\"a\\n\xc3\xa9\":\"\"},\"colors\":{\"c\":\"BLUE\"},\"messages\":{\"m\":{}},\"deeper\":{\"d\":{\"deeper\":{\"e\":{}}}}}", NULL },
        { "json.Maps", "{\"byInt32\":{}}", "{}" },
        { "json.Maps", "{\"byInt32\":{\"1e1\":1,\"\\u0031\":2}}", "{\"byInt32\":{\"10\":1,\"1\":2}}" },
        { "json.Maps", "{\"byInt32\":{\"1\":1,\"2\":2,\"1\":3}}", "1:30: json.Maps.by_int32: a key that comes twice" },
        { "json.Maps", "{\"byInt32\":{\"1\":1,\"1e0\":3}}", "1:26: json.Maps.by_int32: a key that comes twice" },
        { "json.Maps", "{\"byString\":{\"b\":\"\",\"a\":\"\",\"\\u0062\":\"\"}}", "1:39: json.Maps.by_string: a key that comes twice" },
        { "json.Maps", "{\"byFixed64\":{\"2\":\"\",\"1\":\"\",\"2\":\"\"}}", "1:35: json.Maps.by_fixed64: a key that comes twice" },
        { "json.Maps", "{\"byBool\":{\"true\":\"\",\"true\":\"\"}}", "1:31: json.Maps.by_bool: a key that comes twice" },
        { "json.Maps", "{\"byBool\":{\"1\":\"\"}}", "1:12: json.Maps.by_bool[\"1\"]: not a bool" },
        { "json.Maps", "{\"byInt32\":{1:1}}", "1:13: json.Maps.by_int32: a string expected" },
        { "json.Maps", "{\"byInt32\":{\"a\":1}}", "1:13: json.Maps.by_int32[\"a\"]: not a number" },
        { "json.Maps", "{\"byUint32\":{\"-1\":\"\"}}", "1:14: json.Maps.by_uint32[\"-1\"]: out of range" },
        { "json.Maps", "{\"byString\":{\"a\\u0000\":\"\"}}", "1:14: json.Maps.by_string[\"a\\u0000\"]: has a NUL inside" },
        { "json.Maps", "{\"byInt32\":[]}", "1:12: json.Maps.by_int32: `{` expected" },
        { "json.Maps", "{\"messages\":{\"k\":{\"anInt32\":\"x\"}}}", "1:29: json.Maps.messages[\"k\"].an_int32: not a number" },
        { "json.Maps", "{\"byInt32\":{\"1\":1,}}", "1:19: json.Maps.by_int32: a string expected" },
        { "json.Maps", "{\"byInt32\":{\"1\" 1}}", "1:17: json.Maps.by_int32[\"1\"]: `:` expected" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_what_is_no_json(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "", "1:1: json.Scalars: ends in the middle" },
        { "json.Scalars", " \n ", "2:2: json.Scalars: ends in the middle" },
        { "json.Scalars", "[]", "1:1: json.Scalars: `{` expected" },
        { "json.Scalars", "{", "1:2: json.Scalars: ends in the middle" },
        { "json.Scalars", "{}x", "1:3: json.Scalars: more behind the end" },
        { "json.Scalars", "{} {}", "1:4: json.Scalars: more behind the end" },
        { "json.Scalars", "{\"anInt32\":1,}", "1:14: json.Scalars: a string expected" },
        { "json.Scalars", "{,\"anInt32\":1}", "1:2: json.Scalars: a string expected" },
        { "json.Scalars", "{\"anInt32\":1 \"aBool\":true}", "1:14: json.Scalars: `,` or `}` expected" },
        { "json.Scalars", "{\"anInt32\" 1}", "1:12: json.Scalars: `:` expected" },
        { "json.Scalars", "{\"anInt32\":}", "1:12: json.Scalars.an_int32: a number expected" },
        { "json.Scalars", "{\"anInt32\":", "1:12: json.Scalars: ends in the middle" },
        { "json.Scalars", "{anInt32:1}", "1:2: json.Scalars: a string expected" },
        { "json.Scalars", "{'anInt32':1}", "1:2: json.Scalars: a string expected" },
        { "json.Scalars", "{/**/}", "1:2: json.Scalars: a string expected" },
        { "json.Scalars", "\xef\xbb\xbf{}", "1:1: json.Scalars: `{` expected" },
        { "json.Scalars", "{\"anInt32\":1\v}", "1:13: json.Scalars: `,` or `}` expected" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_times(void **state)
{
    static const row rows[] = {
        { "google.protobuf.Timestamp", "\"1970-01-01T00:00:00Z\"", NULL },
        { "google.protobuf.Timestamp", "\"0001-01-01T00:00:00Z\"", NULL },
        { "google.protobuf.Timestamp", "\"9999-12-31T23:59:59.999999999Z\"", NULL },
        { "google.protobuf.Timestamp", "\"2000-02-29T12:34:56.120Z\"", NULL },
        { "google.protobuf.Timestamp", "\"1900-02-28T12:34:56.000120Z\"", NULL },
        { "google.protobuf.Timestamp", "\"1969-12-31T23:59:59.5Z\"", "\"1969-12-31T23:59:59.500Z\"" },
        { "google.protobuf.Timestamp", "\"1972-01-01T10:00:20.021-05:30\"", "\"1972-01-01T15:30:20.021Z\"" },
        { "google.protobuf.Timestamp", "\"1972-01-01T00:00:20+23:59\"", "\"1971-12-31T00:01:20Z\"" },
        { "google.protobuf.Timestamp", "\"0001-01-01T00:00:00+00:01\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"0000-01-01T00:00:00Z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-01-01t00:00:00Z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-01-01T00:00:00z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-01-01T00:00:00\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-01-01 00:00:00Z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1900-02-29T00:00:00Z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-13-01T00:00:00Z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-01-01T24:00:00Z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-01-01T00:00:60Z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-01-01T00:00:00.Z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-01-01T00:00:00.1234567890Z\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "\"1970-01-01T00:00:00Zx\"", "1:1: google.protobuf.Timestamp: not a Timestamp, or out of range" },
        { "google.protobuf.Timestamp", "0", "1:1: google.protobuf.Timestamp: a string expected" },
        { "google.protobuf.Duration", "\"0s\"", NULL },
        { "google.protobuf.Duration", "\"-0.500s\"", NULL },
        { "google.protobuf.Duration", "\"1.000000001s\"", NULL },
        { "google.protobuf.Duration", "\"1.5s\"", "\"1.500s\"" },
        { "google.protobuf.Duration", "\"1.1234s\"", "\"1.123400s\"" },
        { "google.protobuf.Duration", "\"-315576000000s\"", NULL },
        { "google.protobuf.Duration", "\"315576000000.999999999s\"", NULL },
        { "google.protobuf.Duration", "\"315576000001s\"", "1:1: google.protobuf.Duration: not a Duration, or out of range" },
        { "google.protobuf.Duration", "\"99999999999999999999999999s\"", "1:1: google.protobuf.Duration: not a Duration, or out of range" },
        { "google.protobuf.Duration", "\"1\"", "1:1: google.protobuf.Duration: not a Duration, or out of range" },
        { "google.protobuf.Duration", "\"s\"", "1:1: google.protobuf.Duration: not a Duration, or out of range" },
        { "google.protobuf.Duration", "\"+1s\"", "1:1: google.protobuf.Duration: not a Duration, or out of range" },
        { "google.protobuf.Duration", "\"1.s\"", "1:1: google.protobuf.Duration: not a Duration, or out of range" },
        { "google.protobuf.Duration", "\"1.1234567890s\"", "1:1: google.protobuf.Duration: not a Duration, or out of range" },
        { "google.protobuf.Duration", "\"\"", "1:1: google.protobuf.Duration: not a Duration, or out of range" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_masks_and_wrappers(void **state)
{
    static const row rows[] = {
        { "google.protobuf.FieldMask", "\"\"", NULL },
        { "google.protobuf.FieldMask", "\"a,fooBar.bazQux,c\"", NULL },
        { "google.protobuf.FieldMask", "\"foo_bar\"", "1:1: google.protobuf.FieldMask: not a path in lowerCamelCase" },
        { "google.protobuf.FieldMask", "\"a,\"", "1:1: google.protobuf.FieldMask: not a path in lowerCamelCase" },
        { "google.protobuf.FieldMask", "\"a,,b\"", "1:1: google.protobuf.FieldMask: not a path in lowerCamelCase" },
        { "json.Known", "{\"aDouble\":0,\"aFloat\":1.5,\"anInt64\":\"-1\",\"aUint64\":\"1\",\"anInt32\":-1,\"aUint32\":1,\"aBool\":false,"
                        "\"aString\":\"\",\"someBytes\":\"aGk=\"}", NULL },
        { "json.Known", "{\"aDouble\":\"Infinity\"}", NULL },
        { "json.Known", "{\"anInt32\":{\"value\":1}}", "1:12: json.Known.an_int32: a number expected" },
        { "json.Known", "{\"numbers\":[0,1]}", NULL },
        { "json.Known", "{\"numbers\":[null]}", "1:13: json.Known.numbers[0]: null in a list" },
        { "json.Known", "{\"empty\":{}}", NULL },
        { "json.Known", "{\"empty\":{\"a\":1}}", "1:11: json.Known.empty: no field is called a" },
        { "json.Known", "{\"spans\":{\"a\":\"1s\"},\"times\":[\"1970-01-01T00:00:00Z\"]}", "{\"times\":[\"1970-01-01T00:00:00Z\"],\"spans\":{\"a\":\"1s\"}}" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_dynamic_values(void **state)
{
    static const row rows[] = {
        { "google.protobuf.Value", "null", NULL },
        { "google.protobuf.Value", "1.5", NULL },
        { "google.protobuf.Value", "-1", NULL },
        { "google.protobuf.Value", "\"NaN\"", NULL },
        { "google.protobuf.Value", "true", NULL },
        { "google.protobuf.Value", "[]", NULL },
        { "google.protobuf.Value", "{}", NULL },
        { "google.protobuf.Value", "[1,[null],{\"a\":{\"b\":[false]}},\"x\"]", NULL },
        { "google.protobuf.Struct", "{\"a\":1,\"b\":[1,\"2\",null,{\"c\":true}]}", NULL },
        { "google.protobuf.ListValue", "[1,2]", NULL },
        { "google.protobuf.Struct", "{\"a\":1,\"a\":2}", "1:13: google.protobuf.Struct: a key that comes twice" },
        { "google.protobuf.Struct", "[]", "1:1: google.protobuf.Struct: `{` expected" },
        { "google.protobuf.Struct", "null", "1:1: google.protobuf.Struct: `{` expected" },
        { "google.protobuf.ListValue", "{}", "1:1: google.protobuf.ListValue: `[` expected" },
        { "google.protobuf.ListValue", "[1,]", "1:4: google.protobuf.ListValue[1]: a value expected" },
        { "google.protobuf.Value", "1e400", "1:1: google.protobuf.Value: out of range" },
        { "google.protobuf.Value", "nope", "1:1: google.protobuf.Value: `null` expected" },
        { "json.Known", "{\"object\":{\"x\":[]},\"value\":[null],\"list\":[],\"values\":[null,1]}", NULL },
    };

    (void)state;
    CHECK_ROWS(rows);
}

static void test_any(void **state)
{
    static const row rows[] = {
        { "google.protobuf.Any", "{}", NULL },
        { "google.protobuf.Any", "{\"@type\":\"type.googleapis.com/json.Scalars\"}", NULL },
        { "google.protobuf.Any", "{\"@type\":\"type.googleapis.com/json.Scalars\",\"anInt32\":1,\"inner\":{\"aBool\":true}}", NULL },
        { "google.protobuf.Any", "{\"anInt32\":1,\"inner\":{\"aString\":\"@type\"},\"@type\":\"x/json.Scalars\",\"aBool\":true}",
                                 "{\"@type\":\"x/json.Scalars\",\"anInt32\":1,\"aBool\":true,\"inner\":{\"aString\":\"@type\"}}" },
        { "google.protobuf.Any", "{\"\\u0040type\":\"x/json.Scalars\"}", "{\"@type\":\"x/json.Scalars\"}" },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Duration\",\"value\":\"1s\"}", NULL },
        { "google.protobuf.Any", "{\"value\":\"1s\",\"@type\":\"x/google.protobuf.Duration\"}", "{\"@type\":\"x/google.protobuf.Duration\",\"value\":\"1s\"}" },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Value\",\"value\":[1,null]}", NULL },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Value\",\"value\":null}", NULL },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Int32Value\",\"value\":0}", NULL },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Empty\"}", NULL },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Any\",\"value\":{\"@type\":\"x/google.protobuf.Any\",\"value\":{\"@type\":\"x/json.Deep\",\"depth\":1}}}", NULL },
        { "google.protobuf.Any", "{\"@type\":\"x/no.Such\"}", "1:1: google.protobuf.Any: a type that is not among opts.types" },
        { "google.protobuf.Any", "{\"@type\":\"json.Scalars\"}", "1:1: google.protobuf.Any: a type that is not among opts.types" },
        { "google.protobuf.Any", "{\"@type\":\"\"}", "1:1: google.protobuf.Any: a type that is not among opts.types" },
        { "google.protobuf.Any", "{\"@type\":\"x/\"}", "1:1: google.protobuf.Any: a type that is not among opts.types" },
        { "google.protobuf.Any", "{\"@type\":\"\\u0000/json.Scalars\"}", "1:1: google.protobuf.Any: a type that has a NUL inside" },
        { "google.protobuf.Any", "{\"anInt32\":1}", "1:1: google.protobuf.Any: without @type" },
        { "google.protobuf.Any", "{\"@type\":1}", "1:10: google.protobuf.Any: a string expected" },
        { "google.protobuf.Any", "{\"@type\":\"x/json.Scalars\",\"@type\":\"x/json.Scalars\"}", "1:35: google.protobuf.Any: @type comes twice" },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Duration\"}", "1:38: google.protobuf.Any: without a value" },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Duration\",\"value\":\"1s\",\"value\":\"1s\"}", "1:52: google.protobuf.Any: neither @type nor value, or twice" },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Duration\",\"value\":\"1s\",\"more\":1}", "1:52: google.protobuf.Any: neither @type nor value, or twice" },
        { "google.protobuf.Any", "{\"@type\":\"x/json.Scalars\",\"nope\":1}", "1:27: google.protobuf.Any: no field is called nope" },
        { "google.protobuf.Any", "{\"@type\":\"x/json.old.Required\"}", "1:31: google.protobuf.Any.number: required but missing" },
        { "google.protobuf.Any", "[]", "1:1: google.protobuf.Any: `{` expected" },
        { "json.Known", "{\"any\":{\"@type\":\"x/json.Scalars\",\"anInt32\":\"x\"}}", "1:44: json.Known.any.an_int32: not a number" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

// What an Any holds are the bytes that the codec would have written.
static void test_zero_in_any_takes_no_bytes(void **state)
{
    static const char *const texts[] = {
        "{\"@type\":\"x/google.protobuf.Timestamp\",\"value\":\"1970-01-01T00:00:00Z\"}",
        "{\"@type\":\"x/google.protobuf.Duration\",\"value\":\"0s\"}",
        "{\"@type\":\"x/google.protobuf.Int32Value\",\"value\":0}",
        "{\"@type\":\"x/google.protobuf.StringValue\",\"value\":\"\"}",
    };
    tern_json_opts opts = with_types((tern_json_opts){ .indent = 0 });

    (void)state;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        google_protobuf_any *any = tern_json_decode(&google_protobuf_any_descriptor, texts[i],
                                                    strlen(texts[i]), &opts, NULL);

        assert_non_null(any);
        assert_int_equal(any->value.len, 0);
        google_protobuf_any_free(any);
    }
}

static void test_proto2(void **state)
{
    static const row rows[] = {
        { "json.old.Older", "{\"number\":42,\"word\":\"\",\"closed\":\"TWO\"}", NULL },
        { "json.old.Older", "{\"group\":{\"a\":1},\"manygroup\":[{\"b\":\"x\"},{}]}", NULL },
        { "json.old.Older", "{\"group\":{}}", NULL },
        { "json.old.Older", "{\"Group\":{}}", "1:2: json.old.Older: no field is called Group" },
        { "json.old.Required", "{\"number\":0,\"word\":\"\",\"inner\":{\"flag\":false},\"preset\":1}", NULL },
        { "json.old.Required", "{\"number\":0,\"word\":\"\",\"inner\":{}}", "1:32: json.old.Required.inner.flag: required but missing" },
        { "json.old.Required", "{\"number\":0,\"inner\":{\"flag\":true},\"preset\":1}", "1:45: json.old.Required.word: required but missing" },
        { "json.old.Required", "{\"number\":null,\"word\":\"\"}", "1:11: json.old.Required.number: required but null" },
        { "json.old.Older", "{\"[json.old.nick]\":\"N\",\"[json.old.lucky]\":[1,2],\"[json.old.inner]\":{\"flag\":true},\"[json.old.Scope.level]\":\"ONE\"}", NULL },
        { "json.old.Older", "{\"[json.old.nick]\":\"\"}", NULL },
        { "json.old.Older", "{\"[json.old.nick]\":null}", "{}" },
        { "json.old.Older", "{\"[json.old.nick]\":\"a\",\"[json.old.nick]\":\"a\"}", "1:42: json.old.Older.nick: comes twice" },
        { "json.old.Older", "{\"[json.old.none]\":1}", "1:2: json.old.Older: no field is called [json.old.none]" },
        { "json.old.Older", "{\"json.old.nick\":1}", "1:2: json.old.Older: no field is called json.old.nick" },
        { "json.Scalars", "{\"[json.old.nick]\":1}", "1:2: json.Scalars: no field is called [json.old.nick]" },
        { "json.old.Older", "{\"[json.old.lucky]\":[\"x\"]}", "1:22: json.old.Older.lucky[0]: not a number" },
    };

    (void)state;
    CHECK_ROWS(rows);
}

// ---- options -------------------------------------------------------------

static void test_unknown_is_ignored_on_request(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{\"x\":1,\"anInt32\":2,\"y\":[{\"a\":[1.5e3,\"\\n\",null,true,false,{}]}],\"@type\":7}", "{\"anInt32\":2}" },
        { "json.Scalars", "{\"aColor\":\"NONE\",\"anInt32\":2}", "{\"anInt32\":2}" },
        { "json.Optionals", "{\"color\":\"NONE\"}", "{}" },
        { "json.Lists", "{\"colors\":[\"NONE\",\"RED\",\"NONE\"],\"words\":[\"a\"]}", "{\"words\":[\"a\"],\"colors\":[\"RED\"]}" },
        { "json.Maps", "{\"colors\":{\"a\":\"NONE\",\"b\":\"BLUE\"}}", "{\"colors\":{\"b\":\"BLUE\"}}" },
        { "json.old.Older", "{\"which\":\"NONE\",\"many\":[\"NONE\"],\"byName\":{\"a\":\"NONE\"}}", "{}" },
        { "google.protobuf.Any", "{\"@type\":\"x/json.Scalars\",\"nope\":1}", "{\"@type\":\"x/json.Scalars\"}" },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Duration\",\"more\":1,\"value\":\"1s\"}", "{\"@type\":\"x/google.protobuf.Duration\",\"value\":\"1s\"}" },
        { "json.Scalars", "{\"x\":01}", "1:6: json.Scalars: a value expected" },
        { "json.Scalars", "{\"x\":{\"a\":1,}}", "1:13: json.Scalars: a string expected" },
        { "json.Scalars", "{\"x\":[1}", "1:8: json.Scalars: `,` or `]` expected" },
        { "json.Scalars", "{\"x\":\"\\ud800\"}", "1:7: json.Scalars: no such escape" },
        { "json.Scalars", "{\"x\":\"\xff\"}", "1:7: json.Scalars: not UTF-8" },
        { "json.Scalars", "{\"x\":nule}", "1:6: json.Scalars: `null` expected" },
    };

    (void)state;
    CHECK_ROWS_WITH(rows, .ignores_unknown = true);
}

static void test_names_and_numbers_on_request(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{\"anInt32\":1,\"aColor\":\"BLUE\"}", "{\"an_int32\":1,\"a_color\":5}" },
        { "json.Lists", "{\"colors\":[\"RED\",\"MINUS\"]}", "{\"colors\":[0,-1]}" },
        { "json.Names", "{\"something else\":1}", "{\"given\":1}" },
        { "json.Choice", "{\"nothing\":null}", NULL },
    };

    (void)state;
    CHECK_ROWS_WITH(rows, .keeps_names = true, .prints_numbers = true);
}

static void test_defaults_on_request(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{}", "{\"anInt32\":0,\"aSint32\":0,\"aSfixed32\":0,\"aUint32\":0,\"aFixed32\":0,\"anInt64\":\"0\",\"aSint64\":\"0\",\"aSfixed64\":\"0\","
                                "\"aUint64\":\"0\",\"aFixed64\":\"0\",\"aBool\":false,\"aFloat\":0,\"aDouble\":0,\"aString\":\"\",\"someBytes\":\"\",\"aColor\":\"RED\"}" },
        { "json.Optionals", "{}", NULL },
        { "json.Choice", "{}", NULL },
        { "json.Deep", "{}", "{\"many\":[],\"depth\":0}" },
        { "json.old.Older", "{}", "{\"many\":[],\"byName\":{},\"manygroup\":[],\"unpacked\":[]}" },
    };

    (void)state;
    CHECK_ROWS_WITH(rows, .prints_defaults = true);
}

static void test_lines_on_request(void **state)
{
    static const row rows[] = {
        { "json.Scalars", "{}", NULL },
        { "json.Scalars", "{\"anInt32\":1,\"inner\":{\"aBool\":true,\"inner\":{}}}",
          "{\n  \"anInt32\": 1,\n  \"inner\": {\n    \"aBool\": true,\n    \"inner\": {}\n  }\n}" },
        { "json.Lists", "{\"numbers\":[1,2],\"inner\":[{}]}",
          "{\n  \"numbers\": [\n    1,\n    2\n  ],\n  \"inner\": [\n    {}\n  ]\n}" },
        { "json.Maps", "{\"byInt32\":{\"1\":2},\"byString\":{\"a\":\"\"}}",
          "{\n  \"byInt32\": {\n    \"1\": 2\n  },\n  \"byString\": {\n    \"a\": \"\"\n  }\n}" },
        { "google.protobuf.Any", "{\"@type\":\"x/google.protobuf.Value\",\"value\":[1,{}]}",
          "{\n  \"@type\": \"x/google.protobuf.Value\",\n  \"value\": [\n    1,\n    {}\n  ]\n}" },
        { "google.protobuf.Any", "{\"@type\":\"x/json.Deep\",\"depth\":1}", "{\n  \"@type\": \"x/json.Deep\",\n  \"depth\": 1\n}" },
    };

    (void)state;
    CHECK_ROWS_WITH(rows, .indent = 2);
}
// clang-format on

// ---- messages without JSON -----------------------------------------------

#define CHECK_ENCODED(type, message, text)                                                         \
    assert_string_equal(encode(&type##_descriptor, message, (tern_json_opts){ .indent = 0 }), text)

static void test_what_has_no_json_is_refused(void **state)
{
    google_protobuf_value     nan_value = GOOGLE_PROTOBUF_VALUE()[0], none = nan_value;
    json_scalars             *no_scalars[] = { NULL };
    google_protobuf_duration  mixed = GOOGLE_PROTOBUF_DURATION(.seconds = 1, .nanos = -1)[0];
    const google_protobuf_any stranger = GOOGLE_PROTOBUF_ANY(.type_url = "x/no.Such")[0];
    static const char *const  paths[] = { "fooBar", "foo__bar", "foo_3", "foo_" };
    const google_protobuf_any bad = { .base = GOOGLE_PROTOBUF_ANY()->base,
                                      .type_url = "x/json.Scalars",
                                      .value = { 1, (uint8_t *)(uintptr_t) "\x07" } };

    (void)state;
    CHECK_ENCODED(json_scalars, JSON_SCALARS(.a_string = "a\xff"),
                  "json.Scalars.a_string: not UTF-8");
    CHECK_ENCODED(json_old_required, JSON_OLD_REQUIRED(.number = 1),
                  "json.old.Required.word: required but NULL");
    nan_value.kind_case = GOOGLE_PROTOBUF_VALUE_KIND_NUMBER_VALUE;
    nan_value.number_value = (double)__builtin_nanf("");
    CHECK_ENCODED(google_protobuf_value, &nan_value,
                  "google.protobuf.Value: not a number that JSON has");
    CHECK_ENCODED(google_protobuf_value, &none, "null");
    CHECK_ENCODED(json_lists, JSON_LISTS(.n_inner = 1, .inner = no_scalars), "{\"inner\":[{}]}");
    CHECK_ENCODED(google_protobuf_timestamp, GOOGLE_PROTOBUF_TIMESTAMP(.nanos = -1),
                  "google.protobuf.Timestamp: out of range");
    CHECK_ENCODED(google_protobuf_timestamp, GOOGLE_PROTOBUF_TIMESTAMP(.seconds = 253402300800),
                  "google.protobuf.Timestamp: out of range");
    CHECK_ENCODED(google_protobuf_timestamp, GOOGLE_PROTOBUF_TIMESTAMP(.seconds = INT64_MIN),
                  "google.protobuf.Timestamp: out of range");
    CHECK_ENCODED(google_protobuf_duration, &mixed, "google.protobuf.Duration: out of range");
    CHECK_ENCODED(google_protobuf_duration, GOOGLE_PROTOBUF_DURATION(.seconds = INT64_MIN),
                  "google.protobuf.Duration: out of range");
    CHECK_ENCODED(google_protobuf_any, &stranger,
                  "google.protobuf.Any: a type that is not among opts.types: x/no.Such");
    CHECK_ENCODED(google_protobuf_any, GOOGLE_PROTOBUF_ANY(.type_url = "x\n/y\x7f"),
                  "google.protobuf.Any: a type that is not among opts.types: x?/y?");
    CHECK_ENCODED(google_protobuf_any, &bad,
                  "google.protobuf.Any: json.Scalars: field number out of range");
    for (size_t i = 0; i < TERN_COUNT_OF(paths); i++)
        CHECK_ENCODED(
            google_protobuf_field_mask,
            GOOGLE_PROTOBUF_FIELD_MASK(.n_paths = 1, .paths = (const char **)(uintptr_t)&paths[i]),
            "google.protobuf.FieldMask: a path that has no lowerCamelCase");
}

static void test_long_values_cross_blocks(void **state)
{
    static char  text[20000], data[3 * 5000];
    char         expected[44000];
    json_scalars m = JSON_SCALARS()[0];

    (void)state;
    memset(text, 'x', sizeof text - 1);
    for (size_t i = 100; i < sizeof text - 1; i += 100)
        text[i] = '\n';
    m.a_string = text;
    m.some_bytes = (ProtobufCBinaryData){ sizeof data, (uint8_t *)data };
    snprintf(expected, sizeof expected, "%s",
             encode(&json_scalars_descriptor, &m, (tern_json_opts){ .indent = 0 }));
    assert_int_equal(strlen(expected),
                     strlen("{\"aString\":\"\",\"someBytes\":\"\"}") + 19999 + 199 + 20000);
    assert_string_equal(there_and_back("json.Scalars", expected, (tern_json_opts){ .indent = 0 }),
                        expected);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, counting_mem_set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_names_in_both_ways),
        TEST(test_whole_numbers),
        TEST(test_floating_point),
        TEST(test_bools_and_enums),
        TEST(test_strings),
        TEST(test_bytes),
        TEST(test_null_is_absence),
        TEST(test_oneofs_have_one_member),
        TEST(test_lists),
        TEST(test_maps),
        TEST(test_what_is_no_json),
        TEST(test_times),
        TEST(test_masks_and_wrappers),
        TEST(test_dynamic_values),
        TEST(test_any),
        TEST(test_zero_in_any_takes_no_bytes),
        TEST(test_proto2),
        TEST(test_unknown_is_ignored_on_request),
        TEST(test_names_and_numbers_on_request),
        TEST(test_defaults_on_request),
        TEST(test_lines_on_request),
        TEST(test_what_has_no_json_is_refused),
        TEST(test_long_values_cross_blocks),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
