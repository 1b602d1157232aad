// tests/rpc/codec/random.h: messages made from a stream of bytes, of any type that has a descriptor.
// All chance comes from the bytes, so that a fuzzer steers it and a test repeats it.
#ifndef TESTS_RPC_CODEC_RANDOM_H
#define TESTS_RPC_CODEC_RANDOM_H

#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

// Bytes to draw from; zeroes when they have run out.
typedef struct codec_random codec_random;
struct codec_random {
    const uint8_t *p, *end;
};

// Encodable and UTF-8 throughout. Memory is malloc's: protobuf_c_message_free_unpacked frees it.
ProtobufCMessage *codec_random_message(codec_random *r, const ProtobufCMessageDescriptor *desc,
                                       int levels);

// Fills `bytes` from `seed` (splitmix64).
void codec_random_fill(uint8_t *bytes, size_t n, uint64_t seed);

#endif
