// The handlers, called by a server on this very thread: no port, no store but the test's.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <tern/error_details.h>
#include <tern/testing.h>

#include "kv.tern.h"
#include "service.h"

typedef struct shop shop;
struct shop {
    store        *store;
    tern_testing *testing;
};

static int open_shop(void **state)
{
    shop *s = calloc(1, sizeof *s);

    if (!(*state = s) || !(s->store = store_new()) || !(s->testing = tern_testing_new(NULL)))
        return -1;
    service_register(tern_testing_server(s->testing), s->store);
    return 0;
}

static int close_shop(void **state)
{
    shop *s = *state;

    tern_testing_free(s->testing);  // no handler runs any more
    store_free(s->store);
    free(s);
    return 0;
}

static tern_channel *channel_of(void **state)
{
    return tern_testing_channel(((shop *)*state)->testing);
}

static tern_status put(void **state, const char *key, const char *value, tern_call_info *info)
{
    TERN_AUTO(kv_put_reply) *reply = NULL;

    return kv_store_put(
        channel_of(state),
        KV_PUT_REQUEST(.key = key, .value = { strlen(value), (uint8_t *)(uintptr_t)value }),
        &(tern_call_opts){ .info = info }, &reply);
}

static void test_what_is_put_is_in_the_store(void **state)
{
    change *c;

    assert_int_equal(put(state, "ada", "lovelace", NULL).code, TERN_OK);
    assert_non_null(c = store_get(((shop *)*state)->store, "ada"));
    assert_int_equal(c->len, 8);
    change_unref(((shop *)*state)->store, c);
}

static void test_bad_field_is_named(void **state)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    tern_status st = put(state, "", "x", &info);
    TERN_AUTO(google_rpc_bad_request) *bad = tern_error_details_bad_request(&info);

    assert_int_equal(st.code, TERN_INVALID_ARGUMENT);
    assert_non_null(bad);
    assert_int_equal(bad->n_field_violations, 1);
    assert_string_equal(bad->field_violations[0]->field, "key");
}

static void test_unknown_key_is_not_found(void **state)
{
    TERN_AUTO(kv_get_reply) *reply = NULL;
    tern_status st = kv_store_get(channel_of(state), KV_GET_REQUEST(.key = "bob"), NULL, &reply);

    assert_int_equal(st.code, TERN_NOT_FOUND);
    assert_string_equal(st.msg, "no key `bob`");
}

static void test_watcher_sees_what_begins_with_its_prefix(void **state)
{
    TERN_AUTO(kv_store_watch_stream) *w =
        kv_store_watch(channel_of(state), KV_WATCH_REQUEST(.prefix = "user/"), NULL);

    assert_int_equal(kv_store_watch_next(w)->number, 0);  // it is in place
    assert_int_equal(put(state, "elsewhere", "x", NULL).code, TERN_OK);
    assert_int_equal(put(state, "user/ada", "lovelace", NULL).code, TERN_OK);
    assert_string_equal(kv_store_watch_next(w)->key, "user/ada");
}

// Nothing waits and nothing sleeps: the server stops while the test waits for the next change.
static void test_watcher_of_a_server_that_stops_is_told_when_to_come_again(void **state)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    TERN_AUTO(kv_store_watch_stream) *w = kv_store_watch(
        channel_of(state), KV_WATCH_REQUEST(.prefix = ""), &(tern_call_opts){ .info = &info });

    assert_non_null(kv_store_watch_next(w));
    tern_server_stop(tern_testing_server(((shop *)*state)->testing));
    assert_null(kv_store_watch_next(w));
    assert_int_equal(kv_store_watch_status(w).code, TERN_UNAVAILABLE);
    assert_int_equal(tern_error_details_retry_ms(&info), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_what_is_put_is_in_the_store, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(test_bad_field_is_named, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(test_unknown_key_is_not_found, open_shop, close_shop),
        cmocka_unit_test_setup_teardown(test_watcher_sees_what_begins_with_its_prefix, open_shop,
                                        close_shop),
        cmocka_unit_test_setup_teardown(
            test_watcher_of_a_server_that_stops_is_told_when_to_come_again, open_shop, close_shop),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
