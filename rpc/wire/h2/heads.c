#include "rpc/wire/h2/heads_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/h2/answer_internal.h"
#include "rpc/wire/h2/content_internal.h"
#include "rpc/wire/h2/ends_internal.h"
#include "rpc/wire/h2/fields_internal.h"
#include "rpc/wire/h2/text_internal.h"

// Of gRPC's codes.
enum { EXHAUSTED = 8, UNKNOWN = 2, INTERNAL = 13, N_CODES = 17 };

// A header block, whole.
typedef struct block block;
struct block {
    uint32_t       stream;
    const uint8_t *bytes;
    uint32_t       len;
    bool           is_last;  // END_STREAM
};

static bool decode(terni_engine *e, const block *b, h2_fields *f)
{
    int err = terni_hpack_decode(&e->hpack, b->bytes, b->len, h2_fields_add, f);

    if (err == -ENOMEM)
        terni_h2_lack_memory(e);
    else if (err < 0)
        terni_h2_fail(e, H2_COMPRESSION_ERROR, "a header block cannot be decoded");
    return err == 0;
}

// ---- a request -----------------------------------------------------------

static void set_subtype(terni_open *open, const h2_text *type)
{
    const char *plus = memchr(type->at, '+', type->len), *end;

    if (!plus)
        return;
    end = memchr(plus, ';', type->len - (size_t)(plus - type->at));
    open->subtype = plus + 1;
    open->subtype_len = (uint32_t)((end ? end : type->at + type->len) - open->subtype);
}

static terni_open open_of(terni_engine *e, const h2_fields *f)
{
    terni_open open = { .path = f->path.at,
                        .path_len = f->path.len,
                        .authority = f->authority.at,
                        .authority_len = f->authority.len,
                        .encoding = f->encoding.at,
                        .encoding_len = f->encoding.len,
                        .accept_encoding = f->accept_encoding.at,
                        .accept_encoding_len = f->accept_encoding.len,
                        .metadata = { f->metas, f->n_metas } };

    set_subtype(&open, &f->content_type);
    open.method = e->events->lookup(e->owner, open.path, open.path_len);
    return open;
}

// One that is no number is no body's.
static uint64_t length_of(const h2_text *t)
{
    uint64_t n = 0;

    for (uint32_t i = 0; i < t->len; i++) {
        if (t->at[i] < '0' || t->at[i] > '9' || n > UINT64_MAX / 10 - 1)
            return UINT64_MAX;
        n = n * 10 + (uint64_t)(t->at[i] - '0');
    }
    return t->len ? n : UINT64_MAX;
}

static void refuse(terni_engine *e, const block *b, h2_error error)
{
    terni_h2_note_end(e, b->stream, !b->is_last);
    terni_h2_answer_reset(e, b->stream, error);
}

static void open_call(terni_engine *e, const block *b, const terni_open *open,
                      const h2_text *length)
{
    terni_stream *s = e->events->opened(e->owner, open);

    if (!s) {
        refuse(e, b, H2_REFUSED_STREAM);
        return;
    }
    terni_h2_begin_stream(e, s, b->stream, 0);
    e->current = s;
    if (TERN_UNLIKELY(length->at) && !terni_h2_expect_content(e, s, length_of(length)))
        return;
    if (b->is_last)
        terni_h2_take_end(e, s);
    else
        e->events->began(e->owner, s);
}

static void take_request(terni_engine *e, const block *b, h2_fields *f)
{
    terni_open open;

    if (!h2_text_is(&f->method, "POST")) {
        terni_h2_refuse_http(e, b->stream, b->is_last, 405, "gRPC's calls are made with POST.\n");
        return;
    }
    if (!h2_fields_are_grpc(f)) {
        terni_h2_refuse_http(e, b->stream, b->is_last, 415,
                             "This port speaks gRPC: the content-type is application/grpc.\n");
        return;
    }
    open = open_of(e, f);
    if (f->timeout.at && !terni_timeout_get(f->timeout.at, f->timeout.len, &open.timeout_us))
        terni_h2_refuse(e, b->stream, b->is_last, INTERNAL, "grpc-timeout is no timeout");
    else if (TERN_UNLIKELY(f->encoding.len) &&
             !terni_limits_allow_encoding(e->limits, f->encoding.at, f->encoding.len))
        terni_h2_refuse_encoding(e, b->stream, b->is_last, f->encoding.at, f->encoding.len);
    else
        open_call(e, b, &open, &f->content_length);
}

static void judge_request(terni_engine *e, const block *b, h2_fields *f)
{
    bool is_good = h2_fields_finish(f);

    if (f->lacks_memory || e->is_going || e->streams.n >= e->limits->max_streams ||
        e->queue.bytes > e->limits->max_waiting)
        refuse(e, b, H2_REFUSED_STREAM);
    else if (f->fault)
        refuse(e, b, H2_PROTOCOL_ERROR);
    else if (!is_good)
        terni_h2_refuse(e, b->stream, b->is_last, EXHAUSTED,
                        "the metadata are larger than max_metadata");
    else
        take_request(e, b, f);
}

// Trailers that crossed with our end of the stream are nothing but a part of the decoder's state.
static void receive_late(terni_engine *e, const block *b)
{
    h2_fields f;

    if (!terni_h2_has_ended(e, b->stream, true)) {
        terni_h2_fail(
            e, terni_h2_has_ended(e, b->stream, false) ? H2_STREAM_CLOSED : H2_PROTOCOL_ERROR,
            "HEADERS are on a stream that is over, or must not be opened");
        return;
    }
    h2_fields_init(&f, H2_TRAILERS, e->limits->max_metadata);
    (void)decode(e, b, &f);
    h2_fields_done(&f);
}

static void receive_request(terni_engine *e, const block *b)
{
    h2_fields f;

    if (b->stream % 2 == 0 || b->stream <= e->last_id) {
        receive_late(e, b);
        return;
    }
    h2_fields_init(&f, H2_REQUEST, e->limits->max_metadata);
    if (decode(e, b, &f)) {
        e->last_id = b->stream;
        judge_request(e, b, &f);
    }
    h2_fields_done(&f);
}

// Behind a request's messages. They say nothing to gRPC but that it ends.
static void receive_request_trailers(terni_engine *e, terni_stream *s, const block *b)
{
    h2_fields f;
    bool      is_over = s->flags & TERNI_STREAM_REMOTE_END;

    h2_fields_init(&f, H2_TRAILERS, e->limits->max_metadata);
    if (decode(e, b, &f)) {
        (void)h2_fields_finish(&f);
        if (is_over || !b->is_last || f.fault)
            terni_h2_end_by_fault(e, s, is_over ? H2_STREAM_CLOSED : H2_PROTOCOL_ERROR,
                                  "HEADERS came where there must be none");
        else
            terni_h2_take_end(e, s);
    }
    h2_fields_done(&f);
}

// ---- a response ----------------------------------------------------------

static unsigned number_of(const h2_text *t)
{
    unsigned n = 0;

    if (t->len == 0 || t->len > 3)
        return UINT32_MAX;
    for (uint32_t i = 0; i < t->len; i++) {
        if (t->at[i] < '0' || t->at[i] > '9')
            return UINT32_MAX;
        n = n * 10 + (unsigned)(t->at[i] - '0');
    }
    return n;
}

static void take_status(terni_engine *e, terni_stream *s, const h2_fields *f)
{
    unsigned    code = number_of(&f->grpc_status);
    terni_close close = { .code = code < N_CODES ? code : UNKNOWN,
                          .message = f->message.at,
                          .message_len = f->message.len,
                          .details = (const uint8_t *)f->details.at,
                          .details_len = f->details.len,
                          .metadata = { f->metas, f->n_metas } };

    terni_limits_cut_status(e->limits, &close, 0);  // their size was looked at with the list's
    if (!f->grpc_status.at)
        terni_h2_end_without_status(e, s);
    else if (close.code == 0 && h2_of(s)->incoming && h2_of(s)->incoming->n_prefix)
        terni_h2_end_by_fault(e, s, H2_PROTOCOL_ERROR,
                              "the server says OK in the middle of a message");
    else
        terni_h2_end_by_peer(e, s, &close);
}

enum { MAX_PEER_ENCODINGS = 255 };  // bytes of their names; Tern knows three short ones

// What the server can read, as it has said last. A list that is too long, or that there is no memory for, is as
// if it had said nothing.
static void learn_encodings(terni_engine *e, const h2_text *list)
{
    const char *known = e->peer_encodings;

    if (known && strlen(known) == list->len && memcmp(known, list->at, list->len) == 0)
        return;
    tern_mem_free(e->peer_encodings);
    e->peer_encodings = list->len <= MAX_PEER_ENCODINGS ? tern_mem_alloc(list->len + 1u) : NULL;
    if (!e->peer_encodings)
        return;
    memcpy(e->peer_encodings, list->at, list->len);
    e->peer_encodings[list->len] = '\0';
}

static void take_head(terni_engine *e, terni_stream *s, const block *b, const h2_fields *f)
{
    unsigned status = number_of(&f->status);

    if (status < 200 && !b->is_last)
        return;  // an interim one; the real one follows
    if (TERN_UNLIKELY(f->accept_encoding.at))
        learn_encodings(e, &f->accept_encoding);
    s->own_flags |= H2_HEAD_CAME;
    s->own_value = (uint16_t)(h2_own_window(s) << H2_STATUS_BITS |
                              (status < H2_MAX_HTTP ? status : H2_MAX_HTTP));
    if (b->is_last) {
        take_status(e, s, f);
        return;
    }
    if (status != 200 || !h2_fields_are_grpc(f)) {
        s->own_flags |= H2_NOT_GRPC;
        return;
    }
    s->flags |= TERNI_STREAM_ANSWERED;
    if ((f->n_metas || f->encoding.len) && e->events->headers)
        e->events->headers(e->owner, s,
                           &(terni_headers){ .encoding = f->encoding.at,
                                             .encoding_len = f->encoding.len,
                                             .metadata = { f->metas, f->n_metas } });
}

static void judge_response(terni_engine *e, terni_stream *s, const block *b, h2_fields *f)
{
    bool is_good = h2_fields_finish(f);

    if (f->fault || (f->list == H2_TRAILERS && !b->is_last))
        terni_h2_end_by_fault(e, s, H2_PROTOCOL_ERROR, f->fault ? f->fault : "HEADERS came twice");
    else if (!is_good)
        terni_h2_end_by_status(e, s, EXHAUSTED,
                               f->is_too_large ? "the metadata are larger than max_metadata"
                                               : "out of memory");
    else if (f->list == H2_RESPONSE)
        take_head(e, s, b, f);
    else
        take_status(e, s, f);
}

static void receive_response(terni_engine *e, const block *b)
{
    terni_stream *s = terni_streams_find(&e->streams, b->stream);
    h2_fields     f;

    if (b->stream % 2 == 0 || b->stream > e->last_id) {
        terni_h2_fail(e, H2_PROTOCOL_ERROR, "HEADERS are on a stream that was never opened");
        return;
    }
    h2_fields_init(&f, s && !(s->own_flags & H2_HEAD_CAME) ? H2_RESPONSE : H2_TRAILERS,
                   e->limits->max_metadata);
    e->current = s;
    if (decode(e, b, &f) && s)
        judge_response(e, s, b, &f);
    h2_fields_done(&f);
}

// ---- blocks --------------------------------------------------------------

static void take_block(terni_engine *e, const block *b)
{
    terni_stream *s;

    if (e->role == TERNI_CLIENT)
        receive_response(e, b);
    else if ((s = terni_streams_find(&e->streams, b->stream)))
        receive_request_trailers(e, s, b);
    else
        receive_request(e, b);
}

void terni_h2_drop_partial(terni_engine *e)
{
    tern_mem_free(e->partial.bytes);
    e->partial = (h2_partial){ 0 };
}

static bool add_to_partial(terni_engine *e, const uint8_t *bytes, uint32_t len)
{
    h2_partial *p = &e->partial;
    uint8_t    *more;

    if (len > e->limits->h2.max_header_block - p->len ||
        ++p->n_frames > e->limits->h2.max_continuations) {
        terni_h2_fail(e, H2_ENHANCE_YOUR_CALM, "a header block is too large");
        return false;
    }
    if (!(more = tern_mem_realloc(p->bytes, p->len + len + 1))) {
        terni_h2_lack_memory(e);
        return false;
    }
    memcpy(more + p->len, bytes, len);
    p->bytes = more;
    p->len += len;
    return true;
}

// What is left of a HEADERS frame without padding and priority.
static bool strip(terni_engine *e, const h2_frame *f, block *ret)
{
    uint32_t head = (f->flags & H2_PADDED ? 1u : 0u) + (f->flags & H2_HAS_PRIORITY ? 5u : 0u);
    uint32_t padding = f->flags & H2_PADDED && f->len ? f->payload[0] : 0;

    if (f->len < head + padding) {
        terni_h2_fail(e, H2_PROTOCOL_ERROR, "a HEADERS frame is longer padded than it is");
        return false;
    }
    *ret = (block){ .stream = f->stream,
                    .bytes = f->payload + head,
                    .len = f->len - head - padding,
                    .is_last = f->flags & H2_END_STREAM };
    return true;
}

void terni_h2_take_headers(terni_engine *e, const h2_frame *f)
{
    block b;

    if (!strip(e, f, &b))
        return;
    if (f->flags & H2_END_HEADERS) {
        take_block(e, &b);
    } else if (add_to_partial(e, b.bytes, b.len)) {
        e->partial.stream = f->stream;
        e->partial.flags = f->flags;
    }
}

void terni_h2_take_continuation(terni_engine *e, const h2_frame *f)
{
    h2_partial whole;

    if (!add_to_partial(e, f->payload, f->len) || !(f->flags & H2_END_HEADERS))
        return;
    whole = e->partial;
    e->partial = (h2_partial){ 0 };
    take_block(e, &(block){ .stream = whole.stream,
                            .bytes = whole.bytes,
                            .len = whole.len,
                            .is_last = whole.flags & H2_END_STREAM });
    tern_mem_free(whole.bytes);
}
