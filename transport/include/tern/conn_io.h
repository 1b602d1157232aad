// tern/conn_io.h: connections in blocking style: sequential code that reads, writes, accepts and dials
// while its thread does other things. Knows nothing of what the bytes mean.
//
// Lifetime:  tern_conn_io_new .. tern_conn_close or tern_conn_abort (<tern/conn.h>), which must come before
//            the poller is freed; those who wait meanwhile return -ECANCELED. The peer's end and errors
//            free nothing. Graceful close on a poller that nobody drives: flush first.
// Threads:   a fiber of the poller waits by parking. A plain thread may call everything below, and close,
//            abort and the deadlines: a fiber of the poller does it, and the thread drives the poller
//            meanwhile if nobody else does, or sleeps. In a callback of a poller, and in a fiber of another
//            one: -EDEADLK. tern_conn_input and _output are for fibers of the poller, and for a thread
//            that knows that nobody else drives it.
// Invariant: one waiter for each side: the second one gets -EBUSY. Input beyond TERN_CONN_MAX_INPUT is not
//            read before somebody asks for it. A deadline ends a wait, not the connection.
//
// What comes together has one winner, in this order. It holds for the state of affairs when the waiter
// runs again, not for the order of events, so it does not depend on the kernel:
//
//               reading                                     writing
//   1. close    -ECANCELED (tern_conn_close, _abort)        -ECANCELED
//   2. I/O      what is asked for is buffered: it is given  there is room (write); all is out (flush)
//   3. over     0 or fewer: the peer's end. -ECONNRESET...  -EPIPE, -ECONNRESET: what ended it
//   4. cancel   -ECANCELED (tern_fiber_cancel)              -ECANCELED
//   5. deadline -ETIMEDOUT                                  -ETIMEDOUT
//
// (In writing 3 comes before 2: room in a dead connection is of no use.) A cancel that loses is kept for
// the fiber's next wait; a deadline holds until it is set anew. Nothing is consumed by a wait that fails.
//
//   while ((n = tern_conn_read(c, buf, sizeof buf)) > 0)
//       if ((err = tern_conn_write(c, buf, (size_t)n)) < 0)
//           break;
//   tern_conn_close(c);
#ifndef TERN_CONN_IO_H
#define TERN_CONN_IO_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <tern/address.h>
#include <tern/base.h>
#include <tern/conn.h>
#include <tern/listener.h>
#include <tern/opts.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
    TERN_CONN_MAX_INPUT = 256 * 1024,  // bytes that wait for a reader, give or take one read
};

// A connection that is waited for; tern_conn_new (<tern/conn.h>) makes those that call back. Takes `fd`, also
// on failure: a connected stream socket. 0 or -errno. `opts` may be NULL. Its timeouts end the connection, as
// in callback style.
TERN_API TERN_NODISCARD int      tern_conn_io_new_sized(tern_poller *poller, int fd,
                                                        const tern_conn_opts *opts, tern_conn **ret_conn,
                                                        uint64_t sizes);
TERN_NODISCARD static inline int tern_conn_io_new(tern_poller *poller, int fd,
                                                  const tern_conn_opts *opts, tern_conn **ret_conn)
{
    return tern_conn_io_new_sized(poller, fd, opts, ret_conn, TERN_SIZE(0, tern_conn_opts));
}

// ---- reading -------------------------------------------------------------

// Waits for the first bytes. How many of at most `n`; 0 at the end; or -errno.
TERN_API TERN_NODISCARD ssize_t tern_conn_read(tern_conn *c, void *buf, size_t n);

// All `n`, or fewer at the end, or -errno with nothing consumed (so up to `n` bytes are buffered).
TERN_API TERN_NODISCARD ssize_t tern_conn_read_full(tern_conn *c, void *buf, size_t n);

// Waits until `n` bytes are buffered, without taking them. How many are: `n` or more, or fewer at the
// end; or -errno. The caller has checked `n` against its own limit.
TERN_API TERN_NODISCARD ssize_t tern_conn_fill(tern_conn *c, size_t n);

// What is buffered is tern_conn_input, to peek, consume and move. Pointers into it are good until the next wait of any
// kind.

// ---- writing -------------------------------------------------------------

// Copies; waits while more than the high-water mark is unsent. 0, or -errno: then the stream may end
// anywhere in `buf`. Sends at the end of the poller's round. After zero-copy writing
// (tern_conn_output, tern_conn_send) `n` may be 0, to wait for room.
TERN_API TERN_NODISCARD int tern_conn_write(tern_conn *c, const void *buf, size_t n);

// Sends, and waits until the kernel has all of it. 0 or -errno.
TERN_API TERN_NODISCARD int tern_conn_flush(tern_conn *c);

// ---- beginning -----------------------------------------------------------

// The next connection of a listener that was made without a callback. `*ret_fd` is given. 0, -ETIMEDOUT,
// -ECANCELED (also: the listener was closed), -EBUSY. Out of descriptors it rests and tries again.
TERN_API TERN_NODISCARD int tern_listener_accept(tern_listener *l, uint64_t deadline_ns,
                                                 int *ret_fd);

// Like tern_dial (<tern/dialer.h>), waiting. `*ret_fd` is given. 0, or -errno of the last address tried,
// -ETIMEDOUT, -ECANCELED.
TERN_API TERN_NODISCARD int tern_dial_wait(tern_poller *poller, const tern_address *address,
                                           uint64_t deadline_ns, int *ret_fd);

#ifdef __cplusplus
}
#endif

#endif
