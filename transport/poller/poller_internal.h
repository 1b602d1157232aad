// transport/poller/poller_internal.h: what a poller offers to the files beside and above it only.
#ifndef TRANSPORT_POLLER_POLLER_INTERNAL_H
#define TRANSPORT_POLLER_POLLER_INTERNAL_H

#include <stdint.h>

#include <tern/poller.h>
#include <tern/ticket.h>

enum {
    TERNI_MAX_TASKS_PER_ROUND = 1024,
    TERNI_MAX_TIMERS_PER_ROUND = 1024,
    TERNI_MAX_FIBER_CANCELS = 16,  // of a fiber that goes on waiting when its poller is freed
};

// What waits on a poller without an operator: a dialer that looks a name up, or pauses. It is told, once,
// when the poller is freed.
typedef struct terni_guest terni_guest;
struct terni_guest {
    terni_guest  *next;
    terni_guest **link;  // what points at this guest; NULL while it is on no list
    void (*leave)(terni_guest *guest);
};

// 0, or -ECANCELED while the poller is being freed.
TERN_NODISCARD int terni_poller_join(tern_poller *p, terni_guest *guest);
void               terni_poller_part(terni_guest *guest);  // idempotent

// Somebody works for this poller on other threads. `drain` runs when the poller is freed, once, behind the
// guests and the operators: it returns when nobody does any more, and may post. Any thread.
typedef void terni_poller_drain_fn(tern_poller *p);
void         terni_poller_set_drain(tern_poller *p, terni_poller_drain_fn *drain);

// With the seat borrowed: rounds until `t` is done or a host wants the seat; then leaves it.
void terni_poller_drive(tern_poller *p, const tern_ticket *t);

#endif
