#include "tests/support/xor_filter.h"

#include <errno.h>

#include <tern/mem.h>

static xor_filter *of(tern_conn_filter *f) { return TERN_CONTAINER_OF(f, xor_filter, base); }

// ---- out -----------------------------------------------------------------

static int put(xor_filter *x, tern_linkbuf *out, xor_kind kind, const void *payload, size_t n)
{
    uint8_t *room = tern_linkbuf_reserve(out, XOR_HEADER + n);

    if (!room)
        return -ENOMEM;
    tern_linkbuf_commit(out, xor_codec_put(&x->codec, kind, payload, n, room));
    return 0;
}

static int put_greeting(xor_filter *x, tern_linkbuf *out,
                        size_t (*put_one)(xor_codec *codec, uint8_t *to))
{
    uint8_t *room = tern_linkbuf_reserve(out, 64);

    if (!room)
        return -ENOMEM;
    tern_linkbuf_commit(out, put_one(&x->codec, room));
    return 0;
}

// What a connection promises to its filter.
static xor_filter *called(tern_conn_filter *f)
{
    TERN_ASSERT(!f->is_waiting && !of(f)->has_failed);
    return of(f);
}

static int fail_as_told(xor_filter *x, tern_linkbuf *out)
{
    x->has_failed = true;
    (void)!put(x, out, XOR_ALERT, "told", 4);  // if there is memory
    return tern_conn_filter_fail(&x->base, -EPROTO, "failed as told");
}

static size_t piece(xor_filter *x, size_t n)
{
    return xor_codec_odd(&x->odd, n < XOR_MAX_PAYLOAD ? n : XOR_MAX_PAYLOAD);
}

static int send_text(tern_conn_filter *f, tern_linkbuf *plain, size_t n, tern_linkbuf *out)
{
    xor_filter    *x = called(f);
    const uint8_t *text;

    TERN_ASSERT(n > 0 && f->is_established);
    x->n_sends++;
    n = piece(x, n);
    if (x->opts.fails == XOR_AT_OUTPUT && x->n_out + n > x->opts.fails_after)
        return fail_as_told(x, out);
    if (!(text = tern_linkbuf_peek(plain, n)) || put(x, out, XOR_TEXT, text, n) < 0)
        return -ENOMEM;
    tern_linkbuf_consume(plain, n);
    x->n_out += n;
    return 0;
}

static int end(tern_conn_filter *f, tern_linkbuf *out)
{
    xor_filter *x = called(f);

    TERN_ASSERT(f->is_established);
    return x->opts.fails == XOR_AT_END ? fail_as_told(x, out) : put(x, out, XOR_BYE, NULL, 0);
}

// ---- in: the handshake ---------------------------------------------------

static int begin(xor_filter *x, tern_linkbuf *out)
{
    if (x->has_begun)
        return 0;
    x->has_begun = true;
    return x->opts.fails == XOR_AT_BEGIN ? fail_as_told(x, out)
                                         : put_greeting(x, out, xor_codec_put_hello);
}

static int on_hello(xor_filter *x, tern_linkbuf *out)
{
    if (x->opts.fails == XOR_AT_HELLO)
        return fail_as_told(x, out);
    x->base.is_waiting = x->opts.waits;
    return put_greeting(x, out, xor_codec_put_ack);
}

void xor_filter_go_on(xor_filter *x) { tern_conn_filter_wake(&x->base); }

// A whole record that is no text.
static int act_on(xor_filter *x, xor_kind kind, const uint8_t *payload, size_t n, tern_linkbuf *out)
{
    switch (kind) {
    case XOR_HELLO:
        return on_hello(x, out);
    case XOR_ACK:
        x->base.is_established = true;
        x->base.alpn = x->opts.alpn;
        return x->opts.fails == XOR_AT_ACK ? fail_as_told(x, out) : 0;
    case XOR_PING:
        return put(x, out, XOR_PONG, payload, n);
    case XOR_BYE:
        x->base.has_ended = true;
        return 0;
    case XOR_ALERT:
        return tern_conn_filter_fail(&x->base, -ECONNREFUSED, "the peer says: %.*s", (int)n,
                                     (const char *)payload);
    case XOR_PONG:
    case XOR_TEXT:
        break;
    }
    return 0;
}

// ---- in: records ---------------------------------------------------------

// The length of the record at the front, with its header; 0: it is not whole yet.
static int measure(xor_filter *x, tern_linkbuf *in, size_t *ret_len)
{
    const uint8_t *header;

    *ret_len = 0;
    if (tern_linkbuf_len(in) < XOR_HEADER)
        return 0;
    if (!(header = tern_linkbuf_peek(in, XOR_HEADER)))
        return -ENOMEM;
    if (xor_codec_payload(header) > XOR_MAX_PAYLOAD && !x->opts.is_credulous)
        return tern_conn_filter_fail(&x->base, -EPROTO, "a record of %zu bytes",
                                     xor_codec_payload(header));
    if (XOR_HEADER + xor_codec_payload(header) <= tern_linkbuf_len(in))
        *ret_len = XOR_HEADER + xor_codec_payload(header);
    return 0;
}

// Of the record at the front, as much as the owner takes, in odd pieces. 1: all of it.
static int give_text(xor_filter *x, const uint8_t *payload, size_t n, tern_linkbuf *out)
{
    while (x->n_record_given < n) {
        size_t   room, len;
        uint8_t *to = tern_conn_filter_room(&x->base, &room);

        if (!to)
            return 0;
        len = piece(x, n - x->n_record_given < room ? n - x->n_record_given : room);
        if (x->opts.fails == XOR_AT_INPUT && x->n_in + len > x->opts.fails_after)
            return fail_as_told(x, out);
        xor_codec_read(&x->codec, payload + x->n_record_given, len, to);
        tern_conn_filter_commit(&x->base, len);
        x->n_record_given += len;
        x->n_in += len;
        if (x->opts.is_torn && x->n_record_given < n)
            return 0;
    }
    x->n_record_given = 0;
    return 1;
}

// 1: it is done with; 0: it stays at the front, for now.
static int take_record(xor_filter *x, const uint8_t *record, size_t len, tern_linkbuf *out)
{
    const uint8_t *payload = record + XOR_HEADER;
    size_t         n = len - XOR_HEADER;
    int            err;

    if (record[0] == XOR_TEXT)
        return xor_codec_is_established(&x->codec) ? give_text(x, payload, n, out) : 0;
    if (!xor_codec_take(&x->codec, (xor_kind)record[0], payload, n))
        return tern_conn_filter_fail(&x->base, -EPROTO, "a record that makes no sense");
    err = act_on(x, (xor_kind)record[0], payload, n, out);
    return err < 0 ? err : 1;
}

// 1: one record is done with.
static int take_first(xor_filter *x, tern_linkbuf *in, tern_linkbuf *out)
{
    const uint8_t *record;
    size_t         len;
    int            err = measure(x, in, &len);

    if (err < 0 || len == 0)
        return err;
    if (!(record = tern_linkbuf_peek(in, len)))
        return -ENOMEM;
    if ((err = take_record(x, record, len, out)) == 1)
        tern_linkbuf_consume(in, len);
    return err;
}

static int receive(tern_conn_filter *f, tern_linkbuf *in, bool is_last, tern_linkbuf *out)
{
    xor_filter *x = called(f);
    int         err = begin(x, out);
    size_t      n_in = x->n_in;

    (void)is_last;  // a truncation is the connection's to tell
    x->n_receives++;
    if (err < 0)
        return err;
    do
        err = take_first(x, in, out);
    while (err == 1 && !f->is_waiting && !f->has_ended && !x->opts.is_torn);
    if (x->opts.is_torn && err >= 0 && (err == 1 || x->n_in > n_in) && !f->is_waiting)
        tern_conn_filter_wake(f);
    return err < 0 ? err : 0;
}

// ---- life ----------------------------------------------------------------

static void free_filter(tern_conn_filter *f) { tern_mem_free(of(f)); }

static const tern_identity *identity(tern_conn_filter *f) { return of(f)->opts.identity; }

static const tern_conn_filter_ops ops = {
    .name = "xor",
    .receive = receive,
    .send = send_text,
    .end = end,
    .free = free_filter,
    .identity = identity,
};

tern_conn_filter *xor_filter_new(const xor_filter_opts *opts)
{
    static uint8_t key;
    xor_filter    *x = tern_mem_zalloc(sizeof *x);

    if (!x)
        return NULL;
    x->base.ops = &ops;
    if (opts)
        x->opts = *opts;
    xor_codec_init(&x->codec, __atomic_add_fetch(&key, 37, __ATOMIC_RELAXED));
    return &x->base;
}

xor_filter *xor_filter_of(tern_conn *c) { return of(tern_conn_get_filter(c)); }
