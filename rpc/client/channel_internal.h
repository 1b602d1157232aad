// rpc/client/channel_internal.h: the inside of a channel: its policy, and a shard for each poller that makes
// calls.
//
// Lifetime:  the handle holds a reference, as does each shard until it is gone, and each stream and tern_call
//            until it is freed: they stand on a shard, whose memory goes with the channel.
// Threads:   any. Shards are listed under the lock, and walked by any thread: the list only grows, but one that
//            is gone, with its poller, serves another.
#ifndef RPC_CLIENT_CHANNEL_INTERNAL_H
#define RPC_CLIENT_CHANNEL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "rpc/client/shard_internal.h"

struct tern_channel {
    tern_poller           *poller;  // that all calls run on; NULL: that of the caller
    terni_client_policy    policy;
    tern_status            status;     // what is wrong with it
    terni_endpoints       *endpoints;  // under the lock; NULL if something is
    atomic_uint            refs;
    pthread_mutex_t        lock;
    _Atomic(terni_shard *) shards;
    terni_shard           *private_shard;
    pthread_mutex_t        watch_lock;  // of the rest; held while `watch` runs
    tern_channel_state_fn *watch;
    void                  *watch_arg;
    tern_channel_state     told;
};

tern_channel *terni_channel_ref(tern_channel *ch);
void          terni_channel_unref(tern_channel *ch);

// The shard for a call by this thread, or NULL with `ret_status`.
terni_shard *terni_channel_choose_shard(tern_channel *ch, tern_status *ret_status);
// The same for a call with callbacks: on the pinned poller, or on the one that this thread drives.
terni_shard *terni_channel_async_shard(tern_channel *ch, tern_status *ret_status);

#endif
