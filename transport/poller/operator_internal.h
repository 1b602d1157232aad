// transport/poller/operator_internal.h: what a round does with one operator, and what is remembered of it
// in between.
#ifndef TRANSPORT_POLLER_OPERATOR_INTERNAL_H
#define TRANSPORT_POLLER_OPERATOR_INTERNAL_H

#include <tern/operator.h>

// tern_operator.state
enum {
    TERNI_OP_READABLE = 1 << 0,      // an edge was seen that is not drained yet
    TERNI_OP_WRITABLE = 1 << 1,      // the socket may take bytes
    TERNI_OP_RDHUP = 1 << 2,         // the peer's FIN is in the queue: a short read is not the end
    TERNI_OP_ERROR = 1 << 3,         // the kernel holds an error for this socket
    TERNI_OP_EOF = 1 << 4,           // the end of input was told
    TERNI_OP_BLOCKED = 1 << 5,       // output waits for an OUT edge
    TERNI_OP_WRITE_FAILED = 1 << 6,  // nothing more can be sent; input may still wait
    TERNI_OP_OUT_ARMED = 1 << 7,     // TERN_OP_LAZY_OUT: subscribed to OUT
    TERNI_OP_HUP = 1 << 8,           // both directions are over
    TERNI_OP_SENDING = 1 << 9,       // the kernel still reads what `outputs` gave (completion)
};

// What `outputs` gave must stay where it is: the kernel still reads it.
static inline bool terni_operator_is_sending(const tern_operator *op)
{
    return op->state & TERNI_OP_SENDING;
}

// Of one that is attached.
bool terni_operator_is_valid(const tern_operator *op);

void terni_operator_dispatch(tern_operator *op);
void terni_operator_write(tern_operator *op);
void terni_operator_hangup(tern_operator *op, int err);

// For backends. One read into the space of `inputs`: see terni_backend.read.
TERN_NODISCARD ssize_t terni_operator_recv(tern_operator *op, bool *ret_drained);
// For backends. One accept4: see tern_operator_accept.
TERN_NODISCARD int terni_operator_accept4(const tern_operator *op);

#endif
