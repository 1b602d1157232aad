#include "transport/poller/driver_internal.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>

static __thread char self;  // its address names the thread

void terni_driver_init(terni_driver *d)
{
    *d = (terni_driver){ .thread = NULL };
    pthread_mutex_init(&d->lock, NULL);
    pthread_cond_init(&d->freed, NULL);
    atomic_init(&d->is_wanted, false);
}

void terni_driver_done(terni_driver *d)
{
    TERN_ASSERT(!d->thread && d->n_hosts == 0 && !d->waiting);
    pthread_cond_destroy(&d->freed);
    pthread_mutex_destroy(&d->lock);
}

// ---- with the lock -------------------------------------------------------

static void sit(terni_driver *d, bool is_lent)
{
    TERN_ASSERT(!d->thread);
    d->thread = &self;
    d->is_lent = is_lent;
}

static bool is_free(const terni_driver *d) { return !d->thread && d->n_hosts == 0; }

// Hosts first.
static void offer(terni_driver *d)
{
    if (d->thread)
        return;
    if (d->n_hosts)
        pthread_cond_signal(&d->freed);
    else if (d->waiting)
        pthread_cond_signal(&d->waiting->called);
}

static void queue_up(terni_driver *d, tern_ticket *t)
{
    t->next = d->waiting;
    t->link = &d->waiting;
    if (t->next)
        t->next->link = &t->next;
    d->waiting = t;
    pthread_cond_wait(&t->called, &d->lock);
    TERN_ASSERT(*t->link == t);
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
}

static int wait_as_host(terni_driver *d, void (*poke)(void *arg), void *arg)
{
    while (d->thread) {
        if (d->thread == &self || !d->is_lent)
            return -EDEADLK;
        atomic_store(&d->is_wanted, true);
        poke(arg);
        pthread_cond_wait(&d->freed, &d->lock);
    }
    return 0;
}

// ---- hosts ---------------------------------------------------------------

int terni_driver_take(terni_driver *d, void (*poke)(void *arg), void *arg)
{
    int err;

    pthread_mutex_lock(&d->lock);
    d->n_hosts++;
    if ((err = wait_as_host(d, poke, arg)) == 0) {
        sit(d, /* is_lent= */ false);
        d->host = pthread_self();
    }
    if (--d->n_hosts == 0)
        atomic_store(&d->is_wanted, false);
    pthread_mutex_unlock(&d->lock);
    return err;
}

void terni_driver_leave(terni_driver *d)
{
    pthread_mutex_lock(&d->lock);
    TERN_ASSERT(d->thread);
    d->thread = NULL;
    offer(d);
    pthread_mutex_unlock(&d->lock);
}

// With the lock it cannot leave, nor end.
bool terni_driver_signal(terni_driver *d, int signo, uintptr_t *ret_thread)
{
    bool is_driven;

    pthread_mutex_lock(&d->lock);
    if ((is_driven = d->thread && !d->is_lent)) {
        __atomic_store_n(ret_thread, (uintptr_t)d->host, __ATOMIC_RELEASE);
        pthread_kill(d->host, signo);
    }
    pthread_mutex_unlock(&d->lock);
    return is_driven;
}

// ---- tickets -------------------------------------------------------------

bool terni_driver_wait(terni_driver *d, tern_ticket *t)
{
    bool is_done;

    pthread_mutex_lock(&d->lock);
    while (!t->is_done && !is_free(d))
        queue_up(d, t);
    if ((is_done = t->is_done))
        offer(d);  // it may have been offered to us
    else
        sit(d, /* is_lent= */ true);
    pthread_mutex_unlock(&d->lock);
    return is_done;
}

bool terni_driver_borrow(terni_driver *d)
{
    bool is_ours;

    pthread_mutex_lock(&d->lock);
    if ((is_ours = is_free(d)))
        sit(d, /* is_lent= */ true);
    pthread_mutex_unlock(&d->lock);
    return is_ours;
}

bool terni_driver_is_done(terni_driver *d, const tern_ticket *t)
{
    bool is_done;

    pthread_mutex_lock(&d->lock);
    is_done = t->is_done;
    pthread_mutex_unlock(&d->lock);
    return is_done;
}

void terni_driver_call(terni_driver *d, tern_ticket *t)
{
    pthread_mutex_lock(&d->lock);
    t->is_done = true;
    pthread_cond_signal(&t->called);
    pthread_mutex_unlock(&d->lock);
}
