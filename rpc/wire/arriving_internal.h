// rpc/wire/arriving_internal.h: a message that comes in parts, until it is whole. Its size is known when
// it begins: the first part announces it (native), or it stands in front of the message (gRPC). Knows
// nothing of frames, streams or windows.
//
// Lifetime:  new .. free, also of one that is not whole.
// Threads:   none. One owner at a time.
// Invariant: the parts are never more than the size; the owner was told `announced` for the size when it
//            began, and is told `taken` when it ends, once.
//
//   if (terni_arriving_new(events, owner, pool, size, &a) == 0)
//       while parts come, and n <= terni_arriving_lacks(a): terni_arriving_add(a, data, n, block);
//   if (terni_arriving_lacks(a) == 0 && terni_arriving_get(a, block, &piece)) ...
//   terni_arriving_free(a);
#ifndef RPC_WIRE_ARRIVING_INTERNAL_H
#define RPC_WIRE_ARRIVING_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/linkbuf.h>

#include "rpc/wire/events_internal.h"

typedef struct terni_arriving terni_arriving;
struct terni_arriving {
    tern_linkbuf             parts;
    uint64_t                 size;
    const terni_wire_events *events;
    void                    *owner;
    uint64_t                 moved_ns;  // when a hundredth of it had come since
    uint64_t                 mark;      // bytes that are the next one
    bool                     is_compressed;
};

// 0, or -EDQUOT (the owner has no room for so much), or -ENOMEM.
TERN_NODISCARD int terni_arriving_new(const terni_wire_events *events, void *owner, tern_pool *pool,
                                      uint64_t size, terni_arriving **ret);
void               terni_arriving_free(terni_arriving *a);

static inline uint64_t terni_arriving_lacks(const terni_arriving *a);
// The next `n` bytes, at most what lacks; they lie in `block`. 0, or -ENOMEM with nothing added.
TERN_NODISCARD int terni_arriving_add(terni_arriving *a, const uint8_t *data, size_t n,
                                      tern_block *block);
// The whole message, borrowed until it is freed; `block` is what an empty one gets. False without memory.
TERN_NODISCARD bool terni_arriving_get(terni_arriving *a, tern_block *block, terni_piece *ret);

// ---- inline bodies -------------------------------------------------------

static inline uint64_t terni_arriving_lacks(const terni_arriving *a)
{
    TERN_DEBUG_ASSERT(a->parts.len <= a->size);
    return a->size - a->parts.len;
}

#endif
