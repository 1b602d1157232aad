// tests/interop/cases.h: what interop_client can be asked to do, after the descriptions that gRPC gives of its
// interop tests. A case makes its calls on the channel, and says what was not as described.
//
// Threads: a case runs on a plain thread, in the blocking style.
#ifndef TESTS_INTEROP_CASES_H
#define TESTS_INTEROP_CASES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "grpc/testing/test.tern.h"

// True when all was as described.
typedef bool interop_case_fn(tern_channel *ch);

// Messages of every kind and size.
interop_case_fn case_empty_unary, case_large_unary, case_client_streaming, case_server_streaming,
    case_ping_pong, case_empty_stream;
// Messages that are compressed, and such as are not.
interop_case_fn case_client_compressed_unary, case_server_compressed_unary,
    case_client_compressed_streaming, case_server_compressed_streaming;
// Metadata, and the ways in which a call does not end well.
interop_case_fn case_custom_metadata, case_status_code_and_message, case_special_status_message,
    case_unimplemented_method, case_unimplemented_service, case_cancel_after_begin,
    case_cancel_after_first_response, case_timeout_on_sleeping_server;

// ---- for cases -------------------------------------------------------------

// Says on stderr what was expected unless it is so, and returns whether it is.
TERN_PRINTF(2, 3) bool expect(bool is_so, const char *fmt, ...);
bool expect_ended(tern_status st, tern_code code);

enum { MAX_ZEROS = 314159 };
// `size` bytes of zeros, and whether a payload is that.
grpc_testing_payload *zeros(size_t size);
bool                  expect_zeros(const grpc_testing_payload *payload, size_t size);

// One message of a stream of both kinds: `sent` bytes of payload, `wished` of them wanted back.
bool send_wish(grpc_testing_test_service_full_duplex_call_stream *s, size_t sent, int32_t wished);
bool expect_payload(grpc_testing_test_service_full_duplex_call_stream *s, size_t size);

#endif
