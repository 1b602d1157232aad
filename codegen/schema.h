// codegen/schema.h: .proto files as one linked model: types resolved, C names chosen, places and
// comments attached. Knows neither where it comes from nor how it is printed.
//
// Lifetime:  borrows the descriptors; nothing is freed.
// Invariant: every pointer to another element is set, unless an error was reported. Arrays keep the
//            order of the .proto; nested types follow their parents.
#ifndef CODEGEN_SCHEMA_H
#define CODEGEN_SCHEMA_H

#include <stdbool.h>

#include "codegen/map.h"
#include "codegen/report.h"
#include "codegen/source.h"
#include "codegen/wire.h"
#include "google/protobuf/descriptor.tern.h"

typedef struct gen_enum_value gen_enum_value;
typedef struct gen_enum       gen_enum;
typedef struct gen_oneof      gen_oneof;
typedef struct gen_field      gen_field;
typedef struct gen_message    gen_message;
typedef struct gen_method     gen_method;
typedef struct gen_service    gen_service;
typedef struct gen_file       gen_file;
typedef struct gen_schema     gen_schema;

struct gen_enum_value {
    const google_protobuf_enum_value_descriptor_proto *proto;
    const char                                        *c_name;  // DEMO_COLOR_RED
    gen_doc                                            doc;
    bool                                               is_deprecated;
};

struct gen_enum {
    const google_protobuf_enum_descriptor_proto *proto;
    gen_file                                    *file;
    const char                                  *full_name;  // demo.Outer.Color
    const char                                  *c_name;     // demo_outer_color
    gen_enum_value                              *values;
    size_t                                       n_values;
    gen_doc                                      doc;
};

struct gen_oneof {
    const google_protobuf_oneof_descriptor_proto *proto;
    const char                                   *case_type;    // demo_shape_kind_case
    const char                                   *case_member;  // kind_case
    const char                                   *not_set;      // DEMO_SHAPE_KIND_NOT_SET
    gen_doc                                       doc;
    bool is_synthetic;  // protoc's stand-in for a proto3 `optional` field
};

typedef enum gen_presence {
    GEN_IMPLICIT,  // proto3: zero is absent
    GEN_OPTIONAL,  // has_x, or a pointer that may be NULL
    GEN_REQUIRED,
    GEN_REPEATED,
    GEN_ONEOF,
} gen_presence;

struct gen_field {
    const google_protobuf_field_descriptor_proto *proto;
    gen_presence                                  presence;
    const char                                   *c_name;  // name
    const char        *quantifier;                         // n_name, has_name, kind_case; or NULL
    const char        *case_name;                          // DEMO_SHAPE_KIND_CIRCLE, in a oneof
    const char        *get_name;                           // demo_shape_labels_get, of a map
    const gen_message *message;                            // of a message field
    const gen_enum    *enumeration;
    const gen_oneof   *oneof;
    gen_doc            doc;
    bool               is_packed, is_deprecated;
    bool               is_text;  // a string that is a tern_text; of a map: its key and value
};

struct gen_message {
    const google_protobuf_descriptor_proto *proto;
    gen_file                               *file;
    const gen_message                      *parent;
    const char                             *full_name;  // demo.Outer.Inner
    const char                             *c_name;     // demo_outer_inner
    const char                             *macro;      // DEMO_OUTER_INNER
    const char                             *descriptor;
    gen_field                              *fields;
    size_t                                  n_fields;
    gen_oneof                              *oneofs;
    size_t                                  n_oneofs;
    gen_doc                                 doc;
    bool                                    is_map_entry, is_deprecated;
    // Of an extension: a message of its own, with that field alone, and which one it extends.
    const google_protobuf_field_descriptor_proto *extension;
    const gen_message                            *extendee;
};

typedef enum gen_method_kind {
    GEN_UNARY,
    GEN_CLIENT_STREAM,
    GEN_SERVER_STREAM,
    GEN_BIDI_STREAM,
} gen_method_kind;

struct gen_method {
    const google_protobuf_method_descriptor_proto *proto;
    const gen_service                             *service;
    gen_method_kind                                kind;
    const char                                    *c_name;  // demo_greeter_say_hello
    const char                                    *slot;    // say_hello
    const char                                    *async_slot;
    const gen_message                             *input, *output;
    gen_doc                                        doc;
    bool is_deprecated, is_idempotent, is_inline, is_offloaded;
};

struct gen_service {
    const google_protobuf_service_descriptor_proto *proto;
    gen_file                                       *file;
    const char                                     *full_name;  // demo.Greeter
    const char                                     *c_name;     // demo_greeter
    gen_method                                     *methods;
    size_t                                          n_methods;
    gen_doc                                         doc;
};

struct gen_file {
    const google_protobuf_file_descriptor_proto *proto;
    gen_bytes                                    bytes;  // as it came, with all its options
    gen_source                                  *source;
    const char                                  *stem;    // demo/greeter
    const char                                  *prefix;  // (tern.prefix), or NULL
    const char                                  *c_name;  // demo_greeter_proto_file
    bool                                         is_proto3, is_wanted;
    bool                                         is_text;  // all its strings are
    size_t                                       index;    // in the schema
    bool                                        *reaches;  // by index: the file itself, its imports
    gen_file                                   **imports;
    size_t                                       n_imports;
    gen_message                                **messages;
    size_t                                       n_messages;
    gen_enum                                   **enums;
    size_t                                       n_enums;
    gen_service                                **services;
    size_t                                       n_services;
};

struct gen_schema {
    gen_file  **files;  // imports before importers
    size_t      n_files;
    gen_map     types;  // by full name
    bool        is_protobuf_c;
    gen_report *report;
};

// True if the file brings anything that another file's header could use: extensions are of no use to it.
bool gen_file_has_types(const gen_file *f);
// True if the header of `f` includes that of `import`.
bool gen_file_includes(const gen_file *f, const gen_file *import);
// True if libtern-wkt has its code, and <tern/pb/...> its header: then importers take those, so that two libraries
// with such a file among their imports go into one program.
bool gen_file_is_well_known(const gen_file *f);
// True if `f` is `other` or sees it through its imports, however far.
bool gen_file_reaches(const gen_file *f, const gen_file *other);

#endif
