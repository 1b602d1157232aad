// codegen/options.h: what --tern_opt=... and the command line may say.
#ifndef CODEGEN_OPTIONS_H
#define CODEGEN_OPTIONS_H

#include <stdbool.h>

typedef struct gen_options gen_options;
struct gen_options {
    bool is_protobuf_c;       // messages=protobuf-c
    bool embeds_descriptors;  // unless descriptors=none
};

// `parameter` is what protoc hands over: "a=b,c". NULL, or what is wrong in one sentence.
const char *gen_options_parse(gen_options *o, const char *parameter);

// Answers --help and --version, and tells what is wrong with anything else. The exit code.
int gen_options_answer(const char *argument);

#endif
