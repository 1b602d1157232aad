// rpc/codec/map_internal.h: maps as they lie in messages: an array of entries, each a message with a key
// and a value. Knows nothing of wire formats. Only rpc/codec/*.c includes this.
#ifndef RPC_CODEC_MAP_INTERNAL_H
#define RPC_CODEC_MAP_INTERNAL_H

#include <protobuf-c/protobuf-c.h>

#include "rpc/base/arena_internal.h"

// By the keys of two entries of one map: below, at or above 0. `key` points at a key as an entry has it.
int terni_map_compare(const ProtobufCFieldDescriptor *field, const void *a, const void *key);

// Where an entry has its key.
static inline const void *terni_map_key(const ProtobufCMessage *entry)
{
    return (const uint8_t *)entry + entry->descriptor->fields[0].offset;
}

// Of entries with the same key leaves the last one; the others keep their order. Takes n log n
// comparisons, whatever the keys, and n where they come in order. 0, or -ENOMEM with the map as it was.
TERN_NODISCARD int terni_map_unite(ProtobufCMessage **entries, size_t *n_entries, terni_arena *a);

#endif
