#include "tests/fuzz/plugin_memory.h"

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// In front of each allocation: on a ring.
typedef struct link link_;
struct link {
    _Alignas(max_align_t) link_ *next, *prev;
};

static link_ all = { &all, &all };

static void *add(link_ *l)
{
    if (!l)
        return NULL;
    l->next = all.next;
    l->prev = &all;
    l->next->prev = l->prev->next = l;
    return l + 1;
}

static link_ *take_off(void *ptr)
{
    link_ *l = (link_ *)ptr - 1;

    l->next->prev = l->prev;
    l->prev->next = l->next;
    return l;
}

static void *listed_calloc(size_t n, size_t size)
{
    if (size && n > (SIZE_MAX - sizeof(link_)) / size)
        return NULL;
    return add(calloc(1, sizeof(link_) + n * size));
}

static void *listed_realloc(void *ptr, size_t size)
{
    return add(realloc(ptr ? take_off(ptr) : NULL, sizeof(link_) + size));
}

void plugin_memory_free_all(void)
{
    while (all.next != &all)
        free(take_off(all.next + 1));
}

// The generator's own, on the ring.
#define calloc  listed_calloc
#define realloc listed_realloc
#include "codegen/memory.c"
