// tern/ticket.h: a plain thread's wait for something that happens on a poller. If nobody drives the poller
// the thread does so itself, until that or until somebody comes who drives it for good; otherwise it
// sleeps. Knows nothing of what is waited for.
//
// Lifetime:  embedded; tern_ticket_init / tern_ticket_done. Good for one wait.
// Threads:   the waiting thread's, which must not be driving this poller; but for tern_ticket_call, which
//            is the poller's.
// Invariant: a wait returns once its ticket was called, and not before.
//
//   tern_ticket_init(&w.ticket);
//   tern_poller_post(p, &w.task);    // ... and in the end: tern_ticket_call(&w->ticket, p)
//   tern_ticket_wait(&w.ticket, p);
//   tern_ticket_done(&w.ticket);
#ifndef TERN_TICKET_H
#define TERN_TICKET_H

#include <pthread.h>
#include <stdbool.h>

#include <tern/base.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tern_poller tern_poller;

typedef struct tern_ticket tern_ticket;
struct tern_ticket {
    tern_ticket   *next, **link;  // of those that wait for the poller
    pthread_cond_t called;
    bool           is_done;
};

TERN_API void tern_ticket_init(tern_ticket *t);
TERN_API void tern_ticket_done(tern_ticket *t);

TERN_API void tern_ticket_wait(tern_ticket *t, tern_poller *p);
// On the thread that drives `p`. The ticket may be gone when this returns.
TERN_API void tern_ticket_call(tern_ticket *t, tern_poller *p);

#ifdef __cplusplus
}
#endif

#endif
