// tern/listener.h: a listening socket on a poller. Hands out fresh descriptors; knows nothing of
// connections.
//
// Lifetime:  tern_listener_new / tern_listener_close, or tern_poller_free, which closes what is left.
// Threads:   its poller's thread only.
// Invariant: running out of descriptors neither spins nor floods the log: accepting rests for 10 ms,
//            doubling to a second, and goes on by itself, as often as it happens.
//
//   tern_listener_new(poller, "tcp://127.0.0.1:0", NULL, on_accept, arg, &l);
//   puts(tern_listener_address(l));    // with the port that the kernel chose
#ifndef TERN_LISTENER_H
#define TERN_LISTENER_H

#include <stdbool.h>

#include <tern/address.h>
#include <tern/base.h>
#include <tern/opts.h>
#include <tern/poller.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_listener tern_listener;

// Runs on the listener's poller for each new connection. `fd` is given: CLOEXEC and NONBLOCK, TCP options
// inherited from the listener. May close the listener.
typedef void tern_listener_fn(tern_listener *l, int fd, void *arg);

enum {
    TERN_LISTENER_BACKLOG = 4096,  // the kernel cuts it to net.core.somaxconn
    TERN_LISTENER_ACCEPTS_PER_ROUND = 64,
};

// Zero means default.
typedef struct tern_listener_opts tern_listener_opts;
struct tern_listener_opts {
    bool reuse_port;  // several listeners, each with a queue of its own, share the address
    bool v6_only;
    int  backlog;
    // Why it failed goes here, in words, instead of into the log. Static, as strerror's.
    const char **ret_why;
};

// `on_accept` NULL: connections wait for tern_listener_accept (<tern/conn_io.h>).
// 0, or -errno and one line in the log. Replaces the left-over file of a unix socket that nobody
// listens to any more. fd:N is taken on success; it must be listening already, or connected: then it is the only
// connection that comes (-EINVAL).
TERN_API TERN_NODISCARD int      tern_listener_new_sized(tern_poller *poller, const char *address,
                                                         const tern_listener_opts *opts,
                                                         tern_listener_fn *on_accept, void *arg,
                                                         tern_listener **ret_listener, uint64_t sizes);
TERN_NODISCARD static inline int tern_listener_new(tern_poller *poller, const char *address,
                                                   const tern_listener_opts *opts,
                                                   tern_listener_fn *on_accept, void *arg,
                                                   tern_listener **ret_listener)
{
    return tern_listener_new_sized(poller, address, opts, on_accept, arg, ret_listener,
                                   TERN_SIZE(0, tern_listener_opts));
}

// Accepts what waits in the queue already (nobody who got through is lost; without a callback there is
// nobody to take it), then closes. NULL is accepted.
TERN_API void tern_listener_close(tern_listener *l);

// The bound address, as text that can be connected to. Borrowed until close.
TERN_API const char *tern_listener_address(const tern_listener *l);

#ifdef __cplusplus
}
#endif

#endif
