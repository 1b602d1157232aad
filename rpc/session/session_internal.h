// rpc/session/session_internal.h: one connection speaking one wire: bytes from the connection to the engine,
// and the engine's output back. The one place that talks to an engine and to its connection. Knows nothing
// of methods, servers or channels.
//
// Lifetime:  embedded in its owner's connection object; from terni_session_start until the `closed` hook
//            has returned.
// Threads:   its poller's only.
// Invariant: whatever an engine is asked to write here goes to the connection: within an event of the engine
//            once the event is over, else at once. `closed` runs exactly once and last; the engine is gone
//            then.
//
//   c->session = (terni_session){ .events = &events, .hooks = &hooks, .limits = &limits };
//   err = terni_session_start(&c->session, poller, fd, TERNI_SERVER);
//   ... terni_session_finish(&c->session, stream, NULL, plan, reply, NULL);
#ifndef RPC_SESSION_SESSION_INTERNAL_H
#define RPC_SESSION_SESSION_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/conn.h>
#include <tern/identity.h>
#include <tern/timer.h>

#include "rpc/compress/compression_internal.h"
#include "rpc/session/body_internal.h"
#include "rpc/session/holding_internal.h"
#include "rpc/session/keepalive_internal.h"
#include "rpc/session/patience_internal.h"
#include "rpc/session/turn_internal.h"
#include "rpc/wire/wire_internal.h"

struct ucred;  // <sys/socket.h>

enum {
    TERNI_HANDSHAKE_MS = 10 * 1000,  // for the peer to say which wire it speaks, and its settings
    // What 0 stands for in the options of a channel and of a server. A client in blocking style answers nothing
    // while none of its threads waits, and may leave a stream alone for long: a server is generous.
    TERNI_CHANNEL_KEEPALIVE_MS = 30 * 1000,
    TERNI_SERVER_KEEPALIVE_MS = 2 * 3600 * 1000,
    TERNI_KEEPALIVE_TIMEOUT_MS = 20 * 1000,  // of both
};

typedef struct terni_session terni_session;

// What a peer may turn out to speak on a server's port, told by its first bytes. Not all are RPC wires: some are
// only understood well enough to be refused in their own words. Static.
typedef struct terni_protocol terni_protocol;
struct terni_protocol {
    const char *name;
    const char *alpn;  // where TLS has agreed on what is inside, only this one is
    // What the first bytes say; at most TERNI_MAX_SNIFF of them.
    terni_sniff (*sniff)(const uint8_t *bytes, size_t len);
    // Takes the session over: terni_session_speak or terni_session_refuse.
    void (*start)(terni_session *s);
};

// Run on the session's poller. All but `closed` may be NULL.
typedef struct terni_session_hooks terni_session_hooks;
struct terni_session_hooks {
    // A server's: what its peer may turn out to speak; the first that is sure wins; ends with NULL.
    const terni_protocol *const *protocols;
    // The engine exists now. Once, or never.
    void (*recognised)(terni_session *s);
    // The engine has taken what had come.
    void (*fed)(terni_session *s);
    // The peer has ended its half; the connection closes. Once, or never.
    void (*ended)(terni_session *s);
    // So much of the output is out that there is room again.
    void (*drained)(terni_session *s);
    // The connection is gone: 0, or -errno and the engine's or the filter's words in `why`; NULL: it has
    // none. Once, last. The owner frees the session's memory.
    void (*closed)(terni_session *s, int err, const char *why);
};

struct terni_session {
    tern_conn                 *conn;    // NULL: gone
    const terni_wire          *wire;    // a client's, from the start
    terni_engine              *engine;  // NULL until the peer's wire is recognised, and in `closed`
    const terni_wire_events   *events;  // raised with the session as owner, but for `failed`
    const terni_session_hooks *hooks;
    const terni_wire_limits   *limits;
    terni_keepalive           *keepalive;  // NULL: none
    terni_patience            *patience;   // NULL: nothing has come in parts yet
    terni_holding             *holding;    // NULL: nothing of it was ever held
    terni_turn                *turn;       // that it waits for; NULL: it does not
    char                      *why;        // it failed; NULL: no words
    char                      *peer;       // its address, where there is a filter
    terni_role                 role;
    bool                       is_feeding;
    bool                       has_failed;
    bool                       is_filters_fault;  // in `closed`: `why` is about the peer's TLS
    bool                       is_closing;        // once what is being fed has been taken
    bool                       is_held_back;      // nothing is read until the peer has read
    bool                       is_slowed;         // nothing is read until terni_session_unslow
    uint64_t                   offered_bytes;     // in `closed`: no more of the output has left us
};

// Takes `fd` and `filter` (NULL: none), also on failure. `events->failed` is the session's own business and must be
// terni_session_failed.
TERN_NODISCARD int terni_session_start(terni_session *s, tern_poller *poller, int fd,
                                       tern_conn_filter *filter, terni_role role);
// Watches from now on whether the peer is alive; not with an interval of 0 or less, nor without memory. With a
// patience below 0 it asks, and waits for ever. Idempotent.
void terni_session_keep_alive(terni_session *s, int64_t interval_ms, int64_t patience_ms);
// After what was written: closes.
void terni_session_close(terni_session *s);
void terni_session_abort(terni_session *s);
// The same, and the peer is told why; without its wire, or its reading, as terni_session_abort.
void terni_session_end_by(terni_session *s, const char *why);
// For events: `failed`; `settled`, for owners who have nothing else to do then; and `now_ns`.
void     terni_session_failed(void *owner, uint32_t code, const char *why);
void     terni_session_settled(void *owner);
uint64_t terni_session_now_ns(void *owner);

// ---- what the peer turned out to speak: for protocols --------------------

// An engine for `wire` is made; without memory the connection goes.
void terni_session_speak(terni_session *s, const terni_wire *wire);
// Nothing that is spoken here: `answer` (of 0 bytes: none) is its last word, `why` what is known of it here.
void terni_session_refuse(terni_session *s, const void *answer, size_t answer_len, const char *why);

// ---- calls: as terni_wire; without an engine -ENOTCONN, or nothing --------

TERN_NODISCARD int terni_session_open(terni_session *s, terni_stream *stream,
                                      const terni_open *open, const terni_body *body, bool is_last);
// A message, and the end of a server's call with its reply (NULL: none), are encoded first. What cannot be
// is -EMSGSIZE or -ENOMEM.
TERN_NODISCARD int terni_session_message(terni_session *s, terni_stream *stream,
                                         const terni_message *msg);
TERN_NODISCARD int terni_session_finish(terni_session *s, terni_stream *stream,
                                        const terni_close *close, const terni_message *reply);
// The same with what is encoded already.
TERN_NODISCARD int terni_session_put_message(terni_session *s, terni_stream *stream,
                                             const terni_body *body);
TERN_NODISCARD int terni_session_put_finish(terni_session *s, terni_stream *stream,
                                            const terni_close *close, const terni_body *body);
TERN_NODISCARD int terni_session_headers(terni_session *s, terni_stream *stream,
                                         const terni_headers *headers);
void               terni_session_end(terni_session *s, terni_stream *stream);
void terni_session_cancel(terni_session *s, terni_stream *stream, uint32_t code, const char *why);
static inline void terni_session_consumed(terni_session *s, terni_stream *stream, size_t len);
void terni_session_set_window(terni_session *s, terni_stream *stream, unsigned window);

// For who keeps messages for later: a reference to what owes their credit. NULL without memory.
terni_holding *terni_session_hold(terni_session *s);

// What is wanted, if the peer can read it, as far as the connection knows; NONE else.
tern_compression terni_session_choose_compression(const terni_session *s, tern_compression wanted);

// ---- the connection ------------------------------------------------------

void terni_session_ping(terni_session *s, uint64_t opaque);
void terni_session_goaway(terni_session *s, bool is_final, const char *text);
// What the peer makes us hold, but for its calls, and long messages on their way: input, output, what waits.
uint64_t terni_session_memory(const terni_session *s);
// What it has announced of long messages; and the same if one of them has not gone on since `since_ns`, else 0.
uint64_t terni_session_announced(const terni_session *s);
uint64_t terni_session_stalled(const terni_session *s, uint64_t since_ns);
// Nothing is read from the peer meanwhile. Idempotent, both ways. True: from now on.
bool terni_session_slow(terni_session *s);
void terni_session_unslow(terni_session *s);
// When the last byte came; of one that is not gone.
uint64_t terni_session_heard_ns(const terni_session *s);
// Closed unless something has come by then; TERN_NEVER takes it back.
void terni_session_expect_by(terni_session *s, uint64_t deadline_ns);
// It speaks a wire: calls can be made, or come.
static inline bool terni_session_is_open(const terni_session *s) { return s->engine != NULL; }

// It has failed, and its last words may still be on their way.
static inline bool terni_session_is_ending(const terni_session *s) { return s->has_failed; }

// The connection is: `closed` has run, or does.
static inline bool terni_session_is_gone(const terni_session *s) { return !s->conn; }

// Output may be written without a peer that does not read making us hold it.
static inline bool terni_session_has_room(const terni_session *s);
// Where in the whole of the output the next byte will be.
static inline uint64_t terni_session_position(const terni_session *s);
// False, and `text` as it was, once the connection is gone and nobody had noted it.
bool terni_session_peer_address(const terni_session *s, char text[TERN_MAX_ADDRESS]);
// A warning: "the connection of tcp://127.0.0.1:4711 is closed: " and why.
void terni_session_log(const terni_session *s, const char *what, const char *why);
// The connection is closed at once, and the log says why.
void terni_session_give_up(terni_session *s, const char *why);
// As the connection's filter knows it; NULL: it does not. Borrowed until `closed`.
const tern_identity *terni_session_identity(const terni_session *s);
TERN_NODISCARD int   terni_session_peer_cred(const terni_session *s, struct ucred *ret_cred);

// ---- inline bodies -------------------------------------------------------

void terni_session_push(terni_session *s);

// What the engine has written goes out. While it is being fed that is seen to when it has taken everything.
static inline void terni_session_send(terni_session *s)
{
    if (TERN_UNLIKELY(!s->is_feeding) && s->conn && s->engine)
        terni_session_push(s);
}

static inline void terni_session_consumed(terni_session *s, terni_stream *stream, size_t len)
{
    if (TERN_UNLIKELY(!s->engine))
        return;
    s->wire->consumed(s->engine, stream, len);
    terni_session_send(s);
}

static inline bool terni_session_has_room(const terni_session *s)
{
    return s->conn && tern_conn_unsent(s->conn) < TERNI_WIRE_ENOUGH;
}

static inline uint64_t terni_session_position(const terni_session *s)
{
    return tern_conn_position(s->conn);
}

#endif
