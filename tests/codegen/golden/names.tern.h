// names.tern.h: made from names.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef NAMES_TERN_H
#define NAMES_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file names_proto_file;

typedef enum names_outer_mode {
    NAMES_OUTER_MODE_A = 0,
    NAMES_OUTER_MODE_A_ = 0,
} names_outer_mode;
extern const ProtobufCEnumDescriptor names_outer_mode_descriptor;

typedef enum names_outer_mode_ {
    NAMES_OUTER_MODE_A__ = 0,
} names_outer_mode_;
extern const ProtobufCEnumDescriptor names_outer_mode__descriptor;

typedef struct names_words                  names_words;
typedef struct names_clashes                names_clashes;
typedef struct names_outer                  names_outer;
typedef struct names_outer_inner            names_outer_inner;
typedef struct names_outer_inner_           names_outer_inner_;
typedef struct names_foo                    names_foo;
typedef struct names_foo_init_              names_foo_init_;
typedef struct names_http_server2_config    names_http_server2_config;
typedef struct names_uint32_box             names_uint32_box;
typedef struct names_ipv4_address           names_ipv4_address;
typedef struct names_words_service_handlers names_words_service_handlers;

typedef enum names_words_for_case {
    NAMES_WORDS_FOR_NOT_SET = 0,
    NAMES_WORDS_FOR_WHILE = 10,
    NAMES_WORDS_FOR_NOT_SET_ = 11,
} names_words_for_case;

struct names_words {
    ProtobufCMessage     base;
    int32_t              int_;
    const char          *default_;
    size_t               n_switch_;
    int32_t             *switch_;
    protobuf_c_boolean   has_register_;
    protobuf_c_boolean   register_;
    int32_t              class_;
    int32_t              delete_;
    int32_t              errno_;
    int32_t              unix_;
    int32_t              base_;
    names_words_for_case for_case;
    union {
        int32_t while_;
        int32_t not_set;
    };
    const char *camel_case;
    int32_t     http_port;
};
TERN_MESSAGE(names_words);

typedef enum names_clashes_kind_case {
    NAMES_CLASHES_KIND_NOT_SET = 0,
    NAMES_CLASHES_KIND_A = 5,
} names_clashes_kind_case;

struct names_clashes {
    ProtobufCMessage        base;
    size_t                  n_items;
    int32_t                *items;
    uint32_t                n_items_;
    protobuf_c_boolean      has_size;
    int32_t                 size;
    protobuf_c_boolean      has_size_;
    names_clashes_kind_case kind_case_;
    union {
        int32_t a;
    };
    int32_t kind_case;
};
TERN_MESSAGE(names_clashes);

// Outer.Inner and OuterInner are the same words.
struct names_outer {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_outer);

struct names_outer_inner {
    ProtobufCMessage base;
    int32_t          x;
};
TERN_MESSAGE(names_outer_inner);

struct names_outer_inner_ {
    ProtobufCMessage base;
    int32_t          y;
};
TERN_MESSAGE(names_outer_inner_);

// Foo's functions have taken this one's name.
struct names_foo {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_foo);

struct names_foo_init_ {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_foo_init_);

struct names_http_server2_config {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_http_server2_config);

struct names_uint32_box {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_uint32_box);

struct names_ipv4_address {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_ipv4_address);

struct names_words_service_handlers {
    ProtobufCMessage base;
};
TERN_MESSAGE(names_words_service_handlers);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
// A member with a has_ beside it counts only when that is set as well; what is left out is
// absent, and reads as its default once it has been sent.
#ifndef __cplusplus
#define NAMES_WORDS(...)                  TERN_LITERAL(names_words, __VA_ARGS__)
#define NAMES_CLASHES(...)                TERN_LITERAL(names_clashes, __VA_ARGS__)
#define NAMES_OUTER(...)                  TERN_LITERAL(names_outer, __VA_ARGS__)
#define NAMES_OUTER_INNER(...)            TERN_LITERAL(names_outer_inner, __VA_ARGS__)
#define NAMES_OUTER_INNER_(...)           TERN_LITERAL(names_outer_inner_, __VA_ARGS__)
#define NAMES_FOO(...)                    TERN_LITERAL(names_foo, __VA_ARGS__)
#define NAMES_FOO_INIT_(...)              TERN_LITERAL(names_foo_init_, __VA_ARGS__)
#define NAMES_HTTP_SERVER2_CONFIG(...)    TERN_LITERAL(names_http_server2_config, __VA_ARGS__)
#define NAMES_UINT32_BOX(...)             TERN_LITERAL(names_uint32_box, __VA_ARGS__)
#define NAMES_IPV4_ADDRESS(...)           TERN_LITERAL(names_ipv4_address, __VA_ARGS__)
#define NAMES_WORDS_SERVICE_HANDLERS(...) TERN_LITERAL(names_words_service_handlers, __VA_ARGS__)
#endif

#ifdef __cplusplus
}
#endif

#endif
