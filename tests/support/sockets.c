#include "tests/support/sockets.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <tern/base.h>

void sockets_unix_pair(int fds[2])
{
    TERN_ASSERT(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) == 0);
}

void sockets_tcp_pair(int fds[2])
{
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    struct sockaddr   *any = (struct sockaddr *)&addr;
    socklen_t          len = sizeof addr;
    int                listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    TERN_ASSERT(bind(listener, any, len) == 0 && listen(listener, 1) == 0);
    TERN_ASSERT(getsockname(listener, any, &len) == 0);
    fds[0] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    (void)connect(fds[0], any, len);  // in progress; it is there when accept4 returns
    fds[1] = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    TERN_ASSERT(fds[1] >= 0);
    close(listener);
}

void sockets_close_pair(const int fds[2])
{
    close(fds[0]);
    close(fds[1]);
}
