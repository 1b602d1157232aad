// tests/support/sockets.h: pairs of connected sockets, nonblocking and close-on-exec, for tests.
#ifndef TESTS_SUPPORT_SOCKETS_H
#define TESTS_SUPPORT_SOCKETS_H

void sockets_unix_pair(int fds[2]);
void sockets_tcp_pair(int fds[2]);  // over 127.0.0.1
void sockets_close_pair(const int fds[2]);

#endif
