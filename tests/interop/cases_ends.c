// Cases of what goes beside the messages: metadata, statuses, and the end that a caller brings about.
#include <string.h>

#include "tests/interop/cases.h"

// ---- metadata --------------------------------------------------------------

static const tern_metadata echoed[] = {
    { "x-grpc-test-echo-initial", "test_initial_metadata_value", 27 },
    { "x-grpc-test-echo-trailing-bin", "\xab\xab\xab", 3 },
};

static bool has(const tern_metadata *list, size_t n, const tern_metadata *m)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(list[i].key, m->key) == 0 && list[i].len == m->len &&
            memcmp(list[i].value, m->value, m->len) == 0)
            return true;
    return false;
}

static bool expect_echo(const tern_call_info *info)
{
    return expect(has(info->initial, info->n_initial, &echoed[0]), "%s ahead of the reply",
                  echoed[0].key) &&
           expect(has(info->trailing, info->n_trailing, &echoed[1]), "%s behind the reply",
                  echoed[1].key);
}

static bool echo_unary(tern_channel *ch)
{
    TERN_AUTO(grpc_testing_simple_response) *reply = NULL;
    TERN_AUTO(tern_call_info) info = { 0 };
    tern_status st = grpc_testing_test_service_unary_call(
        ch, GRPC_TESTING_SIMPLE_REQUEST(.response_size = 314159, .payload = zeros(271828)),
        &(tern_call_opts){ .metadata = echoed, .n_metadata = 2, .info = &info }, &reply);

    return expect_ended(st, TERN_OK) && expect_zeros(reply->payload, 314159) && expect_echo(&info);
}

static bool echo_stream(tern_channel *ch)
{
    TERN_AUTO(tern_call_info) info = { 0 };
    TERN_AUTO(grpc_testing_test_service_full_duplex_call_stream) *s =
        grpc_testing_test_service_full_duplex_call(
            ch, &(tern_call_opts){ .metadata = echoed, .n_metadata = 2, .info = &info });

    if (!send_wish(s, 271828, 314159))
        return false;
    grpc_testing_test_service_full_duplex_call_close_send(s);
    return expect_payload(s, 314159) &&
           expect(!grpc_testing_test_service_full_duplex_call_next(s), "no second message") &&
           expect_ended(grpc_testing_test_service_full_duplex_call_status(s), TERN_OK) &&
           expect_echo(&info);
}

bool case_custom_metadata(tern_channel *ch) { return echo_unary(ch) && echo_stream(ch); }

// ---- statuses --------------------------------------------------------------

static bool expect_status(tern_status st, const char *message)
{
    return expect_ended(st, TERN_UNKNOWN) &&
           expect(strcmp(st.msg, message) == 0, "the message \"%s\", not \"%s\"", message, st.msg);
}

static bool status_unary(tern_channel *ch, const char *message)
{
    TERN_AUTO(grpc_testing_simple_response) *reply = NULL;

    return expect_status(
        grpc_testing_test_service_unary_call(
            ch,
            GRPC_TESTING_SIMPLE_REQUEST(.response_status =
                                            GRPC_TESTING_ECHO_STATUS(.code = 2,
                                                                     .message = message)),
            NULL, &reply),
        message);
}

static bool status_stream(tern_channel *ch, const char *message)
{
    TERN_AUTO(grpc_testing_test_service_full_duplex_call_stream) *s =
        grpc_testing_test_service_full_duplex_call(ch, NULL);
    tern_code code = grpc_testing_test_service_full_duplex_call_send(
        s, GRPC_TESTING_STREAMING_OUTPUT_CALL_REQUEST(
                   .response_status = GRPC_TESTING_ECHO_STATUS(.code = 2, .message = message)));

    grpc_testing_test_service_full_duplex_call_close_send(s);
    return expect(code == TERN_OK, "to send the wish") &&
           expect(!grpc_testing_test_service_full_duplex_call_next(s), "no message") &&
           expect_status(grpc_testing_test_service_full_duplex_call_status(s), message);
}

bool case_status_code_and_message(tern_channel *ch)
{
    return status_unary(ch, "test status message") && status_stream(ch, "test status message");
}

bool case_special_status_message(tern_channel *ch)
{
    return status_unary(
        ch, "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n");
}

bool case_unimplemented_method(tern_channel *ch)
{
    TERN_AUTO(grpc_testing_empty) *reply = NULL;

    return expect_ended(
        grpc_testing_test_service_unimplemented_call(ch, GRPC_TESTING_EMPTY(), NULL, &reply),
        TERN_UNIMPLEMENTED);
}

bool case_unimplemented_service(tern_channel *ch)
{
    TERN_AUTO(grpc_testing_empty) *reply = NULL;

    return expect_ended(grpc_testing_unimplemented_service_unimplemented_call(
                            ch, GRPC_TESTING_EMPTY(), NULL, &reply),
                        TERN_UNIMPLEMENTED);
}

// ---- an end before the end -------------------------------------------------

bool case_cancel_after_begin(tern_channel *ch)
{
    tern_cancel *cancel = tern_cancel_new();
    TERN_AUTO(grpc_testing_streaming_input_call_response) *reply = NULL;
    TERN_AUTO(grpc_testing_test_service_streaming_input_call_stream) *s =
        grpc_testing_test_service_streaming_input_call(ch, &(tern_call_opts){ .cancel = cancel });

    if (cancel)
        tern_cancel_fire(cancel);
    tern_cancel_free(cancel);
    return expect_ended(grpc_testing_test_service_streaming_input_call_finish(s, &reply),
                        TERN_CANCELLED);
}

bool case_cancel_after_first_response(tern_channel *ch)
{
    TERN_AUTO(tern_cancel) *cancel = tern_cancel_new();
    TERN_AUTO(grpc_testing_test_service_full_duplex_call_stream) *s =
        grpc_testing_test_service_full_duplex_call(ch, &(tern_call_opts){ .cancel = cancel });

    if (!expect(cancel != NULL, "memory") || !send_wish(s, 27182, 31415) ||
        !expect_payload(s, 31415))
        return false;
    tern_cancel_fire(cancel);
    return expect_ended(grpc_testing_test_service_full_duplex_call_status(s), TERN_CANCELLED);
}

bool case_timeout_on_sleeping_server(tern_channel *ch)
{
    TERN_AUTO(grpc_testing_test_service_full_duplex_call_stream) *s =
        grpc_testing_test_service_full_duplex_call(ch, &(tern_call_opts){ .timeout_ms = 1 });
    tern_code code = grpc_testing_test_service_full_duplex_call_send(
        s, GRPC_TESTING_STREAMING_OUTPUT_CALL_REQUEST(.payload = zeros(27182)));

    return expect(code == TERN_OK || code == TERN_DEADLINE_EXCEEDED, "to send, or to be late") &&
           expect(!grpc_testing_test_service_full_duplex_call_next(s), "no message") &&
           expect_ended(grpc_testing_test_service_full_duplex_call_status(s),
                        TERN_DEADLINE_EXCEEDED);
}
