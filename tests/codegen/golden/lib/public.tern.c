// public.tern.c: made from public.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
// Tables, a row a line.
// clang-format off
#include "public.tern.h"

// ---- lib/public.proto ---------------------------------------------------

static const uint8_t bytes[] = {
    0x0a, 0x10, 0x6c, 0x69, 0x62, 0x2f, 0x70, 0x75, 0x62, 0x6c, 0x69, 0x63, 0x2e, 0x70, 0x72, 0x6f,
    0x74, 0x6f, 0x12, 0x03, 0x6c, 0x69, 0x62, 0x1a, 0x0e, 0x6c, 0x69, 0x62, 0x2f, 0x62, 0x61, 0x73,
    0x65, 0x2e, 0x70, 0x72, 0x6f, 0x74, 0x6f, 0x50, 0x00, 0x62, 0x06, 0x70, 0x72, 0x6f, 0x74, 0x6f,
    0x33
};
// Weak: a program need not link what only reflection would read.
extern const tern_proto_file lib_base_proto_file __attribute__((weak));
static const tern_proto_file *const imports[] = {
    &lib_base_proto_file,
};
const tern_proto_file lib_public_proto_file = {
    .name = "lib/public.proto",
    .bytes = bytes,
    .len = sizeof bytes,
    .imports = imports,
    .n_imports = 1,
};
