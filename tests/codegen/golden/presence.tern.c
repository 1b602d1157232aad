// presence.tern.c: made from presence.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "presence.tern.h"

#include <math.h>

// ---- demo.old.Level -----------------------------------------------------

static const ProtobufCEnumValue values_of_demo_old_level[] = {
    { "LEVEL_LOW", "DEMO_OLD_LEVEL_LOW", 3 },
    { "LEVEL_HIGH", "DEMO_OLD_LEVEL_HIGH", 9 },
};
static const ProtobufCEnumValueIndex names_of_demo_old_level[] = {
    { "LEVEL_HIGH", 1 },
    { "LEVEL_LOW", 0 },
};
static const ProtobufCIntRange ranges_of_demo_old_level[] = { { 3, 0 }, { 9, 1 }, { 0, 2 } };
_Static_assert(sizeof(demo_old_level) == sizeof(int), "protobuf-c stores enums as int");
const ProtobufCEnumDescriptor demo_old_level_descriptor = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "demo.old.Level",
    .short_name = "Level",
    .c_name = "demo_old_level",
    .package_name = "demo.old",
    .n_values = 2,
    .values = values_of_demo_old_level,
    .n_value_names = 2,
    .values_by_name = names_of_demo_old_level,
    .n_value_ranges = 2,
    .value_ranges = ranges_of_demo_old_level,
};

// ---- demo.old.Grade -----------------------------------------------------

static const ProtobufCEnumValue values_of_demo_old_grade[] = {
    { "GRADE_NONE", "DEMO_OLD_GRADE_NONE", 0 },
    { "GRADE_TOP", "DEMO_OLD_GRADE_TOP", 9 },
};
static const ProtobufCEnumValueIndex names_of_demo_old_grade[] = {
    { "GRADE_NONE", 0 },
    { "GRADE_TOP", 1 },
};
static const ProtobufCIntRange ranges_of_demo_old_grade[] = { { 0, 0 }, { 9, 1 }, { 0, 2 } };
_Static_assert(sizeof(demo_old_grade) == sizeof(int), "protobuf-c stores enums as int");
const ProtobufCEnumDescriptor demo_old_grade_descriptor = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "demo.old.Grade",
    .short_name = "Grade",
    .c_name = "demo_old_grade",
    .package_name = "demo.old",
    .n_values = 2,
    .values = values_of_demo_old_grade,
    .n_value_names = 2,
    .values_by_name = names_of_demo_old_grade,
    .n_value_ranges = 2,
    .value_ranges = ranges_of_demo_old_grade,
};

// ---- demo.old.Defaults --------------------------------------------------

static const int32_t default_of_demo_old_defaults_count = -5;
static const int32_t default_of_demo_old_defaults_lowest = INT32_MIN;
static const int64_t default_of_demo_old_defaults_long_lowest = INT64_MIN;
static const uint32_t default_of_demo_old_defaults_unsigned_most = 4294967295u;
static const uint64_t default_of_demo_old_defaults_long_most = UINT64_C(18446744073709551615);
static const float default_of_demo_old_defaults_half = 0.5f;
static const float default_of_demo_old_defaults_whole = 2.0f;
static const double default_of_demo_old_defaults_large = 1e+300;
static const double default_of_demo_old_defaults_endless = -INFINITY;
static const float default_of_demo_old_defaults_nothing = NAN;
static const protobuf_c_boolean default_of_demo_old_defaults_yes = 1;
static const char default_of_demo_old_defaults_text[] = "a \"quoted\" \\ \?\?/ text\012\011line";
static const ProtobufCBinaryData default_of_demo_old_defaults_raw = { 7, (uint8_t *)"\000\001\377z1\"\?" };
static const demo_old_level default_of_demo_old_defaults_level = (demo_old_level)3;
static const demo_old_level default_of_demo_old_defaults_high = (demo_old_level)9;
static const int64_t default_of_demo_old_defaults_zigzag = INT64_C(-7);
static const char default_of_demo_old_defaults_none[] = "";
static const ProtobufCFieldDescriptor fields_of_demo_old_defaults[] = {
    {
        .name = "count",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_defaults, has_count),
        .offset = offsetof(demo_old_defaults, count),
        .default_value = &default_of_demo_old_defaults_count,
    },
    {
        .name = "lowest",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_defaults, has_lowest),
        .offset = offsetof(demo_old_defaults, lowest),
        .default_value = &default_of_demo_old_defaults_lowest,
    },
    {
        .name = "long_lowest",
        .id = 3,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT64,
        .quantifier_offset = offsetof(demo_old_defaults, has_long_lowest),
        .offset = offsetof(demo_old_defaults, long_lowest),
        .default_value = &default_of_demo_old_defaults_long_lowest,
    },
    {
        .name = "unsigned_most",
        .id = 4,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_UINT32,
        .quantifier_offset = offsetof(demo_old_defaults, has_unsigned_most),
        .offset = offsetof(demo_old_defaults, unsigned_most),
        .default_value = &default_of_demo_old_defaults_unsigned_most,
    },
    {
        .name = "long_most",
        .id = 5,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_UINT64,
        .quantifier_offset = offsetof(demo_old_defaults, has_long_most),
        .offset = offsetof(demo_old_defaults, long_most),
        .default_value = &default_of_demo_old_defaults_long_most,
    },
    {
        .name = "half",
        .id = 6,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_FLOAT,
        .quantifier_offset = offsetof(demo_old_defaults, has_half),
        .offset = offsetof(demo_old_defaults, half),
        .default_value = &default_of_demo_old_defaults_half,
    },
    {
        .name = "whole",
        .id = 7,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_FLOAT,
        .quantifier_offset = offsetof(demo_old_defaults, has_whole),
        .offset = offsetof(demo_old_defaults, whole),
        .default_value = &default_of_demo_old_defaults_whole,
    },
    {
        .name = "large",
        .id = 8,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_DOUBLE,
        .quantifier_offset = offsetof(demo_old_defaults, has_large),
        .offset = offsetof(demo_old_defaults, large),
        .default_value = &default_of_demo_old_defaults_large,
    },
    {
        .name = "endless",
        .id = 9,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_DOUBLE,
        .quantifier_offset = offsetof(demo_old_defaults, has_endless),
        .offset = offsetof(demo_old_defaults, endless),
        .default_value = &default_of_demo_old_defaults_endless,
    },
    {
        .name = "nothing",
        .id = 10,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_FLOAT,
        .quantifier_offset = offsetof(demo_old_defaults, has_nothing),
        .offset = offsetof(demo_old_defaults, nothing),
        .default_value = &default_of_demo_old_defaults_nothing,
    },
    {
        .name = "yes",
        .id = 11,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_BOOL,
        .quantifier_offset = offsetof(demo_old_defaults, has_yes),
        .offset = offsetof(demo_old_defaults, yes),
        .default_value = &default_of_demo_old_defaults_yes,
    },
    {
        .name = "text",
        .id = 12,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_defaults, text),
        .default_value = default_of_demo_old_defaults_text,
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "raw",
        .id = 13,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_BYTES,
        .quantifier_offset = offsetof(demo_old_defaults, has_raw),
        .offset = offsetof(demo_old_defaults, raw),
        .default_value = &default_of_demo_old_defaults_raw,
    },
    {
        .name = "level",
        .id = 14,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_old_defaults, has_level),
        .offset = offsetof(demo_old_defaults, level),
        .descriptor = &demo_old_level_descriptor,
        .default_value = &default_of_demo_old_defaults_level,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
    {
        .name = "high",
        .id = 15,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_old_defaults, has_high),
        .offset = offsetof(demo_old_defaults, high),
        .descriptor = &demo_old_level_descriptor,
        .default_value = &default_of_demo_old_defaults_high,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
    {
        .name = "plain",
        .id = 16,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_defaults, plain),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "zigzag",
        .id = 17,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_SINT64,
        .quantifier_offset = offsetof(demo_old_defaults, has_zigzag),
        .offset = offsetof(demo_old_defaults, zigzag),
        .default_value = &default_of_demo_old_defaults_zigzag,
    },
    {
        .name = "none",
        .id = 18,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_defaults, none),
        .default_value = default_of_demo_old_defaults_none,
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
};
static const unsigned names_of_demo_old_defaults[] = { 0, 8, 5, 14, 7, 13, 2, 4, 1, 17, 9, 15, 12,
                                                       11, 3, 6, 10, 16 };
static const ProtobufCIntRange ranges_of_demo_old_defaults[] = { { 1, 0 }, { 0, 18 } };

static void init_demo_old_defaults(ProtobufCMessage *m)
{
    *(demo_old_defaults *)m = (demo_old_defaults){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_defaults_descriptor),
        .count = default_of_demo_old_defaults_count,
        .lowest = default_of_demo_old_defaults_lowest,
        .long_lowest = default_of_demo_old_defaults_long_lowest,
        .unsigned_most = default_of_demo_old_defaults_unsigned_most,
        .long_most = default_of_demo_old_defaults_long_most,
        .half = default_of_demo_old_defaults_half,
        .whole = default_of_demo_old_defaults_whole,
        .large = default_of_demo_old_defaults_large,
        .endless = default_of_demo_old_defaults_endless,
        .nothing = default_of_demo_old_defaults_nothing,
        .yes = default_of_demo_old_defaults_yes,
        .text = default_of_demo_old_defaults_text,
        .raw = default_of_demo_old_defaults_raw,
        .level = default_of_demo_old_defaults_level,
        .high = default_of_demo_old_defaults_high,
        .zigzag = default_of_demo_old_defaults_zigzag,
        .none = default_of_demo_old_defaults_none,
    };
}

const ProtobufCMessageDescriptor demo_old_defaults_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Defaults",
    .short_name = "Defaults",
    .c_name = "demo_old_defaults",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_defaults),
    .n_fields = 18,
    .fields = fields_of_demo_old_defaults,
    .fields_sorted_by_name = names_of_demo_old_defaults,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_defaults,
    .message_init = init_demo_old_defaults,
};

// ---- demo.old.Required --------------------------------------------------

static const demo_old_level default_of_demo_old_required_level = (demo_old_level)3;
static const char default_of_demo_old_required_greeting[] = "hi";
static const ProtobufCFieldDescriptor fields_of_demo_old_required[] = {
    {
        .name = "name",
        .id = 1,
        .label = PROTOBUF_C_LABEL_REQUIRED,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_required, name),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "count",
        .id = 2,
        .label = PROTOBUF_C_LABEL_REQUIRED,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(demo_old_required, count),
    },
    {
        .name = "level",
        .id = 3,
        .label = PROTOBUF_C_LABEL_REQUIRED,
        .type = PROTOBUF_C_TYPE_ENUM,
        .offset = offsetof(demo_old_required, level),
        .descriptor = &demo_old_level_descriptor,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
    {
        .name = "data",
        .id = 4,
        .label = PROTOBUF_C_LABEL_REQUIRED,
        .type = PROTOBUF_C_TYPE_BYTES,
        .offset = offsetof(demo_old_required, data),
    },
    {
        .name = "inner",
        .id = 5,
        .label = PROTOBUF_C_LABEL_REQUIRED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_old_required, inner),
        .descriptor = &demo_old_defaults_descriptor,
    },
    {
        .name = "greeting",
        .id = 6,
        .label = PROTOBUF_C_LABEL_REQUIRED,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_required, greeting),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
};
static const unsigned names_of_demo_old_required[] = { 1, 3, 5, 4, 2, 0 };
static const ProtobufCIntRange ranges_of_demo_old_required[] = { { 1, 0 }, { 0, 6 } };

static void init_demo_old_required(ProtobufCMessage *m)
{
    *(demo_old_required *)m = (demo_old_required){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_required_descriptor),
        .level = default_of_demo_old_required_level,
        .greeting = default_of_demo_old_required_greeting,
    };
}

const ProtobufCMessageDescriptor demo_old_required_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Required",
    .short_name = "Required",
    .c_name = "demo_old_required",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_required),
    .n_fields = 6,
    .fields = fields_of_demo_old_required,
    .fields_sorted_by_name = names_of_demo_old_required,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_required,
    .message_init = init_demo_old_required,
};

// ---- demo.old.Lists -----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_lists[] = {
    {
        .name = "unpacked",
        .id = 1,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_lists, n_unpacked),
        .offset = offsetof(demo_old_lists, unpacked),
    },
    {
        .name = "packed",
        .id = 2,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_lists, n_packed),
        .offset = offsetof(demo_old_lists, packed),
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
    },
    {
        .name = "levels",
        .id = 3,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_old_lists, n_levels),
        .offset = offsetof(demo_old_lists, levels),
        .descriptor = &demo_old_level_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
    {
        .name = "by_name",
        .id = 4,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_old_lists, n_by_name),
        .offset = offsetof(demo_old_lists, by_name),
        .descriptor = &demo_old_lists_by_name_entry_descriptor,
        .reserved_flags = TERN_FIELD_MAP,
    },
    {
        .name = "number",
        .id = 5,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_lists, choice_case),
        .offset = offsetof(demo_old_lists, number),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
    {
        .name = "word",
        .id = 6,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .quantifier_offset = offsetof(demo_old_lists, choice_case),
        .offset = offsetof(demo_old_lists, word),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "message",
        .id = 7,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_old_lists, choice_case),
        .offset = offsetof(demo_old_lists, message),
        .descriptor = &demo_old_required_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
    },
};
static const unsigned names_of_demo_old_lists[] = { 3, 2, 6, 4, 1, 0, 5 };
static const ProtobufCIntRange ranges_of_demo_old_lists[] = { { 1, 0 }, { 0, 7 } };

static void init_demo_old_lists(ProtobufCMessage *m)
{
    *(demo_old_lists *)m = (demo_old_lists){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_lists_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_old_lists_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Lists",
    .short_name = "Lists",
    .c_name = "demo_old_lists",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_lists),
    .n_fields = 7,
    .fields = fields_of_demo_old_lists,
    .fields_sorted_by_name = names_of_demo_old_lists,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_lists,
    .message_init = init_demo_old_lists,
};

// ---- demo.old.Lists.ByNameEntry -----------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_lists_by_name_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_lists_by_name_entry, key),
        .default_value = protobuf_c_empty_string,
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_old_lists_by_name_entry, value),
        .descriptor = &demo_old_required_descriptor,
    },
};
static const unsigned names_of_demo_old_lists_by_name_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_old_lists_by_name_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_old_lists_by_name_entry(ProtobufCMessage *m)
{
    *(demo_old_lists_by_name_entry *)m = (demo_old_lists_by_name_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_lists_by_name_entry_descriptor),
        .key = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor demo_old_lists_by_name_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Lists.ByNameEntry",
    .short_name = "ByNameEntry",
    .c_name = "demo_old_lists_by_name_entry",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_lists_by_name_entry),
    .n_fields = 2,
    .fields = fields_of_demo_old_lists_by_name_entry,
    .fields_sorted_by_name = names_of_demo_old_lists_by_name_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_lists_by_name_entry,
    .message_init = init_demo_old_lists_by_name_entry,
};

// ---- demo.old.Open ------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_open[] = {
    {
        .name = "known",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_open, has_known),
        .offset = offsetof(demo_old_open, known),
    },
};
static const unsigned names_of_demo_old_open[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_old_open[] = { { 1, 0 }, { 0, 1 } };

static void init_demo_old_open(ProtobufCMessage *m)
{
    *(demo_old_open *)m = (demo_old_open){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_open_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_old_open_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Open",
    .short_name = "Open",
    .c_name = "demo_old_open",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_open),
    .n_fields = 1,
    .fields = fields_of_demo_old_open,
    .fields_sorted_by_name = names_of_demo_old_open,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_open,
    .message_init = init_demo_old_open,
};

// ---- demo.old.Closed ----------------------------------------------------

static const demo_old_level default_of_demo_old_closed_one = (demo_old_level)3;
static const demo_old_level default_of_demo_old_closed_must = (demo_old_level)3;
static const ProtobufCFieldDescriptor fields_of_demo_old_closed[] = {
    {
        .name = "one",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_old_closed, has_one),
        .offset = offsetof(demo_old_closed, one),
        .descriptor = &demo_old_level_descriptor,
        .default_value = &default_of_demo_old_closed_one,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
    {
        .name = "many",
        .id = 2,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_old_closed, n_many),
        .offset = offsetof(demo_old_closed, many),
        .descriptor = &demo_old_level_descriptor,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
    {
        .name = "packed",
        .id = 3,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_old_closed, n_packed),
        .offset = offsetof(demo_old_closed, packed),
        .descriptor = &demo_old_level_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_PACKED,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
    {
        .name = "chosen",
        .id = 4,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_ENUM,
        .quantifier_offset = offsetof(demo_old_closed, choice_case),
        .offset = offsetof(demo_old_closed, chosen),
        .descriptor = &demo_old_level_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
    {
        .name = "other",
        .id = 5,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .quantifier_offset = offsetof(demo_old_closed, choice_case),
        .offset = offsetof(demo_old_closed, other),
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "by_name",
        .id = 6,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_old_closed, n_by_name),
        .offset = offsetof(demo_old_closed, by_name),
        .descriptor = &demo_old_closed_by_name_entry_descriptor,
        .reserved_flags = TERN_FIELD_CLOSED | TERN_FIELD_MAP,
    },
    {
        .name = "must",
        .id = 7,
        .label = PROTOBUF_C_LABEL_REQUIRED,
        .type = PROTOBUF_C_TYPE_ENUM,
        .offset = offsetof(demo_old_closed, must),
        .descriptor = &demo_old_level_descriptor,
        .reserved_flags = TERN_FIELD_CLOSED,
    },
    {
        .name = "last",
        .id = 8,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_closed, has_last),
        .offset = offsetof(demo_old_closed, last),
    },
};
static const unsigned names_of_demo_old_closed[] = { 5, 3, 7, 1, 6, 0, 4, 2 };
static const ProtobufCIntRange ranges_of_demo_old_closed[] = { { 1, 0 }, { 0, 8 } };

static void init_demo_old_closed(ProtobufCMessage *m)
{
    *(demo_old_closed *)m = (demo_old_closed){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_closed_descriptor),
        .one = default_of_demo_old_closed_one,
        .must = default_of_demo_old_closed_must,
    };
}

const ProtobufCMessageDescriptor demo_old_closed_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Closed",
    .short_name = "Closed",
    .c_name = "demo_old_closed",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_closed),
    .n_fields = 8,
    .fields = fields_of_demo_old_closed,
    .fields_sorted_by_name = names_of_demo_old_closed,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_closed,
    .message_init = init_demo_old_closed,
};

// ---- demo.old.Closed.ByNameEntry ----------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_closed_by_name_entry[] = {
    {
        .name = "key",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_closed_by_name_entry, key),
        .default_value = protobuf_c_empty_string,
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "value",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_ENUM,
        .offset = offsetof(demo_old_closed_by_name_entry, value),
        .descriptor = &demo_old_grade_descriptor,
    },
};
static const unsigned names_of_demo_old_closed_by_name_entry[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_demo_old_closed_by_name_entry[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_old_closed_by_name_entry(ProtobufCMessage *m)
{
    *(demo_old_closed_by_name_entry *)m = (demo_old_closed_by_name_entry){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_closed_by_name_entry_descriptor),
        .key = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor demo_old_closed_by_name_entry_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Closed.ByNameEntry",
    .short_name = "ByNameEntry",
    .c_name = "demo_old_closed_by_name_entry",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_closed_by_name_entry),
    .n_fields = 2,
    .fields = fields_of_demo_old_closed_by_name_entry,
    .fields_sorted_by_name = names_of_demo_old_closed_by_name_entry,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_closed_by_name_entry,
    .message_init = init_demo_old_closed_by_name_entry,
};

// ---- demo.old.Answer ----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_answer[] = {
    {
        .name = "result",
        .id = 1,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_old_answer, n_result),
        .offset = offsetof(demo_old_answer, result),
        .descriptor = &demo_old_answer_result_descriptor,
        .reserved_flags = TERN_FIELD_GROUP,
    },
    {
        .name = "note",
        .id = 50,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_old_answer, note),
        .descriptor = &demo_old_answer_note_descriptor,
        .reserved_flags = TERN_FIELD_GROUP,
    },
    {
        .name = "good",
        .id = 60,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_old_answer, end_case),
        .offset = offsetof(demo_old_answer, good),
        .descriptor = &demo_old_answer_good_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
        .reserved_flags = TERN_FIELD_GROUP,
    },
    {
        .name = "bad",
        .id = 61,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(demo_old_answer, end_case),
        .offset = offsetof(demo_old_answer, bad),
        .descriptor = &demo_old_answer_bad_descriptor,
        .flags = PROTOBUF_C_FIELD_FLAG_ONEOF,
        .reserved_flags = TERN_FIELD_GROUP,
    },
};
static const unsigned names_of_demo_old_answer[] = { 3, 2, 1, 0 };
static const ProtobufCIntRange ranges_of_demo_old_answer[] = { { 1, 0 }, { 50, 1 }, { 60, 2 },
                                                               { 0, 4 } };

static void init_demo_old_answer(ProtobufCMessage *m)
{
    *(demo_old_answer *)m = (demo_old_answer){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_answer_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_old_answer_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Answer",
    .short_name = "Answer",
    .c_name = "demo_old_answer",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_answer),
    .n_fields = 4,
    .fields = fields_of_demo_old_answer,
    .fields_sorted_by_name = names_of_demo_old_answer,
    .n_field_ranges = 3,
    .field_ranges = ranges_of_demo_old_answer,
    .message_init = init_demo_old_answer,
};

// ---- demo.old.Answer.Result ---------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_answer_result[] = {
    {
        .name = "url",
        .id = 2,
        .label = PROTOBUF_C_LABEL_REQUIRED,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_answer_result, url),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "rank",
        .id = 3,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_answer_result, has_rank),
        .offset = offsetof(demo_old_answer_result, rank),
    },
    {
        .name = "deep",
        .id = 4,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_old_answer_result, deep),
        .descriptor = &demo_old_answer_result_deep_descriptor,
        .reserved_flags = TERN_FIELD_GROUP,
    },
};
static const unsigned names_of_demo_old_answer_result[] = { 2, 1, 0 };
static const ProtobufCIntRange ranges_of_demo_old_answer_result[] = { { 2, 0 }, { 0, 3 } };

static void init_demo_old_answer_result(ProtobufCMessage *m)
{
    *(demo_old_answer_result *)m = (demo_old_answer_result){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_answer_result_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_old_answer_result_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Answer.Result",
    .short_name = "Result",
    .c_name = "demo_old_answer_result",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_answer_result),
    .n_fields = 3,
    .fields = fields_of_demo_old_answer_result,
    .fields_sorted_by_name = names_of_demo_old_answer_result,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_answer_result,
    .message_init = init_demo_old_answer_result,
};

// ---- demo.old.Answer.Result.Deep ----------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_answer_result_deep[] = {
    {
        .name = "again",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(demo_old_answer_result_deep, again),
        .descriptor = &demo_old_answer_descriptor,
    },
};
static const unsigned names_of_demo_old_answer_result_deep[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_old_answer_result_deep[] = { { 1, 0 }, { 0, 1 } };

static void init_demo_old_answer_result_deep(ProtobufCMessage *m)
{
    *(demo_old_answer_result_deep *)m = (demo_old_answer_result_deep){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_answer_result_deep_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_old_answer_result_deep_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Answer.Result.Deep",
    .short_name = "Deep",
    .c_name = "demo_old_answer_result_deep",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_answer_result_deep),
    .n_fields = 1,
    .fields = fields_of_demo_old_answer_result_deep,
    .fields_sorted_by_name = names_of_demo_old_answer_result_deep,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_answer_result_deep,
    .message_init = init_demo_old_answer_result_deep,
};

// ---- demo.old.Answer.Note -----------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_answer_note[] = {
    {
        .name = "text",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_answer_note, text),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "marks",
        .id = 2,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_answer_note, n_marks),
        .offset = offsetof(demo_old_answer_note, marks),
    },
};
static const unsigned names_of_demo_old_answer_note[] = { 1, 0 };
static const ProtobufCIntRange ranges_of_demo_old_answer_note[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_old_answer_note(ProtobufCMessage *m)
{
    *(demo_old_answer_note *)m = (demo_old_answer_note){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_answer_note_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_old_answer_note_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Answer.Note",
    .short_name = "Note",
    .c_name = "demo_old_answer_note",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_answer_note),
    .n_fields = 2,
    .fields = fields_of_demo_old_answer_note,
    .fields_sorted_by_name = names_of_demo_old_answer_note,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_answer_note,
    .message_init = init_demo_old_answer_note,
};

// ---- demo.old.Answer.Good -----------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_answer_good[] = {
    {
        .name = "n",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(demo_old_answer_good, has_n),
        .offset = offsetof(demo_old_answer_good, n),
    },
};
static const unsigned names_of_demo_old_answer_good[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_old_answer_good[] = { { 1, 0 }, { 0, 1 } };

static void init_demo_old_answer_good(ProtobufCMessage *m)
{
    *(demo_old_answer_good *)m = (demo_old_answer_good){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_answer_good_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_old_answer_good_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Answer.Good",
    .short_name = "Good",
    .c_name = "demo_old_answer_good",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_answer_good),
    .n_fields = 1,
    .fields = fields_of_demo_old_answer_good,
    .fields_sorted_by_name = names_of_demo_old_answer_good,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_answer_good,
    .message_init = init_demo_old_answer_good,
};

// ---- demo.old.Answer.Bad ------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_old_answer_bad[] = {
    {
        .name = "why",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_old_answer_bad, why),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
};
static const unsigned names_of_demo_old_answer_bad[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_old_answer_bad[] = { { 1, 0 }, { 0, 1 } };

static void init_demo_old_answer_bad(ProtobufCMessage *m)
{
    *(demo_old_answer_bad *)m = (demo_old_answer_bad){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_old_answer_bad_descriptor),
    };
}

const ProtobufCMessageDescriptor demo_old_answer_bad_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.old.Answer.Bad",
    .short_name = "Bad",
    .c_name = "demo_old_answer_bad",
    .package_name = "demo.old",
    .sizeof_message = sizeof(demo_old_answer_bad),
    .n_fields = 1,
    .fields = fields_of_demo_old_answer_bad,
    .fields_sorted_by_name = names_of_demo_old_answer_bad,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_old_answer_bad,
    .message_init = init_demo_old_answer_bad,
};

// ---- presence.proto -----------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0e, 0x70, 0x72, 0x65, 0x73, 0x65, 0x6e, 0x63, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f,
    0x12, 0x08, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x22, 0x81, 0x05, 0x0a, 0x08, 0x44,
    0x65, 0x66, 0x61, 0x75, 0x6c, 0x74, 0x73, 0x12, 0x18, 0x0a, 0x05, 0x63, 0x6f, 0x75, 0x6e, 0x74,
    0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x3a, 0x02, 0x2d, 0x35, 0x52, 0x05, 0x63, 0x6f, 0x75, 0x6e,
    0x74, 0x12, 0x23, 0x0a, 0x06, 0x6c, 0x6f, 0x77, 0x65, 0x73, 0x74, 0x18, 0x02, 0x20, 0x01, 0x28,
    0x05, 0x3a, 0x0b, 0x2d, 0x32, 0x31, 0x34, 0x37, 0x34, 0x38, 0x33, 0x36, 0x34, 0x38, 0x52, 0x06,
    0x6c, 0x6f, 0x77, 0x65, 0x73, 0x74, 0x12, 0x35, 0x0a, 0x0b, 0x6c, 0x6f, 0x6e, 0x67, 0x5f, 0x6c,
    0x6f, 0x77, 0x65, 0x73, 0x74, 0x18, 0x03, 0x20, 0x01, 0x28, 0x03, 0x3a, 0x14, 0x2d, 0x39, 0x32,
    0x32, 0x33, 0x33, 0x37, 0x32, 0x30, 0x33, 0x36, 0x38, 0x35, 0x34, 0x37, 0x37, 0x35, 0x38, 0x30,
    0x38, 0x52, 0x0a, 0x6c, 0x6f, 0x6e, 0x67, 0x4c, 0x6f, 0x77, 0x65, 0x73, 0x74, 0x12, 0x2f, 0x0a,
    0x0d, 0x75, 0x6e, 0x73, 0x69, 0x67, 0x6e, 0x65, 0x64, 0x5f, 0x6d, 0x6f, 0x73, 0x74, 0x18, 0x04,
    0x20, 0x01, 0x28, 0x0d, 0x3a, 0x0a, 0x34, 0x32, 0x39, 0x34, 0x39, 0x36, 0x37, 0x32, 0x39, 0x35,
    0x52, 0x0c, 0x75, 0x6e, 0x73, 0x69, 0x67, 0x6e, 0x65, 0x64, 0x4d, 0x6f, 0x73, 0x74, 0x12, 0x31,
    0x0a, 0x09, 0x6c, 0x6f, 0x6e, 0x67, 0x5f, 0x6d, 0x6f, 0x73, 0x74, 0x18, 0x05, 0x20, 0x01, 0x28,
    0x04, 0x3a, 0x14, 0x31, 0x38, 0x34, 0x34, 0x36, 0x37, 0x34, 0x34, 0x30, 0x37, 0x33, 0x37, 0x30,
    0x39, 0x35, 0x35, 0x31, 0x36, 0x31, 0x35, 0x52, 0x08, 0x6c, 0x6f, 0x6e, 0x67, 0x4d, 0x6f, 0x73,
    0x74, 0x12, 0x17, 0x0a, 0x04, 0x68, 0x61, 0x6c, 0x66, 0x18, 0x06, 0x20, 0x01, 0x28, 0x02, 0x3a,
    0x03, 0x30, 0x2e, 0x35, 0x52, 0x04, 0x68, 0x61, 0x6c, 0x66, 0x12, 0x17, 0x0a, 0x05, 0x77, 0x68,
    0x6f, 0x6c, 0x65, 0x18, 0x07, 0x20, 0x01, 0x28, 0x02, 0x3a, 0x01, 0x32, 0x52, 0x05, 0x77, 0x68,
    0x6f, 0x6c, 0x65, 0x12, 0x1c, 0x0a, 0x05, 0x6c, 0x61, 0x72, 0x67, 0x65, 0x18, 0x08, 0x20, 0x01,
    0x28, 0x01, 0x3a, 0x06, 0x31, 0x65, 0x2b, 0x33, 0x30, 0x30, 0x52, 0x05, 0x6c, 0x61, 0x72, 0x67,
    0x65, 0x12, 0x1e, 0x0a, 0x07, 0x65, 0x6e, 0x64, 0x6c, 0x65, 0x73, 0x73, 0x18, 0x09, 0x20, 0x01,
    0x28, 0x01, 0x3a, 0x04, 0x2d, 0x69, 0x6e, 0x66, 0x52, 0x07, 0x65, 0x6e, 0x64, 0x6c, 0x65, 0x73,
    0x73, 0x12, 0x1d, 0x0a, 0x07, 0x6e, 0x6f, 0x74, 0x68, 0x69, 0x6e, 0x67, 0x18, 0x0a, 0x20, 0x01,
    0x28, 0x02, 0x3a, 0x03, 0x6e, 0x61, 0x6e, 0x52, 0x07, 0x6e, 0x6f, 0x74, 0x68, 0x69, 0x6e, 0x67,
    0x12, 0x16, 0x0a, 0x03, 0x79, 0x65, 0x73, 0x18, 0x0b, 0x20, 0x01, 0x28, 0x08, 0x3a, 0x04, 0x74,
    0x72, 0x75, 0x65, 0x52, 0x03, 0x79, 0x65, 0x73, 0x12, 0x2f, 0x0a, 0x04, 0x74, 0x65, 0x78, 0x74,
    0x18, 0x0c, 0x20, 0x01, 0x28, 0x09, 0x3a, 0x1b, 0x61, 0x20, 0x22, 0x71, 0x75, 0x6f, 0x74, 0x65,
    0x64, 0x22, 0x20, 0x5c, 0x20, 0x3f, 0x3f, 0x2f, 0x20, 0x74, 0x65, 0x78, 0x74, 0x0a, 0x09, 0x6c,
    0x69, 0x6e, 0x65, 0x52, 0x04, 0x74, 0x65, 0x78, 0x74, 0x12, 0x23, 0x0a, 0x03, 0x72, 0x61, 0x77,
    0x18, 0x0d, 0x20, 0x01, 0x28, 0x0c, 0x3a, 0x11, 0x5c, 0x30, 0x30, 0x30, 0x5c, 0x30, 0x30, 0x31,
    0x5c, 0x33, 0x37, 0x37, 0x7a, 0x31, 0x5c, 0x22, 0x3f, 0x52, 0x03, 0x72, 0x61, 0x77, 0x12, 0x25,
    0x0a, 0x05, 0x6c, 0x65, 0x76, 0x65, 0x6c, 0x18, 0x0e, 0x20, 0x01, 0x28, 0x0e, 0x32, 0x0f, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4c, 0x65, 0x76, 0x65, 0x6c, 0x52, 0x05,
    0x6c, 0x65, 0x76, 0x65, 0x6c, 0x12, 0x2f, 0x0a, 0x04, 0x68, 0x69, 0x67, 0x68, 0x18, 0x0f, 0x20,
    0x01, 0x28, 0x0e, 0x32, 0x0f, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4c,
    0x65, 0x76, 0x65, 0x6c, 0x3a, 0x0a, 0x4c, 0x45, 0x56, 0x45, 0x4c, 0x5f, 0x48, 0x49, 0x47, 0x48,
    0x52, 0x04, 0x68, 0x69, 0x67, 0x68, 0x12, 0x14, 0x0a, 0x05, 0x70, 0x6c, 0x61, 0x69, 0x6e, 0x18,
    0x10, 0x20, 0x01, 0x28, 0x09, 0x52, 0x05, 0x70, 0x6c, 0x61, 0x69, 0x6e, 0x12, 0x1a, 0x0a, 0x06,
    0x7a, 0x69, 0x67, 0x7a, 0x61, 0x67, 0x18, 0x11, 0x20, 0x01, 0x28, 0x12, 0x3a, 0x02, 0x2d, 0x37,
    0x52, 0x06, 0x7a, 0x69, 0x67, 0x7a, 0x61, 0x67, 0x12, 0x14, 0x0a, 0x04, 0x6e, 0x6f, 0x6e, 0x65,
    0x18, 0x12, 0x20, 0x01, 0x28, 0x09, 0x3a, 0x00, 0x52, 0x04, 0x6e, 0x6f, 0x6e, 0x65, 0x22, 0xb9,
    0x01, 0x0a, 0x08, 0x52, 0x65, 0x71, 0x75, 0x69, 0x72, 0x65, 0x64, 0x12, 0x12, 0x0a, 0x04, 0x6e,
    0x61, 0x6d, 0x65, 0x18, 0x01, 0x20, 0x02, 0x28, 0x09, 0x52, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x12,
    0x14, 0x0a, 0x05, 0x63, 0x6f, 0x75, 0x6e, 0x74, 0x18, 0x02, 0x20, 0x02, 0x28, 0x05, 0x52, 0x05,
    0x63, 0x6f, 0x75, 0x6e, 0x74, 0x12, 0x25, 0x0a, 0x05, 0x6c, 0x65, 0x76, 0x65, 0x6c, 0x18, 0x03,
    0x20, 0x02, 0x28, 0x0e, 0x32, 0x0f, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e,
    0x4c, 0x65, 0x76, 0x65, 0x6c, 0x52, 0x05, 0x6c, 0x65, 0x76, 0x65, 0x6c, 0x12, 0x12, 0x0a, 0x04,
    0x64, 0x61, 0x74, 0x61, 0x18, 0x04, 0x20, 0x02, 0x28, 0x0c, 0x52, 0x04, 0x64, 0x61, 0x74, 0x61,
    0x12, 0x28, 0x0a, 0x05, 0x69, 0x6e, 0x6e, 0x65, 0x72, 0x18, 0x05, 0x20, 0x02, 0x28, 0x0b, 0x32,
    0x12, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x44, 0x65, 0x66, 0x61, 0x75,
    0x6c, 0x74, 0x73, 0x52, 0x05, 0x69, 0x6e, 0x6e, 0x65, 0x72, 0x12, 0x1e, 0x0a, 0x08, 0x67, 0x72,
    0x65, 0x65, 0x74, 0x69, 0x6e, 0x67, 0x18, 0x06, 0x20, 0x02, 0x28, 0x09, 0x3a, 0x02, 0x68, 0x69,
    0x52, 0x08, 0x67, 0x72, 0x65, 0x65, 0x74, 0x69, 0x6e, 0x67, 0x22, 0xdb, 0x02, 0x0a, 0x05, 0x4c,
    0x69, 0x73, 0x74, 0x73, 0x12, 0x1a, 0x0a, 0x08, 0x75, 0x6e, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64,
    0x18, 0x01, 0x20, 0x03, 0x28, 0x05, 0x52, 0x08, 0x75, 0x6e, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64,
    0x12, 0x1a, 0x0a, 0x06, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64, 0x18, 0x02, 0x20, 0x03, 0x28, 0x05,
    0x42, 0x02, 0x10, 0x01, 0x52, 0x06, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64, 0x12, 0x2b, 0x0a, 0x06,
    0x6c, 0x65, 0x76, 0x65, 0x6c, 0x73, 0x18, 0x03, 0x20, 0x03, 0x28, 0x0e, 0x32, 0x0f, 0x2e, 0x64,
    0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4c, 0x65, 0x76, 0x65, 0x6c, 0x42, 0x02, 0x10,
    0x01, 0x52, 0x06, 0x6c, 0x65, 0x76, 0x65, 0x6c, 0x73, 0x12, 0x34, 0x0a, 0x07, 0x62, 0x79, 0x5f,
    0x6e, 0x61, 0x6d, 0x65, 0x18, 0x04, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x1b, 0x2e, 0x64, 0x65, 0x6d,
    0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4c, 0x69, 0x73, 0x74, 0x73, 0x2e, 0x42, 0x79, 0x4e, 0x61,
    0x6d, 0x65, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x52, 0x06, 0x62, 0x79, 0x4e, 0x61, 0x6d, 0x65, 0x12,
    0x18, 0x0a, 0x06, 0x6e, 0x75, 0x6d, 0x62, 0x65, 0x72, 0x18, 0x05, 0x20, 0x01, 0x28, 0x05, 0x48,
    0x00, 0x52, 0x06, 0x6e, 0x75, 0x6d, 0x62, 0x65, 0x72, 0x12, 0x14, 0x0a, 0x04, 0x77, 0x6f, 0x72,
    0x64, 0x18, 0x06, 0x20, 0x01, 0x28, 0x09, 0x48, 0x00, 0x52, 0x04, 0x77, 0x6f, 0x72, 0x64, 0x12,
    0x2e, 0x0a, 0x07, 0x6d, 0x65, 0x73, 0x73, 0x61, 0x67, 0x65, 0x18, 0x07, 0x20, 0x01, 0x28, 0x0b,
    0x32, 0x12, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x52, 0x65, 0x71, 0x75,
    0x69, 0x72, 0x65, 0x64, 0x48, 0x00, 0x52, 0x07, 0x6d, 0x65, 0x73, 0x73, 0x61, 0x67, 0x65, 0x1a,
    0x4d, 0x0a, 0x0b, 0x42, 0x79, 0x4e, 0x61, 0x6d, 0x65, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x12, 0x10,
    0x0a, 0x03, 0x6b, 0x65, 0x79, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x03, 0x6b, 0x65, 0x79,
    0x12, 0x28, 0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x0b, 0x32,
    0x12, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x52, 0x65, 0x71, 0x75, 0x69,
    0x72, 0x65, 0x64, 0x52, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x3a, 0x02, 0x38, 0x01, 0x42, 0x08,
    0x0a, 0x06, 0x63, 0x68, 0x6f, 0x69, 0x63, 0x65, 0x22, 0x40, 0x0a, 0x04, 0x4f, 0x70, 0x65, 0x6e,
    0x12, 0x14, 0x0a, 0x05, 0x6b, 0x6e, 0x6f, 0x77, 0x6e, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52,
    0x05, 0x6b, 0x6e, 0x6f, 0x77, 0x6e, 0x2a, 0x05, 0x08, 0x64, 0x10, 0xc8, 0x01, 0x2a, 0x09, 0x08,
    0xe8, 0x07, 0x10, 0x80, 0x80, 0x80, 0x80, 0x02, 0x4a, 0x04, 0x08, 0x02, 0x10, 0x03, 0x4a, 0x04,
    0x08, 0x05, 0x10, 0x0a, 0x52, 0x04, 0x67, 0x6f, 0x6e, 0x65, 0x22, 0x86, 0x03, 0x0a, 0x06, 0x43,
    0x6c, 0x6f, 0x73, 0x65, 0x64, 0x12, 0x21, 0x0a, 0x03, 0x6f, 0x6e, 0x65, 0x18, 0x01, 0x20, 0x01,
    0x28, 0x0e, 0x32, 0x0f, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4c, 0x65,
    0x76, 0x65, 0x6c, 0x52, 0x03, 0x6f, 0x6e, 0x65, 0x12, 0x23, 0x0a, 0x04, 0x6d, 0x61, 0x6e, 0x79,
    0x18, 0x02, 0x20, 0x03, 0x28, 0x0e, 0x32, 0x0f, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c,
    0x64, 0x2e, 0x4c, 0x65, 0x76, 0x65, 0x6c, 0x52, 0x04, 0x6d, 0x61, 0x6e, 0x79, 0x12, 0x2b, 0x0a,
    0x06, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64, 0x18, 0x03, 0x20, 0x03, 0x28, 0x0e, 0x32, 0x0f, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4c, 0x65, 0x76, 0x65, 0x6c, 0x42, 0x02,
    0x10, 0x01, 0x52, 0x06, 0x70, 0x61, 0x63, 0x6b, 0x65, 0x64, 0x12, 0x29, 0x0a, 0x06, 0x63, 0x68,
    0x6f, 0x73, 0x65, 0x6e, 0x18, 0x04, 0x20, 0x01, 0x28, 0x0e, 0x32, 0x0f, 0x2e, 0x64, 0x65, 0x6d,
    0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4c, 0x65, 0x76, 0x65, 0x6c, 0x48, 0x00, 0x52, 0x06, 0x63,
    0x68, 0x6f, 0x73, 0x65, 0x6e, 0x12, 0x16, 0x0a, 0x05, 0x6f, 0x74, 0x68, 0x65, 0x72, 0x18, 0x05,
    0x20, 0x01, 0x28, 0x09, 0x48, 0x00, 0x52, 0x05, 0x6f, 0x74, 0x68, 0x65, 0x72, 0x12, 0x35, 0x0a,
    0x07, 0x62, 0x79, 0x5f, 0x6e, 0x61, 0x6d, 0x65, 0x18, 0x06, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x1c,
    0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x43, 0x6c, 0x6f, 0x73, 0x65, 0x64,
    0x2e, 0x42, 0x79, 0x4e, 0x61, 0x6d, 0x65, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x52, 0x06, 0x62, 0x79,
    0x4e, 0x61, 0x6d, 0x65, 0x12, 0x23, 0x0a, 0x04, 0x6d, 0x75, 0x73, 0x74, 0x18, 0x07, 0x20, 0x02,
    0x28, 0x0e, 0x32, 0x0f, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x4c, 0x65,
    0x76, 0x65, 0x6c, 0x52, 0x04, 0x6d, 0x75, 0x73, 0x74, 0x12, 0x12, 0x0a, 0x04, 0x6c, 0x61, 0x73,
    0x74, 0x18, 0x08, 0x20, 0x01, 0x28, 0x05, 0x52, 0x04, 0x6c, 0x61, 0x73, 0x74, 0x1a, 0x4a, 0x0a,
    0x0b, 0x42, 0x79, 0x4e, 0x61, 0x6d, 0x65, 0x45, 0x6e, 0x74, 0x72, 0x79, 0x12, 0x10, 0x0a, 0x03,
    0x6b, 0x65, 0x79, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x03, 0x6b, 0x65, 0x79, 0x12, 0x25,
    0x0a, 0x05, 0x76, 0x61, 0x6c, 0x75, 0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x0e, 0x32, 0x0f, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x47, 0x72, 0x61, 0x64, 0x65, 0x52, 0x05,
    0x76, 0x61, 0x6c, 0x75, 0x65, 0x3a, 0x02, 0x38, 0x01, 0x42, 0x08, 0x0a, 0x06, 0x63, 0x68, 0x6f,
    0x69, 0x63, 0x65, 0x22, 0xc0, 0x03, 0x0a, 0x06, 0x41, 0x6e, 0x73, 0x77, 0x65, 0x72, 0x12, 0x2f,
    0x0a, 0x06, 0x72, 0x65, 0x73, 0x75, 0x6c, 0x74, 0x18, 0x01, 0x20, 0x03, 0x28, 0x0a, 0x32, 0x17,
    0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x41, 0x6e, 0x73, 0x77, 0x65, 0x72,
    0x2e, 0x52, 0x65, 0x73, 0x75, 0x6c, 0x74, 0x52, 0x06, 0x72, 0x65, 0x73, 0x75, 0x6c, 0x74, 0x12,
    0x29, 0x0a, 0x04, 0x6e, 0x6f, 0x74, 0x65, 0x18, 0x32, 0x20, 0x01, 0x28, 0x0a, 0x32, 0x15, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x41, 0x6e, 0x73, 0x77, 0x65, 0x72, 0x2e,
    0x4e, 0x6f, 0x74, 0x65, 0x52, 0x04, 0x6e, 0x6f, 0x74, 0x65, 0x12, 0x2b, 0x0a, 0x04, 0x67, 0x6f,
    0x6f, 0x64, 0x18, 0x3c, 0x20, 0x01, 0x28, 0x0a, 0x32, 0x15, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e,
    0x6f, 0x6c, 0x64, 0x2e, 0x41, 0x6e, 0x73, 0x77, 0x65, 0x72, 0x2e, 0x47, 0x6f, 0x6f, 0x64, 0x48,
    0x00, 0x52, 0x04, 0x67, 0x6f, 0x6f, 0x64, 0x12, 0x28, 0x0a, 0x03, 0x62, 0x61, 0x64, 0x18, 0x3d,
    0x20, 0x01, 0x28, 0x0a, 0x32, 0x14, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e,
    0x41, 0x6e, 0x73, 0x77, 0x65, 0x72, 0x2e, 0x42, 0x61, 0x64, 0x48, 0x00, 0x52, 0x03, 0x62, 0x61,
    0x64, 0x1a, 0x90, 0x01, 0x0a, 0x06, 0x52, 0x65, 0x73, 0x75, 0x6c, 0x74, 0x12, 0x10, 0x0a, 0x03,
    0x75, 0x72, 0x6c, 0x18, 0x02, 0x20, 0x02, 0x28, 0x09, 0x52, 0x03, 0x75, 0x72, 0x6c, 0x12, 0x12,
    0x0a, 0x04, 0x72, 0x61, 0x6e, 0x6b, 0x18, 0x03, 0x20, 0x01, 0x28, 0x05, 0x52, 0x04, 0x72, 0x61,
    0x6e, 0x6b, 0x12, 0x30, 0x0a, 0x04, 0x64, 0x65, 0x65, 0x70, 0x18, 0x04, 0x20, 0x01, 0x28, 0x0a,
    0x32, 0x1c, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x41, 0x6e, 0x73, 0x77,
    0x65, 0x72, 0x2e, 0x52, 0x65, 0x73, 0x75, 0x6c, 0x74, 0x2e, 0x44, 0x65, 0x65, 0x70, 0x52, 0x04,
    0x64, 0x65, 0x65, 0x70, 0x1a, 0x2e, 0x0a, 0x04, 0x44, 0x65, 0x65, 0x70, 0x12, 0x26, 0x0a, 0x05,
    0x61, 0x67, 0x61, 0x69, 0x6e, 0x18, 0x01, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x10, 0x2e, 0x64, 0x65,
    0x6d, 0x6f, 0x2e, 0x6f, 0x6c, 0x64, 0x2e, 0x41, 0x6e, 0x73, 0x77, 0x65, 0x72, 0x52, 0x05, 0x61,
    0x67, 0x61, 0x69, 0x6e, 0x1a, 0x3a, 0x0a, 0x04, 0x4e, 0x6f, 0x74, 0x65, 0x12, 0x12, 0x0a, 0x04,
    0x74, 0x65, 0x78, 0x74, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x04, 0x74, 0x65, 0x78, 0x74,
    0x12, 0x14, 0x0a, 0x05, 0x6d, 0x61, 0x72, 0x6b, 0x73, 0x18, 0x02, 0x20, 0x03, 0x28, 0x05, 0x52,
    0x05, 0x6d, 0x61, 0x72, 0x6b, 0x73, 0x2a, 0x08, 0x08, 0x0a, 0x10, 0x80, 0x80, 0x80, 0x80, 0x02,
    0x1a, 0x14, 0x0a, 0x04, 0x47, 0x6f, 0x6f, 0x64, 0x12, 0x0c, 0x0a, 0x01, 0x6e, 0x18, 0x01, 0x20,
    0x01, 0x28, 0x05, 0x52, 0x01, 0x6e, 0x1a, 0x17, 0x0a, 0x03, 0x42, 0x61, 0x64, 0x12, 0x10, 0x0a,
    0x03, 0x77, 0x68, 0x79, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x03, 0x77, 0x68, 0x79, 0x42,
    0x05, 0x0a, 0x03, 0x65, 0x6e, 0x64, 0x2a, 0x26, 0x0a, 0x05, 0x4c, 0x65, 0x76, 0x65, 0x6c, 0x12,
    0x0d, 0x0a, 0x09, 0x4c, 0x45, 0x56, 0x45, 0x4c, 0x5f, 0x4c, 0x4f, 0x57, 0x10, 0x03, 0x12, 0x0e,
    0x0a, 0x0a, 0x4c, 0x45, 0x56, 0x45, 0x4c, 0x5f, 0x48, 0x49, 0x47, 0x48, 0x10, 0x09, 0x2a, 0x26,
    0x0a, 0x05, 0x47, 0x72, 0x61, 0x64, 0x65, 0x12, 0x0e, 0x0a, 0x0a, 0x47, 0x52, 0x41, 0x44, 0x45,
    0x5f, 0x4e, 0x4f, 0x4e, 0x45, 0x10, 0x00, 0x12, 0x0d, 0x0a, 0x09, 0x47, 0x52, 0x41, 0x44, 0x45,
    0x5f, 0x54, 0x4f, 0x50, 0x10, 0x09
};
const tern_proto_file presence_proto_file = {
    .name = "presence.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
