// The state machine between events and operators. Which event wins when several arrive together:
// data, then the end of input, then hangup; a reset is told at once only while reading is paused.
#include <tern/operator.h>

#include <errno.h>

#include "transport/poller/operator_internal.h"
#include "transport/poller/backend_internal.h"
#include "transport/poller/core_internal.h"
#include "transport/base/sys_internal.h"

enum { MAX_WRITES_PER_ROUND = 16 };  // of one operator: one fast peer must not starve the others

static bool is_stream(const tern_operator *op) { return op->ops->inputs != NULL; }

static bool has(const tern_operator *op, unsigned state) { return op->state & state; }

static void set(tern_operator *op, unsigned state) { op->state = (uint16_t)(op->state | state); }

static void clear(tern_operator *op, unsigned state) { op->state = (uint16_t)(op->state & ~state); }

int tern_operator_attach(tern_operator *op, tern_poller *poller, int fd,
                         const tern_operator_ops *ops, unsigned flags)
{
    int err;

    TERN_ASSERT(!ops->inputs || (ops->input_ack && ops->outputs && ops->output_ack && ops->hangup));
    *op = (tern_operator){ .ops = ops, .fd = fd, .flags = (uint16_t)flags };
    if (poller->is_closing)
        return -ECANCELED;
    if (terni_poller_is_inherited(poller))
        return -ESTALE;
    if (is_stream(op))
        set(op, TERNI_OP_WRITABLE);
    if ((err = terni_operator_table_take(&poller->operators, op)) < 0)
        return err;
    op->poller = poller;
    if ((err = poller->backend->attach(poller, op)) < 0) {
        op->poller = NULL;
        terni_operator_table_drop(&poller->operators, op->slot);
        return err;
    }
    TERNI_COUNT(poller->stats.n_operators, 1);
    return 0;
}

void tern_operator_detach(tern_operator *op)
{
    tern_poller *p = op->poller;

    if (!p)
        return;
    if (!terni_poller_is_inherited(p))
        p->backend->detach(p, op);
    op->poller = NULL;
    terni_operator_table_drop(&p->operators, op->slot);
    TERN_ASSERT(p->stats.n_operators > 0);
    TERNI_COUNT(p->stats.n_operators, (uint32_t)-1);
}

void terni_operator_hangup(tern_operator *op, int err)
{
    TERN_DEBUG_ASSERT(op->poller && err <= 0);
    tern_operator_detach(op);
    if (is_stream(op))
        op->ops->hangup(op, err);
    else if (op->ops->on_hangup)
        op->ops->on_hangup(op, err);
}

void tern_operator_want_read(tern_operator *op, bool wanted)
{
    if (wanted == !!(op->flags & TERN_OP_READ))
        return;
    op->flags ^= TERN_OP_READ;
    if (!op->poller)
        return;
    if (wanted)
        op->poller->backend->resume(op->poller, op);
    else
        op->poller->backend->pause(op->poller, op);
}

void tern_operator_want_write(tern_operator *op, bool wanted)
{
    if (wanted == !!(op->flags & TERN_OP_WRITE))
        return;
    op->flags ^= TERN_OP_WRITE;
    if (!wanted || !op->poller)
        return;
    set(op, TERNI_OP_WRITABLE);  // perhaps it is: there is no edge to wait for then
    terni_operator_table_give_turn(&op->poller->operators, TERNI_TURN_READY, op->slot);
}

void tern_operator_read_again(tern_operator *op)
{
    if (!op->poller)
        return;
    set(op, TERNI_OP_READABLE);
    terni_operator_table_give_turn(&op->poller->operators, TERNI_TURN_READY, op->slot);
}

int terni_operator_accept4(const tern_operator *op)
{
    int fd = terni_sys_table.accept4(op->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

    if (fd >= 0)
        return fd;
    return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

int tern_operator_accept(tern_operator *op)
{
    tern_poller *p = op->poller;

    if (!p)
        return terni_operator_accept4(op);
    TERNI_COUNT(p->stats.n_accepts, 1);
    return p->backend->accept(p, op);
}

// ---- events of a round ---------------------------------------------------

static int socket_error(const tern_operator *op)
{
    int       err = 0;
    socklen_t len = sizeof err;

    if (terni_sys_table.getsockopt(op->fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0 || err == 0)
        return -ECONNRESET;
    return -err;
}

// What a callback was asked about may be over: detached, and perhaps attached anew by the callback. A slot
// is not used twice in a round.
static bool is_still(const tern_operator *op, const tern_poller *p, uint32_t slot)
{
    return op->poller == p && op->slot == slot;
}

// What is not wanted now stays noted: no edge will tell it again.
static void dispatch_event_operator(tern_operator *op)
{
    const tern_operator_ops *ops = op->ops;
    const tern_poller       *p = op->poller;
    uint32_t                 slot = op->slot;

    if (has(op, TERNI_OP_READABLE) && op->flags & TERN_OP_READ && ops->on_readable) {
        clear(op, TERNI_OP_READABLE);
        ops->on_readable(op);
        if (!is_still(op, p, slot))
            return;
    }
    if (has(op, TERNI_OP_WRITABLE) && op->flags & TERN_OP_WRITE && ops->on_writable) {
        clear(op, TERNI_OP_WRITABLE);
        ops->on_writable(op);
        if (!is_still(op, p, slot))
            return;
    }
    if (!ops->on_hangup)
        return;
    if (has(op, TERNI_OP_ERROR))
        terni_operator_hangup(op, socket_error(op));
    else if (has(op, TERNI_OP_HUP) && !(has(op, TERNI_OP_READABLE) && ops->on_readable))
        terni_operator_hangup(op, 0);
}

ssize_t terni_operator_recv(tern_operator *op, bool *ret_drained)
{
    tern_poller *p = op->poller;
    int          n_iov = op->ops->inputs(op, p->iov, TERNI_MAX_IOV);
    size_t       room = terni_sys_iov_bytes(p->iov, n_iov);
    ssize_t      n;

    TERN_DEBUG_ASSERT(!has(op, TERNI_OP_EOF) && op->flags & TERN_OP_READ);
    if (n_iov == 0)
        return -ENOMEM;
    n = n_iov == 1 ? terni_sys_recv(op->fd, p->iov->iov_base, p->iov->iov_len)
                   : terni_sys_readv(op->fd, p->iov, n_iov);
    TERNI_COUNT(p->stats.n_reads, 1);
    *ret_drained = n == -EAGAIN;
    if (n > 0) {
        TERNI_COUNT(p->stats.read_bytes, (uint64_t)n);
        *ret_drained = (size_t)n < room && op->flags & TERN_OP_SHORT_READS;
    } else if (n == -EAGAIN) {
        TERNI_COUNT(p->stats.n_read_eagain, 1);
    }
    return n;
}

// Nothing will be read any more, so an error can only be asked for.
static void check_error(tern_operator *op)
{
    if (has(op, TERNI_OP_ERROR))
        terni_operator_hangup(op, socket_error(op));
    else if (has(op, TERNI_OP_WRITE_FAILED))
        terni_operator_hangup(op, op->write_err);
}

// A write takes the error off its socket, and reading then ends as if there had been a FIN. EPIPE alone
// may follow a true one.
static bool is_false_end(const tern_operator *op)
{
    return has(op, TERNI_OP_WRITE_FAILED) && op->write_err != -EPIPE;
}

// One read for each round: what is left waits its turn behind the others.
static void read_stream(tern_operator *op)
{
    // What is queued behind the data gives no edge of its own: read on until it shows.
    const unsigned more = TERNI_OP_RDHUP | TERNI_OP_ERROR | TERNI_OP_WRITE_FAILED;
    tern_poller   *p = op->poller;
    uint32_t       slot = op->slot;
    bool           is_drained = false;
    ssize_t        n = p->backend->read(p, op, &is_drained);

    if (n == 0 && is_false_end(op))
        n = op->write_err;
    TERN_DEBUG_ASSERT(!has(op, TERNI_OP_EOF));  // it is told once
    if (n == 0)
        set(op, TERNI_OP_EOF);
    if (n == 0 || n == -EAGAIN || (is_drained && !has(op, more)))
        clear(op, TERNI_OP_READABLE);
    p->backend->deliver(p, op, n);
    if (!is_still(op, p, slot))
        return;
    if (n < 0 && n != -EAGAIN)
        terni_operator_hangup(op, (int)n);
    else if (has(op, TERNI_OP_EOF) || n == -EAGAIN)
        check_error(op);
    else if (has(op, TERNI_OP_READABLE))
        terni_operator_table_give_turn(&p->operators, TERNI_TURN_READY, op->slot);
}

void terni_operator_dispatch(tern_operator *op)
{
    TERN_DEBUG_ASSERT(terni_operator_is_valid(op));
    if (terni_poller_is_inherited(op->poller))
        return;
    if (!is_stream(op))
        dispatch_event_operator(op);
    else if (has(op, TERNI_OP_EOF) || !(op->flags & TERN_OP_READ))
        check_error(op);
    else if (has(op, TERNI_OP_READABLE))
        read_stream(op);
}

// ---- writing -------------------------------------------------------------

void tern_operator_flush_later(tern_operator *op)
{
    if (op->poller && !has(op, TERNI_OP_BLOCKED | TERNI_OP_WRITE_FAILED))
        terni_operator_table_give_turn(&op->poller->operators, TERNI_TURN_FLUSH, op->slot);
}

void tern_operator_flush_now(tern_operator *op)
{
    if (op->poller && !has(op, TERNI_OP_BLOCKED | TERNI_OP_WRITE_FAILED))
        terni_operator_write(op);
}

// The peer's last words may still be in the receive queue: they are delivered first, and reading
// then meets the error, or the end of what there is.
static void fail_write(tern_operator *op, int err)
{
    TERN_DEBUG_ASSERT(err < 0 && !has(op, TERNI_OP_WRITE_FAILED));
    set(op, TERNI_OP_WRITE_FAILED);
    clear(op, TERNI_OP_BLOCKED);
    op->write_err = err;
    if (has(op, TERNI_OP_EOF) || !(op->flags & TERN_OP_READ)) {
        terni_operator_hangup(op, err);
        return;
    }
    set(op, TERNI_OP_READABLE);
    terni_operator_table_give_turn(&op->poller->operators, TERNI_TURN_READY, op->slot);
}

// Sends until everything is out, the socket is full, or this operator has had its share.
void terni_operator_write(tern_operator *op)
{
    tern_poller *p = op->poller;
    uint32_t     slot = op->slot;

    TERN_DEBUG_ASSERT(is_stream(op) && terni_operator_is_valid(op));
    if (TERN_UNLIKELY(has(op, TERNI_OP_WRITE_FAILED)))  // since it was given this turn
        return;
    if (terni_poller_is_inherited(p))
        return;
    clear(op, TERNI_OP_BLOCKED);
    for (int i = 0; i < MAX_WRITES_PER_ROUND; i++) {
        bool    is_full;
        ssize_t n = p->backend->write(p, op, &is_full);

        if (is_full) {
            clear(op, TERNI_OP_WRITABLE);
            set(op, TERNI_OP_BLOCKED);
        }
        if (n > 0)
            op->ops->output_ack(op, (size_t)n);
        else if (n < 0 && n != -EAGAIN)
            fail_write(op, (int)n);
        if (!is_still(op, p, slot))
            return;
        if (is_full && op->ops->output_blocked)
            op->ops->output_blocked(op);
        if (n <= 0 || is_full)
            return;
    }
    terni_operator_table_give_turn(&p->operators, TERNI_TURN_FLUSH, op->slot);
}

// ---- the invariant -------------------------------------------------------

bool terni_operator_is_valid(const tern_operator *op)
{
    const unsigned of_streams = TERNI_OP_EOF | TERNI_OP_BLOCKED | TERNI_OP_WRITE_FAILED;
    const terni_operator_table *t = &op->poller->operators;

    return op->slot < t->n && t->at[op->slot].op == op && (is_stream(op) || !has(op, of_streams)) &&
           !(has(op, TERNI_OP_BLOCKED) && has(op, TERNI_OP_WRITE_FAILED)) &&
           has(op, TERNI_OP_WRITE_FAILED) == (op->write_err < 0);
}
