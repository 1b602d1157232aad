// extended_by.tern.h: made from extended_by.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef EXTENDED_BY_TERN_H
#define EXTENDED_BY_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#include "extended.tern.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file extended_by_proto_file;

typedef struct demo_ext_ruled demo_ext_ruled;

struct demo_ext_ruled {
    ProtobufCMessage base;
    int32_t          number;
    demo_ext_rules  *own;
};
TERN_MESSAGE(demo_ext_ruled);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define DEMO_EXT_RULED(...) TERN_LITERAL(demo_ext_ruled, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
