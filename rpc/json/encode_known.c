// The types that have a form of their own.
#include "rpc/json/encoder_internal.h"

#include <errno.h>
#include <math.h>

#include <tern/message.h>

#include "rpc/json/name_internal.h"
#include "rpc/json/time_internal.h"

// A string, whichever kind it is.
static tern_text text_at(const terni_json_field *f, const uint8_t *at)
{
    return f->kind == TERNI_JSON_TEXT ? TERNI_JSON_AT(tern_text, at)
                                      : tern_text_of(TERNI_JSON_AT(char *, at));
}

static tern_text text_of(const terni_json_table *t, const uint8_t *msg, unsigned index)
{
    return text_at(&t->fields[index], msg + t->fields[index].offset);
}

// ---- times ---------------------------------------------------------------

static bool write_time(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg)
{
    const terni_json_time time = { TERNI_JSON_AT(int64_t, msg + t->fields[0].offset),
                                   TERNI_JSON_AT(int32_t, msg + t->fields[1].offset) };
    uint8_t              *p = terni_json_out_room(&e->out, TERNI_JSON_MAX_TIME + 2);

    *p++ = '"';
    p = t->form == TERNI_JSON_TIMESTAMP ? terni_json_time_write_point(p, time)
                                        : terni_json_time_write_span(p, time);
    if (!p)
        return terni_json_encode_fail(e, -EINVAL, "out of range");
    *p++ = '"';
    e->out.p = p;
    return true;
}

// ---- masks ---------------------------------------------------------------

// What is between underscores as it is; the letter behind one in upper case.
static bool write_path(terni_json_encoder *e, tern_text path)
{
    const char *p = path.len > 0 ? path.data : "", *end = p + path.len;

    if (!terni_json_name_survives_camel(path.data, path.len))
        return terni_json_encode_fail(e, -EINVAL, "a path that has no lowerCamelCase");
    while (p < end) {
        const char *stop = memchr(p, '_', (size_t)(end - p));

        stop = stop ? stop : end;
        if (!terni_json_out_unquoted(&e->out, (const uint8_t *)p, (size_t)(stop - p)))
            return terni_json_encode_fail(e, -EILSEQ, "not UTF-8");
        if (stop < end)
            terni_json_out_char(&e->out, (char)(stop[1] - 'a' + 'A'));
        p = stop < end ? stop + 2 : end;
    }
    return true;
}

static bool write_mask(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg)
{
    const terni_json_field *f = &t->fields[0];
    const uint8_t          *at = TERNI_JSON_AT(uint8_t *, msg + f->offset);

    terni_json_out_char(&e->out, '"');
    for (size_t i = 0, n = TERNI_JSON_AT(size_t, msg + f->quantifier); i < n; i++) {
        if (i > 0)
            terni_json_out_char(&e->out, ',');
        if (!write_path(e, text_at(f, at + i * f->element_size)))
            return false;
    }
    terni_json_out_char(&e->out, '"');
    return true;
}

// ---- values --------------------------------------------------------------

// One of none of the kinds reads as null.
static bool write_dynamic(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg)
{
    uint32_t                which = TERNI_JSON_AT(uint32_t, msg + t->fields[0].quantifier);
    const terni_json_field *f = which > 1 && which <= t->n_fields ? &t->fields[which - 1] : NULL;

    if (!f || (terni_json_is_pointer(f) && !TERNI_JSON_AT(void *, msg + f->offset))) {
        terni_json_out_word(&e->out, "null", 4);
        return true;
    }
    if (f->kind == TERNI_JSON_DOUBLE && !isfinite(TERNI_JSON_AT(double, msg + f->offset)))
        return terni_json_encode_fail(e, -EINVAL, "not a number that JSON has");
    return terni_json_encode_value(e, f, msg + f->offset);
}

// ---- Any -----------------------------------------------------------------

static const ProtobufCMessageDescriptor *find_type(const tern_json_opts *opts, tern_text url)
{
    const char *slash = url.len > 0 ? memrchr(url.data, '/', url.len) : NULL;
    size_t      len = slash ? url.len - (size_t)(slash + 1 - url.data) : 0;

    for (size_t i = 0; len > 0 && i < opts->n_types; i++)
        if (strlen(opts->types[i]->name) == len &&
            memcmp(opts->types[i]->name, slash + 1, len) == 0)
            return opts->types[i];
    return NULL;
}

static bool write_held(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg)
{
    if (t->form == TERNI_JSON_PLAIN)
        return terni_json_encode_fields(e, t, msg, false);
    terni_json_encode_next(e, false);
    terni_json_encode_name(e, "\"value\":", 8);
    return e->message(e, t, msg);
}

static bool write_any_of(terni_json_encoder *e, const ProtobufCMessageDescriptor *type,
                         tern_text url, const ProtobufCBinaryData *value)
{
    const terni_json_table *t = terni_json_table_get(type);
    tern_unpack_error       why;
    void                   *held;
    bool                    is_fine;

    if (!t)
        return terni_json_encode_fail(e, -ENOMEM, "no memory left for it");
    if (!(held = tern_message_unpack_why(type, value->data, value->len, &why)))
        return terni_json_encode_fail(e, why.err == -EBADMSG ? -EINVAL : -ENOMEM, "%s", why.text);
    terni_json_encode_open(e, '{');
    terni_json_encode_next(e, true);
    terni_json_encode_name(e, "\"@type\":", 8);
    if (!(is_fine = terni_json_out_string(&e->out, (const uint8_t *)url.data, url.len)))
        terni_json_encode_fail(e, -EILSEQ, "not UTF-8");
    is_fine = is_fine && write_held(e, t, held);
    terni_json_encode_close(e, '}', false);
    tern_message_free(type, held);
    return is_fine;
}

static bool write_any(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg)
{
    tern_text                         url = text_of(t, msg, 0);
    const ProtobufCBinaryData        *value;
    const ProtobufCMessageDescriptor *type = find_type(e->opts, url);

    value = &TERNI_JSON_AT(ProtobufCBinaryData, msg + t->fields[1].offset);
    if (type)
        return write_any_of(e, type, url, value);
    if (url.len > 0 || value->len > 0)
        return terni_json_encode_fail(e, -ENOENT, "a type that is not among opts.types: %.*s",
                                      (int)(url.len < 40 ? url.len : 40), url.len ? url.data : "");
    terni_json_out_word(&e->out, "{}", 2);
    return true;
}

// --------------------------------------------------------------------------

bool terni_json_encode_known(terni_json_encoder *e, const terni_json_table *t, const uint8_t *msg)
{
    switch ((terni_json_form)t->form) {
    case TERNI_JSON_ANY:
        return write_any(e, t, msg);
    case TERNI_JSON_TIMESTAMP:
    case TERNI_JSON_DURATION:
        return write_time(e, t, msg);
    case TERNI_JSON_FIELD_MASK:
        return write_mask(e, t, msg);
    case TERNI_JSON_STRUCT:
    case TERNI_JSON_LIST_VALUE:
        return terni_json_encode_array(e, &t->fields[0], msg);
    case TERNI_JSON_VALUE:
        return write_dynamic(e, t, msg);
    case TERNI_JSON_WRAPPER:
        return terni_json_encode_value(e, &t->fields[0], msg + t->fields[0].offset);
    case TERNI_JSON_PLAIN:
        break;
    }
    TERN_UNREACHABLE();
}
