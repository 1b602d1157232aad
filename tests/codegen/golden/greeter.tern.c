// greeter.tern.c: made from greeter.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "greeter.tern.h"

// ---- demo.HelloRequest --------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_hello_request[] = {
    {
        .name = "name",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_hello_request, name),
        .default_value = protobuf_c_empty_string,
    },
    {
        .name = "count",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_UINT32,
        .offset = offsetof(demo_hello_request, count),
    },
};
static const unsigned names_of_demo_hello_request[] = { 1, 0 };
static const ProtobufCIntRange ranges_of_demo_hello_request[] = { { 1, 0 }, { 0, 2 } };

static void init_demo_hello_request(ProtobufCMessage *m)
{
    *(demo_hello_request *)m = (demo_hello_request){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_hello_request_descriptor),
        .name = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor demo_hello_request_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.HelloRequest",
    .short_name = "HelloRequest",
    .c_name = "demo_hello_request",
    .package_name = "demo",
    .sizeof_message = sizeof(demo_hello_request),
    .n_fields = 2,
    .fields = fields_of_demo_hello_request,
    .fields_sorted_by_name = names_of_demo_hello_request,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_hello_request,
    .message_init = init_demo_hello_request,
};

// ---- demo.HelloReply ----------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_demo_hello_reply[] = {
    {
        .name = "message",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(demo_hello_reply, message),
        .default_value = protobuf_c_empty_string,
    },
};
static const unsigned names_of_demo_hello_reply[] = { 0 };
static const ProtobufCIntRange ranges_of_demo_hello_reply[] = { { 1, 0 }, { 0, 1 } };

static void init_demo_hello_reply(ProtobufCMessage *m)
{
    *(demo_hello_reply *)m = (demo_hello_reply){
        .base = PROTOBUF_C_MESSAGE_INIT(&demo_hello_reply_descriptor),
        .message = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor demo_hello_reply_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "demo.HelloReply",
    .short_name = "HelloReply",
    .c_name = "demo_hello_reply",
    .package_name = "demo",
    .sizeof_message = sizeof(demo_hello_reply),
    .n_fields = 1,
    .fields = fields_of_demo_hello_reply,
    .fields_sorted_by_name = names_of_demo_hello_reply,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_demo_hello_reply,
    .message_init = init_demo_hello_reply,
};

// ---- demo.Greeter -------------------------------------------------------

const tern_method demo_greeter_methods[] = {
    { .name = "SayHello", .path = "/demo.Greeter/SayHello", .kind = TERN_UNARY,
      .request = &demo_hello_request_descriptor, .reply = &demo_hello_reply_descriptor,
      .slot = offsetof(demo_greeter_handlers, say_hello), .async_slot = offsetof(demo_greeter_handlers, say_hello_async) },
    { .name = "Watch", .path = "/demo.Greeter/Watch", .kind = TERN_SERVER_STREAM,
      .request = &demo_hello_request_descriptor, .reply = &demo_hello_reply_descriptor,
      .slot = offsetof(demo_greeter_handlers, watch), .async_slot = offsetof(demo_greeter_handlers, watch_async) },
};
const tern_service demo_greeter_service = {
    .name = "demo.Greeter",
    .file = &greeter_proto_file,
    .methods = demo_greeter_methods,
    .n_methods = 2,
    .handlers_size = sizeof(demo_greeter_handlers),
};

// ---- greeter.proto ------------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0d, 0x67, 0x72, 0x65, 0x65, 0x74, 0x65, 0x72, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x12,
    0x04, 0x64, 0x65, 0x6d, 0x6f, 0x22, 0x38, 0x0a, 0x0c, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x52, 0x65,
    0x71, 0x75, 0x65, 0x73, 0x74, 0x12, 0x12, 0x0a, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x18, 0x01, 0x20,
    0x01, 0x28, 0x09, 0x52, 0x04, 0x6e, 0x61, 0x6d, 0x65, 0x12, 0x14, 0x0a, 0x05, 0x63, 0x6f, 0x75,
    0x6e, 0x74, 0x18, 0x02, 0x20, 0x01, 0x28, 0x0d, 0x52, 0x05, 0x63, 0x6f, 0x75, 0x6e, 0x74, 0x22,
    0x26, 0x0a, 0x0a, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x52, 0x65, 0x70, 0x6c, 0x79, 0x12, 0x18, 0x0a,
    0x07, 0x6d, 0x65, 0x73, 0x73, 0x61, 0x67, 0x65, 0x18, 0x01, 0x20, 0x01, 0x28, 0x09, 0x52, 0x07,
    0x6d, 0x65, 0x73, 0x73, 0x61, 0x67, 0x65, 0x32, 0x6c, 0x0a, 0x07, 0x47, 0x72, 0x65, 0x65, 0x74,
    0x65, 0x72, 0x12, 0x30, 0x0a, 0x08, 0x53, 0x61, 0x79, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x12, 0x12,
    0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x52, 0x65, 0x71, 0x75, 0x65,
    0x73, 0x74, 0x1a, 0x10, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x52,
    0x65, 0x70, 0x6c, 0x79, 0x12, 0x2f, 0x0a, 0x05, 0x57, 0x61, 0x74, 0x63, 0x68, 0x12, 0x12, 0x2e,
    0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x52, 0x65, 0x71, 0x75, 0x65, 0x73,
    0x74, 0x1a, 0x10, 0x2e, 0x64, 0x65, 0x6d, 0x6f, 0x2e, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x52, 0x65,
    0x70, 0x6c, 0x79, 0x30, 0x01, 0x62, 0x06, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x33
};
const tern_proto_file greeter_proto_file = {
    .name = "greeter.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
