// grouped.tern.c: made from grouped.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "grouped.tern.h"

// ---- foreign.Limits -----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_foreign_limits[] = {
    {
        .name = "range",
        .id = 1,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(foreign_limits, n_range),
        .offset = offsetof(foreign_limits, range),
        .descriptor = &foreign_limits_range_descriptor,
        .reserved_flags = TERN_FIELD_GROUP,
    },
};
static const unsigned names_of_foreign_limits[] = { 0 };
static const ProtobufCIntRange ranges_of_foreign_limits[] = { { 1, 0 }, { 0, 1 } };

static void init_foreign_limits(ProtobufCMessage *m)
{
    *(foreign_limits *)m = (foreign_limits){
        .base = PROTOBUF_C_MESSAGE_INIT(&foreign_limits_descriptor),
    };
}

const ProtobufCMessageDescriptor foreign_limits_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "foreign.Limits",
    .short_name = "Limits",
    .c_name = "foreign_limits",
    .package_name = "foreign",
    .sizeof_message = sizeof(foreign_limits),
    .n_fields = 1,
    .fields = fields_of_foreign_limits,
    .fields_sorted_by_name = names_of_foreign_limits,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_foreign_limits,
    .message_init = init_foreign_limits,
};

// ---- foreign.Limits.Range -----------------------------------------------

static const ProtobufCFieldDescriptor fields_of_foreign_limits_range[] = {
    {
        .name = "low",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(foreign_limits_range, has_low),
        .offset = offsetof(foreign_limits_range, low),
    },
    {
        .name = "high",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(foreign_limits_range, has_high),
        .offset = offsetof(foreign_limits_range, high),
    },
};
static const unsigned names_of_foreign_limits_range[] = { 1, 0 };
static const ProtobufCIntRange ranges_of_foreign_limits_range[] = { { 1, 0 }, { 0, 2 } };

static void init_foreign_limits_range(ProtobufCMessage *m)
{
    *(foreign_limits_range *)m = (foreign_limits_range){
        .base = PROTOBUF_C_MESSAGE_INIT(&foreign_limits_range_descriptor),
    };
}

const ProtobufCMessageDescriptor foreign_limits_range_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "foreign.Limits.Range",
    .short_name = "Range",
    .c_name = "foreign_limits_range",
    .package_name = "foreign",
    .sizeof_message = sizeof(foreign_limits_range),
    .n_fields = 2,
    .fields = fields_of_foreign_limits_range,
    .fields_sorted_by_name = names_of_foreign_limits_range,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_foreign_limits_range,
    .message_init = init_foreign_limits_range,
};

// ---- foreign.Mark -------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_foreign_mark[] = {
    {
        .name = "color",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(foreign_mark, color),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
};
static const unsigned names_of_foreign_mark[] = { 0 };
static const ProtobufCIntRange ranges_of_foreign_mark[] = { { 1, 0 }, { 0, 1 } };

static void init_foreign_mark(ProtobufCMessage *m)
{
    *(foreign_mark *)m = (foreign_mark){
        .base = PROTOBUF_C_MESSAGE_INIT(&foreign_mark_descriptor),
    };
}

const ProtobufCMessageDescriptor foreign_mark_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "foreign.Mark",
    .short_name = "Mark",
    .c_name = "foreign_mark",
    .package_name = "foreign",
    .sizeof_message = sizeof(foreign_mark),
    .n_fields = 1,
    .fields = fields_of_foreign_mark,
    .fields_sorted_by_name = names_of_foreign_mark,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_foreign_mark,
    .message_init = init_foreign_mark,
};

// ---- foreign.limits -----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_foreign_limits_[] = {
    {
        .name = "limits",
        .id = 50001,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(foreign_limits_, limits),
        .descriptor = &foreign_limits_descriptor,
    },
};
static const unsigned names_of_foreign_limits_[] = { 0 };
static const ProtobufCIntRange ranges_of_foreign_limits_[] = { { 50001, 0 }, { 0, 1 } };

static void init_foreign_limits_(ProtobufCMessage *m)
{
    *(foreign_limits_ *)m = (foreign_limits_){
        .base = PROTOBUF_C_MESSAGE_INIT(&foreign_limits__descriptor),
    };
}

const ProtobufCMessageDescriptor foreign_limits__descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "foreign.limits",
    .short_name = "limits",
    .c_name = "foreign_limits_",
    .package_name = "foreign",
    .sizeof_message = sizeof(foreign_limits_),
    .n_fields = 1,
    .fields = fields_of_foreign_limits_,
    .fields_sorted_by_name = names_of_foreign_limits_,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_foreign_limits_,
    .message_init = init_foreign_limits_,
};
const tern_extension foreign_limits__extension = {
    .extendee = "google.protobuf.MessageOptions",
    .type = &foreign_limits__descriptor,
};

// ---- foreign.mark -------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_foreign_mark_[] = {
    {
        .name = "mark",
        .id = 50002,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(foreign_mark_, mark),
        .descriptor = &foreign_mark_descriptor,
        .reserved_flags = TERN_FIELD_GROUP,
    },
};
static const unsigned names_of_foreign_mark_[] = { 0 };
static const ProtobufCIntRange ranges_of_foreign_mark_[] = { { 50002, 0 }, { 0, 1 } };

static void init_foreign_mark_(ProtobufCMessage *m)
{
    *(foreign_mark_ *)m = (foreign_mark_){
        .base = PROTOBUF_C_MESSAGE_INIT(&foreign_mark__descriptor),
    };
}

const ProtobufCMessageDescriptor foreign_mark__descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "foreign.mark",
    .short_name = "mark",
    .c_name = "foreign_mark_",
    .package_name = "foreign",
    .sizeof_message = sizeof(foreign_mark_),
    .n_fields = 1,
    .fields = fields_of_foreign_mark_,
    .fields_sorted_by_name = names_of_foreign_mark_,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_foreign_mark_,
    .message_init = init_foreign_mark_,
};
const tern_extension foreign_mark__extension = {
    .extendee = "google.protobuf.FieldOptions",
    .type = &foreign_mark__descriptor,
};

// ---- foreign/grouped.proto ----------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x15, 0x66, 0x6f, 0x72, 0x65, 0x69, 0x67, 0x6e, 0x2f, 0x67, 0x72, 0x6f, 0x75, 0x70, 0x65,
    0x64, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x12, 0x07, 0x66, 0x6f, 0x72, 0x65, 0x69, 0x67, 0x6e,
    0x1a, 0x20, 0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75,
    0x66, 0x2f, 0x64, 0x65, 0x73, 0x63, 0x72, 0x69, 0x70, 0x74, 0x6f, 0x72, 0x2e, 0x70, 0x72, 0x6f,
    0x74, 0x6f, 0x22, 0x64, 0x0a, 0x06, 0x4c, 0x69, 0x6d, 0x69, 0x74, 0x73, 0x12, 0x2b, 0x0a, 0x05,
    0x72, 0x61, 0x6e, 0x67, 0x65, 0x18, 0x01, 0x20, 0x03, 0x28, 0x0a, 0x32, 0x15, 0x2e, 0x66, 0x6f,
    0x72, 0x65, 0x69, 0x67, 0x6e, 0x2e, 0x4c, 0x69, 0x6d, 0x69, 0x74, 0x73, 0x2e, 0x52, 0x61, 0x6e,
    0x67, 0x65, 0x52, 0x05, 0x72, 0x61, 0x6e, 0x67, 0x65, 0x1a, 0x2d, 0x0a, 0x05, 0x52, 0x61, 0x6e,
    0x67, 0x65, 0x12, 0x10, 0x0a, 0x03, 0x6c, 0x6f, 0x77, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52,
    0x03, 0x6c, 0x6f, 0x77, 0x12, 0x12, 0x0a, 0x04, 0x68, 0x69, 0x67, 0x68, 0x18, 0x02, 0x20, 0x01,
    0x28, 0x05, 0x52, 0x04, 0x68, 0x69, 0x67, 0x68, 0x22, 0x1c, 0x0a, 0x04, 0x4d, 0x61, 0x72, 0x6b,
    0x12, 0x14, 0x0a, 0x05, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52,
    0x05, 0x63, 0x6f, 0x6c, 0x6f, 0x72, 0x3a, 0x4a, 0x0a, 0x06, 0x6c, 0x69, 0x6d, 0x69, 0x74, 0x73,
    0x12, 0x1f, 0x2e, 0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62,
    0x75, 0x66, 0x2e, 0x4d, 0x65, 0x73, 0x73, 0x61, 0x67, 0x65, 0x4f, 0x70, 0x74, 0x69, 0x6f, 0x6e,
    0x73, 0x18, 0xd1, 0x86, 0x03, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x0f, 0x2e, 0x66, 0x6f, 0x72, 0x65,
    0x69, 0x67, 0x6e, 0x2e, 0x4c, 0x69, 0x6d, 0x69, 0x74, 0x73, 0x52, 0x06, 0x6c, 0x69, 0x6d, 0x69,
    0x74, 0x73, 0x3a, 0x42, 0x0a, 0x04, 0x6d, 0x61, 0x72, 0x6b, 0x12, 0x1d, 0x2e, 0x67, 0x6f, 0x6f,
    0x67, 0x6c, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2e, 0x46, 0x69, 0x65,
    0x6c, 0x64, 0x4f, 0x70, 0x74, 0x69, 0x6f, 0x6e, 0x73, 0x18, 0xd2, 0x86, 0x03, 0x20, 0x01, 0x28,
    0x0a, 0x32, 0x0d, 0x2e, 0x66, 0x6f, 0x72, 0x65, 0x69, 0x67, 0x6e, 0x2e, 0x4d, 0x61, 0x72, 0x6b,
    0x52, 0x04, 0x6d, 0x61, 0x72, 0x6b
};
const tern_proto_file foreign_grouped_proto_file = {
    .name = "foreign/grouped.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
