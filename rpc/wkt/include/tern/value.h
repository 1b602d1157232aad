// tern/value.h: google.protobuf.Value, any JSON value, written down: macros over the generated ones, which live as long.
// Knows nothing of JSON's text.
//
//   google_protobuf_struct *who = TERN_STRUCT(TERN_MEMBER("name", TERN_VALUE_STRING("Ada")),
//                                             TERN_MEMBER("born", TERN_VALUE_NUMBER(1815)),
//                                             TERN_MEMBER("likes", TERN_VALUE_LIST(TERN_VALUE_STRING("birds"))));
//   const google_protobuf_value *name = tern_value_find(who, "name");
#ifndef TERN_VALUE_H
#define TERN_VALUE_H

#include <tern/pb/google/protobuf/struct.tern.h>

#ifdef __cplusplus
extern "C" {
#endif

#ifndef __cplusplus
#define TERN_VALUE_OF(kind, ...)                                                                   \
    GOOGLE_PROTOBUF_VALUE(.kind_case = GOOGLE_PROTOBUF_VALUE_KIND_##kind##_VALUE, __VA_ARGS__)

#define TERN_VALUE_NULL()    TERN_VALUE_OF(NULL, .null_value = GOOGLE_PROTOBUF_NULL_VALUE_NULL_VALUE)
#define TERN_VALUE_NUMBER(x) TERN_VALUE_OF(NUMBER, .number_value = (x))
#define TERN_VALUE_STRING(s) TERN_VALUE_OF(STRING, .string_value = (s))
#define TERN_VALUE_BOOL(b)   TERN_VALUE_OF(BOOL, .bool_value = (b))
// Of a google_protobuf_struct.
#define TERN_VALUE_STRUCT(of) TERN_VALUE_OF(STRUCT, .struct_value = (of))
// Of at least one value.
#define TERN_VALUE_LIST(...) TERN_VALUE_OF(LIST, .list_value = TERN_LIST(__VA_ARGS__))

#define TERN_LIST(...)                                                                             \
    GOOGLE_PROTOBUF_LIST_VALUE(.n_values =                                                         \
                                   TERN_COUNT_OF(((google_protobuf_value *[]){ __VA_ARGS__ })),    \
                               .values = (google_protobuf_value *[]){ __VA_ARGS__ })

#define TERN_MEMBER(name, of) GOOGLE_PROTOBUF_STRUCT_FIELDS_ENTRY(.key = (name), .value = (of))
// Of at least one member.
#define TERN_STRUCT(...)                                                                           \
    GOOGLE_PROTOBUF_STRUCT(.n_fields = TERN_COUNT_OF(                                              \
                               ((google_protobuf_struct_fields_entry *[]){ __VA_ARGS__ })),        \
                           .fields = (google_protobuf_struct_fields_entry *[]){ __VA_ARGS__ })
#endif

// The member of that name, or NULL.
static inline const google_protobuf_value *tern_value_find(const google_protobuf_struct *s,
                                                           const char                   *name)
{
    const google_protobuf_struct_fields_entry *entry = google_protobuf_struct_fields_get(s, name);

    return entry ? entry->value : NULL;
}

#ifdef __cplusplus
}
#endif

#endif
