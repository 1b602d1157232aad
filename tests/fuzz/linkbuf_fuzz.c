#include "tests/transport/linkbuf_model.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    linkbuf_model_run(data, size);
    return 0;
}
