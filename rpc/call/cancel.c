// Switches that end calls.
#include "rpc/call/cancel_internal.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/base/list_internal.h"

struct tern_cancel {
    pthread_mutex_t lock;
    atomic_uint     refs;
    tern_code       code;         // TERN_OK: not fired
    uint64_t        deadline_ns;  // of a scope (parent_internal.h)
    terni_watch    *watches;
};

static tern_cancel dead_cancel = {
    .lock = PTHREAD_MUTEX_INITIALIZER,
    .code = TERN_RESOURCE_EXHAUSTED,
    .deadline_ns = TERN_NEVER,
};

tern_cancel *terni_cancel_new_until(uint64_t deadline_ns)
{
    tern_cancel *c = tern_mem_zalloc(sizeof *c);

    if (!c)
        return &dead_cancel;
    pthread_mutex_init(&c->lock, NULL);
    atomic_init(&c->refs, 1);
    c->deadline_ns = deadline_ns;
    return c;
}

tern_cancel *tern_cancel_new(void) { return terni_cancel_new_until(TERN_NEVER); }

uint64_t terni_cancel_deadline_ns(const tern_cancel *c) { return c->deadline_ns; }

tern_cancel *terni_cancel_ref(tern_cancel *c)
{
    if (c != &dead_cancel)
        atomic_fetch_add_explicit(&c->refs, 1, memory_order_relaxed);
    return c;
}

void terni_cancel_unref(tern_cancel *c)
{
    if (!c || c == &dead_cancel || atomic_fetch_sub(&c->refs, 1) != 1)
        return;
    TERN_ASSERT(!c->watches);
    pthread_mutex_destroy(&c->lock);
    tern_mem_free(c);
}

void tern_cancel_free(tern_cancel *c) { terni_cancel_unref(c); }

const char *terni_cancel_reason(tern_code code)
{
    if (code == TERN_DEADLINE_EXCEEDED)
        return "the deadline of the call that it was made for has passed";
    if (code == TERN_UNAVAILABLE)
        return "the server that it was made by is stopping";
    return code == TERN_CANCELLED ? "the call was cancelled" : "out of memory for the cancel";
}

// ---- firing --------------------------------------------------------------

// On the owner's poller.
static void carry_out(tern_task *task)
{
    terni_watch *w = TERN_CONTAINER_OF(task, terni_watch, task);

    TERN_ASSERT(w->is_posted && !w->link);
    w->is_posted = false;
    if (w->owner)
        w->fire(w->owner, w->cancel->code);
    else
        terni_watch_end(w);
}

void terni_cancel_fire_with(tern_cancel *c, tern_code code)
{
    terni_watch *w;

    TERN_ASSERT(code != TERN_OK);
    pthread_mutex_lock(&c->lock);
    if (c->code == TERN_OK)
        c->code = code;
    while ((w = c->watches)) {
        TERNI_LIST_REMOVE(w);
        w->is_posted = true;
        tern_poller_post(w->poller, &w->task);  // which is there: the owner has not ended
    }
    pthread_mutex_unlock(&c->lock);
}

void tern_cancel_fire(tern_cancel *c)
{
    if (c)
        terni_cancel_fire_with(c, TERN_CANCELLED);
}

// ---- watching ------------------------------------------------------------

terni_watch *terni_watch_new(tern_cancel *c, tern_poller *poller, terni_watch_fn *fire, void *owner)
{
    terni_watch *w = tern_mem_alloc(sizeof *w);

    TERN_ASSERT(owner);
    if (w)
        *w = (terni_watch){ .task.run = carry_out,
                            .cancel = terni_cancel_ref(c),
                            .poller = poller,
                            .fire = fire,
                            .owner = owner };
    return w;
}

tern_code terni_watch_start(terni_watch *w)
{
    tern_cancel *c = w->cancel;
    tern_code    code;

    TERN_ASSERT(!w->link && !w->is_posted);
    pthread_mutex_lock(&c->lock);
    if ((code = c->code) == TERN_OK)
        TERNI_LIST_PUSH(&c->watches, w);
    pthread_mutex_unlock(&c->lock);
    return code;
}

tern_code terni_watch_fired(terni_watch *w)
{
    tern_code code;

    pthread_mutex_lock(&w->cancel->lock);
    code = w->cancel->code;
    pthread_mutex_unlock(&w->cancel->lock);
    return code;
}

void terni_watch_end(terni_watch *w)
{
    bool is_posted;

    if (!w)
        return;
    pthread_mutex_lock(&w->cancel->lock);
    if (w->link)
        TERNI_LIST_REMOVE(w);
    is_posted = w->is_posted;
    w->owner = NULL;
    pthread_mutex_unlock(&w->cancel->lock);
    if (is_posted)
        return;  // the task comes here again
    terni_cancel_unref(w->cancel);
    tern_mem_free(w);
}
