#include "codegen/map.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "codegen/memory.h"

struct gen_map_slot {
    const char *key;
    void       *value;
};

static uint64_t hash(const char *s)  // FNV-1a
{
    uint64_t h = 14695981039346656037u;

    for (; *s; s++)
        h = (h ^ (unsigned char)*s) * 1099511628211u;
    return h;
}

// The slot that holds `key`, or the free one where it belongs.
static struct gen_map_slot *slot_of(const gen_map *map, const char *key)
{
    size_t i = hash(key) & (map->n_slots - 1);

    assert(map->count < map->n_slots);  // a free slot ends the search
    while (map->slots[i].key && strcmp(map->slots[i].key, key) != 0)
        i = (i + 1) & (map->n_slots - 1);
    return &map->slots[i];
}

static void grow(gen_map *map)
{
    gen_map old = *map;

    map->n_slots = old.n_slots ? 2 * old.n_slots : 64;
    map->slots = gen_alloc(map->n_slots, sizeof *map->slots);
    for (size_t i = 0; i < old.n_slots; i++)
        if (old.slots[i].key)
            *slot_of(map, old.slots[i].key) = old.slots[i];
}

void *gen_map_get(const gen_map *map, const char *key)
{
    return map->n_slots ? slot_of(map, key)->value : NULL;
}

void gen_map_set(gen_map *map, const char *key, const void *value)
{
    struct gen_map_slot *slot;

    if (2 * map->count >= map->n_slots)
        grow(map);
    slot = slot_of(map, key);
    map->count += !slot->key;
    *slot = (struct gen_map_slot){ key, (void *)value };
}
