// rpc/codec_encode_internal.h: what the two passes of the encoder share: which fields are written. Only
// rpc/codec_encode*.c includes this.
#ifndef RPC_CODEC_ENCODE_INTERNAL_H
#define RPC_CODEC_ENCODE_INTERNAL_H

#include "rpc/codec_plan_internal.h"
#include "rpc/codec_varint_internal.h"

// A member of a message; the plan knows its type.
#define TERNI_AT(type, p) (*(type const *)(const void *)(p))

// float and double that are neither 0.0 nor -0.0
static inline bool terni_is_float_set(uint32_t bits) { return bits << 1 != 0; }
static inline bool terni_is_double_set(uint64_t bits) { return bits << 1 != 0; }

static inline bool terni_is_pointer_set(const terni_field *f, const void *p)
{
    return p && p != f->default_value;
}

// Of the fields that are written by their mark.
static inline bool terni_is_marked(const terni_field *f, const uint8_t *msg)
{
    if (f->encode_op == TERNI_ENCODE_ALWAYS)
        return true;
    if (f->encode_op == TERNI_ENCODE_IF_HAS)
        return TERNI_AT(protobuf_c_boolean, msg + f->quantifier) != 0;
    return TERNI_AT(uint32_t, msg + f->quantifier) == f->mark &&
           (f->encode_op == TERNI_ENCODE_IF_CASE ||
            terni_is_pointer_set(f, TERNI_AT(void *, msg + f->offset)));
}

#endif
