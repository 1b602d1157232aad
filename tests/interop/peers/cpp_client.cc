// cpp_client --server_host=HOST --server_port=PORT --test_case=CASE: one of gRPC's interop tests on gRPC C++, with
// the flags of gRPC's interop clients.
#include <fstream>
#include <sstream>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <string>

#include <grpcpp/grpcpp.h>

#include "grpc/testing/test.grpc.pb.h"
#include "tests/interop/peers/compression.h"

using namespace grpc::testing;
using grpc::ClientContext;
using grpc::Status;

namespace
{

using Stub = TestService::Stub;

const int sent[] = { 27182, 8, 1828, 45904 };
const int wished[] = { 31415, 9, 2653, 58979 };

void expect(bool is_so, const std::string &what)
{
    if (is_so)
        return;
    std::fprintf(stderr, "expected %s\n", what.c_str());
    std::_Exit(1);
}

void expect_ended(const Status &status, grpc::StatusCode code)
{
    expect(status.error_code() == code, "the call to end with " + std::to_string(code) + ", not " +
                                            std::to_string(status.error_code()) + ": " +
                                            status.error_message());
}

template <class Reply> void expect_zeros(const Reply &reply, int size)
{
    expect(reply.payload().body() == std::string(static_cast<size_t>(size), '\0'),
           std::to_string(size) + " zeros");
}

template <class Request> Request with_payload(int size)
{
    Request request;

    request.mutable_payload()->mutable_body()->resize(static_cast<size_t>(size));
    return request;
}

StreamingOutputCallRequest wish(int size, int sent_size)
{
    auto request = with_payload<StreamingOutputCallRequest>(sent_size);

    request.add_response_parameters()->set_size(size);
    return request;
}

SimpleRequest large()
{
    auto request = with_payload<SimpleRequest>(271828);

    request.set_response_size(314159);
    return request;
}

// ---- payloads ------------------------------------------------------------

void empty_unary(Stub &stub)
{
    ClientContext context;
    Empty         reply;

    expect_ended(stub.EmptyCall(&context, Empty(), &reply), grpc::OK);
}

void large_unary(Stub &stub)
{
    ClientContext  context;
    SimpleResponse reply;

    expect_ended(stub.UnaryCall(&context, large(), &reply), grpc::OK);
    expect_zeros(reply, 314159);
}

void client_streaming(Stub &stub)
{
    ClientContext              context;
    StreamingInputCallResponse reply;
    auto                       out = stub.StreamingInputCall(&context, &reply);

    for (int size : sent)
        expect(out->Write(with_payload<StreamingInputCallRequest>(size)), "to send");
    out->WritesDone();
    expect_ended(out->Finish(), grpc::OK);
    expect(reply.aggregated_payload_size() == 74922, "a sum of 74922");
}

void server_streaming(Stub &stub)
{
    ClientContext               context;
    StreamingOutputCallRequest  request;
    StreamingOutputCallResponse reply;

    for (int size : wished)
        request.add_response_parameters()->set_size(size);
    auto in = stub.StreamingOutputCall(&context, request);
    for (int size : wished) {
        expect(in->Read(&reply), "four messages");
        expect_zeros(reply, size);
    }
    expect(!in->Read(&reply), "no fifth message");
    expect_ended(in->Finish(), grpc::OK);
}

void ping_pong(Stub &stub)
{
    ClientContext               context;
    StreamingOutputCallResponse reply;
    auto                        io = stub.FullDuplexCall(&context);

    for (int i = 0; i < 4; i++) {
        expect(io->Write(wish(wished[i], sent[i])) && io->Read(&reply), "an answer");
        expect_zeros(reply, wished[i]);
    }
    io->WritesDone();
    expect(!io->Read(&reply), "no fifth message");
    expect_ended(io->Finish(), grpc::OK);
}

void empty_stream(Stub &stub)
{
    ClientContext               context;
    StreamingOutputCallResponse reply;
    auto                        io = stub.FullDuplexCall(&context);

    io->WritesDone();
    expect(!io->Read(&reply), "no message");
    expect_ended(io->Finish(), grpc::OK);
}

// ---- metadata and statuses -------------------------------------------------

const char initial_key[] = "x-grpc-test-echo-initial",
           initial_value[] = "test_initial_metadata_value";
const char trailing_key[] = "x-grpc-test-echo-trailing-bin", trailing_value[] = "\xab\xab\xab";

void add_metadata(ClientContext &context)
{
    context.AddMetadata(initial_key, initial_value);
    context.AddMetadata(trailing_key, trailing_value);
}

void expect_echo(const ClientContext &context)
{
    const auto &initial = context.GetServerInitialMetadata();
    const auto &trailing = context.GetServerTrailingMetadata();
    auto        i = initial.find(initial_key), t = trailing.find(trailing_key);

    expect(i != initial.end() && i->second == initial_value, "metadata ahead of the reply");
    expect(t != trailing.end() && t->second == trailing_value, "metadata behind the reply");
}

void custom_metadata(Stub &stub)
{
    ClientContext               unary, stream;
    SimpleResponse              one;
    StreamingOutputCallResponse reply;

    add_metadata(unary);
    expect_ended(stub.UnaryCall(&unary, large(), &one), grpc::OK);
    expect_zeros(one, 314159);
    expect_echo(unary);

    add_metadata(stream);
    auto io = stub.FullDuplexCall(&stream);
    io->Write(wish(314159, 271828));
    io->WritesDone();
    expect(io->Read(&reply), "a message");
    expect_zeros(reply, 314159);
    expect(!io->Read(&reply), "no second message");
    expect_ended(io->Finish(), grpc::OK);
    expect_echo(stream);
}

void expect_status(const Status &status, const std::string &message)
{
    expect_ended(status, grpc::UNKNOWN);
    expect(status.error_message() == message, message + ", not " + status.error_message());
}

void status_unary(Stub &stub, const std::string &message)
{
    ClientContext  context;
    SimpleRequest  request;
    SimpleResponse reply;

    request.mutable_response_status()->set_code(2);
    request.mutable_response_status()->set_message(message);
    expect_status(stub.UnaryCall(&context, request, &reply), message);
}

void status_code_and_message(Stub &stub)
{
    ClientContext               context;
    StreamingOutputCallRequest  request;
    StreamingOutputCallResponse reply;

    status_unary(stub, "test status message");
    request.mutable_response_status()->set_code(2);
    request.mutable_response_status()->set_message("test status message");
    auto io = stub.FullDuplexCall(&context);
    io->Write(request);
    io->WritesDone();
    expect(!io->Read(&reply), "no message");
    expect_status(io->Finish(), "test status message");
}

void special_status_message(Stub &stub)
{
    status_unary(stub,
                 "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n");
}

void unimplemented_method(Stub &stub)
{
    ClientContext context;
    Empty         reply;

    expect_ended(stub.UnimplementedCall(&context, Empty(), &reply), grpc::UNIMPLEMENTED);
}

std::shared_ptr<grpc::Channel> channel;

void unimplemented_service(Stub &)
{
    ClientContext context;
    Empty         reply;

    expect_ended(
        UnimplementedService::NewStub(channel)->UnimplementedCall(&context, Empty(), &reply),
        grpc::UNIMPLEMENTED);
}

// ---- an end before the end -------------------------------------------------

void cancel_after_begin(Stub &stub)
{
    ClientContext              context;
    StreamingInputCallResponse reply;
    auto                       out = stub.StreamingInputCall(&context, &reply);

    context.TryCancel();
    expect_ended(out->Finish(), grpc::CANCELLED);
}

void cancel_after_first_response(Stub &stub)
{
    ClientContext               context;
    StreamingOutputCallResponse reply;
    auto                        io = stub.FullDuplexCall(&context);

    expect(io->Write(wish(31415, 27182)) && io->Read(&reply), "an answer");
    expect_zeros(reply, 31415);
    context.TryCancel();
    expect_ended(io->Finish(), grpc::CANCELLED);
}

void timeout_on_sleeping_server(Stub &stub)
{
    ClientContext               context;
    StreamingOutputCallResponse reply;

    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1));
    auto io = stub.FullDuplexCall(&context);
    io->Write(with_payload<StreamingOutputCallRequest>(27182));
    expect(!io->Read(&reply), "no message");
    expect_ended(io->Finish(), grpc::DEADLINE_EXCEEDED);
}

// ---- compression -----------------------------------------------------------

void expect_compressed(const ClientContext &context, bool is_compressed)
{
    expect(InteropClientContextInspector::was_compressed(context) == is_compressed,
           is_compressed ? "a compressed message" : "a message that is not compressed");
}

Status unary_expecting(Stub &stub, bool is_expected, bool is_compressed)
{
    ClientContext  context;
    SimpleRequest  request = large();
    SimpleResponse reply;

    request.mutable_expect_compressed()->set_value(is_expected);
    context.set_compression_algorithm(is_compressed ? GRPC_COMPRESS_GZIP : GRPC_COMPRESS_NONE);
    Status status = stub.UnaryCall(&context, request, &reply);
    if (status.ok())
        expect_zeros(reply, 314159);
    return status;
}

void client_compressed_unary(Stub &stub)
{
    expect_ended(unary_expecting(stub, true, false), grpc::INVALID_ARGUMENT);
    expect_ended(unary_expecting(stub, true, true), grpc::OK);
    expect_ended(unary_expecting(stub, false, false), grpc::OK);
}

void server_compressed_unary(Stub &stub)
{
    for (bool is_compressed : { true, false }) {
        ClientContext  context;
        SimpleRequest  request = large();
        SimpleResponse reply;

        request.mutable_response_compressed()->set_value(is_compressed);
        expect_ended(stub.UnaryCall(&context, request, &reply), grpc::OK);
        expect_zeros(reply, 314159);
        expect_compressed(context, is_compressed);
    }
}

StreamingInputCallRequest expecting(bool is_compressed, int size)
{
    auto request = with_payload<StreamingInputCallRequest>(size);

    request.mutable_expect_compressed()->set_value(is_compressed);
    return request;
}

void client_compressed_streaming(Stub &stub)
{
    ClientContext              probe, context;
    StreamingInputCallResponse reply;
    auto                       no_compression = grpc::WriteOptions().set_no_compression();

    auto refused = stub.StreamingInputCall(&probe, &reply);
    refused->Write(expecting(true, 27182));
    refused->WritesDone();
    expect_ended(refused->Finish(), grpc::INVALID_ARGUMENT);

    context.set_compression_algorithm(GRPC_COMPRESS_GZIP);
    auto out = stub.StreamingInputCall(&context, &reply);
    expect(out->Write(expecting(true, 27182)) &&
               out->Write(expecting(false, 45904), no_compression),
           "to send");
    out->WritesDone();
    expect_ended(out->Finish(), grpc::OK);
    expect(reply.aggregated_payload_size() == 73086, "a sum of 73086");
}

void server_compressed_streaming(Stub &stub)
{
    const std::pair<int, bool>  parameters[] = { { 31415, true }, { 92653, false } };
    ClientContext               context;
    StreamingOutputCallRequest  request;
    StreamingOutputCallResponse reply;

    for (auto [size, is_compressed] : parameters) {
        auto *one = request.add_response_parameters();

        one->set_size(size);
        one->mutable_compressed()->set_value(is_compressed);
    }
    auto in = stub.StreamingOutputCall(&context, request);
    for (auto [size, is_compressed] : parameters) {
        expect(in->Read(&reply), "two messages");
        expect_zeros(reply, size);
        expect_compressed(context, is_compressed);
    }
    expect(!in->Read(&reply), "no third message");
    expect_ended(in->Finish(), grpc::OK);
}

// ---- the program -----------------------------------------------------------

#define CASE(name)                                                                                 \
    {                                                                                              \
#name, name                                                                                \
    }
const std::map<std::string, void (*)(Stub &)> cases = {
    CASE(empty_unary),
    CASE(large_unary),
    CASE(client_streaming),
    CASE(server_streaming),
    CASE(ping_pong),
    CASE(empty_stream),
    CASE(custom_metadata),
    CASE(status_code_and_message),
    CASE(special_status_message),
    CASE(unimplemented_method),
    CASE(unimplemented_service),
    CASE(cancel_after_begin),
    CASE(cancel_after_first_response),
    CASE(timeout_on_sleeping_server),
    CASE(client_compressed_unary),
    CASE(server_compressed_unary),
    CASE(client_compressed_streaming),
    CASE(server_compressed_streaming),
};

// The value of --name=value, the only form that the tests use.
std::string flag(int argc, char **argv, const std::string &name, const char *otherwise = nullptr)
{
    for (int i = 1; i < argc; i++)
        if (std::string(argv[i]).rfind("--" + name + "=", 0) == 0)
            return argv[i] + name.size() + 3;
    if (otherwise)
        return otherwise;
    std::fprintf(stderr, "cpp_client: --%s is missing\n", name.c_str());
    std::_Exit(2);
}

std::string read_file(const std::string &name)
{
    std::ifstream     in(name);
    std::stringstream text;

    text << in.rdbuf();
    return text.str();
}

std::shared_ptr<grpc::Channel> connect(int argc, char **argv)
{
    std::string address = flag(argc, argv, "server_host") + ":" + flag(argc, argv, "server_port");
    std::string certs = flag(argc, argv, "certs", "") + "/";
    std::string name = flag(argc, argv, "server_host_override", "");
    grpc::ChannelArguments args;

    if (flag(argc, argv, "use_tls", "false") == "false")
        return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
    if (!name.empty())
        args.SetSslTargetNameOverride(name);
    return grpc::CreateCustomChannel(
        address,
        grpc::SslCredentials({ read_file(certs + "ca.pem"), read_file(certs + "client.key"),
                               read_file(certs + "client.pem") }),
        args);
}

}  // namespace

int main(int argc, char **argv)
{
    auto found = cases.find(flag(argc, argv, "test_case"));

    if (found == cases.end())
        return 2;
    channel = connect(argc, argv);
    found->second(*TestService::NewStub(channel));
    std::printf("%s: as described\n", found->first.c_str());
    channel.reset();
    return 0;
}
