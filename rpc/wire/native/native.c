// The life of a native engine: preface, frames cut from the input, and its end; and the wire's table.
#include "rpc/wire/native/native_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/wire/native/open_internal.h"
#include "rpc/wire/native/receive_internal.h"
#include "rpc/wire/native/send_internal.h"
#include "rpc/wire/native/settings_internal.h"

enum { MAX_UNSENT_FACTOR = 16 };  // times max_unsent_control: all answers to what the peer provokes

static const uint8_t preface[PREFACE_LEN] = { 'T', 'E', 'R', 'N', '\r', '\n', 1, 0 };

// ---- input ---------------------------------------------------------------

static void send_preface(terni_engine *e)
{
    if (tern_linkbuf_append(e->out, preface, PREFACE_LEN) < 0) {
        terni_native_fail(e, GOAWAY_OUT_OF_MEMORY, "out of memory");
        return;
    }
    terni_native_send_settings(e);
}

static void take_preface(terni_engine *e, tern_linkbuf *in)
{
    uint8_t bytes[PREFACE_LEN];

    if (!tern_linkbuf_copy_out(in, 0, bytes, PREFACE_LEN))
        return;
    if (memcmp(bytes, preface, 6) != 0 || bytes[6] == 0) {
        terni_native_fail(e, GOAWAY_PROTOCOL_ERROR, "peer does not speak Tern");
        return;
    }
    tern_linkbuf_consume(in, PREFACE_LEN);
    e->state = WANT_SETTINGS;
    if (e->role == TERNI_SERVER)
        send_preface(e);
}

static bool check_prefix(terni_engine *e, const frame *f)
{
    const char *why = NULL;

    if (f->size > e->limits->native.max_frame)
        why = "a frame is larger than max_frame";
    else if (f->head_len > f->size)
        why = "a frame's head is longer than the frame";
    else if (f->flags & ~KNOWN_FLAGS)
        why = "a frame has an unknown flag";
    else if (e->state == WANT_SETTINGS && f->kind != KIND_SETTINGS)
        why = "the first frame is not SETTINGS";
    if (why)
        terni_native_fail(e, GOAWAY_PROTOCOL_ERROR, why);
    return !why;
}

// One frame from the front of `in`. Returns false when there is none; *ret_need then says how long the
// next one is in all, if that is known.
static bool receive_one(terni_engine *e, tern_linkbuf *in, size_t *ret_need)
{
    const uint8_t *p = tern_linkbuf_peek(in, PREFIX_LEN);
    frame          f;
    size_t         total;

    if (!p)
        return false;
    terni_frame_read_prefix(p, &f);
    if (!check_prefix(e, &f))
        return false;
    total = PREFIX_LEN + (size_t)f.size;
    if (in->len < total) {
        *ret_need = total;
        return false;
    }
    if (!(p = tern_linkbuf_peek(in, total))) {
        terni_native_fail(e, GOAWAY_OUT_OF_MEMORY, "out of memory");
        return false;
    }
    f.head = p + PREFIX_LEN;
    f.body = f.head + f.head_len;
    f.body_len = f.size - f.head_len;
    f.block = in->head->block;
    terni_native_receive(e, &f);
    tern_linkbuf_consume(in, total);
    return true;
}

// Is it too much to do more for a peer that does not read? As long as windows alone are shut it is not: to hear of
// those it must be read from.
static inline bool is_stuck(terni_engine *e)
{
    const uint64_t max = e->limits->max_untaken;

    if (TERN_LIKELY(e->out->len + e->queue.bytes <= max))
        return false;
    terni_native_pump(e);
    return e->out->len >= TERNI_WIRE_ENOUGH && e->out->len + e->queue.bytes > max;
}

static size_t native_feed(terni_engine *e, tern_linkbuf *in)
{
    size_t   need = 0;
    unsigned n_left = TERNI_WIRE_TURN;

    if (e->unsent_control > e->out->len)
        e->unsent_control = (uint32_t)e->out->len;
    if (e->unsent_control / MAX_UNSENT_FACTOR > e->limits->max_unsent_control)
        terni_native_fail(e, GOAWAY_FLOOD, "the peer asks and does not read the answers");
    if (e->state == WANT_PREFACE)
        take_preface(e, in);
    if (e->state != WANT_PREFACE)
        while (e->state != FAILED && !is_stuck(e) && n_left && receive_one(e, in, &need))
            n_left--;
    if (e->state == FAILED)
        tern_linkbuf_clear(in);
    TERN_DEBUG_ASSERT(terni_credit_is_valid(&e->credit.all, e->limits->connection_window));
    TERN_DEBUG_ASSERT(e->role == TERNI_CLIENT || e->streams.n <= e->limits->max_streams);
    TERN_DEBUG_ASSERT(e->streams.n > 0 || (!e->queue.n && !e->credit.reserved));
    if (TERN_LIKELY(!in->len))
        return 0;
    return is_stuck(e) ? TERNI_FEED_LATER : n_left ? need : TERNI_FEED_NEXT_TURN;
}

// ---- life ----------------------------------------------------------------

static terni_sniff native_sniff(const uint8_t *bytes, size_t len)
{
    const size_t magic = 6;

    if (memcmp(bytes, preface, len < magic ? len : magic) != 0)
        return TERNI_SNIFF_NO;
    return len < PREFACE_LEN ? TERNI_SNIFF_MORE : TERNI_SNIFF_YES;
}

static void native_destroy(terni_engine *e)
{
    uint32_t bucket = 0;

    if (!e)
        return;
    for (terni_stream *s; (s = terni_streams_find_above(&e->streams, 0, &bucket));)
        terni_native_release(e, s);
    terni_streams_done(&e->streams);
    terni_outqueue_done(&e->queue);
    if (e->paths != &e->first_path)
        tern_mem_free(e->paths);
    tern_mem_free(e->metas);
    tern_mem_free(e->peer_encodings);
    tern_mem_free(e);
}

static uint32_t at_least(uint32_t value, uint32_t least) { return value > least ? value : least; }

// Settings only raise what holds for the first flight, so we must bear that much.
static void native_raise(terni_wire_limits *l)
{
    l->native.max_frame = at_least(l->native.max_frame, FIRST_MAX_FRAME);
    l->native.max_path_ids = at_least(l->native.max_path_ids, FIRST_PATH_IDS);
    l->stream_window = at_least(l->stream_window, FIRST_STREAM_WINDOW);
    l->connection_window = at_least(l->connection_window, FIRST_CONNECTION_WINDOW);
}

static bool is_raised(const terni_wire_limits *l)
{
    return l->native.max_frame >= FIRST_MAX_FRAME && l->native.max_path_ids >= FIRST_PATH_IDS &&
           l->stream_window >= FIRST_STREAM_WINDOW &&
           l->connection_window >= FIRST_CONNECTION_WINDOW;
}

static bool can_serve(const terni_wire_events *events)
{
    return events->lookup && events->opened && events->began && events->ended;
}

static terni_engine *native_create(const terni_engine_opts *opts)
{
    terni_engine *e = tern_mem_zalloc(sizeof *e);

    TERN_ASSERT(is_raised(opts->limits));
    TERN_ASSERT(opts->events->message && opts->events->closed && opts->events->failed);
    TERN_ASSERT(opts->role == TERNI_CLIENT || can_serve(opts->events));
    if (!e)
        return NULL;
    terni_streams_init(&e->streams, opts->seed);
    e->role = opts->role;
    e->limits = opts->limits;
    if (e->role == TERNI_SERVER) {
        e->paths = &e->first_path;
        e->n_paths = 1;
    }
    e->events = opts->events;
    e->owner = opts->owner;
    e->out = opts->out;
    e->peer = (peer_settings){ FIRST_MAX_FRAME, FIRST_MAX_STREAMS, FIRST_PATH_IDS,
                               FIRST_STREAM_WINDOW, UINT64_MAX };
    e->send_window = FIRST_CONNECTION_WINDOW;
    terni_credit_init(&e->credit.all, e->limits->connection_window);
    if (e->role == TERNI_CLIENT)
        send_preface(e);
    return e;
}

// A server says nothing before it has recognised the wire.
static bool may_speak(const terni_engine *e)
{
    return e->state != FAILED && (e->role == TERNI_CLIENT || e->state != WANT_PREFACE);
}

static void native_ping(terni_engine *e, uint64_t opaque)
{
    uint8_t *p =
        may_speak(e) ? terni_native_begin_frame(e, KIND_PING, 0, 0, 0, sizeof opaque) : NULL;

    if (p)
        memcpy(p, &opaque, sizeof opaque);
}

static void native_goaway(terni_engine *e, bool is_final, uint32_t code, const char *text)
{
    uint32_t last_stream = is_final ? e->last_id : UINT32_MAX;

    e->is_going |= is_final;
    if (may_speak(e))
        terni_native_send_goaway(e, e->role == TERNI_SERVER ? last_stream : 0, code, text);
}

static unsigned native_midway(const terni_engine *e)
{
    return e->credit.arriving ? TERNI_IN_MESSAGE : 0;
}

static uint64_t native_stalled_ns(const terni_engine *e)
{
    uint64_t since = TERN_NEVER;

    if (!e->credit.arriving)
        return since;
    for (terni_stream *s = NULL; (s = terni_streams_next(&e->streams, s));) {
        const terni_arriving *a = terni_native_of(s)->arriving;

        since = a && a->moved_ns < since ? a->moved_ns : since;
    }
    return since;
}

static uint64_t arriving_bytes(const terni_engine *e)
{
    uint64_t n = 0;

    for (terni_stream *s = NULL; (s = terni_streams_next(&e->streams, s));)
        if (terni_native_of(s)->arriving)
            n += terni_native_of(s)->arriving->parts.len;
    return n;
}

static uint64_t native_memory(const terni_engine *e) { return e->queue.bytes; }

static uint64_t native_announced(const terni_engine *e) { return e->credit.arriving; }

static bool native_is_owed(const terni_engine *e, uint64_t len)
{
    const terni_credit *c = &e->credit.all;

    return e->state == FAILED || (terni_credit_is_valid(c, e->limits->connection_window) &&
                                  c->held == len + arriving_bytes(e));
}

static uint32_t native_n_streams(const terni_engine *e) { return e->streams.n; }

static const char *native_accepts(const terni_engine *e) { return e->peer_encodings; }

const terni_wire terni_wire_native = {
    .name = "native",
    .alpn = "tern/1",
    .sniff = native_sniff,
    .raise = native_raise,
    .create = native_create,
    .destroy = native_destroy,
    .feed = native_feed,
    .midway = native_midway,
    .stalled_ns = native_stalled_ns,
    .pump = terni_native_pump,
    .open = terni_native_open,
    .message = terni_native_message,
    .end = terni_native_end,
    .cancel = terni_native_cancel,
    .consumed = terni_native_consumed,
    .memory = native_memory,
    .announced = native_announced,
    .set_window = terni_native_set_window,
    .is_owed = native_is_owed,
    .headers = terni_native_headers,
    .finish = terni_native_finish,
    .ping = native_ping,
    .goaway = native_goaway,
    .n_streams = native_n_streams,
    .accepts = native_accepts,
};
