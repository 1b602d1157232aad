// transport/net/conn_core_internal.h: the inside of a connection, for the files that make it up.
//
//            +------ tern_conn_end + output delivered ------+
//   OPEN ----+---- tern_conn_close ----> FLUSHING ----> LINGERING ----> CLOSED
//     |                                     |               |             ^
//     +-------- abort, hangup, deadline ----+---------------+-------------+
#ifndef TRANSPORT_NET_CONN_CORE_INTERNAL_H
#define TRANSPORT_NET_CONN_CORE_INTERNAL_H

#include <tern/conn.h>
#include <tern/operator.h>
#include <tern/task.h>
#include <tern/timer.h>

typedef struct terni_conn_filtering terni_conn_filtering;  // conn_filtering_internal.h

typedef enum terni_conn_state {
    TERNI_CONN_OPEN,
    TERNI_CONN_FLUSHING,   // closing: what was written is still on its way
    TERNI_CONN_LINGERING,  // closing: FIN sent, waiting for the peer's
    TERNI_CONN_CLOSED,     // detached; `closed` is about to run, or has run
} terni_conn_state;

// What is different in blocking style, where nothing is told: somebody may wait.
typedef struct terni_conn_style terni_conn_style;
struct terni_conn_style {
    void (*on_output)(tern_conn *c);  // some of it has gone
    void (*on_finish)(tern_conn *c);
    void (*on_closed)(
        tern_conn *c);  // instead of `closed`: when the round is over, and the memory is its
    // From any thread.
    void (*give_up)(tern_conn *c, void (*end)(tern_conn *c));
    void (*set_deadlines)(tern_conn *c, const uint64_t *read_ns, const uint64_t *write_ns);
};

struct tern_conn {
    tern_operator           op;
    tern_linkbuf            in, out;
    const tern_conn_events *events;
    const terni_conn_style *style;  // NULL: callbacks alone
    void                   *arg;
    tern_poller            *poller;
    terni_conn_filtering   *filtering;  // NULL: `in` and `out` are the socket's
    union {
        tern_timer timer;       // for all deadlines, re-armed lazily; until CLOSED
        tern_task  close_task;  // `closed`, then the memory
    };
    uint64_t read_deadline_ns, write_deadline_ns;
    uint64_t active_ns;    // last byte either way
    uint64_t heard_ns;     // last byte from the peer
    uint64_t progress_ns;  // output last moved or began to wait; or TERN_NEVER
    uint64_t read_bytes;
    uint64_t taken_bytes;  // of `out`: by the socket, or by the filter
    size_t   promised;     // bytes of `out` that go before our FIN, once it is wanted
    size_t   offered;      // and that the socket was given, and has not taken all of
    size_t   expected;     // length of the message at the front of `in`, if announced
    uint32_t read_size;    // what one read asks for: learned, see conn_input.c
    uint32_t high_water, low_water;
    uint32_t idle_timeout_ms, write_timeout_ms;
    int      close_err;
    uint8_t  state;            // terni_conn_state
    uint8_t  n_small_reads;    // in a row
    uint8_t  n_sends_waiting;  // of output that is offered
    bool     has_ended_in, is_ending_out, has_ended_out;
    bool     has_detour;     // is_ending_out, or filtering: `out` is not simply what is unsent
    bool     is_paused : 1;  // by the user
    bool     is_choked : 1;  // output beyond high water
    bool     never_pause : 1;
};

// The owner takes what comes, or nobody does any more.
static inline bool terni_conn_wants_input(const tern_conn *c)
{
    return c->state != TERNI_CONN_OPEN || (!c->is_paused && (!c->is_choked || c->never_pause));
}

// Of `out`, what goes before our end.
static inline size_t terni_conn_untaken(const tern_conn *c)
{
    return c->is_ending_out ? c->promised : c->out.len;
}

// What malloc gives without a further 16 bytes for each connection.
_Static_assert(sizeof(void *) != 8 || sizeof(tern_conn) <= 296, "a connection has grown");

static inline tern_conn *terni_conn_of(tern_operator *op)
{
    return TERN_CONTAINER_OF(op, tern_conn, op);
}

#endif
