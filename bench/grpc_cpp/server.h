// bench/grpc_cpp/server.h: an echo service behind one of gRPC C++'s two asynchronous server APIs.
//
// Threads: made by one thread; gRPC's own threads, or one of the service's, serve.
#ifndef BENCH_GRPC_CPP_SERVER_H
#define BENCH_GRPC_CPP_SERVER_H

#include <memory>

#include <grpcpp/grpcpp.h>

class EchoServer
{
  public:
    virtual ~EchoServer() = default;

    // Before the server is built: adds the service and what it needs.
    virtual void attach(grpc::ServerBuilder &builder) = 0;

    // Serves, on threads of its own, until stop().
    virtual void start() = 0;

    // After the server has shut down: ends what start() began.
    virtual void stop() = 0;
};

std::unique_ptr<EchoServer> make_callback_server();
std::unique_ptr<EchoServer> make_completion_queue_server();

#endif
