// message_set.tern.c: made from message_set.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "message_set.tern.h"

// ---- demo.sets.Old ------------------------------------------------------

static void init_demo_sets_old(ProtobufCMessage *m)
{
    *(demo_sets_old *)m = (demo_sets_old){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_sets_old_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_sets_old_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.sets.Old",
    .short_name = "Old",
    .c_name = "demo_sets_old",
    .package_name = "demo.sets",
    .sizeof_message = sizeof(demo_sets_old),
    .message_init = init_demo_sets_old,
};

// ---- demo.sets.Item -----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_sets_item[] = {
    {
        .name = "name",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_sets_item, name),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
};
static const unsigned names_of_demo_sets_item[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_sets_item[] = { { 1, 0 }, { 0, 1 } };

static void init_demo_sets_item(ProtobufCMessage *m)
{
    *(demo_sets_item *)m = (demo_sets_item){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_sets_item_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_sets_item_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.sets.Item",
    .short_name = "Item",
    .c_name = "demo_sets_item",
    .package_name = "demo.sets",
    .sizeof_message = sizeof(demo_sets_item),
    .n_fields = 1,
    .fields = fields_of_demo_sets_item,
    .fields_sorted_by_name = names_of_demo_sets_item,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_sets_item,
    .message_init = init_demo_sets_item,
};

// ---- message_set.proto --------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x11, 0x6d, 0x65, 0x73, 0x73, 0x61, 0x67, 0x65, 0x5f, 0x73, 0x65, 0x74, 0x2e, 0x70, 0x72,
    0x6f, 0x74, 0x6f, 0x12, 0x09, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x73, 0x65, 0x74, 0x73, 0x22, 0x13,
    0x0a, 0x03, 0x4f, 0x6c, 0x64, 0x2a, 0x08, 0x08, 0x04, 0x10, 0xff, 0xff, 0xff, 0xff, 0x07, 0x3a,
    0x02, 0x08, 0x01, 0x22, 0x51, 0x0a, 0x04, 0x49, 0x74, 0x65, 0x6d, 0x12, 0x12, 0x0a, 0x04, 0x6e,
    0x61, 0x6d, 0x65, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x32,
    0x35, 0x0a, 0x04, 0x69, 0x74, 0x65, 0x6d, 0x12, 0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x73,
    0x65, 0x74, 0x73, 0x2e, 0x4f, 0x6c, 0x64, 0x18, 0xf9, 0xbb, 0x5e, 0x20, 0x01, 0x28, 0x0b, 0x32,
    0x0f, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x73, 0x65, 0x74, 0x73, 0x2e, 0x49, 0x74, 0x65, 0x6d,
    0x52, 0x04, 0x69, 0x74, 0x65, 0x6d
};
const tern_proto_file message_set_proto_file = {
    .name = "message_set.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
