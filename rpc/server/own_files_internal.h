// rpc/server/own_files_internal.h: the .proto files that the library has itself: those of its own services, and what
// files with options lead to, google/protobuf/descriptor.proto and tern/options.proto. protoc-gen-tern embeds neither.
#ifndef RPC_SERVER_OWN_FILES_INTERNAL_H
#define RPC_SERVER_OWN_FILES_INTERNAL_H

#include "rpc/server/descriptor_internal.h"

// A FileDescriptorSet.
extern const terni_span terni_own_files;

#endif
