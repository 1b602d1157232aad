// transport/poller/poller_internal.h: what the poller, its backends and the operators share.
#ifndef TRANSPORT_POLLER_POLLER_INTERNAL_H
#define TRANSPORT_POLLER_POLLER_INTERNAL_H

#include <stdatomic.h>
#include <sys/epoll.h>

#include <tern/operator.h>
#include <tern/poller.h>

#include "transport/fiber/fiber_internal.h"
#include "transport/poller/driver_internal.h"
#include "transport/poller/operator_table_internal.h"

enum {
    TERNI_MAX_IOV = 64,  // segments in one sendmsg
    TERNI_MAX_TASKS_PER_ROUND = 1024,
    TERNI_MAX_TIMERS_PER_ROUND = 1024,
    TERNI_MAX_FIBER_CANCELS = 16,     // of a fiber that goes on waiting when its poller is freed
    TERNI_MAX_WRITES_PER_ROUND = 16,  // of one operator: one fast peer must not starve the others
};

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

typedef struct terni_task_queue terni_task_queue;
struct terni_task_queue {
    tern_task *head, **tail;
};

// What waits on a poller without an operator: a dialer that looks a name up, or pauses. It is told, once,
// when the poller is freed.
typedef struct terni_guest terni_guest;
struct terni_guest {
    terni_guest  *next;
    terni_guest **link;  // what points at this guest; NULL while it is on no list
    void (*leave)(terni_guest *guest);
};

// How a poller talks to the kernel. All functions run on the poller's thread.
typedef struct terni_backend terni_backend;
struct terni_backend {
    const char *name;
    int (*open)(tern_poller *p);  // 0 or -errno with nothing held
    void (*close)(tern_poller *p);
    int (*fd)(const tern_poller *p);
    int (*attach)(tern_poller *p, tern_operator *op);
    void (*detach)(tern_poller *p, tern_operator *op);
    void (*pause)(tern_poller *p, tern_operator *op);   // TERN_OP_READ went away
    void (*resume)(tern_poller *p, tern_operator *op);  // and came back
    // Waits, and marks the slots of what happened (terni_poller_event). 0 or -errno.
    int (*wait)(tern_poller *p, int timeout_ms);
    // One read of a stream operator: bytes, 0 at the end of input, -EAGAIN, or another -errno. Sets
    // `*ret_drained` when nothing is left to read now. `deliver` then hands the result over.
    ssize_t (*read)(tern_poller *p, tern_operator *op, bool *ret_drained);
    void (*deliver)(tern_poller *p, tern_operator *op, ssize_t n);
    // One write of a stream operator: bytes, 0 when it had nothing to send, -EAGAIN, or another
    // -errno. Sets `*ret_full` when the socket takes no more now.
    ssize_t (*write)(tern_poller *p, tern_operator *op, bool *ret_full);
    // One connection of an operator with TERN_OP_ACCEPTS: its descriptor, or -errno.
    int (*accept)(tern_poller *p, tern_operator *op);
    // The loop is left, perhaps for a foreign one that sleeps on `fd`. May be NULL.
    void (*leave)(tern_poller *p);
};

extern const terni_backend terni_backend_epoll;
extern const terni_backend terni_backend_uring;

struct tern_poller {
    const terni_backend *backend;
    uint64_t             now_ns;
    terni_slots          slots;
    terni_task_queue     tasks;     // run in this round or the next
    terni_task_queue     recycled;  // run when the round is over
    terni_guest         *guests;
    uint32_t             n_holds;
    bool                 is_running;
    bool                 is_closing;  // being freed: nothing can be attached any more
    tern_pool           *pool;
    tern_timer           trim_timer;
    terni_fibers         fibers;
    struct iovec         iov[TERNI_MAX_IOV];
    tern_poller_stats    stats;

    // ---- the backend's ----
    int                 epoll_fd;
    struct epoll_event *events;
    int                 n_events, n_calm_rounds;
    void               *uring;
    tern_pool          *uring_pool;  // what the kernel receives into; NULL with epoll

    // ---- touched by other threads ----
    // Room on both sides, not an alignment: the allocator promises none of a cache line.
    char                 room_before[64];
    _Atomic(tern_task *) posted;  // newest first
    atomic_bool          sleeping;
    atomic_bool          stopping;
    int                  wake_fd;
    terni_seat           seat;
    char                 room_after[64];

    tern_wheel wheel;
};

// Counters have one writer, the poller's thread, and any reader.
#define TERNI_COUNT(counter, n) __atomic_store_n(&(counter), (counter) + (n), __ATOMIC_RELAXED)

static inline size_t terni_iov_bytes(const struct iovec *iov, int n)
{
    size_t bytes = 0;

    for (int i = 0; i < n; i++)
        bytes += iov[i].iov_len;
    return bytes;
}

// Backends: epoll's bits for what happened to the operator of `key`.
void terni_poller_event(tern_poller *p, uint64_t key, uint32_t epoll_bits);

// Backends: a batch of `n` events has come.
void terni_poller_count_batch(tern_poller *p, int n);
// Makes the next wait, or a foreign loop's, return.
void terni_poller_wake(tern_poller *p);

void terni_poller_join(tern_poller *p, terni_guest *guest);
void terni_poller_part(terni_guest *guest);  // idempotent

// With the seat borrowed: rounds until `t` is done or a host wants the seat; then leaves it.
void terni_poller_drive(tern_poller *p, const tern_ticket *t);

// operator.c: what a round does with one operator.
void terni_operator_dispatch(tern_operator *op);
void terni_operator_write(tern_operator *op);
void terni_operator_hangup(tern_operator *op, int err);
// One read into the space of `inputs`: see terni_backend.read.
ssize_t terni_operator_recv(tern_operator *op, bool *ret_drained);
// One accept4: see tern_operator_accept.
int terni_operator_accept4(const tern_operator *op);

#endif
