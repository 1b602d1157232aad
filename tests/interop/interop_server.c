// interop_server --port=PORT [--use_tls --certs=FOLDER]: grpc.testing.TestService, for the clients of gRPC's interop
// tests. It listens on all addresses of the machine, or on that of --host, prints `listening on ADDRESS`
// and runs until SIGTERM. Port 0 lets the kernel choose.
#include <signal.h>
#include <stdio.h>

#include <tern/address.h>
#include <tern/fiber.h>

#include "grpc/testing/test.tern.h"
#include "tests/interop/flags.h"
#include "tests/interop/security.h"

enum { MAX_PAYLOAD = 64 << 20 };  // as long as a message may be

// A payload of any size. Never written: the kernel has one page for all of it.
static uint8_t zeros[MAX_PAYLOAD];

// ---- what several methods do -----------------------------------------------

static tern_code check_wish(tern_ctx *ctx, grpc_testing_payload_type type, int32_t size)
{
    if (type != GRPC_TESTING_PAYLOAD_TYPE_COMPRESSABLE)
        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "no payload is of type %d", (int)type);
    if (size < 0 || size > MAX_PAYLOAD)
        return tern_fail(ctx, TERN_INVALID_ARGUMENT, "no payload has %d bytes", size);
    return TERN_OK;
}

static grpc_testing_payload payload_of(int32_t size)
{
    return *GRPC_TESTING_PAYLOAD(.body = { (size_t)size, zeros });
}

static tern_code check_compressed(tern_ctx *ctx, const grpc_testing_bool_value *expected)
{
    if (expected && expected->value && !tern_ctx_is_compressed(ctx))
        return tern_fail(ctx, TERN_INVALID_ARGUMENT,
                         "the message was to be compressed, and is not");
    return TERN_OK;
}

// Of the messages that go from now on, where the handler has said what with.
static void set_compressed(tern_ctx *ctx, const grpc_testing_bool_value *wanted)
{
    tern_ctx_compress(ctx, wanted && wanted->value ? TERN_COMPRESS_ALWAYS : TERN_COMPRESS_NEVER);
}

// What the caller has sent for that goes back as it came.
static void echo_metadata(tern_ctx *ctx)
{
    const tern_metadata *initial = tern_ctx_metadata(ctx, "x-grpc-test-echo-initial");
    const tern_metadata *trailing = tern_ctx_metadata(ctx, "x-grpc-test-echo-trailing-bin");

    if (initial)
        tern_ctx_add_initial(ctx, initial);
    if (trailing)
        tern_ctx_add_trailing(ctx, trailing);
}

static tern_code echo_status(tern_ctx *ctx, const grpc_testing_echo_status *st)
{
    if (!st || st->code == TERN_OK)
        return TERN_OK;
    return tern_fail(ctx, (tern_code)st->code, "%s", st->message);
}

// ---- one answer ------------------------------------------------------------

static tern_code empty_call(tern_ctx *ctx, const grpc_testing_empty *req, grpc_testing_empty *reply)
{
    (void)req;
    (void)reply;
    echo_metadata(ctx);
    return TERN_OK;
}

static tern_code unary_call(tern_ctx *ctx, const grpc_testing_simple_request *req,
                            grpc_testing_simple_response *reply)
{
    tern_code code = check_wish(ctx, req->response_type, req->response_size);

    echo_metadata(ctx);
    if (code || (code = check_compressed(ctx, req->expect_compressed)) ||
        (code = echo_status(ctx, req->response_status)))
        return code;
    tern_ctx_set_compression(ctx, TERN_COMPRESSION_GZIP);
    set_compressed(ctx, req->response_compressed);
    if (!(reply->payload = tern_ctx_alloc(ctx, 1, sizeof *reply->payload)))
        return TERN_RESOURCE_EXHAUSTED;
    *reply->payload = payload_of(req->response_size);
    return TERN_OK;
}

static tern_code streaming_input_call(tern_ctx                                          *ctx,
                                      grpc_testing_test_service_streaming_input_call_in *in,
                                      grpc_testing_streaming_input_call_response        *reply)
{
    const grpc_testing_streaming_input_call_request *req;
    uint64_t                                         sum = 0;
    tern_code                                        code;

    while ((req = grpc_testing_test_service_streaming_input_call_next(in))) {
        if ((code = check_compressed(ctx, req->expect_compressed)))
            return code;
        sum += req->payload ? req->payload->body.len : 0;
    }
    reply->aggregated_payload_size = (int32_t)sum;
    return tern_ctx_check(ctx);
}

// ---- many answers ----------------------------------------------------------

// Either kind of handle that sends.
typedef struct outlet outlet;
struct outlet {
    tern_ctx                                            *ctx;
    grpc_testing_test_service_streaming_output_call_out *out;
    grpc_testing_test_service_full_duplex_call_io       *io;
};

static tern_code send_payload(const outlet *o, int32_t size)
{
    grpc_testing_payload                              payload = payload_of(size);
    const grpc_testing_streaming_output_call_response reply =
        *GRPC_TESTING_STREAMING_OUTPUT_CALL_RESPONSE(.payload = &payload);

    return o->out ? grpc_testing_test_service_streaming_output_call_send(o->out, &reply)
                  : grpc_testing_test_service_full_duplex_call_io_send(o->io, &reply);
}

static tern_code answer_one(const outlet *o, grpc_testing_payload_type type,
                            const grpc_testing_response_parameters *wish)
{
    tern_code code = check_wish(o->ctx, type, wish->size);

    if (code)
        return code;
    if (wish->interval_us > 0 && tern_fiber_sleep((uint64_t)wish->interval_us * 1000) < 0)
        return tern_ctx_check(o->ctx);
    set_compressed(o->ctx, wish->compressed);
    return send_payload(o, wish->size);
}

static tern_code answer_all(const outlet *o, const grpc_testing_streaming_output_call_request *req)
{
    tern_code code = TERN_OK;

    for (size_t i = 0; i < req->n_response_parameters && code == TERN_OK; i++)
        code = answer_one(o, req->response_type, req->response_parameters[i]);
    return code ? code : echo_status(o->ctx, req->response_status);
}

static tern_code streaming_output_call(tern_ctx                                            *ctx,
                                       const grpc_testing_streaming_output_call_request    *req,
                                       grpc_testing_test_service_streaming_output_call_out *out)
{
    echo_metadata(ctx);
    tern_ctx_set_compression(ctx, TERN_COMPRESSION_GZIP);
    return answer_all(&(outlet){ .ctx = ctx, .out = out }, req);
}

static tern_code full_duplex_call(tern_ctx *ctx, grpc_testing_test_service_full_duplex_call_io *io)
{
    const grpc_testing_streaming_output_call_request *req;
    tern_code                                         code = TERN_OK;

    echo_metadata(ctx);
    tern_ctx_set_compression(ctx, TERN_COMPRESSION_GZIP);
    while (code == TERN_OK && (req = grpc_testing_test_service_full_duplex_call_io_next(io)))
        code = answer_all(&(outlet){ .ctx = ctx, .io = io }, req);
    return code ? code : tern_ctx_check(ctx);
}

// ---- the program -----------------------------------------------------------

// UnimplementedCall has no handler, and UnimplementedService is not registered: that is what they are for.
static const grpc_testing_test_service_handlers handlers = {
    .empty_call = empty_call,
    .unary_call = unary_call,
    .streaming_output_call = streaming_output_call,
    .streaming_input_call = streaming_input_call,
    .full_duplex_call = full_duplex_call,
};

// tern_serve would not say which port it has.
static tern_status serve(tern_server *srv)
{
    sigset_t    stops;
    tern_status st;
    int         signo;

    sigemptyset(&stops);
    sigaddset(&stops, SIGINT);
    sigaddset(&stops, SIGTERM);
    sigprocmask(SIG_BLOCK, &stops, NULL);
    if ((st = tern_server_start(srv, NULL, 0)).code)
        return st;
    printf("listening on %s\n", tern_server_address(srv));
    fflush(stdout);
    sigwait(&stops, &signo);
    tern_server_stop(srv);
    return tern_server_wait(srv);
}

static int serve_at(const char *host, const char *port, const tern_filter_source *filters)
{
    char address[TERN_MAX_ADDRESS];

    snprintf(address, sizeof address, "%s://%s:%s", filters ? "tls" : "tcp", host, port);
    TERN_AUTO(tern_server) *srv = tern_listen(address, &(tern_server_opts){ .filters = filters });
    grpc_testing_test_service_register(srv, &handlers, NULL);
    return tern_report(serve(srv));
}

int main(int argc, char **argv)
{
    const char        *host = "0.0.0.0", *port = NULL, *certs = NULL;
    bool               use_tls = false;
    const flag         flags[] = { { "host", .text = &host },
                                   { "port", .text = &port },
                                   { "use_tls", .is = &use_tls },
                                   { "certs", .text = &certs } };
    tern_filter_source filters;

    if (!flags_parse(argc, argv, flags, TERN_COUNT_OF(flags)))
        return 2;
    if (!port) {
        fprintf(stderr, "usage: interop_server --port=PORT [--use_tls --certs=FOLDER]\n");
        return 2;
    }
    if (use_tls && !security_make(certs, /* is_server= */ true, &filters))
        return 2;
    return serve_at(host, port, use_tls ? &filters : NULL);
}
