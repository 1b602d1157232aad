#include "transport/base/seldom_internal.h"

#include "transport/fiber/fiber_kind_internal.h"

#include "transport/fiber/core_internal.h"

typedef struct kind kind;
struct kind {
    _Atomic(tern_fiber_fn *)          fn;  // NULL: free
    _Atomic(tern_fiber_describe_fn *) describe;
};

static kind kinds[TERN_MAX_FIBER_KINDS];

// True if this is its place: it is free, or has it already.
static bool take(kind *k, tern_fiber_fn *fn)
{
    tern_fiber_fn *before = NULL;

    return atomic_compare_exchange_strong(&k->fn, &before, fn) || before == fn;
}

void tern_fiber_set_describe(tern_fiber_fn *fn, tern_fiber_describe_fn *describe)
{
    for (int i = 0; i < TERN_MAX_FIBER_KINDS; i++)
        if (take(&kinds[i], fn)) {
            atomic_store(&kinds[i].describe, describe);
            return;
        }
}

static tern_fiber_describe_fn *find(tern_fiber_fn *fn)
{
    for (int i = 0; i < TERN_MAX_FIBER_KINDS; i++)
        if (atomic_load(&kinds[i].fn) == fn)
            return atomic_load(&kinds[i].describe);
    return NULL;
}

const char *terni_fiber_kind_label(const tern_fiber *f, char text[TERNI_FIBER_LABEL])
{
    bool                    is_over = f->state == TERNI_FIBER_DONE;  // and its argument may be gone
    tern_fiber_describe_fn *describe = f->name || is_over ? NULL : find(f->fn);

    if (!describe)
        return f->name ? f->name : "(no name)";
    text[0] = '\0';
    describe(f->arg, text, TERNI_FIBER_LABEL);
    return text;
}
