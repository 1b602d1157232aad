// transport/poller/poller_internal.h: what a poller offers to the files beside and above it only.
#ifndef TRANSPORT_POLLER_POLLER_INTERNAL_H
#define TRANSPORT_POLLER_POLLER_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <tern/poller.h>
#include <tern/ticket.h>

#include "transport/poller/lodger_internal.h"

enum {
    TERNI_MAX_TASKS_PER_ROUND = 1024,
    TERNI_MAX_TIMERS_PER_ROUND = 1024,
};

// There is one at most, from its first need on. It is borrowed until it leaves.
terni_lodger *terni_poller_lodger(const tern_poller *p);  // NULL: none yet
void          terni_poller_take_in(tern_poller *p, terni_lodger *lodger);

// What tern_poller_now_ns reads in a round; for those who look often.
const uint64_t *terni_poller_clock(const tern_poller *p);

// Somebody works for this poller on other threads. `drain` runs when the poller is freed, once, behind the
// guests and the operators: it returns when nobody does any more, and may post. Any thread.
typedef void terni_poller_drain_fn(tern_poller *p);
void         terni_poller_set_drain(tern_poller *p, terni_poller_drain_fn *drain);

// With the seat borrowed: rounds until `t` is done or a host wants the seat; then leaves it.
void terni_poller_drive(tern_poller *p, const tern_ticket *t);

#endif
