// The conformance suite's program under test, on the public API alone. On standard input are requests, on standard
// output the answers: a length (4 bytes, little-endian) and a ConformanceRequest or ConformanceResponse each. The end
// of the input is the end of it.
#include "tests/conformance/testee_internal.h"

#include <errno.h>
#include <endian.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <tern/pb/google/protobuf/any.tern.h>
#include <tern/pb/google/protobuf/duration.tern.h>
#include <tern/pb/google/protobuf/empty.tern.h>
#include <tern/pb/google/protobuf/field_mask.tern.h>
#include <tern/pb/google/protobuf/struct.tern.h>
#include <tern/pb/google/protobuf/timestamp.tern.h>
#include <tern/pb/google/protobuf/wrappers.tern.h>

#include "test_messages_proto2.tern.h"
#include "test_messages_proto3.tern.h"

// Of a request: the suite's largest are far below.
#define MAX_REQUEST (64u * 1024 * 1024)

const ProtobufCMessageDescriptor *const testee_types[] = {
    &protobuf_test_messages_proto2_test_all_types_proto2_descriptor,
    &protobuf_test_messages_proto2_unknown_to_test_all_types_descriptor,
    &protobuf_test_messages_proto2_test_all_types_proto2_message_set_correct_descriptor,
    &protobuf_test_messages_proto3_test_all_types_proto3_descriptor,
    &google_protobuf_any_descriptor,
    &google_protobuf_bool_value_descriptor,
    &google_protobuf_bytes_value_descriptor,
    &google_protobuf_double_value_descriptor,
    &google_protobuf_duration_descriptor,
    &google_protobuf_empty_descriptor,
    &google_protobuf_field_mask_descriptor,
    &google_protobuf_float_value_descriptor,
    &google_protobuf_int32_value_descriptor,
    &google_protobuf_int64_value_descriptor,
    &google_protobuf_list_value_descriptor,
    &google_protobuf_string_value_descriptor,
    &google_protobuf_struct_descriptor,
    &google_protobuf_timestamp_descriptor,
    &google_protobuf_uint32_value_descriptor,
    &google_protobuf_uint64_value_descriptor,
    &google_protobuf_value_descriptor,
};
const size_t testee_n_types = sizeof testee_types / sizeof *testee_types;

// ---- answers -------------------------------------------------------------

static const char *keep_text(testee_answer *a, const char *text)
{
    snprintf(a->text, sizeof a->text, "%s", text);
    return a->text;
}

void testee_answer_parse_error(testee_answer *a, const char *text)
{
    a->response.result_case = CONFORMANCE_CONFORMANCE_RESPONSE_RESULT_PARSE_ERROR;
    a->response.parse_error = keep_text(a, text);
}

void testee_answer_serialize_error(testee_answer *a, const char *text)
{
    a->response.result_case = CONFORMANCE_CONFORMANCE_RESPONSE_RESULT_SERIALIZE_ERROR;
    a->response.serialize_error = keep_text(a, text);
}

void testee_answer_runtime_error(testee_answer *a, const char *text)
{
    a->response.result_case = CONFORMANCE_CONFORMANCE_RESPONSE_RESULT_RUNTIME_ERROR;
    a->response.runtime_error = keep_text(a, text);
}

void testee_answer_skip(testee_answer *a, const char *why)
{
    a->response.result_case = CONFORMANCE_CONFORMANCE_RESPONSE_RESULT_SKIPPED;
    a->response.skipped = keep_text(a, why);
}

void testee_answer_give_bytes(testee_answer *a, void *bytes, size_t len)
{
    a->payload = bytes;
    a->response.result_case = CONFORMANCE_CONFORMANCE_RESPONSE_RESULT_PROTOBUF_PAYLOAD;
    a->response.protobuf_payload = (ProtobufCBinaryData){ len, bytes };
}

void testee_answer_give_json(testee_answer *a, char *text)
{
    a->payload = text;
    a->response.result_case = CONFORMANCE_CONFORMANCE_RESPONSE_RESULT_JSON_PAYLOAD;
    a->response.json_payload = text;
}

static void answer_init(testee_answer *a)
{
    conformance_conformance_response_init(&a->response);
    a->payload = NULL;
}

static void answer_done(testee_answer *a) { free(a->payload); }

// ---- messages in and out -------------------------------------------------

static void *decode_bytes(const ProtobufCMessageDescriptor *type, ProtobufCBinaryData in,
                          testee_answer *a)
{
    tern_unpack_error why;
    void             *message = tern_message_unpack_why(type, in.data, in.len, &why);

    if (!message && why.err == -EBADMSG)
        testee_answer_parse_error(a, why.text);
    else if (!message)
        testee_answer_runtime_error(a, why.text);
    return message;
}

static void encode_bytes(const ProtobufCMessageDescriptor *type, const void *message,
                         testee_answer *a)
{
    size_t   size = tern_message_size(type, message);
    uint8_t *bytes = malloc(size + 1);
    ssize_t  len = bytes ? tern_message_pack(type, message, bytes, size) : -ENOMEM;

    if (len >= 0) {
        testee_answer_give_bytes(a, bytes, (size_t)len);
        return;
    }
    free(bytes);
    testee_answer_serialize_error(a, strerror((int)-len));
}

static void *decode(const ProtobufCMessageDescriptor      *type,
                    const conformance_conformance_request *request, testee_answer *a)
{
    bool ignores_unknown =
        request->test_category == CONFORMANCE_TEST_CATEGORY_JSON_IGNORE_UNKNOWN_PARSING_TEST;

    switch (request->payload_case) {
    case CONFORMANCE_CONFORMANCE_REQUEST_PAYLOAD_PROTOBUF_PAYLOAD:
        return decode_bytes(type, request->protobuf_payload, a);
    case CONFORMANCE_CONFORMANCE_REQUEST_PAYLOAD_JSON_PAYLOAD:
        return testee_json_decode(type, request->json_payload, ignores_unknown, a);
    case CONFORMANCE_CONFORMANCE_REQUEST_PAYLOAD_JSPB_PAYLOAD:
    case CONFORMANCE_CONFORMANCE_REQUEST_PAYLOAD_TEXT_PAYLOAD:
        testee_answer_skip(a, "neither bytes nor JSON in");
        return NULL;
    case CONFORMANCE_CONFORMANCE_REQUEST_PAYLOAD_NOT_SET:
        break;
    }
    testee_answer_runtime_error(a, "a request without a payload");
    return NULL;
}

static void encode(const ProtobufCMessageDescriptor *type, const void *message,
                   conformance_wire_format format, testee_answer *a)
{
    if (format == CONFORMANCE_WIRE_FORMAT_PROTOBUF)
        encode_bytes(type, message, a);
    else if (format == CONFORMANCE_WIRE_FORMAT_JSON)
        testee_json_encode(type, message, a);
    else
        testee_answer_skip(a, "neither bytes nor JSON out");
}

// ---- requests ------------------------------------------------------------

static const ProtobufCMessageDescriptor *find_type(const char *name)
{
    for (size_t i = 0; i < testee_n_types; i++)
        if (strcmp(testee_types[i]->name, name) == 0)
            return testee_types[i];
    return NULL;
}

static void play(const conformance_conformance_request *request, testee_answer *a)
{
    const ProtobufCMessageDescriptor *type = find_type(request->message_type);
    void                             *message;

    // The runner asks first what is known to fail: nothing.
    if (strcmp(request->message_type, conformance_failure_set_descriptor.name) == 0) {
        encode_bytes(&conformance_failure_set_descriptor, CONFORMANCE_FAILURE_SET(), a);
        return;
    }
    if (!type) {
        testee_answer_skip(a, "a message of another type");
        return;
    }
    if (!(message = decode(type, request, a)))
        return;
    encode(type, message, request->requested_output_format, a);
    tern_message_free(type, message);
}

static void answer(const uint8_t *bytes, size_t len, testee_answer *a)
{
    tern_unpack_error why;
    TERN_AUTO(conformance_conformance_request) *request =
        conformance_conformance_request_unpack_why(bytes, len, &why);

    if (request)
        play(request, a);
    else
        testee_answer_runtime_error(a, why.text);
}

// ---- the pipe ------------------------------------------------------------

static _Noreturn void die(const char *why)
{
    fprintf(stderr, "testee: %s\n", why);
    exit(1);
}

// False at the end of the input. `*ret_bytes` is the caller's to free.
static bool read_request(uint8_t **ret_bytes, size_t *ret_len)
{
    uint32_t len;
    size_t   n = fread(&len, 1, sizeof len, stdin);

    if (n == 0)
        return false;
    if (n < sizeof len)
        die("the input ends within a length");
    if ((*ret_len = le32toh(len)) > MAX_REQUEST)
        die("a request is too long");
    if (!(*ret_bytes = malloc(*ret_len + 1)))
        die("no memory");
    if (fread(*ret_bytes, 1, *ret_len, stdin) < *ret_len)
        die("the input ends within a request");
    return true;
}

static void write_answer(const conformance_conformance_response *response)
{
    size_t   size = conformance_conformance_response_size(response);
    uint8_t *bytes = malloc(size + 1);
    uint32_t prefix = htole32((uint32_t)size);

    if (!bytes)
        die("no memory");
    if (conformance_conformance_response_pack(response, bytes, size) != (ssize_t)size)
        die("an answer cannot be packed");
    fwrite(&prefix, sizeof prefix, 1, stdout);
    fwrite(bytes, 1, size, stdout);
    if (fflush(stdout) != 0)
        die("nobody reads the answers");
    free(bytes);
}

int main(void)
{
    uint8_t      *bytes;
    size_t        len;
    testee_answer a;

    while (read_request(&bytes, &len)) {
        answer_init(&a);
        answer(bytes, len, &a);
        write_answer(&a.response);
        answer_done(&a);
        free(bytes);
    }
    return 0;
}
