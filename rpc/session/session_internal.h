// rpc/session/session_internal.h: one connection speaking one wire: bytes from the connection to the engine, and
// the engine's output back. Knows nothing of methods, servers or channels.
//
// Lifetime:  embedded in its owner's connection object; from terni_session_start until the `closed` hook
//            has returned.
// Threads:   its poller's only.
// Invariant: whatever makes the engine write is followed by terni_session_send (inside an event of the
//            engine that happens by itself). `closed` runs exactly once and last; the engine is gone then.
#ifndef RPC_SESSION_SESSION_INTERNAL_H
#define RPC_SESSION_SESSION_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/conn.h>
#include <tern/timer.h>

#include "rpc/session/keepalive_internal.h"
#include "rpc/wire/wire_internal.h"

enum {
    TERNI_HANDSHAKE_MS = 10 * 1000,  // for the peer to say which wire it speaks
    TERNI_KEEPALIVE_MS = 30 * 1000,
    TERNI_KEEPALIVE_TIMEOUT_MS = 20 * 1000,
};

typedef struct terni_session terni_session;

// Run on the session's poller.
typedef struct terni_session_hooks terni_session_hooks;
struct terni_session_hooks {
    // The engine exists now. Once, or never.
    void (*recognised)(terni_session *s);
    // The engine has taken what had come. May be NULL.
    void (*fed)(terni_session *s);
    // The peer has ended its half; the connection closes. May be NULL. Once, or never.
    void (*ended)(terni_session *s);
    // So much of the output is out that there is room again. May be NULL.
    void (*drained)(terni_session *s);
    // The connection is gone: 0, -errno, or -EPROTO with the engine's words in `why`. Once, last. The
    // owner frees the session's memory.
    void (*closed)(terni_session *s, int err, const char *why);
};

struct terni_session {
    tern_conn                 *conn;
    const tern_linkbuf        *out;  // of `conn`
    const terni_wire          *wire;
    terni_engine              *engine;  // NULL until the peer's wire is recognised
    const terni_wire_events   *events;  // raised with the session as owner, but for `failed`
    const terni_session_hooks *hooks;
    const terni_wire_limits   *limits;
    terni_keepalive           *keepalive;  // NULL: none
    char                      *why;        // it failed; NULL: no words
    terni_role                 role;
    bool                       is_feeding;
    bool                       has_failed;
    bool                       is_closing;     // once what is being fed has been taken
    uint64_t                   written_bytes;  // in `closed`: at most so many left us
};

// Raises the limits to what every wire needs: once, before a session has them.
void terni_session_raise_limits(terni_wire_limits *limits);

// Takes `fd`, also on failure. `events->failed` is the session's own business and must be
// terni_session_failed.
TERN_NODISCARD int terni_session_start(terni_session *s, tern_poller *poller, int fd,
                                       terni_role role);
// Watches from now on whether the peer is alive; not with an interval of 0 or less, nor without memory.
void terni_session_keep_alive(terni_session *s, int64_t interval_ms, int64_t patience_ms);

// Hands what the engine has written to the connection.
void terni_session_send(terni_session *s);
// Where in the whole of the output the next byte will be.
static inline uint64_t terni_session_position(const terni_session *s)
{
    return tern_conn_get_stats(s->conn).written_bytes + tern_linkbuf_len(s->out);
}
// After what was written: closes.
void terni_session_close(terni_session *s);
void terni_session_abort(terni_session *s);
void terni_session_give_up(terni_session *s, uint64_t silence_ns);

void terni_session_failed(void *owner, uint32_t code, const char *why);

#endif
