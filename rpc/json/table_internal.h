// rpc/json/table_internal.h: what a message type looks like in JSON: one flat record per field, in the order of
// their numbers, with its names as they are written; and which of protobuf's well-known types it is. Knows nothing
// of values.
//
// Lifetime:  made by terni_json_table_get at the first use, never changed afterwards; kept until
//            terni_json_table_cleanup.
// Threads:   any; immutable, but for `sub`, which is filled in by whoever needs it first.
// Invariant: fields are in the order of the descriptor; each is found by both of its names.
#ifndef RPC_JSON_TABLE_INTERNAL_H
#define RPC_JSON_TABLE_INTERNAL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <protobuf-c/protobuf-c.h>

#include <tern/base.h>

// What a value is to JSON.
typedef enum terni_json_kind {
    TERNI_JSON_INT32,
    TERNI_JSON_UINT32,
    TERNI_JSON_INT64,
    TERNI_JSON_UINT64,
    TERNI_JSON_BOOL,
    TERNI_JSON_FLOAT,
    TERNI_JSON_DOUBLE,
    TERNI_JSON_ENUM,
    TERNI_JSON_NULL,  // google.protobuf.NullValue
    TERNI_JSON_STRING,
    TERNI_JSON_TEXT,  // a string that is a tern_text
    TERNI_JSON_BYTES,
    TERNI_JSON_MESSAGE,
    TERNI_JSON_GROUP,
} terni_json_kind;

// Whether a field is there.
typedef enum terni_json_presence {
    TERNI_JSON_IMPLICIT,  // if it is not empty, or any bit of it is set
    TERNI_JSON_POINTER,   // if it is neither NULL nor the default
    TERNI_JSON_HAS,       // by the has_ beside it
    TERNI_JSON_CASE,  // by the case of its oneof; a pointer: and if it is neither NULL nor the default
    TERNI_JSON_REQUIRED,
    TERNI_JSON_LIST,
    TERNI_JSON_MAP,
} terni_json_presence;

// How numbers are written where it is not JSON.
typedef enum terni_json_coding {
    TERNI_JSON_VARINT,
    TERNI_JSON_ZIGZAG,
    TERNI_JSON_FIXED32,
    TERNI_JSON_FIXED64,
    TERNI_JSON_BYTEWISE,  // a length, and as many bytes
} terni_json_coding;

// The types that have a form of their own.
typedef enum terni_json_form {
    TERNI_JSON_PLAIN,
    TERNI_JSON_ANY,
    TERNI_JSON_TIMESTAMP,
    TERNI_JSON_DURATION,
    TERNI_JSON_FIELD_MASK,
    TERNI_JSON_STRUCT,
    TERNI_JSON_VALUE,
    TERNI_JSON_LIST_VALUE,
    TERNI_JSON_WRAPPER,
} terni_json_form;

// A name, without and with what stands around it: `"itemCount":`.
typedef struct terni_json_name terni_json_name;
struct terni_json_name {
    const char *plain, *text;
    uint16_t    plain_len, text_len;
};

typedef struct terni_json_table terni_json_table;

typedef struct terni_json_field terni_json_field;
struct terni_json_field {
    uint8_t         kind, presence, coding;
    uint8_t         element_size;
    bool            is_packed;  // where it is a list: all of it is one run of bytes
    uint8_t         tag_len;
    uint8_t         tag[5];  // of one value; a list that is packed: of all
    uint16_t        oneof;   // 1 + its place among those of the message, or 0
    uint32_t        offset, quantifier;
    terni_json_name name,
        own_name;  // in lowerCamelCase, or what the .proto says instead; as in the .proto
    _Atomic(const terni_json_table *) sub;
    const ProtobufCFieldDescriptor   *desc;
};

struct terni_json_table {
    const ProtobufCMessageDescriptor *desc;
    const terni_json_table           *next;  // in the cache
    uint8_t                           form;
    bool                              has_required;
    uint32_t                          n_fields, n_oneofs;
    uint32_t                          mask;   // of `slots`
    const uint16_t                   *slots;  // 1 + index of a field, by the hash of a name
    terni_json_field                  fields[];
};

enum { TERNI_JSON_MAX_FIELDS = 16000 };

// NULL when there is no memory, or it is no descriptor.
const terni_json_table *terni_json_table_get(const ProtobufCMessageDescriptor *desc);
// The type of a field that is a message; likewise.
static inline const terni_json_table *terni_json_table_of(const terni_json_field *f);
// By one of its names, or NULL.
const terni_json_field *terni_json_table_find(const terni_json_table *t, const uint8_t *name,
                                              size_t len);
// Frees all; none may be in use. For tests.
void terni_json_table_cleanup(void);

// An enum's name for a number, the first of several, or NULL.
const char *terni_json_enum_name(const ProtobufCEnumDescriptor *e, int32_t number);
bool        terni_json_enum_find(const ProtobufCEnumDescriptor *e, const uint8_t *name, size_t len,
                                 int32_t *ret_number);

// ---- inline bodies -------------------------------------------------------

static inline bool terni_json_is_pointer(const terni_json_field *f)
{
    return f->kind == TERNI_JSON_STRING || f->kind >= TERNI_JSON_MESSAGE;
}

static inline const terni_json_table *terni_json_table_of(const terni_json_field *f)
{
    const terni_json_table *sub = atomic_load_explicit(&f->sub, memory_order_acquire);

    if (TERN_UNLIKELY(!sub) && (sub = terni_json_table_get(f->desc->descriptor)))
        atomic_store_explicit(&((terni_json_field *)(uintptr_t)f)->sub, sub, memory_order_release);
    return sub;
}

#endif
