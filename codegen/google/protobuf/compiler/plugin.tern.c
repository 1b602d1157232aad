// plugin.tern.c: made from plugin.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "plugin.tern.h"

// ---- google.protobuf.compiler.CodeGeneratorResponse.Feature -------------

static const ProtobufCEnumValue values_of_google_protobuf_compiler_code_generator_response_feature[] = {
    { "FEATURE_NONE", "GOOGLE_PROTOBUF_COMPILER_CODE_GENERATOR_RESPONSE_FEATURE_NONE", 0 },
    { "FEATURE_PROTO3_OPTIONAL", "GOOGLE_PROTOBUF_COMPILER_CODE_GENERATOR_RESPONSE_FEATURE_PROTO3_OPTIONAL", 1 },
};
static const ProtobufCEnumValueIndex names_of_google_protobuf_compiler_code_generator_response_feature[] = {
    { "FEATURE_NONE", 0 },
    { "FEATURE_PROTO3_OPTIONAL", 1 },
};
static const ProtobufCIntRange ranges_of_google_protobuf_compiler_code_generator_response_feature[] = { { 0, 0 },
                                                                                                        { 0, 2 } };
_Static_assert(sizeof(google_protobuf_compiler_code_generator_response_feature) == sizeof(int), "protobuf-c stores enums as int");
const ProtobufCEnumDescriptor google_protobuf_compiler_code_generator_response_feature_descriptor = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "google.protobuf.compiler.CodeGeneratorResponse.Feature",
    .short_name = "Feature",
    .c_name = "google_protobuf_compiler_code_generator_response_feature",
    .package_name = "google.protobuf.compiler",
    .n_values = 2,
    .values = values_of_google_protobuf_compiler_code_generator_response_feature,
    .n_value_names = 2,
    .values_by_name = names_of_google_protobuf_compiler_code_generator_response_feature,
    .n_value_ranges = 1,
    .value_ranges = ranges_of_google_protobuf_compiler_code_generator_response_feature,
};

// ---- google.protobuf.compiler.Version -----------------------------------

static const ProtobufCFieldDescriptor fields_of_google_protobuf_compiler_version[] = {
    {
        .name = "major",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(google_protobuf_compiler_version, has_major),
        .offset = offsetof(google_protobuf_compiler_version, major),
    },
    {
        .name = "minor",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(google_protobuf_compiler_version, has_minor),
        .offset = offsetof(google_protobuf_compiler_version, minor),
    },
    {
        .name = "patch",
        .id = 3,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_INT32,
        .quantifier_offset = offsetof(google_protobuf_compiler_version, has_patch),
        .offset = offsetof(google_protobuf_compiler_version, patch),
    },
    {
        .name = "suffix",
        .id = 4,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(google_protobuf_compiler_version, suffix),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
};
static const unsigned names_of_google_protobuf_compiler_version[] = { 0, 1, 2, 3 };
static const ProtobufCIntRange ranges_of_google_protobuf_compiler_version[] = { { 1, 0 },
                                                                                { 0, 4 } };

static void init_google_protobuf_compiler_version(ProtobufCMessage *m)
{
    *(google_protobuf_compiler_version *)m = (google_protobuf_compiler_version){
        .base = PROTOBUF_C_MESSAGE_INIT(&google_protobuf_compiler_version_descriptor),
    };
}

const ProtobufCMessageDescriptor google_protobuf_compiler_version_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "google.protobuf.compiler.Version",
    .short_name = "Version",
    .c_name = "google_protobuf_compiler_version",
    .package_name = "google.protobuf.compiler",
    .sizeof_message = sizeof(google_protobuf_compiler_version),
    .n_fields = 4,
    .fields = fields_of_google_protobuf_compiler_version,
    .fields_sorted_by_name = names_of_google_protobuf_compiler_version,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_google_protobuf_compiler_version,
    .message_init = init_google_protobuf_compiler_version,
};

// ---- google.protobuf.compiler.CodeGeneratorRequest ----------------------

static const ProtobufCFieldDescriptor fields_of_google_protobuf_compiler_code_generator_request[] = {
    {
        .name = "file_to_generate",
        .id = 1,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_STRING,
        .quantifier_offset = offsetof(google_protobuf_compiler_code_generator_request, n_file_to_generate),
        .offset = offsetof(google_protobuf_compiler_code_generator_request, file_to_generate),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "parameter",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(google_protobuf_compiler_code_generator_request, parameter),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "compiler_version",
        .id = 3,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(google_protobuf_compiler_code_generator_request, compiler_version),
        .descriptor = &google_protobuf_compiler_version_descriptor,
    },
    {
        .name = "proto_file",
        .id = 15,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(google_protobuf_compiler_code_generator_request, n_proto_file),
        .offset = offsetof(google_protobuf_compiler_code_generator_request, proto_file),
        .descriptor = &google_protobuf_file_descriptor_proto_descriptor,
    },
};
static const unsigned names_of_google_protobuf_compiler_code_generator_request[] = { 2, 0, 1, 3 };
static const ProtobufCIntRange ranges_of_google_protobuf_compiler_code_generator_request[] = { { 1, 0 },
                                                                                               { 15, 3 },
                                                                                               { 0, 4 } };

static void init_google_protobuf_compiler_code_generator_request(ProtobufCMessage *m)
{
    *(google_protobuf_compiler_code_generator_request *)m = (google_protobuf_compiler_code_generator_request){
        .base = PROTOBUF_C_MESSAGE_INIT(&google_protobuf_compiler_code_generator_request_descriptor),
    };
}

const ProtobufCMessageDescriptor google_protobuf_compiler_code_generator_request_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "google.protobuf.compiler.CodeGeneratorRequest",
    .short_name = "CodeGeneratorRequest",
    .c_name = "google_protobuf_compiler_code_generator_request",
    .package_name = "google.protobuf.compiler",
    .sizeof_message = sizeof(google_protobuf_compiler_code_generator_request),
    .n_fields = 4,
    .fields = fields_of_google_protobuf_compiler_code_generator_request,
    .fields_sorted_by_name = names_of_google_protobuf_compiler_code_generator_request,
    .n_field_ranges = 2,
    .field_ranges = ranges_of_google_protobuf_compiler_code_generator_request,
    .message_init = init_google_protobuf_compiler_code_generator_request,
};

// ---- google.protobuf.compiler.CodeGeneratorResponse ---------------------

static const ProtobufCFieldDescriptor fields_of_google_protobuf_compiler_code_generator_response[] = {
    {
        .name = "error",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(google_protobuf_compiler_code_generator_response, error),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "supported_features",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_UINT64,
        .quantifier_offset = offsetof(google_protobuf_compiler_code_generator_response, has_supported_features),
        .offset = offsetof(google_protobuf_compiler_code_generator_response, supported_features),
    },
    {
        .name = "file",
        .id = 15,
        .label = PROTOBUF_C_LABEL_REPEATED,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .quantifier_offset = offsetof(google_protobuf_compiler_code_generator_response, n_file),
        .offset = offsetof(google_protobuf_compiler_code_generator_response, file),
        .descriptor = &google_protobuf_compiler_code_generator_response_file_descriptor,
    },
};
static const unsigned names_of_google_protobuf_compiler_code_generator_response[] = { 0, 2, 1 };
static const ProtobufCIntRange ranges_of_google_protobuf_compiler_code_generator_response[] = { { 1, 0 },
                                                                                                { 15, 2 },
                                                                                                { 0, 3 } };

static void init_google_protobuf_compiler_code_generator_response(ProtobufCMessage *m)
{
    *(google_protobuf_compiler_code_generator_response *)m = (google_protobuf_compiler_code_generator_response){
        .base = PROTOBUF_C_MESSAGE_INIT(&google_protobuf_compiler_code_generator_response_descriptor),
    };
}

const ProtobufCMessageDescriptor google_protobuf_compiler_code_generator_response_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "google.protobuf.compiler.CodeGeneratorResponse",
    .short_name = "CodeGeneratorResponse",
    .c_name = "google_protobuf_compiler_code_generator_response",
    .package_name = "google.protobuf.compiler",
    .sizeof_message = sizeof(google_protobuf_compiler_code_generator_response),
    .n_fields = 3,
    .fields = fields_of_google_protobuf_compiler_code_generator_response,
    .fields_sorted_by_name = names_of_google_protobuf_compiler_code_generator_response,
    .n_field_ranges = 2,
    .field_ranges = ranges_of_google_protobuf_compiler_code_generator_response,
    .message_init = init_google_protobuf_compiler_code_generator_response,
};

// ---- google.protobuf.compiler.CodeGeneratorResponse.File ----------------

static const ProtobufCFieldDescriptor fields_of_google_protobuf_compiler_code_generator_response_file[] = {
    {
        .name = "name",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(google_protobuf_compiler_code_generator_response_file, name),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "insertion_point",
        .id = 2,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(google_protobuf_compiler_code_generator_response_file, insertion_point),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "content",
        .id = 15,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(google_protobuf_compiler_code_generator_response_file, content),
        .reserved_flags = TERN_FIELD_ANY_BYTES,
    },
    {
        .name = "generated_code_info",
        .id = 16,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(google_protobuf_compiler_code_generator_response_file, generated_code_info),
        .descriptor = &google_protobuf_generated_code_info_descriptor,
    },
};
static const unsigned names_of_google_protobuf_compiler_code_generator_response_file[] = { 2, 3, 1,
                                                                                           0 };
static const ProtobufCIntRange ranges_of_google_protobuf_compiler_code_generator_response_file[] = { { 1, 0 },
                                                                                                     { 15, 2 },
                                                                                                     { 0, 4 } };

static void init_google_protobuf_compiler_code_generator_response_file(ProtobufCMessage *m)
{
    *(google_protobuf_compiler_code_generator_response_file *)m = (google_protobuf_compiler_code_generator_response_file){
        .base = PROTOBUF_C_MESSAGE_INIT(&google_protobuf_compiler_code_generator_response_file_descriptor),
    };
}

const ProtobufCMessageDescriptor google_protobuf_compiler_code_generator_response_file_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "google.protobuf.compiler.CodeGeneratorResponse.File",
    .short_name = "File",
    .c_name = "google_protobuf_compiler_code_generator_response_file",
    .package_name = "google.protobuf.compiler",
    .sizeof_message = sizeof(google_protobuf_compiler_code_generator_response_file),
    .n_fields = 4,
    .fields = fields_of_google_protobuf_compiler_code_generator_response_file,
    .fields_sorted_by_name = names_of_google_protobuf_compiler_code_generator_response_file,
    .n_field_ranges = 2,
    .field_ranges = ranges_of_google_protobuf_compiler_code_generator_response_file,
    .message_init = init_google_protobuf_compiler_code_generator_response_file,
};

// ---- google/protobuf/compiler/plugin.proto ------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x25, 0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75,
    0x66, 0x2f, 0x63, 0x6f, 0x6d, 0x70, 0x69, 0x6c, 0x65, 0x72, 0x2f, 0x70, 0x6c, 0x75, 0x67, 0x69,
    0x6e, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x12, 0x18, 0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2e,
    0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2e, 0x63, 0x6f, 0x6d, 0x70, 0x69, 0x6c, 0x65,
    0x72, 0x1a, 0x20, 0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62,
    0x75, 0x66, 0x2f, 0x64, 0x65, 0x73, 0x63, 0x72, 0x69, 0x70, 0x74, 0x6f, 0x72, 0x2e, 0x70, 0x72,
    0x6f, 0x74, 0x6f, 0x22, 0x63, 0x0a, 0x07, 0x56, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e, 0x12, 0x14,
    0x0a, 0x05, 0x6d, 0x61, 0x6a, 0x6f, 0x72, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52, 0x05, 0x6d,
    0x61, 0x6a, 0x6f, 0x72, 0x12, 0x14, 0x0a, 0x05, 0x6d, 0x69, 0x6e, 0x6f, 0x72, 0x18, 0x02, 0x20,
    0x01, 0x28, 0x05, 0x52, 0x05, 0x6d, 0x69, 0x6e, 0x6f, 0x72, 0x12, 0x14, 0x0a, 0x05, 0x70, 0x61,
    0x74, 0x63, 0x68, 0x18, 0x03, 0x20, 0x01, 0x28, 0x05, 0x52, 0x05, 0x70, 0x61, 0x74, 0x63, 0x68,
    0x12, 0x16, 0x0a, 0x06, 0x73, 0x75, 0x66, 0x66, 0x69, 0x78, 0x18, 0x04, 0x20, 0x01, 0x28, 0x09,
    0x52, 0x06, 0x73, 0x75, 0x66, 0x66, 0x69, 0x78, 0x22, 0xf1, 0x01, 0x0a, 0x14, 0x43, 0x6f, 0x64,
    0x65, 0x47, 0x65, 0x6e, 0x65, 0x72, 0x61, 0x74, 0x6f, 0x72, 0x52, 0x65, 0x71, 0x75, 0x65, 0x73,
    0x74, 0x12, 0x28, 0x0a, 0x10, 0x66, 0x69, 0x6c, 0x65, 0x5f, 0x74, 0x6f, 0x5f, 0x67, 0x65, 0x6e,
    0x65, 0x72, 0x61, 0x74, 0x65, 0x18, 0x01, 0x20, 0x03, 0x28, 0x09, 0x52, 0x0e, 0x66, 0x69, 0x6c,
    0x65, 0x54, 0x6f, 0x47, 0x65, 0x6e, 0x65, 0x72, 0x61, 0x74, 0x65, 0x12, 0x1c, 0x0a, 0x09, 0x70,
    0x61, 0x72, 0x61, 0x6d, 0x65, 0x74, 0x65, 0x72, 0x18, 0x02, 0x20, 0x01, 0x28, 0x09, 0x52, 0x09,
    0x70, 0x61, 0x72, 0x61, 0x6d, 0x65, 0x74, 0x65, 0x72, 0x12, 0x43, 0x0a, 0x0a, 0x70, 0x72, 0x6f,
    0x74, 0x6f, 0x5f, 0x66, 0x69, 0x6c, 0x65, 0x18, 0x0f, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x24, 0x2e,
    0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2e,
    0x46, 0x69, 0x6c, 0x65, 0x44, 0x65, 0x73, 0x63, 0x72, 0x69, 0x70, 0x74, 0x6f, 0x72, 0x50, 0x72,
    0x6f, 0x74, 0x6f, 0x52, 0x09, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x46, 0x69, 0x6c, 0x65, 0x12, 0x4c,
    0x0a, 0x10, 0x63, 0x6f, 0x6d, 0x70, 0x69, 0x6c, 0x65, 0x72, 0x5f, 0x76, 0x65, 0x72, 0x73, 0x69,
    0x6f, 0x6e, 0x18, 0x03, 0x20, 0x01, 0x28, 0x0b, 0x32, 0x21, 0x2e, 0x67, 0x6f, 0x6f, 0x67, 0x6c,
    0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2e, 0x63, 0x6f, 0x6d, 0x70, 0x69,
    0x6c, 0x65, 0x72, 0x2e, 0x56, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e, 0x52, 0x0f, 0x63, 0x6f, 0x6d,
    0x70, 0x69, 0x6c, 0x65, 0x72, 0x56, 0x65, 0x72, 0x73, 0x69, 0x6f, 0x6e, 0x22, 0x94, 0x03, 0x0a,
    0x15, 0x43, 0x6f, 0x64, 0x65, 0x47, 0x65, 0x6e, 0x65, 0x72, 0x61, 0x74, 0x6f, 0x72, 0x52, 0x65,
    0x73, 0x70, 0x6f, 0x6e, 0x73, 0x65, 0x12, 0x14, 0x0a, 0x05, 0x65, 0x72, 0x72, 0x6f, 0x72, 0x18,
    0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x05, 0x65, 0x72, 0x72, 0x6f, 0x72, 0x12, 0x2d, 0x0a, 0x12,
    0x73, 0x75, 0x70, 0x70, 0x6f, 0x72, 0x74, 0x65, 0x64, 0x5f, 0x66, 0x65, 0x61, 0x74, 0x75, 0x72,
    0x65, 0x73, 0x18, 0x02, 0x20, 0x01, 0x28, 0x04, 0x52, 0x11, 0x73, 0x75, 0x70, 0x70, 0x6f, 0x72,
    0x74, 0x65, 0x64, 0x46, 0x65, 0x61, 0x74, 0x75, 0x72, 0x65, 0x73, 0x12, 0x48, 0x0a, 0x04, 0x66,
    0x69, 0x6c, 0x65, 0x18, 0x0f, 0x20, 0x03, 0x28, 0x0b, 0x32, 0x34, 0x2e, 0x67, 0x6f, 0x6f, 0x67,
    0x6c, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2e, 0x63, 0x6f, 0x6d, 0x70,
    0x69, 0x6c, 0x65, 0x72, 0x2e, 0x43, 0x6f, 0x64, 0x65, 0x47, 0x65, 0x6e, 0x65, 0x72, 0x61, 0x74,
    0x6f, 0x72, 0x52, 0x65, 0x73, 0x70, 0x6f, 0x6e, 0x73, 0x65, 0x2e, 0x46, 0x69, 0x6c, 0x65, 0x52,
    0x04, 0x66, 0x69, 0x6c, 0x65, 0x1a, 0xb1, 0x01, 0x0a, 0x04, 0x46, 0x69, 0x6c, 0x65, 0x12, 0x12,
    0x0a, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x04, 0x6e, 0x61,
    0x6d, 0x65, 0x12, 0x27, 0x0a, 0x0f, 0x69, 0x6e, 0x73, 0x65, 0x72, 0x74, 0x69, 0x6f, 0x6e, 0x5f,
    0x70, 0x6f, 0x69, 0x6e, 0x74, 0x18, 0x02, 0x20, 0x01, 0x28, 0x09, 0x52, 0x0e, 0x69, 0x6e, 0x73,
    0x65, 0x72, 0x74, 0x69, 0x6f, 0x6e, 0x50, 0x6f, 0x69, 0x6e, 0x74, 0x12, 0x18, 0x0a, 0x07, 0x63,
    0x6f, 0x6e, 0x74, 0x65, 0x6e, 0x74, 0x18, 0x0f, 0x20, 0x01, 0x28, 0x09, 0x52, 0x07, 0x63, 0x6f,
    0x6e, 0x74, 0x65, 0x6e, 0x74, 0x12, 0x52, 0x0a, 0x13, 0x67, 0x65, 0x6e, 0x65, 0x72, 0x61, 0x74,
    0x65, 0x64, 0x5f, 0x63, 0x6f, 0x64, 0x65, 0x5f, 0x69, 0x6e, 0x66, 0x6f, 0x18, 0x10, 0x20, 0x01,
    0x28, 0x0b, 0x32, 0x22, 0x2e, 0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74,
    0x6f, 0x62, 0x75, 0x66, 0x2e, 0x47, 0x65, 0x6e, 0x65, 0x72, 0x61, 0x74, 0x65, 0x64, 0x43, 0x6f,
    0x64, 0x65, 0x49, 0x6e, 0x66, 0x6f, 0x52, 0x11, 0x67, 0x65, 0x6e, 0x65, 0x72, 0x61, 0x74, 0x65,
    0x64, 0x43, 0x6f, 0x64, 0x65, 0x49, 0x6e, 0x66, 0x6f, 0x22, 0x38, 0x0a, 0x07, 0x46, 0x65, 0x61,
    0x74, 0x75, 0x72, 0x65, 0x12, 0x10, 0x0a, 0x0c, 0x46, 0x45, 0x41, 0x54, 0x55, 0x52, 0x45, 0x5f,
    0x4e, 0x4f, 0x4e, 0x45, 0x10, 0x00, 0x12, 0x1b, 0x0a, 0x17, 0x46, 0x45, 0x41, 0x54, 0x55, 0x52,
    0x45, 0x5f, 0x50, 0x52, 0x4f, 0x54, 0x4f, 0x33, 0x5f, 0x4f, 0x50, 0x54, 0x49, 0x4f, 0x4e, 0x41,
    0x4c, 0x10, 0x01, 0x42, 0x57, 0x0a, 0x1c, 0x63, 0x6f, 0x6d, 0x2e, 0x67, 0x6f, 0x6f, 0x67, 0x6c,
    0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2e, 0x63, 0x6f, 0x6d, 0x70, 0x69,
    0x6c, 0x65, 0x72, 0x42, 0x0c, 0x50, 0x6c, 0x75, 0x67, 0x69, 0x6e, 0x50, 0x72, 0x6f, 0x74, 0x6f,
    0x73, 0x5a, 0x29, 0x67, 0x6f, 0x6f, 0x67, 0x6c, 0x65, 0x2e, 0x67, 0x6f, 0x6c, 0x61, 0x6e, 0x67,
    0x2e, 0x6f, 0x72, 0x67, 0x2f, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x62, 0x75, 0x66, 0x2f, 0x74, 0x79,
    0x70, 0x65, 0x73, 0x2f, 0x70, 0x6c, 0x75, 0x67, 0x69, 0x6e, 0x70, 0x62
};
static const tern_proto_file *const imports[] = {
    &google_protobuf_descriptor_proto_file,
};
const tern_proto_file google_protobuf_compiler_plugin_proto_file = {
    .name = "google/protobuf/compiler/plugin.proto",
    .bytes = bytes,
    .len = sizeof bytes,
    .imports = imports,
    .n_imports = 1,
};
