// transport/fiber/fiber_local_internal.h: the values that a fiber, or offloaded code, carries about: how they
// are handed on and dropped. Knows nothing of what they are.
#ifndef TRANSPORT_FIBER_FIBER_LOCAL_INTERNAL_H
#define TRANSPORT_FIBER_FIBER_LOCAL_INTERNAL_H

#include <stdatomic.h>
#include <stdint.h>

#include <tern/fiber.h>

// At the end of a run, in the fiber.
void terni_fiber_local_end(tern_fiber *f);
// For a new fiber, where it is spawned; only if there is anything to inherit.
void terni_fiber_local_begin(tern_fiber *f);

extern atomic_uint terni_fiber_local_inherited;  // bits

// What code that runs on no fiber has: it inherits where it is handed over, borrows on its thread, and
// drops where it is waited for.
typedef struct terni_fiber_locals terni_fiber_locals;
struct terni_fiber_locals {
    uint32_t set;
    void    *values[TERN_MAX_FIBER_KEYS];
};

void terni_fiber_local_inherit(terni_fiber_locals *l);
void terni_fiber_local_lend(const terni_fiber_locals *l);  // to this thread; NULL: no more
void terni_fiber_local_drop(terni_fiber_locals *l);

#endif
