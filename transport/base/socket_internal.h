// transport/base/socket_internal.h: options and small questions of sockets. Knows nothing of pollers.
#ifndef TRANSPORT_BASE_SOCKET_INTERNAL_H
#define TRANSPORT_BASE_SOCKET_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/address.h>

// Stream, CLOEXEC and NONBLOCK from birth: its descriptor, or -errno.
TERN_NODISCARD int terni_socket_new(int family);
// Two unix streams without a name, connected to each other: 0 or -errno.
TERN_NODISCARD int terni_socket_pair(int ends[2]);
TERN_NODISCARD int terni_socket_family(int fd);  // or -errno
bool               terni_socket_is_tcp(int family);
// SO_ERROR, taken: 0 or -errno.
TERN_NODISCARD int terni_socket_take_error(int fd);
// Options are wishes: a socket works without any of them, so a refusal is no error.
void               terni_socket_set_flag(int fd, int level, int name);
void               terni_socket_set_tcp_options(int fd, bool keepalive, uint32_t user_timeout_ms);
TERN_NODISCARD int terni_socket_set_nonblocking(int fd);
TERN_NODISCARD int terni_socket_name(int fd, tern_sockaddr *ret_address);
TERN_NODISCARD int terni_socket_peer(int fd, tern_sockaddr *ret_address);
void               terni_socket_close(int fd);  // accepts -1

#endif
