// tern/conn.h: a connected stream socket with a LinkBuffer at each end. Knows nothing of what the
// bytes mean.
//
// Lifetime:  tern_conn_new .. the `closed` event; after that event has returned the memory is gone.
//            tern_conn_close and tern_conn_abort ask for it; they are idempotent, return at once and
//            never run an event themselves.
// Threads:   its poller's thread only.
// Invariant: `closed` runs exactly once and last; all data before `end`, `end` before `closed`. An idle
//            connection holds no block. Output beyond the high-water mark pauses reading until
//            the low-water mark is reached (unless .never_pause), so that a peer that does not read
//            cannot make us grow.
//
//   static void on_data(tern_conn *c, tern_linkbuf *in, void *arg)
//   {
//       tern_linkbuf_splice(tern_conn_output(c), in);   // echo
//       tern_conn_send(c);
//   }
#ifndef TERN_CONN_H
#define TERN_CONN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include <tern/address.h>
#include <tern/base.h>
#include <tern/linkbuf.h>
#include <tern/opts.h>
#include <tern/poller.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ucred;  // <sys/socket.h>, which shows it with _GNU_SOURCE only

typedef struct tern_conn        tern_conn;
typedef struct tern_conn_filter tern_conn_filter;  // <tern/conn_filter.h>

// All run on the connection's poller and, but for `choked`, never from inside a call of the user's.
// Any may close, abort or write to this and other connections. Those that are NULL are skipped.
typedef struct tern_conn_events tern_conn_events;
struct tern_conn_events {
    // Bytes have come; take what is whole, the rest stays for the next time.
    void (*data)(tern_conn *c, tern_linkbuf *in, void *arg);
    // The peer has ended its half. NULL: the connection closes once its output is delivered.
    void (*end)(tern_conn *c, void *arg);
    // Output has grown beyond the high-water mark (from inside tern_conn_send), and has shrunk to the
    // low-water mark again.
    void (*choked)(tern_conn *c, void *arg);
    void (*drained)(tern_conn *c, void *arg);
    // Once, last. 0 after tern_conn_close, otherwise what ended it: -ECONNRESET, -EPIPE,
    // -ETIMEDOUT, -ECANCELED (tern_conn_abort, or the poller is going), -ENOMEM; or the filter's reason,
    // among them -ECONNABORTED: input was cut off.
    void (*closed)(tern_conn *c, int err, void *arg);
};

enum {
    TERN_CONN_HIGH_WATER = 1024 * 1024,
    TERN_CONN_LINGER_MS = 1000,  // how long a graceful close waits for the peer's FIN
    TERN_CONN_STALL_MS = 30000,  // and for a peer that takes nothing, if no write timeout is set
};

// Zero means default.
typedef struct tern_conn_opts tern_conn_opts;
struct tern_conn_opts {
    bool     never_pause;       // the owner has other means to push back
    bool     no_keepalive;      // TCP keepalive is on otherwise
    uint32_t high_water;        // bytes; TERN_CONN_HIGH_WATER
    uint32_t low_water;         // bytes; a quarter of high_water
    uint32_t idle_timeout_ms;   // no byte either way; none
    uint32_t write_timeout_ms;  // output waits and the peer takes nothing; none
    uint32_t user_timeout_ms;   // TCP_USER_TIMEOUT; the kernel's
    // Between the socket and the connection; taken, also on failure. NULL: none.
    tern_conn_filter *filter;
};

// Takes `fd`, also on failure: a connected stream socket, TCP or unix.
TERN_API TERN_NODISCARD int      tern_conn_new_sized(tern_poller *poller, int fd,
                                                     const tern_conn_events *events, void *arg,
                                                     const tern_conn_opts *opts, tern_conn **ret_conn,
                                                     uint64_t sizes);
TERN_NODISCARD static inline int tern_conn_new(tern_poller *poller, int fd,
                                               const tern_conn_events *events, void *arg,
                                               const tern_conn_opts *opts, tern_conn **ret_conn)
{
    return tern_conn_new_sized(poller, fd, events, arg, opts, ret_conn,
                               TERN_SIZE(0, tern_conn_opts) | TERN_SIZE(1, tern_conn_events));
}

// ---- output --------------------------------------------------------------

// Write here, then call tern_conn_send. After close, end or abort what is written is dropped.
TERN_API tern_linkbuf *tern_conn_output(tern_conn *c);
// What was written goes out at the end of the poller's round, in one system call for all of it.
TERN_API void tern_conn_send(tern_conn *c);
// At once: for much that was just written or received, and is still in the cache. `drained` may run inside.
TERN_API void tern_conn_send_now(tern_conn *c);
// The same, copying: 0, or -ENOMEM, or -EPIPE on a connection whose output has ended.
TERN_API TERN_NODISCARD int tern_conn_send_copy(tern_conn *c, const void *data, size_t n);
// Ends our half once what was written is delivered (FIN). Reading goes on.
TERN_API void   tern_conn_end(tern_conn *c);
TERN_API size_t tern_conn_unsent(const tern_conn *c);
TERN_API bool   tern_conn_is_choked(const tern_conn *c);
// What its input and output pin, with what its filter has not taken or sent yet.
TERN_API size_t tern_conn_memory(const tern_conn *c);

// ---- input ---------------------------------------------------------------

// What has come and was not taken yet, also between two events.
TERN_API tern_linkbuf *tern_conn_input(tern_conn *c);
// No data and no end until resumed; a reset by the peer is told all the same.
TERN_API void tern_conn_pause(tern_conn *c);
TERN_API void tern_conn_resume(tern_conn *c);
// The same, and what `data` has left is given to it again, from inside this call.
TERN_API void tern_conn_redeliver(tern_conn *c);
// A message of `len` bytes in all begins at the front of the input: it will be received into one
// block of its size, and `data` is not run before it is complete, or the peer has ended. The caller
// has checked `len` against its own limit.
TERN_API void tern_conn_expect(tern_conn *c, size_t len);

// ---- deadlines -----------------------------------------------------------

// Absolute, on the poller's clock; TERN_NEVER takes it back. When one passes the connection is
// closed with -ETIMEDOUT. After tern_conn_close only the write deadline counts: it bounds the delivery.
// In blocking style (<tern/conn_io.h>) a deadline ends the wait instead.
TERN_API void tern_conn_set_read_deadline(tern_conn *c, uint64_t deadline_ns);
TERN_API void tern_conn_set_write_deadline(tern_conn *c, uint64_t deadline_ns);
TERN_API void tern_conn_set_idle_timeout(tern_conn *c, uint32_t timeout_ms);

// ---- the end -------------------------------------------------------------

// Delivers what was written, then FIN, then waits for the peer's (TERN_CONN_LINGER_MS at most, so
// that no reset eats the last bytes). No data or end is told any more.
TERN_API void tern_conn_close(tern_conn *c);
// At once; output is dropped.
TERN_API void tern_conn_abort(tern_conn *c);

// ---- info ----------------------------------------------------------------

typedef struct tern_conn_stats tern_conn_stats;
struct tern_conn_stats {
    uint64_t read_bytes, written_bytes;
    uint64_t offered_bytes;  // of the output; no more than these have left, also once it is closed
};

TERN_API tern_poller    *tern_conn_poller(const tern_conn *c);
TERN_API int             tern_conn_fd(const tern_conn *c);
TERN_API void           *tern_conn_arg(const tern_conn *c);
TERN_API tern_conn_stats tern_conn_get_stats(const tern_conn *c);
// Where in all of the output the next byte that is written will be.
TERN_API uint64_t tern_conn_position(const tern_conn *c);
// What ended it, in a sentence. NULL: `err` says all that is known. Borrowed until `closed` has returned.
TERN_API const char *tern_conn_why(const tern_conn *c);
// When the last byte came from the peer, or the connection began: on the poller's clock.
TERN_API uint64_t           tern_conn_heard_ns(const tern_conn *c);
TERN_API TERN_NODISCARD int tern_conn_peer_address(const tern_conn *c, tern_sockaddr *ret_address);
TERN_API TERN_NODISCARD int tern_conn_local_address(const tern_conn *c, tern_sockaddr *ret_address);
// Who is behind a unix socket: 0, or -EOPNOTSUPP.
TERN_API TERN_NODISCARD int tern_conn_peer_cred(const tern_conn *c, struct ucred *ret_cred);

#ifdef __cplusplus
}
#endif

#endif
