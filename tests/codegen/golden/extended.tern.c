// extended.tern.c: made from extended.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "extended.tern.h"

// ---- demo.ext.Rules -----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_ext_rules[] = {
    {
        .name = "most",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_ext_rules, has_most),
        .offset = offsetof(demo_ext_rules, most),
    },
};
static const unsigned names_of_demo_ext_rules[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_rules[] = { { 1, 0 }, { 0, 1 } };

static void init_demo_ext_rules(ProtobufCMessage *m)
{
    *(demo_ext_rules *)m = (demo_ext_rules){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_rules_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_ext_rules_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.Rules",
    .short_name = "Rules",
    .c_name = "demo_ext_rules",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_rules),
    .n_fields = 1,
    .fields = fields_of_demo_ext_rules,
    .fields_sorted_by_name = names_of_demo_ext_rules,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_rules,
    .message_init = init_demo_ext_rules,
};

// ---- demo.ext.Rules.marks -----------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_ext_rules_marks[] = {
    {
        .name = "marks",
        .id = 101,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_ext_rules_marks, n_marks),
        .offset = offsetof(demo_ext_rules_marks, marks),
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
    },
};
static const unsigned names_of_demo_ext_rules_marks[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_rules_marks[] = { { 101, 0 }, { 0, 1 } };

static void init_demo_ext_rules_marks(ProtobufCMessage *m)
{
    *(demo_ext_rules_marks *)m = (demo_ext_rules_marks){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_rules_marks_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_ext_rules_marks_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.Rules.marks",
    .short_name = "marks",
    .c_name = "demo_ext_rules_marks",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_rules_marks),
    .n_fields = 1,
    .fields = fields_of_demo_ext_rules_marks,
    .fields_sorted_by_name = names_of_demo_ext_rules_marks,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_rules_marks,
    .message_init = init_demo_ext_rules_marks,
};
const tern_extension demo_ext_rules_marks_extension = {
    .extendee = "demo.old.Open",
    .type = &demo_ext_rules_marks_descriptor,
};

// ---- demo.ext.Rules.inner -----------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_ext_rules_inner[] = {
    {
        .name = "inner",
        .id = 102,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_ext_rules_inner, inner),
        .descriptor = &demo_ext_rules_descriptor,
    },
};
static const unsigned names_of_demo_ext_rules_inner[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_rules_inner[] = { { 102, 0 }, { 0, 1 } };

static void init_demo_ext_rules_inner(ProtobufCMessage *m)
{
    *(demo_ext_rules_inner *)m = (demo_ext_rules_inner){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_rules_inner_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_ext_rules_inner_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.Rules.inner",
    .short_name = "inner",
    .c_name = "demo_ext_rules_inner",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_rules_inner),
    .n_fields = 1,
    .fields = fields_of_demo_ext_rules_inner,
    .fields_sorted_by_name = names_of_demo_ext_rules_inner,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_rules_inner,
    .message_init = init_demo_ext_rules_inner,
};
const tern_extension demo_ext_rules_inner_extension = {
    .extendee = "demo.old.Open",
    .type = &demo_ext_rules_inner_descriptor,
};

// ---- demo.ext.Pair ------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_ext_pair[] = {
    {
        .name = "left",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_ext_pair, has_left),
        .offset = offsetof(demo_ext_pair, left),
    },
};
static const unsigned names_of_demo_ext_pair[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_pair[] = { { 1, 0 }, { 0, 1 } };

static void init_demo_ext_pair(ProtobufCMessage *m)
{
    *(demo_ext_pair *)m = (demo_ext_pair){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_pair_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_ext_pair_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.Pair",
    .short_name = "Pair",
    .c_name = "demo_ext_pair",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_pair),
    .n_fields = 1,
    .fields = fields_of_demo_ext_pair,
    .fields_sorted_by_name = names_of_demo_ext_pair,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_pair,
    .message_init = init_demo_ext_pair,
};

// ---- demo.ext.rules -----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_ext_rules_[] = {
    {
        .name = "rules",
        .id = 51000,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_ext_rules_, rules),
        .descriptor = &demo_ext_rules_descriptor,
    },
};
static const unsigned names_of_demo_ext_rules_[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_rules_[] = { { 51000, 0 }, { 0, 1 } };

static void init_demo_ext_rules_(ProtobufCMessage *m)
{
    *(demo_ext_rules_ *)m = (demo_ext_rules_){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_rules__descriptor),
    };
}

const ProtobufCMessageDescriptor demo_ext_rules__descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.rules",
    .short_name = "rules",
    .c_name = "demo_ext_rules_",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_rules_),
    .n_fields = 1,
    .fields = fields_of_demo_ext_rules_,
    .fields_sorted_by_name = names_of_demo_ext_rules_,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_rules_,
    .message_init = init_demo_ext_rules_,
};
const tern_extension demo_ext_rules__extension = {
    .extendee = "google.protobuf.FieldOptions",
    .type = &demo_ext_rules__descriptor,
};

// ---- demo.ext.nick ------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_ext_nick[] = {
    {
        .name = "nick",
        .id = 100,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_ext_nick, nick),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
};
static const unsigned names_of_demo_ext_nick[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_nick[] = { { 100, 0 }, { 0, 1 } };

static void init_demo_ext_nick(ProtobufCMessage *m)
{
    *(demo_ext_nick *)m = (demo_ext_nick){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_nick_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_ext_nick_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.nick",
    .short_name = "nick",
    .c_name = "demo_ext_nick",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_nick),
    .n_fields = 1,
    .fields = fields_of_demo_ext_nick,
    .fields_sorted_by_name = names_of_demo_ext_nick,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_nick,
    .message_init = init_demo_ext_nick,
};
const tern_extension demo_ext_nick_extension = {
    .extendee = "demo.old.Open",
    .type = &demo_ext_nick_descriptor,
};

// ---- demo.ext.count -----------------------------------------------------

static const int32_t default_of_demo_ext_count_count = 7;
static const ProtobufCFieldDescriptor fields_of_demo_ext_count[] = {
    {
        .name = "count",
        .id = 103,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_ext_count, has_count),
        .offset = offsetof(demo_ext_count, count),
        .default_value = &default_of_demo_ext_count_count,
    },
};
static const unsigned names_of_demo_ext_count[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_count[] = { { 103, 0 }, { 0, 1 } };

static void init_demo_ext_count(ProtobufCMessage *m)
{
    *(demo_ext_count *)m = (demo_ext_count){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_count_descriptor),
        .count = default_of_demo_ext_count_count,
    };
}

const ProtobufCMessageDescriptor demo_ext_count_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.count",
    .short_name = "count",
    .c_name = "demo_ext_count",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_count),
    .n_fields = 1,
    .fields = fields_of_demo_ext_count,
    .fields_sorted_by_name = names_of_demo_ext_count,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_count,
    .message_init = init_demo_ext_count,
};
const tern_extension demo_ext_count_extension = {
    .extendee = "demo.old.Open",
    .type = &demo_ext_count_descriptor,
};

// ---- demo.ext.tags ------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_ext_tags[] = {
    {
        .name = "tags",
        .id = 104,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_STRING,
        .quantifier_offset = offsetof(demo_ext_tags, n_tags),
        .offset = offsetof(demo_ext_tags, tags),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
};
static const unsigned names_of_demo_ext_tags[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_tags[] = { { 104, 0 }, { 0, 1 } };

static void init_demo_ext_tags(ProtobufCMessage *m)
{
    *(demo_ext_tags *)m = (demo_ext_tags){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_tags_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_ext_tags_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.tags",
    .short_name = "tags",
    .c_name = "demo_ext_tags",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_tags),
    .n_fields = 1,
    .fields = fields_of_demo_ext_tags,
    .fields_sorted_by_name = names_of_demo_ext_tags,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_tags,
    .message_init = init_demo_ext_tags,
};
const tern_extension demo_ext_tags_extension = {
    .extendee = "demo.old.Open",
    .type = &demo_ext_tags_descriptor,
};

// ---- demo.ext.level -----------------------------------------------------

static const demo_old_level default_of_demo_ext_level_level = (demo_old_level)3;
static const ProtobufCFieldDescriptor fields_of_demo_ext_level[] = {
    {
        .name = "level",
        .id = 105,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_ext_level, has_level),
        .offset = offsetof(demo_ext_level, level),
        .descriptor = &demo_old_level_descriptor,
        .default_value = &default_of_demo_ext_level_level,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
};
static const unsigned names_of_demo_ext_level[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_level[] = { { 105, 0 }, { 0, 1 } };

static void init_demo_ext_level(ProtobufCMessage *m)
{
    *(demo_ext_level *)m = (demo_ext_level){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_level_descriptor),
        .level = default_of_demo_ext_level_level,
    };
}

const ProtobufCMessageDescriptor demo_ext_level_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.level",
    .short_name = "level",
    .c_name = "demo_ext_level",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_level),
    .n_fields = 1,
    .fields = fields_of_demo_ext_level,
    .fields_sorted_by_name = names_of_demo_ext_level,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_level,
    .message_init = init_demo_ext_level,
};
const tern_extension demo_ext_level_extension = {
    .extendee = "demo.old.Open",
    .type = &demo_ext_level_descriptor,
};

// ---- demo.ext.pair ------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_ext_pair_[] = {
    {
        .name = "pair",
        .id = 106,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_ext_pair_, pair),
        .descriptor = &demo_ext_pair_descriptor,
        .reserved_flags = TERN_FIELD_GROUP,
    },
};
static const unsigned names_of_demo_ext_pair_[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_ext_pair_[] = { { 106, 0 }, { 0, 1 } };

static void init_demo_ext_pair_(ProtobufCMessage *m)
{
    *(demo_ext_pair_ *)m = (demo_ext_pair_){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_ext_pair__descriptor),
    };
}

const ProtobufCMessageDescriptor demo_ext_pair__descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.ext.pair",
    .short_name = "pair",
    .c_name = "demo_ext_pair_",
    .package_name = "demo.ext",
    .sizeof_message = sizeof(demo_ext_pair_),
    .n_fields = 1,
    .fields = fields_of_demo_ext_pair_,
    .fields_sorted_by_name = names_of_demo_ext_pair_,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_ext_pair_,
    .message_init = init_demo_ext_pair_,
};
const tern_extension demo_ext_pair__extension = {
    .extendee = "demo.old.Open",
    .type = &demo_ext_pair__descriptor,
};

// ---- extended.proto -----------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0e, 0x65, 0x78, 0x74, 0x65, 0x6e, 0x64, 0x65, 0x64, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f,
    0x12, 0x08, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x65, 0x78, 0x74, 0x1a, 0x20, 0x67, 0x6f, 0x6f, 0x67,
    0x6c, 0x65, 0x2f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2f, 0x64, 0x65, 0x73, 0x63,
    0x72, 0x69, 0x70, 0x74, 0x6f, 0x72, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x1a, 0x0e, 0x70, 0x72,
    0x65, 0x73, 0x65, 0x6e, 0x63, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x1a, 0x15, 0x66, 0x6f,
    0x72, 0x65, 0x69, 0x67, 0x6e, 0x2f, 0x67, 0x72, 0x6f, 0x75, 0x70, 0x65, 0x64, 0x2e, 0x70, 0x72,
    0x6f, 0x74, 0x6f, 0x22, 0x9b, 0x01, 0x0a, 0x05, 0x52, 0x75, 0x6c, 0x65, 0x73, 0x12, 0x25, 0x0a,
    0x04, 0x6d, 0x6f, 0x73, 0x74, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x42, 0x11, 0x93, 0xb5, 0x18,
    0x0a, 0x03, 0x72, 0x65, 0x64, 0x94, 0xb5, 0x18, 0xc2, 0xf3, 0x18, 0x02, 0x08, 0x03, 0x52, 0x04,
    0x6d, 0x6f, 0x73, 0x74, 0x32, 0x28, 0x0a, 0x05, 0x6d, 0x61, 0x72, 0x6b, 0x73, 0x12, 0x0e, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4f, 0x70, 0x65, 0x6e, 0x18, 0x65, 0x20,
    0x03, 0x28, 0x05, 0x42, 0x02, 0x10, 0x01, 0x52, 0x05, 0x6d, 0x61, 0x72, 0x6b, 0x73, 0x32, 0x35,
    0x0a, 0x05, 0x69, 0x6e, 0x6e, 0x65, 0x72, 0x12, 0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f,
    0x6c, 0x64, 0x2e, 0x4f, 0x70, 0x65, 0x6e, 0x18, 0x66, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x0f, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x65, 0x78, 0x74, 0x2e, 0x52, 0x75, 0x6c, 0x65, 0x73, 0x52, 0x05,
    0x69, 0x6e, 0x6e, 0x65, 0x72, 0x3a, 0x0a, 0x8a, 0xb5, 0x18, 0x06, 0x0b, 0x08, 0x01, 0x10, 0x09,
    0x0c, 0x22, 0x1a, 0x0a, 0x04, 0x50, 0x61, 0x69, 0x72, 0x12, 0x12, 0x0a, 0x04, 0x6c, 0x65, 0x66,
    0x74, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52, 0x04, 0x6c, 0x65, 0x66, 0x74, 0x3a, 0x46, 0x0a,
    0x05, 0x72, 0x75, 0x6c, 0x65, 0x73, 0x12, 0x1d, 0x2e, 0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2e,
    0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2e, 0x46, 0x69, 0x65, 0x6c, 0x64, 0x4f, 0x70,
    0x74, 0x69, 0x6f, 0x6e, 0x73, 0x18, 0xb8, 0x8e, 0x03, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x0f, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x65, 0x78, 0x74, 0x2e, 0x52, 0x75, 0x6c, 0x65, 0x73, 0x52, 0x05,
    0x72, 0x75, 0x6c, 0x65, 0x73, 0x3a, 0x22, 0x0a, 0x04, 0x6e, 0x69, 0x63, 0x6b, 0x12, 0x0e, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4f, 0x70, 0x65, 0x6e, 0x18, 0x64, 0x20,
    0x01, 0x28, 0x09, 0x52, 0x04, 0x6e, 0x69, 0x63, 0x6b, 0x3a, 0x27, 0x0a, 0x05, 0x63, 0x6f, 0x75,
    0x6e, 0x74, 0x12, 0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4f, 0x70,
    0x65, 0x6e, 0x18, 0x67, 0x20, 0x01, 0x28, 0x05, 0x3a, 0x01, 0x37, 0x52, 0x05, 0x63, 0x6f, 0x75,
    0x6e, 0x74, 0x3a, 0x22, 0x0a, 0x04, 0x74, 0x61, 0x67, 0x73, 0x12, 0x0e, 0x2e, 0x64, 0x65, 0x6d,
    0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4f, 0x70, 0x65, 0x6e, 0x18, 0x68, 0x20, 0x03, 0x28, 0x09,
    0x52, 0x04, 0x74, 0x61, 0x67, 0x73, 0x3a, 0x35, 0x0a, 0x05, 0x6c, 0x65, 0x76, 0x65, 0x6c, 0x12,
    0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4f, 0x70, 0x65, 0x6e, 0x18,
    0x69, 0x20, 0x01, 0x28, 0x0e, 0x32, 0x0f, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64,
    0x2e, 0x4c, 0x65, 0x76, 0x65, 0x6c, 0x52, 0x05, 0x6c, 0x65, 0x76, 0x65, 0x6c, 0x3a, 0x32, 0x0a,
    0x04, 0x70, 0x61, 0x69, 0x72, 0x12, 0x0e, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64,
    0x2e, 0x4f, 0x70, 0x65, 0x6e, 0x18, 0x6a, 0x20, 0x01, 0x28, 0x0a, 0x32, 0x0e, 0x2e, 0x64, 0x65,
    0x6d, 0x6f, 0x2e, 0x65, 0x78, 0x74, 0x2e, 0x50, 0x61, 0x69, 0x72, 0x52, 0x04, 0x70, 0x61, 0x69,
    0x72
};
static const tern_proto_file *const imports[] = {
    &presence_proto_file,
    &foreign_grouped_proto_file,
};
const tern_proto_file extended_proto_file = {
    .name = "extended.proto",
    .bytes = bytes,
    .len = sizeof bytes,
    .imports = imports,
    .n_imports = 2,
};
