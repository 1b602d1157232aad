#include <tern/queue.h>

#include <errno.h>

#include <tern/mem.h>

#include "transport/fiber/waiters_internal.h"

int tern_queue_init(tern_queue *q, uint32_t capacity)
{
    *q = (tern_queue){ .capacity_ = capacity };
    if (capacity == 0)
        return -EINVAL;
    q->items_ = tern_mem_alloc(capacity * sizeof *q->items_);
    return q->items_ ? 0 : -ENOMEM;
}

void tern_queue_done(tern_queue *q)
{
    TERN_ASSERT(q->n_ == 0 && !q->poppers_.head_ && !q->pushers_.head_);
    tern_mem_free(q->items_);
    q->items_ = NULL;
}

static void lock(tern_queue *q)
{
    terni_waiters_lock(&q->poppers_);
    terni_waiters_lock(&q->pushers_);
}

static void unlock(tern_queue *q)
{
    terni_waiters_unlock(&q->pushers_);
    terni_waiters_unlock(&q->poppers_);
}

static void put(tern_queue *q, void *item)
{
    TERN_ASSERT(q->n_ < q->capacity_);
    q->items_[(q->first_ + q->n_++) % q->capacity_] = item;
}

static void *get(tern_queue *q)
{
    void *item = q->items_[q->first_];

    TERN_ASSERT(q->n_ > 0 && q->first_ < q->capacity_);
    q->first_ = (q->first_ + 1) % q->capacity_;
    q->n_--;
    return item;
}

// Whether a wait may begin: with the list of the other side let go of.
static int begin_wait(tern_queue *q, uint64_t deadline_ns, tern_waiters *other)
{
    int err = deadline_ns == 0 ? -ETIMEDOUT : terni_waiters_check();

    if (err < 0)
        unlock(q);
    else
        terni_waiters_unlock(other);
    return err;
}

int tern_queue_push(tern_queue *q, void *item, uint64_t deadline_ns)
{
    terni_sleeper me = { .item = item }, *popper;
    int           err = 0;

    lock(q);
    if (!q->is_closed_ && q->n_ == q->capacity_) {
        if ((err = begin_wait(q, deadline_ns, &q->poppers_)) < 0)
            return err;
        return terni_waiters_wait(&q->pushers_, &me, "room in a queue", deadline_ns);
    }
    if (q->is_closed_) {
        err = -EPIPE;
    } else if ((popper = terni_waiters_take(&q->poppers_))) {
        TERN_DEBUG_ASSERT(q->n_ == 0);
        popper->item = item;
        terni_waiters_wake(popper, 0);
    } else {
        put(q, item);
    }
    unlock(q);
    return err;
}

int tern_queue_pop(tern_queue *q, uint64_t deadline_ns, void **ret_item)
{
    terni_sleeper me = { 0 }, *pusher;
    int           err = 0;

    lock(q);
    if (!q->is_closed_ && q->n_ == 0) {
        if ((err = begin_wait(q, deadline_ns, &q->pushers_)) < 0)
            return err;
        if ((err = terni_waiters_wait(&q->poppers_, &me, "an item in a queue", deadline_ns)) == 0)
            *ret_item = me.item;
        return err;
    }
    if (q->n_ == 0) {
        err = -EPIPE;
    } else {
        *ret_item = get(q);
        if ((pusher = terni_waiters_take(&q->pushers_))) {
            TERN_DEBUG_ASSERT(q->n_ == q->capacity_ - 1);
            put(q, pusher->item);
            terni_waiters_wake(pusher, 0);
        }
    }
    unlock(q);
    return err;
}

static void refuse_all(tern_waiters *list)
{
    for (terni_sleeper *s; (s = terni_waiters_take(list));)
        terni_waiters_wake(s, -EPIPE);
}

void tern_queue_close(tern_queue *q)
{
    lock(q);
    q->is_closed_ = true;
    refuse_all(&q->poppers_);
    refuse_all(&q->pushers_);
    unlock(q);
}
