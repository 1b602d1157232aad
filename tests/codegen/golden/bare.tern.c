// bare.tern.c: made from bare.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "bare.tern.h"

// ---- Log ----------------------------------------------------------------

static const ProtobufCEnumValue values_of_log_[] = {
    { "LOG_NONE", "LOG_NONE", 0 },
    { "EOF", "LOG_EOF", 1 },
};
static const ProtobufCEnumValueIndex names_of_log_[] = {
    { "EOF", 1 },
    { "LOG_NONE", 0 },
};
static const ProtobufCIntRange ranges_of_log_[] = { { 0, 0 }, { 0, 2 } };
_Static_assert(sizeof(log_) == sizeof(int), "protobuf-c stores enums as int");
const ProtobufCEnumDescriptor log__descriptor = {
    .magic = PROTOBUF_C__ENUM_DESCRIPTOR_MAGIC,
    .name = "Log",
    .short_name = "Log",
    .c_name = "log_",
    .package_name = "",
    .n_values = 2,
    .values = values_of_log_,
    .n_value_names = 2,
    .values_by_name = names_of_log_,
    .n_value_ranges = 1,
    .value_ranges = ranges_of_log_,
};

// ---- Int ----------------------------------------------------------------

static void init_int_(ProtobufCMessage *m)
{
    *(int_ *)m = (int_){
        .base = PROTOBUF_C_MESSAGE_INIT(&int__descriptor),
    };
}

const ProtobufCMessageDescriptor int__descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "Int",
    .short_name = "Int",
    .c_name = "int_",
    .package_name = "",
    .sizeof_message = sizeof(int_),
    .message_init = init_int_,
};

// ---- Time ---------------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_time_[] = {
    {
        .name = "seconds",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT64,
        .offset = offsetof(time_, seconds),
    },
};
static const unsigned names_of_time_[] = { 0 };
static const ProtobufCIntRange ranges_of_time_[] = { { 1, 0 }, { 0, 1 } };

static void init_time_(ProtobufCMessage *m)
{
    *(time_ *)m = (time_){
        .base = PROTOBUF_C_MESSAGE_INIT(&time__descriptor),
    };
}

const ProtobufCMessageDescriptor time__descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "Time",
    .short_name = "Time",
    .c_name = "time_",
    .package_name = "",
    .sizeof_message = sizeof(time_),
    .n_fields = 1,
    .fields = fields_of_time_,
    .fields_sorted_by_name = names_of_time_,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_time_,
    .message_init = init_time_,
};

// ---- File ---------------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_file[] = {
    {
        .name = "path",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(file, path),
        .default_value = protobuf_c_empty_string,
    },
};
static const unsigned names_of_file[] = { 0 };
static const ProtobufCIntRange ranges_of_file[] = { { 1, 0 }, { 0, 1 } };

static void init_file(ProtobufCMessage *m)
{
    *(file *)m = (file){
        .base = PROTOBUF_C_MESSAGE_INIT(&file_descriptor),
        .path = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor file_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "File",
    .short_name = "File",
    .c_name = "file",
    .package_name = "",
    .sizeof_message = sizeof(file),
    .n_fields = 1,
    .fields = fields_of_file,
    .fields_sorted_by_name = names_of_file,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_file,
    .message_init = init_file,
};

// ---- Req ----------------------------------------------------------------

static void init_req_(ProtobufCMessage *m)
{
    *(req_ *)m = (req_){
        .base = PROTOBUF_C_MESSAGE_INIT(&req__descriptor),
    };
}

const ProtobufCMessageDescriptor req__descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "Req",
    .short_name = "Req",
    .c_name = "req_",
    .package_name = "",
    .sizeof_message = sizeof(req_),
    .message_init = init_req_,
};

// ---- Clock --------------------------------------------------------------

const tern_method clock__methods[] = {
    { .name = "Now", .path = "/Clock/Now", .kind = TERN_UNARY,
      .request = &req__descriptor, .reply = &time__descriptor,
      .slot = offsetof(clock__handlers, now), .async_slot = offsetof(clock__handlers, now_async) },
};
const tern_service clock__service = {
    .name = "Clock",
    .file = &bare_proto_file,
    .methods = clock__methods,
    .n_methods = 1,
    .handlers_size = sizeof(clock__handlers),
};

// ---- bare.proto ---------------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0a, 0x62, 0x61, 0x72, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x22, 0x05, 0x0a, 0x03,
    0x49, 0x6e, 0x74, 0x22, 0x20, 0x0a, 0x04, 0x54, 0x69, 0x6d, 0x65, 0x12, 0x18, 0x0a, 0x07, 0x73,
    0x65, 0x63, 0x6f, 0x6e, 0x64, 0x73, 0x18, 0x01, 0x20, 0x01, 0x28, 0x03, 0x52, 0x07, 0x73, 0x65,
    0x63, 0x6f, 0x6e, 0x64, 0x73, 0x22, 0x1a, 0x0a, 0x04, 0x46, 0x69, 0x6c, 0x65, 0x12, 0x12, 0x0a,
    0x04, 0x70, 0x61, 0x74, 0x68, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x04, 0x70, 0x61, 0x74,
    0x68, 0x22, 0x05, 0x0a, 0x03, 0x52, 0x65, 0x71, 0x2a, 0x1c, 0x0a, 0x03, 0x4c, 0x6f, 0x67, 0x12,
    0x0c, 0x0a, 0x08, 0x4c, 0x4f, 0x47, 0x5f, 0x4e, 0x4f, 0x4e, 0x45, 0x10, 0x00, 0x12, 0x07, 0x0a,
    0x03, 0x45, 0x4f, 0x46, 0x10, 0x01, 0x32, 0x1b, 0x0a, 0x05, 0x43, 0x6c, 0x6f, 0x63, 0x6b, 0x12,
    0x12, 0x0a, 0x03, 0x4e, 0x6f, 0x77, 0x12, 0x04, 0x2e, 0x52, 0x65, 0x71, 0x1a, 0x05, 0x2e, 0x54,
    0x69, 0x6d, 0x65, 0x62, 0x06, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x33
};
const tern_proto_file bare_proto_file = {
    .name = "bare.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
