// rpc/wire/h2/frame_internal.h: HTTP/2's frames by number, and the nine bytes before each (RFC 9113, sections 4
// and 7).
#ifndef RPC_WIRE_H2_FRAME_INTERNAL_H
#define RPC_WIRE_H2_FRAME_INTERNAL_H

#include <stdint.h>

#include <tern/block.h>

enum {
    H2_PREFACE_LEN = 24,
    H2_PREFIX_LEN = 9,
    H2_FIRST_WINDOW = 65535,
    H2_FIRST_TABLE = 4096,
    H2_MIN_FRAME = 16384,  // the largest frame that everybody takes
    H2_MAX_FRAME = (1 << 24) - 1,
    H2_MAX_WINDOW = INT32_MAX,
    H2_MAX_STREAM_ID = INT32_MAX,
};

typedef enum h2_kind {
    H2_DATA,
    H2_HEADERS,
    H2_PRIORITY,
    H2_RST_STREAM,
    H2_SETTINGS,
    H2_PUSH_PROMISE,
    H2_PING,
    H2_GOAWAY,
    H2_WINDOW_UPDATE,
    H2_CONTINUATION,
    H2_N_KINDS,
} h2_kind;

enum {
    H2_END_STREAM = 0x1,
    H2_ACK = 0x1,
    H2_END_HEADERS = 0x4,
    H2_PADDED = 0x8,
    H2_HAS_PRIORITY = 0x20,
};

typedef enum h2_error {
    H2_NO_ERROR,
    H2_PROTOCOL_ERROR,
    H2_INTERNAL_ERROR,
    H2_FLOW_CONTROL_ERROR,
    H2_SETTINGS_TIMEOUT,
    H2_STREAM_CLOSED,
    H2_FRAME_SIZE_ERROR,
    H2_REFUSED_STREAM,
    H2_CANCEL,
    H2_COMPRESSION_ERROR,
    H2_CONNECT_ERROR,
    H2_ENHANCE_YOUR_CALM,
    H2_INADEQUATE_SECURITY,
    H2_HTTP_1_1_REQUIRED,
} h2_error;

typedef struct h2_frame h2_frame;
struct h2_frame {
    uint32_t       len;  // of the payload
    uint8_t        kind, flags;
    uint32_t       stream;
    const uint8_t *payload;  // whole, but for DATA
    tern_block    *block;    // that it lies in
};

static inline uint32_t h2_get_u32(const uint8_t *p)
{
    return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint8_t *h2_put_u32(uint8_t *p, uint32_t v)
{
    const uint32_t big = __builtin_bswap32(v);

    __builtin_memcpy(p, &big, sizeof big);
    return p + sizeof big;
}

static inline void h2_get_prefix(const uint8_t *p, h2_frame *ret)
{
    ret->len = (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
    ret->kind = p[3];
    ret->flags = p[4];
    ret->stream = h2_get_u32(p + 5) & INT32_MAX;
}

static inline uint8_t *h2_put_prefix(uint8_t *p, size_t len, h2_kind kind, unsigned flags,
                                     uint32_t stream)
{
    h2_put_u32(p, (uint32_t)len << 8 | (uint32_t)kind);
    p[4] = (uint8_t)flags;
    return h2_put_u32(p + 5, stream);
}

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "h2_put_u32 turns the bytes round");

#endif
