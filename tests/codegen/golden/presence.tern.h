// presence.tern.h: made from presence.proto by protoc-gen-tern 0.1.0; changes belong into the .proto.
#ifndef PRESENCE_TERN_H
#define PRESENCE_TERN_H

#include <protobuf-c/protobuf-c.h>
#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

extern const tern_proto_file presence_proto_file;

typedef enum demo_old_level {
    DEMO_OLD_LEVEL_LOW = 3,
    DEMO_OLD_LEVEL_HIGH = 9,
} demo_old_level;
extern const ProtobufCEnumDescriptor demo_old_level_descriptor;

typedef enum demo_old_grade {
    DEMO_OLD_GRADE_NONE = 0,
    DEMO_OLD_GRADE_TOP = 9,
} demo_old_grade;
extern const ProtobufCEnumDescriptor demo_old_grade_descriptor;

typedef struct demo_old_defaults             demo_old_defaults;
typedef struct demo_old_required             demo_old_required;
typedef struct demo_old_lists                demo_old_lists;
typedef struct demo_old_lists_by_name_entry  demo_old_lists_by_name_entry;
typedef struct demo_old_open                 demo_old_open;
typedef struct demo_old_closed               demo_old_closed;
typedef struct demo_old_closed_by_name_entry demo_old_closed_by_name_entry;
typedef struct demo_old_answer               demo_old_answer;
typedef struct demo_old_answer_result        demo_old_answer_result;
typedef struct demo_old_answer_result_deep   demo_old_answer_result_deep;
typedef struct demo_old_answer_note          demo_old_answer_note;
typedef struct demo_old_answer_good          demo_old_answer_good;
typedef struct demo_old_answer_bad           demo_old_answer_bad;

struct demo_old_defaults {
    ProtobufCMessage base;
    // Reads as -5 when absent.
    protobuf_c_boolean has_count;
    int32_t            count;
    // Reads as -2147483648 when absent.
    protobuf_c_boolean has_lowest;
    int32_t            lowest;
    // Reads as -9223372036854775808 when absent.
    protobuf_c_boolean has_long_lowest;
    int64_t            long_lowest;
    // Reads as 4294967295 when absent.
    protobuf_c_boolean has_unsigned_most;
    uint32_t           unsigned_most;
    // Reads as 18446744073709551615 when absent.
    protobuf_c_boolean has_long_most;
    uint64_t           long_most;
    // Reads as 0.5 when absent.
    protobuf_c_boolean has_half;
    float              half;
    // Reads as 2 when absent.
    protobuf_c_boolean has_whole;
    float              whole;
    // Reads as 1e+300 when absent.
    protobuf_c_boolean has_large;
    double             large;
    // Reads as -inf when absent.
    protobuf_c_boolean has_endless;
    double             endless;
    // Reads as nan when absent.
    protobuf_c_boolean has_nothing;
    float              nothing;
    // Reads as true when absent.
    protobuf_c_boolean has_yes;
    protobuf_c_boolean yes;
    // Reads as "a \"quoted\" \\ \?\?/ text\012\011line" when absent.
    const char *text;
    // Reads as "\\000\\001\\377z1\\\"\?" when absent.
    protobuf_c_boolean  has_raw;
    ProtobufCBinaryData raw;
    protobuf_c_boolean  has_level;
    demo_old_level      level;
    // Reads as LEVEL_HIGH when absent.
    protobuf_c_boolean has_high;
    demo_old_level     high;
    const char        *plain;
    // Reads as -7 when absent.
    protobuf_c_boolean has_zigzag;
    int64_t            zigzag;
    // Reads as "" when absent.
    const char *none;
};
TERN_MESSAGE(demo_old_defaults);

struct demo_old_required {
    ProtobufCMessage    base;
    const char         *name;
    int32_t             count;
    demo_old_level      level;
    ProtobufCBinaryData data;
    demo_old_defaults  *inner;
    const char         *greeting;
};
TERN_MESSAGE(demo_old_required);

typedef enum demo_old_lists_choice_case {
    DEMO_OLD_LISTS_CHOICE_NOT_SET = 0,
    DEMO_OLD_LISTS_CHOICE_NUMBER = 5,
    DEMO_OLD_LISTS_CHOICE_WORD = 6,
    DEMO_OLD_LISTS_CHOICE_MESSAGE = 7,
} demo_old_lists_choice_case;

struct demo_old_lists {
    ProtobufCMessage               base;
    size_t                         n_unpacked;
    int32_t                       *unpacked;
    size_t                         n_packed;
    int32_t                       *packed;
    size_t                         n_levels;
    demo_old_level                *levels;
    size_t                         n_by_name;
    demo_old_lists_by_name_entry **by_name;
    demo_old_lists_choice_case     choice_case;
    union {
        int32_t            number;
        const char        *word;
        demo_old_required *message;
    };
};
TERN_MESSAGE(demo_old_lists);

// One entry of demo_old_lists.by_name.
struct demo_old_lists_by_name_entry {
    ProtobufCMessage   base;
    const char        *key;
    demo_old_required *value;
};
TERN_MESSAGE(demo_old_lists_by_name_entry);
static inline demo_old_lists_by_name_entry *
demo_old_lists_by_name_entry_literal_(demo_old_lists_by_name_entry *m)
{
    if (!m->key)
        m->key = protobuf_c_empty_string;
    return m;
}

struct demo_old_open {
    ProtobufCMessage   base;
    protobuf_c_boolean has_known;
    int32_t            known;
};
TERN_MESSAGE(demo_old_open);

typedef enum demo_old_closed_choice_case {
    DEMO_OLD_CLOSED_CHOICE_NOT_SET = 0,
    DEMO_OLD_CLOSED_CHOICE_CHOSEN = 4,
    DEMO_OLD_CLOSED_CHOICE_OTHER = 5,
} demo_old_closed_choice_case;

// Values that an enum does not know have no place in these.
struct demo_old_closed {
    ProtobufCMessage            base;
    protobuf_c_boolean          has_one;
    demo_old_level              one;
    size_t                      n_many;
    demo_old_level             *many;
    size_t                      n_packed;
    demo_old_level             *packed;
    demo_old_closed_choice_case choice_case;
    union {
        demo_old_level chosen;
        const char    *other;
    };
    size_t                          n_by_name;
    demo_old_closed_by_name_entry **by_name;
    demo_old_level                  must;
    protobuf_c_boolean              has_last;
    int32_t                         last;
};
TERN_MESSAGE(demo_old_closed);

// One entry of demo_old_closed.by_name.
struct demo_old_closed_by_name_entry {
    ProtobufCMessage base;
    const char      *key;
    demo_old_grade   value;
};
TERN_MESSAGE(demo_old_closed_by_name_entry);
static inline demo_old_closed_by_name_entry *
demo_old_closed_by_name_entry_literal_(demo_old_closed_by_name_entry *m)
{
    if (!m->key)
        m->key = protobuf_c_empty_string;
    return m;
}

typedef enum demo_old_answer_end_case {
    DEMO_OLD_ANSWER_END_NOT_SET = 0,
    DEMO_OLD_ANSWER_END_GOOD = 60,
    DEMO_OLD_ANSWER_END_BAD = 61,
} demo_old_answer_end_case;

struct demo_old_answer {
    ProtobufCMessage         base;
    size_t                   n_result;
    demo_old_answer_result **result;
    demo_old_answer_note    *note;
    demo_old_answer_end_case end_case;
    union {
        demo_old_answer_good *good;
        demo_old_answer_bad  *bad;
    };
};
TERN_MESSAGE(demo_old_answer);

struct demo_old_answer_result {
    ProtobufCMessage             base;
    const char                  *url;
    protobuf_c_boolean           has_rank;
    int32_t                      rank;
    demo_old_answer_result_deep *deep;
};
TERN_MESSAGE(demo_old_answer_result);

struct demo_old_answer_result_deep {
    ProtobufCMessage base;
    demo_old_answer *again;
};
TERN_MESSAGE(demo_old_answer_result_deep);

struct demo_old_answer_note {
    ProtobufCMessage base;
    const char      *text;
    size_t           n_marks;
    int32_t         *marks;
};
TERN_MESSAGE(demo_old_answer_note);

struct demo_old_answer_good {
    ProtobufCMessage   base;
    protobuf_c_boolean has_n;
    int32_t            n;
};
TERN_MESSAGE(demo_old_answer_good);

struct demo_old_answer_bad {
    ProtobufCMessage base;
    const char      *why;
};
TERN_MESSAGE(demo_old_answer_bad);

// The entry of `by_name` under `key`, or NULL.
static inline const demo_old_lists_by_name_entry *
demo_old_lists_by_name_get(const demo_old_lists *m, const char *key)
{
    return (const demo_old_lists_by_name_entry *)tern_message_find(m->by_name, m->n_by_name, key);
}

// The entry of `by_name` under `key`, or NULL.
static inline const demo_old_closed_by_name_entry *
demo_old_closed_by_name_get(const demo_old_closed *m, const char *key)
{
    return (const demo_old_closed_by_name_entry *)tern_message_find(m->by_name, m->n_by_name, key);
}

// Pointers to messages with the given fields set: X(.name = "a", .count = 1).
// A member with a has_ beside it counts only when that is set as well; what is left out is
// absent, and reads as its default once it has been sent.
#define DEMO_OLD_DEFAULTS(...)             TERN_LITERAL(demo_old_defaults, __VA_ARGS__)
#define DEMO_OLD_REQUIRED(...)             TERN_LITERAL(demo_old_required, __VA_ARGS__)
#define DEMO_OLD_LISTS(...)                TERN_LITERAL(demo_old_lists, __VA_ARGS__)
#define DEMO_OLD_LISTS_BY_NAME_ENTRY(...)  TERN_INITIAL(demo_old_lists_by_name_entry, __VA_ARGS__)
#define DEMO_OLD_OPEN(...)                 TERN_LITERAL(demo_old_open, __VA_ARGS__)
#define DEMO_OLD_CLOSED(...)               TERN_LITERAL(demo_old_closed, __VA_ARGS__)
#define DEMO_OLD_CLOSED_BY_NAME_ENTRY(...) TERN_INITIAL(demo_old_closed_by_name_entry, __VA_ARGS__)
#define DEMO_OLD_ANSWER(...)               TERN_LITERAL(demo_old_answer, __VA_ARGS__)
#define DEMO_OLD_ANSWER_RESULT(...)        TERN_LITERAL(demo_old_answer_result, __VA_ARGS__)
#define DEMO_OLD_ANSWER_RESULT_DEEP(...)   TERN_LITERAL(demo_old_answer_result_deep, __VA_ARGS__)
#define DEMO_OLD_ANSWER_NOTE(...)          TERN_LITERAL(demo_old_answer_note, __VA_ARGS__)
#define DEMO_OLD_ANSWER_GOOD(...)          TERN_LITERAL(demo_old_answer_good, __VA_ARGS__)
#define DEMO_OLD_ANSWER_BAD(...)           TERN_LITERAL(demo_old_answer_bad, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
