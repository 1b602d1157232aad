#include "rpc/wire/h2/fields_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/h2/text_internal.h"

enum { FIELD_OVERHEAD = 32 };  // RFC 9113, section 10.5.1

void h2_fields_init(h2_fields *f, h2_list list, uint32_t limit)
{
    memset(f, 0, offsetof(h2_fields, few_metas));
    f->list = list;
    f->limit = limit;
    f->metas = f->few_metas;
    f->cap_metas = H2_FEW_METAS;
    f->next = f->short_text;
    f->end = f->short_text + sizeof f->short_text;
}

void h2_fields_done(h2_fields *f)
{
    if (f->metas != f->few_metas)
        tern_mem_free(f->metas);
    tern_mem_free(f->long_text);
}

// ---- memory --------------------------------------------------------------

// One long text is enough for all that the limit allows; what has been kept stays where it is.
static char *text_room(h2_fields *f, size_t len)
{
    if (TERN_LIKELY(len <= (size_t)(f->end - f->next)))
        return f->next;
    if (f->long_text || !(f->long_text = tern_mem_alloc(f->limit))) {
        f->lacks_memory = true;
        return NULL;
    }
    f->next = f->long_text;
    f->end = f->long_text + f->limit;
    return f->next;
}

static char *keep(h2_fields *f, const char *text, size_t len)
{
    char *copy = text_room(f, len);

    if (copy) {
        memcpy(copy, text, len);
        f->next += len;
    }
    return copy;
}

static terni_meta *add_meta(h2_fields *f)
{
    uint32_t    n = f->cap_metas * 2;
    terni_meta *more;

    if (TERN_LIKELY(f->n_metas < f->cap_metas))
        return &f->metas[f->n_metas++];
    if (!(more = tern_mem_alloc(n * sizeof *more))) {
        f->lacks_memory = true;
        return NULL;
    }
    memcpy(more, f->metas, f->n_metas * sizeof *more);
    if (f->metas != f->few_metas)
        tern_mem_free(f->metas);
    f->metas = more;
    f->cap_metas = n;
    return &f->metas[f->n_metas++];
}

// ---- metadata ------------------------------------------------------------

static bool is_binary(const terni_hpack_field *field)
{
    return field->name_len > 4 && memcmp(field->name + field->name_len - 4, "-bin", 4) == 0;
}

static void add_value(h2_fields *f, const char *key, uint32_t key_len, char *value, size_t len)
{
    terni_meta *m = add_meta(f);

    if (m)
        *m = (terni_meta){ key, (const uint8_t *)value, key_len, (uint32_t)len };
}

// Several values may have been joined by commas on their way.
static void add_binary(h2_fields *f, const char *key, uint32_t key_len, char *value, size_t len)
{
    while (!f->lacks_memory) {
        char  *comma = memchr(value, ',', len);
        size_t n = comma ? (size_t)(comma - value) : len, n_bytes;

        if (terni_base64_decode(value, n, &n_bytes))
            add_value(f, key, key_len, value, n_bytes);
        if (!comma)
            return;
        value += n + 1;
        len -= n + 1;
    }
}

static void add_metadata(h2_fields *f, const terni_hpack_field *field)
{
    char *key = keep(f, field->name, field->name_len);
    char *value = key ? keep(f, field->value, field->value_len) : NULL;

    if (!value)
        return;
    if (is_binary(field))
        add_binary(f, key, field->name_len, value, field->value_len);
    else
        add_value(f, key, field->name_len, value, field->value_len);
}

// ---- what is malformed ---------------------------------------------------

static const char bad_characters[] = "a field has a character that it must not have";

// Of a token, without capitals (RFC 9110, section 5.6.2; RFC 9113, section 8.2.1).
static bool is_name_character(uint8_t c)
{
    static const uint32_t allowed[8] = {
        0, 0x03ff6cfa, 0xc0000000, 0x57ffffff, 0, 0, 0, 0,
    };

    return allowed[c >> 5] >> (c & 31) & 1;
}

static bool has_good_name(const terni_hpack_field *field)
{
    for (uint32_t i = 0; i < field->name_len; i++)
        if (TERN_UNLIKELY(!is_name_character((uint8_t)field->name[i])))
            return false;
    return field->name_len > 0;
}

static bool has_good_value(const terni_hpack_field *field)
{
    for (uint32_t i = 0; i < field->value_len; i++)
        if (TERN_UNLIKELY((uint8_t)field->value[i] < ' ') &&
            (field->value[i] == '\0' || field->value[i] == '\r' || field->value[i] == '\n'))
            return false;
    return true;
}

static void strip_spaces(terni_hpack_field *field)
{
    while (field->value_len && (*field->value == ' ' || *field->value == '\t')) {
        field->value++;
        field->value_len--;
    }
    while (field->value_len && (field->value[field->value_len - 1] == ' ' ||
                                field->value[field->value_len - 1] == '\t'))
        field->value_len--;
}

static bool is_named(const terni_hpack_field *field, const char *name, size_t len)
{
    return field->name_len == len && memcmp(field->name, name, len) == 0;
}

#define IS(field, name) is_named(field, name, sizeof(name) - 1)

static bool is_of_a_connection(const terni_hpack_field *field)
{
    return IS(field, "connection") || IS(field, "keep-alive") || IS(field, "proxy-connection") ||
           IS(field, "transfer-encoding") || IS(field, "upgrade");
}

// ---- which field ---------------------------------------------------------

static void add_pseudo(h2_fields *f, const terni_hpack_field *field)
{
    bool     is_request = f->list == H2_REQUEST, is_response = f->list == H2_RESPONSE;
    h2_text *t = NULL;

    if (is_request && IS(field, ":method"))
        t = &f->method;
    else if (is_request && IS(field, ":scheme"))
        t = &f->scheme;
    else if (is_request && IS(field, ":path"))
        t = &f->path;
    else if (is_request && IS(field, ":authority"))
        t = &f->authority;
    else if (is_response && IS(field, ":status"))
        t = &f->status;
    if (!t || t->at || f->has_regular) {
        f->fault = "a pseudo-header field is unknown, there twice, or out of place";
        return;
    }
    t->at = keep(f, field->value, field->value_len);
    t->len = field->value_len;
}

// Which have a meaning of their own, by the length of their name first: nearly all fields come here.
static h2_text *find_known(h2_fields *f, const terni_hpack_field *field)
{
    switch (field->name_len) {
    case 2:
        return IS(field, "te") ? &f->te : NULL;
    case 4:
        return IS(field, "host") ? &f->host : NULL;
    case 11:
        return IS(field, "grpc-status") ? &f->grpc_status : NULL;
    case 12:
        if (IS(field, "content-type"))
            return &f->content_type;
        if (IS(field, "grpc-timeout"))
            return &f->timeout;
        return IS(field, "grpc-message") ? &f->message : NULL;
    case 13:
        return IS(field, "grpc-encoding") ? &f->encoding : NULL;
    case 14:
        return IS(field, "content-length") ? &f->content_length : NULL;
    case 20:
        return IS(field, "grpc-accept-encoding") ? &f->accept_encoding : NULL;
    case 23:
        return IS(field, "grpc-status-details-bin") ? &f->details : NULL;
    default:
        return NULL;
    }
}

static void add_regular(h2_fields *f, const terni_hpack_field *field)
{
    h2_text *t = find_known(f, field);

    f->has_regular = true;
    if (!t && is_of_a_connection(field))
        f->fault = "a field is one connection's alone, which HTTP/2 does not have";
    else if (!t)
        add_metadata(f, field);
    else if (!t->at && (t->at = keep(f, field->value, field->value_len)))
        t->len = field->value_len;
}

void h2_fields_add(void *fields, const terni_hpack_field *given)
{
    h2_fields        *f = fields;
    terni_hpack_field field = *given;
    bool              is_pseudo = field.name_len > 0 && *field.name == ':';

    f->size += (uint64_t)field.name_len + field.value_len + FIELD_OVERHEAD;
    f->is_too_large |= f->size > f->limit;
    if (f->is_too_large || f->fault || f->lacks_memory)
        return;
    strip_spaces(&field);
    if (!has_good_value(&field) || (!is_pseudo && !has_good_name(&field)))
        f->fault = bad_characters;
    else if (is_pseudo)
        add_pseudo(f, &field);
    else
        add_regular(f, &field);
}

// ---- all together --------------------------------------------------------

static const char *find_fault_of_request(h2_fields *f)
{
    if (!f->method.len || !f->scheme.len || !f->path.len)
        return "a request has no :method, :scheme or :path";
    if (f->te.at && !h2_text_is(&f->te, "trailers"))
        return "te is not trailers";
    if (!f->authority.at)
        f->authority = f->host;
    return NULL;
}

static bool is_status(const h2_text *t)
{
    return t->len == 3 && t->at[0] >= '1' && t->at[0] <= '9' && t->at[1] >= '0' &&
           t->at[1] <= '9' && t->at[2] >= '0' && t->at[2] <= '9';
}

static const char *find_fault(h2_fields *f)
{
    switch (f->list) {
    case H2_REQUEST:
        return find_fault_of_request(f);
    case H2_RESPONSE:
        return is_status(&f->status) ? NULL : "a response has no :status";
    case H2_TRAILERS:
        return NULL;
    }
    TERN_UNREACHABLE();
}

static void decode_status(h2_fields *f)
{
    size_t len;

    if (f->message.at)
        f->message.len = (uint32_t)terni_percent_decode(f->message.at, f->message.len);
    if (!f->details.at)
        return;
    if (terni_base64_decode(f->details.at, f->details.len, &len))
        f->details.len = (uint32_t)len;
    else
        f->details = (h2_text){ 0 };
}

bool h2_fields_finish(h2_fields *f)
{
    if (f->is_too_large || f->lacks_memory)
        return false;
    if (!f->fault)
        f->fault = find_fault(f);
    if (f->fault)
        return false;
    if (f->list != H2_REQUEST)
        decode_status(f);
    return true;
}

bool h2_fields_are_grpc(const h2_fields *f)
{
    static const char type[] = "application/grpc";
    const size_t      len = sizeof type - 1;
    const h2_text    *t = &f->content_type;

    if (t->len < len || memcmp(t->at, type, len) != 0)
        return false;
    return t->len == len || t->at[len] == '+' || t->at[len] == ';';
}
