// texts.tern.c: made from texts.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "texts.tern.h"

// ---- demo.texts.Letter --------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_texts_letter[] = {
    {
        .name = "subject",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_texts_letter, subject),
        .default_value = protobuf_c_empty_string,
    },
    {
        .name = "body",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_texts_letter, body),
        .reserved_flags = TERN_FIELD_TEXT,
    },
    {
        .name = "reply_to",
        .id = 3,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_BYTES,
        .quantifier_offset = offsetof(demo_texts_letter, has_reply_to),
        .offset = offsetof(demo_texts_letter, reply_to),
        .reserved_flags = TERN_FIELD_TEXT,
    },
    {
        .name = "lines",
        .id = 4,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_BYTES,
        .quantifier_offset = offsetof(demo_texts_letter, n_lines),
        .offset = offsetof(demo_texts_letter, lines),
        .reserved_flags = TERN_FIELD_TEXT,
    },
    {
        .name = "formal",
        .id = 5,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_BYTES,
        .quantifier_offset = offsetof(demo_texts_letter, closing_case),
        .offset = offsetof(demo_texts_letter, formal),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
        .reserved_flags = TERN_FIELD_TEXT,
    },
    {
        .name = "casual",
        .id = 6,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .quantifier_offset = offsetof(demo_texts_letter, closing_case),
        .offset = offsetof(demo_texts_letter, casual),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "headers",
        .id = 7,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_texts_letter, n_headers),
        .offset = offsetof(demo_texts_letter, headers),
        .descriptor = &demo_texts_letter_headers_entry_descriptor,
        .reserved_flags = TERN_FIELD_MAP,
    },
    {
        .name = "notes",
        .id = 8,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_texts_letter, n_notes),
        .offset = offsetof(demo_texts_letter, notes),
        .descriptor = &demo_texts_letter_notes_entry_descriptor,
        .reserved_flags = TERN_FIELD_MAP,
    },
    {
        .name = "counts",
        .id = 9,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_texts_letter, n_counts),
        .offset = offsetof(demo_texts_letter, counts),
        .descriptor = &demo_texts_letter_counts_entry_descriptor,
        .reserved_flags = TERN_FIELD_MAP,
    },
};
static const unsigned names_of_demo_texts_letter[] = { 1, 5, 8, 4, 6, 3, 7, 2, 0 };
static const ProtobufCIntRange ranges_of_demo_texts_letter[] = { { 1, 0 }, { 0, 9 } };

static void init_demo_texts_letter(ProtobufCMessage *m)
{
    *(demo_texts_letter *)m = (demo_texts_letter){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_texts_letter_descriptor),
        .subject = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor demo_texts_letter_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.texts.Letter",
    .short_name = "Letter",
    .c_name = "demo_texts_letter",
    .package_name = "demo.texts",
    .sizeof_message = sizeof(demo_texts_letter),
    .n_fields = 9,
    .fields = fields_of_demo_texts_letter,
    .fields_sorted_by_name = names_of_demo_texts_letter,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_texts_letter,
    .message_init = init_demo_texts_letter,
};

// ---- demo.texts.Letter.HeadersEntry -------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_texts_letter_headers_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_texts_letter_headers_entry, key),
        .reserved_flags = TERN_FIELD_TEXT,
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_texts_letter_headers_entry, value),
        .reserved_flags = TERN_FIELD_TEXT,
    },
};
static const unsigned names_of_demo_texts_letter_headers_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_texts_letter_headers_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_texts_letter_headers_entry(ProtobufCMessage *m)
{
    *(demo_texts_letter_headers_entry *)m = (demo_texts_letter_headers_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_texts_letter_headers_entry_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_texts_letter_headers_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.texts.Letter.HeadersEntry",
    .short_name = "HeadersEntry",
    .c_name = "demo_texts_letter_headers_entry",
    .package_name = "demo.texts",
    .sizeof_message = sizeof(demo_texts_letter_headers_entry),
    .n_fields = 2,
    .fields = fields_of_demo_texts_letter_headers_entry,
    .fields_sorted_by_name = names_of_demo_texts_letter_headers_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_texts_letter_headers_entry,
    .message_init = init_demo_texts_letter_headers_entry,
};

// ---- demo.texts.Letter.NotesEntry ---------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_texts_letter_notes_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_texts_letter_notes_entry, key),
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_texts_letter_notes_entry, value),
        .reserved_flags = TERN_FIELD_TEXT,
    },
};
static const unsigned names_of_demo_texts_letter_notes_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_texts_letter_notes_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_texts_letter_notes_entry(ProtobufCMessage *m)
{
    *(demo_texts_letter_notes_entry *)m = (demo_texts_letter_notes_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_texts_letter_notes_entry_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_texts_letter_notes_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.texts.Letter.NotesEntry",
    .short_name = "NotesEntry",
    .c_name = "demo_texts_letter_notes_entry",
    .package_name = "demo.texts",
    .sizeof_message = sizeof(demo_texts_letter_notes_entry),
    .n_fields = 2,
    .fields = fields_of_demo_texts_letter_notes_entry,
    .fields_sorted_by_name = names_of_demo_texts_letter_notes_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_texts_letter_notes_entry,
    .message_init = init_demo_texts_letter_notes_entry,
};

// ---- demo.texts.Letter.CountsEntry --------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_texts_letter_counts_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_texts_letter_counts_entry, key),
        .reserved_flags = TERN_FIELD_TEXT,
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_texts_letter_counts_entry, value),
    },
};
static const unsigned names_of_demo_texts_letter_counts_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_texts_letter_counts_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_texts_letter_counts_entry(ProtobufCMessage *m)
{
    *(demo_texts_letter_counts_entry *)m = (demo_texts_letter_counts_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_texts_letter_counts_entry_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_texts_letter_counts_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.texts.Letter.CountsEntry",
    .short_name = "CountsEntry",
    .c_name = "demo_texts_letter_counts_entry",
    .package_name = "demo.texts",
    .sizeof_message = sizeof(demo_texts_letter_counts_entry),
    .n_fields = 2,
    .fields = fields_of_demo_texts_letter_counts_entry,
    .fields_sorted_by_name = names_of_demo_texts_letter_counts_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_texts_letter_counts_entry,
    .message_init = init_demo_texts_letter_counts_entry,
};

// ---- texts.proto --------------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0b, 0x74, 0x65, 0x78, 0x74, 0x73, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x12, 0x0a, 0x64,
    0x65, 0x6d, 0x6f, 0x2e, 0x74, 0x65, 0x78, 0x74, 0x73, 0x1a, 0x12, 0x74, 0x65, 0x72, 0x6e, 0x2f,
    0x6f, 0x70, 0x74, 0x69, 0x6f, 0x6e, 0x73, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x22, 0xbb, 0x04,
    0x0a, 0x06, 0x4c, 0x65, 0x74, 0x74, 0x65, 0x72, 0x12, 0x18, 0x0a, 0x07, 0x73, 0x75, 0x62, 0x6a,
    0x65, 0x63, 0x74, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x07, 0x73, 0x75, 0x62, 0x6a, 0x65,
    0x63, 0x74, 0x12, 0x18, 0x0a, 0x04, 0x62, 0x6f, 0x64, 0x79, 0x18, 0x02, 0x20, 0x01, 0x28, 0x09,
    0x42, 0x04, 0xf0, 0xa6, 0x19, 0x01, 0x52, 0x04, 0x62, 0x6f, 0x64, 0x79, 0x12, 0x24, 0x0a, 0x08,
    0x72, 0x65, 0x70, 0x6c, 0x79, 0x5f, 0x74, 0x6f, 0x18, 0x03, 0x20, 0x01, 0x28, 0x09, 0x42, 0x04,
    0xf0, 0xa6, 0x19, 0x01, 0x48, 0x01, 0x52, 0x07, 0x72, 0x65, 0x70, 0x6c, 0x79, 0x54, 0x6f, 0x88,
    0x01, 0x01, 0x12, 0x1a, 0x0a, 0x05, 0x6c, 0x69, 0x6e, 0x65, 0x73, 0x18, 0x04, 0x20, 0x03, 0x28,
    0x09, 0x42, 0x04, 0xf0, 0xa6, 0x19, 0x01, 0x52, 0x05, 0x6c, 0x69, 0x6e, 0x65, 0x73, 0x12, 0x1e,
    0x0a, 0x06, 0x66, 0x6f, 0x72, 0x6d, 0x61, 0x6c, 0x18, 0x05, 0x20, 0x01, 0x28, 0x09, 0x42, 0x04,
    0xf0, 0xa6, 0x19, 0x01, 0x48, 0x00, 0x52, 0x06, 0x66, 0x6f, 0x72, 0x6d, 0x61, 0x6c, 0x12, 0x18,
    0x0a, 0x06, 0x63, 0x61, 0x73, 0x75, 0x61, 0x6c, 0x18, 0x06, 0x20, 0x01, 0x28, 0x09, 0x48, 0x00,
    0x52, 0x06, 0x63, 0x61, 0x73, 0x75, 0x61, 0x6c, 0x12, 0x3f, 0x0a, 0x07, 0x68, 0x65, 0x61, 0x64,
    0x65, 0x72, 0x73, 0x18, 0x07, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x1f, 0x2e, 0x64, 0x65, 0x6d, 0x6f,
    0x2e, 0x74, 0x65, 0x78, 0x74, 0x73, 0x2e, 0x4c, 0x65, 0x74, 0x74, 0x65, 0x72, 0x2e, 0x48, 0x65,
    0x61, 0x64, 0x65, 0x72, 0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x42, 0x04, 0xf0, 0xa6, 0x19, 0x01,
    0x52, 0x07, 0x68, 0x65, 0x61, 0x64, 0x65, 0x72, 0x73, 0x12, 0x39, 0x0a, 0x05, 0x6e, 0x6f, 0x74,
    0x65, 0x73, 0x18, 0x08, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x1d, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e,
    0x74, 0x65, 0x78, 0x74, 0x73, 0x2e, 0x4c, 0x65, 0x74, 0x74, 0x65, 0x72, 0x2e, 0x4e, 0x6f, 0x74,
    0x65, 0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x42, 0x04, 0xf0, 0xa6, 0x19, 0x01, 0x52, 0x05, 0x6e,
    0x6f, 0x74, 0x65, 0x73, 0x12, 0x3c, 0x0a, 0x06, 0x63, 0x6f, 0x75, 0x6e, 0x74, 0x73, 0x18, 0x09,
    0x20, 0x03, 0x28, 0x0b, 0x32, 0x1e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x74, 0x65, 0x78, 0x74,
    0x73, 0x2e, 0x4c, 0x65, 0x74, 0x74, 0x65, 0x72, 0x2e, 0x43, 0x6f, 0x75, 0x6e, 0x74, 0x73, 0x45,
    0x6e, 0x74, 0x72, 0x79, 0x42, 0x04, 0xf0, 0xa6, 0x19, 0x01, 0x52, 0x06, 0x63, 0x6f, 0x75, 0x6e,
    0x74, 0x73, 0x1a, 0x3a, 0x0a, 0x0c, 0x48, 0x65, 0x61, 0x64, 0x65, 0x72, 0x73, 0x45, 0x6e, 0x74,
    0x72, 0x79, 0x12, 0x10, 0x0a, 0x03, 0x6b, 0x65, 0x79, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52,
    0x03, 0x6b, 0x65, 0x79, 0x12, 0x14, 0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x18, 0x02, 0x20,
    0x01, 0x28, 0x09, 0x52, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x3a, 0x02, 0x38, 0x01, 0x1a, 0x38,
    0x0a, 0x0a, 0x4e, 0x6f, 0x74, 0x65, 0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x12, 0x10, 0x0a, 0x03,
    0x6b, 0x65, 0x79, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52, 0x03, 0x6b, 0x65, 0x79, 0x12, 0x14,
    0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x09, 0x52, 0x05, 0x76,
    0x61, 0x6c, 0x75, 0x65, 0x3a, 0x02, 0x38, 0x01, 0x1a, 0x39, 0x0a, 0x0b, 0x43, 0x6f, 0x75, 0x6e,
    0x74, 0x73, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x12, 0x10, 0x0a, 0x03, 0x6b, 0x65, 0x79, 0x18, 0x01,
    0x20, 0x01, 0x28, 0x09, 0x52, 0x03, 0x6b, 0x65, 0x79, 0x12, 0x14, 0x0a, 0x05, 0x76, 0x61, 0x6c,
    0x75, 0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x05, 0x52, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x3a,
    0x02, 0x38, 0x01, 0x42, 0x09, 0x0a, 0x07, 0x63, 0x6c, 0x6f, 0x73, 0x69, 0x6e, 0x67, 0x42, 0x0b,
    0x0a, 0x09, 0x5f, 0x72, 0x65, 0x70, 0x6c, 0x79, 0x5f, 0x74, 0x6f, 0x62, 0x06, 0x70, 0x72, 0x6f,
    0x74, 0x6f, 0x33
};
const tern_proto_file texts_proto_file = {
    .name = "texts.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
