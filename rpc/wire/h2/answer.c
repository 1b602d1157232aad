#include "rpc/wire/h2/answer_internal.h"

#include <stdio.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/h2/blocks_out_internal.h"
#include "rpc/wire/h2/text_internal.h"

static const char type[] = "application/grpc";

enum {
    TYPE_LEN = sizeof type - 1,
    MAX_FIXED =
        128 + TERNI_MAX_ENCODINGS  // :status, content-type, what we can read, and grpc-status
};

// ---- metadata ------------------------------------------------------------

static bool is_binary(const terni_meta *m)
{
    return m->key_len > 4 && memcmp(m->key + m->key_len - 4, "-bin", 4) == 0;
}

size_t terni_h2_metadata_bound(const terni_meta_list *list)
{
    size_t size = 0;

    for (uint32_t i = 0; i < list->n; i++)
        size += h2_field_bound(list->entries[i].key_len,
                               terni_base64_bound(list->entries[i].value_len));
    return size;
}

static uint8_t *put_binary(uint8_t *p, const terni_meta *m)
{
    size_t len = (size_t)m->value_len * 4 / 3 + (m->value_len % 3 != 0);

    *p++ = H2_PLAIN;
    p = h2_put_string(p, m->key, m->key_len);
    p = h2_put_int(p, 0, 7, (uint32_t)len);
    return (uint8_t *)terni_base64_put((char *)p, m->value, m->value_len);
}

// What proves who somebody is stays out of every table on the way.
static unsigned how_to_put(const terni_meta *m)
{
    static const char secret[] = "authorization";

    return m->key_len == sizeof secret - 1 && memcmp(m->key, secret, m->key_len) == 0
               ? H2_NEVER_INDEXED
               : H2_PLAIN;
}

uint8_t *terni_h2_put_metadata(uint8_t *p, const terni_meta_list *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        const terni_meta *m = &list->entries[i];

        p = is_binary(m)
                ? put_binary(p, m)
                : h2_put_field(p, how_to_put(m), m->key, m->key_len, m->value, m->value_len);
    }
    return p;
}

// ---- a status, without its code ------------------------------------------

size_t terni_h2_status_bound(const terni_close *c)
{
    if (TERN_LIKELY(!c || !(c->message_len | c->details_len | c->metadata.n)))
        return 0;
    return h2_field_bound(12, terni_percent_bound(c->message_len)) +
           h2_field_bound(23, terni_base64_bound(c->details_len)) +
           terni_h2_metadata_bound(&c->metadata);
}

// Its length comes first, and may take a byte or two less than we leave for it.
static uint8_t *put_message(uint8_t *p, const char *text, size_t len)
{
    char  *start = (char *)p + 1 + 13 + H2_MAX_INT;
    size_t n = (size_t)(terni_percent_put(start, text, len) - start);

    *p++ = H2_PLAIN;
    p = h2_put_string(p, "grpc-message", 12);
    p = h2_put_int(p, 0, 7, (uint32_t)n);
    memmove(p, start, n);
    return p + n;
}

uint8_t *terni_h2_put_status(uint8_t *p, const terni_close *c)
{
    if (TERN_LIKELY(!c || !(c->message_len | c->details_len | c->metadata.n)))
        return p;
    if (c->message_len)
        p = put_message(p, c->message, c->message_len);
    if (c->details_len)
        p = put_binary(p, &(terni_meta){ .key = "grpc-status-details-bin",
                                         .key_len = 23,
                                         .value = c->details,
                                         .value_len = c->details_len });
    return terni_h2_put_metadata(p, &c->metadata);
}

// ---- what every answer has -----------------------------------------------

static uint8_t *put_encodings(const terni_engine *e, uint8_t *p)
{
    const char *list = e->limits->encodings ? e->limits->encodings : "identity";

    return h2_put_field(p, H2_PLAIN, "grpc-accept-encoding", 20, list, strlen(list));
}

// The first answer of a connection says what may be compressed with, and each to a call that used something
// else.
static uint8_t *put_head(terni_engine *e, const terni_stream *s, uint8_t *p)
{
    bool tells = s->own_flags & H2_TELLS_ENCODINGS;

    p = h2_put_static(h2_put_update(p, &e->table), H2_STATIC_STATUS_200);
    if (TERN_LIKELY(e->entries.content_type)) {
        p = h2_put_entry(p, &e->table, e->entries.content_type);
    } else {
        e->entries.content_type = h2_table_add(&e->table, 12, TYPE_LEN);
        p = h2_put_value(p, e->entries.content_type ? H2_INDEXING : H2_PLAIN,
                         H2_STATIC_CONTENT_TYPE, type, TYPE_LEN);
        tells |= e->limits->encodings != NULL;
    }
    return TERN_UNLIKELY(tells) ? put_encodings(e, p) : p;
}

static uint8_t *put_code(terni_engine *e, uint8_t *p, uint32_t code)
{
    char   digits[2] = { (char)('0' + code / 10), (char)('0' + code % 10) };
    size_t skip = code < 10;

    TERN_DEBUG_ASSERT(code < 100);
    if (TERN_LIKELY(code == 0 && e->entries.ok))
        return h2_put_entry(p, &e->table, e->entries.ok);
    if (code == 0)
        e->entries.ok = h2_table_add(&e->table, 11, 1);
    return h2_put_field(p, code == 0 && e->entries.ok ? H2_INDEXING : H2_PLAIN, "grpc-status", 11,
                        digits + skip, sizeof digits - skip);
}

bool terni_h2_begin_answer(terni_engine *e, terni_stream *s, const terni_headers *headers)
{
    size_t bound = MAX_FIXED;
    h2_out out;

    if (TERN_LIKELY(s->own_flags & H2_HEADERS_SENT))
        return true;
    if (headers)
        bound +=
            terni_h2_metadata_bound(&headers->metadata) + h2_field_bound(13, headers->encoding_len);
    if (!terni_h2_begin_block(e, bound, &out))
        return false;
    out.p = put_head(e, s, out.p);
    if (headers && headers->encoding_len)
        out.p = h2_put_field(out.p, H2_PLAIN, "grpc-encoding", 13, headers->encoding,
                             headers->encoding_len);
    if (headers)
        out.p = terni_h2_put_metadata(out.p, &headers->metadata);
    s->own_flags |= H2_HEADERS_SENT;
    return terni_h2_send_block(e, &out, s->id, 0);
}

// Room for the last block of an answer, with all in it that every one has.
static bool begin_end(terni_engine *e, const terni_stream *s, uint32_t code, size_t len,
                      h2_out *ret_out)
{
    uint8_t *p;

    if (!terni_h2_begin_block(e, MAX_FIXED + len, ret_out))
        return false;
    p = ret_out->p;
    p = s->own_flags & H2_HEADERS_SENT ? h2_put_update(p, &e->table) : put_head(e, s, p);
    ret_out->p = put_code(e, p, code);
    return true;
}

static void send_end(terni_engine *e, const terni_stream *s, h2_out *out)
{
    if (terni_h2_send_block(e, out, s->id, H2_END_STREAM) && !(s->flags & TERNI_STREAM_REMOTE_END))
        terni_h2_send_reset(e, s->id, H2_NO_ERROR);  // the client need not go on
}

void terni_h2_end_answer(terni_engine *e, terni_stream *s, const terni_close *close)
{
    h2_out out;

    if (!begin_end(e, s, close ? close->code : 0, terni_h2_status_bound(close), &out))
        return;
    out.p = terni_h2_put_status(out.p, close);
    send_end(e, s, &out);
}

void terni_h2_end_answer_as_put(terni_engine *e, terni_stream *s, uint32_t code,
                                const uint8_t *status, size_t len)
{
    h2_out out;

    if (!begin_end(e, s, code, len, &out))
        return;
    memcpy(out.p, status, len);
    out.p += len;
    send_end(e, s, &out);
}

// ---- giving up -----------------------------------------------------------

static h2_error error_of(uint32_t code)
{
    switch (code) {
    case 1:
    case 4:
        return H2_CANCEL;
    case 7:
        return H2_INADEQUATE_SECURITY;
    case 8:
        return H2_ENHANCE_YOUR_CALM;
    default:
        return H2_INTERNAL_ERROR;
    }
}

enum {
    MAX_WHY = 512,            // bytes of a reason that we give
    MAX_SHOWN_ENCODING = 32,  // of a name that a peer has given
    UNIMPLEMENTED = 12,       // of gRPC's codes
};

// A status may stand where a message may begin.
static bool has_place_for_status(const terni_engine *e, const terni_stream *s)
{
    const terni_waiting *w = h2_of(s)->waiting;

    return e->role == TERNI_SERVER && (!w || !terni_h2_sending(w)->has_begun);
}

void terni_h2_give_up(terni_engine *e, terni_stream *s, uint32_t code, const char *why)
{
    const terni_close close = { .code = code,
                                .message = why,
                                .message_len = why ? (uint32_t)strnlen(why, MAX_WHY) : 0 };

    if (e->role == TERNI_CLIENT)
        terni_h2_send_reset(e, s->id, H2_CANCEL);
    else if (!has_place_for_status(e, s))
        terni_h2_send_reset(e, s->id, error_of(code));
    else
        terni_h2_end_answer(e, s, &close);
}

// ---- to what never became a call -----------------------------------------

static void count_answer(terni_engine *e, size_t before)
{
    if (e->out->len > before)
        e->unsent_control += e->out->len - before;
}

void terni_h2_refuse(terni_engine *e, uint32_t stream, bool has_ended, uint32_t code,
                     const char *why)
{
    terni_stream s = { .id = stream, .flags = has_ended ? TERNI_STREAM_REMOTE_END : 0 };
    size_t       before = e->out->len;

    terni_h2_note_end(e, stream, !has_ended);
    terni_h2_give_up(e, &s, code, why);
    count_answer(e, before);
}

// An answer has its place for this in front of the status.
void terni_h2_refuse_encoding(terni_engine *e, uint32_t stream, bool has_ended, const char *name,
                              size_t len)
{
    terni_stream s = { .id = stream,
                       .flags = has_ended ? TERNI_STREAM_REMOTE_END : 0,
                       .own_flags = H2_TELLS_ENCODINGS };
    size_t       before = e->out->len;
    char         why[MAX_WHY];

    snprintf(why, sizeof why, "messages in \"%.*s\" cannot be read here, but in: %s",
             (int)(len < MAX_SHOWN_ENCODING ? len : MAX_SHOWN_ENCODING), name,
             e->limits->encodings ? e->limits->encodings : "identity");
    terni_h2_give_up(e, &s, UNIMPLEMENTED, why);
    count_answer(e, before);
}

// For those who look what there is on this port with something else.
void terni_h2_refuse_http(terni_engine *e, uint32_t stream, bool has_ended, unsigned status,
                          const char *text)
{
    const char digits[3] = { (char)('0' + status / 100), (char)('0' + status / 10 % 10),
                             (char)('0' + status % 10) };
    size_t     before = e->out->len, len = strlen(text);
    h2_out     out;
    uint8_t   *p;

    terni_h2_note_end(e, stream, !has_ended);
    if (!terni_h2_begin_block(e, MAX_FIXED, &out))
        return;
    out.p = h2_put_value(h2_put_update(out.p, &e->table), H2_PLAIN, H2_STATIC_STATUS_200, digits,
                         sizeof digits);
    out.p = h2_put_value(out.p, H2_PLAIN, H2_STATIC_CONTENT_TYPE, "text/plain", 10);
    if (!terni_h2_send_block(e, &out, stream, 0))
        return;
    if ((int64_t)len > e->send_window || len > e->peer.stream_window)
        len = 0;
    e->send_window -= (int64_t)len;
    if ((p = terni_h2_begin_frame(e, H2_DATA, H2_END_STREAM, stream, len)))
        memcpy(p, text, len);
    if (!has_ended)
        terni_h2_send_reset(e, stream, H2_NO_ERROR);
    count_answer(e, before);
}
