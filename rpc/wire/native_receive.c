// Frames in. A table says who may send what, and on which stream; one function for each kind.
#include "rpc/wire/native_internal.h"

#include <string.h>

#include <tern/mem.h>

enum { META_OVERHEAD = 32 };  // what an entry of metadata counts beside its bytes, as in HTTP/2

static void malformed(terni_engine *e, const char *why)
{
    terni_native_fail(e, GOAWAY_PROTOCOL_ERROR, why);
}

// ---- heads ---------------------------------------------------------------

typedef struct head head;
struct head {
    const char    *path, *encoding, *message;
    uint32_t       path_len, encoding_len, message_len;
    const uint8_t *details;
    uint32_t       details_len;
    uint32_t       path_id, code;
    uint64_t       timeout_us, message_size;
    bool           not_processed;
    uint32_t       n_metas, meta_bytes;
};

static bool add_meta(terni_engine *e, head *h, const terni_head_field *entry)
{
    terni_head_reader r = terni_head_read(entry->bytes, entry->len);
    terni_meta        m = { .key = "", .value = (const uint8_t *)"" };

    if (h->n_metas == e->cap_metas) {
        uint32_t    cap = e->cap_metas ? e->cap_metas * 2 : 16;
        terni_meta *metas = tern_mem_realloc(e->metas, cap * sizeof *metas);

        if (!metas)
            return false;
        e->metas = metas;
        e->cap_metas = cap;
    }
    for (terni_head_field f; terni_head_next(&r, &f);) {
        if (f.type == TERNI_BYTES && f.number == 1) {
            m.key = (const char *)f.bytes;
            m.key_len = f.len;
        } else if (f.type == TERNI_BYTES && f.number == 2) {
            m.value = f.bytes;
            m.value_len = f.len;
        }
    }
    e->metas[h->n_metas++] = m;
    h->meta_bytes += m.key_len + m.value_len + META_OVERHEAD;
    return !r.is_bad;
}

static terni_meta_list metadata_of(const terni_engine *e, const head *h)
{
    return (terni_meta_list){ e->metas, h->n_metas };
}

static bool read_open_head(terni_engine *e, const frame *f, head *ret)
{
    terni_head_reader r = terni_head_read(f->head, f->head_len);
    head              h = { 0 };

    for (terni_head_field field; terni_head_next(&r, &field);) {
        if (field.type == TERNI_VARINT) {
            if (field.number == 2)
                h.path_id = field.value < UINT32_MAX ? (uint32_t)field.value : UINT32_MAX;
            else if (field.number == 3)
                h.timeout_us = field.value;
            else if (field.number == 6)
                h.message_size = field.value;
        } else if (field.number == 1) {
            h.path = (const char *)field.bytes;
            h.path_len = field.len;
        } else if (field.number == 4) {
            if (!add_meta(e, &h, &field))
                return false;
        } else if (field.number == 5) {
            h.encoding = (const char *)field.bytes;
            h.encoding_len = field.len;
        }
    }
    *ret = h;
    return !r.is_bad;
}

static bool read_close_head(terni_engine *e, const frame *f, head *ret)
{
    terni_head_reader r = terni_head_read(f->head, f->head_len);
    head              h = { 0 };

    for (terni_head_field field; terni_head_next(&r, &field);) {
        if (field.type == TERNI_VARINT) {
            if (field.number == 1)
                h.code = field.value <= 16 ? (uint32_t)field.value : 2;  // UNKNOWN
            else if (field.number == 3 && f->kind == KIND_RESET)
                h.not_processed = field.value != 0;
            else if (field.number == 5)
                h.message_size = field.value;
        } else if (field.number == 2) {
            h.message = (const char *)field.bytes;
            h.message_len = field.len;
        } else if (field.number == 3) {
            h.details = field.bytes;
            h.details_len = field.len;
        } else if (field.number == 4) {
            if (!add_meta(e, &h, &field))
                return false;
        }
    }
    *ret = h;
    return !r.is_bad;
}

// The one varint of WINDOW and DATA, and the last_stream of GOAWAY: field 1.
static bool read_number_head(const frame *f, uint64_t *ret_value)
{
    terni_head_reader r = terni_head_read(f->head, f->head_len);

    *ret_value = 0;
    for (terni_head_field field; terni_head_next(&r, &field);)
        if (field.type == TERNI_VARINT && field.number == 1)
            *ret_value = field.value;
    return !r.is_bad;
}

// ---- bodies --------------------------------------------------------------

// The stream is refused or given up by us; the rest of what the peer sends for it is skipped.
static void end_stream(terni_engine *e, terni_stream *s, uint32_t code, const char *why)
{
    terni_close close = {
        .code = code, .message = why, .message_len = (uint32_t)strlen(why), .is_reset = true
    };

    terni_native_send_reset(e, s->id, code, why, false);
    terni_native_forget(e, s);
    e->events->closed(e->owner, s, &close);
}

// All body bytes count against the connection's window; those that no call will consume are given back
// at once.
static bool count_body(terni_engine *e, const frame *f, terni_stream *s)
{
    e->recv_used += f->body_len;
    if (e->recv_used > e->recv_granted) {
        malformed(e, "the peer overran the connection's window");
        return false;
    }
    if (!s)
        terni_native_consumed(e, NULL, f->body_len);
    return true;
}

static void deliver(terni_engine *e, terni_stream *s, const terni_piece *piece)
{
    e->events->message(e->owner, s, piece);
}

// Grants at once what an announced message lacks, so that it can arrive whole.
static void grant_announced(terni_engine *e, terni_stream *s, uint64_t size)
{
    if (size > e->limits.stream_window - s->recv_used)
        terni_native_send_window(e, s->id, (uint32_t)size);
    if (size > e->recv_granted - e->recv_used) {
        terni_native_send_window(e, 0, (uint32_t)size);
        e->recv_granted += size;
    }
}

static arriving *begin_arriving(terni_engine *e, terni_stream *s, const frame *f, uint64_t size)
{
    arriving *a;

    if (size > e->limits.max_message || size < f->body_len) {
        end_stream(e, s, 8, "a message is larger than max_message");  // RESOURCE_EXHAUSTED
        return NULL;
    }
    if (!(a = tern_mem_zalloc(sizeof *a))) {
        end_stream(e, s, 8, "out of memory");
        return NULL;
    }
    tern_linkbuf_init(&a->parts, e->out->pool);
    a->size = size;
    a->is_compressed = f->flags & FLAG_COMPRESSED;
    s->arriving = a;
    grant_announced(e, s, size - f->body_len);
    return a;
}

static void finish_arriving(terni_engine *e, terni_stream *s, arriving *a)
{
    const uint8_t *data = a->size ? tern_linkbuf_peek(&a->parts, a->parts.len) : NULL;
    terni_piece    piece = { data, a->parts.len, a->size ? a->parts.head->block : NULL,
                             a->is_compressed };

    s->arriving = NULL;
    if (a->size && !data)
        end_stream(e, s, 8, "out of memory");
    else
        deliver(e, s, &piece);
    tern_linkbuf_done(&a->parts);
    tern_mem_free(a);
}

// A part of a message, perhaps the last.
static void take_part(terni_engine *e, terni_stream *s, const frame *f, uint64_t announced)
{
    arriving *a = s->arriving;

    if (!a && !(a = begin_arriving(e, s, f, announced)))
        return;
    if (a->parts.len + f->body_len > a->size) {
        malformed(e, "a message is longer than announced");
        return;
    }
    if (f->body_len &&
        tern_linkbuf_append_view(&a->parts, f->block, (uint8_t *)f->body, f->body_len) < 0) {
        end_stream(e, s, 8, "out of memory");
        return;
    }
    if (f->flags & FLAG_MORE)
        return;
    if (a->parts.len != a->size)
        malformed(e, "a message is shorter than announced");
    else
        finish_arriving(e, s, a);
}

// The body of OPEN, DATA or CLOSE. The stream may be gone afterwards (id 0).
static void take_body(terni_engine *e, terni_stream *s, const frame *f, uint64_t announced)
{
    const terni_piece piece = { f->body, f->body_len, f->block, f->flags & FLAG_COMPRESSED };

    if (s->arriving || f->flags & FLAG_MORE)
        take_part(e, s, f, announced);
    else if (!(f->flags & FLAG_MESSAGE))
        return;
    else if (TERN_UNLIKELY(f->body_len > e->limits.max_message))
        end_stream(e, s, 8, "a message is larger than max_message");
    else
        deliver(e, s, &piece);
}

// An event may have ended the stream, and its memory may be gone: it is asked for by its number.
static bool is_open(const terni_engine *e, const terni_stream *s, const frame *f)
{
    return e->state != FAILED && terni_streams_find(&e->streams, f->stream) == s;
}

static void take_end(terni_engine *e, terni_stream *s, const frame *f)
{
    if (!(f->flags & FLAG_END) || e->role != TERNI_SERVER || !is_open(e, s, f))
        return;
    s->flags |= TERNI_STREAM_REMOTE_END;
    e->events->ended(e->owner, s);
}

// ---- kinds ---------------------------------------------------------------

static char unknown_path;  // the address marks a path that is registered and that nobody serves

// Registers or looks up; false for a protocol error.
static bool resolve_path(terni_engine *e, const head *h, void **ret_method)
{
    path_entry *entry;

    if (h->path_id == 0) {
        *ret_method = e->events->lookup(e->owner, h->path, h->path_len);
        return h->path_len > 0;
    }
    if (h->path_id > e->limits.max_path_ids && h->path_id > FIRST_PATH_IDS)
        return false;
    if (h->path_id > e->n_paths) {
        uint32_t    n = e->n_paths ? e->n_paths * 2 : FIRST_PATH_IDS;
        path_entry *paths;

        n = n > h->path_id ? n : h->path_id;
        if (!(paths = tern_mem_realloc(e->paths, n * sizeof *paths)))
            return false;
        memset(paths + e->n_paths, 0, (n - e->n_paths) * sizeof *paths);
        e->paths = paths;
        e->n_paths = n;
    }
    entry = &e->paths[h->path_id - 1];
    if (!entry->key == !h->path_len)
        return false;  // unknown, or registered twice
    if (h->path_len) {
        entry->key = &unknown_path;
        entry->method = e->events->lookup(e->owner, h->path, h->path_len);
    }
    *ret_method = entry->method;
    return true;
}

static void refuse(terni_engine *e, const frame *f, const char *why)
{
    terni_native_send_reset(e, f->stream, 14, why, true);  // UNAVAILABLE
    (void)count_body(e, f, NULL);
}

static void begin_call(terni_engine *e, const frame *f, const head *h, void *method)
{
    terni_open    open = { .path = h->path,
                           .path_len = h->path_len,
                           .method = method,
                           .timeout_us = h->timeout_us,
                           .metadata = metadata_of(e, h) };
    terni_stream *s = e->events->opened(e->owner, &open);

    if (!s) {
        refuse(e, f, "the server takes no more calls");
        return;
    }
    *s = (terni_stream){ .id = f->stream, .send_window = e->peer.stream_window };
    terni_streams_insert(&e->streams, s);
    if (!count_body(e, f, s))
        return;
    if (!(f->flags & FLAG_END))
        e->events->began(e->owner, s);
    if (is_open(e, s, f))
        take_body(e, s, f, h->message_size);
    take_end(e, s, f);
}

static void on_open(terni_engine *e, const frame *f, terni_stream *s)
{
    head  h;
    void *method = NULL;

    if (s || f->stream <= e->last_id) {
        malformed(e, "an OPEN reuses a stream's number");
        return;
    }
    if (!read_open_head(e, f, &h) || !resolve_path(e, &h, &method)) {
        malformed(e, "the head of an OPEN is malformed");
        return;
    }
    e->last_id = f->stream;
    if (e->is_going)
        refuse(e, f, "the server is going");
    else if (e->streams.n >= e->limits.max_streams)
        refuse(e, f, "too many calls on this connection");
    else if (h.meta_bytes > e->limits.max_metadata)
        refuse(e, f, "the metadata are larger than max_metadata");
    else
        begin_call(e, f, &h, method);
}

static void on_headers(terni_engine *e, const frame *f, terni_stream *s)
{
    head h;

    if (!s)
        return;
    // Its fields are numbered otherwise than CLOSE's: metadata is field 1.
    terni_head_reader r = terni_head_read(f->head, f->head_len);
    terni_meta_list   list;

    h = (head){ 0 };
    for (terni_head_field field; terni_head_next(&r, &field);)
        if (field.type == TERNI_BYTES && field.number == 1 && !add_meta(e, &h, &field))
            r.is_bad = true;
    if (r.is_bad) {
        malformed(e, "the head of HEADERS is malformed");
        return;
    }
    list = metadata_of(e, &h);
    if (h.meta_bytes > e->limits.max_metadata)
        end_stream(e, s, 8, "the metadata are larger than max_metadata");
    else if (e->events->headers)
        e->events->headers(e->owner, s, &list);
}

static bool count_stream_body(terni_engine *e, terni_stream *s, const frame *f)
{
    s->recv_used += (uint32_t)f->body_len;
    if (s->arriving || f->flags & FLAG_MORE)
        return true;  // announced messages are granted what they lack
    if (s->recv_used <= e->limits.stream_window + FIRST_STREAM_WINDOW)
        return true;
    malformed(e, "the peer overran a stream's window");
    return false;
}

static void on_data(terni_engine *e, const frame *f, terni_stream *s)
{
    uint64_t announced = 0;

    if (!read_number_head(f, &announced)) {
        malformed(e, "the head of a DATA is malformed");
        return;
    }
    if (!count_body(e, f, s) || !s || !count_stream_body(e, s, f))
        return;
    if (s->flags & TERNI_STREAM_REMOTE_END) {
        malformed(e, "DATA came behind END");
        return;
    }
    take_body(e, s, f, announced);
    take_end(e, s, f);
}

static void on_close(terni_engine *e, const frame *f, terni_stream *s)
{
    head        h;
    terni_close close;

    if (!read_close_head(e, f, &h)) {
        malformed(e, "the head of a CLOSE is malformed");
        return;
    }
    if (!count_body(e, f, s) || !s)
        return;
    close = (terni_close){ .code = h.code,
                           .message = h.message,
                           .message_len = h.message_len,
                           .details = h.details,
                           .details_len = h.details_len,
                           .metadata = metadata_of(e, &h) };
    if (f->body_len || f->flags & FLAG_MESSAGE)
        take_body(e, s, f, h.message_size);
    if (!is_open(e, s, f))
        return;
    terni_native_forget(e, s);
    e->events->closed(e->owner, s, &close);
}

static void on_reset(terni_engine *e, const frame *f, terni_stream *s)
{
    head        h;
    terni_close close;

    if (!read_close_head(e, f, &h)) {
        malformed(e, "the head of a RESET is malformed");
        return;
    }
    if (!s)
        return;
    close = (terni_close){ .code = h.code,
                           .message = h.message,
                           .message_len = h.message_len,
                           .is_reset = true,
                           .is_not_processed = h.not_processed };
    terni_native_forget(e, s);
    e->events->closed(e->owner, s, &close);
}

static void on_window(terni_engine *e, const frame *f, terni_stream *s)
{
    uint64_t bytes = 0;

    if (!read_number_head(f, &bytes) || bytes > INT32_MAX) {
        malformed(e, "the head of a WINDOW is malformed");
        return;
    }
    if (f->stream == 0)
        e->send_window += (int64_t)bytes;
    else if (s)
        s->send_window += (int64_t)bytes;
    if (e->send_window > INT64_MAX / 2)
        malformed(e, "the connection's window overflows");
}

static void on_ping(terni_engine *e, const frame *f, terni_stream *s)
{
    uint64_t opaque;

    (void)s;
    if (f->body_len != sizeof opaque) {
        malformed(e, "a PING has 8 bytes");
        return;
    }
    if (!(f->flags & FLAG_ACK)) {
        e->unsent_control += PREFIX_LEN + sizeof opaque;
        terni_native_send_pong(e, f->body);
    } else if (e->events->pong) {
        memcpy(&opaque, f->body, sizeof opaque);
        e->events->pong(e->owner, opaque);
    }
    if (e->unsent_control > e->limits.max_unsent_control)
        terni_native_fail(e, GOAWAY_FLOOD, "the peer asks and does not read the answers");
}

// What the peer will not process was not processed: its calls may be made again elsewhere.
static void close_unprocessed(terni_engine *e, uint32_t last_stream)
{
    static const char why[] = "the server is going and did not process the call";
    const terni_close close = { .code = 14,
                                .message = why,
                                .message_len = sizeof why - 1,
                                .is_reset = true,
                                .is_not_processed = true };

    for (terni_stream *s; (s = terni_streams_find_above(&e->streams, last_stream));) {
        terni_native_forget(e, s);
        e->events->closed(e->owner, s, &close);
    }
}

static void on_goaway(terni_engine *e, const frame *f, terni_stream *s)
{
    head     h;
    uint64_t last_stream;

    (void)s;
    if (!read_number_head(f, &last_stream) || !read_close_head(e, f, &h)) {
        malformed(e, "the head of a GOAWAY is malformed");
        return;
    }
    e->is_going = true;
    // Text is field 3 here, where a CLOSE has its details.
    if (e->events->goaway)
        e->events->goaway(e->owner, h.code, (const char *)h.details, h.details_len);
    if (e->role == TERNI_CLIENT && last_stream < UINT32_MAX)
        close_unprocessed(e, (uint32_t)last_stream);
}

static void on_settings(terni_engine *e, const frame *f, terni_stream *s)
{
    (void)s;
    terni_native_take_settings(e, f);
}

// ---- who may send what ---------------------------------------------------

enum { NO_STREAM = 1, STREAM = 2 };

static const struct kind_rule {
    void (*take)(terni_engine *e, const frame *f, terni_stream *s);
    uint8_t from_client, from_server;  // 1: may send it
    uint8_t on;                        // NO_STREAM, STREAM or both
    uint8_t flags;                     // that have a meaning
} rules[N_KINDS] = {
    //                               from: client server  on                   flags
    [KIND_SETTINGS] = { on_settings, 1, 1, NO_STREAM, 0 },
    [KIND_OPEN] = { on_open, 1, 0, STREAM, 15 },
    [KIND_HEADERS] = { on_headers, 0, 1, STREAM, 0 },
    [KIND_DATA] = { on_data, 1, 1, STREAM, 15 },
    [KIND_CLOSE] = { on_close, 0, 1, STREAM, 15 },
    [KIND_RESET] = { on_reset, 1, 1, STREAM, 0 },
    [KIND_WINDOW] = { on_window, 1, 1, NO_STREAM | STREAM, 0 },
    [KIND_PING] = { on_ping, 1, 1, NO_STREAM, FLAG_ACK },
    [KIND_GOAWAY] = { on_goaway, 1, 1, NO_STREAM, 0 },
};

static const char *check_rule(const terni_engine *e, const struct kind_rule *rule, const frame *f)
{
    bool is_allowed = e->role == TERNI_SERVER ? rule->from_client : rule->from_server;

    if (!is_allowed)
        return "this side may not send a frame of this kind";
    if (!(rule->on & (f->stream ? STREAM : NO_STREAM)))
        return "a frame of this kind is on the wrong stream";
    if (f->flags & ~rule->flags)
        return "a frame has a flag that its kind does not know";
    if (f->stream > e->last_id && f->kind != KIND_OPEN)
        return "a frame names a stream that was never opened";
    return NULL;
}

void terni_native_receive(terni_engine *e, const frame *f)
{
    const struct kind_rule *rule;
    const char             *why;

    if (f->kind >= N_KINDS)
        return;  // a later version's
    rule = &rules[f->kind];
    if ((why = check_rule(e, rule, f))) {
        malformed(e, why);
        return;
    }
    // NULL with a number: the stream has ended here; frames may have crossed.
    rule->take(e, f, f->stream ? terni_streams_find(&e->streams, f->stream) : NULL);
}
