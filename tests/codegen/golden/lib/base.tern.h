// base.tern.h: made from base.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef LIB_BASE_TERN_H
#define LIB_BASE_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file lib_base_proto_file;

typedef enum lib_unit {
    LIB_UNIT_NONE = 0,
    LIB_UNIT_METRE = 1,
} lib_unit;
extern const ProtobufCEnumDescriptor lib_unit_descriptor;

typedef struct lib_length lib_length;

struct lib_length {
    ProtobufCMessage base;
    double           value;
    lib_unit         unit;
};
TERN_MESSAGE(lib_length);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define LIB_LENGTH(...) TERN_LITERAL(lib_length, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
