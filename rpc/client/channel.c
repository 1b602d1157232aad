#include "rpc/base/seldom_internal.h"

#include "rpc/client/channel_internal.h"

#include <string.h>

#include <tern/mem.h>

#include "rpc/base/opts_internal.h"
#include "rpc/session/protocols_internal.h"

static tern_channel dead_channel = {
    .status = { TERN_RESOURCE_EXHAUSTED, "out of memory for the channel" },
};

// ---- what was asked for --------------------------------------------------

// The first thing that is wrong stays.
static void note_failure(tern_channel *ch, tern_status st)
{
    if (ch->status.code == TERN_OK)
        ch->status = st;
}

static void set_retry(tern_channel *ch, const tern_retry *given, size_t size)
{
    const char *why;
    tern_retry  retry;
    int         err = tern_opts_read(&retry, sizeof retry, given, size);

    if (err < 0)
        note_failure(ch, terni_opts_refusal(err, "tern_retry"));
    else if (terni_retry_policy_init(&ch->policy.retry, given ? &retry : NULL, &why) < 0)
        note_failure(ch, tern_status_make(TERN_INVALID_ARGUMENT, "%s", why));
}

static void set_connections(tern_channel *ch, const tern_channel_opts *o)
{
    ch->policy.n_connections = o->n_connections ? o->n_connections : 1;
    if (ch->policy.n_connections > TERNI_MAX_CONNECTIONS)
        note_failure(ch, tern_status_make(TERN_INVALID_ARGUMENT, "n_connections is %u: at most %d",
                                          o->n_connections, TERNI_MAX_CONNECTIONS));
    if (!(ch->policy.balance = terni_balance_policy_of(o->balance)))
        note_failure(ch, tern_status_make(TERN_INVALID_ARGUMENT, "balance %d is not known",
                                          (int)o->balance));
}

static void set_filters(tern_channel *ch, const tern_filter_source *given, size_t size)
{
    note_failure(ch, terni_filter_source_read(&ch->policy.filters, given, size));
}

// "[::1]:7000" is for ::1. Printable ASCII, since it goes into a header; and a host's name, not that of many, since a
// certificate is compared with it.
static bool set_authority(terni_client_policy *p, const char *authority)
{
    size_t len = strlen(authority), host_len = strcspn(authority, ":");
    bool   is_bracketed = *authority == '[';

    for (const char *c = authority; *c; c++)
        if (*c <= ' ' || *c > '~' || *c == '*')
            return false;
    if (is_bracketed)
        host_len = strcspn(authority, "]");
    if (host_len <= is_bracketed || authority[is_bracketed] == '.' || len >= sizeof p->authority)
        return false;
    memcpy(p->authority, authority, len + 1);
    memcpy(p->server_name, authority + is_bracketed, host_len - is_bracketed);
    return true;
}

static void copy_interceptors(tern_channel *ch, const tern_channel_opts *o, size_t size)
{
    void *copy = NULL;
    int   err = terni_opts_read_array(&copy, sizeof *o->interceptors, o->interceptors, size,
                                      o->n_interceptors);

    if (err < 0)
        note_failure(ch, terni_opts_refusal(err, "tern_client_interceptor"));
    ch->policy.interceptors = copy;
    ch->policy.n_interceptors = copy ? o->n_interceptors : 0;
}

static void set_compression(tern_channel *ch, const tern_channel_opts *o)
{
    const terni_packing_opts given = { o->compression, o->compress_from_bytes, o->encodings };
    terni_client_policy     *p = &ch->policy;
    const char *why = terni_packing_read(&given, &p->packing, p->encodings, &p->limits.encodings);

    if (why)
        note_failure(ch, tern_status_make(TERN_INVALID_ARGUMENT, "%s", why));
}

static void set_policy(tern_channel *ch, const tern_channel_opts *o, uint64_t sizes)
{
    terni_client_policy *p = &ch->policy;

    p->timeout_ms = o->timeout_ms;
    p->keepalive_ms = o->keepalive_ms ? o->keepalive_ms : TERNI_CHANNEL_KEEPALIVE_MS;
    p->keepalive_timeout_ms =
        o->keepalive_timeout_ms ? o->keepalive_timeout_ms : TERNI_KEEPALIVE_TIMEOUT_MS;
    p->limits = terni_limits_default;
    p->limits.max_untaken = UINT64_MAX;  // what is sent is the caller's business
    p->limits.max_waiting = UINT64_MAX;
    if (o->max_message_bytes)
        p->limits.max_message = o->max_message_bytes;
    if (o->message_timeout_ms)
        p->limits.message_timeout_ms = o->message_timeout_ms;
    terni_protocols_raise_limits(&p->limits);
    set_compression(ch, o);
    set_filters(ch, o->filters, tern_size_at(sizes, 3));
    set_retry(ch, o->retry, tern_size_at(sizes, 1));
    set_connections(ch, o);
    if (o->authority && !set_authority(p, o->authority))
        note_failure(ch, tern_status_make(TERN_INVALID_ARGUMENT, "authority is not a name: `%.60s`",
                                          o->authority));
    copy_interceptors(ch, o, tern_size_at(sizes, 2));
}

tern_channel *tern_connect_sized(const char *addresses, const tern_channel_opts *given,
                                 uint64_t sizes)
{
    tern_channel     *ch = tern_mem_zalloc(sizeof *ch);
    tern_channel_opts opts = { .poller = NULL };
    int               err;

    if (!ch)
        return &dead_channel;
    atomic_init(&ch->refs, 1);
    pthread_mutex_init(&ch->lock, NULL);
    pthread_mutex_init(&ch->watch_lock, NULL);
    err = tern_opts_read(&opts, sizeof opts, given, tern_size_at(sizes, 0));
    ch->endpoints =
        terni_endpoints_new(addresses ? addresses : "", err < 0 || opts.filters, &ch->status);
    if (err < 0)
        note_failure(ch, terni_opts_refusal(err, "tern_channel_opts"));
    ch->poller = opts.poller;
    set_policy(ch, &opts, sizes);
    return ch;
}

tern_channel *terni_channel_ref(tern_channel *ch)
{
    unsigned before = atomic_fetch_add_explicit(&ch->refs, 1, memory_order_relaxed);

    TERN_ASSERT(before > 0);
    return ch;
}

void terni_channel_unref(tern_channel *ch)
{
    if (atomic_fetch_sub_explicit(&ch->refs, 1, memory_order_acq_rel) != 1)
        return;
    for (terni_shard *shard = ch->shards, *next; shard; shard = next) {
        TERN_ASSERT(shard->is_gone);
        next = shard->next;
        tern_mem_free(shard);
    }
    pthread_mutex_destroy(&ch->lock);
    pthread_mutex_destroy(&ch->watch_lock);
    terni_endpoints_unref(ch->endpoints);
    terni_filter_source_done(&ch->policy.filters);
    tern_mem_free(ch->policy.interceptors);
    tern_mem_free(ch);
}

// ---- shards --------------------------------------------------------------

static void on_shard_gone(terni_shard *shard, void *channel)
{
    tern_channel *ch = channel;
    tern_poller  *poller = terni_shard_poller(shard);

    TERN_ASSERT(shard->is_gone && shard->owner == channel);
    pthread_mutex_lock(&ch->lock);  // of whoever is about to tell the poller to close it
    atomic_store_explicit(&shard->found_by, NULL, memory_order_relaxed);
    pthread_mutex_unlock(&ch->lock);
    if (shard->is_private)
        tern_poller_free(poller);
    tern_poller_unref(poller);
    terni_channel_unref(ch);
}

static void on_shard_changed(terni_shard *shard, void *channel)
{
    tern_channel      *ch = channel;
    tern_channel_state now;

    (void)shard;
    pthread_mutex_lock(&ch->watch_lock);
    if (ch->watch && (now = tern_channel_get_state(ch)) != ch->told) {
        ch->told = now;
        ch->watch(ch, now, ch->watch_arg);
    }
    pthread_mutex_unlock(&ch->watch_lock);
}

// One whose poller is gone, or a new one.
static terni_shard *find_idle(tern_channel *ch)
{
    terni_shard *shard = atomic_load_explicit(&ch->shards, memory_order_relaxed);

    while (shard && atomic_load_explicit(&shard->found_by, memory_order_relaxed))
        shard = shard->next;
    if (shard || !(shard = tern_mem_zalloc(sizeof *shard)))
        return shard;
    shard->is_gone = true;
    shard->next = atomic_load_explicit(&ch->shards, memory_order_relaxed);
    atomic_store_explicit(&ch->shards, shard, memory_order_release);
    return shard;
}

// Under the lock.
static terni_shard *add_shard(tern_channel *ch, tern_poller *poller, bool is_private)
{
    terni_shard *shard = find_idle(ch);

    if (!shard || terni_shard_init(shard, &(terni_shard_opts){ .poller = poller,
                                                               .is_private = is_private,
                                                               .policy = &ch->policy,
                                                               .endpoints = ch->endpoints,
                                                               .gone = on_shard_gone,
                                                               .changed = on_shard_changed,
                                                               .owner = ch }) < 0)
        return NULL;
    (void)tern_poller_ref(poller);
    (void)terni_channel_ref(ch);
    atomic_store_explicit(&shard->found_by, poller, memory_order_release);
    return shard;
}

static terni_shard *find_shard(tern_channel *ch, const tern_poller *poller)
{
    terni_shard *shard = atomic_load_explicit(&ch->shards, memory_order_acquire);

    while (shard && (atomic_load_explicit(&shard->found_by, memory_order_acquire) != poller ||
                     shard->is_private))
        shard = shard->next;
    return shard;
}

// Of the poller that this thread drives, made when it is wanted first; NULL without memory.
static terni_shard *shard_of(tern_channel *ch, tern_poller *poller)
{
    terni_shard *shard = find_shard(ch, poller);

    if (TERN_LIKELY(shard))
        return shard;
    pthread_mutex_lock(&ch->lock);
    if (!(shard = find_shard(ch, poller)))
        shard = add_shard(ch, poller, false);
    pthread_mutex_unlock(&ch->lock);
    return shard;
}

static terni_shard *make_private_shard(tern_channel *ch)
{
    tern_poller *poller = tern_poller_new(NULL);
    terni_shard *shard = poller ? add_shard(ch, poller, true) : NULL;

    if (!shard)
        tern_poller_free(poller);
    return shard;
}

static terni_shard *private_shard(tern_channel *ch)
{
    pthread_mutex_lock(&ch->lock);
    if (!ch->private_shard)
        ch->private_shard = make_private_shard(ch);
    pthread_mutex_unlock(&ch->lock);
    return ch->private_shard;
}

static terni_shard *shard_or_status(terni_shard *shard, tern_status *ret_status)
{
    if (!shard) {
        *ret_status = tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for a connection");
    } else if (TERN_UNLIKELY(tern_poller_is_inherited(terni_shard_poller(shard)))) {
        *ret_status = tern_status_make(TERN_FAILED_PRECONDITION, "%s", terni_shard_inherited);
        return NULL;
    }
    return shard;
}

terni_shard *terni_channel_choose_shard(tern_channel *ch, tern_status *ret_status)
{
    tern_poller *current = tern_poller_current();

    *ret_status = ch->status;
    if (ch->status.code)
        return NULL;
    if (current && !tern_fiber_current()) {
        *ret_status = tern_status_make(
            TERN_FAILED_PRECONDITION,
            "a sync call from a poller's callback: use the _async form or a fiber");
        return NULL;
    }
    if (!ch->poller && !current)
        return shard_or_status(private_shard(ch), ret_status);
    return shard_or_status(shard_of(ch, ch->poller ? ch->poller : current), ret_status);
}

terni_shard *terni_channel_async_shard(tern_channel *ch, tern_status *ret_status)
{
    tern_poller *poller = ch->poller ? ch->poller : tern_poller_current();

    *ret_status = ch->status;
    if (ch->status.code)
        return NULL;
    if (!poller) {
        *ret_status = tern_status_make(
            TERN_FAILED_PRECONDITION, "an async call needs a poller: set tern_channel_opts.poller");
        return NULL;
    }
    return shard_or_status(shard_of(ch, poller), ret_status);
}

// ---- other addresses -----------------------------------------------------

tern_status tern_channel_set_addresses(tern_channel *ch, const char *addresses)
{
    tern_status      st;
    terni_endpoints *endpoints;

    if (ch->status.code)
        return ch->status;
    if (!(endpoints =
              terni_endpoints_new(addresses ? addresses : "", ch->policy.filters.make, &st)))
        return st;
    pthread_mutex_lock(&ch->lock);
    TERN_ASSERT(ch->endpoints);
    terni_endpoints_unref(ch->endpoints);
    ch->endpoints = endpoints;
    for (terni_shard *shard = ch->shards; shard; shard = shard->next)
        if (atomic_load_explicit(&shard->found_by, memory_order_acquire))
            terni_shard_give_endpoints(shard, terni_endpoints_ref(endpoints));
    pthread_mutex_unlock(&ch->lock);
    return st;
}

// ---- how well it is connected --------------------------------------------

// From the best on.
static unsigned rank(tern_channel_state state)
{
    switch (state) {
    case TERN_CHANNEL_READY:
        return 0;
    case TERN_CHANNEL_CONNECTING:
        return 1;
    case TERN_CHANNEL_FAILING:
        return 2;
    case TERN_CHANNEL_IDLE:
        return 3;
    }
    TERN_UNREACHABLE();
}

tern_channel_state tern_channel_get_state(tern_channel *ch)
{
    tern_channel_state best = TERN_CHANNEL_IDLE, s;

    if (ch->status.code)
        return TERN_CHANNEL_FAILING;
    for (terni_shard *shard = ch->shards; shard; shard = shard->next) {
        s = (tern_channel_state)atomic_load(&shard->readiness);
        if (rank(s) < rank(best))
            best = s;
    }
    return best;
}

const char *tern_channel_state_name(tern_channel_state state)
{
    static const char *const names[] = { "IDLE", "CONNECTING", "READY", "FAILING" };

    return (unsigned)state < TERN_COUNT_OF(names) ? names[state] : "UNKNOWN";
}

tern_channel_state tern_channel_watch_state(tern_channel *ch, tern_channel_state_fn *fn, void *arg)
{
    tern_channel_state now = tern_channel_get_state(ch);

    if (ch == &dead_channel)
        return now;
    pthread_mutex_lock(&ch->watch_lock);
    ch->watch = fn;
    ch->watch_arg = arg;
    ch->told = now = tern_channel_get_state(ch);
    pthread_mutex_unlock(&ch->watch_lock);
    return now;
}

// ---- the end -------------------------------------------------------------

static const char channel_freed[] = "the channel was freed";

static void run_close(tern_task *task)
{
    terni_shard  *shard = TERN_CONTAINER_OF(task, terni_shard, close_task);
    tern_channel *ch = shard->owner;

    terni_shard_close(shard, channel_freed);
    terni_channel_unref(ch);
}

// Nobody may be in a call on it: the handle is being freed.
static void close_private(terni_shard *shard)
{
    terni_shard_close(shard, channel_freed);
    while (!shard->is_gone && tern_poller_step(terni_shard_poller(shard), -1) == 0)
        ;
    shard->gone(shard, shard->owner);
}

// With the lock. Another thread may be freeing that poller, which sends its shards away and then runs what was posted; this
// one is not gone, so the task will have its turn, and finds the shard closed perhaps, but there.
static bool tell_poller(terni_shard *shard, tern_poller *poller)
{
    if (shard->is_private || tern_poller_is_inherited(poller) || tern_poller_is_closed(poller))
        return false;
    shard->close_task.run = run_close;
    (void)terni_channel_ref(shard->owner);  // the task's
    if (poller == tern_poller_current())
        tern_poller_defer(poller, &shard->close_task);
    else
        tern_poller_post(poller, &shard->close_task);
    return true;
}

static void close_shard(tern_channel *ch, terni_shard *shard)
{
    tern_poller *poller;
    bool         is_told;

    pthread_mutex_lock(&ch->lock);
    poller = atomic_load_explicit(&shard->found_by, memory_order_relaxed);
    is_told = poller && tell_poller(shard, poller);
    pthread_mutex_unlock(&ch->lock);
    if (!poller || is_told)  // it is gone, or will be
        return;
    if (tern_poller_is_inherited(poller)) {
        if (shard->is_private)
            tern_poller_free(poller);
        return;
    }
    if (shard->is_private)
        close_private(shard);
    else
        terni_shard_close(shard, channel_freed);
}

void tern_channel_free(tern_channel *ch)
{
    if (!ch || ch == &dead_channel)
        return;
    for (terni_shard *shard = ch->shards, *next; shard; shard = next) {
        next = shard->next;
        close_shard(ch, shard);
    }
    terni_channel_unref(ch);
}
