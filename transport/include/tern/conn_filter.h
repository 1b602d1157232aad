// tern/conn_filter.h: what stands between a connection and its socket, and makes plain text of the peer's
// bytes and bytes for the peer of plain text: TLS, say. Knows nothing of sockets, nor of what the plain
// text means.
//
// A connection with a filter is used as any other: its output and what of it is unsent, the marks, pausing,
// deadlines, expect, end and close mean the plain text. Output waits, and is unsent, until the filter is
// established. The peer's end is told when it has come through the filter (`has_ended`); an end of the
// socket alone may have cut something off, and closes the connection with -ECONNABORTED.
//
// Lifetime:  embedded in the filter's own object, zeroed but for `ops`. Taken by a connection
//            (tern_conn_opts.filter), also by one that cannot be made; `free` is its last call, behind
//            `closed`.
// Threads:   the connection's poller's; or its maker's, for the `free` of one that came to no connection. Who
//            waits for another thread lets that post a task, which outlives the filter if need be, and wakes
//            from there.
// Invariant: no call is made from inside another, while is_waiting, or after one has failed, but for `free`.
//            What a peer can make a filter hold is bounded: see the limits.
//
//   static int receive(tern_conn_filter *f, tern_linkbuf *in, bool is_last, tern_linkbuf *out)
//   {
//       while (is_whole(in) && (room = tern_conn_filter_room(f, &len)))
//           tern_conn_filter_commit(f, decipher(in, room, len));
//       return 0;
//   }
#ifndef TERN_CONN_FILTER_H
#define TERN_CONN_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/identity.h>
#include <tern/linkbuf.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_conn        tern_conn;
typedef struct tern_conn_filter tern_conn_filter;

enum {
    // Left in `in` while more is waited for: beyond that the connection fails, with -EMSGSIZE.
    TERN_CONN_FILTER_MAX_INPUT = 256 * 1024,
    // Written by `receive`, and not taken by the peer: until it is, nothing more is read.
    TERN_CONN_FILTER_MAX_ANSWERS = 64 * 1024,
    // Offered to `send` at once.
    TERN_CONN_FILTER_MAX_PIECE = 16 * 1024,
    // Of `out` that the socket has not taken: enough, `send` has to wait.
    TERN_CONN_FILTER_ENOUGH = 64 * 1024,
};

// All return 0, or -errno (and a sentence: tern_conn_filter_fail). A failure closes the connection with it, once
// what stands in `out` by then is delivered; plain output that was not taken is dropped.
typedef struct tern_conn_filter_ops tern_conn_filter_ops;
struct tern_conn_filter_ops {
    const char *name;  // for sentences: "TLS"
    // Consumes what it can of `in`, and gives the plain text in it (tern_conn_filter_room); what is not
    // whole yet stays. Its own answers, a handshake's for example, go behind `out`. Called when bytes have
    // come, and with none: to begin, when the owner takes input again, and after tern_conn_filter_wake.
    // `is_last`: the socket's end is behind `in`.
    int (*receive)(tern_conn_filter *f, tern_linkbuf *in, bool is_last, tern_linkbuf *out);
    // Once it is established: takes at most `n` bytes, of at least one, from the front of `plain`, and
    // writes what becomes of them behind `out`. If it takes none it must wake itself when it can.
    int (*send)(tern_conn_filter *f, tern_linkbuf *plain, size_t n, tern_linkbuf *out);
    // All plain text was taken, and none will follow: the goodbye. Once, and only if it is established.
    int (*end)(tern_conn_filter *f, tern_linkbuf *out);
    void (*free)(tern_conn_filter *f);
    // Once it is established: who the peer is, as tern_conn_identity gives it. NULL: it cannot tell, or there is no
    // memory.
    const tern_identity *(*identity)(tern_conn_filter *f);
};

struct tern_conn_filter {
    const tern_conn_filter_ops *ops;
    tern_conn                  *conn;  // whose it is; NULL before
    // The filter sets them.
    bool
        is_established;  // plain text may go; before that input is read though the owner has paused it
    bool is_waiting;     // until it is woken: nothing is read, nothing is called
    bool has_ended;      // the peer's goodbye has come, and all plain text before it is given
    // What the plain text is to be, as both sides have agreed: "h2". With is_established; NULL: they have not.
    const char *alpn;
};

// ---- for filters ---------------------------------------------------------

// Inside `receive`: where the next plain text goes, `*ret_len` bytes of room. NULL: the owner takes none now, or
// there is no memory; what is left stays in `in`, or in the filter, for the next `receive`.
TERN_API TERN_NODISCARD uint8_t *tern_conn_filter_room(tern_conn_filter *f, size_t *ret_len);
// `n` bytes of that room, at most all, are plain text now.
TERN_API void tern_conn_filter_commit(tern_conn_filter *f, size_t n);

// Asks for a turn: takes is_waiting back; `receive` is called soon, before more is read, and `send` if there is
// output. Not after `free`.
TERN_API void tern_conn_filter_wake(tern_conn_filter *f);

// Keeps the sentence for tern_conn_why, the first one stays, and returns `err`, to be returned.
TERN_API TERN_NODISCARD int tern_conn_filter_fail(tern_conn_filter *f, int err, const char *fmt,
                                                  ...) TERN_PRINTF(3, 4);

// ---- for owners ----------------------------------------------------------

// That the connection was made with, or NULL.
TERN_API tern_conn_filter *tern_conn_get_filter(const tern_conn *c);
// Who is at the other end, as the filter knows; NULL: there is none, it does not know, or not yet. Borrowed until
// `closed` has returned.
TERN_API const tern_identity *tern_conn_identity(const tern_conn *c);

#ifdef __cplusplus
}
#endif

#endif
