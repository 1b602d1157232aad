// transport/buffer/chunk_internal.h: the memory of one block: its header, and its bytes behind it. Knows
// nothing of pools, nor of who refers to it.
//
// Lifetime:  terni_chunk_new / terni_chunk_free.
// Threads:   any.
#ifndef TRANSPORT_BUFFER_CHUNK_INTERNAL_H
#define TRANSPORT_BUFFER_CHUNK_INTERNAL_H

#include <stddef.h>

#include <tern/block.h>

enum { TERNI_CHUNK_ALIGN = 64 };

// A header aligned to TERNI_CHUNK_ALIGN with `bytes` behind it, of no pool and with one reference, or NULL.
TERN_NODISCARD tern_block *terni_chunk_new(size_t bytes);
void                       terni_chunk_free(tern_block *b);

#endif
