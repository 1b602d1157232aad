// 2nd-file.tern.h: made from 2nd-file.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef LIB_2ND_FILE_TERN_H
#define LIB_2ND_FILE_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/stub.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file lib_2nd_file_proto_file;

typedef struct lib_v2_empty lib_v2_empty;

struct lib_v2_empty {
    ProtobufCMessage base;
};
TERN_MESSAGE(lib_v2_empty);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define LIB_V2_EMPTY(...) TERN_LITERAL(lib_v2_empty, __VA_ARGS__)

// ---- lib.v2.Nothing -----------------------------------------------------

extern const tern_service lib_v2_nothing_service;

#ifdef __cplusplus
}
#endif

#endif
