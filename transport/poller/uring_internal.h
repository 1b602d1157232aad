// transport/poller/uring_internal.h: the ring of the io_uring backend: how requests get into the kernel and
// completions out of it. Knows nothing of what is asked for.
//
// Lifetime:  terni_uring_open .. terni_uring_close, in the poller's `uring`.
// Threads:   the poller's. The kernel binds a request to the thread that submitted it and cancels it
//            when that thread ends; see follow_thread in uring.c.
#ifndef TRANSPORT_POLLER_URING_INTERNAL_H
#define TRANSPORT_POLLER_URING_INTERNAL_H

#include <liburing.h>
#include <pthread.h>

#include "transport/poller/core_internal.h"
#include "transport/poller/uring_buffers_internal.h"

// Runs for every completion but those of the ring's own. May submit and wait, and so run again.
typedef void terni_uring_complete_fn(tern_poller *p, const struct io_uring_cqe *cqe);

typedef struct terni_uring terni_uring;
struct terni_uring {
    struct io_uring          ring;
    terni_uring_buffers      buffers;
    terni_uring_complete_fn *on_complete;
    pthread_t                submitter;
    bool                     has_submitter;
    bool                     is_awake_armed;  // the poll of the wake descriptor is in flight
    bool                     is_closing;
};

static inline terni_uring *terni_uring_of(const tern_poller *p) { return p->uring; }

TERN_NODISCARD int terni_uring_open(tern_poller *p, terni_uring_complete_fn *on_complete);
void               terni_uring_close(tern_poller *p);
// Room for one request, or NULL when the kernel takes none. Its user data is an address, of what is
// aligned to two bytes at least.
struct io_uring_sqe *terni_uring_sqe(tern_poller *p);
// Gives the kernel what is queued, and looks at what is complete, waiting for one for so long (NULL:
// for ever). 0 or -errno.
TERN_NODISCARD int terni_uring_submit(tern_poller *p);
TERN_NODISCARD int terni_uring_wait(tern_poller *p, struct __kernel_timespec *timeout);
// Gives the kernel what is queued, before somebody else's loop sleeps on the descriptor.
void terni_uring_leave(tern_poller *p);
void terni_uring_cancel(tern_poller *p, uint64_t user_data);

#endif
