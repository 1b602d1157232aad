// The fields of a message: values, arrays, maps, extensions.
#include "rpc/json/encoder_internal.h"

#include <errno.h>
#include <math.h>

#include <tern/message.h>

// ---- values --------------------------------------------------------------

// NaN and the infinities are strings.
static const char *odd_name(double v)
{
    if (isnan(v))
        return "\"NaN\"";
    if (isinf(v))
        return v > 0 ? "\"Infinity\"" : "\"-Infinity\"";
    return NULL;
}

static void write_double(terni_json_out *o, double v)
{
    const char *odd = odd_name(v);

    if (TERN_UNLIKELY(odd != NULL))
        terni_json_out_text(o, odd);
    else
        o->p = terni_json_decimal_write_double(terni_json_out_room(o, TERNI_JSON_MAX_NUMBER), v);
}

static void write_float(terni_json_out *o, float v)
{
    const char *odd = odd_name((double)v);

    if (TERN_UNLIKELY(odd != NULL))
        terni_json_out_text(o, odd);
    else
        o->p = terni_json_decimal_write_float(terni_json_out_room(o, TERNI_JSON_MAX_NUMBER), v);
}

static void write_int(terni_json_out *o, int64_t v)
{
    o->p = terni_json_decimal_write_int(terni_json_out_room(o, TERNI_JSON_MAX_NUMBER), v);
}

// JSON's numbers are doubles to many readers: 64 bits stand in quotes.
static void write_quoted(terni_json_out *o, uint64_t v, bool is_signed)
{
    uint8_t *p = terni_json_out_room(o, TERNI_JSON_MAX_NUMBER);

    *p++ = '"';
    p = is_signed ? terni_json_decimal_write_int(p, (int64_t)v)
                  : terni_json_decimal_write_uint(p, v);
    *p++ = '"';
    o->p = p;
}

static void write_enum(terni_json_encoder *e, const terni_json_field *f, int32_t v)
{
    const char *name =
        e->opts->prints_numbers ? NULL : terni_json_enum_name(f->desc->descriptor, v);

    if (!name) {
        write_int(&e->out, v);
        return;
    }
    terni_json_out_char(&e->out, '"');
    terni_json_out_text(&e->out, name);
    terni_json_out_char(&e->out, '"');
}

static bool write_string(terni_json_encoder *e, const void *s, size_t len)
{
    if (TERN_LIKELY(terni_json_out_string(&e->out, s, len)))
        return true;
    return terni_json_encode_fail(e, -EILSEQ, "not UTF-8");
}

static bool write_sub(terni_json_encoder *e, const terni_json_field *f, const uint8_t *msg)
{
    const terni_json_table *t = terni_json_table_of(f);

    if (!t)
        return terni_json_encode_fail(e, -ENOMEM, "no memory left for it");
    if (!msg) {  // nothing is set in it
        if (t->form != TERNI_JSON_PLAIN || t->has_required)
            return terni_json_encode_fail(e, -EINVAL, "is NULL");
        terni_json_out_word(&e->out, "{}", 2);
        return true;
    }
    return e->message(e, t, msg);
}

bool terni_json_encode_value(terni_json_encoder *e, const terni_json_field *f, const uint8_t *at)
{
    terni_json_out *o = &e->out;
    const char     *s;

    switch ((terni_json_kind)f->kind) {
    case TERNI_JSON_INT32:
        write_int(o, TERNI_JSON_AT(int32_t, at));
        return true;
    case TERNI_JSON_UINT32:
        write_int(o, TERNI_JSON_AT(uint32_t, at));
        return true;
    case TERNI_JSON_INT64:
        write_quoted(o, TERNI_JSON_AT(uint64_t, at), true);
        return true;
    case TERNI_JSON_UINT64:
        write_quoted(o, TERNI_JSON_AT(uint64_t, at), false);
        return true;
    case TERNI_JSON_BOOL:
        terni_json_out_text(o, TERNI_JSON_AT(protobuf_c_boolean, at) ? "true" : "false");
        return true;
    case TERNI_JSON_FLOAT:
        write_float(o, TERNI_JSON_AT(float, at));
        return true;
    case TERNI_JSON_DOUBLE:
        write_double(o, TERNI_JSON_AT(double, at));
        return true;
    case TERNI_JSON_ENUM:
        write_enum(e, f, TERNI_JSON_AT(int32_t, at));
        return true;
    case TERNI_JSON_NULL:
        terni_json_out_text(o, "null");
        return true;
    case TERNI_JSON_STRING:
        s = TERNI_JSON_AT(char *, at);
        return write_string(e, s, s ? strlen(s) : 0);
    case TERNI_JSON_TEXT:
        return write_string(e, TERNI_JSON_AT(ProtobufCBinaryData, at).data,
                            TERNI_JSON_AT(ProtobufCBinaryData, at).len);
    case TERNI_JSON_BYTES:
        terni_json_out_base64(o, TERNI_JSON_AT(ProtobufCBinaryData, at).data,
                              TERNI_JSON_AT(ProtobufCBinaryData, at).len);
        return true;
    case TERNI_JSON_MESSAGE:
    case TERNI_JSON_GROUP:
        return write_sub(e, f, TERNI_JSON_AT(uint8_t *, at));
    }
    TERN_UNREACHABLE();
}

// ---- arrays --------------------------------------------------------------

static bool write_list(terni_json_encoder *e, const terni_json_field *f, const uint8_t *at,
                       size_t n)
{
    terni_json_place *place = e->place;

    terni_json_encode_open(e, '[');
    for (size_t i = 0; i < n; i++, at += f->element_size) {
        place->index = i;
        terni_json_encode_next(e, i == 0);
        if (!terni_json_encode_value(e, f, at))
            return false;
    }
    place->index = SIZE_MAX;
    terni_json_encode_close(e, ']', n == 0);
    return true;
}

// Whatever a key is, it is a string here.
static bool write_key(terni_json_encoder *e, const terni_json_field *key, const uint8_t *at)
{
    bool is_bare = key->kind <= TERNI_JSON_BOOL && key->kind != TERNI_JSON_INT64 &&
                   key->kind != TERNI_JSON_UINT64;

    if (is_bare)
        terni_json_out_char(&e->out, '"');
    if (!terni_json_encode_value(e, key, at))
        return false;
    if (is_bare)
        terni_json_out_char(&e->out, '"');
    terni_json_encode_name(e, ":", 1);
    return true;
}

static bool write_entry(terni_json_encoder *e, const terni_json_table *entry, const uint8_t *msg)
{
    const terni_json_field *value = &entry->fields[1];
    const terni_json_table *t;

    if (!write_key(e, &entry->fields[0], msg + entry->fields[0].offset))
        return false;
    // A message that an entry came without is one all the same.
    if (value->kind != TERNI_JSON_MESSAGE || TERNI_JSON_AT(void *, msg + value->offset))
        return terni_json_encode_value(e, value, msg + value->offset);
    if (!(t = terni_json_table_of(value)))
        return terni_json_encode_fail(e, -ENOMEM, "no memory left for it");
    return write_sub(e, value, NULL);
}

static bool write_map(terni_json_encoder *e, const terni_json_field *f, const uint8_t *const *at,
                      size_t n)
{
    terni_json_place       *place = e->place;
    const terni_json_table *entry = terni_json_table_of(f);

    if (!entry)
        return terni_json_encode_fail(e, -ENOMEM, "no memory left for it");
    if (--e->levels < 0)
        return terni_json_encode_fail(e, -EMSGSIZE, "nested too deeply");
    terni_json_encode_open(e, '{');
    for (size_t i = 0; i < n; i++) {
        place->index = i;
        terni_json_encode_next(e, i == 0);
        if (!write_entry(e, entry, at[i]))
            return false;
    }
    place->index = SIZE_MAX;
    terni_json_encode_close(e, '}', n == 0);
    e->levels++;
    return true;
}

bool terni_json_encode_array(terni_json_encoder *e, const terni_json_field *f, const uint8_t *msg)
{
    const uint8_t *at = TERNI_JSON_AT(uint8_t *, msg + f->offset);
    size_t         n = TERNI_JSON_AT(size_t, msg + f->quantifier);

    if (f->presence == TERNI_JSON_MAP)
        return write_map(e, f, (const uint8_t *const *)(const void *)at, n);
    return write_list(e, f, at, n);
}

// ---- fields --------------------------------------------------------------

// Of a field without presence: is it anything but zero? -0.0 is.
static bool is_not_zero(const terni_json_field *f, const uint8_t *at)
{
    if (f->kind == TERNI_JSON_STRING)
        return TERNI_JSON_AT(char *, at) && *TERNI_JSON_AT(char *, at);
    if (f->kind == TERNI_JSON_BYTES || f->kind == TERNI_JSON_TEXT)
        return TERNI_JSON_AT(ProtobufCBinaryData, at).len > 0;
    return f->element_size == 4 ? TERNI_JSON_AT(uint32_t, at) != 0
                                : TERNI_JSON_AT(uint64_t, at) != 0;
}

static bool is_there(terni_json_encoder *e, const terni_json_field *f, const uint8_t *msg)
{
    const uint8_t *at = msg + f->offset;

    switch ((terni_json_presence)f->presence) {
    case TERNI_JSON_IMPLICIT:
        return is_not_zero(f, at) || e->opts->prints_defaults;
    case TERNI_JSON_POINTER:
        return terni_json_is_pointer_set(f, at);
    case TERNI_JSON_HAS:
        return TERNI_JSON_AT(protobuf_c_boolean, msg + f->quantifier) != 0;
    case TERNI_JSON_CASE:
        return TERNI_JSON_AT(uint32_t, msg + f->quantifier) == f->desc->id &&
               (!terni_json_is_pointer(f) || terni_json_is_pointer_set(f, at));
    case TERNI_JSON_REQUIRED:
        return true;
    case TERNI_JSON_LIST:
    case TERNI_JSON_MAP:
        return TERNI_JSON_AT(size_t, msg + f->quantifier) > 0 || e->opts->prints_defaults;
    }
    TERN_UNREACHABLE();
}

static bool write_field(terni_json_encoder *e, const terni_json_field *f, const uint8_t *msg)
{
    if (f->presence >= TERNI_JSON_LIST)
        return terni_json_encode_array(e, f, msg);
    if (f->presence == TERNI_JSON_REQUIRED && terni_json_is_pointer(f) &&
        !TERNI_JSON_AT(void *, msg + f->offset))
        return terni_json_encode_fail(e, -EINVAL, "required but NULL");
    return terni_json_encode_value(e, f, msg + f->offset);
}

// As a message with that field alone, which is set.
static bool write_extension(terni_json_encoder *e, const tern_extension *x, const uint8_t *value)
{
    const terni_json_table *t = terni_json_table_get(x->type);
    terni_json_place       *place = e->place;

    if (!t)
        return terni_json_encode_fail(e, -ENOMEM, "no memory left for it");
    terni_json_out_word(&e->out, "\"[", 2);
    terni_json_out_text(&e->out, x->type->name);
    terni_json_encode_name(e, "]\":", 3);
    place->field = &t->fields[0];
    return write_field(e, &t->fields[0], value);
}

static bool write_extensions(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg,
                             bool is_first)
{
    for (size_t i = 0; i < e->opts->n_extensions; i++) {
        const tern_extension *x = e->opts->extensions[i];
        void                 *value;
        bool                  is_fine;

        if (strcmp(x->extendee, t->desc->name) != 0 || !tern_extension_has(x, msg))
            continue;
        if (!(value = tern_extension_get(x, msg)))
            return terni_json_encode_fail(e, -EINVAL, "%s is malformed, or no memory left for it",
                                          x->type->name);
        terni_json_encode_next(e, is_first);
        is_first = false;
        is_fine = write_extension(e, x, value);
        tern_message_free(x->type, value);
        if (!is_fine)
            return false;
    }
    return true;
}

bool terni_json_encode_fields(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg,
                              bool is_first)
{
    terni_json_place *place = e->place;

    for (uint32_t i = 0; i < t->n_fields; i++) {
        const terni_json_field *f = &t->fields[i];
        const terni_json_name  *name = e->opts->keeps_names ? &f->own_name : &f->name;

        if (!is_there(e, f, msg))
            continue;
        place->field = f;
        terni_json_encode_next(e, is_first);
        is_first = false;
        terni_json_encode_name(e, name->text, name->text_len);
        if (!write_field(e, f, msg))
            return false;
    }
    place->field = NULL;
    return e->opts->n_extensions == 0 ||
           ((const ProtobufCMessage *)(const void *)msg)->n_unknown_fields == 0 ||
           write_extensions(e, t, msg, is_first);
}
