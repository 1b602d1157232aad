// codegen/wellformed.h: protoc checks what it hands over; this checks that it was protoc. What passes
// can be linked without a look at every index and pointer.
#ifndef CODEGEN_WELLFORMED_H
#define CODEGEN_WELLFORMED_H

#include <stdbool.h>

#include "google/protobuf/descriptor.tern.h"

// Every name is there, every index within its list, every field's type one that we know and named
// where it has to be.
bool gen_wellformed_file(const google_protobuf_file_descriptor_proto *file);

#endif
