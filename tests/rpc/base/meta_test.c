// Metadata: the rules for what a user brings, and copies.
#include "tests/support/leak.h"

#include <string.h>

#include "rpc/base/meta_internal.h"

// ---- the rules -----------------------------------------------------------

static const char empty[] = "its key is empty";
static const char character[] =
    "its key has a character that is not a small letter, a digit or one of -_.";
static const char reserved[] = "its key is reserved for the protocol";
static const char not_ascii[] =
    "its value is not printable ASCII, for which its key would have to end in -bin";
static const char not_there[] = "its value is longer than 4 GiB, or NULL";

typedef struct rule rule;
struct rule {
    const char *key, *value;
    const char *fault;  // NULL: none
    size_t      len;    // of the value; 0: as long as it is
};

static const rule rules[] = {
    // ---- keys ----
    { "user", "ada", NULL, 0 },
    { "x", "", NULL, 0 },
    { "a-b_c.d9", "v", NULL, 0 },
    { "0", "v", NULL, 0 },
    { "-", "v", NULL, 0 },
    { NULL, "v", empty, 0 },
    { "", "v", empty, 0 },
    { "User", "v", character, 0 },
    { "useR", "v", character, 0 },
    { "us er", "v", character, 0 },
    { " user", "v", character, 0 },
    { "user\n", "v", character, 0 },
    { "user:", "v", character, 0 },
    { ":path", "v", character, 0 },
    { "us\tr", "v", character, 0 },
    { "us\x7fr", "v", character, 0 },
    { "us\xc3\xa4r", "v", character, 0 },
    { "user@host", "v", character, 0 },  // the neighbours of what is allowed
    { "a/b", "v", character, 0 },
    { "a`b", "v", character, 0 },
    { "a{b", "v", character, 0 },
    { "a,b", "v", character, 0 },
    // ---- what wires use themselves ----
    { "grpc-timeout", "1S", reserved, 0 },
    { "grpc-", "v", reserved, 0 },
    { "grpc-trace-bin", "v", reserved, 0 },
    { "grpc-retry-pushback-ms", "10", NULL, 0 },
    { "grpc-retry-pushback-ms2", "10", reserved, 0 },
    { "grpc", "v", NULL, 0 },
    { "grpcx", "v", NULL, 0 },
    { "x-grpc-y", "v", NULL, 0 },
    { "te", "trailers", reserved, 0 },
    { "tea", "v", NULL, 0 },
    { "host", "v", reserved, 0 },
    { "connection", "close", reserved, 0 },
    { "keep-alive", "v", reserved, 0 },
    { "proxy-connection", "v", reserved, 0 },
    { "upgrade", "h2c", reserved, 0 },
    { "transfer-encoding", "chunked", reserved, 0 },
    { "content-type", "text/plain", reserved, 0 },
    { "content-length", "0", reserved, 0 },
    { "content-language", "en", NULL, 0 },
    // ---- values ----
    { "k", " ~", NULL, 0 },
    { "k", "a\nb", not_ascii, 0 },
    { "k", "a\r\nx: y", not_ascii, 0 },
    { "k", "\t", not_ascii, 0 },
    { "k", "\x7f", not_ascii, 0 },
    { "k", "\x1f", not_ascii, 0 },
    { "k", "\xc3\xa4", not_ascii, 0 },
    { "k", "a\0b", not_ascii, 3 },
    { "k", NULL, not_there, 1 },
    { "k", NULL, NULL, 0 },
    { "k", "v", not_there, (size_t)UINT32_MAX + 1 },
    // ---- binary ones ----
    { "k-bin", "a\0\n\xff", NULL, 4 },
    { "a-bin-b", "\n", not_ascii, 0 },
    { "bin", "\n", not_ascii, 0 },
    { "-bin", "\n", not_ascii, 0 },  // nothing in front of it
    { "x_bin", "\n", not_ascii, 0 },
    { "k-bin", NULL, not_there, 1 },
    { "K-bin", "v", character, 0 },
};

static void check_rule(const rule *r)
{
    size_t        len = r->len || !r->value ? r->len : strlen(r->value);
    tern_metadata m = { r->key, r->value, len };
    const char   *fault = terni_meta_find_fault(&m);

    if (!fault != !r->fault || (fault && strcmp(fault, r->fault) != 0))
        fail_msg("\"%s\": %s", r->key ? r->key : "(NULL)", fault ? fault : "nothing is wrong");
}

static void test_each_rule_holds(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(rules); i++)
        check_rule(&rules[i]);
}

static void test_key_has_at_most_what_a_head_can_name(void **state)
{
    static char key[UINT16_MAX + 2];

    (void)state;
    memset(key, 'k', UINT16_MAX);
    assert_null(terni_meta_find_fault(&(tern_metadata){ key, "v", 1 }));
    key[UINT16_MAX] = 'k';
    assert_string_equal(terni_meta_find_fault(&(tern_metadata){ key, "v", 1 }),
                        "its key is longer than 65,535 bytes");
}

static void test_every_byte_of_a_key_is_looked_at(void **state)
{
    (void)state;
    for (int c = 1; c < 256; c++) {
        char key[] = { 'a', (char)c, '\0' };
        bool is_good = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || strchr("-_.", c);

        assert_int_equal(terni_meta_find_fault(&(tern_metadata){ key, "v", 1 }) == NULL, is_good);
    }
}

static void test_every_byte_of_a_value_is_looked_at(void **state)
{
    (void)state;
    for (int c = 0; c < 256; c++) {
        char value[] = { 'a', (char)c };

        assert_int_equal(terni_meta_find_fault(&(tern_metadata){ "k", value, 2 }) == NULL,
                         c >= ' ' && c <= '~');
        assert_null(terni_meta_find_fault(&(tern_metadata){ "k-bin", value, 2 }));
    }
}

// ---- a bad key in a sentence ---------------------------------------------

// It was printed as it is: a newline in the log, and a status whose text is no UTF-8.
static void test_bug_bad_key_was_shown_as_it_is(void **state)
{
    char text[TERNI_MAX_SHOWN_KEY], key[200];

    (void)state;
    terni_meta_show_key("us\ner\xff\xc3\xa4", text);
    assert_string_equal(text, "us?er???");
    terni_meta_show_key("User ~", text);
    assert_string_equal(text, "User ~");
    terni_meta_show_key(NULL, text);
    assert_string_equal(text, "");
    memset(key, 'k', sizeof key);
    key[sizeof key - 1] = '\0';
    terni_meta_show_key(key, text);
    assert_int_equal(strlen(text), TERNI_MAX_SHOWN_KEY - 1);
    assert_memory_equal(text, key, TERNI_MAX_SHOWN_KEY - 1);
}

// ---- copies --------------------------------------------------------------

static void test_copy_is_apart_from_what_it_was_made_of(void **state)
{
    char        key[] = "user", value[] = "a\0b";
    terni_arena arena;
    terni_meta  copy;

    (void)state;
    terni_arena_init(&arena, NULL, 1 << 20);
    assert_true(terni_meta_copy(&arena, &(tern_metadata){ key, value, 3 }, &copy));
    memset(key, 'x', sizeof key);
    memset(value, 'x', sizeof value);
    assert_string_equal(copy.key, "user");
    assert_int_equal(copy.key_len, 4);
    assert_int_equal(copy.value_len, 3);
    assert_memory_equal(copy.value, "a\0b", 4);  // and a NUL
    terni_arena_done(&arena);
}

// memcpy from NULL was undefined, even of nothing: an entry without a value may have none.
static void test_bug_empty_value_may_be_null(void **state)
{
    const terni_meta_list list = { .entries = &(terni_meta){ .key = "k", .key_len = 1 }, .n = 1 };
    terni_arena           arena;
    terni_meta            copy;
    tern_metadata        *kept;
    uint32_t              n;

    (void)state;
    terni_arena_init(&arena, NULL, 1 << 20);
    assert_true(terni_meta_copy(&arena, &(tern_metadata){ "k", NULL, 0 }, &copy));
    assert_int_equal(copy.value_len, 0);
    assert_int_equal(*copy.value, '\0');
    kept = terni_meta_keep(&arena, &list, &n);
    assert_int_equal(n, 1);
    assert_string_equal(kept[0].value, "");
    terni_arena_done(&arena);
}

static const terni_meta three[] = {
    { "a", (const uint8_t *)"1", 1, 1 },
    { "bb-bin", (const uint8_t *)"\0\n", 6, 2 },
    { "cxx", (const uint8_t *)"zz", 1, 0 },  // as in a frame, where other bytes follow
};

static void test_kept_entries_end_with_a_nul(void **state)
{
    const terni_meta_list list = { three, 3 };
    terni_arena           arena;
    tern_metadata        *kept;
    uint32_t              n;

    (void)state;
    terni_arena_init(&arena, NULL, 1 << 20);
    kept = terni_meta_keep(&arena, &list, &n);
    assert_int_equal(n, 3);
    assert_string_equal(kept[0].key, "a");
    assert_string_equal(kept[0].value, "1");
    assert_string_equal(kept[1].key, "bb-bin");
    assert_memory_equal(kept[1].value, "\0\n", 3);
    assert_int_equal(kept[1].len, 2);
    assert_string_equal(kept[2].key, "c");
    assert_string_equal(kept[2].value, "");
    terni_arena_done(&arena);
}

static void copy_and_keep(void *arg)
{
    const terni_meta_list list = { three, 3 };
    char                  big[5000];
    terni_arena           arena;
    terni_meta            copy;
    uint32_t              n;

    (void)arg;
    memset(big, 'v', sizeof big);
    terni_arena_init(&arena, NULL, 1 << 20);
    if (!terni_meta_copy(&arena, &(tern_metadata){ "big", big, sizeof big }, &copy))
        assert_true(fail_malloc_has_failed());
    if (!terni_meta_keep(&arena, &list, &n))
        assert_int_equal(n, 0);
    else
        assert_false(fail_malloc_has_failed());
    terni_arena_done(&arena);
}

static void test_without_memory_nothing_is_half_copied(void **state)
{
    (void)state;
    assert_true(for_each_failed_allocation(copy_and_keep, NULL) >= 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_each_rule_holds),
        TERN_TEST(test_key_has_at_most_what_a_head_can_name),
        TERN_TEST(test_every_byte_of_a_key_is_looked_at),
        TERN_TEST(test_every_byte_of_a_value_is_looked_at),
        TERN_TEST(test_bug_bad_key_was_shown_as_it_is),
        TERN_TEST(test_copy_is_apart_from_what_it_was_made_of),
        TERN_TEST(test_bug_empty_value_may_be_null),
        TERN_TEST(test_kept_entries_end_with_a_nul),
        TERN_TEST(test_without_memory_nothing_is_half_copied),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
