#include "rpc/base/seldom_internal.h"

#include "rpc/client/async_failure_internal.h"

#include <stdatomic.h>

#include <tern/mem.h>

#include "rpc/client/channel_internal.h"

typedef struct refusal refusal;
struct refusal {
    tern_task           task;
    terni_async_failure what;
    atomic_flag        *reserved;  // NULL: allocated
};

// For when there is no memory even for this.
enum { N_RESERVED = 32 };

static refusal     reserve[N_RESERVED];
static atomic_flag is_reserved[N_RESERVED];

static refusal *take(void)
{
    refusal *r = tern_mem_alloc(sizeof *r);

    if (r) {
        r->reserved = NULL;
        return r;
    }
    for (int i = 0; i < N_RESERVED; i++)
        if (!atomic_flag_test_and_set(&is_reserved[i])) {
            reserve[i].reserved = &is_reserved[i];
            return &reserve[i];
        }
    return NULL;
}

static void give_back(refusal *r)
{
    if (r->reserved)
        atomic_flag_clear(r->reserved);
    else
        tern_mem_free(r);
}

static void tell(const terni_async_failure *what)
{
    if (what->done)
        what->done(what->st, NULL, what->arg);
    else if (what->end)
        what->end(what->st, what->arg);
}

static void run_refusal(tern_task *task)
{
    refusal            *r = TERN_CONTAINER_OF(task, refusal, task);
    terni_async_failure what = r->what;

    give_back(r);
    tell(&what);
}

void terni_async_failure_tell(tern_channel *ch, const tern_call_opts *opts,
                              const terni_async_failure *what)
{
    tern_poller *poller = ch->poller ? ch->poller : tern_poller_current();
    refusal     *r = poller && !tern_poller_is_inherited(poller) ? take() : NULL;

    terni_observers_refuse(opts, what->st);
    if (!r) {
        tell(what);
        return;
    }
    r->what = *what;
    r->task.run = run_refusal;
    if (poller == tern_poller_current())
        tern_poller_defer(poller, &r->task);
    else
        tern_poller_post(poller, &r->task);
}
