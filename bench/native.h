// bench/native.h: what the two halves of Tern's wire in the generator share: native.c writes requests,
// native_replies.c reads what comes back. Independent of rpc/: docs/wire.md is the source of both.
#ifndef BENCH_NATIVE_H
#define BENCH_NATIVE_H

#include <endian.h>
#include <string.h>

#include "bench/protocol.h"

enum {
    NATIVE_PREFIX = 12,
    NATIVE_ID_LEN = 6,  // tag and varint of an EchoMessage's id, see native_put_id
    NATIVE_MAX_FRAME = 1024 * 1024 + 64 * 1024,
    NATIVE_WINDOW = 1 << 30,  // ours, both: replies are never held back
};

enum native_kind {
    NATIVE_SETTINGS = 0,
    NATIVE_OPEN = 1,
    NATIVE_DATA = 3,
    NATIVE_CLOSE = 4,
    NATIVE_RESET = 5,
    NATIVE_WINDOW_KIND = 6,
    NATIVE_PING = 7,
    NATIVE_GOAWAY = 8,
};

enum native_flag { NATIVE_MESSAGE = 1, NATIVE_END = 2, NATIVE_MORE = 4, NATIVE_ACK = 16 };

static inline uint8_t *native_put_varint(uint8_t *p, uint64_t value)
{
    for (; value > 0x7f; value >>= 7)
        *p++ = (uint8_t)(value | 0x80);
    *p++ = (uint8_t)value;
    return p;
}

static inline uint8_t *native_put_prefix(uint8_t *p, size_t head_len, size_t body_len,
                                         uint32_t stream, uint8_t kind, uint8_t flags)
{
    const uint32_t words[2] = { htobe32((uint32_t)(head_len + body_len)), htobe32(stream) };
    const uint16_t head = htobe16((uint16_t)head_len);

    memcpy(p, words, sizeof words);
    memcpy(p + 8, &head, sizeof head);
    p[10] = kind;
    p[11] = flags;
    return p + NATIVE_PREFIX;
}

// The ids of calls start where their varints have five bytes: so all messages are equally long, and the
// reply as a re-encoded message as well.
static inline void native_put_id(uint8_t id[NATIVE_ID_LEN], uint64_t call)
{
    id[0] = 0x08;
    native_put_varint(id + 1, (1U << 28) + (call & UINT32_MAX));
}

// An EchoMessage up to its payload's first byte; its length.
static inline size_t native_put_message(uint8_t bytes[16], size_t payload_len, uint64_t call)
{
    native_put_id(bytes, call);
    if (payload_len == 0)
        return NATIVE_ID_LEN;
    bytes[NATIVE_ID_LEN] = 0x12;
    return (size_t)(native_put_varint(bytes + NATIVE_ID_LEN + 1, payload_len) - bytes);
}

static inline size_t native_message_len(size_t payload_len)
{
    size_t n = NATIVE_ID_LEN + payload_len;

    if (payload_len == 0)
        return n;
    n += 2;
    for (size_t rest = payload_len >> 7; rest; rest >>= 7)
        n++;
    return n;
}

ssize_t native_scan(struct scan *s, size_t payload_len, const uint8_t *bytes, size_t len,
                    uint64_t *ret_calls, size_t max);

#endif
