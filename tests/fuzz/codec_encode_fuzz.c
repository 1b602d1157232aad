// A message made up from the input, of the type that the first byte chooses: our encoder writes what
// protobuf-c does, and decoding gives the message back.
#include "tests/rpc/codec/compare.h"
#include "tests/rpc/codec/random.h"

enum { LEVELS = 4 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    codec_random      r = { data + 1, data + size };
    ProtobufCMessage *msg;

    if (size == 0)
        return 0;
    msg = codec_random_message(&r, codec_compare_types[data[0] % codec_compare_n_types], LEVELS);
    codec_compare_encode(msg);
    protobuf_c_message_free_unpacked(msg, NULL);
    return 0;
}
