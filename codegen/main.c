// protoc-gen-tern: reads a CodeGeneratorRequest, answers with a CodeGeneratorResponse.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codegen/emit.h"
#include "codegen/memory.h"
#include "codegen/options.h"
#include "codegen/request.h"
#include "google/protobuf/compiler/plugin.tern.h"

typedef google_protobuf_compiler_code_generator_request       request;
typedef google_protobuf_compiler_code_generator_response      response;
typedef google_protobuf_compiler_code_generator_response_file output;

static int complain(const char *what)
{
    fprintf(stderr, "protoc-gen-tern: %s\n", what);
    return 1;
}

static void read_all(FILE *in, gen_text *ret_text)
{
    char   chunk[65536];
    size_t n;

    while ((n = fread(chunk, 1, sizeof chunk, in)) > 0)
        gen_text_append(ret_text, chunk, n);
}

static bool write_response(const response *answer)
{
    size_t   len = protobuf_c_message_get_packed_size(&answer->base);
    uint8_t *bytes = gen_alloc(len, 1);

    protobuf_c_message_pack(&answer->base, bytes);
    return fwrite(bytes, 1, len, stdout) == len && fflush(stdout) == 0;
}

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

int main(int argc, char **argv)
{
    gen_text    in = { 0 };
    gen_bytes   bytes;
    gen_options options;
    response    answer;
    request    *ask;

    if (argc > 1)
        return gen_options_answer(argv[1]);
    if (isatty(STDIN_FILENO))
        return complain("protoc runs this program, see --help");
    read_all(stdin, &in);
    bytes = (gen_bytes){ (const uint8_t *)in.data, in.len };
    ask = gen_request_read(bytes);
    if (!ask)
        return complain("standard input is not a CodeGeneratorRequest");

    google_protobuf_compiler_code_generator_response_descriptor.message_init(&answer.base);
    answer.has_supported_features = 1;
    answer.supported_features =
        GOOGLE_PROTOBUF_COMPILER_CODE_GENERATOR_RESPONSE_FEATURE_PROTO3_OPTIONAL;
    answer.error = gen_options_parse(&options, ask->parameter);
    if (!answer.error)
        generate(ask, bytes, &options, &answer);
    return write_response(&answer) ? 0 : complain("cannot write to standard output");
}
