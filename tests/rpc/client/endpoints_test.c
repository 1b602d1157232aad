// The addresses of a channel, parsed.
#include "tests/support/leak.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rpc/client/endpoints_internal.h"

static void test_list_is_parsed_in_order(void **state)
{
    tern_status      st;
    terni_endpoints *e = terni_endpoints_new("tcp://h:1,unix:@a,fd:3", false, &st);

    (void)state;
    assert_int_equal(st.code, TERN_OK);
    assert_int_equal(e->n, 3);
    assert_int_equal(e->items[0].target.address.kind, TERN_ADDRESS_TCP);
    assert_int_equal(e->items[1].target.address.kind, TERN_ADDRESS_UNIX);
    assert_int_equal(e->items[2].target.address.fd, 3);
    terni_endpoints_unref(e);
}

static void check_refused(const char *addresses, const char *message)
{
    tern_status st;

    assert_null(terni_endpoints_new(addresses, false, &st));
    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_memory_equal(st.msg, message, strlen(message));
}

static void test_bad_one_is_named(void **state)
{
    (void)state;
    check_refused("", "cannot connect to \"\": ");
    check_refused("tcp://h:1,", "cannot connect to \"\": ");
    check_refused(",tcp://h:1", "cannot connect to \"\": ");
    check_refused("tcp://h:1,nonsense,unix:@a", "cannot connect to \"nonsense\": ");
}

static char *repeat(const char *text, unsigned n)
{
    char *all = malloc(n * (strlen(text) + 1) + 1), *end = all;

    for (unsigned i = 0; i < n; i++)
        end += sprintf(end, "%s%s", i ? "," : "", text);
    return all;
}

static void test_more_than_the_limit_are_refused(void **state)
{
    char            *addresses = repeat("unix:@a", TERNI_MAX_ENDPOINTS);
    tern_status      st;
    terni_endpoints *e = terni_endpoints_new(addresses, false, &st);

    (void)state;
    assert_int_equal(e->n, TERNI_MAX_ENDPOINTS);
    terni_endpoints_unref(e);
    free(addresses);
    addresses = repeat("unix:@a", TERNI_MAX_ENDPOINTS + 1);
    check_refused(addresses, "more than 1024 addresses for a channel");
    free(addresses);
}

static void test_list_goes_with_the_last_that_holds_it(void **state)
{
    tern_status      st;
    terni_endpoints *e = terni_endpoints_new("unix:@a", false, &st);

    (void)state;
    assert_ptr_equal(terni_endpoints_ref(e), e);
    terni_endpoints_unref(e);
    assert_int_equal(e->n, 1);
    terni_endpoints_unref(e);
    terni_endpoints_unref(NULL);
}

static void test_descriptor_is_taken_once_others_always(void **state)
{
    tern_status      st;
    terni_endpoints *e = terni_endpoints_new("tcp://h:1,unix:@a,fd:3", false, &st);

    (void)state;
    for (int i = 0; i < 3; i++) {
        assert_true(terni_endpoint_take(&e->items[0]));
        assert_true(terni_endpoint_take(&e->items[1]));
        assert_int_equal(terni_endpoint_take(&e->items[2]), i == 0);
    }
    terni_endpoints_unref(e);
}

static void make(void *arg)
{
    tern_status      st;
    terni_endpoints *e = terni_endpoints_new("tcp://h:1,unix:@a", false, &st);

    (void)arg;
    assert_int_equal(st.code, fail_malloc_has_failed() ? TERN_RESOURCE_EXHAUSTED : TERN_OK);
    assert_int_equal(!e, st.code != TERN_OK);
    terni_endpoints_unref(e);
}

static void test_without_memory_there_is_no_list(void **state)
{
    (void)state;
    assert_int_equal(for_each_failed_allocation(make, NULL), 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_list_is_parsed_in_order),
        TERN_TEST(test_bad_one_is_named),
        TERN_TEST(test_more_than_the_limit_are_refused),
        TERN_TEST(test_list_goes_with_the_last_that_holds_it),
        TERN_TEST(test_descriptor_is_taken_once_others_always),
        TERN_TEST(test_without_memory_there_is_no_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
