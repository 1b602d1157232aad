// rpc/wire/stream_internal.h: the engine's part of a call. Knows nothing of frames.
//
// Lifetime:  embedded in the core's call, and not moved. The engine knows it, and id is not 0, from open
//            (or the `opened` event) until it raises `closed` for it, or `finish` or `cancel` is through.
// Threads:   none. One owner at a time.
#ifndef RPC_WIRE_STREAM_INTERNAL_H
#define RPC_WIRE_STREAM_INTERNAL_H

#include <stdint.h>

#include "rpc/wire/credit_internal.h"

enum terni_stream_flag {
    TERNI_STREAM_LOCAL_END = 1 << 0,   // our half is done
    TERNI_STREAM_REMOTE_END = 1 << 1,  // the peer's half is done
    TERNI_STREAM_BLOCKED = 1 << 2,     // a message of ours waits inside the engine
    TERNI_STREAM_ANSWERED = 1 << 3,    // client: headers or a message have come
};

typedef struct terni_stream terni_stream;
struct terni_stream {
    uint32_t      id;  // 0: not open
    uint8_t       flags;
    int64_t       send_window;
    terni_credit  credit;    // of the peer
    void         *waiting;   // the engine's: output that waits
    void         *arriving;  // the engine's: the parts of a message that is not whole yet
    terni_stream *next_hashed;
};

#endif
