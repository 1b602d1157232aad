#include "transport/poller/events_internal.h"

#include <errno.h>
#include <sys/epoll.h>

#include "transport/base/sys_internal.h"
#include "transport/poller/core_internal.h"
#include "transport/poller/operator_internal.h"

void terni_events_happened(tern_poller *p, uint64_t key, uint32_t bits)
{
    tern_operator *op = terni_operator_table_find(&p->operators, key);

    if (TERN_UNLIKELY(!op)) {
        TERNI_COUNT(p->stats.n_stale_events, 1);
        return;
    }
    TERN_DEBUG_ASSERT(op->poller == p);
    if (bits & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR))
        op->state |= TERNI_OP_READABLE;
    if (bits & (EPOLLRDHUP | EPOLLHUP))
        op->state |= TERNI_OP_RDHUP;
    if (bits & EPOLLHUP)
        op->state |= TERNI_OP_HUP;
    if (bits & EPOLLERR)
        op->state |= TERNI_OP_ERROR;
    if (bits & (EPOLLOUT | EPOLLHUP | EPOLLERR)) {
        op->state |= TERNI_OP_WRITABLE;
        if (op->state & TERNI_OP_BLOCKED)
            terni_operator_table_give_turn(&p->operators, TERNI_TURN_FLUSH, op->slot);
    }
    if (bits & ~(uint32_t)EPOLLOUT || op->flags & TERN_OP_WRITE)
        terni_operator_table_give_turn(&p->operators, TERNI_TURN_READY, op->slot);
}

void terni_events_count(tern_poller *p, int n)
{
    unsigned log2 = 31U - (unsigned)__builtin_clz((unsigned)n | 1);

    TERN_DEBUG_ASSERT(n >= 0 && log2 < TERN_COUNT_OF(p->stats.n_batches));
    TERNI_COUNT(p->stats.n_events, (uint64_t)n);
    TERNI_COUNT(p->stats.n_batches[log2], 1);
}

void terni_events_wake(tern_poller *p)
{
    const uint64_t one = 1;
    int            errno_before = errno;  // we may be in a signal handler
    ssize_t        n;

    if (terni_poller_is_inherited(p))
        return;
    // The eventfd is edge triggered and never read: each write is an edge, and only a full counter
    // (EAGAIN, after 2^64 wakes) could refuse it.
    do
        n = terni_sys_table.write(p->wake_fd, &one, sizeof one);
    while (n < 0 && errno == EINTR);
    errno = errno_before;
}
