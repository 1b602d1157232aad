// Arbitrary bytes, as a message of the type that the first byte chooses: our decoder and protobuf-c's
// agree on whether they are one, and on what it says. Of types that only our generator makes, with groups, closed
// enums, maps and texts, all the ways to decode agree, and what is packed again stays as it is.
#include "presence.tern.h"
#include "tests/rpc/codec/compare.h"
#include "texts.tern.h"

static const ProtobufCMessageDescriptor *const own_types[] = {
    &demo_old_answer_descriptor, &demo_old_closed_descriptor,   &demo_old_lists_descriptor,
    &demo_old_open_descriptor,   &demo_texts_letter_descriptor,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    size_t type;

    if (size == 0)
        return 0;
    type = data[0] % (codec_compare_n_types + TERN_COUNT_OF(own_types));
    if (type < codec_compare_n_types)
        codec_compare_decode(codec_compare_types[type], data + 1, size - 1);
    else
        codec_compare_decode_own(own_types[type - codec_compare_n_types], data + 1, size - 1);
    return 0;
}
