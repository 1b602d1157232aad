// texts.tern.h: made from texts.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef TEXTS_TERN_H
#define TEXTS_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file texts_proto_file;

typedef struct demo_texts_letter               demo_texts_letter;
typedef struct demo_texts_letter_headers_entry demo_texts_letter_headers_entry;
typedef struct demo_texts_letter_notes_entry   demo_texts_letter_notes_entry;
typedef struct demo_texts_letter_counts_entry  demo_texts_letter_counts_entry;

typedef enum demo_texts_letter_closing_case {
    DEMO_TEXTS_LETTER_CLOSING_NOT_SET = 0,
    DEMO_TEXTS_LETTER_CLOSING_FORMAL = 5,
    DEMO_TEXTS_LETTER_CLOSING_CASUAL = 6,
} demo_texts_letter_closing_case;

struct demo_texts_letter {
    ProtobufCMessage               base;
    const char                    *subject;
    tern_text                      body;
    protobuf_c_boolean             has_reply_to;
    tern_text                      reply_to;
    size_t                         n_lines;
    tern_text                     *lines;
    demo_texts_letter_closing_case closing_case;
    union {
        tern_text   formal;
        const char *casual;
    };
    size_t                            n_headers;
    demo_texts_letter_headers_entry **headers;
    size_t                            n_notes;
    demo_texts_letter_notes_entry   **notes;
    size_t                            n_counts;
    demo_texts_letter_counts_entry  **counts;
};
TERN_MESSAGE(demo_texts_letter);
static inline demo_texts_letter *demo_texts_letter_literal_(demo_texts_letter *m)
{
    if (!m->subject)
        m->subject = protobuf_c_empty_string;
    return m;
}

// One entry of demo_texts_letter.headers.
struct demo_texts_letter_headers_entry {
    ProtobufCMessage base;
    tern_text        key;
    tern_text        value;
};
TERN_MESSAGE(demo_texts_letter_headers_entry);

// One entry of demo_texts_letter.notes.
struct demo_texts_letter_notes_entry {
    ProtobufCMessage base;
    int32_t          key;
    tern_text        value;
};
TERN_MESSAGE(demo_texts_letter_notes_entry);

// One entry of demo_texts_letter.counts.
struct demo_texts_letter_counts_entry {
    ProtobufCMessage base;
    tern_text        key;
    int32_t          value;
};
TERN_MESSAGE(demo_texts_letter_counts_entry);

// The entry of `headers` under `key`, or NULL.
static inline const demo_texts_letter_headers_entry *
demo_texts_letter_headers_get(const demo_texts_letter *m, tern_text key)
{
    return (const demo_texts_letter_headers_entry *)tern_message_find(m->headers, m->n_headers, &key);
}

// The entry of `notes` under `key`, or NULL.
static inline const demo_texts_letter_notes_entry *
demo_texts_letter_notes_get(const demo_texts_letter *m, int32_t key)
{
    return (const demo_texts_letter_notes_entry *)tern_message_find(m->notes, m->n_notes, &key);
}

// The entry of `counts` under `key`, or NULL.
static inline const demo_texts_letter_counts_entry *
demo_texts_letter_counts_get(const demo_texts_letter *m, tern_text key)
{
    return (const demo_texts_letter_counts_entry *)tern_message_find(m->counts, m->n_counts, &key);
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
// A member with a has_ beside it counts only when that is set as well; what is left out is
// absent, and reads as its default once it has been sent.
#define DEMO_TEXTS_LETTER(...) TERN_INITIAL(demo_texts_letter, __VA_ARGS__)
#define DEMO_TEXTS_LETTER_HEADERS_ENTRY(...)                                                       \
    TERN_LITERAL(demo_texts_letter_headers_entry, __VA_ARGS__)
#define DEMO_TEXTS_LETTER_NOTES_ENTRY(...) TERN_LITERAL(demo_texts_letter_notes_entry, __VA_ARGS__)
#define DEMO_TEXTS_LETTER_COUNTS_ENTRY(...)                                                        \
    TERN_LITERAL(demo_texts_letter_counts_entry, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
