// interop_client --server_host=HOST --server_port=PORT --test_case=CASE: one of gRPC's interop tests, from the
// client's side. Exits with 0 if all was as described, with 1 and what was not on stderr, with 2 if it could not
// be asked so. Takes also --server_host_override, --use_tls and --use_test_ca, as all of its kind do, and with TLS
// --certs=FOLDER.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <tern/address.h>

#include "tests/interop/cases.h"
#include "tests/interop/flags.h"
#include "tests/interop/security.h"

typedef struct interop_case interop_case;
struct interop_case {
    const char      *name;
    interop_case_fn *run;
};

static const interop_case cases[] = {
    { "empty_unary", case_empty_unary },
    { "large_unary", case_large_unary },
    { "client_streaming", case_client_streaming },
    { "server_streaming", case_server_streaming },
    { "ping_pong", case_ping_pong },
    { "empty_stream", case_empty_stream },
    { "client_compressed_unary", case_client_compressed_unary },
    { "server_compressed_unary", case_server_compressed_unary },
    { "client_compressed_streaming", case_client_compressed_streaming },
    { "server_compressed_streaming", case_server_compressed_streaming },
    { "custom_metadata", case_custom_metadata },
    { "status_code_and_message", case_status_code_and_message },
    { "special_status_message", case_special_status_message },
    { "unimplemented_method", case_unimplemented_method },
    { "unimplemented_service", case_unimplemented_service },
    { "cancel_after_begin", case_cancel_after_begin },
    { "cancel_after_first_response", case_cancel_after_first_response },
    { "timeout_on_sleeping_server", case_timeout_on_sleeping_server },
};

// ---- for cases -------------------------------------------------------------

bool expect(bool is_so, const char *fmt, ...)
{
    va_list args;

    if (is_so)
        return true;
    va_start(args, fmt);
    fputs("expected ", stderr);
    vfprintf(stderr, fmt, args);
    fputs("\n", stderr);
    va_end(args);
    return false;
}

bool expect_ended(tern_status st, tern_code code)
{
    return expect(st.code == code, "the call to end with %s, not %s: %s", tern_code_name(code),
                  tern_code_name(st.code), st.msg);
}

static uint8_t zero_bytes[MAX_ZEROS];

grpc_testing_payload *zeros(size_t size)
{
    static grpc_testing_payload payload;

    payload = *GRPC_TESTING_PAYLOAD(.body = { size, zero_bytes });
    return &payload;
}

bool expect_zeros(const grpc_testing_payload *payload, size_t size)
{
    size_t len = payload ? payload->body.len : 0;

    return expect(len == size, "%zu bytes of payload, not %zu", size, len) &&
           expect(!len || memcmp(payload->body.data, zero_bytes, len) == 0, "only zeros");
}

bool send_wish(grpc_testing_test_service_full_duplex_call_stream *s, size_t sent, int32_t wished)
{
    grpc_testing_response_parameters *wish = GRPC_TESTING_RESPONSE_PARAMETERS(.size = wished);
    tern_code                         code = grpc_testing_test_service_full_duplex_call_send(
                                s, GRPC_TESTING_STREAMING_OUTPUT_CALL_REQUEST(.n_response_parameters = 1,
                                                                              .response_parameters = &wish,
                                                                              .payload = zeros(sent)));

    return expect(code == TERN_OK, "to send %zu bytes of payload: %s", sent, tern_code_name(code));
}

bool expect_payload(grpc_testing_test_service_full_duplex_call_stream *s, size_t size)
{
    const grpc_testing_streaming_output_call_response *reply =
        grpc_testing_test_service_full_duplex_call_next(s);

    return expect(reply != NULL, "a message of the stream") && expect_zeros(reply->payload, size);
}

// ---- the program -----------------------------------------------------------

static const interop_case *find_case(const char *name)
{
    for (size_t i = 0; name && i < TERN_COUNT_OF(cases); i++)
        if (strcmp(cases[i].name, name) == 0)
            return &cases[i];
    fprintf(stderr, "interop_client: --test_case is one of\n");
    for (size_t i = 0; i < TERN_COUNT_OF(cases); i++)
        fprintf(stderr, "  %s\n", cases[i].name);
    return NULL;
}

static bool run(const interop_case *c, const char *host, const char *port,
                const tern_channel_opts *opts)
{
    const char *scheme = opts->filters ? "grpcs" : "grpc";
    bool        is_v6 = strchr(host, ':') != NULL;
    char        address[TERN_MAX_ADDRESS];

    snprintf(address, sizeof address, is_v6 ? "%s://[%s]:%s" : "%s://%s:%s", scheme, host, port);
    TERN_AUTO(tern_channel) *ch = tern_connect(address, opts);
    return c->run(ch);
}

int main(int argc, char **argv)
{
    const char *host = "localhost", *port = NULL, *name = NULL;
    const char *override = NULL, *certs = NULL;
    bool        use_tls = false, use_test_ca = false;  // there is no other CA
    const flag  flags[] = {
         { "server_host", .text = &host },      { "server_port", .text = &port },
         { "test_case", .text = &name },        { "server_host_override", .text = &override },
         { "use_test_ca", .is = &use_test_ca }, { "use_tls", .is = &use_tls },
         { "certs", .text = &certs },
    };
    tern_filter_source  filters;
    const interop_case *c;

    if (!flags_parse(argc, argv, flags, TERN_COUNT_OF(flags)) || !(c = find_case(name)))
        return 2;
    if (!port) {
        fprintf(stderr, "interop_client: --server_port is missing\n");
        return 2;
    }
    if (use_tls && !security_make(certs, /* is_server= */ false, &filters))
        return 2;
    if (!run(c, host, port,
             &(tern_channel_opts){ .filters = use_tls ? &filters : NULL, .authority = override }))
        return 1;
    printf("%s: as described\n", name);
    return 0;
}
