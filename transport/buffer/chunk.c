#include "transport/buffer/chunk_internal.h"

#include <tern/mem.h>

static uintptr_t align_up(uintptr_t n, uintptr_t align) { return (n + align - 1) & ~(align - 1); }

// The allocator aligns to 16 at best: the header, and the bytes behind it, start at the next line.
tern_block *terni_chunk_new(size_t bytes)
{
    const size_t header = align_up(sizeof(tern_block), TERNI_CHUNK_ALIGN);
    uint8_t     *start = tern_mem_alloc(TERNI_CHUNK_ALIGN - 1 + header + bytes);
    uint8_t     *line;
    tern_block  *b;

    TERN_DEBUG_ASSERT(bytes <= PTRDIFF_MAX);
    if (!start)
        return NULL;
    line = start + (align_up((uintptr_t)start, TERNI_CHUNK_ALIGN) - (uintptr_t)start);
    b = (tern_block *)(void *)line;
    *b = (tern_block){
        .base = line + header, .cap = bytes, .refs = 1, .lead = (uint8_t)(line - start)
    };
    TERN_DEBUG_ASSERT((uintptr_t)b->base % TERNI_CHUNK_ALIGN == 0);
    return b;
}

void terni_chunk_free(tern_block *b)
{
    TERN_ASSERT(b->lead < TERNI_CHUNK_ALIGN);  // else: the header was written over
    tern_mem_free((uint8_t *)b - b->lead);
}
