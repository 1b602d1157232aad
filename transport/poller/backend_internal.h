// transport/poller/backend_internal.h: how a poller talks to the kernel. Knows nothing of who does it.
//
// Threads:   all functions run on the poller's.
#ifndef TRANSPORT_POLLER_BACKEND_INTERNAL_H
#define TRANSPORT_POLLER_BACKEND_INTERNAL_H

#include <stdbool.h>
#include <sys/types.h>

#include <tern/operator.h>

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
    // Waits, and tells what happened (terni_events_happened). 0 or -errno.
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

#endif
