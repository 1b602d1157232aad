#include <tern/fiber.h>

#include <errno.h>

#include "fiber_internal.h"

// Values may be set again by the destructors of others; what is left after this many rounds is dropped
// silently, as pthread does.
enum { MAX_DROP_ROUNDS = 4 };

static tern_fiber_drop_fn *drops[TERN_MAX_FIBER_KEYS];
static atomic_uint         n_keys;

int tern_fiber_key_new(tern_fiber_drop_fn *drop, tern_fiber_key *ret_key)
{
    unsigned n = atomic_load(&n_keys);

    do
        if (n == TERN_MAX_FIBER_KEYS)
            return -ENOSPC;
    while (!atomic_compare_exchange_weak(&n_keys, &n, n + 1));
    drops[n] = drop;
    *ret_key = (tern_fiber_key){ n };
    return 0;
}

void *tern_fiber_get(tern_fiber_key key)
{
    tern_fiber *f = tern_fiber_current();

    if (!f || key.index >= TERN_MAX_FIBER_KEYS)
        return NULL;
    return f->set_slots & 1U << key.index ? f->slots[key.index] : NULL;
}

int tern_fiber_set(tern_fiber_key key, void *value)
{
    tern_fiber *f = tern_fiber_current();

    if (!f)
        return -EDEADLK;
    if (key.index >= TERN_MAX_FIBER_KEYS)
        return -EINVAL;
    f->flags |= TERNI_FIBER_SLOTS;
    if (value)
        f->set_slots |= 1U << key.index;
    else
        f->set_slots &= ~(1U << key.index);
    f->slots[key.index] = value;
    return 0;
}

static void drop_slot(tern_fiber *f, unsigned i)
{
    f->set_slots &= ~(1U << i);
    if (drops[i])
        drops[i](f->slots[i]);
}

void terni_fiber_drop_slots(tern_fiber *f)
{
    for (int round = 0; f->set_slots && round < MAX_DROP_ROUNDS; round++)
        for (uint32_t left = f->set_slots; left; left &= left - 1)
            drop_slot(f, (unsigned)__builtin_ctz(left));
    f->set_slots = 0;
}
