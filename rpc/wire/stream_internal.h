// rpc/wire/stream_internal.h: the engine's part of a call: its number, and room for what an engine keeps
// of its own. Knows nothing of what that is.
//
// Lifetime:  embedded in the core's call, and not moved. The engine knows it, and id is not 0, from open
//            (or the `opened` event) until it raises `closed` for it, or `finish` or `cancel` is through.
// Threads:   none. One owner at a time.
#ifndef RPC_WIRE_STREAM_INTERNAL_H
#define RPC_WIRE_STREAM_INTERNAL_H

#include <stdalign.h>
#include <stdint.h>

enum terni_stream_flag {
    TERNI_STREAM_LOCAL_END = 1 << 0,   // our half is done
    TERNI_STREAM_REMOTE_END = 1 << 1,  // the peer's half is done
    TERNI_STREAM_BLOCKED = 1 << 2,     // a message of ours waits inside the engine
    TERNI_STREAM_ANSWERED = 1 << 3,    // client: headers or a message have come
};

enum { TERNI_STREAM_ROOM = 56 };  // bytes that the engine which needs most has of its own

typedef struct terni_stream terni_stream;
struct terni_stream {
    uint32_t      id;  // 0: not open
    uint8_t       flags;
    uint8_t       own_flags;  // the engine's, as own_value and room are
    uint16_t      own_value;
    terni_stream *next_hashed;  // streams_internal.h
    alignas(8) uint8_t room[TERNI_STREAM_ROOM];
};

#endif
