#include "transport/poller/driver_internal.h"

#include <errno.h>
#include <stddef.h>

static __thread char self;  // its address names the thread

void terni_seat_init(terni_seat *s)
{
    *s = (terni_seat){ .driver = NULL };
    pthread_mutex_init(&s->lock, NULL);
    pthread_cond_init(&s->freed, NULL);
    atomic_init(&s->is_wanted, false);
}

void terni_seat_done(terni_seat *s)
{
    pthread_cond_destroy(&s->freed);
    pthread_mutex_destroy(&s->lock);
}

// ---- with the lock -------------------------------------------------------

static void sit(terni_seat *s, bool is_lent)
{
    s->driver = &self;
    s->is_lent = is_lent;
}

static bool is_free(const terni_seat *s) { return !s->driver && s->n_hosts == 0; }

// Hosts first.
static void offer(terni_seat *s)
{
    if (s->driver)
        return;
    if (s->n_hosts)
        pthread_cond_signal(&s->freed);
    else if (s->waiting)
        pthread_cond_signal(&s->waiting->called);
}

static void queue_up(terni_seat *s, tern_ticket *t)
{
    t->next = s->waiting;
    t->link = &s->waiting;
    if (t->next)
        t->next->link = &t->next;
    s->waiting = t;
    pthread_cond_wait(&t->called, &s->lock);
    *t->link = t->next;
    if (t->next)
        t->next->link = t->link;
}

static int wait_as_host(terni_seat *s, void (*poke)(void *arg), void *arg)
{
    while (s->driver) {
        if (s->driver == &self || !s->is_lent)
            return -EDEADLK;
        atomic_store(&s->is_wanted, true);
        poke(arg);
        pthread_cond_wait(&s->freed, &s->lock);
    }
    return 0;
}

// ---- hosts ---------------------------------------------------------------

int terni_seat_take(terni_seat *s, void (*poke)(void *arg), void *arg)
{
    int err;

    pthread_mutex_lock(&s->lock);
    s->n_hosts++;
    if ((err = wait_as_host(s, poke, arg)) == 0)
        sit(s, /* is_lent= */ false);
    if (--s->n_hosts == 0)
        atomic_store(&s->is_wanted, false);
    pthread_mutex_unlock(&s->lock);
    return err;
}

void terni_seat_leave(terni_seat *s)
{
    pthread_mutex_lock(&s->lock);
    s->driver = NULL;
    offer(s);
    pthread_mutex_unlock(&s->lock);
}

// ---- errands -------------------------------------------------------------

bool terni_seat_wait(terni_seat *s, tern_ticket *t)
{
    bool is_done;

    pthread_mutex_lock(&s->lock);
    while (!t->is_done && !is_free(s))
        queue_up(s, t);
    if ((is_done = t->is_done))
        offer(s);  // it may have been offered to us
    else
        sit(s, /* is_lent= */ true);
    pthread_mutex_unlock(&s->lock);
    return is_done;
}

bool terni_seat_borrow(terni_seat *s)
{
    bool is_ours;

    pthread_mutex_lock(&s->lock);
    if ((is_ours = is_free(s)))
        sit(s, /* is_lent= */ true);
    pthread_mutex_unlock(&s->lock);
    return is_ours;
}

bool terni_seat_is_done(terni_seat *s, const tern_ticket *t)
{
    bool is_done;

    pthread_mutex_lock(&s->lock);
    is_done = t->is_done;
    pthread_mutex_unlock(&s->lock);
    return is_done;
}

void terni_seat_call(terni_seat *s, tern_ticket *t)
{
    pthread_mutex_lock(&s->lock);
    t->is_done = true;
    pthread_cond_signal(&t->called);
    pthread_mutex_unlock(&s->lock);
}
