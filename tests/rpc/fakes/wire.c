#include "tests/rpc/fakes/wire.h"

#include <errno.h>
#include <string.h>

#include <tern/mem.h>
#include <tern/timer.h>

#include "tests/rpc/fakes/journal.h"

static const char magic[] = "fake";
enum { MAGIC_LEN = sizeof magic - 1, MAX_LINE = 256 };

fake_wire the_wire;

void fake_wire_reset(void)
{
    the_wire = (fake_wire){ .engine = NULL };
    journal_clear();
}

// ---- life ----------------------------------------------------------------

static terni_sniff fake_sniff(const uint8_t *bytes, size_t len)
{
    if (memcmp(bytes, magic, len < MAGIC_LEN ? len : MAGIC_LEN) != 0)
        return TERNI_SNIFF_NO;
    return len < MAGIC_LEN ? TERNI_SNIFF_MORE : TERNI_SNIFF_YES;
}

static void fake_raise(terni_wire_limits *limits) { (void)limits; }

static terni_engine *fake_create(const terni_engine_opts *opts)
{
    terni_engine *e = the_wire.cannot_create ? NULL : tern_mem_zalloc(sizeof *e);

    journal_say("create ");
    if (!e)
        return NULL;
    e->opts = *opts;
    e->has_magic = opts->role == TERNI_CLIENT;
    return the_wire.engine = e;
}

static void fake_destroy(terni_engine *e)
{
    journal_say("destroy ");
    if (the_wire.engine == e)
        the_wire.engine = NULL;
    tern_mem_free(e);
}

// ---- input and output ----------------------------------------------------

// A line without its end, off the front of `in`; false: there is no whole one.
static bool take_line(tern_linkbuf *in, char line[MAX_LINE])
{
    size_t         len = tern_linkbuf_len(in), n;
    const uint8_t *bytes = tern_linkbuf_peek(in, len), *end;

    if (!len)
        return false;
    TERN_ASSERT(bytes);
    if (!(end = memchr(bytes, '\n', len)))
        return false;
    n = (size_t)(end - bytes);
    TERN_ASSERT(n < MAX_LINE);
    memcpy(line, bytes, n);
    line[n] = '\0';
    tern_linkbuf_consume(in, n + 1);
    return true;
}

static size_t fake_feed(terni_engine *e, tern_linkbuf *in)
{
    char     line[MAX_LINE];
    unsigned n_left = the_wire.per_feed ? the_wire.per_feed : UINT32_MAX;

    if (!e->has_magic && tern_linkbuf_len(in) >= MAGIC_LEN) {
        tern_linkbuf_consume(in, MAGIC_LEN);
        e->has_magic = true;
    }
    while (e->has_magic && !the_wire.is_stuck && n_left && take_line(in, line)) {
        n_left--;
        journal_say("<%s> ", line);
        if (the_wire.on_line)
            the_wire.on_line(e, line);
    }
    if (!tern_linkbuf_len(in))
        return the_wire.need;
    return the_wire.is_stuck ? TERNI_FEED_LATER : n_left ? the_wire.need : TERNI_FEED_NEXT_TURN;
}

static unsigned fake_midway(const terni_engine *e)
{
    (void)e;
    return the_wire.stalled_ns ? TERNI_IN_MESSAGE : 0;
}

static uint64_t fake_stalled_ns(const terni_engine *e)
{
    (void)e;
    return the_wire.stalled_ns ? the_wire.stalled_ns : TERN_NEVER;
}

static uint64_t fake_memory(const terni_engine *e)
{
    (void)e;
    return the_wire.memory;
}

static uint64_t fake_announced(const terni_engine *e)
{
    (void)e;
    return the_wire.announced;
}

static void fake_pump(terni_engine *e)
{
    (void)e;
    the_wire.n_pumps++;
}

void fake_wire_write(terni_engine *e, const char *text)
{
    TERN_ASSERT(tern_linkbuf_append(e->opts.out, text, strlen(text)) == 0);
}

// ---- streams -------------------------------------------------------------

static void begin(terni_engine *e, terni_stream *s)
{
    s->id = ++e->last_id;
    s->flags = 0;
    e->n_streams++;
}

static void forget(terni_engine *e, terni_stream *s)
{
    TERN_ASSERT(s->id && e->n_streams > 0);
    s->id = 0;
    s->flags &= (uint8_t)~TERNI_STREAM_BLOCKED;
    e->n_streams--;
}

// 0, or -EAGAIN to a bound. What was written is said in the log.
static int put(terni_engine *e, const terni_body *body)
{
    uint8_t *dst;
    size_t   n = body->size;

    if (body->put) {
        if (the_wire.wants_sizes)
            return -EAGAIN;
        if (!(dst = tern_linkbuf_reserve(e->opts.out, body->size)))
            return -ENOMEM;
        n = (size_t)(body->put(body, dst) - dst);
        TERN_ASSERT(n <= body->size);
        tern_linkbuf_commit(e->opts.out, n);
    } else if (body->size && body->write(body, e->opts.out) < 0) {
        return -ENOMEM;
    }
    journal_say("%zu", n);
    return 0;
}

static int fake_open(terni_engine *e, terni_stream *s, const terni_open *open,
                     const terni_body *body, bool is_last)
{
    int err = the_wire.open_err;

    the_wire.timeout_us = open->timeout_us;
    journal_say("open(%.*s,", (int)open->path_len, open->path);
    for (uint32_t i = 0; i < open->metadata.n; i++)
        journal_say("%s,", open->metadata.entries[i].key);
    if (err == 0 && body)
        err = put(e, body);
    journal_say(is_last ? ",last)" : ")");
    if (err == 0)
        begin(e, s);
    else
        journal_say("=%d", err);
    journal_say(" ");
    return err;
}

static int fake_message(terni_engine *e, terni_stream *s, const terni_body *body, bool is_last)
{
    int err = the_wire.message_err;

    TERN_ASSERT(s->id && !(s->flags & (TERNI_STREAM_BLOCKED | TERNI_STREAM_LOCAL_END)));
    if (err == 0)
        err = put(e, body);
    if (err == -EAGAIN)
        return err;
    journal_say(err ? "message=%d " : ":message ", err);
    if (err)
        return err;
    s->flags |= the_wire.blocks ? TERNI_STREAM_BLOCKED : 0;
    s->flags |= is_last ? TERNI_STREAM_LOCAL_END : 0;
    return 0;
}

static int fake_end(terni_engine *e, terni_stream *s)
{
    (void)e;
    TERN_ASSERT(s->id);
    if (!(s->flags & TERNI_STREAM_LOCAL_END))
        journal_say("end ");
    s->flags |= TERNI_STREAM_LOCAL_END;
    return 0;
}

static void fake_cancel(terni_engine *e, terni_stream *s, uint32_t code, const char *why)
{
    journal_say("cancel(%u,%s) ", code, why);
    if (s->id)
        forget(e, s);
}

static void fake_consumed(terni_engine *e, terni_stream *s, size_t len)
{
    (void)s;
    TERN_ASSERT(len <= e->owed);
    e->owed -= len;
    journal_say("consumed(%zu) ", len);
}

static void fake_set_window(terni_engine *e, terni_stream *s, unsigned window)
{
    (void)e;
    (void)s;
    journal_say("window(%u) ", window);
}

static bool fake_is_owed(const terni_engine *e, uint64_t len) { return e->owed == len; }

static int fake_headers(terni_engine *e, terni_stream *s, const terni_headers *headers)
{
    (void)e;
    TERN_ASSERT(s->id);
    journal_say("headers(");
    for (uint32_t i = 0; i < headers->metadata.n; i++)
        journal_say(i ? ",%s" : "%s", headers->metadata.entries[i].key);
    journal_say(") ");
    return the_wire.headers_err;
}

static int fake_finish(terni_engine *e, terni_stream *s, const terni_close *close,
                       const terni_body *body)
{
    int err = the_wire.finish_err;

    TERN_ASSERT(!(s->flags & TERNI_STREAM_BLOCKED));
    if (s->id == 0)
        return 0;
    if (err == 0 && body)
        err = put(e, body);
    if (err == -EAGAIN)
        return err;
    journal_say("%sfinish(%u,%.*s)", body ? ":" : "", close ? close->code : 0,
                close ? (int)close->message_len : 0, close && close->message ? close->message : "");
    for (uint32_t i = 0; close && i < close->metadata.n; i++)
        journal_say("+%s", close->metadata.entries[i].key);
    if (err < 0) {
        journal_say("=%d ", err);
        return err;
    }
    journal_say(" ");
    if (the_wire.blocks && body) {
        s->flags |= TERNI_STREAM_BLOCKED | TERNI_STREAM_LOCAL_END;
        return 1;
    }
    forget(e, s);
    return 0;
}

// ---- the connection ------------------------------------------------------

static void fake_ping(terni_engine *e, uint64_t opaque)
{
    (void)e;
    journal_say("ping(%llx) ", (unsigned long long)opaque);
}

static void fake_goaway(terni_engine *e, bool is_final, uint32_t code, const char *text)
{
    (void)e;
    journal_say("goaway(%s,%u,%s) ", is_final ? "final" : "first", code, text);
}

static uint32_t fake_n_streams(const terni_engine *e) { return e->n_streams; }

static const char *fake_accepts(const terni_engine *e)
{
    (void)e;
    return NULL;
}

const terni_wire fake_wire_table = {
    .name = "fake",
    .sniff = fake_sniff,
    .raise = fake_raise,
    .create = fake_create,
    .destroy = fake_destroy,
    .feed = fake_feed,
    .midway = fake_midway,
    .stalled_ns = fake_stalled_ns,
    .memory = fake_memory,
    .announced = fake_announced,
    .pump = fake_pump,
    .open = fake_open,
    .message = fake_message,
    .end = fake_end,
    .cancel = fake_cancel,
    .consumed = fake_consumed,
    .set_window = fake_set_window,
    .is_owed = fake_is_owed,
    .headers = fake_headers,
    .finish = fake_finish,
    .ping = fake_ping,
    .goaway = fake_goaway,
    .n_streams = fake_n_streams,
    .accepts = fake_accepts,
};

// ---- events --------------------------------------------------------------

terni_stream *fake_wire_raise_opened(terni_engine *e, const terni_open *open)
{
    terni_stream *s = e->opts.events->opened(e->opts.owner, open);

    if (s)
        begin(e, s);
    return s;
}

void fake_wire_raise_failed(terni_engine *e, const char *why)
{
    e->opts.events->failed(e->opts.owner, 1, why);
}

void fake_wire_raise_message(terni_engine *e, terni_stream *s, const void *data, size_t len)
{
    tern_block *block = tern_block_new_shared(len ? len : 1);

    if (!block) {
        fake_wire_raise_failed(e, "out of memory");
        return;
    }
    if (len)
        memcpy(block->base, data, len);
    block->used = len;
    e->owed += len;
    e->opts.events->message(e->opts.owner, s, &(terni_piece){ block->base, len, block, false });
    tern_block_unref(block);
}

void fake_wire_raise_closed(terni_engine *e, terni_stream *s, const terni_close *close)
{
    forget(e, s);
    e->opts.events->closed(e->opts.owner, s, close);
}

void fake_wire_let_out(terni_engine *e, terni_stream *s)
{
    TERN_ASSERT(s->flags & TERNI_STREAM_BLOCKED);
    if (s->flags & TERNI_STREAM_LOCAL_END && e->opts.role == TERNI_SERVER)
        forget(e, s);
    s->flags &= (uint8_t)~TERNI_STREAM_BLOCKED;
    e->opts.events->writable(e->opts.owner, s);
}
