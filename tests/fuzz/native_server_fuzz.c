#include "tests/fuzz/native_fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    native_fuzz_run(TERNI_SERVER, data, size);
    return 0;
}
