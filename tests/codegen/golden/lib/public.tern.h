// public.tern.h: made from public.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef LIB_PUBLIC_TERN_H
#define LIB_PUBLIC_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#include "lib/base.tern.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file lib_public_proto_file;

#ifdef __cplusplus
}
#endif

#endif
