// bench/protocol.h: a wire as the load generator sees it: how one request looks, and how to tell from
// a stream of replies which calls they end. Knows no sockets and no clocks.
//
// The generator keeps requests encoded in a ring and only stamps the call's number into one before it
// is sent again: it prices the server, so it must cost as little as it can itself.
#ifndef BENCH_PROTOCOL_H
#define BENCH_PROTOCOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

enum {
    PROTOCOL_MAX_GREETING = 256,
    PROTOCOL_MAX_CONTROL = 64,
};

// What one connection of Tern's wire remembers; of the frame that is arriving struct scan has the rest.
struct native {
    bool           has_preface;
    bool           is_stream;  // all messages on one stream; else a stream per call
    const uint8_t *payload;    // to compare replies with; NULL: unchecked
    uint8_t        head[256];  // of the frame, as far as it fits
    size_t         head_len;   // bytes of it that have come
    uint8_t        ping[8];    // the body of the server's last PING
    bool           is_pong_due;
    // The message that is arriving. Parts of several may come in turns: then they are not checked.
    uint32_t message_stream;
    size_t   message_len;
    bool     is_interleaved;
    // What may be sent: windows, and which frame of which call is the next one in the ring.
    int64_t  connection_window, stream_window, first_stream_window;
    uint32_t open_stream;
    size_t   next_frame;
    // Bodies that came and are not credited yet.
    uint64_t unacked, stream_unacked;
};

// Where in a connection's replies the scan stands: it stops and resumes at any byte.
struct scan {
    bool          is_greeted;  // the reply to the greeting has come
    uint64_t      next_call;   // for wires that answer in order: the call whose reply is next
    uint64_t      body_left;
    uint8_t       head[16];
    size_t        head_len;
    struct native native;
};

struct protocol {
    const char *name;
    bool        echoes_bytes;  // replies are the requests, byte for byte and in order

    size_t (*request_size)(size_t payload_len);

    // Writes one request, request_size() bytes.
    void (*encode)(uint8_t *request, const uint8_t *payload, size_t payload_len);

    // Makes `request` the call of this number (they count from 0 on each connection). NULL when the
    // wire does not tell calls apart; then all connections share one ring of equal requests.
    void (*stamp)(uint8_t *request, size_t payload_len, uint64_t call);

    // Takes `len` more bytes of replies and stores the numbers of the calls that they end: at most
    // `max`, or the peer sent replies that nobody asked for. How many, or -1 for a broken stream.
    ssize_t (*scan)(struct scan *s, size_t payload_len, const uint8_t *bytes, size_t len,
                    uint64_t *ret_calls, size_t max);

    // ---- NULL for wires that need it not ----

    // What a connection begins with; its length. Calls have to wait until the scan is_greeted.
    size_t (*greet)(struct scan *s, uint8_t bytes[PROTOCOL_MAX_GREETING]);

    // The requests of a connection are one row of bytes, `n_queued` by now. How far they may be sent,
    // when `n_permitted` might be before.
    uint64_t (*permit)(struct scan *s, size_t payload_len, uint64_t n_permitted, uint64_t n_queued);

    // What the server has to be told between two requests; its length, 0 for nothing.
    size_t (*control)(struct scan *s, uint8_t bytes[PROTOCOL_MAX_CONTROL]);

    // From now on the scan compares replies with `payload`, which is borrowed.
    void (*check)(struct scan *s, const uint8_t *payload);
};

// The 4-byte frame: a big-endian length and that many bytes, echoed in order.
extern const struct protocol protocol_frame;

// The same, with the call's number in the first bytes of its payload, so that no two are alike.
extern const struct protocol protocol_numbered_frame;

// Tern's own wire (docs/wire.md) and the service of echo.proto: unary calls with a deadline.
extern const struct protocol protocol_native;

// The same with calls that the server takes a while for.
extern const struct protocol protocol_native_hold;

// And with all messages of a connection on one bidi stream.
extern const struct protocol protocol_native_stream;

#endif
