// rpc/wire/head_internal.h: reading and writing the small protobuf messages at the head of native
// frames, field by field, without tables or memory: they stand on the path of every call. Knows
// nothing of what the fields mean.
//
//   terni_head_reader r = terni_head_read(bytes, len);
//   for (terni_head_field f; terni_head_next(&r, &f);)
//       if (f.number == 2 && f.type == TERNI_VARINT) ...
//   if (r.is_bad) ...
#ifndef RPC_WIRE_HEAD_INTERNAL_H
#define RPC_WIRE_HEAD_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tern/base.h>

typedef enum terni_head_type { TERNI_VARINT = 0, TERNI_BYTES = 2 } terni_head_type;

typedef struct terni_head_reader terni_head_reader;
struct terni_head_reader {
    const uint8_t *pos, *end;
    bool           is_bad;
};

typedef struct terni_head_field terni_head_field;
struct terni_head_field {
    uint32_t       number;
    uint8_t        type;   // terni_head_type; fixed32 and fixed64 are skipped
    uint64_t       value;  // TERNI_VARINT
    const uint8_t *bytes;  // TERNI_BYTES
    uint32_t       len;
};

static inline terni_head_reader terni_head_read(const uint8_t *bytes, size_t len)
{
    return (terni_head_reader){ .pos = bytes, .end = bytes + len };
}

// Any field at all; terni_head_next is the way in.
bool terni_head_next_slow(terni_head_reader *r, terni_head_field *ret_field);

// False at the end, and for bytes that are no protobuf (then is_bad is set). Short varints, which are
// nearly all there is, are read here.
static inline bool terni_head_next(terni_head_reader *r, terni_head_field *ret_field)
{
    const uint8_t *p = r->pos, *end = r->end;
    uint64_t       value = 0;

    if (p == end)
        return false;
    if (*p >= 0x80 || (*p & 7) != TERNI_VARINT || *p < 8)
        return terni_head_next_slow(r, ret_field);
    ret_field->number = *p++ >> 3;
    ret_field->type = TERNI_VARINT;
    for (unsigned shift = 0; shift < 35 && p < end; shift += 7) {
        value |= (uint64_t)(*p & 0x7f) << shift;
        if (*p++ < 0x80) {
            ret_field->value = value;
            r->pos = p;
            return true;
        }
    }
    return terni_head_next_slow(r, ret_field);
}

// ---- writing: into memory that was measured ------------------------------

static inline size_t terni_varint_size(uint64_t v)
{
    return (size_t)(9 * (64 - __builtin_clzll(v | 1)) + 64) / 64;
}

static inline uint8_t *terni_varint_put(uint8_t *p, uint64_t v)
{
    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    return p;
}

// Field numbers are below 16, so a tag is one byte. A zero is the default and is not written.
static inline size_t terni_head_uint_size(uint64_t v) { return v ? 1 + terni_varint_size(v) : 0; }

static inline uint8_t *terni_head_put_uint(uint8_t *p, unsigned number, uint64_t v)
{
    TERN_DEBUG_ASSERT(number > 0 && number < 16);
    if (!v)
        return p;
    *p++ = (uint8_t)(number << 3 | TERNI_VARINT);
    return terni_varint_put(p, v);
}

static inline size_t terni_head_bytes_size(size_t len)
{
    return len ? 1 + terni_varint_size(len) + len : 0;
}

static inline uint8_t *terni_head_put_bytes(uint8_t *p, unsigned number, const void *bytes,
                                            size_t len)
{
    TERN_DEBUG_ASSERT(number > 0 && number < 16);
    if (!len)
        return p;
    *p++ = (uint8_t)(number << 3 | TERNI_BYTES);
    p = terni_varint_put(p, len);
    memcpy(p, bytes, len);
    return p + len;
}

#endif
