// base.tern.c: made from base.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "base.tern.h"

// ---- lib.Unit -----------------------------------------------------------

static const ProtobufCEnumValue values_of_lib_unit[] = {
    { "UNIT_NONE", "LIB_UNIT_NONE", 0 },
    { "UNIT_METRE", "LIB_UNIT_METRE", 1 },
};
static const ProtobufCEnumValueIndex names_of_lib_unit[] = {
    { "UNIT_METRE", 1 },
    { "UNIT_NONE", 0 },
};
static const ProtobufCIntRange ranges_of_lib_unit[] = { { 0, 0 }, { 0, 2 } };
_Static_assert(sizeof(lib_unit) == sizeof(int), "protobuf-c stores enums as int");
const ProtobufCEnumDescriptor lib_unit_descriptor = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "lib.Unit",
    .short_name = "Unit",
    .c_name = "lib_unit",
    .package_name = "lib",
    .n_values = 2,
    .values = values_of_lib_unit,
    .n_value_names = 2,
    .values_by_name = names_of_lib_unit,
    .n_value_ranges = 1,
    .value_ranges = ranges_of_lib_unit,
};

// ---- lib.Length ---------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_lib_length[] = {
    {
        .name = "value",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_DOUBLE,
        .offset = offsetof(lib_length, value),
    },
    {
        .name = "unit",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_ENUM,
        .offset = offsetof(lib_length, unit),
        .descriptor = &lib_unit_descriptor,
    },
};
static const unsigned names_of_lib_length[] = { 1, 0 };
static const ProtobufCIntRange ranges_of_lib_length[] = { { 1, 0 }, { 0, 2 } };

static void init_lib_length(ProtobufCMessage *m)
{
    *(lib_length *)m = (lib_length){
        .base = PROTOBUF_C_MESSAGE_INIT(&lib_length_descriptor),
    };
}

const ProtobufCMessageDescriptor lib_length_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "lib.Length",
    .short_name = "Length",
    .c_name = "lib_length",
    .package_name = "lib",
    .sizeof_message = sizeof(lib_length),
    .n_fields = 2,
    .fields = fields_of_lib_length,
    .fields_sorted_by_name = names_of_lib_length,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_lib_length,
    .message_init = init_lib_length,
};

// ---- lib/base.proto -----------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0e, 0x6c, 0x69, 0x62, 0x2f, 0x62, 0x61, 0x73, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f,
    0x12, 0x03, 0x6c, 0x69, 0x62, 0x22, 0x3d, 0x0a, 0x06, 0x4c, 0x65, 0x6e, 0x67, 0x74, 0x68, 0x12,
    0x14, 0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x18, 0x01, 0x20, 0x01, 0x28, 0x01, 0x52, 0x05,
    0x76, 0x61, 0x6c, 0x75, 0x65, 0x12, 0x1d, 0x0a, 0x04, 0x75, 0x6e, 0x69, 0x74, 0x18, 0x02, 0x20,
    0x01, 0x28, 0x0e, 0x32, 0x09, 0x2e, 0x6c, 0x69, 0x62, 0x2e, 0x55, 0x6e, 0x69, 0x74, 0x52, 0x04,
    0x75, 0x6e, 0x69, 0x74, 0x2a, 0x25, 0x0a, 0x04, 0x55, 0x6e, 0x69, 0x74, 0x12, 0x0d, 0x0a, 0x09,
    0x55, 0x4e, 0x49, 0x54, 0x5f, 0x4e, 0x4f, 0x4e, 0x45, 0x10, 0x00, 0x12, 0x0e, 0x0a, 0x0a, 0x55,
    0x4e, 0x49, 0x54, 0x5f, 0x4d, 0x45, 0x54, 0x52, 0x45, 0x10, 0x01, 0x62, 0x06, 0x70, 0x72, 0x6f,
    0x74, 0x6f, 0x33
};
const tern_proto_file lib_base_proto_file = {
    .name = "lib/base.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
