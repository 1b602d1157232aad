// tests/interop/peers/compression.h: whether the last message that has come was compressed, which gRPC C++ tells
// nobody but the classes of these names.
#ifndef TESTS_INTEROP_PEERS_COMPRESSION_H
#define TESTS_INTEROP_PEERS_COMPRESSION_H

#include <grpcpp/client_context.h>
#include <grpcpp/server_context.h>

uint32_t grpc_call_test_only_get_message_flags(grpc_call *call);  // exported, and in no header

namespace grpc::testing
{

inline bool was_compressed(grpc_call *call)
{
    // As it came, and what is kept of that once it is inflated.
    return grpc_call_test_only_get_message_flags(call) & (0x80000000u | 0x40000000u);
}

class InteropClientContextInspector
{
  public:
    static bool was_compressed(const ClientContext &context)
    {
        return testing::was_compressed(context.call_);
    }
};

class InteropServerContextInspector
{
  public:
    static bool was_compressed(const ServerContext &context)
    {
        return testing::was_compressed(context.call_.call);
    }
};

}  // namespace grpc::testing

#endif
