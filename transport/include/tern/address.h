// tern/address.h: where a socket is: the text that people write, and the kernel's form of it. Knows
// nothing of connections.
//
//   tcp://127.0.0.1:7000   tcp://[::1]:7000   tcp://localhost:7000   tcp://*:7000
//   unix:///run/app.sock   unix:@abstract     fd:3                   inproc:name
//
// The last is a name that only this process knows: connecting there makes a pair of unix sockets and hands one end to
// who listens. No port, no file, nothing that another process could find; a test can use it as often as it likes.
//
// Lifetime:  values; nothing to free.
// Threads:   any.
#ifndef TERN_ADDRESS_H
#define TERN_ADDRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TERN_MAX_HOST = 255,     // bytes of a host name
    TERN_MAX_ADDRESS = 280,  // bytes of an address as text, with its NUL
    TERN_MAX_RESOLVED = 16,  // kernel addresses that one name is tried at
};

typedef enum tern_address_kind {
    TERN_ADDRESS_TCP,
    TERN_ADDRESS_UNIX,
    TERN_ADDRESS_FD,
    TERN_ADDRESS_INPROC,
} tern_address_kind;

typedef struct tern_address tern_address;
struct tern_address {
    tern_address_kind kind;
    char host[TERN_MAX_HOST + 1];  // name or number; the path, '@' first when abstract; inproc's
    uint16_t port;
    int      fd;
};

typedef struct tern_sockaddr tern_sockaddr;
struct tern_sockaddr {
    socklen_t len;
    union {
        struct sockaddr     any;
        struct sockaddr_in  in4;
        struct sockaddr_in6 in6;
        struct sockaddr_un  un;
    } addr;
};

// 0, or -EINVAL with `*ret_why` saying in one sentence what is wrong and what was expected.
TERN_API TERN_NODISCARD int tern_address_parse(const char *text, const char **ret_why,
                                               tern_address *ret_address);

// True for names that only a resolver (files, DNS: it may block) can turn into numbers.
TERN_API bool tern_address_needs_resolver(const tern_address *a);

// Fills up to `max` kernel addresses and returns how many (> 0), or -errno: -ENOENT for an unknown
// name, -EAGAIN for a resolver that does not answer. Blocks if tern_address_needs_resolver.
TERN_API TERN_NODISCARD int tern_address_resolve(const tern_address *a, tern_sockaddr *ret_list,
                                                 int max);

// What an error of resolving or using `a` means, for people: of an unknown name it is no file that is missing. As
// strerror's, the text may go with the thread's next.
TERN_API const char *tern_address_strerror(const tern_address *a, int err);

// The text of a kernel address, always terminated: tcp://127.0.0.1:7000, unix:@name, unix:(unnamed).
TERN_API void tern_sockaddr_format(const tern_sockaddr *sa, char *buf, size_t size);

#ifdef __cplusplus
}
#endif

#endif
