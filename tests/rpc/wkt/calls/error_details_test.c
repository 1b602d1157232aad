// What a handler fails with is what its caller finds.
#include <tern/error_details.h>

#include <stdatomic.h>

#include <tern/any.h>

#include "tests/rpc/support/host.h"
#include "tests/rpc/support/warm_up.h"
#include "tests/rpc/wkt/calls/desk.h"
#include "tests/rpc/wkt/calls/desk.tern.h"
#include "tests/support/leak.h"

typedef struct outcome outcome;
struct outcome {
    host           host;
    tern_channel  *channel;
    tern_status    st;
    tern_call_info info;
};

static void begin(outcome *o)
{
    *o = (outcome){ .host.add_services = desk_register };
    host_start(&o->host);
    o->channel = host_connect(o->host.address, NULL);
}

static void end(outcome *o)
{
    tern_call_info_done(&o->info);
    tern_channel_free(o->channel);
    host_end(&o->host);
}

static void place(outcome *o, const char *how, int32_t code)
{
    test_desk_receipt *receipt = NULL;

    o->st = test_desk_desk_place(o->channel, TEST_DESK_ORDER(.how = how, .code = code),
                                 &(tern_call_opts){ .info = &o->info }, &receipt);
    test_desk_receipt_free(receipt);
}

// That the details say the same as the call: gRPC's own libraries insist on it.
static void check_status(const outcome *o, size_t n_details)
{
    TERN_AUTO(google_rpc_status) *status = tern_error_details_unpack(&o->info);

    assert_non_null(status);
    assert_int_equal(status->code, o->st.code);
    assert_string_equal(status->message, o->info.message);
    assert_int_equal(status->n_details, n_details);
}

static void check_violation(const google_rpc_bad_request *bad, size_t i, const char *field,
                            const char *description)
{
    assert_string_equal(bad->field_violations[i]->field, field);
    assert_string_equal(bad->field_violations[i]->description, description);
}

static void test_bad_field_is_found(void **state)
{
    outcome o;

    (void)state;
    begin(&o);
    place(&o, "bad field", 0);
    assert_int_equal(o.st.code, TERN_INVALID_ARGUMENT);
    assert_string_equal(o.st.msg, "how many?");
    check_status(&o, 1);
    TERN_AUTO(google_rpc_bad_request) *bad = tern_error_details_bad_request(&o.info);
    assert_non_null(bad);
    assert_int_equal(bad->n_field_violations, 1);
    check_violation(bad, 0, "count", "at least one");
    assert_null(tern_error_details_error_info(&o.info));
    assert_int_equal(tern_error_details_retry_ms(&o.info), -1);
    end(&o);
}

static void test_all_bad_fields_are_found_in_order(void **state)
{
    const char *const fields[] = { "items[0]", "items[1]", "items[2]", "items[3]", "items[4]" };
    outcome           o;

    (void)state;
    begin(&o);
    place(&o, "bad fields", 0);
    check_status(&o, 1);
    TERN_AUTO(google_rpc_bad_request) *bad = tern_error_details_bad_request(&o.info);
    assert_non_null(bad);
    assert_int_equal(bad->n_field_violations, TERN_COUNT_OF(fields));
    for (size_t i = 0; i < TERN_COUNT_OF(fields); i++)
        check_violation(bad, i, fields[i], "out of stock");
    end(&o);
}

static void test_several_details_are_found_each(void **state)
{
    outcome o;

    (void)state;
    begin(&o);
    place(&o, "busy", 0);
    assert_int_equal(o.st.code, TERN_UNAVAILABLE);
    check_status(&o, 3);
    assert_int_equal(tern_error_details_retry_ms(&o.info), 1500);
    TERN_AUTO(google_rpc_error_info) *why = tern_error_details_error_info(&o.info);
    assert_non_null(why);
    assert_string_equal(why->reason, "QUEUE_FULL");
    assert_string_equal(why->domain, "desk.example.com");
    TERN_AUTO(test_desk_elsewhere) *other =
        tern_error_details_find(&o.info, &test_desk_elsewhere_descriptor);
    assert_non_null(other);
    assert_string_equal(other->desk, "the other one");
    assert_null(tern_error_details_bad_request(&o.info));
    end(&o);
}

static void test_stream_ends_with_details_too(void **state)
{
    test_desk_desk_watch_stream *s;
    unsigned                     n = 0;
    outcome                      o;

    (void)state;
    begin(&o);
    s = test_desk_desk_watch(o.channel, TEST_DESK_ORDER(.how = "busy"),
                             &(tern_call_opts){ .info = &o.info });
    while (test_desk_desk_watch_next(s))
        n++;
    o.st = test_desk_desk_watch_status(s);
    test_desk_desk_watch_stream_free(s);
    assert_int_equal(n, 1);
    check_status(&o, 3);
    assert_int_equal(tern_error_details_retry_ms(&o.info), 1500);
    end(&o);
}

// ---- codes ---------------------------------------------------------------

static void test_code_is_the_calls_and_unknown_if_it_is_none(void **state)
{
    static const struct {
        int32_t said, code;
    } codes[] = {
        { TERN_CANCELLED, TERN_CANCELLED },
        { TERN_UNAUTHENTICATED, TERN_UNAUTHENTICATED },
        { TERN_UNAUTHENTICATED + 1, TERN_UNKNOWN },
        { -1, TERN_UNKNOWN },
        { INT32_MAX, TERN_UNKNOWN },
    };
    outcome o;

    (void)state;
    begin(&o);
    for (size_t i = 0; i < TERN_COUNT_OF(codes); i++) {
        place(&o, "code", codes[i].said);
        assert_int_equal(o.st.code, codes[i].code);
        check_status(&o, 1);  // the second cannot be packed
        place(&o, "status", codes[i].said);
        assert_int_equal(o.st.code, codes[i].code);
        assert_string_equal(o.st.msg, "passed on");
        check_status(&o, 0);
    }
    end(&o);
}

static void test_ok_is_no_failure(void **state)
{
    outcome o;

    (void)state;
    begin(&o);
    place(&o, "status", TERN_OK);
    assert_int_equal(o.st.code, TERN_OK);
    assert_null(o.info.details);
    assert_null(tern_error_details_unpack(&o.info));
    place(&o, "code", TERN_OK);
    assert_int_equal(o.st.code, TERN_OK);
    end(&o);
}

// ---- what cannot be read -------------------------------------------------

static void test_status_that_cannot_be_packed_goes_without_details(void **state)
{
    outcome o;

    (void)state;
    begin(&o);
    place(&o, "unsendable", 0);
    assert_int_equal(o.st.code, TERN_ABORTED);
    assert_string_equal(o.st.msg, "no details");
    assert_null(o.info.details);
    end(&o);
}

static void test_details_that_are_no_status_are_not_found(void **state)
{
    outcome o;

    (void)state;
    begin(&o);
    place(&o, "no status", 0);
    assert_int_equal(o.info.details_len, 2);
    assert_null(tern_error_details_unpack(&o.info));
    assert_null(tern_error_details_bad_request(&o.info));
    assert_int_equal(tern_error_details_retry_ms(&o.info), -1);
    end(&o);
}

static atomic_bool has_failed;

static void fail_allocation(int32_t nth)
{
    if (nth == 0)
        atomic_store(&has_failed, fail_malloc_has_failed());
    fail_malloc_at((uint64_t)nth, nth ? 1 : 0);
}

// Whatever allocation fails: the call ends, and if there are details they are right.
static void test_no_memory_for_details_is_survived(void **state)
{
    int32_t n = 0;
    outcome o;

    (void)state;
    begin(&o);
    desk_brace = fail_allocation;
    do {
        place(&o, "fragile", ++n);
        assert_true(o.st.code == TERN_INVALID_ARGUMENT || o.st.code == TERN_RESOURCE_EXHAUSTED);
        if (o.info.details && o.st.code == TERN_INVALID_ARGUMENT) {
            TERN_AUTO(google_rpc_status) *status = tern_error_details_unpack(&o.info);

            assert_non_null(status);
            assert_int_equal(status->code, o.st.code);
        }
    } while (atomic_load(&has_failed));
    assert_true(n > 4);
    check_status(&o, 1);
    end(&o);
}

static google_protobuf_any *any_of(const void *message)
{
    google_protobuf_any *any = NULL;

    assert_int_equal(tern_any_pack(message, &any), 0);
    return any;
}

// As if a server had sent it.
static int64_t retry_ms_of(const google_rpc_retry_info *retry)
{
    google_protobuf_any *any = any_of(retry);
    uint8_t              bytes[128];
    const ssize_t        len = google_rpc_status_pack(
               GOOGLE_RPC_STATUS(.code = 14, .n_details = 1, .details = &any), bytes, sizeof bytes);

    google_protobuf_any_free(any);
    assert_true(len > 0);
    return tern_error_details_retry_ms(
        &(tern_call_info){ .details = bytes, .details_len = (size_t)len });
}

static void test_retry_that_says_no_time_to_come_is_none(void **state)
{
    (void)state;
    assert_int_equal(retry_ms_of(TERN_RETRY_AFTER(0)), 0);
    assert_int_equal(retry_ms_of(TERN_RETRY_AFTER(61001)), 61001);
    assert_int_equal(retry_ms_of(GOOGLE_RPC_RETRY_INFO()), -1);
    assert_int_equal(
        retry_ms_of(GOOGLE_RPC_RETRY_INFO(.retry_delay = GOOGLE_PROTOBUF_DURATION(.seconds = -1))),
        -1);
    assert_int_equal(
        retry_ms_of(
            GOOGLE_RPC_RETRY_INFO(.retry_delay = GOOGLE_PROTOBUF_DURATION(.seconds = INT64_MAX))),
        -1);
}

static int prepare(void **state)
{
    outcome o;

    (void)state;
    warm_up(&test_desk_desk_service);
    begin(&o);  // the tables of the details
    place(&o, "bad fields", 0);
    google_rpc_bad_request_free(tern_error_details_bad_request(&o.info));
    place(&o, "busy", 0);
    google_rpc_error_info_free(tern_error_details_error_info(&o.info));
    test_desk_elsewhere_free(tern_error_details_find(&o.info, &test_desk_elsewhere_descriptor));
    assert_int_equal(tern_error_details_retry_ms(&o.info), 1500);
    end(&o);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_bad_field_is_found),
        TERN_TEST(test_all_bad_fields_are_found_in_order),
        TERN_TEST(test_several_details_are_found_each),
        TERN_TEST(test_stream_ends_with_details_too),
        TERN_TEST(test_code_is_the_calls_and_unknown_if_it_is_none),
        TERN_TEST(test_ok_is_no_failure),
        TERN_TEST(test_status_that_cannot_be_packed_goes_without_details),
        TERN_TEST(test_details_that_are_no_status_are_not_found),
        TERN_TEST(test_no_memory_for_details_is_survived),
        TERN_TEST(test_retry_that_says_no_time_to_come_is_none),
    };

    return cmocka_run_group_tests(tests, prepare, NULL);
}
