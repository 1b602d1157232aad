// Values that are neither messages nor arrays.
#include "rpc/json/decoder_internal.h"

#include <errno.h>
#include <math.h>

#include <tern/message.h>

#include "rpc/json/base64_internal.h"
#include "rpc/json/decimal_internal.h"

// ---- numbers -------------------------------------------------------------

// What a string says, in full; `room` is for what has escapes.
static bool read_quoted_number(const terni_json_span *s, uint8_t *room, size_t size,
                               terni_json_decimal *ret)
{
    const uint8_t *start = s->start, *end = start + s->len;

    if (s->has_escapes) {
        if (s->len > size)
            return false;
        end = terni_json_reader_unescape(s, room);
        start = room;
    }
    return terni_json_decimal_read(start, end, ret) == end;
}

enum { MAX_QUOTED = 1024 };  // bytes of a number with escapes, as \u0031 would be

static const uint8_t *read_decimal(terni_json_reader *r, const uint8_t *p, uint8_t *room,
                                   terni_json_decimal *ret)
{
    const uint8_t  *next;
    terni_json_span s;

    if (*p != '"') {
        next = terni_json_decimal_read(p, r->end, ret);
        return next ? next : terni_json_reader_expected(r, p, "a number");
    }
    if (!(next = terni_json_reader_string(r, p, &s)))
        return NULL;
    if (!read_quoted_number(&s, room, MAX_QUOTED, ret))
        return terni_json_reader_fail(r, p, "not a number");
    return next;
}

// Any whole number, however it is written.
static const uint8_t *read_odd_magnitude(terni_json_reader *r, const uint8_t *p,
                                         uint64_t *ret_magnitude, bool *ret_is_negative)
{
    uint8_t            room[MAX_QUOTED];
    terni_json_decimal d;
    const uint8_t     *next = read_decimal(r, p, room, &d);
    int                err;

    if (!next)
        return NULL;
    *ret_is_negative = d.is_negative;
    if ((err = terni_json_decimal_to_magnitude(&d, ret_magnitude)) == 0)
        return next;
    return terni_json_reader_fail(r, p, err == -ERANGE ? "out of range" : "not a whole number");
}

// Up to 18 digits and nothing else is what most are; a 64-bit one in quotes.
static inline const uint8_t *read_magnitude(terni_json_reader *r, const uint8_t *p,
                                            uint64_t *ret_magnitude, bool *ret_is_negative)
{
    bool           is_quoted = *p == '"';
    const uint8_t *at = p + is_quoted, *first, *stop;
    uint64_t       v = 0;

    *ret_is_negative = at < r->end && *at == '-';
    first = at += *ret_is_negative;
    stop = r->end - at > 18 ? at + 18 : r->end;
    for (; at < stop && (uint8_t)(*at - '0') < 10; at++)
        v = 10 * v + *at - '0';
    *ret_magnitude = v;
    if (TERN_UNLIKELY(at == first || at == r->end || (*first == '0' && at - first > 1)))
        return read_odd_magnitude(r, p, ret_magnitude, ret_is_negative);
    if (is_quoted && *at == '"')
        return at + 1;
    if (TERN_LIKELY(!is_quoted && *at != '.' && (*at | 0x20) != 'e' && (uint8_t)(*at - '0') > 9))
        return at;
    return read_odd_magnitude(r, p, ret_magnitude, ret_is_negative);
}

// Between -(max + 1) and `max`.
static const uint8_t *read_signed(terni_json_reader *r, const uint8_t *p, uint64_t max,
                                  int64_t *ret)
{
    bool           is_negative;
    uint64_t       v;
    const uint8_t *next = read_magnitude(r, p, &v, &is_negative);

    if (!next)
        return NULL;
    if (v > max + is_negative)
        return terni_json_reader_fail(r, p, "out of range");
    *ret = (int64_t)(is_negative ? -v : v);
    return next;
}

static const uint8_t *read_unsigned(terni_json_reader *r, const uint8_t *p, uint64_t max,
                                    uint64_t *ret)
{
    bool           is_negative;
    const uint8_t *next = read_magnitude(r, p, ret, &is_negative);

    if (next && (*ret > max || (is_negative && *ret > 0)))
        return terni_json_reader_fail(r, p, "out of range");
    return next;
}

// What is no number to JSON.
static bool read_odd_double(const terni_json_span *s, double *ret)
{
    if (terni_json_reader_says(s, "NaN"))
        *ret = (double)NAN;
    else if (terni_json_reader_says(s, "Infinity"))
        *ret = (double)INFINITY;
    else if (terni_json_reader_says(s, "-Infinity"))
        *ret = -(double)INFINITY;
    else
        return false;
    return true;
}

static const uint8_t *read_floating(terni_json_reader *r, const uint8_t *p, bool is_float,
                                    double *ret)
{
    uint8_t            room[MAX_QUOTED];
    terni_json_decimal d;
    terni_json_span    s;
    const uint8_t     *next;

    if (*p == '"') {
        if (!(next = terni_json_reader_string(r, p, &s)) || read_odd_double(&s, ret))
            return next;
    }
    if (!(next = read_decimal(r, p, room, &d)))
        return NULL;
    *ret = is_float ? (double)terni_json_decimal_to_float(&d) : terni_json_decimal_to_double(&d);
    return isinf(*ret) ? terni_json_reader_fail(r, p, "out of range") : next;
}

// ---- writing them --------------------------------------------------------

static void write_number(terni_json_reader *r, const terni_json_field *f, uint64_t v)
{
    switch ((terni_json_coding)f->coding) {
    case TERNI_JSON_VARINT:
        terni_json_wire_varint(&r->wire, v);
        return;
    case TERNI_JSON_ZIGZAG:  // its sign fills all 64 bits, whatever its size
        terni_json_wire_varint(&r->wire, v << 1 ^ -(v >> 63));
        return;
    case TERNI_JSON_FIXED32:
        terni_json_wire_fixed32(&r->wire, (uint32_t)v);
        return;
    case TERNI_JSON_FIXED64:
        terni_json_wire_fixed64(&r->wire, v);
        return;
    case TERNI_JSON_BYTEWISE:
        break;
    }
    TERN_UNREACHABLE();
}

static const uint8_t *decode_signed(terni_json_reader *r, const terni_json_field *f,
                                    const uint8_t *p, uint64_t max)
{
    int64_t v;

    if ((p = read_signed(r, p, max, &v)))
        write_number(r, f, (uint64_t)v);
    return p;
}

static const uint8_t *decode_unsigned(terni_json_reader *r, const terni_json_field *f,
                                      const uint8_t *p, uint64_t max)
{
    uint64_t v;

    if ((p = read_unsigned(r, p, max, &v)))
        write_number(r, f, v);
    return p;
}

static const uint8_t *decode_floating(terni_json_reader *r, const terni_json_field *f,
                                      const uint8_t *p)
{
    double   v;
    float    half;
    uint64_t bits;
    uint32_t half_bits;

    if (!(p = read_floating(r, p, f->kind == TERNI_JSON_FLOAT, &v)))
        return NULL;
    if (f->kind == TERNI_JSON_FLOAT) {
        half = (float)v;
        memcpy(&half_bits, &half, sizeof half_bits);
        terni_json_wire_fixed32(&r->wire, half_bits);
    } else {
        memcpy(&bits, &v, sizeof bits);
        terni_json_wire_fixed64(&r->wire, bits);
    }
    return p;
}

static const uint8_t *decode_bool(terni_json_reader *r, const uint8_t *p)
{
    bool v = *p == 't';

    if (*p != 't' && *p != 'f')
        return terni_json_reader_expected(r, p, "`true` or `false`");
    if (!(p = terni_json_reader_literal(r, p, v ? "true" : "false")))
        return NULL;
    terni_json_wire_varint(&r->wire, v);
    return p;
}

// ---- enums ---------------------------------------------------------------

static const uint8_t *decode_enum_name(terni_json_reader *r, const terni_json_field *f,
                                       const uint8_t *p, bool *ret_is_unknown)
{
    uint8_t         room[256];
    terni_json_span s;
    const uint8_t  *next = terni_json_reader_string(r, p, &s), *name = s.start;
    size_t          len = s.len;
    int32_t         number;

    if (!next)
        return NULL;
    if (s.has_escapes && len <= sizeof room) {
        len = (size_t)(terni_json_reader_unescape(&s, room) - room);
        name = room;
    }
    *ret_is_unknown = !terni_json_enum_find(f->desc->descriptor, name, len, &number);
    if (*ret_is_unknown && !r->opts->ignores_unknown)
        return terni_json_reader_fail(r, p, "no value of its enum");
    if (!*ret_is_unknown)
        terni_json_wire_varint(&r->wire, (uint64_t)(int64_t)number);
    return next;
}

static const uint8_t *decode_enum(terni_json_reader *r, const terni_json_field *f, bool is_closed,
                                  const uint8_t *p, bool *ret_is_unknown)
{
    const uint8_t *next;
    int64_t        v;

    if (*p == '"')
        return decode_enum_name(r, f, p, ret_is_unknown);
    if (!(next = read_signed(r, p, INT32_MAX, &v)))
        return NULL;
    if (is_closed && !terni_json_enum_name(f->desc->descriptor, (int32_t)v))
        return terni_json_reader_fail(r, p, "no value of its enum");
    terni_json_wire_varint(&r->wire, (uint64_t)v);
    return next;
}

static const uint8_t *decode_null(terni_json_reader *r, const terni_json_field *f, const uint8_t *p,
                                  bool *ret_is_unknown)
{
    if (*p != 'n')
        return decode_enum(r, f, false, p, ret_is_unknown);
    terni_json_wire_varint(&r->wire, 0);
    return terni_json_reader_literal(r, p, "null");
}

// ---- strings -------------------------------------------------------------

const uint8_t *terni_json_decode_text(terni_json_reader *r, const uint8_t *p,
                                      const terni_json_span *s)
{
    terni_json_wire *w = &r->wire;
    size_t           begin;

    // Also what comes behind it without asking: a tag, and a length.
    if (!terni_json_wire_reserve(w, s->len + TERNI_JSON_MAX_SCALAR))
        return terni_json_reader_no_memory(r, p);
    if (TERN_LIKELY(!s->has_escapes)) {
        terni_json_wire_varint(w, s->len);
        memcpy(w->p, s->start, s->len);
        w->p += s->len;
        return p;
    }
    begin = terni_json_wire_open(w);
    w->p = terni_json_reader_unescape(s, w->p);
    return terni_json_wire_close(w, begin) ? p : terni_json_reader_no_memory(r, p);
}

static const uint8_t *decode_string(terni_json_reader *r, const terni_json_field *f,
                                    const uint8_t *p)
{
    terni_json_span s;
    const uint8_t  *next = terni_json_reader_string(r, p, &s);

    if (!next)
        return NULL;
    if (s.has_nul && f->kind == TERNI_JSON_STRING)
        return terni_json_reader_fail(r, p, "has a NUL inside");
    return terni_json_decode_text(r, next, &s);
}

static const uint8_t *decode_bytes(terni_json_reader *r, const uint8_t *p)
{
    terni_json_wire *w = &r->wire;
    terni_json_span  s;
    const uint8_t   *next = terni_json_reader_string(r, p, &s);
    size_t           begin;
    ssize_t          n;

    if (!next)
        return NULL;
    if (!terni_json_wire_reserve(w, s.len + TERNI_JSON_MAX_SCALAR))
        return terni_json_reader_no_memory(r, p);
    begin = terni_json_wire_open(w);
    if (s.has_escapes) {
        s.len = (size_t)(terni_json_reader_unescape(&s, w->p) - w->p);
        s.start = w->p;
    }
    if ((n = terni_json_base64_read(s.start, s.len, w->p)) < 0)
        return terni_json_reader_fail(r, p, "not base64");
    w->p += n;
    return terni_json_wire_close(w, begin) ? next : terni_json_reader_no_memory(r, p);
}

// ---- messages ------------------------------------------------------------

static const uint8_t *decode_sub(terni_json_reader *r, const terni_json_field *f, const uint8_t *p)
{
    const terni_json_table *t = terni_json_table_of(f);
    size_t                  begin;

    if (!t)
        return terni_json_reader_no_memory(r, p);
    begin = terni_json_wire_open(&r->wire);
    if ((p = r->message(r, t, p)) && !terni_json_wire_close(&r->wire, begin))
        return terni_json_reader_no_memory(r, p);
    return p;
}

// Its end is a tag, which differs from the one at its beginning in the wire type.
static const uint8_t *decode_group(terni_json_reader *r, const terni_json_field *f,
                                   const uint8_t *p)
{
    const terni_json_table *t = terni_json_table_of(f);
    uint8_t                *end;

    if (!t)
        return terni_json_reader_no_memory(r, p);
    if (!(p = r->message(r, t, p)) || !terni_json_decode_reserve(r, p))
        return NULL;
    end = r->wire.p;
    terni_json_decode_tag(r, f);
    end[0]++;
    return p;
}

// --------------------------------------------------------------------------

const uint8_t *terni_json_decode_value(terni_json_reader *r, const terni_json_field *f,
                                       bool is_closed, const uint8_t *p, bool *ret_is_unknown)
{
    *ret_is_unknown = false;
    switch ((terni_json_kind)f->kind) {
    case TERNI_JSON_INT32:
        return decode_signed(r, f, p, INT32_MAX);
    case TERNI_JSON_UINT32:
        return decode_unsigned(r, f, p, UINT32_MAX);
    case TERNI_JSON_INT64:
        return decode_signed(r, f, p, INT64_MAX);
    case TERNI_JSON_UINT64:
        return decode_unsigned(r, f, p, UINT64_MAX);
    case TERNI_JSON_BOOL:
        return decode_bool(r, p);
    case TERNI_JSON_FLOAT:
    case TERNI_JSON_DOUBLE:
        return decode_floating(r, f, p);
    case TERNI_JSON_ENUM:
        return decode_enum(r, f, is_closed, p, ret_is_unknown);
    case TERNI_JSON_NULL:
        return decode_null(r, f, p, ret_is_unknown);
    case TERNI_JSON_STRING:
    case TERNI_JSON_TEXT:
        return decode_string(r, f, p);
    case TERNI_JSON_BYTES:
        return decode_bytes(r, p);
    case TERNI_JSON_MESSAGE:
        return decode_sub(r, f, p);
    case TERNI_JSON_GROUP:
        return decode_group(r, f, p);
    }
    TERN_UNREACHABLE();
}

// A key is a string that says a value of its type, and nothing around it.
const uint8_t *terni_json_decode_key(terni_json_reader *r, const terni_json_field *f,
                                     const uint8_t *p, const terni_json_span *key)
{
    bool is_true;

    switch ((terni_json_kind)f->kind) {
    case TERNI_JSON_INT32:
    case TERNI_JSON_UINT32:
    case TERNI_JSON_INT64:
    case TERNI_JSON_UINT64:
        return terni_json_decode_value(r, f, false, p, &is_true);
    case TERNI_JSON_BOOL:
        is_true = terni_json_reader_says(key, "true");
        if (!is_true && !terni_json_reader_says(key, "false"))
            return terni_json_reader_fail(r, p, "not a bool");
        terni_json_wire_varint(&r->wire, is_true);
        return key->start + key->len + 1;
    case TERNI_JSON_STRING:
    case TERNI_JSON_TEXT:
        if (key->has_nul && f->kind == TERNI_JSON_STRING)
            return terni_json_reader_fail(r, p, "has a NUL inside");
        return terni_json_decode_text(r, key->start + key->len + 1, key);
    case TERNI_JSON_FLOAT:  // no key of a map has one of these types
    case TERNI_JSON_DOUBLE:
    case TERNI_JSON_ENUM:
    case TERNI_JSON_NULL:
    case TERNI_JSON_BYTES:
    case TERNI_JSON_MESSAGE:
    case TERNI_JSON_GROUP:
        break;
    }
    TERN_UNREACHABLE();
}
