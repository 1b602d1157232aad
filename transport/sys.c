#include "sys_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

static uint64_t kernel_now_ns(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * UINT64_C(1000000000) + (uint64_t)t.tv_nsec;
}

static int kernel_open(const char *path, int flags) { return open(path, flags); }

// The prototypes of some libc functions are not exactly ours (unions, attributes, unsigned counts).
static int kernel_eventfd(unsigned initial, int flags) { return eventfd(initial, flags); }

static int kernel_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
    return bind(fd, addr, len);
}

static int kernel_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
    return accept4(fd, addr, len, flags);
}

static int kernel_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
    return connect(fd, addr, len);
}

static int kernel_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
    return getsockname(fd, addr, len);
}

static int kernel_getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
    return getpeername(fd, addr, len);
}

#define KERNEL                                                                                     \
    {                                                                                              \
        .now_ns = kernel_now_ns, .epoll_create1 = epoll_create1, .epoll_ctl = epoll_ctl,           \
        .epoll_wait = epoll_wait, .eventfd = kernel_eventfd, .socket = socket,                     \
        .bind = kernel_bind, .listen = listen, .accept4 = kernel_accept4,                          \
        .connect = kernel_connect, .shutdown = shutdown, .setsockopt = setsockopt,                 \
        .getsockopt = getsockopt, .getsockname = kernel_getsockname,                               \
        .getpeername = kernel_getpeername, .read = read, .write = write, .readv = readv,           \
        .recv = recv, .sendmsg = sendmsg, .close = close, .unlink = unlink, .open = kernel_open,   \
    }

terni_sys       terni_sys_table = KERNEL;
const terni_sys terni_sys_kernel = KERNEL;

// What a call that moves bytes returned, as bytes or -errno.
static ssize_t classify(ssize_t n)
{
    if (n >= 0)
        return n;
    return errno == EWOULDBLOCK ? -EAGAIN : -errno;
}

ssize_t terni_sys_readv(int fd, const struct iovec *iov, int n_iov)
{
    ssize_t n;

    do
        n = classify(terni_sys_table.readv(fd, iov, n_iov));
    while (n == -EINTR);
    return n;
}

ssize_t terni_sys_recv(int fd, void *buf, size_t len)
{
    ssize_t n;

    do
        n = classify(terni_sys_table.recv(fd, buf, len, 0));
    while (n == -EINTR);
    return n;
}

ssize_t terni_sys_sendmsg(int fd, const struct iovec *iov, int n_iov)
{
    const struct msghdr msg = { .msg_iov = (struct iovec *)iov, .msg_iovlen = (size_t)n_iov };
    ssize_t             n;

    do
        n = classify(terni_sys_table.sendmsg(fd, &msg, MSG_NOSIGNAL));
    while (n == -EINTR);
    return n;
}
