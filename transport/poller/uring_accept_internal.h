// transport/poller/uring_accept_internal.h: what a multishot accept has brought for one listening socket and
// nobody has taken yet. Knows neither the ring nor the listener.
//
// After an error, and while too many wait, it rests: nothing is asked of the kernel until somebody finds
// it empty. So a process without descriptors is asked again when its listener wants it, and a program
// that does not accept leaves its peers in the kernel's queue, as with epoll.
//
// Lifetime:  terni_uring_accept_free closes what nobody took.
// Threads:   the poller's.
#ifndef TRANSPORT_POLLER_URING_ACCEPT_INTERNAL_H
#define TRANSPORT_POLLER_URING_ACCEPT_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>

enum { TERNI_URING_MAX_WAITING = 64 };  // connections; what else the same round brings comes on top

typedef struct terni_uring_accept terni_uring_accept;
struct terni_uring_accept {
    int     *fds;
    uint32_t first, last, room;  // [first, last) wait
    int      err;                // told once, behind them
    bool     is_resting;
};

// NULL: no memory.
TERN_NODISCARD terni_uring_accept *terni_uring_accept_new(void);
void terni_uring_accept_free(terni_uring_accept *a);  // NULL is allowed

bool terni_uring_accept_is_valid(const terni_uring_accept *a);

// A descriptor, or -errno.
void terni_uring_accept_put(terni_uring_accept *a, int result);
// A descriptor, or -errno; -EAGAIN ends the rest.
TERN_NODISCARD int terni_uring_accept_take(terni_uring_accept *a);

#endif
