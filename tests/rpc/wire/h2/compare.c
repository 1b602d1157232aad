#include "tests/rpc/wire/h2/compare.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { USUAL_MAX_SIZE = 4096, MAX_SIZE_UPDATES = 2, MAX_BLOCK = 1 << 16 };

// ---- lists ---------------------------------------------------------------

static void add_bytes(hpack_list *l, const void *bytes, size_t len)
{
    if (l->len + len > l->cap) {
        l->cap = 2 * (l->len + len);
        if (!(l->bytes = realloc(l->bytes, l->cap)))
            abort();
    }
    if (len)
        memcpy(l->bytes + l->len, bytes, len);
    l->len += len;
}

void hpack_list_add(hpack_list *l, const terni_hpack_field *field)
{
    add_bytes(l, &field->name_len, sizeof field->name_len);
    add_bytes(l, &field->value_len, sizeof field->value_len);
    add_bytes(l, field->name, field->name_len);
    add_bytes(l, field->value, field->value_len);
    l->n++;
}

void hpack_list_clear(hpack_list *l) { l->len = l->n = 0; }

void hpack_list_done(hpack_list *l)
{
    free(l->bytes);
    *l = (hpack_list){ 0 };
}

bool hpack_list_is_equal(const hpack_list *a, const hpack_list *b)
{
    return a->n == b->n && a->len == b->len && (!a->len || memcmp(a->bytes, b->bytes, a->len) == 0);
}

// ---- the two -------------------------------------------------------------

typedef struct block block;
struct block {
    const uint8_t *bytes;
    size_t         len;
};

static void stop(const block *b, const char *what)
{
    fprintf(stderr, "hpack: %s of this block:\n ", what);
    for (size_t i = 0; i < b->len; i++)
        fprintf(stderr, " %02x", b->bytes[i]);
    fprintf(stderr, "\n");
    abort();
}

static terni_hpack_field field_of(const nghttp2_nv *nv)
{
    return (terni_hpack_field){ (const char *)nv->name, (const char *)nv->value,
                                (uint32_t)nv->namelen, (uint32_t)nv->valuelen };
}

static void on_our_field(void *arg, const terni_hpack_field *field)
{
    hpack_list_add(&((hpack_compare *)arg)->our_fields, field);
}

static bool decode_ours(hpack_compare *c, const block *b)
{
    int err = terni_hpack_decode(&c->ours, b->bytes, b->len, on_our_field, c);

    if (err != 0 && err != -EBADMSG)
        stop(b, "an error that is none");
    if (!terni_hpack_table_is_valid(&c->ours.table))
        stop(b, "our table is not valid because");
    return err == 0;
}

static bool decode_theirs(hpack_compare *c, const block *b)
{
    size_t at = 0;

    for (int flags = 0; !(flags & NGHTTP2_HD_INFLATE_FINAL);) {
        nghttp2_nv        nv;
        terni_hpack_field field;
        ssize_t           n;

        flags = 0;
        if ((n = nghttp2_hd_inflate_hd2(c->theirs, &nv, &flags, b->bytes + at, b->len - at, 1)) < 0)
            return false;
        at += (size_t)n;
        if (flags & NGHTTP2_HD_INFLATE_EMIT) {
            field = field_of(&nv);
            hpack_list_add(&c->their_fields, &field);
        }
    }
    nghttp2_hd_inflate_end_headers(c->theirs);
    return true;
}

static void compare_tables(const hpack_compare *c, const block *b)
{
    size_t n = nghttp2_hd_inflate_get_num_table_entries(c->theirs) - TERNI_HPACK_N_STATIC;

    if (c->ours.table.n != n ||
        c->ours.table.size != nghttp2_hd_inflate_get_dynamic_table_size(c->theirs) ||
        c->ours.table.limit != nghttp2_hd_inflate_get_max_dynamic_table_size(c->theirs))
        stop(b, "the tables have different sizes because");
    for (uint32_t i = 0; i < n; i++) {
        const nghttp2_nv *nv =
            nghttp2_hd_inflate_get_table_entry(c->theirs, TERNI_HPACK_N_STATIC + 1 + i);
        terni_hpack_field ours, theirs = field_of(nv);

        if (!terni_hpack_table_get(&c->ours.table, i, &ours) || ours.name_len != theirs.name_len ||
            ours.value_len != theirs.value_len ||
            memcmp(ours.name, theirs.name, ours.name_len) != 0 ||
            memcmp(ours.value, theirs.value, ours.value_len) != 0)
            stop(b, "the tables are different because");
    }
}

static void skip_int(const block *b, size_t *at)
{
    bool goes_on = (b->bytes[(*at)++] & 0x1f) == 0x1f;

    while (goes_on && *at < b->len)
        goes_on = b->bytes[(*at)++] & 0x80;
}

static unsigned count_size_updates(const block *b)
{
    unsigned n = 0;

    for (size_t at = 0; at < b->len && (b->bytes[at] & 0xe0) == 0x20; n++)
        skip_int(b, &at);
    return n;
}

bool hpack_compare_decode(hpack_compare *c, const uint8_t *bytes, size_t len)
{
    block b = { bytes, len };
    bool  is_fine;

    if (len >= MAX_BLOCK)
        abort();
    hpack_list_clear(&c->our_fields);
    hpack_list_clear(&c->their_fields);
    is_fine = decode_ours(c, &b);
    if (count_size_updates(&b) > MAX_SIZE_UPDATES) {
        if (is_fine || c->our_fields.n)
            stop(&b, "three updates are not refused");
        return false;
    }
    if (is_fine != decode_theirs(c, &b))
        stop(&b, is_fine ? "they refuse, and we don't, all" : "we refuse, and they don't, all");
    if (!hpack_list_is_equal(&c->our_fields, &c->their_fields))
        stop(&b, "other fields come out");
    if (is_fine)
        compare_tables(c, &b);
    return is_fine;
}

// A block of one update.
static void update_theirs(hpack_compare *c, uint32_t size)
{
    uint8_t bytes[8] = { (uint8_t)(0x20 | (size < 31 ? size : 31)) };
    block   b = { bytes, 1 };

    if (size >= 31) {
        for (size -= 31; size >= 0x80; size >>= 7)
            bytes[b.len++] = (uint8_t)(size | 0x80);
        bytes[b.len++] = (uint8_t)size;
    }
    if (!decode_theirs(c, &b))
        abort();
}

void hpack_compare_init(hpack_compare *c, uint32_t max_size)
{
    *c = (hpack_compare){ 0 };
    terni_hpack_init(&c->ours, max_size);
    if (nghttp2_hd_inflate_new(&c->theirs) != 0 ||
        nghttp2_hd_inflate_change_table_size(c->theirs, max_size) != 0)
        abort();
    if (max_size < USUAL_MAX_SIZE)
        update_theirs(c, max_size);
}

void hpack_compare_done(hpack_compare *c)
{
    terni_hpack_done(&c->ours);
    nghttp2_hd_inflate_del(c->theirs);
    hpack_list_done(&c->our_fields);
    hpack_list_done(&c->their_fields);
}
