// rpc/base/varint_internal.h: protobuf's numbers as bytes: varints, zigzag, little endian.
// Knows nothing of messages.
//
// Threads:   any; pure functions.
// Invariant: readers never look at or beyond `end`; writers need TERNI_MAX_VARINT bytes of room or
//            the exact size.
#ifndef RPC_BASE_VARINT_INTERNAL_H
#define RPC_BASE_VARINT_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tern/base.h>

enum {
    TERNI_MAX_VARINT = 10,
    TERNI_MAX_VARINT32 = 5,  // of tags and lengths
};

// ---- little endian -------------------------------------------------------

static inline uint32_t terni_le32(uint32_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap32(v);
#else
    return v;
#endif
}

static inline uint64_t terni_le64(uint64_t v)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    return __builtin_bswap64(v);
#else
    return v;
#endif
}

static inline uint32_t terni_load32(const void *p)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    return terni_le32(v);
}

static inline uint64_t terni_load64(const void *p)
{
    uint64_t v;

    memcpy(&v, p, sizeof v);
    return terni_le64(v);
}

static inline void terni_store32(void *p, uint32_t v)
{
    v = terni_le32(v);
    memcpy(p, &v, sizeof v);
}

static inline void terni_store64(void *p, uint64_t v)
{
    v = terni_le64(v);
    memcpy(p, &v, sizeof v);
}

// ---- zigzag --------------------------------------------------------------

static inline uint32_t terni_zigzag32(int32_t v) { return (uint32_t)v << 1 ^ (uint32_t)(v >> 31); }
static inline uint64_t terni_zigzag64(int64_t v) { return (uint64_t)v << 1 ^ (uint64_t)(v >> 63); }
static inline uint32_t terni_unzigzag32(uint32_t v) { return v >> 1 ^ (0u - (v & 1)); }
static inline uint64_t terni_unzigzag64(uint64_t v) { return v >> 1 ^ (UINT64_C(0) - (v & 1)); }

// ---- varints -------------------------------------------------------------

// The size that comes next after one byte: tags from 16 on, lengths from 128 on.
static inline bool terni_varint_is_two(const uint8_t *p, const uint8_t *end)
{
    return end - p >= 2 && p[0] >= 0x80 && p[1] < 0x80;
}

static inline uint32_t terni_varint_two(const uint8_t *p)
{
    TERN_DEBUG_ASSERT(p[0] >= 0x80 && p[1] < 0x80);
    return (p[0] & 0x7fu) | (uint32_t)p[1] << 7;
}

const uint8_t *terni_varint_read_bytewise(const uint8_t *p, const uint8_t *end,
                                          uint64_t *ret_value);

// Whatever its length.
const uint8_t *terni_varint_read_any(const uint8_t *p, const uint8_t *end, uint64_t *ret_value);

// Of two bytes and more: up to four here.
static inline const uint8_t *terni_varint_read_long(const uint8_t *p, const uint8_t *end,
                                                    uint64_t *ret_value)
{
    uint32_t v;

    if (TERN_UNLIKELY(end - p < 4))
        return terni_varint_read_any(p, end, ret_value);
    v = (p[0] & 0x7fu) | (p[1] & 0x7fu) << 7;
    if (p[1] < 0x80) {
        *ret_value = v;
        return p + 2;
    }
    v |= (p[2] & 0x7fu) << 14;
    if (p[2] < 0x80) {
        *ret_value = v;
        return p + 3;
    }
    *ret_value = v | (uint32_t)p[3] << 21;
    return TERN_LIKELY(p[3] < 0x80) ? p + 4 : terni_varint_read_any(p, end, ret_value);
}

// The byte behind the varint at `p`, or NULL: cut off, or longer than ten bytes. Bits above the
// 64th are dropped.
static inline const uint8_t *terni_varint_read(const uint8_t *p, const uint8_t *end,
                                               uint64_t *ret_value)
{
    if (TERN_LIKELY(p < end && *p < 0x80)) {
        *ret_value = *p;
        return p + 1;
    }
    return terni_varint_read_long(p, end, ret_value);
}

// The number of varints that end within [p, p + n).
size_t terni_varint_count(const uint8_t *p, size_t n);

// 1 for 0, else the number of 7-bit groups, without a division: 9/64 is near enough to 1/7.
static inline size_t terni_varint_size(uint64_t v)
{
    unsigned top_bit = 63u ^ (unsigned)__builtin_clzll(v | 1);

    return (top_bit * 9 + 73) / 64;
}

static inline uint8_t *terni_varint_write(uint8_t *p, uint64_t v)
{
    while (v >= 0x80) {
        *p++ = (uint8_t)(v | 0x80);
        v >>= 7;
    }
    *p++ = (uint8_t)v;
    return p;
}

#endif
