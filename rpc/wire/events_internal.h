// rpc/wire/events_internal.h: what an engine tells its session, and the words it uses: metadata, how a
// call opens, headers, a message, how a call ends. Knows nothing of how it is asked (wire_internal.h).
//
// Lifetime:  pointers in arguments are borrowed for the event.
// Invariant: for each stream: opened, then (headers), messages, (ended), and closed exactly once and
//            last. After `failed` no event is raised and everything fed is dropped.
// Re-entry:  events may call back into the engine (answer, cancel, open), but not feed or destroy.
#ifndef RPC_WIRE_EVENTS_INTERNAL_H
#define RPC_WIRE_EVENTS_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/block.h>

#include "rpc/base/meta_internal.h"
#include "rpc/wire/stream_internal.h"

// How a call begins. Texts are not ended by a zero; NULL where there are none. A client's path lies at an
// address that is the same for each call of the method. Native sends neither authority nor subtype, and
// what a side can read not with each call: its limits->encodings are announced at the beginning. The
// encoding is one of those of the receiver's limits: a call with another is refused, and never opened.
typedef struct terni_open terni_open;
struct terni_open {
    const char *path;             // "/demo.Greeter/SayHello"; server: NULL if sent as a number
    const char *authority;        // what the client takes the server for
    const char *subtype;          // of the messages: "proto"
    const char *encoding;         // of the messages that the client compresses: "gzip"
    const char *accept_encoding;  // what the client can read: "gzip,zstd"
    uint32_t    path_len, authority_len, subtype_len, encoding_len, accept_encoding_len;
    void       *method;      // server: what the `lookup` event returned for this path
    uint64_t    timeout_us;  // what is left of the deadline; 0: none
    uint32_t    n_previous;  // client: attempts before this one. Native does not tell
    uint8_t     window;  // client: of what the server sends (window_internal.h); 0: as announced
    terni_meta_list metadata;
};

// What a server says before its first message.
typedef struct terni_headers terni_headers;
struct terni_headers {
    const char     *encoding;  // of the messages that the server compresses; NULL: none
    uint32_t        encoding_len;
    terni_meta_list metadata;
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

// A whole message in one piece. `block` is what the bytes lie in: a reference to it keeps them.
typedef struct terni_piece terni_piece;
struct terni_piece {
    const uint8_t *data;
    size_t         len;
    tern_block    *block;
    bool           is_compressed;  // with the `encoding` of its side
};

// `owner` is the session.
typedef struct terni_wire_events terni_wire_events;
struct terni_wire_events {
    // Server: what to remember for a path; NULL for one that nobody serves (the call is opened all
    // the same, with method NULL, so that the core answers it).
    void *(*lookup)(void *owner, const char *path, size_t len);
    // Server: a call. Returns the stream to use for it, which the engine fills; NULL: no memory, or no
    // more calls wanted (the engine refuses it as not processed).
    terni_stream *(*opened)(void *owner, const terni_open *open);
    // Server: the call is open, and more than its first frame will follow.
    void (*began)(void *owner, terni_stream *s);
    void (*headers)(void *owner, terni_stream *s, const terni_headers *headers);
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
    // How late it is. NULL: no time passes.
    uint64_t (*now_ns)(void *owner);
    // The connection is beyond repair: what `out` holds (the reason, for the peer) is to be sent, then it
    // is to be closed. Streams are not closed by this: the session does, with its own words.
    void (*failed)(void *owner, uint32_t code, const char *why);
};

#endif
