// What an fd is told, when, and for how long: event operators, and stream operators below connections.
#include "tests/transport/backends.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/net.h"
#include "transport/poller/core_internal.h"
#include "transport/poller/operator_internal.h"
#include "transport/base/sys_internal.h"

// An event operator under observation.
typedef struct watch watch;
struct watch {
    tern_operator op;
    int           n_readable, n_writable, n_hangup, err;
    void (*then)(watch *w);  // after it was told that it is readable or writable
    watch *other;
    int    fd;
    bool   leaves_data;
};

static watch *watch_of(tern_operator *op) { return TERN_CONTAINER_OF(op, watch, op); }

static void on_readable(tern_operator *op)
{
    watch *w = watch_of(op);
    char   buf[64];

    w->n_readable++;
    while (!w->leaves_data && read(op->fd, buf, sizeof buf) > 0)
        ;
    if (w->then)
        w->then(w);
}

static void on_writable(tern_operator *op)
{
    watch *w = watch_of(op);

    w->n_writable++;
    if (w->then)
        w->then(w);
}

static void on_hangup(tern_operator *op, int err)
{
    watch *w = watch_of(op);

    assert_false(tern_operator_is_attached(op));
    w->n_hangup++;
    w->err = err;
}

static const tern_operator_ops ops = { .on_readable = on_readable,
                                       .on_writable = on_writable,
                                       .on_hangup = on_hangup };

static void watch_fd(watch *w, tern_poller *p, int fd, unsigned flags)
{
    w->fd = fd;
    assert_int_equal(tern_operator_attach(&w->op, p, fd, &ops, flags), 0);
}

// Two watched descriptors and their peers.
typedef struct scene scene;
struct scene {
    tern_poller *p;
    watch        w[2];
    int          peer[2];
};

static void open_scene(scene *s, unsigned flags)
{
    s->p = net_poller(backend_under_test);
    for (int i = 0; i < 2; i++) {
        int ours;

        net_pair(NET_TCP, &ours, &s->peer[i]);
        s->w[i].other = &s->w[1 - i];
        watch_fd(&s->w[i], s->p, ours, flags);
    }
}

static void close_scene(scene *s)
{
    for (int i = 0; i < 2; i++) {
        tern_operator_detach(&s->w[i].op);
        tern_operator_detach(&s->w[i].op);  // idempotent
        if (s->w[i].fd >= 0)
            close(s->w[i].fd);
        if (s->peer[i] >= 0)
            close(s->peer[i]);
    }
    assert_int_equal(tern_poller_n_operators(s->p), 0);
    tern_poller_free(s->p);
}

static void ring(const scene *s)
{
    net_write(s->peer[0], "x", 1);
    net_write(s->peer[1], "x", 1);
}

// ---- events --------------------------------------------------------------

static void test_only_what_is_wanted_is_told(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, TERN_OP_READ);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_writable, 0);
    ring(&s);
    NET_UNTIL(s.p, s.w[0].n_readable && s.w[1].n_readable);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_readable, 1);  // an edge
    close_scene(&s);
}

static void read_again_twice(watch *w)
{
    if (w->n_readable < 3)
        tern_operator_read_again(&w->op);
}

static void test_read_again_is_told_in_the_next_rounds(void **state)
{
    scene s = { .w[0].then = read_again_twice };

    (void)state;
    open_scene(&s, TERN_OP_READ);
    net_settle(s.p);
    net_write(s.peer[0], "x", 1);
    NET_UNTIL(s.p, s.w[0].n_readable == 3);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_readable, 3);
    close_scene(&s);
}

// The edge was forgotten when it came while nobody wanted it.
static void test_bug_edge_that_was_not_wanted_yet_was_lost(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, 0);
    ring(&s);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_readable, 0);
    assert_int_equal(s.w[0].n_writable, 0);
    tern_operator_want_read(&s.w[0].op, true);
    tern_operator_want_write(&s.w[1].op, true);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_readable, 1);
    assert_int_equal(s.w[1].n_writable, 1);

    // Unwanted and wanted again, without having been full in between.
    tern_operator_want_write(&s.w[1].op, false);
    tern_operator_want_write(&s.w[1].op, true);
    net_settle(s.p);
    assert_int_equal(s.w[1].n_writable, 2);
    close_scene(&s);
}

static void test_bug_half_close_of_the_peer_was_a_hangup(void **state)
{
    scene s = { .w[0].leaves_data = true };

    (void)state;
    open_scene(&s, TERN_OP_READ);
    net_write(s.peer[0], "x", 1);
    shutdown(s.peer[0], SHUT_WR);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_hangup, 0);
    assert_true(s.w[0].n_readable > 0);
    assert_true(tern_operator_is_attached(&s.w[0].op));
    close_scene(&s);
}

static void test_reset_is_a_hangup_with_its_error(void **state)
{
    scene s = { 0 };

    (void)state;
    open_scene(&s, 0);  // though nothing is wanted
    net_settle(s.p);
    net_reset(s.peer[0]);
    s.peer[0] = -1;
    NET_UNTIL(s.p, s.w[0].n_hangup);
    assert_int_equal(s.w[0].err, -ECONNRESET);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_hangup, 1);
    close_scene(&s);
}

static void test_pipe_is_read_before_its_hangup(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    watch        w = { 0 };
    int          fds[2];

    (void)state;
    assert_int_equal(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
    watch_fd(&w, p, fds[0], 0);
    assert_int_equal(write(fds[1], "x", 1), 1);
    close(fds[1]);
    net_settle(p);
    assert_int_equal(w.n_hangup, 0);  // data waits, and is not wanted yet
    tern_operator_want_read(&w.op, true);
    NET_UNTIL(p, w.n_hangup);
    assert_int_equal(w.n_readable, 1);
    assert_int_equal(w.err, 0);
    close(fds[0]);
    tern_poller_free(p);
}

static void test_attach_fails_cleanly_for_what_cannot_be_watched(void **state)
{
    tern_poller  *p = net_poller(backend_under_test);
    tern_operator op;
    int           file = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

    (void)state;
    assert_int_equal(tern_operator_attach(&op, p, -1, &ops, TERN_OP_READ), -EBADF);
    assert_false(tern_operator_is_attached(&op));
    tern_operator_detach(&op);
    assert_true(tern_operator_attach(&op, p, tern_poller_fd(p), &ops, TERN_OP_READ) < 0);
    assert_int_equal(tern_poller_n_operators(p), 0);
    net_settle(p);
    close(file);
    tern_poller_free(p);
}

// ---- in the same batch ---------------------------------------------------

static void detach_other(watch *w) { tern_operator_detach(&w->other->op); }

static void test_detach_of_another_that_is_ready_in_the_same_batch(void **state)
{
    scene s = { .w = { { .then = detach_other }, { .then = detach_other } } };

    (void)state;
    open_scene(&s, TERN_OP_READ);
    ring(&s);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_readable + s.w[1].n_readable, 1);
    close_scene(&s);
}

static watch reborn;

// The number of the other descriptor is used again before its event of this batch was looked at.
static void reuse_fd_of_other(watch *w)
{
    int fd = w->other->fd, pair[2];

    tern_operator_detach(&w->other->op);
    w->other->fd = -1;
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair), 0);
    assert_int_equal(dup3(pair[0], fd, O_CLOEXEC), fd);  // closes the old one
    close(pair[0]);
    watch_fd(&reborn, w->op.poller, fd, TERN_OP_READ);
    reborn.other = &reborn;
    w->then = NULL;
    w->other->then = NULL;
    reborn.err = pair[1];
}

static void test_event_of_a_closed_fd_never_reaches_its_successor(void **state)
{
    scene s = { .w = { { .then = reuse_fd_of_other }, { .then = reuse_fd_of_other } } };

    (void)state;
    reborn = (watch){ 0 };
    open_scene(&s, TERN_OP_READ);
    ring(&s);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_readable + s.w[1].n_readable, 1);
    assert_int_equal(reborn.n_readable, 0);
    net_write(reborn.err, "x", 1);
    NET_UNTIL(s.p, reborn.n_readable == 1);
    tern_operator_detach(&reborn.op);
    close(reborn.fd);
    close(reborn.err);
    close_scene(&s);
}

// The other end keeps the description in epoll alive, so that events come for a slot that is gone.
static void test_event_after_a_detach_too_late_is_dropped_and_counted(void **state)
{
    scene    s = { 0 };
    uint64_t n_stale;
    int      alias;

    (void)state;
    if (backend_under_test != TERN_BACKEND_EPOLL)
        return;  // only epoll lets a registration outlive its number
    open_scene(&s, TERN_OP_READ);
    net_settle(s.p);
    n_stale = tern_poller_get_stats(s.p).n_stale_events;
    alias = dup(s.w[0].fd);
    close(s.w[0].fd);
    s.w[0].fd = -1;
    tern_operator_detach(&s.w[0].op);  // the kernel knows no such number any more
    net_write(s.peer[0], "x", 1);
    net_settle(s.p);
    assert_int_equal(s.w[0].n_readable, 0);
    assert_true(tern_poller_get_stats(s.p).n_stale_events > n_stale);
    close(alias);
    close_scene(&s);
}

static void attach_anew(watch *w)
{
    tern_poller *p = w->op.poller;

    tern_operator_detach(&w->op);
    close(w->fd);
    w->then = NULL;
    watch_fd(w, p, eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC), TERN_OP_READ);
}

// The dialer does that with its next address: the rest of the old descriptor's events, the hangup
// among them, went to the new one.
static void test_bug_attach_anew_inside_a_callback_got_the_old_events(void **state)
{
    scene s = { .w[0].then = attach_anew };

    (void)state;
    open_scene(&s, TERN_OP_READ);
    net_settle(s.p);
    net_write(s.peer[0], "x", 1);
    net_reset(s.peer[0]);
    s.peer[0] = -1;
    net_settle(s.p);
    assert_int_equal(s.w[0].n_readable, 1);
    assert_int_equal(s.w[0].n_hangup, 0);
    assert_true(tern_operator_is_attached(&s.w[0].op));
    close_scene(&s);
}

// ---- wrap ----------------------------------------------------------------

static void test_generation_wraps(void **state)
{
    scene    s = { 0 };
    uint32_t slot;

    (void)state;
    open_scene(&s, TERN_OP_READ);
    slot = s.w[0].op.slot;
    tern_operator_detach(&s.w[0].op);
    net_settle(s.p);
    s.p->operators.at[slot].generation = UINT32_MAX - 2;
    for (int i = 0; i < 6; i++) {
        int n_before = s.w[0].n_readable;

        watch_fd(&s.w[0], s.p, s.w[0].fd, TERN_OP_READ);
        assert_int_equal(s.w[0].op.slot, slot);
        net_write(s.peer[0], "x", 1);
        NET_UNTIL(s.p, s.w[0].n_readable == n_before + 1);
        tern_operator_detach(&s.w[0].op);
        net_settle(s.p);
    }
    assert_int_equal(s.p->operators.at[slot].generation, 3);
    assert_int_equal(tern_poller_get_stats(s.p).n_stale_events, 0);
    close_scene(&s);
}

// ---- many ----------------------------------------------------------------

// The event array grows while batches fill it, and shrinks when they stay small.
static void test_hundreds_of_ready_operators_are_all_told(void **state)
{
    enum { N = 300 };
    static watch w[N];
    tern_poller *p = net_poller(backend_under_test);

    (void)state;
    memset(w, 0, sizeof w);
    for (int i = 0; i < N; i++)
        watch_fd(&w[i], p, eventfd(1, EFD_NONBLOCK | EFD_CLOEXEC), TERN_OP_READ);
    net_settle(p);
    for (int i = 0; i < N; i++)
        assert_int_equal(w[i].n_readable, 1);
    if (backend_under_test == TERN_BACKEND_EPOLL)
        assert_true(p->n_events > 64);
    for (int i = 0; i < N; i++) {
        tern_operator_detach(&w[i].op);
        close(w[i].fd);
    }
    for (int i = 0; i < 2000; i++)
        assert_int_equal(tern_poller_step(p, 0), 0);
    if (backend_under_test == TERN_BACKEND_EPOLL)
        assert_int_equal(p->n_events, 64);
    tern_poller_free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_only_what_is_wanted_is_told),
        NET_TEST(test_read_again_is_told_in_the_next_rounds),
        NET_TEST(test_bug_edge_that_was_not_wanted_yet_was_lost),
        NET_TEST(test_bug_half_close_of_the_peer_was_a_hangup),
        NET_TEST(test_reset_is_a_hangup_with_its_error),
        NET_TEST(test_pipe_is_read_before_its_hangup),
        NET_TEST(test_attach_fails_cleanly_for_what_cannot_be_watched),
        NET_TEST(test_detach_of_another_that_is_ready_in_the_same_batch),
        NET_TEST(test_event_of_a_closed_fd_never_reaches_its_successor),
        NET_TEST(test_event_after_a_detach_too_late_is_dropped_and_counted),
        NET_TEST(test_bug_attach_anew_inside_a_callback_got_the_old_events),
        NET_TEST(test_generation_wraps),
        NET_TEST(test_hundreds_of_ready_operators_are_all_told),
    };

    return backends_run(tests, TERN_COUNT_OF(tests));
}
