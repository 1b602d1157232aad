#include "rpc/wire/native/engine_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/head_internal.h"

enum { MAX_TEXT = 4096 };  // of a RESET or GOAWAY that we send

static uint64_t lesser(uint64_t a, uint64_t b) { return a < b ? a : b; }

// ---- control frames ------------------------------------------------------

uint8_t *terni_native_begin_frame(terni_engine *e, frame_kind kind, uint8_t flags, uint32_t stream,
                                  size_t head_len, size_t body_len)
{
    size_t   total = PREFIX_LEN + head_len + body_len;
    uint8_t *p = e->state == FAILED ? NULL : tern_linkbuf_reserve(e->out, total);

    if (!p) {
        terni_native_fail(e, GOAWAY_OUT_OF_MEMORY, "out of memory");
        return NULL;
    }
    tern_linkbuf_commit(e->out, total);
    return terni_frame_put_prefix(p, kind, flags, stream, head_len, body_len);
}

void terni_native_send_window(terni_engine *e, uint32_t stream, uint64_t bytes)
{
    while (bytes > 0) {
        uint64_t step = lesser(bytes, INT32_MAX);
        uint8_t *p =
            terni_native_begin_frame(e, KIND_WINDOW, 0, stream, terni_head_uint_size(step), 0);

        if (!p)
            return;
        terni_head_put_uint(p, 1, step);
        bytes -= step;
    }
}

void terni_native_send_pong(terni_engine *e, const uint8_t *opaque)
{
    uint8_t *p = terni_native_begin_frame(e, KIND_PING, FLAG_ACK, 0, 0, 8);

    if (p)
        memcpy(p, opaque, 8);
}

void terni_native_send_reset(terni_engine *e, uint32_t stream, uint32_t code, const char *why,
                             bool is_not_processed)
{
    size_t why_len = why ? strnlen(why, MAX_TEXT) : 0;
    size_t len = terni_head_uint_size(code) + terni_head_bytes_size(why_len) +
                 terni_head_uint_size(is_not_processed);
    uint8_t *p = terni_native_begin_frame(e, KIND_RESET, 0, stream, len, 0);

    if (!p)
        return;
    p = terni_head_put_uint(p, 1, code);
    p = terni_head_put_bytes(p, 2, why, why_len);
    terni_head_put_uint(p, 3, is_not_processed);
}

void terni_native_send_goaway(terni_engine *e, uint32_t last_stream, uint32_t code,
                              const char *text)
{
    size_t text_len = text ? strnlen(text, MAX_TEXT) : 0;
    size_t len = terni_head_uint_size(last_stream) + terni_head_uint_size(code) +
                 terni_head_bytes_size(text_len);
    uint8_t *p = terni_native_begin_frame(e, KIND_GOAWAY, 0, 0, len, 0);

    if (!p)
        return;
    p = terni_head_put_uint(p, 1, last_stream);
    p = terni_head_put_uint(p, 2, code);
    terni_head_put_bytes(p, 3, text, text_len);
}

// ---- credit --------------------------------------------------------------

// What of `len` is left once the advance is paid back.
static inline uint64_t pay_back(uint64_t *advance, uint64_t len)
{
    uint64_t paid;

    if (TERN_LIKELY(*advance == 0))
        return len;
    paid = lesser(*advance, len);

    *advance -= paid;
    return len - paid;
}

static void give_stream_credit(terni_engine *e, terni_stream *s, size_t len)
{
    s->recv_unacked += pay_back(&s->recv_advance, len);
    if (s->recv_unacked < e->limits->stream_window / 2 || s->flags & TERNI_STREAM_REMOTE_END)
        return;
    terni_native_send_window(e, s->id, s->recv_unacked);
    s->recv_window += (int64_t)s->recv_unacked;
    s->recv_unacked = 0;
}

void terni_native_consumed(terni_engine *e, terni_stream *s, size_t len)
{
    if (e->state == FAILED)
        return;
    if (s && s->id)
        give_stream_credit(e, s, len);
    e->recv_unacked += pay_back(&e->recv_advance, len);
    if (TERN_LIKELY(e->recv_unacked < e->limits->connection_window / 2))
        return;
    terni_native_send_window(e, 0, e->recv_unacked);
    e->recv_granted += e->recv_unacked;
    e->recv_unacked = 0;
}

// ---- the end -------------------------------------------------------------

void terni_native_fail(terni_engine *e, uint32_t code, const char *why)
{
    if (e->state == FAILED)
        return;
    if (e->state != WANT_PREFACE && code != GOAWAY_OUT_OF_MEMORY)
        terni_native_send_goaway(e, e->role == TERNI_SERVER ? e->last_id : 0, code, why);
    e->state = FAILED;
    e->events->failed(e->owner, code, why);
}

static void drop_arriving(terni_engine *e, terni_stream *s)
{
    e->recv_reserved -= terni_arriving_lacks(s->arriving);
    terni_arriving_free(s->arriving);
    s->arriving = NULL;
}

void terni_native_unwait(terni_engine *e, terni_stream *s)
{
    if (s->waiting)
        terni_outqueue_drop(&e->queue, s->waiting);
    s->waiting = NULL;
}

void terni_native_release(terni_engine *e, terni_stream *s)
{
    terni_streams_remove(&e->streams, s);
    if (TERN_UNLIKELY(s->waiting))
        terni_native_unwait(e, s);
    if (s->arriving)
        drop_arriving(e, s);
    if (e->current == s)
        e->current = NULL;
    s->flags = TERNI_STREAM_LOCAL_END | TERNI_STREAM_REMOTE_END;
    s->id = 0;
}

static void forget_arriving(terni_engine *e, terni_stream *s)
{
    const terni_arriving *a = s->arriving;
    size_t                unread = a->parts.len;

    terni_native_release(e, s);
    if (unread)
        terni_native_consumed(e, NULL, unread);
}

void terni_native_forget(terni_engine *e, terni_stream *s)
{
    if (TERN_UNLIKELY(s->arriving))
        forget_arriving(e, s);
    else
        terni_native_release(e, s);
}
