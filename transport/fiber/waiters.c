#include "transport/fiber/waiters_internal.h"

#include <errno.h>
#include <sched.h>
#include <time.h>

#include <tern/poller.h>

enum { SPINS = 64 };  // the lock is held for nanoseconds; then its holder has lost its processor

void terni_waiters_lock(tern_waiters *list)
{
    for (int i = 0; __atomic_exchange_n(&list->lock_, 1, __ATOMIC_ACQUIRE); i++)
        if (i > SPINS)
            sched_yield();
}

void terni_waiters_unlock(tern_waiters *list)
{
    TERN_DEBUG_ASSERT(__atomic_load_n(&list->lock_, __ATOMIC_RELAXED));
    __atomic_store_n(&list->lock_, 0, __ATOMIC_RELEASE);
}

int terni_waiters_check(void)
{
    return tern_poller_current() && !tern_fiber_current() ? -EDEADLK : 0;
}

static void append(tern_waiters *list, terni_sleeper *s)
{
    TERN_DEBUG_ASSERT(!list->head_ == !list->tail_);
    s->next = NULL;
    s->prev = list->tail_;
    s->is_listed = true;
    if (list->tail_)
        list->tail_->next = s;
    else
        list->head_ = s;
    list->tail_ = s;
}

static void take_off(tern_waiters *list, terni_sleeper *s)
{
    TERN_ASSERT(s->is_listed);
    *(s->prev ? &s->prev->next : &list->head_) = s->next;
    *(s->next ? &s->next->prev : &list->tail_) = s->prev;
    s->is_listed = false;
}

terni_sleeper *terni_waiters_take(tern_waiters *list)
{
    terni_sleeper *s = list->head_;

    if (s)
        take_off(list, s);
    return s;
}

void terni_waiters_wake(terni_sleeper *s, int result)
{
    TERN_ASSERT(!s->is_listed);  // else: another one would wake it again
    s->result = result;
    if (s->fiber)
        tern_fiber_ready_from_anywhere(s->fiber);
    else
        sem_post(&s->sem);
}

static int sleep_thread(terni_sleeper *me, uint64_t deadline_ns)
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

static int sleep_once(terni_sleeper *me, const char *what, uint64_t deadline_ns)
{
    return me->fiber ? tern_fiber_park(what, deadline_ns) : sleep_thread(me, deadline_ns);
}

static void enlist(tern_waiters *list, terni_sleeper *me)
{
    me->fiber = tern_fiber_current();
    me->result = 0;
    if (!me->fiber)
        sem_init(&me->sem, 0, 0);
    append(list, me);
    terni_waiters_unlock(list);
}

static int leave(terni_sleeper *me, int err)
{
    TERN_ASSERT(!me->is_listed);
    if (!me->fiber)
        sem_destroy(&me->sem);
    return err < 0 ? err : me->result;
}

static void sleep_anyway(terni_sleeper *me, const char *what)
{
    int err;

    tern_fiber_shield();
    err = sleep_once(me, what, TERN_NEVER);
    tern_fiber_unshield();
    TERN_ASSERT(err == 0);  // no deadline, and no cancel
}

// Gives up, unless somebody has taken us off meanwhile: then the wake-up is on its way, and is waited
// for, since it names this stack.
static bool give_up(tern_waiters *list, terni_sleeper *me, const char *what)
{
    bool was_listed;

    terni_waiters_lock(list);
    if ((was_listed = me->is_listed))
        take_off(list, me);
    terni_waiters_unlock(list);
    if (!was_listed)
        sleep_anyway(me, what);
    return was_listed;
}

int terni_waiters_wait(tern_waiters *list, terni_sleeper *me, const char *what,
                       uint64_t deadline_ns)
{
    int err;

    enlist(list, me);
    err = sleep_once(me, what, deadline_ns);
    if (err == 0 || give_up(list, me, what))
        return leave(me, err);
    if (err == -ECANCELED)
        tern_fiber_cancel(me->fiber);  // for the next wait, since the wake-up has won
    return leave(me, 0);
}

int terni_waiters_wait_anyway(tern_waiters *list, terni_sleeper *me, const char *what)
{
    enlist(list, me);
    sleep_anyway(me, what);
    return leave(me, 0);
}
