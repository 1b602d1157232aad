// Cases of compression: of one message or another, and seen by the other side. The first call, or stream, says that it
// is compressed and is not: who does not look at what came is found out by it.
#include "tests/interop/cases.h"

// ---- by the client ---------------------------------------------------------

static tern_call_opts gzip(tern_compress which)
{
    return (tern_call_opts){ .compression = { TERN_COMPRESSION_GZIP, which } };
}

static grpc_testing_bool_value *truth(bool value)
{
    static grpc_testing_bool_value values[2];

    values[value] = *GRPC_TESTING_BOOL_VALUE(.value = value);
    return &values[value];
}

static bool send_unary(tern_channel *ch, bool says_compressed, tern_compress which, tern_code code)
{
    TERN_AUTO(grpc_testing_simple_response) *reply = NULL;
    const tern_call_opts opts = gzip(which);

    return expect_ended(
               grpc_testing_test_service_unary_call(
                   ch,
                   GRPC_TESTING_SIMPLE_REQUEST(.expect_compressed = truth(says_compressed),
                                               .response_size = 314159, .payload = zeros(271828)),
                   &opts, &reply),
               code) &&
           (code || expect_zeros(reply->payload, 314159));
}

bool case_client_compressed_unary(tern_channel *ch)
{
    return send_unary(ch, true, TERN_COMPRESS_NEVER, TERN_INVALID_ARGUMENT) &&
           send_unary(ch, true, TERN_COMPRESS_ALWAYS, TERN_OK) &&
           send_unary(ch, false, TERN_COMPRESS_NEVER, TERN_OK);
}

// A stream that has ended says why when it is finished.
static void send_part(grpc_testing_test_service_streaming_input_call_stream *s,
                      bool says_compressed, tern_compress which, size_t size)
{
    tern_stub_compress(s, which);
    (void)!grpc_testing_test_service_streaming_input_call_send(
        s, GRPC_TESTING_STREAMING_INPUT_CALL_REQUEST(.expect_compressed = truth(says_compressed),
                                                     .payload = zeros(size)));
}

static bool is_lie_refused(tern_channel *ch)
{
    const tern_call_opts opts = gzip(TERN_COMPRESS_NEVER);
    TERN_AUTO(grpc_testing_test_service_streaming_input_call_stream) *s =
        grpc_testing_test_service_streaming_input_call(ch, &opts);
    TERN_AUTO(grpc_testing_streaming_input_call_response) *reply = NULL;

    send_part(s, true, TERN_COMPRESS_NEVER, 27182);
    return expect_ended(grpc_testing_test_service_streaming_input_call_finish(s, &reply),
                        TERN_INVALID_ARGUMENT);
}

bool case_client_compressed_streaming(tern_channel *ch)
{
    const tern_call_opts opts = gzip(TERN_COMPRESS_ALWAYS);

    if (!is_lie_refused(ch))
        return false;
    TERN_AUTO(grpc_testing_test_service_streaming_input_call_stream) *s =
        grpc_testing_test_service_streaming_input_call(ch, &opts);
    TERN_AUTO(grpc_testing_streaming_input_call_response) *reply = NULL;

    send_part(s, true, TERN_COMPRESS_ALWAYS, 27182);
    send_part(s, false, TERN_COMPRESS_NEVER, 45904);
    return expect_ended(grpc_testing_test_service_streaming_input_call_finish(s, &reply),
                        TERN_OK) &&
           expect(reply->aggregated_payload_size == 73086, "a sum of 73086, not %d",
                  reply->aggregated_payload_size);
}

// ---- by the server ---------------------------------------------------------

static bool expect_compressed(bool is, bool wanted)
{
    return expect(is == wanted, "a reply that came %s", wanted ? "compressed" : "as it is");
}

static bool receive_unary(tern_channel *ch, bool wanted)
{
    TERN_AUTO(grpc_testing_simple_response) *reply = NULL;
    TERN_AUTO(tern_call_info) info = { 0 };
    const tern_call_opts opts = { .info = &info };

    return expect_ended(
               grpc_testing_test_service_unary_call(
                   ch,
                   GRPC_TESTING_SIMPLE_REQUEST(.response_compressed = truth(wanted),
                                               .response_size = 314159, .payload = zeros(271828)),
                   &opts, &reply),
               TERN_OK) &&
           expect_compressed(info.n_compressed, wanted) && expect_zeros(reply->payload, 314159);
}

bool case_server_compressed_unary(tern_channel *ch)
{
    return receive_unary(ch, true) && receive_unary(ch, false);
}

static bool receive_part(grpc_testing_test_service_streaming_output_call_stream *s, bool wanted,
                         size_t size)
{
    const grpc_testing_streaming_output_call_response *reply =
        grpc_testing_test_service_streaming_output_call_next(s);

    return expect(reply != NULL, "a message of the stream") &&
           expect_compressed(tern_stub_is_compressed(s), wanted) &&
           expect_zeros(reply->payload, size);
}

bool case_server_compressed_streaming(tern_channel *ch)
{
    grpc_testing_response_parameters *wishes[] = {
        GRPC_TESTING_RESPONSE_PARAMETERS(.compressed = truth(true), .size = 31415),
        GRPC_TESTING_RESPONSE_PARAMETERS(.compressed = truth(false), .size = 92653),
    };
    TERN_AUTO(grpc_testing_test_service_streaming_output_call_stream) *s =
        grpc_testing_test_service_streaming_output_call(
            ch,
            GRPC_TESTING_STREAMING_OUTPUT_CALL_REQUEST(.n_response_parameters =
                                                           TERN_COUNT_OF(wishes),
                                                       .response_parameters = wishes),
            NULL);

    return receive_part(s, true, 31415) && receive_part(s, false, 92653) &&
           expect(!grpc_testing_test_service_streaming_output_call_next(s), "no third message") &&
           expect_ended(grpc_testing_test_service_streaming_output_call_status(s), TERN_OK);
}
