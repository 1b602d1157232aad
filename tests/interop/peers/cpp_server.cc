// cpp_server --host=HOST --port=PORT: grpc.testing.TestService on gRPC C++, with the flags of gRPC's interop
// servers. It prints where it listens and runs until SIGTERM.
#include <signal.h>

#include <fstream>
#include <sstream>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>

#include <grpcpp/grpcpp.h>

#include "grpc/testing/test.grpc.pb.h"
#include "tests/interop/peers/compression.h"

using namespace grpc::testing;
using grpc::ServerContext;
using grpc::Status;

namespace
{

void echo_metadata(ServerContext *context)
{
    const auto &sent = context->client_metadata();
    auto        initial = sent.find("x-grpc-test-echo-initial");
    auto        trailing = sent.find("x-grpc-test-echo-trailing-bin");

    if (initial != sent.end())
        context->AddInitialMetadata("x-grpc-test-echo-initial",
                                    { initial->second.data(), initial->second.size() });
    if (trailing != sent.end())
        context->AddTrailingMetadata("x-grpc-test-echo-trailing-bin",
                                     { trailing->second.data(), trailing->second.size() });
}

template <class Request> Status status_of(const Request &request)
{
    const EchoStatus &status = request.response_status();

    return Status(static_cast<grpc::StatusCode>(status.code()), status.message());
}

// What was said to be compressed has to be, and nothing else.
template <class Request> Status check_compression(const ServerContext &context, const Request &r)
{
    bool is_compressed = InteropServerContextInspector::was_compressed(context);

    if (!r.has_expect_compressed() || r.expect_compressed().value() == is_compressed)
        return Status::OK;
    return Status(grpc::INVALID_ARGUMENT, is_compressed ? "compressed" : "not compressed");
}

StreamingOutputCallResponse answer_to(const ResponseParameters &wish)
{
    StreamingOutputCallResponse reply;

    std::this_thread::sleep_for(std::chrono::microseconds(wish.interval_us()));
    reply.mutable_payload()->mutable_body()->resize(static_cast<size_t>(wish.size()));
    return reply;
}

class Service final : public TestService::Service
{
    Status EmptyCall(ServerContext *context, const Empty *, Empty *) override
    {
        echo_metadata(context);
        return Status::OK;
    }

    Status UnaryCall(ServerContext *context, const SimpleRequest *request,
                     SimpleResponse *reply) override
    {
        Status status = check_compression(*context, *request);

        echo_metadata(context);
        if (!status.ok() || !(status = status_of(*request)).ok())
            return status;
        if (request->response_compressed().value())
            context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
        reply->mutable_payload()->mutable_body()->resize(
            static_cast<size_t>(request->response_size()));
        return Status::OK;
    }

    Status StreamingInputCall(ServerContext                                 *context,
                              grpc::ServerReader<StreamingInputCallRequest> *in,
                              StreamingInputCallResponse                    *reply) override
    {
        StreamingInputCallRequest request;
        size_t                    sum = 0;

        while (in->Read(&request)) {
            Status status = check_compression(*context, request);

            if (!status.ok())
                return status;
            sum += request.payload().body().size();
        }
        reply->set_aggregated_payload_size(static_cast<int32_t>(sum));
        return Status::OK;
    }

    Status StreamingOutputCall(ServerContext *context, const StreamingOutputCallRequest *request,
                               grpc::ServerWriter<StreamingOutputCallResponse> *out) override
    {
        context->set_compression_algorithm(GRPC_COMPRESS_GZIP);
        for (const ResponseParameters &wish : request->response_parameters()) {
            grpc::WriteOptions options;

            if (!wish.compressed().value())
                options.set_no_compression();
            if (!out->Write(answer_to(wish), options))
                break;
        }
        return Status::OK;
    }

    Status FullDuplexCall(ServerContext                                        *context,
                          grpc::ServerReaderWriter<StreamingOutputCallResponse,
                                                   StreamingOutputCallRequest> *io) override
    {
        StreamingOutputCallRequest request;

        echo_metadata(context);
        while (io->Read(&request)) {
            Status status = status_of(request);

            for (const ResponseParameters &wish : request.response_parameters())
                if (!io->Write(answer_to(wish)))
                    return Status::OK;
            if (!status.ok())
                return status;
        }
        return Status::OK;
    }
};

// The value of --name=value, the only form that the tests use.
std::string flag(int argc, char **argv, const std::string &name, const std::string &otherwise)
{
    for (int i = 1; i < argc; i++)
        if (std::string(argv[i]).rfind("--" + name + "=", 0) == 0)
            return argv[i] + name.size() + 3;
    return otherwise;
}

std::string read_file(const std::string &name)
{
    std::ifstream     in(name);
    std::stringstream text;

    text << in.rdbuf();
    return text.str();
}

std::shared_ptr<grpc::ServerCredentials> credentials(int argc, char **argv)
{
    std::string                       certs = flag(argc, argv, "certs", "") + "/";
    grpc::SslServerCredentialsOptions options(
        GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);

    if (flag(argc, argv, "use_tls", "false") == "false")
        return grpc::InsecureServerCredentials();
    options.pem_root_certs = read_file(certs + "ca.pem");
    options.pem_key_cert_pairs.push_back(
        { read_file(certs + "server.key"), read_file(certs + "server.pem") });
    return grpc::SslServerCredentials(options);
}

}  // namespace

int main(int argc, char **argv)
{
    std::string         host = flag(argc, argv, "host", "0.0.0.0");
    Service             service;
    grpc::ServerBuilder builder;
    sigset_t            stops;
    int                 port = 0, signo;

    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigprocmask(SIG_BLOCK, &stops, nullptr);
    builder.AddListeningPort(host + ":" + flag(argc, argv, "port", "0"),
                             credentials(argc, argv), &port);
    builder.RegisterService(&service);
    builder.SetMaxReceiveMessageSize(-1);
    auto server = builder.BuildAndStart();
    if (!server)
        return 1;
    std::printf("listening on tcp://%s:%d\n", host.c_str(), port);
    std::fflush(stdout);
    sigwait(&stops, &signo);
    server->Shutdown(std::chrono::system_clock::now());
    return 0;
}
