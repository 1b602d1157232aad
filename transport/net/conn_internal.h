// transport/net/conn_internal.h: the inside of a connection, for the files that make it up.
//
//            +------ tern_conn_end + output delivered ------+
//   OPEN ----+---- tern_conn_close ----> FLUSHING ----> LINGERING ----> CLOSED
//     |                                     |               |             ^
//     +-------- abort, hangup, deadline ----+---------------+-------------+
#ifndef TRANSPORT_NET_CONN_INTERNAL_H
#define TRANSPORT_NET_CONN_INTERNAL_H

#include <tern/conn.h>
#include <tern/operator.h>
#include <tern/task.h>
#include <tern/timer.h>

typedef enum terni_conn_state {
    TERNI_CONN_OPEN,
    TERNI_CONN_FLUSHING,   // closing: what was written is still on its way
    TERNI_CONN_LINGERING,  // closing: FIN sent, waiting for the peer's
    TERNI_CONN_CLOSED,     // detached; `closed` is about to run, or has run
} terni_conn_state;

struct tern_conn {
    tern_operator           op;
    tern_linkbuf            in, out;
    const tern_conn_events *events;
    void                   *arg;
    tern_poller            *poller;
    tern_timer              timer;       // for all deadlines, re-armed lazily
    tern_task               close_task;  // `closed`, then the memory
    uint64_t                read_deadline_ns, write_deadline_ns;
    uint64_t                active_ns;    // last byte either way
    uint64_t                heard_ns;     // last byte from the peer
    uint64_t                progress_ns;  // output last moved or began to wait; or TERN_NEVER
    uint64_t                read_bytes, written_bytes;
    size_t                  promised;   // bytes of `out` that go before our FIN, once it is wanted
    size_t                  expected;   // length of the message at the front of `in`, if announced
    uint32_t                read_size;  // what one read asks for: learned, see conn_input.c
    uint32_t                high_water, low_water;
    uint32_t                idle_timeout_ms, write_timeout_ms;
    int                     close_err;
    uint8_t                 state;            // terni_conn_state
    uint8_t                 n_small_reads;    // in a row
    uint8_t                 n_sends_waiting;  // of output that is_offered
    bool                    has_ended_in, is_ending_out, has_ended_out;
    bool                    is_offered;  // to the socket, which has not taken it all
    bool                    is_paused;   // by the user
    bool                    is_choked;   // output beyond high water
    bool                    never_pause;
    bool                    is_blocking;  // made by tern_conn_open: the first member of a conn_io
};

static inline tern_conn *terni_conn_of(tern_operator *op)
{
    return TERN_CONTAINER_OF(op, tern_conn, op);
}

// conn.c: a zeroed connection, attached. Takes `fd`, also on failure; the memory stays the caller's.
TERN_NODISCARD int terni_conn_start(tern_conn *c, tern_poller *poller, int fd,
                                    const tern_conn_events *events, void *arg,
                                    const tern_conn_opts *opts);
void               terni_conn_free(tern_conn *c);  // one that is CLOSED, and has told so
void               terni_conn_close(tern_conn *c);
void               terni_conn_abort(tern_conn *c);
// The one way into CLOSED: marked, detached, the descriptor closed; the owner is told when the round is
// over. Idempotent.
void terni_conn_finish(tern_conn *c, int err);

// conn_input.c: the operator's functions of that name, see <tern/operator.h>.
int  terni_conn_inputs(tern_operator *op, struct iovec *iov, int max);
void terni_conn_input_ack(tern_operator *op, ssize_t n);
void terni_conn_input_adopt(tern_operator *op, tern_block *block, uint8_t *pos, size_t n);

// conn_io.c: what is different in blocking style.
void terni_conn_io_on_output(tern_conn *c);  // some of it has gone
void terni_conn_io_on_finish(tern_conn *c);
void terni_conn_io_on_closed(tern_conn *c);  // when the round is over
void terni_conn_io_set_deadlines(tern_conn *c, const uint64_t *read_ns, const uint64_t *write_ns);
void terni_conn_io_give_up(tern_conn *c, void (*end)(tern_conn *c));

#endif
