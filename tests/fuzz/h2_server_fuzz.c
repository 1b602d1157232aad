#include "tests/fuzz/wire_fuzz.h"

#include "rpc/wire/h2/h2_internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    wire_fuzz_run(&terni_wire_h2, TERNI_SERVER, data, size);
    return 0;
}
