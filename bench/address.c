#include "bench/address.h"

#include <arpa/inet.h>
#include <err.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>

struct socket_address {
    union {
        struct sockaddr         any;
        struct sockaddr_un      un;
        struct sockaddr_storage storage;
    };
    socklen_t len;
};

static void parse_unix(const char *path, struct socket_address *a)
{
    size_t len = strlen(path);

    if (len == 0 || len >= sizeof a->un.sun_path)
        errx(2, "unix:// wants a path of 1 to %zu bytes", sizeof a->un.sun_path - 1);
    a->un.sun_family = AF_UNIX;
    memcpy(a->un.sun_path, path, len + 1);
    a->len = (socklen_t)sizeof a->un;
}

static void parse_tcp(const char *host_port, struct socket_address *a)
{
    const struct addrinfo hints = {
        .ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
        .ai_socktype = SOCK_STREAM,
    };
    const char      *colon = strrchr(host_port, ':');
    struct addrinfo *found;
    char             host[64];
    size_t           host_len = colon ? (size_t)(colon - host_port) : 0;
    bool             bracketed = host_len > 2 && host_port[0] == '[' && colon[-1] == ']';

    if (bracketed)
        host_port++, host_len -= 2;
    if (host_len == 0 || host_len >= sizeof host)
        errx(2, "tcp:// wants HOST:PORT");
    memcpy(host, host_port, host_len);
    host[host_len] = '\0';
    if (getaddrinfo(host, colon + 1, &hints, &found) != 0)
        errx(2, "tcp://%s is no numeric HOST:PORT", host_port);
    memcpy(&a->storage, found->ai_addr, found->ai_addrlen);
    a->len = found->ai_addrlen;
    freeaddrinfo(found);
}

static struct socket_address parse(const char *address)
{
    struct socket_address a = { 0 };

    if (strncmp(address, "tcp://", 6) == 0)
        parse_tcp(address + 6, &a);
    else if (strncmp(address, "unix://", 7) == 0)
        parse_unix(address + 7, &a);
    else
        errx(2, "%s: an address is tcp://HOST:PORT or unix:///PATH", address);
    return a;
}

static int open_socket(const struct socket_address *a, int flags)
{
    const int on = 1;
    int       fd = socket(a->any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

    if (fd < 0)
        err(1, "socket");
    if (a->any.sa_family == AF_UNIX)
        return fd;
    // A listener hands NODELAY down to what it accepts, so no server pays a syscall for it.
    if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) < 0)
        err(1, "TCP_NODELAY");
    if (setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) < 0)
        err(1, "SO_REUSEADDR");
    return fd;
}

int address_listen(const char *address)
{
    struct socket_address a = parse(address);
    int                   fd = open_socket(&a, SOCK_NONBLOCK);

    if (bind(fd, &a.any, a.len) < 0 || listen(fd, SOMAXCONN) < 0)
        err(1, "%s", address);
    return fd;
}

int address_connect(const char *address)
{
    struct socket_address a = parse(address);
    int                   fd = open_socket(&a, 0);

    if (connect(fd, &a.any, a.len) < 0)
        err(1, "%s", address);
    if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
        err(1, "O_NONBLOCK");
    return fd;
}

char *address_of(int fd, char text[ADDRESS_TEXT_SIZE])
{
    struct socket_address a = { .len = sizeof a.storage };
    char                  host[64], port[8];

    if (getsockname(fd, &a.any, &a.len) < 0)
        err(1, "getsockname");
    if (a.any.sa_family == AF_UNIX) {
        snprintf(text, ADDRESS_TEXT_SIZE, "unix://%s", a.un.sun_path);
        return text;
    }
    if (getnameinfo(&a.any, a.len, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        errx(1, "getnameinfo");
    snprintf(text, ADDRESS_TEXT_SIZE, strchr(host, ':') ? "tcp://[%s]:%s" : "tcp://%s:%s", host,
             port);
    return text;
}

unsigned long address_raise_fd_limit(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        err(1, "RLIMIT_NOFILE");
    limit.rlim_cur = limit.rlim_max;
    if (setrlimit(RLIMIT_NOFILE, &limit) < 0)
        err(1, "RLIMIT_NOFILE");
    return limit.rlim_cur;
}
