// Is there a key twice? Decided by the bytes of the entries, which are written in one way only.
#include "rpc/json/decoder_internal.h"

#include <tern/mem.h>

#include "rpc/json/decimal_internal.h"

// The bytes of a key, which are the first in its entry.
typedef struct key key;
struct key {
    const uint8_t *start;
    size_t         len;
};

static const uint8_t *read_varint(const uint8_t *p, uint64_t *ret)
{
    uint64_t v = 0;

    for (int shift = 0;; shift += 7) {
        v |= (uint64_t)(*p & 0x7f) << shift;
        if (*p++ < 0x80)
            break;
    }
    *ret = v;
    return p;
}

// The key of the entry at `p`; returns what is behind the entry.
static const uint8_t *read_entry(const terni_json_field *f, const terni_json_field *key_field,
                                 const uint8_t *p, key *ret)
{
    uint64_t       len, n;
    const uint8_t *start, *end;

    p = read_varint(p + f->tag_len, &len);
    start = end = p + key_field->tag_len;
    switch ((terni_json_coding)key_field->coding) {
    case TERNI_JSON_VARINT:
    case TERNI_JSON_ZIGZAG:
        end = read_varint(start, &n);
        break;
    case TERNI_JSON_FIXED32:
        end += 4;
        break;
    case TERNI_JSON_FIXED64:
        end += 8;
        break;
    case TERNI_JSON_BYTEWISE:
        end = read_varint(start, &n);
        end += n;
        break;
    }
    *ret = (key){ start, (size_t)(end - start) };
    return p + len;
}

// Any order does.
static int compare(const key *a, const key *b)
{
    size_t n = a->len < b->len ? a->len : b->len;
    int    order = memcmp(a->start, b->start, n);

    return order ? order : (a->len > b->len) - (a->len < b->len);
}

// Lets the key at `i` sink to where it belongs, in a heap of n.
static void sink(key *keys, size_t i, size_t n)
{
    key moved = keys[i];

    for (size_t child; (child = 2 * i + 1) < n; i = child) {
        if (child + 1 < n && compare(&keys[child], &keys[child + 1]) < 0)
            child++;
        if (compare(&moved, &keys[child]) >= 0)
            break;
        keys[i] = keys[child];
    }
    keys[i] = moved;
}

// In place, and n log n whatever somebody sends.
static void sort(key *keys, size_t n)
{
    for (size_t i = n / 2; i-- > 0;)
        sink(keys, i, n);
    while (n-- > 1) {
        key last = keys[n];

        keys[n] = keys[0];
        keys[0] = last;
        sink(keys, 0, n);
    }
}

static bool has_twins(key *keys, size_t n)
{
    sort(keys, n);
    for (size_t i = 1; i < n; i++)
        if (compare(&keys[i - 1], &keys[i]) == 0)
            return true;
    return false;
}

// Keys that come in order need no memory. Returns how many there are.
static size_t count_keys(const terni_json_field *f, const terni_json_field *key_field,
                         const uint8_t *p, const uint8_t *end, bool *ret_is_in_order)
{
    key    last = { 0 }, next;
    size_t n = 0;

    *ret_is_in_order = true;
    for (; p < end; n++, last = next) {
        p = read_entry(f, key_field, p, &next);
        if (n > 0 && compare(&last, &next) >= 0)
            *ret_is_in_order = false;
    }
    return n;
}

const uint8_t *terni_json_decode_check_keys(terni_json_reader *r, const terni_json_field *f,
                                            size_t begin, const uint8_t *p)
{
    enum { N_FEW = 16 };
    const terni_json_field *key_field = &terni_json_table_of(f)->fields[0];
    const uint8_t          *entry = r->wire.start + begin;
    key                     few[N_FEW], *keys = few;
    bool                    is_in_order, has_one_twice;
    size_t                  n = count_keys(f, key_field, entry, r->wire.p, &is_in_order);

    if (is_in_order)
        return p;
    if (n > N_FEW && !(keys = tern_mem_alloc(n * sizeof *keys)))
        return terni_json_reader_no_memory(r, p);
    for (size_t i = 0; i < n; i++)
        entry = read_entry(f, key_field, entry, &keys[i]);
    has_one_twice = has_twins(keys, n);
    if (keys != few)
        tern_mem_free(keys);
    return has_one_twice ? terni_json_reader_fail(r, p - 1, "a key that comes twice") : p;
}
