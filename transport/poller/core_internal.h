// transport/poller/core_internal.h: what a poller is made of, for the files of this folder. The folders
// above use poller_internal.h and operator_internal.h.
#ifndef TRANSPORT_POLLER_CORE_INTERNAL_H
#define TRANSPORT_POLLER_CORE_INTERNAL_H

#include <stdatomic.h>
#include <sys/uio.h>

#include <tern/operator.h>
#include <tern/poller.h>

#include "transport/base/fork_internal.h"
#include "transport/poller/driver_internal.h"
#include "transport/poller/operator_table_internal.h"

struct epoll_event;

typedef struct terni_backend terni_backend;
typedef struct terni_lodger  terni_lodger;
typedef void                 terni_poller_drain_fn(tern_poller *p);

enum { TERNI_MAX_IOV = 64 };  // segments in one sendmsg

typedef struct terni_task_queue terni_task_queue;
struct terni_task_queue {
    tern_task *head, **tail;
};

struct tern_poller {
    const terni_backend *backend;
    uint64_t             now_ns;
    terni_operator_table operators;
    terni_task_queue     tasks;     // run in this round or the next
    terni_task_queue     recycled;  // run when the round is over
    tern_guest          *guests;
    terni_lodger        *lodger;  // or NULL
    uint32_t             n_holds;
    bool                 is_running;
    bool                 is_closing;  // being freed: nothing can be attached any more
    uint32_t             generation;  // of forks, that it was made in
    atomic_bool          is_closed;   // and that is over: what is left is memory
    atomic_uint          refs;
    tern_pool           *pool;
    tern_timer           trim_timer;
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
    char                             room_before[64];
    _Atomic(tern_task *)             posted;  // newest first
    atomic_bool                      sleeping;
    atomic_bool                      stopping;
    _Atomic(terni_poller_drain_fn *) drain;  // see terni_poller_set_drain
    int                              wake_fd;
    terni_driver                     driver;
    char                             room_after[64];

    tern_wheel wheel;
};

// A parent's, in the child of a fork(): its descriptors are shared with somebody who goes on. They are closed, and
// nothing else is done to them.
static inline bool terni_poller_is_inherited(const tern_poller *p)
{
    return TERN_UNLIKELY(p->generation != terni_fork_generation);
}

// Counters have one writer, the poller's thread, and any reader.
#define TERNI_COUNT(counter, n) __atomic_store_n(&(counter), (counter) + (n), __ATOMIC_RELAXED)

#endif
