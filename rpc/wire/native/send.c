// Frames out. What fits the peer's windows is written at once; the rest waits and is pumped in parts,
// turn by turn, so that a long message does not hold up the short ones behind it.
#include "rpc/wire/native/send_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/head_internal.h"

enum { MAX_PART_HEAD = 64 };  // more than the message_size of a part takes

static uint64_t lesser(uint64_t a, uint64_t b) { return a < b ? a : b; }

// ---- metadata ------------------------------------------------------------

static size_t meta_len(const terni_meta *m)
{
    return terni_head_bytes_size(m->key_len) + terni_head_bytes_size(m->value_len);
}

size_t terni_native_metadata_size(const terni_meta_list *list)
{
    size_t size = 0;

    for (uint32_t i = 0; i < list->n; i++)
        size += 1 + terni_varint_size(meta_len(&list->entries[i])) + meta_len(&list->entries[i]);
    return size;
}

uint8_t *terni_native_put_metadata(uint8_t *p, unsigned number, const terni_meta_list *list)
{
    for (uint32_t i = 0; i < list->n; i++) {
        const terni_meta *m = &list->entries[i];

        *p++ = (uint8_t)(number << 3 | TERNI_BYTES);
        p = terni_varint_put(p, meta_len(m));
        p = terni_head_put_bytes(p, 1, m->key, m->key_len);
        p = terni_head_put_bytes(p, 2, m->value, m->value_len);
    }
    return p;
}

// ---- output that waits ---------------------------------------------------

sending *terni_native_make_wait(terni_engine *e, terni_stream *s, const terni_body *body,
                                size_t close_len)
{
    terni_waiting *w =
        terni_outqueue_add(&e->queue, e->out->pool, s, body, sizeof(sending) + close_len);

    if (!w)
        return NULL;
    terni_native_of(s)->waiting = w;
    terni_native_sending(w)->compressed = (uint8_t)terni_native_compressed(body);
    terni_native_sending(w)->close_len = (uint32_t)close_len;
    return terni_native_sending(w);
}

static bool may_send(const void *engine)
{
    const terni_engine *e = engine;

    return e->state == RUNNING && e->out->len < TERNI_WIRE_ENOUGH && e->send_window > 0;
}

// Does the rest fit one frame, with the head that goes with it?
static bool fits_last_frame(const terni_engine *e, const terni_waiting *w)
{
    return w->body.len + terni_native_sending(w)->close_len + MAX_PART_HEAD <= e->peer.max_frame;
}

// A rest that the head of its CLOSE leaves no room for is halved.
static size_t next_part(const void *engine, const terni_waiting *w)
{
    const terni_engine *e = engine;
    int64_t             window = terni_native_of(w->stream)->send_window;
    uint64_t            n = lesser(w->body.len, e->peer.max_frame - MAX_PART_HEAD);

    if (window <= 0)
        return 0;
    n = lesser(n, lesser((uint64_t)e->send_window, (uint64_t)window));
    return n == w->body.len && !fits_last_frame(e, w) ? (size_t)n / 2 : (size_t)n;
}

// The last part of a reply rides on the CLOSE, if its head leaves room; the status follows otherwise.
static int send_last_part(terni_engine *e, terni_waiting *w)
{
    const sending *how = terni_native_sending(w);
    uint64_t       size = how->has_begun ? 0 : w->size;
    unsigned       flags = FLAG_MESSAGE | FLAG_END | (how->has_begun ? 0 : how->compressed);
    size_t         len = how->close_len + terni_head_uint_size(size);
    size_t         n = w->body.len;
    uint8_t *p = terni_native_begin_frame(e, KIND_CLOSE, (uint8_t)flags, w->stream->id, len, 0);

    if (!p)
        return -ENOMEM;
    terni_frame_put_u32(p - PREFIX_LEN, (uint32_t)(len + n));
    memcpy(p, how->close_head, how->close_len);
    terni_head_put_uint(p + how->close_len, 5, size);
    return tern_linkbuf_move(&w->body, n, e->out);
}

static int send_data_part(terni_engine *e, terni_waiting *w, size_t n)
{
    sending *how = terni_native_sending(w);
    bool     is_whole = n == w->body.len;
    unsigned flags = is_whole ? FLAG_MESSAGE | (how->is_last ? FLAG_END : 0) : FLAG_MORE;
    size_t   len = how->has_begun || is_whole ? 0 : terni_head_uint_size(w->size);
    uint8_t *p;

    flags |= how->has_begun ? 0 : how->compressed;
    p = terni_native_begin_frame(e, KIND_DATA, (uint8_t)flags, w->stream->id, len, 0);
    if (!p)
        return -ENOMEM;
    terni_frame_put_u32(p - PREFIX_LEN, (uint32_t)(len + n));
    if (len)
        terni_head_put_uint(p, 1, w->size);
    how->has_begun = true;
    terni_native_of(w->stream)->send_window -= (int64_t)n;
    return tern_linkbuf_move(&w->body, n, e->out);
}

static bool send_part(void *engine, terni_waiting *w, size_t n)
{
    terni_engine *e = engine;
    bool          is_last = terni_native_sending(w)->is_closing && n == w->body.len;
    int           err = is_last ? send_last_part(e, w) : send_data_part(e, w, n);

    TERN_DEBUG_ASSERT((int64_t)n <= e->send_window);
    if (err < 0) {
        terni_native_fail(e, GOAWAY_OUT_OF_MEMORY, "out of memory");
        return false;
    }
    e->send_window -= (int64_t)n;
    return true;
}

static void finish_wait(void *engine, terni_waiting *w)
{
    terni_engine *e = engine;
    terni_stream *s = w->stream;

    if (terni_native_sending(w)->is_closing)
        terni_native_forget(e, s);
    else
        terni_native_unwait(e, s);
    e->events->writable(e->owner, s);
}

static const terni_outqueue_sender sender = {
    .may_send = may_send,
    .part = next_part,
    .send = send_part,
    .sent = finish_wait,
};

void terni_native_pump(terni_engine *e)
{
    TERN_DEBUG_ASSERT(e->send_window >= 0);
    if (e->out->len == 0)
        e->unsent_control = 0;
    terni_outqueue_pump(&e->queue, &sender, e);
}

void terni_native_widen(terni_engine *e, terni_stream *s, int64_t by)
{
    native_stream *own = terni_native_of(s);

    own->send_window += by;
    if (own->waiting && own->send_window > 0)
        terni_outqueue_wake(&e->queue, own->waiting);
}

// ---- messages ------------------------------------------------------------

int terni_native_append_frame(terni_engine *e, const terni_body *body, size_t head_len,
                              uint8_t **ret_p)
{
    size_t   len = PREFIX_LEN + head_len;
    uint8_t *p =
        tern_linkbuf_reserve(e->out, len + (body->size < TERN_BLOCK_MEDIUM ? body->size : 0));

    if (!p)
        return -ENOMEM;
    *ret_p = p;
    tern_linkbuf_commit(e->out, len);
    return 0;
}

bool terni_native_fits_now(const terni_engine *e, const terni_body *body, size_t head_len)
{
    return TERN_LIKELY(body->size + head_len <= e->peer.max_frame &&
                       (int64_t)body->size <= e->send_window &&
                       (body->size <= TERN_BLOCK_LARGE || e->out->len < TERNI_WIRE_ENOUGH));
}

// Header and body behind it. A body that cannot be written takes its header back by failing the
// connection: half a frame is no frame.
int terni_native_write_body(terni_engine *e, const terni_body *body)
{
    int err = body->size ? body->write(body, e->out) : 0;

    if (TERN_UNLIKELY(err < 0))
        terni_native_fail(e, GOAWAY_OUT_OF_MEMORY, "out of memory");
    e->send_window -= (int64_t)body->size;
    return err;
}

// The prefix goes in front when the size is known. The window has been looked at by the bound.
static inline __attribute__((always_inline)) uint8_t *put_bounded(terni_engine     *e,
                                                                  const terni_body *body,
                                                                  frame_kind kind, unsigned flags,
                                                                  uint32_t stream, size_t head_len)
{
    uint8_t *p = tern_linkbuf_reserve(e->out, PREFIX_LEN + head_len + body->size), *start;
    size_t   size;

    TERN_DEBUG_ASSERT(!body->is_compressed);
    if (!p)
        return NULL;
    start = p + PREFIX_LEN + head_len;
    size = (size_t)(body->put(body, start) - start);
    TERN_DEBUG_ASSERT(size <= body->size);
    tern_linkbuf_commit(e->out, PREFIX_LEN + head_len + size);
    e->send_window -= (int64_t)size;
    return terni_frame_put_prefix(p, kind, flags, stream, head_len, size);
}

static const terni_body no_body;

static int message_bounded(terni_engine *e, terni_stream *s, const terni_body *body, unsigned flags)
{
    int64_t before = e->send_window;

    if (!put_bounded(e, body, KIND_DATA, flags, s->id, 0))
        return -ENOMEM;
    terni_native_of(s)->send_window -= before - e->send_window;
    s->flags |= flags & FLAG_END ? TERNI_STREAM_LOCAL_END : 0;
    return 0;
}

int terni_native_message(terni_engine *e, terni_stream *s, const terni_body *body, bool is_last)
{
    native_stream *own = terni_native_of(s);
    unsigned       flags = FLAG_MESSAGE | terni_native_compressed(body) | (is_last ? FLAG_END : 0);
    sending       *w;
    uint8_t       *p;
    int            err;

    TERN_ASSERT(!(s->flags & (TERNI_STREAM_BLOCKED | TERNI_STREAM_LOCAL_END)));
    if (e->state == FAILED)
        return -ENOTCONN;
    if (body->size > e->peer.max_message)
        return body->put ? -EAGAIN : -EMSGSIZE;
    if (!terni_native_fits_now(e, body, 0) || (int64_t)body->size > own->send_window) {
        if (body->put)
            return -EAGAIN;
        if (!(w = terni_native_make_wait(e, s, body, 0)))
            return -ENOMEM;
        w->is_last = is_last;
        s->flags |= is_last ? TERNI_STREAM_LOCAL_END : 0;
        return 0;
    }
    if (body->put)
        return message_bounded(e, s, body, flags);
    if ((err = terni_native_append_frame(e, body, 0, &p)) < 0)
        return err;
    s->flags |= is_last ? TERNI_STREAM_LOCAL_END : 0;
    terni_frame_put_prefix(p, KIND_DATA, flags, s->id, 0, body->size);
    own->send_window -= (int64_t)body->size;
    return terni_native_write_body(e, body);
}

int terni_native_end(terni_engine *e, terni_stream *s)
{
    const native_stream *own = terni_native_of(s);

    if (s->flags & TERNI_STREAM_LOCAL_END || s->id == 0)
        return 0;
    s->flags |= TERNI_STREAM_LOCAL_END;
    if (own->waiting)
        terni_native_sending(own->waiting)->is_last = true;
    else
        (void)terni_native_begin_frame(e, KIND_DATA, FLAG_END, s->id, 0, 0);
    return 0;
}

void terni_native_cancel(terni_engine *e, terni_stream *s, uint32_t code, const char *why)
{
    if (s->id == 0)
        return;
    terni_native_send_reset(e, s->id, code, why, false);
    terni_native_forget(e, s);
}

// ---- answering (server) --------------------------------------------------

int terni_native_headers(terni_engine *e, terni_stream *s, const terni_headers *headers)
{
    size_t len = terni_native_metadata_size(&headers->metadata) +
                 terni_head_bytes_size(headers->encoding_len);
    uint8_t *p;

    if (len > MAX_HEAD)
        return -E2BIG;
    if (s->id == 0 || !(p = terni_native_begin_frame(e, KIND_HEADERS, 0, s->id, len, 0)))
        return -ENOTCONN;
    p = terni_native_put_metadata(p, 1, &headers->metadata);
    terni_head_put_bytes(p, 2, headers->encoding, headers->encoding_len);
    return 0;
}

static size_t close_head_size(const terni_close *c)
{
    if (TERN_LIKELY(!c || !(c->code | c->message_len | c->details_len | c->metadata.n)))
        return 0;  // as nearly all calls end
    return terni_head_uint_size(c->code) + terni_head_bytes_size(c->message_len) +
           terni_head_bytes_size(c->details_len) + terni_native_metadata_size(&c->metadata);
}

static void put_close_head(uint8_t *p, const terni_close *c, size_t head_len)
{
    if (head_len == 0)
        return;
    p = terni_head_put_uint(p, 1, c->code);
    p = terni_head_put_bytes(p, 2, c->message, c->message_len);
    p = terni_head_put_bytes(p, 3, c->details, c->details_len);
    terni_native_put_metadata(p, 4, &c->metadata);
}

static int finish_waiting(terni_engine *e, terni_stream *s, const terni_close *close,
                          const terni_body *body, size_t head_len)
{
    sending *w = terni_native_make_wait(e, s, body, head_len);

    if (!w)
        return -ENOMEM;
    w->is_closing = true;
    put_close_head(w->close_head, close, head_len);
    return 1;
}

static int finish_bounded(terni_engine *e, terni_stream *s, const terni_close *close,
                          const terni_body *body, size_t head_len)
{
    uint8_t *p;

    if (TERN_UNLIKELY(body->size > e->peer.max_message ||
                      !terni_native_fits_now(e, body, head_len)))
        return -EAGAIN;
    if (!(p = put_bounded(e, body, KIND_CLOSE, FLAG_END | FLAG_MESSAGE, s->id, head_len)))
        return -ENOMEM;
    put_close_head(p, close, head_len);
    terni_native_forget(e, s);
    return 0;
}

int terni_native_finish(terni_engine *e, terni_stream *s, const terni_close *close,
                        const terni_body *body)
{
    unsigned flags = FLAG_END | (body ? FLAG_MESSAGE | terni_native_compressed(body) : 0);
    size_t   head_len = close_head_size(close);
    uint8_t *p;
    int      err;

    TERN_DEBUG_ASSERT(e->role == TERNI_SERVER);
    TERN_ASSERT(!(s->flags & TERNI_STREAM_BLOCKED));
    body = body ? body : &no_body;
    if (s->id == 0)
        return 0;
    if (head_len > MAX_SENT_HEAD)
        return -E2BIG;
    if (body->put)
        return finish_bounded(e, s, close, body, head_len);
    if (body->size > e->peer.max_message)
        return -EMSGSIZE;
    if (!terni_native_fits_now(e, body, head_len))
        return finish_waiting(e, s, close, body, head_len);
    if ((err = terni_native_append_frame(e, body, head_len, &p)) < 0)
        return err;
    put_close_head(terni_frame_put_prefix(p, KIND_CLOSE, flags, s->id, head_len, body->size), close,
                   head_len);
    terni_native_forget(e, s);
    return terni_native_write_body(e, body);
}
