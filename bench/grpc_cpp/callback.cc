#include "bench/grpc_cpp/server.h"

#include "bench/echo.grpc.pb.h"

namespace
{

class CallbackServer final : public EchoServer, public bench::Echo::CallbackService
{
  public:
    void attach(grpc::ServerBuilder &builder) override { builder.RegisterService(this); }
    void start() override {}  // gRPC's own threads do
    void stop() override {}

    grpc::ServerUnaryReactor *Echo(grpc::CallbackServerContext *context,
                                   const bench::EchoMessage    *request,
                                   bench::EchoMessage          *reply) override
    {
        grpc::ServerUnaryReactor *reactor = context->DefaultReactor();

        // The request dies with the call, unread by anyone else: its payload is moved, not copied.
        *reply = std::move(*const_cast<bench::EchoMessage *>(request));
        reactor->Finish(grpc::Status::OK);
        return reactor;
    }
};

}  // namespace

std::unique_ptr<EchoServer> make_callback_server() { return std::make_unique<CallbackServer>(); }
