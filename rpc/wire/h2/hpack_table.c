#include "rpc/wire/h2/hpack_table_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

typedef terni_hpack_entry entry;

// The headers of an ordinary gRPC call fit into the first one.
enum { FIRST_CAP = 256, CAP_STEP = 16 };

void terni_hpack_table_init(terni_hpack_table *t, uint32_t limit)
{
    TERN_ASSERT(limit <= TERNI_HPACK_MAX_LIMIT);
    *t = (terni_hpack_table){ .limit = limit };
}

static void clear(terni_hpack_table *t)
{
    tern_mem_free(t->bytes);
    terni_hpack_table_init(t, t->limit);
}

void terni_hpack_table_done(terni_hpack_table *t) { clear(t); }

// ---- leaving -------------------------------------------------------------

static uint32_t size_of(const entry *e)
{
    return (uint32_t)e->name_len + e->value_len + TERNI_HPACK_ENTRY_OVERHEAD;
}

static void evict_down_to(terni_hpack_table *t, uint32_t size)
{
    while (t->size > size) {
        t->size -= size_of(terni_hpack_table_entry(t, t->n_evicted++));
        t->n--;
    }
}

void terni_hpack_table_resize(terni_hpack_table *t, uint32_t limit)
{
    TERN_ASSERT(limit <= TERNI_HPACK_MAX_LIMIT);
    t->limit = limit;
    evict_down_to(t, limit);
    if (t->n == 0)
        clear(t);
}

// ---- coming --------------------------------------------------------------

static uint32_t bytes_of(const terni_hpack_field *field)
{
    return field->name_len + field->value_len;
}

static bool has_room(const terni_hpack_table *t, const terni_hpack_field *field)
{
    size_t n_entries = (size_t)t->n_evicted + t->n + 1;

    return t->used + bytes_of(field) + n_entries * sizeof(entry) <= t->cap;
}

static void append(terni_hpack_table *t, const terni_hpack_field *field)
{
    uint8_t *p = t->bytes + t->used;

    *terni_hpack_table_entry(t, t->n_evicted + t->n) = (entry){
        .at = (uint16_t)t->used,
        .name_len = (uint16_t)field->name_len,
        .value_len = (uint16_t)field->value_len,
    };
    memcpy(p, field->name, field->name_len);
    memcpy(p + field->name_len, field->value, field->value_len);
    t->n++;
    t->used += bytes_of(field);
    t->size += bytes_of(field) + TERNI_HPACK_ENTRY_OVERHEAD;
}

// The first byte of an entry that has not left.
static uint32_t live_at(const terni_hpack_table *t)
{
    return t->n ? terni_hpack_table_entry(t, t->n_evicted)->at : t->used;
}

// Half as much again as is needed: the copying is shared by many insertions. All that counts for the
// limit fits into as many bytes, since an entry takes less than what it counts beside its own.
static uint32_t cap_for(const terni_hpack_table *t, const terni_hpack_field *field)
{
    uint32_t need = t->used - live_at(t) + bytes_of(field) + (t->n + 1) * (uint32_t)sizeof(entry);
    uint32_t cap = need + need / 2;

    cap = cap < t->limit ? cap : t->limit;
    cap = cap > FIRST_CAP ? cap : FIRST_CAP;
    return (cap + CAP_STEP - 1) & ~(uint32_t)(CAP_STEP - 1);
}

static void copy_live(terni_hpack_table *to, const terni_hpack_table *from)
{
    uint32_t at = live_at(from);

    to->n = from->n;
    to->size = from->size;
    to->used = from->used - at;
    if (to->used)
        memcpy(to->bytes, from->bytes + at, to->used);
    for (uint32_t i = 0; i < from->n; i++) {
        entry *e = terni_hpack_table_entry(to, i);

        *e = *terni_hpack_table_entry(from, from->n_evicted + i);
        e->at = (uint16_t)(e->at - at);
    }
}

// Into other memory always: the field's name may lie where moving the live ones within the old would put
// them.
static int append_elsewhere(terni_hpack_table *t, const terni_hpack_field *field)
{
    terni_hpack_table next = { .limit = t->limit, .cap = cap_for(t, field) };

    if (!(next.bytes = tern_mem_alloc(next.cap)))
        return -ENOMEM;
    copy_live(&next, t);
    append(&next, field);
    tern_mem_free(t->bytes);
    *t = next;
    return 0;
}

int terni_hpack_table_insert(terni_hpack_table *t, const terni_hpack_field *field)
{
    uint64_t size = (uint64_t)field->name_len + field->value_len + TERNI_HPACK_ENTRY_OVERHEAD;

    if (size > t->limit) {
        clear(t);
        return 0;
    }
    evict_down_to(t, t->limit - (uint32_t)size);
    if (TERN_UNLIKELY(!has_room(t, field)))
        return append_elsewhere(t, field);
    append(t, field);
    return 0;
}

bool terni_hpack_table_is_valid(const terni_hpack_table *t)
{
    uint32_t size = 0, at = t->n ? live_at(t) : 0;

    if (!t->bytes)
        return !t->cap && !t->used && !t->n_evicted && !t->n && !t->size;
    for (uint32_t i = 0; i < t->n; i++) {
        const entry *e = terni_hpack_table_entry(t, t->n_evicted + i);

        if (e->at != at)
            return false;
        at += (uint32_t)e->name_len + e->value_len;
        size += size_of(e);
    }
    return size == t->size && size <= t->limit && (!t->n || at == t->used) &&
           t->used + (t->n_evicted + t->n) * sizeof(entry) <= t->cap;
}
