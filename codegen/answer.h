// codegen/answer.h: a whole run of the plugin: from the request's bytes to what protoc is answered. Knows nothing of where
// the bytes come from and go.
#ifndef CODEGEN_ANSWER_H
#define CODEGEN_ANSWER_H

#include "codegen/text.h"
#include "codegen/wire.h"
#include "google/protobuf/compiler/plugin.tern.h"

// To what gen_request_read has made of `in`.
void gen_answer(google_protobuf_compiler_code_generator_request *ask, gen_bytes in,
                google_protobuf_compiler_code_generator_response *ret_answer);

#endif
