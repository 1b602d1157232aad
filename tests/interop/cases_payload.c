// Cases of messages: how many go which way, and how long they are.
#include "tests/interop/cases.h"

bool case_empty_unary(tern_channel *ch)
{
    TERN_AUTO(grpc_testing_empty) *reply = NULL;

    return expect_ended(
               grpc_testing_test_service_empty_call(ch, GRPC_TESTING_EMPTY(), NULL, &reply),
               TERN_OK) &&
           expect(reply != NULL, "a reply");
}

bool case_large_unary(tern_channel *ch)
{
    TERN_AUTO(grpc_testing_simple_response) *reply = NULL;

    return expect_ended(
               grpc_testing_test_service_unary_call(
                   ch,
                   GRPC_TESTING_SIMPLE_REQUEST(.response_size = 314159, .payload = zeros(271828)),
                   NULL, &reply),
               TERN_OK) &&
           expect_zeros(reply->payload, 314159);
}

bool case_client_streaming(tern_channel *ch)
{
    static const size_t sizes[] = { 27182, 8, 1828, 45904 };
    TERN_AUTO(grpc_testing_test_service_streaming_input_call_stream) *s =
        grpc_testing_test_service_streaming_input_call(ch, NULL);
    TERN_AUTO(grpc_testing_streaming_input_call_response) *reply = NULL;

    for (size_t i = 0; i < TERN_COUNT_OF(sizes); i++)
        if (grpc_testing_test_service_streaming_input_call_send(
                s, GRPC_TESTING_STREAMING_INPUT_CALL_REQUEST(.payload = zeros(sizes[i]))))
            break;  // the status says why
    return expect_ended(grpc_testing_test_service_streaming_input_call_finish(s, &reply),
                        TERN_OK) &&
           expect(reply->aggregated_payload_size == 74922, "a sum of 74922, not %d",
                  reply->aggregated_payload_size);
}

enum { N_SIZES = 4 };
static const int32_t wished[N_SIZES] = { 31415, 9, 2653, 58979 };

bool case_server_streaming(tern_channel *ch)
{
    grpc_testing_response_parameters                   wishes[N_SIZES], *wish[N_SIZES];
    const grpc_testing_streaming_output_call_response *reply;
    size_t                                             n = 0;

    for (size_t i = 0; i < N_SIZES; i++) {
        wishes[i] = *GRPC_TESTING_RESPONSE_PARAMETERS(.size = wished[i]);
        wish[i] = &wishes[i];
    }
    TERN_AUTO(grpc_testing_test_service_streaming_output_call_stream) *s =
        grpc_testing_test_service_streaming_output_call(
            ch,
            GRPC_TESTING_STREAMING_OUTPUT_CALL_REQUEST(.n_response_parameters = N_SIZES,
                                                       .response_parameters = wish),
            NULL);
    while ((reply = grpc_testing_test_service_streaming_output_call_next(s)))
        if (!expect(n < N_SIZES, "no fifth message") ||
            !expect_zeros(reply->payload, (size_t)wished[n++]))
            return false;
    return expect_ended(grpc_testing_test_service_streaming_output_call_status(s), TERN_OK) &&
           expect(n == N_SIZES, "four messages, not %zu", n);
}

bool case_ping_pong(tern_channel *ch)
{
    static const size_t sent[N_SIZES] = { 27182, 8, 1828, 45904 };
    TERN_AUTO(grpc_testing_test_service_full_duplex_call_stream) *s =
        grpc_testing_test_service_full_duplex_call(ch, NULL);

    for (size_t i = 0; i < N_SIZES; i++)
        if (!send_wish(s, sent[i], wished[i]) || !expect_payload(s, (size_t)wished[i]))
            return false;
    grpc_testing_test_service_full_duplex_call_close_send(s);
    return expect(!grpc_testing_test_service_full_duplex_call_next(s), "no fifth message") &&
           expect_ended(grpc_testing_test_service_full_duplex_call_status(s), TERN_OK);
}

bool case_empty_stream(tern_channel *ch)
{
    TERN_AUTO(grpc_testing_test_service_full_duplex_call_stream) *s =
        grpc_testing_test_service_full_duplex_call(ch, NULL);

    grpc_testing_test_service_full_duplex_call_close_send(s);
    return expect(!grpc_testing_test_service_full_duplex_call_next(s), "no message") &&
           expect_ended(grpc_testing_test_service_full_duplex_call_status(s), TERN_OK);
}
