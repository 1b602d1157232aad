#include "rpc/wire/native/engine_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/head_internal.h"

enum { MAX_TEXT = 4096 };  // of a RESET or GOAWAY that we send

// ---- control frames ------------------------------------------------------

uint8_t *terni_native_begin_frame(terni_engine *e, frame_kind kind, uint8_t flags, uint32_t stream,
                                  size_t head_len, size_t body_len)
{
    size_t   total = PREFIX_LEN + head_len + body_len;
    uint8_t *p = e->state == FAILED ? NULL : tern_linkbuf_reserve(e->out, total);

    TERN_ASSERT(e->role == TERNI_CLIENT || e->state != WANT_PREFACE);  // it listens first
    TERN_ASSERT(total - PREFIX_LEN <= e->peer.max_frame);
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
        uint64_t step = bytes < INT32_MAX ? bytes : INT32_MAX;
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

static inline void give_connection_credit(terni_engine *e, size_t len)
{
    uint64_t due = terni_credit_consume_shared(&e->credit, len, e->limits->connection_window);

    if (TERN_UNLIKELY(due))
        terni_native_send_window(e, 0, due);
}

static uint32_t window_of(const terni_engine *e, const terni_stream *s)
{
    return s->own_value ? terni_window_bytes(s->own_value) : e->limits->stream_window;
}

void terni_native_set_window(terni_engine *e, terni_stream *s, unsigned window)
{
    uint32_t before = window_of(e, s), bytes = terni_window_bytes(window);

    if (e->state == FAILED || bytes <= before || s->flags & TERNI_STREAM_REMOTE_END)
        return;
    s->own_value = (uint16_t)window;
    terni_native_of(s)->credit.left += bytes - before;
    terni_native_send_window(e, s->id, bytes - before);
}

static void give_both_credits(terni_engine *e, terni_stream *s, size_t len)
{
    terni_credit *c = &terni_native_of(s)->credit;
    uint32_t      window = window_of(e, s);
    uint64_t      due = 0;

    if (!(s->flags & TERNI_STREAM_REMOTE_END))  // nothing more will come that needs it
        due = terni_credit_consume(c, len, window);
    TERN_DEBUG_ASSERT(terni_credit_is_valid(c, window));
    if (due)
        terni_native_send_window(e, s->id, due);
    give_connection_credit(e, len);
}

void terni_native_consumed(terni_engine *e, terni_stream *s, size_t len)
{
    if (e->state == FAILED)
        return;
    if (s && s->id)
        give_both_credits(e, s, len);
    else
        give_connection_credit(e, len);
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

bool terni_native_bear(terni_engine *e)
{
    const terni_wire_limits *l = e->limits;
    uint64_t                 now_ns = e->events->now_ns ? e->events->now_ns(e->owner) : 0;

    if (!terni_budget_spend(&e->nuisance, l->max_nuisance, l->nuisance_per_s, now_ns))
        terni_native_fail(e, GOAWAY_FLOOD,
                          "the peer makes more work for nothing than max_nuisance");
    return e->state != FAILED;
}

static void drop_arriving(terni_engine *e, native_stream *own)
{
    terni_credit_settle(&e->credit, own->arriving->size, terni_arriving_lacks(own->arriving));
    terni_arriving_free(own->arriving);
    own->arriving = NULL;
}

void terni_native_unwait(terni_engine *e, terni_stream *s)
{
    native_stream *own = terni_native_of(s);

    terni_outqueue_drop(&e->queue, own->waiting);
    own->waiting = NULL;
}

void terni_native_release(terni_engine *e, terni_stream *s)
{
    native_stream *own = terni_native_of(s);

    TERN_DEBUG_ASSERT(s->id && s->id <= e->last_id);
    TERN_DEBUG_ASSERT(!own->waiting == !(s->flags & TERNI_STREAM_BLOCKED));
    terni_streams_remove(&e->streams, s);
    if (TERN_UNLIKELY(own->waiting))
        terni_native_unwait(e, s);
    if (own->arriving)
        drop_arriving(e, own);
    if (e->current == s)
        e->current = NULL;
    s->flags = TERNI_STREAM_LOCAL_END | TERNI_STREAM_REMOTE_END;
    s->id = 0;
}

static void forget_arriving(terni_engine *e, terni_stream *s)
{
    size_t unread = terni_native_of(s)->arriving->parts.len;

    terni_native_release(e, s);
    if (unread)
        terni_native_consumed(e, NULL, unread);
}

void terni_native_forget(terni_engine *e, terni_stream *s)
{
    if (TERN_UNLIKELY(terni_native_of(s)->arriving))
        forget_arriving(e, s);
    else
        terni_native_release(e, s);
}
