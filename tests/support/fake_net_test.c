#include "tests/support/leak.h"

#include <errno.h>
#include <netinet/in.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

#include <tern/base.h>

#include "tests/support/fake_net.h"
#include "tests/support/sockets.h"
#include "transport/base/sys_internal.h"

enum { LEN = 10, LATE_MS = 10000 };  // late: an edge that has not come by then was lost

static const char message[] = "0123456789";

// The near end, edge triggered as a poller would have it, and the far end, which no fake touches.
typedef struct pair pair;
struct pair {
    void (*make)(int fds[2]);
    int near, far, epfd;
};

static void open_pair(pair *p)
{
    struct epoll_event event = { .events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET };
    int                fds[2];

    p->make(fds);
    p->near = fds[0], p->far = fds[1];
    p->epfd = terni_sys_table.epoll_create1(EPOLL_CLOEXEC);
    event.data.u64 = (uint64_t)p->near << 32 | 7;
    TERN_ASSERT(terni_sys_table.epoll_ctl(p->epfd, EPOLL_CTL_ADD, p->near, &event) == 0);
}

static void close_pair(pair *p)
{
    terni_sys_table.close(p->near);
    terni_sys_table.close(p->epfd);
    close(p->far);
}

// The bits of the next event; dies when none comes (on any thread, so without cmocka's longjmp).
static uint32_t next_event(const pair *p)
{
    struct epoll_event event;

    TERN_ASSERT(terni_sys_table.epoll_wait(p->epfd, &event, 1, LATE_MS) == 1);
    TERN_ASSERT(event.data.u64 == ((uint64_t)p->near << 32 | 7));
    return event.events;
}

static void wait_for(const pair *p, uint32_t bit)
{
    while (!(next_event(p) & bit))
        continue;
}

static void drop_events(const pair *p)
{
    struct epoll_event event;

    while (terni_sys_table.epoll_wait(p->epfd, &event, 1, 0) == 1)
        continue;
}

static void reopen_pair(pair *p)
{
    close_pair(p);
    open_pair(p);
    drop_events(p);
}

// Both ways of reading in turn, so that both are faked.
static ssize_t receive(const pair *p, char *buf, size_t size)
{
    static _Atomic unsigned turn;
    struct iovec            iov[2] = { { buf, 1 }, { buf + 1, size - 1 } };

    return turn++ % 2 ? terni_sys_recv(p->near, buf, size) : terni_sys_readv(p->near, iov, 2);
}

// Reads as a poller does that takes a short read for a drained socket: once per event, but on to the
// end of file when the event told of it. Returns what ended it: 0 or -errno.
static ssize_t receive_by_edges(const pair *p, char *buf, size_t size, size_t *ret_len)
{
    uint32_t bits = 0;
    ssize_t  n;

    *ret_len = 0;
    do {
        while (!(bits & (EPOLLIN | EPOLLRDHUP)))
            bits = next_event(p);
        n = receive(p, buf + *ret_len, size - *ret_len);
        *ret_len += n > 0 ? (size_t)n : 0;
        bits &= n > 0 ? EPOLLRDHUP : 0;
    } while (n > 0 || n == -EAGAIN);
    return n;
}

static ssize_t transmit(const pair *p, const char *bytes, size_t n)
{
    char        *base = (char *)(uintptr_t)bytes;
    struct iovec iov[2] = { { base, n / 2 }, { base + n / 2, n - n / 2 } };

    return terni_sys_sendmsg(p->near, iov, 2);
}

static void expect_far(const pair *p, const char *bytes, size_t n)
{
    char buf[64];

    assert_int_equal(recv(p->far, buf, sizeof buf, 0), n);  // loopback: what was sent is there
    assert_memory_equal(buf, bytes, n);
}

static int open_fixture(void **state, void (*make)(int fds[2]))
{
    static pair p;

    fake_net_start();
    p.make = make;
    open_pair(&p);
    *state = &p;
    return 0;
}

static int over_unix(void **state) { return open_fixture(state, sockets_unix_pair); }
static int over_tcp(void **state) { return open_fixture(state, sockets_tcp_pair); }

static int close_fixture(void **state)
{
    close_pair(*state);
    return 0;
}

// ---- short counts and refusals -------------------------------------------

static void test_bytes_come_one_by_one_each_with_an_edge(void **state)
{
    pair *p = *state;
    char  buf[64];

    fake_net_script(p->near, &(fake_script){ .in = { .max_bytes = 1 } });
    assert_int_equal(write(p->far, message, LEN), LEN);
    for (int i = 0; i < LEN; i++) {
        wait_for(p, EPOLLIN);
        assert_int_equal(receive(p, buf, sizeof buf), 1);
        assert_int_equal(buf[0], message[i]);
    }
    assert_int_equal(receive(p, buf, sizeof buf), -EAGAIN);
}

static void test_end_of_file_follows_the_last_short_read(void **state)
{
    pair  *p = *state;
    char   buf[64];
    size_t len;

    fake_net_script(p->near, &(fake_script){ .in = { .max_bytes = 3, .n_refusals = 2 } });
    assert_int_equal(write(p->far, message, LEN), LEN);
    shutdown(p->far, SHUT_WR);
    assert_int_equal(receive_by_edges(p, buf, sizeof buf, &len), 0);
    assert_int_equal(len, LEN);
    assert_memory_equal(buf, message, LEN);
}

static void test_writes_are_short_each_with_an_edge(void **state)
{
    pair *p = *state;

    fake_net_script(p->near, &(fake_script){ .out = { .max_bytes = 3 } });
    for (size_t sent = 0; sent < LEN; sent += 3) {
        wait_for(p, EPOLLOUT);
        assert_int_equal(transmit(p, message + sent, LEN - sent), sent < 9 ? 3 : 1);
    }
    expect_far(p, message, LEN);
}

static void test_refused_writes_end_with_an_edge(void **state)
{
    pair *p = *state;

    drop_events(p);
    fake_net_script(p->near, &(fake_script){ .out = { .n_refusals = 3 } });
    for (int i = 0; i < 3; i++) {
        assert_int_equal(transmit(p, message, LEN), -EAGAIN);
        wait_for(p, EPOLLOUT);
    }
    assert_int_equal(transmit(p, message, LEN), LEN);
    expect_far(p, message, LEN);
}

static void test_script_taken_back_changes_nothing(void **state)
{
    pair *p = *state;
    char  buf[64];

    fake_net_script(p->near,
                    &(fake_script){ .in = { .max_bytes = 1 }, .out = { .n_refusals = 9 } });
    fake_net_script(p->near, NULL);
    assert_int_equal(transmit(p, message, LEN), LEN);
    assert_int_equal(write(p->far, message, LEN), LEN);
    assert_int_equal(receive(p, buf, sizeof buf), LEN);
    assert_int_equal(fake_net_n_faults(), 0);
}

// ---- cuts ----------------------------------------------------------------

static void test_input_ends_after_each_byte(void **state)
{
    pair *p = *state;

    for (unsigned k = 0; k < LEN; k++) {
        char   buf[64];
        size_t len;

        reopen_pair(p);
        assert_int_equal(write(p->far, message, LEN), LEN);
        fake_net_script(p->near, &(fake_script){ .in = { .is_cut = true, .cut_at = k } });
        assert_int_equal(receive_by_edges(p, buf, sizeof buf, &len), 0);
        assert_int_equal(len, k);
        assert_memory_equal(buf, message, k);
        assert_int_equal(receive(p, buf, sizeof buf), 0);  // and stays so
        assert_int_equal(transmit(p, message, LEN), LEN);  // our half goes on
        expect_far(p, message, LEN);
    }
    assert_int_equal(fake_net_n_faults(), LEN);
}

static void test_end_after_the_last_byte_sent_has_an_event_of_its_own(void **state)
{
    pair *p = *state;
    char  buf[64];

    drop_events(p);
    fake_net_script(p->near, &(fake_script){ .in = { .is_cut = true, .cut_at = LEN } });
    assert_int_equal(write(p->far, message, LEN), LEN);
    wait_for(p, EPOLLIN);
    assert_int_equal(receive(p, buf, sizeof buf), LEN);
    wait_for(p, EPOLLRDHUP);
    assert_int_equal(receive(p, buf, sizeof buf), 0);
}

static void test_connection_is_reset_after_each_byte_read(void **state)
{
    pair *p = *state;

    for (unsigned k = 0; k < LEN; k++) {
        fake_flow in = { .is_cut = true, .cut_at = k, .cut_errno = ECONNRESET, .max_bytes = 4 };
        char      buf[64];
        size_t    len;

        reopen_pair(p);
        assert_int_equal(write(p->far, message, LEN), LEN);
        fake_net_script(p->near, &(fake_script){ .in = in });
        assert_int_equal(receive_by_edges(p, buf, sizeof buf, &len), -ECONNRESET);
        assert_int_equal(len, k);
        assert_memory_equal(buf, message, k);
        assert_int_equal(receive(p, buf, sizeof buf), 0);
        assert_int_equal(transmit(p, message, LEN), -EPIPE);
    }
}

static void test_reset_is_seen_as_error_and_hangup(void **state)
{
    const uint32_t want = EPOLLERR | EPOLLHUP | EPOLLIN | EPOLLRDHUP;
    pair          *p = *state;
    int            err = 0;
    socklen_t      len = sizeof err;

    drop_events(p);
    fake_net_script(p->near, &(fake_script){ .in = { .is_cut = true, .cut_errno = ETIMEDOUT } });
    assert_int_equal(next_event(p) & want, want);
    assert_int_equal(terni_sys_table.getsockopt(p->near, SOL_SOCKET, SO_ERROR, &err, &len), 0);
    assert_int_equal(err, ETIMEDOUT);
    assert_int_equal(terni_sys_table.getsockopt(p->near, SOL_SOCKET, SO_ERROR, &err, &len), 0);
    assert_int_equal(err, 0);  // told once
    assert_int_equal(transmit(p, message, LEN), -EPIPE);
}

static void test_output_breaks_after_each_byte(void **state)
{
    pair *p = *state;

    for (unsigned k = 1; k < LEN; k++) {
        reopen_pair(p);
        fake_net_script(p->near, &(fake_script){ .out = { .is_cut = true, .cut_at = k } });
        assert_int_equal(transmit(p, message, LEN), k);
        expect_far(p, message, k);
        wait_for(p, EPOLLHUP);
        assert_int_equal(transmit(p, message + k, LEN - k), -EPIPE);
        assert_int_equal(transmit(p, message + k, LEN - k), -EPIPE);
    }
}

static void test_close_ends_the_script(void **state)
{
    pair *p = *state;
    int   near = p->near;
    char  buf[64];

    fake_net_script(p->near, &(fake_script){ .in = { .is_cut = true, .cut_errno = EPIPE } });
    close_pair(p);
    open_pair(p);
    assert_int_equal(p->near, near);
    assert_int_equal(write(p->far, message, LEN), LEN);
    assert_false(next_event(p) & EPOLLERR);
    assert_int_equal(receive(p, buf, sizeof buf), LEN);
}

// ---- accepted and connected ----------------------------------------------

static int listen_on_loopback(struct sockaddr_in *ret_addr)
{
    struct sockaddr *any = (struct sockaddr *)ret_addr;
    socklen_t        len = sizeof *ret_addr;
    int fd = terni_sys_table.socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

    *ret_addr =
        (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    assert_int_equal(terni_sys_table.bind(fd, any, len), 0);
    assert_int_equal(terni_sys_table.listen(fd, 8), 0);
    assert_int_equal(terni_sys_table.getsockname(fd, any, &len), 0);
    return fd;
}

static int start_net(void **state)
{
    (void)state;
    fake_net_start();
    return 0;
}

static void test_script_new_follows_accept_and_connect(void **state)
{
    struct iovec       iov = { (char *)(uintptr_t)message, LEN };
    struct sockaddr_in addr;
    int                listener = listen_on_loopback(&addr);
    int                near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), accepted;
    char               buf[64];

    (void)state;
    fake_net_script_new(&(fake_script){ .in = { .max_bytes = 2 }, .out = { .max_bytes = 5 } });
    assert_int_equal(terni_sys_table.connect(near, (struct sockaddr *)&addr, sizeof addr), 0);
    accepted = terni_sys_table.accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_int_equal(terni_sys_sendmsg(near, &iov, 1), 5);
    assert_int_equal(terni_sys_recv(accepted, buf, sizeof buf), 2);
    assert_int_equal(terni_sys_sendmsg(accepted, &iov, 1), 5);
    assert_int_equal(terni_sys_recv(near, buf, sizeof buf), 2);

    terni_sys_table.close(near);
    terni_sys_table.close(accepted);
    terni_sys_table.close(listener);
}

static void test_refused_accept_leaves_the_connection_in_the_queue(void **state)
{
    struct sockaddr_in addr;
    int                listener = listen_on_loopback(&addr);
    int                near = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), accepted;

    (void)state;
    assert_int_equal(connect(near, (struct sockaddr *)&addr, sizeof addr), 0);
    fake_net_fail(FAKE_ACCEPT4, EMFILE, 0, 2);
    for (int i = 0; i < 2; i++) {
        assert_int_equal(terni_sys_table.accept4(listener, NULL, NULL, SOCK_CLOEXEC), -1);
        assert_int_equal(errno, EMFILE);
    }
    accepted = terni_sys_table.accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    assert_true(accepted >= 0);
    assert_int_equal(fake_net_n_faults(), 2);
    close(near);
    terni_sys_table.close(accepted);
    terni_sys_table.close(listener);
}

// ---- calls that fail -----------------------------------------------------

// Makes each call with arguments that fail in the kernel as well, but never with ENOTTY.
static int make_call(fake_call call)
{
    struct epoll_event event = { 0 };
    int                value = 0;
    socklen_t          len = sizeof value;

    switch (call) {
    case FAKE_SOCKET:
        return terni_sys_table.socket(-1, 0, 0);
    case FAKE_BIND:
        return terni_sys_table.bind(-1, NULL, 0);
    case FAKE_LISTEN:
        return terni_sys_table.listen(-1, 0);
    case FAKE_ACCEPT4:
        return terni_sys_table.accept4(-1, NULL, NULL, 0);
    case FAKE_CONNECT:
        return terni_sys_table.connect(-1, NULL, 0);
    case FAKE_SETSOCKOPT:
        return terni_sys_table.setsockopt(-1, 0, 0, NULL, 0);
    case FAKE_SO_ERROR:
        if (terni_sys_table.getsockopt(-1, SOL_SOCKET, SO_ERROR, &value, &len) == 0)
            errno = value;
        return -1;
    case FAKE_OPEN:
        return terni_sys_table.open("", 0);
    case FAKE_EVENTFD:
        return terni_sys_table.eventfd(0, -1);
    case FAKE_EPOLL_CREATE1:
        return terni_sys_table.epoll_create1(-1);
    case FAKE_EPOLL_CTL:
        return terni_sys_table.epoll_ctl(-1, EPOLL_CTL_ADD, -1, &event);
    case FAKE_EPOLL_WAIT:
        return terni_sys_table.epoll_wait(-1, &event, 1, 0);
    case FAKE_N_CALLS:
        break;
    }
    return 0;
}

static void test_each_call_fails_when_told_and_then_passes(void **state)
{
    (void)state;
    for (fake_call call = 0; call < FAKE_N_CALLS; call++) {
        fake_net_fail(call, ENOTTY, 1, 2);
        for (int i = 0; i < 4; i++) {
            assert_int_equal(make_call(call), -1);
            assert_true((errno == ENOTTY) == (i == 1 || i == 2));
        }
    }
    assert_int_equal(fake_net_n_faults(), 2 * FAKE_N_CALLS);
}

// ---- threads -------------------------------------------------------------

enum { N_THREADS = 3, N_ROUNDS = 200 };

static void *exchange(void *arg)
{
    uintptr_t n_wrong = 0;

    (void)arg;
    for (int i = 0; i < N_ROUNDS; i++) {
        pair   p = { .make = sockets_unix_pair };
        char   buf[64];
        size_t len;

        open_pair(&p);
        fake_net_script(p.near, &(fake_script){ .in = { .max_bytes = 3, .n_refusals = 1 },
                                                .out = { .max_bytes = 4 } });
        n_wrong += write(p.far, message, LEN) != LEN || transmit(&p, message, LEN) != 4;
        shutdown(p.far, SHUT_WR);
        n_wrong += receive_by_edges(&p, buf, sizeof buf, &len) != 0 || len != LEN;
        close_pair(&p);
    }
    return (void *)n_wrong;
}

static void test_threads_do_not_disturb_each_other(void **state)
{
    pthread_t threads[N_THREADS];
    void     *n_wrong;

    (void)state;
    for (size_t i = 0; i < N_THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, exchange, NULL), 0);
    for (size_t i = 0; i < N_THREADS; i++) {
        assert_int_equal(pthread_join(threads[i], &n_wrong), 0);
        assert_null(n_wrong);
    }
}

#define OVER_BOTH(fn)                                                                              \
    TERN_TEST_IN(fn, over_unix, close_fixture), TERN_TEST_IN(fn, over_tcp, close_fixture)

int main(void)
{
    const struct CMUnitTest tests[] = {
        OVER_BOTH(test_bytes_come_one_by_one_each_with_an_edge),
        OVER_BOTH(test_end_of_file_follows_the_last_short_read),
        OVER_BOTH(test_writes_are_short_each_with_an_edge),
        OVER_BOTH(test_refused_writes_end_with_an_edge),
        OVER_BOTH(test_script_taken_back_changes_nothing),
        OVER_BOTH(test_input_ends_after_each_byte),
        OVER_BOTH(test_end_after_the_last_byte_sent_has_an_event_of_its_own),
        OVER_BOTH(test_connection_is_reset_after_each_byte_read),
        OVER_BOTH(test_reset_is_seen_as_error_and_hangup),
        OVER_BOTH(test_output_breaks_after_each_byte),
        OVER_BOTH(test_close_ends_the_script),
        TERN_TEST_IN(test_script_new_follows_accept_and_connect, start_net, NULL),
        TERN_TEST_IN(test_refused_accept_leaves_the_connection_in_the_queue, start_net, NULL),
        TERN_TEST_IN(test_each_call_fails_when_told_and_then_passes, start_net, NULL),
        TERN_TEST_IN(test_threads_do_not_disturb_each_other, start_net, NULL),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
