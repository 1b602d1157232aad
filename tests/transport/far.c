#include "tests/transport/far.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/conn_io.h>

#include "tests/transport/backends.h"

// ---- beginning and end ---------------------------------------------------

typedef void pair_fn(net_kind kind, int *ret_ours, int *ret_theirs);

static int open_ends(scene *s, far *f, net_kind kind, pair_fn *pair)
{
    int ours;

    *f = (far){ 0 };
    xor_codec_init(&f->codec, 5);
    pair(kind, &ours, &f->fd);
    s->p = net_poller(backend_under_test);
    s->peer = -1;
    return ours;
}

static tern_conn_opts opts_with(const xor_filter_opts *filter, const tern_conn_opts *opts)
{
    tern_conn_opts o = opts ? *opts : (tern_conn_opts){ 0 };

    o.filter = xor_filter_new(filter);
    assert_non_null(o.filter);
    return o;
}

static void start(scene *s, int ours, const tern_conn_opts *opts)
{
    assert_int_equal(probe_try(&s->pr, s->p, ours, opts), 0);
}

void far_open(scene *s, far *f, net_kind kind, const xor_filter_opts *filter,
              const tern_conn_opts *opts)
{
    int            ours = open_ends(s, f, kind, net_pair);
    tern_conn_opts o = opts_with(filter, opts);

    start(s, ours, &o);
}

void far_open_small(scene *s, far *f, net_kind kind, const xor_filter_opts *filter,
                    const tern_conn_opts *opts)
{
    int            ours = open_ends(s, f, kind, net_small_pair);
    tern_conn_opts o = opts_with(filter, opts);

    start(s, ours, &o);
}

void far_open_io(scene *s, far *f, const xor_filter_opts *filter, tern_conn **ret_conn)
{
    int            ours = open_ends(s, f, NET_TCP, net_pair);
    tern_conn_opts o = opts_with(filter, NULL);

    assert_int_equal(tern_conn_io_new(s->p, ours, &o, ret_conn), 0);
}

void far_hang_up(far *f)
{
    close(f->fd);
    f->fd = -1;
}

void far_close_io(scene *s, far *f)
{
    if (f->fd >= 0)
        far_hang_up(f);
    tern_poller_free(s->p);
}

void far_close(scene *s, far *f)
{
    if (f->fd >= 0)
        far_hang_up(f);
    scene_close(s);
}

// ---- out -----------------------------------------------------------------

static void put(far *f, const void *bytes, size_t n)
{
    assert_int_equal(send(f->fd, bytes, n, MSG_NOSIGNAL), (ssize_t)n);
}

void far_say(far *f, xor_kind kind, const void *payload, size_t n)
{
    uint8_t record[XOR_MAX_RECORD];

    put(f, record, xor_codec_put(&f->codec, kind, payload, n, record));
}

void far_say_greeting(far *f)
{
    uint8_t record[XOR_MAX_RECORD];

    put(f, record, xor_codec_put_hello(&f->codec, record));
    put(f, record, xor_codec_put_ack(&f->codec, record));
}

size_t far_say_pattern(far *f, size_t from, size_t n)
{
    uint8_t text[XOR_MAX_PAYLOAD], record[XOR_MAX_RECORD];
    size_t  len;

    if (n == 0)
        return 0;
    for (size_t i = 0; i < n; i++)
        text[i] = (uint8_t)probe_pattern(from + i);
    len = xor_codec_put(&f->codec, XOR_TEXT, text, n, record);
    put(f, record, len);
    return n;
}

// ---- in ------------------------------------------------------------------

bool far_take_in(far *f)
{
    ssize_t n = recv(f->fd, f->in + f->n_in, sizeof f->in - f->n_in, MSG_DONTWAIT);

    if (n > 0)
        f->n_in += (size_t)n;
    return n != 0;
}

// The length of the record at the front; 0: it is not whole.
static size_t whole(const far *f)
{
    size_t len;

    if (f->n_in < XOR_HEADER)
        return 0;
    len = XOR_HEADER + xor_codec_payload(f->in);
    return f->n_in >= len ? len : 0;
}

static void drop(far *f, size_t n)
{
    f->n_in -= n;
    memmove(f->in, f->in + n, f->n_in);
}

static void await_record(scene *s, far *f) { NET_UNTIL(s->p, (far_take_in(f), whole(f) > 0)); }

void far_hear(scene *s, far *f, xor_kind kind)
{
    await_record(s, f);
    assert_int_equal(f->in[0], kind);
    assert_true(xor_codec_take(&f->codec, kind, f->in + XOR_HEADER, whole(f) - XOR_HEADER));
    drop(f, whole(f));
}

void far_skip_text(scene *s, far *f)
{
    for (await_record(s, f); f->in[0] == XOR_TEXT; await_record(s, f))
        drop(f, whole(f));
}

size_t far_hear_all(far *f, xor_kind kind)
{
    size_t n = 0;

    (void)far_take_in(f);
    for (size_t len; (len = whole(f)) > 0; drop(f, len), n++)
        assert_int_equal(f->in[0], kind);
    return n;
}

void far_greet(scene *s, far *f)
{
    if (!f->codec.has_hello)
        far_hear(s, f, XOR_HELLO);
    far_say_greeting(f);
    far_hear(s, f, XOR_ACK);
}

void far_expect_text(scene *s, far *f, const char *text)
{
    char got[256];

    for (size_t n; *text; text += n) {
        await_record(s, f);
        assert_int_equal(f->in[0], XOR_TEXT);
        n = whole(f) - XOR_HEADER;
        assert_in_range(n, 1, strlen(text));
        xor_codec_read(&f->codec, f->in + XOR_HEADER, n, (uint8_t *)got);
        assert_memory_equal(got, text, n);
        drop(f, XOR_HEADER + n);
    }
}

void far_expect_fin(scene *s, far *f)
{
    NET_UNTIL(s->p, !far_take_in(f));
    assert_int_equal(f->n_in, 0);
}

size_t far_hear_pattern(far *f, size_t from)
{
    uint8_t text[XOR_MAX_PAYLOAD];
    size_t  at = from;

    (void)far_take_in(f);
    for (size_t len; (len = whole(f)) > 0; drop(f, len)) {
        assert_int_equal(f->in[0], XOR_TEXT);
        xor_codec_read(&f->codec, f->in + XOR_HEADER, len - XOR_HEADER, text);
        for (size_t i = 0; i < len - XOR_HEADER; i++)
            assert_int_equal(text[i], probe_pattern(at++));
    }
    return at - from;
}
