// 2nd-file.tern.c: made from 2nd-file.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "2nd-file.tern.h"

// ---- lib.v2.Empty -------------------------------------------------------

static void init_lib_v2_empty(ProtobufCMessage *m)
{
    *(lib_v2_empty *)m = (lib_v2_empty){
        .base = PROTOBUF_C_MESSAGE_INIT(&lib_v2_empty_descriptor),
    };
}

const ProtobufCMessageDescriptor lib_v2_empty_descriptor = {
    .magic = PROTOBUF_C__MESSAGE_DESCRIPTOR_MAGIC,
    .name = "lib.v2.Empty",
    .short_name = "Empty",
    .c_name = "lib_v2_empty",
    .package_name = "lib.v2",
    .sizeof_message = sizeof(lib_v2_empty),
    .message_init = init_lib_v2_empty,
};

// ---- lib.v2.Nothing -----------------------------------------------------

const tern_service lib_v2_nothing_service = {
    .name = "lib.v2.Nothing",
    .file = &lib_2nd_file_proto_file,
};

// ---- lib/2nd-file.proto -------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x12, 0x6c, 0x69, 0x62, 0x2f, 0x32, 0x6e, 0x64, 0x2d, 0x66, 0x69, 0x6c, 0x65, 0x2e, 0x70,
    0x72, 0x6f, 0x74, 0x6f, 0x12, 0x06, 0x6c, 0x69, 0x62, 0x2e, 0x76, 0x32, 0x22, 0x07, 0x0a, 0x05,
    0x45, 0x6d, 0x70, 0x74, 0x79, 0x32, 0x09, 0x0a, 0x07, 0x4e, 0x6f, 0x74, 0x68, 0x69, 0x6e, 0x67,
    0x62, 0x06, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x33
};
const tern_proto_file lib_2nd_file_proto_file = {
    .name = "lib/2nd-file.proto",
    .bytes = bytes,
    .len = sizeof bytes,
};
