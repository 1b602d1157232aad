// names.tern.c: made from names.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "names.tern.h"

// ---- names.Outer.Mode ---------------------------------------------------

static const ProtobufCEnumValue values_of_names_outer_mode[] = {
    { "MODE_A", "NAMES_OUTER_MODE_A", 0 },
};
static const ProtobufCEnumValueIndex names_of_names_outer_mode[] = {
    { "A", 0 },
    { "MODE_A", 0 },
};
static const ProtobufCIntRange ranges_of_names_outer_mode[] = { { 0, 0 }, { 0, 1 } };
_Static_assert(sizeof(names_outer_mode) == sizeof(int), "protobuf-c stores enums as int");
const ProtobufCEnumDescriptor names_outer_mode_descriptor = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "names.Outer.Mode",
    .short_name = "Mode",
    .c_name = "names_outer_mode",
    .package_name = "names",
    .n_values = 1,
    .values = values_of_names_outer_mode,
    .n_value_names = 2,
    .values_by_name = names_of_names_outer_mode,
    .n_value_ranges = 1,
    .value_ranges = ranges_of_names_outer_mode,
};

// ---- names.Outer_Mode ---------------------------------------------------

static const ProtobufCEnumValue values_of_names_outer_mode_[] = {
    { "OUTER_MODE_A", "NAMES_OUTER_MODE_A__", 0 },
};
static const ProtobufCEnumValueIndex names_of_names_outer_mode_[] = {
    { "OUTER_MODE_A", 0 },
};
static const ProtobufCIntRange ranges_of_names_outer_mode_[] = { { 0, 0 }, { 0, 1 } };
_Static_assert(sizeof(names_outer_mode_) == sizeof(int), "protobuf-c stores enums as int");
const ProtobufCEnumDescriptor names_outer_mode__descriptor = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "names.Outer_Mode",
    .short_name = "Outer_Mode",
    .c_name = "names_outer_mode_",
    .package_name = "names",
    .n_values = 1,
    .values = values_of_names_outer_mode_,
    .n_value_names = 1,
    .values_by_name = names_of_names_outer_mode_,
    .n_value_ranges = 1,
    .value_ranges = ranges_of_names_outer_mode_,
};

// ---- names.Words --------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_names_words[] = {
    {
        .name = "int",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_words, int_),
    },
    {
        .name = "default",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(names_words, default_),
        .default_value = protobuf_c_empty_string,
    },
    {
        .name = "switch",
        .id = 3,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(names_words, n_switch_),
        .offset = offsetof(names_words, switch_),
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
    },
    {
        .name = "register",
        .id = 4,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_BOOL,
        .quantifier_offset = offsetof(names_words, has_register_),
        .offset = offsetof(names_words, register_),
    },
    {
        .name = "class",
        .id = 5,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_words, class_),
    },
    {
        .name = "delete",
        .id = 6,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_words, delete_),
    },
    {
        .name = "errno",
        .id = 7,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_words, errno_),
    },
    {
        .name = "unix",
        .id = 8,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_words, unix_),
    },
    {
        .name = "base",
        .id = 9,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_words, base_),
    },
    {
        .name = "while",
        .id = 10,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(names_words, for_case),
        .offset = offsetof(names_words, while_),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "not_set",
        .id = 11,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(names_words, for_case),
        .offset = offsetof(names_words, not_set),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "camelCase",
        .id = 12,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(names_words, camel_case),
        .default_value = protobuf_c_empty_string,
    },
    {
        .name = "HTTPPort",
        .id = 13,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_words, http_port),
    },
    {
        .name = "given",
        .id = 14,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_words, given),
        .reserved2 = (char *)"a \"given\" name",
    },
};
static const unsigned names_of_names_words[] = { 12, 8, 11, 4, 1, 5, 6, 13, 0, 10, 3, 2, 7, 9 };
static const ProtobufCIntRange ranges_of_names_words[] = { { 1, 0 }, { 0, 14 } };

static void init_names_words(ProtobufCMessage *m)
{
    *(names_words *)m = (names_words){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_words_descriptor),
        .default_ = protobuf_c_empty_string,
        .camel_case = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor names_words_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.Words",
    .short_name = "Words",
    .c_name = "names_words",
    .package_name = "names",
    .sizeof_message = sizeof(names_words),
    .n_fields = 14,
    .fields = fields_of_names_words,
    .fields_sorted_by_name = names_of_names_words,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_names_words,
    .message_init = init_names_words,
};

// ---- names.Clashes ------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_names_clashes[] = {
    {
        .name = "items",
        .id = 1,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(names_clashes, n_items),
        .offset = offsetof(names_clashes, items),
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
    },
    {
        .name = "n_items",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_UINT32,
        .offset = offsetof(names_clashes, n_items_),
    },
    {
        .name = "size",
        .id = 3,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(names_clashes, has_size),
        .offset = offsetof(names_clashes, size),
    },
    {
        .name = "has_size",
        .id = 4,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BOOL,
        .offset = offsetof(names_clashes, has_size_),
    },
    {
        .name = "a",
        .id = 5,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(names_clashes, kind_case_),
        .offset = offsetof(names_clashes, a),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "kind_case",
        .id = 6,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_clashes, kind_case),
    },
};
static const unsigned names_of_names_clashes[] = { 4, 3, 0, 5, 1, 2 };
static const ProtobufCIntRange ranges_of_names_clashes[] = { { 1, 0 }, { 0, 6 } };

static void init_names_clashes(ProtobufCMessage *m)
{
    *(names_clashes *)m = (names_clashes){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_clashes_descriptor),
    };
}

const ProtobufCMessageDescriptor names_clashes_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.Clashes",
    .short_name = "Clashes",
    .c_name = "names_clashes",
    .package_name = "names",
    .sizeof_message = sizeof(names_clashes),
    .n_fields = 6,
    .fields = fields_of_names_clashes,
    .fields_sorted_by_name = names_of_names_clashes,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_names_clashes,
    .message_init = init_names_clashes,
};

// ---- names.Outer --------------------------------------------------------

static void init_names_outer(ProtobufCMessage *m)
{
    *(names_outer *)m = (names_outer){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_outer_descriptor),
    };
}

const ProtobufCMessageDescriptor names_outer_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.Outer",
    .short_name = "Outer",
    .c_name = "names_outer",
    .package_name = "names",
    .sizeof_message = sizeof(names_outer),
    .message_init = init_names_outer,
};

// ---- names.Outer.Inner --------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_names_outer_inner[] = {
    {
        .name = "x",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_outer_inner, x),
    },
};
static const unsigned names_of_names_outer_inner[] = { 0 };
static const ProtobufCIntRange ranges_of_names_outer_inner[] = { { 1, 0 }, { 0, 1 } };

static void init_names_outer_inner(ProtobufCMessage *m)
{
    *(names_outer_inner *)m = (names_outer_inner){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_outer_inner_descriptor),
    };
}

const ProtobufCMessageDescriptor names_outer_inner_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.Outer.Inner",
    .short_name = "Inner",
    .c_name = "names_outer_inner",
    .package_name = "names",
    .sizeof_message = sizeof(names_outer_inner),
    .n_fields = 1,
    .fields = fields_of_names_outer_inner,
    .fields_sorted_by_name = names_of_names_outer_inner,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_names_outer_inner,
    .message_init = init_names_outer_inner,
};

// ---- names.OuterInner ---------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_names_outer_inner_[] = {
    {
        .name = "y",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(names_outer_inner_, y),
    },
};
static const unsigned names_of_names_outer_inner_[] = { 0 };
static const ProtobufCIntRange ranges_of_names_outer_inner_[] = { { 1, 0 }, { 0, 1 } };

static void init_names_outer_inner_(ProtobufCMessage *m)
{
    *(names_outer_inner_ *)m = (names_outer_inner_){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_outer_inner__descriptor),
    };
}

const ProtobufCMessageDescriptor names_outer_inner__descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.OuterInner",
    .short_name = "OuterInner",
    .c_name = "names_outer_inner_",
    .package_name = "names",
    .sizeof_message = sizeof(names_outer_inner_),
    .n_fields = 1,
    .fields = fields_of_names_outer_inner_,
    .fields_sorted_by_name = names_of_names_outer_inner_,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_names_outer_inner_,
    .message_init = init_names_outer_inner_,
};

// ---- names.Foo ----------------------------------------------------------

static void init_names_foo(ProtobufCMessage *m)
{
    *(names_foo *)m = (names_foo){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_foo_descriptor),
    };
}

const ProtobufCMessageDescriptor names_foo_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.Foo",
    .short_name = "Foo",
    .c_name = "names_foo",
    .package_name = "names",
    .sizeof_message = sizeof(names_foo),
    .message_init = init_names_foo,
};

// ---- names.FooInit ------------------------------------------------------

static void init_names_foo_init_(ProtobufCMessage *m)
{
    *(names_foo_init_ *)m = (names_foo_init_){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_foo_init__descriptor),
    };
}

const ProtobufCMessageDescriptor names_foo_init__descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.FooInit",
    .short_name = "FooInit",
    .c_name = "names_foo_init_",
    .package_name = "names",
    .sizeof_message = sizeof(names_foo_init_),
    .message_init = init_names_foo_init_,
};

// ---- names.HTTPServer2Config --------------------------------------------

static void init_names_http_server2_config(ProtobufCMessage *m)
{
    *(names_http_server2_config *)m = (names_http_server2_config){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_http_server2_config_descriptor),
    };
}

const ProtobufCMessageDescriptor names_http_server2_config_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.HTTPServer2Config",
    .short_name = "HTTPServer2Config",
    .c_name = "names_http_server2_config",
    .package_name = "names",
    .sizeof_message = sizeof(names_http_server2_config),
    .message_init = init_names_http_server2_config,
};

// ---- names.UInt32Box ----------------------------------------------------

static void init_names_uint32_box(ProtobufCMessage *m)
{
    *(names_uint32_box *)m = (names_uint32_box){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_uint32_box_descriptor),
    };
}

const ProtobufCMessageDescriptor names_uint32_box_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.UInt32Box",
    .short_name = "UInt32Box",
    .c_name = "names_uint32_box",
    .package_name = "names",
    .sizeof_message = sizeof(names_uint32_box),
    .message_init = init_names_uint32_box,
};

// ---- names.IPv4Address --------------------------------------------------

static void init_names_ipv4_address(ProtobufCMessage *m)
{
    *(names_ipv4_address *)m = (names_ipv4_address){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_ipv4_address_descriptor),
    };
}

const ProtobufCMessageDescriptor names_ipv4_address_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.IPv4Address",
    .short_name = "IPv4Address",
    .c_name = "names_ipv4_address",
    .package_name = "names",
    .sizeof_message = sizeof(names_ipv4_address),
    .message_init = init_names_ipv4_address,
};

// ---- names.WordsServiceHandlers -----------------------------------------

static void init_names_words_service_handlers(ProtobufCMessage *m)
{
    *(names_words_service_handlers *)m = (names_words_service_handlers){
        .base = PROTOBUF_C_MESSAGE_INIT(&names_words_service_handlers_descriptor),
    };
}

const ProtobufCMessageDescriptor names_words_service_handlers_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "names.WordsServiceHandlers",
    .short_name = "WordsServiceHandlers",
    .c_name = "names_words_service_handlers",
    .package_name = "names",
    .sizeof_message = sizeof(names_words_service_handlers),
    .message_init = init_names_words_service_handlers,
};

// ---- names.Words_Service ------------------------------------------------

const tern_method names_words_service__methods[] = {
    { .name = "Default", .path = "/names.Words_Service/Default", .kind = TERN_UNARY,
      .request = &names_foo_descriptor, .reply = &names_foo_descriptor,
      .slot = offsetof(names_words_service__handlers, default_), .async_slot = offsetof(names_words_service__handlers, default_async) },
    { .name = "Delete", .path = "/names.Words_Service/Delete", .kind = TERN_UNARY,
      .request = &names_foo_descriptor, .reply = &names_foo_init__descriptor,
      .slot = offsetof(names_words_service__handlers, delete_), .async_slot = offsetof(names_words_service__handlers, delete_async) },
    { .name = "Watch", .path = "/names.Words_Service/Watch", .kind = TERN_SERVER_STREAM,
      .request = &names_foo_descriptor, .reply = &names_foo_descriptor,
      .slot = offsetof(names_words_service__handlers, watch), .async_slot = offsetof(names_words_service__handlers, watch_async) },
    { .name = "WatchNext", .path = "/names.Words_Service/WatchNext", .kind = TERN_UNARY,
      .request = &names_foo_descriptor, .reply = &names_foo_descriptor,
      .slot = offsetof(names_words_service__handlers, watch_next), .async_slot = offsetof(names_words_service__handlers, watch_next_async) },
    { .name = "Delete_Async", .path = "/names.Words_Service/Delete_Async", .kind = TERN_UNARY,
      .request = &names_foo_descriptor, .reply = &names_foo_descriptor,
      .slot = offsetof(names_words_service__handlers, delete_async_), .async_slot = offsetof(names_words_service__handlers, delete_async_async) },
};
const tern_service names_words_service__service = {
    .name = "names.Words_Service",
    .file = &names_proto_file,
    .methods = names_words_service__methods,
    .n_methods = 5,
    .handlers_size = sizeof(names_words_service__handlers),
};

// ---- names.proto --------------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0b, 0x6e, 0x61, 0x6d, 0x65, 0x73, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x12, 0x05, 0x6e,
    0x61, 0x6d, 0x65, 0x73, 0x22, 0xf8, 0x02, 0x0a, 0x05, 0x57, 0x6f, 0x72, 0x64, 0x73, 0x12, 0x10,
    0x0a, 0x03, 0x69, 0x6e, 0x74, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52, 0x03, 0x69, 0x6e, 0x74,
    0x12, 0x18, 0x0a, 0x07, 0x64, 0x65, 0x66, 0x61, 0x75, 0x6c, 0x74, 0x18, 0x02, 0x20, 0x01, 0x28,
    0x09, 0x52, 0x07, 0x64, 0x65, 0x66, 0x61, 0x75, 0x6c, 0x74, 0x12, 0x16, 0x0a, 0x06, 0x73, 0x77,
    0x69, 0x74, 0x63, 0x68, 0x18, 0x03, 0x20, 0x03, 0x28, 0x05, 0x52, 0x06, 0x73, 0x77, 0x69, 0x74,
    0x63, 0x68, 0x12, 0x1f, 0x0a, 0x08, 0x72, 0x65, 0x67, 0x69, 0x73, 0x74, 0x65, 0x72, 0x18, 0x04,
    0x20, 0x01, 0x28, 0x08, 0x48, 0x01, 0x52, 0x08, 0x72, 0x65, 0x67, 0x69, 0x73, 0x74, 0x65, 0x72,
    0x88, 0x01, 0x01, 0x12, 0x14, 0x0a, 0x05, 0x63, 0x6c, 0x61, 0x73, 0x73, 0x18, 0x05, 0x20, 0x01,
    0x28, 0x05, 0x52, 0x05, 0x63, 0x6c, 0x61, 0x73, 0x73, 0x12, 0x16, 0x0a, 0x06, 0x64, 0x65, 0x6c,
    0x65, 0x74, 0x65, 0x18, 0x06, 0x20, 0x01, 0x28, 0x05, 0x52, 0x06, 0x64, 0x65, 0x6c, 0x65, 0x74,
    0x65, 0x12, 0x14, 0x0a, 0x05, 0x65, 0x72, 0x72, 0x6e, 0x6f, 0x18, 0x07, 0x20, 0x01, 0x28, 0x05,
    0x52, 0x05, 0x65, 0x72, 0x72, 0x6e, 0x6f, 0x12, 0x12, 0x0a, 0x04, 0x75, 0x6e, 0x69, 0x78, 0x18,
    0x08, 0x20, 0x01, 0x28, 0x05, 0x52, 0x04, 0x75, 0x6e, 0x69, 0x78, 0x12, 0x12, 0x0a, 0x04, 0x62,
    0x61, 0x73, 0x65, 0x18, 0x09, 0x20, 0x01, 0x28, 0x05, 0x52, 0x04, 0x62, 0x61, 0x73, 0x65, 0x12,
    0x16, 0x0a, 0x05, 0x77, 0x68, 0x69, 0x6c, 0x65, 0x18, 0x0a, 0x20, 0x01, 0x28, 0x05, 0x48, 0x00,
    0x52, 0x05, 0x77, 0x68, 0x69, 0x6c, 0x65, 0x12, 0x19, 0x0a, 0x07, 0x6e, 0x6f, 0x74, 0x5f, 0x73,
    0x65, 0x74, 0x18, 0x0b, 0x20, 0x01, 0x28, 0x05, 0x48, 0x00, 0x52, 0x06, 0x6e, 0x6f, 0x74, 0x53,
    0x65, 0x74, 0x12, 0x1c, 0x0a, 0x09, 0x63, 0x61, 0x6d, 0x65, 0x6c, 0x43, 0x61, 0x73, 0x65, 0x18,
    0x0c, 0x20, 0x01, 0x28, 0x09, 0x52, 0x09, 0x63, 0x61, 0x6d, 0x65, 0x6c, 0x43, 0x61, 0x73, 0x65,
    0x12, 0x1a, 0x0a, 0x08, 0x48, 0x54, 0x54, 0x50, 0x50, 0x6f, 0x72, 0x74, 0x18, 0x0d, 0x20, 0x01,
    0x28, 0x05, 0x52, 0x08, 0x48, 0x54, 0x54, 0x50, 0x50, 0x6f, 0x72, 0x74, 0x12, 0x1d, 0x0a, 0x05,
    0x67, 0x69, 0x76, 0x65, 0x6e, 0x18, 0x0e, 0x20, 0x01, 0x28, 0x05, 0x52, 0x0e, 0x61, 0x20, 0x22,
    0x67, 0x69, 0x76, 0x65, 0x6e, 0x22, 0x20, 0x6e, 0x61, 0x6d, 0x65, 0x42, 0x05, 0x0a, 0x03, 0x66,
    0x6f, 0x72, 0x42, 0x0b, 0x0a, 0x09, 0x5f, 0x72, 0x65, 0x67, 0x69, 0x73, 0x74, 0x65, 0x72, 0x22,
    0xaa, 0x01, 0x0a, 0x07, 0x43, 0x6c, 0x61, 0x73, 0x68, 0x65, 0x73, 0x12, 0x14, 0x0a, 0x05, 0x69,
    0x74, 0x65, 0x6d, 0x73, 0x18, 0x01, 0x20, 0x03, 0x28, 0x05, 0x52, 0x05, 0x69, 0x74, 0x65, 0x6d,
    0x73, 0x12, 0x17, 0x0a, 0x07, 0x6e, 0x5f, 0x69, 0x74, 0x65, 0x6d, 0x73, 0x18, 0x02, 0x20, 0x01,
    0x28, 0x0d, 0x52, 0x06, 0x6e, 0x49, 0x74, 0x65, 0x6d, 0x73, 0x12, 0x17, 0x0a, 0x04, 0x73, 0x69,
    0x7a, 0x65, 0x18, 0x03, 0x20, 0x01, 0x28, 0x05, 0x48, 0x01, 0x52, 0x04, 0x73, 0x69, 0x7a, 0x65,
    0x88, 0x01, 0x01, 0x12, 0x19, 0x0a, 0x08, 0x68, 0x61, 0x73, 0x5f, 0x73, 0x69, 0x7a, 0x65, 0x18,
    0x04, 0x20, 0x01, 0x28, 0x08, 0x52, 0x07, 0x68, 0x61, 0x73, 0x53, 0x69, 0x7a, 0x65, 0x12, 0x0e,
    0x0a, 0x01, 0x61, 0x18, 0x05, 0x20, 0x01, 0x28, 0x05, 0x48, 0x00, 0x52, 0x01, 0x61, 0x12, 0x1b,
    0x0a, 0x09, 0x6b, 0x69, 0x6e, 0x64, 0x5f, 0x63, 0x61, 0x73, 0x65, 0x18, 0x06, 0x20, 0x01, 0x28,
    0x05, 0x52, 0x08, 0x6b, 0x69, 0x6e, 0x64, 0x43, 0x61, 0x73, 0x65, 0x42, 0x06, 0x0a, 0x04, 0x6b,
    0x69, 0x6e, 0x64, 0x42, 0x07, 0x0a, 0x05, 0x5f, 0x73, 0x69, 0x7a, 0x65, 0x22, 0x3d, 0x0a, 0x05,
    0x4f, 0x75, 0x74, 0x65, 0x72, 0x1a, 0x15, 0x0a, 0x05, 0x49, 0x6e, 0x6e, 0x65, 0x72, 0x12, 0x0c,
    0x0a, 0x01, 0x78, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52, 0x01, 0x78, 0x22, 0x1d, 0x0a, 0x04,
    0x4d, 0x6f, 0x64, 0x65, 0x12, 0x0a, 0x0a, 0x06, 0x4d, 0x4f, 0x44, 0x45, 0x5f, 0x41, 0x10, 0x00,
    0x12, 0x05, 0x0a, 0x01, 0x41, 0x10, 0x00, 0x1a, 0x02, 0x10, 0x01, 0x22, 0x1a, 0x0a, 0x0a, 0x4f,
    0x75, 0x74, 0x65, 0x72, 0x49, 0x6e, 0x6e, 0x65, 0x72, 0x12, 0x0c, 0x0a, 0x01, 0x79, 0x18, 0x01,
    0x20, 0x01, 0x28, 0x05, 0x52, 0x01, 0x79, 0x22, 0x05, 0x0a, 0x03, 0x46, 0x6f, 0x6f, 0x22, 0x09,
    0x0a, 0x07, 0x46, 0x6f, 0x6f, 0x49, 0x6e, 0x69, 0x74, 0x22, 0x13, 0x0a, 0x11, 0x48, 0x54, 0x54,
    0x50, 0x53, 0x65, 0x72, 0x76, 0x65, 0x72, 0x32, 0x43, 0x6f, 0x6e, 0x66, 0x69, 0x67, 0x22, 0x0b,
    0x0a, 0x09, 0x55, 0x49, 0x6e, 0x74, 0x33, 0x32, 0x42, 0x6f, 0x78, 0x22, 0x0d, 0x0a, 0x0b, 0x49,
    0x50, 0x76, 0x34, 0x41, 0x64, 0x64, 0x72, 0x65, 0x73, 0x73, 0x22, 0x16, 0x0a, 0x14, 0x57, 0x6f,
    0x72, 0x64, 0x73, 0x53, 0x65, 0x72, 0x76, 0x69, 0x63, 0x65, 0x48, 0x61, 0x6e, 0x64, 0x6c, 0x65,
    0x72, 0x73, 0x2a, 0x1e, 0x0a, 0x0a, 0x4f, 0x75, 0x74, 0x65, 0x72, 0x5f, 0x4d, 0x6f, 0x64, 0x65,
    0x12, 0x10, 0x0a, 0x0c, 0x4f, 0x55, 0x54, 0x45, 0x52, 0x5f, 0x4d, 0x4f, 0x44, 0x45, 0x5f, 0x41,
    0x10, 0x00, 0x32, 0xc8, 0x01, 0x0a, 0x0d, 0x57, 0x6f, 0x72, 0x64, 0x73, 0x5f, 0x53, 0x65, 0x72,
    0x76, 0x69, 0x63, 0x65, 0x12, 0x21, 0x0a, 0x07, 0x44, 0x65, 0x66, 0x61, 0x75, 0x6c, 0x74, 0x12,
    0x0a, 0x2e, 0x6e, 0x61, 0x6d, 0x65, 0x73, 0x2e, 0x46, 0x6f, 0x6f, 0x1a, 0x0a, 0x2e, 0x6e, 0x61,
    0x6d, 0x65, 0x73, 0x2e, 0x46, 0x6f, 0x6f, 0x12, 0x24, 0x0a, 0x06, 0x44, 0x65, 0x6c, 0x65, 0x74,
    0x65, 0x12, 0x0a, 0x2e, 0x6e, 0x61, 0x6d, 0x65, 0x73, 0x2e, 0x46, 0x6f, 0x6f, 0x1a, 0x0e, 0x2e,
    0x6e, 0x61, 0x6d, 0x65, 0x73, 0x2e, 0x46, 0x6f, 0x6f, 0x49, 0x6e, 0x69, 0x74, 0x12, 0x21, 0x0a,
    0x05, 0x57, 0x61, 0x74, 0x63, 0x68, 0x12, 0x0a, 0x2e, 0x6e, 0x61, 0x6d, 0x65, 0x73, 0x2e, 0x46,
    0x6f, 0x6f, 0x1a, 0x0a, 0x2e, 0x6e, 0x61, 0x6d, 0x65, 0x73, 0x2e, 0x46, 0x6f, 0x6f, 0x30, 0x01,
    0x12, 0x23, 0x0a, 0x09, 0x57, 0x61, 0x74, 0x63, 0x68, 0x4e, 0x65, 0x78, 0x74, 0x12, 0x0a, 0x2e,
    0x6e, 0x61, 0x6d, 0x65, 0x73, 0x2e, 0x46, 0x6f, 0x6f, 0x1a, 0x0a, 0x2e, 0x6e, 0x61, 0x6d, 0x65,
    0x73, 0x2e, 0x46, 0x6f, 0x6f, 0x12, 0x26, 0x0a, 0x0c, 0x44, 0x65, 0x6c, 0x65, 0x74, 0x65, 0x5f,
    0x41, 0x73, 0x79, 0x6e, 0x63, 0x12, 0x0a, 0x2e, 0x6e, 0x61, 0x6d, 0x65, 0x73, 0x2e, 0x46, 0x6f,
    0x6f, 0x1a, 0x0a, 0x2e, 0x6e, 0x61, 0x6d, 0x65, 0x73, 0x2e, 0x46, 0x6f, 0x6f, 0x62, 0x06, 0x70,
    0x72, 0x6f, 0x74, 0x6f, 0x33
};
const tern_proto_file names_proto_file = {
    .name = "names.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
