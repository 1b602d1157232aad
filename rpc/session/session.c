#include "rpc/session/session_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tern/log.h>
#include <tern/mem.h>

enum {
    EXPECT_FROM = 4 * 1024,  // a shorter frame is not worth a block of its own
    SEND_NOW_FROM =
        64 * 1024,  // bytes that leave before the next connection is read, out of the cache
};

static const terni_wire *const wires[] = { &terni_wire_native };

void terni_session_raise_limits(terni_wire_limits *limits)
{
    for (size_t i = 0; i < TERN_COUNT_OF(wires); i++)
        wires[i]->raise(limits);
}

// The first reason stays. Without memory there are no words.
static void set_why(terni_session *s, const char *why)
{
    if (!s->why)
        s->why = tern_mem_strdup(why);
}

// ---- which wire ----------------------------------------------------------

static void refuse_http(terni_session *s)
{
    static const char answer[] =
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 60\r\n"
        "Connection: close\r\n\r\nThis port speaks Tern's native protocol, not HTTP/1 (yet).\r\n";

    if (tern_conn_send_copy(s->conn, answer, sizeof answer - 1) == 0)
        set_why(s, "the peer speaks HTTP/1");
}

static bool looks_like_http(const uint8_t *bytes, size_t n)
{
    static const char *const methods[] = {
        "GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "DELETE "
    };

    for (size_t i = 0; i < TERN_COUNT_OF(methods); i++)
        if (n >= strlen(methods[i]) && memcmp(bytes, methods[i], strlen(methods[i])) == 0)
            return true;
    return false;
}

static void refuse(terni_session *s, const uint8_t *bytes, size_t n)
{
    set_why(s, "the peer speaks no protocol that is known here");
    if (looks_like_http(bytes, n))
        refuse_http(s);
    s->has_failed = true;
    tern_conn_close(s->conn);
}

static bool create_engine(terni_session *s, const terni_wire *wire)
{
    s->wire = wire;
    s->engine = wire->create(s->role, s->limits, s->events, s, tern_conn_output(s->conn));
    if (!s->engine) {
        set_why(s, "out of memory");
        tern_conn_abort(s->conn);
        return false;
    }
    tern_conn_set_read_deadline(s->conn, TERN_NEVER);
    if (s->hooks->recognised)
        s->hooks->recognised(s);
    return true;
}

// True once there is an engine.
static bool recognise(terni_session *s, const tern_linkbuf *in)
{
    uint8_t bytes[TERNI_MAX_SNIFF];
    size_t  n = tern_linkbuf_len(in) < sizeof bytes ? tern_linkbuf_len(in) : sizeof bytes;
    bool    may_come = false;

    (void)tern_linkbuf_copy_out(in, 0, bytes, n);
    for (size_t i = 0; i < TERN_COUNT_OF(wires); i++) {
        switch (wires[i]->sniff(bytes, n)) {
        case TERNI_SNIFF_YES:
            return create_engine(s, wires[i]);
        case TERNI_SNIFF_MORE:
            may_come = true;
            break;
        case TERNI_SNIFF_NO:
            break;
        }
    }
    if (!may_come)
        refuse(s, bytes, n);
    return false;
}

// ---- input and output ----------------------------------------------------

static void push_out(terni_session *s)
{
    s->wire->pump(s->engine);
    if (tern_conn_unsent(s->conn))
        tern_conn_send(s->conn);
    if (s->has_failed || s->is_closing)
        tern_conn_close(s->conn);
}

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    terni_session *s = arg;
    size_t         need;

    if (s->has_failed) {
        tern_linkbuf_clear(in);
        return;
    }
    if (!s->engine && !recognise(s, in))
        return;
    s->is_feeding = true;
    need = s->wire->feed(s->engine, in);
    s->is_feeding = false;
    if (s->hooks->fed)
        s->hooks->fed(s);
    push_out(s);
    if (tern_conn_unsent(c) >= SEND_NOW_FROM)
        tern_conn_send_now(c);
    if (need > EXPECT_FROM)
        tern_conn_expect(c, need);
}

static void on_drained(tern_conn *c, void *arg)
{
    terni_session *s = arg;

    (void)c;
    if (!s->engine || s->has_failed)
        return;
    push_out(s);
    if (s->hooks->drained)
        s->hooks->drained(s);
}

static void on_end(tern_conn *c, void *arg)
{
    terni_session *s = arg;

    if (s->hooks->ended)
        s->hooks->ended(s);
    tern_conn_close(c);
}

static void drop_keepalive(terni_session *s)
{
    if (s->keepalive)
        terni_keepalive_stop(s->keepalive);
    tern_mem_free(s->keepalive);
    s->keepalive = NULL;
}

static void on_closed(tern_conn *c, int err, void *arg)
{
    terni_session *s = arg;
    char          *why = s->why;  // the hook frees the session

    // io_uring tells what it has sent later than it sends it.
    s->written_bytes = strcmp(tern_poller_backend_name(tern_conn_poller(c)), "epoll") == 0
                           ? tern_conn_get_stats(c).written_bytes
                           : UINT64_MAX;
    drop_keepalive(s);
    s->conn = NULL;
    s->hooks->closed(s, s->has_failed ? -EPROTO : err, why ? why : "out of memory");
    tern_mem_free(why);
}

static const tern_conn_events conn_events = {
    .data = on_data,
    .end = on_end,
    .drained = on_drained,
    .closed = on_closed,
};

void terni_session_send(terni_session *s)
{
    if (!s->is_feeding && s->conn && s->engine)
        push_out(s);
}

void terni_session_close(terni_session *s)
{
    if (!s->conn)
        return;
    s->is_closing = true;
    if (s->engine)
        terni_session_send(s);
    else
        tern_conn_close(s->conn);
}

void terni_session_abort(terni_session *s)
{
    if (s->conn)
        tern_conn_abort(s->conn);
}

void terni_session_give_up(terni_session *s, uint64_t silence_ns)
{
    char text[64];

    s->has_failed = true;
    snprintf(text, sizeof text, "no sign of life for %.3g s",
             (double)silence_ns / (double)TERN_NS_PER_S);
    set_why(s, text);
    tern_log(TERN_LOG_WARNING, "a connection is closed: %s", text);
    tern_conn_abort(s->conn);
}

void terni_session_failed(void *owner, uint32_t code, const char *why)
{
    terni_session *s = owner;

    (void)code;
    s->has_failed = true;
    set_why(s, why);
    tern_log(TERN_LOG_WARNING, "a connection is closed: %s", why);
}

int terni_session_start(terni_session *s, tern_poller *poller, int fd, terni_role role)
{
    const tern_conn_opts opts = { .high_water = TERNI_WIRE_ENOUGH - 1,
                                  .low_water = TERNI_WIRE_ENOUGH / 2,
                                  .never_pause = true };
    int                  err = tern_conn_new(poller, fd, &conn_events, s, &opts, &s->conn);

    if (err < 0)
        return err;
    s->role = role;
    s->out = tern_conn_output(s->conn);
    if (role == TERNI_CLIENT && create_engine(s, &terni_wire_native))
        tern_conn_send(s->conn);
    tern_conn_set_read_deadline(s->conn,
                                tern_poller_now_ns(poller) + TERNI_HANDSHAKE_MS * TERN_NS_PER_MS);
    return 0;
}

void terni_session_keep_alive(terni_session *s, int64_t interval_ms, int64_t patience_ms)
{
    if (interval_ms <= 0)
        return;
    if ((s->keepalive = tern_mem_alloc(sizeof *s->keepalive)))
        terni_keepalive_start(s->keepalive, s, (uint64_t)interval_ms, (uint64_t)patience_ms);
    else
        tern_log(TERN_LOG_WARNING, "a connection goes without keepalive: out of memory");
}
