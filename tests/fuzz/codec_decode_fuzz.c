// Arbitrary bytes, as a message of the type that the first byte chooses: our decoder and protobuf-c's
// agree on whether they are one, and on what it says.
#include "tests/rpc/codec/compare.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 0)
        codec_compare_decode(codec_compare_types[data[0] % codec_compare_n_types], data + 1,
                             size - 1);
    return 0;
}
