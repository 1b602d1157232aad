#include "transport/fiber/waiters_internal.h"

#include <errno.h>
#include <sched.h>
#include <time.h>

#include <tern/poller.h>

enum { SPINS = 64 };  // the lock is held for nanoseconds; then its holder has lost its processor

void terni_parkers_lock(tern_parkers *list)
{
    for (int i = 0; __atomic_exchange_n(&list->lock_, 1, __ATOMIC_ACQUIRE); i++)
        if (i > SPINS)
            sched_yield();
}

void terni_parkers_unlock(tern_parkers *list)
{
    __atomic_store_n(&list->lock_, 0, __ATOMIC_RELEASE);
}

int terni_parker_check(void)
{
    return tern_poller_current() && !tern_fiber_current() ? -EDEADLK : 0;
}

static void append(tern_parkers *list, terni_parker *p)
{
    p->next = NULL;
    p->prev = list->tail_;
    p->is_listed = true;
    if (list->tail_)
        list->tail_->next = p;
    else
        list->head_ = p;
    list->tail_ = p;
}

static void take_off(tern_parkers *list, terni_parker *p)
{
    *(p->prev ? &p->prev->next : &list->head_) = p->next;
    *(p->next ? &p->next->prev : &list->tail_) = p->prev;
    p->is_listed = false;
}

terni_parker *terni_parkers_take(tern_parkers *list)
{
    terni_parker *p = list->head_;

    if (p)
        take_off(list, p);
    return p;
}

void terni_parker_wake(terni_parker *p, int result)
{
    p->result = result;
    if (p->fiber)
        tern_fiber_ready_from_anywhere(p->fiber);
    else
        sem_post(&p->sem);
}

static int sleep_thread(terni_parker *me, uint64_t deadline_ns)
{
    const struct timespec until = { .tv_sec = (time_t)(deadline_ns / TERN_NS_PER_S),
                                    .tv_nsec = (long)(deadline_ns % TERN_NS_PER_S) };
    int                   failed;

    do
        failed = deadline_ns == TERN_NEVER ? sem_wait(&me->sem)
                                           : sem_clockwait(&me->sem, CLOCK_MONOTONIC, &until);
    while (failed && errno == EINTR);
    return failed ? -ETIMEDOUT : 0;
}

static int sleep_once(terni_parker *me, const char *what, uint64_t deadline_ns)
{
    return me->fiber ? tern_fiber_park(what, deadline_ns) : sleep_thread(me, deadline_ns);
}

static void enlist(tern_parkers *list, terni_parker *me)
{
    me->fiber = tern_fiber_current();
    me->result = 0;
    if (!me->fiber)
        sem_init(&me->sem, 0, 0);
    append(list, me);
    terni_parkers_unlock(list);
}

static int leave(terni_parker *me, int err)
{
    if (!me->fiber)
        sem_destroy(&me->sem);
    return err < 0 ? err : me->result;
}

// Gives up, unless somebody has taken us off meanwhile: then the wake-up is on its way, and is waited
// for, since it names this stack.
static bool give_up(tern_parkers *list, terni_parker *me, const char *what)
{
    bool was_listed;

    terni_parkers_lock(list);
    if ((was_listed = me->is_listed))
        take_off(list, me);
    terni_parkers_unlock(list);
    while (!was_listed && sleep_once(me, what, TERN_NEVER) < 0)
        ;
    return was_listed;
}

int terni_parker_wait(tern_parkers *list, terni_parker *me, const char *what, uint64_t deadline_ns)
{
    int err;

    enlist(list, me);
    err = sleep_once(me, what, deadline_ns);
    return leave(me, err < 0 && give_up(list, me, what) ? err : 0);
}

int terni_parker_wait_anyway(tern_parkers *list, terni_parker *me, const char *what)
{
    enlist(list, me);
    while (sleep_once(me, what, TERN_NEVER) < 0)
        ;
    return leave(me, 0);
}
