// route.tern.c: made from route.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "route.tern.h"

// ---- route.Point --------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_route_point[] = {
    {
        .name = "latitude",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(route_point, latitude),
    },
    {
        .name = "longitude",
        .id = 2,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_INT32,
        .offset = offsetof(route_point, longitude),
    },
};
static const unsigned names_of_route_point[] = { 0, 1 };
static const ProtobufCIntRange ranges_of_route_point[] = { { 1, 0 }, { 0, 2 } };

static void init_route_point(ProtobufCMessage *m)
{
    *(route_point *)m = (route_point){
        .base = PROTOBUF_C_MESSAGE_INIT(&route_point_descriptor),
    };
}

const ProtobufCMessageDescriptor route_point_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "route.Point",
    .short_name = "Point",
    .c_name = "route_point",
    .package_name = "route",
    .sizeof_message = sizeof(route_point),
    .n_fields = 2,
    .fields = fields_of_route_point,
    .fields_sorted_by_name = names_of_route_point,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_route_point,
    .message_init = init_route_point,
};

// ---- route.Summary ------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_route_summary[] = {
    {
        .name = "n_points",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_UINT32,
        .offset = offsetof(route_summary, n_points),
    },
};
static const unsigned names_of_route_summary[] = { 0 };
static const ProtobufCIntRange ranges_of_route_summary[] = { { 1, 0 }, { 0, 1 } };

static void init_route_summary(ProtobufCMessage *m)
{
    *(route_summary *)m = (route_summary){
        .base = PROTOBUF_C_MESSAGE_INIT(&route_summary_descriptor),
    };
}

const ProtobufCMessageDescriptor route_summary_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "route.Summary",
    .short_name = "Summary",
    .c_name = "route_summary",
    .package_name = "route",
    .sizeof_message = sizeof(route_summary),
    .n_fields = 1,
    .fields = fields_of_route_summary,
    .fields_sorted_by_name = names_of_route_summary,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_route_summary,
    .message_init = init_route_summary,
};

// ---- route.Note ---------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_route_note[] = {
    {
        .name = "text",
        .id = 1,
        .label = PROTOBUF_C_LABEL_NONE,
        .type = PROTOBUF_C_TYPE_STRING,
        .offset = offsetof(route_note, text),
        .default_value = protobuf_c_empty_string,
    },
};
static const unsigned names_of_route_note[] = { 0 };
static const ProtobufCIntRange ranges_of_route_note[] = { { 1, 0 }, { 0, 1 } };

static void init_route_note(ProtobufCMessage *m)
{
    *(route_note *)m = (route_note){
        .base = PROTOBUF_C_MESSAGE_INIT(&route_note_descriptor),
        .text = protobuf_c_empty_string,
    };
}

const ProtobufCMessageDescriptor route_note_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "route.Note",
    .short_name = "Note",
    .c_name = "route_note",
    .package_name = "route",
    .sizeof_message = sizeof(route_note),
    .n_fields = 1,
    .fields = fields_of_route_note,
    .fields_sorted_by_name = names_of_route_note,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_route_note,
    .message_init = init_route_note,
};

// ---- route.Guide --------------------------------------------------------

const tern_method route_guide_methods[] = {
    { .name = "GetFeature", .path = "/route.Guide/GetFeature", .kind = TERN_UNARY,
      .request = &route_point_descriptor, .reply = &route_note_descriptor,
      .slot = offsetof(route_guide_handlers, get_feature), .async_slot = offsetof(route_guide_handlers, get_feature_async) },
    { .name = "ListFeatures", .path = "/route.Guide/ListFeatures", .kind = TERN_SERVER_STREAM,
      .request = &route_point_descriptor, .reply = &route_note_descriptor,
      .slot = offsetof(route_guide_handlers, list_features), .async_slot = offsetof(route_guide_handlers, list_features_async) },
    { .name = "RecordRoute", .path = "/route.Guide/RecordRoute", .kind = TERN_CLIENT_STREAM,
      .request = &route_point_descriptor, .reply = &route_summary_descriptor,
      .slot = offsetof(route_guide_handlers, record_route), .async_slot = offsetof(route_guide_handlers, record_route_async) },
    { .name = "Chat", .path = "/route.Guide/Chat", .kind = TERN_BIDI_STREAM,
      .request = &route_note_descriptor, .reply = &route_point_descriptor,
      .slot = offsetof(route_guide_handlers, chat), .async_slot = offsetof(route_guide_handlers, chat_async) },
};
const tern_service route_guide_service = {
    .name = "route.Guide",
    .file = &route_proto_file,
    .methods = route_guide_methods,
    .n_methods = 4,
    .handlers_size = sizeof(route_guide_handlers),
};

// ---- route.proto --------------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x0b, 0x72, 0x6f, 0x75, 0x74, 0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x12, 0x05, 0x72,
    0x6f, 0x75, 0x74, 0x65, 0x22, 0x41, 0x0a, 0x05, 0x50, 0x6f, 0x69, 0x6e, 0x74, 0x12, 0x1a, 0x0a,
    0x08, 0x6c, 0x61, 0x74, 0x69, 0x74, 0x75, 0x64, 0x65, 0x18, 0x01, 0x20, 0x01, 0x28, 0x05, 0x52,
    0x08, 0x6c, 0x61, 0x74, 0x69, 0x74, 0x75, 0x64, 0x65, 0x12, 0x1c, 0x0a, 0x09, 0x6c, 0x6f, 0x6e,
    0x67, 0x69, 0x74, 0x75, 0x64, 0x65, 0x18, 0x02, 0x20, 0x01, 0x28, 0x05, 0x52, 0x09, 0x6c, 0x6f,
    0x6e, 0x67, 0x69, 0x74, 0x75, 0x64, 0x65, 0x22, 0x24, 0x0a, 0x07, 0x53, 0x75, 0x6d, 0x6d, 0x61,
    0x72, 0x79, 0x12, 0x19, 0x0a, 0x08, 0x6e, 0x5f, 0x70, 0x6f, 0x69, 0x6e, 0x74, 0x73, 0x18, 0x01,
    0x20, 0x01, 0x28, 0x0d, 0x52, 0x07, 0x6e, 0x50, 0x6f, 0x69, 0x6e, 0x74, 0x73, 0x22, 0x1a, 0x0a,
    0x04, 0x4e, 0x6f, 0x74, 0x65, 0x12, 0x12, 0x0a, 0x04, 0x74, 0x65, 0x78, 0x74, 0x18, 0x01, 0x20,
    0x01, 0x28, 0x09, 0x52, 0x04, 0x74, 0x65, 0x78, 0x74, 0x32, 0xb3, 0x01, 0x0a, 0x05, 0x47, 0x75,
    0x69, 0x64, 0x65, 0x12, 0x27, 0x0a, 0x0a, 0x47, 0x65, 0x74, 0x46, 0x65, 0x61, 0x74, 0x75, 0x72,
    0x65, 0x12, 0x0c, 0x2e, 0x72, 0x6f, 0x75, 0x74, 0x65, 0x2e, 0x50, 0x6f, 0x69, 0x6e, 0x74, 0x1a,
    0x0b, 0x2e, 0x72, 0x6f, 0x75, 0x74, 0x65, 0x2e, 0x4e, 0x6f, 0x74, 0x65, 0x12, 0x2b, 0x0a, 0x0c,
    0x4c, 0x69, 0x73, 0x74, 0x46, 0x65, 0x61, 0x74, 0x75, 0x72, 0x65, 0x73, 0x12, 0x0c, 0x2e, 0x72,
    0x6f, 0x75, 0x74, 0x65, 0x2e, 0x50, 0x6f, 0x69, 0x6e, 0x74, 0x1a, 0x0b, 0x2e, 0x72, 0x6f, 0x75,
    0x74, 0x65, 0x2e, 0x4e, 0x6f, 0x74, 0x65, 0x30, 0x01, 0x12, 0x2d, 0x0a, 0x0b, 0x52, 0x65, 0x63,
    0x6f, 0x72, 0x64, 0x52, 0x6f, 0x75, 0x74, 0x65, 0x12, 0x0c, 0x2e, 0x72, 0x6f, 0x75, 0x74, 0x65,
    0x2e, 0x50, 0x6f, 0x69, 0x6e, 0x74, 0x1a, 0x0e, 0x2e, 0x72, 0x6f, 0x75, 0x74, 0x65, 0x2e, 0x53,
    0x75, 0x6d, 0x6d, 0x61, 0x72, 0x79, 0x28, 0x01, 0x12, 0x25, 0x0a, 0x04, 0x43, 0x68, 0x61, 0x74,
    0x12, 0x0b, 0x2e, 0x72, 0x6f, 0x75, 0x74, 0x65, 0x2e, 0x4e, 0x6f, 0x74, 0x65, 0x1a, 0x0c, 0x2e,
    0x72, 0x6f, 0x75, 0x74, 0x65, 0x2e, 0x50, 0x6f, 0x69, 0x6e, 0x74, 0x28, 0x01, 0x30, 0x01, 0x62,
    0x06, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x33
};
const tern_proto_file route_proto_file = {
    .name = "route.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
