// rpc/wire/budget_internal.h: how much a peer may bother us: a number at once, and so many a second from then on.
// Knows nothing of what it bothers us with, and has no clock.
//
// Lifetime:  embedded; a value, zero at first.
// Threads:   none.
//
//   if (!terni_budget_spend(&e->nuisance, limits->max_nuisance, limits->nuisance_per_s, now_ns)) ...
#ifndef RPC_WIRE_BUDGET_INTERNAL_H
#define RPC_WIRE_BUDGET_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/timer.h>

typedef struct terni_budget terni_budget;
struct terni_budget {
    uint16_t spent;
    uint16_t at;  // in ticks: when something of `spent` was forgiven last
};

enum { TERNI_BUDGET_TICKS_PER_S = 64 };

// One more. False: that is too many, or more than 65,535 at once. Who comes back after so many ticks that they
// wrapped is forgiven less.
static inline bool terni_budget_spend(terni_budget *b, uint32_t at_once, uint32_t per_s,
                                      uint64_t now_ns)
{
    uint16_t now = (uint16_t)(now_ns / (TERN_NS_PER_S / TERNI_BUDGET_TICKS_PER_S));
    uint64_t forgiven = (uint64_t)(uint16_t)(now - b->at) * per_s / TERNI_BUDGET_TICKS_PER_S;

    if (forgiven) {
        b->spent = forgiven < b->spent ? (uint16_t)(b->spent - forgiven) : 0;
        b->at = now;
    }
    if (b->spent >= at_once || b->spent == UINT16_MAX)
        return false;
    b->spent++;
    return true;
}

#endif
