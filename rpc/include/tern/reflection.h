// tern/reflection.h: grpc.reflection.v1 and v1alpha: tools such as grpcurl, and whoever calls without generated code, ask a
// server for its services and for the .proto files that describe them. Off unless asked for: it tells everyone who can
// connect all that the server can do, which is seldom meant where strangers call.
//
// Lifetime:  the server's.
// Threads:   the one that makes the server, before it starts. The order of registrations does not matter.
// Failure:   as a registration's: tern_serve and tern_server_start tell.
//
//   tern_reflection_register(srv);
#ifndef TERN_REFLECTION_H
#define TERN_REFLECTION_H

#include <tern/base.h>
#include <tern/server.h>

#ifdef __cplusplus
extern "C" {
#endif

// Bytes of a name that is looked up; a client that asks for a longer one is told TERN_INVALID_ARGUMENT, and its stream
// ends.
#define TERN_MAX_REFLECTION_NAME 4096

// What was generated with descriptors=none is listed, and not described.
TERN_API void tern_reflection_register(tern_server *srv);

#ifdef __cplusplus
}
#endif

#endif
