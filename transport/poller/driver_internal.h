// transport/poller/driver_internal.h: the driver's seat of a poller: which thread drives it, and the threads that
// wait. Knows nothing of what a round does.
//
// A host (tern_poller_run, _step, _free) has the seat for as long as it likes. A thread with a ticket
// that finds the seat free borrows it, drives until its ticket is called, and leaves earlier when a host
// comes; a thread that finds it taken sleeps until its ticket is called by whoever drives, or until the
// seat falls free.
//
// Lifetime:  embedded in the poller; terni_driver_init / terni_driver_done.
// Threads:   any.
// Invariant: one thread sits. A free seat is never left free while somebody waits for it.
#ifndef TRANSPORT_POLLER_DRIVER_INTERNAL_H
#define TRANSPORT_POLLER_DRIVER_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include <tern/base.h>
#include <tern/ticket.h>

typedef struct terni_driver terni_driver;
struct terni_driver {
    pthread_mutex_t lock;
    const void     *thread;     // names the thread; NULL: free
    pthread_t       host;       // that is it, unless it is lent
    bool            is_lent;    // the driver is no host
    unsigned        n_hosts;    // that wait
    atomic_bool     is_wanted;  // by a host: who borrows leaves after its round
    pthread_cond_t  freed;      // for hosts
    tern_ticket    *waiting;
};

void terni_driver_init(terni_driver *d);
void terni_driver_done(terni_driver *d);

// For hosts. 0, or -EDEADLK if this thread sits there, or another host. `poke` makes a driver that sleeps
// look at is_wanted.
TERN_NODISCARD int terni_driver_take(terni_driver *d, void (*poke)(void *arg), void *arg);
void               terni_driver_leave(terni_driver *d);

// Waits. True: the ticket is done. False: the caller has borrowed the seat; it drives, leaves, and waits
// again.
bool terni_driver_wait(terni_driver *d, tern_ticket *t);
// True: the caller has borrowed it. False: it is taken.
bool terni_driver_borrow(terni_driver *d);
bool terni_driver_is_done(terni_driver *d, const tern_ticket *t);

// Sends `signo` to the host that drives, and before that writes down who it is. False: no host does.
bool terni_driver_signal(terni_driver *d, int signo, uintptr_t *ret_thread);

// By the driver. The ticket may be gone when this returns.
void terni_driver_call(terni_driver *d, tern_ticket *t);

#endif
