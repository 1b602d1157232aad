// The generator, asked by somebody who is not protoc. What it makes of it need not compile, but be said in whole.
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "codegen/answer.h"
#include "codegen/request.h"
#include "tests/fuzz/plugin_memory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

// What it remarks to people, it remarks for each input.
static void be_quiet(void)
{
    static bool is_quiet;

    if (!is_quiet && !freopen("/dev/null", "w", stdout))
        abort();
    is_quiet = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    gen_bytes                                        in = { data, size };
    google_protobuf_compiler_code_generator_response answer;
    google_protobuf_compiler_code_generator_request *ask = gen_request_read(in);

    be_quiet();
    if (ask) {
        gen_answer(ask, in, &answer);
        for (size_t i = 0; i < answer.n_file; i++)
            if (!answer.file[i]->name || !answer.file[i]->content)
                abort();
        protobuf_c_message_free_unpacked(&ask->base, NULL);
    }
    plugin_memory_free_all();
    return 0;
}
