// all_texts.tern.h: made from all_texts.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef ALL_TEXTS_TERN_H
#define ALL_TEXTS_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file all_texts_proto_file;

typedef struct demo_texts_old              demo_texts_old;
typedef struct demo_texts_old_labels_entry demo_texts_old_labels_entry;

struct demo_texts_old {
    ProtobufCMessage base;
    tern_text        name;
    // Reads as "plain" when absent.
    protobuf_c_boolean            has_title;
    tern_text                     title;
    size_t                        n_tags;
    tern_text                    *tags;
    size_t                        n_labels;
    demo_texts_old_labels_entry **labels;
};
TERN_MESSAGE(demo_texts_old);

// One entry of demo_texts_old.labels.
struct demo_texts_old_labels_entry {
    ProtobufCMessage base;
    tern_text        key;
    tern_text        value;
};
TERN_MESSAGE(demo_texts_old_labels_entry);

// The entry of `labels` under `key`, or NULL.
static inline const demo_texts_old_labels_entry *demo_texts_old_labels_get(const demo_texts_old *m,
                                                                           tern_text key)
{
    return (const demo_texts_old_labels_entry *)tern_message_find(m->labels, m->n_labels, &key);
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
// A member with a has_ beside it counts only when that is set as well; what is left out is
// absent, and reads as its default once it has been sent.
#define DEMO_TEXTS_OLD(...)              TERN_LITERAL(demo_texts_old, __VA_ARGS__)
#define DEMO_TEXTS_OLD_LABELS_ENTRY(...) TERN_LITERAL(demo_texts_old_labels_entry, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
