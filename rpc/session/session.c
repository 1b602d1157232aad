#include "rpc/session/session_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tern/conn_filter.h>
#include <tern/log.h>
#include <tern/mem.h>

#include "rpc/session/peer_internal.h"

enum {
    EXPECT_FROM = 4 * 1024,  // a shorter frame is not worth a block of its own
    SEND_NOW_FROM =
        64 * 1024,  // bytes that leave before the next connection is read, out of the cache
};

// The first reason stays. Without memory there are no words.
static void set_why(terni_session *s, const char *why)
{
    if (!s->why)
        s->why = tern_mem_strdup(why);
}

void terni_session_log(const terni_session *s, const char *what, const char *why)
{
    char peer[TERN_MAX_ADDRESS] = "an unknown peer";

    (void)terni_session_peer_address(s, peer);
    tern_log(TERN_LOG_WARNING, "the connection %s %s %s: %s",
             s->role == TERNI_SERVER ? "of" : "with", peer, what, why);
}

void terni_session_give_up(terni_session *s, const char *why)
{
    s->has_failed = true;
    set_why(s, why);
    terni_session_log(s, "is closed", why);
    tern_conn_abort(s->conn);
}

// ---- which wire ----------------------------------------------------------

// The nanosecond and the place in memory are nothing that a peer knows.
static uint32_t unguessable(const terni_session *s)
{
    return (uint32_t)(tern_poller_now_ns(tern_conn_poller(s->conn)) ^ (uintptr_t)s >> 4);
}

void terni_session_speak(terni_session *s, const terni_wire *wire)
{
    TERN_ASSERT(s->conn && !s->engine);
    s->wire = wire;
    s->engine =
        wire->create(&(terni_engine_opts){ .role = s->role,
                                           .limits = s->limits,
                                           .events = s->events,
                                           .owner = s,
                                           .out = tern_conn_output(s->conn),
                                           .seed = unguessable(s),
                                           .is_filtered = tern_conn_get_filter(s->conn) != NULL });
    if (!s->engine) {
        set_why(s, "out of memory");
        tern_conn_abort(s->conn);
        return;
    }
    if (s->hooks->recognised)
        s->hooks->recognised(s);
}

void terni_session_refuse(terni_session *s, const void *answer, size_t answer_len, const char *why)
{
    char peer[TERN_MAX_ADDRESS] = "a peer";

    TERN_ASSERT(s->conn && !s->engine);
    (void)terni_session_peer_address(s, peer);
    tern_log(TERN_LOG_WARNING, "%s is refused: %s", peer, why);
    set_why(s, why);
    if (answer_len)
        (void)!tern_conn_send_copy(s->conn, answer, answer_len);  // closes all the same
    s->has_failed = true;
    tern_conn_close(s->conn);
}

// What both sides have agreed on, before a byte of it came; NULL: nothing.
static const char *agreed(const terni_session *s)
{
    const tern_conn_filter *filter = tern_conn_get_filter(s->conn);

    return filter ? filter->alpn : NULL;
}

static void refuse_what_comes(terni_session *s, const char *alpn)
{
    char why[96] = "the peer speaks no protocol that is known here";

    if (alpn)
        snprintf(why, sizeof why, "the peer has agreed on `%.32s`, and speaks something else",
                 alpn);
    terni_session_refuse(s, NULL, 0, why);
}

// Starts what the first bytes are sure to be.
static void recognise(terni_session *s, const tern_linkbuf *in)
{
    uint8_t     bytes[TERNI_MAX_SNIFF];
    size_t      n = tern_linkbuf_len(in) < sizeof bytes ? tern_linkbuf_len(in) : sizeof bytes;
    bool        may_come = false;
    const char *alpn = agreed(s);

    (void)tern_linkbuf_copy_out(in, 0, bytes, n);
    for (const terni_protocol *const *p = s->hooks->protocols; *p; p++) {
        if (alpn && strcmp(alpn, (*p)->alpn) != 0)
            continue;
        switch ((*p)->sniff(bytes, n)) {
        case TERNI_SNIFF_YES:
            (*p)->start(s);
            return;
        case TERNI_SNIFF_MORE:
            may_come = true;
            break;
        case TERNI_SNIFF_NO:
            break;
        }
    }
    if (!may_come)
        refuse_what_comes(s, alpn);
}

// ---- input and output ----------------------------------------------------

void terni_session_push(terni_session *s)
{
    s->wire->pump(s->engine);
    if (tern_conn_unsent(s->conn))
        tern_conn_send(s->conn);
    if (s->has_failed || s->is_closing)
        tern_conn_close(s->conn);
}

// No credit is lost: what the engine has delivered is given back or lies in somebody's inbox.
static inline __attribute__((unused)) bool owes_what_is_held(const terni_session *s)
{
    return s->has_failed || s->wire->is_owed(s->engine, s->holding ? s->holding->bytes : 0);
}

static size_t feed(terni_session *s, tern_linkbuf *in)
{
    size_t need;

    s->is_feeding = true;
    need = s->wire->feed(s->engine, in);
    s->is_feeding = false;
    if (s->hooks->fed)
        s->hooks->fed(s);
    TERN_DEBUG_ASSERT(owes_what_is_held(s));
    terni_session_push(s);
    if (tern_conn_unsent(s->conn) >= SEND_NOW_FROM)
        tern_conn_send_now(s->conn);
    return need;
}

static void take_again(terni_session *s)
{
    s->is_held_back = false;
    if (!s->is_slowed)
        tern_conn_redeliver(s->conn);
}

static void on_turn(void *session)
{
    terni_session *s = session;

    s->turn = NULL;
    take_again(s);
}

// False without memory.
static bool wait_for_turn(terni_session *s)
{
    TERN_ASSERT(!s->turn);
    if (!(s->turn = terni_turn_wait(tern_conn_poller(s->conn), on_turn, s)))
        return false;
    tern_conn_pause(s->conn);
    return true;
}

// As long as there is a `drained` to come. What stopped the engine may have gone since, with what was just sent.
static bool wait_for_drained(terni_session *s)
{
    if (!tern_conn_is_choked(s->conn))
        return false;
    s->is_held_back = true;
    tern_conn_pause(s->conn);
    return true;
}

// The engine has stopped, and goes on when others have had their turn, or the peer has read; or now.
static size_t feed_on(terni_session *s, tern_linkbuf *in, size_t need)
{
    while (need >= TERNI_FEED_NEXT_TURN) {
        if (s->has_failed || s->is_closing ||
            (need == TERNI_FEED_LATER ? wait_for_drained(s) : wait_for_turn(s)))
            return 0;
        need = feed(s, in);
    }
    return need;
}

static void look_at_rest(terni_session *s, const terni_patience_look *look);

// What the engine has left unfinished, of `before` bytes of input and of what came earlier.
static inline void note_rest(terni_session *s, const tern_linkbuf *in, size_t before, size_t need)
{
    unsigned midway = s->wire->midway(s->engine) | (tern_linkbuf_len(in) ? TERNI_IN_FRAME : 0);

    if (TERN_LIKELY(!midway && !s->patience))
        return;
    look_at_rest(s,
                 &(terni_patience_look){ .is_in_frame = midway & TERNI_IN_FRAME,
                                         .is_in_message = midway & TERNI_IN_MESSAGE,
                                         .has_moved = tern_linkbuf_len(in) < before,
                                         .is_held_back = s->is_held_back || s->turn || s->is_slowed,
                                         .need = need });
}

static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
{
    terni_session *s = arg;
    size_t         need, before;

    TERN_DEBUG_ASSERT(!s->is_feeding && s->conn == c);
    if (s->has_failed) {
        tern_linkbuf_clear(in);
        return;
    }
    if (TERN_UNLIKELY(!s->engine))
        recognise(s, in);
    if (TERN_UNLIKELY(!s->engine))
        return;
    before = tern_linkbuf_len(in);
    need = feed(s, in);
    if (TERN_UNLIKELY(need >= TERNI_FEED_NEXT_TURN))
        need = feed_on(s, in, need);
    note_rest(s, in, before, need);
    if (need > EXPECT_FROM)
        tern_conn_expect(c, need);
}

bool terni_session_slow(terni_session *s)
{
    if (s->is_slowed || !s->conn || !s->engine || s->has_failed)
        return false;
    s->is_slowed = true;
    tern_conn_pause(s->conn);
    note_rest(s, tern_conn_input(s->conn), tern_linkbuf_len(tern_conn_input(s->conn)), 0);
    return true;
}

void terni_session_unslow(terni_session *s)
{
    if (!s->is_slowed)
        return;
    s->is_slowed = false;
    if (!s->conn || s->is_held_back || s->turn)
        return;
    note_rest(s, tern_conn_input(s->conn), tern_linkbuf_len(tern_conn_input(s->conn)), 0);
    tern_conn_redeliver(s->conn);
}

static void on_drained(tern_conn *c, void *arg)
{
    terni_session *s = arg;

    (void)c;
    if (!s->engine || s->has_failed)
        return;
    terni_session_push(s);
    if (s->hooks->drained)
        s->hooks->drained(s);
    if (s->is_held_back)
        take_again(s);
}

static void on_end(tern_conn *c, void *arg)
{
    terni_session *s = arg;

    if (s->hooks->ended)
        s->hooks->ended(s);
    tern_conn_close(c);
}

// ---- the end -------------------------------------------------------------

static void drop_patience(terni_session *s)
{
    if (s->patience)
        terni_patience_stop(s->patience);
    tern_mem_free(s->patience);
    s->patience = NULL;
}

static void drop_keepalive(terni_session *s)
{
    if (s->keepalive)
        terni_keepalive_stop(s->keepalive);
    tern_mem_free(s->keepalive);
    s->keepalive = NULL;
}

// Streams are off then.
static void drop_engine(terni_session *s)
{
    if (s->engine)
        s->wire->destroy(s->engine);
    s->engine = NULL;
}

static void on_let_go(void *owner, terni_stream *stream, size_t len)
{
    terni_session_consumed(owner, stream, len);
}

terni_holding *terni_session_hold(terni_session *s)
{
    if (!s->holding)
        s->holding = terni_holding_new(on_let_go, s);
    return s->holding ? terni_holding_ref(s->holding) : NULL;
}

// Those who still hold messages owe nobody anything any more.
static void drop_holding(terni_session *s)
{
    if (!s->holding)
        return;
    s->holding->owner = NULL;
    terni_holding_unref(s->holding);
    s->holding = NULL;
}

// The engine's, then the filter's. NULL: nobody has any.
static const char *last_words(const terni_session *s)
{
    if (!s->has_failed)
        return s->why ? s->why : tern_conn_why(s->conn);
    return s->why ? s->why : "out of memory";
}

// A peer that goes away is no failure of the filter's.
static bool is_filters_fault(const terni_session *s, const tern_conn *c, int err)
{
    return !s->has_failed && !s->why && tern_conn_why(c) && err != -ECONNABORTED;
}

static void log_timeout(terni_session *s, int err)
{
    if (err != -ETIMEDOUT || !tern_conn_unsent(s->conn))
        return;
    set_why(s, "the peer read nothing for write_timeout_ms");
    terni_session_log(s, "is closed", s->why ? s->why : "out of time");
}

// A failure of the engine's has been logged, and a client's is in the status of its calls.
static void on_closed(tern_conn *c, int err, void *arg)
{
    terni_session *s = arg;
    char          *why, *peer = s->peer;  // the hook frees the session
    const char    *words;

    TERN_ASSERT(s->conn == c && !s->is_feeding);
    s->is_filters_fault = is_filters_fault(s, c, err);
    if (s->is_filters_fault && s->role == TERNI_SERVER)
        terni_peer_log_failure(c, s->peer);
    log_timeout(s, err);
    why = s->why;
    words = last_words(s);
    s->offered_bytes = tern_conn_get_stats(c).offered_bytes;
    drop_keepalive(s);
    terni_turn_forget(s->turn);
    drop_patience(s);
    s->conn = NULL;
    drop_engine(s);
    drop_holding(s);
    s->hooks->closed(s, s->has_failed ? -EPROTO : err, words);
    tern_mem_free(why);
    tern_mem_free(peer);
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

void terni_session_end_by(terni_session *s, const char *why)
{
    if (!s->conn || s->has_failed)
        return;
    terni_session_goaway(s, true, why);
    terni_session_failed(s, 0, why);
    if (s->engine)
        terni_session_push(s);
    else
        tern_conn_abort(s->conn);
}

void terni_session_failed(void *owner, uint32_t code, const char *why)
{
    terni_session *s = owner;

    (void)code;
    s->has_failed = true;
    set_why(s, why);
    terni_session_log(s, "is closed", why);
}

void terni_session_settled(void *owner) { terni_session_expect_by(owner, TERN_NEVER); }

uint64_t terni_session_now_ns(void *owner)
{
    const terni_session *s = owner;

    return tern_poller_now_ns(tern_conn_poller(s->conn));
}

// ---- the beginning -------------------------------------------------------

// What waits has its time, and the socket is gone when the log tells whose that was.
static void on_choked(tern_conn *c, void *arg)
{
    terni_session *s = arg;

    if (!s->peer)
        s->peer = terni_peer_keep(c);
}

static const tern_conn_events conn_events = {
    .data = on_data,
    .end = on_end,
    .choked = on_choked,
    .drained = on_drained,
    .closed = on_closed,
};

static uint32_t time_of_conn(int64_t ms)
{
    return ms <= 0 ? 0 : ms < UINT32_MAX ? (uint32_t)ms : UINT32_MAX;
}

int terni_session_start(terni_session *s, tern_poller *poller, int fd, tern_conn_filter *filter,
                        terni_role role)
{
    // A client may leave its poller to itself for long, and is none that attacks us.
    int64_t              stall_ms = role == TERNI_SERVER ? s->limits->write_timeout_ms : 0;
    const tern_conn_opts opts = { .write_timeout_ms = time_of_conn(stall_ms),
                                  .high_water = TERNI_WIRE_ENOUGH - 1,
                                  .low_water = TERNI_WIRE_ENOUGH / 2,
                                  .never_pause = true,
                                  .filter = filter };
    int                  err;

    TERN_ASSERT(role == TERNI_CLIENT ? s->wire != NULL : s->hooks->protocols != NULL);
    if ((err = tern_conn_new(poller, fd, &conn_events, s, &opts, &s->conn)) < 0)
        return err;
    s->role = role;
    if (filter)  // it may fail when the socket has lost it, and the log shall say with whom
        s->peer = terni_peer_keep(s->conn);
    if (role == TERNI_CLIENT)
        terni_session_speak(s, s->wire);
    terni_session_send(s);
    terni_session_expect_by(s, tern_poller_now_ns(poller) + TERNI_HANDSHAKE_MS * TERN_NS_PER_MS);
    return 0;
}

// ---- the connection ------------------------------------------------------

uint64_t terni_session_announced(const terni_session *s)
{
    return s->engine ? s->wire->announced(s->engine) : 0;
}

// What has come of a long message may lie in the input yet, and is announced.
uint64_t terni_session_memory(const terni_session *s)
{
    uint64_t n = s->conn ? tern_conn_memory(s->conn) : 0;
    uint64_t announced = terni_session_announced(s);

    n = n > announced ? n - announced : 0;
    return s->engine ? n + s->wire->memory(s->engine) : n;
}

uint64_t terni_session_stalled(const terni_session *s, uint64_t since_ns)
{
    return s->engine && s->wire->stalled_ns(s->engine) < since_ns ? terni_session_announced(s) : 0;
}

void terni_session_ping(terni_session *s, uint64_t opaque)
{
    if (!s->engine)
        return;
    s->wire->ping(s->engine, opaque);
    terni_session_send(s);
}

void terni_session_goaway(terni_session *s, bool is_final, const char *text)
{
    if (!s->engine)
        return;
    s->wire->goaway(s->engine, is_final, 0, text);
    terni_session_send(s);
}

void terni_session_expect_by(terni_session *s, uint64_t deadline_ns)
{
    if (s->conn)
        tern_conn_set_read_deadline(s->conn, deadline_ns);
}

bool terni_session_peer_address(const terni_session *s, char text[TERN_MAX_ADDRESS])
{
    if (!s->peer)
        return s->conn && terni_peer_address(s->conn, text);
    snprintf(text, TERN_MAX_ADDRESS, "%s", s->peer);
    return true;
}

const tern_identity *terni_session_identity(const terni_session *s)
{
    return s->conn ? tern_conn_identity(s->conn) : NULL;
}

int terni_session_peer_cred(const terni_session *s, struct ucred *ret_cred)
{
    return s->conn ? tern_conn_peer_cred(s->conn, ret_cred) : -ENOTCONN;
}

// ---- what does not come to its end ---------------------------------------

uint64_t terni_session_heard_ns(const terni_session *s) { return tern_conn_heard_ns(s->conn); }

static uint64_t heard_ns(void *owner) { return terni_session_heard_ns(owner); }

static uint64_t stalled_ns(void *owner)
{
    const terni_session *s = owner;

    return s->engine && !s->has_failed ? s->wire->stalled_ns(s->engine) : TERN_NEVER;
}

static void on_overdue(void *owner, const char *why) { terni_session_end_by(owner, why); }

static const terni_patience_hooks patience_hooks = { stalled_ns, heard_ns, on_overdue };

static bool begin_patience(terni_session *s)
{
    if (!(s->patience = tern_mem_alloc(sizeof *s->patience)))
        return false;
    *s->patience = (terni_patience){ .hooks = &patience_hooks,
                                     .owner = s,
                                     .poller = tern_conn_poller(s->conn),
                                     .limits = s->limits };
    terni_patience_start(s->patience);
    return true;
}

static __attribute__((noinline)) void look_at_rest(terni_session             *s,
                                                   const terni_patience_look *look)
{
    if (s->has_failed)
        return;
    if (!s->patience && !begin_patience(s))
        terni_session_log(s, "may stand still for ever", "out of memory");
    else
        terni_patience_note(s->patience, look);
}
