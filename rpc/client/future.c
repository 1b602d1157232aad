// Calls that are begun first and waited for later, many at once.
#include <stdatomic.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/call/wait_many_internal.h"
#include "rpc/client/call_opts_internal.h"
#include "rpc/client/channel_internal.h"
#include "rpc/client/outcall_wait_internal.h"

struct tern_call {
    terni_outcall        call;
    tern_channel        *channel;  // a reference: the call stands on it; NULL: it was refused
    tern_poller         *poller;
    void                *ret_reply;
    bool                 is_private;  // the poller is the channel's own
    int                  start_err;
    terni_wait_many     *gather;        // who waits, under the lock
    terni_wait_many_loop loop;          // that it waits for
    atomic_bool          is_over;       // set under the lock, by what is last to touch the call
    bool                 was_given;     // the reply
    bool                 was_returned;  // by tern_wait_any
    atomic_flag         *reserved;      // NULL: allocated
};

// For calls that there is no memory for.
enum { N_RESERVED = 16 };

static tern_call reserve[N_RESERVED];

// And for all that come after.
static tern_call last_resort = {
    .call.status = { TERN_RESOURCE_EXHAUSTED, "out of memory for the call" },
    .is_over = true,
    .was_returned = true,  // it cannot be told apart, so a loop over tern_wait_any would not end
};

// Not in the call, which may be freed as soon as it is over.
static pthread_mutex_t locks[16] = { [0 ... 15] = PTHREAD_MUTEX_INITIALIZER };

static pthread_mutex_t *lock_of(const tern_call *c)
{
    return &locks[(uintptr_t)c / sizeof *c % TERN_COUNT_OF(locks)];
}

static bool is_last_resort(const tern_call *c) { return c == &last_resort; }

static atomic_flag is_taken[N_RESERVED];

// ---- calls that never were -----------------------------------------------

static tern_call *take_reserved(void)
{
    for (size_t i = 0; i < N_RESERVED; i++)
        if (!atomic_flag_test_and_set(&is_taken[i])) {
            reserve[i] = (tern_call){ .reserved = &is_taken[i] };
            return &reserve[i];
        }
    return &last_resort;
}

static tern_call *refused(const tern_call_opts *opts, tern_status st)
{
    tern_call *c = tern_mem_zalloc(sizeof *c);

    terni_observers_refuse(opts, st);
    if (!c && is_last_resort(c = take_reserved()))
        return c;
    c->call.status = st;
    atomic_store(&c->is_over, true);
    return c;
}

// ---- beginning -----------------------------------------------------------

static void on_done(terni_outcall *call)
{
    tern_call       *c = TERN_CONTAINER_OF(call, tern_call, call);
    pthread_mutex_t *lock = lock_of(c);

    pthread_mutex_lock(lock);
    TERN_ASSERT(!atomic_load(&c->is_over));
    if (c->gather)
        terni_wait_many_tell(c->gather);
    c->gather = NULL;
    atomic_store(&c->is_over, true);
    pthread_mutex_unlock(lock);
}

static void run_start(tern_task *task)
{
    tern_call *c = TERN_CONTAINER_OF(task, tern_call, call.start_task);

    terni_outcall_start(&c->call, c->start_err);
}

static void start(tern_call *c)
{
    c->call.start_task.run = run_start;
    if (c->poller == tern_poller_current())
        run_start(&c->call.start_task);
    else
        tern_poller_post(c->poller, &c->call.start_task);
}

tern_call *tern_stub_begin_sized(tern_channel *ch, const tern_method *method, const void *req,
                                 const tern_call_opts *opts, void *ret_reply, uint64_t sizes)
{
    tern_call_opts own;
    tern_status    st;
    terni_shard   *shard;
    tern_call     *c;

    if (!terni_call_opts_read(&opts, sizes, &own, &st) ||
        !(shard = terni_channel_choose_shard(ch, &st)))
        return refused(opts, st);
    if (!(c = tern_mem_zalloc(sizeof *c)))
        return refused(opts, terni_outcall_no_memory());
    c->channel = terni_channel_ref(ch);
    c->poller = terni_shard_poller(shard);
    c->is_private = shard->is_private;
    c->ret_reply = ret_reply;
    c->start_err = terni_outcall_init(&c->call, &shard->carrier, method, opts, TERNI_DOES_NOT_PARK);
    c->call.done = on_done;
    if (c->start_err == 0)
        c->start_err = terni_outcall_encode(&c->call, req);
    start(c);
    return c;
}

// ---- after a fork --------------------------------------------------------

static bool is_inherited(const tern_call *c)
{
    return c->poller && tern_poller_is_inherited(c->poller);
}

// In the child nobody ends them.
static void disown(tern_call *const *calls, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (!calls[i] || atomic_load(&calls[i]->is_over) || !is_inherited(calls[i]))
            continue;
        calls[i]->call.status =
            tern_status_make(TERN_FAILED_PRECONDITION, "%s", terni_shard_inherited);
        atomic_store(&calls[i]->is_over, true);
    }
}

// ---- the end -------------------------------------------------------------

static void abort_in_flight(tern_call *c, tern_code code)
{
    if (c->poller != tern_poller_current()) {
        if (terni_outcall_abort_from_elsewhere(&c->call, c->poller, c->is_private, code))
            tern_fiber_cancel(tern_fiber_current());
    } else if (!terni_outcall_is_done(&c->call)) {
        terni_outcall_abort(&c->call, code, terni_cancel_reason(code));
    }
}

void tern_call_free(tern_call *c)
{
    if (!c || is_last_resort(c))
        return;
    if (!atomic_load(&c->is_over)) {  // and so its poller is there
        if (is_inherited(c))
            return;
        abort_in_flight(c, TERN_CANCELLED);
    }
    TERN_ASSERT(atomic_load(&c->is_over) && !c->gather);
    if (c->channel) {
        terni_codec_free(c->call.reply);
        terni_outcall_done(&c->call);
        terni_channel_unref(c->channel);
    }
    if (c->reserved)
        atomic_flag_clear(c->reserved);
    else
        tern_mem_free(c);
}

tern_status tern_call_status(const tern_call *c)
{
    if (atomic_load(&c->is_over))
        return c->call.status;
    return tern_status_make(TERN_FAILED_PRECONDITION, "the call has not ended: wait for it");
}

static void give_reply(tern_call *c)
{
    if (c->was_given || !c->call.reply || c->call.status.code != TERN_OK)
        return;
    memcpy(c->ret_reply, &c->call.reply, sizeof c->call.reply);
    c->call.reply = NULL;
    c->was_given = true;
}

// ---- waiting -------------------------------------------------------------

static bool is_awaited(const tern_call *c) { return c && !atomic_load(&c->is_over); }

// True if it will tell `g`.
static bool attach(tern_call *c, terni_wait_many *g)
{
    pthread_mutex_t *lock = lock_of(c);
    bool             will_tell;

    pthread_mutex_lock(lock);
    TERN_ASSERT(!c->gather || c->gather == g);  // one waits for it at a time
    if ((will_tell = is_awaited(c)))
        c->gather = g;
    pthread_mutex_unlock(lock);
    return will_tell;
}

static void detach_all(tern_call *const *calls, size_t n, const terni_wait_many *g)
{
    for (size_t i = 0; i < n; i++) {
        if (!calls[i])
            continue;
        pthread_mutex_lock(lock_of(calls[i]));
        if (calls[i]->gather == g)
            calls[i]->gather = NULL;
        pthread_mutex_unlock(lock_of(calls[i]));
    }
}

// The fiber was cancelled. False: it is to hear of it later, since one of them is detached.
static bool cancel_all(tern_call *const *calls, size_t n)
{
    bool had_all = true;

    for (size_t i = 0; i < n; i++) {
        tern_code code;

        if (!is_awaited(calls[i]))
            continue;
        if ((code = terni_outcall_cancel_code(&calls[i]->call)) != TERN_OK)
            abort_in_flight(calls[i], code);
        else
            had_all = false;
    }
    return had_all;
}

static void wait_gathered(tern_call *const *calls, size_t n, terni_wait_many *g)
{
    bool was_cancelled = false;

    while (terni_wait_many_wait(g) < 0)
        was_cancelled |= !cancel_all(calls, n);
    if (was_cancelled)
        tern_fiber_cancel(g->fiber);
}

// Until `n_wanted` of them have ended, those counted that had before.
static void wait_for(tern_call *const *calls, size_t n, size_t n_wanted)
{
    terni_wait_many g;

    terni_wait_many_init(&g, (unsigned)n_wanted);
    for (size_t i = 0; i < n; i++)
        if (is_awaited(calls[i]))
            terni_wait_many_add_loop(&g, &calls[i]->loop, calls[i]->poller, calls[i]->is_private);
    for (size_t i = 0; i < n; i++)
        if (calls[i] && !calls[i]->was_returned && !attach(calls[i], &g))
            terni_wait_many_tell(&g);
    wait_gathered(calls, n, &g);
    detach_all(calls, n, &g);
    terni_wait_many_done(&g);
}

// How many there are to wait for at all, if one of them has not ended.
static size_t count_awaited(tern_call *const *calls, size_t n)
{
    size_t n_calls = 0, n_awaited = 0;

    for (size_t i = 0; i < n; i++) {
        n_calls += calls[i] && !calls[i]->was_returned;
        n_awaited += is_awaited(calls[i]);
    }
    return n_awaited ? n_calls : 0;
}

tern_status tern_wait_all(tern_call *const *calls, size_t n)
{
    size_t      n_calls;
    tern_status st = { .code = TERN_OK };

    disown(calls, n);
    n_calls = count_awaited(calls, n);
    if (n_calls && !terni_wait_many_may_wait())
        return tern_status_make(TERN_FAILED_PRECONDITION,
                                "a wait in a poller's callback: use the _async form or a fiber");
    if (n_calls)
        wait_for(calls, n, n_calls);
    for (size_t i = 0; i < n; i++) {
        if (!calls[i])
            continue;
        give_reply(calls[i]);
        if (st.code == TERN_OK)
            st = calls[i]->call.status;
    }
    return st;
}

size_t tern_wait_any(tern_call *const *calls, size_t n)
{
    disown(calls, n);
    for (;;) {
        bool is_any_left = false;

        for (size_t i = 0; i < n; i++) {
            if (!calls[i] || calls[i]->was_returned)
                continue;
            is_any_left = true;
            if (is_awaited(calls[i]))
                continue;
            calls[i]->was_returned = true;
            give_reply(calls[i]);
            return i;
        }
        if (!is_any_left || !terni_wait_many_may_wait())
            return n;
        wait_for(calls, n, 1);
    }
}
