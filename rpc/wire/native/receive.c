// Frames in. A table says who may send what, and on which stream; one function for each kind.
#include "rpc/wire/native/receive_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/farewell_internal.h"
#include "rpc/wire/native/heads_internal.h"
#include "rpc/wire/native/send_internal.h"
#include "rpc/wire/native/settings_internal.h"

// Two of gRPC's codes.
enum { EXHAUSTED = 8, UNIMPLEMENTED = 12, UNAVAILABLE = 14 };

static void malformed(terni_engine *e, const char *why)
{
    terni_native_fail(e, GOAWAY_PROTOCOL_ERROR, why);
}

static terni_meta_list metadata_of(const terni_engine *e, const meta_set *set)
{
    return (terni_meta_list){ e->metas, set->n };
}

// ---- bodies --------------------------------------------------------------

// Giving back may need memory; after `failed` nothing is raised.
static void close_stream(terni_engine *e, terni_stream *s, const terni_close *close)
{
    terni_native_forget(e, s);
    if (e->state != FAILED)
        e->events->closed(e->owner, s, close);
}

// What the peer makes us say.
static void answer_reset(terni_engine *e, uint32_t stream, uint32_t code, const char *why,
                         bool is_not_processed)
{
    size_t before = e->out->len;

    terni_native_send_reset(e, stream, code, why, is_not_processed);
    e->unsent_control += (uint32_t)(e->out->len - before);
    if (e->role == TERNI_SERVER)
        (void)terni_native_bear(e);
}

// The stream is given up by us; the rest of what the peer sends for it is skipped. `unread` bytes have
// come that nobody else gives back.
static void end_stream(terni_engine *e, terni_stream *s, uint32_t code, const char *why,
                       size_t unread)
{
    terni_close close = {
        .code = code, .message = why, .message_len = (uint32_t)strlen(why), .is_reset = true
    };

    answer_reset(e, s->id, code, why, false);
    terni_native_consumed(e, NULL, unread);
    close_stream(e, s, &close);
}

// All body bytes count against the connection's window; those that no call will consume are given back
// at once.
static inline __attribute__((always_inline)) bool count_body(terni_engine *e, const frame *f,
                                                             const terni_stream *s)
{
    if (!terni_credit_use(&e->credit.all, f->body_len)) {
        malformed(e, "the peer overran the connection's window");
        return false;
    }
    if (!s)
        terni_native_consumed(e, NULL, f->body_len);
    return true;
}

static void deliver(terni_engine *e, terni_stream *s, const terni_piece *piece)
{
    TERN_DEBUG_ASSERT(s->id && e->current == s && piece->data);
    s->flags |= TERNI_STREAM_ANSWERED;
    e->events->message(e->owner, s, piece);
}

// Grants at once what an announced message lacks, so that it can arrive whole: on its stream, where it
// is alone, just that; on the connection so much that half a window is left for the others. It is
// withheld when the bytes are consumed, or windows would grow with every long message.
static void grant_announced(terni_engine *e, terni_stream *s)
{
    native_stream *own = terni_native_of(s);
    uint64_t       lacking = terni_arriving_lacks(own->arriving), more;
    size_t         before = e->out->len;

    if ((more = terni_credit_grant_ahead(&own->credit, lacking, 0)))
        terni_native_send_window(e, s->id, more);
    if ((more = terni_credit_grant_reserved(&e->credit, e->limits->connection_window)))
        terni_native_send_window(e, 0, more);
    e->unsent_control += (uint32_t)(e->out->len - before);
}

// The windows of others' bytes are given back in halves, of which the peer may not have one left.
static void hurry_credit(terni_engine *e)
{
    uint64_t due = terni_credit_hurry(&e->credit.all);

    if (TERN_UNLIKELY(due))
        terni_native_send_window(e, 0, due);
}

static terni_arriving *begin_arriving(terni_engine *e, terni_stream *s, const frame *f,
                                      uint64_t size)
{
    terni_arriving *a;
    int             err;

    if (f->body_len > size) {
        malformed(e, "a message is longer than announced");
        return NULL;
    }
    if (size > e->limits->max_message) {
        end_stream(e, s, EXHAUSTED, "a message is larger than max_message", f->body_len);
        return NULL;
    }
    if ((err = terni_arriving_new(e->events, e->owner, e->out->pool, size, &a)) < 0) {
        end_stream(e, s, EXHAUSTED,
                   err == -EDQUOT ? "max_memory_bytes of messages are on their way"
                                  : "out of memory",
                   f->body_len);
        return NULL;
    }
    a->is_compressed = f->flags & FLAG_COMPRESSED;
    terni_native_of(s)->arriving = a;
    terni_credit_reserve(&e->credit, size);
    return a;
}

static void finish_arriving(terni_engine *e, terni_stream *s, terni_arriving *a, const frame *f)
{
    terni_piece piece;

    if (!terni_arriving_get(a, f->block, &piece)) {
        end_stream(e, s, EXHAUSTED, "out of memory", 0);
        return;
    }
    terni_native_of(s)->arriving = NULL;
    terni_credit_settle(&e->credit, a->size, 0);
    deliver(e, s, &piece);
    terni_arriving_free(a);
}

// A part of a message, perhaps the last.
static void take_part(terni_engine *e, terni_stream *s, const frame *f, uint64_t announced)
{
    terni_arriving *a = terni_native_of(s)->arriving;
    bool            is_first = !a;

    if (is_first && !(a = begin_arriving(e, s, f, announced)))
        return;
    if (f->body_len > terni_arriving_lacks(a)) {
        malformed(e, "a message is longer than announced");
        return;
    }
    if (terni_arriving_add(a, f->body, f->body_len, f->block) < 0) {
        end_stream(e, s, EXHAUSTED, "out of memory", f->body_len);
        return;
    }
    terni_credit_unreserve(&e->credit, f->body_len);
    if (is_first)
        grant_announced(e, s);
    else if (terni_arriving_lacks(a))
        hurry_credit(e);
    if (f->flags & FLAG_MORE || e->state == FAILED)
        return;
    if (terni_arriving_lacks(a))
        malformed(e, "a message is shorter than announced");
    else
        finish_arriving(e, s, a, f);
}

static bool is_arriving(const terni_stream *s) { return terni_native_of(s)->arriving; }

// The body of OPEN, DATA or CLOSE. The stream may be gone afterwards (id 0).
static inline __attribute__((always_inline)) void take_body(terni_engine *e, terni_stream *s,
                                                            const frame *f, uint64_t announced)
{
    const terni_piece piece = { f->body, f->body_len, f->block, f->flags & FLAG_COMPRESSED };

    if (!(f->flags & (FLAG_MESSAGE | FLAG_MORE)))
        return;
    if (TERN_UNLIKELY(piece.is_compressed) && !e->limits->encodings)
        end_stream(e, s, UNIMPLEMENTED, "the message is compressed, and no encoding was announced",
                   f->body_len);
    else if (is_arriving(s) || f->flags & FLAG_MORE)
        take_part(e, s, f, announced);
    else if (TERN_UNLIKELY(f->body_len > e->limits->max_message))
        end_stream(e, s, EXHAUSTED, "a message is larger than max_message", f->body_len);
    else
        deliver(e, s, &piece);
}

// The flags and the body must agree, also where nobody listens any more.
static bool check_body(terni_engine *e, const frame *f, const terni_stream *s)
{
    const char *why = NULL;

    if (f->flags & FLAG_MORE && f->flags & (FLAG_MESSAGE | FLAG_END))
        why = "MORE goes with neither MESSAGE nor END";
    else if (f->body_len && !(f->flags & (FLAG_MESSAGE | FLAG_MORE)))
        why = "a body has neither MESSAGE nor MORE";
    else if (s && is_arriving(s) && f->flags & FLAG_END && !(f->flags & FLAG_MESSAGE) &&
             f->kind == KIND_DATA)
        why = "END came in the middle of a message";
    if (why)
        malformed(e, why);
    return !why;
}

// An event may have ended the stream, and its memory may be gone.
static bool is_open(const terni_engine *e) { return e->current && e->state != FAILED; }

static void take_end(terni_engine *e, terni_stream *s, const frame *f)
{
    if (!(f->flags & FLAG_END) || e->role != TERNI_SERVER || !is_open(e))
        return;
    TERN_DEBUG_ASSERT(!(s->flags & TERNI_STREAM_REMOTE_END) && !is_arriving(s));
    s->flags |= TERNI_STREAM_REMOTE_END;
    e->events->ended(e->owner, s);
}

// ---- kinds ---------------------------------------------------------------

static char unknown_path;  // the address marks a path that is registered and that nobody serves

static bool grow_paths(terni_engine *e, uint32_t least)
{
    bool        is_first = e->paths == &e->first_path;
    uint32_t    n = is_first ? FEW_PATHS : e->n_paths * 2;
    path_entry *paths;

    n = n > least ? n : least;
    if (!(paths = tern_mem_realloc(is_first ? NULL : e->paths, n * sizeof *paths)))
        return false;
    if (is_first)
        *paths = e->first_path;
    memset(paths + e->n_paths, 0, (n - e->n_paths) * sizeof *paths);
    e->paths = paths;
    e->n_paths = n;
    return true;
}

static void *look_up(terni_engine *e, const terni_open *open)
{
    return e->events->lookup(e->owner, open->path, open->path_len);
}

// Registers or looks up; false for a protocol error.
static bool resolve_path(terni_engine *e, opening *o)
{
    path_entry *entry;

    if (o->path_id == 0 && o->open.path_len > 0)
        o->open.method = look_up(e, &o->open);
    if (o->path_id == 0)
        return o->open.path_len > 0;
    if (o->path_id > e->limits->native.max_path_ids)
        return false;
    if (o->path_id > e->n_paths && !grow_paths(e, o->path_id)) {
        terni_native_fail(e, GOAWAY_OUT_OF_MEMORY, "out of memory");
        return false;
    }
    entry = &e->paths[o->path_id - 1];
    if (!entry->key == !o->open.path_len)
        return false;  // unknown, or registered twice
    if (o->open.path_len) {
        TERN_DEBUG_ASSERT(!entry->method);
        entry->key = &unknown_path;
        entry->method = look_up(e, &o->open);
    }
    o->open.method = entry->method;
    return true;
}

static void refuse(terni_engine *e, const frame *f, uint32_t code, const char *why)
{
    answer_reset(e, f->stream, code, why, code == UNAVAILABLE);  // another try may be luckier
    (void)count_body(e, f, NULL);
}

static void begin_call(terni_engine *e, const frame *f, opening *o)
{
    terni_stream *s;

    o->open.metadata = metadata_of(e, &o->metas);
    s = e->events->opened(e->owner, &o->open);
    if (!s) {
        refuse(e, f, UNAVAILABLE, "the server takes no more calls");
        return;
    }
    terni_native_begin_stream(e, s, f->stream, 0);
    if (TERN_UNLIKELY(o->window))
        terni_native_of(s)->send_window = o->window;
    // OPEN's body is not of the stream's window: no credit is due there when it is consumed.
    terni_credit_use_beside(&terni_native_of(s)->credit, f->body_len);
    e->current = s;
    if (!count_body(e, f, s))
        return;
    if (!(f->flags & FLAG_END))
        e->events->began(e->owner, s);
    if (is_open(e))
        take_body(e, s, f, o->message_size);
    else
        terni_native_consumed(e, NULL, f->body_len);  // it ended before its body was looked at
    take_end(e, s, f);
}

static bool allows_encoding(const terni_engine *e, const terni_open *open)
{
    return terni_limits_allow_encoding(e->limits, open->encoding, open->encoding_len);
}

static void on_open(terni_engine *e, const frame *f, terni_stream *s)
{
    opening o;

    if (s || f->stream <= e->last_id) {
        malformed(e, "an OPEN reuses a stream's number");
        return;
    }
    if (!terni_native_read_open(e, f, &o) || !resolve_path(e, &o)) {
        malformed(e, "the head of an OPEN is malformed");
        return;
    }
    if (!check_body(e, f, NULL))
        return;
    e->last_id = f->stream;
    if (e->is_going)
        refuse(e, f, UNAVAILABLE, "the server is going");
    else if (e->streams.n >= e->limits->max_streams)
        refuse(e, f, UNAVAILABLE, "too many calls on this connection");
    else if (TERN_UNLIKELY(e->queue.bytes > e->limits->max_waiting))
        refuse(e, f, UNAVAILABLE, "more than max_waiting of replies wait for credit");
    else if (o.metas.bytes > e->limits->max_metadata)
        refuse(e, f, EXHAUSTED, "the metadata are larger than max_metadata");
    else if (TERN_UNLIKELY(o.open.encoding_len) && !allows_encoding(e, &o.open))
        refuse(e, f, UNIMPLEMENTED, "the call's encoding was not announced");
    else
        begin_call(e, f, &o);
}

static void on_headers(terni_engine *e, const frame *f, terni_stream *s)
{
    head          h;
    terni_headers headers;

    if (f->body_len || !terni_native_read_headers(e, f, &h)) {
        malformed(e, "the head of HEADERS is malformed");
        return;
    }
    if (!s)
        return;
    if (s->flags & TERNI_STREAM_ANSWERED || is_arriving(s)) {
        malformed(e, "HEADERS came twice, or behind a message");
        return;
    }
    s->flags |= TERNI_STREAM_ANSWERED;
    headers = (terni_headers){ h.encoding, h.encoding_len, metadata_of(e, &h.metas) };
    if (h.metas.bytes > e->limits->max_metadata)
        end_stream(e, s, EXHAUSTED, "the metadata are larger than max_metadata", 0);
    else if (e->events->headers)
        e->events->headers(e->owner, s, &headers);
}

static bool count_stream_body(terni_engine *e, terni_stream *s, const frame *f)
{
    if (terni_credit_use(&terni_native_of(s)->credit, f->body_len))
        return true;
    malformed(e, "the peer overran a stream's window");
    return false;
}

static void on_data(terni_engine *e, const frame *f, terni_stream *s)
{
    uint64_t announced = 0;

    if (!terni_native_read_number(f, &announced)) {
        malformed(e, "the head of a DATA is malformed");
        return;
    }
    if (!check_body(e, f, s) || !count_body(e, f, s) || !s || !count_stream_body(e, s, f))
        return;
    if (s->flags & TERNI_STREAM_REMOTE_END) {
        malformed(e, "DATA came behind END");
        return;
    }
    take_body(e, s, f, announced);
    take_end(e, s, f);
}

static terni_close close_of(const terni_engine *e, const head *h)
{
    terni_close close = { .code = h->code,
                          .message = h->message,
                          .message_len = h->message_len,
                          .details = h->details,
                          .details_len = h->details_len,
                          .metadata = metadata_of(e, &h->metas) };

    terni_limits_cut_status(e->limits, &close, h->metas.bytes);
    return close;
}

static void on_close(terni_engine *e, const frame *f, terni_stream *s)
{
    head        h;
    terni_close close;

    if (!terni_native_read_close(e, f, &h)) {
        malformed(e, "the head of a CLOSE is malformed");
        return;
    }
    if (!check_body(e, f, s) || !count_body(e, f, s) || !s)
        return;
    // Not of the stream's window, but that ends with it.
    (void)terni_credit_use(&terni_native_of(s)->credit, f->body_len);
    close = close_of(e, &h);
    take_body(e, s, f, h.message_size);
    if (!is_open(e))
        return;
    if (is_arriving(s) && close.code == 0)
        malformed(e, "a CLOSE says OK in the middle of a message");
    else
        close_stream(e, s, &close);
}

static void on_reset(terni_engine *e, const frame *f, terni_stream *s)
{
    head        h;
    terni_close close;

    if (f->body_len || !terni_native_read_reset(f, &h)) {
        malformed(e, "the head of a RESET is malformed");
        return;
    }
    // A server's is an answer to a call that we made.
    if (!s || (e->role == TERNI_SERVER && !terni_native_bear(e)))
        return;
    close = (terni_close){ .code = h.code,
                           .message = h.message,
                           .message_len = h.message_len,
                           .is_reset = true,
                           .is_not_processed = h.not_processed };
    close_stream(e, s, &close);
}

static void on_window(terni_engine *e, const frame *f, terni_stream *s)
{
    uint64_t bytes = 0;

    if (f->body_len || !terni_native_read_number(f, &bytes) || bytes > INT32_MAX) {
        malformed(e, "the head of a WINDOW is malformed");
        return;
    }
    if (f->stream == 0)
        e->send_window += (int64_t)bytes;
    else if (s)
        terni_native_widen(e, s, (int64_t)bytes);
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
        if (!terni_native_bear(e))
            return;
        e->unsent_control += PREFIX_LEN + sizeof opaque;
        terni_native_send_pong(e, f->body);
    } else if (e->events->pong) {
        memcpy(&opaque, f->body, sizeof opaque);
        e->events->pong(e->owner, opaque);
    }
    if (e->unsent_control > e->limits->max_unsent_control)
        terni_native_fail(e, GOAWAY_FLOOD, "the peer asks and does not read the answers");
}

// What the peer will not process was not processed: its calls may be made again elsewhere.
static void close_unprocessed(terni_engine *e, const head *goaway, uint32_t last_stream)
{
    char              why[TERNI_MAX_FAREWELL];
    const terni_close close = { .code = 14,
                                .message = why,
                                .message_len = terni_farewell_put(
                                    why, goaway->code, goaway->message, goaway->message_len),
                                .is_reset = true,
                                .is_not_processed = true };

    uint32_t bucket = 0;

    for (terni_stream *s;
         e->state != FAILED && (s = terni_streams_find_above(&e->streams, last_stream, &bucket));)
        close_stream(e, s, &close);
}

static void on_goaway(terni_engine *e, const frame *f, terni_stream *s)
{
    head     h;
    uint32_t last_stream;

    (void)s;
    if (f->body_len || !terni_native_read_goaway(f, &h, &last_stream)) {
        malformed(e, "the head of a GOAWAY is malformed");
        return;
    }
    e->is_going = true;
    if (e->events->goaway)
        e->events->goaway(e->owner, h.code, h.message, h.message_len);
    if (e->role == TERNI_CLIENT && last_stream < UINT32_MAX)
        close_unprocessed(e, &h, last_stream);
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
    [KIND_CLOSE] = { on_close, 0, 1, STREAM, 11 },
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
    terni_stream           *s;

    if (f->kind >= N_KINDS)
        return;  // a later version's
    rule = &rules[f->kind];
    if ((why = check_rule(e, rule, f))) {
        malformed(e, why);
        return;
    }
    // NULL with a number: the stream has ended here; frames may have crossed.
    s = f->stream && f->stream <= e->last_id ? terni_streams_find(&e->streams, f->stream) : NULL;
    e->current = s;
    rule->take(e, f, s);
}
