#include "transport/base/sys_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdbool.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include <tern/base.h>

// ---- the table -----------------------------------------------------------

static uint64_t kernel_now_ns(void)
{
    struct timespec now;

    // The vDSO answers, without a system call. It cannot fail for this clock.
    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static int kernel_open(const char *path, int flags) { return open(path, flags); }

static int kernel_fcntl(int fd, int command, int arg) { return fcntl(fd, command, arg); }

// libc's own functions wherever their type fits: nothing is added on the way to the kernel.
#define KERNEL                                                                                     \
    {                                                                                              \
        .now_ns = kernel_now_ns, .epoll_create1 = epoll_create1, .epoll_ctl = epoll_ctl,           \
        .epoll_wait = epoll_wait, .eventfd = eventfd, .socket = socket, .socketpair = socketpair,  \
        .bind = bind, .listen = listen, .accept4 = accept4, .connect = connect,                    \
        .shutdown = shutdown, .setsockopt = setsockopt, .getsockopt = getsockopt,                  \
        .getsockname = getsockname, .getpeername = getpeername, .read = read, .write = write,      \
        .readv = readv, .recv = recv, .sendmsg = sendmsg, .mmap = mmap, .munmap = munmap,          \
        .madvise = madvise, .mprotect = mprotect, .fcntl = kernel_fcntl, .close = close,           \
        .unlink = unlink, .open = kernel_open, .lstat = lstat,                                     \
        .uring_init = io_uring_queue_init_params, .uring_exit = io_uring_queue_exit,               \
        .uring_get_probe = io_uring_get_probe_ring,                                                \
        .uring_register_buf_ring = io_uring_register_buf_ring,                                     \
        .uring_submit = io_uring_submit_and_get_events,                                            \
        .uring_wait = io_uring_submit_and_wait_timeout,                                            \
    }

terni_sys       terni_sys_table = KERNEL;
const terni_sys terni_sys_kernel = KERNEL;

// ---- the classifier ------------------------------------------------------

// What to tell the caller for a call that returned `moved`. EWOULDBLOCK differs from EAGAIN on
// some machines, so there is one word for it above this line.
static ssize_t classify(ssize_t moved)
{
    if (TERN_LIKELY(moved >= 0))
        return moved;
    return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

static bool was_interrupted(ssize_t moved) { return TERN_UNLIKELY(moved < 0) && errno == EINTR; }

ssize_t terni_sys_readv(int fd, const struct iovec *iov, int n)
{
    ssize_t moved;

    TERN_DEBUG_ASSERT(n > 0);  // no space would read as the end of input
    do
        moved = terni_sys_table.readv(fd, iov, n);
    while (was_interrupted(moved));
    return classify(moved);
}

ssize_t terni_sys_recv(int fd, void *buf, size_t n)
{
    ssize_t moved;

    TERN_DEBUG_ASSERT(n > 0);
    do
        moved = terni_sys_table.recv(fd, buf, n, 0);
    while (was_interrupted(moved));
    return classify(moved);
}

ssize_t terni_sys_sendmsg(int fd, const struct iovec *iov, int n)
{
    // sendmsg only reads the vector; its prototype is not allowed to say so.
    const struct msghdr msg = { .msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)n };
    ssize_t             moved;

    TERN_DEBUG_ASSERT(n > 0);
    do
        moved =
            terni_sys_table.sendmsg(fd, &msg, MSG_NOSIGNAL);  // a dead peer is an error, no signal
    while (was_interrupted(moved));
    return classify(moved);
}
