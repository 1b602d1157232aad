// rpc/wire/wire_internal.h: what a wire is to the rest of rpc/: bytes in, bytes out. An engine speaks
// one protocol on one connection. It does no I/O, reads no clock and owns no descriptor. What it tells
// is in events_internal.h.
//
// Lifetime:  an engine belongs to its session: wire->create .. wire->destroy.
// Threads:   none. One owner at a time.
//
//   engine = wire->create(&opts);
//   while bytes come: wire->feed(engine, in); wire->pump(engine); send(out);
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

#include <tern/linkbuf.h>

#include "rpc/wire/events_internal.h"
#include "rpc/wire/limits_internal.h"

enum {
    TERNI_WIRE_ENOUGH = 256 * 1024,  // bytes in `out` above which no further part is added
    TERNI_WIRE_TURN = 512,  // frames, or messages, that are taken before others have a turn: a
                            // millisecond at most
    TERNI_MAX_SNIFF = 24,   // bytes that tell the wires apart
};

// Of `feed`: it has stopped in the middle of its input, until `out` has drained, or only so that others have a turn.
#define TERNI_FEED_LATER     SIZE_MAX
#define TERNI_FEED_NEXT_TURN (SIZE_MAX - 1)

typedef enum terni_role { TERNI_CLIENT, TERNI_SERVER } terni_role;

// A message to be sent: its size, known first, and who writes it. `write` appends exactly `size` bytes
// to `out` or returns -ENOMEM with nothing appended. It runs inside the call that takes the body.
// With `put` instead `size` is a bound: it writes at most as many bytes at `dst` and returns the byte
// behind them. Where the engine needs to know the size itself it returns -EAGAIN, and nothing has
// happened. What is_compressed, with the call's encoding, has a size.
typedef struct terni_body terni_body;
struct terni_body {
    size_t size;
    int (*write)(const terni_body *body, tern_linkbuf *out);
    uint8_t *(*put)(const terni_body *body, uint8_t *dst);
    const void *message;
    const void *plan;
    bool        is_compressed;
};

typedef struct terni_engine terni_engine;

// What an engine is made with. All that is pointed at stays as long as the engine.
typedef struct terni_engine_opts terni_engine_opts;
struct terni_engine_opts {
    terni_role               role;
    const terni_wire_limits *limits;  // raised ones
    const terni_wire_events *events;
    void                    *owner;
    tern_linkbuf            *out;
    uint32_t seed;         // what the peer cannot guess: of the tables whose keys it chooses
    bool     is_filtered;  // by TLS, for those wires that say so
};

// How sure the first bytes make us.
typedef enum terni_sniff { TERNI_SNIFF_NO, TERNI_SNIFF_MORE, TERNI_SNIFF_YES } terni_sniff;

enum { TERNI_IN_FRAME = 1, TERNI_IN_MESSAGE = 2 };

typedef struct terni_wire terni_wire;
struct terni_wire {
    const char *name;
    const char *alpn;  // what it is called where TLS agrees on what is inside
    terni_sniff (*sniff)(const uint8_t *bytes, size_t len);

    // Raises the limits to what a peer takes for granted before it knows them.
    void (*raise)(terni_wire_limits *limits);
    // NULL when there is no memory. Writes the preface and the settings to `out`: the client at once, the
    // server when it has read the client's preface.
    terni_engine *(*create)(const terni_engine_opts *opts);
    void (*destroy)(terni_engine *e);  // accepts NULL; raises nothing

    // Takes what is whole from `in`. Returns how many bytes the frame at the front of the rest has in
    // all when that is known and it is not whole yet, otherwise 0; or, with more than max_untaken in front of a
    // peer that does not read, TERNI_FEED_LATER, or after TERNI_WIRE_TURN frames TERNI_FEED_NEXT_TURN.
    size_t (*feed)(terni_engine *e, tern_linkbuf *in);
    // What of the input is begun and not whole, of TERNI_IN_FRAME (beyond what `feed` has left) and
    // TERNI_IN_MESSAGE.
    unsigned (*midway)(const terni_engine *e);
    // When a long message went on that has not since; the longest ago. TERN_NEVER: none is on its way.
    uint64_t (*stalled_ns)(const terni_engine *e);
    // Writes what waits, as far as windows and `out` allow; raises `writable`. To be called after feed,
    // after sending, and when `out` has drained.
    void (*pump)(terni_engine *e);

    // ---- the client's half ----
    // Opens a call, with its first message (body may be NULL); `is_last`: no more will follow. 0, or with
    // nothing opened -ENOMEM, -EAGAIN (max_streams are open), -ENOTCONN (no new calls here), -EMSGSIZE
    // (over the peer's max_message) or -E2BIG (more metadata than a head takes).
    int (*open)(terni_engine *e, terni_stream *s, const terni_open *open, const terni_body *body,
                bool is_last);

    // ---- either half ----
    // 0, or -ENOMEM, -ENOTCONN, -EMSGSIZE, or -EAGAIN to a bound.
    int (*message)(terni_engine *e, terni_stream *s, const terni_body *body, bool is_last);
    int (*end)(terni_engine *e, terni_stream *s);  // client: nothing more follows
    // Gives up: tells the peer, raises nothing, forgets the stream.
    void (*cancel)(terni_engine *e, terni_stream *s, uint32_t code, const char *why);
    // `len` bytes of messages of `s` (NULL: of a call that is gone) are done with.
    void (*consumed)(terni_engine *e, terni_stream *s, size_t len);
    // Bytes of what waits for the peer's credit, and of heads that are not whole; and of long messages on their way, as
    // they were announced.
    uint64_t (*memory)(const terni_engine *e);
    uint64_t (*announced)(const terni_engine *e);
    // The call's window is so wide from now on (window_internal.h): one that is narrower than what the peer was told stays
    // as it is. A client says it with `open`.
    void (*set_window)(terni_engine *e, terni_stream *s, unsigned window);
    // For asserts: the credit that the engine owes the peer is for just `len` bytes of messages that the core
    // has got and not consumed, and for the parts of those that are not whole yet.
    bool (*is_owed)(const terni_engine *e, uint64_t len);

    // ---- the server's half ----
    // At most once, and before the first message. 0, or -E2BIG, -ENOTCONN.
    int (*headers)(terni_engine *e, terni_stream *s, const terni_headers *headers);
    // The status (NULL: OK and nothing else), with the last message (body may be NULL). `closed` is not
    // raised: the core is done. Returns 0 if it is out and the stream forgotten; 1 if it waits: the stream
    // must stay until `writable` (or `closed`: the peer gave up meanwhile), by when it is forgotten; or as
    // message does, and -E2BIG.
    int (*finish)(terni_engine *e, terni_stream *s, const terni_close *close,
                  const terni_body *body);

    // ---- the connection ----
    void (*ping)(terni_engine *e, uint64_t opaque);
    void (*goaway)(terni_engine *e, bool is_final, uint32_t code, const char *text);
    uint32_t (*n_streams)(const terni_engine *e);
    // What the peer can read, for the whole connection: "gzip,zstd". NULL: nothing that it has told, or it
    // tells with each call.
    const char *(*accepts)(const terni_engine *e);
    // What a peer reads is told with each call and with answers, and not before: so a client whose server has
    // told nothing yet may compress all the same, and is told when it is refused. Otherwise it must not.
    bool may_guess;
};

#endif
