// codegen/request.h: makes a schema of what protoc hands over. Refuses what we cannot do; has C names
// chosen by naming. Knows nothing of what will be printed.
//
// Lifetime:  the schema borrows the CodeGeneratorRequest.
#ifndef CODEGEN_REQUEST_H
#define CODEGEN_REQUEST_H

#include <stdbool.h>

#include "codegen/report.h"
#include "codegen/schema.h"
#include "google/protobuf/compiler/plugin.tern.h"

// Errors go to the report. With `is_protobuf_c` messages have the names that protoc-gen-c gives.
gen_schema *gen_request_link(const google_protobuf_compiler_code_generator_request *request,
                             bool is_protobuf_c, gen_report *report);

#endif
