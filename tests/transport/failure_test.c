// Each allocation fails once, and each system call of a connection: no crash, nothing left over.
#include "tests/transport/backends.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/transport/failing_mem.h"
#include "tests/transport/net.h"
#include "tests/transport/probe.h"
#include "transport/base/sys_internal.h"

static void echo(probe *pr, tern_linkbuf *in)
{
    if (tern_linkbuf_move(in, tern_linkbuf_len(in), tern_conn_output(pr->conn)) < 0)
        tern_conn_abort(pr->conn);
    else
        tern_conn_send(pr->conn);
}

enum { LONGEST = 70000 };

// Sends `n` bytes and has them back, or the far end hears that it will not. Neither: the connection stands still.
static bool exchange(tern_poller *p, const probe *pr, int theirs, size_t n)
{
    static char bytes[LONGEST];
    size_t      n_got = 0;
    bool        has_ended = false;

    net_write(theirs, bytes, n);
    for (int i = 0; i < 1000 && n_got < n && !has_ended && pr->conn; i++) {
        net_step(p, 1);
        has_ended = net_drain(theirs, &n_got) != 0;
    }
    assert_true(n_got == n || has_ended || !pr->conn);
    return n_got == n;
}

// A poller, a connection, a few messages of all sizes back and forth, a graceful end; or as much of it as
// there is memory for. The far end closes when it hears our end, as peers do: one that does not is waited for.
// Returns whether all of it worked.
static bool live_a_life(net_kind kind)
{
    static const size_t sizes[] = { 1, 500, 5000, LONGEST };
    tern_poller        *p = backends_new_poller();
    probe               pr = { .on_data = echo };
    int                 ours, theirs;
    bool                is_well;

    if (!p)
        return false;
    net_pair(kind, &ours, &theirs);
    is_well = probe_try(&pr, p, ours, NULL) == 0;
    for (size_t i = 0; i < TERN_COUNT_OF(sizes) && is_well; i++)
        is_well = exchange(p, &pr, theirs, sizes[i]);
    net_close(theirs);
    if (pr.conn)
        tern_conn_close(pr.conn);
    NET_UNTIL(p, !pr.conn);
    assert_true(!is_well || pr.err == 0);
    assert_true(is_well || pr.err == -ENOMEM || pr.err == -ECANCELED || pr.n_closed == 0);
    tern_poller_free(p);
    return is_well;
}

static void test_each_allocation_may_fail(void **state)
{
    (void)state;
    net_clock_start();  // no deadline comes to the aid of what stands still
    for (net_kind kind = NET_TCP; kind < NET_N_KINDS; kind++) {
        bool has_failed = true;
        int  n_fds = net_n_open_fds(), i;

        for (i = 0; has_failed; i++) {
            bool is_well;

            failing_mem_fail_at(i);
            is_well = live_a_life(kind);
            has_failed = failing_mem_has_failed();
            failing_mem_fail_at(-1);
            assert_true(is_well || has_failed);
            assert_int_equal(failing_mem_live(), 0);
            assert_int_equal(net_n_open_fds(), n_fds);
        }
        assert_in_range(i, 5, 1000);
    }
}

// ---- system calls --------------------------------------------------------

static int countdown;  // until the call that fails

static bool fails_now(void)
{
    if (countdown < 0 || countdown-- > 0)
        return false;
    errno = EIO;
    return true;
}

static ssize_t failing_recv(int fd, void *buf, size_t n, int flags)
{
    return fails_now() ? -1 : terni_sys_kernel.recv(fd, buf, n, flags);
}

static ssize_t failing_sendmsg(int fd, const struct msghdr *msg, int flags)
{
    return fails_now() ? -1 : terni_sys_kernel.sendmsg(fd, msg, flags);
}

static int failing_epoll_ctl(int epfd, int op, int fd, struct epoll_event *event)
{
    return fails_now() ? -1 : terni_sys_kernel.epoll_ctl(epfd, op, fd, event);
}

static int failing_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
    (void)fd, (void)level, (void)name, (void)value, (void)len;
    errno = ENOPROTOOPT;
    return -1;
}

static void exchange_some(tern_poller *p, probe *pr, int theirs)
{
    for (int i = 0; i < 20 && pr->conn; i++) {
        size_t n_got = 0;

        net_write(theirs, "message", 7);
        for (int n = 0; n < 5; n++)
            net_step(p, 0);
        (void)net_drain(theirs, &n_got);
    }
}

static void run_with_failing_call(net_kind kind, int nth)
{
    tern_poller *p = net_poller(backend_under_test);
    probe        pr = { .on_data = echo };
    int          ours, theirs;

    net_pair(kind, &ours, &theirs);
    countdown = nth;
    if (probe_try(&pr, p, ours, NULL) == 0) {
        exchange_some(p, &pr, theirs);
        assert_true(pr.n_closed == 0 || pr.err == -EIO);
        countdown = -1;
        if (pr.conn)
            tern_conn_abort(pr.conn);
        net_settle(p);
        assert_int_equal(pr.n_closed, 1);
    }
    countdown = -1;
    net_close(theirs);
    tern_poller_free(p);
}

static void test_each_system_call_may_fail(void **state)
{
    (void)state;
    for (net_kind kind = NET_TCP; kind < NET_N_KINDS; kind++) {
        for (int nth = 0; nth < 25; nth++) {
            terni_sys_table.recv = failing_recv;
            run_with_failing_call(kind, nth);
            terni_sys_table = terni_sys_kernel;
            terni_sys_table.sendmsg = failing_sendmsg;
            run_with_failing_call(kind, nth);
            terni_sys_table = terni_sys_kernel;
            terni_sys_table.epoll_ctl = failing_epoll_ctl;
            run_with_failing_call(kind, nth + 1);  // the poller's own is needed
            terni_sys_table = terni_sys_kernel;
        }
    }
}

static void test_options_that_are_refused_are_no_error(void **state)
{
    tern_poller *p = net_poller(backend_under_test);
    probe        pr = { .on_data = echo };
    int          ours, theirs;

    (void)state;
    net_pair(NET_TCP, &ours, &theirs);
    terni_sys_table.setsockopt = failing_setsockopt;
    probe_start(&pr, p, ours, &(tern_conn_opts){ .user_timeout_ms = 1000 });
    exchange_some(p, &pr, theirs);
    assert_int_equal(pr.n_closed, 0);
    tern_conn_abort(pr.conn);
    net_close(theirs);
    tern_poller_free(p);
    assert_int_equal(pr.n_closed, 1);
}

// Interrupted calls are repeated inside; an interrupted wait is a round without events.
static int n_interrupts;

static int interrupted_epoll_wait(int epfd, struct epoll_event *events, int max, int timeout_ms)
{
    if (n_interrupts++ % 2)
        return terni_sys_kernel.epoll_wait(epfd, events, max, timeout_ms);
    errno = EINTR;
    return -1;
}

static ssize_t interrupted_recv(int fd, void *buf, size_t n, int flags)
{
    if (n_interrupts++ % 2)
        return terni_sys_kernel.recv(fd, buf, n, flags);
    errno = EINTR;
    return -1;
}

static void test_interrupted_calls_are_invisible(void **state)
{
    (void)state;
    terni_sys_table.epoll_wait = interrupted_epoll_wait;
    terni_sys_table.recv = interrupted_recv;
    assert_true(live_a_life(NET_TCP));
    assert_true(live_a_life(NET_UNIX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        NET_TEST(test_each_allocation_may_fail),
        NET_TEST(test_each_system_call_may_fail),
        NET_TEST(test_options_that_are_refused_are_no_error),
        NET_TEST(test_interrupted_calls_are_invisible),
    };

    return backends_run_conns(tests, TERN_COUNT_OF(tests));
}
