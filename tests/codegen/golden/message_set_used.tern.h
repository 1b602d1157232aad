// message_set_used.tern.h: made from message_set_used.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef MESSAGE_SET_USED_TERN_H
#define MESSAGE_SET_USED_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#include "message_set.tern.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file message_set_used_proto_file;

typedef struct demo_sets_box demo_sets_box;

struct demo_sets_box {
    ProtobufCMessage base;
    demo_sets_old   *old;
};
TERN_MESSAGE(demo_sets_box);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define DEMO_SETS_BOX(...) TERN_LITERAL(demo_sets_box, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
