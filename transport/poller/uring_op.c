#include "transport/poller/uring_op_internal.h"

#include <errno.h>
#include <sys/epoll.h>

#include <tern/mem.h>

#include "transport/base/sys_internal.h"
#include "transport/poller/events_internal.h"
#include "transport/poller/uring_internal.h"

// The lowest bit of a completion's address tells the two requests of an operator apart.
enum { INPUT = 0, SEND = 1 };

static uint64_t name_of(terni_uring_op *s, unsigned request) { return (uintptr_t)s | request; }

_Static_assert(_Alignof(terni_uring_op) > 1, "room for the bit");

static void tell(tern_poller *p, terni_uring_op *s, uint32_t epoll_bits)
{
    terni_events_happened(p, terni_operator_table_key(&p->operators, s->op->slot), epoll_bits);
}

static void fail_input(tern_poller *p, terni_uring_op *s, int err)
{
    s->err = err;
    tell(p, s, EPOLLIN | EPOLLERR);
}

// ---- the request for input -----------------------------------------------

static bool is_stream(const terni_uring_op *s) { return s->op->ops->inputs; }

static terni_uring_input wanted_of_listener(const terni_uring_op *s)
{
    bool is_open = s->op->flags & TERN_OP_READ && !s->accept->is_resting;

    return is_open ? TERNI_URING_ACCEPT : TERNI_URING_IDLE;
}

static terni_uring_input wanted_input(const terni_uring_op *s)
{
    if (s->is_leaving || s->err)
        return TERNI_URING_IDLE;
    if (s->accept)
        return wanted_of_listener(s);
    if (!is_stream(s))
        return TERNI_URING_EVENTS;
    if (s->has_ended || !(s->op->flags & TERN_OP_READ))
        return TERNI_URING_ERRORS;
    if (s->is_starved)
        return TERNI_URING_AWAIT;
    return s->is_direct ? TERNI_URING_IDLE : TERNI_URING_RECV;
}

static void prepare_input(struct io_uring_sqe *sqe, int fd, terni_uring_input input)
{
    switch (input) {
    case TERNI_URING_EVENTS:
        io_uring_prep_poll_multishot(sqe, fd, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
        return;
    case TERNI_URING_ACCEPT:
        io_uring_prep_multishot_accept(sqe, fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
        return;
    case TERNI_URING_RECV:
        io_uring_prep_recv_multishot(sqe, fd, NULL, 0, 0);
        io_uring_sqe_set_flags(sqe, IOSQE_BUFFER_SELECT);
        sqe->buf_group = TERNI_URING_GROUP;
        return;
    case TERNI_URING_ERRORS:
        io_uring_prep_poll_multishot(sqe, fd, EPOLLERR);
        return;
    case TERNI_URING_AWAIT:
        io_uring_prep_poll_add(sqe, fd, EPOLLIN | EPOLLRDHUP);
        return;
    case TERNI_URING_IDLE:
        break;
    }
    TERN_ASSERT(false);
}

// One request at a time: it ends before another one begins.
static void set_input(terni_uring_op *s, terni_uring_input next)
{
    TERN_ASSERT((s->input == TERNI_URING_IDLE) != (next == TERNI_URING_IDLE));
    s->input = (uint8_t)next;
}

static void start_input(tern_poller *p, terni_uring_op *s, terni_uring_input input)
{
    struct io_uring_sqe *sqe = terni_uring_sqe(p);

    if (!sqe) {
        fail_input(p, s, -ENOMEM);
        return;
    }
    prepare_input(sqe, s->op->fd, input);
    io_uring_sqe_set_data64(sqe, name_of(s, INPUT));
    set_input(s, input);
    TERNI_COUNT(p->stats.n_ctls, 1);
}

// Replaces what is in flight by what is wanted; a completion of the one calls for the other.
void terni_uring_op_settle(tern_poller *p, terni_uring_op *s)
{
    terni_uring_input wanted = wanted_input(s);

    TERN_DEBUG_ASSERT(terni_uring_op_is_valid(s));
    if (s->input == wanted || s->is_cancelling)
        return;
    if (s->input == TERNI_URING_IDLE) {
        start_input(p, s, wanted);
    } else {
        s->is_cancelling = true;
        terni_uring_cancel(p, name_of(s, INPUT));
    }
}

// ---- completions ---------------------------------------------------------

static void keep(terni_uring_op *s, tern_block *block, size_t n)
{
    TERN_ASSERT(n <= block->cap && !*s->last_filled);
    block->used = n;
    block->next = NULL;
    *s->last_filled = block;
    s->last_filled = &block->next;
}

static void on_received(tern_poller *p, terni_uring_op *s, const struct io_uring_cqe *cqe)
{
    tern_block *block = NULL;

    if (cqe->flags & IORING_CQE_F_BUFFER)
        block = terni_uring_buffers_take(&terni_uring_of(p)->buffers,
                                         cqe->flags >> IORING_CQE_BUFFER_SHIFT);
    if (cqe->res > 0) {
        TERN_ASSERT(block);
        keep(s, block, (size_t)cqe->res);
        TERNI_COUNT(p->stats.read_bytes, (uint64_t)cqe->res);
        tell(p, s, EPOLLIN);
        return;
    }
    tern_block_unref(block);
    if (cqe->res == 0) {
        s->has_ended = true;
        tell(p, s, EPOLLIN);
    } else if (cqe->res == -ENOBUFS) {
        s->is_starved = true;
    } else if (!terni_uring_op_is_transient(cqe->res)) {
        fail_input(p, s, cqe->res);
    }
}

static void on_polled(tern_poller *p, terni_uring_op *s, terni_uring_input input, int result)
{
    if (result < 0) {
        if (!terni_uring_op_is_transient(result))
            fail_input(p, s, result);
        return;
    }
    if (input == TERNI_URING_AWAIT) {
        s->is_starved = false;
        s->is_direct = true;
    }
    tell(p, s, (uint32_t)result);
}

// Accepting fails with EINVAL when somebody has shut the socket down.
static void on_accepted(tern_poller *p, terni_uring_op *s, int result)
{
    if (terni_uring_op_is_transient(result))
        return;
    terni_uring_accept_put(s->accept, result);
    tell(p, s, result == -EINVAL ? EPOLLIN | EPOLLHUP : EPOLLIN);
}

static void on_input(tern_poller *p, terni_uring_op *s, const struct io_uring_cqe *cqe)
{
    terni_uring_input input = s->input;

    if (!(cqe->flags & IORING_CQE_F_MORE)) {
        set_input(s, TERNI_URING_IDLE);
        s->is_cancelling = false;
    }
    if (input == TERNI_URING_RECV)
        on_received(p, s, cqe);
    else if (input == TERNI_URING_ACCEPT)
        on_accepted(p, s, cqe->res);
    else
        on_polled(p, s, input, cqe->res);
    terni_uring_op_settle(p, s);
}

static void on_sent(tern_poller *p, terni_uring_op *s, int result)
{
    TERN_ASSERT(s->send && !s->is_sent);
    s->is_sent = true;
    s->send_result = result;
    if (result > 0)
        TERNI_COUNT(p->stats.written_bytes, (uint64_t)result);
    tell(p, s, EPOLLOUT);
}

void terni_uring_op_complete(tern_poller *p, const struct io_uring_cqe *cqe)
{
    terni_uring_op *s = (terni_uring_op *)(uintptr_t)(cqe->user_data & ~(uint64_t)SEND);

    if (cqe->user_data & SEND)
        on_sent(p, s, cqe->res);
    else
        on_input(p, s, cqe);
}

// ---- sending -------------------------------------------------------------

terni_uring_send *terni_uring_op_take_send(tern_poller *p, terni_uring_op *s)
{
    tern_block *block = tern_block_new(p->uring_pool, sizeof *s->send);

    TERN_ASSERT(!s->send);
    if (!block)
        return NULL;
    s->send = (terni_uring_send *)(void *)block->base;
    s->send->block = block;
    s->is_sent = false;
    return s->send;
}

void terni_uring_op_drop_send(terni_uring_op *s)
{
    if (s->send)
        tern_block_unref(s->send->block);
    s->send = NULL;
    s->is_sent = false;
}

int terni_uring_op_send(tern_poller *p, terni_uring_op *s, int n_iov)
{
    struct io_uring_sqe *sqe = terni_uring_sqe(p);

    TERN_DEBUG_ASSERT(s->send && !s->is_sent && n_iov > 0 && n_iov <= TERNI_MAX_IOV);
    if (!sqe)
        return -ENOMEM;
    s->send->msg = (struct msghdr){ .msg_iov = s->send->iov, .msg_iovlen = (size_t)n_iov };
    io_uring_prep_sendmsg(sqe, s->op->fd, &s->send->msg, MSG_NOSIGNAL);
    io_uring_sqe_set_data64(sqe, name_of(s, SEND));
    return 0;
}

// ---- life ----------------------------------------------------------------

// Who replaces accept4 wants it called: such a listening socket is polled.
static bool accepts_ahead(const tern_operator *op)
{
    return op->flags & TERN_OP_ACCEPTS && terni_sys_table.accept4 == terni_sys_kernel.accept4;
}

terni_uring_op *terni_uring_op_new(tern_operator *op)
{
    terni_uring_op *s = tern_mem_zalloc(sizeof *s);

    if (!s)
        return NULL;
    s->op = op;
    s->last_filled = &s->filled;
    if (accepts_ahead(op) && !(s->accept = terni_uring_accept_new())) {
        tern_mem_free(s);
        return NULL;
    }
    return s;
}

bool terni_uring_op_is_in_flight(const terni_uring_op *s)
{
    return s->input != TERNI_URING_IDLE || (s->send && !s->is_sent);
}

void terni_uring_op_cancel(tern_poller *p, terni_uring_op *s)
{
    if (s->input != TERNI_URING_IDLE)
        terni_uring_cancel(p, name_of(s, INPUT));
    if (s->send && !s->is_sent)
        terni_uring_cancel(p, name_of(s, SEND));
}

void terni_uring_op_free(terni_uring_op *s)
{
    TERN_ASSERT(!terni_uring_op_is_in_flight(s));  // else: the kernel writes to it, or names it
    while (s->filled) {
        tern_block *block = s->filled;

        s->filled = block->next;
        tern_block_unref(block);
    }
    terni_uring_op_drop_send(s);
    terni_uring_accept_free(s->accept);
    tern_mem_free(s);
}

// ---- the invariant -------------------------------------------------------

bool terni_uring_op_is_valid(const terni_uring_op *s)
{
    return !*s->last_filled && !s->filled == (s->last_filled == &s->filled) &&
           (!s->filled || s->n_taken <= s->filled->used) && s->err <= 0 &&
           (!s->is_sent || s->send) && (s->input != TERNI_URING_IDLE || !s->is_cancelling) &&
           (!s->accept || s->input == TERNI_URING_IDLE || s->input == TERNI_URING_ACCEPT);
}
