// rpc/wire/wire_internal.h: what a wire is to the rest of rpc/: bytes in, bytes out. An engine speaks
// one protocol on one connection. It does no I/O, reads no clock and owns no descriptor.
//
// Lifetime:  an engine belongs to its session: wire->create .. wire->destroy. Streams are embedded in
//            the core's calls; the engine knows a stream from open (or the `opened` event) until it
//            has raised `closed` for it, or terni_wire.forget was called.
// Threads:   none. One owner at a time.
// Invariant: for each stream: opened, then (headers), messages, (ended), and closed exactly once and
//            last. After `failed` no event is raised and everything fed is dropped.
// Re-entry:  events may call back into the engine (answer, cancel, open), but not feed or destroy.
//
//   engine = terni_wire_native.create(TERNI_SERVER, &limits, &events, session, out);
//   while bytes come: terni_wire_native.feed(engine, in); send(out);
//
// Flow control. Output is written to `out` at once while the peer's windows allow it and the message is
// small; what is larger waits inside the engine as parts and is pumped while `out` holds less than
// TERNI_WIRE_ENOUGH. A stream takes one message at a time: `message` on a stream that is_blocked is a
// programming error; `writable` tells when it may go on. Input is credited by `consumed`.
#ifndef RPC_WIRE_WIRE_INTERNAL_H
#define RPC_WIRE_WIRE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/linkbuf.h>

#include "rpc/base/meta_internal.h"

enum {
    TERNI_WIRE_ENOUGH = 256 * 1024,  // bytes in `out` above which no further part is added
    TERNI_MAX_SNIFF = 24,            // bytes that tell the wires apart
};

typedef enum terni_role { TERNI_CLIENT, TERNI_SERVER } terni_role;

// What we accept from the peer, and announce to it. All are checked by the engine.
typedef struct terni_wire_limits terni_wire_limits;
struct terni_wire_limits {
    uint32_t max_frame;     // bytes of one frame's head and body; 1 MiB
    uint64_t max_message;   // bytes of one message, on the wire and decompressed; 64 MiB
    uint32_t max_streams;   // calls open at once on this connection; 10,000
    uint32_t max_path_ids;  // 4,096
    uint32_t max_metadata;  // bytes of one set of metadata, keys, values and 32 for each; 64 KiB
    uint32_t max_status_message;  // bytes of a status's text; 16 KiB
    uint32_t stream_window;       // 256 KiB
    uint32_t connection_window;   // 16 MiB
    uint32_t max_unsent_control;  // bytes of our own replies to its control frames; 64 KiB
};

// A message to be sent: its size, known first, and who writes it. `write` appends exactly `size` bytes
// to `out` or returns -ENOMEM with nothing appended. It runs inside the call that takes the body.
// With `put` instead `size` is a bound: it writes at most as many bytes at `dst` and returns the byte
// behind them. Where the engine needs to know the size itself it returns -EAGAIN, and nothing has
// happened.
typedef struct terni_body terni_body;
struct terni_body {
    size_t size;
    int (*write)(const terni_body *body, tern_linkbuf *out);
    uint8_t *(*put)(const terni_body *body, uint8_t *dst);
    const void *message;
    const void *plan;
};

typedef struct terni_open terni_open;
struct terni_open {
    const char *path;  // "/demo.Greeter/SayHello"; on the server NULL when `method` is known
    uint32_t    path_len;
    void       *method;   // server: what the `lookup` event returned for this path
    uint32_t    path_id;  // client: 0 lets the engine choose by `path` (its address must be stable)
    uint64_t    timeout_us;  // what is left of the deadline; 0: none
    terni_meta_list metadata;
    const char     *encoding;  // of the peer's compressed messages; NULL: none
};

// How a call ends. Borrowed for the call or event.
typedef struct terni_close terni_close;
struct terni_close {
    uint32_t        code;  // gRPC's seventeen, by number
    const char     *message;
    uint32_t        message_len;
    const uint8_t  *details;
    uint32_t        details_len;
    terni_meta_list metadata;          // trailing
    bool            is_reset;          // not the peer's status but the loss of the stream
    bool            is_not_processed;  // the peer has proven that it did nothing with the call
};

enum terni_stream_flag {
    TERNI_STREAM_LOCAL_END = 1 << 0,   // our half is done
    TERNI_STREAM_REMOTE_END = 1 << 1,  // the peer's half is done
    TERNI_STREAM_BLOCKED = 1 << 2,     // a message of ours waits inside the engine
    TERNI_STREAM_ANSWERED = 1 << 3,    // client: headers or a message have come
};

// The engine's part of a call.
typedef struct terni_stream terni_stream;
struct terni_stream {
    uint32_t      id;  // 0: not open
    uint8_t       flags;
    int64_t       send_window;
    int64_t       recv_window;   // what the peer may still send
    uint64_t      recv_unacked;  // consumed and not yet credited
    uint64_t      recv_advance;  // credited before it was consumed: not to be credited again
    void         *waiting;       // the engine's: output that waits
    void         *arriving;      // the engine's: the parts of a message that is not whole yet
    terni_stream *next_waiting;
    terni_stream *next_hashed;
};

// A whole message in one piece. `block` is what the bytes lie in: a reference to it keeps them.
typedef struct terni_piece terni_piece;
struct terni_piece {
    const uint8_t *data;
    size_t         len;
    tern_block    *block;
    bool           is_compressed;
};

typedef struct terni_engine terni_engine;

// What an engine tells its session (`owner`). Pointers in arguments are borrowed for the event.
typedef struct terni_wire_events terni_wire_events;
struct terni_wire_events {
    // Server: what to remember for a path; NULL for one that nobody serves (the call is opened all
    // the same, with method NULL, so that the core answers it).
    void *(*lookup)(void *owner, const char *path, size_t len);
    // Server: a call. Returns the stream to use for it, zeroed but for what the core puts there; NULL:
    // no memory, or no more calls wanted (the engine refuses it as not processed).
    terni_stream *(*opened)(void *owner, const terni_open *open);
    // Server: the call is open, and more than its first frame will follow.
    void (*began)(void *owner, terni_stream *s);
    void (*headers)(void *owner, terni_stream *s, const terni_meta_list *metadata);
    // A long message begins to arrive: `bytes` will be kept until it is whole. False: there is no room,
    // and the call is ended with RESOURCE_EXHAUSTED. `taken` gives the bytes back, also when the engine
    // is destroyed. Both may be NULL.
    bool (*announced)(void *owner, size_t bytes);
    void (*taken)(void *owner, size_t bytes);
    // A whole message. Its length is to be handed to `consumed` once the core is done with it.
    void (*message)(void *owner, terni_stream *s, const terni_piece *piece);
    // The peer's half is done: server only (on the client `closed` says it).
    void (*ended)(void *owner, terni_stream *s);
    // The call is over. The engine has forgotten the stream.
    void (*closed)(void *owner, terni_stream *s, const terni_close *close);
    // The message that waited is on its way.
    void (*writable)(void *owner, terni_stream *s);
    // No new calls on this connection. Calls that the peer did not process have been closed.
    void (*goaway)(void *owner, uint32_t code, const char *text, size_t len);
    // The peer's settings have come: calls from now on may have been processed.
    void (*settled)(void *owner);
    void (*pong)(void *owner, uint64_t opaque);
    // The connection is beyond repair: what `out` holds (the reason, for the peer) is to be sent, then it
    // is to be closed. Streams are not closed by this: the session does, with its own words.
    void (*failed)(void *owner, uint32_t code, const char *why);
};

// How sure the first bytes make us.
typedef enum terni_sniff { TERNI_SNIFF_NO, TERNI_SNIFF_MORE, TERNI_SNIFF_YES } terni_sniff;

typedef struct terni_wire terni_wire;
struct terni_wire {
    const char *name;
    terni_sniff (*sniff)(const uint8_t *bytes, size_t len);

    // NULL when there is no memory. Writes the preface and the settings to `out`: the client at once, the
    // server when it has read the client's preface.
    // Raises the limits to what a peer takes for granted before it knows them.
    void (*raise)(terni_wire_limits *limits);
    // With raised limits, that stay as long as the engine.
    terni_engine *(*create)(terni_role role, const terni_wire_limits *limits,
                            const terni_wire_events *events, void *owner, tern_linkbuf *out);
    void (*destroy)(terni_engine *e);  // accepts NULL; raises nothing

    // Takes what is whole from `in`. Returns how many bytes the frame at the front of the rest has in
    // all when that is known and it is not whole yet, otherwise 0.
    size_t (*feed)(terni_engine *e, tern_linkbuf *in);
    // Writes what waits, as far as windows and `out` allow; raises `writable`. To be called after feed,
    // after sending, and when `out` has drained.
    void (*pump)(terni_engine *e);

    // ---- the client's half; 0, or -ENOMEM, or -EAGAIN (max_streams reached), -ENOTCONN (going) ----
    // Opens a call, with its first message (body may be NULL); `is_last`: no more will follow.
    int (*open)(terni_engine *e, terni_stream *s, const terni_open *open, const terni_body *body,
                bool is_last);

    // ---- either half ----
    int (*message)(terni_engine *e, terni_stream *s, const terni_body *body, bool is_last);
    int (*end)(terni_engine *e, terni_stream *s);  // client: nothing more follows
    // Gives up: tells the peer, raises nothing, forgets the stream.
    void (*cancel)(terni_engine *e, terni_stream *s, uint32_t code, const char *why);
    // `len` bytes of messages of `s` (NULL: of a call that is gone) are done with.
    void (*consumed)(terni_engine *e, terni_stream *s, size_t len);

    // ---- the server's half ----
    int (*headers)(terni_engine *e, terni_stream *s, const terni_meta_list *metadata);
    // The status (NULL: OK and nothing else), with the last message (body may be NULL). `closed` is not raised: the core is done.
    // Returns 0 if it is out and the stream forgotten; 1 if it waits: the stream must stay until
    // `writable` (or `closed`: the peer gave up meanwhile), by when it is forgotten; or -ENOMEM.
    int (*finish)(terni_engine *e, terni_stream *s, const terni_close *close,
                  const terni_body *body);

    // ---- the connection ----
    void (*ping)(terni_engine *e, uint64_t opaque);
    void (*goaway)(terni_engine *e, bool is_final, uint32_t code, const char *text);
    uint32_t (*n_streams)(const terni_engine *e);
};

#endif
