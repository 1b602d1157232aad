// codegen/request.h: makes a schema of what protoc hands over. Refuses what we cannot do; has C names
// chosen by naming. Knows nothing of what will be printed.
//
// Lifetime:  the schema borrows the CodeGeneratorRequest, and the bytes it was read from.
#ifndef CODEGEN_REQUEST_H
#define CODEGEN_REQUEST_H

#include <stdbool.h>

#include "codegen/report.h"
#include "codegen/schema.h"
#include "codegen/wire.h"
#include "google/protobuf/compiler/plugin.tern.h"

// Reads a CodeGeneratorRequest; NULL: it is none. Custom options that are groups are left out.
google_protobuf_compiler_code_generator_request *gen_request_read(gen_bytes in);

// `in` is where the request was read from. Errors go to the report. With `is_protobuf_c` messages have the names that protoc-gen-c gives.
gen_schema *gen_request_link(const google_protobuf_compiler_code_generator_request *request,
                             gen_bytes in, bool is_protobuf_c, gen_report *report);

#endif
