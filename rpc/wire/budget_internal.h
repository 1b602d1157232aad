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
    uint32_t spent;
    uint32_t at_ms;  // when it was looked at last, and something of `spent` was forgiven
};

// One more. False: that is too many.
static inline bool terni_budget_spend(terni_budget *b, uint32_t at_once, uint32_t per_s,
                                      uint64_t now_ns)
{
    uint32_t now_ms = (uint32_t)(now_ns / TERN_NS_PER_MS);
    uint64_t forgiven = (uint64_t)(now_ms - b->at_ms) * per_s / 1000;

    if (forgiven) {
        b->spent = forgiven < b->spent ? b->spent - (uint32_t)forgiven : 0;
        b->at_ms = now_ms;
    }
    if (b->spent >= at_once)
        return false;
    b->spent++;
    return true;
}

#endif
