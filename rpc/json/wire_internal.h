// rpc/json/wire_internal.h: the bytes of a message as they are made out of JSON, in one growing piece. Knows the wire
// format, but no descriptors.
//
// Lifetime:  on the stack; terni_json_wire_init / terni_json_wire_done.
// Threads:   none.
// Invariant: start <= p <= end. Offsets from `start` survive growing, pointers do not.
#ifndef RPC_JSON_WIRE_INTERNAL_H
#define RPC_JSON_WIRE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tern/base.h>

enum {
    TERNI_JSON_MAX_SCALAR = 32
};  // a tag, and a value of fixed size or a length, several times over

typedef struct terni_json_wire terni_json_wire;
struct terni_json_wire {
    uint8_t *p, *end, *start;
    uint8_t  first[4096];
};

void terni_json_wire_init(terni_json_wire *w);
void terni_json_wire_done(terni_json_wire *w);

TERN_NODISCARD bool terni_json_wire_grow(terni_json_wire *w, size_t n);

// Makes room for `n` more bytes, or there is no memory.
TERN_NODISCARD static inline bool terni_json_wire_reserve(terni_json_wire *w, size_t n)
{
    return TERN_LIKELY((size_t)(w->end - w->p) >= n) || terni_json_wire_grow(w, n);
}

// ---- for what was made room for ----

static inline void terni_json_wire_varint(terni_json_wire *w, uint64_t v)
{
    uint8_t *p = w->p;

    for (; v >= 0x80; v >>= 7)
        *p++ = (uint8_t)(v | 0x80);
    *p++ = (uint8_t)v;
    w->p = p;
}

static inline void terni_json_wire_fixed32(terni_json_wire *w, uint32_t v)
{
    for (int i = 0; i < 4; i++)
        w->p[i] = (uint8_t)(v >> 8 * i);
    w->p += 4;
}

static inline void terni_json_wire_fixed64(terni_json_wire *w, uint64_t v)
{
    for (int i = 0; i < 8; i++)
        w->p[i] = (uint8_t)(v >> 8 * i);
    w->p += 8;
}

static inline void terni_json_wire_tag(terni_json_wire *w, const uint8_t *tag, size_t len)
{
    for (size_t i = 0; i < len; i++)
        w->p[i] = tag[i];
    w->p += len;
}

// ---- what has its length in front ----

// Most lengths need one byte. Returns where it begins, as an offset.
static inline size_t terni_json_wire_open(terni_json_wire *w)
{
    *w->p++ = 0;
    return (size_t)(w->p - w->start);
}

// False: no memory. What is in it may move a little.
TERN_NODISCARD bool               terni_json_wire_close_long(terni_json_wire *w, size_t begin);
TERN_NODISCARD static inline bool terni_json_wire_close(terni_json_wire *w, size_t begin)
{
    size_t len = (size_t)(w->p - w->start) - begin;

    if (TERN_UNLIKELY(len >= 0x80))
        return terni_json_wire_close_long(w, begin);
    w->start[begin - 1] = (uint8_t)len;
    return true;
}

#endif
