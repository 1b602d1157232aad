#include "rpc/wire/arriving_internal.h"

#include <errno.h>

#include <tern/mem.h>

enum {
    MAX_COPIED_PART = 1023
};  // bytes; a view of so few would cost, and pin, many times their size

// Less in a long time is standing still: a byte now and then would hold the memory for ever.
enum { N_STEPS = 100 };

static void note_step(terni_arriving *a)
{
    a->moved_ns = a->events->now_ns ? a->events->now_ns(a->owner) : 0;
    a->mark = a->parts.len + a->size / N_STEPS;
}

int terni_arriving_new(const terni_wire_events *events, void *owner, tern_pool *pool, uint64_t size,
                       terni_arriving **ret)
{
    terni_arriving *a;

    if (events->announced && !events->announced(owner, size))
        return -EDQUOT;
    if (!(a = tern_mem_zalloc(sizeof *a))) {
        if (events->taken)
            events->taken(owner, size);
        return -ENOMEM;
    }
    tern_linkbuf_init(&a->parts, pool);
    a->size = size;
    a->events = events;
    a->owner = owner;
    note_step(a);
    *ret = a;
    return 0;
}

void terni_arriving_free(terni_arriving *a)
{
    TERN_ASSERT(a->parts.len <= a->size);
    if (a->events->taken)
        a->events->taken(a->owner, a->size);
    tern_linkbuf_done(&a->parts);
    tern_mem_free(a);
}

int terni_arriving_add(terni_arriving *a, const uint8_t *data, size_t n, tern_block *block)
{
    int err = 0;

    TERN_ASSERT(n <= terni_arriving_lacks(a));
    if (n > MAX_COPIED_PART)
        err = tern_linkbuf_append_view(&a->parts, block, (uint8_t *)(uintptr_t)data, n);
    else if (n)
        err = tern_linkbuf_append(&a->parts, data, n);
    if (n && a->parts.len >= a->mark)
        note_step(a);
    return err;
}

bool terni_arriving_get(terni_arriving *a, tern_block *block, terni_piece *ret)
{
    static const uint8_t no_bytes[1];
    const uint8_t       *data = no_bytes;

    TERN_ASSERT(terni_arriving_lacks(a) == 0);
    if (a->size) {
        if (!(data = tern_linkbuf_peek(&a->parts, a->parts.len)))
            return false;
        block = a->parts.head->block;
    }
    *ret = (terni_piece){ data, a->parts.len, block, a->is_compressed };
    return true;
}
