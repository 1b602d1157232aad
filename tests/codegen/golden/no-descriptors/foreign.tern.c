// foreign.tern.c: made from foreign.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "foreign.tern.h"

// ---- lodge.Stay ---------------------------------------------------------

static const ProtobufCFieldDescriptor fields_of_lodge_stay[] = {
    {
        .name = "until",
        .id = 1,
        .label = PROTOBUF_C_LABEL_OPTIONAL,
        .type = PROTOBUF_C_TYPE_MESSAGE,
        .offset = offsetof(lodge_stay, until),
        .descriptor = &google_protobuf_timestamp_descriptor,
    },
};
static const unsigned names_of_lodge_stay[] = { 0 };
static const ProtobufCIntRange ranges_of_lodge_stay[] = { { 1, 0 }, { 0, 1 } };

static void init_lodge_stay(ProtobufCMessage *m)
{
    *(lodge_stay *)m = (lodge_stay){
        .base = PROTOBUF_C_MESSAGE_INIT(&lodge_stay_descriptor),
    };
}

const ProtobufCMessageDescriptor lodge_stay_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "lodge.Stay",
    .short_name = "Stay",
    .c_name = "lodge_stay",
    .package_name = "lodge",
    .sizeof_message = sizeof(lodge_stay),
    .n_fields = 1,
    .fields = fields_of_lodge_stay,
    .fields_sorted_by_name = names_of_lodge_stay,
    .n_field_ranges = 1,
    .field_ranges = ranges_of_lodge_stay,
    .message_init = init_lodge_stay,
};

// ---- lodge.Lodge --------------------------------------------------------

const tern_method lodge_lodge_methods[] = {
    { .name = "Book", .path = "/lodge.Lodge/Book", .kind = TERN_UNARY,
      .request = &lodge_stay_descriptor, .reply = &lodge_stay_descriptor,
      .slot = offsetof(lodge_lodge_handlers, book), .async_slot = offsetof(lodge_lodge_handlers, book_async) },
};
const tern_service lodge_lodge_service = {
    .name = "lodge.Lodge",
    .file = &foreign_proto_file,
    .methods = lodge_lodge_methods,
    .n_methods = 1,
    .handlers_size = sizeof(lodge_lodge_handlers),
};

// ---- foreign.proto ------------------------------------------------------

const tern_proto_file foreign_proto_file = {
    .name = "foreign.proto",
};
