#include <tern/any.h>

#include <errno.h>
#include <string.h>

#include <tern/pb/google/rpc/error_details.tern.h>
#include <tern/pb/google/rpc/status.tern.h>

#include "tests/support/leak.h"

static google_rpc_error_info *info(void)
{
    static google_rpc_error_info m;

    google_rpc_error_info_init(&m);
    m.reason = "STOCK_EMPTY";
    m.domain = "stock.example.com";
    return &m;
}

// The tables of the types, which stay.
static int warm_up(void **state)
{
    (void)state;
    return google_rpc_error_info_size(info()) == 0 ||
           google_rpc_debug_info_size(GOOGLE_RPC_DEBUG_INFO()) > 0 ||
           google_protobuf_any_size(GOOGLE_PROTOBUF_ANY()) > 0;
}

static void test_what_was_packed_is_unpacked(void **state)
{
    TERN_AUTO(google_protobuf_any) *any = NULL;

    (void)state;
    assert_int_equal(tern_any_pack(info(), &any), 0);
    assert_string_equal(any->type_url, "type.googleapis.com/google.rpc.ErrorInfo");
    TERN_AUTO(google_rpc_error_info) *back =
        tern_any_unpack(any, &google_rpc_error_info_descriptor);
    assert_non_null(back);
    assert_true(google_rpc_error_info_equal(back, info()));
}

static void test_empty_message_is_packed_too(void **state)
{
    TERN_AUTO(google_protobuf_any) *any = NULL;

    (void)state;
    assert_int_equal(tern_any_pack(GOOGLE_RPC_DEBUG_INFO(), &any), 0);
    assert_int_equal(any->value.len, 0);
    TERN_AUTO(google_rpc_debug_info) *back =
        tern_any_unpack(any, &google_rpc_debug_info_descriptor);
    assert_non_null(back);
}

static void test_any_goes_into_an_any(void **state)
{
    TERN_AUTO(google_protobuf_any) *inner = NULL;
    TERN_AUTO(google_protobuf_any) *outer = NULL;

    (void)state;
    assert_int_equal(tern_any_pack(info(), &inner), 0);
    assert_int_equal(tern_any_pack(inner, &outer), 0);
    TERN_AUTO(google_protobuf_any) *back = tern_any_unpack(outer, &google_protobuf_any_descriptor);
    assert_non_null(back);
    assert_true(tern_any_is(back, &google_rpc_error_info_descriptor));
}

// ---- names ---------------------------------------------------------------

static const struct {
    const char *url, *name;
} urls[] = {
    { "type.googleapis.com/google.rpc.ErrorInfo", "google.rpc.ErrorInfo" },
    { "https://example.com/a/b/google.rpc.ErrorInfo", "google.rpc.ErrorInfo" },
    { "/google.rpc.ErrorInfo", "google.rpc.ErrorInfo" },
    { "type.googleapis.com/google.rpc.ErrorInfo2", "google.rpc.ErrorInfo2" },
    { "type.googleapis.com/google.rpc.Error", "google.rpc.Error" },
    { "google.rpc.ErrorInfo", NULL },  // a URL has a slash
    { "type.googleapis.com/google.rpc.ErrorInfo/", NULL },
    { "/", NULL },
    { "", NULL },
    { NULL, NULL },
};

static void test_name_is_what_follows_the_last_slash(void **state)
{
    (void)state;
    for (size_t i = 0; i < TERN_COUNT_OF(urls); i++) {
        const google_protobuf_any *any = GOOGLE_PROTOBUF_ANY(.type_url = urls[i].url);
        const char                *name = tern_any_type_name(any);
        const bool is_it = urls[i].name && strcmp(urls[i].name, "google.rpc.ErrorInfo") == 0;

        if (urls[i].name)
            assert_string_equal(name, urls[i].name);
        else
            assert_null(name);
        assert_int_equal(tern_any_is(any, &google_rpc_error_info_descriptor), is_it);
    }
    assert_null(tern_any_type_name(NULL));
    assert_false(tern_any_is(NULL, &google_rpc_error_info_descriptor));
}

static void test_type_is_found_in_a_registry(void **state)
{
    const ProtobufCMessageDescriptor *const types[] = { &google_rpc_help_descriptor,
                                                        &google_rpc_error_info_descriptor };
    TERN_AUTO(google_protobuf_any) *any = NULL;

    (void)state;
    assert_int_equal(tern_any_pack(info(), &any), 0);
    assert_ptr_equal(tern_any_find_type(any, types, 2), types[1]);
    assert_null(tern_any_find_type(any, types, 1));
    assert_null(tern_any_find_type(any, types, 0));
    assert_null(tern_any_find_type(GOOGLE_PROTOBUF_ANY(), types, 2));
}

// ---- what goes wrong -----------------------------------------------------

static void test_another_type_is_not_unpacked(void **state)
{
    TERN_AUTO(google_protobuf_any) *any = NULL;

    (void)state;
    assert_int_equal(tern_any_pack(info(), &any), 0);
    assert_null(tern_any_unpack(any, &google_rpc_help_descriptor));
}

static void test_bytes_that_are_no_message_are_not_unpacked(void **state)
{
    uint8_t                    bytes[] = { 0x0a, 0x7f };
    const google_protobuf_any *any =
        GOOGLE_PROTOBUF_ANY(.type_url = TERN_ANY_PREFIX "google.rpc.ErrorInfo",
                            .value = { sizeof bytes, bytes });

    (void)state;
    assert_null(tern_any_unpack(any, &google_rpc_error_info_descriptor));
}

static void test_message_that_cannot_be_packed_says_why(void **state)
{
    google_protobuf_any *any = NULL;

    (void)state;
    assert_int_equal(tern_any_pack(GOOGLE_RPC_ERROR_INFO(.reason = "\xff"), &any), -EILSEQ);
    assert_int_equal(tern_any_pack(&(google_rpc_error_info){ .reason = "" }, &any), -EINVAL);
    assert_int_equal(tern_any_pack(NULL, &any), -EINVAL);
    assert_null(any);
}

static void pack_and_unpack(void *arg)
{
    TERN_AUTO(google_protobuf_any) *any = NULL;
    int err = tern_any_pack(info(), &any);

    (void)arg;
    if (err < 0) {
        assert_int_equal(err, -ENOMEM);
        assert_true(fail_malloc_has_failed() && !any);
        return;
    }
    TERN_AUTO(google_rpc_error_info) *back =
        tern_any_unpack(any, &google_rpc_error_info_descriptor);
    assert_true(back || fail_malloc_has_failed());
}

static void test_no_memory_is_said(void **state)
{
    (void)state;
    assert_true(for_each_failed_allocation(pack_and_unpack, NULL) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST(test_what_was_packed_is_unpacked),
        TERN_TEST(test_empty_message_is_packed_too),
        TERN_TEST(test_any_goes_into_an_any),
        TERN_TEST(test_name_is_what_follows_the_last_slash),
        TERN_TEST(test_type_is_found_in_a_registry),
        TERN_TEST(test_another_type_is_not_unpacked),
        TERN_TEST(test_bytes_that_are_no_message_are_not_unpacked),
        TERN_TEST(test_message_that_cannot_be_packed_says_why),
        TERN_TEST(test_no_memory_is_said),
    };

    return cmocka_run_group_tests(tests, warm_up, NULL);
}
