// The heads of frames in, field by field; docs/wire.md and proto/tern/wire.proto name the fields.
#include "rpc/wire/native/heads_internal.h"

#include <endian.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/base/zero_internal.h"
#include "rpc/wire/head_internal.h"

enum {
    META_OVERHEAD = 32,  // what an entry of metadata counts beside its bytes, as in HTTP/2
    FEW_METAS_LOG2 = 4,  // that there is room for at first
};

static bool make_room_for_meta(terni_engine *e, const meta_set *set)
{
    uint8_t     log2 = e->metas_log2 ? (uint8_t)(e->metas_log2 + 1) : FEW_METAS_LOG2;
    terni_meta *metas;

    if (e->metas_log2 && set->n < 1U << e->metas_log2)
        return true;
    if (!(metas = tern_mem_realloc(e->metas, (sizeof *metas) << log2))) {
        terni_native_fail(e, GOAWAY_OUT_OF_MEMORY, "out of memory");
        return false;
    }
    e->metas = metas;
    e->metas_log2 = log2;
    return true;
}

// False for a malformed entry, or without memory: the engine has then failed.
static bool add_meta(terni_engine *e, meta_set *set, const terni_head_field *entry)
{
    terni_head_reader r = terni_head_read(entry->bytes, entry->len);
    terni_meta        m = { .key = "", .value = (const uint8_t *)"" };

    if (!make_room_for_meta(e, set))
        return false;
    for (terni_head_field f; terni_head_next(&r, &f);) {
        if (f.type == TERNI_BYTES && f.number == 1) {
            m.key = (const char *)f.bytes;
            m.key_len = f.len;
        } else if (f.type == TERNI_BYTES && f.number == 2) {
            m.value = f.bytes;
            m.value_len = f.len;
        }
    }
    e->metas[set->n++] = m;
    set->bytes += m.key_len + m.value_len + META_OVERHEAD;
    return !r.is_bad;
}

// OPEN's fields beside its numbers.
static bool take_open_bytes(terni_engine *e, opening *o, const terni_head_field *field)
{
    if (field->number == 1) {
        o->open.path = (const char *)field->bytes;
        o->open.path_len = field->len;
    } else if (field->number == 4) {
        return add_meta(e, &o->metas, field);
    } else if (field->number == 5 && field->len) {
        o->open.encoding = (const char *)field->bytes;
        o->open.encoding_len = field->len;
    }
    return true;
}

static bool read_open_fields(terni_engine *e, terni_head_reader r, opening *ret)
{
    for (terni_head_field field; terni_head_next(&r, &field);) {
        if (field.type == TERNI_VARINT) {
            if (field.number == 3)
                ret->open.timeout_us = field.value;
            else if (field.number == 2)
                ret->path_id = field.value < UINT32_MAX ? (uint32_t)field.value : UINT32_MAX;
            else if (field.number == 6)
                ret->message_size = field.value;
            else if (field.number == 7)
                ret->window = field.value < INT32_MAX ? (uint32_t)field.value : INT32_MAX;
        } else if (!take_open_bytes(e, ret, &field)) {
            return false;
        }
    }
    return !r.is_bad;
}

enum { PATH_ID_TAG = 2 << 3, TIMEOUT_TAG = 3 << 3 };

enum { USUAL_TIMEOUT_LEN = 4 };

// Seconds to minutes, in microseconds, are four bytes. False for any other length.
static inline bool read_usual_timeout(const uint8_t *p, uint64_t *ret_us)
{
    uint32_t v;

    memcpy(&v, p, sizeof v);
    v = le32toh(v);
    if ((v & 0x80808080) != 0x00808080)
        return false;
    *ret_us = (v & 0x7f) | (v >> 1 & 0x7f << 7) | (v >> 2 & 0x7f << 14) | (v >> 3 & 0x7f << 21);
    return true;
}

// With any other timeout: false where the general reader has to begin at the front.
static bool read_timeout(const uint8_t **p, const uint8_t *end, uint64_t *ret_us)
{
    uint64_t value = 0;
    unsigned shift = 0;

    for (++*p; *p < end && **p >= 0x80 && shift < 56; shift += 7)
        value |= (uint64_t)(*(*p)++ & 0x7f) << shift;
    if (*p == end || **p >= 0x80)
        return false;
    *ret_us = value | (uint64_t) * (*p)++ << shift;
    return true;
}

// Nearly every OPEN is a short number for its path and a timeout, or one of the two.
bool terni_native_read_open(terni_engine *e, const frame *f, opening *ret)
{
    const uint8_t *p = f->head, *end = p + f->head_len;

    terni_zero(ret, sizeof *ret);
    if (end - p >= 2 && p[0] == PATH_ID_TAG && p[1] < 0x80) {
        ret->path_id = p[1];
        p += 2;
    }
    if (TERN_LIKELY(end - p == 1 + USUAL_TIMEOUT_LEN && p[0] == TIMEOUT_TAG &&
                    read_usual_timeout(p + 1, &ret->open.timeout_us)))
        return true;
    if (end - p >= 2 && p[0] == TIMEOUT_TAG && !read_timeout(&p, end, &ret->open.timeout_us))
        return read_open_fields(e, terni_head_read(f->head, f->head_len), ret);
    return TERN_LIKELY(p == end) || read_open_fields(e, terni_head_read(p, (size_t)(end - p)), ret);
}

// gRPC's seventeen; a code of nobody's is UNKNOWN.
static uint32_t status_code(uint64_t value) { return value <= 16 ? (uint32_t)value : 2; }

bool terni_native_read_reset(const frame *f, head *ret)
{
    terni_head_reader r = terni_head_read(f->head, f->head_len);
    head              h = { 0 };

    for (terni_head_field field; terni_head_next(&r, &field);) {
        if (field.type == TERNI_VARINT && field.number == 1) {
            h.code = status_code(field.value);
        } else if (field.type == TERNI_BYTES && field.number == 2) {
            h.message = (const char *)field.bytes;
            h.message_len = field.len;
        } else if (field.type == TERNI_VARINT && field.number == 3) {
            h.not_processed = field.value != 0;
        }
    }
    *ret = h;
    return !r.is_bad;
}

bool terni_native_read_goaway(const frame *f, head *ret, uint32_t *ret_last_stream)
{
    terni_head_reader r = terni_head_read(f->head, f->head_len);
    head              h = { 0 };

    *ret_last_stream = 0;
    for (terni_head_field field; terni_head_next(&r, &field);) {
        if (field.type == TERNI_VARINT && field.number == 1) {
            *ret_last_stream = field.value < UINT32_MAX ? (uint32_t)field.value : UINT32_MAX;
        } else if (field.type == TERNI_VARINT && field.number == 2) {
            h.code = field.value < UINT32_MAX ? (uint32_t)field.value : UINT32_MAX;
        } else if (field.type == TERNI_BYTES && field.number == 3) {
            h.message = (const char *)field.bytes;
            h.message_len = field.len;
        }
    }
    *ret = h;
    return !r.is_bad;
}

bool terni_native_read_headers(terni_engine *e, const frame *f, head *ret)
{
    terni_head_reader r = terni_head_read(f->head, f->head_len);
    head              h = { 0 };

    for (terni_head_field field; terni_head_next(&r, &field);) {
        if (field.type != TERNI_BYTES)
            continue;
        if (field.number == 1 && !add_meta(e, &h.metas, &field))
            return false;
        if (field.number == 2 && field.len) {
            h.encoding = (const char *)field.bytes;
            h.encoding_len = field.len;
        }
    }
    *ret = h;
    return !r.is_bad;
}

bool terni_native_read_close(terni_engine *e, const frame *f, head *ret)
{
    terni_head_reader r = terni_head_read(f->head, f->head_len);
    head              h = { 0 };

    for (terni_head_field field; terni_head_next(&r, &field);) {
        if (field.type == TERNI_VARINT) {
            if (field.number == 1)
                h.code = status_code(field.value);
            else if (field.number == 5)
                h.message_size = field.value;
        } else if (field.number == 2) {
            h.message = (const char *)field.bytes;
            h.message_len = field.len;
        } else if (field.number == 3) {
            h.details = field.bytes;
            h.details_len = field.len;
        } else if (field.number == 4) {
            if (!add_meta(e, &h.metas, &field))
                return false;
        }
    }
    *ret = h;
    return !r.is_bad;
}

// The one varint of WINDOW and DATA: field 1.
bool terni_native_read_number(const frame *f, uint64_t *ret_value)
{
    terni_head_reader r = terni_head_read(f->head, f->head_len);

    *ret_value = 0;
    for (terni_head_field field; terni_head_next(&r, &field);)
        if (field.type == TERNI_VARINT && field.number == 1)
            *ret_value = field.value;
    return !r.is_bad;
}
