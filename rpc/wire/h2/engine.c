#include "rpc/wire/h2/engine_internal.h"

#include <string.h>

#include <tern/mem.h>

enum { MAX_TEXT = 4096 };  // of a GOAWAY that we send

// ---- control frames ------------------------------------------------------

uint8_t *terni_h2_begin_frame(terni_engine *e, h2_kind kind, unsigned flags, uint32_t stream,
                              size_t len)
{
    uint8_t *p = e->state == H2_FAILED ? NULL : tern_linkbuf_reserve(e->out, H2_PREFIX_LEN + len);

    TERN_ASSERT(e->role == TERNI_CLIENT || e->state != H2_WANT_PREFACE);  // it listens first
    TERN_ASSERT(len <= e->peer.max_frame);
    if (!p) {
        terni_h2_lack_memory(e);
        return NULL;
    }
    tern_linkbuf_commit(e->out, H2_PREFIX_LEN + len);
    return h2_put_prefix(p, len, kind, flags, stream);
}

static void send_u32(terni_engine *e, h2_kind kind, uint32_t stream, uint32_t value)
{
    uint8_t *p = terni_h2_begin_frame(e, kind, 0, stream, sizeof value);

    if (p)
        h2_put_u32(p, value);
}

void terni_h2_send_window(terni_engine *e, uint32_t stream, uint64_t bytes)
{
    for (uint64_t step; bytes > 0; bytes -= step) {
        step = bytes < H2_MAX_WINDOW ? bytes : H2_MAX_WINDOW;
        send_u32(e, H2_WINDOW_UPDATE, stream, (uint32_t)step);
    }
}

void terni_h2_send_reset(terni_engine *e, uint32_t stream, h2_error error)
{
    send_u32(e, H2_RST_STREAM, stream, error);
}

void terni_h2_answer_reset(terni_engine *e, uint32_t stream, h2_error error)
{
    e->unsent_control += H2_PREFIX_LEN + sizeof(uint32_t);
    terni_h2_send_reset(e, stream, error);
    if (e->role == TERNI_SERVER)
        (void)terni_h2_bear(e);
}

void terni_h2_send_goaway(terni_engine *e, uint32_t last_stream, h2_error error, const char *text)
{
    size_t   len = text ? strnlen(text, MAX_TEXT) : 0;
    uint8_t *p = terni_h2_begin_frame(e, H2_GOAWAY, 0, 0, 8 + len);

    if (!p)
        return;
    if (last_stream < e->last_told)
        e->last_told = last_stream;
    p = h2_put_u32(h2_put_u32(p, e->last_told), error);
    if (len)
        memcpy(p, text, len);
}

// ---- credit --------------------------------------------------------------

static inline void give_connection_credit(terni_engine *e, size_t len)
{
    uint64_t due = terni_credit_consume_shared(&e->credit, len, e->limits->connection_window);

    if (TERN_UNLIKELY(due))
        terni_h2_send_window(e, 0, due);
}

uint32_t terni_h2_window_of(const terni_engine *e, const terni_stream *s)
{
    return h2_own_window(s) ? terni_window_bytes(h2_own_window(s)) : e->stream_window;
}

void terni_h2_set_window(terni_engine *e, terni_stream *s, unsigned window)
{
    uint32_t before = terni_h2_window_of(e, s), bytes = terni_window_bytes(window);

    if (e->state == H2_FAILED || bytes <= before || s->flags & TERNI_STREAM_REMOTE_END)
        return;
    e->has_own_window = true;
    s->own_value = (uint16_t)(h2_status_of(s) | window << H2_STATUS_BITS);
    h2_of(s)->credit.left += bytes - before;
    terni_h2_send_window(e, s->id, bytes - before);
}

static void give_both_credits(terni_engine *e, terni_stream *s, size_t len)
{
    terni_credit *c = &h2_of(s)->credit;
    uint32_t      window = terni_h2_window_of(e, s);
    uint64_t      due = 0;

    if (!(s->flags & TERNI_STREAM_REMOTE_END))  // nothing more will come that needs it
        due = terni_credit_consume(c, len, window);
    TERN_DEBUG_ASSERT(terni_credit_is_valid(c, window));
    if (due)
        terni_h2_send_window(e, s->id, due);
    give_connection_credit(e, len);
}

void terni_h2_consumed(terni_engine *e, terni_stream *s, size_t len)
{
    if (e->state == H2_FAILED)
        return;
    if (s && s->id)
        give_both_credits(e, s, len);
    else
        give_connection_credit(e, len);
}

// ---- the end -------------------------------------------------------------

void terni_h2_lack_memory(terni_engine *e)
{
    if (e->state == H2_FAILED)
        return;
    e->state = H2_FAILED;
    e->events->failed(e->owner, H2_INTERNAL_ERROR, "out of memory");
}

void terni_h2_fail(terni_engine *e, h2_error error, const char *why)
{
    if (e->state != H2_FAILED && (e->role == TERNI_CLIENT || e->state != H2_WANT_PREFACE))
        terni_h2_send_goaway(e, e->role == TERNI_SERVER ? e->last_id : 0, error, why);
    if (e->state == H2_FAILED)
        return;
    e->state = H2_FAILED;
    e->events->failed(e->owner, error, why);
}

bool terni_h2_bear(terni_engine *e)
{
    const terni_wire_limits *l = e->limits;
    uint64_t                 now_ns = e->events->now_ns ? e->events->now_ns(e->owner) : 0;

    if (!terni_budget_spend(&e->nuisance, l->max_nuisance, l->nuisance_per_s, now_ns))
        terni_h2_fail(e, H2_ENHANCE_YOUR_CALM,
                      "the peer makes more work for nothing than max_nuisance");
    return e->state != H2_FAILED;
}

void terni_h2_unwait(terni_engine *e, terni_stream *s)
{
    h2_stream *own = h2_of(s);

    terni_outqueue_drop(&e->queue, own->waiting);
    own->waiting = NULL;
}

// Returns how many bytes of it have come that nobody will consume.
static size_t drop_incoming(terni_engine *e, h2_stream *own)
{
    terni_arriving *a = own->incoming->arriving;
    size_t          unread = 0;

    if (a) {
        unread = a->parts.len;
        terni_credit_settle(&e->credit, a->size, terni_arriving_lacks(a));
        terni_arriving_free(a);
    }
    tern_mem_free(own->incoming);
    own->incoming = NULL;
    return unread;
}

static uint32_t end_of(uint32_t id, bool by_us) { return id | (uint32_t)by_us << 31; }

void terni_h2_note_end(terni_engine *e, uint32_t id, bool by_us)
{
    e->ended[e->at_ended++ % H2_N_ENDED] = end_of(id, by_us);
}

static void leave_table(terni_engine *e, terni_stream *s)
{
    h2_stream *own = h2_of(s);

    TERN_DEBUG_ASSERT(s->id && s->id <= e->last_id);
    TERN_DEBUG_ASSERT(!own->waiting == !(s->flags & TERNI_STREAM_BLOCKED));
    terni_streams_remove(&e->streams, s);
    if (TERN_UNLIKELY(own->waiting))
        terni_h2_unwait(e, s);
    if (e->current == s)
        e->current = NULL;
    terni_h2_note_end(e, s->id, !(s->flags & TERNI_STREAM_REMOTE_END));
    s->flags = TERNI_STREAM_LOCAL_END | TERNI_STREAM_REMOTE_END;
    s->id = 0;
}

void terni_h2_release(terni_engine *e, terni_stream *s)
{
    if (h2_of(s)->incoming)
        (void)drop_incoming(e, h2_of(s));
    leave_table(e, s);
}

void terni_h2_forget(terni_engine *e, terni_stream *s)
{
    size_t unread = TERN_UNLIKELY(h2_of(s)->incoming) ? drop_incoming(e, h2_of(s)) : 0;

    leave_table(e, s);
    if (unread)
        terni_h2_consumed(e, NULL, unread);
}

void terni_h2_close_stream(terni_engine *e, terni_stream *s, const terni_close *close)
{
    terni_h2_forget(e, s);
    if (e->state != H2_FAILED)  // giving back may need memory
        e->events->closed(e->owner, s, close);
}

bool terni_h2_has_ended(const terni_engine *e, uint32_t id, bool by_us)
{
    for (size_t i = 0; i < H2_N_ENDED; i++)
        if (e->ended[i] == end_of(id, by_us))
            return true;
    return false;
}
