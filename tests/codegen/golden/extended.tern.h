// extended.tern.h: made from extended.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef EXTENDED_TERN_H
#define EXTENDED_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/extension.h>
#include <tern/message.h>

#include "presence.tern.h"
#include "foreign/grouped.tern.h"

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file extended_proto_file;

typedef struct demo_ext_rules       demo_ext_rules;
typedef struct demo_ext_rules_marks demo_ext_rules_marks;
typedef struct demo_ext_rules_inner demo_ext_rules_inner;
typedef struct demo_ext_pair        demo_ext_pair;
typedef struct demo_ext_rules_      demo_ext_rules_;
typedef struct demo_ext_nick        demo_ext_nick;
typedef struct demo_ext_count       demo_ext_count;
typedef struct demo_ext_tags        demo_ext_tags;
typedef struct demo_ext_level       demo_ext_level;
typedef struct demo_ext_pair_       demo_ext_pair_;

struct demo_ext_rules {
    ProtobufCMessage   base;
    protobuf_c_boolean has_most;
    int32_t            most;
};
TERN_MESSAGE(demo_ext_rules);

// Extends demo.old.Open.
struct demo_ext_rules_marks {
    ProtobufCMessage base;
    size_t           n_marks;
    int32_t         *marks;
};
TERN_MESSAGE(demo_ext_rules_marks);
TERN_EXTENSION(demo_ext_rules_marks, demo_old_open);

// Extends demo.old.Open.
struct demo_ext_rules_inner {
    ProtobufCMessage base;
    demo_ext_rules  *inner;
};
TERN_MESSAGE(demo_ext_rules_inner);
TERN_EXTENSION(demo_ext_rules_inner, demo_old_open);

struct demo_ext_pair {
    ProtobufCMessage   base;
    protobuf_c_boolean has_left;
    int32_t            left;
};
TERN_MESSAGE(demo_ext_pair);

// Extends google.protobuf.FieldOptions.
struct demo_ext_rules_ {
    ProtobufCMessage base;
    demo_ext_rules  *rules;
};
TERN_MESSAGE(demo_ext_rules_);
TERN_EXTENSION(demo_ext_rules_, google_protobuf_field_options);

// Extends demo.old.Open.
struct demo_ext_nick {
    ProtobufCMessage base;
    // What friends say.
    const char *nick;
};
TERN_MESSAGE(demo_ext_nick);
TERN_EXTENSION(demo_ext_nick, demo_old_open);

// Extends demo.old.Open.
struct demo_ext_count {
    ProtobufCMessage base;
    // Reads as 7 when absent.
    protobuf_c_boolean has_count;
    int32_t            count;
};
TERN_MESSAGE(demo_ext_count);
TERN_EXTENSION(demo_ext_count, demo_old_open);

// Extends demo.old.Open.
struct demo_ext_tags {
    ProtobufCMessage base;
    size_t           n_tags;
    const char     **tags;
};
TERN_MESSAGE(demo_ext_tags);
TERN_EXTENSION(demo_ext_tags, demo_old_open);

// Extends demo.old.Open.
struct demo_ext_level {
    ProtobufCMessage   base;
    protobuf_c_boolean has_level;
    demo_old_level     level;
};
TERN_MESSAGE(demo_ext_level);
TERN_EXTENSION(demo_ext_level, demo_old_open);

// Extends demo.old.Open.
struct demo_ext_pair_ {
    ProtobufCMessage base;
    demo_ext_pair   *pair;
};
TERN_MESSAGE(demo_ext_pair_);
TERN_EXTENSION(demo_ext_pair_, demo_old_open);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
// A member with a has_ beside it counts only when that is set as well; what is left out is
// absent, and reads as its default once it has been sent.
#define DEMO_EXT_RULES(...)       TERN_LITERAL(demo_ext_rules, __VA_ARGS__)
#define DEMO_EXT_RULES_MARKS(...) TERN_LITERAL(demo_ext_rules_marks, __VA_ARGS__)
#define DEMO_EXT_RULES_INNER(...) TERN_LITERAL(demo_ext_rules_inner, __VA_ARGS__)
#define DEMO_EXT_PAIR(...)        TERN_LITERAL(demo_ext_pair, __VA_ARGS__)
#define DEMO_EXT_RULES_(...)      TERN_LITERAL(demo_ext_rules_, __VA_ARGS__)
#define DEMO_EXT_NICK(...)        TERN_LITERAL(demo_ext_nick, __VA_ARGS__)
#define DEMO_EXT_COUNT(...)       TERN_LITERAL(demo_ext_count, __VA_ARGS__)
#define DEMO_EXT_TAGS(...)        TERN_LITERAL(demo_ext_tags, __VA_ARGS__)
#define DEMO_EXT_LEVEL(...)       TERN_LITERAL(demo_ext_level, __VA_ARGS__)
#define DEMO_EXT_PAIR_(...)       TERN_LITERAL(demo_ext_pair_, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
