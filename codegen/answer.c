#include "codegen/answer.h"

#include "codegen/emit.h"
#include "codegen/memory.h"
#include "codegen/options.h"
#include "codegen/request.h"

typedef google_protobuf_compiler_code_generator_request       request;
typedef google_protobuf_compiler_code_generator_response      response;
typedef google_protobuf_compiler_code_generator_response_file output;

static void add_output(response *answer, const char *name, const char *content)
{
    output *file = *GEN_PUSH(answer->file, answer->n_file) = gen_alloc(1, sizeof *file);

    google_protobuf_compiler_code_generator_response_file_descriptor.message_init(&file->base);
    file->name = name;
    file->content = content;
}

// With messages of protoc-gen-c there is nothing to say about a file without services.
static bool is_worth_a_file(const gen_schema *s, const gen_file *file)
{
    return file->is_wanted && (!s->is_protobuf_c || file->n_services);
}

static void generate(const request *ask, gen_bytes in, const gen_options *options, response *answer)
{
    gen_report        report = { 0 };
    const gen_schema *s = gen_request_link(ask, in, options->is_protobuf_c, &report);

    if (gen_report_has_errors(&report)) {
        answer->error = report.errors.data;
        return;
    }
    for (size_t i = 0; i < s->n_files; i++) {
        const gen_file *file = s->files[i];

        if (!is_worth_a_file(s, file))
            continue;
        add_output(answer, gen_format("%s.tern.h", file->stem), gen_emit_header(s, file));
        add_output(answer, gen_format("%s.tern.c", file->stem), gen_emit_source(s, options, file));
    }
}

void gen_answer(request *ask, gen_bytes in, response *ret_answer)
{
    gen_options options;

    google_protobuf_compiler_code_generator_response_descriptor.message_init(&ret_answer->base);
    ret_answer->has_supported_features = 1;
    ret_answer->supported_features =
        GOOGLE_PROTOBUF_COMPILER_CODE_GENERATOR_RESPONSE_FEATURE_PROTO3_OPTIONAL;
    ret_answer->error = gen_options_parse(&options, ask->parameter);
    if (!ret_answer->error)
        generate(ask, in, &options, ret_answer);
}
