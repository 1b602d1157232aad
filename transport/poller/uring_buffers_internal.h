// transport/poller/uring_buffers_internal.h: the ring of blocks that the kernel fills. Knows nothing of
// operators.
//
// Lifetime:  zeroed, then terni_uring_buffers_open .. terni_uring_buffers_close, which the ring of
//            submissions must not outlive: the kernel writes to the blocks.
// Threads:   the poller's.
// Invariant: a buffer is in the ring (blocks[id] is set) or on the list of missing ones.
#ifndef TRANSPORT_POLLER_URING_BUFFERS_INTERNAL_H
#define TRANSPORT_POLLER_URING_BUFFERS_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/block.h>

struct io_uring;
struct io_uring_buf_ring;

enum {
    TERNI_URING_BUFFERS = 256,  // a power of two
    TERNI_URING_BUFFER_BYTES = TERN_BLOCK_MEDIUM,
    TERNI_URING_GROUP = 0,  // the only one
};

typedef struct terni_uring_buffers terni_uring_buffers;
struct terni_uring_buffers {
    struct io_uring_buf_ring *ring;
    tern_block               *blocks[TERNI_URING_BUFFERS];  // by id
    uint16_t                  missing[TERNI_URING_BUFFERS];
    unsigned                  n_missing;
};

// 0 or -errno, with nothing held. `uring` must stay where it is.
TERN_NODISCARD int terni_uring_buffers_open(terni_uring_buffers *b, struct io_uring *uring,
                                            tern_pool *pool);
void               terni_uring_buffers_close(terni_uring_buffers *b);

// The block that the kernel has filled; it is the caller's.
tern_block *terni_uring_buffers_take(terni_uring_buffers *b, unsigned id);

// Puts fresh blocks where some were taken, as far as there is memory.
void terni_uring_buffers_refill(terni_uring_buffers *b, tern_pool *pool);

// Less than a quarter is left: who holds a block should copy it and give it back.
static inline bool terni_uring_buffers_is_scarce(const terni_uring_buffers *b)
{
    return b->n_missing > TERNI_URING_BUFFERS / 4 * 3;
}

#endif
