// rpc/wire/window_internal.h: how wide the window of one call is, where somebody has said so: a power of two, so that a
// stream has room for it. Knows nothing of credit.
//
// Lifetime:  a value: 0 is what the connection announces, else the logarithm.
#ifndef RPC_WIRE_WINDOW_INTERNAL_H
#define RPC_WIRE_WINDOW_INTERNAL_H

#include <stdint.h>

enum {
    TERNI_MIN_WINDOW =
        12,  // 4 KiB: credit comes in halves, and a frame of it should be worth its head
    TERNI_MIN_SERVER_WINDOW = 16,  // 64 KiB: clients send so much before they know better
    TERNI_WIDEST_WINDOW = 24,      // 16 MiB, the connection's
};

// Of so many bytes, or the next that is wider, in these bounds. 0: nothing was said.
static inline uint8_t terni_window_of(uint64_t bytes, unsigned least)
{
    unsigned log2 = least;

    if (bytes == 0)
        return 0;
    while (log2 < TERNI_WIDEST_WINDOW && bytes > UINT64_C(1) << log2)
        log2++;
    return (uint8_t)log2;
}

static inline uint32_t terni_window_bytes(unsigned log2) { return UINT32_C(1) << log2; }

#endif
