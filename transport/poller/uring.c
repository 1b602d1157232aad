#include "transport/base/seldom_internal.h"

#include "transport/poller/uring_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include <tern/mem.h>

#include "transport/base/sys_internal.h"
#include "transport/poller/events_internal.h"

#define CLOSE_RETRY_NS (10 * TERN_NS_PER_MS)

enum {
    SQ_ENTRIES = 256,
    CQ_ENTRIES = 4096,  // beyond these the kernel keeps a list of its own (IORING_FEAT_NODROP)
    MAX_TRIES = 64,     // to find room for a request

    // Of completions; anything else is the business of on_complete.
    NOBODY = 0,
    WAKE = 1,
};

// ---- requests ------------------------------------------------------------

struct io_uring_sqe *terni_uring_sqe(tern_poller *p)
{
    terni_uring         *u = terni_uring_of(p);
    struct io_uring_sqe *sqe;

    for (int i = 0; i < MAX_TRIES; i++) {
        if ((sqe = io_uring_get_sqe(&u->ring)))
            return sqe;
        (void)!terni_uring_submit(p);  // tried again, a few times
    }
    return NULL;
}

static void prepare_cancel(struct io_uring_sqe *sqe, uint64_t user_data, int flags)
{
    io_uring_prep_cancel64(sqe, user_data, flags);
    io_uring_sqe_set_data64(sqe, NOBODY);
    io_uring_sqe_set_flags(sqe, IOSQE_CQE_SKIP_SUCCESS);
}

void terni_uring_cancel(tern_poller *p, uint64_t user_data)
{
    struct io_uring_sqe *sqe = terni_uring_sqe(p);

    TERN_DEBUG_ASSERT(user_data != NOBODY);
    TERNI_COUNT(p->stats.n_ctls, 1);
    if (sqe)
        prepare_cancel(sqe, user_data, 0);
}

// The eventfd is never read: each write is an edge, for a multishot poll as well.
static void arm_wake(tern_poller *p)
{
    terni_uring         *u = terni_uring_of(p);
    struct io_uring_sqe *sqe;

    if (u->is_awake_armed || u->is_closing || !(sqe = io_uring_get_sqe(&u->ring)))
        return;
    io_uring_prep_poll_multishot(sqe, p->wake_fd, EPOLLIN);
    io_uring_sqe_set_data64(sqe, WAKE);
    u->is_awake_armed = true;
}

// The kernel completes a request on the thread that submitted it: it would be interrupted for a poller
// that it no longer drives, and cancels the request when it ends. So when another thread takes over, all
// requests are called back; each is made anew when its completion says that nobody here cancelled it.
static void follow_thread(tern_poller *p)
{
    terni_uring         *u = terni_uring_of(p);
    struct io_uring_sqe *sqe;

    if (TERN_LIKELY(u->has_submitter && pthread_equal(u->submitter, pthread_self())))
        return;
    if (u->has_submitter) {
        if (!(sqe = io_uring_get_sqe(&u->ring)))
            return;  // the next time
        prepare_cancel(sqe, 0, IORING_ASYNC_CANCEL_ANY);
    }
    u->submitter = pthread_self();
    u->has_submitter = true;
}

// ---- completions ---------------------------------------------------------

static void complete(tern_poller *p, const struct io_uring_cqe *cqe)
{
    switch (cqe->user_data) {
    case NOBODY:
        return;
    case WAKE:
        TERN_DEBUG_ASSERT(terni_uring_of(p)->is_awake_armed);
        terni_uring_of(p)->is_awake_armed = cqe->flags & IORING_CQE_F_MORE;
        if (cqe->res > 0)
            TERNI_COUNT(p->stats.n_wakes, 1);
        return;
    default:
        terni_uring_of(p)->on_complete(p, cqe);
    }
}

// One at a time, since completing one may submit, and so come here again.
static bool pop(terni_uring *u, struct io_uring_cqe *ret_cqe)
{
    struct io_uring_cqe *cqe;
    unsigned             head;

    io_uring_for_each_cqe(&u->ring, head, cqe)
    {
        *ret_cqe = *cqe;
        io_uring_cq_advance(&u->ring, 1);
        return true;
    }
    return false;
}

static void reap(tern_poller *p)
{
    struct io_uring_cqe cqe;
    int                 n = 0;

    for (; pop(terni_uring_of(p), &cqe); n++)
        complete(p, &cqe);
    if (n)
        terni_events_count(p, n);
    // A foreign loop sleeps on the ring, which is empty now.
    if (n && !p->is_running && terni_operator_table_has_turns(&p->operators))
        terni_events_wake(p);
}

static int settle_error(int err)
{
    switch (-err) {
    case EINTR:
    case ETIME:
    case EAGAIN:  // no memory for a request: it stays queued
    case EBUSY:   // completions first
        return 0;
    default:
        return err < 0 ? err : 0;
    }
}

static void prepare_to_enter(tern_poller *p)
{
    follow_thread(p);
    arm_wake(p);
}

int terni_uring_submit(tern_poller *p)
{
    int err;

    prepare_to_enter(p);
    err = terni_sys_table.uring_submit(&terni_uring_of(p)->ring);
    TERNI_COUNT(p->stats.n_waits, 1);
    reap(p);
    return settle_error(err);
}

// Completions stay: they make the descriptor readable.
void terni_uring_leave(tern_poller *p)
{
    terni_uring *u = terni_uring_of(p);

    if (u->is_awake_armed && !io_uring_sq_ready(&u->ring))
        return;
    prepare_to_enter(p);
    (void)terni_sys_table.uring_submit(
        &u->ring);  // what is refused now is queued until the next step
    TERNI_COUNT(p->stats.n_waits, 1);
}

int terni_uring_wait(tern_poller *p, struct __kernel_timespec *timeout)
{
    struct io_uring_cqe *cqe;
    int                  err;

    prepare_to_enter(p);
    err = terni_sys_table.uring_wait(&terni_uring_of(p)->ring, &cqe, 1, timeout, NULL);
    TERNI_COUNT(p->stats.n_waits, 1);
    reap(p);
    return settle_error(err);
}

// ---- life ----------------------------------------------------------------

// Multishot recv cannot be asked for; sends without a copy came with the same kernel, 6.0.
static int probe(terni_uring *u)
{
    const unsigned         needed = IORING_FEAT_NODROP | IORING_FEAT_EXT_ARG | IORING_FEAT_CQE_SKIP;
    struct io_uring_probe *found;
    bool                   is_able;

    if ((u->ring.features & needed) != needed)
        return -ENOSYS;
    if (!(found = terni_sys_table.uring_get_probe(&u->ring)))
        return -ENOSYS;
    is_able = io_uring_opcode_supported(found, IORING_OP_SEND_ZC);
    io_uring_free_probe(found);
    return is_able ? 0 : -ENOSYS;
}

// Not SINGLE_ISSUER, DEFER_TASKRUN or COOP_TASKRUN: threads may take turns, and a thread that is busy
// elsewhere must complete what it has submitted.
static int open_ring(terni_uring *u, tern_pool *pool)
{
    struct io_uring_params params = { .flags = IORING_SETUP_CQSIZE | IORING_SETUP_SUBMIT_ALL,
                                      .cq_entries = CQ_ENTRIES };
    int                    err = terni_sys_table.uring_init(SQ_ENTRIES, &u->ring, &params);

    if (err < 0)
        return err;
    if ((err = probe(u)) < 0 || (err = terni_uring_buffers_open(&u->buffers, &u->ring, pool)) < 0)
        terni_sys_table.uring_exit(&u->ring);
    return err;
}

// The pool goes with the poller: messages that outlive it lie in its blocks.
static void free_ring(tern_poller *p)
{
    tern_mem_free(p->uring);
    p->uring = NULL;
}

// The blocks of the ring have a pool of their own, so that the poller's shows what is in use.
int terni_uring_open(tern_poller *p, terni_uring_complete_fn *on_complete)
{
    int err = -ENOMEM;

    p->uring = tern_mem_zalloc(sizeof(terni_uring));
    p->uring_pool = tern_pool_new();
    if (!p->uring || !p->uring_pool || (err = open_ring(p->uring, p->uring_pool)) < 0) {
        free_ring(p);
        tern_pool_free(p->uring_pool);
        p->uring_pool = NULL;
        return err;
    }
    terni_uring_of(p)->on_complete = on_complete;
    terni_uring_leave(p);  // a post before the first step must be seen
    return 0;
}

// The operators are gone. The kernel takes a ring down in its own time, so nothing may be in flight.
void terni_uring_close(tern_poller *p)
{
    struct __kernel_timespec soon = { .tv_nsec = CLOSE_RETRY_NS };
    terni_uring             *u = terni_uring_of(p);

    TERN_ASSERT(!u->is_closing && p->stats.n_operators == 0);
    u->is_closing = true;
    while (u->is_awake_armed) {
        terni_uring_cancel(p, WAKE);
        (void)!terni_uring_wait(p, &soon);  // as long as it takes
    }
    terni_sys_table.uring_exit(&u->ring);
    terni_uring_buffers_close(&u->buffers);
    free_ring(p);
}
