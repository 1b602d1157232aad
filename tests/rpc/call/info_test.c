// All there is to know about a call, in one allocation.
#include "tests/support/leak.h"

#include <string.h>

#include "rpc/call/info_internal.h"

static const terni_meta initial[] = { { "first", (const uint8_t *)"1", 5, 1 } };
static const terni_meta trailing[] = { { "last", (const uint8_t *)"99", 4, 2 },
                                       { "x-bin", (const uint8_t *)"a\0b", 5, 3 } };

static const tern_name     server_names[] = { { TERN_NAME_DNS, "h.example" } };
static const tern_identity server = { .size = sizeof server,
                                      .alpn = "tern/1",
                                      .subject = "CN=server",
                                      .is_verified = true,
                                      .names = server_names,
                                      .n_names = 1 };

static terni_facts all_facts(void)
{
    return (terni_facts){ .message = "not here!",
                          .message_len = 8,
                          .details = (const uint8_t *)"\1\0\2",
                          .details_len = 3,
                          .initial = { initial, 1 },
                          .trailing = { trailing, 2 },
                          .peer = "tcp://h:1",
                          .n_attempts = 3,
                          .identity = &server };
}

static void check_entry(const tern_metadata *m, const char *key, const char *value, size_t len)
{
    assert_string_equal(m->key, key);
    assert_int_equal(m->len, len);
    assert_memory_equal(m->value, value, len + 1);  // and a NUL
}

static void test_info_has_all_that_is_known(void **state)
{
    terni_facts    f = all_facts();
    tern_call_info info = { .message = NULL };

    (void)state;
    terni_info_fill(&info, &f);
    assert_string_equal(info.message, "not here");
    assert_int_equal(info.details_len, 3);
    assert_memory_equal(info.details, "\1\0\2", 3);
    assert_int_equal(info.n_initial, 1);
    check_entry(&info.initial[0], "first", "1", 1);
    assert_int_equal(info.n_trailing, 2);
    check_entry(&info.trailing[0], "last", "99", 2);
    check_entry(&info.trailing[1], "x-bin", "a\0b", 3);
    assert_string_equal(info.peer, "tcp://h:1");
    assert_int_equal(info.n_attempts, 3);
    assert_ptr_not_equal(info.identity, &server);
    assert_true(info.identity->is_verified);
    assert_string_equal(info.identity->subject, "CN=server");
    assert_string_equal(info.identity->names[0].text, "h.example");
    tern_call_info_done(&info);
}

static void test_info_of_nothing_has_empty_strings(void **state)
{
    tern_call_info info = { .message = NULL };

    (void)state;
    terni_info_fill(&info, &(terni_facts){ .peer = "" });
    assert_string_equal(info.message, "");
    assert_string_equal(info.peer, "");
    assert_null(info.details);
    assert_null(info.initial);
    assert_null(info.trailing);
    assert_null(info.identity);
    tern_call_info_done(&info);
}

static void test_info_serves_one_call_after_another(void **state)
{
    terni_facts    f = all_facts();
    tern_call_info info = { .message = NULL };

    (void)state;
    terni_info_fill(&info, &f);
    terni_info_fill(&info, &(terni_facts){ .peer = "unix:@x", .n_attempts = 1 });
    assert_string_equal(info.peer, "unix:@x");
    assert_string_equal(info.message, "");
    assert_int_equal(info.n_trailing, 0);
    assert_int_equal(info.details_len, 0);
    assert_null(info.identity);
    terni_info_reset(&info);
    assert_string_equal(info.peer, "");
    assert_int_equal(info.n_attempts, 0);
    assert_null(info.memory_);
}

static void test_done_twice_is_done_once(void **state)
{
    terni_facts    f = all_facts();
    tern_call_info info = { .message = NULL };

    (void)state;
    terni_info_fill(&info, &f);
    tern_call_info_done(&info);
    tern_call_info_done(&info);
    assert_null(info.memory_);
    assert_null(info.message);
}

static void fill(void *arg)
{
    terni_facts    f = all_facts();
    tern_call_info info = { .message = NULL };

    (void)arg;
    terni_info_fill(&info, &f);
    assert_int_equal(info.n_attempts, 3);
    if (fail_malloc_has_failed()) {
        assert_string_equal(info.message, "");
        assert_string_equal(info.peer, "");
        assert_null(info.identity);
        assert_int_equal(info.n_initial + info.n_trailing + info.details_len, 0);
    }
    tern_call_info_done(&info);
}

static void test_without_memory_numbers_are_all(void **state)
{
    (void)state;
    assert_int_equal(for_each_failed_allocation(fill, NULL), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_info_has_all_that_is_known),
        TERN_TEST(test_info_of_nothing_has_empty_strings),
        TERN_TEST(test_info_serves_one_call_after_another),
        TERN_TEST(test_done_twice_is_done_once),
        TERN_TEST(test_without_memory_numbers_are_all),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
