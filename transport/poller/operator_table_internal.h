// transport/poller/operator_table_internal.h: a poller's memory of the operators attached to it, a slot for each, and of
// those whose turn comes in this round. Knows nothing of events, nor of what is done in a turn.
//
// Slots are named by index and generation, in the kernel's event data as well, so an event that outlives
// its operator is recognised and dropped.
//
// Lifetime:  embedded in the poller; terni_operator_table_init / terni_operator_table_done.
// Threads:   the poller's.
// Invariant: a slot without operator waits for its last turn, then is dead, then free: that only in
//            terni_operator_table_recycle, at the end of a round, so that none is used twice in a round.
#ifndef TRANSPORT_POLLER_OPERATOR_TABLE_INTERNAL_H
#define TRANSPORT_POLLER_OPERATOR_TABLE_INTERNAL_H

#include <tern/operator.h>

#define TERNI_NO_SLOT UINT32_MAX

typedef enum terni_turn {
    TERNI_TURN_READY,  // something happened to it: dispatch
    TERNI_TURN_FLUSH,  // something may be sent: write, when the round ends
    TERNI_N_TURNS,
} terni_turn;

typedef struct terni_slot terni_slot;
struct terni_slot {
    tern_operator *op;  // NULL: free, or waiting to be
    uint32_t       generation;
    uint32_t       next[TERNI_N_TURNS];  // that of FLUSH also links the free and the dead
    bool           has_turn[TERNI_N_TURNS];
};

typedef struct terni_slot_list terni_slot_list;
struct terni_slot_list {
    uint32_t head, tail;
    uint32_t n;
};

typedef struct terni_operator_table terni_operator_table;
struct terni_operator_table {
    terni_slot     *at;
    uint32_t        n;
    uint32_t        free;
    uint32_t        dead;  // dropped in this round: free when it is over
    terni_slot_list turns[TERNI_N_TURNS];
};

void terni_operator_table_init(terni_operator_table *t);
void terni_operator_table_done(terni_operator_table *t);

// 0 or -ENOMEM; sets op->slot.
TERN_NODISCARD int terni_operator_table_take(terni_operator_table *t, tern_operator *op);
// The name dies at once. Turns that were given are passed over when they come.
void terni_operator_table_drop(terni_operator_table *t, uint32_t slot);
// The round is over: what was dropped can be taken again.
static inline void terni_operator_table_recycle(terni_operator_table *t);

// The name of a slot while it has this operator.
static inline uint64_t terni_operator_table_key(const terni_operator_table *t, uint32_t slot);
// The operator that `key` names, or NULL for one that is gone.
static inline tern_operator *terni_operator_table_find(const terni_operator_table *t, uint64_t key);

// Idempotent.
static inline void terni_operator_table_give_turn(terni_operator_table *t, terni_turn turn,
                                                  uint32_t slot);
// The first of those that wait for this turn, of at least one. NULL: it was dropped since.
static inline tern_operator *terni_operator_table_take_turn(terni_operator_table *t,
                                                            terni_turn            turn);
static inline bool           terni_operator_table_has_turns(const terni_operator_table *t);

// Walks every slot.
bool terni_operator_table_is_valid(const terni_operator_table *t);

// ---- inline bodies -------------------------------------------------------

// The rare part of terni_operator_table_take_turn and terni_operator_table_recycle.
void terni_operator_table_bury(terni_operator_table *t, uint32_t slot);
void terni_operator_table_free_dead(terni_operator_table *t);

static inline void terni_operator_table_recycle(terni_operator_table *t)
{
    if (TERN_UNLIKELY(t->dead != TERNI_NO_SLOT))
        terni_operator_table_free_dead(t);
}

static inline uint64_t terni_operator_table_key(const terni_operator_table *t, uint32_t slot)
{
    TERN_DEBUG_ASSERT(slot < t->n && t->at[slot].op);
    return (uint64_t)slot << 32 | t->at[slot].generation;
}

static inline tern_operator *terni_operator_table_find(const terni_operator_table *t, uint64_t key)
{
    uint32_t slot = (uint32_t)(key >> 32);

    if (TERN_UNLIKELY(slot >= t->n || t->at[slot].generation != (uint32_t)key))
        return NULL;
    return t->at[slot].op;
}

static inline void terni_operator_table_give_turn(terni_operator_table *t, terni_turn turn,
                                                  uint32_t slot)
{
    terni_slot_list *list = &t->turns[turn];

    TERN_DEBUG_ASSERT(slot < t->n && t->at[slot].op);
    if (t->at[slot].has_turn[turn])
        return;
    t->at[slot].has_turn[turn] = true;
    if (list->n++ == 0)
        list->head = slot;
    else
        t->at[list->tail].next[turn] = slot;
    list->tail = slot;
}

static inline tern_operator *terni_operator_table_take_turn(terni_operator_table *t,
                                                            terni_turn            turn)
{
    uint32_t    slot = t->turns[turn].head;
    terni_slot *first = &t->at[slot];

    TERN_DEBUG_ASSERT(t->turns[turn].n > 0 && first->has_turn[turn]);
    t->turns[turn].head = first->next[turn];
    t->turns[turn].n--;
    first->has_turn[turn] = false;
    if (TERN_UNLIKELY(!first->op))
        terni_operator_table_bury(t, slot);
    return first->op;
}

static inline bool terni_operator_table_has_turns(const terni_operator_table *t)
{
    return t->turns[TERNI_TURN_READY].n || t->turns[TERNI_TURN_FLUSH].n;
}

#endif
