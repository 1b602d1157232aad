// greeter.tern.h: made from greeter.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef GREETER_TERN_H
#define GREETER_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#include "greeter.pb-c.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file greeter_proto_file;

#ifdef __cplusplus
}
#endif

#endif
