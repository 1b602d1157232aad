// transport/poller/uring_internal.h: the inside of the io_uring backend: one ring, and what of an operator is
// in the kernel's hands.
//
// Of each operator at most two requests are in flight: one that hears of input (input), and one
// sendmsg. A detach takes both back and waits for their last completion, so nothing of the kernel's
// ever names an operator that is gone, and the memory that a sendmsg reads is free when it returns.
//
// Threads:   the poller's. The kernel binds a request to the thread that submitted it and cancels it
//            when that thread ends; see follow_thread in uring.c.
#ifndef TRANSPORT_POLLER_URING_INTERNAL_H
#define TRANSPORT_POLLER_URING_INTERNAL_H

#include <liburing.h>
#include <pthread.h>

#include "transport/poller/core_internal.h"
#include "transport/poller/uring_buffers_internal.h"
#include "transport/poller/uring_accept_internal.h"

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
    tern_operator    *op;
    tern_block       *filled, **last_filled;  // received, not delivered; linked by `next`
    size_t            n_taken;                // bytes of the first that are delivered
    terni_uring_send *send;                   // in flight, or done
    int               send_result;
    terni_uring_door *door;   // of a listening socket, else NULL
    int               err;    // of the input, told behind what was received
    uint8_t           input;  // terni_uring_input: in flight
    bool              is_cancelling;
    bool              is_sent;     // `send` is done, its result not looked at
    bool              has_ended;   // the end of input has come
    bool              is_starved;  // the ring had no block: wait, then
    bool              is_direct;   // read into the operator's own block, until drained
    bool              has_room;    // that of `inputs`, to be acknowledged
    bool              is_leaving;
};

typedef struct terni_uring terni_uring;
struct terni_uring {
    struct io_uring     ring;
    terni_uring_buffers buffers;
    pthread_t           submitter;
    bool                has_submitter;
    bool                is_awake_armed;  // the poll of the wake descriptor is in flight
    bool                is_closing;
};

static inline terni_uring *terni_uring_of(const tern_poller *p) { return p->uring; }

// uring.c: the ring itself.
int  terni_uring_open(tern_poller *p);
void terni_uring_close(tern_poller *p);
// Room for one request, or NULL when the kernel takes none.
struct io_uring_sqe *terni_uring_sqe(tern_poller *p);
// Gives the kernel what is queued, and looks at what is complete, waiting for one for so long (NULL:
// for ever). 0 or -errno.
int terni_uring_submit(tern_poller *p);
int terni_uring_wait(tern_poller *p, struct __kernel_timespec *timeout);
// Gives the kernel what is queued, before somebody else's loop sleeps on the descriptor.
void terni_uring_leave(tern_poller *p);
void terni_uring_cancel(tern_poller *p, uint64_t user_data);

// uring_op.c: requests and completions of one operator.
terni_uring_op *terni_uring_op_new(tern_operator *op);
void            terni_uring_op_free(terni_uring_op *s);
void            terni_uring_op_settle(tern_poller *p, terni_uring_op *s);
void            terni_uring_op_complete(tern_poller *p, const struct io_uring_cqe *cqe);
bool            terni_uring_op_is_in_flight(const terni_uring_op *s);
void            terni_uring_op_cancel(tern_poller *p, terni_uring_op *s);
// 0 or -ENOMEM; the sendmsg is queued.
int  terni_uring_op_send(tern_poller *p, terni_uring_op *s, int n_iov);
void terni_uring_op_drop_send(terni_uring_op *s);
// Memory for the next send, before its iovecs are known. NULL: there is none.
terni_uring_send *terni_uring_op_take_send(tern_poller *p, terni_uring_op *s);

// A result that says: try again.
static inline bool terni_uring_is_transient(int result)
{
    return result == -ECANCELED || result == -EINTR || result == -EAGAIN;
}

#endif
