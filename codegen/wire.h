// codegen/wire.h: bytes of messages, as protoc sends them, where protobuf-c would not do: it knows no groups,
// and custom options may be some. Knows nothing of what the messages mean.
//
// Lifetime:  borrows the bytes.
#ifndef CODEGEN_WIRE_H
#define CODEGEN_WIRE_H

#include <stdbool.h>

#include <protobuf-c/protobuf-c.h>

#include "codegen/text.h"

typedef struct gen_bytes gen_bytes;
struct gen_bytes {
    const uint8_t *data;
    size_t         len;
};

// One field: of a group all up to its end.
typedef struct gen_wire_field gen_wire_field;
struct gen_wire_field {
    uint32_t  number;
    unsigned  wire_type;
    gen_bytes whole;  // with its tag
    gen_bytes value;  // the bytes of what has a length
};

// Takes the first field off `in`. False at the end, and where `in` is malformed: then something is left.
bool gen_wire_next(gen_bytes *in, gen_wire_field *ret_field);

// What has a length: from where that stands, to the bytes alone.
bool gen_wire_take_bytes(gen_bytes *in);

// Appends the message of that type without its groups, on all levels. False: it is malformed.
bool gen_wire_without_groups(gen_text *out, gen_bytes in, const ProtobufCMessageDescriptor *type);

#endif
