// tern/json.h: messages as JSON and back, by protobuf's own mapping (https://protobuf.dev/programming-guides/json),
// in a library of its own (-ltern-json). Driven by the descriptors of generated code. Knows nothing of calls.
//
// Lifetime:  values; what tern_json_decode gives is a message like one from _unpack: T_free, or TERN_AUTO(T).
// Threads:   any. What is looked up once for a type of message stays until the process ends.
// Invariant: what is encoded is decoded to an equal message, but for unknown fields, which JSON has no place for.
//
//   tern_json_error why;
//   demo_point     *p = tern_json_decode(&demo_point_descriptor, text, strlen(text), NULL, &why);
//   if (!p)
//       return fprintf(stderr, "%s\n", why.text);   // 1:7: demo.Point.x: not a number
//   ...
//   tern_linkbuf out;
//   tern_linkbuf_init(&out, NULL);
//   err = tern_json_encode(&demo_point_descriptor, p, &out, &(tern_json_opts){ .indent = 2 }, NULL);
#ifndef TERN_JSON_H
#define TERN_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/extension.h>
#include <tern/linkbuf.h>
#include <tern/opts.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TERN_JSON_MAX_DEPTH =
        100,  // messages within messages, entries of maps among them, as everywhere
    TERN_JSON_MAX_BYTES = 64 * 1024 * 1024,  // of text
    TERN_JSON_MAX_INDENT = 16,
};

// Zero is the default everywhere.
typedef struct tern_json_opts tern_json_opts;
struct tern_json_opts {
    // Of what is encoded:
    bool keeps_names;      // as they are in the .proto, not in lowerCamelCase
    bool prints_defaults;  // also fields without presence that are 0, "" or empty
    bool prints_numbers;   // enums by number
    // Of what is decoded:
    bool ignores_unknown;  // members that no field has, and names that an enum does not have
    // Of what is encoded: spaces for a level, at most TERN_JSON_MAX_INDENT; 0: all in one line.
    unsigned indent;
    unsigned max_depth;  // at most TERN_JSON_MAX_DEPTH; 0: that
    size_t   max_bytes;  // of text that is read or written; 0: TERN_JSON_MAX_BYTES
    // Which messages a google.protobuf.Any may hold.
    const struct ProtobufCMessageDescriptor *const *types;
    size_t                                          n_types;
    // The extensions that are known; others are unknown fields.
    const tern_extension *const *extensions;
    size_t                       n_extensions;
};

// Why a text is no such message, or a message has no text. Nothing to free.
typedef struct tern_json_error tern_json_error;
struct tern_json_error {
    // -EBADMSG: the text is wrong; -EMSGSIZE: beyond a limit; -EILSEQ: a string is not UTF-8; -EINVAL: a message
    // that has no JSON, as one without a required field; -ENOENT: an Any of a type that is not among `types`;
    // -ENOMEM; -E2BIG: options that this library does not know.
    int      err;
    unsigned line, column;  // from 1, in bytes; 0 if a message was encoded
    char     text[256];     // "3:14: demo.Order.items[2].name: not UTF-8"
};

// ---- encoding ------------------------------------------------------------

TERN_API TERN_NODISCARD int tern_json_encode_sized(const struct ProtobufCMessageDescriptor *type,
                                                   const void *message, tern_linkbuf *out,
                                                   const tern_json_opts *opts,
                                                   tern_json_error *ret_why, uint64_t sizes);
// Appends `message` to `out`. `opts` and `ret_why` may be NULL. 0, or ret_why->err, with `out` as it was.
TERN_NODISCARD static inline int tern_json_encode(const struct ProtobufCMessageDescriptor *type,
                                                  const void *message, tern_linkbuf *out,
                                                  const tern_json_opts *opts,
                                                  tern_json_error      *ret_why)
{
    return tern_json_encode_sized(type, message, out, opts, ret_why, TERN_SIZE(0, tern_json_opts));
}

// ---- decoding ------------------------------------------------------------

TERN_API TERN_NODISCARD void *tern_json_decode_sized(const struct ProtobufCMessageDescriptor *type,
                                                     const void *text, size_t len,
                                                     const tern_json_opts *opts,
                                                     tern_json_error *ret_why, uint64_t sizes);
// A new message out of `len` bytes of UTF-8, which need not end with a NUL; or NULL. `opts` and `ret_why` may be
// NULL.
TERN_NODISCARD static inline void *tern_json_decode(const struct ProtobufCMessageDescriptor *type,
                                                    const void *text, size_t len,
                                                    const tern_json_opts *opts,
                                                    tern_json_error      *ret_why)
{
    return tern_json_decode_sized(type, text, len, opts, ret_why, TERN_SIZE(0, tern_json_opts));
}

TERN_API TERN_NODISCARD void *
tern_json_decode_linkbuf_sized(const struct ProtobufCMessageDescriptor *type, tern_linkbuf *in,
                               const tern_json_opts *opts, tern_json_error *ret_why,
                               uint64_t sizes);
// The same out of all that is in `in`, which stays as it is, but in one piece.
TERN_NODISCARD static inline void *
tern_json_decode_linkbuf(const struct ProtobufCMessageDescriptor *type, tern_linkbuf *in,
                         const tern_json_opts *opts, tern_json_error *ret_why)
{
    return tern_json_decode_linkbuf_sized(type, in, opts, ret_why, TERN_SIZE(0, tern_json_opts));
}

#ifdef __cplusplus
}
#endif

#endif
