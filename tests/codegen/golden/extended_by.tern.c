// extended_by.tern.c: made from extended_by.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "extended_by.tern.h"

// ---- demo.ext.Ruled -----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_ext_ruled[] = {
    {
        .name = "number",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_ext_ruled, number),
    },
    {
        .name = "own",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_ext_ruled, own),
        .descriptor = &demo_ext_rules_descriptor,
    },
};
static const unsigned names_of_demo_ext_ruled[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_ext_ruled[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_ext_ruled(ProtobufCMessage *m)
{
    *(demo_ext_ruled *)m = (demo_ext_ruled){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_ruled_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_ext_ruled_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.Ruled",
    .short_name = "Ruled",
    .c_name = "demo_ext_ruled",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_ruled),
    .n_fields = 2,
    .fields = fields_of_demo_ext_ruled,
    .fields_sorted_by_name = names_of_demo_ext_ruled,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_ruled,
    .message_init = init_demo_ext_ruled,
};

// ---- extended_by.proto --------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x11, 0x65, 0x78, 0x74, 0x65, 0x6e, 0x64, 0x65, 0x64, 0x5f, 0x62, 0x79, 0x2e, 0x70, 0x72,
    0x6f, 0x74, 0x6f, 0x12, 0x08, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x65, 0x78, 0x74, 0x1a, 0x0e, 0x65,
    0x78, 0x74, 0x65, 0x6e, 0x64, 0x65, 0x64, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x22, 0x4a, 0x0a,
    0x05, 0x52, 0x75, 0x6c, 0x65, 0x64, 0x12, 0x1e, 0x0a, 0x06, 0x6e, 0x75, 0x6d, 0x62, 0x65, 0x72,
    0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x42, 0x06, 0xc2, 0xf3, 0x18, 0x02, 0x08, 0x05, 0x52, 0x06,
    0x6e, 0x75, 0x6d, 0x62, 0x65, 0x72, 0x12, 0x21, 0x0a, 0x03, 0x6f, 0x77, 0x6e, 0x18, 0x02, 0x20,
    0x01, 0x28, 0x0b, 0x32, 0x0f, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x65, 0x78, 0x74, 0x2e, 0x52,
    0x75, 0x6c, 0x65, 0x73, 0x52, 0x03, 0x6f, 0x77, 0x6e, 0x62, 0x06, 0x70, 0x72, 0x6f, 0x74, 0x6f,
    0x33
};
static const tern_proto_file *const imports[] = {
    &extended_proto_file,
};
const tern_proto_file extended_by_proto_file = {
    .name = "extended_by.proto",
    .bytes = bytes,
    .len = sizeof bytes,
    .imports = imports,
    .n_imports = 1,
};
