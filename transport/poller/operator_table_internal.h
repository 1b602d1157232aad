// transport/poller/operator_table_internal.h: a poller's memory of the operators attached to it, a slot for each, and of
// those whose turn comes in this round. Knows nothing of events, nor of what is done in a turn.
//
// Slots are named by index and generation, in the kernel's event data as well, so an event that outlives
// its operator is recognised and dropped.
//
// Lifetime:  embedded in the poller; terni_slots_init / terni_slots_done.
// Threads:   the poller's.
// Invariant: a slot without operator waits for its last turn, then is dead, then free: that only in
//            terni_slots_recycle, at the end of a round, so that none is used twice in a round.
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

typedef struct terni_slots terni_slots;
struct terni_slots {
    terni_slot     *at;
    uint32_t        n;
    uint32_t        free;
    uint32_t        dead;  // dropped in this round: free when it is over
    terni_slot_list turns[TERNI_N_TURNS];
};

void terni_slots_init(terni_slots *s);
void terni_slots_done(terni_slots *s);

// 0 or -ENOMEM; sets op->slot.
TERN_NODISCARD int terni_slots_take(terni_slots *s, tern_operator *op);
// The name dies at once. Turns that were given are passed over when they come.
void terni_slots_drop(terni_slots *s, uint32_t slot);
// The round is over: what was dropped can be taken again.
static inline void terni_slots_recycle(terni_slots *s);

// The name of a slot while it has this operator.
static inline uint64_t terni_slots_key(const terni_slots *s, uint32_t slot);
// The operator that `key` names, or NULL for one that is gone.
static inline tern_operator *terni_slots_find(const terni_slots *s, uint64_t key);

// Idempotent.
static inline void terni_slots_give_turn(terni_slots *s, terni_turn turn, uint32_t slot);
// The first of those that wait for this turn, of at least one. NULL: it was dropped since.
static inline tern_operator *terni_slots_take_turn(terni_slots *s, terni_turn turn);
static inline bool           terni_slots_has_turns(const terni_slots *s);

// ---- inline bodies -------------------------------------------------------

// The rare part of terni_slots_take_turn and terni_slots_recycle.
void terni_slots_bury(terni_slots *s, uint32_t slot);
void terni_slots_free_dead(terni_slots *s);

static inline void terni_slots_recycle(terni_slots *s)
{
    if (TERN_UNLIKELY(s->dead != TERNI_NO_SLOT))
        terni_slots_free_dead(s);
}

static inline uint64_t terni_slots_key(const terni_slots *s, uint32_t slot)
{
    return (uint64_t)slot << 32 | s->at[slot].generation;
}

static inline tern_operator *terni_slots_find(const terni_slots *s, uint64_t key)
{
    uint32_t slot = (uint32_t)(key >> 32);

    if (TERN_UNLIKELY(slot >= s->n || s->at[slot].generation != (uint32_t)key))
        return NULL;
    return s->at[slot].op;
}

static inline void terni_slots_give_turn(terni_slots *s, terni_turn turn, uint32_t slot)
{
    terni_slot_list *list = &s->turns[turn];

    if (s->at[slot].has_turn[turn])
        return;
    s->at[slot].has_turn[turn] = true;
    if (list->n++ == 0)
        list->head = slot;
    else
        s->at[list->tail].next[turn] = slot;
    list->tail = slot;
}

static inline tern_operator *terni_slots_take_turn(terni_slots *s, terni_turn turn)
{
    uint32_t    slot = s->turns[turn].head;
    terni_slot *first = &s->at[slot];

    s->turns[turn].head = first->next[turn];
    s->turns[turn].n--;
    first->has_turn[turn] = false;
    if (TERN_UNLIKELY(!first->op))
        terni_slots_bury(s, slot);
    return first->op;
}

static inline bool terni_slots_has_turns(const terni_slots *s)
{
    return s->turns[TERNI_TURN_READY].n || s->turns[TERNI_TURN_FLUSH].n;
}

#endif
