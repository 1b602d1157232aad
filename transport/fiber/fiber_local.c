#include "transport/fiber/fiber_local_internal.h"

#include <errno.h>

#include "transport/fiber/core_internal.h"

// Values may be set again by the destructors of others; what is left after this many rounds is dropped
// silently, as pthread does.
enum { MAX_DROP_ROUNDS = 4 };

static tern_fiber_drop_fn    *drops[TERN_MAX_FIBER_KEYS];
static tern_fiber_inherit_fn *inherits[TERN_MAX_FIBER_KEYS];
static atomic_uint            n_keys;

atomic_uint terni_fiber_local_inherited;

static __thread const terni_fiber_locals *lent;  // to this thread, while it runs offloaded code

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

int tern_fiber_key_new_inherited(tern_fiber_drop_fn *drop, tern_fiber_inherit_fn *inherit,
                                 tern_fiber_key *ret_key)
{
    int err;

    TERN_ASSERT(drop && inherit);
    err = tern_fiber_key_new(drop, ret_key);
    if (err < 0)
        return err;
    inherits[ret_key->index] = inherit;
    atomic_fetch_or(&terni_fiber_local_inherited, 1U << ret_key->index);
    return 0;
}

void *tern_fiber_get(tern_fiber_key key)
{
    tern_fiber *f = tern_fiber_current();

    if (key.index >= TERN_MAX_FIBER_KEYS)
        return NULL;
    if (!f)
        return lent && lent->set & 1U << key.index ? lent->values[key.index] : NULL;
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
    TERN_DEBUG_ASSERT(i < atomic_load(&n_keys) && f->set_slots & 1U << i);
    f->set_slots &= ~(1U << i);
    if (drops[i])
        drops[i](f->slots[i]);
}

void terni_fiber_local_end(tern_fiber *f)
{
    for (int round = 0; f->set_slots && round < MAX_DROP_ROUNDS; round++)
        for (uint32_t left = f->set_slots; left; left &= left - 1)
            drop_slot(f, (unsigned)__builtin_ctz(left));
    f->set_slots = 0;
}

// ---- handing on ----------------------------------------------------------

void terni_fiber_local_inherit(terni_fiber_locals *l)
{
    uint32_t keys = atomic_load(&terni_fiber_local_inherited);

    l->set = 0;
    for (unsigned i = 0; i < TERN_MAX_FIBER_KEYS; i++)
        if (keys & 1U << i && (l->values[i] = inherits[i](tern_fiber_get((tern_fiber_key){ i }))))
            l->set |= 1U << i;
}

void terni_fiber_local_lend(const terni_fiber_locals *l)
{
    TERN_DEBUG_ASSERT(!l != !lent);  // borrowed, and given back
    lent = l;
}

void terni_fiber_local_drop(terni_fiber_locals *l)
{
    for (unsigned i = 0; i < TERN_MAX_FIBER_KEYS; i++)
        if (l->set & 1U << i)
            drops[i](l->values[i]);
    l->set = 0;
}

void terni_fiber_local_begin(tern_fiber *f)
{
    terni_fiber_locals l;

    terni_fiber_local_inherit(&l);
    for (unsigned i = 0; i < TERN_MAX_FIBER_KEYS; i++)
        if (l.set & 1U << i)
            f->slots[i] = l.values[i];
    f->set_slots = l.set;
    if (l.set)
        f->flags |= TERNI_FIBER_SLOTS;
}
