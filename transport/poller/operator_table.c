#include "transport/poller/operator_table_internal.h"

#include <errno.h>

#include <tern/mem.h>

enum { MIN_SLOTS = 64 };

void terni_slots_init(terni_slots *s)
{
    *s = (terni_slots){ .free = TERNI_NO_SLOT, .dead = TERNI_NO_SLOT };
}

void terni_slots_done(terni_slots *s) { tern_mem_free(s->at); }

static void push(terni_slots *s, uint32_t *list, uint32_t slot)
{
    s->at[slot].next[TERNI_TURN_FLUSH] = *list;
    *list = slot;
}

static uint32_t pop(terni_slots *s, uint32_t *list)
{
    uint32_t slot = *list;

    *list = s->at[slot].next[TERNI_TURN_FLUSH];
    return slot;
}

static int grow(terni_slots *s)
{
    uint32_t    n_before = s->n, n = n_before ? n_before * 2 : MIN_SLOTS;
    terni_slot *at = tern_mem_realloc(s->at, n * sizeof *at);

    if (!at)
        return -ENOMEM;
    s->at = at;
    s->n = n;
    for (uint32_t i = n; i-- > n_before;) {
        at[i] = (terni_slot){ .generation = 1 };
        push(s, &s->free, i);
    }
    return 0;
}

int terni_slots_take(terni_slots *s, tern_operator *op)
{
    int err;

    if (s->free == TERNI_NO_SLOT && (err = grow(s)) < 0)
        return err;
    op->slot = pop(s, &s->free);
    s->at[op->slot].op = op;
    return 0;
}

// One that still has a turn is buried when that comes.
void terni_slots_bury(terni_slots *s, uint32_t slot)
{
    if (!s->at[slot].has_turn[TERNI_TURN_READY] && !s->at[slot].has_turn[TERNI_TURN_FLUSH])
        push(s, &s->dead, slot);
}

void terni_slots_drop(terni_slots *s, uint32_t slot)
{
    s->at[slot].op = NULL;
    s->at[slot].generation++;
    terni_slots_bury(s, slot);
}

void terni_slots_free_dead(terni_slots *s)
{
    while (s->dead != TERNI_NO_SLOT)
        push(s, &s->free, pop(s, &s->dead));
}
