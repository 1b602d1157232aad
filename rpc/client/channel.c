#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <tern/mem.h>

#include "rpc/client/channel_internal.h"

static tern_channel dead_channel = {
    .status = { TERN_RESOURCE_EXHAUSTED, "out of memory for the channel" },
};

static const terni_wire_limits default_limits = {
    .max_frame = (1024 + 64) * 1024,
    .max_message = 64 * 1024 * 1024,
    .max_streams = 10000,
    .max_path_ids = 4096,
    .max_metadata = 64 * 1024,
    .max_status_message = 16 * 1024,
    .stream_window = 256 * 1024,
    .connection_window = 16 * 1024 * 1024,
    .max_unsent_control = 64 * 1024,
};

// ---- addresses -----------------------------------------------------------

static bool add_address(tern_channel *ch, const char *text)
{
    const char *why;

    if (ch->n_addresses == TERNI_MAX_ADDRESSES) {
        ch->status = tern_status_make(TERN_INVALID_ARGUMENT, "more than %d addresses for a channel",
                                      TERNI_MAX_ADDRESSES);
        return false;
    }
    if (tern_address_parse(text, &why, &ch->addresses[ch->n_addresses]) < 0) {
        ch->status =
            tern_status_make(TERN_INVALID_ARGUMENT, "cannot connect to \"%s\": %s", text, why);
        return false;
    }
    ch->n_addresses++;
    return true;
}

static void parse_addresses(tern_channel *ch, const char *addresses)
{
    char *copy = tern_mem_strdup(addresses ? addresses : ""), *rest = copy, *address;

    if (!copy)
        ch->status = dead_channel.status;
    while (rest && (address = strsep(&rest, ",")))
        if (!add_address(ch, address))
            break;
    tern_mem_free(copy);
}

static void copy_policy(tern_channel *ch)
{
    const char *why;

    if (terni_retry_policy_init(&ch->retry, ch->opts.retry, &why) < 0)
        ch->status = tern_status_make(TERN_INVALID_ARGUMENT, "%s", why);
    ch->opts.retry = NULL;
}

static void count_connections(tern_channel *ch)
{
    ch->n_connections = ch->opts.n_connections ? ch->opts.n_connections : 1;
    if (ch->n_connections <= TERNI_MAX_CONNECTIONS)
        return;
    ch->n_connections = TERNI_MAX_CONNECTIONS;
    ch->status = tern_status_make(TERN_INVALID_ARGUMENT, "n_connections is %u: at most %d",
                                  ch->opts.n_connections, TERNI_MAX_CONNECTIONS);
}

static void copy_interceptors(tern_channel *ch)
{
    size_t size = ch->opts.n_interceptors * sizeof *ch->interceptors;

    if (!size)
        return;
    if ((ch->interceptors = tern_mem_alloc(size)))
        memcpy(ch->interceptors, ch->opts.interceptors, size);
    else if (ch->status.code == TERN_OK)
        ch->status = dead_channel.status;
}

tern_channel *tern_connect(const char *addresses, const tern_channel_opts *opts)
{
    tern_channel *ch = tern_mem_zalloc(sizeof *ch);

    if (!ch)
        return &dead_channel;
    if (opts)
        ch->opts = *opts;
    if (ch->opts.keepalive_ms == 0)
        ch->opts.keepalive_ms = TERNI_KEEPALIVE_MS;
    if (ch->opts.keepalive_timeout_ms <= 0)
        ch->opts.keepalive_timeout_ms = TERNI_KEEPALIVE_TIMEOUT_MS;
    ch->limits = default_limits;
    if (ch->opts.max_receive_bytes)
        ch->limits.max_message = ch->opts.max_receive_bytes;
    terni_protocols_raise_limits(&ch->limits);
    atomic_init(&ch->refs, 1);
    pthread_mutex_init(&ch->lock, NULL);
    parse_addresses(ch, addresses);
    count_connections(ch);
    copy_policy(ch);
    copy_interceptors(ch);
    return ch;
}

void terni_channel_unref(tern_channel *ch)
{
    if (atomic_fetch_sub(&ch->refs, 1) != 1)
        return;
    pthread_mutex_destroy(&ch->lock);
    tern_mem_free(ch->interceptors);
    tern_mem_free(ch);
}

// ---- shards ----------------------------------------------------------------

static terni_shard *add_shard(tern_channel *ch, tern_poller *poller, bool is_private)
{
    terni_shard *shard;

    if (terni_shard_new(ch, poller, &shard) < 0)
        return NULL;
    atomic_fetch_add(&ch->refs, 1);
    shard->is_private = is_private;
    shard->next = atomic_load_explicit(&ch->shards, memory_order_relaxed);
    atomic_store_explicit(&ch->shards, shard, memory_order_release);
    return shard;
}

static terni_shard *find_shard(tern_channel *ch, const tern_poller *poller)
{
    terni_shard *shard = atomic_load_explicit(&ch->shards, memory_order_acquire);

    while (shard && (shard->poller != poller || shard->is_private))
        shard = shard->next;
    return shard;
}

terni_shard *terni_channel_shard_of(tern_channel *ch, tern_poller *poller)
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

terni_shard *terni_channel_private_shard(tern_channel *ch)
{
    pthread_mutex_lock(&ch->lock);
    if (!ch->private_shard)
        ch->private_shard = make_private_shard(ch);
    pthread_mutex_unlock(&ch->lock);
    return ch->private_shard;
}

static terni_shard *shard_or_status(terni_shard *shard, tern_status *ret_status)
{
    if (!shard)
        *ret_status = tern_status_make(TERN_RESOURCE_EXHAUSTED, "out of memory for a connection");
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
    if (!ch->opts.poller && !current)
        return shard_or_status(terni_channel_private_shard(ch), ret_status);
    return shard_or_status(terni_channel_shard_of(ch, ch->opts.poller ? ch->opts.poller : current),
                           ret_status);
}

terni_shard *terni_channel_async_shard(tern_channel *ch, tern_status *ret_status)
{
    tern_poller *poller = ch->opts.poller ? ch->opts.poller : tern_poller_current();

    *ret_status = ch->status;
    if (ch->status.code)
        return NULL;
    if (!poller) {
        *ret_status = tern_status_make(
            TERN_FAILED_PRECONDITION, "an async call needs a poller: set tern_channel_opts.poller");
        return NULL;
    }
    return shard_or_status(terni_channel_shard_of(ch, poller), ret_status);
}

// ---- the end -------------------------------------------------------------

static void run_close(tern_task *task)
{
    terni_shard_close(TERN_CONTAINER_OF(task, terni_shard, close_task));
}

// Nobody may be in a call on it: the handle is being freed.
static void close_private(terni_shard *shard)
{
    terni_shard_close(shard);
    while (!shard->is_gone && tern_poller_step(shard->poller, -1) == 0)
        ;
    terni_shard_free(shard);
}

void tern_channel_free(tern_channel *ch)
{
    if (!ch || ch == &dead_channel)
        return;
    for (terni_shard *shard = ch->shards, *next; shard; shard = next) {
        next = shard->next;
        shard->close_task.run = run_close;
        if (shard->is_private)
            close_private(shard);
        else if (shard->poller == tern_poller_current())
            tern_poller_defer(shard->poller, &shard->close_task);
        else
            tern_poller_post(shard->poller, &shard->close_task);
    }
    terni_channel_unref(ch);
}
