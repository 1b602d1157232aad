// kinds.tern.h: made from kinds.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef KINDS_TERN_H
#define KINDS_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/pb/google/protobuf/timestamp.tern.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file kinds_proto_file;

typedef enum demo_v1_tree_node_leaf_state {
    DEMO_V1_TREE_NODE_LEAF_STATE_GREEN = 0,
    DEMO_V1_TREE_NODE_LEAF_STATE_DRY = 1,
} demo_v1_tree_node_leaf_state;
extern const ProtobufCEnumDescriptor demo_v1_tree_node_leaf_state_descriptor;

// A colour, with \backslash at the end \ |
typedef enum demo_v1_color {
    DEMO_V1_COLOR_RED = 0,
    // the same red
    DEMO_V1_COLOR_CRIMSON = 0,
    DEMO_V1_COLOR_GREEN = 7,
    // Below zero.
    DEMO_V1_COLOR_INFRARED = -1,
    DEMO_V1_COLOR_LOWEST = -2147483647 - 1,
    DEMO_V1_COLOR_OLD __attribute__((deprecated)) = 8,
} demo_v1_color;
extern const ProtobufCEnumDescriptor demo_v1_color_descriptor;

typedef struct demo_v1_scalars            demo_v1_scalars;
typedef struct demo_v1_optionals          demo_v1_optionals;
typedef struct demo_v1_repeats            demo_v1_repeats;
typedef struct demo_v1_tree               demo_v1_tree;
typedef struct demo_v1_tree_node          demo_v1_tree_node;
typedef struct demo_v1_tree_node_leaf     demo_v1_tree_node_leaf;
typedef struct demo_v1_shape              demo_v1_shape;
typedef struct demo_v1_shape_rect         demo_v1_shape_rect;
typedef struct demo_v1_maps               demo_v1_maps;
typedef struct demo_v1_maps_labels_entry  demo_v1_maps_labels_entry;
typedef struct demo_v1_maps_shapes_entry  demo_v1_maps_shapes_entry;
typedef struct demo_v1_maps_blobs_entry   demo_v1_maps_blobs_entry;
typedef struct demo_v1_maps_colors_entry  demo_v1_maps_colors_entry;
typedef struct demo_v1_maps_numbers_entry demo_v1_maps_numbers_entry;
typedef struct demo_v1_empty              demo_v1_empty;
typedef struct demo_v1_old                demo_v1_old;
typedef struct demo_v1_sparse             demo_v1_sparse;

struct demo_v1_scalars {
    ProtobufCMessage           base;
    double                     a_double;
    float                      a_float;
    int32_t                    an_int32;
    int64_t                    an_int64;
    uint32_t                   a_uint32;
    uint64_t                   a_uint64;
    int32_t                    a_sint32;
    int64_t                    a_sint64;
    uint32_t                   a_fixed32;
    uint64_t                   a_fixed64;
    int32_t                    a_sfixed32;
    int64_t                    a_sfixed64;
    protobuf_c_boolean         a_bool;
    const char                *a_string;
    ProtobufCBinaryData        some_bytes;
    demo_v1_color              color;
    demo_v1_scalars           *again;
    google_protobuf_timestamp *at;
};
TERN_MESSAGE(demo_v1_scalars);
static inline demo_v1_scalars *demo_v1_scalars_literal_(demo_v1_scalars *m)
{
    if (!m->a_string)
        m->a_string = protobuf_c_empty_string;
    return m;
}

// Presence that proto3 tracks.
struct demo_v1_optionals {
    ProtobufCMessage    base;
    protobuf_c_boolean  has_count;
    int32_t             count;
    const char         *name;
    protobuf_c_boolean  has_data;
    ProtobufCBinaryData data;
    protobuf_c_boolean  has_color;
    demo_v1_color       color;
    demo_v1_optionals  *inner;
    protobuf_c_boolean  has_flag;
    protobuf_c_boolean  flag;
};
TERN_MESSAGE(demo_v1_optionals);

struct demo_v1_repeats {
    ProtobufCMessage     base;
    size_t               n_packed;
    int32_t             *packed;
    size_t               n_unpacked;
    int32_t             *unpacked;
    size_t               n_names;
    const char         **names;
    size_t               n_blobs;
    ProtobufCBinaryData *blobs;
    size_t               n_colors;
    demo_v1_color       *colors;
    size_t               n_items;
    demo_v1_scalars    **items;
    size_t               n_doubles;
    double              *doubles;
    size_t               n_flags;
    protobuf_c_boolean  *flags;
};
TERN_MESSAGE(demo_v1_repeats);

// A tree: messages may hold themselves.
struct demo_v1_tree {
    ProtobufCMessage   base;
    demo_v1_tree      *left;
    demo_v1_tree      *right;
    size_t             n_children;
    demo_v1_tree     **children;
    demo_v1_tree_node *node;
};
TERN_MESSAGE(demo_v1_tree);

// Nested, and deeper.
struct demo_v1_tree_node {
    ProtobufCMessage        base;
    demo_v1_tree_node_leaf *leaf;
};
TERN_MESSAGE(demo_v1_tree_node);

struct demo_v1_tree_node_leaf {
    ProtobufCMessage             base;
    demo_v1_tree_node_leaf_state state;
    demo_v1_tree                *owner;
};
TERN_MESSAGE(demo_v1_tree_node_leaf);

typedef enum demo_v1_shape_kind_case {
    DEMO_V1_SHAPE_KIND_NOT_SET = 0,
    DEMO_V1_SHAPE_KIND_CIRCLE = 2,
    DEMO_V1_SHAPE_KIND_RECT = 3,
    DEMO_V1_SHAPE_KIND_TEXT = 10,
    DEMO_V1_SHAPE_KIND_RAW = 11,
    DEMO_V1_SHAPE_KIND_COLOR = 12,
} demo_v1_shape_kind_case;

typedef enum demo_v1_shape_other_case {
    DEMO_V1_SHAPE_OTHER_NOT_SET = 0,
    DEMO_V1_SHAPE_OTHER_SMALL = 5,
    DEMO_V1_SHAPE_OTHER_LARGE = 6,
} demo_v1_shape_other_case;

struct demo_v1_shape {
    ProtobufCMessage base;
    const char      *name;
    // What it is.
    demo_v1_shape_kind_case kind_case;
    union {
        // Its radius.
        double              circle;
        demo_v1_shape_rect *rect;
        const char         *text;
        ProtobufCBinaryData raw;
        demo_v1_color       color;
    };
    int32_t                  z;
    demo_v1_shape_other_case other_case;
    union {
        uint32_t small;
        uint64_t large;
    };
};
TERN_MESSAGE(demo_v1_shape);
static inline demo_v1_shape *demo_v1_shape_literal_(demo_v1_shape *m)
{
    if (!m->name)
        m->name = protobuf_c_empty_string;
    return m;
}

struct demo_v1_shape_rect {
    ProtobufCMessage base;
    int32_t          w;
    int32_t          h;
};
TERN_MESSAGE(demo_v1_shape_rect);

struct demo_v1_maps {
    ProtobufCMessage             base;
    size_t                       n_labels;
    demo_v1_maps_labels_entry  **labels;
    size_t                       n_shapes;
    demo_v1_maps_shapes_entry  **shapes;
    size_t                       n_blobs;
    demo_v1_maps_blobs_entry   **blobs;
    size_t                       n_colors;
    demo_v1_maps_colors_entry  **colors;
    size_t                       n_numbers;
    demo_v1_maps_numbers_entry **numbers;
};
TERN_MESSAGE(demo_v1_maps);

// One entry of demo_v1_maps.labels.
struct demo_v1_maps_labels_entry {
    ProtobufCMessage base;
    const char      *key;
    const char      *value;
};
TERN_MESSAGE(demo_v1_maps_labels_entry);
static inline demo_v1_maps_labels_entry *
demo_v1_maps_labels_entry_literal_(demo_v1_maps_labels_entry *m)
{
    if (!m->key)
        m->key = protobuf_c_empty_string;
    if (!m->value)
        m->value = protobuf_c_empty_string;
    return m;
}

// One entry of demo_v1_maps.shapes.
struct demo_v1_maps_shapes_entry {
    ProtobufCMessage base;
    int32_t          key;
    demo_v1_shape   *value;
};
TERN_MESSAGE(demo_v1_maps_shapes_entry);

// One entry of demo_v1_maps.blobs.
struct demo_v1_maps_blobs_entry {
    ProtobufCMessage    base;
    protobuf_c_boolean  key;
    ProtobufCBinaryData value;
};
TERN_MESSAGE(demo_v1_maps_blobs_entry);

// One entry of demo_v1_maps.colors.
struct demo_v1_maps_colors_entry {
    ProtobufCMessage base;
    uint64_t         key;
    demo_v1_color    value;
};
TERN_MESSAGE(demo_v1_maps_colors_entry);

// One entry of demo_v1_maps.numbers.
struct demo_v1_maps_numbers_entry {
    ProtobufCMessage base;
    int64_t          key;
    double           value;
};
TERN_MESSAGE(demo_v1_maps_numbers_entry);

struct demo_v1_empty {
    ProtobufCMessage base;
};
TERN_MESSAGE(demo_v1_empty);

// Kept for old peers.
struct demo_v1_old {
    ProtobufCMessage base;
    int32_t          current;
    int32_t          stale __attribute__((deprecated));
    size_t           n_stale_names;
    const char     **stale_names __attribute__((deprecated));
};
TERN_MESSAGE(demo_v1_old);

// Numbers with gaps and out of order: 9, 1, 536870911.
struct demo_v1_sparse {
    ProtobufCMessage base;
    int32_t          nine;
    int32_t          one;
    int32_t          ten;
    int32_t          last;
};
TERN_MESSAGE(demo_v1_sparse);

// The entry of `labels` under `key`, or NULL.
static inline const demo_v1_maps_labels_entry *demo_v1_maps_labels_get(const demo_v1_maps *m,
                                                                       const char         *key)
{
    return (const demo_v1_maps_labels_entry *)tern_message_find(m->labels, m->n_labels, key);
}

// The entry of `shapes` under `key`, or NULL.
static inline const demo_v1_maps_shapes_entry *demo_v1_maps_shapes_get(const demo_v1_maps *m,
                                                                       int32_t             key)
{
    return (const demo_v1_maps_shapes_entry *)tern_message_find(m->shapes, m->n_shapes, &key);
}

// The entry of `blobs` under `key`, or NULL.
static inline const demo_v1_maps_blobs_entry *demo_v1_maps_blobs_get(const demo_v1_maps *m,
                                                                     protobuf_c_boolean  key)
{
    return (const demo_v1_maps_blobs_entry *)tern_message_find(m->blobs, m->n_blobs, &key);
}

// The entry of `colors` under `key`, or NULL.
static inline const demo_v1_maps_colors_entry *demo_v1_maps_colors_get(const demo_v1_maps *m,
                                                                       uint64_t            key)
{
    return (const demo_v1_maps_colors_entry *)tern_message_find(m->colors, m->n_colors, &key);
}

// The entry of `numbers` under `key`, or NULL.
__attribute__((deprecated)) static inline const demo_v1_maps_numbers_entry *
demo_v1_maps_numbers_get(const demo_v1_maps *m, int64_t key)
{
    return (const demo_v1_maps_numbers_entry *)tern_message_find(m->numbers, m->n_numbers, &key);
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
// A member with a has_ beside it counts only when that is set as well; what is left out is
// absent, and reads as its default once it has been sent.
#define DEMO_V1_SCALARS(...)            TERN_INITIAL(demo_v1_scalars, __VA_ARGS__)
#define DEMO_V1_OPTIONALS(...)          TERN_LITERAL(demo_v1_optionals, __VA_ARGS__)
#define DEMO_V1_REPEATS(...)            TERN_LITERAL(demo_v1_repeats, __VA_ARGS__)
#define DEMO_V1_TREE(...)               TERN_LITERAL(demo_v1_tree, __VA_ARGS__)
#define DEMO_V1_TREE_NODE(...)          TERN_LITERAL(demo_v1_tree_node, __VA_ARGS__)
#define DEMO_V1_TREE_NODE_LEAF(...)     TERN_LITERAL(demo_v1_tree_node_leaf, __VA_ARGS__)
#define DEMO_V1_SHAPE(...)              TERN_INITIAL(demo_v1_shape, __VA_ARGS__)
#define DEMO_V1_SHAPE_RECT(...)         TERN_LITERAL(demo_v1_shape_rect, __VA_ARGS__)
#define DEMO_V1_MAPS(...)               TERN_LITERAL(demo_v1_maps, __VA_ARGS__)
#define DEMO_V1_MAPS_LABELS_ENTRY(...)  TERN_INITIAL(demo_v1_maps_labels_entry, __VA_ARGS__)
#define DEMO_V1_MAPS_SHAPES_ENTRY(...)  TERN_LITERAL(demo_v1_maps_shapes_entry, __VA_ARGS__)
#define DEMO_V1_MAPS_BLOBS_ENTRY(...)   TERN_LITERAL(demo_v1_maps_blobs_entry, __VA_ARGS__)
#define DEMO_V1_MAPS_COLORS_ENTRY(...)  TERN_LITERAL(demo_v1_maps_colors_entry, __VA_ARGS__)
#define DEMO_V1_MAPS_NUMBERS_ENTRY(...) TERN_LITERAL(demo_v1_maps_numbers_entry, __VA_ARGS__)
#define DEMO_V1_EMPTY(...)              TERN_LITERAL(demo_v1_empty, __VA_ARGS__)
#define DEMO_V1_OLD(...)                TERN_LITERAL(demo_v1_old, __VA_ARGS__)
#define DEMO_V1_SPARSE(...)             TERN_LITERAL(demo_v1_sparse, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
