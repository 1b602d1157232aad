// grouped.tern.h: made from grouped.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef FOREIGN_GROUPED_TERN_H
#define FOREIGN_GROUPED_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/extension.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file foreign_grouped_proto_file;

typedef struct foreign_limits       foreign_limits;
typedef struct foreign_limits_range foreign_limits_range;
typedef struct foreign_mark         foreign_mark;
typedef struct foreign_limits_      foreign_limits_;
typedef struct foreign_mark_        foreign_mark_;

struct foreign_limits {
    ProtobufCMessage       base;
    size_t                 n_range;
    foreign_limits_range **range;
};
TERN_MESSAGE(foreign_limits);

struct foreign_limits_range {
    ProtobufCMessage   base;
    protobuf_c_boolean has_low;
    int32_t            low;
    protobuf_c_boolean has_high;
    int32_t            high;
};
TERN_MESSAGE(foreign_limits_range);

struct foreign_mark {
    ProtobufCMessage base;
    const char      *color;
};
TERN_MESSAGE(foreign_mark);

// Extends google.protobuf.MessageOptions.
struct foreign_limits_ {
    ProtobufCMessage base;
    foreign_limits  *limits;
};
TERN_MESSAGE(foreign_limits_);
TERN_EXTENSION(foreign_limits_, google_protobuf_message_options);

// Extends google.protobuf.FieldOptions.
struct foreign_mark_ {
    ProtobufCMessage base;
    foreign_mark    *mark;
};
TERN_MESSAGE(foreign_mark_);
TERN_EXTENSION(foreign_mark_, google_protobuf_field_options);

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
// A member with a has_ beside it counts only when that is set as well; what is left out is
// absent, and reads as its default once it has been sent.
#define FOREIGN_LIMITS(...)       TERN_LITERAL(foreign_limits, __VA_ARGS__)
#define FOREIGN_LIMITS_RANGE(...) TERN_LITERAL(foreign_limits_range, __VA_ARGS__)
#define FOREIGN_MARK(...)         TERN_LITERAL(foreign_mark, __VA_ARGS__)
#define FOREIGN_LIMITS_(...)      TERN_LITERAL(foreign_limits_, __VA_ARGS__)
#define FOREIGN_MARK_(...)        TERN_LITERAL(foreign_mark_, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
