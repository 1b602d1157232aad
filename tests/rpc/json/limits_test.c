// What a peer controls the size of, and what happens when there is no memory.
#include "tests/support/test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "rpc/codec/codec_internal.h"
#include "rpc/json/table_internal.h"
#include "tests/rpc/counting_mem.h"
#include "tests/rpc/json/types.h"
#include "tests/support/opts.h"

OPTS_END_WITH(tern_json_opts, n_extensions);

static int tear_down(void **state)
{
    terni_json_table_cleanup();
    terni_plan_cleanup();
    return counting_mem_tear_down(state);
}

static char text[1 << 20];

// `n` times `open`, `middle`, and `n` times `close`.
static size_t nest(const char *open, const char *middle, const char *close, int n)
{
    char *p = text;

    for (int i = 0; i < n; i++)
        p += sprintf(p, "%s", open);
    p += sprintf(p, "%s", middle);
    for (int i = 0; i < n; i++)
        p += sprintf(p, "%s", close);
    return (size_t)(p - text);
}

// 0, or why->err.
static int decode(const ProtobufCMessageDescriptor *type, size_t len, tern_json_opts opts,
                  tern_json_error *ret_why)
{
    void *msg;

    opts.types = json_types;
    opts.n_types = json_n_types;
    if (!(msg = tern_json_decode(type, text, len, &opts, ret_why)))
        return ret_why->err;
    tern_message_free(type, msg);
    return 0;
}

#define DECODE(type, len, ...)                                                                     \
    decode(&type##_descriptor, len, (tern_json_opts){ __VA_ARGS__ }, &why)

static void test_nesting_is_bounded(void **state)
{
    tern_json_error why;

    (void)state;
    assert_int_equal(DECODE(json_deep, nest("{\"deeper\":", "{}", "}", 100), .indent = 0), 0);
    assert_int_equal(DECODE(json_deep, nest("{\"deeper\":", "{}", "}", 101), .indent = 0),
                     -EMSGSIZE);
    assert_non_null(strstr(why.text, "nested too deeply"));
    assert_int_equal(DECODE(json_deep, nest("{\"many\":[", "{}", "]}", 101), .indent = 0),
                     -EMSGSIZE);
    assert_int_equal(DECODE(json_deep, nest("{\"deeper\":", "{}", "}", 3), .max_depth = 3), 0);
    assert_int_equal(DECODE(json_deep, nest("{\"deeper\":", "{}", "}", 4), .max_depth = 3),
                     -EMSGSIZE);
    assert_int_equal(DECODE(json_deep, nest("{\"deeper\":", "{}", "}", 101), .max_depth = 5000),
                     -EMSGSIZE);
}

// Every list or object of a dynamic value is a message or two, or three.
static void test_nesting_of_dynamic_values_is_bounded(void **state)
{
    tern_json_error why;

    (void)state;
    assert_int_equal(DECODE(google_protobuf_value, nest("[", "1", "]", 50), .indent = 0), 0);
    assert_int_equal(DECODE(google_protobuf_value, nest("[", "1", "]", 51), .indent = 0),
                     -EMSGSIZE);
    assert_int_equal(DECODE(google_protobuf_struct, nest("{\"a\":", "1", "}", 33), .indent = 0), 0);
    assert_int_equal(DECODE(google_protobuf_struct, nest("{\"a\":", "1", "}", 34), .indent = 0),
                     -EMSGSIZE);
    assert_int_equal(DECODE(google_protobuf_value, nest("[", "", "", 200000), .indent = 0),
                     -EMSGSIZE);
}

static void test_nesting_of_what_is_skipped_is_bounded(void **state)
{
    tern_json_error why;

    (void)state;
    assert_int_equal(DECODE(json_deep, nest("{\"x\":", "1", "}", 101), .ignores_unknown = true), 0);
    assert_int_equal(DECODE(json_deep, nest("{\"x\":", "1", "}", 102), .ignores_unknown = true),
                     -EMSGSIZE);
    assert_int_equal(DECODE(json_deep, nest("{\"x\":[", "", "", 100000), .ignores_unknown = true),
                     -EMSGSIZE);
}

static void test_nesting_of_any_is_bounded(void **state)
{
    static const char open[] = "{\"@type\":\"x/google.protobuf.Any\",\"value\":";
    tern_json_error   why;

    (void)state;
    assert_int_equal(DECODE(google_protobuf_any, nest(open, "{}", "}", 100), .indent = 0), 0);
    assert_int_equal(DECODE(google_protobuf_any, nest(open, "{}", "}", 101), .indent = 0),
                     -EMSGSIZE);
}

static void test_length_is_bounded(void **state)
{
    tern_json_error why;
    tern_json_opts  opts = { .max_bytes = 10 };
    tern_linkbuf    out;
    size_t          len = nest(" ", "{}", " ", 4);

    (void)state;
    assert_int_equal(DECODE(json_deep, len, .max_bytes = len), 0);
    assert_int_equal(DECODE(json_deep, len, .max_bytes = len - 1), -EMSGSIZE);
    assert_string_equal(why.text, "1:1: json.Deep: longer than max_bytes");
    tern_linkbuf_init(&out, NULL);
    assert_int_equal(
        tern_json_encode(&json_deep_descriptor, JSON_DEEP(.depth = 100), &out, &opts, &why),
        -EMSGSIZE);
    assert_string_equal(why.text, "longer than max_bytes");
    assert_true(tern_linkbuf_is_empty(&out));
    opts.max_bytes = 13;
    assert_int_equal(
        tern_json_encode(&json_deep_descriptor, JSON_DEEP(.depth = 100), &out, &opts, &why), 0);
    assert_int_equal(tern_linkbuf_len(&out), 13);
    tern_linkbuf_done(&out);
}

static void test_encoding_nests_no_deeper(void **state)
{
    static json_deep deep[102];
    tern_json_error  why;
    tern_linkbuf     out;

    (void)state;
    tern_linkbuf_init(&out, NULL);
    for (size_t i = 0; i < TERN_COUNT_OF(deep); i++) {
        json_deep_init(&deep[i]);
        deep[i].deeper = i > 0 ? &deep[i - 1] : NULL;
    }
    assert_int_equal(tern_json_encode(&json_deep_descriptor, &deep[100], &out, NULL, &why), 0);
    assert_int_equal(tern_json_encode(&json_deep_descriptor, &deep[101], &out, NULL, &why),
                     -EMSGSIZE);
    assert_non_null(strstr(why.text, "nested too deeply"));
    tern_linkbuf_done(&out);
}

// Also one that some would have in quadratic time.
static void test_many_keys_are_told_apart(void **state)
{
    tern_json_error why;
    char           *p = text;

    (void)state;
    p += sprintf(p, "{\"byString\":{");
    for (int i = 50000; i > 0; i--)
        p += sprintf(p, "%s\"k%d\":\"\"", i == 50000 ? "" : ",", i);
    sprintf(p, "}}");
    assert_int_equal(DECODE(json_maps, strlen(text), .indent = 0), 0);
    sprintf(p, ",\"k777\":\"\"}}");
    assert_int_equal(DECODE(json_maps, strlen(text), .indent = 0), -EBADMSG);
}

static void test_error_line_is_never_cut_open(void **state)
{
    tern_json_error why;
    size_t          len;

    (void)state;
    len = nest("{\"deeper\":", "{\"depth\":\"\"}", "}", 90);
    assert_int_equal(DECODE(json_deep, len, .indent = 0), -EBADMSG);
    assert_true(strlen(why.text) < sizeof why.text - 1);
    assert_non_null(strstr(why.text, ": not a number"));
}

static void test_unknown_options_are_refused(void **state)
{
    struct {
        tern_json_opts known;
        int            more[2];
    } opts = { .more = { 1 } };
    tern_json_error why;

    (void)state;
    assert_null(tern_json_decode_sized(&json_deep_descriptor, "{}", 2, &opts.known, &why,
                                       (uint64_t)sizeof opts));
    assert_int_equal(why.err, -E2BIG);
}

// ---- memory --------------------------------------------------------------

static const char everything[] =
    "{\"any\":{\"@type\":\"x/json.Maps\",\"byInt32\":{\"3\":1,\"2\":2},\"deeper\":{\"a\":{}}},"
    "\"object\":{\"a\":[1,\"two\",{}]},\"times\":[\"1970-01-01T00:00:00Z\"],"
    "\"anys\":[{\"@type\":\"x/json.old.Older\",\"[json.old.nick]\":\"a\",\"group\":{}}],"
    "\"spans\":{\"q\":\"1s\",\"p\":\"1s\",\"o\":\"1s\",\"n\":\"1s\",\"m\":\"1s\",\"l\":\"1s\",\"k\":\"1s\","
    "\"j\":\"1s\",\"i\":\"1s\",\"h\":\"1s\",\"g\":\"1s\",\"f\":\"1s\",\"e\":\"1s\",\"d\":\"1s\",\"c\":\"1s\","
    "\"b\":\"1s\",\"a\":\"1s\"}}";

static const tern_json_opts with_all = { .types = json_types, .extensions = json_extensions };

static tern_json_opts all_options(void)
{
    tern_json_opts opts = with_all;

    opts.n_types = json_n_types;
    opts.n_extensions = json_n_extensions;
    return opts;
}

static void test_any_failing_allocation_while_decoding(void **state)
{
    tern_json_opts opts = all_options();
    char           long_one[12000];

    (void)state;
    // More than the first piece of the wire has room for.
    snprintf(long_one, sizeof long_one, "%.*s,\"aString\":\"%09000d\"}", (int)sizeof everything - 2,
             everything, 7);
    for (long i = 0;; i++) {
        tern_json_error why = { 0 };
        void           *msg;

        counting_mem_fail_at(i);
        msg = tern_json_decode(&json_known_descriptor, long_one, strlen(long_one), &opts, &why);
        counting_mem_fail_at(-1);
        terni_json_table_cleanup();
        if (msg) {
            assert_true(i > 10);
            tern_message_free(&json_known_descriptor, msg);
            return;
        }
        assert_int_equal(why.err, -ENOMEM);
        assert_non_null(strstr(why.text, "no memory left for it"));
        terni_plan_cleanup();
        assert_int_equal(counting_mem_live(), 0);
    }
}

static void test_any_failing_allocation_while_encoding(void **state)
{
    tern_json_opts opts = all_options();
    void          *msg =
        tern_json_decode(&json_known_descriptor, everything, strlen(everything), &opts, NULL);
    tern_linkbuf out;
    long         before;

    (void)state;
    assert_non_null(msg);
    // The codec's plans for what an Any holds stay.
    tern_linkbuf_init(&out, NULL);
    assert_int_equal(tern_json_encode(&json_known_descriptor, msg, &out, &opts, NULL), 0);
    tern_linkbuf_done(&out);
    terni_json_table_cleanup();
    before = counting_mem_live();
    for (long i = 0;; i++) {
        tern_json_error why = { 0 };
        int             err;

        tern_linkbuf_init(&out, NULL);
        counting_mem_fail_at(i);
        err = tern_json_encode(&json_known_descriptor, msg, &out, &opts, &why);
        counting_mem_fail_at(-1);
        terni_json_table_cleanup();
        if (err == 0) {
            assert_true(i > 5);
            tern_linkbuf_done(&out);
            break;
        }
        // Of an extension it is not told why it could not be had.
        assert_true(err == -ENOMEM ||
                    (err == -EINVAL && strstr(why.text, "no memory left for it")));
        assert_true(tern_linkbuf_is_empty(&out));
        assert_int_equal(counting_mem_live(), before);
    }
    tern_message_free(&json_known_descriptor, msg);
}

static void test_text_in_many_blocks(void **state)
{
    tern_json_opts opts = all_options();
    tern_linkbuf   in, piece;
    void          *msg;

    (void)state;
    tern_linkbuf_init(&in, NULL);
    for (size_t i = 0; i < strlen(everything); i++) {
        tern_linkbuf_init(&piece, NULL);
        assert_int_equal(tern_linkbuf_append(&piece, everything + i, 1), 0);
        tern_linkbuf_splice(&in, &piece);
        tern_linkbuf_done(&piece);
    }
    assert_non_null(msg = tern_json_decode_linkbuf(&json_known_descriptor, &in, &opts, NULL));
    assert_int_equal(tern_linkbuf_len(&in), strlen(everything));
    tern_message_free(&json_known_descriptor, msg);
    tern_linkbuf_clear(&in);
    assert_null(tern_json_decode_linkbuf(&json_known_descriptor, &in, &opts, NULL));
    tern_linkbuf_done(&in);
}

// Cut off anywhere, it is no message, and nothing behind the end is read (a sanitizer says so).
static void test_text_that_is_cut_off(void **state)
{
    tern_json_opts opts = all_options();

    (void)state;
    for (size_t len = 0; len < strlen(everything); len++) {
        char *exact = tern_mem_alloc(len + 1);

        assert_non_null(exact);
        memcpy(exact + 1, everything, len);
        assert_null(tern_json_decode(&json_known_descriptor, exact + 1, len, &opts, NULL));
        tern_mem_free(exact);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, counting_mem_set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(test_nesting_is_bounded),
        TEST(test_nesting_of_dynamic_values_is_bounded),
        TEST(test_nesting_of_what_is_skipped_is_bounded),
        TEST(test_nesting_of_any_is_bounded),
        TEST(test_length_is_bounded),
        TEST(test_encoding_nests_no_deeper),
        TEST(test_many_keys_are_told_apart),
        TEST(test_error_line_is_never_cut_open),
        TEST(test_unknown_options_are_refused),
        TEST(test_any_failing_allocation_while_decoding),
        TEST(test_any_failing_allocation_while_encoding),
        TEST(test_text_in_many_blocks),
        TEST(test_text_that_is_cut_off),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
