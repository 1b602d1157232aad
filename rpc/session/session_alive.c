// Whether a session's peer is alive: what its keepalive asks for.
#include "rpc/base/seldom_internal.h"

#include "rpc/session/session_internal.h"

#include <stdio.h>

#include <tern/mem.h>

static bool has_calls(void *owner)
{
    const terni_session *s = owner;

    return s->engine && s->wire->n_streams(s->engine) > 0;
}

static uint64_t heard_ns(void *owner) { return terni_session_heard_ns(owner); }

static uint64_t written_bytes(void *owner) { return terni_session_position(owner); }

static uint64_t sent_bytes(void *owner)
{
    return tern_conn_get_stats(((const terni_session *)owner)->conn).offered_bytes;
}

static void ping(void *owner, uint64_t opaque) { terni_session_ping(owner, opaque); }

static void give_up(void *owner, uint64_t silence_ns)
{
    char text[64];

    snprintf(text, sizeof text, "no sign of life for %.3g s",
             (double)silence_ns / (double)TERN_NS_PER_S);
    terni_session_give_up(owner, text);
}

static const terni_keepalive_hooks keepalive_hooks = { has_calls,  heard_ns, written_bytes,
                                                       sent_bytes, ping,     give_up };

void terni_session_keep_alive(terni_session *s, int64_t interval_ms, int64_t patience_ms)
{
    TERN_ASSERT(s->conn);
    if (interval_ms <= 0 || s->keepalive)
        return;
    if (!(s->keepalive = tern_mem_alloc(sizeof *s->keepalive))) {
        terni_session_log(s, "goes without keepalive", "out of memory");
        return;
    }
    *s->keepalive = (terni_keepalive){ .hooks = &keepalive_hooks,
                                       .owner = s,
                                       .poller = tern_conn_poller(s->conn) };
    terni_keepalive_start(s->keepalive, interval_ms, patience_ms);
}
