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

// Where in a connection's replies the scan stands: it stops and resumes at any byte.
struct scan {
    uint64_t next_call;  // for wires that answer in order: the call whose reply is next
    uint64_t body_left;
    uint8_t  head[16];
    size_t   head_len;
};

struct protocol {
    const char *name;
    bool echoes_bytes;  // replies are the requests, byte for byte and in order: --check works

    size_t (*request_size)(size_t payload_len);

    // Writes one request, request_size() bytes.
    void (*encode)(uint8_t *request, const uint8_t *payload, size_t payload_len);

    // Makes `request` the call of this number (they count from 0 on each connection). NULL when the
    // wire does not tell calls apart; then all connections share one ring of equal requests.
    void (*stamp)(uint8_t *request, uint64_t call);

    // Takes `len` more bytes of replies and stores the numbers of the calls that they end: at most
    // `max`, or the peer sent replies that nobody asked for. How many, or -1 for a broken stream.
    ssize_t (*scan)(struct scan *s, size_t payload_len, const uint8_t *bytes, size_t len,
                    uint64_t *ret_calls, size_t max);
};

// The 4-byte frame: a big-endian length and that many bytes, echoed in order.
extern const struct protocol protocol_frame;

// The same, with the call's number in the first bytes of its payload, so that no two are alike.
extern const struct protocol protocol_numbered_frame;

#endif
