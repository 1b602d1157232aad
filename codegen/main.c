// protoc-gen-tern: reads a CodeGeneratorRequest, answers with a CodeGeneratorResponse.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "codegen/answer.h"
#include "codegen/memory.h"
#include "codegen/options.h"
#include "codegen/request.h"

typedef google_protobuf_compiler_code_generator_request  request;
typedef google_protobuf_compiler_code_generator_response response;

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

int main(int argc, char **argv)
{
    gen_text  in = { 0 };
    gen_bytes bytes;
    response  answer;
    request  *ask;

    if (argc > 1)
        return gen_options_answer(argv[1]);
    if (isatty(STDIN_FILENO))
        return complain("protoc runs this program, see --help");
    read_all(stdin, &in);
    bytes = (gen_bytes){ (const uint8_t *)in.data, in.len };
    ask = gen_request_read(bytes);
    if (!ask)
        return complain("standard input is not a CodeGeneratorRequest");
    gen_answer(ask, bytes, &answer);
    return write_response(&answer) ? 0 : complain("cannot write to standard output");
}
