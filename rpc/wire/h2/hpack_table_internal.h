// rpc/wire/h2/hpack_table_internal.h: HPACK's dynamic table: the fields that a peer has said before, the
// oldest leaving when there are too many. Knows nothing of how they are written.
//
// Lifetime:  embedded; terni_hpack_table_init / terni_hpack_table_done. One allocation, made by the first
//            insertion, about half as large again as what is in it.
// Threads:   none.
// Invariant: size <= limit; terni_hpack_table_is_valid() checks it.
#ifndef RPC_WIRE_H2_HPACK_TABLE_INTERNAL_H
#define RPC_WIRE_H2_HPACK_TABLE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>

#include "rpc/wire/h2/hpack_static_internal.h"

enum {
    TERNI_HPACK_ENTRY_OVERHEAD = 32,     // what an entry counts beside its bytes (RFC 7541, 4.1)
    TERNI_HPACK_MAX_LIMIT = UINT16_MAX,  // an entry keeps where it lies in 16 bits
};

// Names and values lie at the front of `bytes` in the order in which they came, and from its end
// downwards, in the same order, who lies where. What has been evicted stays until its room is needed.
typedef struct terni_hpack_table terni_hpack_table;
struct terni_hpack_table {
    uint8_t *bytes;  // NULL while there is nothing
    uint32_t cap;
    uint32_t used;       // of them by names and values, with those of evicted entries
    uint32_t n_evicted;  // that are still there
    uint32_t n;          // entries
    uint32_t size;       // as RFC 7541 counts, of the entries
    uint32_t limit;      // of that
};

void terni_hpack_table_init(terni_hpack_table *t, uint32_t limit);
void terni_hpack_table_done(terni_hpack_table *t);

// The oldest leave until the rest fits. An empty table holds no memory.
void terni_hpack_table_resize(terni_hpack_table *t, uint32_t limit);

// Evicts what has to leave. A field that is larger than the whole table leaves it empty. The name may be
// one that the table holds, even of an entry that leaves; pointers into the table die.
// 0, or -ENOMEM: what had to leave has left, and the field is not there.
TERN_NODISCARD int terni_hpack_table_insert(terni_hpack_table *t, const terni_hpack_field *field);

bool terni_hpack_table_is_valid(const terni_hpack_table *t);

// ---- inline bodies -------------------------------------------------------

typedef struct terni_hpack_entry terni_hpack_entry;
struct terni_hpack_entry {
    uint16_t at, name_len, value_len;
};

// In the order in which they came, the evicted ones included.
static inline terni_hpack_entry *terni_hpack_table_entry(const terni_hpack_table *t, uint32_t i)
{
    return (terni_hpack_entry *)(void *)(t->bytes + t->cap) - 1 - i;
}

// The newest is 0. False if there are not so many. Borrowed until the table changes.
static inline bool terni_hpack_table_get(const terni_hpack_table *t, uint32_t i,
                                         terni_hpack_field *ret_field)
{
    const terni_hpack_entry *e;

    if (i >= t->n)
        return false;
    e = terni_hpack_table_entry(t, t->n_evicted + t->n - 1 - i);
    ret_field->name = (const char *)t->bytes + e->at;
    ret_field->value = ret_field->name + e->name_len;
    ret_field->name_len = e->name_len;
    ret_field->value_len = e->value_len;
    return true;
}

#endif
