#include "transport/base/seldom_internal.h"

#include <tern/dialer.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <tern/mem.h>
#include <tern/operator.h>
#include <tern/task.h>
#include <tern/timer.h>

#include "transport/net/inproc_internal.h"
#include "transport/poller/poller_internal.h"
#include "transport/base/socket_internal.h"
#include "transport/base/sys_internal.h"
#include "transport/poller/thread_pool_internal.h"

#define FULL_BACKLOG_RETRY_NS (10 * TERN_NS_PER_MS)

struct tern_dialer {
    tern_operator op;  // of the attempt under way
    tern_poller  *poller;
    tern_address  address;
    tern_sockaddr list[TERN_MAX_RESOLVED];
    int           n_listed, n_tried;
    int           err;  // of the last attempt
    uint64_t      deadline_ns;
    tern_timer    timer;  // of the attempt, or of the pause before its repetition
    tern_task     done_task;
    terni_job     lookup;
    tern_guest    guest;  // the poller's, from tern_dial to the callback
    bool          is_looking_up, is_finished, is_told, is_pausing;
    unsigned      picked;   // of the list
    unsigned     *n_found;  // NULL: all of the list
    int           fd;       // the result
    tern_dial_fn *on_dialed;
    void         *arg;
};

static void try_next(tern_dialer *d);

// ---- the end -------------------------------------------------------------

// A look-up cannot be called back: the memory stays until the thread has let go of it.
static void run_done(tern_task *task)
{
    tern_dialer  *d = TERN_CONTAINER_OF(task, tern_dialer, done_task);
    tern_dial_fn *on_dialed = d->on_dialed;
    void         *arg = d->arg;
    int           fd = d->fd;

    TERN_ASSERT(d->is_finished && !d->is_told && !tern_operator_is_attached(&d->op));
    tern_poller_part(&d->guest);
    d->is_told = true;
    if (!d->is_looking_up)
        tern_mem_free(d);
    on_dialed(fd, arg);
}

static void give_up_attempt(tern_dialer *d)
{
    tern_timer_cancel(tern_poller_wheel(d->poller), &d->timer);
    tern_operator_detach(&d->op);
    terni_socket_close(d->op.fd);
    d->op.fd = -1;
}

static void finish(tern_dialer *d, int result)
{
    if (d->is_finished)
        return;
    d->is_finished = true;
    d->fd = result;
    d->done_task.run = run_done;
    tern_poller_recycle(d->poller, &d->done_task);
}

static void succeed(tern_dialer *d)
{
    int fd = d->op.fd;

    TERN_ASSERT(fd >= 0 && !d->is_finished);
    tern_timer_cancel(tern_poller_wheel(d->poller), &d->timer);
    tern_operator_detach(&d->op);
    d->op.fd = -1;
    finish(d, fd);
}

void tern_dialer_cancel(tern_dialer *d)
{
    give_up_attempt(d);
    if (d->is_finished && d->fd >= 0) {  // connected, and not told yet
        terni_socket_close(d->fd);
        d->fd = -ECANCELED;
    }
    finish(d, -ECANCELED);
}

static void on_poller_freed(tern_guest *guest)
{
    tern_dialer_cancel(TERN_CONTAINER_OF(guest, tern_dialer, guest));
}

// ---- one attempt ---------------------------------------------------------

static void fail_attempt(tern_dialer *d, int err)
{
    give_up_attempt(d);
    d->err = err;
    try_next(d);
}

// A socket of the ephemeral range that dials its own port connects to itself.
static bool is_connected_to_itself(int fd)
{
    tern_sockaddr mine, theirs;

    return terni_socket_name(fd, &mine) == 0 && terni_socket_peer(fd, &theirs) == 0 &&
           terni_socket_is_tcp(mine.addr.any.sa_family) && mine.len == theirs.len &&
           memcmp(&mine.addr, &theirs.addr, mine.len) == 0;
}

// Writability may be spurious, so the socket is asked for its error and for its peer.
static void check_attempt(tern_dialer *d)
{
    int           err = terni_socket_take_error(d->op.fd);
    tern_sockaddr peer;

    if (err < 0)
        fail_attempt(d, err);
    else if (terni_socket_peer(d->op.fd, &peer) < 0)
        return;  // not yet
    else if (is_connected_to_itself(d->op.fd))
        fail_attempt(d, -ECONNREFUSED);
    else
        succeed(d);
}

static void on_writable(tern_operator *op)
{
    check_attempt(TERN_CONTAINER_OF(op, tern_dialer, op));
}

static void on_attempt_hangup(tern_operator *op, int err)
{
    fail_attempt(TERN_CONTAINER_OF(op, tern_dialer, op), err ? err : -ECONNREFUSED);
}

static const tern_operator_ops attempt_ops = { .on_writable = on_writable,
                                               .on_hangup = on_attempt_hangup };

static uint64_t attempt_deadline(const tern_dialer *d)
{
    uint64_t now = tern_poller_now_ns(d->poller);
    int      n_left = d->n_listed - d->n_tried + 1;

    if (d->deadline_ns == TERN_NEVER || d->deadline_ns <= now)
        return d->deadline_ns;
    return now + (d->deadline_ns - now) / (unsigned)n_left;
}

// Unix sockets refuse at once when the listener's queue is full; the kernel cannot tell when it is not.
static void pause_attempt(tern_dialer *d)
{
    TERN_DEBUG_ASSERT(d->n_tried > 0 && !d->is_pausing);
    give_up_attempt(d);
    d->n_tried--;
    d->is_pausing = true;
    tern_timer_set(tern_poller_wheel(d->poller), &d->timer,
                   tern_poller_now_ns(d->poller) + FULL_BACKLOG_RETRY_NS);
}

// Only now: a socket that does not connect yet reports a hangup.
static void await_attempt(tern_dialer *d)
{
    int err = tern_operator_attach(&d->op, d->poller, d->op.fd, &attempt_ops, TERN_OP_WRITE);

    if (err < 0)
        fail_attempt(d, err);
    else
        tern_timer_set(tern_poller_wheel(d->poller), &d->timer, attempt_deadline(d));
}

static void start_inproc(tern_dialer *d)
{
    int fd = terni_inproc_connect(d->address.host);

    d->n_tried++;
    if (fd == -EAGAIN)
        pause_attempt(d);
    else if (fd < 0)
        fail_attempt(d, fd);
    else
        finish(d, fd);
}

static void start_attempt(tern_dialer *d, const tern_sockaddr *sa)
{
    int fd = terni_socket_new(sa->addr.any.sa_family);

    TERN_ASSERT(d->op.fd < 0 && !tern_operator_is_attached(&d->op));
    d->op.fd = fd;
    if (fd < 0) {
        fail_attempt(d, fd);
        return;
    }
    if (terni_sys_table.connect(fd, &sa->addr.any, sa->len) == 0)
        check_attempt(d);
    else if (errno == EAGAIN)
        pause_attempt(d);
    else if (errno != EINPROGRESS && errno != EINTR)
        fail_attempt(d, -errno);
    else
        await_attempt(d);
}

static void try_next(tern_dialer *d)
{
    if (d->is_finished)
        return;
    TERN_ASSERT(d->n_tried <= d->n_listed && d->n_listed <= TERN_MAX_RESOLVED);
    if (d->deadline_ns <= tern_poller_now_ns(d->poller))
        finish(d, -ETIMEDOUT);
    else if (d->n_tried == d->n_listed)
        finish(d, d->err);
    else if (d->address.kind == TERN_ADDRESS_INPROC)
        start_inproc(d);
    else
        start_attempt(d, &d->list[d->n_tried++]);
}

static void on_timer(tern_timer *t)
{
    tern_dialer *d = TERN_CONTAINER_OF(t, tern_dialer, timer);

    if (d->is_pausing) {
        d->is_pausing = false;
        try_next(d);
    } else if (d->is_looking_up) {
        finish(d, -ETIMEDOUT);
    } else {
        fail_attempt(d, -ETIMEDOUT);
    }
}

// ---- from a name to addresses --------------------------------------------

static int compare_addresses(const void *a, const void *b)
{
    const tern_sockaddr *x = a, *y = b;

    if (x->len != y->len)
        return x->len < y->len ? -1 : 1;
    return memcmp(&x->addr, &y->addr, x->len);
}

// Resolvers like to shuffle.
static int pick(tern_dialer *d, int n_listed)
{
    *d->n_found = (unsigned)n_listed;
    if (d->picked >= (unsigned)n_listed)
        return -ENOENT;
    qsort(d->list, (size_t)n_listed, sizeof d->list[0], compare_addresses);
    d->list[0] = d->list[d->picked];
    return 1;
}

static void begin_attempts(tern_dialer *d, int n_listed)
{
    if (d->n_found && n_listed > 0)
        n_listed = pick(d, n_listed);
    d->n_listed = n_listed > 0 ? n_listed : 0;
    d->err = n_listed > 0 ? 0 : n_listed;
    try_next(d);
}

static void look_up(terni_job *job)
{
    tern_dialer *d = TERN_CONTAINER_OF(job, tern_dialer, lookup);

    d->n_listed = tern_address_resolve(&d->address, d->list, TERN_MAX_RESOLVED);
}

static void on_looked_up(tern_task *task)
{
    tern_dialer *d = TERN_CONTAINER_OF(task, tern_dialer, lookup.done);

    TERN_ASSERT(d->is_looking_up);
    d->is_looking_up = false;
    if (d->is_told) {  // timed out or cancelled meanwhile
        tern_mem_free(d);
        return;
    }
    if (d->is_finished)
        return;
    tern_timer_cancel(tern_poller_wheel(d->poller), &d->timer);
    begin_attempts(d, d->n_listed);
}

static int begin_lookup(tern_dialer *d)
{
    d->lookup.work = look_up;
    d->lookup.poller = d->poller;
    d->lookup.done.run = on_looked_up;
    d->is_looking_up = true;
    tern_timer_set(tern_poller_wheel(d->poller), &d->timer, d->deadline_ns);
    return terni_thread_pool_submit(&d->lookup);
}

void tern_dialer_pick(tern_dialer *d, unsigned index, unsigned *ret_n_found)
{
    d->picked = index;
    d->n_found = ret_n_found;
    if (!d->is_looking_up && d->n_listed > 0)
        *ret_n_found = (unsigned)d->n_listed;  // a number: one
}

int tern_dial(tern_poller *poller, const tern_address *address, uint64_t deadline_ns,
              tern_dial_fn *on_dialed, void *arg, tern_dialer **ret_dialer)
{
    tern_dialer *d;
    int          err;

    if (!(d = tern_mem_zalloc(sizeof *d)))
        return -ENOMEM;
    d->guest.leave = on_poller_freed;
    if ((err = tern_poller_join(poller, &d->guest)) < 0) {
        tern_mem_free(d);
        return err;
    }
    d->poller = poller;
    d->address = *address;
    d->deadline_ns = deadline_ns;
    d->on_dialed = on_dialed;
    d->arg = arg;
    d->op.fd = -1;
    tern_timer_init(&d->timer, on_timer);
    *ret_dialer = d;
    if (address->kind == TERN_ADDRESS_FD) {
        finish(d, address->fd);
    } else if (address->kind == TERN_ADDRESS_INPROC) {
        begin_attempts(d, 1);
    } else if (!tern_address_needs_resolver(address)) {
        begin_attempts(d, tern_address_resolve(address, d->list, TERN_MAX_RESOLVED));
    } else if ((err = begin_lookup(d)) < 0) {
        d->is_looking_up = false;
        finish(d, err);
    }
    return 0;
}
