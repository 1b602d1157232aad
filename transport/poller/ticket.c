#include <tern/ticket.h>

#include "transport/poller/core_internal.h"
#include "transport/poller/poller_internal.h"

void tern_ticket_init(tern_ticket *t)
{
    *t = (tern_ticket){ .next = NULL };
    pthread_cond_init(&t->called, NULL);
}

void tern_ticket_done(tern_ticket *t) { pthread_cond_destroy(&t->called); }

void tern_ticket_wait(tern_ticket *t, tern_poller *p)
{
    TERN_ASSERT(tern_poller_current() != p);     // else: it would wait for itself
    TERN_ASSERT(!terni_poller_is_inherited(p));  // else: who would call it?
    while (!terni_driver_wait(&p->driver, t))
        terni_poller_drive(p, t);
}

void tern_ticket_call(tern_ticket *t, tern_poller *p) { terni_driver_call(&p->driver, t); }
