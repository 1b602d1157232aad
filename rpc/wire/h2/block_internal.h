// rpc/wire/h2/block_internal.h: header blocks as our side writes them: a few entries that every call has go into
// the peer's table (RFC 7541) once, all else is written out. Nothing is ever evicted, so what went in keeps its
// place, and no state has to be looked up. Knows nothing of frames, nor of what the fields mean.
//
// Lifetime:  the table is a value, zero at first; what is written lies in memory that was measured.
// Threads:   none.
// Invariant: the peer has inserted just what was announced to it, so blocks are sent in the order in which they
//            were written. An entry's number is 1 for the first that went in, and 0 for none.
//
//   if (t->path_id) p = h2_put_indexed(p, t, path_id);
//   else if ((path_id = h2_table_add(t, 5, len))) p = h2_put_field(p, H2_INDEXING, ...);
#ifndef RPC_WIRE_H2_BLOCK_INTERNAL_H
#define RPC_WIRE_H2_BLOCK_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <tern/base.h>

#include "rpc/wire/h2/frame_internal.h"

typedef struct h2_table h2_table;
struct h2_table {
    uint16_t n;            // entries that we made
    uint16_t size;         // of them, as the peer counts
    bool     is_shut;      // it has no room for us: all is written out
    bool     owes_update;  // and has to be told so
};

// How a field is written that is not in the table.
enum { H2_INDEXING = 0x40, H2_PLAIN = 0x00, H2_NEVER_INDEXED = 0x10 };

// An entry more, if there is room: its number, and the field has to follow with H2_INDEXING; or 0.
static inline uint16_t h2_table_add(h2_table *t, size_t name_len, size_t value_len)
{
    size_t size = name_len + value_len + 32;

    if (t->is_shut || size > (size_t)H2_FIRST_TABLE - t->size)
        return 0;
    t->size = (uint16_t)(t->size + size);
    return ++t->n;
}

// The peer's table takes less than everybody's does at first: from now on ours needs nothing of it.
static inline void h2_table_shut(h2_table *t)
{
    *t = (h2_table){ .is_shut = true, .owes_update = true };
}

// ---- writing -------------------------------------------------------------

enum { H2_MAX_INT = 6 };  // bytes of a number

static inline uint8_t *h2_put_int(uint8_t *p, unsigned first, unsigned prefix_bits, uint32_t value)
{
    uint32_t most = (1u << prefix_bits) - 1;

    if (TERN_LIKELY(value < most)) {
        *p++ = (uint8_t)(first | value);
        return p;
    }
    *p++ = (uint8_t)(first | most);
    for (value -= most; value >= 0x80; value >>= 7)
        *p++ = (uint8_t)(value | 0x80);
    *p++ = (uint8_t)value;
    return p;
}

static inline uint8_t *h2_put_string(uint8_t *p, const void *text, size_t len)
{
    p = h2_put_int(p, 0, 7, (uint32_t)len);
    memcpy(p, text, len);
    return p + len;
}

// First in a block.
static inline uint8_t *h2_put_update(uint8_t *p, h2_table *t)
{
    if (TERN_UNLIKELY(t->owes_update))
        *p++ = 0x20;
    t->owes_update = false;
    return p;
}

// RFC 7541, appendix A.
enum h2_static_field {
    H2_STATIC_AUTHORITY = 1,
    H2_STATIC_METHOD_POST = 3,
    H2_STATIC_PATH = 4,
    H2_STATIC_SCHEME_HTTP = 6,
    H2_STATIC_SCHEME_HTTPS = 7,
    H2_STATIC_STATUS_200 = 8,
    H2_STATIC_CONTENT_TYPE = 31,
    H2_STATIC_USER_AGENT = 58,
    H2_STATIC_LAST = 61,
};

static inline uint32_t h2_table_index(const h2_table *t, uint16_t entry)
{
    TERN_DEBUG_ASSERT(entry > 0 && entry <= t->n);
    return H2_STATIC_LAST + 1u + t->n - entry;
}

static inline uint8_t *h2_put_static(uint8_t *p, enum h2_static_field field)
{
    *p++ = (uint8_t)(0x80 | field);
    return p;
}

static inline uint8_t *h2_put_entry(uint8_t *p, const h2_table *t, uint16_t entry)
{
    return h2_put_int(p, 0x80, 7, h2_table_index(t, entry));
}

static inline size_t h2_field_bound(size_t name_len, size_t value_len)
{
    return 1 + H2_MAX_INT + name_len + H2_MAX_INT + value_len;
}

// Name and value, written out.
static inline uint8_t *h2_put_field(uint8_t *p, unsigned how, const char *name, size_t name_len,
                                    const void *value, size_t value_len)
{
    *p++ = (uint8_t)how;
    return h2_put_string(h2_put_string(p, name, name_len), value, value_len);
}

// The name stands in a table.
static inline uint8_t *h2_put_value(uint8_t *p, unsigned how, uint32_t index, const void *value,
                                    size_t value_len)
{
    p = h2_put_int(p, how, how == H2_INDEXING ? 6 : 4, index);
    return h2_put_string(p, value, value_len);
}

#endif
