// The types that have a form of their own. Their fields are known by number: 1, 2, ... lie at 0, 1, ... of the table.
#include "rpc/json/decoder_internal.h"

#include <errno.h>

#include "rpc/json/decimal_internal.h"
#include "rpc/json/name_internal.h"
#include "rpc/json/time_internal.h"

static bool is_number(uint8_t c) { return c == '-' || (uint8_t)(c - '0') < 10; }

// ---- times ---------------------------------------------------------------

// Nothing if it is 0, as the codec has it: where an Any holds the time, these are the bytes that stay.
static void write_whole(terni_json_reader *r, const terni_json_field *f, int64_t value)
{
    if (value == 0)
        return;
    terni_json_decode_tag(r, f);
    terni_json_wire_varint(&r->wire, (uint64_t)value);
}

static const uint8_t *decode_time(terni_json_reader *r, const terni_json_table *t, const uint8_t *p)
{
    terni_json_span s;
    terni_json_time time;
    const uint8_t  *next = terni_json_reader_string(r, p, &s);

    if (!next)
        return NULL;
    if (t->form == TERNI_JSON_TIMESTAMP ? !terni_json_time_read_point(s.start, s.len, &time)
                                        : !terni_json_time_read_span(s.start, s.len, &time))
        return terni_json_reader_fail(r, p, "not a %s, or out of range", t->desc->short_name);
    if (!terni_json_decode_reserve(r, p))
        return NULL;
    write_whole(r, &t->fields[0], time.seconds);
    write_whole(r, &t->fields[1], time.nanos);
    return next;
}

// ---- masks ---------------------------------------------------------------

// One path of it.
static const uint8_t *write_path(terni_json_reader *r, const terni_json_table *t, const uint8_t *p,
                                 const uint8_t *path, size_t len)
{
    terni_json_wire *w = &r->wire;
    size_t           begin, n;

    if (!terni_json_wire_reserve(w, 2 * len + TERNI_JSON_MAX_SCALAR))
        return terni_json_reader_no_memory(r, p);
    terni_json_decode_tag(r, &t->fields[0]);
    begin = terni_json_wire_open(w);
    if ((n = terni_json_name_to_snake(path, len, w->p)) == 0)
        return terni_json_reader_fail(r, p, "not a path in lowerCamelCase");
    w->p += n;
    return terni_json_wire_close(w, begin) ? p : terni_json_reader_no_memory(r, p);
}

static const uint8_t *decode_mask(terni_json_reader *r, const terni_json_table *t, const uint8_t *p)
{
    terni_json_span s;
    const uint8_t  *next = terni_json_reader_string(r, p, &s), *path, *end, *comma;

    if (!next)
        return NULL;
    if (s.has_escapes)  // no name has a letter that needs one
        return terni_json_reader_fail(r, p, "not a path in lowerCamelCase");
    path = s.start;
    end = path + s.len;
    for (; path < end; path = comma + 1) {
        if (!(comma = memchr(path, ',', (size_t)(end - path))))
            comma = end;
        if (!write_path(r, t, p, path, (size_t)(comma - path)))
            return NULL;
    }
    if (s.len > 0 && end[-1] == ',')
        return terni_json_reader_fail(r, p, "not a path in lowerCamelCase");
    return next;
}

// ---- values --------------------------------------------------------------

// Which field of google.protobuf.Value it is, from 0 on.
static unsigned choose(uint8_t c)
{
    switch (c) {
    case 'n':
        return 0;
    case '"':
        return 2;
    case 't':
    case 'f':
        return 3;
    case '{':
        return 4;
    case '[':
        return 5;
    default:
        return is_number(c) ? 1 : UINT_MAX;
    }
}

static const uint8_t *decode_dynamic(terni_json_reader *r, const terni_json_table *t,
                                     const uint8_t *p)
{
    unsigned which = choose(*p);
    bool     is_unknown;

    if (which == UINT_MAX)
        return terni_json_reader_expected(r, p, "a value");
    if (!terni_json_decode_reserve(r, p))
        return NULL;
    terni_json_decode_tag(r, &t->fields[which]);
    return terni_json_decode_value(r, &t->fields[which], false, p, &is_unknown);
}

// ---- Any -----------------------------------------------------------------

// Where the object at `p` says which type it is: mostly at its beginning. *ret_is_there is false if it does not.
static const uint8_t *find_type(terni_json_reader *r, const uint8_t *p, terni_json_span *ret_url,
                                bool *ret_is_there, bool *ret_is_empty)
{
    terni_json_span key;
    bool            is_end;

    *ret_is_there = false;
    for (bool is_first = true;; is_first = false) {
        if (!(p = terni_json_reader_next(r, p, '}', is_first, &is_end)))
            return NULL;
        *ret_is_empty = is_first;
        if (is_end)
            return p;
        if (!(p = terni_json_reader_string(r, p, &key)) || !(p = terni_json_reader_colon(r, p)))
            return NULL;
        *ret_is_there = terni_json_reader_says(&key, "@type");
        if (*ret_is_there)
            return terni_json_reader_string(r, p, ret_url);
        if (!(p = terni_json_reader_skip(r, p)))
            return NULL;
    }
}

// The url as it lies on the wire.
static const ProtobufCMessageDescriptor *find_named(const tern_json_opts *opts, const uint8_t *url,
                                                    size_t len)
{
    const uint8_t *slash = memrchr(url, '/', len);
    size_t         name_len = slash ? (size_t)(url + len - slash) - 1 : 0;

    for (size_t i = 0; name_len > 0 && i < opts->n_types; i++)
        if (strlen(opts->types[i]->name) == name_len &&
            memcmp(opts->types[i]->name, slash + 1, name_len) == 0)
            return opts->types[i];
    return NULL;
}

// {"@type": ..., "value": ...}, in either order.
static const uint8_t *decode_held_known(terni_json_reader *r, const terni_json_table *held,
                                        const uint8_t *p)
{
    unsigned        n_types = 0, n_values = 0;
    terni_json_span key;
    bool            is_end;

    for (bool is_first = true;; is_first = false) {
        const uint8_t *name = terni_json_reader_next(r, p, '}', is_first, &is_end);

        if (!name)
            return NULL;
        if (is_end)
            return n_values ? name : terni_json_reader_fail(r, name - 1, "without a value");
        if (!(p = terni_json_reader_string(r, name, &key)) || !(p = terni_json_reader_colon(r, p)))
            return NULL;
        if (terni_json_reader_says(&key, "value") && n_values++ == 0)
            p = r->message(r, held, p);
        else if ((terni_json_reader_says(&key, "@type") && n_types++ == 0) ||
                 r->opts->ignores_unknown)
            p = terni_json_reader_skip(r, p);
        else
            p = terni_json_reader_fail(r, name, "neither @type nor value, or twice");
        if (!p)
            return NULL;
    }
}

static const uint8_t *decode_held(terni_json_reader *r, const terni_json_table *t,
                                  const ProtobufCMessageDescriptor *type, const uint8_t *p)
{
    const terni_json_table *held = terni_json_table_get(type);
    size_t                  begin;

    if (!held || !terni_json_decode_reserve(r, p))
        return terni_json_reader_no_memory(r, p);
    terni_json_decode_tag(r, &t->fields[1]);
    begin = terni_json_wire_open(&r->wire);
    p = held->form == TERNI_JSON_PLAIN ? terni_json_decode_fields(r, held, p, true)
                                       : decode_held_known(r, held, p + 1);
    if (p && !terni_json_wire_close(&r->wire, begin))
        return terni_json_reader_no_memory(r, p);
    return p;
}

static const uint8_t *decode_any(terni_json_reader *r, const terni_json_table *t, const uint8_t *p)
{
    const ProtobufCMessageDescriptor *type;
    terni_json_span                   url;
    bool                              is_there, is_empty;
    size_t                            begin;
    const uint8_t                    *next;

    if (*p != '{')
        return terni_json_reader_expected(r, p, "`{`");
    if (!(next = find_type(r, p + 1, &url, &is_there, &is_empty)))
        return NULL;
    if (!is_there)
        return is_empty ? next : terni_json_reader_fail(r, p, "without @type");
    if (url.has_nul)
        return terni_json_reader_fail(r, p, "a type that has a NUL inside");
    if (!terni_json_decode_reserve(r, p))
        return NULL;
    terni_json_decode_tag(r, &t->fields[0]);
    begin = (size_t)(r->wire.p - r->wire.start);
    if (!terni_json_decode_text(r, next, &url))
        return NULL;
    // The length in front has no slash in it, or no type has a name like that.
    type = find_named(r->opts, r->wire.start + begin, (size_t)(r->wire.p - r->wire.start) - begin);
    if (!type)
        return terni_json_reader_fail_with(r, p, -ENOENT, "a type that is not among opts.types");
    return decode_held(r, t, type, p);
}

// --------------------------------------------------------------------------

const uint8_t *terni_json_decode_known(terni_json_reader *r, const terni_json_table *t,
                                       const uint8_t *p)
{
    switch ((terni_json_form)t->form) {
    case TERNI_JSON_ANY:
        return decode_any(r, t, p);
    case TERNI_JSON_TIMESTAMP:
    case TERNI_JSON_DURATION:
        return decode_time(r, t, p);
    case TERNI_JSON_FIELD_MASK:
        return decode_mask(r, t, p);
    case TERNI_JSON_STRUCT:
        return terni_json_decode_map(r, &t->fields[0], p);
    case TERNI_JSON_LIST_VALUE:
        return terni_json_decode_list(r, &t->fields[0], p);
    case TERNI_JSON_VALUE:
        return decode_dynamic(r, t, p);
    case TERNI_JSON_WRAPPER:
        return terni_json_decode_singular(r, &t->fields[0], p);
    case TERNI_JSON_PLAIN:
        break;
    }
    TERN_UNREACHABLE();
}
