// transport/base/socket_internal.h: options and small questions of sockets. Knows nothing of pollers.
#ifndef TRANSPORT_BASE_SOCKET_INTERNAL_H
#define TRANSPORT_BASE_SOCKET_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/address.h>

int  terni_socket_new(int family);  // stream, CLOEXEC and NONBLOCK from birth; fd or -errno
int  terni_socket_family(int fd);   // or -errno
bool terni_socket_is_tcp(int family);
// SO_ERROR, taken: 0 or -errno.
int  terni_socket_take_error(int fd);
void terni_socket_set_tcp_options(int fd, bool keepalive, uint32_t user_timeout_ms);
int  terni_socket_set_nonblocking(int fd);
int  terni_socket_set_flag(int fd, int level, int name);
int  terni_socket_name(int fd, tern_sockaddr *ret_address);
int  terni_socket_peer(int fd, tern_sockaddr *ret_address);
void terni_socket_close(int fd);  // accepts -1

#endif
