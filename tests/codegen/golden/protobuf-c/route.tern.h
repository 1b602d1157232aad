// route.tern.h: made from route.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef ROUTE_TERN_H
#define ROUTE_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#include "route.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file route_proto_file;

#ifdef __cplusplus
}
#endif

#endif
