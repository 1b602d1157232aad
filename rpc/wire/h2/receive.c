// Frames in. A table says on which stream each kind may be; one function for each. The content of a DATA frame is
// taken as it comes, all others when they are whole.
#include "rpc/wire/h2/receive_internal.h"

#include <string.h>

#include "rpc/wire/farewell_internal.h"
#include "rpc/wire/h2/content_internal.h"
#include "rpc/wire/h2/ends_internal.h"
#include "rpc/wire/h2/growth_internal.h"
#include "rpc/wire/h2/heads_internal.h"
#include "rpc/wire/h2/send_internal.h"
#include "rpc/wire/h2/settings_internal.h"

// What h2_frame.stream means to a frame that is not for a new one.
static bool was_opened(const terni_engine *e, uint32_t id)
{
    return id % 2 == 1 && id <= e->last_id;
}

// ---- DATA ----------------------------------------------------------------

// Frames for a stream that we ended may have crossed with that, and are skipped. On one that the peer has ended itself
// they are a mistake.
static void skip_data(terni_engine *e, const h2_frame *f, const terni_stream *s)
{
    if (s && s->flags & TERNI_STREAM_REMOTE_END)
        terni_h2_end_by_fault(e, (terni_stream *)(uintptr_t)s, H2_STREAM_CLOSED,
                              "DATA came behind END_STREAM");
    else if (terni_h2_has_ended(e, f->stream, false))
        terni_h2_answer_reset(e, f->stream, H2_STREAM_CLOSED);
}

// The rest of the frame is read piece by piece: terni_h2_receive_one.
static void begin_data(terni_engine *e, tern_linkbuf *in, const h2_frame *f, uint32_t padding)
{
    uint32_t      head = f->flags & H2_PADDED ? 1 : 0;
    terni_stream *s = terni_streams_find(&e->streams, f->stream);
    bool          is_open = s && !(s->flags & TERNI_STREAM_REMOTE_END);

    tern_linkbuf_consume(in, H2_PREFIX_LEN + head);
    e->current = s;
    e->data = (h2_data){ .left = f->len - head - padding,
                         .padding = padding,
                         .stream = f->stream,
                         .is_under_way = true,
                         .is_last = f->flags & H2_END_STREAM };
    if (e->credit.all.left < (int64_t)f->len)
        terni_h2_fail(e, H2_FLOW_CONTROL_ERROR, "the peer overran the connection's window");
    else if (!is_open)
        skip_data(e, f, s);
    else if (e->role == TERNI_CLIENT && !(s->own_flags & H2_HEAD_CAME))
        terni_h2_end_by_fault(e, s, H2_PROTOCOL_ERROR, "DATA came before HEADERS");
    else if (h2_of(s)->credit.left < (int64_t)f->len)
        terni_h2_end_by_fault(e, s, H2_FLOW_CONTROL_ERROR, "the peer overran a stream's window");
    terni_h2_take_overhead(e, e->current && is_open ? s : NULL, head);
    if (f->len == head + padding && !(f->flags & H2_END_STREAM))
        (void)terni_h2_bear(e);
}

static bool is_good_data(terni_engine *e, const h2_frame *f, uint32_t padding)
{
    const char *why = NULL;

    if (f->stream == 0)
        why = "DATA is on no stream";
    else if (!was_opened(e, f->stream))
        why = "DATA is on a stream that was never opened";
    else if (f->flags & H2_PADDED && padding >= f->len)
        why = "a DATA frame is longer padded than it is";
    if (why)
        terni_h2_fail(e, H2_PROTOCOL_ERROR, why);
    return !why;
}

static bool receive_data(terni_engine *e, tern_linkbuf *in, const h2_frame *f)
{
    size_t   head = H2_PREFIX_LEN + (f->flags & H2_PADDED ? 1 : 0);
    uint32_t padding = 0;

    if (f->flags & H2_PADDED) {
        const uint8_t *p = f->len ? tern_linkbuf_peek(in, head) : NULL;

        if (!p && f->len)
            return false;
        padding = p ? p[H2_PREFIX_LEN] : 0;
    }
    if (!is_good_data(e, f, padding))
        return false;
    begin_data(e, in, f, padding);
    return e->state != H2_FAILED;
}

static void finish_data(terni_engine *e, terni_stream *s)
{
    bool is_last = e->data.is_last;

    e->data.is_under_way = false;
    if (is_last && s)
        terni_h2_take_end(e, s);
}

// What has come of the frame. False: nothing has.
static bool take_data(terni_engine *e, tern_linkbuf *in)
{
    h2_data      *d = &e->data;
    terni_stream *s = terni_streams_find(&e->streams, d->stream);
    size_t        n = d->left ? d->left : d->padding, have;

    if (s && s->flags & TERNI_STREAM_REMOTE_END)
        s = NULL;
    e->current = s;
    if (n > 0) {
        if (!in->head)
            return false;
        have = (size_t)(in->head->end - in->head->pos);
        n = n < have ? n : have;
    }
    if (n > 0 && d->left) {
        d->left -= (uint32_t)n;
        terni_h2_take_content(e, s, in->head->pos, n, in->head->block);
    } else if (n > 0) {
        d->padding -= (uint32_t)n;
        terni_h2_take_overhead(e, s, n);
    }
    if (n > 0)
        tern_linkbuf_consume(in, n);
    if (e->state != H2_FAILED && !d->left && !d->padding)
        finish_data(e, (terni_stream *)(uintptr_t)e->current);
    return e->state != H2_FAILED;
}

// ---- other kinds ---------------------------------------------------------

static void on_headers(terni_engine *e, const h2_frame *f) { terni_h2_take_headers(e, f); }

static void on_continuation(terni_engine *e, const h2_frame *f)
{
    terni_h2_take_continuation(e, f);
}

// It says nothing any more (RFC 9113, section 5.3.2).
static void on_priority(terni_engine *e, const h2_frame *f)
{
    static const char why[] = "a PRIORITY has 5 bytes";
    terni_stream     *s = terni_streams_find(&e->streams, f->stream);

    if (f->len == 5)
        (void)terni_h2_bear(e);
    else if (s)
        terni_h2_end_by_fault(e, s, H2_FRAME_SIZE_ERROR, why);
    else  // nothing may be reset that is not open
        terni_h2_fail(e, H2_FRAME_SIZE_ERROR, why);
}

static void on_rst_stream(terni_engine *e, const h2_frame *f)
{
    terni_stream *s = terni_streams_find(&e->streams, f->stream);
    h2_error      error;
    terni_close   close;
    char          text[64];

    if (f->len != 4) {
        terni_h2_fail(e, H2_FRAME_SIZE_ERROR, "a RST_STREAM has 4 bytes");
        return;
    }
    // A server's is an answer to a call that we made.
    if (!s || (e->role == TERNI_SERVER && !terni_h2_bear(e)))
        return;
    error = h2_get_u32(f->payload);
    close = (terni_close){ .code = terni_h2_code_of_reset(error),
                           .message = text,
                           .is_reset = true,
                           .is_not_processed = error == H2_REFUSED_STREAM };
    close.message_len = (uint32_t)terni_h2_say_reset(text, sizeof text, error);
    s->flags |= TERNI_STREAM_REMOTE_END;
    terni_h2_close_stream(e, s, &close);
}

static void on_push_promise(terni_engine *e, const h2_frame *f)
{
    (void)f;
    terni_h2_fail(e, H2_PROTOCOL_ERROR, "a PUSH_PROMISE came, and nobody asked for any");
}

static void on_ping(terni_engine *e, const h2_frame *f)
{
    uint64_t opaque;
    uint8_t *p;

    if (f->len != sizeof opaque) {
        terni_h2_fail(e, H2_FRAME_SIZE_ERROR, "a PING has 8 bytes");
        return;
    }
    memcpy(&opaque, f->payload, sizeof opaque);
    if (f->flags & H2_ACK) {
        if (!terni_h2_take_sounding(e, opaque) && e->events->pong)
            e->events->pong(e->owner, opaque);
        return;
    }
    if (!terni_h2_bear(e))
        return;
    e->unsent_control += H2_PREFIX_LEN + sizeof opaque;
    if ((p = terni_h2_begin_frame(e, H2_PING, H2_ACK, 0, sizeof opaque)))
        memcpy(p, &opaque, sizeof opaque);
}

// What the peer will not process was not processed: its calls may be made again elsewhere.
static void close_unprocessed(terni_engine *e, const h2_frame *f, uint32_t last_stream)
{
    char              why[TERNI_MAX_FAREWELL];
    const terni_close close = { .code = 14,
                                .message = why,
                                .message_len =
                                    terni_farewell_put(why, h2_get_u32(f->payload + 4),
                                                       (const char *)f->payload + 8, f->len - 8),
                                .is_reset = true,
                                .is_not_processed = true };
    uint32_t          bucket = 0;

    for (terni_stream *s; e->state != H2_FAILED &&
                          (s = terni_streams_find_above(&e->streams, last_stream, &bucket));)
        terni_h2_close_stream(e, s, &close);
}

static void on_goaway(terni_engine *e, const h2_frame *f)
{
    uint32_t last_stream;

    if (f->len < 8) {
        terni_h2_fail(e, H2_FRAME_SIZE_ERROR, "a GOAWAY has 8 bytes at least");
        return;
    }
    last_stream = h2_get_u32(f->payload) & INT32_MAX;
    e->is_going = true;
    if (e->events->goaway)
        e->events->goaway(e->owner, h2_get_u32(f->payload + 4), (const char *)f->payload + 8,
                          f->len - 8);
    if (e->role == TERNI_CLIENT)
        close_unprocessed(e, f, last_stream);
}

static void widen_connection(terni_engine *e, uint32_t by)
{
    if (by == 0)
        terni_h2_fail(e, H2_PROTOCOL_ERROR, "a WINDOW_UPDATE widens by nothing");
    else if (e->send_window + by > H2_MAX_WINDOW)
        terni_h2_fail(e, H2_FLOW_CONTROL_ERROR, "the connection's window is too wide");
    else
        e->send_window += by;
}

static void on_window_update(terni_engine *e, const h2_frame *f)
{
    terni_stream *s;
    uint32_t      by;

    if (f->len != 4) {
        terni_h2_fail(e, H2_FRAME_SIZE_ERROR, "a WINDOW_UPDATE has 4 bytes");
        return;
    }
    by = h2_get_u32(f->payload) & INT32_MAX;
    if (f->stream == 0) {
        widen_connection(e, by);
        return;
    }
    if (!(s = terni_streams_find(&e->streams, f->stream)))
        return;
    if (by == 0)
        terni_h2_end_by_fault(e, s, H2_PROTOCOL_ERROR, "a WINDOW_UPDATE widens by nothing");
    else if (!terni_h2_widen(e, s, by))
        terni_h2_end_by_fault(e, s, H2_FLOW_CONTROL_ERROR, "a stream's window is too wide");
}

static void on_settings(terni_engine *e, const h2_frame *f) { terni_h2_take_settings(e, f); }

// ---- who may send what ---------------------------------------------------

enum { NO_STREAM = 1, STREAM = 2, NEW_STREAM = 4 };

static const struct kind_rule {
    void (*take)(terni_engine *e, const h2_frame *f);
    uint8_t on;
} rules[H2_N_KINDS] = {
    [H2_DATA] = { NULL, STREAM },
    [H2_HEADERS] = { on_headers, STREAM | NEW_STREAM },
    [H2_PRIORITY] = { on_priority, STREAM | NEW_STREAM },
    [H2_RST_STREAM] = { on_rst_stream, STREAM },
    [H2_SETTINGS] = { on_settings, NO_STREAM },
    [H2_PUSH_PROMISE] = { on_push_promise, STREAM },
    [H2_PING] = { on_ping, NO_STREAM },
    [H2_GOAWAY] = { on_goaway, NO_STREAM },
    [H2_WINDOW_UPDATE] = { on_window_update, NO_STREAM | STREAM },
    [H2_CONTINUATION] = { on_continuation, STREAM | NEW_STREAM },
};

static const char *check_stream(const terni_engine *e, const h2_frame *f)
{
    unsigned on = rules[f->kind].on;

    if (f->stream == 0)
        return on & NO_STREAM ? NULL : "a frame that is for a stream is on none";
    if (!(on & (STREAM | NEW_STREAM)))
        return "a frame that is for the connection is on a stream";
    if (!(on & NEW_STREAM) && !was_opened(e, f->stream))
        return "a frame names a stream that was never opened";
    return NULL;
}

// A frame whose prefix has come may come.
static bool check(terni_engine *e, const h2_frame *f)
{
    const char *why = NULL;

    if (f->len > e->limits->h2.max_frame) {
        terni_h2_fail(e, H2_FRAME_SIZE_ERROR, "a frame is larger than SETTINGS_MAX_FRAME_SIZE");
        return false;
    }
    if (e->state == H2_WANT_SETTINGS && (f->kind != H2_SETTINGS || f->flags & H2_ACK))
        why = "the first frame is not SETTINGS";
    else if (e->partial.bytes && (f->kind != H2_CONTINUATION || f->stream != e->partial.stream))
        why = "a header block was interrupted";
    else if (!e->partial.bytes && f->kind == H2_CONTINUATION)
        why = "a CONTINUATION continues nothing";
    else if (f->kind < H2_N_KINDS)
        why = check_stream(e, f);
    if (why)
        terni_h2_fail(e, H2_PROTOCOL_ERROR, why);
    return !why;
}

static bool receive_whole(terni_engine *e, tern_linkbuf *in, h2_frame *f, size_t *ret_need)
{
    size_t         total = H2_PREFIX_LEN + (size_t)f->len;
    const uint8_t *p;

    if (in->len < total) {
        *ret_need = total;
        return false;
    }
    if (!(p = tern_linkbuf_peek(in, total))) {
        terni_h2_lack_memory(e);
        return false;
    }
    f->payload = p + H2_PREFIX_LEN;
    f->block = in->head->block;
    e->current = NULL;
    if (f->kind < H2_N_KINDS)
        rules[f->kind].take(e, f);
    else
        (void)terni_h2_bear(e);  // an extension's
    tern_linkbuf_consume(in, total);
    return e->state != H2_FAILED;
}

bool terni_h2_receive_one(terni_engine *e, tern_linkbuf *in, size_t *ret_need)
{
    const uint8_t *p;
    h2_frame       f;

    if (e->data.is_under_way)
        return take_data(e, in);
    if (!(p = tern_linkbuf_peek(in, H2_PREFIX_LEN)))
        return false;
    h2_get_prefix(p, &f);
    if (!check(e, &f))
        return false;
    return f.kind == H2_DATA ? receive_data(e, in, &f) : receive_whole(e, in, &f, ret_need);
}
