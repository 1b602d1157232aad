// The io_uring backend. Streams are read by one multishot recv each, into blocks that the operator
// adopts, and written by one sendmsg at a time; listening sockets have a multishot accept, other event
// operators a multishot poll, which behaves like an edge. Everything that a round asks for goes to the kernel with the next wait.
#include "transport/poller/backend_internal.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

#include "transport/poller/operator_internal.h"
#include "transport/poller/events_internal.h"
#include "transport/poller/uring_internal.h"
#include "transport/poller/uring_op_internal.h"

#define CANCEL_RETRY_NS (10 * TERN_NS_PER_MS)

// Less is copied: a block that is adopted is held as a whole.
enum { MIN_ADOPTED = TERNI_URING_BUFFER_BYTES / 4 };

static terni_uring_op *state_of(const tern_operator *op) { return op->backend; }

static int uring_fd(const tern_poller *p) { return terni_uring_of(p)->ring.ring_fd; }

// Outside of a round no wait will follow soon.
static void push(tern_poller *p)
{
    if (!p->is_running)
        terni_uring_leave(p);
}

static int uring_open(tern_poller *p) { return terni_uring_open(p, terni_uring_op_complete); }

// ---- attaching -----------------------------------------------------------

// The descriptor is none that can be waited for. Anything else is the connection's own end, and told
// as such.
static bool is_refusal(int err)
{
    return err == -EBADF || err == -ENOTSOCK || err == -EPERM || err == -EOPNOTSUPP ||
           err == -ENOMEM;
}

// Until the kernel holds nothing: `s` must want nothing.
static void take_back(tern_poller *p, terni_uring_op *s)
{
    struct __kernel_timespec soon = { .tv_nsec = CANCEL_RETRY_NS };

    while (terni_uring_op_is_in_flight(s)) {
        terni_uring_op_cancel(p, s);
        (void)!terni_uring_wait(p, &soon);  // whatever it says, a completion is on its way
    }
}

static void release(tern_poller *p, tern_operator *op)
{
    terni_uring_op *s = state_of(op);

    s->is_leaving = true;
    take_back(p, s);
    terni_uring_op_free(s);
    op->backend = NULL;
}

static int uring_attach(tern_poller *p, tern_operator *op)
{
    terni_uring_op *s;
    int             err;

    if (op->fd == uring_fd(p))
        return -EINVAL;  // as epoll: it would wait for itself
    if (!(s = terni_uring_op_new(op)))
        return -ENOMEM;
    op->backend = s;
    terni_uring_op_settle(p, s);
    if ((err = terni_uring_submit(p)) == 0 && is_refusal(s->err))
        err = s->err;
    if (err < 0)
        release(p, op);
    push(p);
    return err;
}

// Takes back what the kernel holds before it returns: afterwards the descriptor may be closed, and is
// then closed indeed, and the operator's memory may go.
static void uring_detach(tern_poller *p, tern_operator *op)
{
    release(p, op);
    push(p);
}

static void uring_pause(tern_poller *p, tern_operator *op)
{
    terni_uring_op *s = state_of(op);

    s->is_direct = false;  // a new recv finds what is left
    terni_uring_op_settle(p, s);
    push(p);
}

static void uring_resume(tern_poller *p, tern_operator *op)
{
    terni_uring_op *s = state_of(op);

    terni_uring_op_settle(p, s);
    if (s->filled || s->accept || s->has_ended || s->err || op->state & TERNI_OP_READABLE)
        terni_events_happened(p, terni_operator_table_key(&p->operators, op->slot), EPOLLIN);
    push(p);
}

// ---- waiting -------------------------------------------------------------

static int uring_wait_events(tern_poller *p, int timeout_ms)
{
    struct __kernel_timespec timeout = { .tv_sec = timeout_ms / 1000,
                                         .tv_nsec = timeout_ms % 1000 * (long)TERN_NS_PER_MS };

    // Here only: so a round receives no more than the ring holds, however often it enters the kernel.
    terni_uring_buffers_refill(&terni_uring_of(p)->buffers, p->uring_pool);
    return terni_uring_wait(p, timeout_ms < 0 ? NULL : &timeout);
}

// ---- reading -------------------------------------------------------------

// The sendmsg may have taken the error off the socket; reading then ends as if there had been a FIN.
static ssize_t end_result(const terni_uring_op *s)
{
    bool has_failed =
        s->send && s->is_sent && s->send_result < 0 && !terni_uring_op_is_transient(s->send_result);

    return has_failed && s->send_result != -EPIPE ? s->send_result : 0;
}

static ssize_t read_end(tern_poller *p, terni_uring_op *s)
{
    if (s->op->ops->inputs(s->op, p->iov, TERNI_MAX_IOV) == 0)
        return -ENOMEM;
    s->has_room = true;
    return end_result(s);
}

// The ring had no block, so this is read as epoll would.
static ssize_t read_directly(tern_poller *p, terni_uring_op *s, bool *ret_drained)
{
    ssize_t n = terni_operator_recv(s->op, ret_drained);

    s->has_room = true;
    if (n == 0)
        s->has_ended = true;
    if (n <= 0 || *ret_drained) {
        s->is_direct = false;
        terni_uring_op_settle(p, s);
    }
    return n;
}

// What was received says only that there is something: `deliver` takes all of it.
static ssize_t uring_read(tern_poller *p, tern_operator *op, bool *ret_drained)
{
    terni_uring_op *s = state_of(op);

    *ret_drained = !s->has_ended && !s->err && !s->is_direct;
    if (s->filled)
        return (ssize_t)(s->filled->used - s->n_taken);
    if (s->err)
        return s->err;
    if (s->has_ended)
        return read_end(p, s);
    return s->is_direct ? read_directly(p, s, ret_drained) : -EAGAIN;
}

static tern_block *pop_filled(terni_uring_op *s)
{
    tern_block *block = s->filled;

    TERN_DEBUG_ASSERT(block && s->n_taken <= block->used);
    if (!(s->filled = block->next))
        s->last_filled = &s->filled;
    block->next = NULL;
    s->n_taken = 0;
    return block;
}

static void adopt_first(terni_uring_op *s)
{
    tern_operator *op = s->op;
    uint8_t       *pos = s->filled->base + s->n_taken;
    tern_block    *block = pop_filled(s);

    op->ops->input_adopt(op, block, pos, (size_t)(block->base + block->used - pos));
    tern_block_unref(block);
}

static size_t take(terni_uring_op *s, uint8_t *to, size_t room)
{
    size_t n = 0;

    while (s->filled && n < room) {
        size_t left = s->filled->used - s->n_taken;
        size_t here = left < room - n ? left : room - n;

        memcpy(to + n, s->filled->base + s->n_taken, here);
        n += here;
        s->n_taken += here;
        if (here == left)
            tern_block_unref(pop_filled(s));
    }
    return n;
}

static void fail_for_memory(tern_poller *p, terni_uring_op *s)
{
    while (s->filled)
        tern_block_unref(pop_filled(s));
    s->err = -ENOMEM;
    terni_uring_op_settle(p, s);
    terni_events_happened(p, terni_operator_table_key(&p->operators, s->op->slot), EPOLLIN);
}

static void copy_some(tern_poller *p, terni_uring_op *s)
{
    tern_operator *op = s->op;
    int            n_iov = op->ops->inputs(op, p->iov, TERNI_MAX_IOV);
    size_t         n = 0;

    if (n_iov == 0) {
        fail_for_memory(p, s);
        return;
    }
    TERN_DEBUG_ASSERT(n_iov <= TERNI_MAX_IOV);
    for (int i = 0; i < n_iov; i++)
        n += take(s, p->iov[i].iov_base, p->iov[i].iov_len);
    op->ops->input_ack(op, (ssize_t)n);
}

static bool is_adoptable(const tern_poller *p, const terni_uring_op *s)
{
    return s->op->ops->input_adopt && s->filled->used - s->n_taken >= MIN_ADOPTED &&
           !terni_uring_buffers_is_scarce(&terni_uring_of(p)->buffers);
}

// All that is there: more than the ring holds cannot have come in one round.
static void deliver_filled(tern_poller *p, tern_operator *op)
{
    uint32_t slot = op->slot;

    while (op->poller == p && op->slot == slot && op->flags & TERN_OP_READ) {
        terni_uring_op *s = state_of(op);

        if (!s->filled)
            return;
        if (is_adoptable(p, s))
            adopt_first(s);
        else
            copy_some(p, s);
    }
}

static void uring_deliver(tern_poller *p, tern_operator *op, ssize_t n)
{
    terni_uring_op *s = state_of(op);

    if (s->has_room) {
        s->has_room = false;
        op->ops->input_ack(op, n);
    } else if (n > 0) {
        deliver_filled(p, op);
    }
}

// ---- writing -------------------------------------------------------------

static ssize_t finish_send(terni_uring_op *s)
{
    TERN_DEBUG_ASSERT(terni_operator_is_sending(s->op));
    s->op->state &= (uint16_t)~TERNI_OP_SENDING;
    terni_uring_op_drop_send(s);
    return s->send_result;
}

static ssize_t start_send(tern_poller *p, terni_uring_op *s)
{
    terni_uring_send *send = terni_uring_op_take_send(p, s);
    int               n_iov, err = -ENOMEM;

    if (!send)
        return err;
    n_iov = s->op->ops->outputs(s->op, send->iov, TERNI_MAX_IOV);
    if (n_iov == 0 || (err = terni_uring_op_send(p, s, n_iov)) < 0) {
        terni_uring_op_drop_send(s);
        return n_iov == 0 ? 0 : err;
    }
    TERN_DEBUG_ASSERT(!terni_operator_is_sending(s->op));
    s->op->state |= TERNI_OP_SENDING;
    return -EAGAIN;
}

// "Full" while the kernel works on it; the completion reports writability, and is fetched here.
static ssize_t uring_write(tern_poller *p, tern_operator *op, bool *ret_full)
{
    terni_uring_op *s = state_of(op);
    ssize_t         n = -EAGAIN;

    *ret_full = false;
    if (s->send && s->is_sent && !terni_uring_op_is_transient((int)(n = finish_send(s))))
        return n;
    if (!s->send)
        n = start_send(p, s);
    *ret_full = n == -EAGAIN;
    return n;
}

// ---- accepting -----------------------------------------------------------

static int uring_accept(tern_poller *p, tern_operator *op)
{
    terni_uring_op *s = state_of(op);
    int             fd;

    if (!s->accept)
        return terni_operator_accept4(op);
    if (!(op->flags & TERN_OP_READ))
        take_back(p, s);
    if ((fd = terni_uring_accept_take(s->accept)) != -EAGAIN)
        return fd;
    if (!(op->flags & TERN_OP_READ))
        return terni_operator_accept4(op);
    terni_uring_op_settle(p, s);
    push(p);
    return -EAGAIN;
}

const terni_backend terni_backend_uring = {
    .name = "uring",
    .open = uring_open,
    .close = terni_uring_close,
    .fd = uring_fd,
    .attach = uring_attach,
    .detach = uring_detach,
    .pause = uring_pause,
    .resume = uring_resume,
    .wait = uring_wait_events,
    .read = uring_read,
    .deliver = uring_deliver,
    .write = uring_write,
    .accept = uring_accept,
    .leave = terni_uring_leave,
};
