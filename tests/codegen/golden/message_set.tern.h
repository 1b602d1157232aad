// message_set.tern.h: made from message_set.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef MESSAGE_SET_TERN_H
#define MESSAGE_SET_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file message_set_proto_file;

typedef struct demo_sets_old  demo_sets_old;
typedef struct demo_sets_item demo_sets_item;

struct demo_sets_old {
    ProtobufCMessage base;
};
TERN_MESSAGE(demo_sets_old);

struct demo_sets_item {
    ProtobufCMessage base;
    const char      *name;
};
TERN_MESSAGE(demo_sets_item);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define DEMO_SETS_OLD(...)  TERN_LITERAL(demo_sets_old, __VA_ARGS__)
#define DEMO_SETS_ITEM(...) TERN_LITERAL(demo_sets_item, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
