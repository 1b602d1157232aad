// tern/operator.h: what an fd is to a poller. Knows nothing of what the fd is used for.
//
// Two kinds, one dispatch. A *stream operator* gives the poller space and takes bytes; the poller
// does the I/O itself, so the same five functions serve readiness (epoll: readv, sendmsg) and
// completion (io_uring: the kernel filled a block that the operator adopts). An *event operator*
// is only told that something happened.
//
// Lifetime:  embedded. From tern_operator_attach to tern_operator_detach the memory must stay, and
//            after that until the end of the poller's round (tern_poller_defer a free).
// Threads:   the poller's thread only.
// Invariant: hangup or on_hangup runs at most once, and after it nothing runs; no function runs after
//            tern_operator_detach; data is delivered before the end of input, and that before hangup.
#ifndef TERN_OPERATOR_H
#define TERN_OPERATOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include <tern/base.h>
#include <tern/block.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_operator tern_operator;
typedef struct tern_poller   tern_poller;

// All run on the poller's thread. All but hangup may run many times. Each may detach its own or any
// other operator, start I/O, and hand over tasks.
typedef struct tern_operator_ops tern_operator_ops;
struct tern_operator_ops {
    // ---- stream operators ----
    // Space for the next bytes: fills up to `max` entries and returns how many; 0 when there is no
    // memory, which ends the connection with -ENOMEM.
    int (*inputs)(tern_operator *op, struct iovec *iov, int max);
    // What became of the space of the last `inputs`: `n` bytes lie in it; 0: the end of input (the
    // peer's FIN), told once; < 0: nothing came, the space is free again.
    void (*input_ack)(tern_operator *op, ssize_t n);
    // The kernel filled [pos, pos + n) of `block`; the operator takes a reference or copies.
    void (*input_adopt)(tern_operator *op, tern_block *block, uint8_t *pos, size_t n);
    // The bytes to send: fills up to `max` entries and returns how many; 0: nothing waits.
    int (*outputs)(tern_operator *op, struct iovec *iov, int max);
    void (*output_ack)(tern_operator *op, size_t n);
    // The socket takes no more for now: the rest goes when it does. Optional.
    void (*output_blocked)(tern_operator *op);
    // The connection is dead: -errno says why (-ECONNRESET, -EPIPE, -ETIMEDOUT, ...).
    void (*hangup)(tern_operator *op, int err);

    // ---- event operators (recognised by inputs == NULL) ----
    // Both are edges: work until EAGAIN. A peer that ended its half only makes the fd readable.
    void (*on_readable)(tern_operator *op);
    void (*on_writable)(tern_operator *op);  // also when it becomes wanted; may be spurious
    // The fd is dead, and on_readable has left nothing: 0, or -errno.
    void (*on_hangup)(tern_operator *op, int err);
};

enum tern_operator_flag {
    TERN_OP_READ = 1 << 0,         // wanted: input
    TERN_OP_WRITE = 1 << 1,        // wanted: event operators, to hear of writability
    TERN_OP_SHORT_READS = 1 << 2,  // trait: a short read means drained (TCP)
    TERN_OP_LAZY_OUT = 1 << 3,     // trait: subscribe to OUT only after EAGAIN (unix sockets)
    TERN_OP_ACCEPTS = 1 << 4,  // trait: on_readable means tern_operator_accept (listening sockets)
};

struct tern_operator {
    const tern_operator_ops *ops;
    tern_poller             *poller;   // NULL while detached
    void                    *backend;  // the backend's own state, if it needs any
    int                      fd;
    uint32_t                 slot;
    uint16_t                 flags;      // tern_operator_flag
    uint16_t                 state;      // the poller's business
    int                      write_err;  // of a write that failed: -errno
};

// Registers `fd`, once, for all that it will ever need. 0 or -errno (then nothing is registered).
TERN_API TERN_NODISCARD int tern_operator_attach(tern_operator *op, tern_poller *poller, int fd,
                                                 const tern_operator_ops *ops, unsigned flags);

// Nothing runs for this operator any more. Idempotent. Does not close the fd; close it after this.
TERN_API void tern_operator_detach(tern_operator *op);

// Pauses and resumes reading. While paused nothing is read and the end of input is not told; a reset
// by the peer still is. Costs no system call (epoll).
TERN_API void tern_operator_want_read(tern_operator *op, bool wanted);
TERN_API void tern_operator_want_write(tern_operator *op, bool wanted);  // event operators

// Something waits to be sent: the poller asks `outputs` at the end of its round.
TERN_API void tern_operator_flush_later(tern_operator *op);
// Sends now what the socket takes (a long reply whose memory should be freed early).
TERN_API void tern_operator_flush_now(tern_operator *op);

// Event operators: on_readable stopped before EAGAIN; call it again next round.
TERN_API void tern_operator_read_again(tern_operator *op);

// Operators with TERN_OP_ACCEPTS: one connection, non-blocking and close-on-exec, or -errno; -EAGAIN:
// none waits. The backend may have accepted ahead; while reading is paused it does not, and this looks
// into the kernel's queue itself.
TERN_API TERN_NODISCARD int tern_operator_accept(tern_operator *op);

static inline bool tern_operator_is_attached(const tern_operator *op) { return op->poller != NULL; }

#ifdef __cplusplus
}
#endif

#endif
