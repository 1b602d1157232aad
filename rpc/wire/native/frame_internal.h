// rpc/wire/native/frame_internal.h: what a native frame looks like: prefix, kinds, flags, codes.
// docs/wire.md is the specification. Knows nothing of an engine.
#ifndef RPC_WIRE_NATIVE_FRAME_INTERNAL_H
#define RPC_WIRE_NATIVE_FRAME_INTERNAL_H

#include <endian.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tern/base.h>
#include <tern/block.h>

enum {
    PREFACE_LEN = 8,
    PREFIX_LEN = 12,
    MAX_HEAD = UINT16_MAX,
};

#define LAST_STREAM_ID UINT32_C(0xc0000000)

typedef enum frame_kind {
    KIND_SETTINGS,
    KIND_OPEN,
    KIND_HEADERS,
    KIND_DATA,
    KIND_CLOSE,
    KIND_RESET,
    KIND_WINDOW,
    KIND_PING,
    KIND_GOAWAY,
    N_KINDS,
} frame_kind;

enum frame_flag {
    FLAG_MESSAGE = 1,
    FLAG_END = 2,
    FLAG_MORE = 4,
    FLAG_COMPRESSED = 8,
    FLAG_ACK = 16,
    KNOWN_FLAGS = 31,
};

// Codes of GOAWAY.
enum goaway_code {
    GOAWAY_SHUTDOWN = 0,
    GOAWAY_PROTOCOL_ERROR = 1,
    GOAWAY_FLOOD = 2,
    GOAWAY_OUT_OF_MEMORY = 3
};

// A frame that came, whole; `block` is what it lies in.
typedef struct frame frame;
struct frame {
    uint32_t       size, stream;
    uint16_t       head_len;
    uint8_t        kind, flags;
    const uint8_t *head, *body;
    size_t         body_len;
    tern_block    *block;
};

static inline uint32_t terni_frame_read_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

// Member by member: a struct put together and then copied waits for its own stores.
static inline void terni_frame_read_prefix(const uint8_t *p, frame *ret)
{
    ret->size = terni_frame_read_u32(p);
    ret->stream = terni_frame_read_u32(p + 4);
    ret->head_len = (uint16_t)(p[8] << 8 | p[9]);
    ret->kind = p[10];
    ret->flags = p[11];
}

// What is put goes to `p`, and the byte behind it is returned.
static inline uint8_t *terni_frame_put_u32(uint8_t *p, uint32_t v)
{
    v = htobe32(v);
    memcpy(p, &v, sizeof v);
    return p + sizeof v;
}

static inline uint8_t *terni_frame_put_prefix(uint8_t *p, frame_kind kind, unsigned flags,
                                              uint32_t stream, size_t head_len, size_t body_len)
{
    TERN_DEBUG_ASSERT(kind < N_KINDS && !(flags & ~(unsigned)KNOWN_FLAGS));
    TERN_DEBUG_ASSERT(head_len <= MAX_HEAD && body_len <= UINT32_MAX - head_len);
    p = terni_frame_put_u32(p, (uint32_t)(head_len + body_len));
    p = terni_frame_put_u32(p, stream);
    p[0] = (uint8_t)(head_len >> 8);
    p[1] = (uint8_t)head_len;
    p[2] = (uint8_t)kind;
    p[3] = (uint8_t)flags;
    return p + 4;
}

#endif
