// rpc/base/meta_internal.h: metadata: keys and values that travel beside the messages. Knows the rules for
// them, which are gRPC's, and nothing of wires.
//
// Lifetime:  entries are borrowed from whoever holds their bytes: a frame, or an arena they were copied to.
// Threads:   none.
#ifndef RPC_BASE_META_INTERNAL_H
#define RPC_BASE_META_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/metadata.h>

#include "rpc/base/arena_internal.h"

// One entry. Keys are lower case; those that end in "-bin" have binary values.
typedef struct terni_meta terni_meta;
struct terni_meta {
    const char    *key;
    const uint8_t *value;
    uint32_t       key_len, value_len;
};

typedef struct terni_meta_list terni_meta_list;
struct terni_meta_list {
    const terni_meta *entries;
    uint32_t          n;
};

// What is wrong with an entry that a user brings, as the rest of a sentence about it; NULL: nothing.
const char *terni_meta_find_fault(const tern_metadata *m);

enum { TERNI_MAX_SHOWN_KEY = 65 };  // bytes, with the NUL

// A key that may be anything, or NULL, for a sentence: cut, and printable.
void terni_meta_show_key(const char *key, char text[TERNI_MAX_SHOWN_KEY]);

// A user's entry that has no fault, in the arena's memory. False without.
bool terni_meta_copy(terni_arena *arena, const tern_metadata *from, terni_meta *to);
// A wire's entries in the arena's memory, each with a NUL behind key and value; `*ret_n` is 0 and the result
// NULL without.
tern_metadata *terni_meta_keep(terni_arena *arena, const terni_meta_list *list, uint32_t *ret_n);

#endif
