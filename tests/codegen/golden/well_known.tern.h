// well_known.tern.h: made from well_known.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef WELL_KNOWN_TERN_H
#define WELL_KNOWN_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>
#include <tern/pb/google/protobuf/any.tern.h>
#include <tern/pb/google/protobuf/duration.tern.h>
#include <tern/pb/google/protobuf/empty.tern.h>
#include <tern/pb/google/protobuf/field_mask.tern.h>
#include <tern/pb/google/protobuf/struct.tern.h>
#include <tern/pb/google/protobuf/timestamp.tern.h>
#include <tern/pb/google/protobuf/wrappers.tern.h>
#include <tern/pb/google/rpc/code.tern.h>
#include <tern/pb/google/rpc/error_details.tern.h>
#include <tern/pb/google/rpc/status.tern.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file well_known_proto_file;

typedef struct demo_known_everything             demo_known_everything;
typedef struct demo_known_everything_times_entry demo_known_everything_times_entry;

struct demo_known_everything {
    ProtobufCMessage                    base;
    google_protobuf_any                *any;
    google_protobuf_duration           *duration;
    google_protobuf_empty              *empty;
    google_protobuf_field_mask         *mask;
    google_protobuf_struct             *object;
    google_protobuf_timestamp          *timestamp;
    google_protobuf_string_value       *wrapper;
    google_rpc_code                     code;
    google_rpc_retry_info              *retry;
    google_rpc_status                  *status;
    size_t                              n_times;
    demo_known_everything_times_entry **times;
};
TERN_MESSAGE(demo_known_everything);

// One entry of demo_known_everything.times.
struct demo_known_everything_times_entry {
    ProtobufCMessage           base;
    const char                *key;
    google_protobuf_timestamp *value;
};
TERN_MESSAGE(demo_known_everything_times_entry);
static inline demo_known_everything_times_entry *
demo_known_everything_times_entry_literal_(demo_known_everything_times_entry *m)
{
    if (!m->key)
        m->key = protobuf_c_empty_string;
    return m;
}

// The entry of `times` under `key`, or NULL.
static inline const demo_known_everything_times_entry *
demo_known_everything_times_get(const demo_known_everything *m, const char *key)
{
    return (const demo_known_everything_times_entry *)tern_message_find(m->times, m->n_times, key);
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
#define DEMO_KNOWN_EVERYTHING(...) TERN_LITERAL(demo_known_everything, __VA_ARGS__)
#define DEMO_KNOWN_EVERYTHING_TIMES_ENTRY(...)                                                     \
    TERN_INITIAL(demo_known_everything_times_entry, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
