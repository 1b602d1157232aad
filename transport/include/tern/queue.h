// tern/queue.h: a bounded queue of pointers between fibers and threads (what Go calls a channel). Knows
// nothing of what they point at.
//
// Lifetime:  tern_queue_init / tern_queue_done, with nobody waiting and nothing in it.
// Threads:   any: fibers of all pollers and plain threads may push and pop.
// Invariant: first in, first out, also among those who wait. After close nothing goes in, and what is in
//            comes out.
//
//   tern_queue_init(&q, 16);
//   if ((err = tern_queue_push(&q, job, TERN_NEVER)) < 0) ...
//   while ((err = tern_queue_pop(&q, TERN_NEVER, &item)) == 0) ...   // -EPIPE: closed and empty
#ifndef TERN_QUEUE_H
#define TERN_QUEUE_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/waiters.h>
#include <tern/timer.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_queue tern_queue;
struct tern_queue {
    tern_waiters poppers_;  // its lock guards all the rest
    tern_waiters pushers_;
    void       **items_;
    uint32_t     first_, n_, capacity_;
    bool         is_closed_;
};

// `capacity` >= 1. 0, -EINVAL or -ENOMEM.
TERN_API TERN_NODISCARD int tern_queue_init(tern_queue *q, uint32_t capacity);
TERN_API void               tern_queue_done(tern_queue *q);

// Waits while the queue is full. 0, -EPIPE (closed), -ETIMEDOUT (with a deadline of 0: at once), -ECANCELED,
// -EDEADLK (it would wait in a callback of a poller).
TERN_API TERN_NODISCARD int tern_queue_push(tern_queue *q, void *item, uint64_t deadline_ns);
// Waits while it is empty. As above; -EPIPE when it is closed and empty.
TERN_API TERN_NODISCARD int tern_queue_pop(tern_queue *q, uint64_t deadline_ns, void **ret_item);
// Idempotent. Those who wait to push get -EPIPE and keep their item.
TERN_API void tern_queue_close(tern_queue *q);

#ifdef __cplusplus
}
#endif

#endif
