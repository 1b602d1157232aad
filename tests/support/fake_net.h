// tests/support/fake_net.h: a bad network over real sockets. It stands between transport/ and the
// kernel (terni_sys_table) and makes reads and writes short, refuses them, cuts connections after a
// given byte, and lets calls fail. Knows nothing of pollers or of what the bytes mean.
//
// Lifetime:  from fake_net_start to the end of a TERN_TEST, which restores the system calls. What was
//            said about an fd ends when transport/ closes it.
// Threads:   any, but start while no poller runs.
// Invariant: a connection never sees what no network could do to it.
//
// Edges. A poller that is edge triggered waits for the next event after a short read, a short write
// or an EAGAIN, and the kernel has none to give while its own buffers say otherwise. So fake_net, which
// watches epoll_ctl, follows each refusal and each short count with an EPOLL_CTL_MOD that repeats
// what the fd is registered for: the kernel then looks again and reports what is ready as a new event.
// That is what a network does when the rest of the bytes, or the room for them, comes a moment later.
// It needs no mode and holds for every trait and for level triggering; a MOD more may bring an
// event with nothing new, as the kernel itself sometimes does.
//
// What is seen: readv, recv and sendmsg (read and write carry eventfds), close, and the calls of
// fake_call. io_uring goes past all of it.
//
//   fake_net_start();
//   fake_net_script(fd, &(fake_script){ .in = { .max_bytes = 1 } });                 // byte by byte
//   fake_net_script(fd, &(fake_script){ .out = { .n_refusals = 3 } });               // 3 x EAGAIN
//   fake_net_script(fd, &(fake_script){ .in = { .is_cut = true, .cut_at = 17 } });   // FIN after 17
//   fake_net_fail(FAKE_ACCEPT4, EMFILE, 0, 2);                                       // twice, at once
#ifndef TESTS_SUPPORT_FAKE_NET_H
#define TESTS_SUPPORT_FAKE_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// One direction of a connection. Zero: as the kernel does.
typedef struct fake_flow fake_flow;
struct fake_flow {
    size_t   max_bytes;   // that one call moves; 0: no limit
    unsigned n_refusals;  // so many calls return EAGAIN, then they pass
    bool     is_cut;      // the connection breaks when
    uint64_t cut_at;      // so many bytes have passed since the script was given
    int cut_errno;  // 0: in order (in: end of file; out: EPIPE); else with this error, both ways
};

typedef struct fake_script fake_script;
struct fake_script {
    fake_flow in, out;
};

// Takes out of the way what an earlier start has left.
void fake_net_start(void);

// A cut in order of `in` is the peer's FIN: reads return 0, writing goes on. Any other cut is a
// reset: the next call returns the error (or SO_ERROR tells it; events carry EPOLLERR and EPOLLHUP),
// those after it end of file or EPIPE. NULL ends the script.
void fake_net_script(int fd, const fake_script *script);
// The same for every fd that transport/ accepts or connects from now on.
void fake_net_script_new(const fake_script *script);

typedef enum fake_call {
    FAKE_SOCKET,
    FAKE_BIND,
    FAKE_LISTEN,
    FAKE_ACCEPT4,
    FAKE_CONNECT,
    FAKE_SETSOCKOPT,
    FAKE_SO_ERROR,  // getsockopt(SO_ERROR) succeeds, and tells `err`
    FAKE_OPEN,
    FAKE_EVENTFD,
    FAKE_EPOLL_CREATE1,
    FAKE_EPOLL_CTL,
    FAKE_EPOLL_WAIT,
    FAKE_N_CALLS,
} fake_call;

// `call` passes `n_before` times, then fails `n_times` times with `err`, without reaching the kernel
// (so a connection that accept4 refuses stays in the queue).
void fake_net_fail(fake_call call, int err, unsigned n_before, unsigned n_times);

// Cuts that happened and calls that failed since the start: a loop over "cut at byte k" or "fail the
// k-th call" has seen all when it is 0.
unsigned fake_net_n_faults(void);

#endif
