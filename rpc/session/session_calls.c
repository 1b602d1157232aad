// The calls of a session: what an open connection's engine is asked for, with the messages encoded on the way to it.
#include "rpc/session/session_internal.h"

#include <errno.h>
#include <string.h>

int terni_session_open(terni_session *s, terni_stream *stream, const terni_open *open,
                       const terni_body *body, bool is_last)
{
    int err;

    if (TERN_UNLIKELY(!s->engine))
        return -ENOTCONN;
    err = s->wire->open(s->engine, stream, open, body, is_last);
    terni_session_send(s);
    return err;
}

typedef int put_fn(terni_session *s, terni_stream *stream, const terni_close *close,
                   const terni_body *body);

static int put_message(terni_session *s, terni_stream *stream, const terni_close *close,
                       const terni_body *body)
{
    (void)close;
    return s->wire->message(s->engine, stream, body, false);
}

static int put_finish(terni_session *s, terni_stream *stream, const terni_close *close,
                      const terni_body *body)
{
    return s->wire->finish(s->engine, stream, close, body);
}

static int put_measured(terni_session *s, terni_stream *stream, put_fn *put,
                        const terni_close *close, const terni_message *m)
{
    const terni_encode_opts opts = { .holder = m->holder };
    terni_encoding          encoding;
    terni_body              body;
    int                     err = terni_body_measure(&body, &encoding, m, &opts);

    if (err < 0)
        return err;
    if ((err = put(s, stream, close, &body)) < 0)
        terni_encoding_done(&encoding);
    return err;
}

static inline __attribute__((always_inline)) int put_encoded(terni_session *s, terni_stream *stream,
                                                             put_fn *put, const terni_close *close,
                                                             const terni_message *m)
{
    terni_body body;
    int        err = -EAGAIN;

    if (terni_body_bound(&body, m))
        err = put(s, stream, close, &body);
    return TERN_UNLIKELY(err == -EAGAIN) ? put_measured(s, stream, put, close, m) : err;
}

int terni_session_message(terni_session *s, terni_stream *stream, const terni_message *msg)
{
    int err;

    if (TERN_UNLIKELY(!s->engine))
        return -ENOTCONN;
    err = put_encoded(s, stream, put_message, NULL, msg);
    terni_session_send(s);
    return err;
}

int terni_session_finish(terni_session *s, terni_stream *stream, const terni_close *close,
                         const terni_message *reply)
{
    int err;

    if (TERN_UNLIKELY(!s->engine))
        return -ENOTCONN;
    err = reply ? put_encoded(s, stream, put_finish, close, reply)
                : s->wire->finish(s->engine, stream, close, NULL);
    terni_session_send(s);
    return err;
}

static int put_ready(terni_session *s, terni_stream *stream, put_fn *put, const terni_close *close,
                     const terni_body *body)
{
    int err;

    if (!s->engine)
        return -ENOTCONN;
    err = put(s, stream, close, body);
    terni_session_send(s);
    return err;
}

int terni_session_put_message(terni_session *s, terni_stream *stream, const terni_body *body)
{
    return put_ready(s, stream, put_message, NULL, body);
}

int terni_session_put_finish(terni_session *s, terni_stream *stream, const terni_close *close,
                             const terni_body *body)
{
    return put_ready(s, stream, put_finish, close, body);
}

void terni_session_set_window(terni_session *s, terni_stream *stream, unsigned window)
{
    if (!s->engine)
        return;
    s->wire->set_window(s->engine, stream, window);
    terni_session_send(s);
}

tern_compression terni_session_choose_compression(const terni_session *s, tern_compression wanted)
{
    const char *list = s->engine ? s->wire->accepts(s->engine) : NULL;

    if (list)
        return terni_compression_choose(wanted, terni_compression_parse(list, strlen(list)));
    if (!s->wire || !s->wire->may_guess || s->role == TERNI_SERVER)
        return TERN_COMPRESSION_NONE;
    // gzip is what all peers have that have anything.
    return terni_compression_choose(wanted, wanted == TERN_COMPRESSION_ANY
                                                ? terni_compression_bit(TERN_COMPRESSION_GZIP)
                                                : ~0u);
}

int terni_session_headers(terni_session *s, terni_stream *stream, const terni_headers *headers)
{
    int err;

    if (!s->engine)
        return -ENOTCONN;
    err = s->wire->headers(s->engine, stream, headers);
    terni_session_send(s);
    return err;
}

void terni_session_end(terni_session *s, terni_stream *stream)
{
    if (!s->engine)
        return;
    (void)s->wire->end(s->engine, stream);  // without memory the engine has failed, and says so
    terni_session_send(s);
}

void terni_session_cancel(terni_session *s, terni_stream *stream, uint32_t code, const char *why)
{
    if (!s->engine)
        return;
    s->wire->cancel(s->engine, stream, code, why);
    terni_session_send(s);
}
