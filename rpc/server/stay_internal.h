// rpc/server/stay_internal.h: how long a client's connection stays: until it has had no call for a while, or is of
// an age. First its client is told to make no more calls, then that none was taken since, and at the end of a grace
// what is left of it goes. Knows nothing of connections: its owner does all that.
//
// Lifetime:  allocated by its owner; terni_stay_start / terni_stay_stop, before what the hooks need is gone.
// Threads:   its poller's.
// Cost:      a timer for connections that have such a time, which by default none has.
#ifndef RPC_SERVER_STAY_INTERNAL_H
#define RPC_SERVER_STAY_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <tern/poller.h>
#include <tern/timer.h>

typedef struct terni_stay_hooks terni_stay_hooks;
struct terni_stay_hooks {
    bool (*has_calls)(void *owner);
    uint64_t (*heard_ns)(void *owner);  // when the last byte came
    void (*leave)(void *owner, const char *why);
    void (*say_last)(void *owner);  // perhaps a second time
    void (*end)(void *owner);
};

typedef enum terni_stay_stage { TERNI_STAYS, TERNI_LEAVES, TERNI_LEFT } terni_stay_stage;

typedef struct terni_stay terni_stay;
struct terni_stay {
    const terni_stay_hooks *hooks;
    void                   *owner;
    tern_poller            *poller;
    int64_t                 idle_ms, age_ms, grace_ms;  // 0 or less: none
    tern_timer              timer;
    uint64_t                leaves_ns;  // at the latest
    terni_stay_stage        stage;
};

// Hooks, owner, poller and times are set.
void terni_stay_start(terni_stay *stay);
void terni_stay_stop(terni_stay *stay);

#endif
