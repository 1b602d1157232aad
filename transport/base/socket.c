#include "transport/base/socket_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>

#include "transport/base/sys_internal.h"

enum {
    KEEPALIVE_IDLE_S = 60,
    KEEPALIVE_INTERVAL_S = 15,
    KEEPALIVE_PROBES = 4,
};

int terni_socket_new(int family)
{
    int fd;

    TERN_DEBUG_ASSERT(terni_socket_is_tcp(family) || family == AF_UNIX);
    fd = terni_sys_table.socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    return fd < 0 ? -errno : fd;
}

int terni_socket_pair(int ends[2])
{
    const int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

    return terni_sys_table.socketpair(AF_UNIX, type, 0, ends) < 0 ? -errno : 0;
}

int terni_socket_family(int fd)
{
    int       family;
    socklen_t len = sizeof family;

    if (terni_sys_table.getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) < 0)
        return -errno;
    return family;
}

bool terni_socket_is_tcp(int family) { return family == AF_INET || family == AF_INET6; }

int terni_socket_take_error(int fd)
{
    int       err = 0;
    socklen_t len = sizeof err;

    if (terni_sys_table.getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0)
        return -errno;
    return -err;
}

static void set_int(int fd, int level, int name, int value)
{
    (void)terni_sys_table.setsockopt(fd, level, name, &value, sizeof value);
}

void terni_socket_set_flag(int fd, int level, int name) { set_int(fd, level, name, 1); }

void terni_socket_set_tcp_options(int fd, bool keepalive, uint32_t user_timeout_ms)
{
    set_int(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    if (keepalive) {
        set_int(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
        set_int(fd, IPPROTO_TCP, TCP_KEEPIDLE, KEEPALIVE_IDLE_S);
        set_int(fd, IPPROTO_TCP, TCP_KEEPINTVL, KEEPALIVE_INTERVAL_S);
        set_int(fd, IPPROTO_TCP, TCP_KEEPCNT, KEEPALIVE_PROBES);
    }
    if (user_timeout_ms)
        set_int(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, (int)user_timeout_ms);
}

static int add_flag(int fd, int get, int set, int flag)
{
    int flags = terni_sys_table.fcntl(fd, get, 0);

    if (flags < 0 || (!(flags & flag) && terni_sys_table.fcntl(fd, set, flags | flag) < 0))
        return -errno;
    return 0;
}

int terni_socket_set_nonblocking(int fd)
{
    int err;

    TERN_DEBUG_ASSERT(fd >= 0);
    err = add_flag(fd, F_GETFL, F_SETFL, O_NONBLOCK);
    return err < 0 ? err : add_flag(fd, F_GETFD, F_SETFD, FD_CLOEXEC);
}

static int ask_name(int            fd, int (*ask)(int, struct sockaddr *, socklen_t *),
                    tern_sockaddr *ret_address)
{
    tern_sockaddr sa = { .len = sizeof sa.addr };

    if (ask(fd, &sa.addr.any, &sa.len) < 0)
        return -errno;
    *ret_address = sa;
    return 0;
}

int terni_socket_name(int fd, tern_sockaddr *ret_address)
{
    return ask_name(fd, terni_sys_table.getsockname, ret_address);
}

int terni_socket_peer(int fd, tern_sockaddr *ret_address)
{
    return ask_name(fd, terni_sys_table.getpeername, ret_address);
}

void terni_socket_close(int fd)
{
    if (fd >= 0)
        terni_sys_table.close(fd);  // never repeated on EINTR: the descriptor is gone either way
}
