#include "transport/poller/uring_buffers_internal.h"

#include <errno.h>
#include <liburing.h>
#include <sys/mman.h>

#include "transport/base/sys_internal.h"

#define RING_BYTES (TERNI_URING_BUFFERS * sizeof(struct io_uring_buf))

// liburing 2.3 registers a ring, but does not make one.
static int map_ring(terni_uring_buffers *b, struct io_uring *uring)
{
    struct io_uring_buf_reg reg = { .ring_entries = TERNI_URING_BUFFERS,
                                    .bgid = TERNI_URING_GROUP };
    void                   *ring = terni_sys_table.mmap(NULL, RING_BYTES, PROT_READ | PROT_WRITE,
                                                        MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int                     err;

    if (ring == MAP_FAILED)
        return -errno;
    reg.ring_addr = (uintptr_t)ring;
    if ((err = terni_sys_table.uring_register_buf_ring(uring, &reg, 0)) < 0) {
        (void)terni_sys_table.munmap(ring, RING_BYTES);
        return err;
    }
    io_uring_buf_ring_init(ring);
    b->ring = ring;
    return 0;
}

int terni_uring_buffers_open(terni_uring_buffers *b, struct io_uring *uring, tern_pool *pool)
{
    int err = map_ring(b, uring);

    if (err < 0)
        return err;
    for (unsigned id = 0; id < TERNI_URING_BUFFERS; id++)
        b->missing[b->n_missing++] = (uint16_t)id;
    terni_uring_buffers_refill(b, pool);
    return 0;
}

void terni_uring_buffers_close(terni_uring_buffers *b)
{
    for (unsigned id = 0; id < TERNI_URING_BUFFERS; id++)
        b->blocks[id] = tern_block_unref(b->blocks[id]);
    if (b->ring)
        (void)terni_sys_table.munmap(b->ring, RING_BYTES);
    b->ring = NULL;
}

tern_block *terni_uring_buffers_take(terni_uring_buffers *b, unsigned id)
{
    tern_block *block;

    TERN_ASSERT(id < TERNI_URING_BUFFERS);
    block = b->blocks[id];
    TERN_ASSERT(block && b->n_missing < TERNI_URING_BUFFERS);
    b->blocks[id] = NULL;
    b->missing[b->n_missing++] = (uint16_t)id;
    return block;
}

void terni_uring_buffers_refill(terni_uring_buffers *b, tern_pool *pool)
{
    const int   mask = io_uring_buf_ring_mask(TERNI_URING_BUFFERS);
    int         n = 0;
    tern_block *block;

    while (b->n_missing && (block = tern_block_new(pool, TERNI_URING_BUFFER_BYTES))) {
        uint16_t id = b->missing[--b->n_missing];

        TERN_ASSERT(!b->blocks[id]);  // else: the kernel still fills it
        b->blocks[id] = block;
        io_uring_buf_ring_add(b->ring, block->base, TERNI_URING_BUFFER_BYTES, id, mask, n++);
    }
    if (n)
        io_uring_buf_ring_advance(b->ring, n);
}
