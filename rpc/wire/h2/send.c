// DATA out. What fits the peer's windows and a frame is written at once; the rest waits and is pumped in parts,
// turn by turn, so that a long message does not hold up the short ones behind it.
#include "rpc/wire/h2/send_internal.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/h2/answer_internal.h"

static uint64_t lesser(uint64_t a, uint64_t b) { return a < b ? a : b; }

static uint8_t *put_message_prefix(uint8_t *p, bool is_compressed, size_t size)
{
    *p++ = is_compressed;
    return h2_put_u32(p, (uint32_t)size);
}

int terni_h2_check_size(const terni_body *body) { return body->size > UINT32_MAX ? -EMSGSIZE : 0; }

// ---- output that waits ---------------------------------------------------

// The prefix goes with the message, as a part of it.
static int write_with_prefix(const terni_body *body, tern_linkbuf *out)
{
    const terni_body *inner = body->message;
    uint8_t          *p = tern_linkbuf_reserve(out, H2_MESSAGE_PREFIX);

    if (!p)
        return -ENOMEM;
    put_message_prefix(p, inner->is_compressed, inner->size);
    tern_linkbuf_commit(out, H2_MESSAGE_PREFIX);
    return inner->size ? inner->write(inner, out) : 0;
}

h2_sending *terni_h2_make_wait(terni_engine *e, terni_stream *s, const terni_body *body,
                               size_t status_len)
{
    const terni_body whole = { .size = body->size + H2_MESSAGE_PREFIX,
                               .write = write_with_prefix,
                               .message = body };
    terni_waiting   *w =
        terni_outqueue_add(&e->queue, e->out->pool, s, &whole, sizeof(h2_sending) + status_len);

    if (!w)
        return NULL;
    h2_of(s)->waiting = w;
    terni_h2_sending(w)->status_len = (uint32_t)status_len;
    return terni_h2_sending(w);
}

static bool may_speak(const terni_engine *e)
{
    return e->state != H2_FAILED && (e->role == TERNI_CLIENT || e->state != H2_WANT_PREFACE);
}

static bool may_send(const void *engine)
{
    const terni_engine *e = engine;

    return may_speak(e) && e->out->len < TERNI_WIRE_ENOUGH && e->send_window > 0;
}

static size_t next_part(const void *engine, const terni_waiting *w)
{
    const terni_engine *e = engine;
    int64_t             window = h2_of(w->stream)->send_window;

    if (window <= 0)
        return 0;
    return (size_t)lesser(lesser(w->body.len, e->peer.max_frame),
                          lesser((uint64_t)e->send_window, (uint64_t)window));
}

static bool send_part(void *engine, terni_waiting *w, size_t n)
{
    terni_engine *e = engine;
    h2_sending   *how = terni_h2_sending(w);
    bool          is_end = how->is_last && n == w->body.len;
    uint8_t      *p = tern_linkbuf_reserve(e->out, H2_PREFIX_LEN);

    TERN_DEBUG_ASSERT((int64_t)n <= e->send_window);
    if (p) {
        h2_put_prefix(p, n, H2_DATA, is_end ? H2_END_STREAM : 0, w->stream->id);
        tern_linkbuf_commit(e->out, H2_PREFIX_LEN);
    }
    if (!p || tern_linkbuf_move(&w->body, n, e->out) < 0) {
        terni_h2_lack_memory(e);
        return false;
    }
    how->has_begun = true;
    h2_of(w->stream)->send_window -= (int64_t)n;
    e->send_window -= (int64_t)n;
    return true;
}

static void finish_wait(void *engine, terni_waiting *w)
{
    terni_engine     *e = engine;
    terni_stream     *s = w->stream;
    const h2_sending *how = terni_h2_sending(w);

    if (how->is_closing) {
        terni_h2_end_answer_as_put(e, s, how->code, how->status, how->status_len);
        terni_h2_forget(e, s);
    } else {
        terni_h2_unwait(e, s);
    }
    if (e->state != H2_FAILED)
        e->events->writable(e->owner, s);
}

static const terni_outqueue_sender sender = {
    .may_send = may_send,
    .part = next_part,
    .send = send_part,
    .sent = finish_wait,
};

void terni_h2_pump(terni_engine *e)
{
    if (e->out->len == 0)
        e->unsent_control = 0;
    terni_outqueue_pump(&e->queue, &sender, e);
}

bool terni_h2_widen(terni_engine *e, terni_stream *s, int64_t by)
{
    h2_stream *own = h2_of(s);

    if (own->send_window + by > H2_MAX_WINDOW)
        return false;
    own->send_window += by;
    if (own->waiting && own->send_window > 0)
        terni_outqueue_wake(&e->queue, own->waiting);
    return true;
}

// ---- messages ------------------------------------------------------------

bool terni_h2_fits_now(const terni_engine *e, const terni_stream *s, const terni_body *body)
{
    size_t len = body->size + H2_MESSAGE_PREFIX;

    return TERN_LIKELY(len <= e->peer.max_frame && (int64_t)len <= e->send_window &&
                       (int64_t)len <= h2_of(s)->send_window &&
                       e->out->len < 2 * (size_t)TERNI_WIRE_ENOUGH);
}

static void count_sent(terni_engine *e, terni_stream *s, size_t n)
{
    e->send_window -= (int64_t)n;
    h2_of(s)->send_window -= (int64_t)n;
}

// The lengths go in front when the size is known. The windows have been looked at by the bound.
static int send_bounded(terni_engine *e, terni_stream *s, const terni_body *body, unsigned flags)
{
    const size_t head = H2_PREFIX_LEN + H2_MESSAGE_PREFIX;
    uint8_t     *p = tern_linkbuf_reserve(e->out, head + body->size);
    size_t       size;

    TERN_DEBUG_ASSERT(!body->is_compressed);
    if (!p)
        return -ENOMEM;
    size = (size_t)(body->put(body, p + head) - p) - head;
    TERN_DEBUG_ASSERT(size <= body->size);
    put_message_prefix(h2_put_prefix(p, H2_MESSAGE_PREFIX + size, H2_DATA, flags, s->id), false,
                       size);
    tern_linkbuf_commit(e->out, head + size);
    count_sent(e, s, H2_MESSAGE_PREFIX + size);
    return 0;
}

static int send_measured(terni_engine *e, terni_stream *s, const terni_body *body, unsigned flags)
{
    const size_t head = H2_PREFIX_LEN + H2_MESSAGE_PREFIX;
    uint8_t     *p = tern_linkbuf_reserve(e->out, head + body->size);

    if (!p)
        return -ENOMEM;
    put_message_prefix(h2_put_prefix(p, H2_MESSAGE_PREFIX + body->size, H2_DATA, flags, s->id),
                       body->is_compressed, body->size);
    tern_linkbuf_commit(e->out, head);
    count_sent(e, s, H2_MESSAGE_PREFIX + body->size);
    if (body->size && body->write(body, e->out) < 0) {
        terni_h2_lack_memory(e);  // half a frame is no frame
        return -ENOMEM;
    }
    return 0;
}

int terni_h2_send_whole(terni_engine *e, terni_stream *s, const terni_body *body, unsigned flags)
{
    return body->put ? send_bounded(e, s, body, flags) : send_measured(e, s, body, flags);
}

int terni_h2_message(terni_engine *e, terni_stream *s, const terni_body *body, bool is_last)
{
    h2_sending *w;
    int         err = 0;

    TERN_ASSERT(!(s->flags & (TERNI_STREAM_BLOCKED | TERNI_STREAM_LOCAL_END)));
    if (e->state == H2_FAILED)
        return -ENOTCONN;
    if ((err = terni_h2_check_size(body)) < 0)
        return body->put ? -EAGAIN : err;
    if (body->put && !terni_h2_fits_now(e, s, body))
        return -EAGAIN;
    if (e->role == TERNI_SERVER && !terni_h2_begin_answer(e, s, NULL))
        return -ENOTCONN;
    if (terni_h2_fits_now(e, s, body))
        err = terni_h2_send_whole(e, s, body, is_last ? H2_END_STREAM : 0);
    else if ((w = terni_h2_make_wait(e, s, body, 0)))
        w->is_last = is_last;
    else
        err = -ENOMEM;
    if (err == 0 && is_last)
        s->flags |= TERNI_STREAM_LOCAL_END;
    return err;
}

int terni_h2_end(terni_engine *e, terni_stream *s)
{
    const h2_stream *own = h2_of(s);

    if (s->flags & TERNI_STREAM_LOCAL_END || s->id == 0)
        return 0;
    s->flags |= TERNI_STREAM_LOCAL_END;
    if (own->waiting)
        terni_h2_sending(own->waiting)->is_last = true;
    else
        (void)terni_h2_begin_frame(e, H2_DATA, H2_END_STREAM, s->id, 0);
    return 0;
}

void terni_h2_cancel(terni_engine *e, terni_stream *s, uint32_t code, const char *why)
{
    if (s->id == 0)
        return;
    terni_h2_give_up(e, s, code, why);
    terni_h2_forget(e, s);
}

// ---- answering (server) --------------------------------------------------

int terni_h2_headers(terni_engine *e, terni_stream *s, const terni_headers *headers)
{
    if (terni_h2_metadata_bound(&headers->metadata) > H2_MAX_STATUS)
        return -E2BIG;
    if (s->id == 0 || !terni_h2_begin_answer(e, s, headers))
        return -ENOTCONN;
    return 0;
}

static int finish_waiting(terni_engine *e, terni_stream *s, const terni_close *close,
                          const terni_body *body, size_t status_len)
{
    h2_sending *w = terni_h2_make_wait(e, s, body, status_len);

    if (!w)
        return -ENOMEM;
    w->is_closing = true;
    w->code = close ? close->code : 0;
    w->status_len = (uint32_t)(terni_h2_put_status(w->status, close) - w->status);
    return 1;
}

static int finish_now(terni_engine *e, terni_stream *s, const terni_close *close)
{
    terni_h2_end_answer(e, s, close);
    terni_h2_forget(e, s);
    return 0;
}

int terni_h2_finish(terni_engine *e, terni_stream *s, const terni_close *close,
                    const terni_body *body)
{
    size_t bound = terni_h2_status_bound(close);
    int    err;

    TERN_DEBUG_ASSERT(e->role == TERNI_SERVER);
    TERN_ASSERT(!(s->flags & TERNI_STREAM_BLOCKED));
    if (s->id == 0)
        return 0;
    if (bound > H2_MAX_STATUS)
        return -E2BIG;
    if (!body)
        return finish_now(e, s, close);
    if ((err = terni_h2_check_size(body)) < 0)
        return body->put ? -EAGAIN : err;
    if (body->put && !terni_h2_fits_now(e, s, body))
        return -EAGAIN;
    if (!terni_h2_begin_answer(e, s, NULL))
        return -ENOTCONN;
    if (!terni_h2_fits_now(e, s, body))
        return finish_waiting(e, s, close, body, bound);
    if ((err = terni_h2_send_whole(e, s, body, 0)) < 0)
        return err;
    return finish_now(e, s, close);
}
