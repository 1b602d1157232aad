// transport/net/inproc_internal.h: where a listener gets its connections from when no kernel's queue has them: names that
// are known in this process alone, and a connection that was there before. Each connection is a pair of unix sockets
// without a name, made by who connects; the listener's end goes as a number through another pair, so that its poller
// wakes as for any socket. Knows nothing of pollers.
//
// Lifetime:  embedded, zeroed but for `fd`, which is -1 while it is shut; terni_inproc_open / terni_inproc_shut.
// Threads:   any, also while others connect; one at a time opens, takes and shuts a door.
// Invariant: a number in the pair is a descriptor that nobody else closes. A child of fork() knows no names: those are the
//            parent's, which has the pollers.
#ifndef TRANSPORT_NET_INPROC_INTERNAL_H
#define TRANSPORT_NET_INPROC_INTERNAL_H

#include <tern/base.h>

typedef struct terni_inproc terni_inproc;
struct terni_inproc {
    const char   *name;  // NULL: it is not to be found
    int           fd;    // where numbers go in
    terni_inproc *next, **link;
};

// `name` is borrowed until it is shut. The descriptor that numbers come out of, the caller's; or -errno: -EADDRINUSE where
// another has the name.
TERN_NODISCARD int terni_inproc_open(terni_inproc *door, const char *name);
void               terni_inproc_shut(terni_inproc *door);

// Takes `fd`, if it returns 0; -EAGAIN: so many wait that there is no room, as in any queue.
TERN_NODISCARD int terni_inproc_give(terni_inproc *door, int fd);
// The next one of a door's, given: `from` is what open has returned. Also of one that was shut.
// -EAGAIN: none waits.
TERN_NODISCARD int terni_inproc_take(int from);

// The caller's end of a new connection; -ECONNREFUSED: nobody has the name; -EAGAIN, as above.
TERN_NODISCARD int terni_inproc_connect(const char *name);

#endif
