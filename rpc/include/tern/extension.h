// tern/extension.h: extensions (`extend`) of generated messages. One lies among the unknown fields of its
// message, as it came; its generated type, a message with that field alone, reads and writes it.
// Knows nothing of calls.
//
// Lifetime:  what _get gives is a message like one from _unpack: T_free, or TERN_AUTO(T). What _set has put
//            into a message lies in the caller's buffer and needs it as long.
// Threads:   none.
//
//   TERN_AUTO(demo_nick) *nick = demo_nick_get(open);         // extend Open { optional string nick = 100; }
//   if (nick && nick->nick)
//       puts(nick->nick);
//   ...
//   uint8_t room[256];
//   ssize_t used = demo_nick_set(&open, DEMO_NICK(.nick = "Ada"), room, sizeof room);
#ifndef TERN_EXTENSION_H
#define TERN_EXTENSION_H

#include <stdbool.h>

#include <tern/message.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_extension tern_extension;
struct tern_extension {
    const char                              *extendee;  // "demo.Open"
    const struct ProtobufCMessageDescriptor *type;      // the message with the one field
};

// Whether it has come, or was set.
TERN_API bool tern_extension_has(const tern_extension *x, const void *message);

// A new message of x->type, its field absent if the extension is. NULL: what came is malformed, or no memory.
TERN_API TERN_NODISCARD void *tern_extension_get(const tern_extension *x, const void *message);

// Replaces the extension of `message` by what `value`, of x->type, holds; puts it into `buf`, which is the
// message's from then on. The bytes of `buf` that it took, or -ENOBUFS (it is as it was), or as
// tern_message_pack.
TERN_API TERN_NODISCARD ssize_t tern_extension_set(const tern_extension *x, void *message,
                                                   const void *value, void *buf, size_t len);

// Takes it out.
TERN_API void tern_extension_clear(const tern_extension *x, void *message);

// Declares, for an extension with the type T of a message E:
//   bool    T_has(const E *m)
//   T      *T_get(const E *m)
//   ssize_t T_set(E *m, const T *value, void *buf, size_t len)
//   void    T_clear(E *m)
#define TERN_EXTENSION(type, extendee)                                                             \
    extern const tern_extension type##_extension;                                                  \
    struct extendee;                                                                               \
    static inline bool type##_has(const struct extendee *m)                                        \
    {                                                                                              \
        return tern_extension_has(&type##_extension, m);                                           \
    }                                                                                              \
    TERN_NODISCARD static inline type *type##_get(const struct extendee *m)                        \
    {                                                                                              \
        return (type *)tern_extension_get(&type##_extension, m);                                   \
    }                                                                                              \
    TERN_NODISCARD static inline ssize_t type##_set(struct extendee *m, const type *value,         \
                                                    void *buf, size_t len)                         \
    {                                                                                              \
        return tern_extension_set(&type##_extension, m, value, buf, len);                          \
    }                                                                                              \
    static inline void type##_clear(struct extendee *m)                                            \
    {                                                                                              \
        tern_extension_clear(&type##_extension, m);                                                \
    }                                                                                              \
    struct type /* the semicolon is the caller's */

#ifdef __cplusplus
}
#endif

#endif
