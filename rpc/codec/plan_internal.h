// rpc/codec/plan_internal.h: what a message type looks like to the decoder and the encoder: one
// flat record per field, in the order of the field numbers, with everything looked up beforehand.
// Only rpc/codec*.c includes this.
//
// Lifetime:  made by terni_plan_get, never changed afterwards.
// Threads:   any; immutable.
// Invariant: fields are in the order of their numbers, each is found by its number, and all that is written
//            of one lies within the struct; terni_plan_is_valid() checks it.
#ifndef RPC_CODEC_PLAN_INTERNAL_H
#define RPC_CODEC_PLAN_INTERNAL_H

#include <protobuf-c/protobuf-c.h>

#include "rpc/codec/codec_internal.h"

typedef enum terni_wire_type {
    TERNI_WIRE_VARINT = 0,
    TERNI_WIRE_64 = 1,
    TERNI_WIRE_BYTES = 2,
    TERNI_WIRE_GROUP = 3,  // up to the TERNI_WIRE_GROUP_END of the same number
    TERNI_WIRE_GROUP_END = 4,
    TERNI_WIRE_32 = 5,
} terni_wire_type;

// How a value lies in memory and on the wire.
typedef enum terni_kind {
    TERNI_KIND_INT32,  // also enums: sign-extended to ten bytes
    TERNI_KIND_UINT32,
    TERNI_KIND_SINT32,
    TERNI_KIND_INT64,  // also uint64
    TERNI_KIND_SINT64,
    TERNI_KIND_BOOL,
    TERNI_KIND_FIXED32,
    TERNI_KIND_FIXED64,
    TERNI_KIND_STRING,
    TERNI_KIND_BYTES,
    TERNI_KIND_TEXT,  // a tern_text: bytes in memory, a string on the wire
    TERNI_KIND_MESSAGE,
    TERNI_KIND_GROUP,  // a message in memory
} terni_kind;

// What the decoder does with an occurrence of the field.
typedef enum terni_decode_op {
    TERNI_DECODE_UINT32,
    TERNI_DECODE_SINT32,
    TERNI_DECODE_UINT64,
    TERNI_DECODE_SINT64,
    TERNI_DECODE_BOOL,
    TERNI_DECODE_FIXED32,
    TERNI_DECODE_FIXED64,
    TERNI_DECODE_STRING,
    TERNI_DECODE_BYTES,
    TERNI_DECODE_TEXT,
    TERNI_DECODE_MESSAGE,
    TERNI_DECODE_STRINGS,   // a run of them
    TERNI_DECODE_MESSAGES,  // a run of them
    TERNI_DECODE_ELEMENT,   // one more of any other kind
    TERNI_DECODE_PACKED,
    TERNI_DECODE_PACKED_ENUM,  // closed
    TERNI_DECODE_GROUP,
    TERNI_DECODE_MAP,      // a run of entries, or one that is looked at
    TERNI_DECODE_NOTHING,  // what comes is not the field, but unknown
    TERNI_DECODE_END,      // of the group; no field has it
} terni_decode_op;

// What the encoder does with the field: when it is written, and how. The common kinds of field have
// an op of their own, so that one jump per field is enough.
typedef enum terni_encode_op {
    // Scalars: written if any bit is set, also that of -0.0.
    TERNI_ENCODE_INT32,
    TERNI_ENCODE_UINT32,
    TERNI_ENCODE_SINT32,
    TERNI_ENCODE_INT64,
    TERNI_ENCODE_SINT64,
    TERNI_ENCODE_BOOL,
    TERNI_ENCODE_FIXED32,
    TERNI_ENCODE_FIXED64,
    // Written if not empty.
    TERNI_ENCODE_TEXT,
    TERNI_ENCODE_BYTES,
    TERNI_ENCODE_STRINGS,
    TERNI_ENCODE_MESSAGES,
    TERNI_ENCODE_ELEMENTS,  // repeated, of another kind
    TERNI_ENCODE_GROUPS,
    TERNI_ENCODE_PACKED,
    // Written if neither NULL nor the default.
    TERNI_ENCODE_STRING,
    TERNI_ENCODE_MESSAGE,
    TERNI_ENCODE_GROUP,
    // Written by its mark, whatever the value.
    TERNI_ENCODE_ALWAYS,
    TERNI_ENCODE_IF_HAS,
    TERNI_ENCODE_IF_CASE,
    TERNI_ENCODE_IF_CASE_SET,  // and if neither NULL nor the default
} terni_encode_op;

// A closed enum, or a map of them, whose bytes decide whether they are the field at all. So that only
// such fields pay for it, their `tag` is one that no value has, and they are found by their number.
enum { TERNI_LOOKED_AT = 7 };

// The numbers of an entry's fields.
enum { TERNI_MAP_KEY = 1, TERNI_MAP_VALUE = 2 };

typedef struct terni_field terni_field;
struct terni_field {
    uint32_t          tag;  // number and wire type, as expected on the wire; see TERNI_LOOKED_AT
    uint8_t           op;   // terni_decode_op
    uint8_t           encode_op;
    uint8_t           kind;
    uint8_t           tag_len;
    uint32_t          offset;      // of the value, or of the array's pointer
    uint32_t          quantifier;  // offset of has_x, of the case, or of n_x; or 0
    uint32_t          mark;        // what the decoder puts there: 1, the case, or 0
    uint16_t          required;    // 1 + its place among the required fields, or 0
    uint8_t           other_op;    // for the field's other wire type
    uint8_t           other_wire_type;
    uint8_t           element_size;
    uint8_t           tag_bytes[5];
    uint8_t           own_op;  // for the wire type of tag_bytes; mostly `op`
    const terni_plan *sub;     // of a message
    const void       *default_value;
    const ProtobufCFieldDescriptor *desc;
};

struct terni_plan {
    const ProtobufCMessageDescriptor *desc;
    const terni_plan                 *next;  // in the cache
    uint32_t                          size;  // of the struct
    uint32_t                          n_fields;
    uint32_t                          n_numbers;  // numbers below have an entry in by_number
    uint32_t                          n_required;
    uint32_t                          max_flat;   // see terni_codec_bound; 0: it is not flat
    const uint8_t                    *image;      // a fresh message
    const uint16_t                   *by_number;  // index of the field, n_fields if none
    terni_field                       fields[];   // and one more, for tag 0
};

static inline size_t terni_plan_field_index(const terni_plan *plan, const terni_field *f)
{
    TERN_DEBUG_ASSERT(f >= plan->fields && f <= plan->fields + plan->n_fields);
    return (size_t)(f - plan->fields);
}

static inline bool terni_kind_has_plan(unsigned kind)
{
    return kind == TERNI_KIND_MESSAGE || kind == TERNI_KIND_GROUP;
}

static inline bool terni_field_is_looked_at(const terni_field *f)
{
    return (f->tag & 7) == TERNI_LOOKED_AT;
}

// The field of that number, or NULL.
const terni_field *terni_plan_find(const terni_plan *plan, uint32_t number);

bool terni_plan_is_valid(const terni_plan *plan);

#endif
