// route.tern.h: made from route.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef ROUTE_TERN_H
#define ROUTE_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file route_proto_file;

typedef struct route_point   route_point;
typedef struct route_summary route_summary;
typedef struct route_note    route_note;

struct route_point {
    ProtobufCMessage base;
    int32_t          latitude;
    int32_t          longitude;
};
TERN_MESSAGE(route_point);

struct route_summary {
    ProtobufCMessage base;
    uint32_t         n_points;
};
TERN_MESSAGE(route_summary);

struct route_note {
    ProtobufCMessage base;
    const char      *text;
};
TERN_MESSAGE(route_note);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#ifndef __cplusplus
#define ROUTE_POINT(...)   TERN_LITERAL(route_point, __VA_ARGS__)
#define ROUTE_SUMMARY(...) TERN_LITERAL(route_summary, __VA_ARGS__)
#define ROUTE_NOTE(...)    TERN_LITERAL(route_note, __VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif

#endif
