#include "tests/sim/net.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/epoll.h>

#include "tests/sim/chance.h"
#include "tests/sim/kernel.h"
#include "tests/sim/link.h"

enum { FIRST_PORT = 40000 };

static uint16_t next_port;

static ssize_t fail_with(int err)
{
    errno = err;
    return -1;
}

void net_start(void)
{
    link_start();
    next_port = FIRST_PORT;
}

void net_break(file *f)
{
    if (f->link)
        link_break(f->link);
}

void net_heal(void)
{
    for (unsigned i = 0; i < n_links; i++)
        links[i].flows[0].cut_at = links[i].flows[1].cut_at = TERN_NEVER;
}

static void connect_now(file *f);

void net_arrive(uint64_t now_ns)
{
    link_arrive(now_ns);
    for (file *f = file_next(NULL); f; f = file_next(f))
        if (f->connect_ns <= now_ns)
            connect_now(f);
}

uint64_t net_next_ns(void)
{
    uint64_t next = link_next_ns();

    for (file *f = file_next(NULL); f; f = file_next(f))
        if (f->connect_ns < next)
            next = f->connect_ns;
    return next;
}

// ---- epoll ---------------------------------------------------------------

static bool has_queued(const file *f)
{
    for (unsigned i = 0; i < n_links; i++)
        if (links[i].state == LINK_QUEUED && links[i].ports[1] == f->port)
            return true;
    return false;
}

static uint32_t level_connected(const file *f)
{
    const flow *in = in_of(f), *out = out_of(f);
    bool        has_end = in->has_end_arrived || f->is_reset;
    uint32_t    bits = 0;

    if (readable(in) || has_end)
        bits |= EPOLLIN;
    if (has_end)
        bits |= EPOLLRDHUP;
    if (f->is_reset || (in->has_end_arrived && f->has_shut))
        bits |= EPOLLHUP;
    if (f->error)
        bits |= EPOLLERR;
    if (room_of(out) >= (out->room + 2) / 3 || f->is_reset)
        bits |= EPOLLOUT;
    return bits;
}

uint32_t net_level(const file *f)
{
    switch (f->state) {
    case SOCKET_NEW:
        return EPOLLOUT | EPOLLHUP;
    case SOCKET_LISTENING:
        return has_queued(f) ? EPOLLIN : 0;
    case SOCKET_CONNECTING:
        return 0;
    case SOCKET_CONNECTED:
        return level_connected(f);
    case SOCKET_OVER:
        return EPOLLIN | EPOLLOUT | EPOLLHUP | EPOLLRDHUP | (f->error ? EPOLLERR : 0);
    }
    TERN_UNREACHABLE();
}

// ---- reading -------------------------------------------------------------

static ssize_t nothing_to_read(file *f)
{
    int err = f->error;

    if (err) {
        f->error = 0;
        return fail_with(err);
    }
    return f->is_reset || in_of(f)->has_end_arrived ? 0 : fail_with(EAGAIN);
}

static void copy_out(flow *w, const struct iovec *iov, int n_iov, size_t n)
{
    for (int i = 0; i < n_iov && n > 0; i++) {
        size_t part = iov[i].iov_len < n ? iov[i].iov_len : n;

        for (size_t done = 0, step; done < part; done += step) {
            size_t at = w->taken % RING;

            step = part - done < RING - at ? part - done : RING - at;
            memcpy((uint8_t *)iov[i].iov_base + done, w->ring + at, step);
            w->taken += step;
        }
        n -= part;
    }
}

// Who was told that there is no room hears when a third of it is free again.
static void feed_sender(const file *f)
{
    flow *w = in_of(f);

    if (!w->is_starved || room_of(w) < (w->room + 2) / 3)
        return;
    w->is_starved = false;
    if (peer_of(f))
        file_wake(peer_of(f));
}

static ssize_t read_some(file *f, const struct iovec *iov, int n_iov)
{
    flow  *w = in_of(f);
    size_t n = terni_sys_iov_bytes(iov, n_iov);

    if (!readable(w))
        return nothing_to_read(f);
    if (!w->has_end_arrived && !f->is_reset) {
        if (chance_happens(CHANCE_READ_AGAIN)) {
            flow_take_back(w, 0);
            return fail_with(EAGAIN);
        }
        if (readable(w) > 1 && chance_happens(CHANCE_SHORT_READ))
            flow_take_back(w, 1 + chance_pick_low(CHANCE_SIZE, (uint32_t)readable(w) - 1));
    }
    if (n > readable(w))
        n = readable(w);
    copy_out(w, iov, n_iov, n);
    feed_sender(f);
    return (ssize_t)n;
}

static bool is_hit(file *f, chance_kind kind, int err)
{
    if (!chance_happens(kind))
        return false;
    SIM_SAY("%d: %s", file_fd(f), strerror(err));
    errno = err;
    return true;
}

static ssize_t sys_readv(int fd, const struct iovec *iov, int n_iov)
{
    file   *f = file_of(fd);
    ssize_t n;

    if (!f)
        return -1;
    if (f->state != SOCKET_CONNECTED)
        return fail_with(ENOTCONN);
    if (chance_happens(CHANCE_INTERRUPT))
        return fail_with(EINTR);
    if (is_hit(f, CHANCE_READ_FAILS, ENOMEM))
        return -1;
    if (chance_happens(CHANCE_RESET))
        link_break(f->link);
    n = read_some(f, iov, n_iov);
    kernel_note((uint64_t)n << 20 | (unsigned)fd);
    SIM_SAY("read %zd on %d", n, fd);
    return n;
}

static ssize_t sys_recv(int fd, void *buf, size_t n, int flags)
{
    struct iovec iov = { buf, n };

    (void)flags;
    return sys_readv(fd, &iov, 1);
}

// ---- writing -------------------------------------------------------------

static void copy_in(flow *w, const struct iovec *iov, size_t n)
{
    for (; n > 0; iov++) {
        size_t part = iov->iov_len < n ? iov->iov_len : n;

        for (size_t done = 0, step; done < part; done += step) {
            size_t at = w->sent % RING;

            step = part - done < RING - at ? part - done : RING - at;
            memcpy(w->ring + at, (const uint8_t *)iov->iov_base + done, step);
            w->sent += step;
        }
        n -= part;
    }
}

static ssize_t write_some(file *f, const struct iovec *iov, int n_iov)
{
    flow  *w = out_of(f);
    size_t wanted = terni_sys_iov_bytes(iov, n_iov), n = room_of(w);

    if (n && chance_happens(CHANCE_WRITE_AGAIN)) {
        w->is_starved = true;
        file_poke_later(f);
        return fail_with(EAGAIN);
    }
    if (n < wanted)
        w->is_starved = true;
    if (n == 0)
        return fail_with(EAGAIN);
    if (n > wanted)
        n = wanted;
    if (n > 1 && chance_happens(CHANCE_SHORT_WRITE)) {
        n = 1 + chance_pick_low(CHANCE_SIZE, (uint32_t)n - 1);
        w->is_starved = true;
        file_poke_later(f);
    }
    copy_in(w, iov, n);
    flow_put_mark(w, kernel_now_ns() + link_latency(f->link));
    return (ssize_t)n;
}

static ssize_t sys_sendmsg(int fd, const struct msghdr *msg, int flags)
{
    file   *f = file_of(fd);
    ssize_t n;

    (void)flags;
    if (!f)
        return -1;
    if (f->state != SOCKET_CONNECTED)
        return fail_with(f->state == SOCKET_CONNECTING ? EAGAIN : EPIPE);
    if (chance_happens(CHANCE_INTERRUPT))
        return fail_with(EINTR);
    if (f->error) {
        int err = f->error;

        f->error = 0;
        return fail_with(err);
    }
    if (f->is_reset || f->has_shut)
        return fail_with(EPIPE);
    if (is_hit(f, CHANCE_WRITE_FAILS, chance_pick(CHANCE_LATENCY, 2) ? ENOBUFS : ENOMEM))
        return -1;
    if (chance_happens(CHANCE_RESET))
        link_break(f->link);
    n = write_some(f, msg->msg_iov, (int)msg->msg_iovlen);
    kernel_note((uint64_t)n << 20 | (unsigned)fd);
    SIM_SAY("send %zd of %zu on %d", n, terni_sys_iov_bytes(msg->msg_iov, (int)msg->msg_iovlen),
            fd);
    return n;
}

static void end_output(file *f)
{
    flow *w = out_of(f);

    if (w->is_ended)
        return;
    w->is_ended = true;
    flow_put_mark(w, kernel_now_ns() + link_latency(f->link));
}

static int sys_shutdown(int fd, int how)
{
    file *f = file_of(fd);

    if (!f)
        return -1;
    TERN_ASSERT(how == SHUT_WR);
    if (f->state != SOCKET_CONNECTED || f->is_reset)
        return (int)fail_with(ENOTCONN);
    SIM_SAY("shutdown %d", fd);
    f->has_shut = true;
    end_output(f);
    return 0;
}

// ---- connecting ----------------------------------------------------------

static int sys_socket(int domain, int type, int protocol)
{
    file *f;

    (void)type;
    (void)protocol;
    TERN_ASSERT(domain == AF_INET);
    if (!(f = file_open(FILE_SOCKET)))
        return -1;
    f->state = SOCKET_NEW;
    return file_fd(f);
}

static file *listener_at(uint16_t port)
{
    for (file *f = file_next(NULL); f; f = file_next(f))
        if (f->kind == FILE_SOCKET && f->state == SOCKET_LISTENING && f->port == port)
            return f;
    return NULL;
}

static int sys_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
    const struct sockaddr_in *in = (const struct sockaddr_in *)addr;
    file                     *f = file_of(fd);

    (void)len;
    if (!f)
        return -1;
    f->port = ntohs(in->sin_port) ? ntohs(in->sin_port) : next_port++;
    return listener_at(f->port) ? (int)fail_with(EADDRINUSE) : 0;
}

static int sys_listen(int fd, int backlog)
{
    file *f = file_of(fd);

    (void)backlog;
    if (!f)
        return -1;
    f->state = SOCKET_LISTENING;
    SIM_SAY("listens at port %u", f->port);
    return 0;
}

static int sys_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
    file *f = file_of(fd);

    (void)len;
    if (!f)
        return -1;
    f->state = SOCKET_CONNECTING;
    f->target = ntohs(((const struct sockaddr_in *)addr)->sin_port);
    f->port = next_port++;
    f->connect_ns = kernel_now_ns() + 40000;
    if (chance_happens(CHANCE_LATENCY))
        f->connect_ns += chance_pick_low(CHANCE_LATENCY, 2000) * TERN_NS_PER_MS;
    SIM_SAY("%d connects", fd);
    return (int)fail_with(EINPROGRESS);
}

static void connect_now(file *f)
{
    file *listener = listener_at(f->target);

    f->connect_ns = TERN_NEVER;
    if (!listener || chance_happens(CHANCE_REFUSE)) {
        SIM_SAY("%d is refused", file_fd(f));
        f->state = SOCKET_OVER;
        f->error = ECONNREFUSED;
    } else {
        f->state = SOCKET_CONNECTED;
        f->link = link_new();
        f->side = 0;
        f->link->ends[0] = f;
        f->link->ports[0] = f->port;
        f->link->ports[1] = f->target;
        f->link->state = LINK_QUEUED;
        SIM_SAY("%d is connected", file_fd(f));
        file_wake(listener);
    }
    file_wake(f);
}

static int sys_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
    file *l = file_of(fd), *f;

    (void)addr;
    (void)len;
    (void)flags;
    if (!l)
        return -1;
    for (unsigned i = 0; i < n_links; i++) {
        if (links[i].state != LINK_QUEUED || links[i].ports[1] != l->port)
            continue;
        if (chance_happens(CHANCE_ABORT)) {
            links[i].state = LINK_BROKEN;
            links[i].has_closed[1] = true;
            link_send_reset(&links[i], 0, kernel_now_ns());
            link_release_if_closed(&links[i]);
            return (int)fail_with(ECONNABORTED);
        }
        if (!(f = file_open(FILE_SOCKET)))
            return -1;
        f->state = SOCKET_CONNECTED;
        f->link = &links[i];
        f->side = 1;
        f->port = l->port;
        f->is_reset = f->link->was_reset[1];
        f->error = f->is_reset ? ECONNRESET : 0;
        f->link->ends[1] = f;
        f->link->state = LINK_OPEN;
        SIM_SAY("accepts %d", file_fd(f));
        return file_fd(f);
    }
    return (int)fail_with(EAGAIN);
}

// ---- closing -------------------------------------------------------------

static void close_listener(file *f)
{
    for (unsigned i = 0; i < n_links; i++) {
        if (links[i].state != LINK_QUEUED || links[i].ports[1] != f->port)
            continue;
        links[i].state = LINK_BROKEN;
        links[i].has_closed[1] = true;
        link_send_reset(&links[i], 0, kernel_now_ns());
        link_release_if_closed(&links[i]);
    }
}

// As Linux does: who has not read everything resets the connection, and what is underway is lost.
static void close_connected(file *f)
{
    link_ *l = f->link;

    if (readable(in_of(f)) && !f->is_reset) {
        flow_drop_what_is_underway(out_of(f));
        link_send_reset(l, 1 - f->side, kernel_now_ns() + l->latency_ns);
    } else {
        end_output(f);
    }
    l->ends[f->side] = NULL;
    l->has_closed[f->side] = true;
    link_release_if_closed(l);
}

void net_close(file *f)
{
    if (f->state == SOCKET_LISTENING)
        close_listener(f);
    else if (f->state == SOCKET_CONNECTED)
        close_connected(f);
}

// ---- what a socket is asked ----------------------------------------------

static int sys_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
    (void)level;
    (void)name;
    (void)value;
    (void)len;
    return file_of(fd) ? 0 : -1;
}

static int sys_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
    file *f = file_of(fd);
    int   answer = 0;

    if (!f)
        return -1;
    TERN_ASSERT(level == SOL_SOCKET && *len >= sizeof answer);
    if (name == SO_ERROR) {
        answer = f->error;
        f->error = 0;
    } else if (name == SO_DOMAIN) {
        answer = AF_INET;
    } else if (name == SO_ACCEPTCONN) {
        answer = f->state == SOCKET_LISTENING;
    } else {
        return (int)fail_with(EOPNOTSUPP);
    }
    memcpy(value, &answer, sizeof answer);
    *len = sizeof answer;
    return 0;
}

// All are what they should be: nonblocking, and closed by an exec.
static int sys_fcntl(int fd, int command, int arg)
{
    (void)command;
    (void)arg;
    return file_of(fd) ? O_NONBLOCK | FD_CLOEXEC : -1;
}

static int tell_address(uint16_t port, struct sockaddr *addr, socklen_t *len)
{
    struct sockaddr_in in = { .sin_family = AF_INET,
                              .sin_port = htons(port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };

    memcpy(addr, &in, sizeof in < *len ? sizeof in : *len);
    *len = sizeof in;
    return 0;
}

static int sys_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
    const file *f = file_of(fd);

    return f ? tell_address(f->port, addr, len) : -1;
}

static int sys_getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
    const file *f = file_of(fd);

    if (!f)
        return -1;
    if (f->state != SOCKET_CONNECTED || f->is_reset)
        return (int)fail_with(ENOTCONN);
    return tell_address(f->link->ports[1 - f->side], addr, len);
}

void net_plug(terni_sys *table)
{
    table->socket = sys_socket;
    table->bind = sys_bind;
    table->listen = sys_listen;
    table->accept4 = sys_accept4;
    table->connect = sys_connect;
    table->shutdown = sys_shutdown;
    table->setsockopt = sys_setsockopt;
    table->getsockopt = sys_getsockopt;
    table->getsockname = sys_getsockname;
    table->getpeername = sys_getpeername;
    table->fcntl = sys_fcntl;
    table->readv = sys_readv;
    table->recv = sys_recv;
    table->sendmsg = sys_sendmsg;
}
