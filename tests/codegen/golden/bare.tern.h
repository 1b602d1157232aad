// bare.tern.h: made from bare.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef BARE_TERN_H
#define BARE_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file bare_proto_file;

typedef enum log_ {
    LOG_NONE = 0,
    LOG_EOF = 1,
} log_;
extern const ProtobufCEnumDescriptor log__descriptor;

typedef struct int_  int_;
typedef struct time_ time_;
typedef struct file  file;
typedef struct req_  req_;

struct int_ {
    ProtobufCMessage base;
};
TERN_MESSAGE(int_);

struct time_ {
    ProtobufCMessage base;
    int64_t          seconds;
};
TERN_MESSAGE(time_);

struct file {
    ProtobufCMessage base;
    const char      *path;
};
TERN_MESSAGE(file);

struct req_ {
    ProtobufCMessage base;
};
TERN_MESSAGE(req_);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#ifndef __cplusplus
#define INT_(...)  TERN_LITERAL(int_, __VA_ARGS__)
#define TIME_(...) TERN_LITERAL(time_, __VA_ARGS__)
#define FILE(...)  TERN_LITERAL(file, __VA_ARGS__)
#define REQ_(...)  TERN_LITERAL(req_, __VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif

#endif
