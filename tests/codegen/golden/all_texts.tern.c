// all_texts.tern.c: made from all_texts.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "all_texts.tern.h"

// ---- demo.texts.Old -----------------------------------------------------

static const tern_text default_of_demo_texts_old_title = { 5, "plain" };
static const ProtobufCFieldDescriptor fields_of_demo_texts_old[] = {
    {
        .name = "name",
        .id = 1,
        .label = PROTOBUF_C_LABEL_REQUIRED,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_texts_old, name),
        .reserved_flags = TERN_FIELD_ANY_BYTES | TERN_FIELD_TEXT,
    },
    {
        .name = "title",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_BYTES,
        .quantifier_offset = offsetof(demo_texts_old, has_title),
        .offset = offsetof(demo_texts_old, title),
        .default_value = &default_of_demo_texts_old_title,
        .reserved_flags = TERN_FIELD_ANY_BYTES | TERN_FIELD_TEXT,
    },
    {
        .name = "tags",
        .id = 3,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_BYTES,
        .quantifier_offset = offsetof(demo_texts_old, n_tags),
        .offset = offsetof(demo_texts_old, tags),
        .reserved_flags = TERN_FIELD_ANY_BYTES | TERN_FIELD_TEXT,
    },
    {
        .name = "labels",
        .id = 4,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_texts_old, n_labels),
        .offset = offsetof(demo_texts_old, labels),
        .descriptor = &demo_texts_old_labels_entry_descriptor,
        .reserved_flags = TERN_FIELD_MAP,
    },
};
static const unsigned names_of_demo_texts_old[] = { 3, 0, 2, 1 };
static const ProtobufCIntRange ranges_of_demo_texts_old[] = { { 1, 0 }, { 0, 4 } };

static void init_demo_texts_old(ProtobufCMessage *m)
{
    *(demo_texts_old *)m = (demo_texts_old){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_texts_old_descriptor),
        .title = default_of_demo_texts_old_title,
    };
}

const ProtobufCMessageDescriptor demo_texts_old_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.texts.Old",
    .short_name = "Old",
    .c_name = "demo_texts_old",
    .package_name = "demo.texts",
    .sizeof_message = sizeof(demo_texts_old),
    .n_fields = 4,
    .fields = fields_of_demo_texts_old,
    .fields_sorted_by_name = names_of_demo_texts_old,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_texts_old,
    .message_init = init_demo_texts_old,
};

// ---- demo.texts.Old.LabelsEntry -----------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_texts_old_labels_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_texts_old_labels_entry, key),
        .reserved_flags = TERN_FIELD_ANY_BYTES | TERN_FIELD_TEXT,
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_texts_old_labels_entry, value),
        .reserved_flags = TERN_FIELD_ANY_BYTES | TERN_FIELD_TEXT,
    },
};
static const unsigned names_of_demo_texts_old_labels_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_texts_old_labels_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_texts_old_labels_entry(ProtobufCMessage *m)
{
    *(demo_texts_old_labels_entry *)m = (demo_texts_old_labels_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_texts_old_labels_entry_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_texts_old_labels_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.texts.Old.LabelsEntry",
    .short_name = "LabelsEntry",
    .c_name = "demo_texts_old_labels_entry",
    .package_name = "demo.texts",
    .sizeof_message = sizeof(demo_texts_old_labels_entry),
    .n_fields = 2,
    .fields = fields_of_demo_texts_old_labels_entry,
    .fields_sorted_by_name = names_of_demo_texts_old_labels_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_texts_old_labels_entry,
    .message_init = init_demo_texts_old_labels_entry,
};

// ---- all_texts.proto ----------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0f, 0x61, 0x6c, 0x6c, 0x5f, 0x74, 0x65, 0x78, 0x74, 0x73, 0x2e, 0x70, 0x72, 0x6f, 0x74,
    0x6f, 0x12, 0x0a, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x74, 0x65, 0x78, 0x74, 0x73, 0x1a, 0x12, 0x74,
    0x65, 0x72, 0x6e, 0x2f, 0x6f, 0x70, 0x74, 0x69, 0x6f, 0x6e, 0x73, 0x2e, 0x70, 0x72, 0x6f, 0x74,
    0x6f, 0x22, 0xba, 0x01, 0x0a, 0x03, 0x4f, 0x6c, 0x64, 0x12, 0x12, 0x0a, 0x04, 0x6e, 0x61, 0x6d,
    0x65, 0x18, 0x01, 0x20, 0x02, 0x28, 0x09, 0x52, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x12, 0x1b, 0x0a,
    0x05, 0x74, 0x69, 0x74, 0x6c, 0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x09, 0x3a, 0x05, 0x70, 0x6c,
    0x61, 0x69, 0x6e, 0x52, 0x05, 0x74, 0x69, 0x74, 0x6c, 0x65, 0x12, 0x12, 0x0a, 0x04, 0x74, 0x61,
    0x67, 0x73, 0x18, 0x03, 0x20, 0x03, 0x28, 0x09, 0x52, 0x04, 0x74, 0x61, 0x67, 0x73, 0x12, 0x33,
    0x0a, 0x06, 0x6c, 0x61, 0x62, 0x65, 0x6c, 0x73, 0x18, 0x04, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x1b,
    0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x74, 0x65, 0x78, 0x74, 0x73, 0x2e, 0x4f, 0x6c, 0x64, 0x2e,
    0x4c, 0x61, 0x62, 0x65, 0x6c, 0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x52, 0x06, 0x6c, 0x61, 0x62,
    0x65, 0x6c, 0x73, 0x1a, 0x39, 0x0a, 0x0b, 0x4c, 0x61, 0x62, 0x65, 0x6c, 0x73, 0x45, 0x6e, 0x74,
    0x72, 0x79, 0x12, 0x10, 0x0a, 0x03, 0x6b, 0x65, 0x79, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52,
    0x03, 0x6b, 0x65, 0x79, 0x12, 0x14, 0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x18, 0x02, 0x20,
    0x01, 0x28, 0x09, 0x52, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x3a, 0x02, 0x38, 0x01, 0x42, 0x04,
    0xf8, 0xa6, 0x19, 0x01
};
const tern_proto_file all_texts_proto_file = {
    .name = "all_texts.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
