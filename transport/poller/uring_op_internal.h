// transport/poller/uring_op_internal.h: what of one operator is in the kernel's hands: the request that hears
// of input, and the sendmsg. Knows nothing of what the operator makes of it.
//
// Of each operator at most two requests are in flight: one that hears of input (input), and one
// sendmsg. A detach takes both back and waits for their last completion, so nothing of the kernel's
// ever names an operator that is gone, and the memory that a sendmsg reads is free when it returns.
//
// Lifetime:  terni_uring_op_new / terni_uring_op_free, with nothing in flight.
// Threads:   the poller's.
#ifndef TRANSPORT_POLLER_URING_OP_INTERNAL_H
#define TRANSPORT_POLLER_URING_OP_INTERNAL_H

#include <errno.h>
#include <sys/socket.h>

#include <tern/operator.h>

#include "transport/poller/core_internal.h"
#include "transport/poller/uring_accept_internal.h"

struct io_uring_cqe;

// What the one request for input is. A stream reads; while it must not, it listens for errors only.
typedef enum terni_uring_input {
    TERNI_URING_IDLE,
    TERNI_URING_EVENTS,  // multishot poll of an event operator
    TERNI_URING_ACCEPT,  // multishot accept of a listening socket
    TERNI_URING_RECV,    // multishot recv into the ring's blocks
    TERNI_URING_ERRORS,  // multishot poll while a stream is paused, or after its end
    TERNI_URING_AWAIT,   // one poll, after the ring ran out of blocks
} terni_uring_input;

// What one sendmsg is made of.
typedef struct terni_uring_send terni_uring_send;
struct terni_uring_send {
    tern_block   *block;  // that this lies in
    struct msghdr msg;
    struct iovec  iov[TERNI_MAX_IOV];
};

// tern_operator.backend
typedef struct terni_uring_op terni_uring_op;
struct terni_uring_op {
    tern_operator      *op;
    tern_block         *filled, **last_filled;  // received, not delivered; linked by `next`
    size_t              n_taken;                // bytes of the first that are delivered
    terni_uring_send   *send;                   // in flight, or done
    int                 send_result;
    terni_uring_accept *accept;  // of a listening socket, else NULL
    int                 err;     // of the input, told behind what was received
    uint8_t             input;   // terni_uring_input: in flight
    bool                is_cancelling;
    bool                is_sent;     // `send` is done, its result not looked at
    bool                has_ended;   // the end of input has come
    bool                is_starved;  // the ring had no block: wait, then
    bool                is_direct;   // read into the operator's own block, until drained
    bool                has_room;    // that of `inputs`, to be acknowledged
    bool                is_leaving;
};

TERN_NODISCARD terni_uring_op *terni_uring_op_new(tern_operator *op);
void                           terni_uring_op_free(terni_uring_op *s);
void                           terni_uring_op_settle(tern_poller *p, terni_uring_op *s);
void terni_uring_op_complete(tern_poller *p, const struct io_uring_cqe *cqe);
bool terni_uring_op_is_in_flight(const terni_uring_op *s);
void terni_uring_op_cancel(tern_poller *p, terni_uring_op *s);
bool terni_uring_op_is_valid(const terni_uring_op *s);

// 0 or -ENOMEM; the sendmsg is queued.
TERN_NODISCARD int terni_uring_op_send(tern_poller *p, terni_uring_op *s, int n_iov);
void               terni_uring_op_drop_send(terni_uring_op *s);
// Memory for the next send, before its iovecs are known. NULL: there is none.
TERN_NODISCARD terni_uring_send *terni_uring_op_take_send(tern_poller *p, terni_uring_op *s);

// A result that says: try again.
static inline bool terni_uring_op_is_transient(int result)
{
    return result == -ECANCELED || result == -EINTR || result == -EAGAIN;
}

#endif
