// rpc/wire/limits_internal.h: what we accept from a peer, and announce to it. Each engine checks all that
// concern it; what is one wire's alone is in a part of its own.
//
// Lifetime:  a value; engines borrow it for as long as they live.
#ifndef RPC_WIRE_LIMITS_INTERNAL_H
#define RPC_WIRE_LIMITS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TERNI_MAX_ENCODINGS = 64 };  // bytes of the list of our own

typedef struct terni_wire_limits terni_wire_limits;
struct terni_wire_limits {
    uint64_t max_message;         // bytes of one message, on the wire and decompressed
    uint32_t max_streams;         // calls open at once on this connection
    uint32_t max_metadata;        // bytes of one set of metadata: keys, values and 32 for each
    uint32_t max_status_message;  // bytes of a status's text; a longer one is cut
    uint32_t stream_window;       // bytes of streaming bodies in flight for one call
    uint32_t connection_window;   // bytes of all bodies in flight
    uint32_t max_unsent_control;  // bytes of our own replies to its control frames
    uint64_t
        max_untaken;  // bytes of a server's output that the peer does not read: until it does, nothing
                      // more is read from it
    uint64_t max_waiting;  // and of those that it gives no credit for: new calls are refused
    uint32_t
        max_nuisance;  // frames that make work and bring no call further, at once: PING, SETTINGS, a
                       // call that is taken back, refused or broken; and what is empty
    uint32_t    nuisance_per_s;  // and so many from then on
    const char *encodings;       // that it may use: "gzip,zstd". NULL: none, and a message that is
                                 // compressed all the same ends its call
    // Times for what it has begun. 0 or less: for ever.
    int64_t header_timeout_ms;   // for a frame to become whole, and headers to come to their end
    int64_t message_timeout_ms;  // in which a hundredth of a long message comes at least
    int64_t write_timeout_ms;    // in which it reads something of what waits for it
    struct {
        uint32_t max_frame;     // bytes of one frame's head and body
        uint32_t max_path_ids;  // paths that it may number
    } native;
    struct {
        uint32_t max_frame;          // bytes of one frame's payload
        uint32_t max_header_block;   // bytes of one header list as it is encoded
        uint32_t max_continuations;  // frames that it comes in
    } h2;
};

struct terni_close;

// May the peer use this encoding? "identity", and none at all, it always may.
bool terni_limits_allow_encoding(const terni_wire_limits *limits, const char *name, size_t len);

// A status that is larger than we allow is cut, or replaced where its metadata, of `metadata_bytes`, are: the call
// is over all the same.
void terni_limits_cut_status(const terni_wire_limits *limits, struct terni_close *close,
                             uint64_t metadata_bytes);

// What a channel and a server begin with. Why these numbers is said beside them.
extern const terni_wire_limits terni_limits_default;

#endif
