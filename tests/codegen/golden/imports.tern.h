// imports.tern.h: made from imports.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef IMPORTS_TERN_H
#define IMPORTS_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#include "lib/public.tern.h"
#include "google/protobuf/any.tern.h"
#include "google/protobuf/struct.tern.h"
#include "google/protobuf/descriptor.tern.h"
#include "kinds.tern.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file imports_proto_file;

typedef struct app_box             app_box;
typedef struct app_box_sides_entry app_box_sides_entry;

struct app_box {
    ProtobufCMessage                     base;
    lib_length                          *width;
    lib_unit                             unit;
    size_t                               n_sides;
    app_box_sides_entry                **sides;
    demo_v1_tree_node_leaf_state         state;
    google_protobuf_any                 *any;
    google_protobuf_struct              *extra;
    google_protobuf_file_descriptor_set *files;
};
TERN_MESSAGE(app_box);

// One entry of app_box.sides.
struct app_box_sides_entry {
    ProtobufCMessage base;
    const char      *key;
    lib_length      *value;
};
TERN_MESSAGE(app_box_sides_entry);

// The entry of `sides` under `key`, or NULL.
static inline const app_box_sides_entry *app_box_sides_get(const app_box *m, const char *key)
{
    return (const app_box_sides_entry *)tern_message_find(m->sides, m->n_sides, key);
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#ifndef __cplusplus
#define APP_BOX(...)             TERN_LITERAL(app_box, __VA_ARGS__)
#define APP_BOX_SIDES_ENTRY(...) TERN_LITERAL(app_box_sides_entry, __VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif

#endif
