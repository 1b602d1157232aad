// tests/rpc/codec/compare.h: our codec against protobuf-c's pack and unpack, on the same input. Every
// difference that rpc/codec/codec_internal.h does not name ends the program with a message.
#ifndef TESTS_RPC_CODEC_COMPARE_H
#define TESTS_RPC_CODEC_COMPARE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include "rpc/codec/codec_internal.h"

// The message types of the two test .proto files.
extern const ProtobufCMessageDescriptor *const codec_compare_types[];
extern const size_t                            codec_compare_n_types;

// Decodes arbitrary bytes in every way we have: the same answer each time, the same as protobuf-c's,
// and the same bytes when the message is packed again. Says whether they were a message.
bool codec_compare_decode(const ProtobufCMessageDescriptor *desc, const uint8_t *data, size_t len);

// The same but for protobuf-c, of a type that it would not understand.
bool codec_compare_decode_own(const ProtobufCMessageDescriptor *desc, const uint8_t *data,
                              size_t len);

// Encodes the message in every way we have: the bytes of protobuf_c_message_pack, and the decoder
// makes the same message of them.
void codec_compare_encode(const ProtobufCMessage *msg);

#endif
