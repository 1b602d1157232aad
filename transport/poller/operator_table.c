#include "transport/poller/operator_table_internal.h"

#include <errno.h>

#include <tern/mem.h>

enum { MIN_SLOTS = 64 };

void terni_operator_table_init(terni_operator_table *t)
{
    *t = (terni_operator_table){ .free = TERNI_NO_SLOT, .dead = TERNI_NO_SLOT };
}

void terni_operator_table_done(terni_operator_table *t)
{
    TERN_DEBUG_ASSERT(terni_operator_table_is_valid(t));
    tern_mem_free(t->at);
}

static void push(terni_operator_table *t, uint32_t *list, uint32_t slot)
{
    t->at[slot].next[TERNI_TURN_FLUSH] = *list;
    *list = slot;
}

static uint32_t pop(terni_operator_table *t, uint32_t *list)
{
    uint32_t slot = *list;

    TERN_DEBUG_ASSERT(slot < t->n && !t->at[slot].op);
    *list = t->at[slot].next[TERNI_TURN_FLUSH];
    return slot;
}

static int grow(terni_operator_table *t)
{
    uint32_t    n_before = t->n, n = n_before ? n_before * 2 : MIN_SLOTS;
    terni_slot *at = tern_mem_realloc(t->at, n * sizeof *at);

    TERN_DEBUG_ASSERT(t->free == TERNI_NO_SLOT && n > n_before);
    if (!at)
        return -ENOMEM;
    t->at = at;
    t->n = n;
    for (uint32_t i = n; i-- > n_before;) {
        at[i] = (terni_slot){ .generation = 1 };
        push(t, &t->free, i);
    }
    return 0;
}

int terni_operator_table_take(terni_operator_table *t, tern_operator *op)
{
    int err;

    if (t->free == TERNI_NO_SLOT && (err = grow(t)) < 0)
        return err;
    op->slot = pop(t, &t->free);
    t->at[op->slot].op = op;
    return 0;
}

// One that still has a turn is buried when that comes.
void terni_operator_table_bury(terni_operator_table *t, uint32_t slot)
{
    if (!t->at[slot].has_turn[TERNI_TURN_READY] && !t->at[slot].has_turn[TERNI_TURN_FLUSH])
        push(t, &t->dead, slot);
}

void terni_operator_table_drop(terni_operator_table *t, uint32_t slot)
{
    TERN_ASSERT(slot < t->n && t->at[slot].op);  // else: detached twice
    t->at[slot].op = NULL;
    t->at[slot].generation++;
    terni_operator_table_bury(t, slot);
}

void terni_operator_table_free_dead(terni_operator_table *t)
{
    while (t->dead != TERNI_NO_SLOT)
        push(t, &t->free, pop(t, &t->dead));
}

// ---- the invariant -------------------------------------------------------

// Counts the slots of a list of free or dead ones; more than there are if one does not belong there.
static uint32_t count_listed(const terni_operator_table *t, uint32_t first)
{
    uint32_t n = 0;

    for (uint32_t i = first; i != TERNI_NO_SLOT; i = t->at[i].next[TERNI_TURN_FLUSH])
        if (i >= t->n || t->at[i].op || ++n > t->n)
            return t->n + 1;
    return n;
}

bool terni_operator_table_is_valid(const terni_operator_table *t)
{
    uint32_t n_listed = count_listed(t, t->free) + count_listed(t, t->dead);
    uint32_t n_turns[TERNI_N_TURNS] = { 0 };

    for (uint32_t i = 0; i < t->n; i++) {
        const terni_slot *s = &t->at[i];

        for (terni_turn turn = 0; turn < TERNI_N_TURNS; turn++)
            n_turns[turn] += s->has_turn[turn];
        n_listed += s->op || s->has_turn[TERNI_TURN_READY] || s->has_turn[TERNI_TURN_FLUSH];
    }
    return n_listed == t->n && n_turns[TERNI_TURN_READY] == t->turns[TERNI_TURN_READY].n &&
           n_turns[TERNI_TURN_FLUSH] == t->turns[TERNI_TURN_FLUSH].n;
}
