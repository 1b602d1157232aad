// descriptor.tern.h: made from descriptor.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef GOOGLE_PROTOBUF_DESCRIPTOR_TERN_H
#define GOOGLE_PROTOBUF_DESCRIPTOR_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file google_protobuf_descriptor_proto_file;

typedef enum google_protobuf_field_descriptor_proto_type {
    // 0 is reserved for errors.
    // Order is weird for historical reasons.
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_DOUBLE = 1,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_FLOAT = 2,
    // Not ZigZag encoded.  Negative numbers take 10 bytes.  Use TYPE_SINT64 if
    // negative values are likely.
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_INT64 = 3,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_UINT64 = 4,
    // Not ZigZag encoded.  Negative numbers take 10 bytes.  Use TYPE_SINT32 if
    // negative values are likely.
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_INT32 = 5,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_FIXED64 = 6,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_FIXED32 = 7,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_BOOL = 8,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_STRING = 9,
    // Tag-delimited aggregate.
    // Group type is deprecated and not supported in proto3. However, Proto3
    // implementations should still be able to parse the group wire format and
    // treat group fields as unknown fields.
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_GROUP = 10,
    // Length-delimited aggregate.
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_MESSAGE = 11,
    // New in version 2.
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_BYTES = 12,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_UINT32 = 13,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_ENUM = 14,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_SFIXED32 = 15,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_SFIXED64 = 16,
    // Uses ZigZag encoding.
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_SINT32 = 17,
    // Uses ZigZag encoding.
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_TYPE_SINT64 = 18,
} google_protobuf_field_descriptor_proto_type;
extern const ProtobufCEnumDescriptor google_protobuf_field_descriptor_proto_type_descriptor;

typedef enum google_protobuf_field_descriptor_proto_label {
    // 0 is reserved for errors
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_LABEL_OPTIONAL = 1,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_LABEL_REQUIRED = 2,
    GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO_LABEL_REPEATED = 3,
} google_protobuf_field_descriptor_proto_label;
extern const ProtobufCEnumDescriptor google_protobuf_field_descriptor_proto_label_descriptor;

// Generated classes can be optimized for speed or code size.
typedef enum google_protobuf_file_options_optimize_mode {
    // Generate complete code for parsing, serialization,
    GOOGLE_PROTOBUF_FILE_OPTIONS_OPTIMIZE_MODE_SPEED = 1,
    // etc.
    // Use ReflectionOps to implement these methods.
    GOOGLE_PROTOBUF_FILE_OPTIONS_OPTIMIZE_MODE_CODE_SIZE = 2,
    // Generate code using MessageLite and the lite runtime.
    GOOGLE_PROTOBUF_FILE_OPTIONS_OPTIMIZE_MODE_LITE_RUNTIME = 3,
} google_protobuf_file_options_optimize_mode;
extern const ProtobufCEnumDescriptor google_protobuf_file_options_optimize_mode_descriptor;

typedef enum google_protobuf_field_options_c_type {
    // Default mode.
    GOOGLE_PROTOBUF_FIELD_OPTIONS_C_TYPE_STRING = 0,
    GOOGLE_PROTOBUF_FIELD_OPTIONS_C_TYPE_CORD = 1,
    GOOGLE_PROTOBUF_FIELD_OPTIONS_C_TYPE_STRING_PIECE = 2,
} google_protobuf_field_options_c_type;
extern const ProtobufCEnumDescriptor google_protobuf_field_options_c_type_descriptor;

typedef enum google_protobuf_field_options_js_type {
    // Use the default type.
    GOOGLE_PROTOBUF_FIELD_OPTIONS_JS_TYPE_JS_NORMAL = 0,
    // Use JavaScript strings.
    GOOGLE_PROTOBUF_FIELD_OPTIONS_JS_TYPE_JS_STRING = 1,
    // Use JavaScript numbers.
    GOOGLE_PROTOBUF_FIELD_OPTIONS_JS_TYPE_JS_NUMBER = 2,
} google_protobuf_field_options_js_type;
extern const ProtobufCEnumDescriptor google_protobuf_field_options_js_type_descriptor;

// Is this method side-effect-free (or safe in HTTP parlance), or idempotent,
// or neither? HTTP based RPC implementation may choose GET verb for safe
// methods, and PUT verb for idempotent methods instead of the default POST.
typedef enum google_protobuf_method_options_idempotency_level {
    GOOGLE_PROTOBUF_METHOD_OPTIONS_IDEMPOTENCY_LEVEL_IDEMPOTENCY_UNKNOWN = 0,
    // implies idempotent
    GOOGLE_PROTOBUF_METHOD_OPTIONS_IDEMPOTENCY_LEVEL_NO_SIDE_EFFECTS = 1,
    // idempotent, but may have side effects
    GOOGLE_PROTOBUF_METHOD_OPTIONS_IDEMPOTENCY_LEVEL_IDEMPOTENT = 2,
} google_protobuf_method_options_idempotency_level;
extern const ProtobufCEnumDescriptor google_protobuf_method_options_idempotency_level_descriptor;

typedef struct google_protobuf_file_descriptor_set google_protobuf_file_descriptor_set;
typedef struct google_protobuf_file_descriptor_proto google_protobuf_file_descriptor_proto;
typedef struct google_protobuf_descriptor_proto google_protobuf_descriptor_proto;
typedef struct google_protobuf_descriptor_proto_extension_range google_protobuf_descriptor_proto_extension_range;
typedef struct google_protobuf_descriptor_proto_reserved_range google_protobuf_descriptor_proto_reserved_range;
typedef struct google_protobuf_extension_range_options google_protobuf_extension_range_options;
typedef struct google_protobuf_field_descriptor_proto google_protobuf_field_descriptor_proto;
typedef struct google_protobuf_oneof_descriptor_proto google_protobuf_oneof_descriptor_proto;
typedef struct google_protobuf_enum_descriptor_proto google_protobuf_enum_descriptor_proto;
typedef struct google_protobuf_enum_descriptor_proto_enum_reserved_range google_protobuf_enum_descriptor_proto_enum_reserved_range;
typedef struct google_protobuf_enum_value_descriptor_proto google_protobuf_enum_value_descriptor_proto;
typedef struct google_protobuf_service_descriptor_proto google_protobuf_service_descriptor_proto;
typedef struct google_protobuf_method_descriptor_proto google_protobuf_method_descriptor_proto;
typedef struct google_protobuf_file_options google_protobuf_file_options;
typedef struct google_protobuf_message_options google_protobuf_message_options;
typedef struct google_protobuf_field_options google_protobuf_field_options;
typedef struct google_protobuf_oneof_options google_protobuf_oneof_options;
typedef struct google_protobuf_enum_options google_protobuf_enum_options;
typedef struct google_protobuf_enum_value_options google_protobuf_enum_value_options;
typedef struct google_protobuf_service_options google_protobuf_service_options;
typedef struct google_protobuf_method_options google_protobuf_method_options;
typedef struct google_protobuf_uninterpreted_option google_protobuf_uninterpreted_option;
typedef struct google_protobuf_uninterpreted_option_name_part google_protobuf_uninterpreted_option_name_part;
typedef struct google_protobuf_source_code_info google_protobuf_source_code_info;
typedef struct google_protobuf_source_code_info_location google_protobuf_source_code_info_location;
typedef struct google_protobuf_generated_code_info google_protobuf_generated_code_info;
typedef struct google_protobuf_generated_code_info_annotation google_protobuf_generated_code_info_annotation;

// The protocol compiler can output a FileDescriptorSet containing the .proto
// files it parses.
struct google_protobuf_file_descriptor_set {
    ProtobufCMessage                        base;
    size_t                                  n_file;
    google_protobuf_file_descriptor_proto **file;
};
TERN_MESSAGE(google_protobuf_file_descriptor_set);

// Describes a complete .proto file.
struct google_protobuf_file_descriptor_proto {
    ProtobufCMessage base;
    // file name, relative to root of source tree
    const char *name;
    // e.g. "foo", "foo.bar", etc.
    const char *package;
    // Names of files imported by this file.
    size_t       n_dependency;
    const char **dependency;
    // Indexes of the public imported files in the dependency list above.
    size_t   n_public_dependency;
    int32_t *public_dependency;
    // Indexes of the weak imported files in the dependency list.
    // For Google-internal migration only. Do not use.
    size_t   n_weak_dependency;
    int32_t *weak_dependency;
    // All top-level definitions in this file.
    size_t                                     n_message_type;
    google_protobuf_descriptor_proto         **message_type;
    size_t                                     n_enum_type;
    google_protobuf_enum_descriptor_proto    **enum_type;
    size_t                                     n_service;
    google_protobuf_service_descriptor_proto **service;
    size_t                                     n_extension;
    google_protobuf_field_descriptor_proto   **extension;
    google_protobuf_file_options              *options;
    // This field contains optional information about the original source code.
    // You may safely remove this entire field without harming runtime
    // functionality of the descriptors -- the information is needed only by
    // development tools.
    google_protobuf_source_code_info *source_code_info;
    // The syntax of the proto file.
    // The supported values are "proto2" and "proto3".
    const char *syntax;
};
TERN_MESSAGE(google_protobuf_file_descriptor_proto);

// Describes a message type.
struct google_protobuf_descriptor_proto {
    ProtobufCMessage                                   base;
    const char                                        *name;
    size_t                                             n_field;
    google_protobuf_field_descriptor_proto           **field;
    size_t                                             n_extension;
    google_protobuf_field_descriptor_proto           **extension;
    size_t                                             n_nested_type;
    google_protobuf_descriptor_proto                 **nested_type;
    size_t                                             n_enum_type;
    google_protobuf_enum_descriptor_proto            **enum_type;
    size_t                                             n_extension_range;
    google_protobuf_descriptor_proto_extension_range **extension_range;
    size_t                                             n_oneof_decl;
    google_protobuf_oneof_descriptor_proto           **oneof_decl;
    google_protobuf_message_options                   *options;
    size_t                                             n_reserved_range;
    google_protobuf_descriptor_proto_reserved_range  **reserved_range;
    // Reserved field names, which may not be used by fields in the same message.
    // A given name may only be reserved once.
    size_t       n_reserved_name;
    const char **reserved_name;
};
TERN_MESSAGE(google_protobuf_descriptor_proto);

struct google_protobuf_descriptor_proto_extension_range {
    ProtobufCMessage base;
    // Inclusive.
    protobuf_c_boolean has_start;
    int32_t            start;
    // Exclusive.
    protobuf_c_boolean                       has_end;
    int32_t                                  end;
    google_protobuf_extension_range_options *options;
};
TERN_MESSAGE(google_protobuf_descriptor_proto_extension_range);

// Range of reserved tag numbers. Reserved tag numbers may not be used by
// fields or extension ranges in the same message. Reserved ranges may
// not overlap.
struct google_protobuf_descriptor_proto_reserved_range {
    ProtobufCMessage base;
    // Inclusive.
    protobuf_c_boolean has_start;
    int32_t            start;
    // Exclusive.
    protobuf_c_boolean has_end;
    int32_t            end;
};
TERN_MESSAGE(google_protobuf_descriptor_proto_reserved_range);

struct google_protobuf_extension_range_options {
    ProtobufCMessage base;
    // The parser stores options it doesn't recognize here. See above.
    size_t                                 n_uninterpreted_option;
    google_protobuf_uninterpreted_option **uninterpreted_option;
};
TERN_MESSAGE(google_protobuf_extension_range_options);

// Describes a field within a message.
struct google_protobuf_field_descriptor_proto {
    ProtobufCMessage                             base;
    const char                                  *name;
    protobuf_c_boolean                           has_number;
    int32_t                                      number;
    protobuf_c_boolean                           has_label;
    google_protobuf_field_descriptor_proto_label label;
    // If type_name is set, this need not be set.  If both this and type_name
    // are set, this must be one of TYPE_ENUM, TYPE_MESSAGE or TYPE_GROUP.
    protobuf_c_boolean                          has_type;
    google_protobuf_field_descriptor_proto_type type;
    // For message and enum types, this is the name of the type.  If the name
    // starts with a '.', it is fully-qualified.  Otherwise, C++-like scoping
    // rules are used to find the type (i.e. first the nested types within this
    // message are searched, then within the parent, on up to the root
    // namespace).
    const char *type_name;
    // For extensions, this is the name of the type being extended.  It is
    // resolved in the same manner as type_name.
    const char *extendee;
    // For numeric types, contains the original text representation of the value.
    // For booleans, "true" or "false".
    // For strings, contains the default text contents (not escaped in any way).
    // For bytes, contains the C escaped value.  All bytes >= 128 are escaped.
    const char *default_value;
    // If set, gives the index of a oneof in the containing type's oneof_decl
    // list.  This field is a member of that oneof.
    protobuf_c_boolean has_oneof_index;
    int32_t            oneof_index;
    // JSON name of this field. The value is set by protocol compiler. If the
    // user has set a "json_name" option on this field, that option's value
    // will be used. Otherwise, it's deduced from the field's name by converting
    // it to camelCase.
    const char                    *json_name;
    google_protobuf_field_options *options;
    // If true, this is a proto3 "optional". When a proto3 field is optional, it
    // tracks presence regardless of field type.
    //
    // When proto3_optional is true, this field must be belong to a oneof to
    // signal to old proto3 clients that presence is tracked for this field. This
    // oneof is known as a "synthetic" oneof, and this field must be its sole
    // member (each proto3 optional field gets its own synthetic oneof). Synthetic
    // oneofs exist in the descriptor only, and do not generate any API. Synthetic
    // oneofs must be ordered after all "real" oneofs.
    //
    // For message fields, proto3_optional doesn't create any semantic change,
    // since non-repeated message fields always track presence. However it still
    // indicates the semantic detail of whether the user wrote "optional" or not.
    // This can be useful for round-tripping the .proto file. For consistency we
    // give message fields a synthetic oneof also, even though it is not required
    // to track presence. This is especially important because the parser can't
    // tell if a field is a message or an enum, so it must always create a
    // synthetic oneof.
    //
    // Proto2 optional fields do not set this flag, because they already indicate
    // optional with `LABEL_OPTIONAL`.
    protobuf_c_boolean has_proto3_optional;
    protobuf_c_boolean proto3_optional;
};
TERN_MESSAGE(google_protobuf_field_descriptor_proto);

// Describes a oneof.
struct google_protobuf_oneof_descriptor_proto {
    ProtobufCMessage               base;
    const char                    *name;
    google_protobuf_oneof_options *options;
};
TERN_MESSAGE(google_protobuf_oneof_descriptor_proto);

// Describes an enum type.
struct google_protobuf_enum_descriptor_proto {
    ProtobufCMessage                              base;
    const char                                   *name;
    size_t                                        n_value;
    google_protobuf_enum_value_descriptor_proto **value;
    google_protobuf_enum_options                 *options;
    // Range of reserved numeric values. Reserved numeric values may not be used
    // by enum values in the same enum declaration. Reserved ranges may not
    // overlap.
    size_t                                                      n_reserved_range;
    google_protobuf_enum_descriptor_proto_enum_reserved_range **reserved_range;
    // Reserved enum value names, which may not be reused. A given name may only
    // be reserved once.
    size_t       n_reserved_name;
    const char **reserved_name;
};
TERN_MESSAGE(google_protobuf_enum_descriptor_proto);

// Range of reserved numeric values. Reserved values may not be used by
// entries in the same enum. Reserved ranges may not overlap.
//
// Note that this is distinct from DescriptorProto.ReservedRange in that it
// is inclusive such that it can appropriately represent the entire int32
// domain.
struct google_protobuf_enum_descriptor_proto_enum_reserved_range {
    ProtobufCMessage base;
    // Inclusive.
    protobuf_c_boolean has_start;
    int32_t            start;
    // Inclusive.
    protobuf_c_boolean has_end;
    int32_t            end;
};
TERN_MESSAGE(google_protobuf_enum_descriptor_proto_enum_reserved_range);

// Describes a value within an enum.
struct google_protobuf_enum_value_descriptor_proto {
    ProtobufCMessage                    base;
    const char                         *name;
    protobuf_c_boolean                  has_number;
    int32_t                             number;
    google_protobuf_enum_value_options *options;
};
TERN_MESSAGE(google_protobuf_enum_value_descriptor_proto);

// Describes a service.
struct google_protobuf_service_descriptor_proto {
    ProtobufCMessage                          base;
    const char                               *name;
    size_t                                    n_method;
    google_protobuf_method_descriptor_proto **method;
    google_protobuf_service_options          *options;
};
TERN_MESSAGE(google_protobuf_service_descriptor_proto);

// Describes a method of a service.
struct google_protobuf_method_descriptor_proto {
    ProtobufCMessage base;
    const char      *name;
    // Input and output type names.  These are resolved in the same way as
    // FieldDescriptorProto.type_name, but must refer to a message type.
    const char                     *input_type;
    const char                     *output_type;
    google_protobuf_method_options *options;
    // Identifies if client streams multiple client messages
    // Reads as false when absent.
    protobuf_c_boolean has_client_streaming;
    protobuf_c_boolean client_streaming;
    // Identifies if server streams multiple server messages
    // Reads as false when absent.
    protobuf_c_boolean has_server_streaming;
    protobuf_c_boolean server_streaming;
};
TERN_MESSAGE(google_protobuf_method_descriptor_proto);

struct google_protobuf_file_options {
    ProtobufCMessage base;
    // Sets the Java package where classes generated from this .proto will be
    // placed.  By default, the proto package is used, but this is often
    // inappropriate because proto packages do not normally start with backwards
    // domain names.
    const char *java_package;
    // Controls the name of the wrapper Java class generated for the .proto file.
    // That class will always contain the .proto file's getDescriptor() method as
    // well as any top-level extensions defined in the .proto file.
    // If java_multiple_files is disabled, then all the other classes from the
    // .proto file will be nested inside the single wrapper outer class.
    const char *java_outer_classname;
    // If enabled, then the Java code generator will generate a separate .java
    // file for each top-level message, enum, and service defined in the .proto
    // file.  Thus, these types will *not* be nested inside the wrapper class
    // named by java_outer_classname.  However, the wrapper class will still be
    // generated to contain the file's getDescriptor() method as well as any
    // top-level extensions defined in the file.
    // Reads as false when absent.
    protobuf_c_boolean has_java_multiple_files;
    protobuf_c_boolean java_multiple_files;
    // This option does nothing.
    protobuf_c_boolean has_java_generate_equals_and_hash;
    protobuf_c_boolean java_generate_equals_and_hash __attribute__((deprecated));
    // If set true, then the Java2 code generator will generate code that
    // throws an exception whenever an attempt is made to assign a non-UTF-8
    // byte sequence to a string field.
    // Message reflection will do the same.
    // However, an extension field still accepts non-UTF-8 byte sequences.
    // This option has no effect on when used with the lite runtime.
    // Reads as false when absent.
    protobuf_c_boolean has_java_string_check_utf8;
    protobuf_c_boolean java_string_check_utf8;
    // Reads as SPEED when absent.
    protobuf_c_boolean                         has_optimize_for;
    google_protobuf_file_options_optimize_mode optimize_for;
    // Sets the Go package where structs generated from this .proto will be
    // placed. If omitted, the Go package will be derived from the following:
    //   - The basename of the package import path, if provided.
    //   - Otherwise, the package statement in the .proto file, if present.
    //   - Otherwise, the basename of the .proto file, without extension.
    const char *go_package;
    // Should generic services be generated in each language?  "Generic" services
    // are not specific to any particular RPC system.  They are generated by the
    // main code generators in each language (without additional plugins).
    // Generic services were the only kind of service generation supported by
    // early versions of google.protobuf.
    //
    // Generic services are now considered deprecated in favor of using plugins
    // that generate code specific to your particular RPC system.  Therefore,
    // these default to false.  Old code which depends on generic services should
    // explicitly set them to true.
    // Reads as false when absent.
    protobuf_c_boolean has_cc_generic_services;
    protobuf_c_boolean cc_generic_services;
    // Reads as false when absent.
    protobuf_c_boolean has_java_generic_services;
    protobuf_c_boolean java_generic_services;
    // Reads as false when absent.
    protobuf_c_boolean has_py_generic_services;
    protobuf_c_boolean py_generic_services;
    // Reads as false when absent.
    protobuf_c_boolean has_php_generic_services;
    protobuf_c_boolean php_generic_services;
    // Is this file deprecated?
    // Depending on the target platform, this can emit Deprecated annotations
    // for everything in the file, or it will be completely ignored; in the very
    // least, this is a formalization for deprecating files.
    // Reads as false when absent.
    protobuf_c_boolean has_deprecated;
    protobuf_c_boolean deprecated;
    // Enables the use of arenas for the proto messages in this file. This applies
    // only to generated classes for C++.
    // Reads as true when absent.
    protobuf_c_boolean has_cc_enable_arenas;
    protobuf_c_boolean cc_enable_arenas;
    // Sets the objective c class prefix which is prepended to all objective c
    // generated classes from this .proto. There is no default.
    const char *objc_class_prefix;
    // Namespace for generated classes; defaults to the package.
    const char *csharp_namespace;
    // By default Swift generators will take the proto package and CamelCase it
    // replacing '.' with underscore and use that to prefix the types/symbols
    // defined. When this options is provided, they will use this value instead
    // to prefix the types/symbols defined.
    const char *swift_prefix;
    // Sets the php class prefix which is prepended to all php generated classes
    // from this .proto. Default is empty.
    const char *php_class_prefix;
    // Use this option to change the namespace of php generated classes. Default
    // is empty. When this option is empty, the package name will be used for
    // determining the namespace.
    const char *php_namespace;
    // Use this option to change the namespace of php generated metadata classes.
    // Default is empty. When this option is empty, the proto file name will be
    // used for determining the namespace.
    const char *php_metadata_namespace;
    // Use this option to change the package of ruby generated classes. Default
    // is empty. When this option is not set, the package name will be used for
    // determining the ruby package.
    const char *ruby_package;
    // The parser stores options it doesn't recognize here.
    // See the documentation for the "Options" section above.
    size_t                                 n_uninterpreted_option;
    google_protobuf_uninterpreted_option **uninterpreted_option;
};
TERN_MESSAGE(google_protobuf_file_options);

struct google_protobuf_message_options {
    ProtobufCMessage base;
    // Set true to use the old proto1 MessageSet wire format for extensions.
    // This is provided for backwards-compatibility with the MessageSet wire
    // format.  You should not use this for any other reason:  It's less
    // efficient, has fewer features, and is more complicated.
    //
    // The message must be defined exactly as follows:
    //   message Foo {
    //     option message_set_wire_format = true;
    //     extensions 4 to max;
    //   }
    // Note that the message cannot have any defined fields; MessageSets only
    // have extensions.
    //
    // All extensions of your type must be singular messages; e.g. they cannot
    // be int32s, enums, or repeated messages.
    //
    // Because this is an option, the above two restrictions are not enforced by
    // the protocol compiler.
    // Reads as false when absent.
    protobuf_c_boolean has_message_set_wire_format;
    protobuf_c_boolean message_set_wire_format;
    // Disables the generation of the standard "descriptor()" accessor, which can
    // conflict with a field of the same name.  This is meant to make migration
    // from proto1 easier; new code should avoid fields named "descriptor".
    // Reads as false when absent.
    protobuf_c_boolean has_no_standard_descriptor_accessor;
    protobuf_c_boolean no_standard_descriptor_accessor;
    // Is this message deprecated?
    // Depending on the target platform, this can emit Deprecated annotations
    // for the message, or it will be completely ignored; in the very least,
    // this is a formalization for deprecating messages.
    // Reads as false when absent.
    protobuf_c_boolean has_deprecated;
    protobuf_c_boolean deprecated;
    // Whether the message is an automatically generated map entry type for the
    // maps field.
    //
    // For maps fields:
    //     map<KeyType, ValueType> map_field = 1;
    // The parsed descriptor looks like:
    //     message MapFieldEntry {
    //         option map_entry = true;
    //         optional KeyType key = 1;
    //         optional ValueType value = 2;
    //     }
    //     repeated MapFieldEntry map_field = 1;
    //
    // Implementations may choose not to generate the map_entry=true message, but
    // use a native map in the target language to hold the keys and values.
    // The reflection APIs in such implementations still need to work as
    // if the field is a repeated message field.
    //
    // NOTE: Do not set the option in .proto files. Always use the maps syntax
    // instead. The option should only be implicitly set by the proto compiler
    // parser.
    protobuf_c_boolean has_map_entry;
    protobuf_c_boolean map_entry;
    // The parser stores options it doesn't recognize here. See above.
    size_t                                 n_uninterpreted_option;
    google_protobuf_uninterpreted_option **uninterpreted_option;
};
TERN_MESSAGE(google_protobuf_message_options);

struct google_protobuf_field_options {
    ProtobufCMessage base;
    // The ctype option instructs the C++ code generator to use a different
    // representation of the field than it normally would.  See the specific
    // options below.  This option is not yet implemented in the open source
    // release -- sorry, we'll try to include it in a future version!
    // Reads as STRING when absent.
    protobuf_c_boolean                   has_ctype;
    google_protobuf_field_options_c_type ctype;
    // The packed option can be enabled for repeated primitive fields to enable
    // a more efficient representation on the wire. Rather than repeatedly
    // writing the tag and type for each element, the entire array is encoded as
    // a single length-delimited blob. In proto3, only explicit setting it to
    // false will avoid using packed encoding.
    protobuf_c_boolean has_packed;
    protobuf_c_boolean packed;
    // The jstype option determines the JavaScript type used for values of the
    // field.  The option is permitted only for 64 bit integral and fixed types
    // (int64, uint64, sint64, fixed64, sfixed64).  A field with jstype JS_STRING
    // is represented as JavaScript string, which avoids loss of precision that
    // can happen when a large value is converted to a floating point JavaScript.
    // Specifying JS_NUMBER for the jstype causes the generated JavaScript code to
    // use the JavaScript "number" type.  The behavior of the default option
    // JS_NORMAL is implementation dependent.
    //
    // This option is an enum to permit additional types to be added, e.g.
    // goog.math.Integer.
    // Reads as JS_NORMAL when absent.
    protobuf_c_boolean                    has_jstype;
    google_protobuf_field_options_js_type jstype;
    // Should this field be parsed lazily?  Lazy applies only to message-type
    // fields.  It means that when the outer message is initially parsed, the
    // inner message's contents will not be parsed but instead stored in encoded
    // form.  The inner message will actually be parsed when it is first accessed.
    //
    // This is only a hint.  Implementations are free to choose whether to use
    // eager or lazy parsing regardless of the value of this option.  However,
    // setting this option true suggests that the protocol author believes that
    // using lazy parsing on this field is worth the additional bookkeeping
    // overhead typically needed to implement it.
    //
    // This option does not affect the public interface of any generated code;
    // all method signatures remain the same.  Furthermore, thread-safety of the
    // interface is not affected by this option; const methods remain safe to
    // call from multiple threads concurrently, while non-const methods continue
    // to require exclusive access.
    //
    //
    // Note that implementations may choose not to check required fields within
    // a lazy sub-message.  That is, calling IsInitialized() on the outer message
    // may return true even if the inner message has missing required fields.
    // This is necessary because otherwise the inner message would have to be
    // parsed in order to perform the check, defeating the purpose of lazy
    // parsing.  An implementation which chooses not to check required fields
    // must be consistent about it.  That is, for any particular sub-message, the
    // implementation must either *always* check its required fields, or *never*
    // check its required fields, regardless of whether or not the message has
    // been parsed.
    //
    // As of 2021, lazy does no correctness checks on the byte stream during
    // parsing.  This may lead to crashes if and when an invalid byte stream is
    // finally parsed upon access.
    //
    // TODO(b/211906113):  Enable validation on lazy fields.
    // Reads as false when absent.
    protobuf_c_boolean has_lazy;
    protobuf_c_boolean lazy;
    // unverified_lazy does no correctness checks on the byte stream. This should
    // only be used where lazy with verification is prohibitive for performance
    // reasons.
    // Reads as false when absent.
    protobuf_c_boolean has_unverified_lazy;
    protobuf_c_boolean unverified_lazy;
    // Is this field deprecated?
    // Depending on the target platform, this can emit Deprecated annotations
    // for accessors, or it will be completely ignored; in the very least, this
    // is a formalization for deprecating fields.
    // Reads as false when absent.
    protobuf_c_boolean has_deprecated;
    protobuf_c_boolean deprecated;
    // For Google-internal migration only. Do not use.
    // Reads as false when absent.
    protobuf_c_boolean has_weak;
    protobuf_c_boolean weak;
    // The parser stores options it doesn't recognize here. See above.
    size_t                                 n_uninterpreted_option;
    google_protobuf_uninterpreted_option **uninterpreted_option;
};
TERN_MESSAGE(google_protobuf_field_options);

struct google_protobuf_oneof_options {
    ProtobufCMessage base;
    // The parser stores options it doesn't recognize here. See above.
    size_t                                 n_uninterpreted_option;
    google_protobuf_uninterpreted_option **uninterpreted_option;
};
TERN_MESSAGE(google_protobuf_oneof_options);

struct google_protobuf_enum_options {
    ProtobufCMessage base;
    // Set this option to true to allow mapping different tag names to the same
    // value.
    protobuf_c_boolean has_allow_alias;
    protobuf_c_boolean allow_alias;
    // Is this enum deprecated?
    // Depending on the target platform, this can emit Deprecated annotations
    // for the enum, or it will be completely ignored; in the very least, this
    // is a formalization for deprecating enums.
    // Reads as false when absent.
    protobuf_c_boolean has_deprecated;
    protobuf_c_boolean deprecated;
    // The parser stores options it doesn't recognize here. See above.
    size_t                                 n_uninterpreted_option;
    google_protobuf_uninterpreted_option **uninterpreted_option;
};
TERN_MESSAGE(google_protobuf_enum_options);

struct google_protobuf_enum_value_options {
    ProtobufCMessage base;
    // Is this enum value deprecated?
    // Depending on the target platform, this can emit Deprecated annotations
    // for the enum value, or it will be completely ignored; in the very least,
    // this is a formalization for deprecating enum values.
    // Reads as false when absent.
    protobuf_c_boolean has_deprecated;
    protobuf_c_boolean deprecated;
    // The parser stores options it doesn't recognize here. See above.
    size_t                                 n_uninterpreted_option;
    google_protobuf_uninterpreted_option **uninterpreted_option;
};
TERN_MESSAGE(google_protobuf_enum_value_options);

struct google_protobuf_service_options {
    ProtobufCMessage base;
    // Is this service deprecated?
    // Depending on the target platform, this can emit Deprecated annotations
    // for the service, or it will be completely ignored; in the very least,
    // this is a formalization for deprecating services.
    // Reads as false when absent.
    protobuf_c_boolean has_deprecated;
    protobuf_c_boolean deprecated;
    // The parser stores options it doesn't recognize here. See above.
    size_t                                 n_uninterpreted_option;
    google_protobuf_uninterpreted_option **uninterpreted_option;
};
TERN_MESSAGE(google_protobuf_service_options);

struct google_protobuf_method_options {
    ProtobufCMessage base;
    // Is this method deprecated?
    // Depending on the target platform, this can emit Deprecated annotations
    // for the method, or it will be completely ignored; in the very least,
    // this is a formalization for deprecating methods.
    // Reads as false when absent.
    protobuf_c_boolean has_deprecated;
    protobuf_c_boolean deprecated;
    // Reads as IDEMPOTENCY_UNKNOWN when absent.
    protobuf_c_boolean                               has_idempotency_level;
    google_protobuf_method_options_idempotency_level idempotency_level;
    // The parser stores options it doesn't recognize here. See above.
    size_t                                 n_uninterpreted_option;
    google_protobuf_uninterpreted_option **uninterpreted_option;
};
TERN_MESSAGE(google_protobuf_method_options);

// A message representing a option the parser does not recognize. This only
// appears in options protos created by the compiler::Parser class.
// DescriptorPool resolves these when building Descriptor objects. Therefore,
// options protos in descriptor objects (e.g. returned by Descriptor::options(),
// or produced by Descriptor::CopyTo()) will never have UninterpretedOptions
// in them.
struct google_protobuf_uninterpreted_option {
    ProtobufCMessage                                 base;
    size_t                                           n_name;
    google_protobuf_uninterpreted_option_name_part **name;
    // The value of the uninterpreted option, in whatever type the tokenizer
    // identified it as during parsing. Exactly one of these should be set.
    const char         *identifier_value;
    protobuf_c_boolean  has_positive_int_value;
    uint64_t            positive_int_value;
    protobuf_c_boolean  has_negative_int_value;
    int64_t             negative_int_value;
    protobuf_c_boolean  has_double_value;
    double              double_value;
    protobuf_c_boolean  has_string_value;
    ProtobufCBinaryData string_value;
    const char         *aggregate_value;
};
TERN_MESSAGE(google_protobuf_uninterpreted_option);

// The name of the uninterpreted option.  Each string represents a segment in
// a dot-separated name.  is_extension is true iff a segment represents an
// extension (denoted with parentheses in options specs in .proto files).
// E.g.,{ ["foo", false], ["bar.baz", true], ["moo", false] } represents
// "foo.(bar.baz).moo".
struct google_protobuf_uninterpreted_option_name_part {
    ProtobufCMessage   base;
    const char        *name_part;
    protobuf_c_boolean is_extension;
};
TERN_MESSAGE(google_protobuf_uninterpreted_option_name_part);

// Encapsulates information about the original source file from which a
// FileDescriptorProto was generated.
struct google_protobuf_source_code_info {
    ProtobufCMessage base;
    // A Location identifies a piece of source code in a .proto file which
    // corresponds to a particular definition.  This information is intended
    // to be useful to IDEs, code indexers, documentation generators, and similar
    // tools.
    //
    // For example, say we have a file like:
    //   message Foo {
    //     optional string foo = 1;
    //   }
    // Let's look at just the field definition:
    //   optional string foo = 1;
    //   ^       ^^     ^^  ^  ^^^
    //   a       bc     de  f  ghi
    // We have the following locations:
    //   span   path               represents
    //   [a,i)  [ 4, 0, 2, 0 ]     The whole field definition.
    //   [a,b)  [ 4, 0, 2, 0, 4 ]  The label (optional).
    //   [c,d)  [ 4, 0, 2, 0, 5 ]  The type (string).
    //   [e,f)  [ 4, 0, 2, 0, 1 ]  The name (foo).
    //   [g,h)  [ 4, 0, 2, 0, 3 ]  The number (1).
    //
    // Notes:
    // - A location may refer to a repeated field itself (i.e. not to any
    //   particular index within it).  This is used whenever a set of elements are
    //   logically enclosed in a single code segment.  For example, an entire
    //   extend block (possibly containing multiple extension definitions) will
    //   have an outer location whose path refers to the "extensions" repeated
    //   field without an index.
    // - Multiple locations may have the same path.  This happens when a single
    //   logical declaration is spread out across multiple places.  The most
    //   obvious example is the "extend" block again -- there may be multiple
    //   extend blocks in the same scope, each of which will have the same path.
    // - A location's span is not always a subset of its parent's span.  For
    //   example, the "extendee" of an extension declaration appears at the
    //   beginning of the "extend" block and is shared by all extensions within
    //   the block.
    // - Just because a location's span is a subset of some other location's span
    //   does not mean that it is a descendant.  For example, a "group" defines
    //   both a type and a field in a single declaration.  Thus, the locations
    //   corresponding to the type and field and their components will overlap.
    // - Code which tries to interpret locations should probably be designed to
    //   ignore those that it doesn't understand, as more types of locations could
    //   be recorded in the future.
    size_t                                      n_location;
    google_protobuf_source_code_info_location **location;
};
TERN_MESSAGE(google_protobuf_source_code_info);

struct google_protobuf_source_code_info_location {
    ProtobufCMessage base;
    // Identifies which part of the FileDescriptorProto was defined at this
    // location.
    //
    // Each element is a field number or an index.  They form a path from
    // the root FileDescriptorProto to the place where the definition occurs.
    // For example, this path:
    //   [ 4, 3, 2, 7, 1 ]
    // refers to:
    //   file.message_type(3)  // 4, 3
    //       .field(7)         // 2, 7
    //       .name()           // 1
    // This is because FileDescriptorProto.message_type has field number 4:
    //   repeated DescriptorProto message_type = 4;
    // and DescriptorProto.field has field number 2:
    //   repeated FieldDescriptorProto field = 2;
    // and FieldDescriptorProto.name has field number 1:
    //   optional string name = 1;
    //
    // Thus, the above path gives the location of a field name.  If we removed
    // the last element:
    //   [ 4, 3, 2, 7 ]
    // this path refers to the whole field declaration (from the beginning
    // of the label to the terminating semicolon).
    size_t   n_path;
    int32_t *path;
    // Always has exactly three or four elements: start line, start column,
    // end line (optional, otherwise assumed same as start line), end column.
    // These are packed into a single field for efficiency.  Note that line
    // and column numbers are zero-based -- typically you will want to add
    // 1 to each before displaying to a user.
    size_t   n_span;
    int32_t *span;
    // If this SourceCodeInfo represents a complete declaration, these are any
    // comments appearing before and after the declaration which appear to be
    // attached to the declaration.
    //
    // A series of line comments appearing on consecutive lines, with no other
    // tokens appearing on those lines, will be treated as a single comment.
    //
    // leading_detached_comments will keep paragraphs of comments that appear
    // before (but not connected to) the current element. Each paragraph,
    // separated by empty lines, will be one comment element in the repeated
    // field.
    //
    // Only the comment content is provided; comment markers (e.g. //) are
    // stripped out.  For block comments, leading whitespace and an asterisk
    // will be stripped from the beginning of each line other than the first.
    // Newlines are included in the output.
    //
    // Examples:
    //
    //   optional int32 foo = 1;  // Comment attached to foo.
    //   // Comment attached to bar.
    //   optional int32 bar = 2;
    //
    //   optional string baz = 3;
    //   // Comment attached to baz.
    //   // Another line attached to baz.
    //
    //   // Comment attached to moo.
    //   //
    //   // Another line attached to moo.
    //   optional double moo = 4;
    //
    //   // Detached comment for corge. This is not leading or trailing comments
    //   // to moo or corge because there are blank lines separating it from
    //   // both.
    //
    //   // Detached comment for corge paragraph 2.
    //
    //   optional string corge = 5;
    //   /* Block comment attached
    //    * to corge.  Leading asterisks
    //    * will be removed. */
    //   /* Block comment attached to
    //    * grault. */
    //   optional int32 grault = 6;
    //
    //   // ignored detached comments.
    const char  *leading_comments;
    const char  *trailing_comments;
    size_t       n_leading_detached_comments;
    const char **leading_detached_comments;
};
TERN_MESSAGE(google_protobuf_source_code_info_location);

// Describes the relationship between generated code and its original source
// file. A GeneratedCodeInfo message is associated with only one generated
// source file, but may contain references to different source .proto files.
struct google_protobuf_generated_code_info {
    ProtobufCMessage base;
    // An Annotation connects some span of text in generated code to an element
    // of its generating .proto file.
    size_t                                           n_annotation;
    google_protobuf_generated_code_info_annotation **annotation;
};
TERN_MESSAGE(google_protobuf_generated_code_info);

struct google_protobuf_generated_code_info_annotation {
    ProtobufCMessage base;
    // Identifies the element in the original source .proto file. This field
    // is formatted the same as SourceCodeInfo.Location.path.
    size_t   n_path;
    int32_t *path;
    // Identifies the filesystem path to the original source .proto.
    const char *source_file;
    // Identifies the starting offset in bytes in the generated code
    // that relates to the identified object.
    protobuf_c_boolean has_begin;
    int32_t            begin;
    // Identifies the ending offset in bytes in the generated code that
    // relates to the identified offset. The end offset should be one past
    // the last relevant byte (so the length of the text = end - begin).
    protobuf_c_boolean has_end;
    int32_t            end;
};
TERN_MESSAGE(google_protobuf_generated_code_info_annotation);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
// A member with a has_ beside it counts only when that is set as well; what is left out is
// absent, and reads as its default once it has been sent.
#define GOOGLE_PROTOBUF_FILE_DESCRIPTOR_SET(...)                                                   \
    TERN_LITERAL(google_protobuf_file_descriptor_set, __VA_ARGS__)
#define GOOGLE_PROTOBUF_FILE_DESCRIPTOR_PROTO(...)                                                 \
    TERN_LITERAL(google_protobuf_file_descriptor_proto, __VA_ARGS__)
#define GOOGLE_PROTOBUF_DESCRIPTOR_PROTO(...)                                                      \
    TERN_LITERAL(google_protobuf_descriptor_proto, __VA_ARGS__)
#define GOOGLE_PROTOBUF_DESCRIPTOR_PROTO_EXTENSION_RANGE(...)                                      \
    TERN_LITERAL(google_protobuf_descriptor_proto_extension_range, __VA_ARGS__)
#define GOOGLE_PROTOBUF_DESCRIPTOR_PROTO_RESERVED_RANGE(...)                                       \
    TERN_LITERAL(google_protobuf_descriptor_proto_reserved_range, __VA_ARGS__)
#define GOOGLE_PROTOBUF_EXTENSION_RANGE_OPTIONS(...)                                               \
    TERN_LITERAL(google_protobuf_extension_range_options, __VA_ARGS__)
#define GOOGLE_PROTOBUF_FIELD_DESCRIPTOR_PROTO(...)                                                \
    TERN_LITERAL(google_protobuf_field_descriptor_proto, __VA_ARGS__)
#define GOOGLE_PROTOBUF_ONEOF_DESCRIPTOR_PROTO(...)                                                \
    TERN_LITERAL(google_protobuf_oneof_descriptor_proto, __VA_ARGS__)
#define GOOGLE_PROTOBUF_ENUM_DESCRIPTOR_PROTO(...)                                                 \
    TERN_LITERAL(google_protobuf_enum_descriptor_proto, __VA_ARGS__)
#define GOOGLE_PROTOBUF_ENUM_DESCRIPTOR_PROTO_ENUM_RESERVED_RANGE(...)                             \
    TERN_LITERAL(google_protobuf_enum_descriptor_proto_enum_reserved_range, __VA_ARGS__)
#define GOOGLE_PROTOBUF_ENUM_VALUE_DESCRIPTOR_PROTO(...)                                           \
    TERN_LITERAL(google_protobuf_enum_value_descriptor_proto, __VA_ARGS__)
#define GOOGLE_PROTOBUF_SERVICE_DESCRIPTOR_PROTO(...)                                              \
    TERN_LITERAL(google_protobuf_service_descriptor_proto, __VA_ARGS__)
#define GOOGLE_PROTOBUF_METHOD_DESCRIPTOR_PROTO(...)                                               \
    TERN_LITERAL(google_protobuf_method_descriptor_proto, __VA_ARGS__)
#define GOOGLE_PROTOBUF_FILE_OPTIONS(...) TERN_LITERAL(google_protobuf_file_options, __VA_ARGS__)
#define GOOGLE_PROTOBUF_MESSAGE_OPTIONS(...)                                                       \
    TERN_LITERAL(google_protobuf_message_options, __VA_ARGS__)
#define GOOGLE_PROTOBUF_FIELD_OPTIONS(...) TERN_LITERAL(google_protobuf_field_options, __VA_ARGS__)
#define GOOGLE_PROTOBUF_ONEOF_OPTIONS(...) TERN_LITERAL(google_protobuf_oneof_options, __VA_ARGS__)
#define GOOGLE_PROTOBUF_ENUM_OPTIONS(...) TERN_LITERAL(google_protobuf_enum_options, __VA_ARGS__)
#define GOOGLE_PROTOBUF_ENUM_VALUE_OPTIONS(...)                                                    \
    TERN_LITERAL(google_protobuf_enum_value_options, __VA_ARGS__)
#define GOOGLE_PROTOBUF_SERVICE_OPTIONS(...)                                                       \
    TERN_LITERAL(google_protobuf_service_options, __VA_ARGS__)
#define GOOGLE_PROTOBUF_METHOD_OPTIONS(...)                                                        \
    TERN_LITERAL(google_protobuf_method_options, __VA_ARGS__)
#define GOOGLE_PROTOBUF_UNINTERPRETED_OPTION(...)                                                  \
    TERN_LITERAL(google_protobuf_uninterpreted_option, __VA_ARGS__)
#define GOOGLE_PROTOBUF_UNINTERPRETED_OPTION_NAME_PART(...)                                        \
    TERN_LITERAL(google_protobuf_uninterpreted_option_name_part, __VA_ARGS__)
#define GOOGLE_PROTOBUF_SOURCE_CODE_INFO(...)                                                      \
    TERN_LITERAL(google_protobuf_source_code_info, __VA_ARGS__)
#define GOOGLE_PROTOBUF_SOURCE_CODE_INFO_LOCATION(...)                                             \
    TERN_LITERAL(google_protobuf_source_code_info_location, __VA_ARGS__)
#define GOOGLE_PROTOBUF_GENERATED_CODE_INFO(...)                                                   \
    TERN_LITERAL(google_protobuf_generated_code_info, __VA_ARGS__)
#define GOOGLE_PROTOBUF_GENERATED_CODE_INFO_ANNOTATION(...)                                        \
    TERN_LITERAL(google_protobuf_generated_code_info_annotation, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
