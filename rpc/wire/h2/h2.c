// The life of an HTTP/2 engine: preface, frames cut from the input, and its end; and the wire's table.
#include "rpc/wire/h2/h2_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/h2/heads_internal.h"
#include "rpc/wire/h2/open_internal.h"
#include "rpc/wire/h2/receive_internal.h"
#include "rpc/wire/h2/send_internal.h"
#include "rpc/wire/h2/settings_internal.h"

enum { MAX_UNSENT_FACTOR = 16 };  // times max_unsent_control: all answers to what the peer provokes

static const char preface[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

_Static_assert(sizeof preface - 1 == H2_PREFACE_LEN, "a client begins with these 24 bytes");

// ---- input ---------------------------------------------------------------

static void take_preface(terni_engine *e, tern_linkbuf *in)
{
    uint8_t bytes[H2_PREFACE_LEN];

    if (!tern_linkbuf_copy_out(in, 0, bytes, sizeof bytes))
        return;
    if (memcmp(bytes, preface, sizeof bytes) != 0) {
        terni_h2_fail(e, H2_PROTOCOL_ERROR, "the peer does not speak HTTP/2");
        return;
    }
    tern_linkbuf_consume(in, sizeof bytes);
    e->state = H2_WANT_SETTINGS;
    terni_h2_send_settings(e);
}

static void watch_output(terni_engine *e)
{
    if (e->unsent_control > e->out->len)
        e->unsent_control = e->out->len;
    if (e->unsent_control / MAX_UNSENT_FACTOR > e->limits->max_unsent_control)
        terni_h2_fail(e, H2_ENHANCE_YOUR_CALM, "the peer asks and does not read the answers");
}

// Is it too much to do more for a peer that does not read? As long as windows alone are shut it is not: to hear of
// those it must be read from.
static inline bool is_stuck(terni_engine *e)
{
    const uint64_t max = e->limits->max_untaken;

    if (TERN_LIKELY(e->out->len + e->queue.bytes <= max))
        return false;
    terni_h2_pump(e);
    return e->out->len >= TERNI_WIRE_ENOUGH && e->out->len + e->queue.bytes > max;
}

static size_t h2_feed(terni_engine *e, tern_linkbuf *in)
{
    size_t need = 0;

    watch_output(e);
    e->turn_left = TERNI_WIRE_TURN;
    if (e->state == H2_WANT_PREFACE)
        take_preface(e, in);
    if (e->state != H2_WANT_PREFACE)
        while (e->state != H2_FAILED && !is_stuck(e) && e->turn_left > 0 &&
               terni_h2_receive_one(e, in, &need))
            e->turn_left--;
    if (e->state == H2_FAILED)
        tern_linkbuf_clear(in);
    TERN_DEBUG_ASSERT(terni_credit_is_valid(&e->credit.all, e->limits->connection_window));
    TERN_DEBUG_ASSERT(e->role == TERNI_CLIENT || e->streams.n <= e->limits->max_streams);
    TERN_DEBUG_ASSERT(e->streams.n > 0 || (!e->queue.n && !e->credit.reserved));
    if (TERN_LIKELY(!in->len))
        return 0;
    return is_stuck(e) ? TERNI_FEED_LATER : e->turn_left > 0 ? need : TERNI_FEED_NEXT_TURN;
}

// ---- life ----------------------------------------------------------------

static terni_sniff h2_sniff(const uint8_t *bytes, size_t len)
{
    if (memcmp(bytes, preface, len < H2_PREFACE_LEN ? len : H2_PREFACE_LEN) != 0)
        return TERNI_SNIFF_NO;
    return len < H2_PREFACE_LEN ? TERNI_SNIFF_MORE : TERNI_SNIFF_YES;
}

static void h2_destroy(terni_engine *e)
{
    uint32_t bucket = 0;

    if (!e)
        return;
    for (terni_stream *s; (s = terni_streams_find_above(&e->streams, 0, &bucket));)
        terni_h2_release(e, s);
    terni_streams_done(&e->streams);
    terni_outqueue_done(&e->queue);
    terni_h2_drop_partial(e);
    terni_hpack_done(&e->hpack);
    tern_mem_free(e->paths);
    tern_mem_free(e->peer_encodings);
    tern_mem_free(e);
}

static uint32_t at_least(uint32_t value, uint32_t least) { return value > least ? value : least; }

static uint32_t at_most(uint32_t value, uint32_t most) { return value < most ? value : most; }

// A peer begins before it knows our settings, so we must bear what holds at first.
static void h2_raise(terni_wire_limits *l)
{
    l->h2.max_frame = at_most(at_least(l->h2.max_frame, H2_MIN_FRAME), H2_MAX_FRAME);
    l->stream_window = at_most(at_least(l->stream_window, H2_FIRST_WINDOW), H2_MAX_WINDOW);
    l->connection_window = at_most(at_least(l->connection_window, H2_FIRST_WINDOW), H2_MAX_WINDOW);
}

static bool is_raised(const terni_wire_limits *l)
{
    return l->h2.max_frame >= H2_MIN_FRAME && l->h2.max_frame <= H2_MAX_FRAME &&
           l->stream_window >= H2_FIRST_WINDOW && l->stream_window <= H2_MAX_WINDOW &&
           l->connection_window >= H2_FIRST_WINDOW && l->connection_window <= H2_MAX_WINDOW;
}

static void begin_client(terni_engine *e)
{
    e->state = H2_WANT_SETTINGS;
    if (tern_linkbuf_append(e->out, preface, H2_PREFACE_LEN) < 0)
        terni_h2_lack_memory(e);
    else
        terni_h2_send_settings(e);
}

static terni_engine *h2_create(const terni_engine_opts *opts)
{
    terni_engine *e = tern_mem_zalloc(sizeof *e);

    TERN_ASSERT(is_raised(opts->limits));
    TERN_ASSERT(opts->events->message && opts->events->closed && opts->events->failed);
    TERN_ASSERT(!opts->limits->encodings || strlen(opts->limits->encodings) <= TERNI_MAX_ENCODINGS);
    if (!e)
        return NULL;
    terni_streams_init(&e->streams, opts->seed);
    terni_hpack_init(&e->hpack, H2_FIRST_TABLE);
    e->role = opts->role;
    e->is_filtered = opts->is_filtered;
    e->limits = opts->limits;
    e->events = opts->events;
    e->owner = opts->owner;
    e->out = opts->out;
    e->peer = (h2_peer){ H2_MIN_FRAME, UINT32_MAX, H2_FIRST_WINDOW, UINT32_MAX };
    e->send_window = H2_FIRST_WINDOW;
    e->stream_window = opts->limits->stream_window;
    e->last_told = H2_MAX_STREAM_ID;
    terni_credit_init(&e->credit.all, opts->limits->connection_window);
    if (e->role == TERNI_CLIENT)
        begin_client(e);
    return e;
}

// ---- the connection ------------------------------------------------------

static bool may_speak(const terni_engine *e)
{
    return e->state != H2_FAILED && (e->role == TERNI_CLIENT || e->state != H2_WANT_PREFACE);
}

static void h2_ping(terni_engine *e, uint64_t opaque)
{
    uint8_t *p = may_speak(e) ? terni_h2_begin_frame(e, H2_PING, 0, 0, sizeof opaque) : NULL;

    if (p)
        memcpy(p, &opaque, sizeof opaque);
}

static void h2_goaway(terni_engine *e, bool is_final, uint32_t code, const char *text)
{
    uint32_t last_stream = is_final ? e->last_id : H2_MAX_STREAM_ID;

    e->is_going |= is_final;
    if (may_speak(e))
        terni_h2_send_goaway(e, e->role == TERNI_SERVER ? last_stream : 0, code, text);
}

static unsigned h2_midway(const terni_engine *e)
{
    bool is_in_frame = e->data.is_under_way || e->partial.bytes;

    return (is_in_frame ? TERNI_IN_FRAME : 0) | (e->credit.arriving ? TERNI_IN_MESSAGE : 0);
}

static uint64_t h2_stalled_ns(const terni_engine *e)
{
    uint64_t since = TERN_NEVER;

    if (!e->credit.arriving)
        return since;
    for (terni_stream *s = NULL; (s = terni_streams_next(&e->streams, s));) {
        const h2_incoming *in = h2_of(s)->incoming;

        if (in && in->arriving && in->arriving->moved_ns < since)
            since = in->arriving->moved_ns;
    }
    return since;
}

static uint64_t arriving_bytes(const terni_engine *e)
{
    uint64_t n = 0;

    for (terni_stream *s = NULL; (s = terni_streams_next(&e->streams, s));) {
        const h2_incoming *in = h2_of(s)->incoming;

        n += in && in->arriving ? in->arriving->parts.len : 0;
    }
    return n;
}

static uint64_t h2_memory(const terni_engine *e) { return e->queue.bytes + e->partial.cap; }

static uint64_t h2_announced(const terni_engine *e) { return e->credit.arriving; }

static bool h2_is_owed(const terni_engine *e, uint64_t len)
{
    const terni_credit *c = &e->credit.all;

    return e->state == H2_FAILED || (terni_credit_is_valid(c, e->limits->connection_window) &&
                                     c->held == len + arriving_bytes(e));
}

static uint32_t h2_n_streams(const terni_engine *e) { return e->streams.n; }

// A client tells with each call, a server with its answers.
static const char *h2_accepts(const terni_engine *e) { return e->peer_encodings; }

const terni_wire terni_wire_h2 = {
    .name = "HTTP/2",
    .alpn = "h2",
    .sniff = h2_sniff,
    .raise = h2_raise,
    .create = h2_create,
    .destroy = h2_destroy,
    .feed = h2_feed,
    .midway = h2_midway,
    .stalled_ns = h2_stalled_ns,
    .pump = terni_h2_pump,
    .open = terni_h2_open,
    .message = terni_h2_message,
    .end = terni_h2_end,
    .cancel = terni_h2_cancel,
    .consumed = terni_h2_consumed,
    .memory = h2_memory,
    .announced = h2_announced,
    .set_window = terni_h2_set_window,
    .is_owed = h2_is_owed,
    .headers = terni_h2_headers,
    .finish = terni_h2_finish,
    .ping = h2_ping,
    .goaway = h2_goaway,
    .n_streams = h2_n_streams,
    .accepts = h2_accepts,
    .may_guess = true,
};
