// tern/message.h: what every generated message can do. Messages are plain structs on protobuf-c's
// descriptors; these functions work on any of them. Knows nothing of calls.
//
// Lifetime:  a message from _unpack, or given by a call, is one allocation: T_free, or TERN_AUTO(T),
//            releases all of it, on any thread. One that you fill in yourself owns nothing: its
//            pointers are yours. _free is for the first kind only.
// Threads:   none. A message that nobody changes may be read by many.
// Invariant: the first member of a message, `base`, names its descriptor; the constructor macros and
//            T_init see to it.
//
//   uint8_t buf[64];
//   ssize_t len = demo_point_pack(DEMO_POINT(.x = 1, .y = 2), buf, sizeof buf);
//   ...
//   TERN_AUTO(demo_point) *p = demo_point_unpack(buf, (size_t)len);
//   if (!p)
//       return -EPROTO;
#ifndef TERN_MESSAGE_H
#define TERN_MESSAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ProtobufCMessageDescriptor;

// A string with its length, which may hold NULs and ends with none: what a `string` with the option
// (tern.text) is. Without it a `string` is a `const char *`, and one with a NUL inside is refused.
typedef struct tern_text tern_text;
struct tern_text {
    size_t      len;
    const char *data;  // may be NULL if `len` is 0
};

// Of a C string; NULL is the empty one.
static inline tern_text tern_text_of(const char *s)
{
    tern_text text = { s ? strlen(s) : 0, s };

    return text;
}

// ---- for generated code --------------------------------------------------

// Sets every field to its default: 0, "", or what the .proto says. Allocates nothing.
TERN_API void tern_message_init(const struct ProtobufCMessageDescriptor *type, void *ret_message);

// The bytes that tern_message_pack will write; 0 if it would fail for another reason than -ENOBUFS or -EILSEQ.
TERN_API size_t tern_message_size(const struct ProtobufCMessageDescriptor *type,
                                  const void                              *message);

// Serialises into `buf`. The number of bytes, or, with nothing written: -ENOBUFS (they do not fit); what
// unpacking would refuse: -EILSEQ (a string is not UTF-8), -EINVAL (a required string or message is NULL),
// -EMSGSIZE (nested too deeply, or 2 GiB); -ENOMEM. Here and wherever a message is sent, a member that is set while
// the has_ beside it is not, or the case of its oneof, is an assertion in debug builds: it would be lost.
TERN_API TERN_NODISCARD ssize_t tern_message_pack(const struct ProtobufCMessageDescriptor *type,
                                                  const void *message, void *buf, size_t len);

// A new message, or NULL: the bytes are no such message, or there is no memory. Fields that the
// descriptor does not know are kept and packed again.
TERN_API TERN_NODISCARD void *tern_message_unpack(const struct ProtobufCMessageDescriptor *type,
                                                  const void *data, size_t len);

// Why bytes are no such message. Nothing to free.
typedef struct tern_unpack_error tern_unpack_error;
struct tern_unpack_error {
    int         err;        // -EBADMSG; -ENOMEM or -EDQUOT: there is no memory for it
    const char *message;    // the innermost message that it is in: "demo.Item"
    const char *field;      // "name", or NULL: the bytes between fields
    char        text[224];  // "demo.Order.items[3].name: not UTF-8"
};

// The same as tern_message_unpack, and says why it gives NULL.
TERN_API TERN_NODISCARD void *tern_message_unpack_why(const struct ProtobufCMessageDescriptor *type,
                                                      const void *data, size_t len,
                                                      tern_unpack_error *ret_why);

// A copy that stands alone, as one from tern_message_unpack; NULL: it could not be packed, or no memory.
TERN_API TERN_NODISCARD void *tern_message_clone(const struct ProtobufCMessageDescriptor *type,
                                                 const void                              *message);

// Whether both say the same: the same fields are set, to the same values by their bits; entries of maps may be in
// any order. Unknown fields count. Two NULLs are equal.
TERN_API bool tern_message_equal(const struct ProtobufCMessageDescriptor *type, const void *a,
                                 const void *b);

// As one line of protobuf's text format, for logs and debuggers: `name: "Ada" year: 1815`. Cut to `size` and
// always ended; returns the length that it needs.
TERN_API size_t tern_message_print(const struct ProtobufCMessageDescriptor *type,
                                   const void *message, char *buf, size_t size);

// Accepts NULL.
TERN_API void tern_message_free(const struct ProtobufCMessageDescriptor *type, void *message);

// The entry of a map under `*key` (for a map with C strings as keys: under `key`), or NULL. Linear in the
// number of entries. Of entries with the same key the last one counts; what was decoded has only that.
TERN_API const void *tern_message_find(const void *entries, size_t n_entries, const void *key);

// What protobuf-c's descriptors have no place for: in `reserved_flags` of a field. Its `reserved2` is its name in JSON,
// a C string, where that is not simply its own in lowerCamelCase.
#define TERN_FIELD_ANY_BYTES 1u  // proto2's strings; all others have to be UTF-8
#define TERN_FIELD_TEXT      2u  // a tern_text, of PROTOBUF_C_TYPE_BYTES
#define TERN_FIELD_CLOSED                                                                          \
    4u                       // an enum of proto2, or a map of them: other values are unknown fields
#define TERN_FIELD_MAP   8u  // its messages are the entries of a map
#define TERN_FIELD_GROUP 16u  // a message between two tags, as proto2's groups are

// ---- what a message header says ------------------------------------------

// Declares, for a message type T:
//   void    T_init(T *m)                                    defaults everywhere
//   size_t  T_size(const T *m)                              bytes that T_pack writes
//   ssize_t T_pack(const T *m, void *buf, size_t len)       bytes written, or -errno
//   T      *T_unpack(const void *data, size_t len)          NULL: malformed, or no memory
//   T      *T_unpack_why(data, len, tern_unpack_error *ret_why)   the same, and why
//   T      *T_clone(const T *m)                             a copy that stands alone
//   bool    T_equal(const T *a, const T *b)
//   size_t  T_print(const T *m, char *buf, size_t size)     one line of text, as snprintf
//   void    T_free(T *m)                                    accepts NULL
//   TERN_AUTO(T) *m                                         T_free at the end of the scope
#define TERN_MESSAGE(type)                                                                         \
    extern const struct ProtobufCMessageDescriptor type##_descriptor;                              \
    static inline void   type##_init(type *m) { tern_message_init(&type##_descriptor, m); }        \
    static inline size_t type##_size(const type *m)                                                \
    {                                                                                              \
        return tern_message_size(&type##_descriptor, m);                                           \
    }                                                                                              \
    TERN_NODISCARD static inline ssize_t type##_pack(const type *m, void *buf, size_t len)         \
    {                                                                                              \
        return tern_message_pack(&type##_descriptor, m, buf, len);                                 \
    }                                                                                              \
    TERN_NODISCARD static inline type *type##_unpack(const void *data, size_t len)                 \
    {                                                                                              \
        return (type *)tern_message_unpack(&type##_descriptor, data, len);                         \
    }                                                                                              \
    TERN_NODISCARD static inline type *type##_unpack_why(const void *data, size_t len,             \
                                                         tern_unpack_error *ret_why)               \
    {                                                                                              \
        return (type *)tern_message_unpack_why(&type##_descriptor, data, len, ret_why);            \
    }                                                                                              \
    TERN_NODISCARD static inline type *type##_clone(const type *m)                                 \
    {                                                                                              \
        return (type *)tern_message_clone(&type##_descriptor, m);                                  \
    }                                                                                              \
    static inline bool type##_equal(const type *a, const type *b)                                  \
    {                                                                                              \
        return tern_message_equal(&type##_descriptor, a, b);                                       \
    }                                                                                              \
    static inline size_t type##_print(const type *m, char *buf, size_t size)                       \
    {                                                                                              \
        return tern_message_print(&type##_descriptor, m, buf, size);                               \
    }                                                                                              \
    static inline void type##_free(type *m) { tern_message_free(&type##_descriptor, m); }          \
    static inline void type##_auto_(type **m) { type##_free(*m); }                                 \
    struct type /* the semicolon is the caller's */

// The same for a message of protoc-gen-c that a call has given: its own _free_unpacked would not know
// that it is one allocation.
#define TERN_FOREIGN_MESSAGE(type, descriptor)                                                     \
    static inline void type##_free(type *m) { tern_message_free(&descriptor, m); }                 \
    static inline void type##_auto_(type **m) { type##_free(*m); }                                 \
    struct type /* the semicolon is the caller's */

// A pointer to an unnamed message with the given fields set, which lives as long as the block it
// stands in. Only `base` is preset, so that no field is initialised twice: what is left out is zero,
// which packs as absent.
#ifndef __cplusplus
#define TERN_LITERAL(type, ...) (&(type){ .base = { &type##_descriptor, 0, NULL }, __VA_ARGS__ })
#else
// C++ has no such literals: there it lives to the end of the statement, as an argument does. Members come in the
// order of the struct; those of a oneof are set afterwards. Designators are of C++20, and gcc and clang know them
// in every C++: they would only say so. Nor are they to complain of what is left out: it is meant.
#define TERN_LITERAL(type, ...)                                                                    \
    (tern_literal_of([&]() {                                                                       \
        _Pragma("GCC diagnostic push");                                                            \
        _Pragma("GCC diagnostic ignored \"-Wpragmas\"");                                           \
        _Pragma("GCC diagnostic ignored \"-Wpedantic\"");                                          \
        _Pragma("GCC diagnostic ignored \"-Wc++20-extensions\"");                                  \
        _Pragma("GCC diagnostic ignored \"-Wmissing-field-initializers\"");                        \
        _Pragma("GCC diagnostic ignored \"-Wshadow\""); /* one within another */                   \
        type message_ = type{ __VA_ARGS__ };                                                       \
        _Pragma("GCC diagnostic pop");                                                             \
        message_.base.descriptor = &type##_descriptor;                                             \
        return message_;                                                                           \
    }()))
extern "C++" template <typename T> inline T *tern_literal_of(T &&message) { return &message; }
#endif
// The same, of a message with strings: those that are left out are "", as after X_init.
#define TERN_INITIAL(type, ...) type##_literal_(TERN_LITERAL(type, __VA_ARGS__))

// ---- a .proto file, for reflection ---------------------------------------

typedef struct tern_proto_file tern_proto_file;
struct tern_proto_file {
    const char    *name;   // "demo/greeter.proto"
    const uint8_t *bytes;  // a serialised FileDescriptorProto; NULL: descriptors=none
    size_t         len;
    const tern_proto_file *const *imports;  // all, but for those that the library has itself
    size_t                        n_imports;
};

#ifdef __cplusplus
}
#endif

#endif
