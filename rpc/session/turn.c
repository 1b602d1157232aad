#include "rpc/session/turn_internal.h"

#include <tern/mem.h>

// The poller has it until its task runs.
struct terni_turn {
    tern_task      task;
    terni_turn_fn *came;  // NULL: nobody waits any more
    void          *owner;
};

static void run(tern_task *task)
{
    terni_turn t = *TERN_CONTAINER_OF(task, terni_turn, task);

    tern_mem_free(TERN_CONTAINER_OF(task, terni_turn, task));
    if (t.came)
        t.came(t.owner);
}

// A deferred task would come back in the same round.
terni_turn *terni_turn_wait(tern_poller *poller, terni_turn_fn *came, void *owner)
{
    terni_turn *t = tern_mem_alloc(sizeof *t);

    if (!t)
        return NULL;
    *t = (terni_turn){ .task.run = run, .came = came, .owner = owner };
    tern_poller_recycle(poller, &t->task);
    return t;
}

void terni_turn_forget(terni_turn *t)
{
    if (t)
        t->came = NULL;
}
