// bench/epoll_echo.c: the honest floor. What a server costs that does nothing but move bytes: one
// epoll_wait per batch, then one read and one send per ready connection, from one hot buffer.
// Knows no frames. Everything Tern does is weighed against this, so it is as fast as it can be made
// while it stays a correct server: it survives full send buffers, dying peers and a full fd table.
//
//   epoll_echo --listen tcp://127.0.0.1:0 [--buffer BYTES]
//
// Level triggered: a short read needs no second one to learn that the socket is empty.
#include <err.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench/address.h"

enum {
    EVENTS_PER_WAIT = 256,
    // Measured from 16 KiB to 4 MiB. For 64 KiB and 1 MiB frames 1 MiB costs a third less CPU than
    // 64 KiB, for small ones all are alike.
    DEFAULT_BUFFER = 1 << 20,
    MAX_CONNS = 1 << 20,
};

// Lives at its fd's index in `conns`, so a connection costs no allocation and an event no lookup.
struct conn {
    uint8_t *unsent;  // what the peer had no room for; NULL nearly always
    size_t   unsent_len, unsent_pos;
};

static struct conn *conns;
static size_t       n_max_conns;
static uint8_t     *hot;
static size_t       hot_size = DEFAULT_BUFFER;
static int          epoll_fd, listen_fd, signal_fd;
static bool         is_accepting = true;

static void watch(int op, int fd, uint32_t events)
{
    struct epoll_event e = { .events = events, .data.fd = fd };

    if (epoll_ctl(epoll_fd, op, fd, &e) < 0)
        err(1, "epoll_ctl");
}

static void set_accepting(bool on)
{
    watch(EPOLL_CTL_MOD, listen_fd, on ? EPOLLIN : 0);
    is_accepting = on;
}

static void drop(int fd)
{
    free(conns[fd].unsent);
    conns[fd] = (struct conn){ 0 };
    close(fd);
    if (!is_accepting)
        set_accepting(true);
}

static void on_accept(void)
{
    int fd;

    while ((fd = accept4(listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        if ((size_t)fd >= n_max_conns) {
            close(fd);
            continue;
        }
        watch(EPOLL_CTL_ADD, fd, EPOLLIN);
    }
    // With no descriptor left, a level triggered listener would spin: rest until one is freed.
    if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
        set_accepting(false);
}

// The peer's window is full: keeps the rest and reads nothing more until it is gone.
static void keep(int fd, const uint8_t *bytes, size_t len)
{
    struct conn *c = &conns[fd];

    c->unsent = malloc(len);
    if (!c->unsent) {
        drop(fd);
        return;
    }
    memcpy(c->unsent, bytes, len);
    c->unsent_len = len;
    c->unsent_pos = 0;
    watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
}

static void on_writable(int fd)
{
    struct conn *c = &conns[fd];
    ssize_t n = send(fd, c->unsent + c->unsent_pos, c->unsent_len - c->unsent_pos, MSG_NOSIGNAL);

    if (n < 0) {
        if (errno != EAGAIN)
            drop(fd);
        return;
    }
    c->unsent_pos += (size_t)n;
    if (c->unsent_pos < c->unsent_len)
        return;
    free(c->unsent);
    c->unsent = NULL;
    watch(EPOLL_CTL_MOD, fd, EPOLLIN);
}

static void on_readable(int fd)
{
    ssize_t n = read(fd, hot, hot_size);
    ssize_t n_sent;

    if (n <= 0) {
        if (n == 0 || errno != EAGAIN)
            drop(fd);
        return;
    }
    n_sent = send(fd, hot, (size_t)n, MSG_NOSIGNAL);
    if (n_sent == n)
        return;
    if (n_sent < 0 && errno != EAGAIN) {
        drop(fd);
        return;
    }
    if (n_sent < 0)
        n_sent = 0;
    keep(fd, hot + n_sent, (size_t)(n - n_sent));
}

static void serve(void)
{
    struct epoll_event events[EVENTS_PER_WAIT];

    for (;;) {
        int n = epoll_wait(epoll_fd, events, EVENTS_PER_WAIT, -1);

        if (n < 0 && errno != EINTR)
            err(1, "epoll_wait");
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd;

            if (fd == listen_fd)
                on_accept();
            else if (fd == signal_fd)
                return;
            else if (conns[fd].unsent)
                on_writable(fd);
            else
                on_readable(fd);
        }
    }
}

static void watch_signals(void)
{
    sigset_t set;

    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    sigprocmask(SIG_BLOCK, &set, NULL);
    signal_fd = signalfd(-1, &set, SFD_CLOEXEC);
    if (signal_fd < 0)
        err(1, "signalfd");
    watch(EPOLL_CTL_ADD, signal_fd, EPOLLIN);
}

static void start(const char *address)
{
    char text[ADDRESS_TEXT_SIZE];

    n_max_conns = address_raise_fd_limit();
    if (n_max_conns > MAX_CONNS)
        n_max_conns = MAX_CONNS;
    conns = calloc(n_max_conns, sizeof *conns);  // fresh pages: only what is used becomes memory
    hot = malloc(hot_size);
    if (!conns || !hot)
        err(1, "memory");
    epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (epoll_fd < 0)
        err(1, "epoll_create1");
    watch_signals();
    listen_fd = address_listen(address);
    watch(EPOLL_CTL_ADD, listen_fd, EPOLLIN);
    printf("listening on %s\n", address_of(listen_fd, text));
    fflush(stdout);
}

int main(int argc, char **argv)
{
    static const struct option options[] = {
        { "listen", required_argument, NULL, 'l' },
        { "buffer", required_argument, NULL, 'b' },
        { 0 },
    };
    const char *address = "tcp://127.0.0.1:0";

    for (int o; (o = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        if (o == 'l')
            address = optarg;
        else if (o == 'b')
            hot_size = strtoul(optarg, NULL, 10);
        else
            return 2;
    }
    if (hot_size == 0)
        errx(2, "--buffer wants a number of bytes");
    start(address);
    serve();
    free(conns);
    free(hot);
    return 0;
}
