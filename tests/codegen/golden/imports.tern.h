// imports.tern.h: made from imports.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef IMPORTS_TERN_H
#define IMPORTS_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/pb/google/protobuf/any.tern.h>
#include <tern/pb/google/protobuf/struct.tern.h>
#include <tern/stub.h>

#include "lib/public.tern.h"
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
static inline app_box_sides_entry *app_box_sides_entry_literal_(app_box_sides_entry *m)
{
    if (!m->key)
        m->key = protobuf_c_empty_string;
    return m;
}

// The entry of `sides` under `key`, or NULL.
static inline const app_box_sides_entry *app_box_sides_get(const app_box *m, const char *key)
{
    return (const app_box_sides_entry *)tern_message_find(m->sides, m->n_sides, key);
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define APP_BOX(...)             TERN_LITERAL(app_box, __VA_ARGS__)
#define APP_BOX_SIDES_ENTRY(...) TERN_INITIAL(app_box_sides_entry, __VA_ARGS__)

// ---- app.Boxes ----------------------------------------------------------

// Boxes across packages.
extern const tern_service app_boxes_service;
extern const tern_method  app_boxes_methods[2];

// rpc Measure(Box) returns (lib.Length)
// Measures without ever blocking.
TERN_NODISCARD static inline tern_status app_boxes_measure(tern_channel *ch, const app_box *req,
                                                           const tern_call_opts *opts,
                                                           lib_length          **ret_reply)
{
    return tern_stub_unary(ch, &app_boxes_methods[0], req, opts, ret_reply);
}
TERN_NODISCARD static inline tern_call *app_boxes_measure_begin(tern_channel         *ch,
                                                                const app_box        *req,
                                                                const tern_call_opts *opts,
                                                                lib_length          **ret_reply)
{
    return tern_stub_begin(ch, &app_boxes_methods[0], req, opts, ret_reply);
}

typedef void app_boxes_measure_done(tern_status st, const lib_length *reply, void *arg);

static inline void app_boxes_measure_async(tern_channel *ch, const app_box *req,
                                           const tern_call_opts *opts, app_boxes_measure_done *done,
                                           void *arg)
{
    tern_stub_unary_async(ch, &app_boxes_methods[0], req, opts, (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(app_boxes_measure_call);
void app_boxes_measure_reply(app_boxes_measure_call *call, const lib_length *reply)
    TERN_STUB(reply);
void app_boxes_measure_fail(app_boxes_measure_call *call, tern_code code) TERN_STUB(fail);

// rpc Pack(Box) returns (demo.v1.Tree.Node)
__attribute__((deprecated)) TERN_NODISCARD static inline tern_status
app_boxes_pack(tern_channel *ch, const app_box *req, const tern_call_opts *opts,
               demo_v1_tree_node **ret_reply)
{
    return tern_stub_unary(ch, &app_boxes_methods[1], req, opts, ret_reply);
}
__attribute__((deprecated)) TERN_NODISCARD static inline tern_call *
app_boxes_pack_begin(tern_channel *ch, const app_box *req, const tern_call_opts *opts,
                     demo_v1_tree_node **ret_reply)
{
    return tern_stub_begin(ch, &app_boxes_methods[1], req, opts, ret_reply);
}

typedef void app_boxes_pack_done(tern_status st, const demo_v1_tree_node *reply, void *arg);

__attribute__((deprecated)) static inline void
app_boxes_pack_async(tern_channel *ch, const app_box *req, const tern_call_opts *opts,
                     app_boxes_pack_done *done, void *arg)
{
    tern_stub_unary_async(ch, &app_boxes_methods[1], req, opts, (tern_stub_done_fn *)done, arg);
}

TERN_HANDLE(app_boxes_pack_call);
void app_boxes_pack_reply(app_boxes_pack_call *call, const demo_v1_tree_node *reply)
    TERN_STUB(reply);
void app_boxes_pack_fail(app_boxes_pack_call *call, tern_code code) TERN_STUB(fail);

// One handler per method: a sync one, on a fiber, or an async one, on the poller.
typedef struct app_boxes_handlers {
    tern_code (*measure)(tern_ctx *ctx, const app_box *req, lib_length *reply);
    void (*measure_async)(app_boxes_measure_call *call, const app_box *req);
    tern_code (*pack)(tern_ctx *ctx, const app_box *req, demo_v1_tree_node *reply);
    void (*pack_async)(app_boxes_pack_call *call, const app_box *req);
} app_boxes_handlers;

static inline void app_boxes_register(tern_server *srv, const app_boxes_handlers *handlers,
                                      const tern_service_opts *opts)
{
    tern_stub_register(srv, &app_boxes_service, handlers, opts);
}

#ifdef __cplusplus
}
#endif

#endif
