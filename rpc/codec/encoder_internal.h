// rpc/codec/encoder_internal.h: what the two passes of the encoder share: which fields are written, and
// how the simple ones are. Only rpc/codec/encode*.c includes this.
#ifndef RPC_CODEC_ENCODER_INTERNAL_H
#define RPC_CODEC_ENCODER_INTERNAL_H

#include <string.h>

#include "rpc/codec/plan_internal.h"
#include "rpc/base/varint_internal.h"

// A member of a message; the plan knows its type.
#define TERNI_AT(type, p) (*(type const *)(const void *)(p))

static inline bool terni_is_pointer_set(const terni_field *f, const void *p)
{
    return p && p != f->default_value;
}

// Of the fields that are written by their mark.
static inline bool terni_is_marked(const terni_field *f, const uint8_t *msg)
{
    if (f->encode_op == TERNI_ENCODE_ALWAYS)
        return true;
    if (f->encode_op == TERNI_ENCODE_IF_HAS)
        return TERNI_AT(protobuf_c_boolean, msg + f->quantifier) != 0;
    return TERNI_AT(uint32_t, msg + f->quantifier) == f->mark &&
           (f->encode_op == TERNI_ENCODE_IF_CASE ||
            terni_is_pointer_set(f, TERNI_AT(void *, msg + f->offset)));
}

static inline bool terni_is_zero(const uint8_t *at, size_t size)
{
    while (size > 0 && at[size - 1] == 0)
        size--;
    return size == 0;
}

// For debug builds: a member that somebody has set beside a has_ or a case that nobody has: it is not sent. One that
// is zero was left out of a literal.
static inline bool terni_is_forgotten(const terni_plan *plan, const terni_field *f,
                                      const uint8_t *msg)
{
    const uint8_t *at = msg + f->offset;

    if (f->encode_op < TERNI_ENCODE_IF_HAS || terni_is_zero(at, f->element_size))
        return false;
    return f->encode_op == TERNI_ENCODE_IF_HAS
               ? !terni_is_marked(f, msg) &&
                     memcmp(at, plan->image + f->offset, f->element_size) != 0
               : TERNI_AT(uint32_t, msg + f->quantifier) == 0;
}

// ---- writing -------------------------------------------------------------

static inline uint8_t *terni_write_tag(const terni_field *f, uint8_t *p)
{
    *p++ = f->tag_bytes[0];
    if (TERN_UNLIKELY(f->tag_len > 1)) {
        memcpy(p, &f->tag_bytes[1], f->tag_len - 1u);
        p += f->tag_len - 1;
    }
    return p;
}

// Up to 16 bytes, in at most two moves that may overlap.
static inline void terni_copy_short(uint8_t *dst, const uint8_t *src, size_t n)
{
    if (n >= 8) {
        uint64_t head, tail;

        memcpy(&head, src, 8);
        memcpy(&tail, src + n - 8, 8);
        memcpy(dst, &head, 8);
        memcpy(dst + n - 8, &tail, 8);
    } else if (n >= 4) {
        uint32_t head, tail;

        memcpy(&head, src, 4);
        memcpy(&tail, src + n - 4, 4);
        memcpy(dst, &head, 4);
        memcpy(dst + n - 4, &tail, 4);
    } else if (n > 0) {
        dst[0] = src[0];
        dst[n / 2] = src[n / 2];
        dst[n - 1] = src[n - 1];
    }
}

static inline uint8_t *terni_write_varint(const terni_field *f, uint64_t v, uint8_t *p)
{
    return v != 0 ? terni_varint_write(terni_write_tag(f, p), v) : p;
}

static inline uint8_t *terni_write_fixed32(const terni_field *f, uint32_t v, uint8_t *p)
{
    if (v == 0)
        return p;
    p = terni_write_tag(f, p);
    terni_store32(p, v);
    return p + sizeof v;
}

static inline uint8_t *terni_write_fixed64(const terni_field *f, uint64_t v, uint8_t *p)
{
    if (v == 0)
        return p;
    p = terni_write_tag(f, p);
    terni_store64(p, v);
    return p + sizeof v;
}

// The ops of scalars, up to TERNI_ENCODE_FIXED64.
static inline __attribute__((always_inline)) uint8_t *
terni_write_scalar(const terni_field *f, const uint8_t *at, uint8_t *p)
{
    switch (f->encode_op) {
    case TERNI_ENCODE_INT32:
        return terni_write_varint(f, (uint64_t)TERNI_AT(int32_t, at), p);
    case TERNI_ENCODE_UINT32:
        return terni_write_varint(f, TERNI_AT(uint32_t, at), p);
    case TERNI_ENCODE_SINT32:
        return terni_write_varint(f, terni_zigzag32(TERNI_AT(int32_t, at)), p);
    case TERNI_ENCODE_INT64:
        return terni_write_varint(f, TERNI_AT(uint64_t, at), p);
    case TERNI_ENCODE_SINT64:
        return terni_write_varint(f, terni_zigzag64(TERNI_AT(int64_t, at)), p);
    case TERNI_ENCODE_BOOL:
        return terni_write_varint(f, TERNI_AT(protobuf_c_boolean, at) != 0, p);
    case TERNI_ENCODE_FIXED32:
        return terni_write_fixed32(f, TERNI_AT(uint32_t, at), p);
    case TERNI_ENCODE_FIXED64:
        return terni_write_fixed64(f, TERNI_AT(uint64_t, at), p);
    }
    TERN_UNREACHABLE();
}

#endif
