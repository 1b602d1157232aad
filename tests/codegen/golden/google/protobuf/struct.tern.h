// struct.tern.h: made from struct.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef GOOGLE_PROTOBUF_STRUCT_TERN_H
#define GOOGLE_PROTOBUF_STRUCT_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file google_protobuf_struct_proto_file;

// `NullValue` is a singleton enumeration to represent the null value for the
// `Value` type union.
//
//  The JSON representation for `NullValue` is JSON `null`.
typedef enum google_protobuf_null_value {
    // Null value.
    GOOGLE_PROTOBUF_NULL_VALUE_NULL_VALUE = 0,
} google_protobuf_null_value;
extern const ProtobufCEnumDescriptor google_protobuf_null_value_descriptor;

typedef struct google_protobuf_struct              google_protobuf_struct;
typedef struct google_protobuf_struct_fields_entry google_protobuf_struct_fields_entry;
typedef struct google_protobuf_value               google_protobuf_value;
typedef struct google_protobuf_list_value          google_protobuf_list_value;

// `Struct` represents a structured data value, consisting of fields
// which map to dynamically typed values. In some languages, `Struct`
// might be supported by a native representation. For example, in
// scripting languages like JS a struct is represented as an
// object. The details of that representation are described together
// with the proto support for the language.
//
// The JSON representation for `Struct` is JSON object.
struct google_protobuf_struct {
    ProtobufCMessage base;
    // Unordered map of dynamically typed values.
    size_t                                n_fields;
    google_protobuf_struct_fields_entry **fields;
};
TERN_MESSAGE(google_protobuf_struct);

// One entry of google_protobuf_struct.fields.
struct google_protobuf_struct_fields_entry {
    ProtobufCMessage       base;
    const char            *key;
    google_protobuf_value *value;
};
TERN_MESSAGE(google_protobuf_struct_fields_entry);
static inline google_protobuf_struct_fields_entry *
google_protobuf_struct_fields_entry_literal_(google_protobuf_struct_fields_entry *m)
{
    if (!m->key)
        m->key = protobuf_c_empty_string;
    return m;
}

typedef enum google_protobuf_value_kind_case {
    GOOGLE_PROTOBUF_VALUE_KIND_NOT_SET = 0,
    GOOGLE_PROTOBUF_VALUE_KIND_NULL_VALUE = 1,
    GOOGLE_PROTOBUF_VALUE_KIND_NUMBER_VALUE = 2,
    GOOGLE_PROTOBUF_VALUE_KIND_STRING_VALUE = 3,
    GOOGLE_PROTOBUF_VALUE_KIND_BOOL_VALUE = 4,
    GOOGLE_PROTOBUF_VALUE_KIND_STRUCT_VALUE = 5,
    GOOGLE_PROTOBUF_VALUE_KIND_LIST_VALUE = 6,
} google_protobuf_value_kind_case;

// `Value` represents a dynamically typed value which can be either
// null, a number, a string, a boolean, a recursive struct value, or a
// list of values. A producer of value is expected to set one of these
// variants. Absence of any variant indicates an error.
//
// The JSON representation for `Value` is JSON value.
struct google_protobuf_value {
    ProtobufCMessage base;
    // The kind of value.
    google_protobuf_value_kind_case kind_case;
    union {
        // Represents a null value.
        google_protobuf_null_value null_value;
        // Represents a double value.
        double number_value;
        // Represents a string value.
        const char *string_value;
        // Represents a boolean value.
        protobuf_c_boolean bool_value;
        // Represents a structured value.
        google_protobuf_struct *struct_value;
        // Represents a repeated `Value`.
        google_protobuf_list_value *list_value;
    };
};
TERN_MESSAGE(google_protobuf_value);

// `ListValue` is a wrapper around a repeated field of values.
//
// The JSON representation for `ListValue` is JSON array.
struct google_protobuf_list_value {
    ProtobufCMessage base;
    // Repeated field of dynamically typed values.
    size_t                  n_values;
    google_protobuf_value **values;
};
TERN_MESSAGE(google_protobuf_list_value);

// The entry of `fields` under `key`, or NULL.
static inline const google_protobuf_struct_fields_entry *
google_protobuf_struct_fields_get(const google_protobuf_struct *m, const char *key)
{
    return (const google_protobuf_struct_fields_entry *)tern_message_find(m->fields, m->n_fields, key);
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define GOOGLE_PROTOBUF_STRUCT(...) TERN_LITERAL(google_protobuf_struct, __VA_ARGS__)
#define GOOGLE_PROTOBUF_STRUCT_FIELDS_ENTRY(...)                                                   \
    TERN_INITIAL(google_protobuf_struct_fields_entry, __VA_ARGS__)
#define GOOGLE_PROTOBUF_VALUE(...) TERN_LITERAL(google_protobuf_value, __VA_ARGS__)
#define GOOGLE_PROTOBUF_LIST_VALUE(...) TERN_LITERAL(google_protobuf_list_value, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
