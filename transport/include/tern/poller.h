// tern/poller.h: one loop over one epoll (or io_uring) instance: wait, dispatch, run, flush, free.
// Knows nothing of connections; operators, timers and tasks are all it sees.
//
// Lifetime:  tern_poller_new / tern_poller_free, whatever holds its memory. Free first runs every task and timer that is due to
//            no later time than now, then detaches what is left (on_hangup and hangup with
//            -ECANCELED); meanwhile attaching, and so connecting, fails with -ECANCELED. Posts must have
//            returned before.
// Threads:   one thread at a time drives it (run, step); everything attached to it is touched by
//            that thread alone. tern_poller_post and tern_poller_stop may be called from anywhere.
// Invariant: the clock is read once per round (tern_poller_now_ns); an event for an operator that is
//            gone is dropped, never delivered to its successor; a task runs once per hand-over.
//
//   TERN_AUTO(tern_poller) *p = tern_poller_new(NULL);
//   ... attach listeners, connections, timers ...
//   return tern_poller_run(p);
#ifndef TERN_POLLER_H
#define TERN_POLLER_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/block.h>
#include <tern/opts.h>
#include <tern/task.h>
#include <tern/timer.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_poller tern_poller;

typedef enum tern_backend {
    TERN_BACKEND_DEFAULT,  // epoll
    TERN_BACKEND_EPOLL,
    TERN_BACKEND_URING,  // falls back to epoll, with one line in the log, where the kernel refuses
} tern_backend;

typedef struct tern_poller_opts tern_poller_opts;
struct tern_poller_opts {
    tern_backend backend;
};

typedef struct tern_poller_stats tern_poller_stats;
struct tern_poller_stats {
    uint64_t        n_rounds;
    uint64_t        n_waits;   // epoll_wait or io_uring_enter
    uint64_t        n_reads;   // readv, recv; io_uring's come with the waits
    uint64_t        n_writes;  // sendmsg; the same
    uint64_t        n_ctls;    // epoll_ctl; io_uring: requests for input and their cancels
    uint64_t        n_accepts;
    uint64_t        n_wakes;         // eventfd writes that this poller received
    uint64_t        n_events;        // events in all batches; / n_waits is the batch size
    uint64_t        n_batches[16];   // by log2 of the batch size
    uint64_t        n_stale_events;  // events of operators that were gone
    uint64_t        n_read_eagain;
    uint64_t        n_write_eagain;
    uint64_t        read_bytes;
    uint64_t        written_bytes;
    uint32_t        n_operators;  // attached now
    tern_pool_stats pool;         // zeroes when asked from another thread
};

// NULL only when the machine refuses memory or descriptors; the reason is logged.
TERN_API TERN_NODISCARD tern_poller      *tern_poller_new_sized(const tern_poller_opts *opts,
                                                                uint64_t                sizes);
TERN_NODISCARD static inline tern_poller *tern_poller_new(const tern_poller_opts *opts)
{
    return tern_poller_new_sized(opts, TERN_SIZE(0, tern_poller_opts));
}
TERN_API void      tern_poller_free(tern_poller *p);
static inline void tern_poller_auto_(tern_poller **p) { tern_poller_free(*p); }

// Memory, the pool's too, stays as long as somebody holds it; tern_poller_free closes it all the same. For what
// may outlive a poller and still has blocks of its pool. Any thread.
TERN_API tern_poller *tern_poller_ref(tern_poller *p);
TERN_API void         tern_poller_unref(tern_poller *p);  // accepts NULL
// It was freed, and only held since: nothing runs on it any more. Who holds it may ask.
TERN_API bool tern_poller_is_closed(const tern_poller *p);

// This process is the child of a fork(), and its parent made the poller. What stands on it is the parent's, and goes
// on there: here driving it fails with -ESTALE, nothing is sent or read, and freeing it closes its descriptors without
// a word to anybody, and leaves the memory. A child may exit without all that.
TERN_API bool tern_poller_is_inherited(const tern_poller *p);

// What has to know when a poller is freed. Embedded; on the poller's thread.
typedef struct tern_guest tern_guest;
struct tern_guest {
    tern_guest  *next;
    tern_guest **link;  // what points at this guest; NULL while it is on no list
    // Once, while tasks still run and before anything is detached: ends what must end.
    void (*leave)(tern_guest *guest);
};

// 0, or -ECANCELED: the poller is being freed.
TERN_API TERN_NODISCARD int tern_poller_join(tern_poller *p, tern_guest *guest);
TERN_API void               tern_poller_part(tern_guest *guest);  // idempotent

// ---- driving -------------------------------------------------------------

// Runs until tern_poller_stop. 0, or -errno when waiting itself failed.
TERN_API TERN_NODISCARD int tern_poller_run(tern_poller *p);
// Runs until nothing holds the poller busy (tern_poller_hold) and no task waits.
TERN_API TERN_NODISCARD int tern_poller_run_until_idle(tern_poller *p);
// One round that waits at most `timeout_ms` (-1: until something happens). For foreign loops: watch
// tern_poller_fd for readability and call step with 0, also when tern_poller_next_ns has come.
TERN_API TERN_NODISCARD int tern_poller_step(tern_poller *p, int timeout_ms);
TERN_API int                tern_poller_fd(const tern_poller *p);
TERN_API uint64_t
tern_poller_next_ns(const tern_poller *p);  // 0: at once, TERN_NEVER: not before an event

// For a plain thread that waits for things on several pollers: if nobody drives this one, one round of it
// that waits for nothing. Whoever comes to drive it meanwhile waits for the end of that.
TERN_API void tern_poller_help(tern_poller *p);

// Any thread, also a signal handler. Makes run return after its round.
TERN_API void tern_poller_stop(tern_poller *p);

// Work in flight that tern_poller_run_until_idle waits for. The poller's thread only.
TERN_API void tern_poller_hold(tern_poller *p);
TERN_API void tern_poller_unhold(tern_poller *p);

// ---- handing over work ---------------------------------------------------

// From any thread: runs `task` on the poller's thread. Lock-free; a system call only if the poller sleeps.
TERN_API void tern_poller_post(tern_poller *p, tern_task *task);
// From the poller's thread: runs `task` later in this round or in the next one, in order.
TERN_API void tern_poller_defer(tern_poller *p, tern_task *task);
// From the poller's thread: runs `task` when the round is over and no event of it can name an
// operator any more. The place to free what holds one. Handed over by such a task itself, it waits
// for the next round.
TERN_API void tern_poller_recycle(tern_poller *p, tern_task *task);

// ---- what belongs to a poller --------------------------------------------

TERN_API uint64_t    tern_poller_now_ns(const tern_poller *p);  // monotonic; in a round, its start
TERN_API tern_wheel *tern_poller_wheel(tern_poller *p);
TERN_API tern_pool  *tern_poller_pool(tern_poller *p);
TERN_API tern_poller_stats
tern_poller_get_stats(const tern_poller *p);  // any thread, without tearing a counter
TERN_API uint32_t     tern_poller_n_operators(const tern_poller *p);  // any thread
TERN_API tern_poller *tern_poller_current(void);  // that this thread is driving, or NULL
TERN_API const char  *tern_poller_backend_name(const tern_poller *p);

// ---- for who watches it --------------------------------------------------

// From any thread: the number of the round that it is in the midst of; 0: it waits for events, or nobody drives it. What is
// the same when one looks again has lasted since, without a wait.
TERN_API uint64_t tern_poller_round(const tern_poller *p);
// From any thread: sends `signo` to the thread that is in tern_poller_run, or _step; which one (its pthread_t) is written
// down before it gets it. False: none is.
TERN_API TERN_NODISCARD bool tern_poller_signal(tern_poller *p, int signo, uintptr_t *ret_thread);

#ifdef __cplusplus
}
#endif

#endif
