// kinds.tern.c: made from kinds.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "kinds.tern.h"

// The tables name every field, also those that callers should not.
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

// ---- demo.v1.Tree.Node.Leaf.State ---------------------------------------

static const ProtobufCEnumValue values_of_demo_v1_tree_node_leaf_state[] = {
    { "STATE_GREEN", "DEMO_V1_TREE_NODE_LEAF_STATE_GREEN", 0 },
    { "DRY", "DEMO_V1_TREE_NODE_LEAF_STATE_DRY", 1 },
};
static const ProtobufCEnumValueIndex names_of_demo_v1_tree_node_leaf_state[] = {
    { "DRY", 1 },
    { "STATE_GREEN", 0 },
};
static const ProtobufCIntRange ranges_of_demo_v1_tree_node_leaf_state[] = { { 0, 0 }, { 0, 2 } };
_Static_assert(sizeof(demo_v1_tree_node_leaf_state) == sizeof(int), "protobuf-c stores enums as int");
const ProtobufCEnumDescriptor demo_v1_tree_node_leaf_state_descriptor = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Tree.Node.Leaf.State",
    .short_name = "State",
    .c_name = "demo_v1_tree_node_leaf_state",
    .package_name = "demo.v1",
    .n_values = 2,
    .values = values_of_demo_v1_tree_node_leaf_state,
    .n_value_names = 2,
    .values_by_name = names_of_demo_v1_tree_node_leaf_state,
    .n_value_ranges = 1,
    .value_ranges = ranges_of_demo_v1_tree_node_leaf_state,
};

// ---- demo.v1.Color ------------------------------------------------------

static const ProtobufCEnumValue values_of_demo_v1_color[] = {
    { "COLOR_LOWEST", "DEMO_V1_COLOR_LOWEST", -2147483647 - 1 },
    { "COLOR_INFRARED", "DEMO_V1_COLOR_INFRARED", -1 },
    { "COLOR_RED", "DEMO_V1_COLOR_RED", 0 },
    { "GREEN", "DEMO_V1_COLOR_GREEN", 7 },
    { "COLOR_OLD", "DEMO_V1_COLOR_OLD", 8 },
};
static const ProtobufCEnumValueIndex names_of_demo_v1_color[] = {
    { "COLOR_CRIMSON", 2 },
    { "COLOR_INFRARED", 1 },
    { "COLOR_LOWEST", 0 },
    { "COLOR_OLD", 4 },
    { "COLOR_RED", 2 },
    { "GREEN", 3 },
};
static const ProtobufCIntRange ranges_of_demo_v1_color[] = { { -2147483647 - 1, 0 }, { -1, 1 },
                                                             { 7, 3 }, { 0, 5 } };
_Static_assert(sizeof(demo_v1_color) == sizeof(int), "protobuf-c stores enums as int");
const ProtobufCEnumDescriptor demo_v1_color_descriptor = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Color",
    .short_name = "Color",
    .c_name = "demo_v1_color",
    .package_name = "demo.v1",
    .n_values = 5,
    .values = values_of_demo_v1_color,
    .n_value_names = 6,
    .values_by_name = names_of_demo_v1_color,
    .n_value_ranges = 3,
    .value_ranges = ranges_of_demo_v1_color,
};

// ---- demo.v1.Scalars ----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_scalars[] = {
    {
        .name = "a_double",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_DOUBLE,
        .offset = offsetof(demo_v1_scalars, a_double),
    },
    {
        .name = "a_float",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_FLOAT,
        .offset = offsetof(demo_v1_scalars, a_float),
    },
    {
        .name = "an_int32",
        .id = 3,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_scalars, an_int32),
    },
    {
        .name = "an_int64",
        .id = 4,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT64,
        .offset = offsetof(demo_v1_scalars, an_int64),
    },
    {
        .name = "a_uint32",
        .id = 5,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_UINT32,
        .offset = offsetof(demo_v1_scalars, a_uint32),
    },
    {
        .name = "a_uint64",
        .id = 6,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_UINT64,
        .offset = offsetof(demo_v1_scalars, a_uint64),
    },
    {
        .name = "a_sint32",
        .id = 7,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_SINT32,
        .offset = offsetof(demo_v1_scalars, a_sint32),
    },
    {
        .name = "a_sint64",
        .id = 8,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_SINT64,
        .offset = offsetof(demo_v1_scalars, a_sint64),
    },
    {
        .name = "a_fixed32",
        .id = 9,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_FIXED32,
        .offset = offsetof(demo_v1_scalars, a_fixed32),
    },
    {
        .name = "a_fixed64",
        .id = 10,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_FIXED64,
        .offset = offsetof(demo_v1_scalars, a_fixed64),
    },
    {
        .name = "a_sfixed32",
        .id = 11,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_SFIXED32,
        .offset = offsetof(demo_v1_scalars, a_sfixed32),
    },
    {
        .name = "a_sfixed64",
        .id = 12,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_SFIXED64,
        .offset = offsetof(demo_v1_scalars, a_sfixed64),
    },
    {
        .name = "a_bool",
        .id = 13,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BOOL,
        .offset = offsetof(demo_v1_scalars, a_bool),
    },
    {
        .name = "a_string",
        .id = 14,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_v1_scalars, a_string),
        .default_value = protobuf_c_empty_string,
    },
    {
        .name = "some_bytes",
        .id = 15,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_v1_scalars, some_bytes),
    },
    {
        .name = "color",
        .id = 16,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_ENUM,
        .offset = offsetof(demo_v1_scalars, color),
        .descriptor = &demo_v1_color_descriptor,
    },
    {
        .name = "again",
        .id = 17,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_v1_scalars, again),
        .descriptor = &demo_v1_scalars_descriptor,
    },
    {
        .name = "at",
        .id = 18,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_v1_scalars, at),
        .descriptor = &google_protobuf_timestamp_descriptor,
    },
};
static const unsigned names_of_demo_v1_scalars[] = { 12, 0, 8, 9, 1, 10, 11, 6, 7, 13, 4, 5, 16, 2,
                                                     3, 17, 15, 14 };
static const ProtobufCIntRange ranges_of_demo_v1_scalars[] = { { 1, 0 }, { 0, 18 } };

static void init_demo_v1_scalars(ProtobufCMessage *m)
{
    *(demo_v1_scalars *)m = (demo_v1_scalars){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_scalars_descriptor),
        .a_string = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor demo_v1_scalars_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Scalars",
    .short_name = "Scalars",
    .c_name = "demo_v1_scalars",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_scalars),
    .n_fields = 18,
    .fields = fields_of_demo_v1_scalars,
    .fields_sorted_by_name = names_of_demo_v1_scalars,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_scalars,
    .message_init = init_demo_v1_scalars,
};

// ---- demo.v1.Optionals --------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_optionals[] = {
    {
        .name = "count",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_v1_optionals, has_count),
        .offset = offsetof(demo_v1_optionals, count),
    },
    {
        .name = "name",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_v1_optionals, name),
    },
    {
        .name = "data",
        .id = 3,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_BYTES,
        .quantifier_offset = offsetof(demo_v1_optionals, has_data),
        .offset = offsetof(demo_v1_optionals, data),
    },
    {
        .name = "color",
        .id = 4,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_v1_optionals, has_color),
        .offset = offsetof(demo_v1_optionals, color),
        .descriptor = &demo_v1_color_descriptor,
    },
    {
        .name = "inner",
        .id = 5,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_v1_optionals, inner),
        .descriptor = &demo_v1_optionals_descriptor,
    },
    {
        .name = "flag",
        .id = 6,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_BOOL,
        .quantifier_offset = offsetof(demo_v1_optionals, has_flag),
        .offset = offsetof(demo_v1_optionals, flag),
    },
};
static const unsigned names_of_demo_v1_optionals[] = { 3, 0, 2, 5, 4, 1 };
static const ProtobufCIntRange ranges_of_demo_v1_optionals[] = { { 1, 0 }, { 0, 6 } };

static void init_demo_v1_optionals(ProtobufCMessage *m)
{
    *(demo_v1_optionals *)m = (demo_v1_optionals){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_optionals_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_optionals_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Optionals",
    .short_name = "Optionals",
    .c_name = "demo_v1_optionals",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_optionals),
    .n_fields = 6,
    .fields = fields_of_demo_v1_optionals,
    .fields_sorted_by_name = names_of_demo_v1_optionals,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_optionals,
    .message_init = init_demo_v1_optionals,
};

// ---- demo.v1.Repeats ----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_repeats[] = {
    {
        .name = "packed",
        .id = 1,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_v1_repeats, n_packed),
        .offset = offsetof(demo_v1_repeats, packed),
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
    },
    {
        .name = "unpacked",
        .id = 2,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_v1_repeats, n_unpacked),
        .offset = offsetof(demo_v1_repeats, unpacked),
    },
    {
        .name = "names",
        .id = 3,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_STRING,
        .quantifier_offset = offsetof(demo_v1_repeats, n_names),
        .offset = offsetof(demo_v1_repeats, names),
    },
    {
        .name = "blobs",
        .id = 4,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_BYTES,
        .quantifier_offset = offsetof(demo_v1_repeats, n_blobs),
        .offset = offsetof(demo_v1_repeats, blobs),
    },
    {
        .name = "colors",
        .id = 5,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_v1_repeats, n_colors),
        .offset = offsetof(demo_v1_repeats, colors),
        .descriptor = &demo_v1_color_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
    },
    {
        .name = "items",
        .id = 6,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_v1_repeats, n_items),
        .offset = offsetof(demo_v1_repeats, items),
        .descriptor = &demo_v1_scalars_descriptor,
    },
    {
        .name = "doubles",
        .id = 7,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_DOUBLE,
        .quantifier_offset = offsetof(demo_v1_repeats, n_doubles),
        .offset = offsetof(demo_v1_repeats, doubles),
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
    },
    {
        .name = "flags",
        .id = 8,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_BOOL,
        .quantifier_offset = offsetof(demo_v1_repeats, n_flags),
        .offset = offsetof(demo_v1_repeats, flags),
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
    },
};
static const unsigned names_of_demo_v1_repeats[] = { 3, 4, 6, 7, 5, 2, 0, 1 };
static const ProtobufCIntRange ranges_of_demo_v1_repeats[] = { { 1, 0 }, { 0, 8 } };

static void init_demo_v1_repeats(ProtobufCMessage *m)
{
    *(demo_v1_repeats *)m = (demo_v1_repeats){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_repeats_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_repeats_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Repeats",
    .short_name = "Repeats",
    .c_name = "demo_v1_repeats",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_repeats),
    .n_fields = 8,
    .fields = fields_of_demo_v1_repeats,
    .fields_sorted_by_name = names_of_demo_v1_repeats,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_repeats,
    .message_init = init_demo_v1_repeats,
};

// ---- demo.v1.Tree -------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_tree[] = {
    {
        .name = "left",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_v1_tree, left),
        .descriptor = &demo_v1_tree_descriptor,
    },
    {
        .name = "right",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_v1_tree, right),
        .descriptor = &demo_v1_tree_descriptor,
    },
    {
        .name = "children",
        .id = 3,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_v1_tree, n_children),
        .offset = offsetof(demo_v1_tree, children),
        .descriptor = &demo_v1_tree_descriptor,
    },
    {
        .name = "node",
        .id = 4,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_v1_tree, node),
        .descriptor = &demo_v1_tree_node_descriptor,
    },
};
static const unsigned names_of_demo_v1_tree[] = { 2, 0, 3, 1 };
static const ProtobufCIntRange ranges_of_demo_v1_tree[] = { { 1, 0 }, { 0, 4 } };

static void init_demo_v1_tree(ProtobufCMessage *m)
{
    *(demo_v1_tree *)m = (demo_v1_tree){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_tree_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_tree_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Tree",
    .short_name = "Tree",
    .c_name = "demo_v1_tree",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_tree),
    .n_fields = 4,
    .fields = fields_of_demo_v1_tree,
    .fields_sorted_by_name = names_of_demo_v1_tree,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_tree,
    .message_init = init_demo_v1_tree,
};

// ---- demo.v1.Tree.Node --------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_tree_node[] = {
    {
        .name = "leaf",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_v1_tree_node, leaf),
        .descriptor = &demo_v1_tree_node_leaf_descriptor,
    },
};
static const unsigned names_of_demo_v1_tree_node[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_v1_tree_node[] = { { 1, 0 }, { 0, 1 } };

static void init_demo_v1_tree_node(ProtobufCMessage *m)
{
    *(demo_v1_tree_node *)m = (demo_v1_tree_node){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_tree_node_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_tree_node_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Tree.Node",
    .short_name = "Node",
    .c_name = "demo_v1_tree_node",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_tree_node),
    .n_fields = 1,
    .fields = fields_of_demo_v1_tree_node,
    .fields_sorted_by_name = names_of_demo_v1_tree_node,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_tree_node,
    .message_init = init_demo_v1_tree_node,
};

// ---- demo.v1.Tree.Node.Leaf ---------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_tree_node_leaf[] = {
    {
        .name = "state",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_ENUM,
        .offset = offsetof(demo_v1_tree_node_leaf, state),
        .descriptor = &demo_v1_tree_node_leaf_state_descriptor,
    },
    {
        .name = "owner",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_v1_tree_node_leaf, owner),
        .descriptor = &demo_v1_tree_descriptor,
    },
};
static const unsigned names_of_demo_v1_tree_node_leaf[] = { 1, 0 };
static const ProtobufCIntRange ranges_of_demo_v1_tree_node_leaf[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_v1_tree_node_leaf(ProtobufCMessage *m)
{
    *(demo_v1_tree_node_leaf *)m = (demo_v1_tree_node_leaf){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_tree_node_leaf_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_tree_node_leaf_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Tree.Node.Leaf",
    .short_name = "Leaf",
    .c_name = "demo_v1_tree_node_leaf",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_tree_node_leaf),
    .n_fields = 2,
    .fields = fields_of_demo_v1_tree_node_leaf,
    .fields_sorted_by_name = names_of_demo_v1_tree_node_leaf,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_tree_node_leaf,
    .message_init = init_demo_v1_tree_node_leaf,
};

// ---- demo.v1.Shape ------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_shape[] = {
    {
        .name = "name",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_v1_shape, name),
        .default_value = protobuf_c_empty_string,
    },
    {
        .name = "circle",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_DOUBLE,
        .quantifier_offset = offsetof(demo_v1_shape, kind_case),
        .offset = offsetof(demo_v1_shape, circle),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "rect",
        .id = 3,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_v1_shape, kind_case),
        .offset = offsetof(demo_v1_shape, rect),
        .descriptor = &demo_v1_shape_rect_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "z",
        .id = 4,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_shape, z),
    },
    {
        .name = "small",
        .id = 5,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_UINT32,
        .quantifier_offset = offsetof(demo_v1_shape, other_case),
        .offset = offsetof(demo_v1_shape, small),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "large",
        .id = 6,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_UINT64,
        .quantifier_offset = offsetof(demo_v1_shape, other_case),
        .offset = offsetof(demo_v1_shape, large),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "text",
        .id = 10,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .quantifier_offset = offsetof(demo_v1_shape, kind_case),
        .offset = offsetof(demo_v1_shape, text),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "raw",
        .id = 11,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_BYTES,
        .quantifier_offset = offsetof(demo_v1_shape, kind_case),
        .offset = offsetof(demo_v1_shape, raw),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "color",
        .id = 12,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_v1_shape, kind_case),
        .offset = offsetof(demo_v1_shape, color),
        .descriptor = &demo_v1_color_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
};
static const unsigned names_of_demo_v1_shape[] = { 1, 8, 5, 0, 7, 2, 4, 6, 3 };
static const ProtobufCIntRange ranges_of_demo_v1_shape[] = { { 1, 0 }, { 10, 6 }, { 0, 9 } };

static void init_demo_v1_shape(ProtobufCMessage *m)
{
    *(demo_v1_shape *)m = (demo_v1_shape){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_shape_descriptor),
        .name = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor demo_v1_shape_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Shape",
    .short_name = "Shape",
    .c_name = "demo_v1_shape",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_shape),
    .n_fields = 9,
    .fields = fields_of_demo_v1_shape,
    .fields_sorted_by_name = names_of_demo_v1_shape,
    .n_field_ranges = 2,
    .field_ranges = ranges_of_demo_v1_shape,
    .message_init = init_demo_v1_shape,
};

// ---- demo.v1.Shape.Rect -------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_shape_rect[] = {
    {
        .name = "w",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_shape_rect, w),
    },
    {
        .name = "h",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_shape_rect, h),
    },
};
static const unsigned names_of_demo_v1_shape_rect[] = { 1, 0 };
static const ProtobufCIntRange ranges_of_demo_v1_shape_rect[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_v1_shape_rect(ProtobufCMessage *m)
{
    *(demo_v1_shape_rect *)m = (demo_v1_shape_rect){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_shape_rect_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_shape_rect_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Shape.Rect",
    .short_name = "Rect",
    .c_name = "demo_v1_shape_rect",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_shape_rect),
    .n_fields = 2,
    .fields = fields_of_demo_v1_shape_rect,
    .fields_sorted_by_name = names_of_demo_v1_shape_rect,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_shape_rect,
    .message_init = init_demo_v1_shape_rect,
};

// ---- demo.v1.Maps -------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_maps[] = {
    {
        .name = "labels",
        .id = 1,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_v1_maps, n_labels),
        .offset = offsetof(demo_v1_maps, labels),
        .descriptor = &demo_v1_maps_labels_entry_descriptor,
        .reserved_flags = TERN_FIELD_MAP,
    },
    {
        .name = "shapes",
        .id = 2,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_v1_maps, n_shapes),
        .offset = offsetof(demo_v1_maps, shapes),
        .descriptor = &demo_v1_maps_shapes_entry_descriptor,
        .reserved_flags = TERN_FIELD_MAP,
    },
    {
        .name = "blobs",
        .id = 3,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_v1_maps, n_blobs),
        .offset = offsetof(demo_v1_maps, blobs),
        .descriptor = &demo_v1_maps_blobs_entry_descriptor,
        .reserved_flags = TERN_FIELD_MAP,
    },
    {
        .name = "colors",
        .id = 4,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_v1_maps, n_colors),
        .offset = offsetof(demo_v1_maps, colors),
        .descriptor = &demo_v1_maps_colors_entry_descriptor,
        .reserved_flags = TERN_FIELD_MAP,
    },
    {
        .name = "numbers",
        .id = 5,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_v1_maps, n_numbers),
        .offset = offsetof(demo_v1_maps, numbers),
        .descriptor = &demo_v1_maps_numbers_entry_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_DEPRECATED,
        .reserved_flags = TERN_FIELD_MAP,
    },
};
static const unsigned names_of_demo_v1_maps[] = { 2, 3, 0, 4, 1 };
static const ProtobufCIntRange ranges_of_demo_v1_maps[] = { { 1, 0 }, { 0, 5 } };

static void init_demo_v1_maps(ProtobufCMessage *m)
{
    *(demo_v1_maps *)m = (demo_v1_maps){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_maps_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_maps_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Maps",
    .short_name = "Maps",
    .c_name = "demo_v1_maps",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_maps),
    .n_fields = 5,
    .fields = fields_of_demo_v1_maps,
    .fields_sorted_by_name = names_of_demo_v1_maps,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_maps,
    .message_init = init_demo_v1_maps,
};

// ---- demo.v1.Maps.LabelsEntry -------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_maps_labels_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_v1_maps_labels_entry, key),
        .default_value = protobuf_c_empty_string,
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_v1_maps_labels_entry, value),
        .default_value = protobuf_c_empty_string,
    },
};
static const unsigned names_of_demo_v1_maps_labels_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_v1_maps_labels_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_v1_maps_labels_entry(ProtobufCMessage *m)
{
    *(demo_v1_maps_labels_entry *)m = (demo_v1_maps_labels_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_maps_labels_entry_descriptor),
        .key = protobuf_c_empty_string,
        .value = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor demo_v1_maps_labels_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Maps.LabelsEntry",
    .short_name = "LabelsEntry",
    .c_name = "demo_v1_maps_labels_entry",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_maps_labels_entry),
    .n_fields = 2,
    .fields = fields_of_demo_v1_maps_labels_entry,
    .fields_sorted_by_name = names_of_demo_v1_maps_labels_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_maps_labels_entry,
    .message_init = init_demo_v1_maps_labels_entry,
};

// ---- demo.v1.Maps.ShapesEntry -------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_maps_shapes_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_maps_shapes_entry, key),
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_v1_maps_shapes_entry, value),
        .descriptor = &demo_v1_shape_descriptor,
    },
};
static const unsigned names_of_demo_v1_maps_shapes_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_v1_maps_shapes_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_v1_maps_shapes_entry(ProtobufCMessage *m)
{
    *(demo_v1_maps_shapes_entry *)m = (demo_v1_maps_shapes_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_maps_shapes_entry_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_maps_shapes_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Maps.ShapesEntry",
    .short_name = "ShapesEntry",
    .c_name = "demo_v1_maps_shapes_entry",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_maps_shapes_entry),
    .n_fields = 2,
    .fields = fields_of_demo_v1_maps_shapes_entry,
    .fields_sorted_by_name = names_of_demo_v1_maps_shapes_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_maps_shapes_entry,
    .message_init = init_demo_v1_maps_shapes_entry,
};

// ---- demo.v1.Maps.BlobsEntry --------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_maps_blobs_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BOOL,
        .offset = offsetof(demo_v1_maps_blobs_entry, key),
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_v1_maps_blobs_entry, value),
    },
};
static const unsigned names_of_demo_v1_maps_blobs_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_v1_maps_blobs_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_v1_maps_blobs_entry(ProtobufCMessage *m)
{
    *(demo_v1_maps_blobs_entry *)m = (demo_v1_maps_blobs_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_maps_blobs_entry_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_maps_blobs_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Maps.BlobsEntry",
    .short_name = "BlobsEntry",
    .c_name = "demo_v1_maps_blobs_entry",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_maps_blobs_entry),
    .n_fields = 2,
    .fields = fields_of_demo_v1_maps_blobs_entry,
    .fields_sorted_by_name = names_of_demo_v1_maps_blobs_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_maps_blobs_entry,
    .message_init = init_demo_v1_maps_blobs_entry,
};

// ---- demo.v1.Maps.ColorsEntry -------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_maps_colors_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_UINT64,
        .offset = offsetof(demo_v1_maps_colors_entry, key),
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_ENUM,
        .offset = offsetof(demo_v1_maps_colors_entry, value),
        .descriptor = &demo_v1_color_descriptor,
    },
};
static const unsigned names_of_demo_v1_maps_colors_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_v1_maps_colors_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_v1_maps_colors_entry(ProtobufCMessage *m)
{
    *(demo_v1_maps_colors_entry *)m = (demo_v1_maps_colors_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_maps_colors_entry_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_maps_colors_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Maps.ColorsEntry",
    .short_name = "ColorsEntry",
    .c_name = "demo_v1_maps_colors_entry",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_maps_colors_entry),
    .n_fields = 2,
    .fields = fields_of_demo_v1_maps_colors_entry,
    .fields_sorted_by_name = names_of_demo_v1_maps_colors_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_maps_colors_entry,
    .message_init = init_demo_v1_maps_colors_entry,
};

// ---- demo.v1.Maps.NumbersEntry ------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_maps_numbers_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_SFIXED64,
        .offset = offsetof(demo_v1_maps_numbers_entry, key),
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_DOUBLE,
        .offset = offsetof(demo_v1_maps_numbers_entry, value),
    },
};
static const unsigned names_of_demo_v1_maps_numbers_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_v1_maps_numbers_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_v1_maps_numbers_entry(ProtobufCMessage *m)
{
    *(demo_v1_maps_numbers_entry *)m = (demo_v1_maps_numbers_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_maps_numbers_entry_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_maps_numbers_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Maps.NumbersEntry",
    .short_name = "NumbersEntry",
    .c_name = "demo_v1_maps_numbers_entry",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_maps_numbers_entry),
    .n_fields = 2,
    .fields = fields_of_demo_v1_maps_numbers_entry,
    .fields_sorted_by_name = names_of_demo_v1_maps_numbers_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_maps_numbers_entry,
    .message_init = init_demo_v1_maps_numbers_entry,
};

// ---- demo.v1.Empty ------------------------------------------------------

static void init_demo_v1_empty(ProtobufCMessage *m)
{
    *(demo_v1_empty *)m = (demo_v1_empty){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_empty_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_empty_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Empty",
    .short_name = "Empty",
    .c_name = "demo_v1_empty",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_empty),
    .message_init = init_demo_v1_empty,
};

// ---- demo.v1.Old --------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_old[] = {
    {
        .name = "current",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_old, current),
    },
    {
        .name = "stale",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_old, stale),
        .flags = PROTOBUF_C_FIELD_FLAG_DEPRECATED,
    },
    {
        .name = "stale_names",
        .id = 3,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_STRING,
        .quantifier_offset = offsetof(demo_v1_old, n_stale_names),
        .offset = offsetof(demo_v1_old, stale_names),
        .flags = PROTOBUF_C_FIELD_FLAG_DEPRECATED,
    },
};
static const unsigned names_of_demo_v1_old[] = { 0, 1, 2 };
static const ProtobufCIntRange ranges_of_demo_v1_old[] = { { 1, 0 }, { 0, 3 } };

static void init_demo_v1_old(ProtobufCMessage *m)
{
    *(demo_v1_old *)m = (demo_v1_old){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_old_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_old_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Old",
    .short_name = "Old",
    .c_name = "demo_v1_old",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_old),
    .n_fields = 3,
    .fields = fields_of_demo_v1_old,
    .fields_sorted_by_name = names_of_demo_v1_old,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_v1_old,
    .message_init = init_demo_v1_old,
};

// ---- demo.v1.Sparse -----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_v1_sparse[] = {
    {
        .name = "one",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_sparse, one),
    },
    {
        .name = "nine",
        .id = 9,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_sparse, nine),
    },
    {
        .name = "ten",
        .id = 10,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_sparse, ten),
    },
    {
        .name = "last",
        .id = 536870911,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_v1_sparse, last),
    },
};
static const unsigned names_of_demo_v1_sparse[] = { 3, 1, 0, 2 };
static const ProtobufCIntRange ranges_of_demo_v1_sparse[] = { { 1, 0 }, { 9, 1 }, { 536870911, 3 },
                                                              { 0, 4 } };

static void init_demo_v1_sparse(ProtobufCMessage *m)
{
    *(demo_v1_sparse *)m = (demo_v1_sparse){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_v1_sparse_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_v1_sparse_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.v1.Sparse",
    .short_name = "Sparse",
    .c_name = "demo_v1_sparse",
    .package_name = "demo.v1",
    .sizeof_message = sizeof(demo_v1_sparse),
    .n_fields = 4,
    .fields = fields_of_demo_v1_sparse,
    .fields_sorted_by_name = names_of_demo_v1_sparse,
    .n_field_ranges = 3,
    .field_ranges = ranges_of_demo_v1_sparse,
    .message_init = init_demo_v1_sparse,
};

// ---- kinds.proto --------------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0b, 0x6b, 0x69, 0x6e, 0x64, 0x73, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x12, 0x07, 0x64,
    0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x1a, 0x1f, 0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2f, 0x70,
    0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2f, 0x74, 0x69, 0x6d, 0x65, 0x73, 0x74, 0x61, 0x6d,
    0x70, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x22, 0xa2, 0x04, 0x0a, 0x07, 0x53, 0x63, 0x61, 0x6c,
    0x61, 0x72, 0x73, 0x12, 0x19, 0x0a, 0x08, 0x61, 0x5f, 0x64, 0x6f, 0x75, 0x62, 0x6c, 0x65, 0x18,
    0x01, 0x20, 0x01, 0x28, 0x01, 0x52, 0x07, 0x61, 0x44, 0x6f, 0x75, 0x62, 0x6c, 0x65, 0x12, 0x17,
    0x0a, 0x07, 0x61, 0x5f, 0x66, 0x6c, 0x6f, 0x61, 0x74, 0x18, 0x02, 0x20, 0x01, 0x28, 0x02, 0x52,
    0x06, 0x61, 0x46, 0x6c, 0x6f, 0x61, 0x74, 0x12, 0x19, 0x0a, 0x08, 0x61, 0x6e, 0x5f, 0x69, 0x6e,
    0x74, 0x33, 0x32, 0x18, 0x03, 0x20, 0x01, 0x28, 0x05, 0x52, 0x07, 0x61, 0x6e, 0x49, 0x6e, 0x74,
    0x33, 0x32, 0x12, 0x19, 0x0a, 0x08, 0x61, 0x6e, 0x5f, 0x69, 0x6e, 0x74, 0x36, 0x34, 0x18, 0x04,
    0x20, 0x01, 0x28, 0x03, 0x52, 0x07, 0x61, 0x6e, 0x49, 0x6e, 0x74, 0x36, 0x34, 0x12, 0x19, 0x0a,
    0x08, 0x61, 0x5f, 0x75, 0x69, 0x6e, 0x74, 0x33, 0x32, 0x18, 0x05, 0x20, 0x01, 0x28, 0x0d, 0x52,
    0x07, 0x61, 0x55, 0x69, 0x6e, 0x74, 0x33, 0x32, 0x12, 0x19, 0x0a, 0x08, 0x61, 0x5f, 0x75, 0x69,
    0x6e, 0x74, 0x36, 0x34, 0x18, 0x06, 0x20, 0x01, 0x28, 0x04, 0x52, 0x07, 0x61, 0x55, 0x69, 0x6e,
    0x74, 0x36, 0x34, 0x12, 0x19, 0x0a, 0x08, 0x61, 0x5f, 0x73, 0x69, 0x6e, 0x74, 0x33, 0x32, 0x18,
    0x07, 0x20, 0x01, 0x28, 0x11, 0x52, 0x07, 0x61, 0x53, 0x69, 0x6e, 0x74, 0x33, 0x32, 0x12, 0x19,
    0x0a, 0x08, 0x61, 0x5f, 0x73, 0x69, 0x6e, 0x74, 0x36, 0x34, 0x18, 0x08, 0x20, 0x01, 0x28, 0x12,
    0x52, 0x07, 0x61, 0x53, 0x69, 0x6e, 0x74, 0x36, 0x34, 0x12, 0x1b, 0x0a, 0x09, 0x61, 0x5f, 0x66,
    0x69, 0x78, 0x65, 0x64, 0x33, 0x32, 0x18, 0x09, 0x20, 0x01, 0x28, 0x07, 0x52, 0x08, 0x61, 0x46,
    0x69, 0x78, 0x65, 0x64, 0x33, 0x32, 0x12, 0x1b, 0x0a, 0x09, 0x61, 0x5f, 0x66, 0x69, 0x78, 0x65,
    0x64, 0x36, 0x34, 0x18, 0x0a, 0x20, 0x01, 0x28, 0x06, 0x52, 0x08, 0x61, 0x46, 0x69, 0x78, 0x65,
    0x64, 0x36, 0x34, 0x12, 0x1d, 0x0a, 0x0a, 0x61, 0x5f, 0x73, 0x66, 0x69, 0x78, 0x65, 0x64, 0x33,
    0x32, 0x18, 0x0b, 0x20, 0x01, 0x28, 0x0f, 0x52, 0x09, 0x61, 0x53, 0x66, 0x69, 0x78, 0x65, 0x64,
    0x33, 0x32, 0x12, 0x1d, 0x0a, 0x0a, 0x61, 0x5f, 0x73, 0x66, 0x69, 0x78, 0x65, 0x64, 0x36, 0x34,
    0x18, 0x0c, 0x20, 0x01, 0x28, 0x10, 0x52, 0x09, 0x61, 0x53, 0x66, 0x69, 0x78, 0x65, 0x64, 0x36,
    0x34, 0x12, 0x15, 0x0a, 0x06, 0x61, 0x5f, 0x62, 0x6f, 0x6f, 0x6c, 0x18, 0x0d, 0x20, 0x01, 0x28,
    0x08, 0x52, 0x05, 0x61, 0x42, 0x6f, 0x6f, 0x6c, 0x12, 0x19, 0x0a, 0x08, 0x61, 0x5f, 0x73, 0x74,
    0x72, 0x69, 0x6e, 0x67, 0x18, 0x0e, 0x20, 0x01, 0x28, 0x09, 0x52, 0x07, 0x61, 0x53, 0x74, 0x72,
    0x69, 0x6e, 0x67, 0x12, 0x1d, 0x0a, 0x0a, 0x73, 0x6f, 0x6d, 0x65, 0x5f, 0x62, 0x79, 0x74, 0x65,
    0x73, 0x18, 0x0f, 0x20, 0x01, 0x28, 0x0c, 0x52, 0x09, 0x73, 0x6f, 0x6d, 0x65, 0x42, 0x79, 0x74,
    0x65, 0x73, 0x12, 0x24, 0x0a, 0x05, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x18, 0x10, 0x20, 0x01, 0x28,
    0x0e, 0x32, 0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x43, 0x6f, 0x6c, 0x6f,
    0x72, 0x52, 0x05, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x12, 0x26, 0x0a, 0x05, 0x61, 0x67, 0x61, 0x69,
    0x6e, 0x18, 0x11, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x10, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76,
    0x31, 0x2e, 0x53, 0x63, 0x61, 0x6c, 0x61, 0x72, 0x73, 0x52, 0x05, 0x61, 0x67, 0x61, 0x69, 0x6e,
    0x12, 0x2a, 0x0a, 0x02, 0x61, 0x74, 0x18, 0x12, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x1a, 0x2e, 0x67,
    0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2e, 0x54,
    0x69, 0x6d, 0x65, 0x73, 0x74, 0x61, 0x6d, 0x70, 0x52, 0x02, 0x61, 0x74, 0x22, 0x84, 0x02, 0x0a,
    0x09, 0x4f, 0x70, 0x74, 0x69, 0x6f, 0x6e, 0x61, 0x6c, 0x73, 0x12, 0x19, 0x0a, 0x05, 0x63, 0x6f,
    0x75, 0x6e, 0x74, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x48, 0x00, 0x52, 0x05, 0x63, 0x6f, 0x75,
    0x6e, 0x74, 0x88, 0x01, 0x01, 0x12, 0x17, 0x0a, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x18, 0x02, 0x20,
    0x01, 0x28, 0x09, 0x48, 0x01, 0x52, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x88, 0x01, 0x01, 0x12, 0x17,
    0x0a, 0x04, 0x64, 0x61, 0x74, 0x61, 0x18, 0x03, 0x20, 0x01, 0x28, 0x0c, 0x48, 0x02, 0x52, 0x04,
    0x64, 0x61, 0x74, 0x61, 0x88, 0x01, 0x01, 0x12, 0x29, 0x0a, 0x05, 0x63, 0x6f, 0x6c, 0x6f, 0x72,
    0x18, 0x04, 0x20, 0x01, 0x28, 0x0e, 0x32, 0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31,
    0x2e, 0x43, 0x6f, 0x6c, 0x6f, 0x72, 0x48, 0x03, 0x52, 0x05, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x88,
    0x01, 0x01, 0x12, 0x2d, 0x0a, 0x05, 0x69, 0x6e, 0x6e, 0x65, 0x72, 0x18, 0x05, 0x20, 0x01, 0x28,
    0x0b, 0x32, 0x12, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x4f, 0x70, 0x74, 0x69,
    0x6f, 0x6e, 0x61, 0x6c, 0x73, 0x48, 0x04, 0x52, 0x05, 0x69, 0x6e, 0x6e, 0x65, 0x72, 0x88, 0x01,
    0x01, 0x12, 0x17, 0x0a, 0x04, 0x66, 0x6c, 0x61, 0x67, 0x18, 0x06, 0x20, 0x01, 0x28, 0x08, 0x48,
    0x05, 0x52, 0x04, 0x66, 0x6c, 0x61, 0x67, 0x88, 0x01, 0x01, 0x42, 0x08, 0x0a, 0x06, 0x5f, 0x63,
    0x6f, 0x75, 0x6e, 0x74, 0x42, 0x07, 0x0a, 0x05, 0x5f, 0x6e, 0x61, 0x6d, 0x65, 0x42, 0x07, 0x0a,
    0x05, 0x5f, 0x64, 0x61, 0x74, 0x61, 0x42, 0x08, 0x0a, 0x06, 0x5f, 0x63, 0x6f, 0x6c, 0x6f, 0x72,
    0x42, 0x08, 0x0a, 0x06, 0x5f, 0x69, 0x6e, 0x6e, 0x65, 0x72, 0x42, 0x07, 0x0a, 0x05, 0x5f, 0x66,
    0x6c, 0x61, 0x67, 0x22, 0xed, 0x01, 0x0a, 0x07, 0x52, 0x65, 0x70, 0x65, 0x61, 0x74, 0x73, 0x12,
    0x16, 0x0a, 0x06, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64, 0x18, 0x01, 0x20, 0x03, 0x28, 0x05, 0x52,
    0x06, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64, 0x12, 0x1e, 0x0a, 0x08, 0x75, 0x6e, 0x70, 0x61, 0x63,
    0x6b, 0x65, 0x64, 0x18, 0x02, 0x20, 0x03, 0x28, 0x05, 0x42, 0x02, 0x10, 0x00, 0x52, 0x08, 0x75,
    0x6e, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64, 0x12, 0x14, 0x0a, 0x05, 0x6e, 0x61, 0x6d, 0x65, 0x73,
    0x18, 0x03, 0x20, 0x03, 0x28, 0x09, 0x52, 0x05, 0x6e, 0x61, 0x6d, 0x65, 0x73, 0x12, 0x14, 0x0a,
    0x05, 0x62, 0x6c, 0x6f, 0x62, 0x73, 0x18, 0x04, 0x20, 0x03, 0x28, 0x0c, 0x52, 0x05, 0x62, 0x6c,
    0x6f, 0x62, 0x73, 0x12, 0x26, 0x0a, 0x06, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x73, 0x18, 0x05, 0x20,
    0x03, 0x28, 0x0e, 0x32, 0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x43, 0x6f,
    0x6c, 0x6f, 0x72, 0x52, 0x06, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x73, 0x12, 0x26, 0x0a, 0x05, 0x69,
    0x74, 0x65, 0x6d, 0x73, 0x18, 0x06, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x10, 0x2e, 0x64, 0x65, 0x6d,
    0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x53, 0x63, 0x61, 0x6c, 0x61, 0x72, 0x73, 0x52, 0x05, 0x69, 0x74,
    0x65, 0x6d, 0x73, 0x12, 0x18, 0x0a, 0x07, 0x64, 0x6f, 0x75, 0x62, 0x6c, 0x65, 0x73, 0x18, 0x07,
    0x20, 0x03, 0x28, 0x01, 0x52, 0x07, 0x64, 0x6f, 0x75, 0x62, 0x6c, 0x65, 0x73, 0x12, 0x14, 0x0a,
    0x05, 0x66, 0x6c, 0x61, 0x67, 0x73, 0x18, 0x08, 0x20, 0x03, 0x28, 0x08, 0x52, 0x05, 0x66, 0x6c,
    0x61, 0x67, 0x73, 0x22, 0xdd, 0x02, 0x0a, 0x04, 0x54, 0x72, 0x65, 0x65, 0x12, 0x21, 0x0a, 0x04,
    0x6c, 0x65, 0x66, 0x74, 0x18, 0x01, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x0d, 0x2e, 0x64, 0x65, 0x6d,
    0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x54, 0x72, 0x65, 0x65, 0x52, 0x04, 0x6c, 0x65, 0x66, 0x74, 0x12,
    0x23, 0x0a, 0x05, 0x72, 0x69, 0x67, 0x68, 0x74, 0x18, 0x02, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x0d,
    0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x54, 0x72, 0x65, 0x65, 0x52, 0x05, 0x72,
    0x69, 0x67, 0x68, 0x74, 0x12, 0x29, 0x0a, 0x08, 0x63, 0x68, 0x69, 0x6c, 0x64, 0x72, 0x65, 0x6e,
    0x18, 0x03, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x0d, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31,
    0x2e, 0x54, 0x72, 0x65, 0x65, 0x52, 0x08, 0x63, 0x68, 0x69, 0x6c, 0x64, 0x72, 0x65, 0x6e, 0x12,
    0x26, 0x0a, 0x04, 0x6e, 0x6f, 0x64, 0x65, 0x18, 0x04, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x12, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x54, 0x72, 0x65, 0x65, 0x2e, 0x4e, 0x6f, 0x64,
    0x65, 0x52, 0x04, 0x6e, 0x6f, 0x64, 0x65, 0x1a, 0xb9, 0x01, 0x0a, 0x04, 0x4e, 0x6f, 0x64, 0x65,
    0x12, 0x2b, 0x0a, 0x04, 0x6c, 0x65, 0x61, 0x66, 0x18, 0x01, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x17,
    0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x54, 0x72, 0x65, 0x65, 0x2e, 0x4e, 0x6f,
    0x64, 0x65, 0x2e, 0x4c, 0x65, 0x61, 0x66, 0x52, 0x04, 0x6c, 0x65, 0x61, 0x66, 0x1a, 0x83, 0x01,
    0x0a, 0x04, 0x4c, 0x65, 0x61, 0x66, 0x12, 0x33, 0x0a, 0x05, 0x73, 0x74, 0x61, 0x74, 0x65, 0x18,
    0x01, 0x20, 0x01, 0x28, 0x0e, 0x32, 0x1d, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e,
    0x54, 0x72, 0x65, 0x65, 0x2e, 0x4e, 0x6f, 0x64, 0x65, 0x2e, 0x4c, 0x65, 0x61, 0x66, 0x2e, 0x53,
    0x74, 0x61, 0x74, 0x65, 0x52, 0x05, 0x73, 0x74, 0x61, 0x74, 0x65, 0x12, 0x23, 0x0a, 0x05, 0x6f,
    0x77, 0x6e, 0x65, 0x72, 0x18, 0x02, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x0d, 0x2e, 0x64, 0x65, 0x6d,
    0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x54, 0x72, 0x65, 0x65, 0x52, 0x05, 0x6f, 0x77, 0x6e, 0x65, 0x72,
    0x22, 0x21, 0x0a, 0x05, 0x53, 0x74, 0x61, 0x74, 0x65, 0x12, 0x0f, 0x0a, 0x0b, 0x53, 0x54, 0x41,
    0x54, 0x45, 0x5f, 0x47, 0x52, 0x45, 0x45, 0x4e, 0x10, 0x00, 0x12, 0x07, 0x0a, 0x03, 0x44, 0x52,
    0x59, 0x10, 0x01, 0x22, 0xa5, 0x02, 0x0a, 0x05, 0x53, 0x68, 0x61, 0x70, 0x65, 0x12, 0x12, 0x0a,
    0x04, 0x6e, 0x61, 0x6d, 0x65, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x04, 0x6e, 0x61, 0x6d,
    0x65, 0x12, 0x18, 0x0a, 0x06, 0x63, 0x69, 0x72, 0x63, 0x6c, 0x65, 0x18, 0x02, 0x20, 0x01, 0x28,
    0x01, 0x48, 0x00, 0x52, 0x06, 0x63, 0x69, 0x72, 0x63, 0x6c, 0x65, 0x12, 0x29, 0x0a, 0x04, 0x72,
    0x65, 0x63, 0x74, 0x18, 0x03, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x13, 0x2e, 0x64, 0x65, 0x6d, 0x6f,
    0x2e, 0x76, 0x31, 0x2e, 0x53, 0x68, 0x61, 0x70, 0x65, 0x2e, 0x52, 0x65, 0x63, 0x74, 0x48, 0x00,
    0x52, 0x04, 0x72, 0x65, 0x63, 0x74, 0x12, 0x14, 0x0a, 0x04, 0x74, 0x65, 0x78, 0x74, 0x18, 0x0a,
    0x20, 0x01, 0x28, 0x09, 0x48, 0x00, 0x52, 0x04, 0x74, 0x65, 0x78, 0x74, 0x12, 0x12, 0x0a, 0x03,
    0x72, 0x61, 0x77, 0x18, 0x0b, 0x20, 0x01, 0x28, 0x0c, 0x48, 0x00, 0x52, 0x03, 0x72, 0x61, 0x77,
    0x12, 0x26, 0x0a, 0x05, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x18, 0x0c, 0x20, 0x01, 0x28, 0x0e, 0x32,
    0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x43, 0x6f, 0x6c, 0x6f, 0x72, 0x48,
    0x00, 0x52, 0x05, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x12, 0x0c, 0x0a, 0x01, 0x7a, 0x18, 0x04, 0x20,
    0x01, 0x28, 0x05, 0x52, 0x01, 0x7a, 0x12, 0x16, 0x0a, 0x05, 0x73, 0x6d, 0x61, 0x6c, 0x6c, 0x18,
    0x05, 0x20, 0x01, 0x28, 0x0d, 0x48, 0x01, 0x52, 0x05, 0x73, 0x6d, 0x61, 0x6c, 0x6c, 0x12, 0x16,
    0x0a, 0x05, 0x6c, 0x61, 0x72, 0x67, 0x65, 0x18, 0x06, 0x20, 0x01, 0x28, 0x04, 0x48, 0x01, 0x52,
    0x05, 0x6c, 0x61, 0x72, 0x67, 0x65, 0x1a, 0x22, 0x0a, 0x04, 0x52, 0x65, 0x63, 0x74, 0x12, 0x0c,
    0x0a, 0x01, 0x77, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52, 0x01, 0x77, 0x12, 0x0c, 0x0a, 0x01,
    0x68, 0x18, 0x02, 0x20, 0x01, 0x28, 0x05, 0x52, 0x01, 0x68, 0x42, 0x06, 0x0a, 0x04, 0x6b, 0x69,
    0x6e, 0x64, 0x42, 0x07, 0x0a, 0x05, 0x6f, 0x74, 0x68, 0x65, 0x72, 0x22, 0xd0, 0x04, 0x0a, 0x04,
    0x4d, 0x61, 0x70, 0x73, 0x12, 0x31, 0x0a, 0x06, 0x6c, 0x61, 0x62, 0x65, 0x6c, 0x73, 0x18, 0x01,
    0x20, 0x03, 0x28, 0x0b, 0x32, 0x19, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x4d,
    0x61, 0x70, 0x73, 0x2e, 0x4c, 0x61, 0x62, 0x65, 0x6c, 0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x52,
    0x06, 0x6c, 0x61, 0x62, 0x65, 0x6c, 0x73, 0x12, 0x31, 0x0a, 0x06, 0x73, 0x68, 0x61, 0x70, 0x65,
    0x73, 0x18, 0x02, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x19, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76,
    0x31, 0x2e, 0x4d, 0x61, 0x70, 0x73, 0x2e, 0x53, 0x68, 0x61, 0x70, 0x65, 0x73, 0x45, 0x6e, 0x74,
    0x72, 0x79, 0x52, 0x06, 0x73, 0x68, 0x61, 0x70, 0x65, 0x73, 0x12, 0x2e, 0x0a, 0x05, 0x62, 0x6c,
    0x6f, 0x62, 0x73, 0x18, 0x03, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x18, 0x2e, 0x64, 0x65, 0x6d, 0x6f,
    0x2e, 0x76, 0x31, 0x2e, 0x4d, 0x61, 0x70, 0x73, 0x2e, 0x42, 0x6c, 0x6f, 0x62, 0x73, 0x45, 0x6e,
    0x74, 0x72, 0x79, 0x52, 0x05, 0x62, 0x6c, 0x6f, 0x62, 0x73, 0x12, 0x31, 0x0a, 0x06, 0x63, 0x6f,
    0x6c, 0x6f, 0x72, 0x73, 0x18, 0x04, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x19, 0x2e, 0x64, 0x65, 0x6d,
    0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x4d, 0x61, 0x70, 0x73, 0x2e, 0x43, 0x6f, 0x6c, 0x6f, 0x72, 0x73,
    0x45, 0x6e, 0x74, 0x72, 0x79, 0x52, 0x06, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x73, 0x12, 0x38, 0x0a,
    0x07, 0x6e, 0x75, 0x6d, 0x62, 0x65, 0x72, 0x73, 0x18, 0x05, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x1a,
    0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x4d, 0x61, 0x70, 0x73, 0x2e, 0x4e, 0x75,
    0x6d, 0x62, 0x65, 0x72, 0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x42, 0x02, 0x18, 0x01, 0x52, 0x07,
    0x6e, 0x75, 0x6d, 0x62, 0x65, 0x72, 0x73, 0x1a, 0x39, 0x0a, 0x0b, 0x4c, 0x61, 0x62, 0x65, 0x6c,
    0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x12, 0x10, 0x0a, 0x03, 0x6b, 0x65, 0x79, 0x18, 0x01, 0x20,
    0x01, 0x28, 0x09, 0x52, 0x03, 0x6b, 0x65, 0x79, 0x12, 0x14, 0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75,
    0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x09, 0x52, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x3a, 0x02,
    0x38, 0x01, 0x1a, 0x49, 0x0a, 0x0b, 0x53, 0x68, 0x61, 0x70, 0x65, 0x73, 0x45, 0x6e, 0x74, 0x72,
    0x79, 0x12, 0x10, 0x0a, 0x03, 0x6b, 0x65, 0x79, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52, 0x03,
    0x6b, 0x65, 0x79, 0x12, 0x24, 0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x18, 0x02, 0x20, 0x01,
    0x28, 0x0b, 0x32, 0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76, 0x31, 0x2e, 0x53, 0x68, 0x61,
    0x70, 0x65, 0x52, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x3a, 0x02, 0x38, 0x01, 0x1a, 0x38, 0x0a,
    0x0a, 0x42, 0x6c, 0x6f, 0x62, 0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x12, 0x10, 0x0a, 0x03, 0x6b,
    0x65, 0x79, 0x18, 0x01, 0x20, 0x01, 0x28, 0x08, 0x52, 0x03, 0x6b, 0x65, 0x79, 0x12, 0x14, 0x0a,
    0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x0c, 0x52, 0x05, 0x76, 0x61,
    0x6c, 0x75, 0x65, 0x3a, 0x02, 0x38, 0x01, 0x1a, 0x49, 0x0a, 0x0b, 0x43, 0x6f, 0x6c, 0x6f, 0x72,
    0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x12, 0x10, 0x0a, 0x03, 0x6b, 0x65, 0x79, 0x18, 0x01, 0x20,
    0x01, 0x28, 0x04, 0x52, 0x03, 0x6b, 0x65, 0x79, 0x12, 0x24, 0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75,
    0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x0e, 0x32, 0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x76,
    0x31, 0x2e, 0x43, 0x6f, 0x6c, 0x6f, 0x72, 0x52, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x3a, 0x02,
    0x38, 0x01, 0x1a, 0x3a, 0x0a, 0x0c, 0x4e, 0x75, 0x6d, 0x62, 0x65, 0x72, 0x73, 0x45, 0x6e, 0x74,
    0x72, 0x79, 0x12, 0x10, 0x0a, 0x03, 0x6b, 0x65, 0x79, 0x18, 0x01, 0x20, 0x01, 0x28, 0x10, 0x52,
    0x03, 0x6b, 0x65, 0x79, 0x12, 0x14, 0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x18, 0x02, 0x20,
    0x01, 0x28, 0x01, 0x52, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x3a, 0x02, 0x38, 0x01, 0x22, 0x07,
    0x0a, 0x05, 0x45, 0x6d, 0x70, 0x74, 0x79, 0x22, 0x62, 0x0a, 0x03, 0x4f, 0x6c, 0x64, 0x12, 0x18,
    0x0a, 0x07, 0x63, 0x75, 0x72, 0x72, 0x65, 0x6e, 0x74, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52,
    0x07, 0x63, 0x75, 0x72, 0x72, 0x65, 0x6e, 0x74, 0x12, 0x18, 0x0a, 0x05, 0x73, 0x74, 0x61, 0x6c,
    0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x05, 0x42, 0x02, 0x18, 0x01, 0x52, 0x05, 0x73, 0x74, 0x61,
    0x6c, 0x65, 0x12, 0x23, 0x0a, 0x0b, 0x73, 0x74, 0x61, 0x6c, 0x65, 0x5f, 0x6e, 0x61, 0x6d, 0x65,
    0x73, 0x18, 0x03, 0x20, 0x03, 0x28, 0x09, 0x42, 0x02, 0x18, 0x01, 0x52, 0x0a, 0x73, 0x74, 0x61,
    0x6c, 0x65, 0x4e, 0x61, 0x6d, 0x65, 0x73, 0x3a, 0x02, 0x18, 0x01, 0x22, 0x58, 0x0a, 0x06, 0x53,
    0x70, 0x61, 0x72, 0x73, 0x65, 0x12, 0x12, 0x0a, 0x04, 0x6e, 0x69, 0x6e, 0x65, 0x18, 0x09, 0x20,
    0x01, 0x28, 0x05, 0x52, 0x04, 0x6e, 0x69, 0x6e, 0x65, 0x12, 0x10, 0x0a, 0x03, 0x6f, 0x6e, 0x65,
    0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52, 0x03, 0x6f, 0x6e, 0x65, 0x12, 0x10, 0x0a, 0x03, 0x74,
    0x65, 0x6e, 0x18, 0x0a, 0x20, 0x01, 0x28, 0x05, 0x52, 0x03, 0x74, 0x65, 0x6e, 0x12, 0x16, 0x0a,
    0x04, 0x6c, 0x61, 0x73, 0x74, 0x18, 0xff, 0xff, 0xff, 0xff, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52,
    0x04, 0x6c, 0x61, 0x73, 0x74, 0x2a, 0x83, 0x01, 0x0a, 0x05, 0x43, 0x6f, 0x6c, 0x6f, 0x72, 0x12,
    0x0d, 0x0a, 0x09, 0x43, 0x4f, 0x4c, 0x4f, 0x52, 0x5f, 0x52, 0x45, 0x44, 0x10, 0x00, 0x12, 0x11,
    0x0a, 0x0d, 0x43, 0x4f, 0x4c, 0x4f, 0x52, 0x5f, 0x43, 0x52, 0x49, 0x4d, 0x53, 0x4f, 0x4e, 0x10,
    0x00, 0x12, 0x09, 0x0a, 0x05, 0x47, 0x52, 0x45, 0x45, 0x4e, 0x10, 0x07, 0x12, 0x1b, 0x0a, 0x0e,
    0x43, 0x4f, 0x4c, 0x4f, 0x52, 0x5f, 0x49, 0x4e, 0x46, 0x52, 0x41, 0x52, 0x45, 0x44, 0x10, 0xff,
    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01, 0x12, 0x19, 0x0a, 0x0c, 0x43, 0x4f, 0x4c,
    0x4f, 0x52, 0x5f, 0x4c, 0x4f, 0x57, 0x45, 0x53, 0x54, 0x10, 0x80, 0x80, 0x80, 0x80, 0xf8, 0xff,
    0xff, 0xff, 0xff, 0x01, 0x12, 0x11, 0x0a, 0x09, 0x43, 0x4f, 0x4c, 0x4f, 0x52, 0x5f, 0x4f, 0x4c,
    0x44, 0x10, 0x08, 0x1a, 0x02, 0x08, 0x01, 0x1a, 0x02, 0x10, 0x01, 0x62, 0x06, 0x70, 0x72, 0x6f,
    0x74, 0x6f, 0x33
};
static const tern_proto_file *const imports[] = {
    &google_protobuf_timestamp_proto_file,
};
const tern_proto_file kinds_proto_file = {
    .name = "kinds.proto",
    .bytes = bytes,
    .len = sizeof bytes,
    .imports = imports,
    .n_imports = 1,
};
