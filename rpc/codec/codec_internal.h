// rpc/codec/codec_internal.h: messages to bytes and back: a decoder into an arena and an encoder into a
// LinkBuffer, driven by tables made once from protobuf-c's descriptors. Knows nothing of calls,
// frames or compression.
//
// Lifetime:  plans live until terni_plan_cleanup. A decoded message lives as long as its arena, an
//            owned one until terni_codec_free.
// Threads:   plans may be fetched and used from any thread. Arenas and LinkBuffers: see there.
// Failure:   -EBADMSG for bytes that are no such message, -EMSGSIZE for a message that cannot be
//            encoded (too large, too deep), the arena's error, or -ENOMEM; details in
//            terni_codec_error. Nothing is left behind but what the arena already handed out.
//
//   const terni_plan *plan = terni_plan_get(&demo_hello_request__descriptor);
//   err = terni_codec_decode(plan, &frame, &call->arena, TERNI_DECODE_DEFAULT, &request, &why);
//   ...
//   terni_encoding e;
//   err = terni_codec_measure(&e, plan, reply, NULL);    // e.size is known from here on
//   err = terni_codec_write(&e, &out);
//
// What the decoder accepts and makes of it is what protobuf-c 1.4 does, but for these:
//  - it refuses strings that are not UTF-8 (protobuf-c's descriptors do not tell proto2 from
//    proto3, so in both, unless TERNI_DECODE_RAW_STRINGS), strings with a NUL inside, which a C string
//    would end at, more than TERN_MAX_NESTING levels, field numbers above 2^29 - 1 and lengths above
//    2^31 - 1;
//  - -0.0 is a value: a float or double is absent if none of its bits is set;
//  - groups are kept, with all that is in them, as unknown fields of wire type 3; they nest no deeper
//    than messages;
//  - a known field with another field's wire type is kept as an unknown one;
//  - a message field that occurs twice is merged as the protobuf specification says: protobuf-c
//    forgets the first one's implicit scalars, and everything when the field is in a oneof.
#ifndef RPC_CODEC_CODEC_INTERNAL_H
#define RPC_CODEC_CODEC_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/block.h>
#include <tern/linkbuf.h>

#include "rpc/base/arena_internal.h"

struct ProtobufCMessage;
struct ProtobufCMessageDescriptor;
struct ProtobufCFieldDescriptor;

enum {
    TERN_MAX_NESTING = 100,           // messages within messages; the outermost is level 0
    TERN_MAX_ENCODED = INT32_MAX,     // protobuf's own limit
    TERNI_CODEC_LINK_MIN = 16 << 10,  // bytes and strings from here on may be linked, not copied
    TERNI_CODEC_MAX_BOUND = TERN_BLOCK_MEDIUM,  // of messages that need no measuring
    TERNI_CODEC_HOLD_MIN = 64 << 10,  // an owned message holds bytes from here on in a shared block
};

// ---- plans ---------------------------------------------------------------

typedef struct terni_plan terni_plan;

// The plan of a message type, made by the first caller; NULL when there is no memory. Takes a hash
// look-up: keep the pointer where it is needed often.
const terni_plan *terni_plan_get(const struct ProtobufCMessageDescriptor *desc);
// A message with every field at its default, in the arena; NULL when that has no memory.
struct ProtobufCMessage *terni_codec_new(const terni_plan *plan, terni_arena *a);
// Frees all plans; none may be in use. For tests, and before tern_mem_set.
void terni_plan_cleanup(void);

// ---- errors --------------------------------------------------------------

typedef enum terni_codec_fault {
    TERNI_CODEC_FINE,
    TERNI_CODEC_NO_MEMORY,
    TERNI_CODEC_TRUNCATED,
    TERNI_CODEC_BAD_VARINT,
    TERNI_CODEC_BAD_TAG,
    TERNI_CODEC_BAD_FIELD_NUMBER,
    TERNI_CODEC_BAD_WIRE_TYPE,
    TERNI_CODEC_BAD_GROUP,
    TERNI_CODEC_BAD_LENGTH,
    TERNI_CODEC_BAD_PACKED,
    TERNI_CODEC_BAD_UTF8,
    TERNI_CODEC_HAS_NUL,
    TERNI_CODEC_MISSING,
    TERNI_CODEC_TOO_DEEP,
    TERNI_CODEC_TOO_LARGE,
} terni_codec_fault;

// What is wrong, and in which field of which message, the innermost; either may be NULL. And the way there
// from the outermost. Nothing to free; only `fault` is set where nothing is wrong.
typedef struct terni_codec_error terni_codec_error;
struct terni_codec_error {
    terni_codec_fault                        fault;
    const struct ProtobufCMessageDescriptor *message;
    const struct ProtobufCFieldDescriptor   *field;
    const struct ProtobufCMessageDescriptor *outermost;
    bool                                     is_cut;  // the path has more in front
    char                                     path[128];
};

// Of something in that message, with no field yet.
void terni_codec_error_set(terni_codec_error *ret_error, terni_codec_fault fault,
                           const struct ProtobufCMessageDescriptor *message);
// On the way out: what is wrong is in that field of `message`, in element `index` of it (SIZE_MAX: it is none).
void terni_codec_error_within(terni_codec_error                       *e,
                              const struct ProtobufCMessageDescriptor *message,
                              const struct ProtobufCFieldDescriptor *field, size_t index);

// "demo.Order.items[3].name: not UTF-8". Cut to `size` and always ended; returns the length it needs.
size_t terni_codec_error_print(const terni_codec_error *e, char *text, size_t size);

// ---- decoding ------------------------------------------------------------

typedef enum terni_decode_flags {
    TERNI_DECODE_DEFAULT = 0,
    TERNI_DECODE_RAW_STRINGS = 1,  // strings need not be UTF-8
} terni_decode_flags;

// Decodes all of `in` as one message and leaves `in` as it is (but in one piece). `bytes` and
// unknown fields point into its block, which the arena then holds. `ret_error` may be NULL.
TERN_NODISCARD int terni_codec_decode(const terni_plan *plan, tern_linkbuf *in, terni_arena *a,
                                      terni_decode_flags flags, struct ProtobufCMessage **ret_msg,
                                      terni_codec_error *ret_error);

// The same from `len` bytes within `block`; without a block everything is copied.
typedef struct terni_codec_input terni_codec_input;
struct terni_codec_input {
    const uint8_t *data;
    size_t         len;
    tern_block    *block;  // may be NULL
};
TERN_NODISCARD int terni_codec_decode_piece(const terni_plan *plan, const terni_codec_input *in,
                                            terni_arena *a, terni_decode_flags flags,
                                            struct ProtobufCMessage **ret_msg,
                                            terni_codec_error        *ret_error);

// Decodes into memory of the message's own: one allocation where the guess at its size holds. It
// may outlive channel and poller, and any thread may free it.
TERN_NODISCARD int terni_codec_decode_owned(const terni_plan *plan, const terni_codec_input *in,
                                            size_t max_bytes, terni_decode_flags flags,
                                            struct ProtobufCMessage **ret_msg,
                                            terni_codec_error        *ret_error);
// Frees what terni_codec_decode_owned gave; accepts NULL.
void terni_codec_free(struct ProtobufCMessage *msg);

// ---- encoding ------------------------------------------------------------

// Zero is the default: everything is copied.
typedef struct terni_encode_opts terni_encode_opts;
struct terni_encode_opts {
    // The message's memory stays until it is released: bytes and strings of TERNI_CODEC_LINK_MIN
    // and more are linked. terni_codec_write sees to it that `release` runs once for each of them
    // (terni_encoding.n_large), when its last byte has left or, with NULL, because it failed.
    bool                   is_linking;
    tern_block_release_fn *release;
    void                  *release_arg;
    // Otherwise what lies in a block that this arena has on hold, as a message that is passed on does,
    // is linked by a reference to its block. May be NULL.
    const terni_arena *holder;
};

// A message that was measured and waits to be written; the message must not change in between. On
// the stack; owns nothing once it is written or terni_encoding_done.
typedef struct terni_encoding terni_encoding;
struct terni_encoding {
    size_t                         size;  // of the encoded message
    const terni_plan              *plan;
    const struct ProtobufCMessage *msg;
    const terni_encode_opts       *opts;     // borrowed until the message is written
    size_t                         n_large;  // strings and bytes of TERNI_CODEC_LINK_MIN or more
    size_t                         n_large_bytes;
    uint32_t                      *lens;  // of strings and messages, in writing order
    uint32_t                       n_lens, cap_lens;
    terni_codec_fault              fault;
    uint32_t                       inline_lens[96];
};

// 0, -EMSGSIZE or -ENOMEM; then there is nothing to be done away with.
TERN_NODISCARD int terni_codec_measure(terni_encoding *e, const terni_plan *plan,
                                       const struct ProtobufCMessage *msg,
                                       const terni_encode_opts       *opts);
// Appends the message to `out`: e->size bytes, or -ENOMEM and none. Ends the encoding.
TERN_NODISCARD int terni_codec_write(terni_encoding *e, tern_linkbuf *out);
// The same into e->size bytes at `dst`. Ends the encoding.
void terni_codec_write_flat(terni_encoding *e, uint8_t *dst);
void terni_encoding_done(terni_encoding *e);

// What the decoder would refuse: -EILSEQ (a string is not UTF-8), -EINVAL (a required field is NULL),
// -EMSGSIZE (too deep), or 0.
TERN_NODISCARD int terni_codec_check(const terni_plan *plan, const struct ProtobufCMessage *msg);

// Short messages of scalars, strings and bytes alone, as most are, need not be measured: at most how
// many bytes this one comes to, or 0 for any other.
size_t terni_codec_bound(const terni_plan *plan, const struct ProtobufCMessage *msg);
// Writes such a message to that much room; returns the byte behind it.
uint8_t *terni_codec_write_bounded(const terni_plan *plan, const struct ProtobufCMessage *msg,
                                   uint8_t *dst);

#endif
