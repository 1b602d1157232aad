// codegen/map.h: a table from names to pointers. Knows nothing of what it holds.
//
// Lifetime:  zero-initialised; keys are borrowed and must stay.
#ifndef CODEGEN_MAP_H
#define CODEGEN_MAP_H

#include <stddef.h>

typedef struct gen_map gen_map;
struct gen_map {
    struct gen_map_slot *slots;
    size_t               n_slots;  // a power of two
    size_t               count;
};

// The value under `key`, or NULL.
void *gen_map_get(const gen_map *map, const char *key);
// Replaces what was there.
void gen_map_set(gen_map *map, const char *key, const void *value);

#endif
