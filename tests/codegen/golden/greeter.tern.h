// greeter.tern.h: made from greeter.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef GREETER_TERN_H
#define GREETER_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file greeter_proto_file;

typedef struct demo_hello_request demo_hello_request;
typedef struct demo_hello_reply   demo_hello_reply;

struct demo_hello_request {
    ProtobufCMessage base;
    const char      *name;
    uint32_t         count;
};
TERN_MESSAGE(demo_hello_request);

struct demo_hello_reply {
    ProtobufCMessage base;
    const char      *message;
};
TERN_MESSAGE(demo_hello_reply);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#ifndef __cplusplus
#define DEMO_HELLO_REQUEST(...) TERN_LITERAL(demo_hello_request, __VA_ARGS__)
#define DEMO_HELLO_REPLY(...)   TERN_LITERAL(demo_hello_reply, __VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif

#endif
