// transport/fiber/fiber_local_internal.h: the values that a fiber, or offloaded code, carries about: how they
// are handed on and dropped. Knows nothing of what they are.
#ifndef TRANSPORT_FIBER_FIBER_LOCAL_INTERNAL_H
#define TRANSPORT_FIBER_FIBER_LOCAL_INTERNAL_H

#include <stdatomic.h>
#include <stdint.h>

#include <tern/fiber.h>

// At the end of a run, in the fiber.
void terni_fiber_drop_slots(tern_fiber *f);
// For a new fiber, where it is spawned; only if there is anything to inherit.
void terni_fiber_inherit(tern_fiber *f);

extern atomic_uint terni_fiber_inherited_keys;  // bits

// What code that runs on no fiber has: it inherits where it is handed over, borrows on its thread, and
// drops where it is waited for.
typedef struct terni_locals terni_locals;
struct terni_locals {
    uint32_t set;
    void    *values[TERN_MAX_FIBER_KEYS];
};

void terni_locals_inherit(terni_locals *l);
void terni_locals_lend(const terni_locals *l);  // to this thread; NULL: no more
void terni_locals_drop(terni_locals *l);

#endif
