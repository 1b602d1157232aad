// The epoll backend. Each descriptor is registered once, edge triggered; after that the kernel is
// asked for nothing but events (unix sockets excepted, see arm_out).
#include "transport/poller/backend_internal.h"

#include <errno.h>
#include <sys/epoll.h>

#include <tern/mem.h>

#include "transport/base/sys_internal.h"
#include "transport/poller/core_internal.h"
#include "transport/poller/operator_internal.h"
#include "transport/poller/events_internal.h"

#define WAKE_KEY UINT64_MAX

enum {
    MIN_EVENTS = 64,
    MAX_EVENTS = 1024,
    CALM_ROUNDS = 256,  // so many batches below a quarter halve the array
};

static int resize_events(tern_poller *p, int n)
{
    struct epoll_event *events = tern_mem_realloc(p->events, (size_t)n * sizeof *events);

    TERN_DEBUG_ASSERT(n >= MIN_EVENTS && n <= MAX_EVENTS);
    if (!events)
        return -ENOMEM;
    p->events = events;
    p->n_events = n;
    p->n_calm_rounds = 0;
    return 0;
}

static int control(tern_poller *p, int op, int fd, uint32_t bits, uint64_t key)
{
    struct epoll_event event = { .events = bits, .data.u64 = key };

    TERN_DEBUG_ASSERT(p->epoll_fd >= 0 && (key != WAKE_KEY || fd == p->wake_fd));
    TERNI_COUNT(p->stats.n_ctls, 1);
    return terni_sys_table.epoll_ctl(p->epoll_fd, op, fd, &event) < 0 ? -errno : 0;
}

static void epoll_close(tern_poller *p)
{
    if (p->epoll_fd >= 0)
        terni_sys_table.close(p->epoll_fd);
    p->epoll_fd = -1;
    tern_mem_free(p->events);
    p->events = NULL;
}

static int epoll_open(tern_poller *p)
{
    int err;

    if ((p->epoll_fd = terni_sys_table.epoll_create1(EPOLL_CLOEXEC)) < 0)
        return -errno;
    if ((err = resize_events(p, MIN_EVENTS)) < 0 ||
        (err = control(p, EPOLL_CTL_ADD, p->wake_fd, EPOLLIN | EPOLLET, WAKE_KEY)) < 0)
        epoll_close(p);
    return err;
}

static int epoll_fd(const tern_poller *p) { return p->epoll_fd; }

static uint32_t interest(const tern_operator *op)
{
    bool out = !(op->flags & TERN_OP_LAZY_OUT) || op->state & TERNI_OP_OUT_ARMED;

    return EPOLLIN | EPOLLRDHUP | (uint32_t)EPOLLET | (out ? EPOLLOUT : 0);
}

static int epoll_attach(tern_poller *p, tern_operator *op)
{
    return control(p, EPOLL_CTL_ADD, op->fd, interest(op),
                   terni_operator_table_key(&p->operators, op->slot));
}

static void epoll_detach(tern_poller *p, tern_operator *op)
{
    (void)control(p, EPOLL_CTL_DEL, op->fd, 0, 0);  // fails only for an fd that is gone already
}

// Reading is paused by not reading: the edge stays noted on the operator.
static void epoll_pause(tern_poller *p, tern_operator *op)
{
    (void)p;
    (void)op;
}

static void epoll_resume(tern_poller *p, tern_operator *op)
{
    if (op->state & TERNI_OP_READABLE)
        terni_operator_table_give_turn(&p->operators, TERNI_TURN_READY, op->slot);
}

// A unix socket gives an OUT edge on every read of its peer, so it is subscribed to OUT only while
// output waits. TCP is not: its OUT edges come only after the socket was full.
static void arm_out(tern_poller *p, tern_operator *op, bool armed)
{
    if (!(op->flags & TERN_OP_LAZY_OUT) || armed == !!(op->state & TERNI_OP_OUT_ARMED))
        return;
    op->state ^= TERNI_OP_OUT_ARMED;
    (void)control(p, EPOLL_CTL_MOD, op->fd, interest(op),
                  terni_operator_table_key(&p->operators, op->slot));
}

static void adapt_events(tern_poller *p, int n)
{
    if (n == p->n_events && n < MAX_EVENTS)
        (void)resize_events(p, n * 2);  // without memory the small array serves as well
    else if (n > p->n_events / 4)
        p->n_calm_rounds = 0;
    else if (p->n_events > MIN_EVENTS && ++p->n_calm_rounds >= CALM_ROUNDS)
        (void)resize_events(p, p->n_events / 2);
}

static int epoll_wait_events(tern_poller *p, int timeout_ms)
{
    int n = terni_sys_table.epoll_wait(p->epoll_fd, p->events, p->n_events, timeout_ms);

    TERNI_COUNT(p->stats.n_waits, 1);
    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    TERN_DEBUG_ASSERT(n <= p->n_events);
    for (int i = 0; i < n; i++) {
        if (p->events[i].data.u64 == WAKE_KEY)
            TERNI_COUNT(p->stats.n_wakes, 1);
        else
            terni_events_happened(p, p->events[i].data.u64, p->events[i].events);
    }
    terni_events_count(p, n);
    adapt_events(p, n);
    return 0;
}

static ssize_t epoll_read(tern_poller *p, tern_operator *op, bool *ret_drained)
{
    (void)p;
    return terni_operator_recv(op, ret_drained);
}

static void epoll_deliver(tern_poller *p, tern_operator *op, ssize_t n)
{
    (void)p;
    op->ops->input_ack(op, n);
}

static ssize_t epoll_write(tern_poller *p, tern_operator *op, bool *ret_full)
{
    int     n_iov = op->ops->outputs(op, p->iov, TERNI_MAX_IOV);
    ssize_t n;

    *ret_full = false;
    if (n_iov == 0) {
        arm_out(p, op, false);
        return 0;
    }
    n = terni_sys_sendmsg(op->fd, p->iov, n_iov);
    TERNI_COUNT(p->stats.n_writes, 1);
    if (n >= 0) {
        TERNI_COUNT(p->stats.written_bytes, (uint64_t)n);
        *ret_full = (size_t)n < terni_sys_iov_bytes(p->iov, n_iov);
    } else if (n == -EAGAIN) {
        TERNI_COUNT(p->stats.n_write_eagain, 1);
        *ret_full = true;
    }
    if (*ret_full)
        arm_out(p, op, true);
    return n;
}

static int epoll_accept(tern_poller *p, tern_operator *op)
{
    (void)p;
    return terni_operator_accept4(op);
}

const terni_backend terni_backend_epoll = {
    .name = "epoll",
    .open = epoll_open,
    .close = epoll_close,
    .fd = epoll_fd,
    .attach = epoll_attach,
    .detach = epoll_detach,
    .pause = epoll_pause,
    .resume = epoll_resume,
    .wait = epoll_wait_events,
    .read = epoll_read,
    .deliver = epoll_deliver,
    .write = epoll_write,
    .accept = epoll_accept,
};
