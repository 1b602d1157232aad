// The fields of a message: what is singular, lists, maps, and which is which.
#include "rpc/json/decoder_internal.h"

#include <errno.h>

#include <tern/mem.h>
#include <tern/message.h>

// ---- one field -----------------------------------------------------------

// What of a message has come: a bit for each field, each oneof, and each extension that is known.
typedef struct seen seen;
struct seen {
    uint64_t *bits;
    uint64_t  few[2];
};

static bool test_and_set(seen *s, size_t bit)
{
    uint64_t mask = UINT64_C(1) << bit % 64;
    bool     was_set = s->bits[bit / 64] & mask;

    s->bits[bit / 64] |= mask;
    return was_set;
}

// Whether the value from `begin` on is what a field without presence has when it is absent.
static bool is_zero(const terni_json_field *f, const uint8_t *begin, const uint8_t *end)
{
    static const uint8_t zero[8];
    size_t               n = (size_t)(end - begin);

    if (f->coding == TERNI_JSON_FIXED32 || f->coding == TERNI_JSON_FIXED64)
        return memcmp(begin, zero, n) == 0;
    return n == 1 && *begin == 0;
}

const uint8_t *terni_json_decode_singular(terni_json_reader *r, const terni_json_field *f,
                                          const uint8_t *p)
{
    terni_json_wire *w = &r->wire;
    size_t           begin = (size_t)(w->p - w->start);
    bool             is_closed = f->desc->reserved_flags & TERN_FIELD_CLOSED, is_unknown;

    if (!terni_json_decode_reserve(r, p))
        return NULL;
    terni_json_decode_tag(r, f);
    if (!(p = terni_json_decode_value(r, f, is_closed, p, &is_unknown)))
        return NULL;
    if (is_unknown ||
        (f->presence == TERNI_JSON_IMPLICIT && is_zero(f, w->start + begin + f->tag_len, w->p)))
        w->p = w->start + begin;
    return p;
}

static const uint8_t *decode_field(terni_json_reader *r, const terni_json_field *f,
                                   const uint8_t *p)
{
    if (f->presence == TERNI_JSON_LIST)
        return terni_json_decode_list(r, f, p);
    if (f->presence == TERNI_JSON_MAP)
        return terni_json_decode_map(r, f, p);
    return terni_json_decode_singular(r, f, p);
}

// ---- lists ---------------------------------------------------------------

static const uint8_t *decode_element(terni_json_reader *r, const terni_json_field *f,
                                     const uint8_t *p)
{
    size_t before = (size_t)(r->wire.p - r->wire.start);
    bool   is_closed = f->desc->reserved_flags & TERN_FIELD_CLOSED, is_unknown;

    if (!terni_json_decode_reserve(r, p))
        return NULL;
    if (*p == 'n' && !terni_json_takes_null(f))
        return terni_json_reader_fail(r, p, "null in a list");
    if (!f->is_packed)
        terni_json_decode_tag(r, f);
    p = terni_json_decode_value(r, f, is_closed, p, &is_unknown);
    if (TERN_UNLIKELY(p && is_unknown))
        r->wire.p = r->wire.start + before;
    return p;
}

static const uint8_t *decode_elements(terni_json_reader *r, const terni_json_field *f,
                                      const uint8_t *p)
{
    bool is_end;

    if (*p != '[')
        return terni_json_reader_expected(r, p, "`[`");
    p++;
    for (size_t i = 0;; i++) {
        r->place->index = i;
        if (!(p = terni_json_reader_next(r, p, ']', i == 0, &is_end)))
            return NULL;
        if (is_end)
            break;
        if (!(p = decode_element(r, f, p)))
            return NULL;
    }
    r->place->index = SIZE_MAX;
    return p;
}

const uint8_t *terni_json_decode_list(terni_json_reader *r, const terni_json_field *f,
                                      const uint8_t *p)
{
    size_t begin;

    if (!f->is_packed)
        return decode_elements(r, f, p);
    if (!terni_json_decode_reserve(r, p))
        return NULL;
    terni_json_decode_tag(r, f);
    begin = terni_json_wire_open(&r->wire);
    if ((p = decode_elements(r, f, p)) && !terni_json_wire_close(&r->wire, begin))
        return terni_json_reader_no_memory(r, p);
    return p;
}

// ---- maps ----------------------------------------------------------------

static const uint8_t *decode_map_value(terni_json_reader *r, const terni_json_field *f,
                                       const terni_json_field *value, const uint8_t *p,
                                       bool *ret_is_unknown)
{
    if (!terni_json_decode_reserve(r, p))
        return NULL;
    if (*p == 'n' && !terni_json_takes_null(value))
        return terni_json_reader_fail(r, p, "null in a map");
    terni_json_decode_tag(r, value);
    return terni_json_decode_value(r, value, f->desc->reserved_flags & TERN_FIELD_CLOSED, p,
                                   ret_is_unknown);
}

static const uint8_t *decode_entry(terni_json_reader *r, const terni_json_field *f,
                                   const terni_json_table *entry, const uint8_t *p)
{
    size_t          before = (size_t)(r->wire.p - r->wire.start), begin;
    terni_json_span key;
    bool            is_unknown;

    if (!terni_json_decode_reserve(r, p) || !terni_json_reader_string(r, p, &key))
        return NULL;
    r->place->key = key.start;
    r->place->key_len = key.len;
    terni_json_decode_tag(r, f);
    begin = terni_json_wire_open(&r->wire);
    terni_json_decode_tag(r, &entry->fields[0]);
    if (!(p = terni_json_decode_key(r, &entry->fields[0], p, &key)) ||
        !(p = terni_json_reader_colon(r, p)) ||
        !(p = decode_map_value(r, f, &entry->fields[1], p, &is_unknown)))
        return NULL;
    if (!terni_json_wire_close(&r->wire, begin))
        return terni_json_reader_no_memory(r, p);
    if (is_unknown)
        r->wire.p = r->wire.start + before;
    return p;
}

static const uint8_t *decode_entries(terni_json_reader *r, const terni_json_field *f,
                                     const terni_json_table *entry, const uint8_t *p)
{
    bool is_end;

    for (bool is_first = true;; is_first = false) {
        if (!(p = terni_json_reader_next(r, p, '}', is_first, &is_end)))
            return NULL;
        if (is_end)
            return p;
        if (!(p = decode_entry(r, f, entry, p)))
            return NULL;
        r->place->key = NULL;
    }
}

const uint8_t *terni_json_decode_map(terni_json_reader *r, const terni_json_field *f,
                                     const uint8_t *p)
{
    const terni_json_table *entry = terni_json_table_of(f);
    size_t                  begin = (size_t)(r->wire.p - r->wire.start);

    if (!entry)
        return terni_json_reader_no_memory(r, p);
    if (*p != '{')
        return terni_json_reader_expected(r, p, "`{`");
    if (--r->levels < 0)
        return terni_json_reader_fail_with(r, p, -EMSGSIZE, "nested too deeply");
    if (!(p = decode_entries(r, f, entry, p + 1)))
        return NULL;
    r->levels++;
    return terni_json_decode_check_keys(r, f, begin, p);
}

// ---- members -------------------------------------------------------------

// Behind the name and the colon of `f` if that is what comes, without an escape; else NULL.
static inline const uint8_t *skip_expected(const terni_json_reader *r, const terni_json_field *f,
                                           const uint8_t *p)
{
    size_t len = f->name.text_len;

    if ((size_t)(r->end - p) <= len || memcmp(p, f->name.text, len) != 0)
        return NULL;
    return p + len;
}

// The unescaped name, in `room` if it has to be.
static const uint8_t *name_of(const terni_json_span *s, uint8_t *room, size_t size, size_t *ret_len)
{
    *ret_len = s->len;
    if (!s->has_escapes || s->len > size)
        return s->start;
    *ret_len = (size_t)(terni_json_reader_unescape(s, room) - room);
    return room;
}

typedef struct member member;
struct member {
    const terni_json_field *field;  // NULL: none has that name
    size_t                  bit;
    bool                    is_type;  // "@type"
};

// The extension that a name in brackets is, if the message may have it. False: no memory.
static bool find_extension(terni_json_reader *r, const terni_json_table *t, const uint8_t *name,
                           size_t len, member *ret)
{
    const terni_json_table *found;

    if (len < 2 || name[0] != '[' || name[len - 1] != ']')
        return true;
    for (size_t i = 0; i < r->opts->n_extensions; i++) {
        const tern_extension *x = r->opts->extensions[i];

        if (strlen(x->type->name) != len - 2 || memcmp(x->type->name, name + 1, len - 2) != 0 ||
            strcmp(x->extendee, t->desc->name) != 0)
            continue;
        if (!(found = terni_json_table_get(x->type)))
            return false;
        ret->field = &found->fields[0];
        ret->bit = t->n_fields + t->n_oneofs + i;
        return true;
    }
    return true;
}

enum { MAX_NAME = 512 };

// A member whose name is not the one that was expected; `p` is at the name. Behind the colon.
static __attribute__((noinline)) const uint8_t *
find_member(terni_json_reader *r, const terni_json_table *t, const uint8_t *p, member *ret)
{
    uint8_t         room[MAX_NAME];
    terni_json_span s;
    const uint8_t  *start = p, *name;
    size_t          len;

    if (!(p = terni_json_reader_string(r, p, &s)))
        return NULL;
    name = name_of(&s, room, sizeof room, &len);
    ret->is_type = len == 5 && memcmp(name, "@type", 5) == 0;
    if ((ret->field = terni_json_table_find(t, name, len)))
        ret->bit = (size_t)(ret->field - t->fields);
    else if (!find_extension(r, t, name, len, ret))
        return terni_json_reader_no_memory(r, start);
    if (!ret->field && !ret->is_type && !r->opts->ignores_unknown)
        return terni_json_reader_fail(r, start, "no field is called %.*s",
                                      (int)(s.len < 40 ? s.len : 40), (const char *)s.start);
    return terni_json_reader_colon(r, p);
}

// What may come once only.
static bool is_repeated(seen *s, const terni_json_table *t, const member *m, bool is_null,
                        const char **ret_what)
{
    *ret_what = "comes twice";
    if (test_and_set(s, m->bit))
        return true;
    *ret_what = "another member of its oneof is there";
    return m->field->oneof && !is_null && test_and_set(s, t->n_fields + m->field->oneof - 1u);
}

// `p` is at the value.
static const uint8_t *decode_member(terni_json_reader *r, const terni_json_table *t,
                                    const member *m, seen *s, const uint8_t *p)
{
    bool        is_null = *p == 'n' && !terni_json_takes_null(m->field);
    const char *what;

    r->place->field = m->field;
    if (TERN_UNLIKELY(is_repeated(s, t, m, is_null, &what)))
        return terni_json_reader_fail(r, p, "%s", what);
    if (TERN_UNLIKELY(is_null && m->field->presence == TERNI_JSON_REQUIRED))
        return terni_json_reader_fail(r, p, "required but null");
    p = is_null ? terni_json_reader_literal(r, p, "null") : decode_field(r, m->field, p);
    if (p)
        r->place->field = NULL;
    return p;
}

static const uint8_t *skip_member(terni_json_reader *r, const member *m, bool is_held,
                                  bool *is_typed, const uint8_t *p)
{
    if (m->is_type && is_held) {
        if (*is_typed)
            return terni_json_reader_fail(r, p, "@type comes twice");
        *is_typed = true;
    } else if (!r->opts->ignores_unknown) {
        return terni_json_reader_fail(r, p, "no field is called @type");
    }
    return terni_json_reader_skip(r, p);
}

// ---- whole messages ------------------------------------------------------

static const uint8_t *decode_members(terni_json_reader *r, const terni_json_table *t,
                                     const uint8_t *p, seen *s, bool is_held)
{
    size_t guess = 0;
    bool   is_end, is_typed = false;
    member m;

    for (bool is_first = true;; is_first = false) {
        const uint8_t *name, *value;

        if (!(name = terni_json_reader_next(r, p, '}', is_first, &is_end)) || is_end)
            return name;
        // Whoever writes by a table, too, writes in its order.
        if (TERN_LIKELY(guess < t->n_fields &&
                        (value = skip_expected(r, &t->fields[guess], name)))) {
            m = (member){ .field = &t->fields[guess], .bit = guess };
            p = terni_json_reader_space(r, value);
            if (TERN_UNLIKELY(p == r->end))
                return terni_json_reader_expected(r, p, "a value");
        } else if (!(p = find_member(r, t, name, &m))) {
            return NULL;
        }
        if (!m.field) {
            p = skip_member(r, &m, is_held, &is_typed, p);
        } else {
            guess = m.bit + 1;
            p = decode_member(r, t, &m, s, p);
        }
        if (!p)
            return NULL;
    }
}

static bool has_required(terni_json_reader *r, const terni_json_table *t, seen *s, const uint8_t *p)
{
    for (uint32_t i = 0; i < t->n_fields; i++) {
        const terni_json_field *f = &t->fields[i];

        if (f->presence != TERNI_JSON_REQUIRED || f->desc->default_value ||
            s->bits[i / 64] >> i % 64 & 1)
            continue;
        r->place->field = f;
        terni_json_reader_fail(r, p - 1, "required but missing");
        return false;
    }
    return true;
}

const uint8_t *terni_json_decode_fields(terni_json_reader *r, const terni_json_table *t,
                                        const uint8_t *p, bool is_held)
{
    size_t n = t->n_fields + t->n_oneofs + r->opts->n_extensions;
    seen   s = { .few = { 0 } };

    s.bits = s.few;
    if (*p != '{')
        return terni_json_reader_expected(r, p, "`{`");
    if (n > 8 * sizeof s.few && !(s.bits = tern_mem_zalloc((n / 64 + 1) * sizeof *s.bits)))
        return terni_json_reader_no_memory(r, p);
    p = decode_members(r, t, p + 1, &s, is_held);
    if (p && TERN_UNLIKELY(t->has_required) && !has_required(r, t, &s, p))
        p = NULL;
    if (s.bits != s.few)
        tern_mem_free(s.bits);
    return p;
}
