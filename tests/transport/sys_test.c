#include "tests/support/leak.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tern/base.h>

#include "tests/support/sockets.h"
#include "transport/base/sys_internal.h"

// The scripted results of a replaced entry: what the next calls return, and the errno of failures.
typedef struct step step;
struct step {
    ssize_t result;
    int     err;
};

static struct {
    const step *steps;
    size_t      n_steps;
    size_t      n_calls;
    int         flags;
} script;

static ssize_t next_step(int flags)
{
    const step *s = &script.steps[script.n_calls++];

    assert_in_range(script.n_calls, 1, script.n_steps);
    script.flags = flags;
    errno = s->err;
    return s->result;
}

static ssize_t scripted_readv(int fd, const struct iovec *iov, int n)
{
    (void)fd, (void)iov, (void)n;
    return next_step(0);
}

static ssize_t scripted_recv(int fd, void *buf, size_t n, int flags)
{
    (void)fd, (void)buf, (void)n;
    return next_step(flags);
}

static ssize_t scripted_sendmsg(int fd, const struct msghdr *msg, int flags)
{
    (void)fd, (void)msg;
    return next_step(flags);
}

static int use_script(void **state)
{
    (void)state;
    memset(&script, 0, sizeof script);
    terni_sys_table.readv = scripted_readv;
    terni_sys_table.recv = scripted_recv;
    terni_sys_table.sendmsg = scripted_sendmsg;
    return 0;
}

static ssize_t call_readv(void)
{
    char         byte;
    struct iovec iov = { &byte, 1 };

    return terni_sys_readv(-1, &iov, 1);
}

static ssize_t call_recv(void)
{
    char byte;

    return terni_sys_recv(-1, &byte, 1);
}

static ssize_t call_sendmsg(void)
{
    char         byte = 0;
    struct iovec iov = { &byte, 1 };

    return terni_sys_sendmsg(-1, &iov, 1);
}

static ssize_t (*const calls[])(void) = { call_readv, call_recv, call_sendmsg };

static void expect(ssize_t want, const step *steps, size_t n_steps)
{
    for (size_t i = 0; i < TERN_COUNT_OF(calls); i++) {
        script.steps = steps;
        script.n_steps = n_steps;
        script.n_calls = 0;
        assert_int_equal(calls[i](), want);
        assert_int_equal(script.n_calls, n_steps);
    }
}

#define EXPECT(want, ...)                                                                          \
    expect(want, (const step[]){ __VA_ARGS__ }, TERN_COUNT_OF(((const step[]){ __VA_ARGS__ })))

static void test_classifier_maps_every_outcome(void **state)
{
    (void)state;
    EXPECT(7, { 7, 0 });
    EXPECT(7, { 7, EINTR });  // errno means nothing after a success
    EXPECT(0, { 0, EAGAIN });
    EXPECT(-EAGAIN, { -1, EAGAIN });
    EXPECT(-EAGAIN, { -1, EWOULDBLOCK });
    EXPECT(-ECONNRESET, { -1, ECONNRESET });
    EXPECT(-EPIPE, { -1, EPIPE });
    EXPECT(-ETIMEDOUT, { -1, ETIMEDOUT });
    EXPECT(-EBADF, { -1, EBADF });
}

static void test_classifier_repeats_interrupted_calls(void **state)
{
    (void)state;
    EXPECT(3, { -1, EINTR }, { -1, EINTR }, { 3, 0 });
    EXPECT(0, { -1, EINTR }, { 0, 0 });
    EXPECT(-EAGAIN, { -1, EINTR }, { -1, EAGAIN });
    EXPECT(-EPIPE, { -1, EINTR }, { -1, EPIPE });
}

static void test_sendmsg_never_raises_a_signal(void **state)
{
    (void)state;
    EXPECT(1, { 1, 0 });  // sendmsg is the last of `calls`
    assert_int_equal(script.flags, MSG_NOSIGNAL);
}

// ---- against the kernel --------------------------------------------------

static void test_sockets_carry_bytes_both_ways_of_reading(void **state)
{
    char         left[3], right[8];
    struct iovec out[] = { { (void *)(uintptr_t) "abc", 3 }, { (void *)(uintptr_t) "defg", 4 } };
    struct iovec in[] = { { left, sizeof left }, { right, sizeof right } };
    int          fds[2];

    (void)state;
    sockets_unix_pair(fds);
    assert_int_equal(terni_sys_readv(fds[1], in, 2), -EAGAIN);
    assert_int_equal(terni_sys_recv(fds[1], left, 1), -EAGAIN);

    assert_int_equal(terni_sys_sendmsg(fds[0], out, 2), 7);
    assert_int_equal(terni_sys_readv(fds[1], in, 2), 7);
    assert_memory_equal(left, "abc", 3);
    assert_memory_equal(right, "defg", 4);

    assert_int_equal(terni_sys_sendmsg(fds[0], out, 1), 3);
    assert_int_equal(terni_sys_recv(fds[1], right, sizeof right), 3);
    assert_memory_equal(right, "abc", 3);

    close(fds[0]);
    assert_int_equal(terni_sys_readv(fds[1], in, 2), 0);
    assert_int_equal(terni_sys_recv(fds[1], left, 1), 0);
    assert_int_equal(terni_sys_sendmsg(fds[1], out, 2), -EPIPE);  // and we are still alive
    close(fds[1]);
}

static void test_readv_works_on_a_pipe(void **state)
{
    char         buf[4];
    struct iovec in = { buf, sizeof buf };
    int          fds[2];

    (void)state;
    assert_int_equal(pipe2(fds, O_NONBLOCK | O_CLOEXEC), 0);
    assert_int_equal(terni_sys_readv(fds[0], &in, 1), -EAGAIN);
    assert_int_equal(write(fds[1], "xy", 2), 2);
    assert_int_equal(terni_sys_readv(fds[0], &in, 1), 2);
    assert_memory_equal(buf, "xy", 2);
    close(fds[1]);
    assert_int_equal(terni_sys_readv(fds[0], &in, 1), 0);
    close(fds[0]);
}

static void test_clock_is_monotonic_time(void **state)
{
    struct timespec ts;
    uint64_t        before = terni_sys_table.now_ns(), between, after;

    (void)state;
    assert_int_equal(clock_gettime(CLOCK_MONOTONIC, &ts), 0);
    between = (uint64_t)ts.tv_sec * UINT64_C(1000000000) + (uint64_t)ts.tv_nsec;
    after = terni_sys_table.now_ns();
    assert_true(before <= between && between <= after);
}

static void test_table_starts_complete_and_as_the_kernel(void **state)
{
    void *const *entries = (void *const *)&terni_sys_kernel;

    (void)state;
    assert_memory_equal(&terni_sys_table, &terni_sys_kernel, sizeof terni_sys_table);
    for (size_t i = 0; i < sizeof(terni_sys) / sizeof(void *); i++)
        assert_non_null(entries[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TERN_TEST_IN(test_classifier_maps_every_outcome, use_script, NULL),
        TERN_TEST_IN(test_classifier_repeats_interrupted_calls, use_script, NULL),
        TERN_TEST_IN(test_sendmsg_never_raises_a_signal, use_script, NULL),
        TERN_TEST(test_sockets_carry_bytes_both_ways_of_reading),
        TERN_TEST(test_readv_works_on_a_pipe),
        TERN_TEST(test_clock_is_monotonic_time),
        TERN_TEST(test_table_starts_complete_and_as_the_kernel),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
